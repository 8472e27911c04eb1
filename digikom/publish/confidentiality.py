"""Small groups are not shown: which parts of a whole a table or figure has to leave out."""

from __future__ import annotations

import pandas as pd

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


def withheld_notes(hidden: pd.Series, smallest: int) -> list[str]:
    """The footnote that explains the symbol, where there is anything hidden."""
    return [NOTE.format(smallest=smallest)] if hidden.any() else []
