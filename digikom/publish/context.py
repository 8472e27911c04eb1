"""What the notebook at work is about: its years, the status of its answers, and what it has published so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from digikom.publish.session import Session


@dataclass(frozen=True, slots=True)
class Shown:
    """A published number as the reader sees it: rounded, and written in both languages."""

    value: Decimal
    unit: str
    text: str
    english: str


@dataclass
class Context:
    """The survey frames a notebook has declared, the keys it has published so far, and its numbers.

    `english` has English names of items and groups by their Norwegian ones.
    """

    sources: list[str] = field(default_factory=list)
    status: str = "synthetic"
    keys: set[str] = field(default_factory=set)
    numbers: dict[str, Shown] = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)
    opened: Session | None = None

    @property
    def session(self) -> Session:
        """What `publish.begin` gave. Raises RuntimeError before that."""
        if self.opened is None:
            raise RuntimeError("the notebook has not called publish.begin")
        return self.opened


_current = Context()


def current() -> Context:
    """The context as it is now."""
    return _current


def data_used(*frames: pd.DataFrame) -> None:
    """Declare the survey frames that everything published from here on is computed from.

    Each frame comes from `survey.load` or `survey.answers`, whose `attrs` hold the source text and the data status. One
    synthetic frame makes everything synthetic. Calling it again starts afresh, so that «Run all» in Jupyter works twice
    in one kernel.
    """
    attributes: list[dict[Any, Any]] = [frame.attrs for frame in frames]
    sources: list[str] = []
    for attrs in attributes:
        given: str | Sequence[str] = attrs["source_nb"]
        sources += [given] if isinstance(given, str) else given
    _current.__dict__.update(Context(sources=list(dict.fromkeys(sources))).__dict__)
    _current.status = "real" if attributes and all(attrs["status"] == "real" for attrs in attributes) else "synthetic"


def in_session(session: Session, english: Mapping[str, str]) -> None:
    """Let everything published from here on be about the years of `session`."""
    _current.opened, _current.english = session, english


def claim(key: str) -> Context:
    """The current context, with `key` marked as published.

    Raises ValueError when the notebook has already published something under `key`.
    """
    if key in _current.keys:
        raise ValueError(f"the key {key!r} is published twice in this notebook")
    _current.keys.add(key)
    return _current
