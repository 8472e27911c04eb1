"""A search in Norwegian finds every form of a word, other words for the same, numbers and municipalities, and speaks
Norwegian.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from digikom.paths import BOOK_DIR
from digikom.sphinxext.searching import NorwegianWithNumbers, read_synonyms

from .pages import Visits, open_search

EDITION = "2022"
#: Pages for whoever checks or builds the report: found by their titles only.
TECHNICAL = {f"book/{name}.html" for name in ("alle_tall", "beregningsveier", "kontroll", "ny_argang", "new_edition")}
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


def test_numbers_are_found(visit: Visits, site: Path) -> None:
    """With a decimal comma or a point, and whole ones, which Sphinx alone leaves out."""
    register = json.loads((site / EDITION / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    texts = {number["key"]: number["text"] for number in register}
    whole, decimals = texts["answered"], texts["strategy-share"]
    assert "notebooks/02_datakilder.html" in results(visit, whole)[1]
    _, found = results(visit, decimals)
    assert "notebooks/03_digital_prioritering.html" in found
    assert any(decimals in text for text in found.values())
    assert set(found) <= set(results(visit, decimals.replace(",", "."))[1])


def test_a_number_is_one_word_in_the_index_and_in_a_query(visit: Visits) -> None:
    text = "Figur 3.1: 74,0 prosent av 1\u00a0234, i 2018, 5G og kap. 2."
    page = visit(f"{EDITION}/search.html")
    words = NorwegianWithNumbers({}).split(text)
    assert words == ["Figur", "3.1", "74,0", "prosent", "av", "1234", "i", "2018", "5G", "og", "kap", "2"]
    assert page.evaluate("text => splitQuery(text)", text) == words


@pytest.mark.parametrize(
    ("asked", "means"),
    [("kommunesammenslåing", "kommunereform"), ("ansette", "rekruttere"), ("IT-folk", "IKT-spesialister")],
)
def test_other_words_for_the_same_are_found(visit: Visits, asked: str, means: str) -> None:
    found = set(results(visit, asked)[1])
    assert set(results(visit, means)[1]) <= found
    assert found & {f"notebooks/{name}.html" for name in ("02_datakilder", "04_digital_kompetanse", "08_folsomhet")}


def test_no_word_is_in_two_groups_of_synonyms_and_each_group_is_of_use(visit: Visits) -> None:
    groups = read_synonyms(BOOK_DIR / "synonymer.yml")
    every = [word.casefold() for group in groups for word in group]
    assert len(every) == len(set(every))
    page = visit(f"{EDITION}/search.html")
    page.wait_for_function("Search.hasIndex()")
    hits = """word => {
        const [text, terms, ...rest] = Search._parseQuery(word);
        return Search._performSearch(text, terms, ...rest).length;
    }"""
    assert not [group for group in groups if not any(page.evaluate(hits, word) for word in group)]


@pytest.mark.parametrize("words", ["skytjenester", "kontrollsum", "pandas", "kommunene"])
def test_technical_pages_are_not_among_the_results(visit: Visits, words: str) -> None:
    assert not TECHNICAL & set(results(visit, words)[1])


@pytest.mark.parametrize("asked", ["Karasjok", "karasjok kommune", "Kárášjohka", "karasjohka"])
def test_a_municipality_leads_to_its_page(visit: Visits, site: Path, asked: str) -> None:
    told = json.loads((site / EDITION / "data" / "kommuner.json").read_text(encoding="utf-8"))["municipalities"]
    (code,) = [one["municipality_code"] for one in told if one["name"] == "Karasjok"]
    for words in (asked, code):
        page, _ = results(visit, words)
        (link,) = page.locator("#search-municipalities a").all()
        assert link.get_attribute("href") == f"../kommuner/{code}.html"
    link.click()
    page.wait_for_url(f"**/kommuner/{code}.html")
    assert page.locator("h1").inner_text() == "Karasjok"


def test_namesakes_are_told_apart_by_their_county(visit: Visits) -> None:
    page, _ = results(visit, "Herøy")
    told = page.locator("#search-municipalities a").all_inner_texts()
    assert sorted(told) == ["Herøy (Møre og Romsdal)", "Herøy (Nordland)"]
