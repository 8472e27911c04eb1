"""`data/digitalisering-i-kommunene-<year>.xlsx`: an edition as one Excel workbook, the same bytes each time.

Cover, contents, notes, then a sheet for each figure and table and one for all numbers. Made for screen readers too:
what a sheet is stands in A1, there is one table with one row of headings on it, it has a name, and no cells are merged.
There are no formulas: texts that a spreadsheet would take for one are refused, as in the CSV files.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from digikom.editions.identity import long_date
from digikom.errors import InputError
from digikom.files import is_formula, zipped
from digikom.opendata import norwegian
from digikom.opendata.citations import LANGUAGE, LICENSE_ADDRESS, LICENSE_TITLE
from digikom.opendata.data_files import SpreadsheetColumn, spreadsheet_columns
from digikom.opendata.description import Block, Description, Value
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.publish.tables import STANDARD_SYMBOLS

#: Of the register of numbers: what a reader of a spreadsheet has use for.
NUMBER_FIELDS = ("key", "label", "value", "unit", "base", "base_text", "low", "high", "year", "evidence", "status")
#: Widths of columns, in characters: as the longest cell, within these.
NARROWEST, WIDEST = 10, 60
LONGEST_SHEET_NAME = 31
TITLE, BOLD, LINK = Font(size=14, bold=True), Font(bold=True), Font(color="FF0B4F8A", underline="single")
#: Rows with a light band; the style of a named table.
STYLE = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
Columns = Sequence[SpreadsheetColumn]


def workbook(described: Description) -> bytes:
    """The workbook of an edition. Raises InputError for a text that a spreadsheet would take for a formula."""
    book = Workbook()
    sheets = sheet_names(described.blocks)
    _cover(book.active, described)
    _contents(book.create_sheet(norwegian.SHEETS["contents"]), described, sheets)
    notes = [SpreadsheetColumn(title, values) for title, values in zip(*_notes(described), strict=True)]
    _table(
        book.create_sheet(norwegian.SHEETS["notes"]), norwegian.WORKBOOK_NOTES, [_mark(described)], notes, "Merknader"
    )
    for number, block in enumerate(described.blocks, start=1):
        sheet = book.create_sheet(sheets[block.stem])
        lines = [block.subtitle, block.base_line, SYNTHETIC_MARK if block.status == "synthetic" else "", *block.notes]
        _table(sheet, block.full_name, lines, _shown(spreadsheet_columns(block)), f"Data_{number}", back=True)
    register = book.create_sheet(norwegian.SHEETS["numbers"])
    _table(register, norwegian.DATASETS["tallregister"][0], [_mark(described)], _numbers(described), "Tall", back=True)
    return _saved(book, described)


def sheet_names(blocks: Iterable[Block]) -> dict[str, str]:
    """The name of each block's sheet, by the stem of its files: «Figur 3.1»."""
    names: dict[str, str] = {}
    for block in blocks:
        name = block.name.replace("\u00a0", " ")
        is_usable = name not in names.values() and not INVALID_TITLE_REGEX.search(name)
        names[block.stem] = (name if is_usable else block.stem)[:LONGEST_SHEET_NAME]
    return names


def _mark(described: Description) -> str:
    return SYNTHETIC_MARK if described.cited.is_synthetic else ""


def _cover(sheet: Worksheet, described: Description) -> None:
    edition, cited = described.edition, described.cited
    status = norwegian.STATUS_WORDS["synthetic" if cited.is_synthetic else "real"]
    about: dict[str, Value] = {
        norwegian.COVER["what"]: described.abstract,
        norwegian.STATUS_FIELD: SYNTHETIC_MARK if cited.is_synthetic else status,
        norwegian.COVER["edition"]: edition.year,
        norwegian.COVER["version"]: edition.version,
        norwegian.COVER["published"]: long_date(edition.published),
        norwegian.COVER["modified"]: long_date(edition.modified),
        norwegian.COVER["author"]: cited.author,
        norwegian.COVER["based_on"]: described.based_on.text() if described.based_on else "",
        norwegian.COVER["licence"]: LICENSE_TITLE,
        norwegian.COVER["licence_address"]: LICENSE_ADDRESS,
        norwegian.COVER["citation"]: cited.text(),
        norwegian.COVER["address"]: cited.address,
    }
    told = {name: value for name, value in about.items() if value != ""}
    columns = [
        SpreadsheetColumn(norwegian.COVER["heading"], tuple(told)),
        SpreadsheetColumn(norwegian.COVER["value"], tuple(told.values())),
    ]
    sheet.title = norwegian.SHEETS["cover"]
    first = _table(sheet, edition.title, [_mark(described)], columns, "Omslag")
    for row, value in enumerate(told.values(), start=first):
        cell = sheet.cell(row, 2)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        if value in (LICENSE_ADDRESS, cited.address):
            cell.hyperlink, cell.font = value, LINK


