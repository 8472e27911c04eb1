"""The figures with several parts in each row: bars that add up to 100, and bars side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd

from digikom.publish import charts
from digikom.publish.breaks import marks
from digikom.publish.confidentiality import lacking_notes, smallest_group, withheld_notes, without_small
from digikom.publish.ranks import as_shown, ranking
from digikom.publish.shapes import parts_side_by_side
from digikom.publish.tables import Column
from digikom.publish.worded import worded_figure
from digikom.publish.words import entry

#: The colours of a few parts, from the top; what is ticked last is most often something else than the others.
FEW_COLOURS = [*(charts.OPPOSITES[place] for place in (0, 1, 4)), charts.OUTSIDE_COLOURS[1]]


def stacked(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    question: str,
    order: pd.Series | None = None,
    parts: Sequence[str],
    colours: Sequence[str],
    marked: tuple[dict[str, str], list[str]] | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of bars that add up to 100, from shares of the target year with the index levels `label` and `part`.

    `order` has what the bars are ranked by, by label; without it they stand as in `shares`. `parts` and `colours` from
    the left. `marked` is what `marks` gives, for a list of several questions. Facts: those of `ranking` of `order`, and
    `shares` (label, part: percent).
    """
    if shares.empty:
        return
    names = shares.index.unique("label") if order is None else order.sort_values(ascending=False, kind="stable").index
    wide = shares["percent"].unstack("part").reindex(index=names, columns=list(parts)).fillna(0.0)
    starred, footnotes = marks(question) if marked is None else marked
    shown = wide.rename(index=starred)
    numbers, columns = parts_side_by_side(shown, rows)
    long = cast("pd.Series", shown.rename_axis(index="label", columns="part").stack())
    worded_figure(
        key,
        charts.stacked_bars(
            long.rename("percent").reset_index(),
            category="label",
            part="part",
            value="percent",
            order=shown.index.tolist(),
            parts=list(parts),
            colours=list(colours),
        ),
        numbers,
        columns,
        {
            **({} if order is None else ranking(order)),
            "shares": {name: as_shown(row).to_dict() for name, row in wide.iterrows()},
            **facts,
        },
        base=base,
        size=shares["base"].max(),
        question=question,
        notes=[*footnotes, *lacking_notes(shares)],
    )


def side_by_side(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    size: float,
    colours: Sequence[str],
    apart: pd.Series,
    beside: pd.Series | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of shares with the index levels `label` and `part`, in the order that they have.

    A label without all its parts is left out, and nothing is published of none. `apart` says by label how far the parts
    are from each other; `beside` has by label what the table gives in a column more, counts under the name of the
    series. Facts: those of `ranking` of `apart`, and `values`, the shares of each label in the order of its parts.
    """
    parts = [str(part) for part in shares.index.unique("part")]
    wide = shares["percent"].unstack("part").reindex(index=shares.index.unique("label"), columns=parts).dropna()
    if wide.empty:
        return
    known = {
        **ranking(apart.reindex(wide.index)),
        "values": {label: as_shown(row).tolist() for label, row in wide.iterrows()},
    }
    column = None if beside is None else Column("beside", str(beside.name), "count")
    _grouped_bars(key, wide, rows, known | facts, colours, column, beside, base=base, size=size)


def grouped(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    question: str,
    fewest: float,
    people: str,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of the shares of several parts in each group and in all, from shares of the target year with the index
    levels `item`, `label` and `part`, the items of `question` by their short names.

    Groups of fewer than `fewest` are left out; `people` heads their bases in the table. Facts: those of `ranking` of
    all municipalities; `groups`, how many are shown, `left_out` and `fewest`; `smallest`, the smallest base of a group
    shown, and its names `smallest_in`; of the most common part `leads`, in how many groups nothing is as common, and
    `first_…`, `ranking` of the groups.
    """
    shown, left_out = without_small(shares, fewest)
    if shown.empty:
        return
    labels, parts = list(shown.index.unique("label")), list(shown.index.unique("part"))
    starred, footnotes = marks(question, label="short_nb")
    wide = shown["percent"].droplevel("item").unstack("part").reindex(index=labels, columns=parts)
    sizes = shown["base"].groupby(level="label", observed=True).max().reindex(labels)
    everybody = entry("all-municipalities")
    of_all, groups = ranking(wide.loc[everybody]), wide.drop(everybody).apply(as_shown)
    first = of_all["tied"][0]
    others = groups.drop(columns=first).max(axis="columns")
    bases = sizes.drop(everybody)
    known = {
        **of_all,
        **{f"first_{name}": fact for name, fact in ranking(groups[first]).items()},
        "groups": len(groups),
        "leads": int((groups[first] > others.fillna(-1)).sum()),
        "left_out": left_out or None,
        "fewest": int(fewest),
        "smallest": int(bases.min()) if len(bases) else None,
        "smallest_in": [str(name) for name in bases.index[bases == bases.min()]],
    }
    few = len(parts) <= len(FEW_COLOURS)
    _grouped_bars(
        key,
        wide.rename(columns=starred).rename_axis("group"),
        rows,
        known | facts,
        FEW_COLOURS[: len(parts)] if few else charts.shades(charts.OPPOSITES, len(parts)),
        Column("size", people, "count"),
        sizes,
        base=base,
        size=sizes[everybody],
        question=question,
        notes=[
            *footnotes,
            *withheld_notes(wide.isna().any(axis="columns"), smallest_group()),
            *lacking_notes(shown, left_out),
        ],
    )


def _grouped_bars(
    key: str,
    wide: pd.DataFrame,
    rows: str,
    facts: Mapping[str, Any],
    colours: Sequence[str],
    column: Column | None,
    beside: pd.Series | None,
    **about: Any,  # noqa: ANN401
) -> None:
    """The figure of `wide`, a row a group and a column a part; its table has `beside` in a `column` more."""
    table, columns = parts_side_by_side(wide, rows)
    if column is not None and beside is not None:
        table[column.name] = beside.reindex(wide.index).to_numpy()
        columns.append(column)
    category = str(wide.index.name)
    chart = charts.grouped_bars(
        wide.rename_axis(columns="part").reset_index().melt(category, value_name="percent").dropna(subset="percent"),
        category=category,
        part="part",
        value="percent",
        order=wide.index.tolist(),
        parts=wide.columns.tolist(),
        colours=colours,
    )
    worded_figure(key, chart, table, columns, facts, **about)
