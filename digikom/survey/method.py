"""Tables of the method (cut points, grades, limits) and of figures that others have printed.

Both are data with a source, shown in the notebooks that use them.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom import reading, rows
from digikom.errors import InputError, Problem
from digikom.paths import data_folder

_FETCHED = {"figures": "id", "sources": "source"}
"""The tables of `published` that are also made from fetched official figures, and the column of their ids."""


def method(name: str, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The table `data/method/<name>.csv` as text, empty cells as empty text; from the project's own data when
    `data_dir` has no such folder.

    Raises InputError naming the tables that exist when there is none of that name.
    """
    return text_table("method", name, data_dir)


def constants(data_dir: str | Path | None = None) -> pd.Series:
    """The limits of `constants.csv` by name, as numbers: the data folder's, and the project's where it has none."""
    values: dict[str, float] = {}
    for folder in (None, data_dir):
        table = method("constants", folder)
        values |= dict(zip(table["name"], table["value"].astype(float), strict=True))
    return pd.Series(values)


def printed(data_dir: str | Path | None = None, name: str = "figures") -> pd.DataFrame:
    """The table `data/published/<name>.csv` as text, empty cells as empty text: the printed figures, their `sources`,
    or the `contradictions` between them. From the project's own data when `data_dir` has no printed figures.

    The rows of the same table made from official figures that have been fetched, `data/statbank/<year>/<name>.csv`,
    follow after, by year; from the project's own data when `data_dir` has neither printed figures nor a folder
    `statbank`.

    Raises InputError naming the tables that exist when there is none of that name, and for fetched rows that do not
    fit: other columns, or an id that is there already.
    """
    whole = text_table("published", name, data_dir)
    if name not in _FETCHED:
        return whole
    key = _FETCHED[name]
    folder = data_folder(data_dir)
    if not any((folder / own).is_dir() for own in ("published", "statbank")):
        folder = data_folder()
    for path in sorted(folder.glob(f"statbank/[0-9][0-9][0-9][0-9]/{name}.csv")):
        shown = f"statbank/{path.parent.name}/{path.name}"
        fetched = _read(path, shown)
        if list(fetched) != list(whole):
            raise InputError(
                f"{shown}: expected the columns {', '.join(map(str, whole))}; found {', '.join(map(str, fetched))}"
            )
        known = pd.concat([whole[key], fetched[key]])
        repeated = sorted(set(known[known.duplicated()]))
        rows.refuse(shown, (Problem(None, key, one, "an id that occurs once") for one in repeated))
        if len(fetched):
            whole = pd.concat([whole, fetched], ignore_index=True)
    return whole


def text_table(folder: str, name: str, data_dir: str | Path | None = None) -> pd.DataFrame:
    """A table in `folder` of the data, or of the project's own data when `data_dir` has no such folder."""
    place = data_folder(data_dir) / folder
    if not place.is_dir():
        place = data_folder() / folder
    path = place / f"{name}.csv"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in place.glob("*.csv")))
        raise InputError(f"There is no {folder} table {name!r}; there are {known}.")
    return _read(path, f"{folder}/{name}.csv")


def _read(path: Path, shown_as: str) -> pd.DataFrame:
    table = reading.parse(reading.read_bytes(path, shown_as))
    rows.refuse(shown_as, table.problems)
    return table.frame().reset_index(drop=True)
