"""Tasks in processes of their own: order, failures, time limits, and nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT
from digikom.pipeline.pool import Job, Report, Task, run_tasks


def task(name: str, job: Job | None, after: tuple[str, ...] = (), limit: float = 60) -> Task:
    return Task(name, lambda: job, frozenset(after), limit=limit)


# What tasks do in their processes, which find it by its name.


def read(path: Path, _: Report) -> tuple[str, int]:
    return path.read_text(encoding="utf-8"), os.getpid()


def touch(path: Path, _: Report) -> None:
    path.write_text("done", encoding="utf-8")


def fail(_: Report) -> None:
    raise InputError("wrong")


def die(report: Report) -> None:
    report("sums")
    os.write(2, b"out of memory\n")
    os.kill(os.getpid(), 9)


def sleep(report: Report) -> None:
    report("slow")
    time.sleep(60)


def full(_: Report) -> None:
    Path("/dev/full").write_text("x", encoding="ascii")


def copy_to_full(folder: Path, _: Report) -> None:
    for name in ("a", "b", "c"):
        (folder / "from" / name).parent.mkdir(exist_ok=True)
        (folder / "from" / name).write_text("x", encoding="ascii")
        (folder / "to").mkdir(exist_ok=True)
        (folder / "to" / name).symlink_to("/dev/full")
    shutil.copytree(folder / "from", folder / "to", dirs_exist_ok=True)


def odd(_: Report) -> None:
    raise KeyError("odd")


def work(path: Path, _: Report) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(str(os.getpid()), encoding="ascii")
    draft.replace(path)
    time.sleep(60)


def leave(path: Path, report: Report) -> None:
    tempfile.mkdtemp()
    work(path, report)


def draw(_: Report) -> int:
    return len(vl_convert.vegalite_to_svg({"data": {"values": [{}]}, "mark": "point"}))


def test_a_task_begins_when_those_before_it_are_done_and_its_result_is_handed_over(tmp_path: Path) -> None:
    got: list[Any] = []
    first = tmp_path / "first"
    tasks: dict[Hashable, Task] = {
        "b": Task("b", lambda: partial(read, first), frozenset({"a"}), got.append),
        "a": task("a", partial(touch, first)),
        "nothing": Task("nothing", lambda: None, frozenset({"b"}), got.append),
    }
    run_tasks(tasks, 2)
    (text, process), nothing = got
    assert (text, nothing) == ("done", None)
    assert process != os.getpid()


def test_a_failure_stops_those_that_wait_for_it_and_no_others(tmp_path: Path) -> None:
    tasks: dict[Hashable, Task] = {
        "bad": task("bad", fail),
        "waits": task("waits", partial(touch, tmp_path / "waits"), ("bad",)),
        "other": task("other", partial(touch, tmp_path / "other")),
    }
    with pytest.raises(InputError, match="wrong"):
        run_tasks(tasks, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_process_that_dies_or_takes_too_long_is_named_with_its_cell() -> None:
    begun = time.monotonic()
    with pytest.raises(BuildError) as caught:
        run_tasks({"a": task("a.ipynb", die), "b": task("b.ipynb", sleep, limit=2)}, 2)
    assert "a.ipynb, cell sums: its process ended without an answer" in str(caught.value)
    assert "out of memory" in str(caught.value)
    assert "b.ipynb, cell slow: ended, since it took more than 2 seconds" in str(caught.value)
    assert time.monotonic() - begun < 30


def run_program(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start Python on a program that finds the package and these tests."""
    there = {**os.environ, "PYTHONPATH": f"{PROJECT_ROOT}:{Path(__file__).parent}", **environment}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=there, stdout=subprocess.PIPE, text=True)


def test_what_is_imported_beforehand_starts_no_thread() -> None:
    program = (
        "import importlib, threading; from digikom.pipeline.pool import PRELOADED; "
        "[importlib.import_module(name) for name in PRELOADED]; print(threading.active_count())"
    )
    assert run_program(program).communicate()[0] == "1\n"


def test_a_task_draws_although_this_process_has_drawn_with_all_its_threads() -> None:
    draw(lambda _: None)
    drawn: list[int] = []
    run_tasks({"a": Task("a", lambda: draw, finish=drawn.append, limit=60)}, 1)
    assert drawn[0] > 0


