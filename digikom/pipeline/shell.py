"""papermill's engine of a build: runs a notebook's cells in this very process, with IPython's own shell and no kernel.

A Jupyter kernel takes about eight seconds to start and import what a chapter needs; a process forked from one that has
imported it (`pipeline.pool`) takes none. What a cell shows goes the same way as with a kernel - through ipykernel's
display hooks, as messages, into nbclient's own `process_message` - so that the outputs are the same, byte for byte;
nbval holds the committed notebooks against a kernel. What a program of its own writes to file descriptor 1 or 2 is the
one thing that is not seen.
"""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from altair.utils.schemapi import debug_mode
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShellABC
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbformat import NotebookNode, v4
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from digikom.errors import BuildError
from digikom.scratch import scratch

#: The engine's name for papermill.
IN_PROCESS = "in-process"
#: What pandas takes for `display.max_columns` when a kernel imports it; elsewhere it is what a terminal has room for.
KERNEL_COLUMNS = 20


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
        # Altair would hold each part of a picture against its schema, and the whole again when it is published.
        with debug_mode(False), shell_at_work() as self.shell:
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


class InProcessEngine(Engine):  # type: ignore[misc]
    """papermill's way in; `name` and `report` are for `InProcessClient`, and what concerns a kernel has no meaning."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        name: str,
        report: Callable[[str], None],
        **_: object,
    ) -> None:
        """Run the notebook that `nb_man` manages."""
        InProcessClient(nb_man.nb, name, report).execute()


papermill_engines.register(IN_PROCESS, InProcessEngine)
InteractiveShellABC.register(ZMQInteractiveShell)
