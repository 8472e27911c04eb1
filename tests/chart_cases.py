"""One chart of each type, with the frame of numbers that it draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from digikom import geography
from digikom.publish import charts
from digikom.publish.grades import draw_map
from digikom.publish.palette import NO_ANSWER_COLOUR

Chart = alt.Chart | alt.LayerChart

#: Names as long as those of the surveys, one of them longer than a telephone's line.
NAMES = ["Økt kvalitet på tjenestene", "Bedre samhandling på tvers av virksomheter og forvaltningsnivåer *", "Annet"]
EARLIER, LATER = 2018, 2022
MAP_FILE = "municipalities-2020.topojson"
GRADES = ["0: ingen", "1: lav", "2: strategi", "3: prosjekter", "4: omfattende"]
NO_ANSWER = "Ikke svart"


@dataclass(frozen=True, slots=True)
class Case:
    """`frame` has a row a mark, with its number in the column `value`; `words` is what its tip must say beside it."""

    draw: Callable[[], Chart]
    frame: pd.DataFrame
    value: str
    words: list[str]


def by_year(first: float = 94.9) -> Case:
    frame = pd.DataFrame(
        {
            "label": NAMES * 2,
            "year": [EARLIER] * 3 + [LATER] * 3,
            "percent": [first, 20.45, 0.0, 96.1, 30.85, 100.0],
            "size": [330, 330, 330, 1354, 354, 354],
        }
    )

    def draw() -> Chart:
        return charts.bars_by_year(
            frame, category="label", value="percent", order=NAMES, tooltips={"size": "Kommuner som svarte"}
        )

    return Case(draw, frame, "percent", [f"{row.label}, {row.year}: " for row in frame.itertuples()])


def in_parts(percents: list[float], colours: list[str], *, stacked: bool) -> Case:
    parts = ["I svært liten grad", "Verken eller", "I svært stor grad"]
    labels = [name for name in NAMES for _ in parts]
    frame = pd.DataFrame({"label": labels, "part": parts * len(NAMES), "percent": percents})

    def draw() -> Chart:
        about: dict[str, Any] = {"category": "label", "part": "part", "value": "percent", "order": NAMES}
        return charts.bars_in_parts(frame, **about, parts=parts, colours=colours, stacked=stacked)

    return Case(draw, frame, "percent", [f"{row.label}: {row.part}, " for row in frame.itertuples()])


def stacked() -> Case:
    percents = [50.05, 9.95, 40.0, 0.0, 1.5, 98.5, 33.3, 33.3, 33.4]
    return in_parts(percents, charts.shades(charts.OPPOSITES, 3), stacked=True)


def grouped() -> Case:
    percents = [50.05, 9.95, 40.0, 0.0, 1.5, 98.5, 100.0, 33.3, 33.4]
    return in_parts(percents, [*charts.OPPOSITES[:2], charts.OUTSIDE_COLOURS[0]], stacked=False)


def columns() -> Case:
    counts = list(range(17))
    frame = pd.DataFrame(
        {
            "areas": counts * 2,
            "year": [EARLIER] * 17 + [LATER] * 17,
            "percent": [float(number % 7) + 0.25 for number in range(34)],
            "count": list(range(34)),
        }
    )

    def draw() -> Chart:
        return charts.columns_by_year(
            frame, count="areas", value="percent", count_title="Antall områder", tooltips={"count": "Kommuner"}
        )

    return Case(draw, frame, "percent", [f"Antall områder: {row.areas}, {row.year}: " for row in frame.itertuples()])


def changed() -> Case:
    frame = pd.DataFrame({"label": NAMES, "change": [12.35, 0.0, -4.25]})

    def draw() -> Chart:
        return charts.changes(frame, category="label", value="change", order=NAMES)

    return Case(draw, frame, "change", [f"{name}: " for name in NAMES])


def over_years() -> Case:
    names = [*NAMES, "Har prøvd å rekruttere", "Digital prioritering, grad 4"]
    frame = pd.DataFrame(
        {
            "label": names * 2,
            "year": [EARLIER] * 5 + [LATER] * 5,
            "percent": [10.0, 20.0, 30.0, 40.0, 50.0, 51.0, 51.2, 50.9, 51.1, 0.0],
            "broken": [False] * 5 + [True, False, True, False, False],
        }
    )

    def draw() -> Chart:
        return charts.lines_by_year(frame, series="label", value="percent", broken="broken", order=names)

    return Case(draw, frame, "percent", [f"{row.label}, {row.year}: " for row in frame.itertuples()])


CASES = {
    "bars": by_year,
    "bars with a short first one": lambda: by_year(first=3.0),
    "stacked": stacked,
    "grouped": grouped,
    "columns": columns,
    "changes": changed,
    "lines": over_years,
}


def municipalities() -> pd.DataFrame:
    """The municipalities with a grade each in turn, the first of them without an answer."""
    places = geography.register(LATER)[["municipality_code", "name", "county"]]
    return places.assign(grade=[([NO_ANSWER, *GRADES])[number % 6] for number in range(len(places))])


def graded_map() -> alt.LayerChart:
    """A map of all municipalities."""
    colours = {**dict(zip(GRADES, charts.GRADE_COLOURS, strict=True)), NO_ANSWER: NO_ANSWER_COLOUR}
    return draw_map(municipalities(), MAP_FILE, "grade", colours)
