"""Plain counting of the built-in survey files: the csv module and whole numbers, nothing of the package.

`FIGURES` says, for each printed figure (id in `data/published/figures.csv`), how it is counted from the raw answers. It
shares no code with the generator or the notebooks, so that agreement means something.
"""

from __future__ import annotations

import csv
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
small_barrier = has("barrier_competence", "fairly_small", "very_small")
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


def priority(row: Row) -> int:
    if areas(row) == 0 and not with_projects(row):
        return 0
    return {(False, False): 1, (True, False): 2, (False, True): 3, (True, True): 4}[areas(row) >= 10, changes(row) >= 7]


def competence(row: Row) -> int:
    if problem(row):
        return 2
    if internal(row) <= 7:
        return 1 if tried(row) else 0
    return 3 if tried(row) else 4


def use(row: Row) -> int:
    if (cloud(row) == 0 and purchases(row) <= 3) or (cloud(row) <= 3 and purchases(row) == 0):
        return 0
    return {(False, False): 1, (True, False): 2, (False, True): 3, (True, True): 4}[
        cloud(row) >= 7, purchases(row) >= 6
    ]


def activity(row: Row) -> int:
    if (use(row) == 0 and points(row) <= 1) or (use(row) == 1 and points(row) == 0):
        return 0
    return {(False, False): 1, (True, False): 2, (False, True): 3, (True, True): 4}[use(row) >= 3, points(row) >= 4]


def count(year: int, test: Test, base: Test = everybody) -> int:
    """Respondents that pass both tests."""
    return sum(test(row) for row in survey(year) if base(row))


def percent(year: int, test: Test, base: Test = everybody) -> Fraction:
    """Share in per cent, exact."""
    return Fraction(100 * count(year, test, base), count(year, base))


def median(year: int, value: Callable[[Row], int], base: Test = everybody) -> Fraction:
    values = sorted(value(row) for row in survey(year) if base(row))
    return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2)


def municipalities(year: int) -> int:
    return len(table(DATA / "municipalities" / f"municipalities-{DIVISION[year]}.csv"))


def at_least(value: Callable[[Row], int], limit: int) -> Test:
    return lambda row: value(row) >= limit


def exactly(value: Callable[[Row], int], wanted: int) -> Test:
    return lambda row: value(row) == wanted


Figure = Callable[[], Fraction | int]
FIGURES: dict[str, Figure] = {}


def counted(ids: str, year: int, test: Test, base: Test = everybody) -> None:
    """The figures `ids` are a number of municipalities."""
    FIGURES.update((one, lambda: count(year, test, base)) for one in ids.split())


def shared(ids: str, year: int, test: Test, base: Test = everybody) -> None:
    """The figures `ids` are a share in per cent."""
    FIGURES.update((one, lambda: percent(year, test, base)) for one in ids.split())


def risen(ids: str, test: Test, base: Test = everybody) -> None:
    """The figures `ids` are about a change in percentage points between the two years."""
    FIGURES.update((one, lambda: percent(2022, test, base) - percent(2018, test, base)) for one in ids.split())


def graded(grade: Callable[[Row], int], counts: str, shares: str, shares_before: str, counts_before: str) -> None:
    """The figures are the five rows of a table: number and share of 2022, share and number of 2018."""
    for value in range(5):
        counted(counts.split()[value], 2022, exactly(grade, value))
        shared(shares.split()[value], 2022, exactly(grade, value))
        shared(shares_before.split()[value], 2018, exactly(grade, value))
        counted(counts_before.split()[value], 2018, exactly(grade, value))


# Frame and chapter 3
FIGURES["P001"] = lambda: municipalities(2022)
FIGURES["P003"] = lambda: Fraction(100 * count(2022, everybody), municipalities(2022))
FIGURES["P208"] = lambda: Fraction(100 * count(2018, everybody), municipalities(2018))
counted("P002 P070 P103 P154 P172", 2022, everybody)
counted("P004", 2018, everybody)
shared("P035", 2022, has("strategy_information_security", "yes"), with_strategy)
shared("P036", 2022, has("strategy_welfare_technology", "yes"), with_strategy)
shared("P037", 2022, with_projects)
counted("D031", 2022, with_projects)
shared("P038", 2018, with_projects)
counted("D032", 2018, with_projects)
shared("P039", 2022, with_projects, of_size("under_2000"))
counted("D046", 2022, with_projects, of_size("under_2000"))
shared("P041", 2022, has("project_service_quality", "yes"), with_projects)
shared("P042", 2018, has("project_service_quality", "yes"), with_projects)
counted("D033", 2018, has("project_service_quality", "yes"))
shared("P043", 2022, has("project_work_routines", "yes"), with_projects)
shared("P044", 2022, has("project_reduced_staffing", "yes"), with_projects)
shared("P045", 2018, has("project_reduced_staffing", "yes"), with_projects)
for of_all, number_id, column in (
    ("P215", "D021", "project_service_quality"),
    ("P218", "D022", "project_work_routines"),
    ("P221", "D023", "project_reduced_staffing"),
    ("P224", "D024", "project_staff_tasks"),
    ("P227", "D025", "project_case_processing"),
    ("P230", "D026", "project_collaboration"),
    ("P233", "D027", "project_self_service"),
    ("P236", "D028", "project_new_services"),
    ("P239", "D029", "project_infrastructure"),
    ("P242", "D030", "project_other"),
):
    shared(of_all, 2022, has(column, "yes"))
    counted(number_id, 2022, has(column, "yes"))
