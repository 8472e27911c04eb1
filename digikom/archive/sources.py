"""The project's own files: those that git tracks, or, in an unpacked archive, those that its list of sums names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digikom.archive.packing import SUMS_FILE, read_sums
from digikom.editions.build_facts import COMMIT_FILE, commit_of, git
from digikom.errors import InputError
from digikom.files import sha256

README_FILE = "LES-MEG.md"
CRATE_FILE = "ro-crate-metadata.json"
SITE = "site"
ANSWERS = "answers"
#: Folders that a build reads: a file there that git does not know would be missing from an archive.
READ_FOLDERS = ("book", "data", "digikom", "notebooks", "reviews")
#: What an archive has beside the sources, by file and by folder.
MADE_FILES = frozenset({COMMIT_FILE, README_FILE, CRATE_FILE, SUMS_FILE})
MADE_FOLDERS = frozenset({SITE, ANSWERS})


@dataclass(frozen=True)
class Sources:
    """The project's files as paths from its folder, sorted; the commit (empty where it is not known); the files
    that are not as they were committed, new ones that a build may read among them.
    """

    names: tuple[str, ...]
    commit: str
    changed: tuple[str, ...]


def project_sources(root: Path) -> Sources:
    """The sources of the project in `root`. Raises InputError where there is no telling what belongs to it."""
    if (root / ".git").exists():
        tracked = _names(root, "ls-files", "-z")
        changed = _names(root, "diff", "--name-only", "--no-renames", "-z", "HEAD")
        changed += _names(root, "ls-files", "-z", "--others", "--exclude-standard", "--", *READ_FOLDERS)
    elif (root / SUMS_FILE).is_file():
        sums = {name: digest for name, digest in read_sums(root / SUMS_FILE).items() if not _is_made(name)}
        tracked = sorted(sums)
        changed = [name for name in tracked if not (root / name).is_file() or sha256(root / name) != sums[name]]
        if commit_of(root)[1]:
            changed.append(COMMIT_FILE)  # the archive says itself that it is not as committed
    else:
        raise InputError(
            f"The project has neither a git repository nor a list of its files ({SUMS_FILE}), so there is no telling "
            "what belongs to it."
        )
    names = sorted(name for name in tracked if not _is_made(name) and (root / name).is_file())
    return Sources(tuple(names), commit_of(root)[0], tuple(sorted(changed)))


def _is_made(name: str) -> bool:
    return name in MADE_FILES or name.split("/")[0] in MADE_FOLDERS


def _names(root: Path, *arguments: str) -> list[str]:
    """The file names that a git command prints, divided by NUL."""
    return [name for name in git(root, *arguments).split("\0") if name]
