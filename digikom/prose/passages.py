"""A run of text that was typed by hand, and where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

#: Stands in the text of a passage for what a role prints, a cell computes or a code span shows.
COMPUTED = "{}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, cell of a table or literal: its text, with `{}` for everything that is not typed.

    `starts` and `lines` say on which line of the file (or cell) each part of the text begins. `keys` are those of the
    numbers and words that its roles print. `free` are the kinds of direction words that may stand in it, since the code
    around it computes them. `is_code`: it is a literal in a code cell.
    """

    file: str
    cell: str
    text: str
    starts: tuple[int, ...]
    lines: tuple[int, ...]
    keys: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    is_code: bool = False

    def line(self, position: int) -> int:
        """The line on which the character at `position` of the text stands, counted from 1."""
        return self.lines[max(bisect_right(self.starts, position) - 1, 0)]

    @property
    def place(self) -> str:
        """File and cell, as messages name them."""
        return f"{self.file}, cell {self.cell}" if self.cell else self.file


@dataclass(slots=True)
class PassageWriter:
    """Puts the text of a passage together, part by part."""

    file: str
    cell: str
    parts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    length: int = 0

    def add(self, text: str, line: int) -> None:
        """Append `text`, whose first character stands on `line`; a line break in it begins the next line."""
        for offset, part in enumerate(re.split(r"(?<=\n)", text)):
            if part:
                self.parts.append(part)
                self.starts.append(self.length)
                self.lines.append(line + offset)
                self.length += len(part)

    def passage(self) -> Passage | None:
        """The passage, or nothing when it has no text."""
        text = "".join(self.parts)
        if not text.strip():
            return None
        return Passage(self.file, self.cell, text, tuple(self.starts), tuple(self.lines), frozenset(self.keys))


def plain_passages(file: str, cell: str, texts: Iterable[tuple[str, int]]) -> Iterator[Passage]:
    """A passage for each of `texts`, given with the line it begins on."""
    for text, line in texts:
        writer = PassageWriter(file, cell)
        writer.add(text, line)
        if passage := writer.passage():
            yield passage