FIGURES["P046"] = lambda: median(2018, areas, with_strategy)
counted("P047", 2022, exactly(areas, 0))
FIGURES["P048"] = lambda: median(2018, changes, with_projects)
shared("P049", 2022, has("has_projects", "no"))
shared("P050", 2018, has("has_projects", "no"))
shared("P051", 2022, at_least(changes, 7), with_projects)
shared("P052", 2022, exactly(priority, 0))
shared("P053", 2022, exactly(priority, 1))
shared("P054", 2022, exactly(priority, 4))
graded(
    priority,
    "P055 P058 P061 P064 P067",
    "P056 P059 P062 P065 P068",
    "P057 P060 P063 P066 P069",
    "D001 D002 D003 D004 D005",
)
counted("D048", 2022, at_least(areas, 10))
counted("D049", 2018, at_least(areas, 10))
counted("D050", 2022, at_least(changes, 7))
counted("D051", 2018, at_least(changes, 7))
shared("P209 P210", 2018, has("has_strategy", "no"))
shared("P211", 2018, at_least(changes, 7), has("has_strategy", "no"))

# Chapter 4
shared("P006", 2022, large_barrier)
shared("P007 P081 P212", 2018, large_barrier)
shared("P082", 2022, small_barrier)
counted("D038", 2022, small_barrier)
shared("P213 P283", 2018, small_barrier)
shared("P008", 2022, tried)
counted("D041", 2022, tried)
counted("D044", 2022, not_tried)
shared("P009", 2018, tried)
counted("D042", 2018, tried)
shared("P010 P299", 2018, problem, tried)
counted("D043", 2018, problem)
shared("P011", 2022, problem, tried)
shared("P071", 2022, in_house("function_pc_operation"))
shared("P072", 2022, in_house("function_strategy_development"))
shared("P073", 2022, in_house("function_security_testing"))
counted("D034", 2022, in_house("function_security_testing"))
shared("P074", 2022, in_house("function_web_development"))
counted("D035", 2022, in_house("function_web_development"))
shared("P075", 2018, in_house("function_security_testing"))
counted("D036", 2018, in_house("function_security_testing"))
shared("P076", 2018, in_house("function_web_development"))
counted("D037", 2018, in_house("function_web_development"))
risen("P077", in_house("function_project_management"))
risen("P078", in_house("function_strategy_development"))
risen("P079", in_house("function_user_training"))
shared("P083", 2022, tried, of_size("under_2000"))
shared("P084", 2022, tried, of_size("50000_plus"))
counted("D047", 2022, tried, of_size("50000_plus"))
FIGURES["P086"] = lambda: median(2018, internal)
shared("P087", 2022, not_tried, large_barrier)
shared("P214", 2018, not_tried, large_barrier)
graded(
    competence,
    "P088 P091 P094 P097 P100",
    "P089 P092 P095 P098 P101",
    "P090 P093 P096 P099 P102",
    "D006 D007 D008 D009 D010",
)
shared("P104", 2022, has("not_tried_no_need", "yes"), not_tried)
shared("P105", 2022, has("not_tried_economy", "yes"), not_tried)
shared("P106", 2022, has("not_tried_no_belief", "yes"), not_tried)
counted("D045", 2022, has("not_tried_no_belief", "yes"))
shared("P107", 2022, has("not_tried_other", "yes"), not_tried)
counted("P109", 2022, both(not_tried, has("not_tried_no_need", "yes")), of_size("50000_plus"))
shared("P110", 2022, not_tried, of_size("50000_plus"))
counted("P111", 2022, not_tried, has("register.centrality_class", "1"))

