"""How editions are put in the site: exchange of folders, locks, leftovers of killed builds, processes of builds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.scratch import remove_dead, scratch
from digikom.site import release
from digikom.site.release import SITE_LOCK, build_folder, exchange, recover, replace_folder, site_lock


def pages(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take the two renames")
def test_two_folders_change_places_or_nothing_happens(tmp_path: Path) -> None:
    one, other = pages(tmp_path / "én", "1"), pages(tmp_path / "to", "2")
    assert exchange(one, other)
    assert (read(one), read(other)) == ("2", "1")
    assert not exchange(one, tmp_path / "missing")
    assert read(one) == "2"


def test_a_kernel_without_the_call_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda *_: object())
    assert not exchange(pages(tmp_path / "one", "1"), pages(tmp_path / "other", "2"))


@pytest.mark.parametrize("can_exchange", [True, False])
def test_replacing_keeps_the_old_folder_for_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(release, "exchange", lambda *_: False)
    replace_folder(pages(tmp_path / "new", "new"), tmp_path / "target")
    assert names(tmp_path) == ["target"]
    replace_folder(pages(tmp_path / "new", "newer"), tmp_path / "target")
    assert (read(tmp_path / "target"), read(tmp_path / "new")) == ("newer", "new")
    assert names(tmp_path) == ["new", "target"]
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "missing", tmp_path / "target")
    assert read(tmp_path / "target") == "newer"
    assert names(tmp_path) == ["new", "target"]


def test_what_a_kill_between_two_renames_left_is_put_right(tmp_path: Path) -> None:
    pages(tmp_path / ".2022.digikom-old", "taken away")
    pages(tmp_path / ".utgaver.digikom-old", "stale")
    pages(tmp_path / "utgaver", "new")
    pages(tmp_path / ".somebody's.old", "x")
    recover(tmp_path)
    assert read(tmp_path / "2022") == "taken away"
    assert read(tmp_path / "utgaver") == "new"
    assert names(tmp_path) == [".somebody's.old", "2022", "utgaver"]


def test_a_build_leaves_neither_folder_nor_lock(tmp_path: Path) -> None:
    site = tmp_path / "new" / "site"
    with build_folder(site) as folder:
        assert folder.parent == site.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "book").mkdir()
        with site_lock(site):
            assert names(site) == [SITE_LOCK]
        assert names(site) == []
    assert names(site.parent) == ["site"]


def test_the_work_lies_beside_the_folder_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "disk" / "site").mkdir(parents=True)
    (tmp_path / "served").symlink_to(tmp_path / "disk" / "site")
    with build_folder(tmp_path / "served") as folder:
        assert folder.parent == tmp_path / "disk"


def test_a_site_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file", encoding="utf-8")
    with (
        pytest.raises(InputError, match=r"The site cannot be written to .*site: File exists"),
        build_folder(tmp_path / "site"),
    ):
        pass
    assert names(tmp_path) == ["site"]


DIES = """
import os, signal, sys
from pathlib import Path
from digikom.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "answers.csv").write_text("x", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_killed_programs_leave_is_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside, temporary, site = tmp_path / "beside", tmp_path / "temporary", tmp_path / "beside" / "site"
    for folder in (beside, temporary):
        folder.mkdir()
        died = subprocess.run([sys.executable, "-c", DIES, str(folder)], cwd=PROJECT_ROOT, check=False)
        assert died.returncode == -signal.SIGKILL
        assert len(names(folder)) == 2
        pages(folder / ".another-program", "x")
    pages(site / "2022", "published")
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with scratch(beside) as alive, scratch() as temporarily_alive, build_folder(site):
        (alive / "answers.csv").touch()
        remove_dead(beside)
        remove_dead(temporary)
        assert (alive / "answers.csv").exists()
        assert temporarily_alive.exists()
    assert names(beside) == [".another-program", "site"]
    assert names(temporary) == [".another-program"]
    assert names(site) == ["2022"]


def test_a_lock_that_somebody_else_has_planted_is_not_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / ".digikom-x.lock").symlink_to(tmp_path / "mine")
    monkeypatch.setattr("os.getuid", lambda: -1)
    remove_dead(tmp_path)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / ".digikom-x.lock").is_symlink()


PARENT = """
import subprocess, sys
pipe = subprocess.PIPE
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=pipe, stdout=pipe, text=True)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""
CHILD = """
import threading, time
from digikom.pipeline.rebuild import end_with_parent
threading.Thread(target=end_with_parent, daemon=True).start()
print("ready", flush=True)
time.sleep(60)
"""


def running(process: int) -> bool:
    """Whether a process lives; one that has ended may wait long for its new parent to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="the states of processes are read from /proc")
def test_what_works_for_a_killed_build_ends_with_it() -> None:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert running(child)
        parent.send_signal(signal.SIGKILL)
    limit = time.monotonic() + 10
    while running(child):
        assert time.monotonic() < limit, "the child is still running"
        time.sleep(0.05)
