"""The folder that a build works in, beside the site, and the lock that keeps builds apart.

Nothing of the work lies in the site, which may be served or copied meanwhile. What is published changes only under the
lock of the site.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from digikom.errors import InputError, told
from digikom.exchange import recover
from digikom.scratch import PREFIX, remove_dead, scratch

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
    """A folder of one build beside `site`, in the same file system as what is published; gone when the build ends.

    First puts right what killed builds have left. Raises InputError where nothing can be written.
    """
    with ExitStack() as stack:
        try:
            site.mkdir(parents=True, exist_ok=True)
            with site_lock(site):
                recover(site)
                remove_leftovers(site)
            remove_dead(Path(tempfile.gettempdir()))
            folder = stack.enter_context(scratch(site.resolve().parent))
        except OSError as error:
            raise InputError(f"The site cannot be written to {site}: {told(error)}.") from error
        if folder.stat().st_dev != site.stat().st_dev:
            raise InputError(f"{site} is a file system of its own; name a folder in it, so that work can lie beside.")
        yield folder


def remove_leftovers(site: Path) -> None:
    """Remove folders of work in the site, where earlier versions had them. Call it while holding the site's lock."""
    for folder in sorted(site.glob(f"{PREFIX}*")):
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
