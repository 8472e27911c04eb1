"""The chart types of the report, drawn alike in every chapter. They show numbers; they compute none.

Each function returns a plain Altair chart that a notebook may still change.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.publish.borders import COUNTY_BORDERS, MUNICIPALITIES
from digikom.publish.drawing import OWN_METADATA
from digikom.publish.formatting import format_number
from digikom.publish.palette import (
    APART_COLOUR,
    BORDER_COLOUR,
    COUNTY_BORDER_COLOUR,
    FALL_COLOUR,
    GRADE_COLOURS,
    NO_ANSWER_COLOUR,
    OPPOSITES,
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
#: Characters of a label on one line: what a telephone has room for.
LABEL_WIDTH = 50
#: The same beside the symbols of a legend.
LEGEND_WIDTH = 38
#: Height of a divided bar, and the smallest part (per cent) that has room for its number on a telephone.
STACK_HEIGHT, SHOWN_FROM = 22, 9
#: End of the percentage axis, with room right of the longest bar for its number.
PERCENT_AXIS_END = 112

#: Norway north up without the tilt of a world map: transverse Mercator about the middle of the mainland.
PROJECTION: dict[str, Any] = {"type": "transverseMercator", "rotate": [-15.5, 0, 0]}


def year_colour(frame: pd.DataFrame, legend_offset: int = 12) -> alt.Color:
    """Colour by year: the last year of `frame` is the edition's own. The legend is left out when there is one year
    only.
    """
    years = sorted({str(year) for year in frame["year"]})
    scale = alt.Scale(domain=years, range=[REFERENCE_COLOUR, TARGET_COLOUR][-len(years) :])
    return alt.Color(
        "year:N", scale=scale, legend=alt.Legend(title=None, offset=legend_offset) if len(years) > 1 else None
    )


def percent_axis() -> alt.Axis:
    """The axis of percentages that all bars stand on."""
    return alt.Axis(values=[0, 20, 40, 60, 80, 100], title=None, domain=False, tickSize=0)


def tip_channels() -> dict[str, Any]:
    """The channels by which a mark tells what is in its row's column `tip`: on the page, and in plain Jupyter."""
    return {"description": alt.Description("tip:N"), "tooltip": alt.Tooltip("tip:N")}


def part_tooltip(category: str, part: str, value: str) -> list[alt.Tooltip]:
    """What the pointer shows of one part of a category."""
    return [
        alt.Tooltip(f"{category}:N", title="Kategori"),
        alt.Tooltip(f"{part}:N", title="Svar"),
        alt.Tooltip(f"{value}:Q", title="Prosent", format=".1f"),
    ]


def names_above(category: str, order: Sequence[str]) -> alt.Chart:
    """The categories' names, each on one line above its bars."""
    names: alt.Chart = (
        alt.Chart(pd.DataFrame({category: list(order)}))
        .mark_text(align="left", baseline="bottom", dy=-3, fontSize=13)
        .encode(y=alt.Y(f"{category}:N", sort=list(order), bandPosition=0), x=alt.value(0), text=f"{category}:N")
    )
    return names


def wrapped_names(category: str, lines: Mapping[str, Sequence[str]]) -> list[alt.Chart]:
    """The categories' names above their bars, each in the `lines` it is divided into, in the order of `lines`."""
    order = list(lines)
    # A text of several lines grows downwards, into the bars; so each line from the bottom is a layer of its own.
    return [
        alt.Chart(pd.DataFrame({category: order, "line": [from_bottom(lines[label], height) for label in order]}))
        .mark_text(align="left", baseline="bottom", dy=-3 - LABEL_LINE * (height - 1), fontSize=13)
        .encode(y=alt.Y(f"{category}:N", sort=order, bandPosition=0), x=alt.value(0), text="line:N")
        for height in range(1, max(len(wrapped) for wrapped in lines.values()) + 1)
    ]


