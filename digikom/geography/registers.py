"""Municipality registers by division: which municipalities there were in a year, their county, size and centrality."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from digikom.errors import InputError, Problem
from digikom.geography.tables import read_bytes, read_table
from digikom.paths import data_folder

CENTRALITY_CLASSES = ("1", "2", "3", "4", "5", "6")
"""SSB's centrality classes (Klass 128), from most to least central."""

_CODE = r"^[0-9]{4}$"
_WHOLE_NUMBER_OR_EMPTY = r"^[0-9]*$"
_STATUS_OR_EMPTY = ("documented", "assumed", "")
_DIVISIONS = pa.DataFrameSchema(
    {
        # A division stands in several rows when its register is renewed for later years.
        "division": pa.Column(str, pa.Check.str_matches(_CODE, error="a year of four digits")),
        "first_year": pa.Column(str, pa.Check.str_matches(_CODE, error="a year of four digits"), unique=True),
        "last_year": pa.Column(str, pa.Check.str_matches(r"^([0-9]{4})?$", error="a year of four digits or nothing")),
        "municipalities": pa.Column(str, pa.Check.str_matches(r"^[1-9][0-9]*$", error="the number of municipalities")),
        "register_file": pa.Column(str, pa.Check.str_length(min_value=1, error="the path of the register")),
        "boundaries_file": pa.Column(str),
    },
    strict=True,
    ordered=True,
)
_SIZE_CLASSES = pa.DataFrameSchema(
    {
        "size_class": pa.Column(str, pa.Check.str_length(min_value=1, error="a name"), unique=True),
        "position": pa.Column(str, pa.Check.str_matches(r"^[0-9]+$", error="a whole number"), unique=True),
        "label_nb": pa.Column(str, pa.Check.str_length(min_value=1, error="a label")),
        "label_en": pa.Column(str, pa.Check.str_length(min_value=1, error="a label")),
        "lower": pa.Column(str, pa.Check.str_matches(r"^[0-9]+$", error="a whole number")),
        "upper": pa.Column(str, pa.Check.str_matches(_WHOLE_NUMBER_OR_EMPTY, error="a whole number or nothing")),
    },
    strict=True,
    ordered=True,
)

_AREAS = pa.DataFrameSchema(
    {name: pa.Column(str, pa.Check.str_length(min_value=1, error="a name")) for name in ("area", "county", "source")},
    strict=True,
    ordered=True,
    unique=["area", "county"],
)


@dataclass(frozen=True)
class Division:
    """A division of the country into municipalities and the years that this register of it is for (`last_year` `None`:
    still). A division whose population and centrality were fetched again has several, with the same name.
    """

    name: str
    first_year: int
    last_year: int | None
    municipalities: int
    register_file: str
    boundaries_file: str | None

    @property
    def years(self) -> str:
        """The years in force as text: the first, a hyphen and, unless it is still in force, the last."""
        return f"{self.first_year}-{self.last_year or ''}"

    def in_force(self, year: int) -> bool:
        """Whether the division is in force on 1 January of `year`."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


def registers_root(data_dir: str | Path | None = None) -> Path:
    """The data folder that the registers are read from: the one given if it has a `municipalities` folder."""
    folder = data_folder(data_dir)
    return folder if (folder / "municipalities").is_dir() else data_folder(None)


def divisions(data_dir: str | Path | None = None) -> tuple[Division, ...]:
    """The divisions known, by first year. Raises `InputError` when `divisions.csv` is not in order."""
    return _parse_divisions(read_bytes(registers_root(data_dir), "municipalities/divisions.csv"))


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
    return _parse_size_classes(read_bytes(registers_root(data_dir), "municipalities/size-classes.csv")).copy()


def areas(data_dir: str | Path | None = None) -> dict[str, list[str]]:
    """The areas of several counties that the report looks at, with the names of their counties in any division.

    Those of the project where the data folder has registers, but no areas of its own.
    """
    root, name = registers_root(data_dir), "municipalities/areas.csv"
    frame = read_table(name, read_bytes(root if (root / name).is_file() else data_folder(None), name), _AREAS)
    return {str(area): rows["county"].tolist() for area, rows in frame.groupby("area", sort=False)}


def register(year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The municipalities of the division in force in `year`, one a row, sorted by code.

    Columns: `municipality_code`, `name`, `county_code`, `county` (text), `population` (inhabitants, nullable integer),
    `population_date`, `population_status`, `size_class` (ordered categorical), `size_class_status`, `centrality_class`
    (ordered categorical "1" to "6", missing where not known), `centrality_edition`. `attrs["division"]` is its name.
    Raises `InputError` for a year without a division and for a register that is not in order.
    """
    root = registers_root(data_dir)
    chosen = division(year, data_dir)
    classes = read_bytes(root, "municipalities/size-classes.csv")
    frame = _parse_register(read_bytes(root, chosen.register_file), classes, chosen).copy()
    frame.attrs["division"] = chosen.name
    return frame


