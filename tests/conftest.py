"""What several test modules share: a copy of the project, and the built site."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import chromium
from filelock import FileLock
from playwright.sync_api import Browser

from digikom.editions.build_facts import COMMIT_FILE, MODIFIED, commit_of
from digikom.paths import PROJECT_ROOT

#: What a build reads; a copy of it is a project of its own.
SOURCES = (
    "_config.yml",
    "_toc.yml",
    "index.md",
    "requirements.txt",
    "book",
    "notebooks",
    "data",
    "digikom",
)

#: Folders and endings in the folders of sources that programs write there.
NO_SOURCES = frozenset({"__pycache__", "_build", ".ipynb_checkpoints", ".mo"})
#: Where the site for tests lies, in a folder named by the digest of its sources.
TEST_SITES = PROJECT_ROOT / "_build" / "test-site"

Command = Callable[..., subprocess.CompletedProcess[str]]


def copy_project(folder: Path) -> Path:
    """A copy of the project in `folder`, as it stands in the work tree; it knows which commit it is a copy of."""
    for name in SOURCES:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    commit, modified = commit_of(PROJECT_ROOT)
    (folder / COMMIT_FILE).write_text(f"{commit} {MODIFIED}" if modified else commit, encoding="ascii")
    return folder


def declare_synthetic(folder: Path) -> None:
    """Let the descriptor of a data folder say that answers of any year in it are made up."""
    made_up = [{"path": f"survey/{year}.csv", "status": "synthetic"} for year in range(2018, 2032)]
    (folder / "datapackage.json").write_text(json.dumps({"resources": made_up}), encoding="utf-8")


def run_digikom(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command `digikom` of the project in `project`, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "digikom.cli", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that build come first: what takes longest must not be begun when all else is done."""
    slow = {item.path for item in items if item.get_closest_marker("build")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def digikom() -> Command:
    """The project's own command, run in the project's folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_digikom(PROJECT_ROOT, *arguments, **environment)

    return run


def sources_digest() -> str:
    """SHA-256 (hex) of everything a built site follows from: names and content of the sources, the commit, Python."""
    digest = hashlib.sha256(f"{sys.version}\0{commit_of(PROJECT_ROOT)}\0".encode())
    for name in SOURCES:
        top = PROJECT_ROOT / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and not NO_SOURCES & {*path.parts, path.suffix}:
                content = path.read_bytes()
                digest.update(f"{path.relative_to(PROJECT_ROOT).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()


def built_site() -> Path:
    """The site of the sources as they are now, built only when the one at hand is of other sources.

    It lies in `_build/`, so that `make test-browser` looks at the site that `make test` built.
    """
    TEST_SITES.mkdir(parents=True, exist_ok=True)
    with FileLock(TEST_SITES / "built.lock"):
        digest = sources_digest()
        folder = TEST_SITES / digest
        if not folder.exists():
            for old in TEST_SITES.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            draft = TEST_SITES / "draft"
            done = run_digikom(PROJECT_ROOT, "build", "--all", "--require-pdf", "--site", str(draft / "site"))
            assert done.returncode == 0, done.stderr
            assert "published" in done.stdout
            assert sources_digest() == digest, "the sources were changed while the site was built from them"
            draft.rename(folder)
    return folder / "site"


@pytest.fixture(scope="session")
def site() -> Path:
    """The site with every edition, for all tests that look at pages and all workers of a run: they only read it.

    `DIGIKOM_TEST_SITE` names a folder with a site that is built already, to look at that one.
    """
    given = os.environ.get("DIGIKOM_TEST_SITE")
    return Path(given).resolve() if given else built_site()


@pytest.fixture(scope="session")
def executed(site: Path) -> Callable[[int], Path]:
    """The folder with the notebooks of an edition as they were executed for it."""
    return lambda year: site / str(year) / "_sources" / "notebooks"


@pytest.fixture(scope="session")
def edition_folder(site: Path) -> Path:
    """The folder of the edition that rebuilds the printed report."""
    return site / "2022"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium: one for all tests of a worker, since Playwright does not start twice in a process."""
    with chromium() as opened:
        yield opened
