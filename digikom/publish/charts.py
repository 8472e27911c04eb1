"""The chart types of the report, drawn alike in every chapter. They show numbers; they compute none.

Each function returns a plain Altair chart that a notebook may still change. Every mark that stands for a number carries
it in words (`tip`), and every number in a picture is written by the same rule as in the tables.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.publish.borders import COUNTY_BORDERS, MUNICIPALITIES
from digikom.publish.drawing import NARROW, OWN_METADATA, WIDE
from digikom.publish.formatting import NO_BREAK_SPACE, format_number
from digikom.publish.lettering import text_width, wrapped
from digikom.publish.names import uncapitalised
from digikom.publish.palette import (
    APART_COLOUR,
    BORDER_COLOUR,
    COUNTY_BORDER_COLOUR,
    COUNTY_HALO_COLOUR,
    FALL_COLOUR,
    GRADE_COLOURS,
    LINE,
    NO_ANSWER_COLOUR,
    OPPOSITES,
    OUTLINE_COLOUR,
    OUTSIDE_COLOURS,
    REFERENCE_COLOUR,
    SERIES_COLOURS,
    SERIES_SHAPES,
    TARGET_COLOUR,
    ink_on,
    shades,
)

__all__ = [
    "APART_COLOUR",
    "GRADE_COLOURS",
    "OPPOSITES",
    "OUTSIDE_COLOURS",
    "bars_by_year",
    "changes",
    "columns_by_year",
    "grade_map",
    "grouped_bars",
    "lines_by_year",
    "shades",
    "stacked_bars",
]

#: Pixels of a bar, of a line of the label above a group of bars, and of the air above that label.
BAR_HEIGHT, LABEL_LINE, LABEL_AIR = 15, 16, 8
#: Font size of names and legends; pixels that the margins take from a name, and that the margins and the symbol take
#: from a name in a legend.
LABEL_SIZE, BESIDE_NAME, BESIDE_SYMBOL = 13, 20, 45
#: Height of a divided bar, and the pixels that a part must have to hold its number, and a bar to hold its year.
STACK_HEIGHT, NUMBER_ROOM, YEAR_ROOM = 22, 28, 40
#: End of the percentage axis, with room right of the longest bar for its number.
PERCENT_AXIS_END = 112
#: The line around a part of a divided bar, or a bar among others.
OUTLINE: dict[str, Any] = {"stroke": OUTLINE_COLOUR, "strokeWidth": 0.7}

#: Of the wide line chart: height, pixels left of the first and right of the last points, from there to the names of the
#: lines, and room for these; height of a line of a name and of the air between two names.
LINES_HEIGHT, BESIDE_POINTS, NAMES_AFTER, NAMES_ROOM, NAME_LINE, NAME_AIR = 320, 20, 34, 200, 16, 8
#: What is left for the lines themselves when the numbers of the axis have theirs.
LINES_WIDTH = WIDE - NAMES_AFTER - NAMES_ROOM - 40

#: Width and height of a map: with Vega's own margin of five pixels it is as wide as the other pictures.
MAP_SIZE = (WIDE - 10, 750)
#: Where the watermark stands, from the south-west to the north-east, so that no part of the country is without it.
WATERMARK_PLACES = [
    (MAP_SIZE[0] * x, MAP_SIZE[1] * y) for x, y in ((0.18, 0.8), (0.33, 0.58), (0.53, 0.35), (0.77, 0.16))
]

#: Norway north up without the tilt of a world map: transverse Mercator about the middle of the mainland.
PROJECTION: dict[str, Any] = {"type": "transverseMercator", "rotate": [-15.5, 0, 0]}


def year_colours(years: Sequence[str]) -> dict[str, str]:
    """Year to colour: the last of the `years` is the edition's own."""
    return dict(zip(years, [REFERENCE_COLOUR, TARGET_COLOUR][-len(years) :], strict=True))


