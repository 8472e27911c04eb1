"""A figure as a picture file of its own: with title, legend, notes and source, so that these travel with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import vl_convert

from digikom.publish.drawing import FONT, VL_CONVERT_VERSION, WIDE, LegendEntry, legend_of, render
from digikom.publish.kept import kept
from digikom.publish.lettering import wrapped
from digikom.publish.palette import INK, LINE, PAGE

MARGIN, AIR = 16, 12
"""Pixels around everything, and between the texts and the picture."""
SCALE = 2
"""Pixels of the PNG for each of the SVG: sharp on a fine screen and on paper."""
_SWATCH = 14


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text: what stands there, how large in pixels, how far down and from the left its foot is."""

    text: str
    size: float
    x: float
    y: float
    bold: bool = False

    def svg(self) -> str:
        weight = ' font-weight="bold"' if self.bold else ""
        return (
            f'<text x="{self.x:g}" y="{self.y:g}" font-family="{FONT}" font-size="{self.size:g}px"{weight} '
            f'fill="{INK}">{escape(self.text)}</text>'
        )


def standalone_svg(
    spec: Mapping[str, Any],
    *,
    title: str,
    subtitle: str,
    notes: Sequence[str],
    alt: str,
    data_dir: Path,
    store: Path | None = None,
) -> str:
    """The figure as a complete SVG file on white: title, subtitle, legend, picture and below it the `notes`.

    `notes` are all that must be told of the picture where nothing else is (base, source, mark of synthetic answers), a
    paragraph each. `alt` becomes its description for those who do not see it. Texts that are empty are left out.
    The drawing is found and kept in `store` (see `digikom.publish.kept`). Raises `DrawingError`. The same input gives
    the same bytes on every machine.
    """
    drawing = render(spec, prefix="figur", data_dir=data_dir, store=store)
    inner = max(WIDE, drawing.width)
    width = inner + 2 * MARGIN
    foot = float(MARGIN)
    parts = []
    for text, size, bold in ((title, 17, True), (subtitle, 13.5, False)):
        for line in _stacked(text, size, inner, foot, bold=bold):
            parts.append(line.svg())
            foot = line.y + _descent(size)
    foot += AIR
    for entry in legend_of(spec):
        svg, foot = _legend_row(entry, foot, inner)
        parts.append(svg)
    foot += AIR if legend_of(spec) else 0
    parts.append(f'<g transform="translate({MARGIN},{foot:g})">{drawing.content}</g>')
    foot += drawing.height + AIR
    for note in notes:
        for line in _stacked(note, 11.5, inner, foot):
            parts.append(line.svg())
            foot = line.y + _descent(11.5)
        foot += 3
    height = foot + MARGIN
    name = f"<title>{escape(title or subtitle)}</title><desc>{escape(alt)}</desc>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="nb" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{name}'
        f'<rect width="{width:g}" height="{height:g}" fill="{PAGE}"/>{"".join(parts)}</svg>\n'
    )


def png(svg: str, store: Path | None = None) -> bytes:
    """The SVG as a PNG file, `SCALE` times as large, found and kept in `store`."""

    def drawn() -> bytes:
        picture: bytes = vl_convert.svg_to_png(svg, scale=SCALE)
        return picture

    return kept(store, ".png", (VL_CONVERT_VERSION.encode(), str(SCALE).encode(), svg.encode()), drawn)


def _stacked(text: str, size: float, room: float, top: float, *, bold: bool = False) -> list[_Line]:
    """The lines of a paragraph whose upper edge is at `top`."""
    leading = 1.35 * size
    return [
        _Line(line, size, MARGIN, round(top + (number + 1) * leading - _descent(size), 1), bold)
        for number, line in enumerate(wrapped(text, size, room, bold=bold))
    ]


def _descent(size: float) -> float:
    """Pixels between the foot of a line of text and that of the space it takes."""
    return round(0.35 * size, 1)


def _legend_row(entry: LegendEntry, top: float, room: float) -> tuple[str, float]:
    """A square in its colour with its meaning beside it, from `top` down, and where the next thing may begin."""
    size, indent = 13.0, _SWATCH + 8
    foot = top
    svg = (
        f'<rect x="{MARGIN + 0.5:g}" y="{top + 2.5:g}" width="{_SWATCH - 1}" height="{_SWATCH - 1}" '
        f'fill="{entry.colour}" stroke="{LINE}"/>'
    )
    for line in _stacked(entry.label, size, room - indent, top):
        svg += _Line(line.text, size, MARGIN + indent, line.y).svg()
        foot = line.y + _descent(size)
    return svg, foot
