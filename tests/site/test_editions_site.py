"""The site above the editions, and the way that every page has to the same page of other editions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import sphinxext_books as books
from browsing import served
from bs4 import BeautifulSoup
from build_facts import NO_FACTS
from municipality_editions import page, words, write
from playwright.sync_api import Browser, Page, Route

from digikom.editions.catalogue import describe, published_editions
from digikom.editions.edition_files import Edition
from digikom.editions.layout import EDITIONS_DIR, EDITIONS_FILE
from digikom.pipeline.assembly import edition_config
from digikom.site.front import NOT_FOUND_PAGE

#: A link that whoever wants to may follow; it is no request.
LICENCE = "https://creativecommons.org/licenses/by/4.0/deed.no"
NASTY = "<script>alert(1)</script> & «Æ»"
CHAPTER = "notebooks/kap2.html"
#: The pages of the book that the tests of the Sphinx extension build.
BOOK_PAGES = ["index.html", "book/om.html", CHAPTER, "book/vedlegg.html", "search.html"]
EDITION: dict[str, Any] = {"year": 2022, "title": "Digitalisering i kommunene 2022", "version": "1"}


def publish(site: Path, year: int, pages: dict[str, str], **changes: object) -> Path:
    """Put an edition with small pages in the site."""
    folder = site / str(year)
    for name, title in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<title>{title} &#8212; Digitalisering i kommunene {year}</title>\n<h1>{title}</h1>", "utf-8")
    described = EDITION | {"year": year, "title": f"Rapporten {year}", "published": "2026-01-02"}
    described |= {"reference_year": None, "status": "real", "pages": pages} | changes
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "edition.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


def entries(root_page: BeautifulSoup) -> list[str]:
    return [words(entry) for entry in root_page.select("ul.editions > li")]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three editions: the newest lacks a page, the oldest has one that is gone, one has a title full of markup."""
    old = {"notebooks/03.html": "Prioritering", "book/gammel.html": "Gammel", "notebooks/09_endringer.html": "E"}
    publish(tmp_path, 2018, {"index.html": "Forside", **old})
    most = {"numbers": 9, "findings": ["Tre av fire har.", "Fem av fire vil."], "reference_year": 2018}
    publish(tmp_path, 2022, {"index.html": "Forside", "notebooks/03.html": NASTY}, title=NASTY, **most)
    newest = {"index.html": "Forside", "notebooks/09_endringer.html": "E", "notebooks/10_tidsserier.html": "T"}
    publish(tmp_path, 2024, newest, status="synthetic", reference_year=2022)
    write(tmp_path)
    return tmp_path


def test_the_front_page_leads_to_the_fullest_edition_and_lists_the_others_newest_first(site: Path) -> None:
    front = page(site / "index.html")
    (full,) = front.select("section.full")
    assert words(full) == (
        f"{NASTY} Dette er hele rapporten, med alle kapitlene. Utgaven for 2024 er kortere, fordi skjemaet er endret. "
        "Tre av fire har. Fem av fire vil. Hovedfunn Publisert 2. januar 2026, sammenlignet med 2018."
    )
    assert [str(link["href"]) for link in full.select("a")] == ["2022/index.html", "2022/index.html#hovedfunn"]
    assert entries(front) == [
        "Rapporten 2024 Hovedfunn · Endringer siden forrige utgave · Tidsserier "
        "Publisert 2. januar 2026, sammenlignet med 2022. Syntetiske svar",
        "Rapporten 2018 Hovedfunn Publisert 2. januar 2026.",
    ]
    # The oldest edition has a page of changes, and nothing on it.
    assert [str(link["href"]) for link in front.select("ul.editions a")] == [
        "2024/index.html",
        "2024/index.html#hovedfunn",
        "2024/notebooks/09_endringer.html",
        "2024/notebooks/10_tidsserier.html",
        "2018/index.html",
        "2018/index.html#hovedfunn",
    ]


def test_of_editions_with_as_much_the_newest_is_the_full_one(tmp_path: Path) -> None:
    for year in (2018, 2022, 2024):
        publish(tmp_path, year, {"index.html": "F"}, numbers=0 if year == 2024 else 9, findings=["En.", "To.", "Tre."])
    write(tmp_path)
    front = page(tmp_path / "index.html")
    assert [words(link) for link in front.select("h2 a")] == ["Rapporten 2022"]
    assert [len(found.select("li")) for found in front.select("ul.findings")] == [3, 2, 2]