def year_colour(data: pd.DataFrame, legend_offset: int = 12, *, legend: bool = True) -> alt.Color:
    """Colour by year. The legend is left out when there is one year only, or when told so."""
    of_year = year_colours(sorted(set(data["year"])))
    return alt.Color(
        "year:N",
        scale=alt.Scale(domain=list(of_year), range=list(of_year.values())),
        legend=alt.Legend(title=None, offset=legend_offset) if legend and len(of_year) > 1 else None,
    )


def percent_axis() -> alt.Axis:
    """The axis of percentages that all bars stand on."""
    # No lines up from it: they would go through names and numbers, and every bar has its number.
    return alt.Axis(values=[0, 20, 40, 60, 80, 100], title=None, grid=False, tickSize=4)


def upright_percent_axis() -> alt.Axis:
    """The axis of percentages left of columns and lines, its title above it and not on its side."""
    return alt.Axis(
        tickCount=6,
        format=".0f",
        title="Prosent",
        titleAngle=0,
        titleAlign="left",
        titleBaseline="bottom",
        titleAnchor="end",
        titleX=-28,
        titleY=-10,
        domain=False,
        tickSize=0,
    )


def percent(value: float) -> str:
    """«93,2 prosent»."""
    return f"{format_number(value, 1)}{NO_BREAK_SPACE}prosent"


def further(row: Mapping[Hashable, Any], tooltips: Mapping[str, str]) -> str:
    """What else a tip tells of a row, « (kommuner som svarte: 38)»; `tooltips` maps columns to their names."""
    told = [f"{uncapitalised(title)}: {format_number(row[name], 0)}" for name, title in tooltips.items()]
    return f" ({', '.join(told)})" if told else ""


def tip_channels() -> dict[str, Any]:
    """The channels by which a mark tells what is in its row's column `tip`: on the page, and in plain Jupyter."""
    return {"description": alt.Description("tip:N"), "tooltip": alt.Tooltip("tip:N")}


def in_two_widths(draw: Callable[[int], alt.LayerChart]) -> alt.LayerChart:
    """What `draw` makes for the width of the text, and with it what it makes for a telephone, where that differs."""
    wide, narrow = draw(WIDE), draw(NARROW).to_dict()
    return wide if wide.to_dict() == narrow else wide.properties(usermeta={OWN_METADATA: {"narrow": narrow}})


def names_above(category: str, order: Sequence[str], width: int) -> tuple[list[alt.Chart], int]:
    """The categories' names above their bars, from the top, and the pixels that they take there.

    A name is divided into as many lines as a picture `width` pixels wide needs.
    """
    lines = {label: wrapped(label, LABEL_SIZE, width - BESIDE_NAME) for label in order}
    most = max(len(of_label) for of_label in lines.values())
    # A text of several lines grows downwards, into the bars; so each line from the bottom is a layer of its own.
    layers = [
        alt.Chart(pd.DataFrame({category: list(order), "line": [from_bottom(lines[label], height) for label in order]}))
        .mark_text(align="left", baseline="bottom", dy=-3 - LABEL_LINE * (height - 1), fontSize=LABEL_SIZE)
        .encode(y=alt.Y(f"{category}:N", sort=list(order), bandPosition=0), x=alt.value(0), text="line:N")
        for height in range(1, most + 1)
    ]
    return layers, LABEL_AIR + LABEL_LINE * most


def from_bottom(lines: Sequence[str], height: int) -> str:
    """The line that stands `height` lines up, counted from 1 at the bottom; empty above the last one."""
    return lines[-height] if height <= len(lines) else ""


def rows_of_bars(category: str, order: Sequence[str], bars: int, above: int) -> tuple[alt.Y, int]:
    """The axis of the categories with bars `bars` pixels high and `above` pixels above them, and its height."""
    step = bars + above
    scale = alt.Scale(paddingInner=above / step, paddingOuter=0)
    return alt.Y(f"{category}:N", sort=list(order), axis=None, scale=scale), step * len(order)


