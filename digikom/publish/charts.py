"""The chart types of the report, drawn alike in every chapter. They show numbers; they compute none.

Each function returns a plain Altair chart that a notebook may still change. `frame` has a row for each mark;
`category`, `part`, `series` and `value` (percent, 0-100) name its columns, and `order` lists the categories from the
top. Every mark that shows a number carries it in words (`tip`), and numbers are written as in the tables.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from digikom.publish import palette
from digikom.publish.drawing import NARROW, OWN_METADATA, WIDE
from digikom.publish.formatting import NO_BREAK_SPACE, format_number, uncapitalised
from digikom.publish.lettering import moved_apart, text_width, wrapped
from digikom.publish.palette import APART_COLOUR, GRADE_COLOURS, OPPOSITES, OUTSIDE_COLOURS, ink_on, shades

__all__ = [
    "APART_COLOUR",
    "GRADE_COLOURS",
    "OPPOSITES",
    "OUTSIDE_COLOURS",
    "bars_by_year",
    "bars_in_parts",
    "changes",
    "columns_by_year",
    "lines_by_year",
    "shades",
]

Layers = Sequence[alt.Chart | alt.LayerChart]

#: Pixels of a bar, of a line of the label above a group of bars, and of the air above that label.
BAR_HEIGHT, LABEL_LINE, LABEL_AIR = 15, 16, 8
#: Font size of names and legends; pixels that the margins take from a name, and that the margins and the symbol take
#: from a name in a legend.
LABEL_SIZE, BESIDE_NAME, BESIDE_SYMBOL = 13, 20, 45
#: Height of a divided bar, and the pixels that a part must have to hold its number.
STACK_HEIGHT, NUMBER_ROOM = 22, 28
#: End of the percentage axis, with room right of the longest bar for its number.
PERCENT_AXIS_END = 112
#: The line around a part of a divided bar, or a bar among others.
OUTLINE: dict[str, Any] = {"stroke": palette.OUTLINE_COLOUR, "strokeWidth": 0.7}

#: Of the wide line chart: height, pixels left of the first and right of the last points, from there to the names of the
#: lines, and room for these; height of a line of a name and of the air between two names.
LINES_HEIGHT, BESIDE_POINTS, NAMES_AFTER, NAMES_ROOM, NAME_LINE, NAME_AIR = 320, 20, 34, 200, 16, 8
#: What is left for the lines themselves when the numbers of the axis have theirs.
LINES_WIDTH = WIDE - NAMES_AFTER - NAMES_ROOM - 40

#: The axis under all bars. No lines up from it: they would go through names and numbers.
PERCENT_AXIS = alt.Axis(values=[0, 20, 40, 60, 80, 100], title=None, grid=False, tickSize=4)
#: The axis left of columns and lines, its title above it and not on its side.
UPRIGHT_PERCENT_AXIS = alt.Axis(
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
#: The channels by which a mark has its row's column `tip`: on the page, and in plain Jupyter.
TIP_CHANNELS: dict[str, Any] = {"description": alt.Description("tip:N"), "tooltip": alt.Tooltip("tip:N")}


def bars_by_year(
    frame: pd.DataFrame,
    *,
    category: str,
    value: str,
    order: Sequence[str],
    tooltips: Mapping[str, str] | None = None,
) -> alt.LayerChart:
    """Horizontal bars, grouped by category, one bar for each `year`, the category's name above its bars.

    `tooltips` maps further columns, of counts, to their Norwegian names. Several years have a legend above the bars.
    """
    data = frame.assign(
        year=frame["year"].astype(str),
        shown=[format_number(number, 1) for number in frame[value]],
        tip=[
            f"{row[category]}, {row['year']}: {_percent(row[value])}{_further(row, tooltips or {})}"
            for row in frame.to_dict("records")
        ],
    )
    of_year = _year_colours(data)
    lane = alt.YOffset("year:N", sort="ascending")

    def marks(row: alt.Y, above: int, _width: int) -> Layers:
        return _bars_with_values(data, value, row, lane, _year_colour(of_year, above + 4))

    return _rows_of_bars(category, order, len(of_year) * BAR_HEIGHT, marks)


def bars_in_parts(
    frame: pd.DataFrame,
    *,
    category: str,
    part: str,
    value: str,
    order: Sequence[str],
    parts: Sequence[str],
    colours: Sequence[str],
    stacked: bool,
) -> alt.LayerChart:
    """Horizontal bars of the `parts` of each category, in their `colours`, each with a line around it.

    `stacked`: one bar a category, which adds up to 100, its parts from the left, with their numbers in those that are
    wide enough. Otherwise the parts have bars of their own, from the top, which need not add up to anything.
    """
    tips = [f"{row[category]}: {row[part]}, {_percent(row[value])}" for row in frame.to_dict("records")]

    def side_by_side(row: alt.Y, above: int, width: int) -> Layers:
        data = frame.assign(shown=[format_number(number, 1) for number in frame[value]], tip=tips)
        lane, colour = alt.YOffset(f"{part}:N", sort=list(parts)), _part_colour(part, parts, colours, above, width)
        return _bars_with_values(data, value, row, lane, colour, **OUTLINE)

    def divided(row: alt.Y, above: int, width: int) -> Layers:
        data = frame.assign(
            place=frame[part].map({name: position for position, name in enumerate(parts)}),
            ink=frame[part].map({name: ink_on(colour) for name, colour in zip(parts, colours, strict=True)}),
            tip=tips,
        )
        has_room = data[value] >= 100 * NUMBER_ROOM / width
        shown = [format_number(number, 0) if room else "" for number, room in zip(data[value], has_room, strict=True)]
        length = alt.X(f"{value}:Q", stack="zero", axis=PERCENT_AXIS)
        bars = alt.Chart(data).encode(y=row, order=alt.Order("place:Q"))
        numbers = alt.Chart(data.assign(shown=shown)).encode(y=row, order=alt.Order("place:Q"))
        return [
            bars.mark_bar(**OUTLINE).encode(
                x=length.scale(domain=[0, 100], nice=False),
                color=_part_colour(part, parts, colours, above, width),
                **TIP_CHANNELS,
            ),
            numbers.mark_text(fontSize=11).encode(
                x=length.bandPosition(0.5), text="shown:N", color=alt.Color("ink:N", scale=None)
            ),
        ]

    height = STACK_HEIGHT if stacked else len(parts) * BAR_HEIGHT
    return _rows_of_bars(category, order, height, divided if stacked else side_by_side)


def changes(frame: pd.DataFrame, *, category: str, value: str, order: Sequence[str]) -> alt.LayerChart:
    """Horizontal bars of changes (percentage points) out from a line at zero, to the right for a rise, to the left for
    a fall. Each has its name above its bar and its number at the bar's end.
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
    tips = [
        f"{name}: {number}{NO_BREAK_SPACE}prosentpoeng" for name, number in zip(frame[category], shown, strict=True)
    ]
    data = frame.assign(rises=frame[value] >= 0, shown=shown, tip=tips)
    colour = alt.condition("datum.rises", alt.value(palette.TARGET_COLOUR), alt.value(palette.FALL_COLOUR))
    zero = alt.Chart(pd.DataFrame({value: [0]})).mark_rule(color=palette.BORDER_COLOUR).encode(x=length)

    def marks(row: alt.Y, _above: int, _width: int) -> Layers:
        bars = alt.Chart(data).mark_bar().encode(y=row, x=length, color=colour, **TIP_CHANNELS)
        risen = alt.Chart(data[data["rises"]]).mark_text(align="left", baseline="middle", dx=4)
        fallen = alt.Chart(data[~data["rises"]]).mark_text(align="right", baseline="middle", dx=-4)
        numbers = [texts.encode(y=row, x=length, text="shown:N") for texts in (risen, fallen)]
        return [bars, *numbers, zero]

    return _rows_of_bars(category, order, BAR_HEIGHT, marks)


