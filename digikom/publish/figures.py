"""Hand a chart to the report: its specification, its numbers and what a reader needs to judge them."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.paths import data_folder
from digikom.publish.breaks import assumed_labels
from digikom.publish.drawing import FIT_WIDTH, WIDE, draw, legend_of
from digikom.publish.formatting import NO_BREAK_SPACE
from digikom.publish.outputs import FIGURE_MIME, current, show
from digikom.publish.tables import Column, Rows, foot, shown_value
from digikom.publish.words import base_in_year, common_facts, entry, fitting, footnotes, title_of, with_unanswered


def worded_figure(
    key: str,
    chart: alt.Chart | alt.LayerChart,
    numbers: pd.DataFrame,
    columns: Sequence[Column],
    facts: Mapping[str, Any],
    *,
    base: str,
    size: float | None,
    question: str | None = None,
    behind: Sequence[str] = (),
    notes: Sequence[str] = (),
    template: str = "",
    keys: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Publish `chart` as a numbered figure, with the very numbers that it draws as a table.

    `chart` is a single or layered view; it is drawn as wide as the text unless it has a width of its own. `numbers`
    holds the drawn numbers, `columns` says which of its columns a reader sees and how.

    Title (the finding), caption (measure, place and time) and alternative text are what the files of words make of the
    facts, under the key or, where several figures have the same, the `template`; the notes of the words come after
    `notes`. `base` says whom the figure is about, without the year, which is added where the `size` is known, with how
    many left open the `question`, or those `behind` the figure. `keys` says which published numbers the cells of the
    table are (`Rows.numbered`).

    Raises ValueError for an alternative text that is empty or has none of the shown numbers, written as in the table
    (where the table has only texts, how many rows have one of these), for a column that is not in the frame and for a
    key used twice.
    """
    session, context = current().session, current()
    words, known = entry(template or key), {**common_facts(), **facts}
    title = title_of(words.get("title", []), known)
    caption, alt_text = (fitting(words[name], known) or "" for name in ("caption", "alt"))
    notes = [*notes, *footnotes(words, known)]
    behind = behind or ([question] if question else [])
    base_text = base if size is None else with_unanswered(base_in_year(base), behind, session.target)
    n = None if size is None else int(size)
    if not alt_text:
        raise ValueError(f"the figure {key!r} has no alternative text")
    content = Rows(numbers, columns)
    notes += assumed_labels(content.texts)
    if not any(_is_in(number, alt_text) for number in _written_numbers(content)):
        raise ValueError(f"the alternative text of the figure {key!r} has no number from its table: {alt_text}")
    context.claim(key)
    drawn = chart.to_dict(validate=True)
    layout = {} if "width" in drawn else {"width": WIDE, "autosize": FIT_WIDTH}
    spec = {**layout, **drawn, "description": alt_text}
    payload = {
        "key": key,
        "title": title,
        "caption": caption,
        "alt": alt_text,
        "spec": spec,
        "columns": content.described,
        "rows": content.rows,
        **content.numbered(keys),
        "base": n,
        "base_text": base_text,
        "question": session.codebook.question(question).text_nb if question else None,
        "notes": notes,
        "source": context.sources,
        "status": context.status,
    }
    # A legend that is not in the picture.
    legend = "".join(
        f'<li><span style="color:{entry.colour}">\N{BLACK SQUARE}</span> {html.escape(entry.label)}</li>'
        for entry in legend_of(spec)
    )
    foot_html, line = foot(notes, n, base_text)
    show(
        FIGURE_MIME,
        payload,
        f'<figure id="{key}"><p><strong>{html.escape(title)}</strong><br>{html.escape(caption)}</p>'
        + draw(spec, prefix=key, alt=alt_text, data_dir=data_folder())
        + (f'<ul style="list-style:none">{legend}</ul>' if legend else "")
        + f"<figcaption>{foot_html}</figcaption></figure>"
        + f"<details><summary>Vis tallene som tabell</summary>{content.as_shown()[0]}</details>",
        "\n".join(filter(None, [title, caption, alt_text, line])),
    )


def _written_numbers(content: Rows) -> set[str]:
    """The numbers of a figure's table as the reader sees them; of a table without numbers, how many rows have the same
    text.
    """
    if all(column["unit"] == "text" for column in content.described):
        times = Counter(cell for row in content.rows for cell in enumerate(row) if cell[1] is not None)
        return {shown_value(count, 0) for count in times.values()}
    return {
        shown_value(value, column["decimals"])
        for row in content.rows
        for column, value in zip(content.described, row, strict=True)
        if column["unit"] != "text" and value is not None and not isinstance(value, bool | str)
    }


def _is_in(number: str, text: str) -> bool:
    """Whether `text` has the written `number`, and not as a piece of a longer one."""
    digits = rf"[,{NO_BREAK_SPACE}]"
    return re.search(rf"(?<!\d)(?<!\d{digits}){re.escape(number)}(?!{digits}?\d)", text) is not None
