"""Execute one notebook for an edition with papermill, and make its output reproducible."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from digikom.errors import BuildError, InputError
from digikom.publish.number_registers import REGISTERS_DIR
from digikom.publish.published import EXECUTED_DIR, INJECTED, declared_parameters, read_cells

KERNEL_NAME = "python3"
#: Seconds one cell may take before the build gives up.
CELL_TIMEOUT = 600


def parameters_cell(notebook: NotebookNode, name: str) -> NotebookNode:
    """The one cell tagged `parameters`; without it papermill would put the values above the title.

    Raises InputError when there is none, or more than one.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise InputError(f"{name} must have exactly one cell tagged «parameters»; it has {len(cells)}.")
    found: NotebookNode = cells[0]
    return found


def folders_read(template: Path) -> set[str]:
    """Which of the folders made during a build a notebook reads: those that it declares as parameters.

    Raises InputError when it has no parameters cell.
    """
    parameters = parameters_cell(read_template(template), template.name)
    return declared_parameters([parameters]) & {EXECUTED_DIR, REGISTERS_DIR}


def read_template(path: Path) -> NotebookNode:
    """The notebook in a file, without results. Raises InputError when it cannot be read as one."""
    # nbformat's own reading checks every stored output, which takes seconds for all notebooks.
    cells = read_cells(path)
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    read: NotebookNode = nbformat.from_dict({**json.loads(path.read_text(encoding="utf-8")), "cells": cells})
    return read


def prepare(template: Path, parameters: dict[str, Any]) -> NotebookNode:
    """The notebook as it is executed: `parameters` put in. Raises InputError for a notebook without a parameters cell
    or with unknown parameters; papermill itself only logs a line for those.
    """
    notebook = read_template(template)
    declared = declared_parameters([parameters_cell(notebook, template.name)])
    if unknown := sorted(set(parameters) - declared):
        raise InputError(
            f"{template.name} has no parameter {', '.join(unknown)}. Its parameters are {', '.join(sorted(declared))}."
        )
    return put_in(notebook, parameters)


def put_in(notebook: NotebookNode, parameters: dict[str, Any]) -> NotebookNode:
    """The notebook with a cell of `parameters`, unchecked, after those that it declares, as papermill does it."""
    from papermill.parameterize import parameterize_notebook

    # What papermill itself sees to when it reads a file.
    notebook.metadata["papermill"] = nbformat.from_dict({})
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, kernel_name=KERNEL_NAME, language="python")
    return normalise(notebook)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Remove what differs from run to run (times, random ids, paths), in place: same input, same bytes."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        tags = cell.metadata.get("tags", [])
        if INJECTED in tags and cell.id != INJECTED:
            # papermill draws a new id in each run, and shows the cell even where the rest of the code is folded.
            cell.id = INJECTED
            cell.metadata["tags"] = [*tags, "hide-cell"]
    return notebook


def execute(notebook: NotebookNode, name: str, report: Callable[[str], None] = lambda _: None) -> NotebookNode:
    """Execute a prepared `notebook`, and give it back with what its cells showed.

    `report` is called with the id of each cell that begins. Raises BuildError naming the notebook (`name`), cell and
    line where there was an error or warning.
    """
    # Imported by the process that executes, which has it at hand (`pipeline.pool`); others need not wait for it.
    from papermill.engines import papermill_engines

    from digikom.pipeline.shell import IN_PROCESS

    # papermill's own `execute_notebook` would write the notebook as a file and read it again, before and after.
    notebook.metadata["papermill"] = nbformat.from_dict({})
    executed: NotebookNode = papermill_engines.execute_notebook_with_engine(
        IN_PROCESS, notebook, KERNEL_NAME, progress_bar=False, name=name, report=report
    )
    check_outputs(normalise(executed), name)
    return executed


def check_outputs(notebook: NotebookNode, name: str) -> None:
    """A published notebook holds no error and no warning. Raises BuildError naming the notebook and each cell."""
    problems = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                problems.append(f"{name}, cell {cell.id}: {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(f"{name}, cell {cell.id} wrote to stderr: {output.text.strip()}")
    if problems:
        raise BuildError("\n".join(problems))
