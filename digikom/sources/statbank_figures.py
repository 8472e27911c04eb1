"""Official figures from the tables of the StatBank: which cell answers which computed number.

The list of tables (`data/statbank/tables.yml`) names cells by the labels of their categories, since the codes of the
StatBank are not known to us. A cell that is not found, or not alone, is reported and left out: no figure is guessed.
"""

from __future__ import annotations

import datetime
import re
from functools import reduce
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from babel.dates import format_date
from pydantic import BaseModel, ConfigDict, Field, model_validator

from digikom.sources import jsonstat, snapshots
from digikom.sources.jsonstat import Dimension, Table
from digikom.survey.method import text_table

LIST = "statbank/tables.yml"
"""The list of tables, below the data folder."""

# What a table calls the units that the report's numbers come in.
_UNITS = {"percent": ("prosent", "pst.", "%"), "count": ("antall", "kommuner")}
_ASSUMED_CELL = "Hvilken celle i tabellen som er ment, er delvis antatt."

Text = Annotated[str, Field(min_length=1)]
Labels = Annotated[tuple[Text, ...], Field(min_length=1)]
Status = Literal["documented", "assumed"]
Row = dict[str, str]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pick(_Entry):
    """A category of the table, by its label (or code): one of `labels`, different wordings of one category, is there.

    With `add`, several categories whose values are added up, each given by its wordings.
    """

    labels: Labels | None = None
    add: Annotated[tuple[Labels, ...], Field(min_length=2)] | None = None
    status: Status

    @model_validator(mode="after")
    def is_one_or_several(self) -> Pick:
        """One category, or several to add up."""
        if (self.labels is None) == (self.add is None):
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
    def are_unique(self) -> TableList:
        """No table is listed twice, and no number of a table."""
        names = [one.table for one in self.tables]
        keys = [(one.table, figure.number_key) for one in self.tables for figure in one.figures]
        if len(set(names)) < len(names) or len(set(keys)) < len(keys):
            raise ValueError("a table, or a number_key of a table, is listed twice")
        return self


def table_file(table: str) -> str:
    """The file of a table in the folder of its year."""
    return f"{table}.json"


def table_list(root: Path) -> tuple[ListedTable, ...]:
    """The tables of the list in the data folder `root`; `InputError` naming everything that is wrong with it."""
    return snapshots.load_yaml(root / LIST, LIST, TableList).tables


def derive(year: int, root: Path) -> tuple[dict[str, str], list[str]]:
    """The figures of `year` from the tables fetched for it, and their sources, as the text of each file by its name;
    and what was left out. The layout is that of the files of the same names in `data/published`.

    Raises `InputError` when there is no snapshot of that year, or it is not whole.
    """
    note, contents = snapshots.read(root / "statbank" / str(year))
    figures: list[Row] = []
    sources: list[Row] = []
    notices: list[str] = []
    for about in sorted(table_list(root), key=lambda one: one.table):
        name = table_file(about.table)
        if name not in contents:
            continue
        source = f"statbank-{about.table}-{year}"
        table = jsonstat.read(f"statbank/{year}/{name}", contents[name])
        found = []
        for number, figure in enumerate(about.figures, start=1):
            known = {"id": f"S{year}-{about.table}-{number}", "year": str(year), "source": source}
            try:
                found.append(known | _read_figure(figure, about, table))
            except _LeftOutError as reason:
                notices.append(f"Table {about.table}, {figure.number_key}: {reason}. Left out.")
        if found:
            sources.append({"source": source} | _described(about, table, note.files[name].fetched, found))
            figures += found
    tables = {"figures": figures, "sources": sources}
    return {f"{name}.csv": _csv(name, rows) for name, rows in tables.items()}, notices


class _LeftOutError(Exception):
    """Why a figure can't be read from its table."""


