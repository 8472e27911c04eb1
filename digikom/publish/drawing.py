"""From a Vega-Lite specification to the picture in the page.

A mark that has a `description` channel carries its text as `data-tip`, which the page script shows; nothing else in the
picture is named, since Vega's own names are English.

Fonts, as measured with vl-convert 1.9.0: it carries Liberation Sans (four faces) in itself and also reads the fonts of
the machine. A family that is in neither is measured with a last-resort font, so «Arial» or «Roboto» first gives other
widths, and other bytes, on a machine that has it. With Liberation Sans first the picture was byte for byte the same
with no fonts on the machine, with DejaVu only, and with Liberation, Roboto and Noto installed. It has the widths of
Arial and Helvetica, which readers without it get. Where none of the three is at hand, the browser takes a font that may
be much wider; so each text says how long it is, and is set closer there instead of being cut off.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, cast

import vl_convert

from digikom.files import sha256_of_all, write
from digikom.publish.formatting import VEGA_NUMBER_LOCALE
from digikom.publish.lettering import is_measured, text_width
from digikom.publish.palette import GRID, INK, LINE

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
VL_CONVERT_VERSION = version("vl-convert-python")
VEGA_LITE_VERSION: str = vl_convert.get_vegalite_versions()[-1]
TIME_LOCALE: Literal["nb-NO"] = "nb-NO"
#: Vega-Lite's `autosize` for a picture as wide as its `width`, axes and margin included.
FIT_WIDTH = {"type": "fit-x", "contains": "padding"}
LOCAL_SCHEME, OWN_METADATA = "digikom:", "digikom"
#: Widths in CSS pixels: the text column of the report, and that of a telephone (a screen of 360, less a little air).
WIDE, NARROW = 640, 320
#: The objects of a map's TopoJSON, and the digits of a municipality code that are the county's.
MUNICIPALITIES, COUNTY_BORDERS, COUNTY_DIGITS = "municipalities", "county_borders", 2

_DEFAULT_CONFIG: dict[str, Any] = {
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 260,
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": LINE,
        "tickColor": LINE,
    },
    "legend": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelLimit": 300,
        "labelColor": INK,
        "orient": "top",
        "symbolType": "square",
        "symbolSize": 140,
    },
    "title": {"color": INK, "subtitleColor": INK},
    "text": {"fontSize": 12, "color": INK},
}
# What a specification may not decide: see the module's note on fonts; what is behind the picture belongs to the page;
# the names that Vega gives axes and legends are English.
_FIXED_CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": None,
    "axis": {"aria": False},
    "legend": {"aria": False},
    "title": {"aria": False},
}

# What a drawing follows from besides the specification and its files.
_CODE = (VL_CONVERT_VERSION.encode(), json.dumps(VEGA_NUMBER_LOCALE).encode(), Path(__file__).read_bytes())

_ID = re.compile(r'\bid="([^"]+)"')
_ID_USE = re.compile(r'url\(#([^)"]+)\)|((?:xlink:)?href)="#([^"]+)"')
_TIP = re.compile(r'aria-label="([^"]*)" role="graphics-symbol"')
# Numbers in bars and borders on maps lie over the marks with tips, and must not take the pointer from them.
_SILENT = re.compile(r'(<g class="mark-[a-z]+ role-mark[^"]*") aria-hidden="true"')
_EMPTY_FRAME = re.compile(r'<path class="(?:background|foreground)"(?![^>]*\b(?:fill|stroke)=)[^>]*/>')
_NAMES = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_OUTLINE = re.compile(r'\bd="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_ROOT = re.compile(r"<svg\b[^>]*>")
_TEXT = re.compile(r'<text (?P<attributes>[^>]*\bfont-size="(?P<size>[\d.]+)px"[^>]*)>(?P<content>[^<]+)</text>')
_SIZE = re.compile(r'\b(width|height)="([^"]+)"')


class DrawingError(Exception):
    """A specification that cannot be drawn. The message is vl-convert's first line."""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """What one colour (`colour`, «#rrggbb») of a picture means, in words."""

    label: str
    colour: str


