"""Tables of ticks with given margins: so many ticks per row (municipality) and so many per column (item), exactly.

Whether such a table exists is answered by the condition of Gale and Ryser (H. J. Ryser, 1957, Combinatorial properties
of matrices of zeros and ones, Canadian Journal of Mathematics 9; D. Gale, 1957, A theorem on flows in networks, Pacific
Journal of Mathematics 7). One is then built row by row, each row ticking the columns that lack most, and stirred with
curveball trades, which keep both margins and reach every table with them (G. Strona et al., 2014, A fast and unbiased
procedure to randomize ecological binary matrices with fixed row and column totals, Nature Communications 5, 4114).
"""

from __future__ import annotations

from collections.abc import Sequence

from digikom.synthetic.chance import Chance

# Trades per row when a table is stirred. The mixing is complete well before this (Strona et al. find about 5 a row).
TRADES_PER_ROW = 20


class MarginError(ValueError):
    """No table has these margins."""


def obstacle(row_sums: Sequence[int], column_sums: Sequence[int]) -> str | None:
    """Why no 0/1 table has these row and column sums; `None` if there is one (Gale and Ryser)."""
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


def build(row_sums: Sequence[int], column_sums: Sequence[int]) -> list[list[int]]:
    """A table with these margins: for each row the sorted positions of its ticked columns.

    Raises `MarginError` when there is none.
    """
    problem = obstacle(row_sums, column_sums)
    if problem is not None:
        raise MarginError(problem)
    lacking = list(column_sums)
    table: list[list[int]] = [[] for _ in row_sums]
    for row in sorted(range(len(row_sums)), key=lambda row: (-row_sums[row], row)):
        by_need = sorted(range(len(lacking)), key=lambda column: (-lacking[column], column))
        table[row] = sorted(by_need[: row_sums[row]])
        for column in table[row]:
            lacking[column] -= 1
    return table


def stir(table: Sequence[Sequence[int]], chance: Chance, trades: int | None = None) -> list[list[int]]:
    """The table after random curveball trades: two rows swap some of the columns that only one of them has ticked.

    Row and column sums are unchanged. `trades` is `TRADES_PER_ROW` a row unless given.
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
