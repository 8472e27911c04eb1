"""Signed review: what a signature holds, when it lapses, and what pages and commands say of it."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
import yaml
from bs4 import BeautifulSoup, Tag
from build_facts import NO_FACTS

from digikom import files
from digikom.cli import main
from digikom.editions.build_facts import FileRecord, input_files
from digikom.editions.edition_files import load_edition
from digikom.editions.manifest import write_manifest
from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.pipeline import builds
from digikom.pipeline.assembly import edition_config
from digikom.review import signing
from digikom.review.assessment import (
    WRITTEN_SUM,
    Change,
    Chapter,
    Count,
    ReviewStatus,
    assess,
    chapter_fingerprint,
    chapter_source,
    concerning,
    count,
    fingerprint,
    inputs_fingerprint,
    is_calculated_from,
    own_cells,
    review_status,
)
from digikom.review.signatures import (
    Signature,
    load_signatures,
    signature_file,
    with_signatures,
    write_signatures,
)
from digikom.sphinxext import texts

Cell = dict[str, Any]
DAY = datetime.date(2026, 11, 28)
FILES = (
    FileRecord(path="codebook/items.csv", sha256="c" * 64, size=1),
    FileRecord(path="method/README.md", sha256="d" * 64, size=1),
    FileRecord(path="method/grades.csv", sha256="b" * 64, size=1),
    FileRecord(path="survey/2022.csv", sha256="a" * 64, size=1),
)
INPUTS = inputs_fingerprint(FILES, 2022, 2018)
NASTY = "<script>alert(1)</script> *Per* {tall}`x`"
YEAR = books.number("year", value=2022, text="2022", unit="year", unit_text="", decimals=0, base=None)


def chapter() -> list[Cell]:
    """The cells of a chapter: text, a folded calculation in two steps, a result, one that is not folded."""
    return [
        books.text("tittel", "# Digital prioritering\n\nTekst."),
        books.code("tall", books.output("number", books.number()), tags=("hide-cell",)),
        books.code("andre", books.output("number", YEAR, "execute_result"), tags=("hide-cell",)),
        books.code("figur", books.output("figure", books.figure()), tags=("hide-input",)),
        books.code("apen", books.frame_output("<p>ramme</p>")),
    ]


CHAPTER = Chapter(chapter(), chapter())
#: A calculation that other editions show: it publishes there what this one has nothing for.
ONLY_OTHERS = books.code("bare-andre-ar")


def sign(cells: Sequence[Cell], cell: str = "", by: str = "Kari Nordmann", **changes: Any) -> Signature:  # noqa: ANN401
    """A signature of a cell, or of the whole chapter «kap2»."""
    whole = Chapter(cells, cells)
    found = fingerprint(whole, cell, INPUTS) or chapter_fingerprint(whole, INPUTS)
    values = {**asdict(found), **changes}
    return Signature.model_validate({"notebook": "kap2", "cell": cell, "by": by, "date": DAY, **values})


def changes_of(signature: Signature, cells: Sequence[Cell], inputs: str = INPUTS) -> tuple[Change, ...]:
    (found,) = assess([signature], {"kap2": Chapter(cells, cells)}, inputs)
    return found.changes


def changed(**cells: dict[str, Any]) -> list[Cell]:
    """The chapter with other fields in some cells, which are named by their id."""
    return [{**cell, **cells.get(cell["id"], {})} for cell in chapter()]


# What ends a signature, and what does not

STREAM = {"output_type": "stream", "name": "stdout", "text": "a\nb\n"}
OTHER_NUMBER = books.output("number", {**books.number(), "value": 93.23})
SOURCE, OUTPUT = (Change.SOURCE,), (Change.OUTPUT,)
#: Cells that are changed, and what that means for a signature of the cell «tall» and of the chapter.
CHANGES: dict[str, tuple[dict[str, dict[str, Any]], tuple[Change, ...], tuple[Change, ...]]] = {
    "nothing": ({}, (), ()),
    "one character of the code": ({"tall": {"source": "publish('tall') "}}, SOURCE, SOURCE),
    "a line above the code": ({"tall": {"source": "\npublish('tall')"}}, SOURCE, SOURCE),
    "another tag": ({"tall": {"metadata": {"tags": ["hide-cell", "other"]}}}, SOURCE, SOURCE),
    "another result": ({"tall": {"outputs": [OTHER_NUMBER]}}, OUTPUT, OUTPUT),
    "both": ({"tall": {"source": "x", "outputs": []}}, SOURCE + OUTPUT, SOURCE + OUTPUT),
    "other cells": (
        {"andre": {"source": "x"}, "tittel": {"source": "# Annet"}, "figur": {"outputs": []}},
        (),
        SOURCE + OUTPUT,
    ),
    "ends of lines": ({"tall": {"source": "publish('tall')\r\n"}}, (), ()),
    "old ends of lines": ({"tall": {"source": "publish('tall')\r"}}, (), ()),
    "empty lines at the end": ({"tall": {"source": "publish('tall')\n\n"}}, (), ()),
    "a list of lines": ({"tall": {"source": ["publish('tall')"]}}, (), ()),
    "the counter of runs": ({"tall": {"execution_count": 17}}, (), ()),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_what_was_checked_ends_a_signature_and_nothing_else_does(case: str) -> None:
    cells, of_cell, of_chapter = CHANGES[case]
    assert changes_of(sign(chapter(), "tall"), changed(**cells)) == of_cell
    assert changes_of(sign(chapter()), changed(**cells)) == of_chapter


def test_the_order_of_tags_and_the_form_of_outputs_are_no_change() -> None:
    one, other = (changed(tall={"metadata": {"tags": tags}}) for tags in (["a", "b"], ["b", "a"]))
    assert changes_of(sign(one, "tall"), other) == ()
    whole = changed(apen={"outputs": [books.frame_output("<p>ramme</p>"), STREAM]})
    lines = changed(apen={"outputs": [books.frame_output("x"), {**STREAM, "text": ["a\n", "b\n"]}]})
    lines[4]["outputs"][0]["data"]["text/html"] = ["<p>", "ramme</p>"]
    assert changes_of(sign(whole, "apen"), lines) == ()
    second = copy.deepcopy(chapter())
    second[2]["outputs"][0]["execution_count"] = 17
    assert changes_of(sign(chapter(), "andre"), second) == ()


@pytest.mark.parametrize("path", ["survey/2022.csv", "method/grades.csv"])
@pytest.mark.parametrize("cell", ["tall", ""])
def test_other_answers_or_another_method_end_it(path: str, cell: str) -> None:
    others = [each.model_copy(update={"sha256": "e" * 64}) if each.path == path else each for each in FILES]
    found = changes_of(sign(chapter(), cell), chapter(), inputs_fingerprint(others, 2022, 2018))
    assert found == (Change.INPUTS,)


def test_other_parameters_are_other_inputs_and_other_files_are_not() -> None:
    others = [each.model_copy(update={"sha256": "e" * 64}) for each in FILES if not is_calculated_from(each.path)]
    assert {each.path for each in others} == {"codebook/items.csv", "method/README.md"}
    assert inputs_fingerprint([*reversed(FILES[2:]), *others], 2022, 2018) == INPUTS
    for year, reference in ((2022, None), (2023, 2018), (2022, 2021)):
        assert inputs_fingerprint(FILES, year, reference) != INPUTS


def test_a_cell_or_chapter_that_is_gone() -> None:
    without = [cell for cell in chapter() if cell["id"] != "tall"]
    assert changes_of(sign(chapter(), "tall"), without) == (Change.GONE,)
    (found,) = assess([sign(chapter())], {"kap3": CHAPTER}, INPUTS)
    assert found.changes == (Change.GONE,)


def test_the_parameters_that_papermill_puts_in_are_no_cell_of_the_authors() -> None:
    injected = books.code("injected-parameters", tags=("injected-parameters", "hide-cell"))
    cells = [*chapter()[:1], injected, *chapter()[1:]]
    assert own_cells(cells) == chapter()
    assert changes_of(sign(chapter()), cells) == ()
    assert count([], "kap2", cells) == Count(4, 0, 0)


def test_cells_in_another_order_are_another_chapter() -> None:
    cells = chapter()
    cells[1], cells[2] = cells[2], cells[1]
    assert changes_of(sign(chapter()), cells) == (Change.SOURCE, Change.OUTPUT)
    assert changes_of(sign(chapter(), "tall"), cells) == ()


# What a cell and a chapter are worth


def test_a_cell_is_checked_by_one_valid_signature_of_it_or_of_its_chapter() -> None:
    old = sign(chapter(), "tall", source="0" * 64)
    cases: Mapping[ReviewStatus, list[Signature]] = {
        ReviewStatus.CHECKED: [old, sign(chapter(), "tall", by="Per Hansen")],
        ReviewStatus.LAPSED: [old],
        ReviewStatus.UNCHECKED: [sign(chapter(), "andre")],
    }
    for expected, signatures in cases.items():
        found = assess(signatures, {"kap2": CHAPTER}, INPUTS)
        assert review_status(concerning(found, "kap2", "tall")) == expected
    found = assess([old, sign(chapter())], {"kap2": CHAPTER}, INPUTS)
    assert review_status(concerning(found, "kap2", "tall")) == ReviewStatus.CHECKED
    assert [each.signature.cell for each in concerning(found, "kap2", "tall")] == ["tall", ""]


def test_a_chapter_counts_its_code_cells() -> None:
    signatures = [
        sign(chapter(), "tall"),
        sign(chapter(), "tall", by="Per Hansen"),
        sign(chapter(), "figur", output="0" * 64),
    ]
    counted = count(assess(signatures, {"kap2": CHAPTER}, INPUTS), "kap2", chapter())
    assert counted == Count(cells=4, checked=1, lapsed=1)
    assert counted.unchecked == 2


# The file


def entry(**changes: object) -> dict[str, Any]:
    return {**sign(chapter(), "tall").model_dump(mode="json"), **changes}


def written(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, str | bytes) else yaml.safe_dump(content, allow_unicode=True)
    files.write(signature_file(2022, folder), text)
    return folder


def test_the_file_keeps_what_was_signed_in_one_order(tmp_path: Path) -> None:
    one = sign(chapter(), "tall", by="Åse «Ås» <script>: #no", note="På nytt: 1 + 1 = 2 & 'ja'")
    two, three = sign(chapter(), by="Kari Dal"), sign(chapter(), "tall", by="Kari Dal")
    path = write_signatures(2022, with_signatures([one], [three, two]), tmp_path / "reviews")
    assert load_signatures(2022, tmp_path / "reviews") == [two, three, one]
    before = path.read_bytes()
    assert write_signatures(2022, with_signatures([], [one, two, three]), tmp_path / "reviews").read_bytes() == before
    assert "Åse «Ås» <script>".encode() in before
    assert [each.name for each in path.parent.iterdir()] == ["2022.yml"]


def test_a_person_signs_a_thing_once(tmp_path: Path) -> None:
    again = sign(chapter(), "tall", note="En gang til")
    both = with_signatures([sign(chapter(), "tall"), sign(chapter(), "tall", by="Per Hansen")], [again])
    assert [(each.by, each.note) for each in both] == [("Kari Nordmann", "En gang til"), ("Per Hansen", "")]
    # The same name, its å in two characters.
    assert sign(chapter(), by="Pa\u030al Dal") == sign(chapter(), by="  Pål Dal ")


def test_without_a_file_or_entries_there_are_no_signatures(tmp_path: Path) -> None:
    assert load_signatures(2022, tmp_path) == []
    for content in ("", "# Only a remark\n", "signatures:\n", "signatures: []\n"):
        assert load_signatures(2022, written(tmp_path, content)) == []


@pytest.mark.parametrize(
    "content",
    [
        "signatures: [",
        "- a\n",
        "signatures: 3\n",
        "other: []\n",
        "<<<<<<< HEAD\nsignatures: []\n",
        b"signatures: [] # p\xe5",
    ],
)
def test_a_damaged_file_is_one_clear_message(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(InputError, match=r"^The signatures in reviews/2022\.yml cannot be read\.\n  - ") as caught:
        load_signatures(2022, written(tmp_path / "reviews", content))
    assert len(caught.value.problems) == 1


def test_everything_wrong_with_the_entries_is_told(tmp_path: Path) -> None:
    entries = [
        entry(source="abc"),
        entry(by="  ", date="28.11.2026"),
        "text",
        entry(who="Kari"),
        entry(date="2026-02-30", by="Per Hansen"),
        entry(date=20261128),
        entry(by="Ola Dal"),
        entry(by="Ola Dal", date="2026-12-01"),
        entry(by="K"),
        entry(by="Kari N."),
    ]
    with pytest.raises(InputError) as caught:
        load_signatures(2022, written(tmp_path, {"signatures": entries}))
    problems = [str(problem) for problem in caught.value.problems]
    told = ["1: source", "2: by: must not be empty", "2: date: must be a date written as YYYY-MM-DD", "3: ", "4: who"]
    told += ["5: date: there is no such date", "6: date", "9: by: must be a full name", "10: by: must be a full name"]
    told += ["kap2#tall is signed twice by Ola Dal"]
    assert len(problems) == len(told)
    for problem, words in zip(problems, told, strict=True):
        assert words in problem


# The pages


def book(folder: Path, signatures: Sequence[Signature] | None, cells: Sequence[Cell] | None = None) -> books.Built:
    """A book with the chapter, a page with the table, and signatures in its configuration (None: in a file)."""
    pages = {
        "index.md": "# Forside\n\nTekst.\n",
        "notebooks/kap2.ipynb": books.notebook(*(chapter() if cells is None else cells)),
        "book/kontroll.md": "# Kontroll\n\n```{underskrifter}\n```\n",
        "book/editions/2022.yml": yaml.safe_dump(
            {"year": 2022, "reference_year": 2018, "title": "T", "published": "2026-01-01", "version": "1"}
        ),
    }
    toc = {
        "format": "jb-book",
        "root": "index",
        "chapters": [{"file": name} for name in ("notebooks/kap2", "book/kontroll")],
    }
    facts = {**NO_FACTS.model_dump(mode="json"), "inputs": [each.model_dump() for each in FILES]}
    config: dict[str, Any] = {"digikom_facts": facts}
    if signatures is not None:
        config["digikom_reviews"] = [each.model_dump(mode="json") for each in signatures]
    return books.build_here(books.write_book(folder, pages, toc, **config))


def good(built: books.Built) -> books.Built:
    assert built.returncode == 0, built.log
    return built


def lines_by_cell(page: BeautifulSoup) -> dict[str, list[str]]:
    """What stands of the check of each cell, by the folded or open cell that it stands in."""
    found: dict[str, list[str]] = {}
    for line in page.select("p.digikom-review"):
        cell = line.find_parent(class_="cell", id=True)
        assert isinstance(cell, Tag)
        found.setdefault(str(cell["id"]), []).append(line.get_text())
    return found


def rows(page: BeautifulSoup, kind: str) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select(f"table.{kind} tr")
    ]


def test_without_signatures_one_page_says_so(tmp_path: Path) -> None:
    built = good(book(tmp_path, []))
    page = built.page("notebooks/kap2.html")
    assert not page.select("p.digikom-review, p.digikom-review-chapter")
    control = built.page("book/kontroll.html")
    assert texts.nothing_signed("4") in control.get_text()
    assert not control.select("table")
    # A page that calculates nothing says nothing of it.
    assert "kontrollert" not in built.page("index.html").select_one("article").get_text().lower()  # type: ignore[union-attr]


def test_pages_tell_who_has_checked_and_what_has_changed_since(tmp_path: Path) -> None:
    signatures = [
        sign(chapter(), "tall", note="<b>Regnet</b> & «på nytt»"),
        sign(chapter(), "tall", by=NASTY, source="0" * 64),
        sign(chapter(), "andre", inputs="0" * 64),
        sign(chapter(), "figur", source="0" * 64, inputs="0" * 64, output="0" * 64),
        sign(chapter(), "borte"),
    ]
    built = good(book(tmp_path, signatures))
    page = built.page("notebooks/kap2.html")
    lapsed = "Kontrollen gjelder ikke lenger: {} er endret siden {} kontrollerte den 28. november 2026."
    assert lines_by_cell(page) == {
        "celle-tall": [
            "Kontrollert av Kari Nordmann 28. november 2026: «<b>Regnet</b> & «på nytt»».",
            lapsed.format("koden", NASTY),
        ],
        "celle-andre": [lapsed.format("dataene", "Kari Nordmann")],
        "celle-figur": [lapsed.format("koden, dataene og resultatet", "Kari Nordmann")],
        "celle-apen": [texts.NOT_REVIEWED],
    }
    (foot,) = page.select("p.digikom-review-chapter")
    assert "i kapitlet: 1 av 4. Kontrollen gjelder ikke lenger for 2." in foot.get_text()
    control = built.page("book/kontroll.html")
    counts = rows(control, "digikom-review-counts")
    assert counts[1:] == [["Digital prioritering", "4", "1", "2", "1"], ["I alt", "4", "1", "2", "1"]]
    head, *listed = rows(control, "digikom-signatures")
    assert head == list(texts.SIGNATURES_HEAD)
    assert listed[0] == [
        "Digital prioritering : tall",
        "Kari Nordmann",
        "28. november 2026",
        "<b>Regnet</b> & «på nytt»",
        "Gjelder",
    ]
    assert [row[-1] for row in listed[1:]] == [
        "Gjelder ikke lenger: koden er endret",
        "Gjelder ikke lenger: dataene er endret",
        "Gjelder ikke lenger: koden, dataene og resultatet er endret",
        "Gjelder ikke lenger: beregningen er ikke lenger med i utgaven",
    ]
    links = [str(link["href"]) for link in control.select("table.digikom-signatures a[href*='#celle-']")]
    assert links == [f"../notebooks/kap2.html#celle-{name}" for name in ("tall", "tall", "andre", "figur")]
    assert page.select_one("#celle-figur") is not None
    for name in ("notebooks/kap2.html", "book/kontroll.html"):
        assert "<script>alert" not in built.text(name)
    # The line of a folded calculation is folded with it.
    (folded,) = page.select("details.digikom-calculations")
    assert len(folded.select("p.digikom-review")) == 4
    for line in page.select("p.digikom-review:first-of-type"):
        before = line.find_previous_sibling()
        assert isinstance(before, Tag)
        assert "cell_input" in before.get_attribute_list("class")
    again = good(book(tmp_path / "again", signatures))
    for name in ("notebooks/kap2.html", "book/kontroll.html"):
        assert again.text(name) == built.text(name)


def test_a_signed_chapter(tmp_path: Path) -> None:
    built = good(book(tmp_path / "valid", [sign(chapter(), note="Lest")]))
    page = built.page("notebooks/kap2.html")
    whole = "Hele kapitlet er kontrollert av Kari Nordmann 28. november 2026: «Lest»."
    assert {line for lines in lines_by_cell(page).values() for line in lines} == {whole}
    assert f"i kapitlet: 4 av 4. {whole}" in page.select_one("p.digikom-review-chapter").get_text()  # type: ignore[union-attr]
    assert rows(built.page("book/kontroll.html"), "digikom-signatures")[1][0] == "Digital prioritering"

    cells = changed(tittel={"source": "# Digital prioritering\n\nMer tekst."})
    page = good(book(tmp_path / "lapsed", [sign(chapter())], cells)).page("notebooks/kap2.html")
    assert "Kontrollen av hele kapitlet gjelder ikke lenger: teksten eller koden er endret siden" in page.get_text()
    assert "i kapitlet: 0 av 4. Kontrollen gjelder ikke lenger for 4." in page.get_text()


def test_a_book_on_its_own_reads_the_file_and_sees_it_change(tmp_path: Path) -> None:
    (tmp_path / "reviews").mkdir(parents=True)
    write_signatures(2022, [sign(chapter(), "tall")], tmp_path / "reviews")
    built = good(book(tmp_path, None))
    assert "Kontrollert av Kari" in built.page("notebooks/kap2.html").get_text()
    write_signatures(2022, [sign(chapter(), "tall", by="Per Hansen")], tmp_path / "reviews")
    built = good(books.build_here(tmp_path))
    assert "Kontrollert av Per Hansen" in built.page("notebooks/kap2.html").get_text()
    assert "Per Hansen" in built.page("book/kontroll.html").get_text()
    written(tmp_path / "reviews", "signatures: [")
    built = books.build_here(tmp_path)
    assert built.returncode != 0
    assert "The signatures in reviews/2022.yml cannot be read." in built.log


def test_a_build_hands_the_signatures_over() -> None:
    signature = sign(chapter(), "tall")
    config = edition_config(load_edition(2022), {}, NO_FACTS, signatures=[signature])
    (given,) = config["sphinx"]["config"]["digikom_reviews"]
    assert Signature.model_validate(given) == signature


# The commands


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """As much of a project as signing needs: a built edition, its notebooks and answers."""
    edit(tmp_path, [*chapter(), ONLY_OTHERS])
    for year in (2018, 2022):
        files.write(tmp_path / "data" / "survey" / f"{year}.csv", "municipality_code\n0301\n")
    publish(tmp_path, chapter())
    return tmp_path


def edit(project: Path, cells: Sequence[Cell]) -> None:
    """Write the notebook of the work tree."""
    files.write(project / "notebooks" / "kap2.ipynb", books.notebook(*cells))


def publish(project: Path, cells: Sequence[Cell]) -> None:
    """Write the edition as it is built from the data there are now."""
    folder = project / "site" / "2022"
    written = json.loads((project / "notebooks" / "kap2.ipynb").read_text(encoding="utf-8"))
    built = {**written, "cells": cells, "metadata": {WRITTEN_SUM: chapter_source(written["cells"])}}
    files.write(folder / "_sources" / "notebooks" / "kap2.ipynb", json.dumps(built))
    inputs = [FileRecord.of(name, path) for name, path in input_files((2022, 2018), project / "data").items()]
    write_manifest(folder, NO_FACTS.model_copy(update={"inputs": tuple(inputs)}))


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command in this process, which is quicker, on the project. Returns the exit code."""
    reviews = project / "reviews"
    monkeypatch.setattr(signing, "load_signatures", partial(load_signatures, folder=reviews))
    monkeypatch.setattr(signing, "write_signatures", partial(write_signatures, folder=reviews))
    monkeypatch.setattr(builds, "load_signatures", partial(load_signatures, folder=reviews))
    monkeypatch.setattr(signing, "NOTEBOOK_DIR", project / "notebooks")

    def run(*arguments: str) -> int:
        given = ["digikom", *arguments, "--site", str(project / "site")]
        if "--data-dir" not in arguments:
            given += ["--data-dir", str(project / "data")]
        monkeypatch.setattr("sys.argv", given)
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return run


