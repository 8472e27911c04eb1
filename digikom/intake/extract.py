"""An extract of the survey system as read: its columns and rows as text, with the row numbers of the file.

CSV, Excel workbooks and Parquet files: what kind of file it is follows from its first bytes, not from its name. No
message from here shows a value of a cell: at this point nobody has said yet which columns hold personal data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digikom import reading
from digikom.errors import InputError
from digikom.intake.cells import MOST_BYTES, Findings, Numbered, bounded, filled_width
from digikom.intake.parquet_file import parquet_rows
from digikom.intake.text_file import text_rows
from digikom.intake.workbook import workbook_rows

KINDS = "a CSV file, an Excel workbook (.xlsx) or a Parquet file"

_ZIP, _PARQUET, _OLE = b"PK", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Name of the stream in which a workbook with a password is kept, as the container has it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: Kinds of files by how they begin, and what to do with those of statistics packages.
_OTHER_KINDS = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "a SQLite database",
    b"ARROW1": "a Feather file",
    b"$FL2": "an SPSS file",
    b"$FL3": "an SPSS file",
    b"<stata_dta>": "a Stata file",
    **{bytes((release, order, 1)): "a Stata file" for release in range(0x68, 0x74) for order in (1, 2)},
    b"\0" * 12 + b"\xc2\xea\x81\x60": "a SAS file",
    b"RDX": "an R data file",
}
_MARKUP = (b"<html", b"<!doctype html", b"<?xml", b"<table")
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{"\]]|\{\s*["}])')
#: Cells of the third header row of Qualtrics, and how many rows it may follow.
_IMPORT_ID = re.compile(r'\{\s*"ImportId"\s*:')
_HEADER_ROWS = 4
#: Rows of the file in which the header is looked for, below a title and merged cells.
_SEARCHED = 10


@dataclass(frozen=True)
class Extract:
    """`header`: the column names; `rows`: (row number in the file, cells), as many cells as columns, all tidy text.

    The header is row 1 of the file, or the first row that names all columns. `notes` say how something was read,
    `warnings` what somebody should look at.
    """

    header: tuple[str, ...]
    rows: tuple[Numbered, ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

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
    found = Findings()
    extract = None
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        value = f"{path.stat().st_size} bytes"
        found.fault(f"a file of at most {MOST_BYTES} bytes: one row a municipality", None, None, value)
    else:
        content = reading.read_bytes(path, str(path))
        if sheet is not None and not content.startswith(_ZIP):
            found.fault("no --sheet: only an Excel workbook has sheets", None, "--sheet", sheet)
        rows = bounded(_rows(content, sheet, found), found)
        if rows:
            # In a workbook empty cells at the end of a row are not kept; in a text file a missing cell moves the
            # others.
            extract = _arrange(rows, found, strict_width=not content.startswith(_ZIP))
        elif not found.problems:
            found.fault("a header and rows, but the table is empty")
    if found.problems or extract is None:
        found.problems.sort(key=lambda one: (one.row or 0, one.column or ""))
        raise InputError(f"{path}: the extract cannot be read as it is", found.problems)
    return extract


def _arrange(rows: list[Numbered], found: Findings, *, strict_width: bool) -> Extract:
    """The table without what is empty at its right; what is wrong with its shape becomes a problem.

    `strict_width`: a row must have as many cells as the header.
    """
    title, (number, header), rows = _header(rows)
    if title:
        found.notes.append(f"{_rows_named(title)} above the header in row {number}, not read")
    width = len(header)
    while width and not header[width - 1] and not any(cell for _, cells in rows for cell in cells[width - 1 :]):
        width -= 1
    _check_header(number, header[:width], found)
    labels = next(
        (place for place, (_, cells) in enumerate(rows[:_HEADER_ROWS]) if any(map(_IMPORT_ID.match, cells))), -1
    )
    if labels >= 0:
        skipped, rows = rows[: labels + 1], rows[labels + 1 :]
        found.notes.append(f"{_rows_named([row for row, _ in skipped])} more of the header, as Qualtrics writes it")
    arranged: list[Numbered] = []
    for line, cells in rows:
        if any(cells[width:]) or (strict_width and len(cells) not in (width, len(header))):
            found.fault(f"{width} cells, as in the header", line, None, f"{len(cells)} cells")
        else:
            arranged.append((line, (*cells[:width], *[""] * (width - len(cells)))))
    if not rows and not found.problems:
        found.fault("at least one response", None, None, "no rows below the header")
    return Extract(header[:width], tuple(arranged), tuple(found.notes), tuple(found.warnings))


def _header(rows: list[Numbered]) -> tuple[list[int], Numbered, list[Numbered]]:
    """The numbers of the rows above the header (a title, merged cells over groups of columns), the header, the rest.

    The header is the first row, unless that is hardly filled and one of the next names each column, with no numbers.
    """
    widths = Counter(filled_width(cells) for _, cells in rows)
    width = max(widths, key=lambda one: (widths[one], one))
    for place, (_, cells) in enumerate(rows[:_SEARCHED]):
        names = [cell for cell in cells if cell]
        if place == 0 and 2 * len(names) > width:
            break
        complete = len(names) == filled_width(cells) >= max(width, 2) and len(set(names)) == len(names)
        if complete and not any(name[0].isdigit() and name.replace(" ", "").isdecimal() for name in names):
            return [number for number, _ in rows[:place]], rows[place], rows[place + 1 :]
    return [], rows[0], rows[1:]


def _rows_named(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]} is"
    return f"rows {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} are"


def _check_header(number: int, names: tuple[str, ...], found: Findings) -> None:
    if len(names) < 2:
        expected = "a header of at least two columns, separated by commas, semicolons or tabs"
        found.fault(expected, number, None, f"{len(names)} column(s)")
        return
    unnamed = [place for place, name in enumerate(names, start=1) if not name]
    if unnamed:
        cells = f"cell {unnamed[0]}" if len(unnamed) == 1 else f"each cell; {len(unnamed)} are empty"
        found.fault(f"a column name in {cells}; is the header further down, or in two rows?", number)
    for name, times in Counter(names).items():
        if times > 1 and name:
            found.fault(f"the column name once, not {times} times", number, reading.printable(name))


def _rows(content: bytes, sheet: str | None, found: Findings) -> Iterator[Numbered]:
    """The rows of the file; none, and a problem, for a file that cannot be read."""
    if content.startswith(_ZIP):
        yield from workbook_rows(content, sheet, found)
    elif content.startswith(_PARQUET):
        yield from parquet_rows(content, found)
    elif not content or content.isspace():
        found.fault("a header and rows, but the file is empty")
    elif (other := _other_kind(content)) is not None:
        found.fault(other[1], None, None, other[0])
    else:
        yield from text_rows(content, found)


def _other_kind(content: bytes) -> tuple[str, str] | None:
    """What a file is that is none of the kinds that are read, and what to do with it."""
    start = content[:64].lstrip()
    if content.startswith(_OLE):
        locked = _ENCRYPTED in content
        kind = "an Excel workbook with a password" if locked else "a workbook of the old kind (.xls)"
        remedy = "take the password off" if locked else "save it as .xlsx"
        return kind, f"{KINDS}; open it in Excel, {remedy} and try again"
    other = next((kind for mark, kind in _OTHER_KINDS.items() if content.startswith(mark)), None)
    if other is not None:
        return other, f"{KINDS}; save or export the table as one of them"
    if start.lower().startswith(_MARKUP):
        return "a web page or XML document", f"{KINDS}; open it in Excel and save it as .xlsx"
    if _JSON.match(content[:64]):
        return "a JSON file", f"{KINDS}; export the answers as a table"
    return None
