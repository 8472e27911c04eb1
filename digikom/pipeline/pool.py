"""Tasks that wait for one another, each in a process of its own, as many at a time as there are jobs.

With the method `forkserver` a task begins with all that a server has imported, which takes milliseconds instead of the
seconds that importing takes. The server has no thread and has drawn nothing, whatever the process that called has: what
is forked while a library's threads are at work may wait for them for ever.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from multiprocessing import forkserver, get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from digikom.errors import BuildError, InputError, of_system
from digikom.scratch import scratch

#: How a task's process is started. Forking is not safe where the system's own libraries start threads.
METHOD = "spawn" if sys.platform in ("win32", "darwin") else "forkserver"
#: What the server of processes imports: what notebooks import, what executes them, and what makes books and PDF files.
#: None of them starts a thread or an event loop when it is imported; vl-convert does when it draws.
PRELOADED = (
    "altair",
    "digikom.pipeline.shell",
    "digikom.geography",
    "digikom.publish",
    "digikom.survey",
    "digikom.sphinxext",
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "myst_nb.sphinx_ext",
    "scipy.optimize",
    "sphinx.builders.html",
    "sphinx_book_theme",
)
#: Names which part of its work a task begins with (a cell); its time is counted from there.
Report = Callable[[str], None]
#: What a task does in its process. It and what it returns have to be picklable.
Job = Callable[[Report], object]
#: Seconds between two looks at the clock.
TICK = 0.25
#: Lines of what a process wrote itself that are shown when it ended without an answer.
LOG_LINES = 10
#: The longest folder for temporary files that leaves room for the name of a socket: 107 bytes at most on Linux.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: `name` for messages, `after` the keys of the tasks that must have succeeded before it.

    `prepare` is called in this process when they have: it gives the job, or `None` when there is nothing left to do.
    `finish` is called in this process when the task has succeeded, with what the job returned (`None` without a job).
    `limit` is how many seconds a part of it may take.
    """

    name: str
    prepare: Callable[[], Job | None]
    after: frozenset[Hashable] = frozenset()
    finish: Callable[[Any], None] = field(default=lambda _: None)
    limit: float = float("inf")


@dataclass(slots=True)
class _Worker:
    """A process at work. `part` is what it said last, at `since` of the monotonic clock; `answer` is None until then,
    and afterwards what the job returned, alone in a tuple, or an exception.
    """

    task: Task
    process: BaseProcess
    pipe: Connection
    log: Path
    since: float
    part: str = ""
    answer: tuple[object] | Exception | None = None

    @property
    def place(self) -> str:
        return f"{self.task.name}, cell {self.part}" if self.part else self.task.name


def run_tasks(tasks: Mapping[Hashable, Task], jobs: int) -> None:
    """Run `tasks`, by key, `jobs` at a time; those that are first in the mapping come first.

    A task that fails stops those that wait for it and no others. Raises one BuildError (InputError where all failures
    are such) with all messages when everything that can be done is done. Whatever ends this ends its processes.
    """
    order = {key: place for place, key in enumerate(tasks)}
    sorter = TopologicalSorter({key: task.after for key, task in tasks.items()})
    sorter.prepare()
    ready: list[Hashable] = []
    running: dict[Hashable, _Worker] = {}
    failures: list[Exception] = []

    def succeed(key: Hashable, result: object = None) -> None:
        try:
            tasks[key].finish(result)
        except (InputError, BuildError) as error:
            failures.append(error)
        else:
            sorter.done(key)

    with scratch() as logs:
        try:
            while True:
                ready = sorted([*ready, *sorter.get_ready()], key=order.__getitem__)
                while ready and len(running) < jobs:
                    key = ready.pop(0)
                    try:
                        job = tasks[key].prepare()
                    except (InputError, BuildError) as error:
                        failures.append(error)
                        continue
                    if job is None:
                        succeed(key)
                        break
                    running[key] = _start(tasks[key], job, Path(logs, str(order[key])))
                else:
                    if not running:
                        break
                    for key in _listen(running):
                        outcome = _outcome(running.pop(key))
                        if isinstance(outcome, Exception):
                            failures.append(outcome)
                        else:
                            succeed(key, *outcome)
        finally:
            for worker in running.values():
                worker.process.kill()
                worker.process.join()
    if failures:
        message = "\n".join(sorted(str(failure) for failure in failures))
        raise InputError(message) if all(isinstance(each, InputError) for each in failures) else BuildError(message)


