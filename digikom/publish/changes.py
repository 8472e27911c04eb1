"""Hand over the changes of numbers since the previous edition, number by number, for the file that programs read.

Both values have been published, each by its own edition, so that nothing is to be held back here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from digikom.publish.handover import hand_over, rows_handed_over
from digikom.publish.numbers import REGISTER_DIGITS
from digikom.publish.outputs import CHANGES_MIME, current

#: What is handed over of a number. `reason` is empty where the change is a development, and else one of the kinds of
#: `data/codebook/absences.csv`, `item`, `calculation` or `broken`; `why` says it in words.
CHANGE_FIELDS = ("key", "key_before", "label", "unit", "notebook", "before", "after", "change", "reason", "why")


def changes(key: str, found: pd.DataFrame, before: int | None) -> None:
    """Hand over `found`, a row a number with the columns `CHANGE_FIELDS`, under `key`; `before` is the year of the
    previous edition. Of no rows nothing is handed over.
    """
    session = current().session
    values = found[list(CHANGE_FIELDS)].astype(dict.fromkeys(("before", "after", "change"), "float64"))
    values = values.round(REGISTER_DIGITS).astype(object)
    records = values.where(values.notna(), None).to_numpy().tolist()
    if records:
        rows = [[*record, before, session.target, current().status] for record in records]
        hand_over(CHANGES_MIME, key, rows, "hvordan {} tall har endret seg")


def changes_of(cells: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the cells of a notebook file hand over: the fields of each number, the two years and the data status."""
    fields = (*CHANGE_FIELDS, "year_before", "year", "status")
    return [dict(zip(fields, row, strict=True)) for row in rows_handed_over(cells, CHANGES_MIME) or ()]
