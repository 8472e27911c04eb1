"""With script off every figure, table, number and municipality is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from .findings import Finding
from .pages import WIDTHS, Visits

#: What a reader gets: (what it is, its text) for each number, table and figure of the page, in order. The controls
#: that scripts put into tables are no content.
CONTENT = """() => {
    const words = node => {
        const copy = node.cloneNode(true);
        copy.querySelectorAll("button, input, [aria-live]").forEach(each => each.replaceWith(
            each.tagName === "BUTTON" && each.closest("th, td") ? each.textContent : ""));
        return copy.textContent.replace(/\\s+/g, " ").trim();
    };
    const main = document.querySelector("main");
    return [
        ...[...main.querySelectorAll("a.tall, a.ord")].map(each => ["number", words(each)]),
        ...[...main.querySelectorAll("table")].map(each => ["table", words(each)]),
        ...[...main.querySelectorAll("figure.digikom-figure")].map(each => ["figure", words(each)]),
        ...[...main.querySelectorAll("h1, h2, h3")].map(each => ["heading", words(each)]),
    ];
}"""


def content_of(page: Page) -> list[list[str]]:
    """What a reader gets of the page."""
    found: list[list[str]] = page.evaluate(CONTENT)
    return found


def differences_of_script(plain: list[list[str]], live: list[list[str]], name: str) -> list[Finding]:
    """The content is the same without script (`plain`) and with it."""
    assert plain, name
    found = [Finding(f"{kind} only with script", name, "", text) for kind, text in live if [kind, text] not in plain]
    found += [
        Finding(f"{kind} only without script", name, "", text) for kind, text in plain if [kind, text] not in live
    ]
    return found


def open_by_hand(page: Page, selector: str) -> None:
    for summary in page.locator(f"{selector} > summary").all():
        summary.click()


@pytest.mark.parametrize("width", [max(WIDTHS), min(WIDTHS)])
def test_the_tables_of_figures_open_without_script(visit: Visits, width: int) -> None:
    page = visit("2022/notebooks/03_digital_prioritering.html", width, script=False)
    tables = page.locator("details.digikom-numbers table")
    assert tables.count() == page.locator("figure.digikom-figure").count() > 0
    assert not any(table.is_visible() for table in tables.all())
    open_by_hand(page, "details.digikom-more:has(.digikom-numbers)")
    open_by_hand(page, "details.digikom-numbers")
    assert all(table.is_visible() for table in tables.all())


def test_a_search_without_script_tells_what_it_needs(visit: Visits) -> None:
    page = visit("2022/search.html", script=False)
    told = page.locator("main").inner_text()
    assert "JavaScript" in told
    assert "JavaScript" in page.locator("main").inner_text()


def test_municipalities_are_listed_without_script(visit: Visits, site: Path) -> None:
    page = visit("kommuner/index.html", script=False)
    # Those of former municipalities may lie in a fold, which opens without script.
    listed = page.evaluate("[...document.querySelectorAll('main a[href]')].map(each => each.getAttribute('href'))")
    codes = {path.name for path in (site / "kommuner").glob("[0-9]*.html")}
    assert codes
    assert codes <= {str(address).partition("#")[0] for address in listed}
