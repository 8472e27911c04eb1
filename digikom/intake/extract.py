"""An extract of the survey system as read: its columns and rows as text, with the row numbers of the file.

CSV (UTF-8 or Windows-1252; commas, semicolons or tabs), Excel workbooks and Parquet files: what kind of file it is
follows from its first bytes, not from its name. No message from here shows a value of a cell: at this point nobody has
said yet which columns hold personal data.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import re
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils import get_column_letter

from digikom import reading
from digikom.errors import InputError, Problem

KINDS = "a CSV file, an Excel workbook (.xlsx) or a Parquet file"
DELIMITERS = (",", ";", "\t")

_ZIP, _PARQUET, _OLE = b"PK", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Name of the stream in which a workbook with a password is kept, as the container has it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"{\\rtf": "an RTF document",
}
_MARKUP = (b"<html", b"<!doctype html", b"<?xml", b"<table")
_UTF8_MARK, _UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
#: A letter of two bytes in UTF-8, as Norwegian letters are; in Windows-1252 the two would be nonsense such as «Ã¸».
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
#: What Excel writes on a line of its own above the header, to say what separates the cells.
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
#: Marks without a width that programs leave in exported text.
_INVISIBLE = re.compile("[\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]")
#: Whole numbers above this can't be told apart as floating-point numbers.
_LARGEST_WHOLE = 2.0**53

Numbered = tuple[int, tuple[str, ...]]
"""The number of a row in the file, and its cells as text."""


@dataclass(frozen=True)
class Extract:
    """`header`: the column names; `rows`: (row number in the file, cells), as many cells as columns, all tidy text.

    The header is row 1 of the file, or the first row that holds anything.
    """

    header: tuple[str, ...]
    rows: tuple[Numbered, ...]

    def column(self, name: str) -> list[str]:
        """The cells of a column, in the order of the file."""
        place = self.header.index(name)
        return [cells[place] for _, cells in self.rows]


def read_extract(path: Path, sheet: str | None = None) -> Extract:
    """The extract in `path`. `sheet` names the sheet of a workbook that has several.

    Raises `InputError` with everything that is wrong with the file.
    """
    if path.is_dir():
        raise InputError(f"{path}: expected a file, but this is a folder")
    content = reading.read_bytes(path, str(path))
    problems: list[Problem] = []
    if sheet is not None and not content.startswith(_ZIP):
        problems.append(Problem(None, "--sheet", sheet, "no --sheet: only an Excel workbook has sheets"))
    rows = _rows(content, sheet, problems)
    while rows and not any(rows[0][1]):
        rows.pop(0)
    extract = None
    if rows:
        # In a workbook empty cells at the end of a row are not kept; in a text file a missing cell moves the others.
        extract = _arrange(rows, problems, strict_width=not content.startswith(_ZIP))
    elif not problems:
        problems.append(Problem(None, None, None, "a header and rows, but the table is empty"))
    if problems or extract is None:
        problems.sort(key=lambda one: (one.row or 0, one.column or ""))
        raise InputError(f"{path}: the extract cannot be read as it is", problems)
    return extract


def tidy(text: str) -> str:
    """The text without space around it, with one plain space for each run of white space, letters composed (NFC)."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def as_text(value: object) -> str:
    """A value as a person sees it: `301` and `301.0` are `301`, a missing one is empty, dates are ISO 8601.

    Raises `ValueError` for what has no plain text: lists, records, infinite numbers, bytes that are no text.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() | Decimal():
            if math.isnan(value):
                return ""
            if math.isinf(value):
                raise ValueError("an infinite number is no plain value")
            whole = int(value)
            return str(whole) if value == whole and abs(whole) <= _LARGEST_WHOLE else str(value)
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case bytes():
            return tidy(value.decode("utf-8"))
        case str() | int() | datetime.timedelta():
            return tidy(str(value))
        case _:
            raise ValueError(f"a {type(value).__name__} is no plain value")


def _arrange(rows: list[Numbered], problems: list[Problem], *, strict_width: bool) -> Extract:
    """The table without what is empty at its right and at its end; what is wrong with its shape becomes a problem.

    `strict_width`: a row must have as many cells as the header.
    """
    (number, header), *rows = rows
    while rows and not any(rows[-1][1]):
        rows.pop()
    width = len(header)
    while width and not header[width - 1] and not any(cell for _, cells in rows for cell in cells[width - 1 :]):
        width -= 1
    problems += _header_problems(number, header[:width])
    arranged: list[Numbered] = []
    for line, cells in rows:
        if not any(cells):
            problems.append(Problem(line, None, None, "a row of answers, not an empty row"))
        elif any(cells[width:]) or (strict_width and len(cells) not in (width, len(header))):
            problems.append(Problem(line, None, f"{len(cells)} cells", f"{width} cells, as in the header"))
        else:
            arranged.append((line, (*cells[:width], *[""] * (width - len(cells)))))
    if not rows:
        problems.append(Problem(None, None, "no rows below the header", "at least one response"))
    return Extract(header[:width], tuple(arranged))


def _header_problems(number: int, names: tuple[str, ...]) -> Iterator[Problem]:
    if len(names) < 2:
        expected = "a header of at least two columns, separated by commas, semicolons or tabs"
        yield Problem(number, None, f"{len(names)} column(s)", expected)
        return
    for place, name in enumerate(names, start=1):
        if not name:
            expected = f"a column name in cell {place}; is the header further down, or in two rows?"
            yield Problem(number, None, None, expected)
    for name, times in Counter(names).items():
        if times > 1 and name:
            yield Problem(number, reading.printable(name), None, f"the column name once, not {times} times")


def _rows(content: bytes, sheet: str | None, problems: list[Problem]) -> list[Numbered]:
    """The rows of the file; none, and a problem, for a file that cannot be read."""
    found, expected = None, KINDS
    if content.startswith(_ZIP):
        return _workbook_rows(content, sheet, problems)
    if content.startswith(_PARQUET):
        return _parquet_rows(content, problems)
    if not content.strip():
        expected = "a header and rows, but the file is empty"
    elif content.startswith(_OLE):
        locked = _ENCRYPTED in content
        found = "an Excel workbook with a password" if locked else "a workbook of the old kind (.xls)"
        remedy = "take the password off" if locked else "save it as .xlsx"
        expected = f"{KINDS}; open it in Excel, {remedy} and try again"
    elif content.lstrip()[:14].lower().startswith(_MARKUP):
        found, expected = "a web page or XML document", f"{KINDS}; open it in Excel and save it as .xlsx"
    elif content.startswith(_UTF16_MARKS):
        found, expected = "UTF-16", "UTF-8 or Windows-1252; save the file as «CSV UTF-8»"
    else:
        found = next((kind for mark, kind in _OTHER_KINDS.items() if content.startswith(mark)), None)
        if found is None:
            return _text_rows(content, problems)
    problems.append(Problem(None, None, found, expected))
    return []


def _text_rows(content: bytes, problems: list[Problem]) -> list[Numbered]:
    """The rows of a text file; their numbers are those of the lines on which they begin."""
    faults = list(_encoding_problems(content))
    if faults:
        problems += faults
        return []
    text = content.decode("utf-8-sig" if _is(content, "utf-8") else "cp1252")
    skipped, named = 0, _SEPARATOR_LINE.match(text)
    if named:
        text, skipped = text[named.end() :], 1
    delimiter = named.group(1) if named else _delimiter(text)
    return list(_split(text, delimiter, skipped, problems))


def _encoding_problems(content: bytes) -> Iterator[Problem]:
    """The lines that keep the file from being read as UTF-8 or, when it is not UTF-8, as Windows-1252.

    A file in both is refused: half its letters would be wrong.
    """
    utf8, marked = _is(content, "utf-8"), content.startswith(_UTF8_MARK)
    lines = list(enumerate(content.splitlines(), start=1))
    if b"\0" in content:
        expected = "text, without NUL bytes; is the file damaged, or in UTF-16?"
        yield from (Problem(number, None, None, expected) for number, line in lines if b"\0" in line)
    elif not utf8:
        for number, line in lines:
            if marked and not _is(line, "utf-8"):
                yield Problem(number, None, None, "UTF-8 throughout, as the file's first bytes promise")
            elif _UTF8_LETTER.search(line):
                yield Problem(number, None, None, "one encoding throughout; this line is in UTF-8, others are not")
            elif not _is(line, "cp1252"):
                yield Problem(number, None, None, "UTF-8 or Windows-1252; this line is in neither")


def _is(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The character that gives every row as many cells as the header, the more the better.

    Where none does so, that which gives the header most cells: then the uneven rows are reported.
    """

    def quality(delimiter: str) -> tuple[bool, int]:
        faults: list[Problem] = []
        widths = [len(cells) for _, cells in _split(text, delimiter, 0, faults) if any(cells)]
        return not faults and len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0

    return max(DELIMITERS, key=quality)


