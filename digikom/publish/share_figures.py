"""The figures of a frame of shares: bars by item, size group or part, and distributions, with tables and footnotes.

A frame of shares has the columns `count`, `base` and `percent`, and the index levels `item` (a column of the survey, a
size group), `label` (its name) and `year` or `part`. Numbers are laid out here, and ranked as the reader sees them;
they are computed in the notebooks. Nothing is published of a frame without the target year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd

from digikom.publish import charts
from digikom.publish.breaks import list_notes, marks
from digikom.publish.confidentiality import (
    WHOLE,
    smallest_group,
    suppress,
    unavailable_notes,
    withheld_notes,
    without_small,
)
from digikom.publish.figures import worded_figure
from digikom.publish.numbers import key_of_row
from digikom.publish.outputs import current
from digikom.publish.ranks import as_shown, ranking, risen
from digikom.publish.tables import Column, parts_side_by_side, years_side_by_side
from digikom.publish.words import entry, fitting

#: The colours of a few parts, from the top; what is ticked last is most often something else than the others.
FEW_COLOURS = [*(charts.OPPOSITES[place] for place in (0, 1, 4)), charts.OUTSIDE_COLOURS[1]]


def bars(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    question: str | None = None,
    rise: pd.Series | None = None,
    ranked: bool = True,
    numbers: str = "",
    prefix: str = "",
    keys: Mapping[str, str] | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of shares by item and year, the largest first where they are `ranked`, and its table, headed `rows`.

    `numbers`, `prefix` and `keys` are what `each` has published the same shares with, if it has.

    Items of `question` that are not the same in all years get an asterisk and a footnote. Facts: those of `ranking` of
    the target year; of `rise`, the change of each item that can be compared, `risen` and `rise` where it is clear.
    """
    session = current().session
    frame = suppress(shares)
    wide, hidden = _by_year(frame["percent"]), _by_year(frame["withheld"])
    if session.target not in wide or wide[session.target].isna().all():
        return
    wide = wide.reindex(frame.index.get_level_values("label").unique())
    wide = wide[wide[session.target].notna() | hidden[session.target].reindex(wide.index)]
    if ranked:
        wide = wide.reindex(wide[session.target].sort_values(ascending=False, kind="stable").index)
    starred, footnotes = marks(question, since=int(min(wide.columns))) if question else ({}, [])
    known = {**ranking(wide[session.target]), **risen(rise), **facts}
    long = frame["percent"].dropna().reset_index().query("label in @wide.index")
    long = long.assign(label=long["label"].map(lambda name: starred.get(name, name)))
    wide, hidden = wide.rename(index=starred), hidden.rename(index=starred)
    of_rows = _keys_of_rows(frame, numbers, prefix, keys, starred)
    about: dict[str, Any] = {"base": base, "question": question, "keys": of_rows}
    _year_bars(key, frame, long, wide, hidden, rows, known, footnotes, **about)


