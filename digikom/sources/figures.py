"""Official figures from the tables of the StatBank: which cell answers which computed number.

The list of tables (`data/statbank/tables.yml`) names cells by the labels of their categories, since the codes of the
StatBank are not known to us. A cell that is not found, or not alone, is told of and left out: no figure is guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from babel.dates import format_date
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from digikom.errors import InputError, Problem
from digikom.sources import jsonstat, snapshots
from digikom.sources.jsonstat import Dimension, Table

LIST = "statbank/tables.yml"
"""The list of tables, below the data folder."""

FIGURES_FILE, SOURCES_FILE = "figures.csv", "sources.csv"
"""What is derived from the tables of a year, in the layout of the files of the same names in `data/published`."""

_FIGURE_COLUMNS = (
    "id",
    "year",
    "source",
    "locator",
    "description_nb",
    "value",
    "unit",
    "base",
    "base_n",
    "printed_decimals",
    "rounding",
    "kind",
    "status",
    "contradicts",
    "note",
    "number_key",
)
_SOURCE_COLUMNS = ("source", "short_nb", "title_nb", "edition", "note")

# What a table calls the units that the report's numbers come in.
_UNITS = {"percent": ("prosent", "pst.", "%"), "count": ("antall", "kommuner")}

Text = Annotated[str, Field(min_length=1)]
Labels = Annotated[tuple[Text, ...], Field(min_length=1)]
Status = Literal["documented", "assumed"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pick(_Entry):
    """A category of the table, by its label (or code): one of `labels`, different wordings of one category, is there.

    With `add`, several categories whose values are added up, each given by its wordings.
    """

    labels: Labels | None = None
    add: tuple[Labels, ...] | None = None
    status: Status

    @model_validator(mode="after")
    def is_one_or_several(self) -> Pick:
        """One category, or several to add up."""
        if (self.labels is None) == (self.add is None) or (self.add is not None and len(self.add) < 2):
            raise ValueError("either labels, or add with two categories or more")
        return self

    @property
    def wanted(self) -> tuple[Labels, ...]:
        """The wordings of each category."""
        return self.add or ((self.labels,) if self.labels else ())


class Figure(_Entry):
    """A number of the report and the cell that answers it: `cell` picks a category in each dimension that has several,
    besides what the table's `common` picks.
    """

    number_key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    description_nb: Text
    base: Text
    unit: Literal["percent", "count"]
    status: Status
    cell: tuple[Pick, ...] = ()


class ListedTable(_Entry):
    """A table of the StatBank: what is known of it, the years it is for, and the figures in it."""

    table: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    title_nb: Text
    title_status: Status
    first_year: int
    last_year: int | None = None
    known: Text
    common: tuple[Pick, ...] = ()
    figures: tuple[Figure, ...] = ()

    def asked_in(self, year: int) -> bool:
        """Whether the table may have something for `year`."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


class TableList(_Entry):
    """The content of the list."""

    tables: tuple[ListedTable, ...]

    @model_validator(mode="after")
    def stand_once(self) -> TableList:
        """A table stands once, and so does a number in it."""
        names = [one.table for one in self.tables]
        keys = [(one.table, figure.number_key) for one in self.tables for figure in one.figures]
        if len(set(names)) < len(names) or len(set(keys)) < len(keys):
            raise ValueError("a table, or a number_key of a table, stands twice")
        return self


@dataclass(frozen=True)
class Derived:
    """The files made from a snapshot, by name, and what was left out."""

    files: dict[str, str]
    notices: tuple[str, ...]


def table_file(table: str) -> str:
    """The file of a table in the folder of its year."""
    return f"{table}.json"


def table_list(root: Path) -> tuple[ListedTable, ...]:
    """The tables of the list in the data folder `root`; `InputError` naming everything that is wrong with it."""
    try:
        return TableList.model_validate(yaml.safe_load((root / LIST).read_text(encoding="utf-8"))).tables
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{LIST}: cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        raise InputError(f"{LIST} is not valid YAML.", [" ".join(str(error).split())]) from None
    except ValidationError as error:
        raise InputError(
            f"{LIST} is not in order",
            [Problem(None, ".".join(map(str, fault["loc"])) or None, None, fault["msg"]) for fault in error.errors()],
        ) from None


def derive(year: int, root: Path) -> Derived:
    """The figures of `year` from the tables fetched for it, and their sources.

    Raises `InputError` when there is no snapshot of that year, or it is not whole.
    """
    note, contents = snapshots.read(root / "statbank" / str(year))
    listed = {table_file(one.table): one for one in table_list(root)}
    figures: list[tuple[str, ...]] = []
    sources: list[tuple[str, ...]] = []
    notices: list[str] = []
    for name in sorted(set(contents) & set(listed)):
        about = listed[name]
        source = f"statbank-{about.table}-{year}"
        table = jsonstat.read(f"statbank/{year}/{name}", contents[name])
        found = []
        for number, figure in enumerate(about.figures, start=1):
            try:
                found.append(_row(f"S{year}-{about.table}-{number}", year, source, about, figure, table))
            except _LeftOutError as reason:
                notices.append(f"Table {about.table}, {figure.number_key}: {reason}. Left out.")
        if found:
            sources.append(_source(source, about, table, note.files[name].fetched.isoformat(), figures=found))
            figures += found
    return Derived(
        {FIGURES_FILE: _csv(_FIGURE_COLUMNS, figures), SOURCES_FILE: _csv(_SOURCE_COLUMNS, sources)}, tuple(notices)
    )


