"""The built-in survey files, counted plainly: every target, every printed figure, and the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import synthetic_counting as plain
import yaml
from synthetic_counting import DATA, SIZES, WHOLE_YEARS, YEARS, count, has, percent, survey

from digikom import synthetic

PRINTED = {row["id"]: row for row in plain.table(DATA / "published" / "figures.csv")}
GIVEN_UP = plain.table(DATA / "synthetic" / "given-up.csv")
TARGETS: dict[int, dict[str, Any]] = {
    year: yaml.load((DATA / "synthetic" / f"{year}.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    for year in YEARS
}

#: The answers at both ends of the question on lack of competence.
BARRIER_ENDS = [("very_small", "fairly_small"), ("fairly_large", "very_large")]


def rounded(value: Fraction | int, decimals: int) -> Decimal:
    """Rounded half up to so many decimals (-1: to tens)."""
    exact = Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


# What was printed

#: The printed figures that the answers do not meet, as counted.
MADE_INSTEAD: dict[str, Callable[[], Fraction]] = {
    "P032": lambda: percent(2022, has("procurement_evaluation_award", "no"), plain.with_purchases),
    "P051": lambda: percent(2022, lambda row: plain.changes(row) >= 7, plain.with_projects),
    "P123": lambda: percent(2022, has("uses_cloud", "no")),
    "P177": lambda: percent(2023, plain.problem, plain.tried),
    "P209": lambda: percent(2018, has("has_strategy", "no")),
}


def test_figures_given_up_are_listed_with_what_was_made_instead() -> None:
    assert {row["published_id"] for row in GIVEN_UP} == set(MADE_INSTEAD)
    for row in GIVEN_UP:
        decimals = len(row["generated"].partition(".")[2])
        assert rounded(MADE_INSTEAD[row["published_id"]](), decimals) == Decimal(row["generated"])
        assert row["reason"]


@pytest.mark.parametrize("year", YEARS)
def test_sources_of_targets_are_printed_figures(year: int) -> None:
    def sources(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [*node.get("source", [])]
            return own + [found for value in node.values() for found in sources(value)]
        return [found for value in node for found in sources(value)] if isinstance(node, list) else []

    named = set(sources(TARGETS[year]))
    assert named <= set(PRINTED)
    assert all(str(year) in PRINTED[one]["year"] for one in named)


def test_medians_hold_over_all_and_over_users() -> None:
    assert plain.median(2018, plain.cloud) == plain.median(2018, plain.cloud, plain.with_cloud) == 6
    assert plain.median(2022, plain.cloud) == plain.median(2022, plain.cloud, plain.with_cloud) == 11
    assert plain.median(2018, plain.purchases) == plain.median(2018, plain.purchases, plain.with_purchases) == 6


# What the targets files say, counted without the generator


@pytest.mark.parametrize("year", YEARS)
def test_respondents_by_size_class(year: int) -> None:
    found = Counter(row["register.size_class"] for row in survey(year))
    assert found == TARGETS[year]["respondents"]["by_size_class"]


@pytest.mark.parametrize("year", YEARS)
def test_every_item_has_its_counts(year: int) -> None:
    seen = {"municipality_code"}
    for block in TARGETS[year]["blocks"].values():
        if "gate" in block:
            seen.add(block["gate"]["column"])
            assert Counter(row[block["gate"]["column"]] for row in survey(year)) == block["gate"]["answers"]
        for column, item in block["items"].items():
            seen.add(column)
            found = Counter(row[column] for row in survey(year) if row[column])
            wanted = Counter(item["answers"]) + Counter(item.get("at_zero", {}))
            assert +found == +wanted, column
    assert seen == {column for column in survey(year)[0] if not column.startswith("register.")}


@pytest.mark.parametrize("year", WHOLE_YEARS)
def test_number_of_items_per_municipality(year: int) -> None:
    counters = {
        "strategy": (plain.areas, plain.with_strategy),
        "projects": (plain.changes, plain.with_projects),
        "functions": (plain.internal, plain.everybody),
        "cloud": (plain.cloud, plain.with_cloud),
        "procurement": (plain.purchases, plain.everybody),
    }
    for name, (value, base) in counters.items():
        found = Counter(value(row) for row in survey(year) if base(row))
        assert found == TARGETS[year]["blocks"][name]["municipalities"]["by_count"], name


@pytest.mark.parametrize("year", WHOLE_YEARS)
def test_service_patterns(year: int) -> None:
    block = TARGETS[year]["blocks"]["services"]
    letter = {answer: letter for letter, answers in block["letters"].items() for answer in answers}
    found = Counter("".join(letter[row[column]] for column in block["items"]) for row in survey(year))
    assert found == Counter(
        {pattern: n for group in block["groups"].values() for pattern, n in group["patterns"].items()}
    )


@pytest.mark.parametrize("year", YEARS)
def test_quotas_by_size_class(year: int) -> None:
    tests = {
        ("projects", "with"): plain.with_projects,
        ("recruitment", "not_tried"): plain.not_tried,
        ("recruitment", "problem"): plain.problem,
        ("open_data", "shared"): plain.open_data,
    }
    for (block, quota), test in tests.items():
        quotas = TARGETS[year]["blocks"].get(block, {}).get("quotas", {"by_size_class": {}})["by_size_class"]
        for size, numbers in quotas.items():
            assert count(year, test, plain.of_size(size)) == numbers[quota], (block, size)


def test_other_barriers_per_municipality_and_by_the_other_two_questions() -> None:
    found = Counter(plain.other_barriers(row) for row in survey(2024))
    assert found == TARGETS[2024]["blocks"]["other_barriers"]["municipalities"]["by_count"]
    degree = {"fairly_small": "small", "very_small": "small", "fairly_large": "large", "very_large": "large"}
    recruited = {"": "not_tried", "no": "no_problem", "yes": "problem"}
    cells = Counter(
        (
            degree.get(row["barrier_competence"], row["barrier_competence"]),
            recruited[row["recruiting_problem"]],
            ("few", "some", "many")[plain.other_barriers(row) // 2],
        )
        for row in survey(2024)
    )
    wanted = TARGETS[2024]["joint"]["barriers"]["cells"]
    assert cells == {
        (one, two, three): n for one, by in wanted.items() for two, last in by.items() for three, n in last.items()
    }


def test_four_municipalities_have_a_strategy_without_areas() -> None:
    """P047 with P035 and P036: 92 have no strategy, four have one in which nothing is ticked."""
    assert count(2022, has("has_strategy", "no")) == 92
    assert count(2022, lambda row: plain.with_strategy(row) and plain.areas(row) == 0) == 4


@pytest.mark.parametrize("year", YEARS)
def test_everybody_who_did_not_try_to_recruit_has_a_reason(year: int) -> None:
    reasons = [column for column in survey(year)[0] if column.startswith("not_tried_")]
    if reasons:
        assert all(plain.number(row, "not_tried_", "yes") >= 1 for row in survey(year) if plain.not_tried(row))


# Same bytes


@pytest.mark.parametrize("year", YEARS)
def test_committed_file_is_what_the_generator_writes(year: int, tmp_path: Path) -> None:
    written = synthetic.write(year, out=tmp_path / "made" / "survey.csv")
    assert written.read_bytes() == (DATA / "survey" / f"{year}.csv").read_bytes()


def test_same_bytes_in_other_surroundings(tmp_path: Path) -> None:
    program = (
        "import sys; from digikom import synthetic\n"
        "for year in sys.argv[2:]: synthetic.write(int(year), out=f'{sys.argv[1]}/{year}.csv')"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Apia", "LC_ALL": "C"}
    command = [sys.executable, "-c", program, str(tmp_path), *map(str, YEARS)]
    subprocess.run(command, check=True, env=environment, cwd=tmp_path, timeout=300)
    for year in YEARS:
        assert (tmp_path / f"{year}.csv").read_bytes() == (DATA / "survey" / f"{year}.csv").read_bytes()


# Plausibility: nothing here was printed as a number


@pytest.mark.parametrize("year", WHOLE_YEARS)
@pytest.mark.parametrize(
    "value",
    [plain.areas, plain.changes, plain.internal, plain.cloud, plain.purchases, plain.points],
    ids=lambda f: f.__name__,
)
def test_larger_municipalities_are_more_digital(year: int, value: Any) -> None:  # noqa: ANN401
    means = plain.mean_by_size(year, value)
    assert means[-1] > means[0] + 1
    assert all(later > earlier - 0.1 for earlier, later in pairwise(means)), [*map(float, means)]


@pytest.mark.parametrize("year", WHOLE_YEARS)
def test_blocks_go_together_but_not_too_closely(year: int) -> None:
    values = (plain.areas, plain.changes, plain.internal, plain.cloud, plain.purchases, plain.points)
    for at, one in enumerate(values):
        for other in values[at + 1 :]:
            found = plain.correlation((one(row), other(row)) for row in survey(year))
            assert 0.05 < found < 0.6, (one.__name__, other.__name__, found)


@pytest.mark.parametrize("year", WHOLE_YEARS)
@pytest.mark.parametrize("prefix", ["strategy_", "project_", "cloud_", "procurement_", "function_"])
def test_items_of_a_block_are_correlated(year: int, prefix: str) -> None:
    positive = ("yes", "wholly", "partly", "exclusively_internal", "mainly_internal")
    asked = [row for row in survey(year) if all(value for column, value in row.items() if column.startswith(prefix))]
    columns = [column for column in asked[0] if column.startswith(prefix)]
    found = [
        plain.correlation((row[one] in positive, row[other] in positive) for row in asked)
        for at, one in enumerate(columns)
        for other in columns[at + 1 :]
    ]
    assert sum(found) / len(found) > 0.05


@pytest.mark.parametrize("year", YEARS)
def test_larger_municipalities_recruit_more_often(year: int) -> None:
    shares = [percent(year, plain.tried, plain.of_size(size)) for size in SIZES]
    assert shares == sorted(shares)


def rises(test: plain.Test, base: plain.Test = plain.everybody) -> Fraction:
    """Change of a share between the two years, in percentage points."""
    return percent(2022, test, base) - percent(2018, test, base)


def test_strategy_tendencies_of_the_report() -> None:
    def shares(year: int) -> dict[str, Fraction]:
        columns = [column for column in survey(year)[0] if column.startswith("strategy_")]
        return {column: percent(year, has(column, "yes"), plain.with_strategy) for column in columns}

    ranked = sorted(shares(2022), key=lambda column: -shares(2022)[column])
    assert ranked[:2] == ["strategy_information_security", "strategy_common_solutions"]
    assert max(shares(2018), key=lambda column: shares(2018)[column]) == "strategy_information_security"
    for year in WHOLE_YEARS:
        lowest = sorted(shares(year), key=lambda column: shares(year)[column])[:2]
        assert set(lowest) == {"strategy_robotics", "strategy_green_ict"}
    for column in ("strategy_robotics", "strategy_cloud_services", "strategy_external_data", "strategy_data_sharing"):
        assert shares(2022)[column] - shares(2018)[column] > 15
    earlier = (shares(2018)["strategy_services_citizens"] + shares(2018)["strategy_services_business"]) / 2
    assert shares(2022)["strategy_seamless_services"] > earlier
    assert rises(plain.with_strategy) > 0


def test_project_tendencies_of_the_report() -> None:
    for size in SIZES:
        assert rises(plain.with_projects, plain.of_size(size)) > 0
    assert max(SIZES, key=lambda size: rises(plain.with_projects, plain.of_size(size))) == "under_2000"
    for column in (column for column in survey(2022)[0] if column.startswith("project_")):
        change = rises(has(column, "yes"), plain.with_projects)
        assert (change <= 0) == (column == "project_collaboration")
    assert rises(has("project_staff_tasks", "yes"), plain.with_projects) > 15


def test_function_tendencies_of_the_report() -> None:
    columns = [column for column in survey(2022)[0] if column.startswith("function_")]
    change = {column: rises(plain.in_house(column)) for column in columns}
    ranked = sorted(columns, key=lambda column: -change[column])
    assert ranked[:3] == ["function_project_management", "function_strategy_development", "function_user_training"]
    assert sum(value > 0 for value in change.values()) > 6
    external = {column: rises(has(column, "mainly_external", "exclusively_external")) for column in columns}
    up = {column for column, value in external.items() if value > 0}
    assert up == {"function_security_testing", "function_web_development"}
    shares = {column: percent(2022, plain.in_house(column)) for column in columns}
    ranked = sorted(columns, key=lambda column: -shares[column])
    assert set(ranked[:2]) == {"function_pc_operation", "function_strategy_development"}
    assert set(ranked[-2:]) == {"function_security_testing", "function_web_development"}
    for column in ("function_security_testing", "function_project_management"):
        assert rises(has(column, "dont_know", "not_relevant")) < -5


def test_competence_tendencies_of_the_report() -> None:
    change = {size: rises(plain.tried, plain.of_size(size)) for size in SIZES}
    assert min(change.values()) > 0
    assert max(change, key=lambda size: change[size]) == "under_2000"
    by_size = [percent(2022, plain.problem, plain.both(plain.tried, plain.of_size(size))) for size in SIZES]
    assert max(by_size) == by_size[-1]
    few, many = (
        percent(2022, plain.large_barrier, base)
        for base in (lambda r: plain.internal(r) <= 7, lambda r: plain.internal(r) > 7)
    )
    assert few > many
    for year in WHOLE_YEARS:
        tried = [percent(year, plain.not_tried, has("barrier_competence", *ends)) for ends in BARRIER_ENDS]
        assert abs(tried[0] - tried[1]) < 2
    problems = [percent(2022, plain.problem, has("barrier_competence", *ends)) for ends in BARRIER_ENDS]
    assert abs(problems[0] - problems[1]) < 2


def test_geography_as_in_the_report() -> None:
    def wide(row: dict[str, str]) -> bool:
        return plain.areas(row) >= 10 and plain.changes(row) >= 7

    def active(row: dict[str, str]) -> bool:
        return plain.purchases(row) >= 6 and plain.points(row) >= 4

    def elsewhere(row: dict[str, str]) -> bool:
        return not north(row)

    counties = Counter(row["register.county"] for row in survey(2022))
    for test in (wide, active):
        shares = [percent(2022, test, has("register.county", name)) for name, size in counties.items() if size >= 20]
        assert max(shares) < 2.5 * min(shares), [*map(float, shares)]
    north = has("register.county", "Nordland", "Troms", "Finnmark", "Troms og Finnmark")
    assert rises(active, north) > rises(active, elsewhere) + 5


def test_reasons_by_size_and_centrality_as_in_the_report() -> None:
    no_belief = [row for row in survey(2022) if row["not_tried_no_belief"] == "yes"]
    assert all(row["register.size_class"] in SIZES[:4] for row in no_belief)
    assert "10000_19999" in {row["register.size_class"] for row in no_belief}
    assert all(row["register.centrality_class"] in "3456" for row in no_belief)
    most_central = plain.both(plain.not_tried, has("register.centrality_class", "2"))
    less_central = plain.both(plain.not_tried, has("register.centrality_class", "3", "4", "5", "6"))
    assert percent(2022, has("not_tried_economy", "yes"), less_central) > percent(
        2022, has("not_tried_economy", "yes"), most_central
    )
    by_class = {
        centrality: percent(
            2022,
            has("not_tried_other", "yes"),
            plain.both(plain.not_tried, has("register.centrality_class", centrality)),
        )
        for centrality in "23456"
    }
    assert max(by_class, key=lambda centrality: by_class[centrality]) == "2"
    large = plain.both(plain.not_tried, plain.of_size("50000_plus"))
    assert [plain.number(row, "not_tried_", "yes") for row in survey(2022) if large(row)] == [1, 1]


def test_cloud_and_procurement_tendencies_of_the_report() -> None:
    columns = [column for column in survey(2022)[0] if column.startswith("cloud_")]
    change = {column: rises(has(column, "yes"), plain.with_cloud) for column in columns}
    most = {figure for figure in change if change[figure] > 30}
    assert most == {
        f"cloud_{area}"
        for area in (
            "office_tools",
            "operating_platform",
            "backup",
            "database",
            "application_servers",
            "virtual_servers",
        )
    }
    assert min(change.values()) > 0
    for year in WHOLE_YEARS:
        columns = [column for column in survey(year)[0] if column.startswith("procurement_")]
        shares = {column: percent(year, has(column, "wholly", "partly"), plain.with_purchases) for column in columns}
        assert max(shares, key=lambda column: shares[column]) == "procurement_receiving_invoice"
        assert min(shares, key=lambda column: shares[column]) == "procurement_contract_followup"
