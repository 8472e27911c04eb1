"""The data files of a book: the numbers, the rows and pictures of figures and tables, the single municipalities."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from digikom.editions import layout
from digikom.editions.limit_cases import LimitCases
from digikom.editions.municipality_results import COUNTRY, MunicipalityResults
from digikom.files import csv_text
from digikom.opendata import norwegian
from digikom.opendata.description import Block, Book, ChangeRegister, NumberRecord, NumberRegister, Value
from digikom.publish.drawing import DrawingError
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.publish.pictures import png, standalone_svg
from digikom.publish.tables import STANDARD_SYMBOLS

NUMBER_FIELDS = tuple(NumberRecord.model_fields)
#: Of a municipality and an indicator: the columns of its own, and those of its size group and of the country.
MUNICIPALITY_FIELDS = ("municipality_code", "name", "county", "size_class")
GROUP_FIELDS = ("size", "median", "lower", "same", "higher")
BYTE_ORDER_MARK = "\ufeff"
#: Scores and grades go from nought to four.
LEVELS = range(5)
LIMIT_FIELDS = ("limits", "base", *(f"{of}_{level}" for of in ("count", "percent") for level in LEVELS))
LIMIT_FIELDS += ("top_percent", "top_change", "conclusion", "text")
V = TypeVar("V")


def data_files(book: Book, data_dir: Path, store: Path | None = None) -> dict[str, bytes]:
    """The data files by their paths in the edition. `data_dir` has the boundaries that maps are drawn from; drawings
    are found and kept in `store`. A figure that cannot be drawn has no picture; that is reported with its page.
    """
    rows = ([_flat(getattr(number, field)) for field in NUMBER_FIELDS] for number in book.numbers.numbers)
    texts = {
        layout.NUMBERS: _json(book.numbers.model_dump(mode="json")),
        layout.NUMBERS_TABLE: csv_text([NUMBER_FIELDS, *rows]),
        layout.NUMBERS_SCHEMA: _json(_schema(NumberRegister)),
    }
    if book.changes.changes:
        texts[layout.CHANGES] = _json(book.changes.model_dump(mode="json"))
        texts[layout.CHANGES_SCHEMA] = _json(_schema(ChangeRegister))
    if book.municipalities is not None:
        texts[layout.MUNICIPALITIES] = book.municipalities.model_dump_json() + "\n"
        texts[layout.MUNICIPALITIES_TABLE] = municipality_csv(book.municipalities)
    if book.limits is not None:
        texts[layout.LIMITS] = _json(book.limits.model_dump(mode="json"))
        texts[layout.LIMITS_TABLE] = limits_csv(book.limits)
    files = {path: text.encode() for path, text in texts.items()}
    for block in book.blocks:
        files[layout.block_file(block.stem, ".csv")] = machine_csv(block).encode()
        files[layout.block_file(block.stem, ".nb.csv")] = spreadsheet_csv(block).encode()
        if svg := picture(block, data_dir, store):
            files[layout.block_file(block.stem, ".svg")] = svg.encode()
            files[layout.block_file(block.stem, ".png")] = png(svg, store)
    return files


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _schema(model: type[BaseModel]) -> dict[str, object]:
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **model.model_json_schema(mode="serialization")}


def machine_text(value: Value) -> str:
    """A cell of a file for programs: decimal point, no thousands sign, every digit of the value; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def spreadsheet_text(value: Value) -> str:
    """A cell of a file for a Norwegian spreadsheet: decimal comma, every digit, a plain minus and no thousands sign."""
    return machine_text(value).replace(".", ",") if isinstance(value, float) else machine_text(value)


def symbol_meaning(value: Value) -> str:
    """What the standard symbol in a cell means; empty for every other content."""
    return STANDARD_SYMBOLS.get(value, "") if isinstance(value, str) else ""


def _flat(value: Value | tuple[str, ...]) -> str:
    return "; ".join(value) if isinstance(value, tuple) else machine_text(value)


def machine_csv(block: Block) -> str:
    """The rows for programs: comma, decimal point, column names, the data status on each row; empty where not shown.

    A number column that has standard symbols has them in a column of their own, `<name>_symbol`, so that it holds
    nothing but numbers. What is known of the numbers of a column is beside it (`columns_beside`).
    """
    columns: dict[str, list[str]] = {}
    for position, (column, parted) in enumerate(zip(block.columns, parted_columns(block), strict=True)):
        values = [row[position] for row in block.rows]
        columns[column.name] = ["" if parted and symbol_meaning(value) else machine_text(value) for value in values]
        if parted:
            symbols = [machine_text(value) if symbol_meaning(value) else "" for value in values]
            columns[f"{column.name}_symbol"] = symbols
        for beside in columns_beside(block, position):
            columns[beside.name] = [machine_text(value) for value in beside.values]
    columns.setdefault("status", [block.status] * len(block.rows))
    return csv_text([list(columns), *zip(*columns.values(), strict=True)])


@dataclass(frozen=True, slots=True)
class Beside:
    """A column of the files beside one of a figure or table: its `name` and Norwegian `title`."""

    name: str
    title: str
    values: tuple[Value, ...]