@pytest.mark.parametrize(
    ("synthetic", "said"),
    [
        ([], ""),
        ([2022], "Svarene er syntetiske. Svarene i utgaven for 2022 er laget av et program."),
        ([2018, 2022], "Svarene er syntetiske. Svarene fra kommunene er laget av et program."),
    ],
)
def test_the_front_page_says_plainly_which_answers_are_synthetic(
    tmp_path: Path, synthetic: list[int], said: str
) -> None:
    for year in (2018, 2022):
        publish(tmp_path, year, {"index.html": "F"}, status="synthetic" if year in synthetic else "real")
    write(tmp_path)
    notes = [words(note) for note in page(tmp_path / "index.html").select(".synthetic-note")]
    assert bool(notes) == bool(said)
    assert not notes or notes[0].startswith(said)


def test_each_page_of_any_edition_has_a_page_that_leads_to_it(site: Path) -> None:
    found = {path.relative_to(site / EDITIONS_DIR).as_posix() for path in (site / EDITIONS_DIR).rglob("*.html")}
    assert found == {
        "index.html",
        "notebooks/03.html",
        "book/gammel.html",
        "notebooks/09_endringer.html",
        "notebooks/10_tidsserier.html",
    }
    chapter = page(site / EDITIONS_DIR / "notebooks" / "03.html")
    assert words(chapter.select("h1")[0]) == f"Utgaver av «{NASTY}»"
    assert entries(chapter) == [
        "Rapporten 2024 Utgaven har ikke denne siden. Gå til forsiden "
        "Publisert 2. januar 2026, sammenlignet med 2022. Syntetiske svar",
        f"{NASTY} Publisert 2. januar 2026, sammenlignet med 2018.",
        "Rapporten 2018 Prioritering Publisert 2. januar 2026.",
    ]
    assert [str(link["href"]) for link in chapter.select("ul.editions a")] == [
        "../../2024/index.html",
        "../../2022/notebooks/03.html",
        "../../2018/notebooks/03.html",
    ]


def test_an_address_that_does_not_exist_has_a_page(site: Path) -> None:
    """It may be shown at any address, so nothing on it is named relative to one; the script finds the report."""
    parsed = page(site / NOT_FOUND_PAGE)
    assert [link["href"] for link in parsed.select("main a")] == ["/"]
    assert not parsed.select("[src], link[rel=stylesheet]")
    assert str(parsed.select("link[rel=icon]")[0]["href"]).startswith("data:image/svg+xml")
    assert EDITIONS_FILE in str(parsed.select("script")[0].string)


@pytest.mark.browser
def test_the_missing_page_leads_to_the_report_wherever_it_lies(browser: Browser, site: Path, tmp_path: Path) -> None:
    """In a folder of the server, for an address in an edition that lacks the page."""
    root = tmp_path / "top"
    shutil.copytree(site, root / "under" / "rapport")
    missing = root / "under" / "rapport" / "1900" / "notebooks" / "03.html"
    missing.parent.mkdir(parents=True)
    shutil.copy(site / NOT_FOUND_PAGE, missing)
    with served(root) as address:
        opened = open_page(browser, f"{address}/under/rapport/1900/notebooks/03.html", 1280)
        opened.locator("#veier li").nth(2).wait_for()
        links = [link.get_attribute("href") for link in opened.locator("#veier a").all()]
        editions = [f"/under/rapport/{year}/notebooks/03.html" for year in (2022, 2018)]
        assert links == ["/under/rapport/index.html", *editions]
        assert opened.locator("#veier li").nth(1).inner_text().startswith(NASTY)
        opened.context.close()


def test_pages_above_the_editions_are_sound(site: Path) -> None:
    paths = [site / "index.html", *sorted((site / EDITIONS_DIR).rglob("*.html"))]
    for path in paths:
        parsed = page(path)
        assert parsed.html is not None
        assert parsed.html["lang"] == "nb"
        assert parsed.select("meta[name=viewport]")
        assert parsed.title is not None
        assert parsed.title.get_text(strip=True)
        assert not parsed.select("script")
        assert "://" not in path.read_text(encoding="utf-8").replace(LICENCE, "")
        for link in parsed.select(f'a[href]:not([href="{LICENCE}"], [href^="#"])'):
            assert (path.parent / unquote(str(link["href"]).partition("#")[0])).resolve().is_file(), (
                path,
                link["href"],
            )


def test_the_same_site_gives_the_same_bytes_and_a_page_that_is_gone_is_gone(site: Path) -> None:
    def files() -> dict[str, bytes]:
        return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}

    first = files()
    write(site)
    assert files() == first
    shutil.rmtree(site / "2018")
    write(site)
    assert not (site / EDITIONS_DIR / "book").exists()
    assert len(entries(page(site / "index.html"))) == 1


