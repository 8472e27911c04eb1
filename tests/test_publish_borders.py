"""Borders of counties from the boundaries of municipalities."""

from __future__ import annotations

import json
from typing import Any

from digikom import geography
from digikom.publish.borders import COUNTY_BORDERS, with_county_borders

#: A year of the division whose boundaries we have.
DIVISION_YEAR = 2022
#: Two squares of one county side by side, and one of another county above the first: arc 0 lies between the first two,
#: arc 1 between the first and the third (which goes through it backwards), the rest is coast.
SQUARES: dict[str, Any] = {
    "type": "Topology",
    "objects": {
        "municipalities": {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Polygon", "id": "0301", "arcs": [[0, 1, 2]]},
                {"type": "MultiPolygon", "id": "0302", "arcs": [[[-1, 3]]]},
                {"type": "Polygon", "id": "1101", "arcs": [[-2, 4]]},
            ],
        }
    },
    "arcs": [[[1, 0], [1, 1]], [[1, 1], [0, 1]], [[0, 1], [0, 0], [1, 0]], [[1, 0], [2, 0]], [[0, 1], [0, 2]]],
}


def test_the_line_between_two_counties_is_a_border() -> None:
    found = with_county_borders(SQUARES)
    assert found["objects"][COUNTY_BORDERS] == {"type": "MultiLineString", "arcs": [[1]]}
    assert found["objects"]["municipalities"] is SQUARES["objects"]["municipalities"]
    assert COUNTY_BORDERS not in SQUARES["objects"]


def test_other_data_are_left_alone() -> None:
    others: list[Any] = [[{"a": 1}], {"type": "Topology", "objects": {"land": {}}, "arcs": []}, {"values": []}]
    for data in others:
        assert with_county_borders(data) is data


def test_every_county_has_a_border_in_the_real_file() -> None:
    path = geography.boundaries_path(DIVISION_YEAR)
    assert path is not None
    topology = json.loads(path.read_text(encoding="utf-8"))
    borders = {arc for (arc,) in with_county_borders(topology)["objects"][COUNTY_BORDERS]["arcs"]}
    touched = set()
    for shape in topology["objects"]["municipalities"]["geometries"]:
        arcs = json.loads(f"[{json.dumps(shape['arcs']).replace('[', '').replace(']', '')}]")
        if borders & {arc if arc >= 0 else ~arc for arc in arcs}:
            touched.add(shape["id"][:2])
    assert touched == {code[:2] for code in geography.register(DIVISION_YEAR)["municipality_code"]}
