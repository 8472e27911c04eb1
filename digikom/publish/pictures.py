"""A figure as a picture file of its own: with title, legend, notes and source, so that these travel with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import vl_convert

from digikom.publish.drawing import FONT, VL_CONVERT_VERSION, WIDE, kept, legend_of, render
from digikom.publish.lettering import wrapped
from digikom.publish.palette import INK, LINE, PAGE

#: Pixels around everything, and between the texts and the picture.
MARGIN, AIR = 16, 12
#: Pixels of the PNG for each of the SVG: sharp on a fine screen and on paper.
SCALE = 2
_SWATCH = 14


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

    `notes` are all that must be said of the picture where nothing else is (base, source, mark of synthetic answers), a
    paragraph each. `alt` becomes its description for those who do not see it. Texts that are empty are left out.
    The drawing is `kept` in `store`. Raises `DrawingError`. The same input gives the same bytes on every machine.
    """
    drawing = render(spec, prefix="figur", data_dir=data_dir, store=store)
    inner = max(WIDE, drawing.width)
    width = inner + 2 * MARGIN
    foot = float(MARGIN)
    parts = []

    def paragraph(text: str, size: float, *, bold: bool = False, indent: int = 0) -> None:
        """Write lines from `foot` down, and move it below them."""
        nonlocal foot
        top, leading, descent = foot, 1.35 * size, round(0.35 * size, 1)
        weight = ' font-weight="bold"' if bold else ""
        for number, line in enumerate(wrapped(text, size, inner - indent, bold=bold), start=1):
            y = round(top + number * leading - descent, 1)
            parts.append(
                f'<text x="{MARGIN + indent:g}" y="{y:g}" font-family="{FONT}" font-size="{size:g}px"{weight} '
                f'fill="{INK}">{escape(line)}</text>'
            )
            foot = y + descent

    paragraph(title, 17, bold=True)
    paragraph(subtitle, 13.5)
    foot += AIR
    legend = legend_of(spec)
    for entry in legend:
        parts.append(
            f'<rect x="{MARGIN + 0.5:g}" y="{foot + 2.5:g}" width="{_SWATCH - 1}" height="{_SWATCH - 1}" '
            f'fill="{entry.colour}" stroke="{LINE}"/>'
        )
        paragraph(entry.label, 13.0, indent=_SWATCH + 8)
    foot += AIR if legend else 0
    parts.append(f'<g transform="translate({MARGIN},{foot:g})">{drawing.content}</g>')
    foot += drawing.height + AIR
    for note in notes:
        paragraph(note, 11.5)
        foot += 3
    height = foot + MARGIN
    name = f"<title>{escape(title or subtitle)}</title><desc>{escape(alt)}</desc>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="nb" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}">{name}'
        f'<rect width="{width:g}" height="{height:g}" fill="{PAGE}"/>{"".join(parts)}</svg>\n'
    )


def png(svg: str, store: Path | None = None) -> bytes:
    """The SVG as a PNG file, `SCALE` times as large, `kept` in `store`."""
    causes = (VL_CONVERT_VERSION.encode(), str(SCALE).encode(), svg.encode())
    return kept(store, ".png", causes, lambda: bytes(vl_convert.svg_to_png(svg, scale=SCALE)))
