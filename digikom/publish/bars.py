"""The figures of a share each: bars by item or by size group, the years beside each other, from one frame of shares.

A frame of shares has the columns `count`, `base` and `percent`, and the index levels `item` (a column of the survey, a
size group), `label` (its name) and `year`. Numbers are laid out here, and ranked as the reader sees them; they are
computed in the notebooks. Of a frame without the target year nothing is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from digikom.publish import charts
from digikom.publish.breaks import marks
from digikom.publish.confidentiality import WHOLE, smallest_group, suppress, withheld_notes
from digikom.publish.context import current
from digikom.publish.ranks import as_shown, ranking, risen
from digikom.publish.shapes import years_side_by_side
from digikom.publish.worded import worded_figure
from digikom.publish.words import entry, fitting


def bars(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    question: str | None = None,
    rise: pd.Series | None = None,
    ranked: bool = True,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of shares by item and year, the largest first where they are `ranked`, and its table, headed `rows`.

    Items of `question` that are not the same in all years get an asterisk and a footnote. Facts: those of `ranking` of
    the target year; of `rise`, the change of each item that can be compared, `risen` and `rise` where it is clear.
    """
    session = current().session
    frame = suppress(shares)
    shares, hidden = frame.dropna(subset="percent"), frame["withheld"].droplevel("item").unstack("year")
    wide = frame["percent"].droplevel("item").unstack("year")
    if session.target not in wide or wide[session.target].isna().all():
        return
    wide = wide.reindex(frame.index.get_level_values("label").unique())
    wide = wide[wide[session.target].notna() | hidden[session.target].reindex(wide.index)]
    if ranked:
        wide = wide.reindex(wide[session.target].sort_values(ascending=False, kind="stable").index)
    years = sorted(int(year) for year in wide.columns)
    marked, footnotes = marks(question, since=years[0]) if question else ({}, [])
    shown = wide.rename(index=marked)
    long = shares["percent"].reset_index().query("label in @wide.index")
    numbers, columns = years_side_by_side(shown, rows, withheld=hidden.rename(index=marked))
    worded_figure(
        key,
        charts.bars_by_year(
            long.assign(label=long["label"].map(lambda name: marked.get(name, name))),
            category="label",
            value="percent",
            order=shown.index.tolist(),
        ),
        numbers,
        columns,
        {**ranking(wide[session.target]), **risen(rise), "span": [str(year) for year in years], **facts},
        base=base,
        size=shares.xs(session.target, level="year")["base"].max(),
        question=question,
        notes=[*footnotes, *withheld_notes(frame["withheld"], smallest_group())],
    )


def bars_by_size(key: str, shares: pd.DataFrame, *, base: str, question: str, people: str, **facts: Any) -> None:  # noqa: ANN401
    """A figure of shares by size group, and for all municipalities together (`Session.by_size`).

    Small groups are hidden. `people` says whom the base of a group counts. Facts: `all` and `then`, the share of all
    now and before; of the groups that are shown `n`, `low` and `high` with their names, `first`, `last` and `rising`.
    """
    session = current().session
    frame = suppress(shares)
    wide = frame["percent"].droplevel("item").unstack("year")
    if session.target not in wide:
        return
    order = [label for label in shares.index.get_level_values("label").unique() if wide.loc[label].notna().any()]
    hidden = frame["withheld"].droplevel("item").unstack("year")
    wide, years = wide.reindex(order), sorted(int(year) for year in wide.columns)
    groups = as_shown(wide[session.target].drop(entry("all-municipalities")).dropna())
    everybody = as_shown(wide.loc[entry("all-municipalities")].dropna())
    known = {
        "all": everybody[session.target],
        "then": everybody.get(session.reference),
        "n": len(groups),
        "span": [str(year) for year in years],
        "hidden": bool(hidden[session.target].eq(True).any()),
    }
    if len(groups):
        known |= {"low": groups.min(), "high": groups.max()}
        known |= {"low_names": list(groups.index[groups == groups.min()])}
        known |= {"high_names": list(groups.index[groups == groups.max()])}
    if len(groups) and not known["hidden"]:
        known |= {"first": groups.iloc[0], "last": groups.iloc[-1], "rising": groups.is_monotonic_increasing}
    numbers, columns = years_side_by_side(wide, entry("size-column"), withheld=hidden)
    worded_figure(
        key,
        charts.bars_by_year(
            frame.dropna(subset="percent").reset_index(),
            category="label",
            value="percent",
            order=order,
            tooltips={"base": people},
        ),
        numbers,
        columns,
        {**known, **facts},
        base=base,
        size=shares.xs((WHOLE, session.target), level=("item", "year"))["base"].iloc[0],
        question=question,
        notes=[*_assumed_sizes(years), *withheld_notes(frame["withheld"], smallest_group())],
    )


def _assumed_sizes(years: Sequence[int]) -> list[str]:
    """A footnote a year in which the size group of some respondents is assumed."""
    answers = current().session.answers
    assumed = answers[answers["size_class_status"] == "assumed"].groupby("year").size()
    facts = ({"count": int(count), "year": year} for year, count in assumed.items() if year in set(years))
    return [note for fact in facts if (note := fitting(entry("assumed-sizes"), fact))]