def bars_with_values(
    data: pd.DataFrame, value: str, *, row: alt.Y, lane: alt.YOffset, colour: alt.Color, tooltip: list[alt.Tooltip]
) -> list[alt.Chart]:
    """Bars of percentages side by side within their row, and the number at the end of each."""
    length = alt.X(f"{value}:Q", scale=alt.Scale(domain=[0, PERCENT_AXIS_END], nice=False), axis=percent_axis())
    base = alt.Chart(data)
    return [
        base.mark_bar().encode(y=row, yOffset=lane, x=length, color=colour, tooltip=tooltip),
        base.mark_text(align="left", baseline="middle", dx=4).encode(
            y=row, yOffset=lane, x=length, text=alt.Text(f"{value}:Q", format=".1f")
        ),
    ]


def bars_by_year(
    frame: pd.DataFrame, *, category: str, value: str, order: Sequence[str], tooltips: dict[str, str] | None = None
) -> alt.LayerChart:
    """Horizontal bars of percentages, grouped by category, one bar a year, the category's name above its bars.

    `frame` has a row per category and year with the columns `category`, `year` and `value` (0-100); `order` lists the
    categories from the top. `tooltips` maps further columns to their Norwegian names.
    """
    data = frame.assign(year=frame["year"].astype(str))
    years = data["year"].nunique()
    lines = {label: textwrap.wrap(label, LABEL_WIDTH) for label in order}
    label_height = LABEL_AIR + LABEL_LINE * max(len(wrapped) for wrapped in lines.values())
    step = years * BAR_HEIGHT + label_height
    row = alt.Y(
        f"{category}:N", sort=list(order), axis=None, scale=alt.Scale(paddingInner=label_height / step, paddingOuter=0)
    )
    shown = [
        alt.Tooltip(f"{category}:N", title="Kategori"),
        alt.Tooltip("year:N", title="År"),
        alt.Tooltip(f"{value}:Q", title="Prosent", format=".1f"),
        *(alt.Tooltip(f"{name}:Q", title=title, format=",.0f") for name, title in (tooltips or {}).items()),
    ]
    bars = bars_with_values(
        data,
        value,
        row=row,
        lane=alt.YOffset("year:N", sort="ascending"),
        colour=year_colour(data, label_height + 4),
        tooltip=shown,
    )
    layered: alt.LayerChart = alt.layer(*bars, *wrapped_names(category, lines))  # type: ignore[assignment]
    return layered.properties(height=step * len(order))


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
    their number in them.
    """
    place = {name: position for position, name in enumerate(parts)}
    data = frame.assign(
        place=frame[part].map(place),
        shown=[format_number(number, 0) if number >= SHOWN_FROM else "" for number in frame[value]],
        ink=frame[part].map({name: ink_on(colour) for name, colour in zip(parts, colours, strict=True)}),
    )
    step = STACK_HEIGHT + LABEL_AIR + LABEL_LINE
    row = alt.Y(
        f"{category}:N",
        sort=list(order),
        axis=None,
        scale=alt.Scale(paddingInner=1 - STACK_HEIGHT / step, paddingOuter=0),
    )
    axis = percent_axis()
    length = alt.X(f"{value}:Q", stack="zero", scale=alt.Scale(domain=[0, 100], nice=False), axis=axis)
    legend = alt.Legend(title=None, columns=2, offset=LABEL_AIR + LABEL_LINE + 4)
    bars = (
        alt.Chart(data)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            y=row,
            x=length,
            order=alt.Order("place:Q"),
            color=alt.Color(
                f"{part}:N", scale=alt.Scale(domain=list(parts), range=list(colours)), sort=list(parts), legend=legend
            ),
            tooltip=part_tooltip(category, part, value),
        )
    )
    numbers = (
        alt.Chart(data)
        .mark_text(fontSize=11)
        .encode(
            y=row,
            x=alt.X(f"{value}:Q", stack="zero", bandPosition=0.5, axis=axis),
            order=alt.Order("place:Q"),
            text=alt.Text("shown:N"),
            color=alt.Color("ink:N", scale=None),
        )
    )
    layered: alt.LayerChart = alt.layer(bars, numbers, names_above(category, order))  # type: ignore[assignment]
    return layered.properties(height=step * len(order))


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
    label_height = LABEL_AIR + LABEL_LINE
    step = len(parts) * BAR_HEIGHT + label_height
    row = alt.Y(
        f"{category}:N", sort=list(order), axis=None, scale=alt.Scale(paddingInner=label_height / step, paddingOuter=0)
    )
    legend = alt.Legend(title=None, columns=1, offset=label_height + 4)
    colour = alt.Color(
        f"{part}:N", scale=alt.Scale(domain=list(parts), range=list(colours)), sort=list(parts), legend=legend
    )
    bars = bars_with_values(
        frame,
        value,
        row=row,
        lane=alt.YOffset(f"{part}:N", sort=list(parts)),
        colour=colour,
        tooltip=part_tooltip(category, part, value),
    )
    layered: alt.LayerChart = alt.layer(*bars, names_above(category, order))  # type: ignore[assignment]
    return layered.properties(height=step * len(order))


def from_bottom(lines: Sequence[str], height: int) -> str:
    """The line that stands `height` lines up, counted from 1 at the bottom; empty above the last one."""
    return lines[-height] if height <= len(lines) else ""


def columns_by_year(
    frame: pd.DataFrame, *, count: str, value: str, count_title: str, tooltips: dict[str, str]
) -> alt.Chart:
    """A distribution: upright columns of percentages over a whole-number count, one column a year beside the other.

    `frame` has a row per count and year with the columns `count`, `year` and `value` (percent of the municipalities).
    """
    data = frame.assign(year=frame["year"].astype(str))
    shown = [
        alt.Tooltip(f"{count}:O", title=count_title),
        alt.Tooltip("year:N", title="År"),
        alt.Tooltip(f"{value}:Q", title="Prosent", format=".1f"),
        *(alt.Tooltip(f"{name}:Q", title=title, format=",.0f") for name, title in tooltips.items()),
    ]
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
            y=alt.Y(f"{value}:Q", title="Prosent", axis=alt.Axis(domain=False, tickSize=0, tickCount=6, format=".0f")),
            color=year_colour(data),
            tooltip=shown,
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
) -> alt.LayerChart:
    """A map of the municipalities, coloured by an ordered grade, with the borders of the counties over it.

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
    borders = alt.Chart(
        alt.UrlData(url=address, format=alt.TopoDataFormat(feature=COUNTY_BORDERS, type="topojson"))
    ).mark_geoshape(filled=False, stroke=COUNTY_BORDER_COLOUR, strokeWidth=1.1, strokeJoin="round")
    layered: alt.LayerChart = alt.layer(areas, borders)  # type: ignore[assignment]
    legend = [{"label": label, "colour": colour} for label, colour in colour_of.items()]
    return layered.project(**PROJECTION).properties(width=640, height=760, usermeta={OWN_METADATA: {"legend": legend}})


