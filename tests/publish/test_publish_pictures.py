"""Figures as files of their own, and the texts around them: wrapped, never cut, the same bytes each time."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET

import pytest
import vl_convert
from chart_cases import GRADES, NO_ANSWER, by_year, graded_map

from digikom.paths import DATA_DIR
from digikom.publish import lettering
from digikom.publish.drawing import FONT, WIDE
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.publish.pictures import MARGIN, SCALE, png, standalone_svg

SVG = "{http://www.w3.org/2000/svg}"
TITLE = "Nesten alle kommuner venter at IKT-prosjektene gir bedre tjenester & mer tillit <fortsatt>"
NOTES = [
    "Grunnlag: n = 354 (kommuner med digitaliseringsstrategi, «uten» dem som ikke svarte). Kilde: Statistisk "
    "sentralbyrå; Kommunenes bruk av IKT, syntetiske svar laget etter trykte tall og fordelinger i rapporten.",
    SYNTHETIC_MARK,
]


def picture(notes: list[str] = NOTES, title: str = TITLE, width: int = WIDE) -> str:
    spec = {"width": width, **by_year().draw().to_dict()}
    return standalone_svg(spec, title=title, subtitle="Prosent", notes=notes, alt="Stolper.", data_dir=DATA_DIR)


def measured(text: str, bold: bool) -> float:
    """Pixels that vl-convert itself gives `text` at 100 pixels, from the room that it makes for an axis label."""

    def width(label: str) -> float:
        axis = {"title": None, "labelFontSize": 100, "labelFontWeight": "bold" if bold else "normal", "labelLimit": 0}
        spec = {
            "data": {"values": [{"a": label}]},
            "config": {"font": FONT},
            "width": 10,
            "mark": "tick",
            "encoding": {"y": {"field": "a", "type": "nominal", "axis": axis}},
        }
        found = re.search(r' width="([\d.]+)"', vl_convert.vegalite_to_svg(spec))
        assert found is not None
        return float(found[1])

    return width(f"i{text}i") - width("ii")


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "text",
    ["Sammenhengende tjenester med brukeren i sentrum", "ÆØÅ æøå «Bruk» 1234,5 % – 100 (n = 354); WWW/MMM?", TITLE],
)
def test_texts_are_no_wider_than_reckoned_and_hardly_narrower(text: str, bold: bool) -> None:
    reckoned, real = lettering.text_width(text, 100, bold=bold), measured(text, bold)
    assert real <= reckoned + 1
    assert reckoned <= 1.03 * real


def test_texts_are_divided_between_words() -> None:
    lines = lettering.wrapped(TITLE, 13, 150)
    assert " ".join(lines) == TITLE
    assert all(lettering.text_width(line, 13) <= 150 for line in lines)
    assert lettering.wrapped("", 13, 100) == []
    assert lettering.wrapped("n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}3", 13, 19) == [
        "n\N{NO-BREAK SPACE}=",
        "\N{NO-BREAK SPACE}3",
    ]
    # A word wider than the line is cut rather than let out of the picture.
    assert "".join(lettering.wrapped("m" * 30, 10, 50)) == "m" * 30
    assert len(lettering.wrapped("m" * 30, 10, 50)) > 1


def test_a_picture_file_holds_all_texts_and_is_valid_xml() -> None:
    svg = picture()
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert [root[0].tag, root[0].text] == [f"{SVG}title", TITLE]
    assert [root[1].tag, root[1].text] == [f"{SVG}desc", "Stolper."]
    own = [element for element in root if element.tag == f"{SVG}text"]
    assert " ".join(element.text or "" for element in own) == " ".join([TITLE, "Prosent", *NOTES])
    for element in own:
        bold = element.get("font-weight") == "bold"
        size = float((element.get("font-size") or "").removesuffix("px"))
        width = lettering.text_width(element.text or "", size, bold=bold)
        assert float(element.get("x") or 0) + width <= float(root.get("width") or 0) - MARGIN
        assert float(element.get("y") or 0) <= float(root.get("height") or 0) - MARGIN
    heights = [float(element.get("y") or 0) for element in own]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(heights)
    assert not re.search(r"https?://(?!www\.w3\.org/)", svg)


def test_the_same_picture_has_the_same_bytes() -> None:
    first, second = picture(), picture()
    assert first == second
    assert png(first) == png(second)


def test_texts_that_are_empty_are_left_out() -> None:
    bare, full = ET.fromstring(picture(notes=[], title="")), ET.fromstring(picture())
    assert float(bare.get("height") or 0) < float(full.get("height") or 0) - 60
    assert bare[0].text == "Prosent"


def test_a_map_brings_its_legend() -> None:
    svg = standalone_svg(
        graded_map().to_dict(), title="Kart", subtitle="", notes=NOTES, alt="Kart over kommunene.", data_dir=DATA_DIR
    )
    texts = [element.text for element in ET.fromstring(svg) if element.tag == f"{SVG}text"]
    assert [text for text in texts if text in {*GRADES, NO_ANSWER}] == [*GRADES, NO_ANSWER]


def is_white(svg: str, x: float, y: float, width: float, height: float) -> bool:
    """Whether there is nothing in a part of a picture: it is drawn like a white one of that size."""
    size = f'width="{width:g}" height="{height:g}" viewBox="{x:g} {y:g} {width:g} {height:g}"'
    white = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect x="-9999" y="-9999" width="19999" height="19999" '
    part = re.sub(r'width="[^"]*" height="[^"]*" viewBox="[^"]*"', size, svg, count=1)
    return png(part) == png(f'{white} fill="#ffffff"/></svg>')


def test_nothing_is_cut_at_the_edges() -> None:
    svg = picture(title="Mmm WWW " * 30, notes=["Å" * 400, "lilli " * 100])
    root, air = ET.fromstring(svg), MARGIN - 2
    width, height = (float(root.get(name) or 0) for name in ("width", "height"))
    assert struct.unpack(">II", png(svg)[16:24]) == (round(SCALE * width), round(SCALE * height))
    assert is_white(svg, 0, 0, width, air)
    assert is_white(svg, 0, height - air, width, air)
    assert is_white(svg, 0, 0, air, height)
    assert is_white(svg, width - air, 0, air, height)
    assert not is_white(svg, 0, 0, width, MARGIN + 17)
