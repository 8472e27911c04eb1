"""The pictures of the pages and their legends, as they stand in the HTML of a figure, for Typst."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from xml.etree import ElementTree

from digikom.pdf.markup import array, call, line

#: The letters of text and pictures; see `digikom.pdf.compile` for the fonts.
FONT = "FiraGO"
_PICTURE = re.compile(r'class="digikom-picture digikom-wide">(<svg\b[^>]*>)(.*</svg>)', re.DOTALL)
_FONT_FAMILY = re.compile(r'font-family="[^"]*"')
#: The colour on a light page comes first.
_LEGEND_ENTRY = re.compile(r'<span class="digikom-swatch" style="[^"#]*(#[0-9a-fA-F]{6})[^"]*"></span>([^<]*)</li>')


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG file of its own, its size in pixels and its alternative text."""

    svg: str
    width: float
    height: float
    alt: str


def picture_in(source: str) -> Picture | None:
    """The picture for a wide page in `source`; None where there is none.

    It is drawn in the letters of the PDF. Each of its texts says how wide it is, so nothing moves.
    """
    found = _PICTURE.search(source)
    if found is None:
        return None
    opening, rest = found.groups()
    about = ElementTree.fromstring(f"{opening}</svg>").attrib
    opening = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    svg = _FONT_FAMILY.sub(f'font-family="{FONT}"', opening + rest)
    return Picture(svg, float(about["width"]), float(about["height"]), about.get("aria-label", ""))


def legend_in(source: str) -> str:
    """The legend in `source` as Typst: what each colour means; an empty text where there is none."""
    entries = _LEGEND_ENTRY.findall(source)
    shown = [array([call("rgb", line(colour)), line(unescape(meaning))]) for colour, meaning in entries]
    return call("legend", *shown) if shown else ""
