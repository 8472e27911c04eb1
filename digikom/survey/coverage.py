"""How many answered, against whom there is to answer: what a valid survey file may still be too small to show."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from digikom import geography
from digikom.survey.method import constants

#: The groups that the report shows, by column of the register, and what they are called in messages.
GROUPS = {"size_class": "size groups", "county": "counties"}


def too_few(codes: Collection[str], year: int, data_dir: str | Path | None = None) -> list[str]:
    """Warnings where few of the municipalities in the register of `year` are among `codes`, one a line.

    The limits are constants of the method. A group with fewer municipalities than the limit is left out: that it is
    small is no fault of the answers.
    """
    limits = constants(data_dir)
    register = geography.register(year, data_dir)
    answered = register["municipality_code"].isin(list(codes))
    warnings = []
    share = 100 * answered.mean()
    if share < limits["low_response"]:
        warnings.append(
            f"a low response: {answered.sum()} of {len(register)} municipalities ({share:.0f} per cent, less than "
            f"{limits['low_response']:.0f}); those that did not answer may differ from those that did"
        )
    smallest = int(limits["smallest_group"])
    for column, name in GROUPS.items():
        groups = answered.groupby(_labels(register, column, data_dir), observed=True).agg(["sum", "size"])
        small = groups[(groups["sum"] < smallest) & (groups["size"] >= smallest)]
        if len(small):
            listed = ", ".join(f"{group} ({count} of {size})" for group, count, size in small.itertuples())
            warnings.append(f"{name} with fewer than {smallest} answers, which are not shown: {listed}")
    return warnings


def _labels(register: pd.DataFrame, column: str, data_dir: str | Path | None) -> pd.Series:
    """The group of each municipality as a reader knows it, in the order of the register's own groups."""
    if column != "size_class":
        return register[column]
    classes = geography.size_classes(data_dir).sort_values("position")
    labels = register[column].astype(str).map(classes.set_index("size_class")["label_nb"])
    return labels.astype(pd.CategoricalDtype(classes["label_nb"].tolist(), ordered=True))
