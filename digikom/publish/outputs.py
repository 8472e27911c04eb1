"""What a notebook has declared and displayed: its sources, keys and numbers so far, and outputs of our own types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from IPython.display import display

if TYPE_CHECKING:
    from digikom.publish.session import Session

NUMBER_MIME = "application/vnd.digikom.number+json"
WORDING_MIME = "application/vnd.digikom.wording+json"
FIGURE_MIME = "application/vnd.digikom.figure+json"
TABLE_MIME = "application/vnd.digikom.table+json"
#: What the pages on single municipalities are made from; not shown in the chapters, and no part of the register.
MUNICIPALITIES_MIME = "application/vnd.digikom.municipalities+json"
#: What the numbers of an edition on synthetic answers rest on; no part of the register either.
EVIDENCE_MIME = "application/vnd.digikom.evidence+json"
#: How low and how high numbers could be, had those who did not answer answered; beside the numbers in the register.
BOUNDS_MIME = "application/vnd.digikom.bounds+json"
#: How numbers have changed since the previous edition; for a file that programs read.
CHANGES_MIME = "application/vnd.digikom.changes+json"
#: How scores and grades would be distributed with other limits; a file of its own, and no part of the register.
LIMITS_MIME = "application/vnd.digikom.limits+json"
HANDED_OVER_MIMES = (MUNICIPALITIES_MIME, EVIDENCE_MIME, BOUNDS_MIME, CHANGES_MIME, LIMITS_MIME)
PUBLISHED_MIMES = (NUMBER_MIME, WORDING_MIME, FIGURE_MIME, TABLE_MIME)

SYNTHETIC_MARK = "Syntetiske svar – ikke svar fra virkelige kommuner"


@dataclass(frozen=True, slots=True)
class Shown:
    """A published number as the reader sees it: rounded, and written in both languages."""

    value: Decimal
    unit: str
    text: str
    english: str


@dataclass
class Context:
    """The sources and status of the answers, the keys that the notebook has published so far, and its numbers."""

    sources: list[str] = field(default_factory=list)
    status: str = "synthetic"
    opened: Session | None = None
    keys: set[str] = field(default_factory=set)
    numbers: dict[str, Shown] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """What `publish.begin` gave. Raises RuntimeError before that."""
        if self.opened is None:
            raise RuntimeError("the notebook has not called publish.begin")
        return self.opened

    def claim(self, *keys: str) -> None:
        """Mark the keys as published. Raises ValueError for one that the notebook has already published."""
        for key in keys:
            if key in self.keys:
                raise ValueError(f"the key {key!r} is published twice in this notebook")
            self.keys.add(key)


_current = Context()


def current() -> Context:
    """The context as it is now."""
    return _current


def data_used(attrs: Mapping[Any, Any] | None = None, session: Session | None = None) -> None:
    """Declare what everything published from here on is computed from: the `attrs` of a frame of `survey.answers`.

    Calling it again starts afresh, so that «Run all» in Jupyter works twice in one kernel.
    """
    global _current
    _current = Context(list(dict.fromkeys(attrs["source_nb"])), attrs["status"], session) if attrs else Context()


def show(mime: str, payload: dict[str, Any], html: str, text: str) -> None:
    """Display `payload` as an output of type `mime`, as HTML in plain Jupyter and as text in a terminal."""
    display({mime: payload, "text/html": html, "text/plain": text}, raw=True)
