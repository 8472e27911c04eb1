"""The gate for confidential answers: what a notebook gets to see of them, and what of its results may be shown.

The rule is written in `data/method/confidentiality.md`. On the way in respondents lose their names, and their group in
each division where it may not be shown. On the way out counts and shares of small groups, and of those in which all
answered alike, are taken out with what would give them away. Small groups are not shown of other answers either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from digikom.publish.formatting import quoted
from digikom.publish.outputs import current
from digikom.publish.suppression import CLOSE, Groups, hidden_rows

#: The item of all municipalities together, among groups of them, in a frame of shares.
WHOLE = "all"
NOTE = (
    "«:» betyr at tallet ikke vises, fordi gruppen har færre enn {smallest} svar, eller fordi det ville røpe tallet "
    "for en slik gruppe."
)
CONFIDENTIAL_NOTE = (
    "«:» betyr at tallet ikke vises, fordi gruppen har færre enn {smallest} svar, fordi alle i gruppen svarte det "
    "samme, eller fordi det ville røpe tallet for en slik gruppe."
)
UNAVAILABLE = "Vises ikke av konfidensialitetshensyn: {groups}."
#: The divisions of municipalities that the report uses, besides the areas of `geography.areas` and `AREA`.
DIVISIONS = ("county", "size_class", "centrality_class")
#: Whether a municipality covers the same area in both years that are compared.
AREA = "same_area"
#: What says who a respondent is.
_IDENTITY = ("name", "county_code", "population", "population_date", "population_status")


def anonymous(answers: pd.DataFrame, areas: Sequence[str], items: Sequence[str], smallest: int) -> pd.DataFrame:
    """Confidential answers as a notebook may see them: without names, and without groups that must not be shown.

    Which those are follows from the respondents of each year alone, so that it is the same in all chapters, and in the
    edition of that year and those that look back on it. `same_area` belongs to a pair of years, and yields to the rest.
    Respondents get other codes and are in the order of their answers to the `items`.
    """
    years = []
    for _, rows in answers.groupby("year", sort=False):
        divisions = [*DIVISIONS, *areas]
        groups = rows[[*divisions, AREA]].astype(object).map(str, na_action="ignore")
        known = Groups.of(groups, divisions)
        hidden = known.hidden(smallest)
        hidden = Groups.of(groups, groups.columns).hidden(smallest, {name: name in hidden for name in known.names})
        rows = rows.assign(**dict.fromkeys(_IDENTITY))
        for column, group in sorted(hidden):
            rows[column] = rows[column].mask(groups[column] == group)
        rows = rows.sort_values(list(items), kind="stable")
        years.append(rows.assign(municipality_code=[f"r{place}" for place in range(len(rows))]))
    found = pd.concat(years, ignore_index=True)
    found.attrs = answers.attrs
    return found


def smallest_group() -> int:
    """The fewest respondents of a group that is shown."""
    return int(current().session.constants["smallest_group"])


def withheld_notes(hidden: pd.Series, smallest: int) -> list[str]:
    """The footnote that explains the symbol, where there is anything hidden."""
    confidential = current().opened is not None and not current().session.shown_singly
    note = CONFIDENTIAL_NOTE if confidential else NOTE
    return [note.format(smallest=smallest)] if hidden.any() else []


def unavailable_notes(shares: pd.DataFrame, named: Collection[str] = ()) -> list[str]:
    """A footnote with the groups of confidential answers that a frame has nothing of, and that are not `named`."""
    if current().session.shown_singly or not isinstance(
        labels := shares.index.get_level_values("label"), pd.CategoricalIndex
    ):
        return []
    missing = [str(name) for name in labels.categories if name not in set(labels) and name not in named]
    return [UNAVAILABLE.format(groups=quoted(missing))] if missing else []


def may_be_shown(year: int, base: float | None, count: float | None) -> bool:
    """Whether a number of `count` of the `base` municipalities of `year` may be shown.

    Of confidential answers not where the base is too small, nor where all or none of it are counted, unless it is
    everybody who answered.
    """
    session = current().session
    if session.shown_singly or base is None or pd.isna(base):
        return True
    alike = count is not None and not pd.isna(count) and min(count, base - count) < CLOSE
    return base >= smallest_group() and not (alike and base < session.respondents[year])


def protect(groups: pd.DataFrame, smallest: int, values: Sequence[str], *, within: str = "year") -> pd.DataFrame:
    """The groups with `values` taken out of the rows that are too small to show, and marked in a new column `withheld`.

    A row a group, with its respondents in the column `size`; the groups of one value of `within` make up a whole whose
    values are shown.
    """
    hidden = groups.groupby(within)["size"].transform(lambda sizes: hidden_rows(sizes, smallest)).astype(bool)
    return groups.assign(**{name: groups[name].mask(hidden) for name in values}, withheld=hidden)


def suppress(shares: pd.DataFrame) -> pd.DataFrame:
    """A frame of shares with a column `withheld`, and no count and per cent where that is true.

    The index has the level `item`, and may have `label`, `part` and `year`; the columns are `count`, `base` and
    `percent`. Groups of municipalities and all of them (`Session.by_group`) are seen together: what must go besides a
    group follows from what is shown of the others. Of confidential answers the base goes too, and a group of which
    there is nothing gets a row, withheld.
    """
    if "withheld" in shares or shares.empty:
        return shares if "withheld" in shares else shares.assign(withheld=False)
    confidential, values = not current().session.shown_singly, ["count", "percent"]
    if WHOLE in _kinds(shares, "item"):
        shares = _with_all_groups(shares) if confidential else shares
        values += ["base"] if confidential else []
        flat = shares.reset_index()
        divisions = flat.groupby("year") if "year" in flat else [(None, flat)]
        hidden = pd.concat([_in_division(rows, confidential) for _, rows in divisions]).sort_index()
    else:
        hidden = ~_may_be_shown(shares.reset_index())
    hidden = hidden.set_axis(shares.index)
    return shares.assign(**{name: shares[name].mask(hidden) for name in values if name in shares}, withheld=hidden)


def shown_rows(counts: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Of confidential answers the rows of `counts` that may be shown with `whole`, of other ones all.

    `counts` has a row a group and a column an answer that excludes the others; `whole` has all respondents by answer.
    """
    if current().session.shown_singly:
        return counts
    whole = whole.reindex(counts.columns, fill_value=0)
    rest = whole - counts.sum()
    base = counts.sum(axis="columns")
    return counts[~hidden_rows(base, smallest_group(), counts, float(rest.sum()), rest.tolist())]


