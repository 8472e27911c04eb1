"""The chapter on sensitivity: nothing moved gives what the chapters publish, and what is moved goes the right way."""

from __future__ import annotations

import csv
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from notebook_runs import published, run_cells

from digikom import geography
from digikom.paths import DATA_DIR, NOTEBOOK_DIR

NAME = "08_folsomhet.ipynb"
OUTSIDE = {"dont_know", "not_relevant"}


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    return run_cells(NAME)


@pytest.fixture(scope="module")
def numbers() -> dict[str, Any]:
    """The values in the stored outputs of all chapters, by key."""
    stored: dict[str, Any] = {}
    for path in sorted(NOTEBOOK_DIR.glob("*.ipynb")):
        stored |= {key: payload["value"] for key, payload in published(path.name).items() if "unit" in payload}
    return stored


def rows(year: int) -> list[dict[str, str]]:
    with (DATA_DIR / "survey" / f"{year}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(measure: str, indicator: str, variant: str, year: int, chapter: dict[str, Any]) -> float:
    return float(chapter["moved_shares"].loc[(measure, indicator, variant, year), "percent"])


@pytest.mark.parametrize(
    ("measure", "keys"),
    [
        ("priority", ["priority-grade-4"]),
        ("use", ["use-grade-4"]),
        ("activity", ["activity-grade-4"]),
        ("competence", ["competence-3", "competence-4"]),
    ],
)
def test_nothing_moved_gives_what_the_chapters_publish(
    chapter: dict[str, Any], numbers: dict[str, Any], measure: str, keys: list[str]
) -> None:
    for year, suffix in chapter["edition"].suffixes.items():
        printed = sum(numbers[f"{key}{suffix}"] for key in keys)
        assert share(measure, "all", "method", year, chapter) == pytest.approx(printed, abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "key"),
    [
        ("priority", "priority-grade"),
        ("use", "use-grade"),
        ("activity", "activity-grade"),
        ("competence", "competence"),
    ],
)
def test_every_grade_is_that_of_the_chapters(
    chapter: dict[str, Any], numbers: dict[str, Any], measure: str, key: str
) -> None:
    grades = chapter["graded"](chapter["scores"]["method"])[measure][chapter["is_target"]]
    for level in range(5):
        assert 100 * (grades == level).mean() == pytest.approx(numbers[f"{key}-{level}"], abs=1e-6)


def test_all_in_the_base_is_what_the_chapters_publish(chapter: dict[str, Any], numbers: dict[str, Any]) -> None:
    for (_, column, *_), row in chapter["known"].query("kind != 'measure'").iterrows():
        name = column.replace("_", "-")
        if column.startswith("service"):
            key = name.replace("service-", "services-", 1)
            printed = numbers[f"{key}-some"] + numbers[f"{key}-half"]
        else:
            printed = numbers[name.replace("function-", "functions-", 1)]
        assert row["all"] == pytest.approx(printed, abs=1e-6), column


# The lowest count of each score, moved down and up by one, worked out by hand from the limits in SSB Rapporter 2023/27:
# the second limit of the services has no room below, the last one of procurement none above.
@pytest.mark.parametrize(
    ("indicator", "step", "limits"),
    [
        ("strategy", -1, [0, 1, 5, 9, 11]),
        ("strategy", 1, [0, 1, 7, 11, 13]),
        ("projects", -1, [0, 1, 4, 6, 8]),
        ("projects", 1, [0, 1, 6, 8, 10]),
        ("internal", -1, [0, 1, 4, 7, 10]),
        ("internal", 1, [0, 1, 6, 9, 12]),
        ("cloud", -1, [0, 1, 3, 6, 9]),
        ("cloud", 1, [0, 1, 5, 8, 11]),
        ("procurement", -1, [0, 1, 3, 5, 7]),
        ("procurement", 1, [0, 1, 5, 7, 8]),
        ("services", -1, [0, 1, 2, 3, 6]),
        ("services", 1, [0, 1, 3, 5, 8]),
        ("services", 0, [0, 1, 2, 4, 7]),
        # Pressed together at either end.
        ("services", -9, [0, 1, 2, 3, 4]),
        ("procurement", 9, [0, 1, 6, 7, 8]),
    ],
)
def test_moved_limits(chapter: dict[str, Any], indicator: str, step: int, limits: list[int]) -> None:
    assert list(map(int, chapter["moved"](indicator, step))) == limits


