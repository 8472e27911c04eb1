"""The colours of the pictures: readable on both pages, told apart by all, and each with its dark counterpart."""

from __future__ import annotations

import itertools
import re

import pytest
from colour_vision import distance, least_distance

from digikom.publish import palette
from digikom.publish.palette import DARK, contrast, ink_on, shades

#: What may be behind a picture on the dark page: the page itself, or a paler card.
DARK_GROUNDS = (palette.DARK_PAGE, "#1a1f22")
#: ΔE (CIE 1976) that two colours of one chart must have for anyone: five times what is just noticeable.
APART = 12
SCALES = {
    "grades": palette.GRADE_COLOURS,
    "opposites": palette.OPPOSITES,
    "outside": palette.OUTSIDE_COLOURS,
    "every other grade": palette.GRADE_COLOURS[::2],
}


def as_on_dark(colours: list[str]) -> list[str]:
    return [DARK[colour] for colour in colours]


def test_known_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert distance("#ff0000", "#00ff00") == pytest.approx(170.6, abs=0.1)
    # What they are known for: these two are one to people without the cones for middle waves.
    assert distance("#c00000", "#00c000", "deuteranopia") < distance("#c00000", "#00c000") / 2


@pytest.mark.parametrize(
    "colour",
    [
        palette.INK,
        palette.LINE,
        palette.TARGET_COLOUR,
        palette.REFERENCE_COLOUR,
        palette.FALL_COLOUR,
        palette.BORDER_COLOUR,
        palette.COUNTY_BORDER_COLOUR,
        palette.OUTLINE_COLOUR,
        palette.APART_COLOUR,
        *palette.SERIES_COLOURS,
    ],
)
def test_what_stands_on_the_page_is_seen_on_both_pages(colour: str) -> None:
    needed = 4.5 if colour == palette.INK else 3
    assert contrast(colour, palette.PAGE) >= needed
    for ground in DARK_GROUNDS:
        assert contrast(DARK[colour], ground) >= needed


@pytest.mark.parametrize(
    "colours",
    [
        palette.SERIES_COLOURS,
        [palette.TARGET_COLOUR, palette.REFERENCE_COLOUR],
        [palette.TARGET_COLOUR, palette.FALL_COLOUR],
        [*palette.GRADE_COLOURS, palette.NO_ANSWER_COLOUR],
        [*palette.OPPOSITES, *palette.OUTSIDE_COLOURS],
        [*palette.OPPOSITES[:2], palette.APART_COLOUR, *palette.OPPOSITES[3:], palette.NO_ANSWER_COLOUR],
    ],
)
def test_colours_of_one_chart_are_told_apart_by_all(colours: list[str]) -> None:
    for shown in (colours, as_on_dark(colours)):
        least = least_distance(shown)
        assert least[0] >= APART, least


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
@pytest.mark.parametrize("count", range(1, palette.MOST_SHADES + 1))
def test_every_shade_has_a_dark_counterpart_and_a_readable_ink(scale: list[str], count: int) -> None:
    assert set(shades(scale, count)) <= set(DARK)
    for colour in (*shades(scale, count), *shades(scale[::-1], count), palette.TARGET_COLOUR, "#1b7a6e"):
        ink = ink_on(colour)
        assert contrast(ink, colour) >= 4.5
        assert contrast(DARK[ink], DARK.get(colour, colour)) >= 4.5


@pytest.mark.parametrize("scale", [palette.GRADE_COLOURS, palette.OUTSIDE_COLOURS])
def test_ordered_colours_are_ordered_by_lightness_on_both_pages(scale: list[str]) -> None:
    for colours in (scale, as_on_dark(scale)):
        steps = [palette.luminance(b) - palette.luminance(a) for a, b in itertools.pairwise(colours)]
        assert all(step > 0 for step in steps) or all(step < 0 for step in steps)


def test_county_borders_are_seen_on_every_colour_of_a_map() -> None:
    line, halo = palette.COUNTY_BORDER_COLOUR, palette.COUNTY_HALO_COLOUR
    for colour in (*palette.GRADE_COLOURS, *palette.OPPOSITES, palette.APART_COLOUR, palette.NO_ANSWER_COLOUR):
        assert max(contrast(line, colour), contrast(halo, colour)) >= 3
        assert max(contrast(DARK[line], DARK[colour]), contrast(DARK[halo], DARK[colour])) >= 3


def test_a_light_colour_has_one_dark_counterpart() -> None:
    # Each scale by itself must give what the joined dictionary gives: no colour stands in two of them.
    for scale in SCALES.values():
        for count in range(1, palette.MOST_SHADES + 1):
            light, dark = shades(scale, count), as_on_dark(shades(scale, count))
            ends = as_on_dark(scale)
            assert dark == shades(ends, count), light


def test_style_sheet_names_every_colour_once() -> None:
    rules = palette.dark_css("html .picture").splitlines()
    assert len(rules) == len(set(rules)) == 2 * sum(light != dark for light, dark in DARK.items())
    form = re.compile(r'html \.picture \[(fill|stroke)="(#[0-9a-f]{6})"\] \{ \1: (#[0-9a-f]{6}); \}')
    found = [form.fullmatch(rule) for rule in rules]
    assert all(found)
    assert {match[2]: match[3] for match in found if match} == {a: b for a, b in DARK.items() if a != b}
    assert rules == sorted(rules)
