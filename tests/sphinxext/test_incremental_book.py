"""A run in the folder of an earlier run gives the very bytes of a run in an empty folder, whatever has changed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sphinxext_books as books
import yaml
from build_facts import NO_FACTS
from sphinx.environment import BuildEnvironment

from digikom.sphinxext.reuse import RUN_FILE, noted

EDITION = {"year": 2022, "reference_year": 2018, "title": "Rapport 2022", "published": "2026-01-01", "version": "1"}
#: The page that is read in every run, and all pages.
ALWAYS, EVERY = 1, -1

PAGES: dict[str, str] = {
    "index.md": (
        "# Forside\n\nHovedfunn: {tall}`projects-planned`.\n\n```{nokkeltall}\n- tall: projects-planned\n"
        "  tekst: av kommunene har planlagt\n```\n\n```{fra-utgaven} bakgrunn\n```\n"
    ),
    "book/om.md": (
        "# Om undersøkelsen\n\nEt avsnitt. Se {numref}`project-areas`.\n\n## Figurer\n\nSe {numref}`project-map`, "
        "{doc}`vedlegg`, [målet](malet) og {ref}`malet`.\n\nNoe som faller{uten}`change`.\n\n"
        "```{har-siden} book/ekstra\nDet er en side til.\n```\n\n![Et bilde](bilde.svg)\n"
    ),
    "book/vedlegg.md": (
        "# Vedlegg\n\n(malet)=\n## Målet\n\n```{index} mål; delmål\n```\n\n"
        "Endring: {tall}`change`. Se {cite:p}`agenda`.\n\n"
        "```{bibliography}\n```\n"
    ),
    "book/alle_tall.md": "# Alle tall\n\n```{alle-tall}\n```\n",
    "book/kontroll.md": (
        "# Kontroll\n\n```{kontroll} miljo\n```\n\n```{underskrifter}\n```\n\n```{standardtegn}\n```\n\n"
        "```{rettelser}\n```\n\n```{sitering}\n```\n\nVersjon {utgaven}`versjon`.\n"
    ),
    "book/abstract.md": "---\nlang: en\n---\n\n# Abstract\n\nIn all {tall}`projects-planned|en`.\n",
    "book/bilde.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>\n',
    "book/editions/felles/bakgrunn.md": "Bakgrunn som utgavene deler.\n",
}
TOC: dict[str, Any] = {
    "format": "jb-book",
    "root": "index",
    "parts": [
        {"caption": "Rapporten", "numbered": 2, "chapters": [{"file": "book/om"}, {"file": "notebooks/kap2"}]},
        {
            "caption": "Vedlegg",
            "chapters": [{"file": f"book/{name}"} for name in ("vedlegg", "alle_tall", "kontroll", "abstract")],
        },
    ],
}
SETTINGS: dict[str, Any] = {
    "digikom_facts": {**NO_FACTS.model_dump(mode="json"), "commit": "a" * 40},
    "digikom_edition": EDITION,
    "digikom_reviews": [],
}


def chapter() -> str:
    """A chapter with one of everything, the year and two frames."""
    year = books.output("number", books.number("year", value=2022, text="2022", unit="year", unit_text=""))
    frame = books.frame_output(
        '<table border="1" class="dataframe"><tbody><tr><th>0</th><td>1</td></tr></tbody></table>'
    )
    notebook = json.loads(books.chapter())
    notebook["cells"] += [books.code("aar", year), books.code("ramme", frame), books.text("slutt", "Til slutt et ord.")]
    return json.dumps(notebook, ensure_ascii=False, indent=1)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a book that has been built. The changes of the tests stay in it, one after the other."""
    folder = tmp_path_factory.mktemp("kept")
    books.write_book(folder, {**PAGES, "notebooks/kap2.ipynb": chapter()}, TOC, **SETTINGS)
    assert books.build_here(folder).returncode == 0
    return folder


