"""The checksums that a signature holds: of the source, of the inputs and of the output of what was checked.

There are three, so that a reader can be told which of them has changed. All are SHA-256 (hex) of JSON with sorted keys.
Cells are those that an edition shows, as mappings in the form of a notebook file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digikom.editions.build_facts import InputFile, input_files, sha256_of

Cell = Mapping[str, Any]
#: The folders of the data that hold what is calculated with and how; see `inputs_fingerprint`.
CALCULATED_FROM = ("survey/", "method/")
#: Documents about the data in the same folders.
DOCUMENT = ".md"
#: The tag of the cell that papermill puts in: the edition's parameters, which are among the inputs.
INJECTED = "injected-parameters"
#: Holds, in the metadata of a text in a published notebook, the text as it was before its numbers were put in.
AS_WRITTEN = "digikom_source"
#: Counts runs of a kernel, and says nothing of what was computed.
COUNTER = "execution_count"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The three checksums of a cell or a chapter."""

    source: str
    inputs: str
    output: str


def own_cells(cells: Iterable[Cell]) -> list[Cell]:
    """The cells that the notebook's authors wrote: those of a chapter that can be checked."""
    return [cell for cell in cells if INJECTED not in cell["metadata"].get("tags", [])]


def is_code(cell: Cell) -> bool:
    """Whether the cell is a calculation, not text."""
    return bool(cell["cell_type"] == "code")


def cell_fingerprint(cell: Cell, inputs: str) -> Fingerprint:
    """The fingerprint of one cell, given that of the inputs."""
    return Fingerprint(_source(cell), inputs, _output(cell))


def chapter_fingerprint(cells: Iterable[Cell], inputs: str) -> Fingerprint:
    """The fingerprint of a whole chapter, text included: what cells it has, in which order, and what is in each."""
    own = own_cells(cells)
    sources = [[str(cell.get("id", "")), _source(cell)] for cell in own]
    outputs = [[str(cell.get("id", "")), _output(cell)] for cell in own if is_code(cell)]
    return Fingerprint(_digest(sources), inputs, _digest(outputs))


def inputs_fingerprint(inputs: Iterable[InputFile], year: int, reference_year: int | None) -> str:
    """The checksum of what the edition of `year` is calculated from: parameters, answers and method.

    Among the files of the data only the answers of the edition's years and the constants of the method count. The rest
    (codebook, registers, boundaries, printed figures) grows with every new edition and is mostly words: were it
    counted, a new question in a later year would end every signature of every edition. Where a change in it does make
    a difference, the output of the cell is another one.
    """
    files = sorted((each.path, each.sha256) for each in inputs if is_calculated_from(each.path))
    parameters = {"target_year": year, "reference_year": reference_year}
    return _digest({"files": files, "parameters": parameters})


def is_calculated_from(path: str) -> bool:
    """Whether a file of the data folder is one of the inputs."""
    return path.startswith(CALCULATED_FROM) and not path.endswith(DOCUMENT)


def calculation_inputs(years: tuple[int, ...], data_dir: str | Path | None = None) -> list[InputFile]:
    """The inputs of an edition on `years` as they are in the data folder now."""
    return [
        InputFile(path=name, sha256=sha256_of(path), size=path.stat().st_size)
        for name, path in input_files(years, data_dir).items()
        if is_calculated_from(name)
    ]


def _source(cell: Cell) -> str:
    """Kind, text and tags. How lines end, and empty lines at the end, is a matter of the editor."""
    written = _joined(cell["metadata"].get(AS_WRITTEN, cell["source"]))
    text = written.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return _digest({"cell_type": cell["cell_type"], "source": text, "tags": sorted(cell["metadata"].get("tags", []))})


def _output(cell: Cell) -> str:
    return _digest([_canonical(output) for output in cell.get("outputs", [])])


def _canonical(output: Mapping[str, Any]) -> dict[str, Any]:
    """An output with its texts in one piece, which a notebook file may also hold as lists of lines."""
    found = {name: value for name, value in output.items() if name != COUNTER}
    if "text" in found:
        found["text"] = _joined(found["text"])
    if "data" in found:
        found["data"] = {
            kind: value if kind.endswith("json") else _joined(value) for kind, value in found["data"].items()
        }
    return found


def _joined(text: str | Sequence[str]) -> str:
    return "".join(text)


def _digest(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
