"""Whole books built with the Sphinx extension: what stands on the pages and in the files of an edition."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
from browsing import served
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page, ViewportSize

from digikom.publish import palette
from digikom.publish.formatting import format_number
from digikom.publish.tables import STANDARD_SYMBOLS
from digikom.sphinxext import theme

PAGES = ["index.html", "book/om.html", "book/vedlegg.html", "notebooks/kap2.html", "search.html"]


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


def first_class(tag: Tag) -> str:
    """The first class of an element, else what it is."""
    return str((tag.get_attribute_list("class") or [None])[0] or tag.name)


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
    block = figure.parent
    assert block is not None
    assert one(block, ".digikom-notes").get_text("\n", strip=True).split("\n") == [
        "Spørsmål: Hvilke områder omfatter strategien?",
        "Grunnlag: n\u00a0=\u00a0354 (alle kommuner som svarte). Kilde: Statistisk sentralbyrå, skjema 2022.",
        "Spørsmålet kunne besvares med flere områder.",
    ]
    menu = one(block, ":scope > details.digikom-more")
    assert one(menu, ":scope > summary").get_text() == "Mer om figuren, figur\u00a02.1"
    assert [one(fold, "summary").get_text() for fold in menu.select("details")] == ["Vis som tabell"]
    cells = [[cell.get_text() for cell in row.select("th, td")] for row in block.select("tbody tr")]
    assert cells == [
        ["Informasjonssikkerhet", "71,3", "84,5"],
        ["Skytjenester & <fellesløsninger>", "", "66,0"],
        ["Grønn IKT", ".", "−1\u00a0234,5"],
    ]
    assert [cell["scope"] for cell in block.select("th")] == ["col"] * 3 + ["row"] * 3
    assert one(block, "caption").get_text() == "Tallene i figur\u00a02.1. Områder i strategien. 2018 og 2022"


def test_the_finding_stands_above_the_picture_and_the_measure_under_it(chapter: BeautifulSoup) -> None:
    figure = one(chapter, "figure#project-map")
    assert [first_class(part) for part in figure.find_all(recursive=False)] == [
        "figcaption",
        "digikom-picture",
        "digikom-legend",
    ]
    lines = [line.get_text() for line in figure.select("figcaption p")]
    assert lines == [
        "Figur 2.2 De fleste har høy grad",
        "Kart over grader. 2022",
        "Syntetiske svar – ikke svar fra virkelige kommuner",
    ]
    without_title = [line.get_text() for line in chapter.select("#project-areas figcaption p")]
    assert without_title == [
        "Figur 2.1 Områder i strategien. 2018 og 2022",
        "Syntetiske svar – ikke svar fra virkelige kommuner",
    ]
    block = figure.parent
    assert block is not None
    assert [first_class(part) for part in block.find_all(recursive=False)] == [
        "digikom-figure",
        "digikom-notes",
        "digikom-more",
    ]


def test_the_legend_of_a_map_is_a_list_in_both_colours(chapter: BeautifulSoup) -> None:
    entries = chapter.select("#project-map ul.digikom-legend > li")
    assert [entry.get_text() for entry in entries] == [entry["label"] for entry in books.LEGEND]
    styles = [str(one(entry, ".digikom-swatch")["style"]) for entry in entries]
    light = [str(entry["colour"]) for entry in books.LEGEND]
    assert styles == [f"--on-light: {colour}; --on-dark: {palette.DARK.get(colour, colour)}" for colour in light]
    assert palette.DARK[light[0]] in styles[0]
    assert not chapter.select("#project-areas + ul, #project-areas ul.digikom-legend")


def test_what_is_drawn_has_a_text_for_the_script(chapter: BeautifulSoup) -> None:
    for width in ("wide", "narrow"):
        tips = [mark["data-tip"] for mark in chapter.select(f"#project-areas .digikom-{width} [data-tip]")]
        assert sorted(map(str, tips)) == [
            "Informasjonssikkerhet, 2018: 71,2 prosent",
            "Informasjonssikkerhet, 2022: 84,5 prosent",
            "Skytjenester & <fellesløsninger>, 2022: 66,0 prosent",
        ]
    assert len(chapter.select("#project-map [data-tip]")) == 2


def test_the_files_and_the_address_of_each_block(chapter: BeautifulSoup, book: books.Built) -> None:
    blocks = chapter.select(".digikom-block")
    for block, (stem, name, target, endings) in zip(
        blocks,
        [
            ("figur-2-1", "figur\u00a02.1", "project-areas", (".nb.csv", ".csv", ".svg", ".png")),
            ("figur-2-2", "figur\u00a02.2", "project-map", (".nb.csv", ".csv", ".svg", ".png")),
            ("tabell-2-1", "tabell\u00a02.1", "project-table", (".nb.csv", ".csv")),
        ],
        strict=True,
    ):
        links = block.select(".digikom-download a[download]")
        assert [link["href"] for link in links] == [f"../data/{stem}{ending}" for ending in endings]
        labels = ["CSV (norsk regneark)", "CSV (maskinlesbar)", "SVG", "PNG"][: len(endings)]
        assert [link.get_text() for link in links] == [f"{label}, {name}" for label in labels]
        for link in links:
            assert (book.html / "notebooks" / str(link["href"])).is_file()
        assert one(block, ".digikom-permalink")["href"] == f"#{target}"
        assert one(chapter, f"#{target}").find_parent(class_="digikom-block") is block
        # The line has the link; a second one in the caption would be read out as «#».
        assert not block.select(".headerlink")
        assert not block.select(".digikom-symbols"), "this book has no page on symbols"


def test_pictures_to_download_tell_all_that_the_page_tells(book: books.Built) -> None:
    svg = BeautifulSoup(book.text("data/figur-2-2.svg"), "html.parser")
    written = " ".join(svg.get_text(" ").split())
    for text in (
        "Figur 2.2 De fleste har høy grad",
        "Kart over grader. 2022",
        "4 & mer",
        "Spørsmålet kunne besvares med flere områder.",
        "Kilde: Statistisk sentralbyrå, skjema 2022.",
        "Syntetiske svar – ikke svar fra virkelige kommuner",
        "Kart: 2 kommuner.",
    ):
        assert text in written
    for number in ("2-1", "2-2"):
        assert (book.html / f"data/figur-{number}.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_the_dark_colours_of_the_pictures_are_on_every_page(book: books.Built) -> None:
    sheet = book.text("_static/digikom-palette.css")
    assert sheet == theme.palette_sheet()
    assert palette.dark_css(theme.DARK_PICTURES) in sheet
    for name in PAGES:
        sheets = [str(sheet["href"]).split("?")[0].split("/")[-1] for sheet in book.page(name).select("link[href]")]
        assert sheets.index("figures.css") < sheets.index("digikom-palette.css"), name
        scripts = [str(script["src"]).split("?")[0].split("/")[-1] for script in book.page(name).select("script[src]")]
        assert ("figures.js" in scripts) == (name == "notebooks/kap2.html"), name


def test_a_table_has_headers_total_and_notes(chapter: BeautifulSoup) -> None:
    table = one(chapter, "table#project-table")
    region = table.find_parent(class_="digikom-scroll")
    assert region is not None
    assert (region["role"], region["tabindex"]) == ("region", "0")
    assert [cell["scope"] for cell in table.select("th")] == ["col"] * 3 + ["row"] * 4
    total = one(table, "tr.digikom-total")
    assert [cell.get_text() for cell in total.select("th, td")] == ["I alt", "100,0", "100,0"]
    assert "digikom-right" in one(total, "td:last-child")["class"]
    block = table.find_parent(class_="digikom-block")
    assert block is not None
    notes = [note.get_text() for note in block.select(".digikom-notes p")]
    assert notes[0].startswith("Grunnlag: n\u00a0=\u00a0354")
    assert notes[-1] == "Syntetiske svar – ikke svar fra virkelige kommuner"


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
    # Those of the section come together in the fold at its end.
    assert sorted(anchors) == sorted(f"celle-{name}" for name in ("tall", "ord", "flere", "figur", "kart", "tabell"))
    assert not chapter.select("details.hide")
    (fold,) = chapter.select("details.digikom-calculations")
    assert one(fold, ":scope > summary").get_text() == "Slik er dette beregnet"
    assert {"celle-tall", "celle-ord"} <= {str(cell["id"]) for cell in fold.select("div.cell")} < set(anchors)
    assert not chapter.select("summary[aria-label]")


def test_the_register_of_numbers(book: books.Built) -> None:
    content = json.loads(book.text("data/numbers.json"))
    assert [number["key"] for number in content["numbers"]] == ["projects-planned", "without-strategy", "change"]
    assert content["numbers"][0] == {
        "evidence": None,
        "evidence_source": "",
        "key": "projects-planned",
        "label": "Andel kommuner som hadde planlagt IKT-prosjekter",
        "value": 93.22,
        "text": "93,2",
        "unit": "percent",
        "base": 354,
        "base_text": "alle kommuner som svarte",
        "low": None,
        "high": None,
        "year": 2022,
        "status": "synthetic",
        "source": ["Statistisk sentralbyrå, skjema 2022"],
        "notebook": "notebooks/kap2.ipynb",
        "cell_id": "tall",
        "href": "notebooks/kap2.html#tall-projects-planned",
        "questions": [],
        "columns": [],
        "inputs": [],
        "uses": [
            "index.html#bruk-projects-planned",
            "index.html#bruk-projects-planned-2",
            "notebooks/kap2.html#bruk-projects-planned",
        ],
    }
    assert [wording["key"] for wording in content["wordings"]] == ["projects-change"]
    rows = list(csv.DictReader(io.StringIO(book.text("data/numbers.csv"))))
    assert [row["value"] for row in rows] == ["93.22", "96", "-5.4"]
    assert [row["cell_id"] for row in rows] == ["tall", "flere", "flere"]


def test_data_files_follow_the_numbering(book: books.Built) -> None:
    names = sorted(path.name for path in (book.html / "data").iterdir() if path.is_file())
    data = [f"{stem}{end}" for stem in ("figur-2-1", "figur-2-2", "tabell-2-1") for end in (".csv", ".nb.csv")]
    pictures = [f"{stem}{end}" for stem in ("figur-2-1", "figur-2-2") for end in (".svg", ".png")]
    assert names == sorted([*data, *pictures, "numbers.csv", "numbers.json", "numbers.schema.json"])
    assert (book.html / "data" / "figur-2-1.csv").read_bytes() == (
        "area,share_2018,share_2018_symbol,share_2022,status\n"
        "Informasjonssikkerhet,71.25,,84.5,synthetic\n"
        "Skytjenester & <fellesløsninger>,,,66.0,synthetic\n"
        "Grønn IKT,,.,-1234.5,synthetic\n"
    ).encode()
    assert (
        (book.html / "data" / "figur-2-1.nb.csv").read_bytes().startswith(b"\xef\xbb\xbfOmr\xc3\xa5de;2018 (prosent);")
    )


def test_page_files_and_payload_hold_the_same_cells(chapter: BeautifulSoup, book: books.Built) -> None:
    """Cell by cell, for every figure and table: what the notebook gave, what the page shows, what the files hold."""
    payloads = [books.figure(), books.map_figure(), books.table()]
    for block, payload in zip(chapter.select(".digikom-block"), payloads, strict=True):
        stem = str(one(block, "a[href$='.nb.csv']")["href"]).removeprefix("../data/").removesuffix(".nb.csv")
        rows = list(csv.DictReader(io.StringIO(book.text(f"data/{stem}.csv"))))
        spreadsheet = list(csv.reader(io.StringIO(book.text(f"data/{stem}.nb.csv")), delimiter=";"))[1:]
        shown = [[cell.get_text() for cell in row.select("th, td")] for row in block.select("tbody tr")]
        assert len(shown) == len(rows) == len(spreadsheet) == len(payload["rows"])
        for given, row, sheet, cells in zip(payload["rows"], rows, spreadsheet, shown, strict=True):
            for column, value, in_sheet, cell in zip(payload["columns"], given, sheet[:-1], cells, strict=True):
                in_file = row[column["name"]]
                if value is None:
                    assert (in_file, in_sheet, cell) == ("", "", "")
                elif isinstance(value, str):
                    symbol = value in STANDARD_SYMBOLS
                    assert row[f"{column['name']}_symbol"] == value if symbol else in_file == value
                    assert (in_sheet, cell) == (value, value)
                else:
                    assert float(in_file) == value == float(in_sheet.replace(",", "."))
                    assert cell == format_number(value, column["decimals"])


def test_no_chart_library_is_sent_to_the_reader(book: books.Built) -> None:
    for path in book.html.rglob("*"):
        if path.suffix in (".html", ".js", ".css"):
            assert "vega" not in path.read_text(encoding="utf-8").lower(), path
    assert not (book.html / "_static/boundaries").exists()


def test_search_is_norwegian(book: books.Built) -> None:
    assert "NorwegianStemmer" in book.text("_static/language_data.js") + book.text("_static/norwegian-stemmer.js")
    translations = book.text("_static/translations.js")
    assert "Søket ga ingen treff" in translations
    for text in re.findall(
        r'_\(\s*"([^"]+)"', book.text("_static/searchtools.js") + book.text("_static/sphinx_highlight.js")
    ):
        assert json.dumps(text) in translations, text


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


def small(folder: Path, front: str, *cells: dict[str, Any], **pages: str) -> books.Built:
    """A book of a front page, one notebook and other pages."""
    notebook = books.notebook(books.text("t", "# Tall"), *cells)
    return books.build_pages(folder, {"index.md": f"# Forside\n\n{front}\n", "tall.ipynb": notebook, **pages})


def test_a_table_with_symbols_leads_to_what_they_mean(tmp_path: Path) -> None:
    cells = [
        books.code("t1", books.output("table", books.table("with-symbols"))),
        books.code("t2", books.output("table", books.table("without", rows=[["Oslo", 1.0, 2.0]]))),
    ]
    built = small(tmp_path, "Tabeller.", *cells, **{"book/standardtegn.md": "# Standardtegn\n\nTegn.\n"})
    assert built.returncode == 0, built.log
    page = built.page("tall.html")
    (link,) = page.select("a.digikom-symbols")
    assert (link["href"], link.get_text()) == ("book/standardtegn.html", "Standardtegn i tabeller")
    block = link.find_parent(class_="digikom-block")
    assert block is not None
    assert block.select("#with-symbols")
    symbol = one(block, "td > span[role=img]")
    assert (symbol.get_text(), symbol["aria-label"]) == (".", STANDARD_SYMBOLS["."])


def test_keys_of_another_kind_and_double_keys_are_warnings_with_document_and_line(tmp_path: Path) -> None:
    cell = books.code("n", books.output("number", books.number()))
    again = books.code("m", books.output("number", books.number()))
    broken = books.code("f", books.output("figure", books.figure() | {"spec": {"mark": "no-such-mark"}}))
    wrong = books.code("w", books.output("number", {"key": "half"}))
    word = books.code("o", books.output("wording", books.wording("no-number")))
    front = "Se {tall}`no-number`,\n\nog {ord}`projects-planned` og {tall}`projects-planned|prosent`."
    built = small(tmp_path, front, cell, again, broken, wrong, word)
    assert built.returncode != 0
    for line, message in [
        (3, "{tall}: no notebook of the report publishes the number 'no-number'"),
        (5, "{ord}: no notebook of the report publishes the wording 'projects-planned'"),
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
    first = small(tmp_path, front, books.code("n", books.output("number", books.number())), table)
    assert first.returncode == 0, first.log
    assert first.page("index.html").select(".digikom-banner")
    assert one(first.page("index.html"), "a.tall").get_text() == "93,2\u00a0prosent"
    assert (first.html / "data" / "tabell-1-1.csv").exists() or (first.html / "data" / "tabell-1.csv").exists()

    changed = books.number(text="94,0", value=94.0, status="real")
    second = small(tmp_path, front, books.code("n", books.output("number", changed)))
    assert second.returncode == 0, second.log
    assert one(second.page("index.html"), "a.tall").get_text() == "94,0\u00a0prosent"
    for name in ("index.html", "tall.html"):
        assert "syntetisk" not in second.text(name).lower()
    assert not list((second.html / "data").glob("tabell-*")), "data of a table that is gone"


@pytest.fixture(scope="module")
def open_chapter(book: books.Built, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the page of the notebook in a browser; the list `asked` of the page holds every address it asks for."""
    with served(book.html) as root:

        def opened(width: int = 1280, *, script: bool = True, anchor: str = "") -> Page:
            viewport: ViewportSize = {"width": width, "height": 2400}
            page = browser.new_context(viewport=viewport, java_script_enabled=script).new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"{root}/notebooks/kap2.html{anchor}")
            return page

        asked: list[str] = []
        yield opened
        assert asked
        assert [url for url in asked if not url.startswith(root)] == []