def in_file(name: str, before: str, after: str) -> Callable[[Path], None]:
    """A change of a text in a file, which must be there."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after), encoding="utf-8")

    return change


def in_yaml(name: str, change: Callable[[Any], None]) -> Callable[[Path], None]:
    """A change of the content of a YAML file."""

    def changed(folder: Path) -> None:
        content = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        change(content)
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")

    return changed


def in_cells(change: Callable[[list[dict[str, Any]]], None]) -> Callable[[Path], None]:
    """A change of the cells of the chapter."""

    def changed(folder: Path) -> None:
        path = folder / "notebooks/kap2.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook["cells"])
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")

    return changed


def setting(name: str, value: object) -> Callable[[Path], None]:
    """A change of a configuration value."""
    return in_yaml("_config.yml", lambda config: config["sphinx"]["config"].update({name: value}))


def published(cells: list[dict[str, Any]], cell_id: str) -> dict[str, Any]:
    """What the first output of a cell publishes."""
    cell = next(cell for cell in cells if cell["id"] == cell_id)
    return next(data for name, data in cell["outputs"][0]["data"].items() if "digikom" in name)


def page_more(folder: Path) -> None:
    (folder / "book/ekstra.md").write_text("# En side til\n\nMed {tall}`change`.\n", encoding="utf-8")
    in_yaml("_toc.yml", lambda toc: toc["parts"][0]["chapters"].insert(1, {"file": "book/ekstra"}))(folder)


def page_less(folder: Path) -> None:
    (folder / "book/ekstra.md").unlink()
    in_yaml("_toc.yml", lambda toc: toc["parts"][0]["chapters"].pop(1))(folder)


def figure_less(folder: Path) -> None:
    in_file("book/om.md", "Se {numref}`project-map`, ", "Se ")(folder)
    in_cells(lambda cells: cells.remove(next(cell for cell in cells if cell["id"] == "kart")))(folder)


def own_words(folder: Path) -> None:
    (folder / "book/editions/2022").mkdir()
    (folder / "book/editions/2022/bakgrunn.md").write_text("Utgavens egen bakgrunn.\n", encoding="utf-8")


def another_map(folder: Path) -> None:
    path = folder / "data" / books.MAP_FILE
    path.write_text(path.read_text(encoding="utf-8").replace("[0, 1]", "[0, 2]"), encoding="utf-8")


def file_in_the_way(folder: Path) -> None:
    (folder / "_build/html/data/gammel.csv").write_text("gammel", encoding="utf-8")


def nothing(_folder: Path) -> None:
    """No change."""


#: What changes, and how many pages are read because of it.
CHANGES: dict[str, tuple[Callable[[Path], None], int]] = {
    "nothing": (nothing, ALWAYS),
    "a word between the cells": (in_file("notebooks/kap2.ipynb", "et ord", "et annet ord"), 2),
    "a word of a page": (in_file("book/om.md", "Et avsnitt.", "Et kort avsnitt."), 2),
    "words that no page had, gone again": (in_file("book/om.md", "Et kort avsnitt.", "Et avsnitt."), 2),
    "a file between the pages": (file_in_the_way, ALWAYS),
    "the commit": (setting("digikom_facts", {**SETTINGS["digikom_facts"], "commit": "b" * 40}), ALWAYS),
    "words that a page puts in": (in_file("book/editions/felles/bakgrunn.md", "deler", "har felles"), 2),
    "a use of a number": (in_file("book/om.md", "Et avsnitt.", "Et avsnitt om {tall}`change`."), 2),
    "a heading more": (in_file("book/om.md", "## Figurer", "## Kart\n\nTekst.\n\n## Figurer"), 2),
    "a target and its heading": (
        in_file("book/vedlegg.md", "(malet)=\n## Målet", "Tekst.\n\n(malet)=\n## Det målet"),
        2,
    ),
    "the title of a page": (in_file("book/vedlegg.md", "# Vedlegg", "# Et vedlegg"), 2),
    "the language of a page": (in_file("book/abstract.md", "lang: en", "lang: nn"), 2),
    "an entry of the index": (in_file("book/vedlegg.md", "mål; delmål", "mål; etappemål"), 2),
    "a citation less": (in_file("book/vedlegg.md", "Se {cite:p}`agenda`.", "Ferdig."), 2),
    "a citation elsewhere": (in_file("book/om.md", "Et avsnitt om", "Et avsnitt {cite:p}`agenda` om"), 2),
    "a passage more": (in_file("book/om.md", "{uten}`change`", "{med}`change`"), 2),
    "the bibliography": (in_file("kilder.bib", "year = {2016}", "year = {2017}"), EVERY),
    "a picture": (in_file("book/bilde.svg", "M0 0h9", "M0 0h8"), EVERY),
    "a number": (in_cells(lambda cells: published(cells, "tall").update(value=94.0, text="94,0")), EVERY),
    "code without another result": (in_cells(lambda cells: cells[1].update(source="publish('x')")), EVERY),
    "the borders on a map": (another_map, EVERY),
    "a figure less": (figure_less, EVERY),
    "a table more": (
        in_cells(lambda cells: cells.insert(1, books.code("ny", books.output("table", books.table("ny-tabell"))))),
        EVERY,
    ),
    "a page more": (page_more, EVERY),
    "a page less": (page_less, EVERY),
    "words of the edition's own": (own_words, EVERY),
    "the version": (setting("digikom_edition", {**EDITION, "version": "2", "published": "2026-02-02"}), EVERY),
    "a signature": (
        setting(
            "digikom_reviews",
            [
                {"notebook": "kap2", "cell": "tall", "by": "Kari Nordmann", "date": "2026-03-03"}
                | dict.fromkeys(("source", "inputs", "output"), "0" * 64)
            ],
        ),
        EVERY,
    ),
}


#: After these changes the book is compared with a fresh one. What was wrongly kept stays wrong until all is read again,
#: and what was wrongly left stays to the end; the pages that are read are counted after each change.
COMPARED = {"nothing", "a word of a page", "a passage more", "a figure less", "a page less", "a signature"}


def tree(built: books.Built) -> dict[str, bytes]:
    """Every file of the book but the state of Sphinx, which is not published and holds addresses in memory."""
    assert built.returncode == 0, built.log
    return {
        path.relative_to(built.html).as_posix(): path.read_bytes()
        for path in sorted(built.html.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


def pages_read(built: books.Built) -> int:
    found = re.search(r"(\d+) added, (\d+) changed, 0 removed", built.log)
    assert found, built.log
    return EVERY if int(found[1]) else int(found[2])


@pytest.mark.parametrize("what", CHANGES)
def test_after_a_change_the_book_is_that_of_a_fresh_run(what: str, kept: Path, tmp_path: Path) -> None:
    change, read = CHANGES[what]
    change(kept)
    again = books.build_here(kept)
    assert again.returncode == 0, again.log
    assert pages_read(again) == read
    if what not in COMPARED:
        return
    shutil.copytree(kept, tmp_path / "fresh", ignore=shutil.ignore_patterns("_build"))
    in_yaml(
        "_config.yml",
        lambda config: config["sphinx"]["config"].update(digikom_data_dir=str(tmp_path / "fresh" / "data")),
    )(tmp_path / "fresh")
    fresh = tree(books.build_here(tmp_path / "fresh"))
    left = tree(again)
    assert sorted(left) == sorted(fresh)
    assert [name for name in fresh if left[name] != fresh[name]] == []


def written(built: books.Built) -> set[str]:
    """The pages that a run has written."""
    assert built.returncode == 0, built.log
    return set(re.findall(r"writing output\.\.\. \[ *\d+%\] (\S+)", built.log))


def test_pages_that_a_word_more_does_not_concern_are_not_written(tmp_path: Path) -> None:
    folder = books.write_book(tmp_path, {**PAGES, "notebooks/kap2.ipynb": chapter()}, TOC, **SETTINGS)
    every = {name.partition(".")[0] for name in PAGES if name.count("/") < 2} - {"book/bilde"} | {"notebooks/kap2"}
    assert written(books.build_here(folder)) == every
    in_file("book/om.md", "Et avsnitt.", "Et langt avsnitt med flere ord.")(folder)
    # Beside the page that has changed the one that is read in every run, and the front page: Sphinx always writes it.
    assert written(books.build_here(folder)) == {"book/om", "book/kontroll", "index"}
    in_file("book/om.md", "## Figurer", "## Alle figurer")(folder)
    assert written(books.build_here(folder)) == every


@dataclass
class Noted:
    """What an extension notes of the book."""

    names: set[int]


def test_what_pages_are_told_does_not_depend_on_the_order_of_a_set() -> None:
    one, other = Noted({8, 0}), Noted({0, 8})
    assert repr(one) != repr(other)
    first, same, another = (
        noted(cast(BuildEnvironment, SimpleNamespace(metadata={}, noted=each))) for each in (one, other, Noted({8}))
    )
    assert first == same != another


def small(folder: Path) -> Path:
    pages = {"index.md": "# Forside\n\nTekst.\n", "book/om.md": "# Om\n\nTekst.\n"}
    toc = {"format": "jb-book", "root": "index", "chapters": [{"file": "book/om"}]}
    return books.write_book(folder, pages, toc, **SETTINGS)


def test_a_warning_is_given_again(tmp_path: Path) -> None:
    in_file("book/om.md", "Tekst.", "{tall}`finnes-ikke`")(small(tmp_path))
    for _ in range(2):
        built = books.build_here(tmp_path)
        assert built.returncode != 0
        assert "finnes-ikke" in built.log
    in_file("book/om.md", "{tall}`finnes-ikke`", "Tekst.")(tmp_path)
    assert books.build_here(tmp_path).returncode == 0


def test_a_run_that_is_broken_off_leaves_nothing_to_rely_on(tmp_path: Path) -> None:
    assert books.build_here(small(tmp_path)).returncode == 0
    (tmp_path / "_build" / ".doctrees" / RUN_FILE).unlink()
    assert pages_read(books.build_here(tmp_path)) == EVERY
    assert pages_read(books.build_here(tmp_path)) == 0


def test_a_book_that_no_build_has_laid_out_is_made_anew(tmp_path: Path) -> None:
    setting("digikom_facts", {})(small(tmp_path))
    for _ in range(2):
        assert pages_read(books.build_here(tmp_path)) == EVERY