def columns_by_year(
    frame: pd.DataFrame, *, count: str, value: str, count_title: str, tooltips: Mapping[str, str]
) -> alt.Chart:
    """A distribution: upright columns over a whole-number `count`, side by side for each `year`.

    `tooltips` maps further columns, of counts, to their Norwegian names.
    """
    data = frame.assign(
        year=frame["year"].astype(str),
        tip=[
            f"{count_title}: {number}, {row['year']}: {_percent(row[value])}{_further(row, tooltips)}"
            for number, row in zip(frame[count], frame.to_dict("records"), strict=True)
        ],
    )
    axis = alt.Axis(labelAngle=0, labelFontSize=11, labelOverlap=False, tickSize=0)
    chart: alt.Chart = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X(f"{count}:O", title=count_title, axis=axis, scale=alt.Scale(paddingInner=0.2, paddingOuter=0.1)),
            xOffset=alt.XOffset("year:N", sort="ascending"),
            y=alt.Y(f"{value}:Q", axis=UPRIGHT_PERCENT_AXIS),
            color=_year_colour(_year_colours(data), 26),
            **TIP_CHANNELS,
        )
        .properties(height=300)
    )
    return chart


def lines_by_year(frame: pd.DataFrame, *, series: str, value: str, broken: str, order: Sequence[str]) -> alt.LayerChart:
    """Lines over the survey `year`s, one for each series, dashed where the series is broken.

    `broken` names the column that says whether a value cannot simply be compared with the one before it; `order` lists
    the series as the legend does. Series differ in colour and in the shape of their points. The wide picture names each
    line where it ends, the narrow one has a legend.
    """
    data = frame.sort_values("year", kind="stable").assign(
        date=lambda rows: rows["year"].astype(int),
        tip=lambda rows: [f"{row[series]}, {row['year']}: {_percent(row[value])}" for row in rows.to_dict("records")],
    )

    def draw(width: int) -> alt.LayerChart:
        drawn = _lines_and_points(data, series, value, broken, order, legend=width < WIDE)
        if width < WIDE:
            return drawn.properties(height=LINES_HEIGHT)
        names = _names_after(data, series, value, order)
        return layered([drawn, *names]).properties(width=LINES_WIDTH, height=LINES_HEIGHT)

    return _in_two_widths(draw)


