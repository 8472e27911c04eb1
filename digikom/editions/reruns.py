"""What is known of the committed notebooks from running them again: `data/control/notebooks.csv`.

Run times and the outcome of nbval differ from run to run and from machine to machine, so no build computes them:
`digikom control` writes them down, and the page «Kontroll» tells them for as long as a notebook is what was run.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digikom.errors import InputError
from digikom.paths import DATA_DIR

CONTROL_FILE = Path("control", "notebooks.csv")


class Outcome(Enum):
    """Whether every cell gave what is stored in the notebook."""

    IDENTICAL = "identical"
    DIFFERENT = "different"


class NotebookControl(BaseModel):
    """One run of a committed notebook: `cells` of code, of which `compared` were held against their stored outputs.

    `seconds` is the time of the whole run, the start of the kernel included. `sha256` is `sources_sha256` of what was
    run.
    """

    model_config = ConfigDict(frozen=True)

    notebook: str
    cells: int
    seconds: float
    compared: int
    outcome: Outcome
    sha256: str


def sources_sha256(path: Path) -> str:
    """SHA-256 (hex) of a notebook without its outputs: the kind, tags and source of each cell, in order."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    content = [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def read_controls(data_dir: Path = DATA_DIR) -> list[NotebookControl]:
    """The runs written down in the data folder, by notebook; none where there is no such file.

    Raises InputError when the file cannot be read.
    """
    path = data_dir / CONTROL_FILE
    if not path.is_file():
        return []
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), strict=True))
        return [NotebookControl.model_validate(row) for row in rows]
    except (UnicodeDecodeError, csv.Error, ValidationError) as error:
        raise InputError(f"{CONTROL_FILE.as_posix()} cannot be read; `digikom control` writes it again.") from error


def write_controls(controls: Iterable[NotebookControl], data_dir: Path = DATA_DIR) -> Path:
    """Write the runs down in the data folder, in the order of the notebooks' names."""
    path = data_dir / CONTROL_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(NotebookControl.model_fields), lineterminator="\n")
        writer.writeheader()
        for control in sorted(controls, key=lambda control: control.notebook):
            writer.writerow(control.model_dump(mode="json") | {"seconds": f"{control.seconds:.1f}"})
    draft.replace(path)
    return path
