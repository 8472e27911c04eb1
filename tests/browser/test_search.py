"""A search in Norwegian finds every form of a word, and speaks Norwegian."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from .pages import Visits, open_search

EDITION = "2022"
ENGLISH = re.compile(
    r"\b(search|results?|found|finished|matching|please|page|pages|no|your|the|did not|documents?)\b", re.IGNORECASE
)


def results(visit: Visits, words: str) -> tuple[Page, dict[str, str]]:
    """The results page, and the summary under each address found."""
    page = visit(f"{EDITION}/search.html", query=f"?q={words}")
    page.locator("#search-results .search-summary").wait_for()
    page.wait_for_load_state("networkidle")
    found = {}
    for item in page.locator("#search-results ul.search > li").all():
        link = str(item.locator("a").first.get_attribute("href"))
        found[re.sub(r"[?#].*", "", link)] = item.inner_text()
    return page, found


@pytest.mark.parametrize(
    ("inflected", "plain"), [("kommunene", "kommune"), ("strategiene", "strategi"), ("tjenestene", "tjeneste")]
)
def test_every_form_of_a_word_finds_the_same_pages(visit: Visits, inflected: str, plain: str) -> None:
    one, other = results(visit, inflected)[1], results(visit, plain)[1]
    assert len(one) >= 3
    assert set(one) == set(other)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("følsomhet", "notebooks/08_folsomhet.html"),
        ("årgang", "book/ny_argang.html"),
        ("Etterprøving", "notebooks/07_etterproving.html"),
        ("velferdsteknologi", "notebooks/03_digital_prioritering.html"),
    ],
)
def test_norwegian_letters_are_searched_for(visit: Visits, words: str, page: str) -> None:
    assert page in results(visit, words)[1]


@pytest.mark.parametrize("words", ["kommunene", "velferdsteknologi", "qqqqqq"])
def test_the_results_speak_norwegian(visit: Visits, words: str) -> None:
    """Headings, counts and summaries; the titles of the English pages are left out."""
    page, found = results(visit, words)
    assert bool(found) == (words != "qqqqqq")
    told = page.locator("#search-results .search-summary").inner_text()
    heading = page.locator("#search-results h2").first.inner_text()
    assert told.strip()
    assert not ENGLISH.search(f"{heading} {told} {page.title()}"), f"{heading} | {told} | {page.title()}"
    for address, text in found.items():
        if "abstract" not in address and "new_edition" not in address:
            assert not re.search(r"\b(the|and|with|import|def)\b", text), f"{address}: {text}"


def test_a_result_leads_to_its_page(visit: Visits) -> None:
    page, _ = results(visit, "velferdsteknologi")
    page.locator("#search-results ul.search > li a").first.click()
    page.wait_for_url(re.compile(rf"/{EDITION}/(book|notebooks|index)"))
    assert "velferdsteknologi" in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_search_needs_no_mouse(visit: Visits, width: int) -> None:
    page = visit(f"{EDITION}/index.html", width)
    field = open_search(page)
    field.focus()
    page.keyboard.type("kommunene")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=kommunene**")
    page.locator("#search-results ul.search > li a").first.wait_for()
