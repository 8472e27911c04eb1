"""The boundaries of a division as TopoJSON, for maps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from digikom.errors import InputError, Problem
from digikom.geography import registers
from digikom.paths import data_folder

OBJECT = "municipalities"
"""The object of the topology that holds one geometry a municipality; its `id` is the municipality code."""


def boundaries_path(year: int, data_dir: str | Path | None = None) -> Path | None:
    """The TopoJSON file of the division in force in `year`; `None` when there are no boundaries of that division.

    A data folder with registers of its own but without the boundaries that they name uses the project's boundaries.
    Raises `InputError` for a year without a division and for a file that is named but lacking.
    """
    name = registers.division(year, data_dir).boundaries_file
    if name is None:
        return None
    for root in (data_folder(data_dir), data_folder(None)):
        if (root / name).is_file():
            return root / name
    raise InputError(f"{name}: named in municipalities/divisions.csv, but there is no such file")


def topology(year: int, data_dir: str | Path | None = None) -> dict[str, Any] | None:
    """The topology of the division in force in `year`, or `None` when there is none.

    Object `municipalities`; each geometry has the code as `id` and as the property `municipality_code`. Raises
    `InputError` unless it is a topology with every municipality of the register once and no other.
    """
    path = boundaries_path(year, data_dir)
    if path is None:
        return None
    try:
        content = json.loads(path.read_bytes())
        shapes = content["objects"][OBJECT]["geometries"]
        codes = [(str(shape["id"]), str(shape["properties"]["municipality_code"])) for shape in shapes]
    except (ValueError, KeyError, TypeError) as error:
        expected = f"a TopoJSON object «{OBJECT}» with the code of each municipality"
        raise InputError(f"{path.name}: expected {expected} ({type(error).__name__}: {error})") from None
    problems = _code_problems(codes, set(registers.register(year, data_dir)["municipality_code"]))
    if problems:
        raise InputError(f"{path.name} does not agree with the municipality register", problems)
    assert isinstance(content, dict)
    return content


def _code_problems(codes: list[tuple[str, str]], register: set[str]) -> list[Problem]:
    """What differs between the shapes' (id, property) codes and the codes of the register."""
    column = "municipality_code"
    ids = [one for one, _ in codes]
    repeated = sorted(code for code in set(ids) if ids.count(code) > 1)
    unknown = sorted(set(ids) - register)
    lacking = sorted(register - set(ids))
    return [
        *(Problem(None, column, two, f"{one}, the id of the same shape") for one, two in codes if one != two),
        *(Problem(None, column, code, "one shape only") for code in repeated),
        *(Problem(None, column, code, "only municipalities of the register") for code in unknown),
        *(Problem(None, column, None, f"a shape of {code}") for code in lacking),
    ]