def layered(layers: Layers) -> alt.LayerChart:
    """One view of them all, the first at the bottom."""
    view: alt.LayerChart = alt.layer(*layers)  # type: ignore[assignment]
    return view


def _in_two_widths(draw: Callable[[int], alt.LayerChart]) -> alt.LayerChart:
    """What `draw` makes for the width of the text, and with it what it makes for a telephone, where that differs."""
    # Altair looks at the picture as a whole when it is published.
    wide, narrow = draw(WIDE), draw(NARROW).to_dict(validate=False)
    same = wide.to_dict(validate=False) == narrow
    return wide if same else wide.properties(usermeta={OWN_METADATA: {"narrow": narrow}})


def _rows_of_bars(
    category: str, order: Sequence[str], bars: int, marks: Callable[[alt.Y, int, int], Layers]
) -> alt.LayerChart:
    """Rows of bars `bars` pixels high, with the names of the categories above them, from the top.

    `marks` makes the layers from the axis of the categories, the pixels above the bars of each, and the width of the
    picture. A name is divided into as many lines as that needs.
    """

    def draw(width: int) -> alt.LayerChart:
        lines = [wrapped(name, LABEL_SIZE, width - BESIDE_NAME) for name in order]
        most = max(map(len, lines))
        # A text of several lines grows downwards, into the bars; so each line from the bottom is a layer of its own.
        names = [
            alt.Chart(pd.DataFrame({category: list(order), "line": [["", *of_name][-up:][0] for of_name in lines]}))
            .mark_text(align="left", baseline="bottom", dy=-3 - LABEL_LINE * (up - 1), fontSize=LABEL_SIZE)
            .encode(y=alt.Y(f"{category}:N", sort=list(order), bandPosition=0), x=alt.value(0), text="line:N")
            for up in range(1, most + 1)
        ]
        above = LABEL_AIR + LABEL_LINE * most
        scale = alt.Scale(paddingInner=above / (bars + above), paddingOuter=0)
        row = alt.Y(f"{category}:N", sort=list(order), axis=None, scale=scale)
        return layered([*marks(row, above, width), *names]).properties(height=(bars + above) * len(order))

    return _in_two_widths(draw)