@pytest.mark.browser
def test_a_link_opens_the_folded_cell(open_chapter: Callable[..., Page]) -> None:
    assert open_chapter(anchor="#ord-projects-change").locator("#ord-projects-change").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (360, "narrow")])
def test_a_mark_tells_its_number_to_the_pointer(open_chapter: Callable[..., Page], width: int, shown: str) -> None:
    page = open_chapter(width)
    marks = page.locator(f"#project-areas .digikom-{shown}[tabindex] [data-tip]")
    marks.first.hover()
    tip = page.locator(".digikom-tip")
    assert tip.inner_text() == "Informasjonssikkerhet, 2018: 71,2 prosent"
    assert page.locator(".digikom-outline").count() == 1
    # The text stays while the pointer is on it, goes with Escape, and there is one of it.
    tip.hover()
    page.wait_for_timeout(600)
    assert tip.is_visible()
    marks.nth(1).hover()
    assert tip.inner_text() == "Informasjonssikkerhet, 2022: 84,5 prosent"
    assert tip.count() == 1
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    assert page.locator(".digikom-outline").count() == 0
    marks.first.hover()
    page.locator("article h1").hover()
    tip.wait_for(state="hidden")
    page.context.close()


@pytest.mark.browser
def test_the_marks_can_be_walked_with_the_keyboard(open_chapter: Callable[..., Page]) -> None:
    page = open_chapter()
    picture = page.locator("#project-areas .digikom-wide[tabindex]")
    picture.focus()
    tip, voice = page.locator(".digikom-tip"), page.locator("[aria-live=polite].digikom-hidden")
    heard = []
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft", "Home", "End"):
        page.keyboard.press(key)
        assert tip.inner_text() == voice.inner_text()
        heard.append(voice.inner_text().split(" ")[0] + voice.inner_text()[-12:])
    first, second, last = (
        "Informasjonssikkerhet,71,2 prosent",
        "Informasjonssikkerhet,84,5 prosent",
        "Skytjenester66,0 prosent",
    )
    assert heard == [first, second, last, last, second, first, last]
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert not tip.is_visible()
    told = page.evaluate("id => document.getElementById(id).textContent", picture.get_attribute("aria-describedby"))
    assert "piltastene" in told
    page.context.close()