# Chapter 5
shared("P013", 2022, with_cloud)
counted("D039", 2022, with_cloud)
shared("P014", 2022, has("cloud_office_tools", "yes"), with_cloud)
shared("P015", 2022, has("cloud_communication", "yes"), with_cloud)
shared("P016", 2022, has("cloud_virtual_meetings", "yes"), with_cloud)
risen("P017 P018", has("cloud_office_tools", "yes"), with_cloud)
risen("P019 P020", has("cloud_operating_platform", "yes"), with_cloud)
risen("P021 P022", has("cloud_backup", "yes"), with_cloud)
risen("P023 P024", has("cloud_database", "yes"), with_cloud)
risen("P025 P026", has("cloud_application_servers", "yes"), with_cloud)
risen("P027 P028", has("cloud_virtual_servers", "yes"), with_cloud)
shared("P113", 2018, has("cloud_development_platform", "yes"), with_cloud)
shared("P114", 2022, has("cloud_development_platform", "yes"), with_cloud)
counted("D040", 2022, has("cloud_development_platform", "yes"))
FIGURES["P120"] = lambda: median(2018, cloud)
FIGURES["P121"] = lambda: median(2022, cloud)
shared("P122", 2018, has("uses_cloud", "no"))
shared("P123", 2022, has("uses_cloud", "no"))
shared("P124", 2018, at_least(cloud, 10), with_cloud)
shared("P125", 2022, at_least(cloud, 10), with_cloud)
counted("D052", 2022, at_least(cloud, 7))
counted("D053", 2018, at_least(cloud, 7))
shared("P029", 2022, has("procurement_receiving_tenders", "wholly"), with_purchases)
shared("P030", 2018, has("procurement_receiving_tenders", "wholly"), with_purchases)
shared("P031", 2018, has("procurement_evaluation_award", "no"), with_purchases)
shared("P032", 2022, has("procurement_evaluation_award", "no"), with_purchases)
shared("P116", 2022, has("procurement_receiving_invoice", "wholly", "partly"), with_purchases)
shared("P117", 2018, has("procurement_receiving_invoice", "wholly", "partly"), with_purchases)
shared("P118", 2018, has("procurement_invoice_control", "wholly", "partly"), with_purchases)
shared("P119", 2022, has("procurement_invoice_control", "wholly", "partly"), with_purchases)
shared("P126", 2018, exactly(purchases, 0))
shared("P127", 2022, exactly(purchases, 0))
shared("P128", 2018, exactly(purchases, 8))
shared("P129", 2022, exactly(purchases, 8))
FIGURES["P130"] = lambda: median(2022, purchases)
counted("D054", 2022, at_least(purchases, 6))
counted("D055", 2018, at_least(purchases, 6))
shared("P033", 2022, has("service_complex_individual", "some"))
shared("P034", 2018, has("service_complex_individual", "some"))
FIGURES["P131"] = lambda: sum(
    percent(2022, has(column, "dont_know", "not_relevant"))
    for column in ("service_open_access", "service_simple_individual")
)
shared("P132", 2022, has("service_complex_individual", "dont_know", "not_relevant"))
shared("P133", 2022, has("service_self_activated", "dont_know", "not_relevant"))
FIGURES["P135"] = lambda: median(2018, points)
FIGURES["P136"] = lambda: median(2022, points)
shared("P137", 2018, at_least(points, 6))
shared("P138", 2022, at_least(points, 6))
counted("D056", 2022, at_least(points, 4))
counted("D057", 2018, at_least(points, 4))
graded(
    use, "P139 P142 P145 P148 P151", "P140 P143 P146 P149 P152", "P141 P144 P147 P150 P153", "D011 D012 D013 D014 D015"
)
shared("P155", 2022, exactly(use, 4))
shared("P156", 2018, exactly(use, 4))
graded(
    activity,
    "P157 P160 P163 P166 P169",
    "P158 P161 P164 P167 P170",
    "P159 P162 P165 P168 P171",
    "D016 D017 D018 D019 D020",
)
shared("P173", 2022, exactly(activity, 4))
shared("P174", 2018, exactly(activity, 4))
shared("P175", 2022, lambda row: activity(row) <= 1)
shared("P176", 2018, lambda row: activity(row) <= 1)

# After the report
counted("D061", 2023, everybody)
counted("D058", 2024, everybody)
shared("P267", 2023, tried)
counted("D062", 2023, tried)
shared("P012 P085 P177 P269", 2023, problem, tried)
counted("D063", 2023, problem)
shared("P277", 2023, open_data)
shared("P268", 2024, tried)
counted("D059", 2024, tried)
shared("P270", 2024, problem, tried)
counted("D060", 2024, problem)
shared("P278", 2024, open_data)
shared("P254", 2024, large_barrier)
for figure, barrier in zip(("P245", "P248", "P251", "P257", "P260"), OTHER_BARRIERS, strict=True):
    shared(figure, 2024, large(barrier))


def mean_by_size(year: int, value: Callable[[Row], int], base: Test = everybody) -> list[Fraction]:
    """The mean of a count in each size class, the smallest first."""
    means = []
    for size in SIZES:
        values = [value(row) for row in survey(year) if base(row) and of_size(size)(row)]
        means.append(Fraction(sum(values), len(values)))
    return means


def correlation(pairs: Iterable[tuple[int, int]]) -> float:
    """Pearson's correlation coefficient of pairs of numbers."""
    known = list(pairs)
    mean_one, mean_other = (sum(pair[side] for pair in known) / len(known) for side in (0, 1))
    cross = sum((one - mean_one) * (other - mean_other) for one, other in known)
    spread_one = sum((one - mean_one) ** 2 for one, _ in known)
    spread_other = sum((other - mean_other) ** 2 for _, other in known)
    return float(cross / (spread_one * spread_other) ** 0.5)
