"""Handing out places to municipalities so that the total cost is as small as possible.

The assignment problem, solved exactly by `scipy.optimize.linear_sum_assignment` (D. F. Crouse, 2016, On implementing 2D
rectangular assignment algorithms, IEEE Transactions on Aerospace and Electronic Systems 52). Costs are whole numbers,
so that rounding can't decide, and a random remainder below any real difference makes the best solution unique: it does
not depend on which of several equally good ones a solver happens to find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from digikom.synthetic.chance import Chance

R = TypeVar("R")
P = TypeVar("P")

# Costs are multiplied by this and by the number of rows before a random remainder below it is added: all remainders
# together weigh less than a difference of one in cost.
REMAINDER = 256


class AssignmentError(ValueError):
    """No way to hand out the places keeps to the rules."""


def assign(
    rows: Sequence[R], places: Mapping[P, int], cost: Callable[[R, P], int | None], chance: Chance
) -> dict[R, P]:
    """One place for every row, each kind of place used exactly as often as `places` says.

    `cost` gives a whole number, or `None` for a place that the row may not have. Raises `AssignmentError` when the
    numbers of rows and places differ or when somebody would have to take a forbidden place.
    """
    kinds = [place for place, count in places.items() for _ in range(count)]
    if len(kinds) != len(rows):
        raise AssignmentError(f"{len(rows)} municipalities but {len(kinds)} places")
    by_row = []
    for row in rows:
        own = {place: cost(row, place) for place in places}
        by_row.append(
            {
                place: None if value is None else value * REMAINDER * len(rows) + chance.integer(REMAINDER)
                for place, value in own.items()
            }
        )
    # More than any way without a forbidden place can cost above another one.
    spans = [[value for value in own.values() if value is not None] or [0] for own in by_row]
    forbidden = max(map(max, spans), default=0) + sum(max(span) - min(span) for span in spans) + 1
    costs = np.array(
        [[forbidden if (value := own[kind]) is None else value for kind in kinds] for own in by_row], dtype=np.int64
    ).reshape(len(rows), len(kinds))
    chosen_rows, chosen_places = linear_sum_assignment(costs)
    ruled_out = int((costs[chosen_rows, chosen_places] == forbidden).sum())
    if ruled_out:
        raise AssignmentError(f"{ruled_out} municipalities can only get a place that is ruled out for them")
    return {rows[row]: kinds[place] for row, place in zip(chosen_rows, chosen_places, strict=True)}