def legend_of(spec: Mapping[str, Any]) -> list[LegendEntry]:
    """The legend that is outside the picture, in order; empty when it is in the picture or there is none."""
    return [LegendEntry(**entry) for entry in own_metadata(spec).get("legend", [])]


def own_metadata(spec: Mapping[str, Any]) -> dict[str, Any]:
    """What the chart functions say of a picture besides what Vega-Lite draws: `legend`, and the `narrow` picture."""
    found: dict[str, Any] = spec.get("usermeta", {}).get(OWN_METADATA, {})
    return found


def local_files(spec: Mapping[str, Any]) -> list[str]:
    """The data files that a specification names by `digikom:`, as paths inside the data folder, sorted."""
    return sorted({data["url"].removeprefix(LOCAL_SCHEME) for data in _local_data(spec)})


def draw(spec: Mapping[str, Any], *, prefix: str, alt: str, data_dir: Path, store: Path | None = None) -> str:
    """Draw a specification as an inline SVG element, ready for a page.

    `prefix` goes before every id in the picture, so that two pictures on a page never share one. `alt` becomes its
    accessible name. Files named by `digikom:` are read from `data_dir` and put in, and nothing is fetched from
    anywhere. The element is as wide as drawn at most and shrinks with the page. In `store` drawings are `kept`. Raises
    `DrawingError`.
    """
    return render(spec, prefix=prefix, data_dir=data_dir, store=store).element(alt)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The inside of an SVG element, and its size in pixels."""

    content: str
    width: float
    height: float

    def element(self, alt: str) -> str:
        """The SVG element, with `alt` as its accessible name."""
        size = f'width="{self.width:g}" height="{self.height:g}" viewBox="0 0 {self.width:g} {self.height:g}"'
        return f'<svg class="digikom-svg" role="img" aria-label="{escape(alt)}" {size}>{self.content}</svg>'


def render(spec: Mapping[str, Any], *, prefix: str, data_dir: Path, store: Path | None = None) -> Drawing:
    """Draw a specification; see `draw`, which gives the element around it."""
    ready = copy.deepcopy({name: part for name, part in spec.items() if name not in {"usermeta", "background"}})
    ready["config"] = _merged(_merged(_DEFAULT_CONFIG, ready.get("config", {})), _FIXED_CONFIG)
    for view in _units(ready):
        mark = view["mark"] if isinstance(view["mark"], dict) else {"type": view["mark"]}
        view["mark"] = mark | {"aria": "description" in view.get("encoding", {})}
    try:
        files = [(data_dir / name).read_bytes() for name in local_files(ready)]
        causes = [*_CODE, json.dumps(ready).encode(), *files]
        svg = kept(store, ".svg", causes, lambda: _drawn(ready, data_dir).encode()).decode()
    except (ValueError, OSError) as error:
        raise DrawingError(str(error).strip().splitlines()[0]) from error
    return _cleaned(svg, prefix=prefix)


def kept(folder: Path | None, ending: str, causes: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
    """What `make` gives, from `folder` if it has been made there before of the same `causes`.

    The causes are everything that the result follows from, code included. Without a folder it is made anew; the folder
    may be deleted at any time.
    """
    path = folder / f"{sha256_of_all(causes)}{ending}" if folder else None
    if path and path.is_file():
        return path.read_bytes()
    made = make()
    if path:
        write(path, made)
    return made


def _drawn(ready: dict[str, Any], data_dir: Path) -> str:
    """The picture as vl-convert gives it. Puts the local files into `ready`."""
    for data in list(_local_data(ready)):
        path = data_dir / data.pop("url").removeprefix(LOCAL_SCHEME)
        data["values"] = with_county_borders(json.loads(path.read_text(encoding="utf-8")))
    svg: str = vl_convert.vegalite_to_svg(
        ready,
        vl_version=VEGA_LITE_VERSION,
        format_locale=VEGA_NUMBER_LOCALE,
        time_format_locale=TIME_LOCALE,
        allowed_base_urls=[],
    )
    return svg


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


def _arcs(nested: list[Any]) -> Iterator[int]:
    """The arcs of a geometry, however deep its rings lie, without direction."""
    for item in nested:
        yield from _arcs(item) if isinstance(item, list) else [item if item >= 0 else ~item]


def narrow_spec(spec: Mapping[str, Any]) -> dict[str, Any] | None:
    """The specification drawn anew for a telephone, where a shrunk picture could not be read: all of it `NARROW` wide.

    A chart that is laid out otherwise there brings its own. `None` when one picture serves both: it is narrow already,
    is a map, or has no width of its own (several views side by side).
    """
    width = spec.get("width")
    if not isinstance(width, int | float) or width <= NARROW or "projection" in spec:
        return None
    changed = copy.deepcopy(dict(own_metadata(spec).get("narrow", spec)))
    changed["width"] = NARROW
    changed["autosize"] = FIT_WIDTH
    return changed


def _units(view: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The single views (those with a mark) of a specification, whatever it is put together of."""
    if "mark" in view:
        yield cast("dict[str, Any]", view)
    for several in ("layer", "concat", "hconcat", "vconcat"):
        for part in view.get(several, []):
            yield from _units(part)
    if isinstance(view.get("spec"), Mapping):
        yield from _units(view["spec"])


