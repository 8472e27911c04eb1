"""The indicators of digital competence, on a tiny survey whose counts, scores and categories are worked out by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_form import YEAR as NEXT
from changed_form import asked_again
from notebook_runs import published, published_by, run_cells, run_here, standing, text_of
from test_indicators import YEAR, write_survey

from digikom import geography, survey
from digikom.publish.suppression import hidden_rows
from digikom.publish.tables import WITHHELD

NOTEBOOK = "04_digital_kompetanse.ipynb"
NOT_TRIED, NO_PROBLEM, PROBLEM = "not tried", "no problem", "problem"
COUNTED = ("exclusively_internal", "mainly_internal")
NOT_COUNTED = ("evenly_shared", "mainly_external", "exclusively_external", "not_relevant", "dont_know")
DEGREES = ("very_small", "fairly_small", "neither", "fairly_large", "very_large")

# Functions done mainly by own staff, recruitment, and by hand from the limits and table 4.1 in SSB Rapporter 2023/27
# ch. 4.3: the internal score and the category of competence.
BY_HAND = [
    (0, NOT_TRIED, 0, 0),
    (0, NO_PROBLEM, 0, 1),
    (0, PROBLEM, 0, 2),
    (1, NOT_TRIED, 1, 0),
    (1, NO_PROBLEM, 1, 1),
    (4, NOT_TRIED, 1, 0),
    (4, PROBLEM, 1, 2),
    (5, NOT_TRIED, 2, 0),
    (5, NO_PROBLEM, 2, 1),
    (7, NOT_TRIED, 2, 0),
    (7, NO_PROBLEM, 2, 1),
    (7, PROBLEM, 2, 2),
    (8, NOT_TRIED, 3, 4),
    (8, NO_PROBLEM, 3, 3),
    (8, PROBLEM, 3, 2),
    (10, NOT_TRIED, 3, 4),
    (10, NO_PROBLEM, 3, 3),
    (11, NOT_TRIED, 4, 4),
    (11, PROBLEM, 4, 2),
    (12, NOT_TRIED, 4, 4),
    (12, NO_PROBLEM, 4, 3),
    (12, PROBLEM, 4, 2),
]
#: Who did not try, and whether they ticked economy: every second of them does.
NOT_TRYING = [row for row, (_, recruitment, *_) in enumerate(BY_HAND) if recruitment == NOT_TRIED]


def given(row: int) -> dict[str, str]:
    """The answers of the municipality in `row` of `BY_HAND`; every way of answering is used, counted or not."""
    functions, recruitment, *_ = BY_HAND[row]
    columns = survey.codebook().items(year=YEAR, question="function_sourcing")["column"].tolist()
    answers = {
        column: COUNTED[(row + place) % len(COUNTED)]
        if place < functions
        else NOT_COUNTED[(row + place) % len(NOT_COUNTED)]
        for place, column in enumerate(columns)
    }
    answers["barrier_competence"] = DEGREES[row % len(DEGREES)]
    answers["tried_recruiting"] = "no" if recruitment == NOT_TRIED else "yes"
    answers["recruiting_problem"] = "yes" if recruitment == PROBLEM else "no"
    answers["not_tried_no_need"] = "yes"
    answers["not_tried_economy"] = "yes" if row in NOT_TRYING and NOT_TRYING.index(row) % 2 else "no"
    return answers


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("tiny")
    write_survey(folder, [given(row) for row in range(len(BY_HAND))])
    notebook, variables = run_here(NOTEBOOK, target_year=YEAR, reference_year="", data_dir=str(folder))
    return variables | {"published": published_by(notebook.cells)}


@pytest.mark.parametrize(
    "row", range(len(BY_HAND)), ids=[f"{functions}-{recruitment}" for functions, recruitment, *_ in BY_HAND]
)
def test_count_score_and_category(tiny: dict[str, Any], row: int) -> None:
    functions, _, score, category = BY_HAND[row]
    computed = tiny["both"].sort_values("municipality_code").iloc[row]
    columns = ["internal_functions", "internal_score", "competence_category"]
    assert tuple(computed[columns]) == (functions, score, category)


def test_every_category_and_score_occurs() -> None:
    assert {score for *_, score, _ in BY_HAND} == set(range(5))
    assert {category for *_, category in BY_HAND} == set(range(5))


def test_median_is_over_all_who_answered(tiny: dict[str, Any]) -> None:
    # 0 0 0 1 1 4 4 5 5 7 7 | 7 8 8 8 10 10 11 11 12 12 12: both in the middle are 7.
    assert tiny["function_median"]["median"].to_dict() == {YEAR: 7}


def test_answers_outside_the_scale_stay_in_the_base(tiny: dict[str, Any]) -> None:
    steps = tiny["steps"]
    assert set(steps["base"]) == {len(BY_HAND)}
    assert steps.groupby("label", observed=True)["percent"].sum().tolist() == pytest.approx([100] * 12)
    last = [given(row)["function_ict_procurement"] for row in range(len(BY_HAND))]
    outside = sum(answer in {"dont_know", "not_relevant"} for answer in last)
    assert outside > 0
    label = survey.codebook().items().set_index("column").loc["function_ict_procurement", "label_nb"]
    assert steps.loc[(label, tiny["outside_name"]), "count"] == outside


def test_barrier_levels_join_the_two_answers_at_each_end(tiny: dict[str, Any]) -> None:
    # 22 municipalities over five answers in turn: 5 5 4 4 4.
    levels = tiny["barrier"].droplevel(["label", "year"])["count"]
    assert levels.to_dict() == {"small": 10, "neither": 4, "large": 8}


def test_problems_are_a_share_of_those_who_tried(tiny: dict[str, Any]) -> None:
    assert tiny["problem"].loc["all", ["count", "base"]].to_numpy().tolist() == [[6, 13]]
    assert tiny["tried"].loc["all", "count"].tolist() == [13]


def test_reasons_are_asked_of_those_who_did_not_try(tiny: dict[str, Any]) -> None:
    assert len(tiny["idle"]) == len(NOT_TRYING) == 9
    assert tiny["reasons"].droplevel(["label", "year"])["count"].to_dict() == {
        "not_tried_no_need": 9,
        "not_tried_economy": 4,
        "not_tried_no_belief": 0,
        "not_tried_other": 0,
    }


@pytest.mark.parametrize(
    ("figure", "shares", "group"),
    [
        ("fig-reasons-by-size", "reasons_by_size", "size_class"),
        ("fig-reasons-by-centrality", "by_class", "centrality_class"),
    ],
)
def test_groups_where_few_did_not_try_are_noted_and_not_shown(
    tiny: dict[str, Any], figure: str, shares: str, group: str
) -> None:
    register = geography.register(YEAR).query("county == 'Innlandet'")[group].astype(str).tolist()
    expected = dict.fromkeys(register[: len(BY_HAND)], 0)
    for row in NOT_TRYING:
        expected[register[row]] += 1
    names = geography.size_classes().set_index("size_class")["label_nb"].to_dict()
    labels = names if group == "size_class" else tiny["centralities"]
    asked = tiny[shares].query("item != 'all'")
    sizes = asked["base"].groupby(asked.index.get_level_values("item").astype(str)).max()
    assert sizes.to_dict() == {code: size for code, size in expected.items() if size}
    few = {labels[code]: size for code, size in expected.items() if size < tiny["fewest"]}
    payload = tiny["published"][figure]
    assert few
    assert not few.keys() & {row[0] for row in payload["rows"]}
    # A group in which all tried is told of in its own way.
    told = {reason: note for note in payload["notes"] for reason in ("færre enn", "alle kommunene") if reason in note}
    answered = Counter(labels[code] for code in register[: len(BY_HAND)])
    for label, size in few.items():
        # Of fewer than three it is not even told that they tried.
        if size or answered[label] >= 3:
            assert f"«{label}»" in told["færre enn" if size else "alle kommunene"]


# The chapter as the editions have it, by year: the year compared with, and how the keys of what was not asked begin. A
# key that ends in `-reference` or `-change` is left out too where there is nothing to compare with.
EDITIONS: dict[int, tuple[int | None, tuple[str, ...]]] = {
    2018: (None, ("barriers", "reasons", "fig-barriers", "fig-reasons", "fig-competence-map")),
    2023: (
        2022,
        (
            *("functions", "fig-functions", "barrier", "fig-barrier", "competence", "tab-competence"),
            *("fig-competence", "reasons", "fig-reasons"),
        ),
    ),
    2024: (
        2023,
        (
            *("functions", "fig-functions", "competence", "tab-competence", "fig-competence"),
            *("reasons", "fig-reasons"),
        ),
    ),
}
#: What the reader is told that they lack.
REASONS = "«Hvorfor har kommunen ikke forsøkt å rekruttere IKT-spesialister?»"
TOLD = {
    2018: {"kommunegrenser", REASONS},
    2023: {"IKT-funksjoner", "manglende kompetanse", "andre hindringer", REASONS},
    2024: {"IKT-funksjoner", REASONS},
}
LACKING = re.compile("Spørsmål(et|ene) «|Vi har (ingen tall|ikke)")


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest, executed: Callable[[int], Path]) -> tuple[int, Path]:
    """The year of an edition and the folder with the chapter executed for it."""
    year: int = request.param
    return year, executed(year)


def text_in(folder: Path) -> list[str]:
    """The text cells of the chapter as the edition shows them."""
    return text_of(standing(folder, NOTEBOOK))


def test_no_number_from_a_question_that_was_not_asked(edition: tuple[int, Path]) -> None:
    year, folder = edition
    reference_year, unasked = EDITIONS[year]
    found = published(NOTEBOOK, folder)
    beginnings = tuple(f"{name}-" for name in unasked)
    assert [key for key in found if key in unasked or key.startswith(beginnings)] == []
    compared = {key for key in found if key.endswith(("-reference", "-change"))}
    if reference_year is None:
        assert compared == set()
    else:
        assert {"recruit-tried-reference", "recruit-problem-reference", "recruit-tried-change"} <= compared
        # The lack of competence was not asked about in the year that these editions are compared with, or not at all.
        assert [key for key in compared if "barrier" in key] == []


def test_a_year_without_the_question_has_no_column(edition: tuple[int, Path]) -> None:
    year, folder = edition
    years = {str(year), str(EDITIONS[year][0] or year)}
    found = published(NOTEBOOK, folder)
    assert {column["name"] for column in found["fig-recruit-tried"]["columns"]} == {"name", *years}
    if "fig-barrier" in found:
        assert {column["name"] for column in found["fig-barrier"]["columns"]} == {"name", str(year)}


def test_what_is_lacking_is_told_once(edition: tuple[int, Path]) -> None:
    year, folder = edition
    paragraphs = [text.strip() for source in text_in(folder) for text in source.split("\n\n")]
    told = "\n".join(paragraph for paragraph in paragraphs if LACKING.match(paragraph))
    every = set().union(*TOLD.values())
    assert {subject: told.count(subject) for subject in every} == {
        subject: int(subject in TOLD[year]) for subject in every
    }


def test_counties_stand_in_a_table_where_there_is_no_map(edition: tuple[int, Path]) -> None:
    year, folder = edition
    found = published(NOTEBOOK, folder)
    if "tab-competence" not in found:
        assert "tab-competence-county" not in found
        return
    assert geography.boundaries_path(year) is None
    *counties, whole = found["tab-competence-county"]["rows"]
    answered = survey.load(year).merge(geography.register(year), on="municipality_code")["county"].value_counts()
    assert {row[0]: row[1] for row in counties} == answered.to_dict()
    hidden = hidden_rows(answered, 3)
    assert hidden["Oslo"]
    for row in counties:
        assert row[2:] == [WITHHELD] * len(row[2:]) if hidden[row[0]] else sum(row[2:]) == row[1]
    assert sum(whole[2:]) == whole[1]
    assert whole[2:] == [row[1] for row in found["tab-competence"]["rows"][:-1]]


def test_barriers_are_shares_of_all_in_order(edition: tuple[int, Path]) -> None:
    year, folder = edition
    found = published(NOTEBOOK, folder)
    assert ("fig-barriers" in found) == ("barriers-first" in found)
    if "fig-barriers" not in found:
        return
    answers = survey.load(year)
    large = {
        column: 100 * answers[column].isin(["fairly_large", "very_large"]).sum() / len(answers)
        for column in ("barrier_resources", "barrier_costs", "barrier_dependence", "barrier_law")
    }
    for column, percent in large.items():
        assert found[f"{column.replace('_', '-')}-large"]["value"] == pytest.approx(percent)
    rows = found["fig-barriers"]["rows"]
    assert [sum(row[1:]) for row in rows] == pytest.approx([100] * len(rows))
    shares = [row[-1] + row[-2] for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert shares[found["barriers-competence-place"]["value"] - 1] == pytest.approx(found["barrier-large"]["value"])


def test_a_reference_year_without_the_questions_is_not_computed(tmp_path: Path) -> None:
    """The answers that are not there are no answers of «no»."""
    frames = run_cells(NOTEBOOK, **asked_again(tmp_path))
    alone = [frames[name] for name in ("barrier", "category_shares", "function_median", "high")]
    for frame in (*alone, frames["functions"]["internal"]):
        assert set(frame.index.get_level_values("year")) == {NEXT}
    assert set(frames["tried"].index.get_level_values("year")) == {2023, NEXT}
