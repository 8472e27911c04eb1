"""The boundaries, beyond what reading them checks: drawable by Vega, on shared borders, and small."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from digikom.paths import DATA_DIR

FILE = DATA_DIR / "boundaries" / "municipalities-2020.topojson"
Point = tuple[int, int]


@pytest.fixture(scope="module")
def topology() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def features(topology: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = topology["objects"]["municipalities"]["geometries"]
    return found


@pytest.fixture(scope="module")
def arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs in steps of the coordinate grid (they are stored as differences)."""
    absolute = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x, y))
        absolute.append(points)
    return absolute


def polygons(feature: dict[str, Any]) -> list[list[list[int]]]:
    """The polygons of a feature: rings (outer first) of arc numbers; a negative number means the arc backwards."""
    found: list[list[list[int]]] = {"Polygon": [feature["arcs"]], "MultiPolygon": feature["arcs"]}[feature["type"]]
    return found


def ring_points(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        assert not points or points[-1] == arc[0], "the arcs of a ring don't meet"
        points += arc if not points else arc[1:]
    return points


def doubled_area(points: list[Point]) -> int:
    """Twice the signed area of a closed ring; negative when it runs clockwise (north up)."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(points))


def test_outer_rings_run_clockwise_and_holes_the_other_way(
    features: list[dict[str, Any]], arcs: list[list[Point]]
) -> None:
    for feature in features:
        for outer, *holes in polygons(feature):
            points = ring_points(outer, arcs)
            assert points[0] == points[-1]
            assert len(set(points)) >= 3
            assert doubled_area(points) < 0, feature["id"]
            assert all(doubled_area(ring_points(hole, arcs)) > 0 for hole in holes), feature["id"]


def test_neighbours_share_one_line(features: list[dict[str, Any]], arcs: list[list[Point]]) -> None:
    """Each piece of line belongs to one municipality (coast, national border) or to two, once in each direction."""
    used: Counter[tuple[Point, Point]] = Counter()
    for feature in features:
        for polygon in polygons(feature):
            for ring in polygon:
                points = ring_points(ring, arcs)
                used.update(pairwise(points))
    assert max(used.values()) == 1
    shared = sum((end, start) in used for start, end in used)
    assert shared > len(used) / 4


def test_it_is_mainland_norway(topology: dict[str, Any], arcs: list[list[Point]]) -> None:
    (scale_x, scale_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    longitude = [west + scale_x * x for arc in arcs for x, _ in arc]
    latitude = [south + scale_y * y for arc in arcs for _, y in arc]
    assert 4.4 < min(longitude) < 5.1
    assert 30.8 < max(longitude) < 31.4
    assert 57.9 < min(latitude) < 58.1
    assert 71.0 < max(latitude) < 71.3


def test_small_enough_for_a_page_and_as_the_readme_says() -> None:
    content = FILE.read_bytes()
    assert 80_000 < len(content) < 130_000
    readme = (FILE.parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(content).hexdigest() in readme