def _bars_with_values(
    data: pd.DataFrame,
    value: str,
    row: alt.Y,
    lane: alt.YOffset,
    colour: alt.Color,
    **outline: Any,  # noqa: ANN401
) -> Layers:
    """Bars of percentages side by side within their row, and the number (column `shown`) at the end of each."""
    length = alt.X(f"{value}:Q", scale=alt.Scale(domain=[0, PERCENT_AXIS_END], nice=False), axis=PERCENT_AXIS)
    base = alt.Chart(data).encode(y=row, yOffset=lane, x=length)
    return [
        base.mark_bar(**outline).encode(color=colour, **TIP_CHANNELS),
        base.mark_text(align="left", baseline="middle", dx=4).encode(text="shown:N"),
    ]


def _year_colours(data: pd.DataFrame) -> dict[str, str]:
    """Year to colour: the last year is the edition's own."""
    years = sorted(set(data["year"]))
    return dict(zip(years, [palette.REFERENCE_COLOUR, palette.TARGET_COLOUR][-len(years) :], strict=True))


def _year_colour(of_year: Mapping[str, str], offset: int) -> alt.Color:
    """Colour by year, with a legend `offset` pixels away if there are several."""
    scale = alt.Scale(domain=list(of_year), range=list(of_year.values()))
    shown = alt.Legend(title=None, offset=offset) if len(of_year) > 1 else None
    return alt.Color("year:N", scale=scale, legend=shown)


