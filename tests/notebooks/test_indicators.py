"""The indicators of the notebooks, on tiny surveys whose answers and scores are worked out by hand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from conftest import declare_synthetic
from notebook_runs import run_cells

from digikom import geography, survey

YEAR = 2022
AREAS = {"strategy": "strategy_areas", "projects": "project_areas"}


def write_survey(folder: Path, answers: list[dict[str, str]]) -> None:
    """A survey file of `YEAR` in `folder`: municipalities of one county, everything «no» but the answers given."""
    codebook = survey.codebook()
    register = geography.register(YEAR)
    codes = register.loc[register["county"] == "Innlandet", "municipality_code"].tolist()
    (folder / "survey").mkdir()
    declare_synthetic(folder)
    with (folder / "survey" / f"{YEAR}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(codebook.columns(YEAR))
        for code, given in zip(codes, answers, strict=False):
            row: dict[str, str] = {}
            for item in codebook.asked(YEAR):
                scale = codebook.codes(item.scale)
                asked = not item.asked_if_column or row[item.asked_if_column] == item.asked_if_value
                row[item.column] = given.get(item.column, "no" if "no" in scale else scale[0]) if asked else ""
            writer.writerow([code, *row.values()])


def ticks(block: str, areas: int | None) -> dict[str, str]:
    """Answers of a municipality with `areas` areas ticked; None stands for no strategy, or no projects."""
    if areas is None:
        return {f"has_{block}": "no"}
    columns = survey.codebook().items(year=YEAR, question=AREAS[block])["column"].tolist()
    assert areas <= len(columns)
    return {
        f"has_{block}": "yes",
        **{column: "yes" if position < areas else "no" for position, column in enumerate(columns)},
    }


# Areas in the strategy, areas of the projects (None: has none) and, worked out by hand from the limits in SSB
# Rapporter 2023/27 ch. 3.2,
# the strategy score, the project score and the grade of digital priority.
BY_HAND = [
    (None, None, 0, 0, 0),
    (0, None, 0, 0, 0),
    (None, 0, 0, 0, 0),
    (0, 0, 0, 0, 0),
    (1, None, 1, 0, 1),
    (5, None, 1, 0, 1),
    (6, None, 2, 0, 1),
    (9, None, 2, 0, 1),
    (10, None, 3, 0, 2),
    (11, None, 3, 0, 2),
    (12, None, 4, 0, 2),
    (16, None, 4, 0, 2),
    (None, 1, 0, 1, 1),
    (None, 4, 0, 1, 1),
    (None, 5, 0, 2, 1),
    (None, 6, 0, 2, 1),
    (None, 7, 0, 3, 3),
    (None, 8, 0, 3, 3),
    (None, 9, 0, 4, 3),
    (None, 10, 0, 4, 3),
    (5, 4, 1, 1, 1),
    (9, 6, 2, 2, 1),
    (9, 7, 2, 3, 3),
    (0, 7, 0, 3, 3),
    (10, 6, 3, 2, 2),
    (10, 7, 3, 3, 4),
    (12, 9, 4, 4, 4),
    (11, 8, 3, 3, 4),
    (16, 10, 4, 4, 4),
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("tiny")
    write_survey(
        folder, [{**ticks("strategy", strategy), **ticks("projects", projects)} for strategy, projects, *_ in BY_HAND]
    )
    return run_cells("03_digital_prioritering.ipynb", target_year=YEAR, reference_year="", data_dir=str(folder))


@pytest.mark.parametrize(
    "row", range(len(BY_HAND)), ids=[f"{strategy}-{projects}" for strategy, projects, *_ in BY_HAND]
)
def test_scores_and_grade_of_digital_priority(tiny: dict[str, Any], row: int) -> None:
    answers = tiny["both"]
    computed = answers.sort_values("municipality_code").iloc[row]
    assert tuple(computed[["strategy_score", "project_score", "priority_grade"]]) == BY_HAND[row][2:]


def test_medians_are_over_those_who_have_any(tiny: dict[str, Any]) -> None:
    # Strategies: 0 0 1 5 6 9 10 11 12 16 | 5 9 9 0 10 10 12 11 16 -> 19 values; the tenth is 9.
    assert tiny["median_areas"]["median"].to_dict() == {YEAR: 9}
    # Projects: 0 0 1 4 5 6 7 8 9 10 | 4 6 7 7 6 7 9 8 10 -> 19 values; the tenth is 7.
    assert tiny["median_projects"]["median"].to_dict() == {YEAR: 7}


def test_base_of_the_areas_is_those_with_a_strategy(tiny: dict[str, Any]) -> None:
    assert set(tiny["area_shares"]["base"]) == {19}
    assert set(tiny["expected"]["base"]) == {19}


def test_an_edition_without_a_reference_year_compares_nothing(tiny: dict[str, Any]) -> None:
    assert tiny["edition"].suffixes == {YEAR: ""}
    for name in ("rise", "group_change", "expected_change"):
        assert tiny[name].empty, name
