"""The papermill engine «warm»: runs a notebook's cells in this very process, with IPython's own shell and no kernel.

A kernel takes about eight seconds to start and import what a chapter needs; a process forked from one that has imported
it (`pipeline.pool`) takes none. What a cell shows goes the same way as with a kernel - through ipykernel's display
hooks, as messages, into nbclient's own `process_message` - so that the outputs are the same, byte for byte. What a
program of its own writes to file descriptor 1 or 2 is the one thing that is not seen.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShellABC
from jupyter_client.session import Session
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode, v4
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

from digikom.scratch import scratch

#: The name under which papermill finds the engine (entry point `papermill.engine`).
WARM = "warm"


#: What pandas takes for `display.max_columns` when a kernel imports it; elsewhere it is what a terminal has room for.
KERNEL_COLUMNS = 20


class OutputSession(Session):
    """Hands each message that the shell would have sent to a front end to `receive`."""

    receive: Callable[[dict[str, Any]], None]

    def send(  # type: ignore[override]  # the shell passes no more than this
        self,
        stream: object,
        msg_or_type: dict[str, Any] | str,
        content: dict[str, Any] | None = None,
        parent: dict[str, Any] | None = None,
        ident: object = None,
    ) -> dict[str, Any]:
        """Take a message, or make one of a type and its content."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent)
        self.receive(message)
        return message


class CellStream(io.TextIOBase):
    """What a cell prints: one output a stream, where the first piece was written, however many pieces follow."""

    def __init__(self, name: str, cell: NotebookNode) -> None:
        self.name = name
        self.cell = cell

    def write(self, text: str) -> int:
        """Put `text` after what the cell has written to this stream already."""
        for output in self.cell.outputs:
            if output.output_type == "stream" and output.name == self.name:
                output.text += text
                break
        else:
            if text:
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


class InProcessClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client with a shell in this process in place of a kernel."""

    def execute(self, **_: object) -> NotebookNode:
        """Run all cells. Afterwards the shell is gone, and another notebook may be run."""
        self.reset_execution_trackers()
        if "pandas" in sys.modules:
            sys.modules["pandas"].set_option("display.max_columns", KERNEL_COLUMNS)
        with shell_at_work() as self.shell:
            self.session = OutputSession()
            self.shell.displayhook.session = self.shell.display_pub.session = self.session
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        notebook: NotebookNode = self.nb
        return notebook

    def execute_cell(self, cell: NotebookNode, cell_index: int, **_: object) -> NotebookNode:
        """Run one cell and put what it shows into it. Raises CellExecutionError where it fails."""
        if self.on_cell_start is not None:
            self.on_cell_start(cell=cell, cell_index=cell_index)
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        self.session.receive = lambda message: self.process_message(message, cell, cell_index)
        cell.execution_count = self.shell.execution_count
        with redirect_stdout(CellStream("stdout", cell)), redirect_stderr(CellStream("stderr", cell)):
            result = self.shell.run_cell(cell.source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None and "raises-exception" not in cell.metadata.get("tags", []):
            reply = {"status": "error", "ename": type(error).__name__, "evalue": str(error), "traceback": []}
            raise CellExecutionError.from_cell_and_msg(cell, reply)
        return cell


class WarmEngine(Engine):  # type: ignore[misc]
    """Papermill's way in."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        on_cell_start: Callable[..., object] | None = None,
        **_: object,
    ) -> None:
        """Run the notebook that `nb_man` manages; `on_cell_start` is called as nbclient calls it.

        Time limits are whoever's that started this process, and what concerns a kernel has no meaning here.
        """
        client = InProcessClient(nb_man, kernel_name=kernel_name)
        client.on_cell_start = on_cell_start
        client.execute()


InteractiveShellABC.register(ZMQInteractiveShell)
