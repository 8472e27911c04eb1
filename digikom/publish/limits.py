"""Hand over what the scores and grades would be with other limits; here it passes the gate for confidential answers.

The cases are computed in a notebook, and the sentences on them are from the files of words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from digikom.publish.confidentiality import smallest_group
from digikom.publish.handover import hand_over, rows_handed_over
from digikom.publish.numbers import REGISTER_DIGITS
from digikom.publish.outputs import LIMITS_MIME, current


def limits(key: str, indicators: pd.DataFrame, places: pd.DataFrame, cases: pd.DataFrame) -> list[str]:
    """Hand over the `cases` of `indicators` under `key`; returns the names of those that may be shown.

    `indicators` has by name (the index) its `label`, the names of its `levels` and the `base` of municipalities;
    `places` a row for each place of a limit, by `measure`: `part`, `score`, `label`, `step`, `limit` and `text`; and
    `cases` a row a case, by `measure`: `steps`, `counts`, `percent`, `top`, `change`, `conclusion`, `verdict` and
    `text`. One case may be subtracted from another: of confidential answers an indicator is handed over only where all
    municipalities that answered are in it. Of nothing nothing is handed over.
    """
    session, context = current().session, current()
    bases = dict(zip(map(str, indicators.index), indicators["base"].astype(int).tolist(), strict=True))
    shown = [name for name, base in bases.items() if _may_be_shown(base)]
    about = [session.target, session.reference, context.status, context.sources]
    rows = []
    for name in shown:
        one = indicators.loc[name]
        own, found = places[places["measure"] == name], cases[cases["measure"] == name]
        levels = [name, one["label"], *about, bases[name], list(one["levels"])]
        row = [*levels, _limits(own), [_case(case) for case in found.to_dict("records")]]
        # A text, for a notebook file has a line for each number in it.
        rows.append([json.dumps(row, ensure_ascii=False)])
    if rows:
        hand_over(LIMITS_MIME, key, rows, "hvordan {} indikatorer fordeler seg med andre grenser")
    return shown


def _may_be_shown(base: int) -> bool:
    session = current().session
    return base > 0 and (session.shown_singly or smallest_group() <= base == session.respondents[session.target])


def _limits(places: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            "indicator": str(part),
            "score": int(str(score)),
            "label": str(label),
            "steps": [
                {"step": int(row["step"]), "limit": int(row["limit"]), "text": row["text"]}
                for row in rows.to_dict("records")
            ],
        }
        for (part, score, label), rows in places.groupby(["part", "score", "label"], sort=False)
    ]


def _case(case: Mapping[Any, Any]) -> dict[str, Any]:
    change = None if pd.isna(case["change"]) else round(float(case["change"]), REGISTER_DIGITS)
    return {
        "steps": [int(step) for step in case["steps"]],
        "counts": [int(count) for count in case["counts"]],
        "percent": [round(float(share), REGISTER_DIGITS) for share in case["percent"]],
        "top": round(float(case["top"]), REGISTER_DIGITS),
        "change": change,
        **{name: case[name] for name in ("conclusion", "verdict", "text")},
    }


def limits_of(cells: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """What the cells of a notebook file hand over, a row an indicator."""
    return [json.loads(row) for (row,) in rows_handed_over(cells, LIMITS_MIME) or ()]
