"""From a Vega-Lite specification to a static picture in the style of the report."""

from __future__ import annotations

import json
from typing import Any

import vl_convert

from digikom.paths import data_folder
from digikom.publish.formatting import VEGA_NUMBER_LOCALE

FONT = "Roboto, Arial, sans-serif"
BOUNDARIES_SCHEME = "digikom:boundaries/"

STYLE: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": "#274247",
        "titleColor": "#274247",
        "gridColor": "#d5dde0",
        "domainColor": "#7c8b90",
        "tickColor": "#7c8b90",
        "aria": False,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 13,
        "labelColor": "#274247",
        "symbolType": "square",
        "symbolSize": 140,
        "aria": False,
    },
    "text": {"fontSize": 12, "color": "#274247"},
}


def styled(spec: dict[str, Any], *, description: str) -> dict[str, Any]:
    """`spec` with the report's style under its own settings, and with the alternative text as its description."""
    own = spec.get("config", {})
    if "view" in own:
        # Altair writes its default view size into every specification; sizes are set by the report.
        own = {name: value for name, value in own.items() if name != "view"}
    return {**spec, "config": {**STYLE, **own}, "description": description}


def with_geometry(spec: dict[str, Any]) -> dict[str, Any]:
    """`spec` with the boundary files that it names by `digikom:boundaries/…` put in, since a static picture has nothing to fetch from."""

    def fill(node: Any) -> Any:
        if isinstance(node, list):
            return [fill(item) for item in node]
        if not isinstance(node, dict):
            return node
        url = node.get("url", "")
        if isinstance(url, str) and url.startswith(BOUNDARIES_SCHEME):
            path = data_folder() / "boundaries" / url.removeprefix(BOUNDARIES_SCHEME)
            topology = json.loads(path.read_text(encoding="utf-8"))
            return {"values": topology, "format": node["format"]}
        return {name: fill(value) for name, value in node.items()}

    filled: dict[str, Any] = fill(spec)
    return filled


def draw_svg(spec: dict[str, Any]) -> str:
    """The specification drawn as SVG, with Norwegian numbers; the same specification gives the same bytes."""
    svg: str = vl_convert.vegalite_to_svg(with_geometry(spec), format_locale=VEGA_NUMBER_LOCALE)
    return svg
