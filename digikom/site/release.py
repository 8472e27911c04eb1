"""Put finished work in the published site: in one step, one build at a time, and with no address ever empty.

Work lies in a folder beside the site, which may be served or copied meanwhile. What is published changes only under the
lock of the site.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from digikom.errors import InputError, message_of
from digikom.scratch import PREFIX, remove_dead, scratch

#: The lock file of the site; it is there only while somebody holds it.
SITE_LOCK = f"{PREFIX}lock"
# Constants of <fcntl.h> and <linux/fs.h>.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
#: Ending of the hidden name under which the two renames keep the folder on its way out; nobody else's files have it.
_RETIRED = ".digikom-old"


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
    """A folder of one build beside `site`, in the same file system as what is published; gone when the build ends.

    First puts right what killed builds have left. Raises InputError where nothing can be written.
    """
    with ExitStack() as stack:
        try:
            site.mkdir(parents=True, exist_ok=True)
            with site_lock(site):
                recover(site)
            remove_dead(Path(tempfile.gettempdir()))
            folder = stack.enter_context(scratch(site.resolve().parent))
        except OSError as error:
            raise InputError(f"The site cannot be written to {site}: {message_of(error)}.") from error
        if folder.stat().st_dev != site.stat().st_dev:
            raise InputError(f"{site} is a file system of its own; name a folder in it, so that work can lie beside.")
        yield folder


def exchange(one: Path, other: Path) -> bool:
    """Let two folders of one file system change places in one step (renameat2(2)); False where that cannot be done.

    Two renames would leave the address empty for an instant, which is what a reader would meet sooner or later.
    """
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if renameat2 is None:
        return False
    done: int = renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


def replace_folder(finished: Path, target: Path) -> None:
    """Put the folder `finished`, of the same file system, at `target`. What was there is then at `finished`.

    Where the system cannot exchange folders, two renames follow each other. Call it while holding the site's lock.
    Raises OSError when it fails; what was published is then as before.
    """
    if not target.exists():
        finished.rename(target)
    elif not exchange(finished, target):
        retired = target.with_name(f".{target.name}{_RETIRED}")
        target.rename(retired)
        try:
            finished.rename(target)
        except OSError:
            retired.rename(target)
            raise
        retired.rename(finished)


def recover(site: Path) -> None:
    """Put back what a process killed between two renames has taken away. Call it while holding the site's lock."""
    for retired in sorted(site.glob(f".*{_RETIRED}")):
        target = retired.with_name(retired.name.removeprefix(".").removesuffix(_RETIRED))
        if target.exists():
            shutil.rmtree(retired, ignore_errors=True)
        else:
            retired.rename(target)
