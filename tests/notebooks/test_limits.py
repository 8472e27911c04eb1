"""The grades with other limits: each case gives what the chapter gives with that limit in `data/method/`."""

from __future__ import annotations

import csv
import itertools
import shutil
from collections import Counter
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from notebook_runs import run_cells

from digikom.editions.limit_cases import IndicatorCases, LimitCases, from_rows
from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish import session
from digikom.publish.handover import handed_over
from digikom.publish.limits import limits, limits_of
from digikom.publish.outputs import current
from digikom.publish.published import read_cells

NAME = "08_folsomhet.ipynb"
#: The composites, with the indicators behind each.
COMPOSITES = {"priority": 2, "competence": 1, "use": 2, "activity": 3}


@pytest.fixture(scope="module")
def committed() -> LimitCases:
    return from_rows(limits_of(read_cells(NOTEBOOK_DIR / NAME)))


def case_of(cases: LimitCases, measure: str, **moved: int) -> tuple[int, ...]:
    """The counts at each level, where the limits that are named «indicator_score» are moved."""
    one = cases.of(measure)
    assert one is not None
    steps = tuple(moved.get(f"{limit.indicator}_{limit.score}", 0) for limit in one.limits)
    return next(case.counts for case in one.cases if case.steps == steps)


def moved_data(folder: Path, indicator: str, score: int, step: int) -> Path:
    """A copy of the project's data with one limit moved, and the upper end of the score below with it."""
    shutil.copytree(DATA_DIR, folder)
    path = folder / "method" / "cut-points.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["indicator"] == indicator and int(row["score"]) == score:
            row["lower"] = str(int(row["lower"]) + step)
        if row["indicator"] == indicator and int(row["score"]) == score - 1:
            row["upper"] = str(int(row["upper"]) + step)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def levels_in_chapter(name: str, data: Path, folder: Path) -> dict[str, Counter[int]]:
    """How many municipalities of the edition's year have each score and grade, by column, in a chapter that is run as
    far as its last measure.
    """
    notebook = nbformat.read(NOTEBOOK_DIR / name, as_version=4)
    measured = [place for place, cell in enumerate(notebook.cells) if "measures" in cell.metadata]
    notebook.cells = notebook.cells[: measured[-1] + 1]
    nbformat.write(notebook, folder / name)
    variables = run_cells(str(folder / name), data_dir=str(data))
    found: dict[str, Counter[int]] = {}
    for column in itertools.chain.from_iterable(notebook.cells[place].metadata["measures"] for place in measured):
        frames = (each for each in variables.values() if isinstance(each, pd.DataFrame) and column in each)
        frame = next(each for each in frames if "year" in each)
        found[column] = Counter(frame.loc[frame["year"] == 2022, column].astype(int))
    return found


@pytest.mark.parametrize(
    ("name", "moved", "columns"),
    [
        (
            "03_digital_prioritering.ipynb",
            ("strategy", 3, -1),
            {"strategy": "strategy_score", "priority": "priority_grade"},
        ),
        (
            "03_digital_prioritering.ipynb",
            ("projects", 3, 1),
            {"projects": "project_score", "priority": "priority_grade"},
        ),
        (
            "04_digital_kompetanse.ipynb",
            ("internal", 3, -1),
            {"internal": "internal_score", "competence": "competence_category"},
        ),
        (
            "05_digital_aktivitet.ipynb",
            ("cloud", 3, 1),
            {"cloud": "cloud_score", "use": "use_grade", "activity": "activity_grade"},
        ),
        (
            "05_digital_aktivitet.ipynb",
            ("procurement", 3, -1),
            {"procurement": "procurement_score", "use": "use_grade", "activity": "activity_grade"},
        ),
        (
            "05_digital_aktivitet.ipynb",
            ("services", 3, 1),
            {"services": "services_score", "activity": "activity_grade"},
        ),
    ],
)
def test_a_moved_limit_gives_what_the_chapter_gives_with_that_limit_in_the_method(
    committed: LimitCases, tmp_path: Path, name: str, moved: tuple[str, int, int], columns: dict[str, str]
) -> None:
    indicator, score, step = moved
    found = levels_in_chapter(name, moved_data(tmp_path / "data", *moved), tmp_path)
    for measure, column in columns.items():
        counts = case_of(committed, measure, **{f"{indicator}_{score}": step})
        assert counts == tuple(found[column][level] for level in range(5)), measure
        assert measure != indicator or counts != case_of(committed, measure)


