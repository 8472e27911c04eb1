"""The indicators of chapter 5, on a tiny survey whose answers, scores and grades are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from notebook_runs import run_cells
from test_indicators import YEAR, write_survey

from digikom import survey

CODEBOOK = survey.codebook()
CLOUD = CODEBOOK.items(year=YEAR, question="cloud_areas")["column"].tolist()
PROCUREMENT = CODEBOOK.items(year=YEAR, question="procurement_activities")["column"].tolist()
WAYS = ["service_open_access", "service_simple_individual", "service_complex_individual", "service_self_activated"]
LETTERS = {"-": "none", "s": "some", "h": "about_half", "m": "most", "a": "all", "?": "dont_know", "x": "not_relevant"}


def cloud(areas: int | None) -> dict[str, str]:
    """Answers of a municipality with `areas` areas set up; None stands for one that does not use cloud services."""
    if areas is None:
        return {"uses_cloud": "no"}
    ticks = {column: "yes" if position < areas else "no" for position, column in enumerate(CLOUD)}
    return {"uses_cloud": "yes", **ticks}


def procurement(activities: int) -> dict[str, str]:
    """Answers of a municipality with `activities` digital activities, every other one only partly so; the rest are not
    digital, not known or not relevant by turns.
    """
    digital = [("wholly", "partly")[position % 2] for position in range(activities)]
    other = [("no", "dont_know", "not_relevant")[position % 3] for position in range(len(PROCUREMENT) - activities)]
    return dict(zip(PROCUREMENT, digital + other, strict=True))


def services(answers: str) -> dict[str, str]:
    """Answers for the four ways, one letter each, the simple ways first."""
    return {way: LETTERS[letter] for way, letter in zip(WAYS, answers, strict=True)}


# Cloud areas (None: uses none), digital procurement activities, answers on services; and, worked out by hand from SSB
# Rapporter 2023/27 ch. 5.2: the cloud score, the procurement score, the points and score for services, the grade of
# use and the grade of activity.
BY_HAND = [
    # Limits of the cloud score; use is 0 up to score 1, 1 up to score 2, then 2.
    (None, 0, "----", 0, 0, 0, 0, 0, 0),
    (0, 0, "????", 0, 0, 0, 0, 0, 0),
    (1, 0, "xxxx", 1, 0, 0, 0, 0, 0),
    (3, 0, "s---", 1, 0, 1, 1, 0, 0),
    (4, 0, "----", 2, 0, 0, 0, 1, 0),
    (6, 0, "-s?x", 2, 0, 1, 1, 1, 1),
    (7, 0, "----", 3, 0, 0, 0, 2, 1),
    (9, 0, "----", 3, 0, 0, 0, 2, 1),
    (10, 0, "----", 4, 0, 0, 0, 2, 1),
    (15, 0, "ss--", 4, 0, 2, 2, 2, 1),
    # Limits of the procurement score; use is 0, 0, 1, 1, then 3. High use makes activity 2 at least.
    (None, 1, "----", 0, 1, 0, 0, 0, 0),
    (None, 3, "ss--", 0, 1, 2, 2, 0, 1),
    (None, 4, "----", 0, 2, 0, 0, 1, 0),
    (None, 5, "h---", 0, 2, 3, 2, 1, 1),
    (None, 6, "----", 0, 3, 0, 0, 3, 2),
    (None, 7, "----", 0, 3, 0, 0, 3, 2),
    (None, 8, "s---", 0, 4, 1, 1, 3, 2),
    # Both low, but not very low, and both high.
    (3, 3, "----", 1, 1, 0, 0, 1, 0),
    (6, 5, "-h--", 2, 2, 3, 2, 1, 1),
    (6, 6, "--s-", 2, 3, 2, 2, 3, 2),
    (7, 5, "---s", 3, 2, 2, 2, 2, 1),
    (7, 6, "h---", 3, 3, 3, 2, 4, 2),
    (15, 8, "----", 4, 4, 0, 0, 4, 2),
    # Points of the services and the limits of their score; grade 2 of use counts as low.
    (None, 0, "ss-s", 0, 0, 4, 3, 0, 3),
    (4, 4, "ssss", 2, 2, 6, 3, 1, 3),
    (10, 5, "hm?x", 4, 2, 6, 3, 2, 3),
    (10, 5, "aaaa", 4, 2, 14, 4, 2, 3),
    (None, 6, "---h", 0, 3, 4, 3, 3, 4),
    (7, 6, "s-ss", 3, 3, 5, 3, 4, 4),
    (10, 8, "h--a", 4, 4, 7, 4, 4, 4),
    (9, 7, "mhmh", 3, 3, 14, 4, 4, 4),
]
COMPUTED = ["cloud_score", "procurement_score", "service_points", "services_score", "use_grade", "activity_grade"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder: Path = tmp_path_factory.mktemp("tiny-activity")
    write_survey(
        folder,
        [{**cloud(areas), **procurement(activities), **services(ways)} for areas, activities, ways, *_ in BY_HAND],
    )
    return run_cells("05_digital_aktivitet.ipynb", target_year=YEAR, reference_year="", data_dir=str(folder))


def answers_of(tiny: dict[str, object]) -> pd.DataFrame:
    answers = tiny["activity"]
    assert isinstance(answers, pd.DataFrame)
    return answers.sort_values("municipality_code").reset_index(drop=True)


def share(tiny: dict[str, object], name: str) -> pd.Series:
    """The row of the year in a frame of shares."""
    frame = tiny[name]
    assert isinstance(frame, pd.DataFrame)
    row = frame.loc[YEAR]
    assert isinstance(row, pd.Series)
    return row


@pytest.mark.parametrize("row", range(len(BY_HAND)), ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in BY_HAND])
def test_scores_and_grades(tiny: dict[str, object], row: int) -> None:
    assert tuple(answers_of(tiny).loc[row, COMPUTED]) == BY_HAND[row][3:]


def test_every_grade_is_tried() -> None:
    assert {row[7] for row in BY_HAND} == {row[8] for row in BY_HAND} == set(range(5))


def test_counts_are_those_given(tiny: dict[str, object]) -> None:
    answers = answers_of(tiny)
    assert answers["cloud_areas"].tolist() == [areas or 0 for areas, *_ in BY_HAND]
    assert answers["procurement_activities"].tolist() == [row[1] for row in BY_HAND]


def test_base_of_the_areas_is_those_who_use_cloud_services(tiny: dict[str, object]) -> None:
    users = sum(areas is not None for areas, *_ in BY_HAND)
    assert share(tiny, "using")["count"] == users
    # Ten areas or more: 10, 15, 15, 10, 10, 10.
    assert share(tiny, "many_cloud")["percent"] == pytest.approx(100 * 6 / users)


def test_base_of_the_activities_is_those_with_at_least_one(tiny: dict[str, object]) -> None:
    assert share(tiny, "buying")["count"] == sum(row[1] > 0 for row in BY_HAND)


def test_answers_on_an_activity_add_up_to_all(tiny: dict[str, object]) -> None:
    parts = tiny["procurement_parts"]
    assert isinstance(parts, pd.DataFrame)
    assert parts["percent"].groupby("label", observed=True).sum().tolist() == pytest.approx([100] * len(PROCUREMENT))


def test_not_known_and_not_relevant_are_shares_of_all(tiny: dict[str, object]) -> None:
    # Among the two simple ways: the rows with «????» and «xxxx».
    assert share(tiny, "not_known")["percent"] == pytest.approx(100 * 2 / len(BY_HAND))
    # «????», «xxxx», «-s?x», «hm?x»: the third way is not known or not relevant in four of them.
    parts = tiny["service_parts"]
    assert isinstance(parts, pd.DataFrame)
    unknown = parts["percent"]["Kompleks individuell tjeneste", "Vet ikke / ikke relevant"]
    assert unknown == pytest.approx(100 * 4 / len(BY_HAND))


def test_points_that_the_text_mentions(tiny: dict[str, object]) -> None:
    assert (tiny["some_in_simple"], tiny["some_in_all"], tiny["most_points"]) == (2, 6, 14)
