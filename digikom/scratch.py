"""Folders that programs work in: nobody else's to read, and gone when the work is done.

Each lies beside the lock of its name, which is held for as long as the program lives. Locks end with the process that
holds them, however it ends; so each start can tell what a killed one has left behind from what is still in use.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

PREFIX = ".digikom-"
LOCK = ".lock"


@contextmanager
def scratch(beside: Path | None = None) -> Iterator[Path]:
    """A new folder in `beside`, else in the system's folder for temporary files, for as long as the context lasts.

    First removes there what killed programs have left. Raises OSError where nothing can be written.
    """
    parent = Path(tempfile.gettempdir()) if beside is None else beside
    remove_dead(parent)
    number, name = tempfile.mkstemp(prefix=PREFIX, suffix=LOCK, dir=parent)
    os.close(number)
    with FileLock(name):
        folder = Path(name).with_suffix("")
        try:
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            _remove(Path(name))


def remove_dead(parent: Path) -> None:
    """Remove the folders in `parent` whose programs live no more."""
    own = getattr(os, "getuid", lambda: 0)()
    for lock in sorted(parent.glob(f"{PREFIX}*{LOCK}")):
        try:
            # In a folder for all, another's lock may be a link to a file of ours.
            if lock.lstat().st_uid == own:
                with FileLock(lock, blocking=False):
                    _remove(lock)
        except OSError:  # in use, or gone by now
            continue


def _remove(lock: Path) -> None:
    """Remove the folder of a lock, which is held, and then the lock: where something is left, the next one tries."""
    folder = lock.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        lock.unlink(missing_ok=True)
