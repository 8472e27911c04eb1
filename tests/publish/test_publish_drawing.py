"""From a specification to a picture: what stands in the SVG, and what cannot be drawn."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books

from digikom import geography
from digikom.publish import drawing
from digikom.publish.drawing import (
    COUNTY_BORDERS,
    NARROW,
    DrawingError,
    draw,
    local_files,
    narrow_spec,
    with_county_borders,
)
from digikom.publish.lettering import text_width


def test_drawing_is_the_same_each_time_and_needs_nothing_else(tmp_path: Path) -> None:
    spec = books.bar_spec()
    first, second = (draw(spec, prefix="a", alt='A "b" & c', data_dir=tmp_path) for _ in range(2))
    assert first == second
    assert first.startswith('<svg class="digikom-svg" role="img" aria-label="A &quot;b&quot; &amp; c" width="')
    assert not re.search(r"://|xmlns|aria-roledescription|graphics-symbol", first)
    assert "Liberation Sans, Arial" in first
    assert ">80,0<" in first


def test_a_drawing_is_kept_by_all_that_it_follows_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    borders = tmp_path / books.MAP_FILE
    borders.parent.mkdir()
    borders.write_text(json.dumps(books.TOPOLOGY), encoding="utf-8")
    spec = books.map_figure()["spec"]
    calls = []

    def drawn(ready: dict[str, Any], data_dir: Path) -> str:
        calls.append(ready)
        return real(ready, data_dir)

    real = drawing._drawn
    monkeypatch.setattr(drawing, "_drawn", drawn)

    def made(spec: dict[str, Any], prefix: str = "a") -> str:
        return draw(spec, prefix=prefix, alt="x", data_dir=tmp_path, store=tmp_path / "store")

    first = made(spec)
    assert made(spec) == first == draw(spec, prefix="a", alt="x", data_dir=tmp_path)
    made(spec, "b")
    assert len(calls) == 2, "once for the store, and once without it"
    assert made({**spec, "width": 200}) != first
    borders.write_text(json.dumps(books.TOPOLOGY).replace("[0, 1]", "[0, 2]"), encoding="utf-8")
    assert made(spec) != first
    assert len(calls) == 4


def test_each_text_keeps_its_length_in_any_font(tmp_path: Path) -> None:
    names = {"bold": "Fet & bred", "plain": "Æ øl", "unknown": "\N{GREEK SMALL LETTER OMEGA}"}
    layers = [
        {
            "data": {"values": [{"t": text}]},
            "mark": {"type": "text", "fontSize": 20, "fontWeight": "bold" if kind == "bold" else "normal"},
            "encoding": {"text": {"field": "t", "type": "nominal"}},
        }
        for kind, text in names.items()
    ]
    svg = draw({"layer": layers, "width": 100, "height": 50}, prefix="a", alt="x", data_dir=tmp_path)
    lengths = {html.unescape(text): found for found, text in re.findall(r'textLength="([\d.]+)"[^>]*>([^<]*)<', svg)}
    assert lengths == {
        names["bold"]: f"{text_width(names['bold'], 20, bold=True):.1f}",
        names["plain"]: f"{text_width(names['plain'], 20):.1f}",
    }
    assert f">{names['unknown']}<" in svg


def test_ids_of_two_pictures_differ(tmp_path: Path) -> None:
    spec = books.bar_spec() | {
        "mark": {
            "type": "bar",
            "color": {"gradient": "linear", "stops": [{"offset": 0, "color": "#fff"}, {"offset": 1, "color": "#000"}]},
            "clip": True,
        }
    }
    del spec["encoding"]["color"]
    ids = {}
    for prefix in ("a", "b"):
        svg = draw(spec, prefix=prefix, alt="x", data_dir=tmp_path)
        ids[prefix] = set(re.findall(r'\bid="([^"]+)"', svg))
        assert ids[prefix]
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= ids[prefix]
    assert ids["a"].isdisjoint(ids["b"])


def test_a_spec_cannot_choose_font_or_background(tmp_path: Path) -> None:
    spec = books.bar_spec() | {"background": "red", "config": {"font": "Comic Sans MS", "axis": {"labelFontSize": 17}}}
    svg = draw(spec, prefix="a", alt="x", data_dir=tmp_path)
    assert "Comic" not in svg
    assert 'fill="red"' not in svg
    assert 'font-size="17px"' in svg


def test_a_telephone_gets_a_picture_of_its_own(tmp_path: Path) -> None:
    narrow = narrow_spec(books.bar_spec(width=640))
    assert narrow is not None
    svg = draw(narrow, prefix="a", alt="x", data_dir=tmp_path)
    assert f'width="{NARROW}"' in svg
    assert 'font-size="13px"' in svg
    assert narrow_spec({"projection": {"type": "mercator"}, "width": 640, "height": 800, "mark": "geoshape"}) is None
    assert narrow_spec(books.bar_spec(width=300)) is None
    assert narrow_spec({"hconcat": []}) is None


def test_local_geometry_is_put_in(tmp_path: Path) -> None:
    spec = books.map_figure()["spec"]
    (tmp_path / "boundaries").mkdir()
    (tmp_path / books.MAP_FILE).write_text(json.dumps(books.TOPOLOGY), encoding="utf-8")
    assert local_files(spec) == [books.MAP_FILE]
    assert draw(spec, prefix="m", alt="x", data_dir=tmp_path).count("<path data-tip=") == 2
    assert spec["data"]["url"].startswith("digikom:")


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "no-such-mark", "data": {"values": []}},
        {"mark": "bar", "data": {"url": "digikom:missing.json"}},
        {"mark": "bar", "data": {"url": "https://example.org/x.json"}, "encoding": {"x": {"field": "a"}}},
    ],
)
def test_what_cannot_be_drawn_is_an_error(spec: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(DrawingError):
        draw(spec, prefix="a", alt="x", data_dir=tmp_path)


def test_a_described_mark_has_a_tip_and_nothing_else_has_a_name(tmp_path: Path) -> None:
    spec = books.bar_spec()
    spec["data"]["values"] = [row | {"tip": f'«{number}» & "x"'} for number, row in enumerate(spec["data"]["values"])]
    told = spec | {"encoding": spec["encoding"] | {"description": {"field": "tip", "type": "nominal"}}}
    spec["encoding"] = {name: one for name, one in spec["encoding"].items() if name != "description"}
    silent, picture = (draw(one, prefix="a", alt="x", data_dir=tmp_path) for one in (spec, told))
    assert "data-tip" not in silent
    tips = re.findall(r'data-tip="([^"]*)"', picture)
    assert [html.unescape(tip) for tip in tips] == [row["tip"] for row in spec["data"]["values"]]
    for one in (silent, picture):
        assert not re.search(r"\b(role|aria-[a-z]+)=", one[one.index(">") :])


def test_a_chart_may_bring_a_narrow_picture_of_its_own() -> None:
    own = books.bar_spec() | {"height": 77}
    spec = books.bar_spec(width=640) | {"usermeta": {"digikom": {"narrow": own}}}
    narrow = narrow_spec(spec)
    assert narrow is not None
    assert (narrow["height"], narrow["width"]) == (77, NARROW)
    assert own["width"] == 640


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


@pytest.mark.parametrize("data", [[{"a": 1}], {"type": "Topology", "objects": {"land": {}}, "arcs": []}])
def test_other_data_are_left_alone(data: Any) -> None:  # noqa: ANN401
    assert with_county_borders(data) is data


def test_every_county_has_a_border_in_the_real_file() -> None:
    path = geography.boundaries_path(2022)
    assert path is not None
    topology = json.loads(path.read_text(encoding="utf-8"))
    borders = {arc for (arc,) in with_county_borders(topology)["objects"][COUNTY_BORDERS]["arcs"]}
    touched = set()
    for shape in topology["objects"]["municipalities"]["geometries"]:
        arcs = map(int, re.findall(r"-?\d+", json.dumps(shape["arcs"])))
        if borders & {arc if arc >= 0 else ~arc for arc in arcs}:
            touched.add(shape["id"][:2])
    assert touched == {code[:2] for code in geography.register(2022)["municipality_code"]}
