"""How low and how high numbers could be, had all answered: beside the numbers, in figures and in their data.

A notebook hands over the bounds (`publish.bounds`) of numbers, and says which are far enough apart to be drawn. A
figure of bars that names its numbers then has a thin line over the end of each such bar, from the one to the other.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digikom.opendata.description import Bound
from digikom.publish.bounds import Bounds
from digikom.publish.palette import COUNTY_BORDER_COLOUR, COUNTY_HALO_COLOUR

from . import texts
from .evidence import cells_by_place, is_same, place_of, views
from .payloads import Entry, Figure, Number, Register

#: The line and, so that it is seen on a bar of any colour, the one below it.
LINES = ((COUNTY_HALO_COLOUR, 4), (COUNTY_BORDER_COLOUR, 1.5))


def with_bounds(register: Register, given: Mapping[str, Bounds]) -> Register:
    """The register with the bounds of its numbers, and figures with those of the numbers that they show."""
    for key, entry in register.numbers.items():
        if key in given:
            ends = {"low": given[key].low, "high": given[key].high}
            register.numbers[key] = replace(entry, item=entry.item.model_copy(update=ends))
    for key, figure in register.figures.items():
        if figure.item.number_keys:
            found = _bounds_of_cells(figure.item, register.numbers, given)
            register.figures[key] = replace(figure, item=_bounded(figure.item, found))
    return register


def _bounds_of_cells(
    figure: Figure, numbers: Mapping[str, Entry[Number]], given: Mapping[str, Bounds]
) -> list[list[Bounds | None]]:
    """The bounds of each cell of the figure's numbers that is a share with bounds."""
    return [
        [
            given[key]
            if key in given and column.unit == "percent" and is_same(value, column.unit, numbers[key].item)
            else None
            for key, value, column in zip(keys, row, figure.columns, strict=True)
        ]
        for keys, row in zip(figure.number_keys, figure.rows, strict=True)
    ]


def _bounded(figure: Figure, found: list[list[Bounds | None]]) -> Figure:
    """The figure with the bounds in its data and, where some are drawn, the lines and a note about them."""
    if not any(map(any, found)):
        return figure
    cells: tuple[tuple[Bound | None, ...], ...] = tuple(
        tuple(None if each is None else (each.low, each.high) for each in row) for row in found
    )
    about: dict[str, Any] = {"bounds": cells}
    spec = _with_lines(figure, found)
    if spec is not None:
        shares = [
            cell for row in figure.rows for cell, of in zip(row, figure.columns, strict=True) if of.unit == "percent"
        ]
        bounded = sum(each is not None for row in found for each in row)
        partly = sum(isinstance(cell, int | float) for cell in shares) > bounded
        note = f"{texts.BOUNDS_NOTE} {texts.BOUNDS_PARTLY}" if partly else texts.BOUNDS_NOTE
        about |= {"spec": spec, "notes": (*figure.notes, note), "alt": f"{figure.alt} {texts.BOUNDS_ALT}"}
    return figure.model_copy(update=about)


def _with_lines(figure: Figure, found: list[list[Bounds | None]]) -> dict[str, Any] | None:
    """The picture, wide and narrow, with the lines; None where it has no bars side by side, or no line."""
    places, spec = cells_by_place(figure), copy.deepcopy(dict(figure.spec))
    drawn = False
    for view in views(spec):
        layers = view.get("layer", [])
        bars = next((layer for layer in layers if _is_bars(layer)), None)
        if bars is None:
            continue
        length = bars["encoding"]["x"]["field"]
        for row in view["datasets"][bars["data"]["name"]]:
            place = place_of(row, places)
            bounds = found[place[0]][place[1]] if place else None
            row["end"] = row[length]
            if bounds is not None:
                row["tip"] += f" ({texts.bounds_line(bounds.low, bounds.high, 1)})"
            if bounds is not None and bounds.drawn:
                row |= {"low": bounds.low, "high": bounds.high, "end": bounds.high}
                drawn = True
        # The number stands after the line.
        for layer in layers:
            if layer["mark"].get("type") == "text" and layer["encoding"]["x"].get("field") == length:
                layer["encoding"]["x"]["field"] = "end"
        at = layers.index(bars) + 1
        view["layer"] = [*layers[:at], *(_line(bars, colour, width) for colour, width in LINES), *layers[at:]]
    return spec if drawn else None


def _is_bars(layer: Mapping[str, Any]) -> bool:
    return bool(layer["mark"].get("type") == "bar") and {"x", "yOffset"} <= layer["encoding"].keys()


def _line(bars: Mapping[str, Any], colour: str, width: float) -> dict[str, Any]:
    """A layer of lines in the lanes of the bars, for the rows that have bounds."""
    encoding = {name: bars["encoding"][name] for name in ("y", "yOffset")}
    encoding |= {"x": {**bars["encoding"]["x"], "field": "low"}, "x2": {"field": "high"}}
    mark = {"type": "rule", "color": colour, "strokeWidth": width}
    return {"data": bars["data"], "transform": [{"filter": "isValid(datum.low)"}], "mark": mark, "encoding": encoding}
