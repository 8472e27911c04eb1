"""What the signatures of an edition are worth today: compared with the cells and inputs as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from digikom.review.fingerprints import Cell, Fingerprint, cell_fingerprint, chapter_fingerprint, is_code, own_cells
from digikom.review.signatures import Signature


class Change(Enum):
    """What has changed since a signature was given. `GONE`: the cell or the chapter is no longer in the edition."""

    SOURCE = "source"
    INPUTS = "inputs"
    OUTPUT = "output"
    GONE = "gone"


class Standing(Enum):
    """Whether a cell is checked: by somebody, in its present form; only in an earlier form; or by nobody."""

    CHECKED = "checked"
    LAPSED = "lapsed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Assessed:
    """A signature, and what has changed since it was given. It is valid as long as nothing has."""

    signature: Signature
    changes: tuple[Change, ...]

    @property
    def is_valid(self) -> bool:
        """Whether what was checked is still what there is."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class Count:
    """How many code cells a chapter has, how many of them are checked, and for how many the check has lapsed."""

    cells: int
    checked: int
    lapsed: int

    @property
    def unchecked(self) -> int:
        """How many nobody has checked."""
        return self.cells - self.checked - self.lapsed


def assess(
    signatures: Iterable[Signature], chapters: Mapping[str, Sequence[Cell]], inputs: str
) -> tuple[Assessed, ...]:
    """Compare each signature with the edition: its `chapters` (cells shown, by notebook) and its inputs' checksum."""
    return tuple(Assessed(signature, _changes(signature, chapters, inputs)) for signature in signatures)


def _changes(signature: Signature, chapters: Mapping[str, Sequence[Cell]], inputs: str) -> tuple[Change, ...]:
    present = _present(signature, chapters, inputs)
    if present is None:
        return (Change.GONE,)
    signed = signature.fingerprint
    pairs = {
        Change.SOURCE: (signed.source, present.source),
        Change.INPUTS: (signed.inputs, present.inputs),
        Change.OUTPUT: (signed.output, present.output),
    }
    return tuple(change for change, (then, now) in pairs.items() if then != now)


def _present(signature: Signature, chapters: Mapping[str, Sequence[Cell]], inputs: str) -> Fingerprint | None:
    if signature.notebook not in chapters:
        return None
    cells = own_cells(chapters[signature.notebook])
    if not signature.cell:
        return chapter_fingerprint(cells, inputs)
    found = code_cell(cells, signature.cell)
    return None if found is None else cell_fingerprint(found, inputs)


def code_cell(cells: Iterable[Cell], cell_id: str) -> Cell | None:
    """The code cell with the id, if the chapter has one."""
    return next((cell for cell in own_cells(cells) if is_code(cell) and cell.get("id") == cell_id), None)


def concerning(assessed: Iterable[Assessed], notebook: str, cell: str) -> list[Assessed]:
    """The signatures that concern a cell: its own, then those of the whole chapter."""
    of_chapter = [each for each in assessed if each.signature.notebook == notebook]
    own = [each for each in of_chapter if each.signature.cell == cell]
    return [*own, *(each for each in of_chapter if not each.signature.cell)]


def standing(concerned: Sequence[Assessed]) -> Standing:
    """The standing of a cell that these signatures concern."""
    if any(each.is_valid for each in concerned):
        return Standing.CHECKED
    return Standing.LAPSED if concerned else Standing.UNCHECKED


def count(assessed: Sequence[Assessed], notebook: str, cells: Iterable[Cell]) -> Count:
    """Count the code cells of a chapter by their standing."""
    found = [
        standing(concerning(assessed, notebook, str(cell.get("id", "")))) for cell in own_cells(cells) if is_code(cell)
    ]
    return Count(len(found), found.count(Standing.CHECKED), found.count(Standing.LAPSED))
