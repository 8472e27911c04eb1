"""What every reader of extracts hands over: rows of text and the problems found, nothing arranged yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from digikom.errors import Problem

Numbered = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class RawTable:
    """The header and the rows with their row numbers; `header` is `None` when there is nothing to be examined.

    `strict_width`: a row must have as many cells as the header (a text file, where a missing cell moves the others).
    """

    header: Numbered | None
    rows: tuple[Numbered, ...]
    problems: tuple[Problem, ...] = ()
    strict_width: bool = False

    @classmethod
    def failed(cls, expected: str, found: str | None = None) -> RawTable:
        """A file that can't be read at all."""
        return cls(None, (), (Problem(None, None, found, expected),))

    @classmethod
    def of(cls, numbered: Iterable[Numbered], problems: Iterable[Problem], *, strict_width: bool = False) -> RawTable:
        """A table whose first row with anything in it is the header."""
        rows = list(numbered)
        while rows and not any(rows[0][1]):
            rows.pop(0)
        if not rows:
            return cls(None, (), (*problems, Problem(None, None, None, "a header and rows, but the table is empty")))
        return cls(rows[0], tuple(rows[1:]), tuple(problems), strict_width)

    def with_problem(self, problem: Problem) -> RawTable:
        """The same with one problem more."""
        return replace(self, problems=(*self.problems, problem))