def bars_with_values(
    data: pd.DataFrame, value: str, *, row: alt.Y, lane: alt.YOffset, colour: alt.Color, outline: bool = False
) -> list[alt.Chart]:
    """Bars of percentages side by side within their row, and the number (column `shown`) at the end of each."""
    length = alt.X(f"{value}:Q", scale=alt.Scale(domain=[0, PERCENT_AXIS_END], nice=False), axis=percent_axis())
    base = alt.Chart(data)
    return [
        base.mark_bar(**(OUTLINE if outline else {})).encode(
            y=row, yOffset=lane, x=length, color=colour, **tip_channels()
        ),
        base.mark_text(align="left", baseline="middle", dx=4).encode(y=row, yOffset=lane, x=length, text="shown:N"),
    ]


def bars_by_year(
    frame: pd.DataFrame, *, category: str, value: str, order: Sequence[str], tooltips: dict[str, str] | None = None
) -> alt.LayerChart:
    """Horizontal bars of percentages, grouped by category, one bar a year, the category's name above its bars.

    `frame` has a row per category and year with the columns `category`, `year` and `value` (0-100); `order` lists the
    categories from the top. `tooltips` maps further columns, of counts, to their Norwegian names. The years stand in
    the bars at the top when these have room for it, otherwise in a legend.
    """
    data = frame.assign(
        year=frame["year"].astype(str),
        shown=[format_number(number, 1) for number in frame[value]],
        tip=[
            f"{row[category]}, {row['year']}: {percent(row[value])}{further(row, tooltips or {})}"
            for row in frame.to_dict("records")
        ],
    )
    of_year = year_colours(sorted(set(data["year"])))
    top = data[data[category] == order[0]].assign(ink=lambda rows: rows["year"].map(of_year).map(ink_on))
    lane = alt.YOffset("year:N", sort="ascending")

    def draw(width: int) -> alt.LayerChart:
        has_room = (top[value] >= YEAR_ROOM / width * PERCENT_AXIS_END).all()
        labelled = bool(1 < len(of_year) == len(top) and has_room)
        names, above = names_above(category, order, width)
        row, height = rows_of_bars(category, order, len(of_year) * BAR_HEIGHT, above)
        colour = year_colour(data, above + 4, legend=not labelled)
        bars = bars_with_values(data, value, row=row, lane=lane, colour=colour)
        years = (
            alt.Chart(top)
            .mark_text(align="left", baseline="middle", fontSize=11)
            .encode(y=row, yOffset=lane, x=alt.value(5), text="year:N", color=alt.Color("ink:N", scale=None))
        )
        layered: alt.LayerChart = alt.layer(*bars, *([years] if labelled else []), *names)  # type: ignore[assignment]
        return layered.properties(height=height)

    return in_two_widths(draw)


