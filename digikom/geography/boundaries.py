"""The boundaries of a division as TopoJSON, for maps."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
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
    Raises `InputError` for a year without a division and for a file that is named but missing.
    """
    name = registers.division(year, data_dir).boundaries_file
    if not name:
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
        content: dict[str, Any] = json.loads(path.read_bytes())
        shapes = content["objects"][OBJECT]["geometries"]
        codes = [(str(shape["id"]), str(shape["properties"]["municipality_code"])) for shape in shapes]
    except (ValueError, KeyError, TypeError) as error:
        expected = f"a TopoJSON object «{OBJECT}» with the code of each municipality"
        raise InputError(f"{path.name}: expected {expected} ({type(error).__name__}: {error})") from None
    problems = [*_problems(codes, set(registers.register(year, data_dir)["municipality_code"]))]
    if problems:
        raise InputError(f"{path.name} does not agree with the municipality register", problems)
    return content


def _problems(codes: list[tuple[str, str]], register: set[str]) -> Iterator[Problem]:
    """What differs between the shapes' (id, property) codes and the codes of the register."""
    column = "municipality_code"
    times = Counter(one for one, _ in codes)
    yield from (Problem(None, column, two, f"{one}, the id of the same shape") for one, two in codes if one != two)
    yield from (Problem(None, column, one, "one shape only") for one in sorted(times) if times[one] > 1)
    unknown = sorted(times.keys() - register)
    yield from (Problem(None, column, one, "only municipalities of the register") for one in unknown)
    yield from (Problem(None, column, None, f"a shape of {one}") for one in sorted(register - times.keys()))
