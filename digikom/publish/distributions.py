"""The figure of how many municipalities have each count."""

from __future__ import annotations

from typing import Any

import pandas as pd

from digikom.publish import charts
from digikom.publish.breaks import list_notes
from digikom.publish.context import current
from digikom.publish.ranks import as_shown
from digikom.publish.tables import Column
from digikom.publish.worded import worded_figure
from digikom.publish.words import entry


def distribution_columns(
    key: str,
    shares: pd.DataFrame,
    counted: str,
    axis: str,
    *,
    base: str,
    question: str,
    median: pd.Series,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of how many municipalities have each count, from shares with the index levels `number` and `year`.

    `counted` heads the counts in the table, `axis` in the chart; the counts are of the items of `question`. Facts:
    `nought`, the share with nought; `tops` and `top`, the most common counts beside it; `most_possible`; and of
    `median` (by year) `median` and `median_then`.
    """
    session = current().session
    long = shares.reset_index()
    if session.target not in set(long["year"]):
        return
    now = as_shown(long[long["year"] == session.target].set_index("number")["percent"])
    some = now.drop(0, errors="ignore")
    years = sorted(int(year) for year in long["year"].unique())
    medians = {year: float(value) for year, value in median.dropna().items()}
    known = {
        "nought": now.get(0, 0.0),
        "most_possible": int(long["number"].max()),
        "span": [str(year) for year in years],
        "median": medians.get(session.target),
        "median_then": medians.get(session.reference),
    }
    if len(some) and some.max() > 0:
        known |= {"tops": [str(number) for number in some.index[some == some.max()]], "top": some.max()}
    numbers, columns = _side_by_side(long, "number", counted)
    worded_figure(
        key,
        charts.columns_by_year(
            long, count="number", value="percent", count_title=axis, tooltips={"count": entry("municipalities")}
        ),
        numbers,
        columns,
        {**known, **facts},
        base=base,
        size=shares.xs(session.target, level="year")["base"].max(),
        behind=[question],
        notes=list_notes(
            session.codebook.comparability(question, session.target, years[0]),
            years[0],
            kind=session.codebook.question(question).kind,
        ),
    )


def _side_by_side(spread: pd.DataFrame, counted: str, name: str) -> tuple[pd.DataFrame, list[Column]]:
    """A table with the number and the percentage of municipalities for each year, from a row per count and year.

    `spread` has the columns `counted`, `year`, `count` and `percent`; `name` heads the counts.
    """
    wide = spread.pivot(index=counted, columns="year", values=["count", "percent"])
    years = sorted(spread["year"].unique(), reverse=True)
    wide.columns = wide.columns.map("{0[0]}_{0[1]}".format)
    columns = [Column(counted, name)]
    for year in years:
        columns += [
            Column(f"count_{year}", f"Kommuner {year}", "count"),
            Column(f"percent_{year}", f"Prosent {year}", "percent"),
        ]
    return wide.reset_index().astype({counted: str}), columns