#: Runs one task, with a function of this module and the path that it is given.
ONE_TASK = """
import functools, pathlib, sys, test_pool
from digikom.pipeline import pool
pool.PRELOADED = ()
job = functools.partial(getattr(test_pool, sys.argv[1]), pathlib.Path(sys.argv[2]))
if __name__ == "__main__":
    pool.run_tasks({"a": test_pool.task("a", job)}, 1)
"""


STOPPED = f"""
from digikom.stopping import Stopped, stop_in_order
stop_in_order()
try:
    exec({ONE_TASK!r})
except Stopped as stop:
    print(stop.message())
    sys.exit(stop.exit_code)
"""


def test_whatever_kills_the_run_ends_its_processes(tmp_path: Path) -> None:
    with run_program(ONE_TASK, "work", str(tmp_path / "process")) as run:
        while not (tmp_path / "process").exists():
            assert run.poll() is None
            time.sleep(0.1)
        run.kill()
    worker = int((tmp_path / "process").read_text(encoding="ascii"))
    for _ in range(600):
        if not Path(f"/proc/{worker}").exists():
            break
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_a_long_folder_for_temporary_files_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    with run_program(ONE_TASK, "touch", str(tmp_path / "done"), TMPDIR=str(folder)) as run:
        assert run.wait() == 0
    assert (tmp_path / "done").exists()
    assert list(folder.iterdir()) == []


def test_a_stop_in_order_leaves_no_process_and_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    with run_program(STOPPED, leave.__name__, str(tmp_path / "process"), TMPDIR=str(folder)) as run:
        while not (tmp_path / "process").exists():
            assert run.poll() is None
            time.sleep(0.1)
        # As `timeout` and terminals do.
        run.send_signal(signal.SIGTERM)
        run.send_signal(signal.SIGTERM)
        assert run.communicate()[0] == "Stopped; nothing published has changed.\n"
    assert run.returncode == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text(encoding="ascii")), 0)


def test_what_must_be_done_whole_is_done_before_a_stop() -> None:
    program = (
        "import os, signal, sys; from digikom.stopping import SIGNALS, Stopped, held, stop_in_order\n"
        # Who runs the checks may have had some of them ignored, as `nohup` does.
        "for number in SIGNALS: signal.signal(number, signal.SIG_DFL)\n"
        "stop_in_order()\n"
        "try:\n with held():\n  os.kill(os.getpid(), int(sys.argv[1])); print('whole')\n"
        "except Stopped as stop:\n stop.published = [2018]; print(stop.message())"
    )
    told = "whole\nStopped; published by then: 2018. Nothing else has changed.\n"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        assert run_program(program, str(number.value)).communicate()[0] == told


def test_no_process_imports_from_the_folder_that_the_program_is_started_in(tmp_path: Path) -> None:
    for name in ("random", "selectors", "typing"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(f'{__name__} was imported')", encoding="ascii")
    script = tmp_path / "elsewhere" / "script.py"
    script.parent.mkdir()
    script.write_text(ONE_TASK, encoding="ascii")
    there = {**os.environ, "PYTHONPATH": f"{PROJECT_ROOT}:{Path(__file__).parent}"}
    command = [sys.executable, str(script), "touch", str(tmp_path / "done")]
    assert subprocess.run(command, env=there, cwd=tmp_path, check=False).returncode == 0
    assert (tmp_path / "done").exists()


def test_a_folder_that_finds_no_room_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run_tasks({"full": task("full", partial(copy_to_full, tmp_path))}, 1)
    assert str(caught.value).startswith(f"No space left on device: {tmp_path / 'to'}/")
    assert str(caught.value).endswith(" (and 2 other files)")


def test_full_disks_and_unexpected_errors_are_told() -> None:
    with pytest.raises(InputError, match="No space left on device: /dev/full"):
        run_tasks({"full": task("full", full)}, 1)
    with pytest.raises(BuildError) as caught:
        run_tasks({"full": task("full", full), "odd": task("odd", odd)}, 2)
    assert "No space left on device: /dev/full" in str(caught.value)
    assert "KeyError: 'odd'" in str(caught.value)


def test_whatever_ends_the_run_ends_its_processes(tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        while not (tmp_path / "process").exists():
            time.sleep(0.05)
        raise KeyboardInterrupt

    quick = Task("b", lambda: partial(touch, tmp_path / "b"), finish=interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_tasks({"a": task("a", partial(work, tmp_path / "process")), "b": quick}, 2)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "process").read_text(encoding="ascii")), 0)
