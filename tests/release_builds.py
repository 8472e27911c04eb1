"""Builds for the tests of releases: the real `build_editions` without notebooks and Jupyter Book.

Run as a program it does what it is told on its input, a JSON list a line, and answers with a number a line:
`["start", task, argument, ...]` starts a task (a key of `TASKS`) in a process of its own and gives the number of that
process; `["wait", number]` waits for a process and gives its exit code, or minus the signal that ended it. Forking
takes no time, and is safe in a program without threads.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from build_facts import NO_FACTS

from digikom.editions.edition_files import Edition
from digikom.editions.manifest import write_manifest
from digikom.files import sha256
from digikom.pipeline import builds, store
from digikom.pipeline.assembly import PUBLISHED_FIELDS, copy_pages
from digikom.site import front
from digikom.site import release as releasing

#: Audit events (PEP 578) of calls that read or change files, and of those into libraries, `renameat2` among them.
WATCHED = ("open", "os.", "shutil.", "tempfile.", "fcntl.", "ctypes.")
#: Kills spread evenly over a whole build, beside those at every event of its release.
SPREAD = 20
OTHER, YEAR = 2018, 2022
CHAPTERS = 1
#: What a site with both editions holds, and nothing else.
CLEAN = [str(OTHER), str(YEAR), "404.html", "editions.json", "feed.xml", "index.html", "utgaver"]


def edition(year: int, version: str) -> Edition:
    """A small edition, whose title tells the version."""
    described = {"year": year, "title": f"Utgave {year} {version}", "version": version, "published": "2026-01-02"}
    return Edition.model_validate(described)


def describe(edition: Edition) -> dict[str, Any]:
    """What the edition tells of itself."""
    return edition.model_dump(mode="json", include=PUBLISHED_FIELDS)


def page_text(year: int, version: str, name: str) -> str:
    """A page that tells in every line which build it is from."""
    return f"{year} {version} {name}\n" * 2000


def make_html(folder: Path, described: dict[str, Any], chapters: int) -> Path:
    """What Jupyter Book would have made: pages, a description, and files that are not published."""
    names = ["index.html", "search.html", *(f"notebooks/{number:03}.html" for number in range(chapters))]
    (folder / "notebooks").mkdir(parents=True)
    for name in names:
        (folder / name).write_text(page_text(described["year"], described["version"], name), encoding="utf-8")
    (folder / ".buildinfo").write_text("state", encoding="utf-8")
    (folder / ".doctrees").mkdir()
    (folder / ".doctrees" / "index.doctree").write_text("state", encoding="utf-8")
    (folder / "data").mkdir()
    content = {**described, "status": "synthetic", "pages": {name: name for name in names}}
    (folder / "data" / "edition.json").write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
    return folder


def nothing(*_: object) -> None:
    """Do nothing."""


def build(site: Path, year: int, version: str, at_html: Callable[[], None] = nothing, chapters: int = CHAPTERS) -> None:
    """The pipeline's own release of pages that are made up; `at_html` is called when they are done."""

    def make_editions(orders: Sequence[builds.Order], work: Path, *_: object) -> None:
        for order in orders:
            html = make_html(work / "built", describe(order.edition), chapters)
            at_html()
            copy_pages(html, work / "html")
            write_manifest(work / "html", NO_FACTS)
            order.publish(work / "html", version, "")

    vars(builds).update(
        load_edition=lambda year: edition(year, version),
        make_editions=make_editions,
        collect_facts=lambda *_: NO_FACTS,
        require_computed_prose=nothing,
        Store=functools.partial(store.Store, site.parent / f"store-{os.getpid()}"),
    )
    builds.build_editions([year], site, options=builds.Options(pdf=False))


def contents(folder: Path) -> dict[str, str]:
    """The files of a folder with a digest of each; empty when it is not there."""
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def fork(work: Callable[[], None]) -> int:
    """Do `work` in a forked process, and give its number."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child


def wait(child: int) -> int:
    """Wait for a forked process: its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Points:
    """The points at which a build can be killed: every event of the file system, counted from its beginning."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.count = 0
        self.stop_at = stop_at
        sys.addaudithook(self.see)

    def see(self, event: str, _arguments: object) -> None:
        """Count an event, and be killed just before it takes place if it is the one."""
        if event.startswith(WATCHED):
            self.count += 1
            # Sending the signal is an event, too.
            if self.count == self.stop_at:
                os.kill(os.getpid(), signal.SIGKILL)


def measure(site: Path, notes: Path) -> tuple[int, int, int]:
    """After how many events a build's pages are done, the release is done, and all is done."""

    def work() -> None:
        points = Points()
        reached: list[int] = []

        def write_root(site: Path, drafts: Path) -> Path:
            written = front.write_root(site, drafts)
            reached.append(points.count)
            return written

        vars(builds).update(write_root=write_root)
        build(site, YEAR, "b", lambda: reached.append(points.count))
        reached.append(points.count)
        notes.write_text(json.dumps(reached), encoding="utf-8")

    assert wait(fork(work)) == 0
    made, released, total = json.loads(notes.read_text(encoding="utf-8"))
    return made, released, total


