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
from confidential_cases import real_data
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_runs import published, run_all_plain, standing, text_of

from digikom import survey
from digikom.editions import disclosure, downloads
from digikom.editions.build_facts import input_files
from digikom.editions.edition_files import load_edition
from digikom.editions.municipality_search import Search, said
from digikom.errors import BuildError, InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.confidentiality import withheld_notes
from digikom.publish.handover import handed_over
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
        # What the register tells to be hidden hides no other: one that is hidden alone beside it can only be alike.
        ([44, 30, 50], (16, 9), [0, 1]),
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


@pytest.fixture(scope="module")
def closed_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_data(tmp_path_factory.mktemp("closed"))


def notebook(data: dict[str, object]) -> nbformat.NotebookNode:
    """A notebook with a cell that shows `data`, by MIME type."""
    cell = nbformat.v4.new_code_cell("show", id="shows", outputs=[nbformat.v4.new_output("display_data", data=data)])
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=[cell])
    return made


def executed(folder: Path, data: dict[str, object]) -> Path:
    """A folder with a notebook that shows `data`."""
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(data), folder / "03_a.ipynb")
    return folder


NAMED = {
    "Bergen er blant dem": "Bergen",
    "Bergen har grad 4": "Bergen",
    "Bergen: 4": "Bergen",
    "Bergen (4)": "Bergen",
    "BERGEN    4": "BERGEN",
    "Bergen kommune    4": "Bergen",
    "bergen har grad 4": "bergen",
    "Svaret fra Bergens ordfører": "Bergen",
    "Blant dem:\nBergen\n4": "Bergen",
    "1103,4": "1103",
    "«1103»": "1103",
    "4;1103;2": "1103",
    "grad_1103_4": "1103",
    "kommunenummer=0301|4": "0301",
    "Time 3": "Time",
    "HOLE svarte ja": "HOLE",
    "os kommune svarte ja": "os",
    "hå: 4": "hå",
    "våler 4": "våler",
    "Våler svarte ja": "Våler",
    "Midtre Gauldal svarte ja": "Midtre Gauldal",
    "Oslo er blant dem": "Oslo",
    "Oslo kommune\nRogaland": "Oslo",
    "Høyest i Oslo og Bergen": "Bergen, Oslo",
    "Oslo svarte 4\nRogaland   3": "Oslo",
}
PASSING = [
    "2018    377\n2022    354",
    "Oslo          :\nRogaland     23",
    "fylke,antall\nOslo,:\nRogaland,23",
    "Akershus, Buskerud, Oslo og Vestland",
    "Rogaland and Oslo",
    "Svar er ikke vist, 11,03 heller ikke.",
    "Det tok en time. Hele hole, os og oss: ski på berg",
    "5\u00a0425\u00a0270",
    "M 1103.5 12",
    "Bergensere og Osloområdet",
    "Re-identifisering",
    "3fd516fe8d1551e38189",
]


@pytest.mark.parametrize("text", NAMED)
def test_a_municipality_is_found_whatever_it_stands_in(closed_search: Search, text: str) -> None:
    assert ", ".join(sorted(closed_search(text))) == NAMED[text]


@pytest.mark.parametrize("text", PASSING)
def test_what_names_no_municipality_passes(closed_search: Search, text: str) -> None:
    assert closed_search(text) == set()


@pytest.fixture(scope="module")
def closed_search() -> Search:
    return Search([2018, 2022], None, [])


def test_what_somebody_has_written_may_name_places_and_nothing_beside_it() -> None:
    search = Search([2022], None, ["Nilsen, K. (2019). *Digital*. Bergen: Fagbokforlaget.", "Se {tall}`x` Bergen nå"])
    assert search(said("<p><i>Digital</i>. Bergen: <b>Fagbokforlaget</b></p>")) == set()
    assert search("Se 4 Bergen nå") == set()
    assert search("Bergen: 4") == {"Bergen"}
    assert search("Digital Bergen 4") == {"Bergen"}


