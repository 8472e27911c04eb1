"""What an edition is built from: the commit, the environment and the input files with their checksums.

Nothing here is of the run itself (no clock, path or machine), so that two builds of one commit state the same facts.
"""

from __future__ import annotations

import platform
import re
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict

from digikom import files
from digikom.errors import InputError
from digikom.paths import DATA_DIR, PROJECT_ROOT, data_folder
from digikom.survey.provenance import DESCRIPTOR

#: Folders of the data that chapters read, from the project where the folder of the answers has none of its own.
SHARED_DATA = ("boundaries", "codebook", "method", "municipalities", "published", "statbank")
#: Files in the folders of data that are no data: descriptions for people, and the programs that made it.
NO_DATA = frozenset({".md", ".py", ".pyc"})
LOCK_FILE = "requirements.txt"
#: Says of a copy of the project that is no repository, such as an archive, which commit it is a copy of: 40 hex digits,
#: and `MODIFIED` after a space where files differ from it.
COMMIT_FILE = "COMMIT"
MODIFIED = "modified"


class FileRecord(BaseModel):
    """A file by its `path` (in the data folder, say), SHA-256 of its bytes (hex) and size in bytes."""

    model_config = ConfigDict(frozen=True)

    path: str
    sha256: str
    size: int

    @classmethod
    def of(cls, name: str, path: Path) -> FileRecord:
        """What is recorded of the file at `path` under the name `name`."""
        return cls(path=name, sha256=files.sha256(path), size=path.stat().st_size)


class Package(BaseModel):
    """A package of the lock file: the version it pins, and the one at hand (empty where it is not installed)."""

    model_config = ConfigDict(frozen=True)

    name: str
    locked: str
    installed: str


class BuildFacts(BaseModel):
    """The facts of a build. `commit` is empty where it is not known; `modified`: files differ from it."""

    model_config = ConfigDict(frozen=True)

    commit: str
    modified: bool
    python: str
    lock_sha256: str
    packages: tuple[Package, ...]
    inputs: tuple[FileRecord, ...]


def input_files(years: tuple[int, ...], data_dir: str | Path | None = None) -> dict[str, Path]:
    """The data files that the chapters of an edition on `years` may read, by their path in the data folder, sorted."""
    folder = data_folder(data_dir)
    found: dict[str, Path] = {}
    for part in SHARED_DATA:
        root = folder if (folder / part).is_dir() else DATA_DIR
        for path in (root / part).rglob("*"):
            if path.is_file() and path.suffix not in NO_DATA:
                found[path.relative_to(root).as_posix()] = path
    for name in [DESCRIPTOR, *(f"survey/{year}.csv" for year in years)]:
        if (folder / name).is_file():
            found[name] = folder / name
    return dict(sorted(found.items()))


def collect_facts(years: tuple[int, ...], data_dir: str | Path | None = None, root: Path = PROJECT_ROOT) -> BuildFacts:
    """The facts of a build of the project in `root`, for an edition on `years` (its own and its reference year)."""
    lock = root / LOCK_FILE
    commit, modified = commit_of(root)
    return BuildFacts(
        commit=commit,
        modified=modified,
        python=platform.python_version(),
        lock_sha256=files.sha256(lock) if lock.is_file() else "",
        packages=tuple(locked_packages(lock)) if lock.is_file() else (),
        inputs=tuple(FileRecord.of(name, path) for name, path in input_files(years, data_dir).items()),
    )


def commit_of(root: Path) -> tuple[str, bool]:
    """The commit (40 hex digits, or an empty text where it is not known), and whether tracked files differ from it."""
    if (root / ".git").exists():
        try:
            changed = git(root, "status", "--porcelain", "--untracked-files=no")
            return git(root, "rev-parse", "HEAD").strip(), bool(changed.strip())
        except InputError:
            return "", False
    stated = root / COMMIT_FILE
    text = stated.read_text(encoding="ascii", errors="replace").strip() if stated.is_file() else ""
    known = re.fullmatch(rf"([0-9a-f]{{40}})( {MODIFIED})?", text)
    return (known[1], bool(known[2])) if known else ("", False)


def why_unknown(root: Path) -> str:
    """Why the commit of the repository in `root` is not known; empty where it is, and where there is no repository."""
    try:
        if (root / ".git").exists():
            git(root, "rev-parse", "HEAD")
    except InputError as error:
        return " ".join(str(error).split())
    return ""


def git(root: Path, *arguments: str) -> str:
    """What a git command says of the project in `root`. Raises InputError where there is no git, or it fails."""
    try:
        run = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise InputError("The project is a git repository, but there is no git on this machine to ask.") from None
    if run.returncode != 0:
        raise InputError("git cannot tell what belongs to the project.", [run.stderr.decode(errors="replace").strip()])
    return run.stdout.decode("utf-8")


def locked_packages(lock: Path) -> list[Package]:
    """The packages that the lock file pins for a machine like this one, in its order, with the versions at hand."""
    # Checksums and comments stand on lines of their own, farther in.
    lines = [line.rstrip(" \\") for line in lock.read_text(encoding="utf-8").splitlines() if line[:1].strip(" #")]
    return [
        Package(name=each.name, locked=str(each.specifier).removeprefix("=="), installed=_installed(each.name))
        for each in map(Requirement, lines)
        if each.marker is None or each.marker.evaluate()
    ]


@cache
def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
