"""What signatures are worth today: the checksums of what was checked, compared with cells and inputs as they are now.

There are checksums of the source, of each cell that it rests on, of the inputs and of the output, so that a reader can
be told which of them has changed. Cells are mappings in the form of a notebook file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from digikom import files
from digikom.derivation import CodeError, Program, code_cells, read_program
from digikom.editions.build_facts import FileRecord
from digikom.editions.reruns import cell_source
from digikom.publish.published import INJECTED
from digikom.review.signatures import Signature

Cell = Mapping[str, Any]
#: The folders of the data that hold what is calculated with and how; see `inputs_fingerprint`.
CALCULATED_FROM = ("survey/", "method/")
#: Documents about the data in the same folders.
DOCUMENT = ".md"
#: Holds, in the metadata of a published notebook, the `chapter_source` of the one that it was executed from.
WRITTEN_SUM = "digikom_sha256"
#: Counts runs of a kernel, and says nothing of what was computed.
COUNTER = "execution_count"
PARAMETERS = "parameters"


@dataclass(frozen=True)
class Chapter:
    """A notebook in an edition: every cell as its authors have `written` it, and those `shown`, with their results."""

    written: Sequence[Cell]
    shown: Sequence[Cell]

    @cached_property
    def _program(self) -> Program | None:
        try:
            return read_program(code_cells(own_cells(self.written)))
        except CodeError:
            return None

    def upstream(self, cell_id: str) -> dict[str, str]:
        """SHA-256 (hex) of the sources of the cells that one rests on, by id; where code cannot be followed, of all
        code cells above it. The cell of parameters is not among them: the edition's parameters are inputs.
        """
        above = {str(cell.get("id", "")): cell for cell in own_cells(self.written) if is_code(cell)}
        ids = list(above)
        found = self._program.upstream(cell_id) if self._program else ids[: ids.index(cell_id)]
        return {
            name: _source(above[name]) for name in found if PARAMETERS not in above[name]["metadata"].get("tags", [])
        }


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The checksums of a cell or a chapter, SHA-256 (hex); `upstream` by cell, of what a cell rests on."""

    source: str
    upstream: dict[str, str]
    inputs: str
    output: str


class Change(Enum):
    """What has changed since a signature was given. `GONE`: the cell or the chapter is no longer in the edition."""

    SOURCE = "source"
    UPSTREAM = "upstream"
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
    """A signature and what has changed since it was given, `upstream` in these cells; it is valid while nothing has."""

    signature: Signature
    changes: tuple[Change, ...]
    upstream: tuple[str, ...] = ()

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


def chapter_source(cells: Iterable[Cell]) -> str:
    """The checksum of a whole notebook as it was written, text included: its cells, their order, what is in each."""
    return files.sha256_of_json([[str(cell.get("id", "")), _source(cell)] for cell in own_cells(cells)])


def chapter_fingerprint(chapter: Chapter, inputs: str) -> Fingerprint:
    """The fingerprint of a whole chapter: all that was written, and what the edition shows of the results."""
    outputs = [[str(cell.get("id", "")), _output(cell)] for cell in own_cells(chapter.shown) if is_code(cell)]
    return Fingerprint(chapter_source(chapter.written), {}, inputs, files.sha256_of_json(outputs))


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
    kind, tags, text = cell_source(cell)
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


def assess(signatures: Iterable[Signature], chapters: Mapping[str, Chapter], inputs: str) -> tuple[Assessed, ...]:
    """Compare each signature with the edition: its `chapters` by the notebook's name, and its inputs' checksum."""
    return tuple(_assessed(signature, chapters.get(signature.notebook), inputs) for signature in signatures)


def _assessed(signature: Signature, chapter: Chapter | None, inputs: str) -> Assessed:
    present = None if chapter is None else fingerprint(chapter, signature.cell, inputs)
    if present is None:
        return Assessed(signature, (Change.GONE,))
    parts = (Change.SOURCE, Change.UPSTREAM, Change.INPUTS, Change.OUTPUT)
    changes = tuple(part for part in parts if getattr(signature, part.value) != getattr(present, part.value))
    both = {**signature.upstream, **present.upstream}
    others = tuple(name for name in both if signature.upstream.get(name) != present.upstream.get(name))
    return Assessed(signature, changes, others)


def fingerprint(chapter: Chapter, cell_id: str, inputs: str) -> Fingerprint | None:
    """The fingerprint of a code cell of a chapter, or of the whole chapter where the id is empty; None without it."""
    if not cell_id:
        return chapter_fingerprint(chapter, inputs)
    written, shown = (code_cell(cells, cell_id) for cells in (chapter.written, chapter.shown))
    if written is None or shown is None:
        return None
    return Fingerprint(_source(written), chapter.upstream(cell_id), inputs, _output(shown))


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
