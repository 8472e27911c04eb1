"""Execute one notebook for an edition with papermill, and make its output reproducible."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from digikom.errors import BuildError, InputError
from digikom.pipeline.pool import FORKSERVER, SPAWN, died, too_long
from digikom.pipeline.processes import socket_folder
from digikom.publish.published import EXECUTED_DIR, declared_parameters, read_cells
from digikom.publish.registers import REGISTERS_DIR
from digikom.scratch import scratch

#: The engines a notebook can be executed with: cells in the process itself, or a Jupyter kernel.
WARM, KERNEL = "warm", "kernel"
#: Forking is not safe where the system's own libraries start threads.
DEFAULT_ENGINE = KERNEL if sys.platform in ("win32", "darwin") else WARM
#: How processes that execute notebooks are started.
METHODS = {WARM: FORKSERVER, KERNEL: SPAWN}
KERNEL_NAME = "python3"
#: Keeps the kernel's own log (which port it uses, say) out of the build's log; errors still show.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=40"]
#: Seconds one cell may take before the build gives up.
CELL_TIMEOUT = 600
#: Where in the failing cell, in the traceback that IPython writes, once its colours are taken away.
_LINE = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def parameters_cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The one cell tagged `parameters`; without it papermill would put the values above the title.

    Raises InputError when there is none, or more than one.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise InputError(f"{name} must have exactly one cell tagged «parameters»; it has {len(cells)}.")
    found: nbformat.NotebookNode = cells[0]
    return found


def folders_read(template: Path) -> set[str]:
    """Which of the folders made during a build a notebook reads: those that it declares as parameters.

    Raises InputError when it has no parameters cell.
    """
    parameters = parameters_cell(read_template(template), template.name)
    return declared_parameters([parameters]) & {EXECUTED_DIR, REGISTERS_DIR}


def stands_alone(template: Path) -> bool:
    """Whether a notebook reads nothing that others have published, and so can run before them."""
    return not folders_read(template)


def prepare(template: Path, parameters: dict[str, Any]) -> nbformat.NotebookNode:
    """The notebook as it is executed: `parameters` put in. Raises InputError for a notebook without a parameters cell
    or with unknown parameters; papermill itself only logs a line for those.
    """
    from papermill.parameterize import parameterize_notebook

    notebook = read_template(template)
    declared = declared_parameters([parameters_cell(notebook, template.name)])
    unknown = sorted(set(parameters) - declared)
    if unknown:
        raise InputError(
            f"{template.name} has no parameter {', '.join(unknown)}. Its parameters are {', '.join(sorted(declared))}."
        )
    # What papermill itself sees to when it reads a file.
    notebook.metadata["papermill"] = nbformat.from_dict({})
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    if parameters:
        notebook = parameterize_notebook(notebook, parameters, kernel_name=KERNEL_NAME, language="python")
    return normalise(notebook)


def read_template(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file, without results. Raises InputError when it cannot be read as one."""
    # nbformat's own reading checks every stored output, which takes seconds for all notebooks.
    cells = read_cells(path)
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    read: nbformat.NotebookNode = nbformat.from_dict({**json.loads(path.read_text(encoding="utf-8")), "cells": cells})
    return read


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove what differs from run to run (times, random ids, paths), in place: same input, same bytes."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags and cell.id != "injected-parameters":
            # papermill draws a new id in each run, and shows the cell even where the rest of the code is folded.
            cell.id = "injected-parameters"
            cell.metadata["tags"] = [*tags, "hide-cell"]
    return notebook


def execute(
    notebook: nbformat.NotebookNode,
    name: str,
    output: Path,
    folder: Path | None,
    engine: str,
    report: Callable[[str], None] = lambda _: None,
) -> None:
    """Execute a prepared `notebook` and write the result to `output` only when it ran without error or warning.

    Cells run in `folder` (the current one when not given), so that folders can be handed over by names that hold on any
    machine. `report` is told the id of each cell that begins. With the engine «warm» they run in this very process.
    Raises BuildError naming the notebook (`name`), cell and line.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    begun = ""

    def begin(cell: nbformat.NotebookNode, **_: object) -> None:
        nonlocal begun
        if cell.cell_type == "code":
            begun = cell.id
            report(begun)

    with scratch(Path(socket_folder())) as place:
        settings = _warm_settings() if engine == WARM else _kernel_settings(place)
        try:
            executed = papermill.execute_notebook(
                notebook, None, kernel_name=KERNEL_NAME, progress_bar=False, cwd=folder, on_cell_start=begin, **settings
            )
        except PapermillExecutionError as error:
            where = _failing_line(error)
            raise BuildError(f"{name}, cell {begun}{where}: {error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise BuildError(too_long(f"{name}, cell {begun}", CELL_TIMEOUT)) from None
        except DeadKernelError:
            raise BuildError(died(f"{name}, cell {begun}")) from None
    check_outputs(normalise(executed), name)
    write_notebook(executed, output)


def _warm_settings() -> dict[str, Any]:
    from papermill.engines import papermill_engines

    from digikom.pipeline.engine import WarmEngine

    # As its entry point does; a copy of the project that is not installed has none.
    papermill_engines.register(WARM, WarmEngine)
    return {"engine_name": WARM}


def _kernel_settings(place: Path) -> dict[str, Any]:
    from traitlets.config import Config

    # Sockets in a folder of its own: two kernels that start at once may be given the same TCP port.
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(place / "kernel")}})
    return {
        "execution_timeout": CELL_TIMEOUT,
        "extra_arguments": KERNEL_ARGUMENTS,
        "config": config,
        "coalesce_streams": True,
    }


def _failing_line(error: Any) -> str:  # noqa: ANN401  papermill has no types
    """« line 3 («x = 1 / 0»)», as far as the traceback tells."""
    text = _COLOUR.sub("", "\n".join(error.traceback or []))
    lines = error.source.splitlines()
    for count, line in _LINE.findall(text):
        if int(count) == error.exec_count and 0 < int(line) <= len(lines):
            return f", line {line} («{lines[int(line) - 1].strip()}»)"
    return f" («{lines[0].strip()}»)" if lines else ""


def check_outputs(notebook: nbformat.NotebookNode, name: str) -> None:
    """A published notebook holds no error and no warning.

    Raises BuildError naming the notebook and each cell.
    """
    problems = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                problems.append(f"{name}, cell {cell.id}: {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(f"{name}, cell {cell.id} wrote to stderr: {output.text.strip()}")
    if problems:
        raise BuildError("\n".join(problems))


def write_notebook(notebook: nbformat.NotebookNode, output: Path) -> None:
    """Write a notebook in one step: whoever reads `output` at the same time reads a whole one."""
    output.parent.mkdir(parents=True, exist_ok=True)
    draft = output.with_suffix(".draft")
    nbformat.write(notebook, draft)
    draft.replace(output)