def _part_colour(part: str, parts: Sequence[str], colours: Sequence[str], above: int, width: int) -> alt.Color:
    """Colour by part, with a legend above the first name in as few rows as a picture of `width` pixels has room for."""
    widest = max(text_width(name, LABEL_SIZE) for name in parts)
    rows = math.ceil(len(parts) / max(1, width // (widest + BESIDE_SYMBOL)))
    legend = alt.Legend(
        title=None,
        columns=math.ceil(len(parts) / rows),
        offset=above + 4,
        labelLimit=0,
        labelExpr=_in_lines(parts, width),
    )
    scale = alt.Scale(domain=list(parts), range=list(colours))
    return alt.Color(f"{part}:N", scale=scale, sort=list(parts), legend=legend)


def _in_lines(labels: Sequence[str], width: int) -> str:
    """A Vega expression that divides `labels` into lines that a legend in a picture of `width` pixels has room for."""
    divided = {label: wrapped(label, LABEL_SIZE, width - BESIDE_SYMBOL) for label in labels}
    return f"{json.dumps(divided, ensure_ascii=False)}[datum.label]"


def _percent(value: float) -> str:
    return f"{format_number(value, 1)}{NO_BREAK_SPACE}prosent"


def _further(row: Mapping[Hashable, Any], tooltips: Mapping[str, str]) -> str:
    """What else a tip says of a row, « (kommuner som svarte: 38)»; `tooltips` maps columns to their names."""
    counts = [f"{uncapitalised(title)}: {format_number(row[name], 0)}" for name, title in tooltips.items()]
    return f" ({', '.join(counts)})" if counts else ""


def _lines_and_points(
    data: pd.DataFrame, series: str, value: str, broken: str, order: Sequence[str], *, legend: bool
) -> alt.LayerChart:
    """The lines, year by year as each may be broken or not, and the points upon them."""
    before = data.groupby(series, sort=False)[["date", value]].shift()
    links = data.assign(date_from=before["date"], value_from=before[value]).dropna(subset="date_from")
    years = sorted(data["date"].unique().tolist())
    lines = _in_lines(order, NARROW)
    shown = alt.Legend(title=None, columns=1, labelLimit=0, labelExpr=lines, offset=26) if legend else None

    def channel(kind: Callable[..., Any], of_series: Sequence[str]) -> Any:  # noqa: ANN401
        scale = alt.Scale(domain=list(order), range=of_series[: len(order)])
        return kind(f"{series}:N", scale=scale, sort=list(order), legend=shown)

    colour = channel(alt.Color, palette.SERIES_COLOURS)
    margin = (years[-1] - years[0] or 1) * BESIDE_POINTS / (LINES_WIDTH - 2 * BESIDE_POINTS)
    x: dict[str, Any] = {
        "scale": alt.Scale(domain=[years[0] - margin, years[-1] + margin], nice=False),
        "axis": alt.Axis(values=years, format="d", title=None, labelAngle=0, grid=False, tickSize=4),
    }
    y: dict[str, Any] = {"scale": alt.Scale(domain=[0, 100], nice=False), "axis": UPRIGHT_PERCENT_AXIS}
    pieces = [
        alt.Chart(links[links[broken] == dashed])
        .mark_rule(strokeWidth=2, strokeDash=[4, 4] if dashed else [1, 0])
        .encode(x=alt.X("date_from:Q", **x), x2="date:Q", y=alt.Y("value_from:Q", **y), y2=f"{value}:Q", color=colour)
        for dashed in (False, True)
    ]
    points = alt.Chart(data).mark_point(filled=True, size=70, opacity=1)
    where = {"x": alt.X("date:Q", **x), "y": alt.Y(f"{value}:Q", **y)}
    return layered(
        [*pieces, points.encode(**where, color=colour, shape=channel(alt.Shape, palette.SERIES_SHAPES), **TIP_CHANNELS)]
    )


def _names_after(data: pd.DataFrame, series: str, value: str, order: Sequence[str]) -> Layers:
    """The series' names right of their last points, moved apart so that none covers another, led to by a thin line."""
    ends = data.drop_duplicates(series, keep="last").set_index(series)[value]
    lines = [wrapped(name, LABEL_SIZE, NAMES_ROOM) for name in order]
    # In pixels down from the top of the picture, as the axis goes from 0 to 100.
    last = [LINES_HEIGHT * (1 - float(ends[name]) / 100) for name in order]
    middles = moved_apart(last, [NAME_LINE * len(of_name) + NAME_AIR for of_name in lines])
    colours, shapes = palette.SERIES_COLOURS[: len(order)], palette.SERIES_SHAPES[: len(order)]
    placed = alt.Chart(
        pd.DataFrame({"name": list(order), "at": middles, "end": last, "colour": colours, "shape": shapes})
    )
    written = [
        {"line": line, "at": middle + NAME_LINE * (number - (len(of_name) - 1) / 2)}
        for middle, of_name in zip(middles, lines, strict=True)
        for number, line in enumerate(of_name)
    ]
    at = alt.Y("at:Q", scale=None)
    return [
        placed.mark_rule(color=palette.LINE, strokeWidth=1).encode(
            x=alt.value(LINES_WIDTH - BESIDE_POINTS + 8),
            x2=alt.value(LINES_WIDTH + NAMES_AFTER - 20),
            y=alt.Y("end:Q", scale=None),
            y2="at:Q",
        ),
        placed.mark_point(filled=True, size=70, opacity=1).encode(
            x=alt.value(LINES_WIDTH + NAMES_AFTER - 12),
            y=at,
            color=alt.Color("colour:N", scale=None),
            shape=alt.Shape("shape:N", scale=None),
        ),
        alt.Chart(pd.DataFrame(written))
        .mark_text(align="left", baseline="middle", fontSize=LABEL_SIZE)
        .encode(x=alt.value(LINES_WIDTH + NAMES_AFTER), y=at, text="line:N"),
    ]