@pytest.mark.browser
def test_the_table_of_a_map_can_be_sorted_and_filtered(open_chapter: Callable[..., Page]) -> None:
    page = open_chapter()
    page.locator("#project-map ~ details > summary").first.click()
    page.locator("#project-map ~ details .digikom-numbers > summary").click()
    table = page.locator("#project-map ~ details .digikom-numbers table")

    def areas() -> list[str]:
        return [row.locator("th").inner_text()[:5] for row in table.locator("tbody tr").all() if row.is_visible()]

    names = table.get_by_role("button")
    assert names.all_inner_texts() == ["Område", "2018 (prosent)", "2022 (prosent)"]
    for column, direction, expected in [
        (0, "ascending", ["Grønn", "Infor", "Skytj"]),
        (0, "descending", ["Skytj", "Infor", "Grønn"]),
        (0, None, ["Infor", "Skytj", "Grønn"]),
        # Numbers by value, and what is no number last whichever way.
        (2, "ascending", ["Grønn", "Skytj", "Infor"]),
        (1, "ascending", ["Infor", "Skytj", "Grønn"]),
        (1, "descending", ["Infor", "Skytj", "Grønn"]),
    ]:
        names.nth(column).click()
        assert areas() == expected, (column, direction)
        assert [header.get_attribute("aria-sort") for header in table.locator("thead th").all()] == [
            direction if place == column else None for place in range(3)
        ]
    page.get_by_label("Filtrer tabellen").fill("GRØNN")
    assert areas() == ["Grønn"]
    assert page.locator("#project-map ~ details [role=status]").first.inner_text() == "1 av 3 rader"
    page.get_by_label("Filtrer tabellen").fill("")
    assert len(areas()) == 3
    assert page.locator("#project-areas ~ details .digikom-sort").count() == 0, "a short table is read as it stands"
    page.context.close()