def _cleaned(svg: str, *, prefix: str) -> Drawing:
    """vl-convert's picture with ids of its own, tips instead of names, and no finer coordinates than anyone sees."""
    root = _ROOT.search(svg)
    if root is None:
        raise DrawingError("vl-convert gave no picture")
    size = dict(_SIZE.findall(root.group()))
    body = svg[root.end() : svg.rindex("</svg>")]
    body = body.replace(' transform="translate(0,0)"', "")
    body = _SILENT.sub(r'\1 pointer-events="none"', body)
    body = _NAMES.sub("", _TIP.sub(r'data-tip="\1"', _EMPTY_FRAME.sub("", body)))
    # Vega counts ids on from picture to picture, so what an id is called depends on what was drawn before: number
    # them anew.
    names = {name: f"{prefix}-{number}" for number, name in enumerate(dict.fromkeys(_ID.findall(body)), start=1)}

    def used(match: re.Match[str]) -> str:
        name = match[1] if match[1] is not None else match[3]
        return f"url(#{names[name]})" if match[1] is not None else f'href="#{names[name]}"'

    body = _ID.sub(lambda match: f'id="{names[match[1]]}"', body)
    body = _ID_USE.sub(used, body)
    # A tenth of a pixel is finer than any screen shows, and a map's outlines are half of its page.
    body = _OUTLINE.sub(lambda match: _LONG_NUMBER.sub(_tenths, match[0]), body)
    body = _TEXT.sub(_with_length, body)
    return Drawing(body.strip(), float(size["width"]), float(size["height"]))


def _with_length(match: re.Match[str]) -> str:
    """The text with the length that it has in Liberation Sans, to keep in any other font."""
    attributes, content = match["attributes"], match["content"]
    text, bold = unescape(content), 'font-weight="bold"' in attributes
    if not is_measured(text, bold=bold):
        return match[0]
    length = text_width(text, float(match["size"]), bold=bold)
    return f'<text {attributes} textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{content}</text>'


def _tenths(match: re.Match[str]) -> str:
    """The number with one decimal at most: «12.3456» becomes «12.3», «7.04» becomes «7»."""
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _local_data(node: object) -> Iterator[dict[str, Any]]:
    """Every data object that names a local file."""
    if isinstance(node, list):
        for item in node:
            yield from _local_data(item)
    elif isinstance(node, Mapping):
        if str(node.get("url", "")).startswith(LOCAL_SCHEME):
            yield cast("dict[str, Any]", node)
        # The rows of data name no data.
        yield from _local_data([value for name, value in node.items() if name != "values"])


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both, and in both where they have mappings; `over` decides."""
    both = {
        name: _merged(under[name], value) if isinstance(value, Mapping) and name in under else value
        for name, value in over.items()
    }
    return {**under, **both}
