"""The pieces of a source, and how they stand or fall together: a section if any number in it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .sentences import REFUSED, Mention

#: The least level of a heading whose section may fall: the title of a page always stands.
SECTION = 2
#: What is told of in any section, and holds none up.
GENERAL = frozenset({"year", "year-reference", "respondents", "small-change", "high-score", "fewest-compared"})
ALWAYS_SHOWN = frozenset({"parameters", "injected-parameters"})
EMPTY_FRAME = ("Empty DataFrame", "Series([]")

Cell = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """The keys that an edition publishes, and those that each cell publishes in any edition.

    Cells are named by notebook and id.
    """

    published: frozenset[str]
    cells: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def has(self, mention: Mention) -> bool:
        """Whether what mentions the key may stand."""
        return (mention.key in self.published) != (mention.mark == REFUSED)

    @staticmethod
    def holds(keys: Iterable[str], standing: Iterable[str]) -> bool:
        """Whether a whole that mentions `keys`, with those that are `standing` in it, stands."""
        return not set(keys) - GENERAL or bool(set(standing) - GENERAL)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A passage that an edition leaves out: its first words, and the keys that are missing."""

    words: str
    missing: tuple[str, ...]


@dataclass(slots=True)
class Piece:
    """What stands of a block or cell: its lines, those of the source from `begin` to `end` where all of it does.

    `keys` are those that it prints, `standing` those of them that still stand in it. `leads` tells of a paragraph that
    ends in a colon whether that sentence stands. A cell that hands over results of municipalities `stays` in any case,
    and so does the section of a heading with a mark that is met.
    """

    begin: int = 0
    end: int = 0
    lines: list[str] = field(default_factory=list)
    words: str = ""
    level: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    standing: dict[str, None] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    falls: bool = False
    leads: bool | None = None
    stays: bool = False
    cell: Cell | None = None
    part: int = 0

    def fall(self, missing: Iterable[str]) -> Piece:
        """The same, left out as a whole."""
        keys = tuple(dict.fromkeys(missing))
        self.left_out = [LeftOut(self.words, keys)] if keys else []
        self.lines, self.standing, self.falls = [], {}, True
        return self

    def take(self, pieces: Iterable[Piece]) -> None:
        """Take in what the pieces inside it mention, and what was left out of them."""
        for piece in pieces:
            self.keys |= piece.keys
            self.standing |= piece.standing
            self.left_out += piece.left_out

    @property
    def missing(self) -> list[str]:
        """The keys for want of which something in it was left out."""
        return [key for each in self.left_out for key in each.missing]


def let_fall(pieces: Sequence[Piece], edition: Edition) -> None:
    """Let sections fall as wholes, and in those that stand the cells that have nothing to show."""
    place, opened = 0, False
    while place < len(pieces):
        piece = pieces[place]
        opened = opened or piece.level >= SECTION
        after = place + 1
        if piece.level >= SECTION:
            rest = range(after, len(pieces))
            end = next((each for each in rest if 0 < pieces[each].level <= piece.level), len(pieces))
            whole = [each for each in pieces[place:end] if each.cell is None or not each.stays]
            keys = {key: None for each in whole for key in each.keys}
            nothing = any(each.falls for each in whole) and all(each.falls for each in whole[1:])
            standing = {key for each in whole for key in each.standing}
            if piece.falls or (not piece.stays and (nothing or not edition.holds(keys, standing))):
                missing = piece.missing or [key for key in keys if key not in edition.published]
                for each in whole:
                    each.fall(())
                piece.fall(missing)
                after = end
        elif opened and piece.cell is not None and _shows_nothing(piece, piece.cell):
            piece.fall(piece.keys)
        place = after


def _shows_nothing(piece: Piece, cell: Cell) -> bool:
    if ALWAYS_SHOWN & set(cell["metadata"].get("tags", [])):
        return False
    if piece.keys:
        return not piece.standing
    shown = ["".join(output.get("data", {}).get("text/plain", "")) for output in cell.get("outputs", [])]
    return bool(shown) and all(text.startswith(EMPTY_FRAME) for text in shown)
