"""Execute one notebook for an edition: papermill puts the parameters in, and cells run in this very process.

A Jupyter kernel takes about eight seconds to start and import what a chapter needs; a process forked from one that has
imported it (`pipeline.pool`) takes none. What a cell shows goes the same way as with a kernel - through ipykernel's
display hooks, as messages, into nbclient's own `process_message` - so that the outputs are the same, byte for byte;
nbval holds the committed notebooks against a kernel. What a program of its own writes to file descriptor 1 or 2 is the
one thing that is not seen.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import nbformat
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShellABC
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbformat import NotebookNode, v4
from traitlets.config import Config

from digikom import files
from digikom.errors import BuildError, InputError
from digikom.publish.published import EXECUTED_DIR, INJECTED, declared_parameters, read_cells
from digikom.publish.registers import REGISTERS_DIR
from digikom.scratch import scratch

KERNEL_NAME = "python3"
#: Seconds one cell may take before the build gives up.
CELL_TIMEOUT = 600
#: What pandas takes for `display.max_columns` when a kernel imports it; elsewhere it is what a terminal has room for.
KERNEL_COLUMNS = 20


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


def execute(notebook: NotebookNode, name: str, output: Path, report: Callable[[str], None] = lambda _: None) -> None:
    """Execute a prepared `notebook` and write the result to `output` only when it ran without error or warning.

    `report` is called with the id of each cell that begins. Raises BuildError naming the notebook (`name`), cell and
    line.
    """
    InProcessClient(notebook, name, report).execute()
    check_outputs(notebook, name)
    files.write(output, nbformat.writes(notebook) + "\n")


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


class OutputSession(Session):
    """Hands each message that the shell would have sent to a front end to `receive`."""

    receive: Callable[[dict[str, Any]], object]

    def send(self, _: object, message: Any, content: Any = None, parent: Any = None, **__: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Take a message, or make one of a type and its content; the shell passes no more than this."""
        self.receive(message if isinstance(message, dict) else self.msg(message, content, parent))


class CellStream(io.TextIOBase):
    """What a cell prints: one output a stream, where the first piece was written, however many pieces follow."""

    def __init__(self, name: str, cell: NotebookNode) -> None:
        self.name = name
        self.cell = cell

    def write(self, text: str) -> int:
        """Put `text` after what the cell has written to this stream already."""
        written = (out for out in self.cell.outputs if out.output_type == "stream" and out.name == self.name)
        if output := next(written, None):
            output.text += text
        elif text:
            self.cell.outputs.append(v4.new_output("stream", name=self.name, text=text))
        return len(text)

    def writable(self) -> bool:
        """Always."""
        return True


@contextmanager
def shell_at_work() -> Iterator[Any]:
    """IPython's shell, as a kernel has it, and the module that its cells are in as `__main__`; gone afterwards."""
    main = sys.modules["__main__"]
    with scratch() as folder:
        # No history, start-up file or configuration of the user takes part.
        config = Config({"HistoryManager": {"enabled": False}})
        shell: Any = ZMQInteractiveShell.instance(config=config, ipython_dir=str(folder))
        try:
            yield shell
        finally:
            shell.restore_sys_module_state()
            sys.modules["__main__"] = main
            ZMQInteractiveShell.clear_instance()


class InProcessClient(NotebookClient):
    """nbclient's client with a shell in this process in place of a kernel, for the notebook `name`."""

    def __init__(self, notebook: NotebookNode, name: str, report: Callable[[str], None]) -> None:
        super().__init__(notebook)
        self.name = name
        self.begin = report

    def execute(self, **_: object) -> NotebookNode:
        """Run all cells. Afterwards the shell is gone, and another notebook may be run. Raises BuildError."""
        self.reset_execution_trackers()
        if "pandas" in sys.modules:
            sys.modules["pandas"].set_option("display.max_columns", KERNEL_COLUMNS)
        with shell_at_work() as self.shell:
            self.session = OutputSession()
            self.shell.displayhook.session = self.shell.display_pub.session = self.session
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type == "code":
                    self.execute_cell(cell, index)
        language = {name: value for name, value in IPythonKernel.language_info.items() if name != "version"}
        self.nb.metadata["language_info"] = language
        return self.nb

    def execute_cell(self, cell: NotebookNode, cell_index: int, **_: object) -> NotebookNode:
        """Run one cell of code and put what it shows into it. Raises BuildError where it fails."""
        self.begin(cell.id)
        if not cell.source.strip():
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        self.session.receive = lambda message: self.process_message(message, cell, cell_index)
        cell.execution_count = self.shell.execution_count
        with redirect_stdout(CellStream("stdout", cell)), redirect_stderr(CellStream("stderr", cell)):
            result = self.shell.run_cell(cell.source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and "raises-exception" not in cell.metadata.get("tags", []):
            where = _failing_line(error, cell.source.splitlines())
            raise BuildError(f"{self.name}, cell {cell.id}{where}: {type(error).__name__}: {error}")
        return cell


def _failing_line(error: BaseException, lines: list[str]) -> str:
    """« line 3 («x = 1 / 0»)»: the first line of the traceback that is the cell's own, or the one with wrong syntax."""
    own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.name == "<module>"]
    number = own[0] if own else getattr(error, "lineno", None)
    if number and number <= len(lines):
        return f", line {number} («{lines[number - 1].strip()}»)"
    return f" («{lines[0].strip()}»)"


InteractiveShellABC.register(ZMQInteractiveShell)
