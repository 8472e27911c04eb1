"""From a Vega-Lite specification to the static picture in the page, and to what the page script makes live.

Fonts, as measured with vl-convert 1.9.0: it carries Liberation Sans (four faces) in itself and also reads the fonts of
the machine. A family that is in neither is measured with a last-resort font, so «Arial» or «Roboto» first gives other
widths, and other bytes, on a machine that has it. With Liberation Sans first the picture was byte for byte the same
with no fonts on the machine, with DejaVu only, and with Liberation, Roboto and Noto installed. It has the widths of
Arial and Helvetica, which readers without it get.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any, Literal

import vl_convert

from digikom.publish.formatting import VEGA_NUMBER_LOCALE

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
VEGA_LITE_VERSION: str = vl_convert.get_vegalite_versions()[-1]
TIME_LOCALE: Literal["nb-NO"] = "nb-NO"
LOCAL_SCHEME = "digikom:"
WIDE, NARROW = 640, 320
"""Widths in CSS pixels: the text column of the report, and that of a telephone (a screen of 360, less a little air)."""

_INK, _LINE, _GRID = "#274247", "#7c8b90", "#d5dde0"
_DEFAULT_CONFIG: dict[str, Any] = {
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 260,
        "labelColor": _INK,
        "titleColor": _INK,
        "gridColor": _GRID,
        "domainColor": _LINE,
        "tickColor": _LINE,
    },
    "legend": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelLimit": 300,
        "labelColor": _INK,
        "orient": "top",
        "symbolType": "square",
        "symbolSize": 140,
    },
    "text": {"fontSize": 12, "color": _INK},
}
# What a specification may not decide: see the module's note on fonts; the card behind the picture belongs to the
# page; the names that Vega gives marks and guides are English, and the picture has one Norwegian alternative text
# instead.
_FIXED_CONFIG: dict[str, Any] = {"font": FONT, "background": None, "aria": False}

_ID = re.compile(r'\bid="([^"]+)"')
_ID_USE = re.compile(r'url\(#([^)"]+)\)|((?:xlink:)?href)="#([^"]+)"')
_NAMES = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
_OUTLINE = re.compile(r'\bd="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_ROOT = re.compile(r"<svg\b[^>]*>")
_NUMBER_ATTRIBUTE = re.compile(r'\b(width|height|viewBox)="([^"]+)"')


class DrawingError(Exception):
    """A specification that cannot be drawn. The message is vl-convert's first line."""


def local_files(spec: Mapping[str, Any]) -> list[str]:
    """The data files that a specification names by `digikom:`, as paths inside the data folder, sorted."""
    found: set[str] = set()

    def note(url: str, _data: dict[str, Any]) -> None:
        found.add(url.removeprefix(LOCAL_SCHEME))

    _each_local_url(copy.deepcopy(dict(spec)), note)
    return sorted(found)


def with_house_config(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with the report's own configuration under and over its own."""
    changed = copy.deepcopy(dict(spec))
    changed["config"] = _merged(_merged(_DEFAULT_CONFIG, changed.get("config", {})), _FIXED_CONFIG)
    changed.pop("background", None)
    return changed


def draw(spec: Mapping[str, Any], *, prefix: str, alt: str, data_dir: Path) -> str:
    """Draw a specification as an inline SVG element, ready to stand in a page.

    `prefix` goes before every id in the picture, so that two pictures on a page never share one. `alt` becomes its
    accessible name. Files named by `digikom:` are read from `data_dir` and put in, and nothing is fetched from
    anywhere. The element is as wide as drawn at most and shrinks with the page. Raises `DrawingError`.
    """
    ready = with_house_config(spec)

    def put_in(url: str, data: dict[str, Any]) -> None:
        path = data_dir / url.removeprefix(LOCAL_SCHEME)
        del data["url"]
        data["values"] = json.loads(path.read_text(encoding="utf-8"))

    try:
        _each_local_url(ready, put_in)
        svg: str = vl_convert.vegalite_to_svg(
            ready,
            vl_version=VEGA_LITE_VERSION,
            format_locale=VEGA_NUMBER_LOCALE,
            time_format_locale=TIME_LOCALE,
            allowed_base_urls=[],
        )
    except (ValueError, OSError) as error:
        raise DrawingError(str(error).strip().splitlines()[0]) from error
    return _inline(svg, prefix=prefix, alt=alt)


def narrow_spec(spec: Mapping[str, Any]) -> dict[str, Any] | None:
    """The specification drawn anew for a telephone, where a shrunk picture could not be read: all of it `NARROW` wide.

    Maps keep their shape. `None` when it is narrow already, or has no width of its own (several views side by side).
    """
    width = spec.get("width")
    if not isinstance(width, int | float) or width <= NARROW:
        return None
    changed = copy.deepcopy(dict(spec))
    changed["width"] = NARROW
    height = changed.get("height")
    if "projection" in changed and isinstance(height, int | float):
        changed["height"] = round(height * NARROW / width)
    else:
        changed["autosize"] = {"type": "fit-x", "contains": "padding"}
    return changed


def interactive_spec(spec: Mapping[str, Any], local_url: Callable[[str], str]) -> dict[str, Any]:
    """The specification for the page script; `local_url` gives the address of a data file relative to the page."""
    ready = with_house_config(spec)
    # An address at another host, of use to editors only; the page script says itself that this is Vega-Lite.
    ready.pop("$schema", None)

    def point_to(url: str, data: dict[str, Any]) -> None:
        data["url"] = local_url(url.removeprefix(LOCAL_SCHEME))

    _each_local_url(ready, point_to)
    ready["config"]["locale"] = {"number": VEGA_NUMBER_LOCALE, "time": vl_convert.get_time_format_locale(TIME_LOCALE)}
    return ready


def _inline(svg: str, *, prefix: str, alt: str) -> str:
    root = _ROOT.search(svg)
    if root is None:
        raise DrawingError("vl-convert gave no picture")
    size = dict(_NUMBER_ATTRIBUTE.findall(root.group()))
    body = _NAMES.sub("", svg[root.end() :]).replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
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
    attributes = " ".join(f'{name}="{size[name]}"' for name in ("width", "height", "viewBox") if name in size)
    return f'<svg class="digikom-svg" role="img" aria-label="{escape(alt)}" {attributes}>{body.strip()}'


def _tenths(match: re.Match[str]) -> str:
    """The number with one decimal at most: «12.3456» becomes «12.3», «7.04» becomes «7»."""
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _each_local_url(node: object, visit: Callable[[str, dict[str, Any]], None]) -> None:
    """Call `visit(url, data object)` for every data object that names a local file."""
    if isinstance(node, list):
        for item in node:
            _each_local_url(item, visit)
    elif isinstance(node, dict):
        url = node.get("url")
        if isinstance(url, str) and url.startswith(LOCAL_SCHEME):
            visit(url, node)
        for value in list(node.values()):
            _each_local_url(value, visit)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(dict(under))
    for name, value in over.items():
        if isinstance(value, Mapping) and isinstance(result.get(name), Mapping):
            result[name] = _merged(result[name], value)
        else:
            result[name] = copy.deepcopy(value)
    return result
