"""The page around the content: head, menus, foot, colours, weight, Norwegian and the search, in a small book."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urldefrag

import pytest
import sphinxext_books as books
import yaml
from browsing import served
from bs4 import BeautifulSoup, Tag
from interface_texts import css_texts, interface_texts
from playwright.sync_api import Browser, Page

from digikom.editions.layout import POLICY
from digikom.sphinxext.theme import NOT_PUBLISHED, description_of

EDITION = {"year": 2001, "reference_year": None, "title": "Prøve", "version": "1.2.0", "published": "2000-03-01"}
CHAPTER = "notebooks/kap2.html"
TEXT_PAGE = "book/om.html"
LIMIT = 200_000
ADDED = {
    "book/om_statistikken.md": "# Om statistikken\n\nDet som er verdt å vite.\n",
    "book/vedlegg_en.md": "---\nlang: en\n---\n\n# Appendix\n\nIn English.\n",
    "book/sok.md": (
        "# Søkeord\n\nKommunen har en strategi. "
        + "Ordene står langt inne i teksten. " * 30
        + "\n\n| Felt | Betydning |\n|---|---|\n| a | b |\n\n```python\nprint('en linje')\n```\n\n"
        "{cite:p}`berg` og {cite:p}`as`\n"
    ),
}
SOURCES = """
@misc{berg, author = {Åsen, Per}, title = {Sist}, year = {2016}}
@misc{as, author = {{Etaten}}, title = {Midt i}, year = {2016}}
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """A book with one page of each kind, built as an edition."""
    folder = tmp_path_factory.mktemp("side")
    pages = {**books.PAGES, "notebooks/kap2.ipynb": books.chapter(), **ADDED}
    toc = {
        **books.TOC,
        "parts": [
            books.TOC["parts"][0],
            {
                "caption": "Vedlegg",
                "chapters": [
                    {"file": name} for name in ("book/sok", "book/vedlegg", "book/vedlegg_en", "book/om_statistikken")
                ],
            },
        ],
    }
    books.write_book(folder, pages, toc, digikom_edition=EDITION)
    sources = folder / "kilder.bib"
    sources.write_text(sources.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    built = books.build_here(folder)
    assert built.returncode == 0, built.log
    return built


def names(book: books.Built) -> list[str]:
    """Every page of the book."""
    # Figures on pages of their own have nothing around them (`test_figure_pages.py`).
    found = (path.relative_to(book.html).as_posix() for path in book.html.rglob("*.html"))
    return sorted(name for name in found if not name.startswith("figur/"))


def attribute(element: Tag, name: str) -> str:
    """An attribute that must be there."""
    value = element[name]
    return value if isinstance(value, str) else " ".join(value)


def fetched(page: BeautifulSoup) -> list[str]:
    """The scripts, styles and icons that a page asks for."""
    links = [attribute(link, "href") for link in page.select('link[rel~="stylesheet"], link[rel~="icon"]')]
    return [*links, *(attribute(script, "src") for script in page.select("script[src]"))]


def test_every_file_a_page_asks_for_is_published_and_light(book: books.Built) -> None:
    """What a first visit fetches: nothing missing, nothing foreign, text pages below the limit."""
    for name in names(book):
        page = book.page(name)
        files = [book.html / name]
        for address in fetched(page):
            assert "//" not in address, (name, address)
            files.append((book.html / name).parent / address.partition("?")[0])
        assert all(file.is_file() for file in files), name
        for part in page.select("img, iframe, source, use"):
            assert not any("//" in str(part.get(kind)) for kind in ("src", "href", "xlink:href")), (name, part)
        assert not re.search(r"thebe|mathjax\.|require\.js|binder|colab", book.text(name), re.IGNORECASE), name
        weight = sum(len(gzip.compress(file.resolve().read_bytes(), 9)) for file in files)
        if name != CHAPTER:
            assert weight < LIMIT, (name, weight)


def test_no_icon_font_and_no_file_without_use(book: books.Built) -> None:
    """The theme's icon font is gone from pages, styles and folder; what is left of the theme is what is used."""
    for name in names(book):
        text = book.text(name)
        assert "fontawesome" not in text
        assert not re.search(r'class="[^"]*\bfa[srb]?[ -]', text), name
    static = book.html / "_static"
    for pattern in NOT_PUBLISHED:
        assert not list(static.glob(pattern)), pattern
    for style in static.rglob("*.css"):
        assert "@font-face" not in style.read_text(encoding="utf-8"), style.name
        assert not css_texts(style.read_text(encoding="utf-8")), style.name


def test_styles_name_only_files_that_exist(book: books.Built) -> None:
    """An address in a style sheet leads to a file of the edition or holds the picture itself."""
    for style in (book.html / "_static").rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", style.read_text(encoding="utf-8")):
            if not address.startswith(("data:", "#")):
                assert (style.parent / urldefrag(address).url.partition("?")[0]).is_file(), (style.name, address)


def test_a_page_fetches_what_its_content_needs(book: books.Built) -> None:
    """Copy buttons where there is code, the search index on the search page alone."""
    assert "copybutton" in str(fetched(book.page("book/sok.html")))
    assert "copybutton" not in str(fetched(book.page(TEXT_PAGE)))
    assert "mystnb" in str(fetched(book.page(CHAPTER)))
    assert "mystnb" not in str(fetched(book.page(TEXT_PAGE)))
    for name in names(book):
        assert ("searchindex.js" in str(fetched(book.page(name)))) == (name == "search.html"), name


def test_the_head_describes_the_page(book: books.Built) -> None:
    """Language, title, description, colours and icon; no compiler, no second viewport, no canonical address."""
    for name in names(book):
        page = book.page(name)
        assert attribute(page.select("html")[0], "lang") == "nb"
        assert len(page.select('meta[name="viewport"]')) == 1
        assert not page.select('meta[name="generator"], link[rel="canonical"], meta[name^="docsearch"]')
        assert attribute(page.select('meta[name="color-scheme"]')[0], "content") == "light dark"
        assert len(page.select('meta[name="theme-color"]')) == 2
        assert page.select('link[rel="icon"]')
    text = book.page(TEXT_PAGE)
    assert text.title is not None
    assert text.title.get_text() == "1 Om undersøkelsen – Digitalisering i kommunene"
    description = attribute(book.page(CHAPTER).select('meta[name="description"]')[0], "content")
    assert description == "I alt hadde 93,2 prosent planlagt prosjekter."


def test_a_long_description_ends_at_a_word(book: books.Built) -> None:
    """Search engines show about as much; a word cut in two would look like a mistake."""
    description = attribute(book.page("book/sok.html").select('meta[name="description"]')[0], "content")
    assert len(description) <= 162
    assert description.endswith(" …")
    assert description.removesuffix(" …").rsplit(" ", 1)[1] in ADDED["book/sok.md"].split()
    assert description_of(None) == ""


def test_one_of_each_landmark(book: books.Built) -> None:
    """A banner, a main part and a foot; every navigation has a name of its own, and headings begin with the page's."""
    for name in names(book):
        page = book.page(name)
        assert len(page.select("main")) == 1
        assert len(page.select("body header")) == 1
        assert len(page.select("body footer")) == 1
        labels = [nav.get("aria-label") or nav.get("aria-labelledby") for nav in page.select("nav")]
        assert all(labels), name
        assert len(labels) == len(set(labels)), (name, labels)
        assert len(page.select("h1")) == 1
        assert not page.select('[role="heading"], [role="doc-biblioentry"], [role="list"]')
        assert all(dialog.get("aria-label") for dialog in page.select("dialog"))


def test_the_foot_says_which_edition_and_leads_to_the_pages_about_the_report(book: books.Built) -> None:
    """Only pages that the book has are named."""
    for name in names(book):
        foot = book.page(name).select("footer")[0]
        text = re.sub(r"\s+", " ", foot.get_text(" "))
        assert "Utgave 2001, publisert 1. mars 2000. Versjon 1.2.0." in text
        assert "CC BY 4.0" in text
        assert [link.get_text() for link in foot.select("nav a")] == ["Om statistikken"]


MARKED = 'Kommuner <script>alert(1)</script> & "digitale" <b>tjenester</b>'


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """A book that is no edition, with a title that could be taken for markup."""
    folder = books.write_book(
        tmp_path_factory.mktemp("alone"), {**books.PAGES, "notebooks/kap2.ipynb": books.chapter()}
    )
    config = folder / "_config.yml"
    config.write_text(yaml.safe_dump({**yaml.safe_load(config.read_text(encoding="utf-8")), "title": MARKED}))
    built = books.build_here(folder)
    assert built.returncode == 0, built.log
    return built


def test_a_book_on_its_own_names_no_edition(alone: books.Built) -> None:
    """Without an edition file there is no date to give, and without pages about the report no list of them."""
    foot = alone.page("index.html").select("footer")[0]
    assert "publisert" not in foot.get_text()
    assert not foot.select("nav")


def test_a_title_is_text_wherever_it_stands(alone: books.Built) -> None:
    for name in names(alone):
        assert "<script>alert" not in alone.text(name), name
        page = alone.page(name)
        assert page.select(".digikom-footer-title, .digikom-title")
        assert {shown.get_text() for shown in page.select(".digikom-footer-title, .digikom-title")} == {MARKED}


def test_no_page_has_a_script_in_it_and_each_has_its_policy_before_all_scripts(book: books.Built) -> None:
    for name in names(book):
        page = book.page(name)
        policy = page.select('head > meta[http-equiv="Content-Security-Policy"]')
        assert [each["content"] for each in policy] == [POLICY]
        assert page.select("script")
        assert all(each.has_attr("src") or each["type"] == "application/ld+json" for each in page.select("script"))
        assert book.text(name).index("Content-Security-Policy") < book.text(name).index("<script")
        assert not re.search(r"<style| on[a-z]+=\"|javascript:", book.text(name)), name


def test_chapters_are_numbered_without_a_full_stop(book: books.Built) -> None:
    """«2 Digital prioritering», in the menu as on the page."""
    page = book.page(CHAPTER)
    heading = page.select("h1")[0].get_text().split()
    assert heading[:2] == ["2", "Digital"]
    assert ["2", "Digital", "prioritering"] in [link.get_text().split() for link in page.select(".bd-links a")]


def test_where_there_are_numbers_their_sources_can_be_shown(book: books.Built) -> None:
    assert [len(book.page(name).select("button.digikom-sources")) for name in (CHAPTER, "search.html")] == [1, 0]


def test_parts_in_english_say_so(book: books.Built) -> None:
    """The article, and its title wherever menus name it; nothing else."""
    assert book.page("book/vedlegg_en.html").select('article [lang="en"] h1')
    for name in names(book):
        links = [link for link in book.page(name).select(".bd-links a") if link.get_text(strip=True) == "Appendix"]
        assert [link.get("lang") for link in links] == ["en"], name
        assert len(book.page(name).select('.bd-links a[lang="en"]')) == 1


def test_interface_texts_hold_no_english(book: books.Built) -> None:
    """Words of the theme's English interface, each of which stood on the page before it was translated."""
    english = re.compile(
        r"\b(the|this|page|search|close|toggle|skip|next|previous|download|copy|menu|main|light|dark|system|settings"
        r"|link to|contents|section|navigation|table of|error|please|results?)\b",
        re.IGNORECASE,
    )
    for name in names(book):
        found = interface_texts(book.text(name))
        assert {"Meny", "Lukk", "Hopp til hovedinnhold", "Fargemodus"} <= found, name
        assert not [text for text in found if english.search(text)], name


def test_interface_texts_leave_content_out() -> None:
    """What authors wrote, numbers and other languages are no interface; data that scripts show are."""
    page = (
        '<html lang="nb"><body><nav aria-label="Meny 3"><ul><li class="toctree-l1"><a>Kapittel</a></li></ul></nav>'
        '<article><p title="Vis mer">Tekst</p><a class="tall" title="Andel: 5">5</a><p lang="en" title="More">x</p>'
        '<button data-texts=\'{"a": "Neste"}\'>Åpne</button></article></body></html>'
    )
    assert interface_texts(page) == {"Meny #", "Vis mer", "Neste", "Åpne"}
    assert css_texts('a::after { content: "Les mer" } b { content: "\\2192" } p { align-content: "nei" }') == {
        "Les mer"
    }


def test_references_are_a_list_in_norwegian_order(book: books.Built) -> None:
    """No running numbers, since the text refers by author and year; institutions among persons, å last."""
    page = book.page("book/vedlegg.html")
    entries = [entry.get_text(" ", strip=True) for entry in page.select("ul.citation-list > li")]
    assert [entry.split()[0] for entry in entries] == ["Etaten.", "Kari", "Per"]
    assert not page.select(".citation-list .label")


@pytest.fixture(scope="module")
def opened(book: books.Built, browser: Browser) -> Iterator[tuple[str, Browser]]:
    """The address of the book and a browser."""
    with served(book.html) as address:
        yield address, browser


@pytest.fixture
def browser_page(opened: tuple[str, Browser]) -> Iterator[tuple[str, Page]]:
    """The address of the book and a page of a telephone's width, with nothing stored."""
    address, browser = opened
    page = browser.new_page(viewport={"width": 360, "height": 800})
    yield address, page
    page.close()


@pytest.mark.browser
def test_menus_open_and_close_by_keyboard(browser_page: tuple[str, Page]) -> None:
    """Without the theme's Bootstrap the menus are still dialogs that take and give back the focus."""
    address, page = browser_page
    page.goto(f"{address}/{CHAPTER}")
    page.focus(".primary-toggle")
    page.keyboard.press("Enter")
    page.wait_for_selector("#pst-primary-sidebar-modal[open]")
    assert page.locator("dialog[open] .bd-links a").first.is_visible()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.evaluate("document.activeElement.matches('.primary-toggle')")
    page.click("button.search-button")
    page.click("#pst-search-dialog .digikom-close button")
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.browser
def test_colours_follow_the_system_until_the_reader_chooses(browser_page: tuple[str, Page]) -> None:
    """The button says which mode is on, and the choice is kept on the next page."""
    address, page = browser_page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{address}/{TEXT_PAGE}")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    button = page.locator(".theme-switch-button")
    assert button.get_attribute("aria-label") == "Fargemodus: følger systemet"
    button.click()
    assert button.get_attribute("aria-label") == "Fargemodus: lys"
    page.goto(f"{address}/{CHAPTER}")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


@pytest.mark.browser
@pytest.mark.parametrize(("query", "word"), [("strategiene", "strategi"), ("kommunene", "Kommunen"), ("søkeord", "")])
def test_search_finds_other_forms_of_a_word(browser_page: tuple[str, Page], query: str, word: str) -> None:
    """Inflected words, æ, ø and å; the result is told in Norwegian with the form that was found marked."""
    address, page = browser_page
    page.goto(f"{address}/{TEXT_PAGE}")
    page.keyboard.press("Control+k")
    page.keyboard.type(query)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    page.wait_for_function("document.querySelector('.search-summary')?.textContent")
    assert re.fullmatch(r"Antall treff: \d+\.", page.inner_text(".search-summary"))
    result = page.locator("ul.search li", has=page.locator('a[href^="book/sok.html"]')).first
    result.wait_for()
    if word:
        result.locator("mark").first.wait_for()
        assert result.locator("mark").first.inner_text() == word


@pytest.mark.browser
def test_a_search_without_results_says_so_in_norwegian(browser_page: tuple[str, Page]) -> None:
    """What to do then stands in the same sentence."""
    address, page = browser_page
    page.goto(f"{address}/search.html?q=xyzzyx")
    page.wait_for_function("document.querySelector('.search-summary')?.textContent")
    assert page.inner_text(".search-summary").startswith("Søket ga ingen treff.")


@pytest.mark.browser
def test_on_paper_the_article_stands_alone(browser_page: tuple[str, Page]) -> None:
    """Title, text and the mark of synthetic data are printed, ways to other pages are not."""
    address, page = browser_page
    page.emulate_media(media="print")
    page.goto(f"{address}/{CHAPTER}")
    for selector in ("h1", ".digikom-banner", "article p", "footer p"):
        assert page.locator(selector).first.is_visible(), selector
    for selector in (".bd-sidebar-primary", ".bd-header-article", ".prev-next-area", ".headerlink"):
        assert not page.locator(selector).first.is_visible(), selector


@pytest.mark.browser
def test_without_script_the_menu_is_below_the_page(opened: tuple[str, Browser]) -> None:
    """On a telephone a link leads to it, and buttons that would do nothing are not shown."""
    address, browser = opened
    page = browser.new_page(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page.goto(f"{address}/{TEXT_PAGE}")
    assert page.locator("button:visible").count() == 0
    page.click("a.digikom-menu-link")
    assert page.locator(".bd-links a").first.is_visible()
    page.close()