def start_server() -> None:
    """Start the server of processes, if it does not run. It imports for seconds, in which others may do other things;
    so it should be started as soon as it is known that there will be tasks.
    """
    if METHOD == "forkserver":
        forkserver.set_forkserver_preload(list(PRELOADED))
        # It and its children import nothing from the folder that the program happens to be started in.
        path = os.environ.get("PYTHONSAFEPATH", "")
        os.environ["PYTHONSAFEPATH"] = "1"
        # Its socket is made in the folder for temporary files, whose name may be too long.
        folder = tempfile.gettempdir()
        tempfile.tempdir = "/tmp" if len(folder.encode()) > _LONGEST else folder
        try:
            forkserver.ensure_running()
        finally:
            tempfile.tempdir = folder
            os.environ["PYTHONSAFEPATH"] = path


def _start(task: Task, job: Job, log: Path) -> _Worker:
    """Start the process of a task."""
    start_server()
    context: Any = get_context(METHOD)
    ours, theirs = context.Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    process = context.Process(target=_work, args=(job, theirs, log), name=task.name)
    try:
        process.start()
    except (EOFError, ConnectionError):
        raise BuildError("The processes that do the work cannot be started; what is said above may tell why.") from None
    theirs.close()
    return _Worker(task, process, ours, log, time.monotonic())


def _work(job: Job, pipe: Connection, log: Path) -> None:
    """What the process does: the job, and an answer. What it writes itself goes to `log`; it is asked nothing."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is there from the start is never garbage: collecting would look through all of it again and again, and copy
    # the memory that processes share. Documents and results are millions of objects that live until the task ends: to
    # look for garbage after each seven hundred new ones takes a quarter of a book's time.
    gc.freeze()
    gc.set_threshold(50_000)
    written = os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    # What the job leaves when this process is killed goes with the folder of the logs.
    tempfile.tempdir = os.environ["TMPDIR"] = str(log.parent)
    for source, target in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, target)
    answer: tuple[object] | Exception
    try:
        answer = (job(lambda part: pipe.send(part)),)
    except (InputError, BuildError) as error:
        answer = error
    except OSError as error:
        answer = of_system(error)
    except BaseException:
        answer = BuildError(traceback.format_exc())
    pipe.send(answer)


def _end_with_parent() -> None:
    """Wait until the process that ordered the work is gone, however it went, and go too.

    What works for a killed build would otherwise go on for minutes and write to a folder that the next build removes.
    """
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _listen(running: Mapping[Hashable, _Worker]) -> list[Hashable]:
    """Wait for a moment or for a message. Returns the keys of those that have ended, or were ended for their time."""
    by_pipe = {worker.pipe: (key, worker) for key, worker in running.items()}
    ended: list[Hashable] = []
    for pipe in wait(list(by_pipe), TICK):
        assert isinstance(pipe, Connection)
        key, worker = by_pipe[pipe]
        try:
            said = pipe.recv()
        except EOFError:
            ended.append(key)
            continue
        if isinstance(said, str):
            worker.part, worker.since = said, time.monotonic()
        else:
            worker.answer = said
    for key, worker in running.items():
        late = time.monotonic() - worker.since > worker.task.limit
        if late and worker.answer is None and key not in ended:
            worker.process.kill()
            limit = f"{worker.task.limit:g} seconds"
            worker.answer = BuildError(f"{worker.place}: ended, since it took more than {limit}")
            ended.append(key)
    return ended


def _outcome(worker: _Worker) -> tuple[object] | Exception:
    """What the job of a process that has ended returned, alone in a tuple, or why it failed."""
    worker.process.join()
    worker.pipe.close()
    if worker.answer is not None:
        return worker.answer
    said = worker.log.read_text(encoding="utf-8", errors="replace").splitlines() if worker.log.is_file() else []
    died = f"{worker.place}: its process ended without an answer; most likely the machine ran out of memory"
    return BuildError("\n".join([died, *said[-LOG_LINES:]]))
