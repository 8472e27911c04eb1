"""Questions that are left open: a state of their own, from the extract to the page on a municipality; never a no."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import municipality_editions as made
import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import Command
from extracts import MAPPING, YEAR, Project, Table, example, make_project, read_survey
from notebook_runs import execute_here, published_by, run_here
from odd_surveys import let_be_left_open, odd_answers, odd_data

from digikom import survey
from digikom.editions.municipality_results import from_payloads
from digikom.errors import InputError
from digikom.paths import DATA_DIR
from digikom.publish.session import begin

#: Municipalities that leave the question on open data open, by their rows in the example, and one that does not know.
OPEN, UNSURE, GRID = (4, 17, 40), 60, 80


def extract(blanks: tuple[str, str, str] = ("", "Ubesvart", "")) -> Table:
    """The example with three questions left open, a line of a grid too, and a «Vet ikke» to a question of yes or no."""
    table = example()
    for row, text in zip(OPEN, blanks, strict=True):
        table = table.with_cell(row, "Spm 12a", text)
    return table.with_cell(UNSURE, "Spm 12a", "Vet ikke").with_cell(GRID, "Spm 14h", "")


def mapping(**blank_means: str) -> str:
    """The example's mapping that also says what was left open."""
    rules = yaml.load(MAPPING.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    rules["codes"]["yes_no"] |= {"Ubesvart": "unanswered", "Vet ikke": "dont_know"}
    words = {"label_nb": "Vet ikke", "label_en": "Don't know", "source": "extract", "status": "assumed"}
    known = {"scale": "yes_no", "code": "dont_know", "substantive": "no", **words}
    # No answer, so it needs no row; one that is there does no harm.
    rules["new"]["scales"] += [known, {**known, "code": "unanswered", "label_nb": "Ubesvart", "label_en": "Unanswered"}]
    rules["blank_means"] = blank_means
    return yaml.safe_dump(rules, allow_unicode=True, sort_keys=False)


ALL = {"open_data": "unanswered", "procurement_activities": "unanswered"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


def code(row: int) -> str:
    return example().column("Kommunenr")[row].zfill(4)


def test_three_unanswered_questions_are_never_a_no(project: Project, tmp_path: Path) -> None:
    project.put(f"{YEAR}.yml", mapping(**ALL).encode())
    source = project.put("u.csv", extract().csv())
    taken = project.take_in(source, "--mapping", str(project.root / f"{YEAR}.yml"))
    assert (taken.code, taken.err) == (0, "")
    book = survey.codebook(project.data)
    assert {question.question for question in book.question_rows if YEAR in question.unanswered} == set(ALL)
    answers = {row["municipality_code"]: row for row in read_survey(project.survey())}
    assert [answers[code(row)]["shares_open_data"] for row in OPEN] == ["", "", ""]

    given = [answer["shares_open_data"] for answer in answers.values()]
    parameters: dict[str, Any] = {"target_year": YEAR, "reference_year": 2024, "data_dir": str(project.data)}
    folder = execute_here(tmp_path / "executed", "05_digital_aktivitet.ipynb", **parameters)
    chapter = {**published_by(json.loads((folder / "05_digital_aktivitet.ipynb").read_text("utf-8"))["cells"])}
    share = chapter["open-data"]
    assert (share["base"], share["count"]) == (350 - 3 - 1, given.count("yes"))
    assert share["base_text"] == "alle kommuner som svarte; i alt 3 ubesvarte, 1 «vet ikke»"
    assert chapter["fig-open-data"]["base_text"].endswith("; i alt 3 ubesvarte, 1 «vet ikke»")
    assert chapter["open-data-reference"]["base_text"] == "alle kommuner som svarte"
    # Of a grid the line is left out where it is open, and the municipality where the lines are counted.
    assert chapter["procurement-any"]["base"] == 349

    notebook, _ = run_here("11_kommuner.ipynb", **parameters, executed_dir=str(folder))
    found = published_by(notebook.cells)
    results = from_payloads(found)
    made.publish(tmp_path / "site", YEAR, results.model_dump(mode="json"))
    pages = made.write(tmp_path / "site")
    for row in (*OPEN, UNSURE):
        shown = result_of(pages / f"{code(row)}.html", "Deler åpne data")
        assert shown == ("Vet ikke" if row == UNSURE else "Ikke besvart")
    counted = [one.municipalities for one in results.positions_of["open_data", "all"]]
    assert counted == [given.count("no"), given.count("yes")]
    columns = [column["name"] for column in found["tab-municipalities"]["columns"]]
    table = [dict(zip(columns, row, strict=True)) for row in found["tab-municipalities"]["rows"]]
    seen = {row["municipality_code"]: row["open_data"] for row in table}
    assert [seen[code(row)] for row in (*OPEN, UNSURE)] == ["..", "..", "..", "Vet ikke"]
    grid = result_of(pages / f"{code(GRID)}.html", "Digitale innkjøp")
    assert grid == "Kan ikke regnes ut, fordi et svar mangler"

    listed = published_by(run_here("02_datakilder.ipynb", **parameters)[0].cells)["tab-unanswered"]
    rows = {row[0]: row[1:4] for row in listed["rows"]}
    assert rows[book.question("open_data").text_nb] == [350, 3, pytest.approx(300 / 350)]
    assert rows[book.question("procurement_activities").text_nb][:2] == [350, 1]


def result_of(page: Path, label: str) -> str:
    """What the page of a municipality shows of an indicator."""
    cards = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("ul.kommune-kort li")
    (card,) = (card for card in cards if card.h3 and card.h3.get_text(strip=True) == label)
    value = card.select_one(".verdi")
    assert value is not None
    return value.get_text(" ", strip=True)


@pytest.mark.parametrize(
    ("blank_means", "expected"),
    [
        ({}, "Spm 12a: found ''"),
        ({"open_data": "no"}, "a blank means nothing elsewhere but unanswered"),
        ({"open_data": ""}, "a blank means nothing elsewhere but unanswered"),
        ({"open_data": "unanswered"}, "Spm 14h: found ''"),
    ],
)
def test_a_blank_is_a_fault_unless_the_mapping_says_otherwise(
    project: Project, blank_means: dict[str, str], expected: str
) -> None:
    project.put(f"{YEAR}.yml", mapping(**blank_means).encode())
    taken = project.take_in(
        project.put("u.csv", extract(("", "", "")).csv()), "--mapping", str(project.root / f"{YEAR}.yml")
    )
    assert taken.code == 2
    assert expected in taken.err


def test_taking_the_year_out_again_leaves_nothing_open(project: Project) -> None:
    before = (project.data / "codebook" / "questions.csv").read_bytes()
    project.put(f"{YEAR}.yml", mapping(**ALL).encode())
    source = project.put("u.csv", extract().csv())
    assert project.take_in(source, "--mapping", str(project.root / f"{YEAR}.yml")).code == 0
    project.put(f"{YEAR}.yml", MAPPING.read_bytes())
    whole = project.put("u.csv", example().csv())
    assert project.take_in(whole, "--force", "--mapping", str(project.root / f"{YEAR}.yml")).code == 0
    after = (project.data / "codebook" / "questions.csv").read_text("utf-8")
    assert after.replace(f" {YEAR},", ",").encode() == before


def test_check_notes_what_is_left_open(tmp_path: Path, digikom: Command) -> None:
    data = odd_data(tmp_path, "unanswered", 2024)
    done = digikom("check", str(data / "survey" / "2024.csv"), "--year", "2024", "--data-dir", str(data))
    assert done.returncode == 0
    assert "Note: open_data is left unanswered, or a part of it, by 3 of" in done.stdout
    plain = digikom("check", str(DATA_DIR / "survey" / "2024.csv"), "--year", "2024")
    assert (plain.returncode, "Note" in plain.stdout) == (0, False)


def problems(tmp_path: Path, answers: Any) -> list[tuple[int | None, str | None]]:  # noqa: ANN401
    answers.to_csv(tmp_path / "survey.csv", index=False, lineterminator="\n")
    return [(one.row, one.column) for one in survey.check(tmp_path / "survey.csv", 2022, tmp_path)]


def test_a_blank_may_stand_where_the_codebook_says_so(tmp_path: Path) -> None:
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    answers = odd_answers("unanswered", 2022)
    assert problems(tmp_path, answers)
    let_be_left_open(tmp_path / "codebook", 2022)
    assert problems(tmp_path, answers) == []
    # What was not asked must still be empty, and somebody who answered nothing did not respond.
    without = answers.index[answers["has_strategy"] == "no"][0]
    answers.loc[without, "strategy_robotics"] = "yes"
    silent = answers.index[-1]
    answers.loc[silent, answers.columns[1:]] = ""
    assert problems(tmp_path, answers) == [(without + 2, "strategy_robotics"), (silent + 2, None)]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("questions.csv", "assumed,\n", "assumed,1999\n", "only years in which it was asked"),
        ("scales.csv", "yes_no,no,", "yes_no,unanswered,", "a question that is left open is a blank cell"),
    ],
)
def test_the_codebook_is_in_order(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    path = tmp_path / "codebook" / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InputError) as error:
        survey.codebook(tmp_path)
    assert expected in "\n".join(map(str, error.value.problems))


def test_a_codebook_without_the_column_lets_nothing_be_left_open(tmp_path: Path) -> None:
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    path = tmp_path / "codebook" / "questions.csv"
    path.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in path.read_text("utf-8").splitlines()), "utf-8")
    assert survey.codebook(tmp_path) == survey.codebook()


def test_who_left_a_question_open_is_out_of_it_and_of_what_it_leads_to(tmp_path: Path) -> None:
    session = begin(2022, data_dir=str(odd_data(tmp_path, "unanswered", 2022)))
    everybody = len(session.answers)
    assert len(session.asked("has_strategy")) == everybody - 3
    assert len(session.asked("strategy_areas")) == len(session.asked("has_strategy", "strategy_areas")) == everybody - 6
    assert session.lacking("strategy_areas").eq("").sum() == 6
    last = session.columns("strategy_areas")[-1]
    areas = session.item_answers("strategy_areas", session.answers).groupby("item", observed=True).size()
    assert areas.drop(last).nunique() == 1
    assert areas[last] == areas.drop(last).iloc[0] - 2


def test_without_anything_left_open_nobody_is_out() -> None:
    session = begin(2022, 2018)
    assert session.asked("has_strategy", "strategy_areas").equals(session.given)
