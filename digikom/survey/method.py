"""Constants of the report's method (cut points, grades, limits): data with a source, shown in the notebooks that use
them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom.errors import InputError
from digikom.paths import data_folder


def method(name: str, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The table `data/method/<name>.csv` as text, empty cells as empty text; from the project's own data when
    `data_dir` has none.

    Raises InputError naming the tables that exist when there is none of that name.
    """
    return text_table("method", name, data_dir)


def constants(data_dir: str | Path | None = None) -> pd.Series:
    """The limits of `constants.csv` by name, as numbers: the data folder's, and the project's where it has none."""
    names = {
        row["name"]: float(row["value"])
        for folder in (None, data_dir)
        for _, row in method("constants", folder).iterrows()
    }
    return pd.Series(names)


def text_table(folder: str, name: str, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The table `<name>.csv` in `folder` of the data, as text; from the project's own data when `data_dir` has no such
    folder.

    Raises InputError naming the tables that exist when there is none of that name.
    """
    place = data_folder(data_dir) / folder
    if not place.is_dir():
        place = data_folder() / folder
    path = place / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in place.glob("*.csv")))
        raise InputError(f"There is no {folder} table {name!r}; there are {known}.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)
