"""Hand a chart to the report: its specification, its numbers and what a reader needs to judge them."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.paths import data_folder
from digikom.publish.context import claim
from digikom.publish.drawing import FIT_WIDTH, WIDE, LegendEntry, draw, legend_of
from digikom.publish.formatting import NO_BREAK_SPACE, format_number
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
    at least one of the shown numbers, written as in the table; where the table has only texts, with how many rows have
    one of these. `question` is the survey question in words. Raises ValueError for an alternative text that is empty or
    has no such number, a column that is not in the frame and a key used twice.
    """
    if not alt_text.strip():
        raise ValueError(f"the figure {key!r} has no alternative text")
    described = [column.payload() for column in columns]
    rows = plain_rows(numbers, columns)
    if not any(_stands_in(number, alt_text) for number in _written_numbers(described, rows)):
        raise ValueError(f"the alternative text of the figure {key!r} has no number from its table: {alt_text}")
    context = claim(key)
    drawn = chart.to_dict(validate=True)
    layout = {} if "width" in drawn else {"width": WIDE, "autosize": FIT_WIDTH}
    spec = {**layout, **drawn, "description": alt_text}
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
        f'<figure id="{key}"><p><strong>{html.escape(title)}</strong><br>{html.escape(caption)}</p>{picture}'
        f"{_legend(legend_of(spec))}<figcaption><small>{foot[4:]}</small></figcaption></figure>"
        f"<details><summary>Vis tallene som tabell</summary>{html_table(described, rows)}</details>",
        "\n".join(filter(None, [title, caption, alt_text, line])),
    )


def _written_numbers(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Any]]) -> set[str]:
    """The numbers of a figure's table as the reader sees them; of a table without numbers, how many rows have the same
    text.
    """
    cells = [(column, value) for row in rows for column, value in zip(columns, row, strict=True) if value is not None]
    if all(column["unit"] == "text" for column in columns):
        times = Counter((column["name"], value) for column, value in cells)
        return {format_number(count, 0) for count in times.values()}
    return {
        format_number(value, column["decimals"])
        for column, value in cells
        if column["unit"] != "text" and not isinstance(value, bool | str)
    }


def _stands_in(number: str, text: str) -> bool:
    """Whether `text` has the written `number`, and not as a piece of a longer one."""
    return (
        re.search(rf"(?<!\d)(?<!\d[,{NO_BREAK_SPACE}]){re.escape(number)}(?![,{NO_BREAK_SPACE}]?\d)", text) is not None
    )


def _legend(entries: Sequence[LegendEntry]) -> str:
    """A legend that stands outside the picture, for plain Jupyter."""
    rows = "".join(
        f'<li><span style="color:{entry.colour}">\N{BLACK SQUARE}</span> {html.escape(entry.label)}</li>'
        for entry in entries
    )
    return f'<ul style="list-style:none">{rows}</ul>' if entries else ""
