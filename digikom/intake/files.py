"""Writing several files so that each is either as it was or as it is to be, whenever the run ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from digikom.errors import InputError


def write_all(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write the files in order, each in one step; return those that had another content before.

    All are first written beside their places, so that a full disk or a folder closed for writing stops everything
    before the first is replaced. Raises `InputError` for a place that cannot be written to.
    """
    changed = [path for path, content in contents.items() if not _has(path, content)]
    drafts = {path: path.with_name(f".{path.name}.draft") for path in changed}
    try:
        for path, draft in drafts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(contents[path])
                file.flush()
                os.fsync(file.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise InputError(f"{error.filename}: cannot be written ({error.strerror})") from None
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    return changed


def remove_drafts(folders: Iterable[Path]) -> None:
    """Remove what a killed run has left in `folders` and below, which may be answers."""
    for draft in (path for folder in folders for path in folder.rglob(".*.draft")):
        draft.unlink(missing_ok=True)


def _has(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
