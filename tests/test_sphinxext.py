"""Whole books built with the Sphinx extension: what stands on the pages and in the files of an edition."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pydata_sphinx_theme  # type: ignore[import-untyped]
import pytest
import sphinx_book_theme
import sphinx_togglebutton  # type: ignore[import-untyped]
import sphinxext_books as books
from babel.messages.pofile import read_po
from browsing import chromium, served
from bs4 import BeautifulSoup, Tag

PAGES = ["index.html", "book/om.html", "book/vedlegg.html", "notebooks/kap2.html", "search.html"]
NAMES = ("title", "aria-label", "placeholder", "alt", "data-bs-title", "data-toggle-hint")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """A book with one of everything."""
    folder = tmp_path_factory.mktemp("first")
    books.write_book(folder, {**books.PAGES, "notebooks/kap2.ipynb": books.chapter()})
    built = books.build(folder, TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="1")
    assert built.returncode == 0, built.log
    return built


@pytest.fixture(scope="module")
def chapter(book: books.Built) -> BeautifulSoup:
    """The page of the notebook."""
    return book.page("notebooks/kap2.html")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The one element that fits."""
    found = page.select(selector)
    assert len(found) == 1, (selector, len(found))
    return found[0]


def test_a_book_builds_without_warnings(book: books.Built) -> None:
    assert "WARNING" not in book.log


def test_jupyter_forms_are_not_on_the_page(book: books.Built) -> None:
    assert "jupyter-form" not in book.text("notebooks/kap2.html")


def test_figures_and_tables_are_numbered_in_norwegian(chapter: BeautifulSoup, book: books.Built) -> None:
    assert [item.get_text(strip=True) for item in chapter.select(".caption-number")] == [
        "Figur 2.1",
        "Figur 2.2",
        "Tabell 2.1",
    ]
    links = {link.get_text(): link["href"] for link in chapter.select("a.reference.internal:has(.std-numref)")}
    assert links == {"Figur 2.1": "#project-areas", "Tabell 2.1": "#project-table"}
    other = one(book.page("book/om.html"), "a.reference.internal:has(.std-numref)")
    assert other["href"] == "../notebooks/kap2.html#project-areas"


def test_a_figure_is_complete_without_script(chapter: BeautifulSoup) -> None:
    figure = one(chapter, "figure#project-areas")
    picture = one(figure, ".digikom-wide > svg")
    assert one(figure, ".digikom-narrow > svg")["aria-label"] == picture["aria-label"]
    assert picture["role"] == "img"
    assert str(picture["aria-label"]).startswith("Søylediagram.")
    legend = one(figure, ".legend").get_text("\n", strip=True)
    assert "Spørsmål: Hvilke områder omfatter strategien?" in legend
    assert (
        "Grunnlag: n\u00a0=\u00a0354 (alle kommuner som svarte). Kilde: Statistisk sentralbyrå, skjema 2022." in legend
    )
    assert "Syntetiske svar – ikke svar fra virkelige kommuner" in legend
    block = figure.parent
    assert block is not None
    assert one(block, "summary").get_text() == "Vis tallene som tabell"
    cells = [[cell.get_text() for cell in row.select("th, td")] for row in block.select("tbody tr")]
    assert cells == [
        ["Informasjonssikkerhet", "71,3", "84,5"],
        ["Skytjenester & <fellesløsninger>", "", "66,0"],
        ["Grønn IKT", ".", "−1\u00a0234,5"],
    ]
    assert [cell["scope"] for cell in block.select("th")] == ["col"] * 3 + ["row"] * 3
    assert [link["href"] for link in block.select(".digikom-download a")] == [
        "../data/figur-2-1.csv",
        "../data/figur-2-1.nb.csv",
    ]


def test_a_table_has_headers_total_and_notes(chapter: BeautifulSoup) -> None:
    table = one(chapter, "table#project-table")
    region = table.find_parent(class_="digikom-scroll")
    assert region is not None
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert [cell["scope"] for cell in table.select("th")] == ["col"] * 3 + ["row"] * 4
    total = one(table, "tr.digikom-total")
    assert [cell.get_text() for cell in total.select("th, td")] == ["I alt", "100,0", "100,0"]
    assert "digikom-right" in one(total, "td:last-child")["class"]
    assert "Grunnlag: n\u00a0=\u00a0354" in one(chapter, ".digikom-notes").get_text()


def test_ids_are_unique(book: books.Built) -> None:
    for name in PAGES:
        ids = [str(tag["id"]) for tag in book.page(name).select("[id]")]
        assert len(ids) == len(set(ids)), name


