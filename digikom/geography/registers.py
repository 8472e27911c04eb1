"""Municipality registers by division: which municipalities there were in a year, their county, size and centrality."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field

from digikom.errors import InputError, Problem
from digikom.paths import data_folder
from digikom.reading import read_bytes
from digikom.rows import (
    MunicipalityCode,
    Position,
    Row,
    Status,
    Text,
    Whole,
    WholeIfAny,
    Year,
    YearIfAny,
    checked,
    frame,
    refuse,
)

CENTRALITY_CLASSES = ("1", "2", "3", "4", "5", "6")
"""SSB's centrality classes (Klass 128), from most to least central."""

_DIVISIONS = "municipalities/divisions.csv"
_SIZE_CLASSES = "municipalities/size-classes.csv"
_AREAS = "municipalities/areas.csv"
_OTHER_NAMES = "municipalities/other-names.csv"


class Division(Row):
    """A division of the country into municipalities and the years that this register of it is for (`last_year` `None`:
    still). A division whose population and centrality were fetched again has several, with the same name.
    """

    division: Annotated[str, Field(pattern="^[0-9]{4}$", description="a year of four digits")]
    first_year: Year
    last_year: YearIfAny
    municipalities: Position
    register_file: Text
    boundaries_file: str

    @property
    def name(self) -> str:
        """The year that the division is called by."""
        return self.division

    @property
    def years(self) -> str:
        """The years in force as text: the first, a hyphen and, unless it is still in force, the last."""
        return f"{self.first_year}-{self.last_year or ''}"

    def in_force(self, year: int) -> bool:
        """Whether the division is in force on 1 January of `year`."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


class SizeClass(Row):
    """A size class: municipalities from `lower` to `upper` inhabitants, both included; the last has no upper limit."""

    size_class: Text
    position: Position
    label_nb: Text
    label_en: Text
    lower: Whole
    upper: WholeIfAny


class Area(Row):
    """A county, by its name in any division, of an area that the report looks at."""

    area: Text
    county: Text
    source: Text


class OtherName(Row):
    """What a municipality, by its Norwegian name in any division, is called officially in Sámi or Kven."""

    name: Text
    other_name: Text
    language: Literal["se", "smj", "sma", "fkv"]


class Municipality(Row):
    """A municipality in the register of a division."""

    municipality_code: MunicipalityCode
    name: Text
    county_code: Annotated[str, Field(pattern="^[0-9]{2}$", description="two digits")]
    county: Text
    population: WholeIfAny
    population_date: Annotated[
        str,
        Field(
            pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$",
            description="a date YYYY-MM-DD or nothing",
            json_schema_extra={"format": "date"},
        ),
    ]
    population_status: Literal["documented", "assumed", ""]
    size_class: Text
    size_class_status: Status
    centrality_class: Annotated[str, Field(pattern="^[1-6]?$", description="1 to 6 or nothing")]
    centrality_edition: Annotated[str, Field(pattern="^([0-9]{4})?$", description="a year or nothing")]


def registers_root(data_dir: str | Path | None = None) -> Path:
    """The data folder that the registers are read from: the one given if it has a `municipalities` folder."""
    folder = data_folder(data_dir)
    return folder if (folder / "municipalities").is_dir() else data_folder(None)


def divisions(data_dir: str | Path | None = None) -> tuple[Division, ...]:
    """The divisions known, by first year. Raises `InputError` when `divisions.csv` is not in order."""
    return _parse_divisions(read_bytes(registers_root(data_dir) / _DIVISIONS, _DIVISIONS))


def division(year: int, data_dir: str | Path | None = None) -> Division:
    """The division in force in `year`; `InputError` naming the known ones if there is none."""
    known = divisions(data_dir)
    for candidate in known:
        if candidate.in_force(year):
            return candidate
    raise InputError(
        f"no municipality register for {year}; the divisions known are {', '.join(one.years for one in known)}"
    )


def size_classes(data_dir: str | Path | None = None) -> pd.DataFrame:
    """The size classes in order: `size_class`, `position`, `label_nb`, `label_en`, `lower`, `upper` (inhabitants).

    `lower` and `upper` are inclusive; the last class has no upper limit (missing).
    """
    classes = _parse_size_classes(read_bytes(registers_root(data_dir) / _SIZE_CLASSES, _SIZE_CLASSES))
    return frame(classes, SizeClass).astype({"upper": "Int64"})


def areas(data_dir: str | Path | None = None) -> dict[str, list[str]]:
    """The areas of several counties that the report looks at, with the names of their counties in any division.

    Those of the project where the data folder has registers, but no areas of its own.
    """
    root = registers_root(data_dir)
    root = root if (root / _AREAS).is_file() else data_folder(None)
    found: dict[str, list[str]] = {}
    for row in checked(_AREAS, read_bytes(root / _AREAS, _AREAS), Area, ("area", "county")).values():
        found.setdefault(row.area, []).append(row.county)
    return found


@lru_cache
def other_names() -> dict[str, list[tuple[str, str]]]:
    """The Sámi and Kven names of municipalities by their Norwegian name, each with its language (BCP 47)."""
    found: dict[str, list[tuple[str, str]]] = {}
    content = read_bytes(data_folder(None) / _OTHER_NAMES, _OTHER_NAMES)
    for row in checked(_OTHER_NAMES, content, OtherName, ("name", "other_name")).values():
        found.setdefault(row.name, []).append((row.other_name, row.language))
    return found


def register(year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The municipalities of the division in force in `year`, one a row, sorted by code.

    Columns: `municipality_code`, `name`, `county_code`, `county` (text), `population` (inhabitants, nullable integer),
    `population_date`, `population_status`, `size_class` (ordered categorical), `size_class_status`, `centrality_class`
    (ordered categorical "1" to "6", missing where not known), `centrality_edition`. `attrs["division"]` is its name.
    Raises `InputError` for a year without a division and for a register that is not in order.
    """
    root = registers_root(data_dir)
    chosen = division(year, data_dir)
    classes = _parse_size_classes(read_bytes(root / _SIZE_CLASSES, _SIZE_CLASSES))
    found = _parse_register(read_bytes(root / chosen.register_file, chosen.register_file), classes, chosen).copy()
    found.attrs["division"] = chosen.name
    return found


