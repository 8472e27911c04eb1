"""What is drawn is what is in the frame: numbers in the specification, in the tips, and as lengths in the picture."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from chart_cases import (
    CASES,
    GRADES,
    LATER,
    MAP_FILE,
    NAMES,
    NO_ANSWER,
    Case,
    by_year,
    columns,
    graded_map,
    grouped,
    municipalities,
    over_years,
    stacked,
)

from digikom.paths import DATA_DIR
from digikom.publish import charts
from digikom.publish.drawing import FIT_WIDTH, NARROW, WIDE, draw, legend_of, narrow_spec
from digikom.publish.formatting import format_number
from digikom.publish.lettering import moved_apart
from digikom.publish.palette import DARK, NO_ANSWER_COLOUR

UNITS = {"percent": "prosent", "change": "prosentpoeng"}
TIP = re.compile(r'data-tip="([^"]*)"')
BAR = re.compile(r'<path data-tip="([^"]*)" d="M(-?[\d.]+),(-?[\d.]+)h(-?[\d.]+)v(-?[\d.]+)h')
POINT = re.compile(r'<path data-tip="([^"]*)" transform="translate\(([\d.]+),([\d.]+)\)"')


def wide_spec(case: Case) -> dict[str, Any]:
    drawn: dict[str, Any] = case.draw().to_dict()
    return drawn if "width" in drawn else {"width": WIDE, "autosize": FIT_WIDTH, **drawn}


def pictures(case: Case) -> dict[str, str]:
    """The wide and the narrow picture."""
    spec = wide_spec(case)
    narrow = narrow_spec(spec)
    assert narrow is not None
    return {
        name: draw(sized, prefix="f", alt="x", data_dir=DATA_DIR)
        for name, sized in (("wide", spec), ("narrow", narrow))
    }


def expected_tips(case: Case) -> list[str]:
    told = []
    for words, row in zip(case.words, case.frame.to_dict("records"), strict=True):
        number = row[case.value]
        sign = "+" if case.value == "change" and number > 0 else ""
        told.append(f"{words}{sign}{format_number(number, 1)}\N{NO-BREAK SPACE}{UNITS[case.value]}")
    return told


@pytest.fixture(scope="module", params=CASES.values(), ids=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param()
    return made


@pytest.fixture(scope="module")
def drawn(case: Case) -> dict[str, str]:
    return pictures(case)


def test_specification_holds_the_numbers_of_the_frame(case: Case) -> None:
    spec = wide_spec(case)
    narrow = narrow_spec(spec)
    for sized in (spec, narrow):
        assert sized is not None
        rows = [row for data in sized["datasets"].values() for row in data if "tip" in row and case.value in row]
        held = {(row["tip"].split(" (")[0], row[case.value]) for row in rows}
        assert held == set(zip(expected_tips(case), case.frame[case.value], strict=True))


def test_every_mark_tells_its_number(case: Case, drawn: dict[str, str]) -> None:
    for picture in drawn.values():
        told = [html.unescape(tip) for tip in TIP.findall(picture)]
        assert sorted(tip.split(" (")[0] for tip in told) == sorted(expected_tips(case))


def test_only_marks_with_tips_take_the_pointer(drawn: dict[str, str]) -> None:
    for picture in drawn.values():
        groups = re.findall(r'<g class="mark-[a-z]+ role-mark[^"]*"( pointer-events="none")?>(<[^>]*>)', picture)
        assert {bool(silent): "data-tip" in first for silent, first in groups} in (
            {False: True},
            {False: True, True: False},
        )


def test_a_tip_tells_further_counts() -> None:
    told = html.unescape(pictures(by_year())["wide"])
    assert f"{NAMES[0]}, {LATER}: 96,1\N{NO-BREAK SPACE}prosent (kommuner som svarte: 1\N{NO-BREAK SPACE}354)" in told


@pytest.mark.parametrize(
    ("made", "place"), [(by_year, 4), (stacked, 4), (grouped, 4), (CASES["changes"], 4), (columns, 5)]
)
def test_bars_are_as_long_as_their_numbers(made: Callable[[], Case], place: int) -> None:
    case = made()
    number_of = dict(zip(expected_tips(case), case.frame[case.value], strict=True))
    for picture in pictures(case).values():
        bars = [match.groups() for match in BAR.finditer(picture)]
        assert len(bars) == len(case.frame)
        lengths = [abs(float(bar[place - 1])) for bar in bars]
        numbers = [abs(number_of[html.unescape(bar[0]).split(" (")[0]]) for bar in bars]
        scale = sum(lengths) / sum(numbers)
        assert scale > 1
        # Coordinates are written with one decimal.
        assert lengths == pytest.approx([scale * number for number in numbers], abs=0.11)


def test_points_stand_as_high_as_their_numbers() -> None:
    case = over_years()
    number_of = dict(zip(expected_tips(case), case.frame[case.value], strict=True))
    for picture in pictures(case).values():
        points = [(number_of[html.unescape(tip)], float(y)) for tip, _, y in POINT.findall(picture)]
        assert len(points) == len(case.frame)
        assert [y for _, y in points] == pytest.approx([320 * (1 - number / 100) for number, _ in points], abs=0.06)


def test_written_numbers_are_rounded_as_in_the_table() -> None:
    # 30.85 lies a hair below itself in binary; d3 would write 30,8.
    for picture in pictures(by_year()).values():
        assert ">30,9<" in picture
        assert ">20,5<" in picture


def test_nothing_in_a_picture_has_an_english_name_or_a_colour_without_a_dark_one(drawn: dict[str, str]) -> None:
    for picture in drawn.values():
        inside = picture[picture.index(">") :]
        assert not re.search(r"\b(role|aria-[a-z]+)=", inside)
        colours = set(re.findall(r'\b(?:fill|stroke)="([^"]+)"', inside)) - {"none", "transparent"}
        assert colours <= set(DARK)


def test_pictures_are_as_wide_as_they_should(drawn: dict[str, str]) -> None:
    widths = {name: float(re.search(r' width="([\d.]+)"', picture)[1]) for name, picture in drawn.items()}  # type: ignore[index]
    assert widths["narrow"] == NARROW
    assert 0.85 * WIDE <= widths["wide"] <= WIDE


def test_several_years_have_a_legend_above_the_bars() -> None:
    for picture in pictures(by_year()).values():
        assert picture.count(f">{LATER}<") == 1
        assert "role-legend" in picture


def test_one_year_needs_no_legend() -> None:
    frame = pd.DataFrame({"label": NAMES, "year": [LATER] * 3, "percent": [1.0, 2.0, 3.0]})
    spec = charts.bars_by_year(frame, category="label", value="percent", order=NAMES).to_dict()
    picture = draw({"width": WIDE, **spec}, prefix="f", alt="x", data_dir=DATA_DIR)
    assert "role-legend" not in picture
    assert f">{LATER}<" not in picture


def test_lines_are_named_at_their_ends_in_the_wide_picture_only() -> None:
    told = pictures(over_years())
    assert "role-legend" not in told["wide"]
    assert "role-legend" in told["narrow"]
    assert html.unescape(told["wide"]).count(">Digital prioritering, grad 4<") == 1


def test_things_are_moved_apart_no_more_than_needed() -> None:
    assert moved_apart([10, 100, 50], [20, 20, 20]) == [10, 100, 50]
    assert moved_apart([50, 50], [20, 20]) == [40, 60]
    assert moved_apart([50, 52, 54], [20, 20, 20]) == [32, 52, 72]
    # The third comes into the way when the first two have moved.
    assert moved_apart([50, 50, 65], [20, 20, 20]) == pytest.approx([35, 55, 75])
    assert moved_apart([], []) == []


def test_a_map_has_its_legend_outside_and_a_tip_for_each_municipality() -> None:
    spec = graded_map().to_dict()
    places = municipalities()
    assert [entry.label for entry in legend_of(spec)] == [*GRADES, NO_ANSWER]
    assert [entry.colour for entry in legend_of(spec)] == [*charts.GRADE_COLOURS, NO_ANSWER_COLOUR]
    assert narrow_spec(spec) is None
    picture = draw(spec, prefix="m", alt="x", data_dir=DATA_DIR)
    assert "role-legend" not in picture
    shapes = re.findall(r'<path data-tip="([^"]*)" [^>]*fill="([^"]+)"', picture)
    colour_of = {entry.label: entry.colour for entry in legend_of(spec)}
    expected = {
        f"{row['name']} ({row['county']}): {row['grade']}": colour_of[row["grade"]] for row in places.to_dict("records")
    }
    assert {html.unescape(tip): colour for tip, colour in shapes} == expected
    assert len(shapes) == len(places)
    assert set(re.findall(r'\b(?:fill|stroke)="(#[^"]+)"', picture)) <= set(DARK)
    assert MAP_FILE in spec["layer"][0]["data"]["url"]
    assert legend_of(wide_spec(by_year())) == []
