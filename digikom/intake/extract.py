"""An extract of the survey system as read: its columns and rows as text, with the row numbers of the file.

What kind of file it is follows from its first bytes, not from its name. No message from here shows a value of a cell:
at this point nobody has said yet which columns hold personal data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digikom import reading
from digikom.errors import InputError, Problem
from digikom.intake import delimited, parquet, workbook
from digikom.intake.raw import RawTable

PARQUET_MARK = b"PAR1"
ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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
KINDS = "a CSV file, an Excel workbook (.xlsx) or a Parquet file"


@dataclass(frozen=True)
class Extract:
    """`header`: the column names; `rows`: (row number in the file, cells), as many cells as columns, all tidy text.

    The header is row 1 of the file, or the first row that holds anything.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

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
    raw = _raw_table(content, sheet)
    extract, problems = _arrange(raw)
    if problems or extract is None:
        raise InputError(f"{path}: the extract cannot be read as it is", problems)
    return extract


def _raw_table(content: bytes, sheet: str | None) -> RawTable:
    if content.startswith(ZIP_MARK):
        return workbook.read(content, sheet)
    problem = (
        None if sheet is None else Problem(None, "--sheet", sheet, "no --sheet: only an Excel workbook has sheets")
    )
    if not content.strip():
        raw = RawTable.failed("a header and rows, but the file is empty")
    elif content.startswith(OLE_MARK):
        locked = _ENCRYPTED in content
        found = "an Excel workbook with a password" if locked else "a workbook of the old kind (.xls)"
        remedy = "take the password off" if locked else "save it as .xlsx"
        raw = RawTable.failed(f"{KINDS}; open it in Excel, {remedy} and try again", found)
    elif content.startswith(PARQUET_MARK):
        raw = parquet.read(content)
    elif other := next((kind for mark, kind in _OTHER_KINDS.items() if content.startswith(mark)), None):
        raw = RawTable.failed(KINDS, other)
    elif content.lstrip()[:14].lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        raw = RawTable.failed(f"{KINDS}; open it in Excel and save it as .xlsx", "a web page or XML document")
    else:
        raw = delimited.read(content)
    return raw if problem is None else raw.with_problem(problem)


def _arrange(raw: RawTable) -> tuple[Extract | None, list[Problem]]:
    """The table without what is empty at its right and at its end, and everything that is wrong with its shape."""
    problems = list(raw.problems)
    if raw.header is None:
        return None, problems
    number, header = raw.header
    rows = list(raw.rows)
    while rows and not any(rows[-1][1]):
        rows.pop()
    width = len(header)
    while width and not header[width - 1] and not any(cell for _, cells in rows for cell in cells[width - 1 :]):
        width -= 1
    names = header[:width]
    problems += _header_problems(number, names)
    arranged: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in rows:
        if not any(cells):
            problems.append(Problem(line, None, None, "a row of answers, not an empty row"))
        elif any(cells[width:]) or (raw.strict_width and len(cells) not in (width, len(header))):
            problems.append(Problem(line, None, f"{len(cells)} cells", f"{width} cells, as in the header"))
        else:
            arranged.append((line, (*cells[:width], *[""] * (width - len(cells)))))
    if not rows:
        problems.append(Problem(None, None, "no rows below the header", "at least one response"))
    return Extract(names, tuple(arranged)), sorted(problems, key=lambda one: (one.row or 0, one.column or ""))


def _header_problems(number: int, names: Sequence[str]) -> list[Problem]:
    if len(names) < 2:
        expected = "a header of at least two columns, separated by commas, semicolons or tabs"
        return [Problem(number, None, f"{len(names)} column(s)", expected)]
    empty = [place for place, name in enumerate(names, start=1) if not name]
    problems = [
        Problem(number, None, None, f"a column name in cell {place}; is the header further down, or in two rows?")
        for place in empty
    ]
    problems += [
        Problem(number, reading.printable(name), None, f"the column name once, not {times} times")
        for name, times in Counter(names).items()
        if times > 1 and name
    ]
    return problems