def killed_build(site: Path, point: int) -> None:
    """A build that is killed at one of its points."""
    Points(point)
    build(site, YEAR, "b")


def sweep(folder: Path, case: str) -> None:
    """Kill builds of one edition and look at the site after each; then let the next build do its work.

    Cases: `replace` (the edition is published already), `first` (it is not), `renames` (as `replace`, on a system that
    cannot exchange folders: there an address may be empty until the next build). What was tried and what was found
    wrong goes to `seen.json`.
    """
    if case == "renames":
        vars(releasing).update(exchange=lambda *_: False)
    base, site = folder / "base", folder / "site"
    # What other programs have there would be looked at, too, and change the number of events.
    (folder / "temporary").mkdir()
    tempfile.tempdir = str(folder / "temporary")
    build(base, OTHER, "a")
    if case != "first":
        build(base, YEAR, "a")
    shutil.copytree(base, site)
    made, released, total = measure(site, folder / "notes.json")
    before, after = contents(base), contents(site)
    parts = (f"{OTHER}/", f"{YEAR}/", "utgaver/", "editions.json", "index.html")
    faults: list[str] = []

    def part(found: dict[str, str], name: str) -> dict[str, str]:
        return {path: digest for path, digest in found.items() if path.startswith(name)}

    def check(point: int, when: str, *, may_be_empty: bool) -> None:
        found = contents(site)
        for name in parts:
            whole = [part(before, name), part(after, name), *([{}] if may_be_empty else [])]
            if part(found, name) not in whole:
                faults.append(f"{when} a kill at {point} of {total}: {name} is not whole")

    # The first event after the release is the first at which all of it has taken place.
    release = range(made + 1, released + 2)
    points = sorted({*release, *(total * number // SPREAD for number in range(1, SPREAD + 1))})
    for point in points:
        shutil.rmtree(site)
        shutil.copytree(base, site)
        if wait(fork(functools.partial(killed_build, site, point))) != -signal.SIGKILL:
            faults.append(f"the build was not killed at {point}")
        check(point, "after", may_be_empty=case == "renames")
        # What is on its way out where folders cannot be exchanged are published pages, too.
        if any((path.is_dir() and path.name.startswith(".digikom-")) or path.is_symlink() for path in site.rglob("*")):
            faults.append(f"after a kill at {point} work lies in the site")
        if wait(fork(lambda: build(site, OTHER, "a"))) != 0:
            faults.append(f"the build after a kill at {point} failed")
        listed = sorted(path.name for path in site.iterdir())
        published = [name for name in CLEAN if name != str(YEAR) or (site / name).exists()]
        if any(path.name.startswith(".digikom-") for path in folder.iterdir()):
            faults.append(f"after a kill at {point} and a build work lies beside the site")
        if listed != published or (case != "first" and listed != CLEAN):
            faults.append(f"after a kill at {point} and a build the site holds {listed}")
        check(point, "in the build after", may_be_empty=False)
        root = json.loads((site / "editions.json").read_text(encoding="utf-8"))
        for described in root["editions"]:
            if f" {described['version']} " not in (site / str(described["year"]) / "index.html").read_text("utf-8"):
                faults.append(f"after a kill at {point} and a build the root does not tell what is published")
    seen = {"points": len(points), "release": len(release), "faults": faults}
    (folder / "seen.json").write_text(json.dumps(seen), encoding="utf-8")


def build_rounds(site: Path, year: int, version: str, chapters: int, rounds: int, gate: Path | None = None) -> None:
    """Build `rounds` times. Each build makes `<gate>.<version>` when its pages are done, and waits for `gate`."""

    def wait_at_gate() -> None:
        if gate is not None:
            gate.with_name(f"{gate.name}.{version}").touch()
            while not gate.exists():
                time.sleep(0.01)

    for _ in range(rounds):
        build(site, year, version, wait_at_gate, chapters)


def swap(site: Path, chapters: int, rounds: int) -> None:
    """Build the versions «a» and «b» in turn."""
    for version in ("a", "b") * rounds:
        build(site, YEAR, version, chapters=chapters)


TASKS: dict[str, Callable[[list[str]], None]] = {
    "build": lambda a: build_rounds(Path(a[0]), int(a[1]), a[2], int(a[3]), int(a[4]), *map(Path, a[5:])),
    "swap": lambda a: swap(Path(a[0]), int(a[1]), int(a[2])),
    "sweep": lambda a: sweep(Path(a[0]), a[1]),
}


def serve() -> None:
    """Do what is told on the input until it ends."""
    for line in sys.stdin:
        order, *arguments = json.loads(line)
        if order == "start":
            name, *rest = arguments
            answer = fork(functools.partial(TASKS[name], rest))
        else:
            answer = wait(arguments[0])
        print(answer, flush=True)


if __name__ == "__main__":
    # Neither the package nor the lock file changes meanwhile, and hashing them would be most of the events.
    vars(store).update(generation=lambda: "0" * 64)
    # No task of such a build runs in a process of its own, and a server that the parent has can't be asked by a fork.
    vars(builds).update(start_server=lambda: None)
    # Compiling the templates takes longer than all the rest of such a build.
    vars(front).update(root_environment=functools.cache(front.root_environment))
    serve()
