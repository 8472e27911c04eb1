"""Plain counting of the built-in survey files: the csv module and whole numbers, nothing of the package.

It shares no code with the generator or the notebooks, so that agreement means something. Whether the printed figures
are met is counted by the notebooks, and tested in `test_published_figures`.
"""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
YEARS = (2018, 2022, 2023, 2024)
# The years in which everything was asked.
WHOLE_YEARS = (2018, 2022)
DIVISION = {2018: "2018", 2022: "2020", 2023: "2020", 2024: "2024"}
SIZES = ("under_2000", "2000_4999", "5000_9999", "10000_19999", "20000_49999", "50000_plus")

Row = dict[str, str]
Test = Callable[[Row], bool]


def table(path: Path) -> list[Row]:
    """The rows of a CSV file, all cells as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=4)
def survey(year: int) -> list[Row]:
    """The respondents of a year, each with its register entry under `register.<column>`."""
    register = {
        row["municipality_code"]: row for row in table(DATA / "municipalities" / f"municipalities-{DIVISION[year]}.csv")
    }
    return [
        row | {f"register.{column}": value for column, value in register[row["municipality_code"]].items()}
        for row in table(DATA / "survey" / f"{year}.csv")
    ]


def number(row: Row, prefix: str, *answers: str) -> int:
    """How many columns that begin with `prefix` have one of the answers."""
    return sum(value in answers for column, value in row.items() if column.startswith(prefix))


def areas(row: Row) -> int:
    return number(row, "strategy_", "yes")


def changes(row: Row) -> int:
    return number(row, "project_", "yes")


def internal(row: Row) -> int:
    return number(row, "function_", "exclusively_internal", "mainly_internal")


def cloud(row: Row) -> int:
    return number(row, "cloud_", "yes")


def purchases(row: Row) -> int:
    return number(row, "procurement_", "wholly", "partly")


def points(row: Row) -> int:
    total = 0
    for column, some, more in (
        ("service_open_access", 1, 3),
        ("service_simple_individual", 1, 3),
        ("service_complex_individual", 2, 4),
        ("service_self_activated", 2, 4),
    ):
        total += some * (row[column] == "some") + more * (row[column] in ("about_half", "most", "all"))
    return total


def has(column: str, *answers: str) -> Test:
    return lambda row: row[column] in answers


def everybody(row: Row) -> bool:
    return True


with_strategy = has("has_strategy", "yes")
with_projects = has("has_projects", "yes")
with_cloud = has("uses_cloud", "yes")
tried = has("tried_recruiting", "yes")
not_tried = has("tried_recruiting", "no")
problem = has("recruiting_problem", "yes")
large_barrier = has("barrier_competence", "fairly_large", "very_large")
open_data = has("shares_open_data", "yes")
OTHER_BARRIERS = ("resources", "costs", "dependence", "law", "common_solutions")


def large(barrier: str) -> Test:
    return has(f"barrier_{barrier}", "fairly_large", "very_large")


def other_barriers(row: Row) -> int:
    return sum(large(barrier)(row) for barrier in OTHER_BARRIERS)


def with_purchases(row: Row) -> bool:
    return purchases(row) > 0


def in_house(column: str) -> Test:
    return has(column, "exclusively_internal", "mainly_internal")


def of_size(size: str) -> Test:
    return has("register.size_class", size)


def both(*tests: Test) -> Test:
    return lambda row: all(test(row) for test in tests)


def count(year: int, test: Test, base: Test = everybody) -> int:
    """Respondents that pass both tests."""
    return sum(test(row) for row in survey(year) if base(row))


def percent(year: int, test: Test, base: Test = everybody) -> Fraction:
    """Share in per cent, exact."""
    return Fraction(100 * count(year, test, base), count(year, base))


def median(year: int, value: Callable[[Row], int], base: Test = everybody) -> float:
    return statistics.median(value(row) for row in survey(year) if base(row))


def mean_by_size(year: int, value: Callable[[Row], int]) -> list[float]:
    """The mean of a count in each size class, the smallest first."""
    return [statistics.mean(value(row) for row in survey(year) if of_size(size)(row)) for size in SIZES]


def correlation(pairs: Iterable[tuple[int, int]]) -> float:
    """Pearson's correlation coefficient of pairs of numbers."""
    one, other = zip(*pairs, strict=True)
    return statistics.correlation(one, other)