def changes(frame: pd.DataFrame, *, category: str, value: str, order: Sequence[str]) -> alt.LayerChart:
    """Horizontal bars out from a line at nought, to the right for a rise and to the left for a fall.

    `frame` has a row per category with the columns `category` and `value` (percentage points); `order` lists the
    categories from the top. Each has its name above its bar and its number at the bar's end.
    """
    lines = {label: textwrap.wrap(label, LABEL_WIDTH) for label in order}
    label_height = LABEL_AIR + LABEL_LINE * max(len(wrapped) for wrapped in lines.values())
    step = BAR_HEIGHT + label_height
    row = alt.Y(
        f"{category}:N", sort=list(order), axis=None, scale=alt.Scale(paddingInner=label_height / step, paddingOuter=0)
    )
    # Room for the number outside the longest bar, on the sides where there are bars.
    lowest, highest = min(0.0, frame[value].min()), max(0.0, frame[value].max())
    room = 0.2 * (highest - lowest)
    ends = [lowest - room if lowest else 0, highest + room if highest else 0]
    length = alt.X(
        f"{value}:Q",
        scale=alt.Scale(domain=ends, nice=False),
        axis=alt.Axis(title=None, domain=False, tickSize=0, tickCount=5, format="+.0f"),
    )
    data = frame.assign(rises=frame[value] >= 0)
    tooltip = [
        alt.Tooltip(f"{category}:N", title="Andel"),
        alt.Tooltip(f"{value}:Q", title="Prosentpoeng", format="+.1f"),
    ]
    colour = alt.condition("datum.rises", alt.value(TARGET_COLOUR), alt.value(FALL_COLOUR))
    bars = alt.Chart(data).mark_bar().encode(y=row, x=length, color=colour, tooltip=tooltip)
    above = alt.Chart(data[data["rises"]]).mark_text(align="left", baseline="middle", dx=4)
    below = alt.Chart(data[~data["rises"]]).mark_text(align="right", baseline="middle", dx=-4)
    numbers = [part.encode(y=row, x=length, text=alt.Text(f"{value}:Q", format="+.1f")) for part in (above, below)]
    nought = alt.Chart(pd.DataFrame({value: [0]})).mark_rule(color=BORDER_COLOUR).encode(x=length)
    layered: alt.LayerChart = alt.layer(bars, *numbers, nought, *wrapped_names(category, lines))  # type: ignore[assignment]
    return layered.properties(height=step * len(order))


