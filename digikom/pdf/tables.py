"""Tables on paper: how wide their columns are, and the register of all numbers as a compact table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import sqrt

from docutils import nodes
from sphinx.application import Sphinx

from digikom.pdf.markup import array, call, line
from digikom.publish.formatting import format_number
from digikom.sphinxext import texts
from digikom.sphinxext.exports import in_reading_order
from digikom.sphinxext.payloads import Number
from digikom.sphinxext.register import register_of
from digikom.sphinxext.trace import page_name

#: A column whose cells all have fewer letters is as wide as they are; the others share what is left by their length.
NARROW = 14
#: How wide a letter is, and the room around a cell, in parts of the size of the letters.
LETTER, ROOM = 0.6, 1.4
#: The least letters that a wide column counts for.
LEAST = 12
#: The columns of the table of all numbers.
REGISTER_COLUMNS = ("3.4fr", "9em", "6.4em", "3em", "2.6fr")
REGISTER_ALIGN = ("left", "right", "right", "right", "left")


def column_widths(rows: Sequence[Sequence[str]], heads: int) -> list[str]:
    """The widths of the columns with these texts, the first `heads` rows of which are headings and can be wrapped."""
    widths = []
    for column in zip(*rows, strict=False):
        body = [len(text) for text in column[heads:]]
        if max(body, default=0) < NARROW:
            # A heading has two lines or more, but no word of it is divided.
            head = [max(map(len, [*text.split(), text[len(text) // 2 :]]), default=0) for text in column[:heads]]
            widths.append(f"{max([*head, *body]) * LETTER + ROOM:.1f}em")
        else:
            # As the square root of the length: so no column of long texts leaves the others too little.
            widths.append(f"{sqrt(max(sum(body) / len(body), LEAST)):.1f}fr")
    if not any(width.endswith("fr") for width in widths):
        widths[:1] = ["1fr"]
    return widths


def alignment(cell: nodes.Element) -> str:
    """How a cell is aligned: as published tables tell, or as a class of the page does."""
    return "right" if cell.get("align") == "right" or "text-right" in cell.get("classes", ()) else "left"


def number_table(app: Sphinx) -> str:
    """Every number of the edition, under the names of the chapters."""
    what, value, _, base, year, _, _, _, key, _ = texts.NUMBER_HEAD
    head = (what, value, base, year, key)
    cells = [call("table.header", *(call("strong", line(name)) for name in head))]
    entries = in_reading_order(app, register_of(app).numbers.values())
    for docname, chapter in groupby(entries, key=lambda entry: entry.place.docname):
        name = call("table.cell", call("strong", line(page_name(app.env, docname))), colspan=str(len(head)))
        cells += [
            call("table.header", name, level="2"),
            *(line(text) for entry in chapter for text in _row(entry.item)),
        ]
    return call("register-table", *cells, columns=array(REGISTER_COLUMNS), align=array(REGISTER_ALIGN))


def _row(number: Number) -> tuple[str, ...]:
    return (
        number.label,
        number.with_unit,
        "" if number.base is None else format_number(number.base, 0),
        "" if number.year is None else str(number.year),
        number.key,
    )
