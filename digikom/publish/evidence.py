"""Hand over what numbers on synthetic answers rest on: printed figures, what follows from them, or nothing printed.

It is data for the pages, not a table of the report. An edition on real answers has none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from digikom.publish.handover import hand_over, rows_handed_over
from digikom.publish.outputs import EVIDENCE_MIME, current

#: Empty: it does not rest on answers.
Kind = Literal["printed", "implied", "assumed", ""]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a number rests on, and in words where it is printed or what it follows from, if anywhere."""

    kind: Kind
    where: str = ""


#: What a number is that nothing printed is known of.
ASSUMED = Evidence("assumed")


def evidence(key: str, found: pd.DataFrame) -> None:
    """Hand over `found` under `key`: by the key of a number (the index) its `evidence`, and `where` in words.

    Numbers that are not in it are assumed; those without evidence do not rest on answers. Of real answers nothing is
    handed over.
    """
    if current().status == "synthetic":
        rows = [[str(name), row["evidence"], row["where"]] for name, row in found.iterrows()]
        hand_over(EVIDENCE_MIME, key, rows, "hva {} tall bygger på")


def evidence_of(cells: Iterable[Mapping[str, Any]]) -> dict[str, Evidence] | None:
    """What the cells of a notebook file hand over, by key; None where they hand over nothing."""
    given = rows_handed_over(cells, EVIDENCE_MIME)
    return None if given is None else {key: Evidence(kind, where) for key, kind, where in given}