def bars_by_size(
    key: str,
    shares: pd.DataFrame,
    *,
    base: str,
    question: str,
    people: str,
    numbers: str = "",
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of shares by size group, and for all municipalities together (`Session.by_size`).

    Small groups are hidden. `numbers` is the key that `each` has published the same shares under, if it has.
    `people` says whom the base of a group counts. Facts: `all` and `then`, the share of all
    now and before; of the groups that are shown `n`, `low` and `high` with their names, `first`, `last` and `rising`.
    """
    session = current().session
    frame = suppress(shares)
    wide, hidden = _by_year(frame["percent"]), _by_year(frame["withheld"])
    if session.target not in wide:
        return
    wide = wide.reindex(list(shares.index.get_level_values("label").unique())).dropna(how="all")
    groups = as_shown(wide[session.target].drop(entry("all-municipalities")).dropna())
    everybody = as_shown(wide.loc[entry("all-municipalities")].dropna())
    some_hidden = bool(hidden[session.target].eq(True).any())
    known = {
        "all": everybody[session.target],
        "then": everybody.get(session.reference),
        "n": len(groups),
        "hidden": some_hidden,
    }
    if len(groups):
        known |= {"low": groups.min(), "high": groups.max()}
        known |= {"low_names": list(groups.index[groups == groups.min()])}
        known |= {"high_names": list(groups.index[groups == groups.max()])}
    if len(groups) and not some_hidden:
        known |= {"first": groups.iloc[0], "last": groups.iloc[-1], "rising": groups.is_monotonic_increasing}
    # In which years the size group of some respondents is assumed.
    assumed = session.answers[session.answers["size_class_status"] == "assumed"].groupby("year").size()
    cases = [{"count": int(count), "year": year} for year, count in assumed.items() if year in wide]
    notes = [note for case in cases if (note := fitting(entry("assumed-sizes"), case))]
    long, tips = frame.dropna(subset="percent").reset_index(), {"base": people}
    about: dict[str, Any] = {"base": base, "question": question, "tooltips": tips}
    about["keys"] = _keys_of_rows(frame, numbers)
    _year_bars(key, frame, long, wide, hidden, entry("size-column"), known | facts, notes, **about)


def _keys_of_rows(
    frame: pd.DataFrame,
    numbers: str,
    prefix: str = "",
    keys: Mapping[str, str] | None = None,
    starred: Mapping[str, str] | None = None,
) -> dict[tuple[str, str], str]:
    """The keys of the numbers that `each` has published of the frame, by label and year as the figure's table has them;
    without `numbers` there are none.
    """
    found = {}
    rows = frame.reset_index()[["item", "label", "year"]].itertuples(index=False) if numbers else ()
    for item, label, year in rows:
        key = key_of_row(numbers, str(item), keys, prefix)
        if key is not None:
            shown = (starred or {}).get(label, str(label))
            found[shown, str(year)] = key + current().session.suffixes[year]
    return found


def _by_year(values: pd.Series) -> pd.DataFrame:
    return values.droplevel("item").unstack("year")


def _year_bars(
    key: str,
    frame: pd.DataFrame,
    long: pd.DataFrame,
    wide: pd.DataFrame,
    hidden: pd.DataFrame,
    rows: str,
    facts: Mapping[str, Any],
    notes: Sequence[str],
    tooltips: Mapping[str, str] | None = None,
    **about: Any,  # noqa: ANN401
) -> None:
    """The figure of `wide`, a row a label and a column a year, its table headed `rows`; `long` is what is drawn."""
    numbers, columns = years_side_by_side(wide, rows, withheld=hidden)
    order = wide.index.tolist()
    now = frame.dropna(subset="percent").xs(current().session.target, level="year")["base"]
    whole = now[now.index.get_level_values("item") == WHOLE]
    worded_figure(
        key,
        charts.bars_by_year(long, category="label", value="percent", order=order, tooltips=tooltips),
        numbers,
        columns,
        {"span": [str(year) for year in sorted(wide.columns)], **facts},
        size=(whole if len(whole) else now).max(),
        notes=[*notes, *withheld_notes(frame["withheld"], smallest_group())],
        **about,
    )


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
    keys: Mapping[tuple[str, str], str] | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of bars that add up to 100, from shares of the target year with the index levels `label` and `part`.

    `order` has what the bars are ranked by, by label; without it they are in the order of `shares`. `parts` and
    `colours` from the left. `marked` is what `marks` gives, for a list of several questions; `keys`
    has the keys of numbers that have been published of the shares, by label and part. Facts: those of `ranking`
    of `order`, and `shares` (label, part: percent).
    """
    if shares.empty:
        return
    names = shares.index.unique("label") if order is None else order.sort_values(ascending=False, kind="stable").index
    wide = shares["percent"].unstack("part").reindex(index=names, columns=list(parts)).fillna(0.0)
    starred, footnotes = marks(question) if marked is None else marked
    shown = wide.rename(index=starred)
    known = {
        **({} if order is None else ranking(order)),
        "shares": {name: as_shown(row).to_dict() for name, row in wide.iterrows()},
        **facts,
    }
    long = cast("pd.Series", shown.rename_axis(index="label", columns="part").stack()).rename("percent").reset_index()
    of_cells = {(starred.get(label, label), part): name for (label, part), name in (keys or {}).items()}
    about = {"base": base, "size": shares["base"].max(), "question": question, "keys": of_cells}
    _part_bars(
        key, shown, long, rows, known, colours, stacked=True, notes=[*footnotes, *unavailable_notes(shares)], **about
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
    values = {label: as_shown(row).tolist() for label, row in wide.iterrows()}
    known = {**ranking(apart.reindex(wide.index)), "values": values, **facts}
    more = {} if beside is None else {Column("beside", str(beside.name), "count"): beside}
    _part_bars(key, wide, _long(wide), rows, known, colours, more, base=base, size=size)


def grouped(
    key: str,
    shares: pd.DataFrame,
    rows: str,
    *,
    base: str,
    question: str,
    fewest: float,
    people: str,
    keys: Mapping[str, str] | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of the shares of several parts in each group and in all, from shares of the target year with the index
    levels `item`, `label` and `part`, the items of `question` by their short names.

    Groups of fewer than `fewest` are left out; `people` heads their bases in the table. `keys` has the keys
    of the numbers of all municipalities by part. Facts: those of `ranking` of all municipalities;
    `groups`, how many are shown, `left_out` and `fewest`; `smallest`, the smallest base of a group
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
    of_all, groups, bases = ranking(wide.loc[everybody]), wide.drop(everybody).apply(as_shown), sizes.drop(everybody)
    first = of_all["tied"][0]
    others = groups.drop(columns=first).max(axis="columns")
    known = {
        **of_all,
        **{f"first_{name}": fact for name, fact in ranking(groups[first]).items()},
        "groups": len(groups),
        "leads": int((groups[first] > others.fillna(-1)).sum()),
        "left_out": left_out or None,
        "fewest": int(fewest),
        "smallest": int(bases.min()) if len(bases) else None,
        "smallest_in": [str(name) for name in bases.index[bases == bases.min()]],
        **facts,
    }
    few = len(parts) <= len(FEW_COLOURS)
    colours = FEW_COLOURS[: len(parts)] if few else charts.shades(charts.OPPOSITES, len(parts))
    hidden = withheld_notes(wide.isna().any(axis="columns"), smallest_group())
    notes = [*footnotes, *hidden, *unavailable_notes(shown, left_out)]
    wide, more = wide.rename(columns=starred).rename_axis("group"), {Column("size", people, "count"): sizes}
    of_all_keys = {(everybody, starred.get(part, part)): name for part, name in (keys or {}).items()}
    about = {"base": base, "size": sizes[everybody], "question": question, "notes": notes, "keys": of_all_keys}
    _part_bars(key, wide, _long(wide), rows, known, colours, more, **about)


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """A row a part and group, part by part."""
    frame = wide.rename_axis(columns="part").reset_index()
    return frame.melt(str(wide.index.name), value_name="percent").dropna(subset="percent")


def _part_bars(
    key: str,
    wide: pd.DataFrame,
    long: pd.DataFrame,
    rows: str,
    facts: Mapping[str, Any],
    colours: Sequence[str],
    more: Mapping[Column, pd.Series] | None = None,
    *,
    stacked: bool = False,
    **about: Any,  # noqa: ANN401
) -> None:
    """The figure of `wide`, a row a group and a column a part, drawn from `long`; its table has `more` columns."""
    table, columns = parts_side_by_side(wide, rows)
    table = table.assign(
        **{column.name: values.reindex(wide.index).to_numpy() for column, values in (more or {}).items()}
    )
    chart = charts.bars_in_parts(
        long,
        category=str(long.columns[0]),
        part="part",
        value="percent",
        order=wide.index.tolist(),
        parts=wide.columns.tolist(),
        colours=colours,
        stacked=stacked,
    )
    worded_figure(key, chart, table, [*columns, *(more or {})], facts, **about)


def distribution_columns(
    key: str,
    shares: pd.DataFrame,
    counted: str,
    axis: str,
    *,
    base: str,
    question: str,
    median: pd.Series,
    keys: Mapping[int, str] | None = None,
    **facts: Any,  # noqa: ANN401
) -> None:
    """A figure of how many municipalities have each count, from shares with the index levels `number` and `year`.

    `counted` heads the counts in the table, `axis` in the chart; the counts are of the items of `question`. `keys` has
    the keys of published numbers of a count's municipalities, or of their share. Facts: `nought` and `nought_then`, the
    share with zero; `tops` and `top`, the most common counts besides it; `most_possible`; and of `median` (by year)
    `median` and `median_then`.
    """
    session = current().session
    long = shares.reset_index()
    years = sorted(int(year) for year in long["year"].unique())
    if session.target not in years:
        return
    now = as_shown(shares.xs(session.target, level="year")["percent"])
    some = now.drop(0, errors="ignore")
    noughts = as_shown(shares["percent"].reindex([(0, year) for year in years], fill_value=0.0).droplevel("number"))
    medians = {year: float(value) for year, value in median.dropna().items()}
    known = {
        "nought": noughts[session.target],
        "nought_then": noughts.get(session.reference) if session.reference else None,
        "most_possible": int(long["number"].max()),
        "span": [str(year) for year in years],
        "median": medians.get(session.target),
        "median_then": medians.get(session.reference),
    }
    if len(some) and some.max() > 0:
        known |= {"tops": [int(number) for number in some.index[some == some.max()]], "top": some.max()}
    wide = long.pivot(index="number", columns="year", values=["count", "percent"])
    wide.columns = wide.columns.map("{0[0]}_{0[1]}".format)
    columns = [Column("number", counted)]
    for year in reversed(years):
        columns += [Column(f"count_{year}", f"Kommuner {year}", "count")]
        columns += [Column(f"percent_{year}", f"Prosent {year}", "percent")]
    tips = {"count": entry("municipalities")}
    of_counts = {
        (str(number), f"{what}_{year}"): name + session.suffixes[year]
        for number, name in (keys or {}).items()
        for year in years
        for what in ("count", "percent")
    }
    compared = session.codebook.comparability(question, session.target, years[0])
    worded_figure(
        key,
        charts.columns_by_year(long, count="number", value="percent", count_title=axis, tooltips=tips),
        wide.reset_index().astype({"number": str}),
        columns,
        {**known, **facts},
        base=base,
        size=shares.xs(session.target, level="year")["base"].max(),
        behind=[question],
        keys=of_counts,
        notes=list_notes(compared, years[0], kind=session.codebook.question(question).kind),
    )
