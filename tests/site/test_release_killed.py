"""What readers are served while builds replace editions, are killed, or run at the same time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from build_facts import NO_FACTS
from release_builds import OTHER, YEAR, contents, describe, edition, make_html, page_text

from digikom.editions.manifest import write_manifest
from digikom.paths import PROJECT_ROOT
from digikom.pipeline.assembly import copy_pages

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux exchanges folders in one step here")
PROGRAM = PROJECT_ROOT / "tests" / "release_builds.py"


class Builds:
    """The program release_builds.py, and the processes that it has started."""

    def __init__(self, program: subprocess.Popen[str]) -> None:
        self.program = program
        self.running: set[int] = set()

    def order(self, *words: object) -> int:
        """Tell the program what to do, and give its answer."""
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.write(json.dumps(words, default=str) + "\n")
        self.program.stdin.flush()
        return int(self.program.stdout.readline())

    def start(self, task: str, *arguments: object) -> int:
        """Start a task in a process of its own, and give the process's number."""
        process = self.order("start", task, *arguments)
        self.running.add(process)
        return process

    def wait(self, process: int) -> int:
        """Wait for a process, and give its exit code."""
        code = self.order("wait", process)
        self.running.discard(process)
        return code

    def do(self, task: str, *arguments: object) -> None:
        """Do a task that has to succeed."""
        assert self.wait(self.start(task, *arguments)) == 0

    def kill(self, process: int) -> None:
        """End a process as kill -9 does."""
        os.kill(process, signal.SIGKILL)
        assert self.wait(process) == -signal.SIGKILL


@pytest.fixture(scope="module")
def program() -> Iterator[subprocess.Popen[str]]:
    """The program, started once, since it takes seconds to load what a build needs."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    command = [sys.executable, str(PROGRAM)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        yield started


@pytest.fixture
def builds(program: subprocess.Popen[str]) -> Iterator[Builds]:
    """Starts builds; those that still run when the test ends are ended with it."""
    made = Builds(program)
    yield made
    for process in sorted(made.running):
        os.kill(process, signal.SIGKILL)
        made.wait(process)


def wait_for(*files: Path) -> None:
    """Wait until all of the files are there."""
    limit = time.monotonic() + 60
    for path in files:
        while not path.exists():
            assert time.monotonic() < limit, path.name
            time.sleep(0.01)


def expected(folder: Path, year: int, version: str, chapters: int) -> dict[str, str]:
    """The files of an edition as it has to be published."""
    html = make_html(folder / f"{year}-{version}", describe(edition(year, version)), chapters)
    pages = folder / f"{year}-{version}-pages"
    copy_pages(html, pages)
    write_manifest(pages, NO_FACTS)
    return contents(pages)


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden files among it."""
    return sorted(path.name for path in folder.iterdir())


@linux
@pytest.mark.parametrize(
    "case", ["replace", *(pytest.param(case, marks=pytest.mark.full) for case in ("first", "renames"))]
)
def test_a_kill_at_any_point_leaves_every_edition_whole(tmp_path: Path, builds: Builds, case: str) -> None:
    builds.do("sweep", tmp_path, case)
    seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    assert seen["faults"] == []
    assert seen["release"] > 20, "the points of the release are no longer seen"
    assert seen["points"] >= seen["release"] + 5


@linux
def test_an_edition_that_is_replaced_is_there_at_every_instant(tmp_path: Path, builds: Builds) -> None:
    site = tmp_path / "site"
    builds.do("build", site, YEAR, "a", 5, 1)
    page = site / str(YEAR) / "index.html"
    whole = [page_text(YEAR, version, "index.html") for version in "ab"]
    seen: list[str] = []
    builds.start("swap", site, 5, 60)
    limit = time.monotonic() + 60
    while len(seen) < 50:
        assert time.monotonic() < limit, "the edition is not replaced"
        text = page.read_text(encoding="utf-8")
        root = (site / "index.html").read_text(encoding="utf-8")
        assert text in whole
        assert root.endswith("</html>\n")
        assert f"Utgave {YEAR}" in root
        if not seen or text != seen[-1]:
            seen.append(text)
        # Leaves the builds some of the processor.
        time.sleep(0.0005)


@pytest.mark.parametrize("editions", [((YEAR, "a"), (YEAR, "b")), ((OTHER, "a"), (YEAR, "b"))])
def test_two_builds_at_once_are_both_whole(
    tmp_path: Path, builds: Builds, editions: tuple[tuple[int, str], tuple[int, str]]
) -> None:
    """Of two builds of one edition the last wins; two editions are both listed, newest first."""
    site, gate, chapters = tmp_path / "site", tmp_path / "gate", 60
    processes = [builds.start("build", site, year, version, chapters, 5, gate) for year, version in editions]
    wait_for(tmp_path / "gate.a", tmp_path / "gate.b")
    gate.touch()
    assert [builds.wait(process) for process in processes] == [0, 0]
    years = sorted({year for year, _ in editions}, reverse=True)
    assert names(site) == [*map(str, reversed(years)), "404.html", "editions.json", "feed.xml", "index.html", "utgaver"]
    listed = json.loads((site / "editions.json").read_text(encoding="utf-8"))["editions"]
    assert [described["year"] for described in listed] == years
    for described in listed:
        year, version = described["year"], described["version"]
        assert (year, version) in editions
        assert contents(site / str(year)) == expected(tmp_path, year, version, chapters)
    root = (site / "index.html").read_text(encoding="utf-8")
    places = [root.index(f"Utgave {described['year']} {described['version']}") for described in listed]
    assert places == sorted(places)
    assert len(list((site / "utgaver").rglob("*.html"))) == chapters + 2


def test_a_build_removes_what_a_killed_one_left_and_nothing_of_one_that_runs(tmp_path: Path, builds: Builds) -> None:
    site = tmp_path / "site"
    killed = builds.start("build", site, YEAR, "a", 5, 1, tmp_path / "never")
    runs = builds.start("build", site, YEAR, "b", 5, 1, tmp_path / "later")
    wait_for(tmp_path / "never.a", tmp_path / "later.b")
    builds.kill(killed)
    assert names(site) == []

    def folders() -> list[str]:
        return [name for name in names(tmp_path) if name.startswith(".digikom-") and not name.endswith(".lock")]

    assert len(folders()) == 2
    builds.do("build", site, OTHER, "a", 5, 1)
    assert len(folders()) == 1, "the folder of the build that runs"
    (tmp_path / "later").touch()
    assert builds.wait(runs) == 0
    assert names(site) == [str(OTHER), str(YEAR), "404.html", "editions.json", "feed.xml", "index.html", "utgaver"]
    assert contents(site / str(YEAR)) == expected(tmp_path, YEAR, "b", 5)
