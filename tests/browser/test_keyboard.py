"""Everything can be reached and used from the keyboard, and it is always seen where one is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .conftest import Expect
from .findings import Finding
from .pages import WIDTHS, Visits, style

#: One page of each kind.
WALKED = (
    "2022/index.html",
    "2022/book/om_statistikken.html",
    "2022/notebooks/03_digital_prioritering.html",
    "2022/notebooks/07_etterproving.html",
    "2022/search.html",
    "index.html",
    "utgaver/index.html",
    "kommuner/index.html",
    "kommuner/half",
)
MOST_STOPS = 700
TELEPHONE = 360

#: Everything that the Tab key should come to, in the page as it is shown; one radio button stands for its group.
TABBABLE = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex], iframe, audio[controls], video[controls]")]
    .filter(each => each.tabIndex >= 0 && !each.disabled && !each.closest("[inert]")
        && each.checkVisibility({visibilityProperty: true}) && each.getClientRects().length
        && !(each.tagName === "SUMMARY" && each.parentElement.tagName !== "DETAILS"))
    .map((each, place) => { each.dataset.stop = place; return each.outerHTML.slice(0, 120); })"""

#: The element that has the focus: its place among those above, its name, and what is wrong with how it is shown.
STOP = """() => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const looks = () => [element, element.parentElement, ...element.children].flatMap(each =>
        [null, "::before", "::after"].map(pseudo => {
            const style = getComputedStyle(each, pseudo);
            const outline = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0
                ? "none" : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor} ${style.outlineOffset}`;
            return [outline, style.boxShadow, style.border, style.backgroundColor, style.textDecoration, style.color,
                    style.opacity].join("|");
        })).join("\\n");
    const labelled = ids => (ids ?? "").split(" ").map(id => document.getElementById(id)?.textContent ?? "").join(" ");
    const name = [element.getAttribute("aria-label"), labelled(element.getAttribute("aria-labelledby")),
                  element.textContent, ...[...(element.labels ?? [])].map(each => each.textContent),
                  element.querySelector("img[alt]")?.alt, element.querySelector("svg[aria-label]")?.ariaLabel,
                  element.title, element.placeholder].find(text => text && text.trim()) ?? "";
    const boxes = [...element.getClientRects()].filter(box => box.width > 1 && box.height > 1);
    const faults = [];
    if (!name.trim()) faults.push("no name");
    const inside = boxes.filter(
        box => box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight);
    if (!inside.length) faults.push("outside the screen");
    else {
        const covered = inside.every(box => {
            const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].map(([x, y]) => [
                Math.min(Math.max(box.left + box.width * x, 0), innerWidth - 1),
                Math.min(Math.max(box.top + box.height * y, 0), innerHeight - 1)]);
            return points.every(([x, y]) => {
                const top = document.elementFromPoint(x, y);
                return !top || !(element.contains(top) || top.contains(element)
                    || [...(element.labels ?? [])].some(label => label.contains(top)));
            });
        });
        if (covered) faults.push("covered by something else");
    }
    const focused = looks();
    element.blur();
    const plain = looks();
    element.focus({preventScroll: true, focusVisible: true});
    if (focused === plain) faults.push("not seen to have the focus");
    return {place: element.dataset.stop ?? null, name: name.trim().replace(/\\s+/g, " ").slice(0, 60),
            html: element.outerHTML.slice(0, 150), faults};
}"""


def walk(page: Page) -> tuple[list[dict[str, Any]], list[str]]:
    """The stops of the Tab key from the top of the page to its end, and the elements that it should come to."""
    style(page, "*, *::before, *::after { transition: none !important; animation: none !important; }")
    expected: list[str] = page.evaluate(TABBABLE)
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (stops and stop["place"] is not None and stop["place"] == stops[0]["place"]):
            return stops, expected
        stops.append(stop)
    raise AssertionError(f"{page.url}: no end after {MOST_STOPS} stops, the last {stops[-1]['html']}")


@pytest.mark.parametrize("width", [max(WIDTHS), TELEPHONE])
@pytest.mark.parametrize("name", WALKED)
def test_tab_walk(visit: Visits, expect_none: Expect, name: str, width: int) -> None:
    """Each stop has a name, is on the screen, is not covered and shows that it has the focus; none is left out."""
    page = visit(name, width)
    stops, expected = walk(page)
    where = f"{name} {width}"
    found = [Finding(fault, where, stop["name"], stop["html"]) for stop in stops for fault in stop["faults"]]
    reached = {int(stop["place"]) for stop in stops if stop["place"] is not None}
    found += [
        Finding("not reached by Tab", where, "", html) for place, html in enumerate(expected) if place not in reached
    ]
    assert stops
    expect_none(found)


@pytest.mark.parametrize("name", ["2022/index.html", "2022/notebooks/03_digital_prioritering.html"])
@pytest.mark.parametrize("width", [max(WIDTHS), TELEPHONE])
def test_the_first_stop_leads_past_the_navigation(visit: Visits, name: str, width: int) -> None:
    page = visit(name, width)
    page.keyboard.press("Tab")
    first = page.locator(":focus")
    assert first.inner_text().strip() == "Hopp til hovedinnhold"
    assert first.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_menu_on_telephones(visit: Visits) -> None:
    page = visit("2022/notebooks/03_digital_prioritering.html", TELEPHONE)
    button = page.locator("button.primary-toggle:visible").first
    button.focus()
    page.keyboard.press("Enter")
    menu = page.locator("dialog#pst-primary-sidebar-modal")
    menu.wait_for(state="visible")
    for _ in range(5):
        page.keyboard.press("Tab")
        assert page.evaluate("!!document.activeElement.closest('dialog') || document.activeElement === document.body")
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('button.primary-toggle')")
    page.keyboard.press("Enter")
    menu.locator("a", has_text="Forord").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/book/forord.html")


@pytest.mark.parametrize("width", [max(WIDTHS), TELEPHONE])
def test_search_dialog_opens_and_closes(visit: Visits, width: int) -> None:
    page = visit("2022/index.html", width)
    button = page.locator("button.search-button__button:visible").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog#pst-search-dialog")
    dialog.wait_for(state="visible")
    assert page.evaluate("document.activeElement.matches('dialog input[type=search]')")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.matches('button.search-button__button')")


@pytest.mark.parametrize("width", [max(WIDTHS), TELEPHONE])
def test_the_reader_chooses_light_or_dark(visit: Visits, width: int) -> None:
    """By the keyboard; the choice is kept on the next page."""
    page = visit("2022/index.html", width)
    button = page.locator("button.theme-switch-button:visible").first
    theme = "document.documentElement.dataset.theme"
    seen = {page.evaluate(theme)}
    button.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        seen.add(page.evaluate(theme))
        if page.evaluate(theme) == "dark":
            break
    assert seen == {"light", "dark"}
    page.goto(page.url.replace("index.html", "book/forord.html"))
    assert page.evaluate(theme) == "dark"


@pytest.mark.parametrize("width", [max(WIDTHS), TELEPHONE])
def test_folds_open_by_keyboard(visit: Visits, width: int) -> None:
    page = visit("2022/notebooks/03_digital_prioritering.html", width)
    menu = page.locator("details:has(details.digikom-numbers)").first
    menu.locator("summary").first.focus()
    page.keyboard.press("Enter")
    fold = menu.locator("details.digikom-numbers")
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("table").is_visible()
    page.keyboard.press("Enter")
    assert not fold.locator("table").is_visible()