def lines_by_year(frame: pd.DataFrame, *, series: str, value: str, broken: str, order: Sequence[str]) -> alt.LayerChart:
    """Percentages over survey years, a line a series, dashed where the series is broken.

    `frame` has a row per series and year with the columns `series`, `year`, `value` (0-100) and `broken`: whether the
    value cannot simply be compared with the one before it. `order` lists the series as the legend does. Series differ
    in colour and in the shape of their points.
    """
    data = frame.sort_values("year").assign(date=lambda rows: rows["year"].astype(int))
    before = data.groupby(series, sort=False)[["date", value]].shift()
    links = data.assign(date_from=before["date"], value_from=before[value]).dropna(subset="date_from")
    years = sorted(data["date"].unique().tolist())
    across = alt.Scale(domain=[years[0] - 0.3, years[-1] + 0.3], nice=False)
    axis = alt.Axis(values=years, format="d", title=None, labelAngle=0, grid=False, tickSize=4)
    up = alt.Scale(domain=[0, 100], nice=False)
    scale = alt.Scale(domain=list(order), range=SERIES_COLOURS[: len(order)])
    legend = alt.Legend(title=None, columns=1, labelExpr=in_lines(order))
    colour = alt.Color(f"{series}:N", scale=scale, sort=list(order), legend=legend)
    shape = alt.Shape(
        f"{series}:N", scale=alt.Scale(domain=list(order), range=SERIES_SHAPES[: len(order)]), legend=legend
    )
    x = alt.X("date:Q", scale=across, axis=axis)
    y = alt.Y(
        f"{value}:Q",
        scale=up,
        axis=alt.Axis(title="Prosent", values=[0, 20, 40, 60, 80, 100], domain=False, tickSize=0),
    )
    pieces = [
        alt.Chart(links[links[broken] == dashed])
        .mark_rule(strokeWidth=2, strokeDash=[4, 4] if dashed else [1, 0])
        .encode(
            x=alt.X("date_from:Q", scale=across, axis=axis),
            x2="date:Q",
            y=alt.Y("value_from:Q", scale=up),
            y2=f"{value}:Q",
            color=colour,
        )
        for dashed in (False, True)
    ]
    points = (
        alt.Chart(data)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=shape,
            tooltip=[
                alt.Tooltip(f"{series}:N", title="Indikator"),
                alt.Tooltip("date:Q", title="År", format="d"),
                alt.Tooltip(f"{value}:Q", title="Prosent", format=".1f"),
            ],
        )
    )
    layered: alt.LayerChart = alt.layer(*pieces, points)  # type: ignore[assignment]
    return layered.properties(height=320)


def in_lines(labels: Sequence[str]) -> str:
    """A Vega expression that divides the longer of `labels` into lines short enough for the legend on a telephone."""
    divided = {label: textwrap.wrap(label, LEGEND_WIDTH) for label in labels}
    return f"{json.dumps(divided, ensure_ascii=False)}[datum.label]"
