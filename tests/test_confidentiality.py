"""Real answers: small groups are not shown, and no result of a single municipality is unless the data allow it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from hypothesis import given
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
from digikom.publish.suppression import hidden_rows

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
    # What is left of the chapter is how it begins, and why there is no more.
    text = told(closed_chapters, PAGES)
    assert published(PAGES, closed_chapters / "executed") == {}
    assert text.count("Derfor vises ingen resultater for enkeltkommuner i denne utgaven.") == 1
    assert "##" not in text
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