def _split(text: str, delimiter: str, skipped: int, problems: list[Problem]) -> Iterator[Numbered]:
    """The rows with the number of the line on which each begins; reading ends at quotation marks that do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins + skipped, tuple(map(tidy, cells))
            begins = reader.line_num + 1
    except csv.Error:
        problems.append(Problem(begins + skipped, None, None, "cells with matching quotation marks (from this row on)"))


def _parquet_rows(content: bytes, problems: list[Problem]) -> list[Numbered]:
    """The rows of a Parquet file. They have no numbers of their own: the header counts as row 1, as in a text file."""
    try:
        table = pq.read_table(io.BytesIO(content))
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        problems.append(Problem(None, None, "a damaged Parquet file", "a Parquet file that can be opened"))
        return []
    header = tuple(map(tidy, table.column_names))
    return [
        (1, header),
        *(
            (row, tuple(_plain(value, row, name, problems) for name, value in zip(header, values, strict=True)))
            for row, values in enumerate(zip(*columns, strict=True), start=2)
        ),
    ]


def _workbook_rows(content: bytes, sheet: str | None, problems: list[Problem]) -> list[Numbered]:
    """The rows of a sheet. Formulas count by the result that Excel has stored; without one, the cell looks empty."""
    try:
        shown, written = _open_workbook(content, data_only=True), _open_workbook(content, data_only=False)
    # A damaged workbook makes the XML and ZIP modules below openpyxl raise almost anything.
    except Exception:
        is_zip = zipfile.is_zipfile(io.BytesIO(content))
        found = "an archive that is no workbook, or a damaged one" if is_zip else "a damaged workbook or archive"
        problems.append(Problem(None, None, found, "an Excel workbook (.xlsx) that can be opened"))
        return []
    names = [one.title for one in shown.worksheets]
    filled = [one.title for one in shown.worksheets if any(any(map(_holds, row)) for row in one.iter_rows())]
    if sheet is not None and sheet not in names:
        problems.append(Problem(None, None, f"--sheet {sheet}", f"one of the sheets: {', '.join(names)}"))
    elif sheet is None and len(filled) > 1:
        expected = f"one sheet, or --sheet with one of: {', '.join(filled)}"
        problems.append(Problem(None, None, f"{len(filled)} sheets", expected))
    elif not filled:
        problems.append(Problem(None, None, None, "a header and rows, but the workbook is empty"))
    if problems:
        return []
    name = sheet or filled[0]
    return [
        (row, tuple(_cell_text(*both, problems) for both in zip(cells, sources, strict=True)))
        for row, (cells, sources) in enumerate(zip(shown[name].iter_rows(), written[name].iter_rows(), strict=True), 1)
    ]


def _open_workbook(content: bytes, *, data_only: bool) -> Any:  # noqa: ANN401  openpyxl has no types
    with warnings.catch_warnings():
        # openpyxl warns of decoration that it does not keep (drop-down lists, say), which nobody here needs.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def _holds(cell: Any) -> bool:  # noqa: ANN401
    return cell.value is not None


def _cell_text(cell: Any, source: Any, problems: list[Problem]) -> str:  # noqa: ANN401
    """The text of a cell, read once with the results of formulas and once with the formulas."""
    column = f"{get_column_letter(cell.column)} of the sheet"
    if source.data_type == "f" and cell.value is None:
        expected = "a value; the cell has a formula without a stored result (open and save the file in Excel)"
        problems.append(Problem(cell.row, column, None, expected))
    elif cell.data_type == "e":
        problems.append(Problem(cell.row, column, None, "a value, not an error of Excel (#N/A, say)"))
    else:
        return _plain(cell.value, cell.row, column, problems)
    return ""


def _plain(value: object, row: int, column: str, problems: list[Problem]) -> str:
    try:
        return as_text(value)
    except ValueError:
        problems.append(Problem(row, column, None, "a plain value: a text, a number or a date"))
        return ""