def part_colour(part: str, parts: Sequence[str], colours: Sequence[str], above: int, width: int) -> alt.Color:
    """Colour by part, with a legend above the first name in as few rows as a picture of `width` pixels has room for."""
    widest = max(text_width(name, LABEL_SIZE) for name in parts)
    rows = math.ceil(len(parts) / max(1, width // (widest + BESIDE_SYMBOL)))
    legend = alt.Legend(
        title=None,
        columns=math.ceil(len(parts) / rows),
        offset=above + 4,
        labelLimit=0,
        labelExpr=in_lines(parts, width),
    )
    scale = alt.Scale(domain=list(parts), range=list(colours))
    return alt.Color(f"{part}:N", scale=scale, sort=list(parts), legend=legend)


def part_tips(frame: pd.DataFrame, category: str, part: str, value: str) -> list[str]:
    """What each part of a category tells: «Drift: utelukkende internt, 41,2 prosent»."""
    return [f"{row[category]}: {row[part]}, {percent(row[value])}" for row in frame.to_dict("records")]


def stacked_bars(
    frame: pd.DataFrame,
    *,
    category: str,
    part: str,
    value: str,
    order: Sequence[str],
    parts: Sequence[str],
    colours: Sequence[str],
) -> alt.LayerChart:
    """Horizontal bars that add up to 100 per cent, one a category with its name above, divided into ordered parts.

    `frame` has a row per category and part with the columns `category`, `part` and `value` (0-100); `order` lists the
    categories from the top, `parts` the parts from the left, `colours` their colours. Parts that are wide enough have
    their number in them, and each has a line around it.
    """
    data = frame.assign(
        place=frame[part].map({name: position for position, name in enumerate(parts)}),
        ink=frame[part].map({name: ink_on(colour) for name, colour in zip(parts, colours, strict=True)}),
        tip=part_tips(frame, category, part, value),
    )
    axis = percent_axis()

    def draw(width: int) -> alt.LayerChart:
        names, above = names_above(category, order, width)
        row, height = rows_of_bars(category, order, STACK_HEIGHT, above)
        bars = (
            alt.Chart(data)
            .mark_bar(**OUTLINE)
            .encode(
                y=row,
                x=alt.X(f"{value}:Q", stack="zero", scale=alt.Scale(domain=[0, 100], nice=False), axis=axis),
                order=alt.Order("place:Q"),
                color=part_colour(part, parts, colours, above, width),
                **tip_channels(),
            )
        )
        has_room = data[value] >= 100 * NUMBER_ROOM / width
        shown = [format_number(number, 0) if room else "" for number, room in zip(data[value], has_room, strict=True)]
        numbers = (
            alt.Chart(data.assign(shown=shown))
            .mark_text(fontSize=11)
            .encode(
                y=row,
                x=alt.X(f"{value}:Q", stack="zero", bandPosition=0.5, axis=axis),
                order=alt.Order("place:Q"),
                text=alt.Text("shown:N"),
                color=alt.Color("ink:N", scale=None),
            )
        )
        layered: alt.LayerChart = alt.layer(bars, numbers, *names)  # type: ignore[assignment]
        return layered.properties(height=height)

    return in_two_widths(draw)


def grouped_bars(
    frame: pd.DataFrame,
    *,
    category: str,
    part: str,
    value: str,
    order: Sequence[str],
    parts: Sequence[str],
    colours: Sequence[str],
) -> alt.LayerChart:
    """Horizontal bars of percentages that need not add up to 100, one a part, grouped by category with its name above.

    `frame` has a row per category and part with the columns `category`, `part` and `value` (0-100); `order` lists the
    categories, `parts` the parts, both from the top, `colours` the colours of the parts.
    """
    data = frame.assign(
        shown=[format_number(number, 1) for number in frame[value]], tip=part_tips(frame, category, part, value)
    )
    lane = alt.YOffset(f"{part}:N", sort=list(parts))

    def draw(width: int) -> alt.LayerChart:
        names, above = names_above(category, order, width)
        row, height = rows_of_bars(category, order, len(parts) * BAR_HEIGHT, above)
        colour = part_colour(part, parts, colours, above, width)
        bars = bars_with_values(data, value, row=row, lane=lane, colour=colour, outline=True)
        layered: alt.LayerChart = alt.layer(*bars, *names)  # type: ignore[assignment]
        return layered.properties(height=height)

    return in_two_widths(draw)


def columns_by_year(
    frame: pd.DataFrame, *, count: str, value: str, count_title: str, tooltips: dict[str, str]
) -> alt.Chart:
    """A distribution: upright columns of percentages over a whole-number count, one column a year beside the other.

    `frame` has a row per count and year with the columns `count`, `year` and `value` (percent of the municipalities).
    `tooltips` maps further columns, of counts, to their Norwegian names.
    """
    data = frame.assign(
        year=frame["year"].astype(str),
        tip=[
            f"{count_title}: {number}, {row['year']}: {percent(row[value])}{further(row, tooltips)}"
            for number, row in zip(frame[count], frame.to_dict("records"), strict=True)
        ],
    )
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(
                f"{count}:O",
                title=count_title,
                axis=alt.Axis(labelAngle=0, labelFontSize=11, labelOverlap=False, tickSize=0),
                scale=alt.Scale(paddingInner=0.2, paddingOuter=0.1),
            ),
            xOffset=alt.XOffset("year:N", sort="ascending"),
            y=alt.Y(f"{value}:Q", axis=upright_percent_axis()),
            color=year_colour(data, 26),
            **tip_channels(),
        )
        .properties(height=300)
    )
    return chart


