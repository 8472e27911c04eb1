"""Folders that builds work in, inside the site, and the locks that keep builds apart.

Each build has a folder of its own and holds a lock on it for as long as it lives, so that the next build can tell what
a killed one has left behind from what is still in use. What is published changes only under the lock of the site. Locks
end with the process that holds them, however it ends.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from digikom.build.exchange import recover
from digikom.errors import InputError

PREFIX = ".digikom-"
#: The lock file of a build, in its folder.
BUILD_LOCK = "lock"
#: The lock file of the site; it is there only while somebody holds it.
SITE_LOCK = f"{PREFIX}lock"


@contextmanager
def site_lock(site: Path) -> Iterator[None]:
    """Wait for the site and keep other builds from changing what is published."""
    path = site / SITE_LOCK
    with FileLock(path):
        try:
            yield
        finally:
            # While it is held: those who wait for it see that the file is gone, and begin anew with another.
            path.unlink(missing_ok=True)


@contextmanager
def build_folder(site: Path) -> Iterator[Path]:
    """A folder of one build in `site`, in the same file system as what is published; gone when the build ends.

    First puts right what killed builds have left in the site. Raises InputError where nothing can be written.
    """
    try:
        folder, lock = _claim_folder(site)
    except OSError as error:
        raise InputError(f"The site cannot be written to {site}: {error.strerror}.") from error
    try:
        yield folder
    finally:
        with site_lock(site):
            shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _claim_folder(site: Path) -> tuple[Path, BaseFileLock]:
    """A new folder in `site`, and the lock on it, which is held."""
    site.mkdir(parents=True, exist_ok=True)
    with site_lock(site):
        recover(site)
        remove_leftovers(site)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=site))
        lock = FileLock(folder / BUILD_LOCK)
        lock.acquire()
    return folder, lock


def remove_leftovers(site: Path) -> None:
    """Remove the folders of builds that are no longer running. Call it while holding the site's lock."""
    for folder in sorted(path for path in site.glob(f"{PREFIX}*") if path.is_dir()):
        try:
            with FileLock(folder / BUILD_LOCK, blocking=False):
                shutil.rmtree(folder, ignore_errors=True)
        except Timeout:
            continue
