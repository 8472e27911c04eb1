"""An orderly stop: Ctrl+C, SIGTERM and SIGHUP end a command as an error does, and what it has begun is cleared away.

Python turns Ctrl+C alone into an exception; the other two would leave processes and folders behind.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: What asks a program to stop. Windows has no SIGHUP.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
#: Seconds after one signal in which others are taken for the same: a terminal and `timeout` send several.
SAME = 2.0

_last = -SAME
_holding = False
_kept: int | None = None


class Stopped(BaseException):
    """The program has been asked to stop by the signal `number`. No error: nobody but the command itself catches it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number
        #: The editions that were published before that.
        self.published: list[int] = []

    def message(self) -> str:
        """What a person has to know."""
        if not self.published:
            return "Stopped; nothing published has changed."
        return f"Stopped; published by then: {', '.join(map(str, self.published))}. Nothing else has changed."


def stop_in_order() -> None:
    """Let each of `SIGNALS` that this program was not started without raise `Stopped` in the main thread."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


@contextmanager
def held() -> Iterator[None]:
    """Let what must be done whole be done: a stop that is asked for meanwhile comes afterwards."""
    global _holding, _kept
    _holding = True
    try:
        yield
    finally:
        _holding = False
        if _kept is not None:
            number, _kept = _kept, None
            raise Stopped(number)


def _stop(number: int, _frame: FrameType | None) -> None:
    global _last, _kept
    if time.monotonic() - _last < SAME:
        return
    _last = time.monotonic()
    if not _holding:
        raise Stopped(number)
    _kept = number
