"""A number leads to its cell, and every page to the same page of the other editions."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pages import WIDTHS, Visits, edition_years

CHAPTER = "2022/notebooks/03_digital_prioritering.html"


def test_a_click_on_a_number_lands_on_its_cell_and_shows_the_value(visit: Visits) -> None:
    page = visit("2022/index.html")
    link = page.locator("main a.tall[href*='#tall-projects-planned']").first
    shown = link.inner_text().split()[0]
    link.click()
    page.wait_for_url("**/03_digital_prioritering.html#tall-projects-planned")
    line = page.locator("#tall-projects-planned")
    line.wait_for(state="visible")
    assert shown in line.inner_text()
    box = line.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900
    code = page.locator("div.cell", has=line).locator("pre").first
    assert "publish." in code.inner_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_way_to_the_same_chapter_of_every_edition(visit: Visits, site: Path, width: int) -> None:
    page = visit(CHAPTER, width)
    page.get_by_role("button", name="Utgave 2022").click()
    shown = page.locator(".digikom-editions-list")
    shown.wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    editions = [link.inner_text() for link in shown.locator("a").all()]
    years = sorted(edition_years(site), reverse=True)
    assert editions == [f"Digitalisering i kommunene {year}" for year in years]
    shown.locator("a").last.click()
    page.wait_for_url(f"**/{CHAPTER.replace('2022', years[-1])}")
    page.get_by_role("button", name=f"Utgave {years[-1]}").wait_for()
