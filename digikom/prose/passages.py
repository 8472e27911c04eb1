"""A run of text that was typed by hand, where it stands, and what is looked for in it."""

from __future__ import annotations

from dataclasses import dataclass

#: Stands in the text of a passage for what a role prints, a template puts in or a code span shows.
COMPUTED = "{}"

#: What is looked for: a typed number, words for a change, a comparison or an extreme, a sentence put together in code.
NUMBER, CHANGE, COMPARISON, EXTREME, COMPOSED = "number", "change", "comparison", "extreme", "composed"
DIRECTIONS = frozenset({CHANGE, COMPARISON, EXTREME})
PROSE = DIRECTIONS | {NUMBER}


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, cell of a table, template or text in code, with `{}` for everything that is not typed.

    `first_line` is where in the file (or cell) it begins. `keys` are those of what its roles print, `kinds` what is
    looked for in it.
    """

    file: str
    cell: str
    text: str
    first_line: int
    keys: frozenset[str] = frozenset()
    kinds: frozenset[str] = PROSE

    def place(self, position: int) -> str:
        """Where the character at `position` of the text stands, as messages say it."""
        line = self.first_line + self.text.count("\n", 0, position)
        return f"{self.file}, cell {self.cell}, line {line}" if self.cell else f"{self.file}, line {line}"
