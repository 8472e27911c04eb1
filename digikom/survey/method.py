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
    folder = data_folder(data_dir) / "method"
    if not folder.is_dir():
        folder = data_folder() / "method"
    path = folder / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in folder.glob("*.csv")))
        raise InputError(f"There is no method table {name!r}; there are {known}.")
    return pd.read_csv(path, dtype=str, keep_default_na=False)