def columns_beside(block: Block, position: int) -> list[Beside]:
    """What is known of the numbers of a column: of synthetic answers what they rest on (`<name>_evidence`), and how low
    and how high they could be, had all answered (`<name>_low` and `<name>_high`).
    """
    column = block.columns[position]
    found = [Beside(f"{column.name}_evidence", norwegian.evidence_field(column.label), _at(block.evidence, position))]
    ends = _at(block.bounds, position)
    for place, end in enumerate(("low", "high")):
        values = tuple(None if bound is None else bound[place] for bound in ends)
        found.append(Beside(f"{column.name}_{end}", norwegian.bound_field(end, column.label), values))
    return [beside for beside in found if any(value is not None for value in beside.values)]


def _at(rows: Sequence[Sequence[V]], position: int) -> tuple[V, ...]:
    return tuple(row[position] for row in rows)


def parted_columns(block: Block) -> list[bool]:
    """Of each column, whether `machine_csv` puts its standard symbols in a column of their own."""
    return [
        column.is_number and any(symbol_meaning(row[position]) for row in block.rows)
        for position, column in enumerate(block.columns)
    ]


@dataclass(frozen=True, slots=True)
class SpreadsheetColumn:
    """A column of the files for spreadsheets: Norwegian `title`, the cells, and with how many `decimals` they are
    shown where the notebook says so.
    """

    title: str
    values: tuple[Value, ...]
    decimals: int | None = None


def spreadsheet_columns(block: Block) -> list[SpreadsheetColumn]:
    """The columns of a figure or table with what is known of their numbers beside them, and the data status last."""
    found: list[SpreadsheetColumn] = []
    for position, column in enumerate(block.columns):
        found.append(SpreadsheetColumn(column.label, _at(block.rows, position), column.decimals))
        for beside in columns_beside(block, position):
            words = tuple(
                norwegian.EVIDENCE_WORDS.get(value, value) if isinstance(value, str) else value
                for value in beside.values
            )
            found.append(SpreadsheetColumn(beside.title, words, column.decimals))
    status = norwegian.STATUS_WORDS[block.status]
    return [*found, SpreadsheetColumn(norwegian.STATUS_FIELD, (status,) * len(block.rows))]


def spreadsheet_csv(block: Block) -> str:
    """The rows for a Norwegian spreadsheet: semicolon, decimal comma, Norwegian headings, byte order mark."""
    columns = spreadsheet_columns(block)
    rows = zip(*([spreadsheet_text(value) for value in column.values] for column in columns), strict=True)
    return BYTE_ORDER_MARK + csv_text([[column.title for column in columns], *rows], delimiter=";")


def picture(block: Block, data_dir: Path, store: Path | None = None) -> str:
    """The figure as an SVG file that needs no page around it: number and title above the picture, notes, base, source
    and the mark of synthetic answers below. Empty for a table, and for a figure that cannot be drawn.
    """
    mark = SYNTHETIC_MARK if block.status == "synthetic" else ""
    try:
        return (
            ""
            if block.spec is None
            else standalone_svg(
                block.spec,
                title=f"{block.name} {block.heading}",
                subtitle=block.subtitle,
                notes=[note for note in (*block.notes, block.base_line, mark) if note],
                alt=block.alt,
                data_dir=data_dir,
                store=store,
            )
        )
    except DrawingError:
        return ""


def municipality_csv(results: MunicipalityResults) -> str:
    """The results for programs, a row per municipality and indicator: comma, decimal point, the data status last.

    Empty where the municipality did not answer or a group is not shown.
    """
    groups = [f"{of}_{field}" for of in ("group", "country") for field in GROUP_FIELDS]
    own = ("year", *MUNICIPALITY_FIELDS, "indicator", "label", "kind", "count", "level", "level_name", "possible")
    return csv_text([[*own, *groups, "status"], *([machine_text(value) for value in row] for row in _rows(results))])


def _rows(results: MunicipalityResults) -> Iterator[list[Value]]:
    for one in results.municipalities:
        for indicator in filter(attrgetter("present"), results.indicators):
            name, result = indicator.indicator, one.results.get(indicator.indicator)
            row: list[Value] = [results.year, *(getattr(one, field) for field in MUNICIPALITY_FIELDS)]
            row += [name, indicator.label, indicator.kind]
            if result:
                possible = " ".join(map(str, result.possible))
                row += [result.count, result.level, results.level_names.get((name, result.level)), possible]
            else:
                row += [None] * 4
            for group_name in (one.size_class, COUNTRY):
                group = results.group_of.get((name, group_name))
                position = results.position(name, group_name, result.level) if result else None
                row += [group.size, group.median] if group else [None] * 2
                row += [position.lower, position.same, position.higher] if position else [None] * 3
            yield [*row, results.status]


def limits_csv(limits: LimitCases) -> str:
    """What follows from other limits, for programs: a row an indicator and a case, the data status last.

    `limits` has the lowest count of each score that is moved or could be: «strategy 3: 9; projects 3: 7».
    """
    rows: list[list[Value]] = []
    for one in limits.indicators:
        for case in one.cases:
            places = zip(one.limits, one.moved_to(case), strict=True)
            lowest = "; ".join(f"{limit.indicator} {limit.score}: {place.limit}" for limit, place in places)
            row: list[Value] = [one.year, one.reference_year, one.indicator, one.label, lowest, one.base]
            row += [*case.counts, *case.percent, case.top, case.change, case.conclusion, case.text, one.status]
            rows.append(row)
    head = ("year", "reference_year", "indicator", "label", *LIMIT_FIELDS, "status")
    return csv_text([head, *([machine_text(value) for value in row] for row in rows)])
