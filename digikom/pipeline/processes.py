"""Processes that work for another one."""

from __future__ import annotations

import ctypes
import signal
import sys
import tempfile
from pathlib import Path

# A constant of <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1
#: The longest folder for temporary files that leaves room for the name of a socket.
_LONGEST = 60


def socket_folder() -> str:
    """Where sockets can be: their paths have 107 bytes at most on Linux, whatever TMPDIR says."""
    folder = tempfile.gettempdir()
    return "/tmp" if len(folder.encode()) > _LONGEST and Path("/tmp").is_dir() else folder


def end_with_parent() -> None:
    """Let the system end this process when the one that started it dies, however it does (prctl(2)).

    What works for a killed build would otherwise go on for minutes and write to a folder that the next build removes.
    Does nothing on other systems than Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
