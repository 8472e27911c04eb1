"""Tables with given margins, assignment at least cost, and chance that can be repeated."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digikom.synthetic.allocation import UNIT, AllocationError, SeededRandom, assign, obstacle, stir, tick_table

repeatable = settings(derandomize=True, max_examples=60, deadline=None, database=None)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[int]], int]:
    """A table as the ticked columns of each row, and the number of columns."""
    columns = draw(st.integers(1, 7))
    rows = draw(st.lists(st.sets(st.integers(0, columns - 1)), min_size=1, max_size=12))
    return [sorted(row) for row in rows], columns


def column_sums(table: list[list[int]], columns: int) -> list[int]:
    ticks = Counter(column for row in table for column in row)
    return [ticks[column] for column in range(columns)]


@repeatable
@given(tables())
def test_a_table_with_the_margins_of_a_table_is_built(example: tuple[list[list[int]], int]) -> None:
    table, columns = example
    sums = column_sums(table, columns)
    built = tick_table([len(row) for row in table], sums)
    assert [len(row) for row in built] == [len(row) for row in table]
    assert column_sums(built, columns) == sums
    assert all(row == sorted(set(row)) for row in built)


@repeatable
@given(tables(), st.text(min_size=1, max_size=5), st.integers(0, 40))
def test_stirring_keeps_both_margins(example: tuple[list[list[int]], int], seed: str, trades: int) -> None:
    table, columns = example
    stirred = stir(table, SeededRandom(seed), trades)
    assert [len(row) for row in stirred] == [len(row) for row in table]
    assert column_sums(stirred, columns) == column_sums(table, columns)
    assert all(row == sorted(set(row)) for row in stirred)


@repeatable
@given(st.lists(st.integers(0, 3), min_size=3, max_size=3), st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_obstacle_is_found_exactly_when_no_table_exists(rows: list[int], columns: list[int]) -> None:
    """Against all 512 tables of three rows and three columns."""
    exists = any(
        [sum(cells[3 * row : 3 * row + 3]) for row in range(3)] == rows
        and [sum(cells[column::3]) for column in range(3)] == columns
        for cells in product((0, 1), repeat=9)
    )
    assert (obstacle(rows, columns) is None) == exists
    if not exists:
        with pytest.raises(AllocationError):
            tick_table(rows, columns)


@pytest.mark.parametrize(
    ("rows", "columns", "reason"),
    [
        ([2, 1], [1, 1], "the rows hold 3 ticks in all, the columns 2"),
        ([3, 3, 0], [3, 3, 0], "the 1 fullest rows need 3 ticks, the columns can give them only 2"),
        ([2, 2, 2], [3, 3, 0], None),
        ([-1, 1], [0, 0], "a sum is negative"),
    ],
)
def test_obstacle_says_what_is_wrong(rows: list[int], columns: list[int], reason: str | None) -> None:
    assert obstacle(rows, columns) == reason


def test_stirring_moves_ticks_and_is_repeatable() -> None:
    table = tick_table([5] * 30, [15] * 10)
    once, again, other = (stir(table, SeededRandom(seed)) for seed in ("a", "a", "b"))
    assert once == again
    assert once not in (table, other)
    assert len({tuple(row) for row in once}) > 15


@repeatable
@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=4, max_size=4))
def test_assignment_has_the_least_cost(costs: list[list[int]]) -> None:
    """Against all ways to hand out two places of one kind and one each of two others."""
    places = {0: 2, 1: 1, 2: 1}
    chosen = assign(range(4), places, lambda row, place: costs[row][place], SeededRandom("test"))
    least = min(sum(costs[row][place] for row, place in enumerate(order)) for order in permutations([0, 0, 1, 2]))
    assert Counter(chosen.values()) == Counter(places)
    assert sum(costs[row][place] for row, place in chosen.items()) == least


def test_assignment_keeps_to_what_is_ruled_out_or_refuses() -> None:
    places = {"good": 1, "bad": 2}
    for barred in ("a", "b", "c"):

        def cost(row: str, place: str, barred: str = barred) -> int | None:
            return None if (row, place) == (barred, "bad") else 0

        assert assign("abc", places, cost, SeededRandom("x"))[barred] == "good"
    with pytest.raises(AllocationError, match="1 municipalities can only get a place that is ruled out"):
        assign("abc", places, lambda row, place: None if row in "ab" and place == "bad" else 0, SeededRandom("x"))
    with pytest.raises(AllocationError, match="3 municipalities but 4 places"):
        assign("abc", {"good": 4}, lambda row, place: 0, SeededRandom("x"))


def test_chance_is_the_same_everywhere() -> None:
    """The first draws of a stream, written down once: another Python must draw the same."""
    chance = SeededRandom("seed", "purpose")
    assert [chance.integer(1000) for _ in range(6)] == [328, 400, 644, 33, 146, 928]
    assert SeededRandom("seed", "purpose").shuffled(list("abcdefgh")) == list("bfgeadhc")
    assert SeededRandom("seed", "noise").noise() == 971


def test_noise_has_mean_zero_and_unit_spread() -> None:
    chance = SeededRandom("spread")
    values = [chance.noise() for _ in range(4000)]
    assert abs(sum(values) / len(values)) < UNIT / 20
    assert abs((sum(value * value for value in values) / len(values)) ** 0.5 - UNIT) < UNIT / 20
