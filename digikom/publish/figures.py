"""Hand a chart to the report: its specification, its numbers and what a reader needs to judge them."""

from __future__ import annotations

import html
from collections.abc import Sequence

import altair as alt
import pandas as pd

from digikom.paths import data_folder
from digikom.publish.context import claim
from digikom.publish.drawing import WIDE, draw
from digikom.publish.outputs import FIGURE_MIME, show
from digikom.publish.tables import Column, html_table, plain_rows, source_line


def figure(
    key: str,
    chart: alt.Chart | alt.LayerChart,
    numbers: pd.DataFrame,
    columns: Sequence[Column],
    *,
    title: str = "",
    caption: str,
    alt_text: str,
    base: int | None = None,
    base_text: str | None = None,
    question: str | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Publish `chart` as a numbered figure, with the very numbers that it draws as a table.

    `chart` is a single or layered view; it is drawn as wide as the text unless it has a width of its own. `numbers`
    holds the drawn numbers, `columns` says which of its columns a reader sees and how. `title` is the finding, one
    short sentence; `caption` is the measure, place and time. `alt_text` is the text alternative, in Norwegian and with
    numbers from `numbers`. `question` is the survey question in words. Raises ValueError for an empty alternative text,
    a column that is not in the frame and a key used twice.
    """
    if not alt_text.strip():
        raise ValueError(f"the figure {key!r} has no alternative text")
    described = [column.payload() for column in columns]
    rows = plain_rows(numbers, columns)
    context = claim(key)
    spec = {"width": WIDE, **chart.to_dict(validate=True), "description": alt_text}
    payload = {
        "key": key,
        "title": title,
        "caption": caption,
        "alt": alt_text,
        "spec": spec,
        "columns": described,
        "rows": rows,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "question": question,
        "notes": list(notes),
        "source": context.sources,
        "status": context.status,
    }
    picture = draw(spec, prefix=key, alt=alt_text, data_dir=data_folder())
    line = source_line(base, base_text, context.sources, context.status)
    foot = "".join(f"<br>{html.escape(note)}" for note in [*notes, line])
    show(
        FIGURE_MIME,
        payload,
        f"<figure>{picture}<figcaption><strong>{html.escape(caption)}</strong>"
        f"<br><small>{foot[4:]}</small></figcaption></figure>"
        f"<details><summary>Vis tallene som tabell</summary>{html_table(described, rows)}</details>",
        f"{caption}\n{alt_text}\n{line}",
    )
