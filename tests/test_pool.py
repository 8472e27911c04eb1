"""Tasks in processes of their own: order, failures, time limits, and nothing left running."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest

from digikom.build.pool import Job, Report, Task, run_tasks
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT


def task(name: str, job: Job | None, after: tuple[str, ...] = (), limit: float = 60) -> Task:
    return Task(name, lambda: job, frozenset(after), limit=limit)


def test_a_task_begins_when_those_before_it_are_done_and_its_result_is_handed_over(tmp_path: Path) -> None:
    got: list[Any] = []

    def second(_: Report) -> object:
        return (tmp_path / "first").read_text(encoding="utf-8"), os.getpid()

    tasks: dict[Hashable, Task] = {
        "b": Task("b", lambda: second, frozenset({"a"}), got.append),
        "a": task("a", lambda _: (tmp_path / "first").write_text("done", encoding="utf-8")),
        "nothing": Task("nothing", lambda: None, frozenset({"b"}), got.append),
    }
    run_tasks(tasks, 2)
    (text, process), nothing = got
    assert (text, nothing) == ("done", None)
    assert process != os.getpid()


def test_a_failure_stops_those_that_wait_for_it_and_no_others(tmp_path: Path) -> None:
    def fail(_: Report) -> None:
        raise InputError("wrong")

    def touch(name: str) -> Job:
        return lambda _: (tmp_path / name).touch()

    tasks: dict[Hashable, Task] = {
        "bad": task("bad", fail),
        "waits": task("waits", touch("waits"), ("bad",)),
        "other": task("other", touch("other")),
    }
    with pytest.raises(InputError, match="wrong"):
        run_tasks(tasks, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_process_that_dies_or_takes_too_long_is_named_with_its_cell() -> None:
    def die(report: Report) -> None:
        report("sums")
        os.write(2, b"out of memory\n")
        os.kill(os.getpid(), 9)

    def sleep(report: Report) -> None:
        report("slow")
        time.sleep(60)

    begun = time.monotonic()
    with pytest.raises(BuildError) as caught:
        run_tasks({"a": task("a.ipynb", die), "b": task("b.ipynb", sleep, limit=0.5)}, 2)
    assert "a.ipynb, cell sums: its process ended without an answer" in str(caught.value)
    assert "out of memory" in str(caught.value)
    assert "b.ipynb, cell slow: ended, since it took more than 0.5 seconds" in str(caught.value)
    assert time.monotonic() - begun < 30


def test_what_is_imported_beforehand_starts_no_thread() -> None:
    program = "import threading; from digikom.build.warming import warm_up; warm_up(); print(threading.active_count())"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "1\n"


def test_full_disks_and_unexpected_errors_are_told() -> None:
    def full(_: Report) -> None:
        raise OSError(28, "No space left on device", "/x")

    def odd(_: Report) -> None:
        raise KeyError("odd")

    with pytest.raises(BuildError) as caught:
        run_tasks({"full": task("full", full), "odd": task("odd", odd)}, 2)
    assert "No space left on device: /x" in str(caught.value)
    assert "KeyError: 'odd'" in str(caught.value)


def test_whatever_ends_the_run_ends_its_processes(tmp_path: Path) -> None:
    def work(_: Report) -> None:
        (tmp_path / "process").write_text(str(os.getpid()), encoding="ascii")
        time.sleep(60)

    def tick() -> None:
        if (tmp_path / "process").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tasks({"a": task("a", work)}, 1, tick=tick)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text(encoding="ascii")), 0)