def test_a_site_without_editions(tmp_path: Path) -> None:
    write(tmp_path)
    assert "Ingen utgaver er publisert ennå." in page(tmp_path / "index.html").get_text()
    assert json.loads((tmp_path / EDITIONS_FILE).read_text(encoding="utf-8")) == {"editions": []}


def test_only_folders_of_editions_are_listed(site: Path) -> None:
    (site / "2025").mkdir()
    (site / "2026").write_text("", encoding="utf-8")
    publish(site, 2023, {"index.html": "F"}).rename(site / "kopi")
    assert [edition.year for edition in published_editions(site)] == [2024, 2022, 2018]


@pytest.mark.parametrize("description", [None, "", "{}", "\udcff", '{"year": 2018, "title": "T", "pages": {}}'])
def test_an_edition_that_does_not_describe_itself_is_listed_by_its_year(
    tmp_path: Path, description: str | None
) -> None:
    folder = publish(tmp_path, 2016, {"index.html": "Forside", "notebooks/03.html": "3. Æ &amp; Ø"})
    path = folder / "data" / "edition.json"
    if description is None:
        path.unlink()
    else:
        path.write_text(description, encoding="utf-8", errors="surrogateescape")
    assert describe(folder).year == 2016
    write(tmp_path)
    assert [words(link) for link in page(tmp_path / "index.html").select("h2 a")] == ["Utgave 2016"]


def test_an_edition_does_not_tell_where_its_answers_lie() -> None:
    edition = Edition.model_validate(EDITION | {"published": "2026-01-02", "data_dir": "/hemmelig/sted"})
    config = edition_config(edition, {}, NO_FACTS)
    assert config["sphinx"]["config"]["digikom_edition"] == EDITION | {
        "published": "2026-01-02",
        "reference_year": None,
        "corrections": [],
    }
    assert "hemmelig" not in str(config)


#: A chapter that has nothing to show.
SILENT = "notebooks/kap3.ipynb"


