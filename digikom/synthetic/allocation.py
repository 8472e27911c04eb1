"""Dealing out answers at random, but to exact numbers: a repeatable source of chance, tables with given margins, and
the cheapest way to hand out places.

Python promises that `random.Random(text).random()` gives the same sequence in every version, but not that `shuffle`,
`sample` or `gauss` do. So everything here is built on `random()` alone, with whole numbers: no result depends on the
last bit of a float.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from scipy.optimize import linear_sum_assignment

T = TypeVar("T")
P = TypeVar("P")

# One standard deviation of `SeededRandom.noise`, and the unit of all latent values.
UNIT = 1000
# Trades per row when a table is stirred. The mixing is complete well before this (Strona et al. find about 5 a row).
TRADES_PER_ROW = 20
# Costs are multiplied by this and by the number of rows before a random remainder below it is added: all remainders
# together weigh less than a difference of one in cost.
REMAINDER = 256


class AllocationError(ValueError):
    """The numbers leave no way."""


class SeededRandom:
    """A stream of chance for one purpose. Equal texts give equal streams, on every machine."""

    def __init__(self, seed: str, *purpose: str) -> None:
        """Begin the stream that belongs to a seed and a purpose."""
        self._random = random.Random("/".join((seed, *purpose))).random

    def integer(self, below: int) -> int:
        """A whole number from 0 up to, not including, `below` (at least 1; far below 2**53)."""
        return int(self._random() * below)

    def noise(self) -> int:
        """A bell-shaped whole number with mean 0 and standard deviation `UNIT` (a sum of twelve even draws)."""
        return sum(self.integer(UNIT + 1) for _ in range(12)) - 6 * UNIT

    def shuffled(self, values: list[T]) -> list[T]:
        """The values in a random order (Fisher and Yates); the list given is left as it is."""
        order = list(values)
        for last in range(len(order) - 1, 0, -1):
            other = self.integer(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def obstacle(row_sums: Sequence[int], column_sums: Sequence[int]) -> str | None:
    """Why no table of ticks has these row sums (municipalities) and column sums (items); `None` if there is one.

    The condition of Gale and Ryser (H. J. Ryser, 1957, Combinatorial properties of matrices of zeros and ones, Canadian
    Journal of Mathematics 9; D. Gale, 1957, A theorem on flows in networks, Pacific Journal of Mathematics 7).
    """
    if min([*row_sums, *column_sums], default=0) < 0:
        return "a sum is negative"
    if sum(row_sums) != sum(column_sums):
        return f"the rows hold {sum(row_sums)} ticks in all, the columns {sum(column_sums)}"
    wanted = 0
    for rows, row_sum in enumerate(sorted(row_sums, reverse=True), start=1):
        wanted += row_sum
        available = sum(min(column_sum, rows) for column_sum in column_sums)
        if wanted > available:
            return f"the {rows} fullest rows need {wanted} ticks, the columns can give them only {available}"
    return None


def tick_table(row_sums: Sequence[int], column_sums: Sequence[int]) -> list[list[int]]:
    """A table with these margins: for each row the sorted positions of its ticked columns.

    Built row by row, each row ticking the columns that still need most. Raises `AllocationError` when there is none.
    """
    problem = obstacle(row_sums, column_sums)
    if problem is not None:
        raise AllocationError(problem)
    needed = list(column_sums)
    table: list[list[int]] = [[] for _ in row_sums]
    for row in sorted(range(len(row_sums)), key=lambda row: (-row_sums[row], row)):
        by_need = sorted(range(len(needed)), key=lambda column: (-needed[column], column))
        table[row] = sorted(by_need[: row_sums[row]])
        for column in table[row]:
            needed[column] -= 1
    return table


def stir(table: Sequence[Sequence[int]], chance: SeededRandom, trades: int | None = None) -> list[list[int]]:
    """The table after random curveball trades: two rows swap some of the columns that only one of them has ticked.

    Row and column sums are unchanged, and every table with them can be reached (G. Strona et al., 2014, A fast and
    unbiased procedure to randomize ecological binary matrices with fixed row and column totals, Nature Communications
    5, 4114). `trades` is `TRADES_PER_ROW` a row unless given.
    """
    rows = [list(row) for row in table]
    if len(rows) < 2:
        return rows
    for _ in range(TRADES_PER_ROW * len(rows) if trades is None else trades):
        one = chance.integer(len(rows))
        other = (one + 1 + chance.integer(len(rows) - 1)) % len(rows)
        only_one = [column for column in rows[one] if column not in rows[other]]
        only_other = [column for column in rows[other] if column not in rows[one]]
        shared = [column for column in rows[one] if column in rows[other]]
        pool = chance.shuffled(only_one + only_other)
        rows[one] = sorted(shared + pool[: len(only_one)])
        rows[other] = sorted(shared + pool[len(only_one) :])
    return rows


def assign(
    rows: Sequence[T], places: Mapping[P, int], cost: Callable[[T, P], int | None], chance: SeededRandom
) -> dict[T, P]:
    """One place for every row, each kind of place used exactly as often as `places` says, at the least total cost.

    `cost` gives a whole number, or `None` for a place that the row may not have. Raises `AllocationError` when the
    numbers of rows and places differ or when somebody would have to take a forbidden place.

    Solved exactly by `scipy.optimize.linear_sum_assignment` (D. F. Crouse, 2016, On implementing 2D rectangular
    assignment algorithms, IEEE Transactions on Aerospace and Electronic Systems 52). A random remainder below any real
    difference in cost makes the best solution unique: it is not left to the solver which of equally good ones it finds.
    """
    kinds = [place for place, count in places.items() for _ in range(count)]
    if len(kinds) != len(rows):
        raise AllocationError(f"{len(rows)} municipalities but {len(kinds)} places")
    by_row: list[dict[P, int | None]] = []
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
        raise AllocationError(f"{ruled_out} municipalities can only get a place that is ruled out for them")
    return {rows[row]: kinds[place] for row, place in zip(chosen_rows, chosen_places, strict=True)}
