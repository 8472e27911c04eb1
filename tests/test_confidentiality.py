"""Real answers: small groups are not shown, and no result of a single municipality is unless the data allow it."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_runs import published, run_all_plain, standing, text_of

from digikom import survey
from digikom.build import disclosure
from digikom.build.editions import load_edition
from digikom.errors import BuildError, InputError
from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish.confidentiality import withheld_notes
from digikom.publish.municipalities import handed_over
from digikom.publish.published import read_cells
from digikom.publish.suppression import Groups, hidden_rows

SMALLEST = 3
#: The chapters, the first without maps; and the one about single municipalities.
CHAPTERS = (
    *("02_datakilder.ipynb", "03_digital_prioritering.ipynb"),
    *("04_digital_kompetanse.ipynb", "05_digital_aktivitet.ipynb"),
)
PAGES = "11_kommuner.ipynb"


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ([3, 4, 5], []),
        ([1, 5, 9], [0, 1]),
        ([9, 1, 5], [1, 2]),
        ([1, 2, 7, 3], [0, 1]),
        ([1, 1, 9, 4], [0, 1, 3]),
        ([0, 2, 4], [1, 2]),
        ([0, 5, 6], []),
        ([2], [0]),
        ([1, 1], [0, 1]),
        ([], []),
    ],
)
def test_a_small_group_is_hidden_with_what_would_reveal_it(sizes: list[int], hidden: list[int]) -> None:
    found = hidden_rows(pd.Series(sizes, dtype="int64"), SMALLEST)
    assert [place for place, is_hidden in enumerate(found) if is_hidden] == hidden


@given(st.lists(st.integers(0, 12), max_size=12))
def test_nothing_small_can_be_found_by_subtraction(sizes: list[int]) -> None:
    groups = pd.Series(sizes, dtype="int64")
    hidden = hidden_rows(groups, SMALLEST)
    assert not (~hidden & groups.between(1, SMALLEST - 1)).any()
    left_out = groups[hidden]
    if len(left_out) and not hidden[groups > 0].all():
        assert len(left_out) > 1
        assert left_out.sum() >= SMALLEST
    if not groups.between(1, SMALLEST - 1).any():
        assert not hidden.any()


@pytest.mark.parametrize(
    ("yes", "rest", "hidden"),
    [
        ([10, 30, 50], None, []),
        # All of the smallest said yes, so another goes: the one with fewest respondents.
        ([44, 30, 50], None, [0, 1]),
        # The next said the same, and would tell it of both.
        ([44, 80, 50], None, [0, 1, 2]),
        # What is hidden anyhow is all of one answer: a group more.
        ([10, 30, 50], (16, 16), [0]),
        ([10, 30, 50], (16, 9), []),
        ([44, 30, 50], (16, 9), [0]),
        # All in the country answered alike, which is no secret of a group.
        ([44, 80, 120], None, []),
        ([0, 0, 0], None, []),
    ],
)
def test_what_all_of_a_group_answered_is_hidden(
    yes: list[int], rest: tuple[int, int] | None, hidden: list[int]
) -> None:
    base, counts = pd.Series([44, 80, 120]), pd.Series(yes)
    answers = pd.DataFrame({"yes": counts, "no": base - counts})
    left, left_yes = rest or (0, 0)
    found = hidden_rows(base, SMALLEST, answers, left, [left_yes, left - left_yes] if rest else [])
    assert [place for place, is_hidden in enumerate(found) if is_hidden] == hidden


def small_sums(groups: Groups, hidden: set[tuple[str, str]]) -> list[tuple[int, ...]]:
    """Atoms with fewer than three respondents together whose sum is the same for all that the shown groups allow."""
    shown = [row for name, row in zip(groups.names, groups.members, strict=True) if name not in hidden]
    known = np.vstack([np.ones(len(groups.sizes)), *shown])
    _, strengths, directions = np.linalg.svd(known)
    free = directions[(strengths > 1e-9).sum() :]
    found = []
    for size in (1, 2):
        for atoms in itertools.combinations(range(len(groups.sizes)), size):
            if groups.sizes[list(atoms)].sum() < SMALLEST and np.allclose(free[:, list(atoms)].sum(axis=1), 0):
                found.append(atoms)
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("pq")), min_size=8, max_size=24)
)
def test_no_sum_over_few_follows_from_all_divisions_together(places: list[tuple[str, str, str]]) -> None:
    respondents = pd.DataFrame(places, columns=["county", "size", "area"])
    groups = Groups.of(respondents, respondents.columns)
    hidden = groups.hidden(SMALLEST)
    assert small_sums(groups, hidden) == []
    assert groups.hidden(SMALLEST, {name: name in hidden for name in groups.names}) == hidden


def test_a_county_of_one_is_hidden_with_one_in_the_same_area() -> None:
    rows = [("Oslo", "near"), *[("Viken", "near")] * 9, *[("Agder", "far")] * 4, *[("Rogaland", "far")] * 5]
    groups = Groups.of(pd.DataFrame(rows, columns=["county", "area"]), ["county", "area"])
    assert groups.hidden(SMALLEST) == {("county", "Oslo"), ("county", "Viken")}
    # Without the area any other would do, and Agder is the smallest.
    alone = Groups.of(pd.DataFrame(rows, columns=["county", "area"]), ["county"])
    assert alone.hidden(SMALLEST) == {("county", "Oslo"), ("county", "Agder")}


def test_the_symbol_is_explained_where_it_stands() -> None:
    assert withheld_notes(pd.Series([False, False]), SMALLEST) == []
    (note,) = withheld_notes(pd.Series([True, True]), SMALLEST)
    assert note.startswith("«:»")
    assert "færre enn 3 svar" in note


def real_data(folder: Path, **extra: object) -> Path:
    """A copy of the data whose descriptor says that the answers of two years are real."""
    data = folder / "data"
    shutil.copytree(DATA_DIR, data)
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource.get("path") in {"survey/2022.csv", "survey/2018.csv"}:
            resource.update({"status": "real", **extra})
    (data / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return data


def test_real_answers_are_confidential_until_the_descriptor_says_otherwise(tmp_path: Path) -> None:
    edition = load_edition(2022)
    assert not disclosure.is_confidential(edition)
    assert disclosure.is_confidential(edition, real_data(tmp_path / "closed"))
    assert not disclosure.is_confidential(edition, real_data(tmp_path / "open", municipalities_public=True))


def test_an_unclear_permission_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"municipalities_public.*'yes'.*true or false"):
        survey.load(2022, real_data(tmp_path, municipalities_public="yes"))


@pytest.fixture(scope="module")
def closed_chapters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the chapters on single municipalities executed on confidential answers, which are in `data`."""
    folder = tmp_path_factory.mktemp("closed-chapters")
    given = {"target_year": 2022, "reference_year": 2018, "data_dir": str(real_data(folder))}
    failures = run_all_plain(folder / "executed", given, [name[:2] for name in (*CHAPTERS, PAGES)])
    assert not failures, "\n".join(failures.values())
    return folder


