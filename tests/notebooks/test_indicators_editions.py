"""Chapters 3 and 5 as every edition has them: nothing is computed of questions that were not asked, and the text prints
no number that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import pairwise
from pathlib import Path

import pytest
from changed_form import REFERENCE, YEAR, Form, asked_again, write_answers
from notebook_runs import Cells, execute_here, published, run_cells, standing, text_of

from digikom import geography, survey
from digikom.publish import uncapitalised
from digikom.publish.suppression import hidden_rows
from digikom.publish.tables import WITHHELD

PRIORITY, ACTIVITY = "03_digital_prioritering.ipynb", "05_digital_aktivitet.ipynb"
COMPETENCE = "04_digital_kompetanse.ipynb"
Executed = Callable[[int], Path]
#: What chapters print of others' numbers and words; every edition with a reference year has them all.
OF_OTHERS = {"year", "year-reference", "small-change", "high-score", "fewest-compared", "silent-recruiting"}
#: Published in every edition: it tells which years the report is about.
ALWAYS = {f"{key}{suffix}" for key in ("year", "respondents") for suffix in ("", "-reference")}
ALWAYS |= {"small-change", "high-score", "fewest-compared"}
OPEN_DATA = {
    *("fig-open-data", "open-data", "open-data-count", "municipalities-open-data"),
    *(f"open-data-{place}{ending}" for place in ("least", "most") for ending in ("", "-name")),
}
COMPARED_OPEN_DATA = {"open-data-reference", "open-data-count-reference", "open-data-change", "open-data-since"}


def printed_keys(cells: Cells) -> set[str]:
    """The keys that the text cells print."""
    return set(re.findall(r"\{(?:tall|ord|numref)\}`([^`|]+)(?:\|[a-z]+)?`", "\n".join(text_of(cells))))


def check_text(cells: Cells, found: Collection[str]) -> None:
    """Of the shown `cells` of a chapter that publishes `found`: everything printed is published, every figure is told
    of, and the headings hold together.
    """
    printed = printed_keys(cells)
    assert printed - set(found) - OF_OTHERS == set()
    assert {key for key in found if key.startswith(("fig-", "tab-"))} - printed == set()
    lines = [line for source in text_of(cells) for line in source.splitlines() if line.strip()]
    levels = [len(line) - len(line.lstrip("#")) for line in lines]
    headings = [level for level in levels if level]
    assert all(below <= above + 1 for above, below in pairwise(headings))
    empty = [
        line
        for line, level, following in zip(lines, levels, [*levels[1:], 1], strict=True)
        if level and following and following <= level
    ]
    assert empty == []


@pytest.mark.parametrize("name", [PRIORITY, COMPETENCE, ACTIVITY])
@pytest.mark.parametrize("year", [2018, 2023, 2024])
def test_every_edition_publishes_what_its_text_prints(executed: Executed, name: str, year: int) -> None:
    check_text(standing(executed(year), name), published(name, executed(year)))


@pytest.mark.parametrize(
    "blocks",
    [{PRIORITY: "strategy", ACTIVITY: "cloud"}, {PRIORITY: "projects", ACTIVITY: "services"}],
    ids=lambda blocks: "-".join(blocks.values()),
)
def test_a_chapter_without_one_of_its_blocks_holds_together(blocks: dict[str, str], tmp_path: Path) -> None:
    form = Form(tmp_path / "data")
    for block in blocks.values():
        form.leave_out(block)
    form.write()
    write_answers(form.folder)
    given = {"target_year": YEAR, "reference_year": REFERENCE, "data_dir": str(form.folder)}
    executed = execute_here(tmp_path / "executed", PRIORITY, ACTIVITY, **given)
    labels = survey.codebook().blocks().set_index("block")["label_nb"]
    for name, block in blocks.items():
        cells, found = standing(executed, name, form.folder), published(name, executed)
        check_text(cells, found)
        # The other blocks are still there, and what is left is said once.
        assert len(found) > 50
        text = "\n".join(text_of(cells))
        assert text.count(f"Spørsmålene om {uncapitalised(labels[block])} ble ikke stilt i {YEAR}.") == 1


@pytest.mark.parametrize("year", [2023, 2024])
def test_priority_is_not_computed_where_the_questions_were_changed(executed: Executed, year: int) -> None:
    assert set(published(PRIORITY, executed(year))) == ALWAYS
    text = "\n".join(text_of(standing(executed(year), PRIORITY)))
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
    hidden = hidden_rows(answered, 3)
    assert hidden["Oslo"]
    for row in counties:
        assert row[2:] == [WITHHELD] * len(row[2:]) if hidden[row[0]] else sum(row[2:]) == row[1]
    assert sum(whole[2:]) == whole[1]
    assert whole[2:] == [row[1] for row in found[of_all]["rows"][:-1]]
    assert table not in published(name)


FRAMES = {
    PRIORITY: ["strategies", "area_shares", "planned", "expected", "median_areas", "median_projects", "grade_shares"],
    ACTIVITY: [
        "using",
        "areas",
        "median_cloud",
        "median_procurement",
        "median_services",
        "use_shares",
        "activity_shares",
    ],
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_reference_year_without_the_questions_is_not_computed(name: str, tmp_path: Path) -> None:
    """Answers that are not there are no answers of «no»."""
    frames = run_cells(name, **asked_again(tmp_path))
    for frame in FRAMES[name]:
        index = frames[frame].index
        assert set(index.get_level_values("year") if "year" in index.names else index) == {YEAR}, frame


@pytest.mark.parametrize("name", [PRIORITY, ACTIVITY])
def test_every_word_for_a_change_has_an_english_form(name: str) -> None:
    """A build stops at a word that is printed in English and has no English form."""
    words = {key: payload for key, payload in published(name).items() if key.endswith(("-change", "-since"))}
    words.pop("small-change", None)
    assert len(words) > 20
    assert [key for key, payload in words.items() if not payload["text_en"]] == []