@pytest.mark.browser
def test_pictures_follow_the_page_into_the_dark(open_chapter: Callable[..., Page]) -> None:
    page = open_chapter()
    colour = "element => getComputedStyle(element).{}"
    text = page.locator("#project-areas .digikom-wide svg text").first
    swatch = page.locator("#project-map .digikom-swatch").first
    light = text.evaluate(colour.format("fill")), swatch.evaluate(colour.format("backgroundColor"))
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = text.evaluate(colour.format("fill")), swatch.evaluate(colour.format("backgroundColor"))
    expected = [palette.DARK[str(text.get_attribute("fill"))], palette.DARK[str(books.LEGEND[0]["colour"])]]
    assert list(dark) == [f"rgb({', '.join(str(part) for part in bytes.fromhex(one[1:]))})" for one in expected]
    assert light != dark
    # Paper is white, whatever the reader has chosen for the screen.
    page.emulate_media(media="print")
    assert (text.evaluate(colour.format("fill")), swatch.evaluate(colour.format("backgroundColor"))) == light
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_on_paper_stand_the_wide_picture_and_the_numbers(open_chapter: Callable[..., Page], script: bool) -> None:
    page = open_chapter(360, script=script)
    if script:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    block = page.locator(".digikom-block").first
    assert block.locator(".digikom-wide").is_visible()
    assert not block.locator(".digikom-narrow").is_visible()
    assert block.locator("tbody td").first.is_visible()
    assert not block.locator(".digikom-download").is_visible()
    assert not page.locator("#celle-ord").is_visible()
    if script:
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        assert not block.locator("tbody td").first.is_visible()
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 320])
def test_nothing_is_wider_than_a_telephone(open_chapter: Callable[..., Page], width: int) -> None:
    for script in (True, False):
        page = open_chapter(width, script=script)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator("figure svg[role=img]:visible").count() == 2
        page.context.close()
