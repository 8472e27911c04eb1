"""What the silent could change: the bounds of chapter 12 against counts made by hand and by trying every case."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_runs import published, run_here

from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish import outputs, session
from digikom.publish.bounds import Bounds, bounds, bounds_of
from digikom.publish.published import read_cells

NOTEBOOK = "12_frafall.ipynb"
Answer = dict[str, str]


@pytest.fixture(scope="module")
def stored() -> dict[str, Bounds]:
    return bounds_of(read_cells(NOTEBOOK_DIR / NOTEBOOK))


def _rows(path: str) -> list[Answer]:
    return list(csv.DictReader((DATA_DIR / path).read_text(encoding="utf-8").splitlines()))


def _every(_: Answer) -> bool:
    return True


@pytest.mark.parametrize(
    ("key", "column", "counted", "gate", "among"),
    [
        ("strategy-share-reference", "has_strategy", {"yes"}, "", _every),
        ("barrier-large-reference", "barrier_competence", {"fairly_large", "very_large"}, "", _every),
        ("cloud-backup-reference", "cloud_backup", {"yes"}, "uses_cloud", _every),
        ("recruit-problem-reference", "recruiting_problem", {"yes"}, "tried_recruiting", _every),
        (
            "projects-planned-under-2000-reference",
            "has_projects",
            {"yes"},
            "",
            lambda municipality: municipality["size_class"] == "under_2000",
        ),
    ],
)
def test_no_case_of_those_who_did_not_answer_in_2018_is_outside_the_bounds_and_two_are_on_them(
    stored: dict[str, Bounds], key: str, column: str, counted: set[str], gate: str, among: Callable[[Answer], bool]
) -> None:
    group = {row["municipality_code"] for row in _rows("municipalities/municipalities-2018.csv") if among(row)}
    answers = [row for row in _rows("survey/2018.csv") if row["municipality_code"] in group]
    base = [row[column] for row in answers if not gate or row[gate] == "yes"]
    count, silent = sum(answer in counted for answer in base), len(group) - len(answers)
    # Each silent one would not have been asked, or asked and not counted, or asked and counted.
    cases = [
        100 * (count + yes) / (len(base) + yes + no)
        for yes, no in itertools.product(range(silent + 1), repeat=2)
        if (yes + no <= silent if gate else yes + no == silent)
    ]
    assert (stored[key].low, stored[key].high) == pytest.approx((min(cases), max(cases)))


def test_what_the_silent_are_worth(stored: dict[str, Bounds]) -> None:
    told = published(NOTEBOOK)
    assert [told[f"silent-width{of}"]["text"] for of in ("-reference", "")] == ["10,7", "0,6"]
    # has_strategy rises whatever they would have said, but only just.
    assert round(stored["strategy-share-reference"].high, 1) == 72.7
    assert round(stored["strategy-share"].low, 1) == 73.6
    assert "men bare så vidt: Andelen var høyst 72,7 prosent" in told["silent-strategy"]["text"]
    drawn = {key.endswith("-reference") for key, bound in stored.items() if bound.drawn and "200" not in key}
    assert True in drawn


def test_every_share_of_all_that_were_asked_reaches_the_whole_register() -> None:
    found = run_here(NOTEBOOK)[1]["found"]
    ungated = found[found["questions"].isin(["has_strategy", "tried_recruiting", "uses_cloud", "barrier_competence"])]
    assert len(ungated) > 30
    assert (ungated["base"] + ungated["silent"]).tolist() == ungated["of"].tolist()


def _chapter(folder: Path, *numbers: dict[str, Any]) -> str:
    """A folder with one chapter that publishes `numbers`."""
    cell = nbformat.v4.new_code_cell(id="a")
    plain = {
        "label": "Noe",
        "text": "",
        "decimals": 1,
        "base_text": "",
        "status": "real",
        "questions": ["has_strategy"],
    }
    for given in numbers:
        number = {**plain, "unit": "percent", **given}
        if "value" not in number:
            number["value"] = 100 * number["count"] / number["base"]
        cell.outputs.append(nbformat.v4.new_output("display_data", {outputs.NUMBER_MIME: number}))
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "03_digital_prioritering.ipynb")
    return str(folder)


def _pair(key: str, now: tuple[int, int], then: tuple[int, int], **facts: object) -> list[dict[str, Any]]:
    (count, base), (count_then, base_then) = now, then
    return [
        {"key": key, "year": 2022, "count": count, "base": base, **facts},
        {"key": f"{key}-reference", "year": 2018, "count": count_then, "base": base_then, **facts},
    ]


def test_a_change_holds_when_and_only_when_its_bounds_do_not_meet(tmp_path: Path) -> None:
    # Two of 356 did not answer in 2022, and 45 of 422 in 2018.
    numbers = [
        *_pair("rise", (275, 354), (200, 377)),  # at least 275/356, at most 245/422
        *_pair("just", (207, 354), (200, 377)),  # at least 207/356 = 58,1 and at most 245/422 = 58,06
        *_pair("open", (206, 354), (200, 377)),  # at least 206/356 = 57,9
        *_pair("fall", (100, 354), (200, 377)),  # at most 102/356, at least 200/422
        *_pair("near-fall", (165, 354), (200, 377)),  # at most 167/356 = 46,9 and at least 200/422 = 47,4: holds
        *_pair("small", (190, 354), (200, 377)),  # too small to be called a change
        *_pair("group", (20, 20), (5, 17), group=["size_class", "50000_plus"]),
        {"key": "count", "unit": "count", "value": 10, "count": None, "base": 354, "year": 2022},
        {"key": "mean", "value": 50, "count": None, "base": 354, "year": 2022},
    ]
    notebook, variables = run_here(NOTEBOOK, executed_dir=_chapter(tmp_path / "executed", *numbers))
    verdicts = variables["stated"].set_index("key")["verdict"].to_dict()
    assert verdicts == {
        "rise": "holder uansett",
        "just": "holder uansett",
        "open": "kunne vært en nedgang",
        "fall": "holder uansett",
        "near-fall": "holder uansett",
    }
    found = bounds_of(notebook.cells)
    ends = {key: (bound.low, bound.high) for key, bound in found.items()}
    assert ends["rise"] == pytest.approx((100 * 275 / 356, 100 * 277 / 356))
    assert not found["rise"].drawn
    assert found["rise-reference"].drawn
    # Of the largest municipalities all answered. A count may be two more. A mean has no bounds.
    assert ends["group"] == (100, 100)
    assert ends["group-reference"] == pytest.approx((500 / 17, 500 / 17))
    assert ends["count"] == (10, 12)
    assert "mean" not in found


def test_bounds_of_confidential_answers_do_not_tell_how_many_of_a_group_were_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session.Session, "shown_singly", False)
    group = ["size_class", "50000_plus"]
    numbers = [
        {"key": "whole", "count": 200, "base": 340, "year": 2022},
        {"key": "asked", "count": 12, "base": 20, "year": 2022, "group": group},
        {"key": "routed", "count": 12, "base": 18, "year": 2022, "group": group},
        {"key": "few", "count": 1, "base": 2, "year": 2022},
    ]
    notebook, _ = run_here(NOTEBOOK, executed_dir=_chapter(tmp_path / "executed", *numbers))
    assert set(bounds_of(notebook.cells)) == {"whole", "asked"}


def test_of_no_numbers_nothing_is_handed_over(tmp_path: Path) -> None:
    notebook, variables = run_here(NOTEBOOK, executed_dir=_chapter(tmp_path / "executed"))
    assert bounds_of(notebook.cells) == {}
    shown: list[Any] = []
    bounds("silent-bounds", variables["found"].set_index("key"))
    assert not shown
