"""Processes that work for another one."""

from __future__ import annotations

import ctypes
import signal
import sys

# A constant of <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Let the system end this process when the one that started it dies, however it does (prctl(2)).

    What works for a killed build would otherwise go on for minutes and write to a folder that the next build removes.
    Does nothing on other systems than Linux.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