def without_small(shares: pd.DataFrame, fewest: float) -> tuple[pd.DataFrame, list[str]]:
    """The shares without the groups of fewer than `fewest`, and the names of those left out of the target year.

    The index has the levels `item` (of all municipalities together «all») and `label`, and may have `year`. Of
    confidential answers what must not be shown is missing too.
    """
    session = current().session
    if not session.shown_singly:
        shares = suppress(shares).query("not withheld")
    index = shares.index
    small = (shares["base"] < fewest) & (index.get_level_values("item") != WHOLE)
    now = index.get_level_values("year") == session.target if "year" in index.names else True
    names = index.get_level_values("label")[small & now].unique()
    return shares[~small], [str(name) for name in names]


def _kinds(shares: pd.DataFrame, level: str) -> list[Any]:
    """What there may be in a level of the index, in its order."""
    values = shares.index.get_level_values(level)
    return list(values.categories if isinstance(values, pd.CategoricalIndex) else values.unique())


def _with_all_groups(shares: pd.DataFrame) -> pd.DataFrame:
    """The frame with a row for every group that there is, in all years; one with parts as it is."""
    names = [str(name) for name in shares.index.names]
    if "part" in names or "label" not in names:
        return shares
    pairs = zip(_kinds(shares, "item"), _kinds(shares, "label"), strict=True)
    groups = [pair for pair in pairs if pair[0] != WHOLE or WHOLE in shares.index.get_level_values("item")]
    years = [(year,) for year in shares.index.unique("year")] if "year" in names else [()]
    full = pd.MultiIndex.from_tuples([(*group, *year) for group in groups for year in years], names=names)
    levels = [
        pd.CategoricalIndex(full.get_level_values(name), dtype=shares.index.get_level_values(name).dtype)
        for name in names[:2]
    ]
    return shares.reindex(pd.MultiIndex.from_arrays([*levels, *(full.get_level_values(name) for name in names[2:])]))


def _in_division(flat: pd.DataFrame, confidential: bool) -> pd.Series:
    """Which rows must not be shown, of the groups of one year and all of them together."""
    if confidential and "part" in flat and _exclude_each_other(flat):
        wide = flat.pivot(index="item", columns="part", values="count").fillna(0)
        groups = wide.sum(axis="columns").rename("base").reset_index().assign(count=None)
        hidden = _with_whole(groups, wide.reset_index(drop=True)).set_axis(wide.index)
        return pd.Series(flat["item"].map(hidden), dtype=bool)
    parts = [rows for _, rows in flat.groupby("part", observed=True)] if "part" in flat else [flat]
    given = [pd.DataFrame({"yes": rows["count"], "no": rows["base"] - rows["count"]}) for rows in parts]
    pairs = zip(parts, given if confidential else [answers[[]] for answers in given], strict=True)
    hidden = pd.concat([_with_whole(rows, answers) for rows, answers in pairs])
    return pd.Series(hidden | flat["base"].isna(), dtype=bool)


def _exclude_each_other(flat: pd.DataFrame) -> bool:
    """Whether the parts of each group are all of it."""
    groups = flat.groupby("item", observed=True).agg(count=("count", "sum"), base=("base", "max"))
    return bool(np.allclose(groups["count"], groups["base"]))


def _with_whole(flat: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """Which rows, a group each, must not be shown; `answers` has how many of each gave each answer."""
    whole = flat["item"] == WHOLE
    base, given = flat.loc[~whole, "base"].fillna(0), answers[~whole].fillna(0)
    rest = max(float(flat.loc[whole, "base"].sum() - base.sum()), 0) if whole.any() else 0
    others = (answers[whole].sum() - given.sum()).tolist() if rest else []
    if not _may_be_shown(flat[whole]).all():
        return pd.Series(True, flat.index)
    hidden = hidden_rows(base, smallest_group(), given, rest, others)
    return pd.Series(hidden.reindex(flat.index, fill_value=False), dtype=bool)


def _may_be_shown(flat: pd.DataFrame) -> pd.Series:
    """Which rows may be shown by themselves."""
    years = flat["year"] if "year" in flat else [current().session.target] * len(flat)
    rows = zip(years, flat["base"], flat["count"], strict=True)
    return pd.Series([may_be_shown(*row) for row in rows], flat.index, dtype=bool)
