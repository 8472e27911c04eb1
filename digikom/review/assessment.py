"""What signatures are worth today: the checksums of what was checked, compared with cells and inputs as they are now.

There are three checksums - of the source, of the inputs and of the output - so that a reader can be told which of them
has changed. Cells are those that an edition shows, as mappings in the form of a notebook file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from digikom import files
from digikom.editions.build_facts import FileRecord
from digikom.editions.reruns import cell_source
from digikom.publish.published import INJECTED
from digikom.review.signatures import Signature

Cell = Mapping[str, Any]
#: The folders of the data that hold what is calculated with and how; see `inputs_fingerprint`.
CALCULATED_FROM = ("survey/", "method/")
#: Documents about the data in the same folders.
DOCUMENT = ".md"
#: Holds, in the metadata of a text in a published notebook, the text as it was before its numbers were put in.
AS_WRITTEN = "digikom_source"
#: Counts runs of a kernel, and says nothing of what was computed.
COUNTER = "execution_count"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The three checksums of a cell or a chapter: SHA-256 (hex)."""

    source: str
    inputs: str
    output: str


class Change(Enum):
    """What has changed since a signature was given. `GONE`: the cell or the chapter is no longer in the edition."""

    SOURCE = "source"
    INPUTS = "inputs"
    OUTPUT = "output"
    GONE = "gone"


class ReviewStatus(Enum):
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


def own_cells(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that the notebook's authors wrote; the parameters that papermill puts in are among the inputs."""
    return [cell for cell in cells if INJECTED not in cell["metadata"].get("tags", [])]


def is_code(cell: Cell) -> bool:
    """Whether the cell is a calculation, not text."""
    return bool(cell["cell_type"] == "code")


def code_cell(cells: Iterable[Cell], cell_id: str) -> Cell | None:
    """The code cell with the id, if the chapter has one."""
    return next((cell for cell in own_cells(cells) if is_code(cell) and cell.get("id") == cell_id), None)


def cell_fingerprint(cell: Cell, inputs: str) -> Fingerprint:
    """The fingerprint of one cell, given that of the inputs."""
    return Fingerprint(_source(cell), inputs, _output(cell))


def chapter_fingerprint(cells: Iterable[Cell], inputs: str) -> Fingerprint:
    """The fingerprint of a whole chapter, text included: what cells it has, in which order, and what is in each."""
    own = own_cells(cells)
    sources = [[str(cell.get("id", "")), _source(cell)] for cell in own]
    outputs = [[str(cell.get("id", "")), _output(cell)] for cell in own if is_code(cell)]
    return Fingerprint(files.sha256_of_json(sources), inputs, files.sha256_of_json(outputs))


def inputs_fingerprint(inputs: Iterable[FileRecord], year: int, reference_year: int | None) -> str:
    """The checksum of what the edition of `year` is calculated from: parameters, answers and method.

    Among the files of the data only the answers of the edition's years and the constants of the method count. The rest
    (codebook, registers, boundaries, printed figures) grows with every new edition and is mostly words: were it
    counted, a new question in a later year would end every signature of every edition. Where a change in it does make
    a difference, the output of the cell is another one.
    """
    counted = sorted((each.path, each.sha256) for each in inputs if is_calculated_from(each.path))
    parameters = {"target_year": year, "reference_year": reference_year}
    return files.sha256_of_json({"files": counted, "parameters": parameters})


def is_calculated_from(path: str) -> bool:
    """Whether a file of the data folder is one of the inputs."""
    return path.startswith(CALCULATED_FROM) and not path.endswith(DOCUMENT)


def _source(cell: Cell) -> str:
    """Kind, tags in any order, and text. How lines end, and empty lines at the end, is a matter of the editor."""
    written = cell["metadata"].get(AS_WRITTEN, cell["source"])
    kind, tags, text = cell_source({**cell, "source": written})
    return files.sha256_of_json([kind, sorted(tags), text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")])


def _output(cell: Cell) -> str:
    return files.sha256_of_json([_canonical(output) for output in cell.get("outputs", [])])


def _canonical(output: Mapping[str, Any]) -> dict[str, Any]:
    """An output with its texts in one piece, which a notebook file may also hold as lists of lines."""
    found = {name: value for name, value in output.items() if name != COUNTER}
    if "text" in found:
        found["text"] = "".join(found["text"])
    if "data" in found:
        data = found["data"].items()
        found["data"] = {kind: value if kind.endswith("json") else "".join(value) for kind, value in data}
    return found


def assess(
    signatures: Iterable[Signature], chapters: Mapping[str, Sequence[Cell]], inputs: str
) -> tuple[Assessed, ...]:
    """Compare each signature with the edition: its `chapters` (cells shown, by notebook) and its inputs' checksum."""
    return tuple(Assessed(signature, _changes(signature, chapters, inputs)) for signature in signatures)


def _changes(signature: Signature, chapters: Mapping[str, Sequence[Cell]], inputs: str) -> tuple[Change, ...]:
    cells = chapters.get(signature.notebook)
    present = None if cells is None else fingerprint(cells, signature.cell, inputs)
    if present is None:
        return (Change.GONE,)
    parts = (Change.SOURCE, Change.INPUTS, Change.OUTPUT)
    return tuple(part for part in parts if getattr(signature, part.value) != getattr(present, part.value))


def fingerprint(cells: Sequence[Cell], cell_id: str, inputs: str) -> Fingerprint | None:
    """The fingerprint of a code cell of a chapter, or of the whole chapter where the id is empty; None without it."""
    if not cell_id:
        return chapter_fingerprint(cells, inputs)
    found = code_cell(cells, cell_id)
    return None if found is None else cell_fingerprint(found, inputs)


def concerning(assessed: Iterable[Assessed], notebook: str, cell: str) -> list[Assessed]:
    """The signatures that concern a cell: its own, then those of the whole chapter."""
    of_chapter = [each for each in assessed if each.signature.notebook == notebook]
    own = [each for each in of_chapter if each.signature.cell == cell]
    return [*own, *(each for each in of_chapter if not each.signature.cell)]


def review_status(concerned: Sequence[Assessed]) -> ReviewStatus:
    """Whether a cell that these signatures concern is checked."""
    if any(each.is_valid for each in concerned):
        return ReviewStatus.CHECKED
    return ReviewStatus.LAPSED if concerned else ReviewStatus.UNCHECKED


def count(assessed: Sequence[Assessed], notebook: str, cells: Iterable[Cell]) -> Count:
    """Count the code cells of a chapter by whether they are checked."""
    ids = [str(cell.get("id", "")) for cell in own_cells(cells) if is_code(cell)]
    found = [review_status(concerning(assessed, notebook, each)) for each in ids]
    return Count(len(found), found.count(ReviewStatus.CHECKED), found.count(ReviewStatus.LAPSED))