FILES = {
    "book/a.html": "<p>Svaret fra <b>Bergen</b> er 4</p>",
    "book/b.html": '<img alt="Høyest i Bergen: 4">',
    "data/a.json": json.dumps({"rows": [["a", 1103]]}),
    "data/b.json": json.dumps({"numbers": [{"text": "Bergen"}]}),
    "data/c.json": json.dumps({"values": [{"kommunenummer": 301, "n": 4601}]}),
    "data/a.csv": "kommune,grad\n1103,4\n",
    "data/a.svg": '<svg><text x="1103">Bergen</text></svg>',
    "data/dcat.ttl": '<a> dct:title "Bergen"@nb .',
    "data/a.xml": "<navn>Bergen</navn>",
    "data/a.bib": "title = {Bergen har 4}",
    "_sources/notebooks/03.ipynb": json.dumps(notebook({"text/html": ["<td", ">Bergen</td>"]})),
    "searchindex.js": 'Search.setIndex({"terms": {"bergen": [1]}})',
    "a/searchindex.js": 'Search.setIndex({"terms": {"troms\\u00f8": [1]}, "titles": ["Antall"]})',
    "_static/anything.bin": "the answers",
}


@pytest.mark.parametrize("name", FILES)
def test_a_finished_file_that_names_a_municipality_stops_the_build(
    tmp_path: Path, closed_data: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    answers = (closed_data / "survey" / "2022.csv").read_bytes()
    path.write_bytes(answers if FILES[name] == "the answers" else FILES[name].encode())
    with pytest.raises(BuildError, match=rf"\n{name}: (Bergen|bergen|tromsø|1103|0301|the answers)$"):
        disclosure.check_files(load_edition(2022), [tmp_path], closed_data)
    disclosure.check_files(load_edition(2022), [tmp_path])


def test_open_data_and_pages_on_groups_pass(tmp_path: Path, closed_data: Path) -> None:
    for name in ("municipalities/municipalities-2020.csv", "boundaries/municipalities-2020.topojson"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(closed_data / name, tmp_path / name)
    (tmp_path / "a.html").write_text('<td>Oslo</td><td>:</td><td>Rogaland</td><path d="M1103 4601"/>', encoding="utf-8")
    (tmp_path / "searchindex.js").write_text('{"terms": {"oslo": 1, "vik": 2, "kommun": 3}}', encoding="utf-8")
    (tmp_path / "x.js").write_text("var bergen = 1103", encoding="utf-8")
    open_data = downloads.downloadable(input_files((2022, 2018), closed_data)).values()
    disclosure.check_files(load_edition(2022), [tmp_path], closed_data, open_data)


def test_a_notebook_that_fails_tells_no_answer_of_a_municipality(closed_data: Path) -> None:
    message = "03_a.ipynb, cell x, line 3 («raise ValueError(name)»): ValueError: Bergen: very_small"
    told = disclosure.without_names(load_edition(2022), closed_data, message)
    assert told.startswith("03_a.ipynb, cell x, line 3: what it says is not shown")
    assert "Bergen" not in told
    assert "very_small" not in told
    assert disclosure.without_names(load_edition(2022), None, message) == message
    assert disclosure.without_names(load_edition(2022), closed_data, "03_a.ipynb, cell x: KeyError: 'a'").endswith(
        "'a'"
    )


def test_answers_never_lie_in_the_site(tmp_path: Path, closed_data: Path) -> None:
    edition, site = load_edition(2022), tmp_path / "site"
    disclosure.require_apart(edition, closed_data, site)
    site.symlink_to(closed_data.parent)
    with pytest.raises(InputError, match="lie in the site"):
        disclosure.require_apart(edition, closed_data, site)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"text/plain": "  municipality_code  score\n0               1103      4"}, "1103"),
        ({"text/plain": "Stavanger    4\nTime         3"}, "Stavanger, Time"),
        ({"text/html": "<table><tr><td>Tromsø</td><td>4</td></tr></table>"}, "Tromsø"),
        ({"application/json": {"rows": [["4601", 3]]}}, "4601"),
        ({"application/json": {"spec": {"datasets": {"a": [{"name": "Bergen", "grade": "4"}]}}}}, "Bergen"),
    ],
)
def test_what_shows_single_municipalities_stops_the_build(
    tmp_path: Path, closed_data: Path, data: dict[str, object], found: str
) -> None:
    folder = executed(tmp_path, data)
    with pytest.raises(BuildError, match=rf"03_a\.ipynb, cell 0 \(id shows\): {found}$"):
        disclosure.check_disclosure(load_edition(2022), folder, closed_data)
    disclosure.check_disclosure(load_edition(2022), folder)


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "2018    377\n2022    354"},
        {"text/html": "<td>Oslo</td><td>:</td><td>5\u00a0425\u00a0270</td><td>Rogaland</td>"},
        {"application/json": {"rows": [["Vestland", 43]], "value": 1103}},
    ],
)
def test_aggregates_pass(tmp_path: Path, closed_data: Path, data: dict[str, object]) -> None:
    disclosure.check_disclosure(load_edition(2022), executed(tmp_path, data), closed_data)