def test_numbers_in_text_lead_to_their_cell(book: books.Built) -> None:
    front = book.page("index.html")
    links = front.select("article a.tall")
    assert [link.get_text() for link in links] == ["93,2\u00a0prosent", "93,2", "96"]
    assert links[0]["href"] == "notebooks/kap2.html#tall-projects-planned"
    assert one(links[0], "data")["value"] == "93.22"
    assert "(n\u00a0=\u00a0354, alle kommuner som svarte)" in str(links[0]["title"])
    appendix = book.page("book/vedlegg.html")
    assert one(appendix, "article a.ord")["href"] == "../notebooks/kap2.html#ord-projects-change"
    assert one(appendix, "article a.tall").get_text() == "−5,4\u00a0prosentpoeng"
    assert one(one(appendix, "article a.tall"), "data")["value"] == "-5.4"


def test_links_into_cells_arrive(book: books.Built) -> None:
    for name in PAGES:
        for link in book.page(name).select("a.tall, a.ord, .std-numref"):
            target = link["href"] if link.name == "a" else link.parent["href"]  # type: ignore[index]
            page, _, anchor = str(target).partition("#")
            path = (book.html / name).parent / page if page else book.html / name
            text = path.resolve().read_text(encoding="utf-8")
            assert f'id="{anchor}"' in text, target


def test_the_cell_shows_the_value(chapter: BeautifulSoup) -> None:
    line = one(chapter, "#tall-projects-planned")
    assert (
        line.get_text()
        == "Andel kommuner som hadde planlagt IKT-prosjekter, 2022: 93,2\u00a0prosent (n\u00a0=\u00a0354)"
    )
    assert line.find_parent(id="celle-tall") is not None
    assert one(chapter, "#celle-flere #tall-change")


def test_cells_have_anchors_and_norwegian_folding(chapter: BeautifulSoup) -> None:
    anchors = [str(cell["id"]) for cell in chapter.select("div.cell")]
    assert anchors == ["celle-tall", "celle-ord", "celle-flere", "celle-figur", "celle-kart", "celle-tabell"]
    summaries = [one(box, "summary .collapsed").get_text() for box in chapter.select("details.hide")]
    assert summaries == ["Vis beregningen", "Vis beregningen", "Vis resultatet"]
    runs = chapter.select("details.digikom-run")
    assert [run.summary.get_text() for run in runs if run.summary] == ["Vis beregningen"]
    assert runs[0].select("#celle-ord")
    assert not chapter.select("summary[aria-label]")


def test_the_register_of_numbers(book: books.Built) -> None:
    content = json.loads(book.text("data/numbers.json"))
    assert [number["key"] for number in content["numbers"]] == ["projects-planned", "without-strategy", "change"]
    assert content["numbers"][0] == {
        "key": "projects-planned",
        "label": "Andel kommuner som hadde planlagt IKT-prosjekter",
        "value": 93.22,
        "text": "93,2",
        "unit": "percent",
        "base": 354,
        "base_text": "alle kommuner som svarte",
        "year": 2022,
        "status": "synthetic",
        "source": ["Statistisk sentralbyrå, skjema 2022"],
        "notebook": "notebooks/kap2.ipynb",
        "cell_id": "tall",
        "href": "notebooks/kap2.html#tall-projects-planned",
    }
    assert [wording["key"] for wording in content["wordings"]] == ["projects-change"]
    rows = list(csv.DictReader(io.StringIO(book.text("data/numbers.csv"))))
    assert [row["value"] for row in rows] == ["93.22", "96", "-5.4"]
    assert [row["cell_id"] for row in rows] == ["tall", "flere", "flere"]


def test_data_files_follow_the_numbering(book: books.Built) -> None:
    names = sorted(path.name for path in (book.html / "data").iterdir())
    stems = ["figur-2-1", "figur-2-2", "tabell-2-1"]
    assert names == sorted(
        [f"{stem}{end}" for stem in stems for end in (".csv", ".nb.csv")] + ["numbers.csv", "numbers.json"]
    )
    assert (book.html / "data" / "figur-2-1.csv").read_bytes() == (
        "area,share_2018,share_2022,status\n"
        "Informasjonssikkerhet,71.25,84.5,synthetic\n"
        "Skytjenester & <fellesløsninger>,,66.0,synthetic\n"
        "Grønn IKT,.,-1234.5,synthetic\n"
    ).encode()
    assert (
        (book.html / "data" / "figur-2-1.nb.csv").read_bytes().startswith(b"\xef\xbb\xbfOmr\xc3\xa5de;2018 (prosent);")
    )