def _numbers(column: pd.Series[str]) -> pd.Series[int]:
    """Text to nullable whole numbers; an empty text is missing."""
    return column.mask(column == "").astype("Int64")


@lru_cache(maxsize=8)
def _parse_divisions(content: bytes) -> tuple[Division, ...]:
    name = "municipalities/divisions.csv"
    frame = read_table(name, content, _DIVISIONS)
    found = sorted(
        (
            Division(
                row["division"],
                int(row["first_year"]),
                int(row["last_year"]) if row["last_year"] else None,
                int(row["municipalities"]),
                row["register_file"],
                row["boundaries_file"] or None,
            )
            for row in frame.to_dict("records")
        ),
        key=lambda one: one.first_year,
    )
    for earlier, later in itertools.pairwise(found):
        if earlier.last_year is None or earlier.last_year >= later.first_year:
            expected = f"a year before {later.first_year}, when the next division begins"
            problem = Problem(None, "last_year", earlier.years, expected)
            raise InputError(f"{name} is not in order", [problem])
    return tuple(found)


@lru_cache(maxsize=8)
def _parse_size_classes(content: bytes) -> pd.DataFrame:
    frame = read_table("municipalities/size-classes.csv", content, _SIZE_CLASSES)
    frame["position"] = frame["position"].astype("int64")
    frame["lower"] = frame["lower"].astype("int64")
    frame["upper"] = _numbers(frame["upper"])
    return frame.sort_values("position", ignore_index=True)


@lru_cache(maxsize=16)
def _parse_register(content: bytes, size_class_content: bytes, chosen: Division) -> pd.DataFrame:
    classes = _parse_size_classes(size_class_content)
    names = classes["size_class"].tolist()
    frame = read_table(chosen.register_file, content, _register_schema(classes, chosen))
    frame["population"] = _numbers(frame["population"])
    frame["size_class"] = pd.Categorical(frame["size_class"], categories=names, ordered=True)
    known = frame["centrality_class"].mask(frame["centrality_class"] == "")
    frame["centrality_class"] = pd.Categorical(known, categories=list(CENTRALITY_CLASSES), ordered=True)
    return frame.sort_values("municipality_code", ignore_index=True)


def _register_schema(classes: pd.DataFrame, chosen: Division) -> pa.DataFrameSchema:
    """What a register file must be: text columns, the announced number of municipalities, classes that fit."""
    upper = classes["upper"].astype("Float64").fillna(float("inf"))
    limits = dict(zip(classes["size_class"], zip(classes["lower"], upper, strict=True), strict=True))

    def county_fits(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame["municipality_code"].str[:2] == frame["county_code"]

    def class_fits(frame: pd.DataFrame) -> pd.Series[bool]:
        lower = frame["size_class"].map(lambda name: limits.get(name, (0, 0))[0])
        upper = frame["size_class"].map(lambda name: limits.get(name, (0, float("inf")))[1])
        inhabitants = pd.to_numeric(frame["population"], errors="coerce")
        return inhabitants.between(lower, upper) | inhabitants.isna()

    status = pa.Check.isin(_STATUS_OR_EMPTY, error="documented, assumed or nothing")
    return pa.DataFrameSchema(
        {
            "municipality_code": pa.Column(str, pa.Check.str_matches(_CODE, error="four digits"), unique=True),
            "name": pa.Column(str, pa.Check.str_length(min_value=1, error="a name")),
            "county_code": pa.Column(str, pa.Check.str_matches(r"^[0-9]{2}$", error="two digits")),
            "county": pa.Column(str, pa.Check.str_length(min_value=1, error="a name")),
            "population": pa.Column(
                str, pa.Check.str_matches(_WHOLE_NUMBER_OR_EMPTY, error="a whole number or nothing")
            ),
            "population_date": pa.Column(
                str, pa.Check.str_matches(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", error="a date YYYY-MM-DD or nothing")
            ),
            "population_status": pa.Column(str, status),
            "size_class": pa.Column(
                str, pa.Check.isin(classes["size_class"].tolist(), error=", ".join(classes["size_class"]))
            ),
            "size_class_status": pa.Column(str, status),
            "centrality_class": pa.Column(str, pa.Check.isin(["", *CENTRALITY_CLASSES], error="1 to 6 or nothing")),
            "centrality_edition": pa.Column(str, pa.Check.str_matches(r"^([0-9]{4})?$", error="a year or nothing")),
        },
        checks=[
            pa.Check(
                lambda frame: len(frame) == chosen.municipalities,
                error=f"{chosen.municipalities} municipalities, as divisions.csv says",
            ),
            pa.Check(county_fits, error="a municipality code that begins with the code of its county"),
            pa.Check(class_fits, error="the size class that the population belongs to"),
        ],
        strict=True,
        ordered=True,
    )