def grade_map(
    frame: pd.DataFrame,
    boundaries: str,
    *,
    grade: str,
    grades: Sequence[str],
    colours: Sequence[str],
    no_answer: str = "Ikke svart",
    watermark: str = "",
) -> alt.LayerChart:
    """A map of the municipalities, coloured by an ordered grade, with the borders of the counties over it, and over all
    of it a `watermark`, which a copy of the picture keeps.

    `frame` has a row per municipality with `municipality_code`, `name`, `county` and `grade` (a text of `grades`, or
    `no_answer`). `boundaries` is the file name of the TopoJSON in the data folder's `boundaries/`, whose features have
    the municipality code as id.
    """
    address = f"digikom:boundaries/{boundaries}"
    colour_of = {**dict(zip(grades, colours, strict=True)), no_answer: NO_ANSWER_COLOUR}
    told = frame.assign(
        tip=[f"{row['name']} ({row['county']}): {row[grade]}" for row in frame.to_dict("records")],
    )
    areas = (
        alt.Chart(alt.UrlData(url=address, format=alt.TopoDataFormat(feature=MUNICIPALITIES, type="topojson")))
        .mark_geoshape(stroke=BORDER_COLOUR, strokeWidth=0.4)
        .transform_lookup(lookup="id", from_=alt.LookupData(data=told, key="municipality_code", fields=["tip", grade]))
        .encode(
            color=alt.Color(
                f"{grade}:N", scale=alt.Scale(domain=list(colour_of), range=list(colour_of.values())), legend=None
            ),
            **tip_channels(),
        )
    )
    counties = alt.Chart(alt.UrlData(url=address, format=alt.TopoDataFormat(feature=COUNTY_BORDERS, type="topojson")))
    # A line with another, broader one under it in the contrary colour is seen on every ground.
    borders = [
        counties.mark_geoshape(filled=False, stroke=colour, strokeWidth=width, strokeJoin="round")
        for colour, width in ((COUNTY_HALO_COLOUR, 3), (COUNTY_BORDER_COLOUR, 1.2))
    ]
    once = alt.Chart(alt.InlineData([{}]))
    marks = [
        once.mark_text(
            text=watermark,
            x=x,
            y=y,
            fontSize=26,
            fontWeight="bold",
            color=COUNTY_BORDER_COLOUR,
            stroke=COUNTY_HALO_COLOUR,
            strokeWidth=0.8,
            opacity=0.35,
        )
        for x, y in (WATERMARK_PLACES if watermark else ())
    ]
    layered: alt.LayerChart = alt.layer(areas, *borders, *marks)  # type: ignore[assignment]
    legend = [{"label": label, "colour": colour} for label, colour in colour_of.items()]
    return layered.project(**PROJECTION).properties(
        width=MAP_SIZE[0], height=MAP_SIZE[1], usermeta={OWN_METADATA: {"legend": legend}}
    )


def changes(frame: pd.DataFrame, *, category: str, value: str, order: Sequence[str]) -> alt.LayerChart:
    """Horizontal bars out from a line at nought, to the right for a rise and to the left for a fall.

    `frame` has a row per category with the columns `category` and `value` (percentage points); `order` lists the
    categories from the top. Each has its name above its bar and its number at the bar's end.
    """
    # Room for the number outside the longest bar, on the sides where there are bars.
    lowest, highest = min(0.0, frame[value].min()), max(0.0, frame[value].max())
    room = 0.2 * (highest - lowest)
    ends = [lowest - room if lowest else 0, highest + room if highest else 0]
    signed = "datum.value == 0 ? '0' : format(datum.value, '+.0f')"
    length = alt.X(
        f"{value}:Q",
        scale=alt.Scale(domain=ends, nice=False),
        axis=alt.Axis(title=None, grid=False, tickSize=4, tickCount=5, tickMinStep=1, labelExpr=signed),
    )
    shown = [f"{'+' if number > 0 else ''}{format_number(number, 1)}" for number in frame[value]]
    data = frame.assign(
        rises=frame[value] >= 0,
        shown=shown,
        tip=[
            f"{name}: {number}{NO_BREAK_SPACE}prosentpoeng" for name, number in zip(frame[category], shown, strict=True)
        ],
    )
    colour = alt.condition("datum.rises", alt.value(TARGET_COLOUR), alt.value(FALL_COLOUR))
    nought = alt.Chart(pd.DataFrame({value: [0]})).mark_rule(color=BORDER_COLOUR).encode(x=length)

    def draw(width: int) -> alt.LayerChart:
        names, above = names_above(category, order, width)
        row, height = rows_of_bars(category, order, BAR_HEIGHT, above)
        bars = alt.Chart(data).mark_bar().encode(y=row, x=length, color=colour, **tip_channels())
        to_the_right = alt.Chart(data[data["rises"]]).mark_text(align="left", baseline="middle", dx=4)
        to_the_left = alt.Chart(data[~data["rises"]]).mark_text(align="right", baseline="middle", dx=-4)
        numbers = [part.encode(y=row, x=length, text="shown:N") for part in (to_the_right, to_the_left)]
        layered: alt.LayerChart = alt.layer(bars, *numbers, nought, *names)  # type: ignore[assignment]
        return layered.properties(height=height)

    return in_two_widths(draw)


