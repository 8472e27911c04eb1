"""Chapters 3 and 5 as every edition has them: nothing is computed of questions that were not asked, and the text prints
no number that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from notebook_runs import published, run_cells

from digikom import geography, survey
from digikom.build.chapters import run_notebooks
from digikom.build.selection import Lack, Selection
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.confidentiality import WITHHELD, withheld

PRIORITY, ACTIVITY = "03_digital_prioritering.ipynb", "05_digital_aktivitet.ipynb"
Executed = Callable[[int], Path]
#: What chapter 5 prints of chapter 3's numbers; every edition with a reference year has them all.
OF_CHAPTER_3 = {"year", "year-reference", "small-change"}
#: Published in every edition: it tells which years the report is about.
ALWAYS = {f"{key}{suffix}" for key in ("year", "respondents") for suffix in ("", "-reference")} | {"small-change"}
OPEN_DATA = {
    *("fig-open-data", "open-data", "open-data-count", "municipalities-open-data"),
    *(f"open-data-{place}{ending}" for place in ("least", "most") for ending in ("", "-size")),
}
COMPARED_OPEN_DATA = {"open-data-reference", "open-data-count-reference", "open-data-change"}


def run_without(name: str, folder: Path, selection: Selection) -> Path:
    """The chapter executed in `folder` for the default edition, without what `selection` says."""
    run_notebooks([NOTEBOOK_DIR / name], folder, {}, selection)
    return folder


def markdown_of(name: str, folder: Path) -> list[str]:
    cells = nbformat.read(folder / name, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


def printed_keys(name: str, folder: Path) -> set[str]:
    text = "\n".join(markdown_of(name, folder))
    return set(re.findall(r"\{(?:tall|ord|numref)\}`([^`|]+)(?:\|[a-z]+)?`", text))


def check_text(name: str, folder: Path) -> None:
    """Everything printed is published, every figure is told of, and the headings hold together."""
    found = set(published(name, folder))
    assert printed_keys(name, folder) - found - OF_CHAPTER_3 == set()
    shown = {key for key in found if key.startswith(("fig-", "tab-"))}
    assert shown - printed_keys(name, folder) == set()
    lines = [line for source in markdown_of(name, folder) for line in source.splitlines() if line.strip()]
    levels = [len(line) - len(line.lstrip("#")) for line in lines]
    headings = [level for level in levels if level]
    assert all(below <= above + 1 for above, below in pairwise(headings))
    empty = [
        line
        for line, level, following in zip(lines, levels, [*levels[1:], 1], strict=True)
        if level and following and following <= level
    ]
    assert empty == []


@pytest.mark.parametrize("name", [PRIORITY, ACTIVITY])
@pytest.mark.parametrize("year", [2018, 2023, 2024])
def test_every_edition_publishes_what_its_text_prints(executed: Executed, name: str, year: int) -> None:
    check_text(name, executed(year))


@pytest.mark.parametrize(
    ("name", "block"),
    [
        (PRIORITY, "strategy"),
        (PRIORITY, "projects"),
        (ACTIVITY, "cloud"),
        (ACTIVITY, "services"),
    ],
)
def test_a_chapter_without_one_of_its_blocks_holds_together(name: str, block: str, tmp_path: Path) -> None:
    questions = survey.codebook().items(2022, block=block)["question"].unique()
    lacks = (
        Lack(block, "not_asked", block, 2022),
        *(Lack(question, "", question, 2022, is_question=True) for question in questions),
        Lack("open_data", "later", "åpne data", 2022),
    )
    folder = run_without(name, tmp_path, Selection(lacks))
    check_text(name, folder)
    # The other blocks are still there, and what is left is said once.
    assert len(published(name, folder)) > 50
    assert sum(f"Spørsmålene om {block} ble ikke stilt" in source for source in markdown_of(name, folder)) == 1


@pytest.mark.parametrize("year", [2023, 2024])
def test_priority_is_not_computed_where_the_questions_were_changed(executed: Executed, year: int) -> None:
    assert set(published(PRIORITY, executed(year))) == ALWAYS
    text = "\n".join(markdown_of(PRIORITY, executed(year)))
    assert text.count("Spørsmålene om digitaliseringsstrategi og IKT-prosjekter hadde nye svaralternativer") == 1
    assert "##" not in text


@pytest.mark.parametrize(("year", "expected"), [(2023, OPEN_DATA), (2024, OPEN_DATA | COMPARED_OPEN_DATA)])
def test_of_activity_only_open_data_is_known_in_later_years(executed: Executed, year: int, expected: set[str]) -> None:
    found = published(ACTIVITY, executed(year))
    assert set(found) == expected
    answers = survey.load(year)
    sharing = int((answers["shares_open_data"] == "yes").sum())
    assert found["open-data-count"]["value"] == sharing
    assert found["open-data"]["value"] == pytest.approx(100 * sharing / len(answers))
    assert found["open-data"]["base"] == len(answers)
    rows = found["fig-open-data"]["rows"]
    assert [row[0] for row in rows] == [*geography.size_classes()["label_nb"], "Alle kommuner"]
    years = {column["name"] for column in found["fig-open-data"]["columns"]} - {"name"}
    assert years == {str(asked) for asked in (2023, 2024) if asked <= year}


def test_the_default_edition_publishes_nothing_on_open_data() -> None:
    assert [key for key in published(ACTIVITY) if "open-data" in key] == []


def test_an_edition_without_a_reference_year_compares_nothing(executed: Executed) -> None:
    for name in (PRIORITY, ACTIVITY):
        found = published(name, executed(2018))
        assert len(found) > 50
        compared = {key for key in found if key.endswith(("-reference", "-change"))}
        assert compared - {"small-change"} == set()


@pytest.mark.parametrize(
    ("name", "table", "of_all"),
    [
        (PRIORITY, "tab-priority-county", "tab-priority-grade"),
        (ACTIVITY, "tab-activity-county", "tab-activity-grade"),
    ],
)
def test_counties_stand_in_a_table_where_there_is_no_map(
    executed: Executed, name: str, table: str, of_all: str
) -> None:
    assert geography.boundaries_path(2018) is None
    found = published(name, executed(2018))
    *counties, whole = found[table]["rows"]
    answered = survey.load(2018).merge(geography.register(2018), on="municipality_code")["county"].value_counts()
    assert {row[0]: row[1] for row in counties} == answered.to_dict()
    hidden = withheld(answered, 3)
    assert hidden["Oslo"]
    for row in counties:
        assert row[2:] == [WITHHELD] * len(row[2:]) if hidden[row[0]] else sum(row[2:]) == row[1]
    assert sum(whole[2:]) == whole[1]
    assert whole[2:] == [row[1] for row in found[of_all]["rows"][:-1]]
    assert table not in published(name)


def test_a_reference_year_without_the_questions_is_not_computed() -> None:
    """As the notebooks stand, with no cell left out: answers that are not there are no answers of «no»."""
    priority = run_cells(PRIORITY, target_year=2022, reference_year=2023)
    for name in ("strategy_base", "projects_base", "median_areas", "median_projects", "high_without_strategy"):
        assert priority[name].index.tolist() == [2022], name
    for name in ("area_wide", "planned_wide", "expected_wide", "grade_shares"):
        assert priority[name].columns.tolist() == [2022], name
    activity = run_cells(ACTIVITY, target_year=2022, reference_year=2023)
    for name in ("cloud_using", "median_cloud", "median_procurement", "median_services", "use_high_percent"):
        assert activity[name].index.tolist() == [2022], name
    for name in ("cloud_wide", "procurement_digital", "use_shares", "activity_shares"):
        assert activity[name].columns.tolist() == [2022], name


@pytest.mark.parametrize("name", [PRIORITY, ACTIVITY])
def test_every_word_that_the_numbers_decide_has_an_english_form(name: str) -> None:
    words = {key: payload for key, payload in published(name).items() if "text_en" in payload}
    assert len(words) > 20
    assert [key for key, payload in words.items() if not payload["text_en"]] == []
