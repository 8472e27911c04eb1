"""Strict reading of a comma-separated file as text, with the line number of every row.

Nothing is guessed or repaired in silence: a fault becomes a `Problem`, and reading goes on as well as it can so that
the rest of the file is examined in the same run. Values are never interpreted; `none`, `NA` or `0301` stay as written.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from digikom.errors import InputError, Problem

# A cell holds a short code. Whatever is longer is cut in messages, so that one bad cell cannot flood the terminal.
LONGEST_VALUE = 120

_LINE_END = re.compile(rb"\r\n|\n|\r")
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class TextTable:
    """A file as read.

    `header` are the column names as written, none where there is no header to examine the columns by; `rows` are (line
    number, cells) of the rows that have as many cells as the header; `problems` is everything found wrong so far;
    `unreadable` counts the rows left out of `rows` because their cells cannot be assigned to columns.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...]
    unreadable: int = 0

    def frame(self) -> pd.DataFrame:
        """The rows as text, indexed by line number; of columns with the same name only the first."""
        first = {name: self.header.index(name) for name in self.header}
        columns = {name: [cells[place] for _, cells in self.rows] for name, place in first.items()}
        return pd.DataFrame(columns, index=pd.Index([line for line, _ in self.rows], dtype="int64"), dtype="str")


def read_bytes(path: Path, shown_as: str) -> bytes:
    """The content of a file; `InputError` naming it as `shown_as` if there is none to read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{shown_as}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{shown_as}: cannot be read ({error.strerror})") from None


def parse(content: bytes) -> TextTable:
    """Read `content` as a UTF-8 comma-separated table with one row a line. Never raises; see `TextTable.problems`."""
    if content.startswith(_WORKBOOK_MARKS):
        problem = Problem(None, None, "an Excel workbook or zip archive", "a text file with comma-separated values")
        return TextTable((), (), (problem,))
    lines, problems = _decode(content)
    if not any(line.strip() for line in lines):
        problems.append(Problem(None, None, None, "a header line and rows, but the file is empty"))
        return TextTable((), (), tuple(problems))
    delimiter = _delimiter(lines[0])
    if delimiter != ",":
        found = f"cells separated by {_OTHER_DELIMITERS[delimiter]}"
        problems.append(Problem(1, None, found, "cells separated by commas"))

    header = _cells(1, lines[0], delimiter, problems) or ()
    if not header:
        problems.append(Problem(1, None, None, "the column names on the first line"))
        return TextTable((), (), tuple(problems))
    problems += [
        Problem(1, None, None, f"a column name in cell {place}")
        for place, name in enumerate(header, start=1)
        if not name.strip()
    ]
    problems += [
        Problem(1, printable(name), None, f"the column name once, not {times} times")
        for name, times in Counter(header).items()
        if times > 1 and name.strip()
    ]

    rows: list[tuple[int, tuple[str, ...]]] = []
    unreadable = 0
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            problems.append(Problem(number, None, None, "a row of values, not a blank line"))
            continue
        cells = _cells(number, line, delimiter, problems)
        if cells is None:
            unreadable += 1
        elif not any(cell.strip() for cell in cells):
            problems.append(Problem(number, None, None, "a row of values, not only empty cells"))
        elif len(cells) != len(header):
            expected = f"{_count(len(header), 'cell')}, as in the header"
            problems.append(Problem(number, None, _count(len(cells), "cell"), expected))
            unreadable += 1
        else:
            rows.append((number, cells))
    return TextTable(header, tuple(rows), tuple(problems), unreadable)


def shortened(value: str) -> str:
    """A cell's value for a message: at most `LONGEST_VALUE` characters."""
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


def printable(name: str) -> str:
    """A column name for a message; one with control or other unprintable characters is shown escaped."""
    return shortened(name if name.isprintable() else repr(name))


def _decode(content: bytes) -> tuple[list[str], list[Problem]]:
    """The lines of the file and what is wrong with their encoding; a line that is not UTF-8 is read as Windows-1252."""
    problems: list[Problem] = []
    if content.startswith(_UTF16_MARKS):
        problems.append(Problem(None, None, "UTF-16", "UTF-8 (the program that wrote the file calls UTF-16 «Unicode»)"))
        content = content.decode("utf-16", errors="replace").encode("utf-8")
    encoded = _LINE_END.split(content.removeprefix(_UTF8_MARK))
    if not encoded[-1]:
        encoded.pop()  # what follows the last line end is no line
    lines: list[str] = []
    for number, raw in enumerate(encoded, start=1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            byte = raw[error.start : error.start + 1]
            letter = byte.decode("cp1252", errors="replace")
            found = f"byte 0x{byte[0]:02X} at byte {error.start + 1} of the line"
            expected = f"UTF-8; the file looks like Windows-1252/latin-1, where that byte is {letter!r}"
            problems.append(Problem(number, None, found, expected))
            lines.append(raw.decode("cp1252", errors="replace"))
    return lines, problems


def _delimiter(header: str) -> str:
    """The character that separates the cells: the comma, unless the first line has another one and no comma."""
    found = [] if "," in header else [mark for mark in _OTHER_DELIMITERS if mark in header]
    return max(found, key=header.count, default=",")


def _cells(number: int, line: str, delimiter: str, problems: list[Problem]) -> tuple[str, ...] | None:
    """The cells of one line, or `None` (and a problem noted) when its quotation marks do not match."""
    try:
        return tuple(next(csv.reader([line], delimiter=delimiter, strict=True)))
    except csv.Error as error:
        # The line itself would show a municipality with all its answers.
        problems.append(Problem(number, None, None, f"cells with matching quotation marks ({error})"))
        return None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