def test_live_figures_use_own_files(book: books.Built, chapter: BeautifulSoup) -> None:
    specs = [json.loads(tag.get_text()) for tag in chapter.select("script.digikom-spec")]
    assert [spec["data"].get("url") for spec in specs] == [None, f"../_static/{books.MAP_FILE}"]
    assert specs[0]["config"]["locale"]["number"]["decimal"] == ","
    assert json.loads(book.text(f"_static/{books.MAP_FILE}")) == books.TOPOLOGY
    bundle = book.text("_static/digikom-vega.js")
    assert bundle.startswith("(function () {")
    assert bundle.rstrip().endswith("})();")
    assert all("digikom-vega" not in book.text(name) for name in PAGES), "only the page script may load it"


class Requests(HTMLParser):
    """Every address that a browser fetches by itself when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "iframe", "source", "use"):
            self.addresses += [given[name] for name in ("src", "href", "xlink:href") if given.get(name)]
        if tag == "link" and given.get("rel") not in ("next", "prev", "search", "index", "canonical"):
            self.addresses.append(given.get("href", ""))


def test_no_page_asks_another_host(book: books.Built) -> None:
    for name in PAGES:
        parser = Requests()
        parser.feed(book.text(name))
        assert parser.addresses
        assert [address for address in parser.addresses if "//" in address] == []
        # A link that is followed by whoever wants to is no request.
        text = book.text(name).replace("https://creativecommons.org/licenses/by/4.0/deed.no", "")
        assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z.]+", text) == [], name
        assert not re.search(r"thebe|mathjax\.|require\.js|binder|colab", book.text(name), re.IGNORECASE), name


def _texts(page: BeautifulSoup) -> Iterator[str]:
    for hidden in page.select("script, style, svg, pre, kbd"):
        hidden.decompose()
    for tag in page.select("*"):
        yield from (str(tag[name]).strip() for name in NAMES if tag.has_attr(name))
    yield from page.stripped_strings


def _english() -> set[str]:
    """The English texts of the themes and extensions, as their own catalogues list them."""
    sources = [
        Path(pydata_sphinx_theme.__file__).parent / "locale" / "sphinx.pot",
        Path(sphinx_book_theme.__file__).parent / "theme/sphinx_book_theme/static/locales/no/LC_MESSAGES/booktheme.po",
        Path(sphinx_togglebutton.__file__).parent / "translations/locales/no/LC_MESSAGES/togglebutton.po",
    ]
    found = set()
    for source in sources:
        with source.open("rb") as file:
            found |= {str(message.id).strip() for message in read_po(file) if message.id}
    return found


def test_no_page_speaks_english(book: books.Built) -> None:
    english = _english()
    assert len(english) > 40
    words = re.compile(
        r"\b(the|this|toggle|page|search|skip|copy|light|dark|previous|next|show|hide|home|main|sidebar|fig\.|table|"
        r"download|source|note|contents|cell|code|error|please|settings|theme|back|built|with|by)\b",
        re.IGNORECASE,
    )
    for name in PAGES:
        page = book.page(name)
        assert one(page, "html")["lang"] == "nb"
        texts = list(_texts(page))
        assert [text for text in texts if text in english] == [], name
        assert [text for text in texts if words.search(text.replace("CC BY", ""))] == [], name


def test_search_is_norwegian(book: books.Built) -> None:
    assert "NorwegianStemmer" in book.text("_static/language_data.js") + book.text("_static/norwegian-stemmer.js")
    translations = book.text("_static/translations.js")
    assert "Søket ga ingen treff" in translations
    for text in re.findall(
        r'_\(\s*"([^"]+)"', book.text("_static/searchtools.js") + book.text("_static/sphinx_highlight.js")
    ):
        assert json.dumps(text) in translations, text


def test_scripts_without_catalogues_are_norwegian(book: books.Built) -> None:
    assert "'copy': 'Kopier'" in book.text("_static/copybutton.js")
    assert "Toggle hidden content" not in book.text("_static/togglebutton.js")


def test_one_search_field_and_formulas_without_script(book: books.Built) -> None:
    page = book.page("book/om.html")
    assert len(page.select("header .search-button__button")) == 1
    assert [form.parent.name for form in page.select("form.bd-search") if form.parent] == ["dialog"]
    assert one(page, "math").get_text("", strip=True) == "x2"


def test_references_are_norwegian(book: books.Built) -> None:
    reference = one(book.page("book/vedlegg.html"), ".citation p").get_text()
    assert reference == "Kari Hansen, Per Berg og KS. Digital agenda for Norge. IKT. 2016."


def test_the_banner_stands_on_every_page(book: books.Built) -> None:
    for name in PAGES:
        assert (
            one(book.page(name), ".digikom-banner")
            .get_text(strip=True)
            .startswith("Svarene i denne utgaven er syntetiske:")
        )


def test_two_builds_in_different_folders_are_alike(book: books.Built, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "longer-name"
    shutil.copytree(book.folder, folder, ignore=shutil.ignore_patterns("_build"))
    config = (folder / "_config.yml").read_text(encoding="utf-8").replace(str(book.folder), str(folder))
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    again = books.build(folder, TZ="Asia/Tokyo", LANG="C", PYTHONHASHSEED="2")
    assert again.returncode == 0, again.log
    assert _tree(again.html) == _tree(book.html)
    for path in again.html.rglob("*"):
        if path.suffix in (".html", ".json", ".csv", ".js", ".css"):
            assert str(folder) not in path.read_text(encoding="utf-8"), path


def _tree(folder: Path) -> dict[str, bytes]:
    # .buildinfo is Sphinx' own note of the configuration, for its next build; it is no part of an edition.
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


SMALL_TOC = {"format": "jb-book", "root": "index", "chapters": [{"file": "tall"}]}


def small(folder: Path, front: str, *cells: dict[str, Any]) -> Path:
    """A book of a front page and one notebook."""
    notebook = books.notebook(books.text("t", "# Tall"), *cells)
    return books.write_book(folder, {"index.md": f"# Forside\n\n{front}\n", "tall.ipynb": notebook}, SMALL_TOC)


def test_unknown_and_double_keys_are_warnings_with_document_and_line(tmp_path: Path) -> None:
    cell = books.code("n", books.output("number", books.number()))
    again = books.code("m", books.output("number", books.number()))
    broken = books.code("f", books.output("figure", books.figure() | {"spec": {"mark": "no-such-mark"}}))
    wrong = books.code("w", books.output("number", {"key": "half"}))
    front = "Se {tall}`nothing-here`,\n\nog {ord}`no-word` og {tall}`projects-planned|prosent`."
    built = books.build_here(small(tmp_path, front, cell, again, broken, wrong))
    assert built.returncode != 0
    for line, message in [
        (3, "{tall}: no notebook of the report publishes the number 'nothing-here'"),
        (5, "{ord}: no notebook of the report publishes the wording 'no-word'"),
        (5, "{tall}: no notebook of the report publishes the form 'prosent' of the number 'projects-planned'"),
    ]:
        assert f"index.md:{line}: WARNING: {message}" in built.log
    assert (
        "tall.ipynb:30001: WARNING: the number key 'projects-planned' is published twice: first by tall cell 2 (n)"
        in built.log
    )
    assert "WARNING: the figure 'project-areas' cannot be drawn" in built.log
    assert "tall.ipynb:50001: WARNING: what tall cell 5 (w) publishes cannot be used" in built.log


def test_real_data_take_the_marks_away_and_pages_follow_the_register(tmp_path: Path) -> None:
    front = "I alt {tall}`projects-planned`."
    table = books.code("t1", books.output("table", books.table(status="synthetic")))
    first = books.build_here(small(tmp_path, front, books.code("n", books.output("number", books.number())), table))
    assert first.returncode == 0, first.log
    assert first.page("index.html").select(".digikom-banner")
    assert one(first.page("index.html"), "a.tall").get_text() == "93,2\u00a0prosent"
    assert (first.html / "data" / "tabell-1-1.csv").exists() or (first.html / "data" / "tabell-1.csv").exists()

    changed = books.number(text="94,0", value=94.0, status="real")
    second = books.build_here(small(tmp_path, front, books.code("n", books.output("number", changed))))
    assert second.returncode == 0, second.log
    assert one(second.page("index.html"), "a.tall").get_text() == "94,0\u00a0prosent"
    for name in ("index.html", "tall.html"):
        assert "syntetisk" not in second.text(name).lower()
    assert not list((second.html / "data").glob("tabell-*")), "data of a table that is gone"


@pytest.mark.browser
def test_in_a_browser(book: books.Built) -> None:
    """Figures become live from own files, folded cells open for a link, and nothing overflows on a telephone."""
    with served(book.html) as root, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 2400})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{root}/notebooks/kap2.html#ord-projects-change")
        page.wait_for_selector("#project-map .digikom-live svg[aria-label]", timeout=15000)
        assert [url for url in asked if not url.startswith(root)] == []
        assert page.locator("#ord-projects-change").is_visible()
        assert page.locator("#project-map svg").count() == 1
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        still = browser.new_context(java_script_enabled=False).new_page()
        still.goto(f"{root}/notebooks/kap2.html")
        assert still.locator("figure svg[role=img]:visible").count() == 2