@lru_cache(maxsize=8)
def _parse_divisions(content: bytes) -> tuple[Division, ...]:
    rows = checked(_DIVISIONS, content, Division, ("first_year",)).values()
    found = sorted(rows, key=lambda one: one.first_year)
    refuse(
        _DIVISIONS,
        (
            Problem(None, "last_year", one.years, f"a year before {later.first_year}, when the next division begins")
            for one, later in itertools.pairwise(found)
            if one.last_year is None or one.last_year >= later.first_year
        ),
    )
    return tuple(found)


@lru_cache(maxsize=8)
def _parse_size_classes(content: bytes) -> tuple[SizeClass, ...]:
    rows = checked(_SIZE_CLASSES, content, SizeClass, ("size_class",), ("position",)).values()
    return tuple(sorted(rows, key=lambda one: one.position))


@lru_cache(maxsize=16)
def _parse_register(content: bytes, classes: tuple[SizeClass, ...], chosen: Division) -> pd.DataFrame:
    rows = checked(chosen.register_file, content, Municipality, ("municipality_code",))
    refuse(chosen.register_file, _register_problems(rows, {one.size_class: one for one in classes}, chosen))
    found = frame(rows.values(), Municipality).astype({"population": "Int64"})
    names = [one.size_class for one in classes]
    found["size_class"] = pd.Categorical(found["size_class"], categories=names, ordered=True)
    known = found["centrality_class"].mask(found["centrality_class"] == "")
    found["centrality_class"] = pd.Categorical(known, categories=list(CENTRALITY_CLASSES), ordered=True)
    return found.sort_values("municipality_code", ignore_index=True)


def _register_problems(
    rows: Mapping[int, Municipality], classes: Mapping[str, SizeClass], chosen: Division
) -> Iterator[Problem]:
    """What does not fit between the columns of a register, or between the register and what others say of it."""
    if len(rows) != chosen.municipalities:
        expected = f"{chosen.municipalities} municipalities, as divisions.csv says"
        yield Problem(None, None, f"{len(rows)} municipalities", expected)
    for line, row in rows.items():
        if row.municipality_code[:2] != row.county_code:
            expected = f"the first two digits of the municipality code {row.municipality_code}"
            yield Problem(line, "county_code", row.county_code, expected)
        size = classes.get(row.size_class)
        if size is None:
            yield Problem(line, "size_class", row.size_class, f"one of: {', '.join(classes)}")
        elif row.population and not size.lower <= row.population <= (size.upper or row.population):
            expected = f"the size class that a population of {row.population} belongs to"
            yield Problem(line, "size_class", row.size_class, expected)
