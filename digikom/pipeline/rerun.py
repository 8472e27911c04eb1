"""Run the committed notebooks through nbval, one after the other, and write down how it went."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat

from digikom.editions.reruns import NotebookControl, Outcome, sources_sha256, write_controls
from digikom.errors import BuildError
from digikom.paths import DATA_DIR, NOTEBOOK_DIR, PROJECT_ROOT
from digikom.scratch import scratch

#: As `make test` runs nbval, but for one notebook in one process.
PYTEST = ("-m", "pytest", "--nbval", "-p", "no:cacheprovider", "-p", "no:xdist", "--override-ini", "addopts=", "-q")
#: What pytest ends with when all tests passed, and when some failed.
RAN = (0, 1)
LOG_LINES = 20


def control_notebooks(folder: Path = NOTEBOOK_DIR, data_dir: Path = DATA_DIR) -> Iterator[NotebookControl]:
    """Run each notebook in `folder` and write down the result in the data folder when all are done.

    Yields each as it is done. Raises BuildError for a notebook that nbval cannot run; nothing is then written.
    """
    controls = []
    for path in sorted(folder.glob("*.ipynb")):
        controls.append(control_notebook(path))
        yield controls[-1]
    write_controls(controls, data_dir)


def control_notebook(path: Path) -> NotebookControl:
    """Run one notebook and compare every cell with its stored output. Raises BuildError when nbval cannot run it."""
    with scratch() as folder:
        report = folder / "report.xml"
        command = [sys.executable, *PYTEST, f"--junitxml={report}", str(path)]
        run = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
        if run.returncode not in RAN or not report.is_file():
            log = "\n".join([*run.stdout.splitlines(), *run.stderr.splitlines()][-LOG_LINES:])
            raise BuildError(f"nbval could not run {path.name} (exit code {run.returncode}):\n{log}")
        suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        raise BuildError(f"nbval reported nothing of {path.name}.")
    count = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    return NotebookControl(
        notebook=path.name,
        cells=sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells),
        seconds=round(float(suite.get("time", "0")), 1),
        compared=count["tests"] - count["skipped"] - count["errors"],
        outcome=Outcome.DIFFERENT if count["failures"] or count["errors"] else Outcome.IDENTICAL,
        sha256=sources_sha256(path),
    )
