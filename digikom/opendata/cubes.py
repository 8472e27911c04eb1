"""A figure or table as a cube in JSON-stat 2 (https://json-stat.org/full/), for the programs that read StatBank tables.

Rows are one dimension; columns that are one measure or more by year are two, measure and year, and other columns one.
Standard symbols are the status of a cell without a value. What the numbers rest on is beside them, in `extension`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digikom.opendata import norwegian
from digikom.opendata.citations import LICENSE_ADDRESS
from digikom.opendata.data_files import symbol_meaning
from digikom.opendata.description import Block, Column, Description
from digikom.publish.outputs import SYNTHETIC_MARK

Json = dict[str, Any]
#: Names of dimensions; rows have that of their column, unless it is one of these.
MEASURE, YEAR, ROW = "measure", "year", "row"
_BY_YEAR = re.compile(r"(?:(?P<measure>.+)_)?(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column of numbers is in the cube: its measure, and its year where columns differ by year."""

    position: int
    measure: str
    year: str


def cube_text(block: Block, described: Description) -> str:
    """The cube of a block that `is_cube`."""
    rows = block.columns[0]
    places = _places(block)
    measures = list(dict.fromkeys(place.measure for place in places))
    years = sorted({place.year for place in places if place.year})
    position = {(place.measure, place.year): place.position for place in places}
    cells = [
        (number, position[measure, year])
        for number in range(len(block.rows))
        for measure in measures
        for year in years or [""]
    ]
    values = [block.rows[row][column] for row, column in cells]
    first = {place.measure: block.columns[place.position] for place in reversed(places)}
    names = [str(row[0]) for row in block.rows]
    dimensions: dict[str, Json] = {
        ROW if rows.name in (MEASURE, YEAR) else rows.name: {
            "label": rows.label,
            "category": {"index": names, "label": dict(zip(names, names, strict=True))},
        },
        MEASURE: {
            "label": norwegian.CUBE_MEASURE,
            "category": {
                "index": measures,
                "label": {name: _label(first[name], bool(years)) for name in measures},
                "unit": {name: _unit(first[name]) for name in measures},
            },
        },
    }
    if years:
        category = {"index": years, "label": dict(zip(years, years, strict=True))}
        dimensions[YEAR] = {"label": norwegian.FIELD_TITLES["year"], "category": category}
    extension: Json = {"status": block.status, "licence": LICENSE_ADDRESS}
    if block.evidence:
        extension["evidence"] = [block.evidence[row][column] for row, column in cells]
    mark = SYNTHETIC_MARK if block.status == "synthetic" else ""
    cube = {
        "version": "2.0",
        "class": "dataset",
        "label": block.full_name,
        "source": "; ".join(block.source),
        "updated": described.edition.modified.isoformat(),
        "note": [note for note in (mark, block.subtitle, block.base_line, *block.notes) if note],
        "id": list(dimensions),
        "size": [len(each["category"]["index"]) for each in dimensions.values()],
        "role": {"metric": [MEASURE], **({"time": [YEAR]} if years else {})},
        "dimension": dimensions,
        "value": [None if symbol_meaning(value) else value for value in values],
        "status": {str(place): value for place, value in enumerate(values) if symbol_meaning(value)},
        "extension": extension,
    }
    return json.dumps(cube, ensure_ascii=False, indent=1) + "\n"


def _places(block: Block) -> list[_Place]:
    """The columns of numbers by measure and year, where each measure is there for each year; else each is a measure."""
    columns: Sequence[Column] = block.columns[1:]
    found = [_BY_YEAR.fullmatch(column.name) for column in columns]
    if all(found):
        places = [
            _Place(number, match["measure"] or str(columns[number - 1].unit), match["year"])
            for number, match in enumerate(found, start=1)
            if match
        ]
        pairs = {(place.measure, place.year) for place in places}
        years = {place.year for place in places}
        if len(pairs) == len(places) == len({measure for measure, _ in pairs}) * len(years):
            return places
    return [_Place(number, column.name, "") for number, column in enumerate(columns, start=1)]


def _label(column: Column, by_year: bool) -> str:
    """What a measure is called: as its column, without the year where that is a dimension, else as its unit."""
    label = re.sub(r"(?: i)? ?\b\d{4}\b ?", "", column.label).strip("() ") if by_year else column.label
    label = label or norwegian.UNIT_NAMES.get(str(column.unit), str(column.unit))
    return label[:1].upper() + label[1:]


def _unit(column: Column) -> Json:
    word = norwegian.UNIT_NAMES.get(str(column.unit), str(column.unit or ""))
    return {"base": word, **({} if column.decimals is None else {"decimals": column.decimals})}
