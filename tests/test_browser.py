"""The built edition in a real browser, at the widths of a desktop and of telephones, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import chromium, served
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.build]
WIDTHS = (1280, 360, 320)
CHAPTER = "2022/notebooks/03_digital_prioritering.html"
#: How many figures each chapter of each edition has; 2022 as in the report that is rebuilt.
FIGURES = {
    CHAPTER: 6,
    "2022/notebooks/04_digital_kompetanse.html": 10,
    "2022/notebooks/05_digital_aktivitet.html": 7,
    "2022/notebooks/08_folsomhet.html": 4,
    "2018/notebooks/03_digital_prioritering.html": 5,
    "2018/notebooks/04_digital_kompetanse.html": 7,
    "2018/notebooks/05_digital_aktivitet.html": 6,
    "2018/notebooks/08_folsomhet.html": 3,
    "2023/notebooks/04_digital_kompetanse.html": 2,
    "2023/notebooks/05_digital_aktivitet.html": 1,
    "2024/notebooks/04_digital_kompetanse.html": 5,
    "2024/notebooks/05_digital_aktivitet.html": 1,
}

#: Texts of the pictures that stick out of their picture, or lie over another text.
FAULTY_TEXTS = """() => [...document.querySelectorAll("figure.digikom-figure svg")]
    .filter(svg => svg.checkVisibility())
    .flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll("text")]
            .filter(text => text.textContent.trim())
            .map(text => ({text: text.textContent, box: text.getBoundingClientRect()}));
        const found = boxes
            .filter(({box}) => box.left < frame.left - 1 || box.right > frame.right + 1)
            .map(({text}) => "clipped: " + text);
        boxes.forEach((one, index) => boxes.slice(index + 1).forEach(other => {
            const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (across > 1 && down > 3) found.push(one.text + " / " + other.text);
        }));
        return found;
    })"""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site on a local port."""
    with served(site) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def open_page(browser: Browser, url: str, width: int = 1280, *, script: bool = True) -> tuple[Page, list[str]]:
    """A new page, and the list that its requests to other hosts go into."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
    context.set_default_timeout(20_000)
    page = context.new_page()
    foreign: list[str] = []
    page.on("request", lambda request: None if "//127.0.0.1:" in request.url else foreign.append(request.url))
    page.goto(url)
    return page, foreign


def page_names(site: Path) -> list[str]:
    paths = [path.relative_to(site) for path in sorted(site.rglob("*.html"))]
    return [str(path) for path in paths if "_static" not in path.parts]


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_the_screen_or_asks_another_host(
    browser: Browser, address: str, site: Path, width: int
) -> None:
    for name in page_names(site):
        page, foreign = open_page(browser, f"{address}/{name}", width)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert foreign == [], name
        page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("chapter", "count"), FIGURES.items())
def test_every_figure_is_seen_without_script(
    browser: Browser, address: str, chapter: str, count: int, width: int
) -> None:
    page, _ = open_page(browser, f"{address}/{chapter}", width, script=False)
    figures = page.locator("figure.digikom-figure")
    assert figures.count() == count
    for index in range(count):
        picture = figures.nth(index).locator("svg:visible")
        assert picture.count() == 1
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 250
        assert box["height"] > 100
        assert box["x"] + box["width"] <= width + 1
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("chapter", FIGURES)
def test_texts_in_a_picture_do_not_overlap(browser: Browser, address: str, chapter: str, width: int) -> None:
    page, _ = open_page(browser, f"{address}/{chapter}", width, script=False)
    overlapping = page.evaluate(FAULTY_TEXTS)
    assert overlapping == []
    page.context.close()


def test_a_click_on_a_number_lands_on_its_cell_and_shows_the_value(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, f"{address}/2022/index.html")
    link = page.locator("a.tall", has_text="93,2").first
    link.click()
    page.wait_for_url("**/03_digital_prioritering.html#tall-projects-planned")
    line = page.locator("#tall-projects-planned")
    line.wait_for(state="visible")
    assert "93,2" in line.inner_text()
    box = line.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900
    code = page.locator("div.cell", has=line).locator("pre").first
    assert "publish.number" in code.inner_text()
    page.context.close()


def test_figures_answer_to_the_pointer(browser: Browser, address: str) -> None:
    page, foreign = open_page(browser, f"{address}/{CHAPTER}")
    figure = page.locator("figure.digikom-figure").nth(2)
    figure.scroll_into_view_if_needed()
    live = figure.locator(".digikom-live svg")
    live.wait_for(state="visible")
    live.locator("g.mark-rect path").first.hover()
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert "Prosent" in page.locator("#vg-tooltip-element").inner_text()
    assert foreign == []
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_way_to_the_same_chapter_of_every_edition(browser: Browser, address: str, width: int) -> None:
    page, foreign = open_page(browser, f"{address}/{CHAPTER}", width)
    page.get_by_role("button", name="Utgave 2022").click()
    shown = page.locator(".digikom-editions-list")
    shown.wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    editions = [link.inner_text() for link in shown.locator("a").all()]
    assert editions == [f"Digitalisering i kommunene {year}" for year in (2024, 2023, 2022, 2018)]
    shown.locator("a").last.click()
    page.wait_for_url(f"**/{CHAPTER.replace('2022', '2018')}")
    page.get_by_role("button", name="Utgave 2018").wait_for()
    assert foreign == []
    page.context.close()
