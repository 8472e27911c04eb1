"""Reading extracts in text files: UTF-8 or Windows-1252; commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from digikom.errors import Problem
from digikom.intake.cells import tidy
from digikom.intake.raw import Numbered, RawTable

DELIMITERS = (",", ";", "\t")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
#: A letter of two bytes in UTF-8, as Norwegian letters are; in Windows-1252 the two would be nonsense such as «Ã¸».
_UTF8_LETTER = re.compile(rb"\xc3[\x80-\xbf]")
#: What Excel writes on a line of its own above the header, to say what separates the cells.
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def read(content: bytes) -> RawTable:
    """The table in a text file; row numbers are those of the line on which a row begins."""
    if content.startswith(_UTF16_MARKS):
        return RawTable.failed("UTF-8 or Windows-1252; save the file as «CSV UTF-8»", "UTF-16")
    lines = content.splitlines() or [b""]
    without_text = [number for number, line in enumerate(lines, start=1) if b"\0" in line]
    if without_text:
        expected = "text, without NUL bytes; is the file damaged, or in UTF-16?"
        return RawTable(None, (), tuple(Problem(number, None, None, expected) for number in without_text))
    text, problems = _decode(content, lines)
    if problems:
        return RawTable(None, (), tuple(problems))
    named = _SEPARATOR_LINE.match(text)
    skipped = 0
    if named:
        text, skipped = text[named.end() :], 1
    delimiter = named.group(1) if named else _delimiter(text)
    rows = list(_rows(text, delimiter, skipped, problems))
    return RawTable.of(rows, problems, strict_width=True)


def _decode(content: bytes, lines: list[bytes]) -> tuple[str, list[Problem]]:
    """The text; Windows-1252 when it is not UTF-8. A file in both is refused: half its letters would be wrong."""
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    marked = content.startswith(b"\xef\xbb\xbf")
    problems = []
    for number, line in enumerate(lines, start=1):
        if marked and not _is(line, "utf-8"):
            problems.append(Problem(number, None, None, "UTF-8 throughout, as the file's first bytes promise"))
        elif _UTF8_LETTER.search(line):
            problems.append(
                Problem(number, None, None, "one encoding throughout; this line is in UTF-8, others are not")
            )
        elif not _is(line, "cp1252"):
            problems.append(Problem(number, None, None, "UTF-8 or Windows-1252; this line is in neither"))
    return ("" if problems else content.decode("cp1252")), problems


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """The character that gives every row as many cells as the header, the more the better.

    Where none does so, that which gives the header most cells: then the uneven rows are reported.
    """

    def quality(delimiter: str) -> tuple[bool, int]:
        faults: list[Problem] = []
        widths = [len(cells) for _, cells in _rows(text, delimiter, 0, faults) if any(cells)]
        return not faults and len(set(widths)) == 1 and widths[0] > 1, widths[0] if widths else 0

    return max(DELIMITERS, key=quality)


def _rows(text: str, delimiter: str, skipped: int, problems: list[Problem]) -> Iterator[Numbered]:
    """The rows with the number of the line on which each begins; reading ends at quotation marks that do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins + skipped, tuple(tidy(cell) for cell in cells)
            begins = reader.line_num + 1
    except csv.Error:
        problems.append(Problem(begins + skipped, None, None, "cells with matching quotation marks (from this row on)"))
