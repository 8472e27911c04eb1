"""The project's own files: those that git tracks, or, in an unpacked archive, those that its list of sums names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from digikom.editions.build_facts import COMMIT_FILE, commit_of, git
from digikom.errors import InputError
from digikom.files import sha256

README_FILE = "LES-MEG.md"
CRATE_FILE = "ro-crate-metadata.json"
#: The list of the archive's files that `sha256sum --check` reads. It does not list itself.
SUMS_FILE = "SHA256SUMS"
SITE = "site"
ANSWERS = "answers"
#: What an archive has beside the sources: files and folders of the top.
MADE = frozenset({COMMIT_FILE, README_FILE, CRATE_FILE, SUMS_FILE, SITE, ANSWERS})
#: Folders that a build reads: a file there that git does not know would be missing from an archive.
READ_FOLDERS = ("book", "data", "digikom", "notebooks")


@dataclass(frozen=True)
class Sources:
    """The project's files as paths from its folder, sorted; the commit (empty where it is not known); the files
    that are not as they were committed, new ones that a build may read among them.
    """

    names: tuple[str, ...]
    commit: str
    changed: tuple[str, ...]


def project_sources(root: Path) -> Sources:
    """The sources of the project in `root`. Raises InputError where what belongs to it cannot be known."""
    commit, modified = commit_of(root)
    if (root / ".git").exists():
        tracked = _names(root, "ls-files", "-z")
        changed = _names(root, "diff", "--name-only", "--no-renames", "-z", "HEAD")
        changed += _names(root, "ls-files", "-z", "--others", "--exclude-standard", "--", *READ_FOLDERS)
    elif (root / SUMS_FILE).is_file():
        sums = {name: digest for name, digest in read_sums(root / SUMS_FILE).items() if not _is_made(name)}
        tracked = sorted(sums)
        changed = [name for name in tracked if not (root / name).is_file() or sha256(root / name) != sums[name]]
        # The archive says itself where it is not as committed.
        changed += [COMMIT_FILE] if modified else []
    else:
        raise InputError(
            f"The project has neither a git repository nor a list of its files ({SUMS_FILE}), so there is no telling "
            "what belongs to it."
        )
    names = sorted(name for name in tracked if not _is_made(name) and (root / name).is_file())
    return Sources(tuple(names), commit, tuple(sorted(changed)))


def _is_made(name: str) -> bool:
    return name.split("/")[0] in MADE


def _names(root: Path, *arguments: str) -> list[str]:
    """The file names that a git command prints, divided by NUL."""
    return [name for name in git(root, *arguments).split("\0") if name]


def sums_text(sums: Mapping[str, str]) -> str:
    """The content of `SUMS_FILE` for SHA-256 sums (hex) by the files' names."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_sums(path: Path) -> dict[str, str]:
    """SHA-256 sums (hex) by name, from a file that `sums_text` made. Raises InputError for anything else."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [match for line in lines if (match := re.fullmatch(r"([0-9a-f]{64}) [ *](.+)", line))]
    if not found or len(found) < len(lines):
        raise InputError(f"{path.name} is not a list of SHA-256 sums and names.")
    return {match[2]: match[1] for match in found}
