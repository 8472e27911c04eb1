"""Computed frames laid out as a table, years side by side, newest first. Numbers are arranged, not computed."""

from __future__ import annotations

from typing import cast

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


def parts_side_by_side(shares: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[Column]]:
    """A table with a row per category (the index of `shares`) and a column of percentages per part (its columns); «:»
    stands where there is none.
    """
    shown = shares.rename(columns=str).rename_axis("name")
    shown = shown.where(shown.notna(), WITHHELD).reset_index() if shown.isna().any(axis=None) else shown.reset_index()
    return shown, [Column("name", name), *(Column(str(part), str(part), "percent") for part in shares.columns)]


#: How the parts of a frame of shares are headed where a cell shows it.
HEADINGS = {
    "count": "Antall",
    "base": "Grunnlag",
    "percent": "Prosent",
    "year": "År",
    "label": "",
    "part": "",
    "grade": "Grad",
    "grades": "Grader",
    "county": "Fylke",
    "number": "Antall",
}


def shown(shares: pd.DataFrame) -> pd.DataFrame:
    """A frame of shares as a cell shows it: count, base and per cent, a row each, the years beside each other."""
    frame = shares.droplevel("item") if "item" in shares.index.names else shares
    levels = [cast("str", HEADINGS.get(str(name), name)) for name in frame.index.names]
    frame = frame.rename(columns=HEADINGS).rename_axis(index=levels)
    if len(levels) == 1 or HEADINGS["year"] not in levels:
        return frame
    wide = cast("pd.DataFrame", frame.unstack(HEADINGS["year"]))
    return wide.swaplevel(axis="columns").sort_index(axis="columns", level=0, sort_remaining=False)
