"""Cells of an extract as plain text, what was found while reading them, and how large an extract may be.

The limits are far above what a survey of municipalities can be, so that no file takes more memory or time than an
extract of its kind deserves, whatever it claims to hold.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from digikom.errors import Problem
from digikom.intake.words import tidy

#: The largest file that is read, and the largest workbook as it is unpacked, in bytes.
MOST_BYTES, MOST_UNPACKED = 256 * 2**20, 2**30
#: The most rows, columns and cells of a table, and the most characters in all of them.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_CHARACTERS = 5_000, 2_000, 2_000_000, 50_000_000
#: Whole numbers above this can't be told apart as floating-point numbers.
_LARGEST_WHOLE = 2.0**53
#: Cells up to this length are likely to be answers, of which there are many alike.
_SHORT = 80

Numbered = tuple[int, tuple[str, ...]]
"""The number of a row in the file, and its cells as text."""


@dataclass
class Findings:
    """What is found while a file is read: what is wrong with it, how something in it was read, what to look at."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def fault(self, expected: str, row: int | None = None, column: str | None = None, value: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(row, column, value, expected))


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


def plain(value: object, row: int, column: str, found: Findings) -> str:
    """The text of a value; none, and a problem, where it has no plain text."""
    try:
        return as_text(value)
    except ValueError:
        found.fault("a plain value: a text, a number or a date", row, column)
        return ""


def filled_width(cells: tuple[str, ...]) -> int:
    """How many cells a row has up to the last one that holds anything."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)


def bounded(rows: Iterable[Numbered], found: Findings) -> list[Numbered]:
    """The rows that hold anything, tidied. A table past a limit is refused, and read no further.

    Empty rows between others are a problem each run; those at the end, which may be a million, are nothing.
    """
    kept: list[Numbered] = []
    known: dict[str, str] = {}
    cells = characters = empty = first_empty = 0
    for number, texts in rows:
        if not any(texts) or not any(map(str.strip, texts)):
            empty, first_empty = empty + 1, first_empty or number
            continue
        if empty and kept:
            value = None if empty == 1 else f"{empty} empty rows"
            found.fault("a row of answers, not an empty row", first_empty, None, value)
        empty = first_empty = 0
        width = filled_width(texts)
        cells, characters = cells + width, characters + sum(map(len, texts))
        for measured, most, what in (
            (len(kept), MOST_ROWS, "rows"),
            (width, MOST_COLUMNS, "columns"),
            (cells, MOST_CELLS, "cells"),
            (characters, MOST_CHARACTERS, "characters"),
        ):
            if measured > most:
                expected = f"at most {most} {what}: one row a municipality, one column a question"
                found.fault(expected, number, None, f"more than {most} {what}")
                return []
        # Short texts are kept once: there are as many as there are answers to choose from.
        row = tuple(known.setdefault(text, tidy(text)) if len(text) <= _SHORT else tidy(text) for text in texts[:width])
        kept.append((number, (*row, *[""] * min(len(texts) - width, MOST_COLUMNS))))
    return kept
