"""Hand over what numbers on synthetic answers rest on: printed figures, what follows from them, or nothing printed.

It is data for the pages, not a table of the report. An edition on real answers has none of it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from digikom.publish.outputs import EVIDENCE_MIME, current, show
from digikom.publish.published import outputs_of

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
    context = current()
    if context.status != "synthetic":
        return
    context.claim(key)
    rows = [[str(name), row["evidence"], row["where"]] for name, row in found.iterrows()]
    line = f"Gitt videre til sidene: hva {len(rows)} tall bygger på."
    show(EVIDENCE_MIME, {"key": key, "rows": rows}, f"<p>{html.escape(line)}</p>", line)


def evidence_of(cells: Iterable[Mapping[str, Any]]) -> dict[str, Evidence] | None:
    """What the cells of a notebook file hand over, by key; None where they hand over nothing."""
    given = [data for _, _, data in outputs_of(cells, [EVIDENCE_MIME])]
    return {key: Evidence(kind, where) for data in given for key, kind, where in data["rows"]} if given else None
