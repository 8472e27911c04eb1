"""Tables on paper: how wide their columns are, and the register of all numbers as a compact table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from docutils import nodes
from sphinx.application import Sphinx

from digikom.pdf.markup import array, call, line
from digikom.publish.formatting import format_number
from digikom.sphinxext import texts
from digikom.sphinxext.exports import in_reading_order
from digikom.sphinxext.register import register_of
from digikom.sphinxext.trace import page_name

#: A column whose cells all have fewer letters is as wide as they are; the others share what is left by their length.
NARROW = 14
#: How wide a letter is, and the room around a cell, in parts of the size of the letters.
LETTER, ROOM = 0.58, 1.3
#: The least and the most letters that a column counts for.
LEAST, MOST = 12, 80


def column_widths(rows: Sequence[Sequence[str]], heads: int) -> list[str]:
    """The widths of the columns with these texts, the first `heads` rows of which are headings and can be wrapped."""
    widths = []
    for column in zip(*rows, strict=False):
        head = [len(word) for text in column[:heads] for word in text.split()]
        body = [len(text) for text in column[heads:]]
        longest = max([*head, *body], default=0)
        if longest < NARROW:
            widths.append(f"{longest * LETTER + ROOM:.1f}em")
        else:
            mean = sum(body) // len(body) if body else LEAST
            widths.append(f"{min(max(mean, LEAST), MOST)}fr")
    if not any(width.endswith("fr") for width in widths):
        widths[:1] = ["1fr"]
    return widths


def alignment(cell: nodes.Element) -> str:
    """How a cell is aligned: as published tables tell, or as a class of the page does."""
    return "right" if cell.get("align") == "right" or "text-right" in cell.get("classes", ()) else "left"


def number_table(app: Sphinx) -> str:
    """Every number of the edition, chapter by chapter."""
    rows = [
        (
            entry.place.docname,
            (
                line(entry.item.label),
                line(entry.item.with_unit),
                line("" if entry.item.base is None else format_number(entry.item.base, 0)),
                line("" if entry.item.year is None else str(entry.item.year)),
                line(texts.STATUS_WORDS[entry.item.status]),
                call("raw", line(entry.item.key)),
            ),
        )
        for entry in in_reading_order(app, register_of(app).numbers.values())
    ]
    what, value, _, base, year, *_, key, status = texts.NUMBER_HEAD
    head = (what, value, base, year, status, key)
    return _by_chapter(app, head, rows, ("3fr", "1.1fr", "3em", "2.6em", "4.6em", "2fr"))


def wording_table(app: Sphinx) -> str:
    """Every word of the edition that follows from numbers, chapter by chapter."""
    rows = [
        (
            entry.place.docname,
            (line(entry.item.text or texts.NOTHING_SAID), call("raw", line(entry.item.key))),
        )
        for entry in in_reading_order(app, register_of(app).wordings.values())
    ]
    word, *_, key = texts.WORDING_HEAD
    return _by_chapter(app, (word, key), rows, ("3fr", "2fr"))


def _by_chapter(
    app: Sphinx, head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], columns: Sequence[str]
) -> str:
    """A table whose rows stand under the names of the chapters that they are of."""
    cells = [call("table.header", *(call("strong", line(name)) for name in head))]
    for docname, group in groupby(rows, key=lambda row: row[0]):
        name = call("table.cell", call("strong", line(page_name(app.env, docname))), colspan=str(len(head)))
        cells += [call("table.header", name, level="2"), *(cell for _, row in group for cell in row)]
    return call("register-table", *cells, columns=array(columns))
