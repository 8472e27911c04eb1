"""Run a notebook's code cells in this process, so that a test can look at the frames they make."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import nbformat

from digikom.paths import NOTEBOOK_DIR


def run_cells(name: str, **parameters: object) -> dict[str, Any]:
    """The variables after all code cells of the notebook, run with `parameters` in place of the ones it declares."""
    notebook = nbformat.read(NOTEBOOK_DIR / name, as_version=4)
    variables: dict[str, Any] = {}
    # Outside Jupyter, what a cell displays is printed; a test reads the variables instead.
    with contextlib.redirect_stdout(io.StringIO()):
        _run(notebook, name, parameters, variables)
    return variables


def _run(notebook: nbformat.NotebookNode, name: str, parameters: dict[str, object], variables: dict[str, Any]) -> None:
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        exec(compile(cell.source, f"{name}#{cell.id}", "exec"), variables)
        if "parameters" in cell.metadata.get("tags", []):
            unknown = set(parameters) - set(variables)
            assert not unknown, f"{name} has no parameter {unknown}"
            variables.update(parameters)


def published(name: str, folder: Path = NOTEBOOK_DIR) -> dict[str, dict[str, Any]]:
    """Everything that the stored outputs of a notebook publish, by key."""
    notebook = nbformat.read(folder / name, as_version=4)
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for mime, payload in output.get("data", {}).items():
                if mime.startswith("application/vnd.digikom."):
                    found[payload["key"]] = payload
    return found