def test_a_limit_that_is_out_of_reach_already_stays_where_it_is(
    chapter: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(chapter["most"], "cloud", 8)
    assert list(map(int, chapter["moved"]("cloud", 0))) == [0, 1, 4, 7, 10]
    assert list(map(int, chapter["moved"]("cloud", 1))) == [0, 1, 5, 7, 10]


def test_scores_of_single_counts(chapter: dict[str, Any]) -> None:
    counted = pd.Series([0, 1, 3, 4, 5, 6, 7, 8, None], name="procurement")
    for step, scores in {
        0: [0, 1, 1, 2, 2, 3, 3, 4],
        -1: [0, 1, 2, 2, 3, 3, 4, 4],
        1: [0, 1, 1, 1, 2, 2, 3, 4],
    }.items():
        found = chapter["scored"](counted, step)
        assert found[:-1].tolist() == scores
        assert found[-1:].isna().all(), "who was not asked has no score"


def test_limits_moved_up_never_give_a_municipality_more_and_moved_down_never_less(chapter: dict[str, Any]) -> None:
    changed = set()
    for indicator, counted in chapter["counts"].items():
        lower, method, higher = (chapter["scored"](counted, step) for step in (-1, 0, 1))
        assert (lower >= method).all()
        assert (method >= higher).all()
        changed |= {indicator} if (lower > method).any() and (method > higher).any() else set()
        # None and some are told apart as before.
        assert ((lower == 0) == (counted == 0)).all()
        assert ((higher == 0) == (counted == 0)).all()
    assert changed == set(chapter["counts"])


def test_shares_at_the_top_follow_the_limits(chapter: dict[str, Any]) -> None:
    for (measure, indicator), _ in chapter["moved_shares"].groupby(level=["measure", "part"]):
        for year in chapter["edition"].years:
            lower, method, higher = (
                share(measure, indicator, variant, year, chapter) for variant in ("lower", "method", "higher")
            )
            assert lower >= method >= higher, (measure, indicator, year)


def test_points_with_one_for_some_services_in_a_complex_way(chapter: dict[str, Any]) -> None:
    simple = {"some": 1, "about_half": 3, "most": 3, "all": 3}
    complex_way = {"some": 1, "about_half": 4, "most": 4, "all": 4}
    recounted = [
        simple.get(row["service_open_access"], 0)
        + simple.get(row["service_simple_individual"], 0)
        + complex_way.get(row["service_complex_individual"], 0)
        + complex_way.get(row["service_self_activated"], 0)
        for row in rows(2022)
    ]
    assert chapter["services_points"]["tried"][chapter["is_target"]].tolist() == recounted
    assert (chapter["services_points"]["tried"] <= chapter["services_points"]["method"]).all()
    high = 100 * sum(points >= 4 for points in recounted) / len(recounted)
    assert chapter["points_shares"].loc["services-high", "percent"] == pytest.approx(high)


def test_who_does_not_know_is_left_out(chapter: dict[str, Any]) -> None:
    answers = [row["function_security_testing"] for row in rows(2022)]
    known = [answer for answer in answers if answer not in OUTSIDE]
    internal = sum(answer in {"exclusively_internal", "mainly_internal"} for answer in known)
    items = chapter["known"].droplevel(["kind", "label", "year"])
    item = items.loc["function_security_testing"]
    assert item["percent"] == pytest.approx(100 * internal / len(known))
    assert 0 < item["base"] == len(known) < len(answers)
    # The base of an activity is still the municipalities with at least one digital activity.
    buyers = [
        row
        for row in rows(2022)
        if any(answer in {"wholly", "partly"} for column, answer in row.items() if column.startswith("procurement_"))
    ]
    assert items.loc["procurement_planning", "base"] == sum(
        row["procurement_planning"] not in OUTSIDE for row in buyers
    )


def test_measures_leave_out_who_does_not_know_in_anything_that_enters(chapter: dict[str, Any]) -> None:
    for measure, prefixes in {
        "competence": ("function_",),
        "use": ("procurement_",),
        "activity": ("procurement_", "service_"),
    }.items():
        complete = [
            not any(answer in OUTSIDE for column, answer in row.items() if column.startswith(prefixes))
            for row in rows(2022)
        ]
        found = chapter["known"].droplevel(["kind", "label", "year"]).loc[measure]
        assert found["base"] == sum(complete)
        at_top = chapter["in_method"][measure][chapter["is_target"]]
        assert found["percent"] == pytest.approx(100 * at_top[complete].mean())
        assert found["outside"] == pytest.approx(100 * (1 - sum(complete) / len(complete)))


def test_unchanged_municipalities_are_those_of_the_list_that_answered(chapter: dict[str, Any]) -> None:
    with (DATA_DIR / "municipalities" / "changes-2018-2020.csv").open(encoding="utf-8", newline="") as file:
        changes = [row for row in csv.DictReader(file) if row["change"] in {"unchanged", "renumbered"}]
    for year, column in ((2018, "old_code"), (2022, "new_code")):
        answered = {row["municipality_code"] for row in rows(year)}
        assert chapter["area_counts"]["count"][year] == sum(row[column] in answered for row in changes)
        assert chapter["area_counts"]["count"][year] < len(answered)


def test_shares_of_unchanged_municipalities(chapter: dict[str, Any], numbers: dict[str, Any]) -> None:
    changes = geography.changes(2018, 2022)
    whole = set(changes.loc[changes["change"].isin(["unchanged", "renumbered"]), "old_code"])
    counted = Counter(
        (row["municipality_code"] in whole, row["has_strategy"]) for row in rows(2018) if row["municipality_code"]
    )
    expected = 100 * counted[True, "yes"] / (counted[True, "yes"] + counted[True, "no"])
    assert numbers["sensitivity-same-area-strategy-reference"] == pytest.approx(expected, abs=1e-6)
    # All municipalities are those of the chapters.
    of_all = chapter["area_shares"].xs("all", level="group")["percent"]
    for measure, key in {
        "strategy": "strategy-share",
        "projects": "projects-planned",
        "recruiting": "recruit-tried",
        "cloud": "cloud-using",
        "priority": "priority-grade-4",
    }.items():
        for year, suffix in chapter["edition"].suffixes.items():
            assert of_all[measure, year] == pytest.approx(numbers[f"{key}{suffix}"], abs=1e-6)


def test_a_year_without_a_reference_year(chapter: dict[str, Any]) -> None:
    alone = run_cells(NAME, target_year=2018, reference_year="")
    assert alone["edition"].years == (2018,)
    both = chapter["moved_shares"].query("year == 2018")["percent"]
    pd.testing.assert_series_equal(alone["moved_shares"]["percent"], both)
    assert alone["area_shares"].empty


@pytest.mark.parametrize("year", [2023, 2024])
def test_nothing_is_computed_where_the_questions_were_not_asked(year: int) -> None:
    frames = run_cells(NAME, target_year=year, reference_year=2022)
    for name in ("moved_shares", "levels", "known", "area_shares"):
        assert frames[name].empty, name
