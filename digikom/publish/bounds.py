"""Hand over how low and how high numbers could be, whatever those who did not answer would have said.

The bounds (Manski's worst case) are computed in a notebook; here they pass the gate for confidential answers on their
way to the pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from digikom.publish.confidentiality import may_be_shown
from digikom.publish.handover import hand_over, rows_handed_over
from digikom.publish.numbers import REGISTER_DIGITS
from digikom.publish.outputs import BOUNDS_MIME, current


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest that a number could be, in its unit, and whether the distance is worth drawing."""

    low: float
    high: float
    drawn: bool


def bounds(key: str, found: pd.DataFrame) -> None:
    """Hand over `found` under `key`: by the key of a number (the index) its `low` and `high`, and whether they are
    `drawn` in figures.

    Further columns: what it counts (`count`) of its `base` in which `year`, how many are `silent`, and of how many
    municipalities (`of`), in the `group` of them that it is about (empty: all). Bounds tell the base and how many were
    not asked: of confidential answers a group has them only where all of it were. Of no rows nothing is handed over.
    """
    shown = found[[_may_be_shown(row) for row in found.to_dict("records")]] if len(found) else found
    ends = shown[["low", "high"]].astype(float).round(REGISTER_DIGITS)
    pairs = zip(map(str, shown.index), ends["low"].tolist(), ends["high"].tolist(), shown["drawn"], strict=True)
    rows = [[name, low, high, bool(drawn)] for name, low, high, drawn in pairs]
    if rows:
        hand_over(BOUNDS_MIME, key, rows, "hvor lave og hvor høye {} tall kunne vært")


def _may_be_shown(row: Mapping[Any, Any]) -> bool:
    all_were_asked = row["base"] + row["silent"] == row["of"]
    of_group = bool(row["group"]) and not all_were_asked and not current().session.shown_singly
    return not of_group and may_be_shown(row["year"], row["base"], row["count"])


def bounds_of(cells: Iterable[Mapping[str, Any]]) -> dict[str, Bounds]:
    """What the cells of a notebook file hand over, by key of the number."""
    return {key: Bounds(low, high, drawn) for key, low, high, drawn in rows_handed_over(cells, BOUNDS_MIME) or ()}
