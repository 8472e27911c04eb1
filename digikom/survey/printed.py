"""What others have printed on the digitalisation of the municipalities, to hold computed numbers against."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom.errors import InputError, Problem
from digikom.paths import data_folder
from digikom.survey.method import text_table

_FETCHED = {"figures": "id", "sources": "source"}
"""The tables that are also made from fetched official figures, and the column that tells their rows apart."""


def printed(data_dir: str | Path | None = None, name: str = "figures") -> pd.DataFrame:
    """The table `data/published/<name>.csv` as text, empty cells as empty text: the printed figures, their `sources`,
    or the `contradictions` between them. From the project's own data when `data_dir` has no printed figures.

    The rows of the same table made from official figures that have been fetched, `data/statbank/<year>/<name>.csv`,
    follow after, by year; from the project's own data when `data_dir` has neither printed figures nor a folder
    `statbank`.

    Raises InputError naming the tables that exist when there is none of that name, and for fetched rows that do not
    fit: other columns, or an id that stands already.
    """
    whole = text_table("published", name, data_dir)
    if name not in _FETCHED:
        return whole
    key = _FETCHED[name]
    folder = data_folder(data_dir)
    if not any((folder / own).is_dir() for own in ("published", "statbank")):
        folder = data_folder()
    for path in sorted(folder.glob(f"statbank/[0-9][0-9][0-9][0-9]/{name}.csv")):
        fetched = pd.read_csv(path, dtype=str, keep_default_na=False)
        shown = f"statbank/{path.parent.name}/{path.name}"
        if list(fetched) != list(whole):
            raise InputError(
                f"{shown}: expected the columns {', '.join(map(str, whole))}; found {', '.join(map(str, fetched))}"
            )
        known = pd.concat([whole[key], fetched[key]])
        repeated = sorted(set(known[known.duplicated()]))
        if repeated:
            raise InputError(
                f"{shown} is not in order", [Problem(None, key, one, "an id that stands once") for one in repeated]
            )
        if len(fetched):
            whole = pd.concat([whole, fetched], ignore_index=True)
    return whole