def lines_by_year(frame: pd.DataFrame, *, series: str, value: str, broken: str, order: Sequence[str]) -> alt.LayerChart:
    """Percentages over survey years, a line a series, dashed where the series is broken.

    `frame` has a row per series and year with the columns `series`, `year`, `value` (0-100) and `broken`: whether the
    value cannot simply be compared with the one before it. `order` lists the series as the legend does. Series differ
    in colour and in the shape of their points. The wide picture names each line where it ends, the narrow one has a
    legend.
    """
    data = frame.sort_values("year", kind="stable").assign(
        date=lambda rows: rows["year"].astype(int),
        tip=lambda rows: [f"{row[series]}, {row['year']}: {percent(row[value])}" for row in rows.to_dict("records")],
    )

    def draw(width: int) -> alt.LayerChart:
        drawn = lines_and_points(data, series, value, broken, order, legend=width < WIDE)
        if width < WIDE:
            return drawn.properties(height=LINES_HEIGHT)
        named: alt.LayerChart = alt.layer(drawn, *names_after(data, series, value, order))  # type: ignore[assignment]
        return named.properties(width=LINES_WIDTH, height=LINES_HEIGHT)

    return in_two_widths(draw)


def lines_and_points(
    data: pd.DataFrame, series: str, value: str, broken: str, order: Sequence[str], *, legend: bool
) -> alt.LayerChart:
    """The lines, year by year as each may be broken or not, and the points upon them."""
    before = data.groupby(series, sort=False)[["date", value]].shift()
    links = data.assign(date_from=before["date"], value_from=before[value]).dropna(subset="date_from")
    years = sorted(data["date"].unique().tolist())
    shown = (
        alt.Legend(title=None, columns=1, labelLimit=0, labelExpr=in_lines(order, NARROW), offset=26)
        if legend
        else None
    )
    colours = alt.Scale(domain=list(order), range=SERIES_COLOURS[: len(order)])
    shapes = alt.Scale(domain=list(order), range=SERIES_SHAPES[: len(order)])
    colour = alt.Color(f"{series}:N", scale=colours, sort=list(order), legend=shown)
    shape = alt.Shape(f"{series}:N", scale=shapes, sort=list(order), legend=shown)
    beside = (years[-1] - years[0] or 1) * BESIDE_POINTS / (LINES_WIDTH - 2 * BESIDE_POINTS)
    across = alt.Scale(domain=[years[0] - beside, years[-1] + beside], nice=False)
    x_axis = alt.Axis(values=years, format="d", title=None, labelAngle=0, grid=False, tickSize=4)
    up = alt.Scale(domain=[0, 100], nice=False)
    y_axis = upright_percent_axis()
    pieces = [
        alt.Chart(links[links[broken] == dashed])
        .mark_rule(strokeWidth=2, strokeDash=[4, 4] if dashed else [1, 0])
        .encode(
            x=alt.X("date_from:Q", scale=across, axis=x_axis),
            x2="date:Q",
            y=alt.Y("value_from:Q", scale=up, axis=y_axis),
            y2=f"{value}:Q",
            color=colour,
        )
        for dashed in (False, True)
    ]
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x=alt.X("date:Q", scale=across, axis=x_axis),
            y=alt.Y(f"{value}:Q", scale=up, axis=y_axis),
            color=colour,
            shape=shape,
            **tip_channels(),
        )
    )
    layered: alt.LayerChart = alt.layer(*pieces, points)  # type: ignore[assignment]
    return layered