def _contents(sheet: Worksheet, described: Description, sheets: dict[str, str]) -> None:
    listed = [norwegian.SHEETS["notes"], *sheets.values(), norwegian.SHEETS["numbers"]]
    titles = [norwegian.WORKBOOK_NOTES, *(block.heading for block in described.blocks)]
    columns = [
        SpreadsheetColumn(norwegian.CONTENTS["sheet"], tuple(listed)),
        SpreadsheetColumn(norwegian.CONTENTS["title"], (*titles, norwegian.DATASETS["tallregister"][0])),
    ]
    first = _table(sheet, norwegian.SHEETS["contents"], [_mark(described)], columns, "Innhold")
    for row, name in enumerate(listed, start=first):
        _lead(sheet.cell(row, 1), name)


def _notes(described: Description) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headings and the columns of the notes: symbols, words and sources."""
    kinds = norwegian.NOTE_KINDS
    sources = dict.fromkeys(source for block in described.blocks for source in block.source)
    rows = [(kinds["symbol"], sign, meaning) for sign, meaning in STANDARD_SYMBOLS.items()]
    rows += [(kinds["word"], word, meaning) for word, meaning in norwegian.DEFINITIONS.items()]
    if described.cited.is_synthetic:
        rows += [(kinds["word"], word, meaning) for word, meaning in norwegian.SYNTHETIC_DEFINITIONS.items()]
    rows += [(kinds["source"], str(number), source) for number, source in enumerate(sources, start=1)]
    return norwegian.NOTE_HEADINGS, list(zip(*rows, strict=True))


def _numbers(described: Description) -> list[SpreadsheetColumn]:
    """The register of numbers; what an edition has of no number is left out."""
    words = {**norwegian.EVIDENCE_WORDS, **norwegian.STATUS_WORDS, **norwegian.UNIT_NAMES}
    found = []
    for field in NUMBER_FIELDS:
        values = [getattr(number, field) for number in described.numbers.numbers]
        if field in ("unit", "evidence", "status"):
            values = [words.get(value, value) for value in values]
        if any(value is not None for value in values):
            found.append(SpreadsheetColumn(norwegian.FIELD_TITLES[field], tuple(values)))
    return found


def _shown(columns: Columns) -> list[SpreadsheetColumn]:
    """The columns with different titles, as a named table wants them."""
    found: dict[str, SpreadsheetColumn] = {}
    for column in columns:
        title, number = column.title, 2
        while title.casefold() in found:
            title, number = f"{column.title} ({number})", number + 1
        found[title.casefold()] = SpreadsheetColumn(title, column.values, column.decimals)
    return list(found.values())


def _table(
    sheet: Worksheet, title: str, lines: Iterable[str], columns: Columns, name: str, *, back: bool = False
) -> int:
    """Write a sheet: title, lines below it, where asked a link back to the contents, and a table called `name`. Returns
    the number of its first row.
    """
    _write(sheet.cell(1, 1), title).font = TITLE
    row = 2
    for line in filter(None, lines):
        _write(sheet.cell(row, 1), line)
        row += 1
    if back:
        _lead(_write(sheet.cell(row, 1), norwegian.BACK_TO_CONTENTS), norwegian.SHEETS["contents"])
        row += 1
    for place, column in enumerate(columns, start=1):
        head = _write(sheet.cell(row, place), column.title)
        head.font, head.alignment = BOLD, Alignment(wrap_text=True, vertical="top")
        for below, value in enumerate(column.values, start=row + 1):
            _write(sheet.cell(below, place), value, column.decimals)
        longest = max((len(str(value)) for value in column.values if value is not None), default=0)
        width = min(max(longest, len(column.title) // 2, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width + 2
    last = row + max((len(column.values) for column in columns), default=0)
    # A named table without rows is one that Excel mends.
    if last > row:
        table = Table(displayName=name, ref=f"A{row}:{get_column_letter(len(columns))}{last}", tableStyleInfo=STYLE)
        sheet.add_table(table)
    sheet.freeze_panes = sheet.cell(row + 1, 1)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return row + 1


def _write(cell: Cell, value: Value, decimals: int | None = None) -> Cell:
    """Put a value into a cell: a text as one whatever it looks like, and a number as it is shown in Norwegian."""
    if isinstance(value, str):
        if is_formula(value):
            raise InputError(f"{value!r} is not published: a spreadsheet takes it for a formula.")
        cell.value, cell.data_type = value, "s"
        if value in STANDARD_SYMBOLS:
            cell.alignment = Alignment(horizontal="right")
    elif value is not None:
        cell.value = value
        if decimals is not None and not isinstance(value, bool):
            cell.number_format = f"#,##0.{'0' * decimals}".rstrip(".")
    return cell


def _lead(cell: Cell, sheet: str) -> None:
    """Make a cell a link to a sheet."""
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{sheet}'!A1")
    cell.font = LINK


def _saved(book: Workbook, described: Description) -> bytes:
    """The file, with the dates of the edition in place of the clock's."""
    edition = described.edition
    about = book.properties
    about.title, about.creator, about.language = edition.title, described.cited.author, LANGUAGE
    about.description, about.version = described.abstract, edition.version
    midnight = datetime.time()
    about.created = datetime.datetime.combine(edition.published, midnight)
    about.modified = datetime.datetime.combine(edition.modified, midnight)
    written = io.BytesIO()
    # Workbook.save puts the clock's time into the file.
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(book, archive).write_data()
    with zipfile.ZipFile(written) as archive:
        return zipped([(name, archive.read(name)) for name in archive.namelist()], edition.published)
