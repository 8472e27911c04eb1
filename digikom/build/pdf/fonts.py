"""The letters of the PDF: only those that the pinned package `pymupdf-fonts` brings (SIL Open Font License).

FiraGO has Norwegian and Sami letters in all four styles and is hardly wider than the letters that the figures are
measured for. No font of the machine takes part, so that the same pages give the same file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pymupdf_fonts
from fontTools.ttLib import TTFont

SANS = "Digikom Sans"
MONO = "Digikom Mono"
SYMBOLS = "Digikom Symbols"
#: Family, weight and style of each font, by its name in the package.
FACES = {
    "figo": (SANS, "normal", "normal"),
    "figbo": (SANS, "bold", "normal"),
    "figit": (SANS, "normal", "italic"),
    "figbi": (SANS, "bold", "italic"),
    "fimo": (MONO, "normal", "normal"),
    "fimbo": (MONO, "bold", "normal"),
    # For arrows, ticks and marks that the others lack.
    "symbol2": (SYMBOLS, "normal", "normal"),
}
#: Where letters are looked for: text in `SANS`, then the others.
STACK = f'"{SANS}", "{MONO}", "{SYMBOLS}"'
#: Needs no letter.
INVISIBLE = frozenset("\n\r\t\u00ad\u200b\u2060\ufeff")
_NO_FONTS = '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig></fontconfig>\n'


def write_fonts(folder: Path) -> str:
    """Write the fonts to `folder` and return the style sheet that declares them."""
    rules = []
    for name, (family, weight, style) in FACES.items():
        path = folder / f"{name}.ttf"
        path.write_bytes(pymupdf_fonts.myfont(name))
        rules.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
            f'src: url("{path.name}"); }}'
        )
    return "\n".join(rules)


@contextmanager
def without_system_fonts(folder: Path) -> Iterator[None]:
    """Let Fontconfig, where it is set up meanwhile, know no font of the machine. `folder` takes its empty set-up."""
    path = folder / "fonts.conf"
    path.write_text(_NO_FONTS, encoding="utf-8")
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def lacking_letters(text: Iterable[str]) -> list[str]:
    """The characters of `text` that none of the fonts has, in order."""
    wanted = set(text) - INVISIBLE
    for name in FACES:
        if not wanted:
            break
        with TTFont(BytesIO(pymupdf_fonts.myfont(name)), lazy=True) as font:
            wanted -= {chr(code) for code in font.getBestCmap()}
    return sorted(wanted)
