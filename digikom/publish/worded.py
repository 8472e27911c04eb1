"""Figures, tables and their rows with words from `book/ord/`: what the files say of the key, with the facts put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.publish.context import current
from digikom.publish.figures import figure
from digikom.publish.phrases import common_facts
from digikom.publish.tables import Column, table
from digikom.publish.unanswered import with_unanswered
from digikom.publish.words import entry, fitting, title


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
) -> None:
    """Publish a figure whose title, caption and alternative text are what the files of words make of the facts.

    They are the words of `template` where several figures have the same. `base` says whom it is about, without the
    year, which is added where the `size` is known, with how many left open the `question`, or those `behind` the
    figure; further notes of the figure's words come after `notes`.
    """
    words, known = entry(template or key), {**common_facts(), **facts}
    behind = behind or ([question] if question else [])
    figure(
        key,
        chart,
        numbers,
        columns,
        title=title(words.get("title", []), known),
        caption=fitting(words["caption"], known) or "",
        alt_text=fitting(words["alt"], known) or "",
        base=None if size is None else int(size),
        base_text=base if size is None else with_unanswered(base_in_year(base), behind, current().session.target),
        question=current().session.codebook.question(question).text_nb if question else None,
        notes=[*notes, *_notes(words, known)],
    )


def worded_table(
    key: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    facts: Mapping[str, Any] | None = None,
    template: str = "",
    **more: Any,  # noqa: ANN401
) -> None:
    """Publish a table whose caption is what the files of words say of `key`, or of `template` where several tables have
    the same; `more` as in `publish.table`. An empty one is none.
    """
    if len(frame):
        words, known = entry(template or key), {**common_facts(), **(facts or {})}
        more["notes"] = [*more.get("notes", ()), *_notes(words, known)]
        table(key, frame, columns, caption=fitting(words["caption"], known) or "", **more)


def in_words(key: str, rows: pd.DataFrame) -> pd.Series:
    """The first template of `key` that fits each row: its facts are the columns, beside those of `common_facts`. Empty
    where none fits.
    """
    templates, common = entry(key), common_facts()
    told = [
        fitting(templates, {**common, **{str(name): None if _missing(fact) else fact for name, fact in row.items()}})
        for row in rows.to_dict("records")
    ]
    return pd.Series([text or "" for text in told], rows.index, dtype="object")


def base_in_year(base: str) -> str:
    """Whom something is about, with the target year."""
    return fitting(entry("base-in-year"), {"base": base, "year": current().session.target}) or base


def _notes(words: Mapping[str, Any], facts: Mapping[str, Any]) -> list[str]:
    return [note for template in words.get("notes", []) if (note := fitting(template, facts))]


def _missing(fact: Any) -> bool:  # noqa: ANN401
    """Whether a cell has nothing in it: a list is something."""
    return bool(pd.api.types.is_scalar(fact) and pd.isna(fact))