def told(folder: Path, name: str) -> str:
    return "\n".join(text_of(standing(folder / "executed", name, folder / "data")))


def test_an_edition_on_confidential_answers_has_no_map(closed_chapters: Path) -> None:
    for name in CHAPTERS[1:]:
        assert not [key for key in published(name, closed_chapters / "executed") if key.endswith("-map")]
        assert [key for key in published(name) if key.endswith("-map")]
        assert told(closed_chapters, name).count("Svarene fra den enkelte kommunen er fortrolige. Kartet er") == 1


def test_an_edition_on_confidential_answers_has_no_single_municipality(closed_chapters: Path) -> None:
    for name in (*CHAPTERS, PAGES):
        handed = {key for _, payload in handed_over(read_cells(NOTEBOOK_DIR / name)) for key in [payload["key"]]}
        assert bool(handed) == (name != CHAPTERS[0])
        assert list(handed_over(read_cells(closed_chapters / "executed" / name))) == []
    # What is left of the chapter is its title, and why there is no more.
    assert published(PAGES, closed_chapters / "executed") == {}
    title, why = filter(None, told(closed_chapters, PAGES).splitlines())
    assert title.startswith("# ")
    assert why.endswith("Derfor vises ingen resultater for enkeltkommuner i denne utgaven.")
    disclosure.check_disclosure(load_edition(2022), closed_chapters / "executed", closed_chapters / "data")


def executed(folder: Path, **data: object) -> Path:
    """A folder with a notebook that shows `data`, by MIME type with an underscore for the slash."""
    cell = nbformat.v4.new_code_cell("show", id="shows")
    content = {name.replace("_", "/", 1): value for name, value in data.items()}
    cell.outputs = [nbformat.v4.new_output("display_data", data=content)]
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "03_a.ipynb")
    return folder


@pytest.fixture(scope="module")
def closed_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_data(tmp_path_factory.mktemp("closed"))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"text_plain": "  municipality_code  score\n0               1103      4"}, "1103"),
        ({"text_plain": "Stavanger    4\nTime         3"}, "Stavanger, Time"),
        ({"text_html": "<table><tr><td>Tromsø</td><td>4</td></tr></table>"}, "Tromsø"),
        ({"application_json": {"rows": [["4601", 3]]}}, "4601"),
        ({"application_json": {"spec": {"datasets": {"a": [{"name": "Bergen", "grade": "4"}]}}}}, "Bergen"),
    ],
)
def test_what_shows_single_municipalities_stops_the_build(
    tmp_path: Path, closed_data: Path, data: dict[str, object], found: str
) -> None:
    folder = executed(tmp_path, **data)
    with pytest.raises(BuildError, match=rf"03_a\.ipynb, cell 0 \(id shows\): {found}$"):
        disclosure.check_disclosure(load_edition(2022), folder, closed_data)
    disclosure.check_disclosure(load_edition(2022), folder)


@pytest.mark.parametrize(
    "data",
    [
        {"text_plain": "2018    377\n2022    354"},
        {"text_html": "<td>Oslo</td><td>:</td><td>5\u00a0425\u00a0270</td>"},
        {"text_plain": "Svar fra Stavanger og Bergen er ikke vist, 1103 heller ikke.".replace("1103", "11,03")},
        {"application_json": {"rows": [["Vestland", 43]], "value": 1103}},
    ],
)
def test_aggregates_pass(tmp_path: Path, closed_data: Path, data: dict[str, object]) -> None:
    disclosure.check_disclosure(load_edition(2022), executed(tmp_path, **data), closed_data)