def test_the_composites_have_forty_eight_cases_and_none_is_impossible(committed: LimitCases) -> None:
    cases = {one.indicator: one for one in committed.indicators}
    assert {name: len(cases[name].cases) for name in COMPOSITES} == {name: 3**n for name, n in COMPOSITES.items()}
    assert sum(len(cases[name].cases) for name in COMPOSITES) == 48
    assert list(cases)[:6] == ["strategy", "projects", "internal", "cloud", "procurement", "services"]


def test_limits_rise_and_stay_within_what_is_possible(committed: LimitCases) -> None:
    most = {"procurement": 8, "internal": 12, "projects": 10, "cloud": 15, "services": 14}
    for one in committed.indicators:
        for case in one.cases:
            by_indicator: dict[str, list[int]] = {}
            for limit, place in zip(one.limits, one.moved_to(case), strict=True):
                by_indicator.setdefault(limit.indicator, []).append(place.limit)
            for indicator, lowest in by_indicator.items():
                assert lowest == sorted(set(lowest)), (one.indicator, case.steps)
                assert lowest[0] > 1, "none and some are told apart as in the report"
                assert lowest[-1] <= most.get(indicator, lowest[-1])
    steps = {one.indicator: {case.steps for case in one.cases} for one in committed.indicators}
    # The second limit of the services has no room below, the last one of procurement none above; those of the strategy
    # may not meet.
    assert not any(each[0] == -1 for each in steps["services"])
    assert not any(each[2] == 1 for each in steps["procurement"])
    assert (0, 1, -1) not in steps["strategy"]
    assert (1, 1, 1) in steps["strategy"]


def test_each_case_has_everybody_and_says_what_it_has(committed: LimitCases) -> None:
    for one in committed.indicators:
        as_is = next(case for case in one.cases if not case.moved)
        for case in one.cases:
            assert sum(case.counts) == one.base
            assert case.percent == pytest.approx([100 * count / one.base for count in case.counts])
            assert f"{case.top:.1f} prosent".replace(".", ",").replace(" ", "\u00a0") in case.text
            assert case.text.endswith(f"{case.verdict}.")
            assert case.change is not None
            assert case.conclusion == (
                "same" if abs(round(case.change, 1)) < 2 else "rises" if case.change > 0 else "falls"
            )
            if case.moved:
                assert ("som i rapporten" in case.verdict) == (case.conclusion == as_is.conclusion)


def test_what_a_municipality_could_have_is_what_some_case_gives_it(committed: LimitCases) -> None:
    handed = {payload["key"]: payload for _, payload in handed_over(read_cells(NOTEBOOK_DIR / NAME))}
    payload = handed["possible-levels"]
    names = [column["name"] for column in payload["columns"]]
    possible = pd.DataFrame(payload["rows"], columns=names)
    for one in committed.indicators:
        could = Counter(level for levels in possible[f"{one.indicator}_possible"] for level in levels.split())
        for level in range(5):
            counts = [case.counts[level] for case in one.cases]
            assert max(counts) <= could[str(level)] <= sum(counts), (one.indicator, level)


def test_an_edition_that_is_compared_with_nothing_has_no_verdict_and_one_without_the_questions_nothing() -> None:
    alone = run_cells(NAME, target_year=2018, reference_year="")
    assert set(alone["described"]["verdict"]) == set(alone["described"]["conclusion"]) == {""}
    assert "siden" not in " ".join(alone["described"]["told"])
    assert len(alone["limit_cases"]) > 48
    later = run_cells(NAME, target_year=2023, reference_year=2022)
    assert later["limit_cases"] == {}


def test_the_form_refuses_what_is_no_case(committed: LimitCases) -> None:
    assert from_rows([]).of("use") is None
    assert isinstance(committed.of("use"), IndicatorCases)
    with pytest.raises(ValueError, match="shorter"):
        from_rows([["use"]])


def test_of_confidential_answers_only_what_everybody_is_in_may_be_subtracted(monkeypatch: pytest.MonkeyPatch) -> None:
    run_cells(NAME, target_year=2018, reference_year="")
    everybody = current().session.respondents[2018]
    monkeypatch.setattr(session.Session, "shown_singly", False)
    names = ["whole", "part", "none"]
    about = pd.DataFrame({"label": "x", "levels": [[]] * 3, "base": [everybody, everybody - 1, 0]}, index=names)
    nothing = pd.DataFrame(columns=["measure", "part", "score", "label"])
    assert limits("first", about, nothing, nothing) == ["whole"]
    monkeypatch.setattr(session.Session, "shown_singly", True)
    assert limits("second", about, nothing, nothing) == ["whole", "part"]
