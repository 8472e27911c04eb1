"""```{alle-tall}``` is the whole register of numbers as one table, ```{alle-tall} ord``` that of computed wordings.

The tables are written when all pages have been read, since they say where each number is used. With script they can be
sorted, and filtered by text, chapter and subject (see `static/figures.js`).
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from digikom.opendata.norwegian import STATUS_WORDS
from digikom.publish.formatting import format_number

from . import texts
from .basis import foundations_of
from .elements import cell_markup, page_root, scroll_opening
from .exports import in_reading_order
from .formats import symbol_meaning
from .payloads import Number, Wording
from .register import Entry, register_of
from .renderers import NUMBER_ANCHOR, WORDING_ANCHOR
from .trace import page_name, printed_at

WORDS = "ord"
#: The columns of each table whose values can be chosen among, by their place in the head.
CHOICES = {texts.NUMBER_HEAD: (5, 6), texts.WORDING_HEAD: (1,)}
#: The columns that hold numbers.
RIGHT = {texts.NUMBER_HEAD: (1, 3, 4, 7), texts.WORDING_HEAD: (2,)}
Cell = tuple[str, str]
"""The content of a cell as HTML, and the meaning of the standard symbol that stands in it, if one does."""


class RegisterTable(nodes.General, nodes.Element):  # type: ignore[misc]
    """The place of the table. Attribute: `words`, whether it is the one of wordings."""


class AllNumbersDirective(SphinxDirective):
    """```{alle-tall}``` or ```{alle-tall} ord```."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The box with the table in it."""
        table = RegisterTable(words=self.arguments == [WORDS])
        return [nodes.container("", table, classes=["digikom-block"])]


def _visit_table(self: HTML5Translator, node: RegisterTable) -> None:
    app = self.builder.env.app
    register = register_of(app)
    if node["words"]:
        rows = [_wording_row(self, entry) for entry in in_reading_order(app, register.wordings.values())]
        self.body.append(table_markup(texts.WORDING_TABLE, texts.WORDING_HEAD, rows))
    else:
        rows = [_number_row(self, entry) for entry in in_reading_order(app, register.numbers.values())]
        self.body.append(files_markup(page_root(self)))
        self.body.append(table_markup(texts.NUMBER_TABLE, texts.NUMBER_HEAD, rows))
    raise nodes.SkipNode


def files_markup(root: str) -> str:
    """The line with the register as files; `root` is the way to the folder of the edition."""
    links = [f'<a href="{root}data/{name}" download>{label}</a>' for name, label in texts.REGISTER_FILES]
    return f'<p class="digikom-download"><span>{texts.DOWNLOAD}: {" · ".join(links)}</span></p>\n'


def table_markup(title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """The table, in a box that scrolls. The first column names the row."""
    right, choices = RIGHT[tuple(head)], CHOICES[tuple(head)]
    align = ["right" if place in right else "left" for place in range(len(head))]
    titles = "".join(
        cell_markup("col", align[place], "")[0].replace("<th", "<th data-choices" if place in choices else "<th", 1)
        + f"{escape(name)}</th>"
        for place, name in enumerate(head)
    )
    lines = "".join(f"<tr>{_cells(row, align)}</tr>\n" for row in rows)
    return (
        f"{scroll_opening(f'{title} ({texts.SCROLL_HINT})')}"
        f'<table class="table digikom-table digikom-long digikom-register">\n<caption>{escape(title)}</caption>\n'
        f"<thead><tr>{titles}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>\n</div>\n"
    )


def _cells(row: Sequence[Cell], align: Sequence[str]) -> str:
    marked = []
    for place, (content, meaning) in enumerate(row):
        opening, closing = cell_markup("row" if place == 0 else "", align[place], meaning)
        marked.append(f"{opening}{content}{closing}")
    return "".join(marked)


def _number_row(translator: HTML5Translator, entry: Entry[Number]) -> list[Cell]:
    number = entry.item
    basis = foundations_of(translator.builder.env.app).of(entry)
    return [
        (_link(translator, entry.place.docname, NUMBER_ANCHOR + number.key, number.label), ""),
        (escape(number.text), symbol_meaning(number.text)),
        (escape(number.unit_text), ""),
        ("" if number.base is None else format_number(number.base, 0), ""),
        ("" if number.year is None else str(number.year), ""),
        (_chapter(translator, entry.place.docname), ""),
        (escape("; ".join(basis.blocks)), ""),
        (_places(translator, NUMBER_ANCHOR + number.key), ""),
        (f"<code>{number.key}</code>", ""),
        (STATUS_WORDS[number.status], ""),
    ]


def _wording_row(translator: HTML5Translator, entry: Entry[Wording]) -> list[Cell]:
    wording = entry.item
    anchor = WORDING_ANCHOR + wording.key
    return [
        (_link(translator, entry.place.docname, anchor, wording.text or texts.NOTHING_SAID), ""),
        (_chapter(translator, entry.place.docname), ""),
        (_places(translator, anchor), ""),
        (f"<code>{wording.key}</code>", ""),
    ]


def _chapter(translator: HTML5Translator, docname: str) -> str:
    return escape(page_name(translator.builder.env, docname))


def _link(translator: HTML5Translator, docname: str, anchor: str, text: str) -> str:
    builder = translator.builder
    page = "" if builder.name == "singlehtml" else builder.get_relative_uri(builder.current_docname, docname)
    return f'<a href="{page}#{anchor}">{escape(text)}</a>'


def _places(translator: HTML5Translator, anchor: str) -> str:
    """How many places print it, with a link to the first."""
    builder = translator.builder
    found = printed_at(builder.env.app, anchor)
    if not found or builder.name == "singlehtml":
        return str(len(found)) if found else texts.NO_PLACES
    first = found[0]
    page = builder.get_relative_uri(builder.current_docname, first.docname)
    label = escape(texts.places_label(len(found), page_name(builder.env, first.docname)))
    return f'<a href="{page}#{first.id}" aria-label="{label}">{len(found)}</a>'


def _skip(_self: SphinxTranslator, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directive and its table."""
    nothing: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(RegisterTable, html=(_visit_table, None), **nothing)
    app.add_directive("alle-tall", AllNumbersDirective)
