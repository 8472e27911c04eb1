"""The borders of the counties, from the boundaries of their municipalities."""

from __future__ import annotations

from typing import Any

MUNICIPALITIES, COUNTY_BORDERS = "municipalities", "county_borders"
#: The first digits of a municipality code are the county's.
COUNTY_DIGITS = 2


def with_county_borders(topology: dict[str, Any]) -> dict[str, Any]:
    """The topology with one more object, the lines that municipalities of two counties share.

    A topology (TopoJSON) draws the line between two neighbours once, as an arc that both point to: `i` from the one
    side and `~i` from the other. What has no object of municipalities is given back as it is.
    """
    municipalities = topology.get("objects", {}).get(MUNICIPALITIES) if isinstance(topology, dict) else None
    if municipalities is None:
        return topology
    counties: dict[int, set[str]] = {}
    for shape in municipalities["geometries"]:
        for arc in _arcs(shape.get("arcs", [])):
            counties.setdefault(arc, set()).add(str(shape.get("id", ""))[:COUNTY_DIGITS])
    shared = sorted(arc for arc, sides in counties.items() if len(sides) > 1)
    borders = {"type": "MultiLineString", "arcs": [[arc] for arc in shared]}
    return {**topology, "objects": {**topology["objects"], COUNTY_BORDERS: borders}}


def _arcs(nested: list[Any]) -> list[int]:
    """The arcs of a geometry, however deep its rings lie, without direction."""
    return [
        arc for item in nested for arc in (_arcs(item) if isinstance(item, list) else [item if item >= 0 else ~item])
    ]
