"""Hand a chart to the report: its specification, its numbers and what a reader needs to judge them."""

from __future__ import annotations

import copy
import html
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.publish.context import claim
from digikom.publish.drawing import draw_svg, styled
from digikom.publish.outputs import FIGURE_MIME, show
from digikom.publish.tables import Column, html_table, plain_rows, source_line

#: Drawing widths in CSS pixels: the text column of the report on a desktop, and on a 360 px wide telephone.
WIDE, NARROW = 640, 312


def with_width(spec: dict[str, Any], width: int) -> dict[str, Any]:
    """A copy of `spec` whose drawing area fits `width`; the height keeps its ratio for maps (specs with a projection)."""
    changed = copy.deepcopy(spec)
    if "projection" in changed:
        changed["height"] = round(changed["height"] * width / changed["width"])
    changed["width"] = width
    return changed


def figure(
    key: str,
    chart: alt.Chart | alt.LayerChart,
    numbers: pd.DataFrame,
    columns: Sequence[Column],
    *,
    caption: str,
    alt_text: str,
    base: int | None = None,
    base_text: str | None = None,
    question: str | None = None,
    notes: Sequence[str] = (),
) -> None:
    """Publish `chart` as a numbered figure, with the very numbers that it draws as a table.

    `chart` is a single or layered view; it is drawn at two widths. `numbers` holds the drawn numbers, `columns` says which of its columns a
    reader sees and how. `alt_text` is the text alternative, in Norwegian and with numbers from `numbers`. `question` is the survey question in
    words. Raises ValueError for an empty alternative text, a column that is not in the frame and a key used twice.
    """
    if not alt_text.strip():
        raise ValueError(f"the figure {key!r} has no alternative text")
    described = [column.payload() for column in columns]
    rows = plain_rows(numbers, columns)
    context = claim(key)
    spec = styled(chart.to_dict(validate=True), description=alt_text)
    payload = {
        "key": key,
        "caption": caption,
        "alt": alt_text,
        "spec": with_width(spec, WIDE),
        "spec_narrow": with_width(spec, NARROW),
        "columns": described,
        "rows": rows,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "question": question,
        "notes": list(notes),
        "source": context.sources,
        "status": context.status,
    }
    line = source_line(payload["base"], base_text, context.sources, context.status)
    foot = "".join(f"<br>{html.escape(note)}" for note in [*notes, line])
    show(
        FIGURE_MIME,
        payload,
        f"<figure>{draw_svg(payload['spec'])}<figcaption><strong>{html.escape(caption)}</strong>"
        f"<br><small>{foot[4:]}</small></figcaption></figure>"
        f"<details><summary>Vis tallene som tabell</summary>{html_table(described, rows)}</details>",
        f"{caption}\n{alt_text}\n{line}",
    )
