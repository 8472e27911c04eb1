"""What several test modules share: a copy of the project, and the built site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from digikom.paths import PROJECT_ROOT

#: What a build reads; a copy of it is a project of its own.
SOURCES = ("_config.yml", "_toc.yml", "index.md", "book", "notebooks", "data", "digikom")

Command = Callable[..., subprocess.CompletedProcess[str]]


def copy_project(folder: Path) -> Path:
    """A copy of the project in `folder`, as it stands in the work tree."""
    for name in SOURCES:
        source = PROJECT_ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "_build"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


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


@pytest.fixture
def digikom() -> Command:
    """The project's own command, run in the project's folder."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_digikom(PROJECT_ROOT, *arguments, **environment)

    return run


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with every edition, built once for all tests that look at pages, and for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "built" / "site"
    with FileLock(shared / "built.lock"):
        if not folder.exists():
            done = run_digikom(PROJECT_ROOT, "build", "--all", "--site", str(folder))
            assert done.returncode == 0, done.stderr
            assert "published" in done.stdout
    return folder


@pytest.fixture(scope="session")
def executed(site: Path) -> Callable[[int], Path]:
    """The folder with the notebooks of an edition as they were executed for it."""
    return lambda year: site / str(year) / "_sources" / "notebooks"


@pytest.fixture(scope="session")
def edition_folder(site: Path) -> Path:
    """The folder of the edition that rebuilds the printed report."""
    return site / "2022"
