"""Put a finished folder in the place of a published one, so that its address is never empty.

Linux exchanges two folders in one step (renameat2(2), `RENAME_EXCHANGE`). Where the system or the file system cannot,
two renames follow each other; `recover` puts right what a process that was killed between them leaves behind.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

# Constants of <fcntl.h> and <linux/fs.h>.
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
#: What the call answers where the kernel or the file system does not know the exchange.
_UNSUPPORTED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
#: Ending of the hidden name under which the two renames keep the folder on its way out; nobody else's files have it.
_RETIRED = ".digikom-old"


def exchange(one: Path, other: Path) -> bool:
    """Let two existing paths of one file system change places in one step; False where that cannot be done.

    Raises OSError when it should have worked and did not (a path that does not exist, say).
    """
    if sys.platform != "linux":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def replace_folder(finished: Path, target: Path) -> None:
    """Put the folder `finished`, of the same file system, at `target`. What stood there is then at `finished`.

    Call it while holding the site's lock. Raises OSError when it fails; what was published then stands as before.
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
