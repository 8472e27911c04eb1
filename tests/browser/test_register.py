"""The page of all numbers, and the ways from numbers and figures to their calculations, as a reader uses them."""

from __future__ import annotations

import json
from pathlib import Path

from .pages import HEIGHT, Visits

REGISTER = "2022/book/alle_tall.html"
CHAPTER = "2022/notebooks/03_digital_prioritering.html"


def test_all_numbers_can_be_chosen_by_chapter_and_subject(visit: Visits, site: Path) -> None:
    numbers = json.loads((site / "2022" / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    page = visit(REGISTER)
    block = page.locator(".digikom-block").first
    block.scroll_into_view_if_needed()
    chapter, subject = block.get_by_label("Kapittel"), block.get_by_label("Tema")
    chapter.wait_for()
    rows = block.locator("tbody tr:visible")
    assert rows.count() == len(numbers)
    chapter.select_option(label="3 Digital prioritering")
    of_chapter = [number for number in numbers if number["notebook"].endswith("03_digital_prioritering.ipynb")]
    assert rows.count() == len(of_chapter)
    assert block.locator("output").inner_text() == f"{len(of_chapter)} av {len(numbers)} rader"
    subject.select_option(label="IKT-prosjekter")
    both = [
        number
        for number in of_chapter
        if any(column.startswith(("project_", "has_projects")) for column in number["columns"])
    ]
    assert 0 < rows.count() == len(both) < len(of_chapter)
    block.get_by_label("Filtrer tabellen").fill(both[0]["key"])
    assert 0 < rows.count() < len(both)
    chapter.select_option(index=0)
    subject.select_option(index=0)
    block.get_by_label("Filtrer tabellen").fill("")
    assert rows.count() == len(numbers)


def test_all_numbers_can_be_read_without_script(visit: Visits, site: Path) -> None:
    numbers = json.loads((site / "2022" / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    page = visit(REGISTER, script=False)
    assert page.locator("table.digikom-many").first.locator("tbody tr:visible").count() == len(numbers)
    assert page.locator("select:visible").count() == 0


def test_a_figure_opens_its_calculation(visit: Visits) -> None:
    page = visit(CHAPTER)
    page.locator("details.digikom-more > summary").first.click()
    page.locator("a.digikom-calculation").first.click()
    assert page.locator("div.cell:target pre").is_visible()


def test_from_a_number_to_its_cell_and_back(visit: Visits) -> None:
    page = visit(CHAPTER)
    link = page.locator("article a.tall[href^='#tall-projects']").first
    place = link.get_attribute("id")
    link.click()
    line = page.locator("p.digikom-line:target")
    assert line.is_visible()
    # It stands right below the table of its cell, and both are on the screen.
    table = page.locator("div.cell:has(:target) .cell_output table")
    seen = [box for box in (table.bounding_box(), line.bounding_box()) if box]
    assert 0 < seen[0]["y"] < seen[1]["y"] < seen[0]["y"] + seen[0]["height"] + 100
    assert seen[1]["y"] + seen[1]["height"] < HEIGHT
    uses = line.locator("xpath=following-sibling::*[1]")
    # Many places are folded.
    if uses.locator("summary").count():
        uses.locator("summary").click()
    uses.locator(f"a[href='#{place}']").click()
    assert page.locator(f"a.tall:target#{place}").is_visible()