@pytest.fixture(scope="module")
def book_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book built as an edition, and beside it an edition that lacks its chapter."""
    folder = tmp_path_factory.mktemp("editions")
    silent = books.notebook(books.text("tittel", "# Tidsserier\n\nIkke ennå."))
    pages = {**books.PAGES, "notebooks/kap2.ipynb": books.chapter(), SILENT: silent}
    report, *others = books.TOC["parts"]
    report = {**report, "chapters": [*report["chapters"], {"file": SILENT.removesuffix(".ipynb")}]}
    toc = {**books.TOC, "parts": [report, *others]}
    edition = EDITION | {"published": "2026-01-02", "reference_year": None}
    built = books.build_here(books.write_book(folder / "book", pages, toc, digikom_edition=edition))
    assert built.returncode == 0, built.log
    site = folder / "site"
    shutil.copytree(built.html, site / "2022", ignore=shutil.ignore_patterns(".doctrees"))
    publish(site, 2023, {"index.html": "Forside", "book/om.html": "Om"}, title=NASTY, status="synthetic")
    write(site)
    return site


def test_a_built_edition_describes_itself(book_site: Path) -> None:
    edition = describe(book_site / "2022")
    assert (edition.year, edition.title, str(edition.published)) == (2022, EDITION["title"], "2026-01-02")
    assert edition.status == "synthetic"
    assert list(edition.pages) == BOOK_PAGES
    assert edition.pages[CHAPTER] == "Digital prioritering"
    assert edition.pages["search.html"] == "Søk"
    assert edition.numbers > 0


def test_every_page_leads_to_other_editions_without_script(book_site: Path) -> None:
    for name in BOOK_PAGES:
        path = book_site / "2022" / name
        (box,) = page(path).select("header nav.digikom-editions, .bd-header-article nav.digikom-editions")
        (link,) = box.select("a")
        assert words(box) == "Utgave 2022 · andre utgaver"
        assert (path.parent / str(link["href"])).resolve() == book_site / EDITIONS_DIR / name
        assert (path.parent / str(box["data-list"])).resolve() == book_site / EDITIONS_FILE
        assert (book_site / EDITIONS_DIR / name).is_file()


def test_a_chapter_that_says_only_why_it_is_empty_leads_to_the_front_pages(book_site: Path) -> None:
    path = (book_site / "2022" / SILENT).with_suffix(".html")
    (link,) = page(path).select("a.digikom-editions-way")
    assert (path.parent / str(link["href"])).resolve() == book_site / EDITIONS_DIR / "index.html"


def test_a_book_on_its_own_shows_no_other_edition(tmp_path: Path) -> None:
    toc = {"format": "jb-book", "root": "index"}
    built = books.build_here(books.write_book(tmp_path, {"index.md": "# Forside\n"}, toc))
    assert built.returncode == 0, built.log
    assert not built.page("index.html").select(".digikom-editions")
    assert not (built.html / "data" / "edition.json").exists()


@pytest.fixture(scope="module")
def address(book_site: Path) -> Iterator[str]:
    """The site under an address of its own, as on a host that has other things too."""
    with served(book_site.parent) as root:
        yield f"{root}/site"


def open_page(browser: Browser, url: str, width: int = 1280, *, script: bool = True) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    context.set_default_timeout(20_000)
    opened = context.new_page()
    opened.goto(url)
    return opened


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360, 320])
def test_the_list_opens_and_tells_what_the_page_above_tells(browser: Browser, address: str, width: int) -> None:
    opened = open_page(browser, f"{address}/2022/{CHAPTER}", width)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    button = opened.get_by_role("button", name="Utgave 2022")
    assert button.get_attribute("aria-expanded") == "false"
    assert not [url for url in asked if EDITIONS_FILE in url], "fetched before it is wanted"
    button.click()
    shown = opened.locator(".digikom-editions-list")
    shown.wait_for(state="visible")
    assert button.get_attribute("aria-expanded") == "true"
    assert [url for url in asked if EDITIONS_FILE in url] == [f"{address}/{EDITIONS_FILE}"]
    assert not [url for url in asked if not url.startswith(address)]
    assert [" ".join(entry.split()) for entry in shown.locator("li").all_inner_texts()] == [
        f"{NASTY} Utgaven har ikke denne siden. Gå til forsiden Syntetiske svar",
        "Digitalisering i kommunene 2022 (denne utgaven) Syntetiske svar",
    ]
    links = [link.get_attribute("href") for link in shown.locator("a").all()]
    assert links == ["../../2023/index.html", f"../../2022/{CHAPTER}"]
    box = shown.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.context.close()


@pytest.mark.browser
def test_the_list_by_keyboard(browser: Browser, address: str) -> None:
    opened = open_page(browser, f"{address}/2022/book/om.html")
    button = opened.get_by_role("button", name="Utgave 2022")
    shown = opened.locator(".digikom-editions-list")
    button.focus()
    opened.keyboard.press("Enter")
    shown.wait_for(state="visible")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == NASTY
    opened.keyboard.press("Escape")
    shown.wait_for(state="hidden")
    assert opened.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    opened.keyboard.press("Space")
    shown.wait_for(state="visible")
    opened.mouse.click(900, 700)
    shown.wait_for(state="hidden")
    opened.keyboard.press("Escape")
    button.click()
    shown.locator("a").first.click()
    opened.wait_for_url("**/site/2023/book/om.html")
    opened.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("answer", ["nothing", "no JSON", "missing"])
def test_where_the_list_cannot_be_fetched_the_link_does_its_work(browser: Browser, address: str, answer: str) -> None:
    opened = open_page(browser, f"{address}/2022/{CHAPTER}")

    def refuse(route: Route) -> None:
        if answer == "nothing":
            route.abort()
        else:
            route.fulfill(status=404 if answer == "missing" else 200, body="<html>")

    opened.route(f"**/{EDITIONS_FILE}", refuse)
    button = opened.get_by_role("button", name="Utgave 2022")
    button.hover()
    link = opened.locator("a.digikom-editions-way")
    link.wait_for(state="visible")
    assert button.count() == 0
    link.click()
    opened.wait_for_url(f"**/site/{EDITIONS_DIR}/{CHAPTER}")
    assert "Utgaven har ikke denne siden." in opened.locator("main").inner_text()
    opened.context.close()


@pytest.mark.browser
def test_from_disk_and_without_script_the_link_does_its_work(browser: Browser, book_site: Path, address: str) -> None:
    for url, script in ((book_site.as_uri(), True), (address, False)):
        opened = open_page(browser, f"{url}/2022/{CHAPTER}", 320, script=script)
        link = opened.locator("a.digikom-editions-way")
        box = link.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= 320 - box["width"]
        link.click()
        opened.wait_for_url(f"**/{EDITIONS_DIR}/{CHAPTER}")
        opened.get_by_role("link", name="Digitalisering i kommunene 2022").click()
        opened.wait_for_url(f"**/2022/{CHAPTER}")
        opened.context.close()
