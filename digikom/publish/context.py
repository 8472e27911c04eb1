"""What the numbers of a notebook are made from: the sources and the data status follow every published object."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass
class Context:
    """The survey frames a notebook has declared, and the keys it has published so far."""

    sources: list[str] = field(default_factory=list)
    status: str = "synthetic"
    keys: set[str] = field(default_factory=set)


_current = Context()


def data_used(*frames: pd.DataFrame) -> None:
    """Declare the survey frames that everything published from here on is computed from.

    Each frame comes from `survey.load`, whose `attrs` hold the source text and the data status. One synthetic frame
    makes everything synthetic. Calling it again starts afresh, so that «Run all» in Jupyter works twice in one kernel.
    """
    attributes: list[dict[Any, Any]] = [frame.attrs for frame in frames]
    _current.sources = list(dict.fromkeys(attrs["source_nb"] for attrs in attributes))
    _current.status = "real" if attributes and all(attrs["status"] == "real" for attrs in attributes) else "synthetic"
    _current.keys = set()


def claim(key: str) -> Context:
    """The current context, with `key` marked as published.

    Raises ValueError when the notebook has already published something under `key`.
    """
    if key in _current.keys:
        raise ValueError(f"the key {key!r} is published twice in this notebook")
    _current.keys.add(key)
    return _current