def _read_figure(figure: Figure, about: ListedTable, table: Table) -> Row:
    """What a figure's row has from the table."""
    picks = [*about.common, *figure.cell]
    chosen: dict[str, tuple[str, ...]] = {}
    for pick in picks:
        dimension, codes = _categories(pick, table)
        if dimension.code in chosen:
            raise _LeftOutError(f"two categories of «{dimension.label}» are asked for")
        chosen[dimension.code] = codes
    for code, dimension in table.dimensions.items():
        if code not in chosen:
            if len(dimension.categories) != 1:
                shown = ", ".join(dimension.categories.values())
                raise _LeftOutError(f"nothing says which category of «{dimension.label}» is meant ({_short(shown)})")
            chosen[code] = tuple(dimension.categories)
    decimals = _decimals(figure, chosen, table)
    cells = table.cells[reduce(pd.Series.__and__, (table.cells[code].isin(wanted) for code, wanted in chosen.items()))]
    if cells["value"].isna().any():
        signs = ", ".join(sorted({sign for sign in cells["status"] if sign})) or "nothing"
        raise _LeftOutError(f"the cell has {signs} instead of a number")
    added = len(cells) > 1
    notes = [
        *(["Tallet er summen av flere celler, som hver er avrundet."] if added else []),
        *(["Det er antatt at tabellens tall og vårt har samme grunnlag."] if figure.status == "assumed" else []),
        *([_ASSUMED_CELL] if any(pick.status == "assumed" for pick in picks) else []),
    ]
    cell = [
        " og ".join(table.dimensions[code].categories[one] for one in wanted)
        for code, wanted in chosen.items()
        if code != table.time
    ]
    return {
        "locator": ", ".join(cell),
        "description_nb": figure.description_nb,
        "value": f"{cells['value'].sum():.{decimals}f}",
        "unit": figure.unit,
        "base": figure.base,
        "printed_decimals": str(decimals),
        "rounding": "circa" if added else "exact",
        "kind": "result",
        "note": " ".join(notes),
        "number_key": figure.number_key,
    }


def _categories(pick: Pick, table: Table) -> tuple[Dimension, tuple[str, ...]]:
    """The one dimension that has the categories of `pick`, and their codes."""
    wordings = [{_plain(label) for label in labels} for labels in pick.wanted]
    choices = [one for code, one in table.dimensions.items() if code != table.time]
    found = []
    for dimension in choices:
        codes = [
            [code for code, label in dimension.categories.items() if {_plain(code), _plain(label)} & labels]
            for labels in wordings
        ]
        if all(codes):
            found.append((dimension, codes))
    shown = " and ".join(f"«{'» or «'.join(labels)}»" for labels in pick.wanted)
    if not found:
        there = "; ".join(f"{one.label}: {', '.join(one.categories.values())}" for one in choices)
        raise _LeftOutError(f"the table has no category {shown} ({_short(there)})")
    if len(found) > 1 or any(len(one) > 1 for one in found[0][1]):
        raise _LeftOutError(f"the table has several categories {shown}")
    dimension, codes = found[0]
    return dimension, tuple(dict.fromkeys(one[0] for one in codes))


def _decimals(figure: Figure, chosen: dict[str, tuple[str, ...]], table: Table) -> int:
    """The decimals of the cell, when its unit is the one of the figure."""
    units = {table.units[code] for codes in chosen.values() for code in codes if code in table.units}
    if len(units) != 1:
        raise _LeftOutError("the table does not give the unit of the cell")
    unit, decimals = units.pop()
    if _plain(unit) not in _UNITS[figure.unit]:
        raise _LeftOutError(f"the unit of the cell is «{unit}», not {' or '.join(_UNITS[figure.unit])}")
    if not isinstance(decimals, int) or not 0 <= decimals <= 3:
        raise _LeftOutError("the table does not give the decimals of the cell")
    return decimals


def _described(about: ListedTable, table: Table, fetched: datetime.date, figures: list[Row]) -> Row:
    """What the row of a table among the sources says."""
    title = re.sub(rf"^{about.table}:\s*", "", table.label).strip() or about.title_nb
    name = f"Statistikkbanken, tabell {about.table}"
    day = format_date(fetched, format="long", locale="nb_NO")
    assumed = any(row["note"] for row in figures)
    return {
        "short_nb": name,
        "title_nb": f"{name}, «{title}», Statistisk sentralbyrå, hentet {day}",
        "note": "Hvilke celler som svarer på hvilke tall, er delvis antatt" if assumed else "",
    }


def _csv(name: str, rows: list[Row]) -> str:
    """The rows as CSV, with the columns of `data/published/<name>.csv`; what a row doesn't have is empty."""
    return pd.DataFrame(rows, columns=text_table("published", name).columns).to_csv(index=False, lineterminator="\n")


def _plain(text: str) -> str:
    """A label as it is compared: letters of one case, no spaces too many."""
    return " ".join(text.split()).casefold()


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]} …"
