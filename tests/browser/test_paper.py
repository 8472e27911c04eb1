"""On paper: every figure and table, nothing of the navigation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .findings import Finding
from .pages import Visits

#: What helps on a screen only.
NOT_ON_PAPER = (
    "nav",
    # The headings of a table that can be sorted are buttons, and headings still.
    "button:not(.digikom-sort)",
    "input",
    "dialog",
    "[role=search]",
    ".bd-sidebar-primary",
    ".bd-sidebar-secondary",
    ".bd-header-article",
    ".skip-link",
    ".prev-next-area",
    ".digikom-download",
)

PRINTED = """selectors => {
    const shown = element => {
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        const clipped = /rect\\(0|inset\\(50%/.test(style.clip + style.clipPath);
        return box.width > 1 && box.height > 1 && box.right > 0 && !clipped
            && element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    };
    const name = element => element.id || element.className || element.tagName;
    const found = [];
    for (const selector of selectors)
        for (const element of document.querySelectorAll(selector))
            if (shown(element)) found.push(["navigation on paper", selector, element.outerHTML.slice(0, 150)]);
    for (const table of document.querySelectorAll("main table"))
        if (!table.closest("details:not(.digikom-numbers, .digikom-more)") && !shown(table))
            found.push(["table not on paper", name(table.closest("[id]") ?? table), table.innerText.slice(0, 80)]);
    for (const figure of document.querySelectorAll("figure.digikom-figure")) {
        const pictures = [...figure.querySelectorAll(".digikom-picture svg")].filter(shown).length;
        if (pictures !== 1) found.push(["figure not on paper", name(figure), pictures + " pictures"]);
    }
    for (const box of document.querySelectorAll("main .digikom-scroll"))
        if (shown(box) && getComputedStyle(box).overflowY !== "visible" && box.scrollHeight > box.clientHeight + 1)
            found.push(["table cut off on paper", name(box), `${box.scrollHeight} > ${box.clientHeight} px`]);
    return found;
}"""


def paper_faults(page: Page, where: str, *, script: bool = True) -> list[Finding]:
    """Figures and tables are printed, and navigation is not. The page stays as it is for paper."""
    page.emulate_media(media="print", reduced_motion="reduce")
    if script:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    return [Finding(rule, where, *fault) for rule, *fault in page.evaluate(PRINTED, list(NOT_ON_PAPER))]


@pytest.mark.parametrize("name", ["2022/index.html", "2022/notebooks/03_digital_prioritering.html", "kommuner/half"])
def test_the_page_can_be_printed(visit: Visits, name: str) -> None:
    """Chromium makes a document of the page, and the page is as before afterwards."""
    page = visit(name)
    folds = "[...document.querySelectorAll('details')].map(each => each.open)"
    before = page.evaluate(folds)
    printed = page.pdf(format="A4", tagged=True)
    assert printed.startswith(b"%PDF")
    assert len(printed) > 10_000
    assert page.evaluate(folds) == before
