"""Computed frames laid out as a table, years side by side, newest first. Numbers are arranged, not computed."""

from __future__ import annotations

import pandas as pd

from digikom.publish.confidentiality import WITHHELD
from digikom.publish.tables import Column


def years_side_by_side(
    wide: pd.DataFrame, name: str, unit: str = "percent", withheld: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, list[Column]]:
    """A table with a column for each year, from a frame with a row per category (its index) and a column per year.

    `name` heads the categories. «.» stands where there is no value: what was not asked that year; «:» where `withheld`,
    a frame of truth values by category and year, says so.
    """
    years = sorted(wide.columns, reverse=True)
    shown = wide.rename(columns=str).astype(object).where(wide.notna().to_numpy(), ".")
    if withheld is not None:
        hidden = withheld.reindex(index=wide.index, columns=wide.columns).eq(True)
        shown = shown.mask(hidden.rename(columns=str), WITHHELD)
    return shown.rename_axis("name").reset_index(), [
        Column("name", name),
        *(Column(str(year), str(year), unit) for year in years),
    ]


def distribution(spread: pd.DataFrame, counted: str, name: str) -> tuple[pd.DataFrame, list[Column]]:
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


def parts_side_by_side(shares: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[Column]]:
    """A table with a row per category (the index of `shares`) and a column of percentages per part (its columns)."""
    shown = shares.rename(columns=str).rename_axis("name").reset_index()
    return shown, [Column("name", name), *(Column(str(part), str(part), "percent") for part in shares.columns)]