class _LeftOutError(Exception):
    """Why a figure can't be read from its table."""


def _row(identifier: str, year: int, source: str, about: ListedTable, figure: Figure, table: Table) -> tuple[str, ...]:
    """The row of a figure."""
    picks = [*about.common, *figure.cell]
    chosen: dict[str, tuple[str, ...]] = {}
    for pick in picks:
        dimension, codes = _categories(pick, table)
        if dimension.code in chosen:
            raise _LeftOutError(f"two categories of «{dimension.label}» are asked for")
        chosen[dimension.code] = codes
    for dimension in table.dimensions:
        if dimension.code not in chosen:
            if len(dimension.categories) != 1:
                shown = ", ".join(dimension.categories.values())
                raise _LeftOutError(f"nothing says which category of «{dimension.label}» is meant ({_short(shown)})")
            chosen[dimension.code] = tuple(dimension.categories)
    decimals = _decimals(figure, chosen, table)
    cells = table.cells[reduce(pd.Series.__and__, (table.cells[code].isin(wanted) for code, wanted in chosen.items()))]
    if cells["value"].isna().any():
        signs = ", ".join(sorted({sign for sign in cells["status"] if sign})) or "nothing"
        raise _LeftOutError(f"the cell has {signs} instead of a number")
    added = len(cells) > 1
    assumed = [pick for pick in picks if pick.status == "assumed"]
    notes = [
        "Tallet er summen av flere celler, som hver er avrundet." if added else "",
        "Det er antatt at tabellens tall og vårt har samme grunnlag." if figure.status == "assumed" else "",
        "Hvilken celle i tabellen som er ment, er delvis antatt." if assumed else "",
    ]
    places = [
        " og ".join(table.dimension(code).categories[one] for one in wanted)
        for code, wanted in chosen.items()
        if code != table.time
    ]
    return (
        identifier,
        str(year),
        source,
        ", ".join(places),
        figure.description_nb,
        f"{cells['value'].sum():.{decimals}f}",
        figure.unit,
        figure.base,
        "",
        str(decimals),
        "circa" if added else "exact",
        "result",
        "",
        "",
        " ".join(filter(None, notes)),
        figure.number_key,
    )


def _categories(pick: Pick, table: Table) -> tuple[Dimension, tuple[str, ...]]:
    """The one dimension that has the categories of `pick`, and their codes."""
    wordings = [{_plain(label) for label in labels} for labels in pick.wanted]
    found = []
    for dimension in table.dimensions:
        codes = [
            [code for code, label in dimension.categories.items() if {_plain(code), _plain(label)} & labels]
            for labels in wordings
        ]
        if dimension.code != table.time and all(codes):
            found.append((dimension, codes))
    shown = " and ".join(f"«{'» or «'.join(labels)}»" for labels in pick.wanted)
    if not found:
        there = "; ".join(
            f"{one.label}: {', '.join(one.categories.values())}" for one in table.dimensions if one.code != table.time
        )
        raise _LeftOutError(f"the table has no category {shown} ({_short(there)})")
    if len(found) > 1 or any(len(one) > 1 for one in found[0][1]):
        raise _LeftOutError(f"the table has several categories {shown}")
    dimension, codes = found[0]
    return dimension, tuple(dict.fromkeys(one[0] for one in codes))


def _decimals(figure: Figure, chosen: dict[str, tuple[str, ...]], table: Table) -> int:
    """The decimals of the cell, when its unit is the one of the figure."""
    units = {table.units[code] for codes in chosen.values() for code in codes if code in table.units}
    if len(units) != 1:
        raise _LeftOutError("the table does not tell the unit of the cell")
    unit, decimals = units.pop()
    if _plain(unit) not in _UNITS[figure.unit]:
        raise _LeftOutError(f"the unit of the cell is «{unit}», not {' or '.join(_UNITS[figure.unit])}")
    if not isinstance(decimals, int) or not 0 <= decimals <= 3:
        raise _LeftOutError("the table does not tell the decimals of the cell")
    return decimals


def _source(
    source: str, about: ListedTable, table: Table, fetched: str, figures: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """The row of a table among the sources."""
    title = re.sub(rf"^{about.table}:\s*", "", table.label).strip() or about.title_nb
    day = format_date(pd.Timestamp(fetched), format="long", locale="nb_NO")
    note = "Hvilke celler som svarer på hvilke tall, er delvis antatt" if any(row[14] for row in figures) else ""
    name = f"Statistikkbanken, tabell {about.table}"
    return source, name, f"{name}, «{title}», Statistisk sentralbyrå, hentet {day}", "", note


def _plain(text: str) -> str:
    """A label as it is compared: letters of one case, no spaces too many."""
    return " ".join(text.split()).casefold()


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]} …"


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()
