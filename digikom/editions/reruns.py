"""What is known of the committed notebooks from running them again: `data/control/notebooks.csv`.

Run times and the outcome of nbval differ from run to run and from machine to machine, so no build computes them:
`digikom control` writes them down, and the page «Kontroll» shows them for as long as a notebook is what was run.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict

from digikom import files
from digikom.errors import BuildError, InputError
from digikom.paths import DATA_DIR, NOTEBOOK_DIR, PROJECT_ROOT
from digikom.publish.published import read_cells
from digikom.scratch import scratch

CONTROL_FILE = Path("control", "notebooks.csv")
#: As `make test` runs nbval, but for one notebook in one process.
PYTEST = ("-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "--override-ini", "addopts=", "-q")
#: What pytest ends with when all tests passed, and when some failed.
RAN = (0, 1)
LOG_LINES = 20


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


def cell_source(cell: Mapping[str, Any]) -> tuple[str, list[str], str]:
    """What a cell's author wrote: its kind, tags and text."""
    return cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])


def sources_sha256(path: Path) -> str:
    """SHA-256 (hex) of a notebook without its outputs: the source of each cell, in order."""
    return files.sha256_of_json([cell_source(cell) for cell in read_cells(path)])


def read_controls(data_dir: Path = DATA_DIR) -> list[NotebookControl]:
    """The runs written down in the data folder, by notebook; none where there is no such file.

    Raises InputError when the file cannot be read.
    """
    path = data_dir / CONTROL_FILE
    if not path.is_file():
        return []
    try:
        head, *rows = files.csv_rows(path.read_bytes())
        return [NotebookControl.model_validate(dict(zip(head, row, strict=True))) for row in rows]
    except (csv.Error, ValueError) as error:
        raise InputError(f"{CONTROL_FILE.as_posix()} cannot be read; `digikom control` writes it again.") from error


def write_controls(controls: Iterable[NotebookControl], data_dir: Path = DATA_DIR) -> Path:
    """Write the runs down in the data folder, in the order of the notebooks' names."""
    ordered = sorted(controls, key=lambda one: one.notebook)
    rows = [one.model_dump(mode="json") | {"seconds": f"{one.seconds:.1f}"} for one in ordered]
    table = [list(NotebookControl.model_fields), *(list(row.values()) for row in rows)]
    return files.write(data_dir / CONTROL_FILE, files.csv_text(table))


def control_notebooks(folder: Path = NOTEBOOK_DIR, data_dir: Path = DATA_DIR) -> Iterator[NotebookControl]:
    """Run each notebook in `folder` and write down the result in the data folder when all are done.

    Yields each as it is done. Raises BuildError for a notebook that nbval cannot run; nothing is then written.
    """
    files.require_writable(data_dir / CONTROL_FILE.parent)
    controls = []
    for path in sorted(folder.glob("*.ipynb")):
        controls.append(control_notebook(path))
        yield controls[-1]
    write_controls(controls, data_dir)


def kernel_environment(folder: Path) -> dict[str, str]:
    """The environment of a program that starts kernels: those of this Python first, whatever else is installed, and in
    `folder` an IPython profile of its own, without the user's start-up files.
    """
    own = str(Path(sys.prefix, "share", "jupyter"))
    known = os.pathsep.join(filter(None, (own, os.environ.get("JUPYTER_PATH", ""))))
    return {**os.environ, "JUPYTER_PATH": known, "IPYTHONDIR": str(folder)}


def control_notebook(path: Path) -> NotebookControl:
    """Run one notebook and compare every cell with its stored output. Raises BuildError when nbval cannot run it."""
    with scratch() as folder:
        report = folder / "report.xml"
        command = [sys.executable, *PYTEST, f"--junitxml={report}", str(path)]
        there = kernel_environment(folder)
        run = subprocess.run(command, cwd=PROJECT_ROOT, env=there, capture_output=True, encoding="utf-8", check=False)
        if run.returncode not in RAN or not report.is_file():
            log = "\n".join([*run.stdout.splitlines(), *run.stderr.splitlines()][-LOG_LINES:])
            raise BuildError(f"nbval could not run {path.name} (exit code {run.returncode}):\n{log}")
        suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise BuildError(f"nbval reported nothing of {path.name}.")
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    return NotebookControl(
        notebook=path.name,
        cells=sum(cell["cell_type"] == "code" for cell in read_cells(path)),
        seconds=round(float(suite.get("time", "0")), 1),
        compared=count["tests"] - count["skipped"] - count["errors"],
        outcome=Outcome.DIFFERENT if count["failures"] or count["errors"] else Outcome.IDENTICAL,
        sha256=sources_sha256(path),
    )
