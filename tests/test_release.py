"""How editions are put in the site: exchange of folders, locks, leftovers of killed builds, processes of builds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from digikom.build import exchange as exchanging
from digikom.build.editions import Edition
from digikom.build.exchange import exchange, recover, replace_folder
from digikom.build.release import copy_pages, publish_edition
from digikom.build.workspace import BUILD_LOCK, SITE_LOCK, build_folder, remove_leftovers, site_lock
from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT


def edition(year: int) -> Edition:
    return Edition.model_validate({"year": year, "title": "T", "version": "1", "published": "2026-01-02"})


def pages(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot exchange two folders."""
    monkeypatch.setattr(exchanging, "exchange", lambda *_: False)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take the two renames")
def test_two_folders_change_places(tmp_path: Path) -> None:
    one, other = pages(tmp_path / "én", "1"), pages(tmp_path / "to", "2")
    assert exchange(one, other)
    assert (read(one), read(other)) == ("2", "1")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take the two renames")
def test_an_exchange_that_fails_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        exchange(pages(tmp_path / "one", "1"), tmp_path / "missing")
    assert read(tmp_path / "one") == "1"


def test_a_kernel_without_the_call_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    assert not exchange(pages(tmp_path / "one", "1"), pages(tmp_path / "other", "2"))


def test_replacing_keeps_the_old_folder_for_the_caller(tmp_path: Path) -> None:
    replace_folder(pages(tmp_path / "new", "new"), tmp_path / "target")
    assert names(tmp_path) == ["target"]
    replace_folder(pages(tmp_path / "new", "newer"), tmp_path / "target")
    assert (read(tmp_path / "target"), read(tmp_path / "new")) == ("newer", "new")


@pytest.mark.usefixtures("without_exchange")
def test_replacing_by_renames_ends_the_same(tmp_path: Path) -> None:
    test_replacing_keeps_the_old_folder_for_the_caller(tmp_path)
    assert names(tmp_path) == ["new", "target"]


@pytest.mark.usefixtures("without_exchange")
def test_a_rename_that_fails_puts_the_old_folder_back(tmp_path: Path) -> None:
    target = pages(tmp_path / "target", "old")
    with pytest.raises(FileNotFoundError):
        replace_folder(tmp_path / "missing", target)
    assert read(target) == "old"
    assert names(tmp_path) == ["target"]


def test_what_a_kill_between_two_renames_left_is_put_right(tmp_path: Path) -> None:
    pages(tmp_path / ".2022.digikom-old", "taken away")
    pages(tmp_path / ".utgaver.digikom-old", "stale")
    pages(tmp_path / "utgaver", "new")
    pages(tmp_path / ".somebody's.old", "x")
    recover(tmp_path)
    assert read(tmp_path / "2022") == "taken away"
    assert read(tmp_path / "utgaver") == "new"
    assert names(tmp_path) == [".somebody's.old", "2022", "utgaver"]


def test_publishing_replaces_one_edition_only(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for name, text, year in (("first", "a", 2022), ("other", "b", 2023), ("second", "c", 2022)):
        html = pages(tmp_path / name, text)
        (html / ".buildinfo").write_text("x", encoding="utf-8")
        (html / ".doctrees").mkdir()
        copy_pages(html, tmp_path / "copies" / name)
        publish_edition(tmp_path / "copies" / name, site, edition(year))
    assert (read(site / "2022"), read(site / "2023")) == ("c", "b")
    assert names(site) == ["2022", "2023"]
    assert names(site / "2022") == ["index.html"]


def test_a_build_leaves_neither_folder_nor_lock(tmp_path: Path) -> None:
    site = tmp_path / "new" / "site"
    with build_folder(site) as folder:
        assert folder.parent == site
        (folder / "book").mkdir()
        with site_lock(site):
            assert (site / SITE_LOCK).exists()
        assert names(site) == [folder.name]
    assert names(site) == []


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with build_folder(tmp_path) as folder:
            pages(folder / "book", "x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == []


def test_a_site_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file", encoding="utf-8")
    with (
        pytest.raises(InputError, match=r"The site cannot be written to .*site: File exists"),
        build_folder(tmp_path / "site"),
    ):
        pass
    assert names(tmp_path) == ["site"]


def test_only_leftovers_are_removed(tmp_path: Path) -> None:
    pages(tmp_path / ".digikom-dead" / "book", "x")
    (tmp_path / ".digikom-dead" / BUILD_LOCK).touch()
    pages(tmp_path / ".digikom-killed-before-its-lock", "x")
    pages(tmp_path / "2022", "published")
    pages(tmp_path / ".another-program", "x")
    alive = pages(tmp_path / ".digikom-alive", "x")
    with FileLock(alive / BUILD_LOCK):
        other = subprocess.run(
            [sys.executable, "-c", LEFTOVERS, str(tmp_path)], cwd=PROJECT_ROOT, capture_output=True, check=False
        )
    assert other.returncode == 0, other.stderr
    assert names(tmp_path) == [".another-program", ".digikom-alive", "2022"]
    remove_leftovers(tmp_path)
    assert names(tmp_path) == [".another-program", "2022"]


LEFTOVERS = """
import sys
from pathlib import Path
from digikom.build.workspace import remove_leftovers
remove_leftovers(Path(sys.argv[1]))
"""

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
child.wait()
"""
CHILD = """
import time
from digikom.processes import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(60)
"""


def running(process: int) -> bool:
    """Whether a process lives; one that has ended may wait long for its new parent to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such call")
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
