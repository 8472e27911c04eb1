"""Small groups are not shown: which parts of a whole a table or figure has to leave out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from digikom.publish.context import current

#: The item of all municipalities together, beside groups of them, in a frame of shares.
WHOLE = "all"
#: The standard symbol of official tables for what is not shown for reasons of confidentiality.
WITHHELD = ":"
NOTE = (
    "«:» betyr at tallet ikke vises, fordi gruppen har færre enn {smallest} svar, eller fordi det ville røpe tallet "
    "for en slik gruppe."
)


def withheld(sizes: pd.Series, smallest: int) -> pd.Series:
    """Which groups must not be shown beside their total: true where a group has fewer than `smallest` respondents.

    `sizes` are the respondents of the groups that a whole is divided into, indexed by group. What is left out is the
    total less what is shown, so the next smallest groups go too until what is left out is more than one group with
    `smallest` respondents or more together. A group without respondents has nothing to hide. The same index as `sizes`;
    groups of one size go in the order in which they stand.
    """
    some = sizes[sizes > 0].sort_values(kind="stable")
    hidden = int((some < smallest).sum())
    if hidden:
        while hidden < len(some) and (hidden < 2 or some.iloc[:hidden].sum() < smallest):
            hidden += 1
    return pd.Series(sizes.index.isin(some.index[:hidden]), index=sizes.index)


def protect(groups: pd.DataFrame, smallest: int, values: Sequence[str], *, within: str = "year") -> pd.DataFrame:
    """The groups with `values` taken out of the rows that must not be shown, and marked in a new column `withheld`.

    A row a group, with its respondents in the column `size`; the groups of one value of `within` make up a whole whose
    total is shown.
    """
    hidden = groups.groupby(within)["size"].transform(lambda sizes: withheld(sizes, smallest)).astype(bool)
    return groups.assign(**{name: groups[name].mask(hidden) for name in values}, withheld=hidden)


def withhold(rows: pd.DataFrame, hidden: pd.Series, respondents: str) -> pd.DataFrame:
    """The rows as they are shown: the symbol in place of every value but the one in `respondents`, where `hidden`."""
    shown = rows.astype(object)
    shown.loc[hidden, shown.columns != respondents] = WITHHELD
    return shown


def withheld_notes(hidden: pd.Series, smallest: int) -> list[str]:
    """The footnote that explains the symbol, where there is anything hidden."""
    return [NOTE.format(smallest=smallest)] if hidden.any() else []


def smallest_group() -> int:
    """The fewest respondents of a group that is shown."""
    return int(current().session.constants["smallest_group"])


def hide_small(shares: pd.DataFrame) -> pd.DataFrame:
    """The shares of groups and of the whole, those of groups that must not be shown taken out and marked `withheld`."""
    flat = shares.reset_index()
    whole = flat["item"].astype(str) == WHOLE
    groups = protect(flat[~whole].rename(columns={"base": "size"}), smallest_group(), ["count", "percent"])
    together = pd.concat([groups.rename(columns={"size": "base"}), flat[whole].assign(withheld=False)])
    return together.set_index(shares.index.names).reindex(shares.index)


def without_small(shares: pd.DataFrame, fewest: float) -> tuple[pd.DataFrame, list[str]]:
    """The shares without the groups of fewer than `fewest`, and the names of those that the target year lacks for it.

    The index has the levels `item` (of all municipalities together «all») and `label`, and may have `year`.
    """
    index = shares.index
    small = (shares["base"] < fewest) & (index.get_level_values("item") != WHOLE)
    now = index.get_level_values("year") == current().session.target if "year" in index.names else True
    names = index.get_level_values("label")[small & now].unique()
    return shares[~small], [str(name) for name in names]