def test_signing_and_listing(project: Path, here: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert here("sign", "2022", "--cell", "kap2#tall", "--by", "Kari Nordmann", "--date", "2026-11-28") == 0
    assert "Signed: kap2#tall, by Kari Nordmann, 2026-11-28\n" in capsys.readouterr().out
    named = ["--cell", "notebooks/kap2.html#celle-andre", "--chapter", "kap2"]
    assert here("sign", "2022", *named, "--by", "Per Hansen", "--note", " På\nnytt ") == 0
    found = load_signatures(2022, project / "reviews")
    assert [(each.place, each.by, each.note) for each in found] == [
        ("kap2", "Per Hansen", "På nytt"),
        ("kap2#andre", "Per Hansen", "På nytt"),
        ("kap2#tall", "Kari Nordmann", ""),
    ]
    assert here("signatures", "2022") == 0
    edit(project, [*changed(tall={"source": "publish('tall')#"}), ONLY_OTHERS])
    capsys.readouterr()
    assert here("signatures", "2022") == 1
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith("lapsed (its text or code has changed): kap2, by Per Hansen, ")
    assert lines[1].startswith("valid: kap2#andre, by Per Hansen, ")
    assert lines[2:] == ["lapsed (its code has changed): kap2#tall, by Kari Nordmann, 2026-11-28"]
    assert shown.err == "2022: 3 signature(s), 1 valid, 2 lapsed\n"


def test_a_cell_that_a_signed_one_rests_on_ends_it_and_another_does_not(
    project: Path, here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [
        {**books.code("grenser"), "source": "limits = [1, 6]"},
        {**books.code("telling"), "source": "count = load()"},
        {**books.code("annet"), "source": "other = load()"},
        {**books.code("grad", books.output("number", books.number())), "source": "publish(count, limits)"},
    ]

    def changed_in(*ids: str) -> str:
        edit(project, [{**cell, "source": f"{cell['source']}  #"} if cell["id"] in ids else cell for cell in cells])
        capsys.readouterr()
        code = here("signatures", "2022")
        assert code == (1 if ids and ids != ("annet",) else 0)
        return capsys.readouterr().out.partition(":")[0]

    edit(project, cells)
    publish(project, cells)
    assert here("sign", "2022", "--cell", "kap2#grad", "--by", "Kari Nordmann") == 0
    assert (changed_in(), changed_in("annet")) == ("valid", "valid")
    assert changed_in("grenser") == "lapsed (what it rests on has changed in grenser)"
    both = "lapsed (its code has changed; what it rests on has changed in telling)"
    assert changed_in("grad", "telling") == both
    # Code that nobody can follow may change anything that comes after it.
    cells[2]["source"] = "%magic"
    edit(project, cells)
    publish(project, cells)
    assert here("sign", "2022", "--cell", "kap2#grad", "--by", "Kari Nordmann") == 0
    edit(project, [cells[0], cells[1], {**cells[2], "source": "%other"}, cells[3]])
    assert here("signatures", "2022") == 1


def test_nothing_is_signed_that_has_changed_since_it_was_built(
    project: Path, here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, [*changed(tittel={"source": "# Ny tittel"}), ONLY_OTHERS])
    files.write(project / "data" / "survey" / "2018.csv", "municipality_code\n1103\n")
    assert here("sign", "2022", "--cell", "kap2#tall", "--chapter", "kap2", "--by", "Kari Nordmann") == 2
    assert [line.partition(" has changed since")[0] for line in capsys.readouterr().err.splitlines()[1:]] == [
        "  - the answers or the method",
        "  - notebooks/kap2.ipynb",
    ]
    assert not (project / "reviews").exists()


def test_signing_tells_every_problem_and_writes_nothing(
    project: Path, here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    cells = ["kap2#tal", "kap3#tall", "kap2#tittel", "kap2#bare-andre-ar", "kap2", "kap2#injected-parameters"]
    options = [part for cell in cells for part in ("--cell", cell)]
    more = ["--chapter", "kap", "--chapter", "kap2#tall", "--by", "", "--date", "i dag"]
    assert here("sign", "2022", *options, *more) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    problems = [line for line in shown.err.splitlines() if line.startswith("  - ")]
    told = [
        "by: must not be empty",
        "date: must be a date",
        "no cell 'tal' in kap2; did you mean tall?",
        "no notebook 'kap3' in the edition; did you mean kap2?",
        "kap2#tittel is text",
        "kap2#bare-andre-ar is left out of the edition 2022",
        "kap2: no cell is named",
        "no cell 'injected-parameters'",
        "no notebook 'kap' in the edition; did you mean kap2?",
        "kap2#tall is a cell, not a chapter",
    ]
    assert len(problems) == len(told), shown.err
    for problem, words in zip(problems, told, strict=True):
        assert words in problem
    assert not (project / "reviews").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sign", "2022", "--by", "K", "--chapter", "kap2"], "must be a full name, of at least two words, not 'K'"),
        (["sign", "2022", "--by", "Kari Dal"], "give --cell or --chapter"),
        (["sign", "2018", "--by", "Kari Dal", "--chapter", "kap2"], "The edition 2018 is not built in"),
        (["sign", "1999", "--by", "Kari Dal", "--chapter", "kap2"], "There is no edition file"),
        (["sign", "2022", "--chapter", "kap2"], "--by"),
        (["sign", "2022", "--by", "Kari Dal", "--chapter", "kap2", "--data-dir", "nowhere"], "no survey/2022.csv"),
        (["signatures", "1999"], "There is no edition file"),
    ],
)
def test_what_cannot_be_signed(
    here: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert here(*arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err


def test_a_damaged_file_stops_the_commands(
    project: Path, here: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    written(project / "reviews", "signatures: [")
    for arguments in (["sign", "2022", "--chapter", "kap2", "--by", "Kari Dal"], ["build", "2022"]):
        assert here(*arguments) == 2
        assert "The signatures in reviews/2022.yml cannot be read." in capsys.readouterr().err
    assert (project / "reviews" / "2022.yml").read_text(encoding="utf-8") == "signatures: ["


# The project's own chapters


def test_an_edition_can_be_signed_as_it_was_built(executed: Callable[[int], Path]) -> None:
    """What is built from the work tree is known as that, so that a signature holds in the command and on the pages."""
    built = signing.built_notebooks(load_edition(2022), executed(2022).parents[2])
    for name, chapter in signing.present_chapters(built).items():
        assert built[name]["metadata"][WRITTEN_SUM] == chapter_source(chapter.written), name


def test_every_calculation_of_the_project_has_a_fingerprint_of_its_own() -> None:
    for path in sorted(NOTEBOOK_DIR.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        kept = copy.deepcopy(cells)
        whole = Chapter(cells, cells)
        found = [fingerprint(whole, cell["id"], INPUTS) for cell in cells if cell["cell_type"] == "code"]
        assert len({each.source for each in found if each}) == len(found), path.name
        assert cells == kept
