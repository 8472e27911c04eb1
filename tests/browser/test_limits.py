"""Limits that a reader moves by keyboard: what is shown and read aloud is the case that the data have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .pages import WIDTHS, Visits

PAGE = "2022/notebooks/08_folsomhet.html"


@pytest.mark.parametrize("width", [max(WIDTHS), 360])
def test_a_moved_limit_shows_its_case(visit: Visits, site: Path, width: int) -> None:
    given = json.loads((site / "2022" / "data" / "grenser.json").read_text(encoding="utf-8"))["indicators"]
    page = visit(PAGE, width)
    folds = page.locator("details:has(> .digikom-limits)")
    assert folds.count() == len(given) == 10
    for name, keys in {
        "priority": ["ArrowLeft", "ArrowRight"],
        "strategy": ["ArrowLeft", "ArrowLeft", "ArrowRight"],
    }.items():
        place, one = next((place, each) for place, each in enumerate(given) if each["indicator"] == name)
        fold = folds.nth(place)
        fold.locator("> summary").click()
        sliders = fold.get_by_role("slider")
        assert [slider.input_value() for slider in sliders.all()] == ["0"] * len(keys)
        for slider, key in zip(sliders.all(), keys, strict=True):
            slider.press(key)
        steps = [{"ArrowLeft": -1, "ArrowRight": 1}[key] for key in keys]
        case = next(each for each in one["cases"] if each["steps"] == steps)
        assert fold.locator("output[aria-live=polite]").inner_text() == case["text"]
        chosen = fold.locator("tbody tr").first.locator("td").all_inner_texts()
        shares = [f"{share:.1f}".replace(".", ",") for share in case["percent"]]
        assert [text.partition("\u00a0")[0] for text in chosen[:5]] == shares
        texts = [slider.get_attribute("aria-valuetext") for slider in sliders.all()]
        limits = zip(one["limits"], steps, strict=True)
        assert texts == [next(at["text"] for at in limit["steps"] if at["step"] == step) for limit, step in limits]
        fold.get_by_role("button").click()
        assert fold.locator("output").inner_text().startswith("Som i rapporten")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not visit.errors


def test_limits_that_cannot_be_are_told_so(visit: Visits) -> None:
    page = visit(PAGE)
    fold = page.locator("details:has(> .digikom-limits)").first
    fold.locator("> summary").click()
    sliders = fold.get_by_role("slider")
    sliders.nth(1).press("ArrowRight")
    sliders.nth(2).press("ArrowLeft")
    assert fold.locator("output").inner_text().startswith("Slik kan ikke grensene ligge")
    assert set(fold.locator("tbody tr").first.locator("td").all_inner_texts()) == {"–"}


def test_without_script_there_is_a_table_and_no_control(visit: Visits) -> None:
    page = visit(PAGE, script=False)
    fold = page.locator("details:has(> .digikom-limits)").last
    fold.locator("> summary").click()
    assert fold.locator("tbody tr").count() == 7
    assert fold.locator("tbody tr").first.is_visible()
    assert page.locator(".digikom-limits input, .digikom-limits button, .digikom-limits output").count() == 0