def names_after(data: pd.DataFrame, series: str, value: str, order: Sequence[str]) -> list[alt.Chart]:
    """The series' names right of their last points, moved apart so that none covers another, led to by a thin line."""
    ends = data.drop_duplicates(series, keep="last").set_index(series)[value]
    lines = [wrapped(name, LABEL_SIZE, NAMES_ROOM) for name in order]
    # In pixels down from the top of the picture, as the axis goes from 0 to 100.
    middles = moved_apart(
        [down(float(ends[name])) for name in order], [NAME_LINE * len(of_name) + NAME_AIR for of_name in lines]
    )
    placed = pd.DataFrame(
        {
            "name": list(order),
            "at": middles,
            "end": [down(float(ends[name])) for name in order],
            "colour": SERIES_COLOURS[: len(order)],
            "shape": SERIES_SHAPES[: len(order)],
        }
    )
    written = pd.DataFrame(
        [
            {"line": line, "at": middle + NAME_LINE * (number - (len(of_name) - 1) / 2)}
            for middle, of_name in zip(middles, lines, strict=True)
            for number, line in enumerate(of_name)
        ]
    )

    def height(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=None)

    leads = (
        alt.Chart(placed)
        .mark_rule(color=LINE, strokeWidth=1)
        .encode(
            x=alt.value(LINES_WIDTH - BESIDE_POINTS + 8),
            x2=alt.value(LINES_WIDTH + NAMES_AFTER - 20),
            y=height("end"),
            y2="at:Q",
        )
    )
    symbols = (
        alt.Chart(placed)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x=alt.value(LINES_WIDTH + NAMES_AFTER - 12),
            y=height("at"),
            color=alt.Color("colour:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
        )
    )
    texts = (
        alt.Chart(written)
        .mark_text(align="left", baseline="middle", fontSize=LABEL_SIZE)
        .encode(x=alt.value(LINES_WIDTH + NAMES_AFTER), y=height("at"), text="line:N")
    )
    return [leads, symbols, texts]


def down(percentage: float) -> float:
    """Pixels from the top of the wide line chart to a percentage."""
    return LINES_HEIGHT * (1 - percentage / 100)


def moved_apart(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Where the middle of each thing stands so that none covers another, each as near as can be to where it is wanted.

    Things that would overlap stand close together about the middle of their wishes, in the order of these; so do groups
    of such things, until none overlap (pooling of adjacent violators, as in isotonic regression).
    """
    groups: list[list[int]] = []
    for one in sorted(range(len(wanted)), key=lambda number: wanted[number]):
        groups.append([one])
        while len(groups) > 1 and _reach(groups[-2], wanted, heights)[1] > _reach(groups[-1], wanted, heights)[0]:
            lower = groups.pop()
            groups[-1] += lower
    middles = [0.0] * len(wanted)
    for group in groups:
        top = _reach(group, wanted, heights)[0]
        for one in group:
            middles[one] = top + heights[one] / 2
            top += heights[one]
    return middles


def _reach(group: Sequence[int], wanted: Sequence[float], heights: Sequence[float]) -> tuple[float, float]:
    """Top and foot of things that stand close together, each on average where it is wanted."""
    used = 0.0
    tops = []
    for one in group:
        tops.append(wanted[one] - heights[one] / 2 - used)
        used += heights[one]
    top = sum(tops) / len(tops)
    return top, top + used


def in_lines(labels: Sequence[str], width: int) -> str:
    """A Vega expression that divides `labels` into lines that a legend in a picture of `width` pixels has room for."""
    divided = {label: wrapped(label, LABEL_SIZE, width - BESIDE_SYMBOL) for label in labels}
    return f"{json.dumps(divided, ensure_ascii=False)}[datum.label]"
