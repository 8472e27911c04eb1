"""No page breaks a rule of axe: WCAG 2.0, 2.1 and 2.2 level A and AA, and best practice.

`test_page` looks at every page in the ways where rules may come out differently; here is every way (in the full run),
and what a page shows only when it is asked.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import Expect
from .findings import Finding
from .pages import MODES, PAGES, WIDTHS, Mode, Visits, open_folds, open_search, switch_mode

#: The rules that depend on colours alone, and those that depend on the width alone.
COLOURS = ("color-contrast", "link-in-text-block")
WIDTH_RULES = ("target-size", "scrollable-region-focusable")


def rules_but(*left_out: str) -> dict[str, Any]:
    """Options for a run with all rules of the levels that the report keeps, but some."""
    return {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        # In axe-core 4 the one rule of WCAG 2.2 is off until asked for.
        "rules": {"target-size": {"enabled": True}, **{name: {"enabled": False} for name in left_out}},
        "resultTypes": ["violations"],
    }


def only(*rules: str) -> dict[str, Any]:
    """Options for a run with these rules alone."""
    return {"runOnly": {"type": "rule", "values": list(rules)}, "resultTypes": ["violations"]}


def violations(page: Page, axe: str, where: str, options: dict[str, Any] | None = None) -> list[Finding]:
    """Every node that breaks a rule in the page as it is shown now: one of all rules, or of those that are chosen."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    results: dict[str, Any] = page.evaluate(f"axe.run(document, {json.dumps(options or rules_but())})")
    assert results["passes"], "axe looked at nothing"
    return [
        Finding(f"{rule['id']} ({rule['impact']})", where, " ".join(map(str, node["target"])), node["html"])
        for rule in results["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.full
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(visit: Visits, axe: str, expect_none: Expect, name: str, width: int) -> None:
    """At each width, light and dark; at the widest with everything unfolded that a reader can unfold."""
    page = visit(name, width)
    if width == max(WIDTHS):
        open_folds(page)
    found: list[Finding] = []
    for mode in MODES:
        switch_mode(page, mode)
        found += violations(page, axe, f"{name} {width} {mode}")
    expect_none(found)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_violation_in_open_dialogs(visit: Visits, axe: str, expect_none: Expect, width: int, mode: Mode) -> None:
    """The search dialog, and on telephones the menu, over a chapter and over a page of text."""
    found: list[Finding] = []
    for name in ("2022/index.html", "2022/notebooks/03_digital_prioritering.html"):
        page = visit(name, width)
        switch_mode(page, mode)
        open_search(page).focus()
        found += violations(page, axe, f"{name} {width} {mode} search dialog")
        page.keyboard.press("Escape")
        menu = page.locator("button.primary-toggle:visible")
        if width < 992:
            menu.first.click()
            page.locator("dialog#pst-primary-sidebar-modal").wait_for(state="visible")
            found += violations(page, axe, f"{name} {width} {mode} menu")
    expect_none(found)


@pytest.mark.parametrize("mode", MODES)
def test_no_violation_among_search_results(visit: Visits, axe: str, expect_none: Expect, mode: Mode) -> None:
    found: list[Finding] = []
    for query in ("kommunene", "qqqqqq"):
        page = visit("2022/search.html", query=f"?q={query}")
        page.locator("#search-results .search-summary").wait_for()
        switch_mode(page, mode)
        found += violations(page, axe, f"2022/search.html?q={query} {mode}")
    expect_none(found)
