"""From the resolved document tree of a page to Typst: each node becomes an expression.

A node that nobody has thought of stops the compilation and is named there; nothing is lost in silence. What is not for
paper is no longer in the tree (`digikom.pdf.documents`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatchmethod
from html import unescape
from itertools import groupby
from math import sqrt
from posixpath import dirname, join, normpath
from typing import cast
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.locale import admonitionlabels

from digikom.pdf import labels
from digikom.pdf.markup import array, call, label_name, labelled, line, literal, together
from digikom.publish.formatting import format_number
from digikom.sphinxext import texts
from digikom.sphinxext.backlinks import in_reading_order, page_name
from digikom.sphinxext.elements import (
    BLOCK_CLASS,
    NumberLink,
    ReportFigure,
    Subtitle,
    file_stem,
    number_in_words,
    report_of,
)
from digikom.sphinxext.number_tables import RegisterTable
from digikom.sphinxext.payloads import Number

#: The letters of text and pictures; see `digikom.pdf.compile` for the fonts.
FONT = "FiraGO"
#: The most rows that a table may have to be set, and the most rows (heading among them) and letters of one that stands
#: on one page. Tables of more columns than is usual are set smaller.
MOST_ROWS, SHORT_TABLE, USUAL_COLUMNS = 120, (20, 1600), 5
#: A column whose cells all have fewer letters than `NARROW` is as wide as they are, a letter and the room around a cell
#: being so many parts of the size of the letters; the others share what is left by their length, `LEAST` letters at
#: the least.
NARROW, LETTER, ROOM, LEAST = 14, 0.6, 1.4, 12
#: The columns of the table of all numbers: width and alignment.
REGISTER_COLUMNS = {"3.4fr": "left", "9em": "right", "6.4em": "right", "3em": "right", "2.6fr": "left"}
#: Nodes that add nothing to what is in them, and those that become a function of it.
TRANSPARENT = (addnodes.glossary, nodes.document, nodes.inline, nodes.legend)
FUNCTIONS = {nodes.emphasis: "emph", nodes.strong: "strong"}
#: The nodes that links lead to.
PLACES = (nodes.section, nodes.figure, nodes.table, nodes.citation, nodes.term)
WARNINGS = frozenset({"warning", "important", "caution", "danger", "attention", "error"})
_PICTURE = re.compile(r'class="digikom-picture digikom-wide">(<svg\b[^>]*>)(.*</svg>)', re.DOTALL)
#: The colour on a light page comes first.
_LEGEND_ENTRY = re.compile(r'<span class="digikom-swatch" style="[^"#]*(#[0-9a-fA-F]{6})[^"]*"></span>([^<]*)</li>')


def places_in(builder: Builder, docname: str, tree: nodes.document) -> Iterator[tuple[str, str]]:
    """The addresses on a page, from the folder of the edition, that have a place in the PDF, each with its label."""
    page = unquote(builder.get_target_uri(docname))
    for place in tree.findall(nodes.Element):
        if isinstance(place, PLACES) and place["ids"]:
            label = label_name(docname, place["ids"][0])
            if place.parent is tree:
                yield page, label
            yield from ((f"{page}#{name}", label) for name in place["ids"])


def is_block(node: nodes.Node) -> bool:
    """Whether a node is the box of a published figure or table with what belongs to it."""
    return isinstance(node, nodes.container) and BLOCK_CLASS in node["classes"]


def _is_short(table: nodes.Element) -> bool:
    rows, letters = SHORT_TABLE
    return len(list(table.findall(nodes.row))) <= rows and len(table.astext()) <= letters


def _legend(source: str) -> str:
    """The legend in the HTML of a figure: what each colour means; an empty text where there is none."""
    entries = _LEGEND_ENTRY.findall(source)
    shown = [array([call("rgb", line(colour)), line(unescape(meaning))]) for colour, meaning in entries]
    return call("legend", *shown) if shown else ""


class Translator:
    """Writes a page as Typst.

    `places` holds the label of each address that the PDF has a place for. `pictures` gets the SVG of each picture, by
    the name of its file. Figures stand where there is room for them, and so do short tables where `tables_float`.
    """

    def __init__(
        self,
        builder: Builder,
        docname: str,
        places: Mapping[str, str],
        pictures: dict[str, str],
        tables_float: bool = False,
    ) -> None:
        self.builder, self.env, self.docname = builder, builder.env, docname
        self.places, self.pictures, self.tables_float = places, pictures, tables_float
        self.address = unquote(builder.get_target_uri(docname))
        self.level = 0

    def page(self, tree: nodes.document) -> str:
        """The page as one expression."""
        content = self.inside(tree)
        language = self.env.metadata.get(self.docname, {}).get("lang", "")
        return call("in-language", line(language), content) if language else content

    def inside(self, node: nodes.Element, *without: nodes.Node) -> str:
        """What is in a node, as one expression; without some of its children."""
        return together(self.translate(child) for child in node.children if child not in without)

    def content(self, node: nodes.Node) -> str:
        """What is in an item or a cell: a single paragraph as mere text; of nothing, empty content."""
        single = len(node.children) == 1 and isinstance(node.children[0], nodes.paragraph)
        return self.inside(cast(nodes.Element, node.children[0] if single else node)) or "[]"

    @singledispatchmethod
    def translate(self, node: nodes.Node) -> str:
        """A node by its class, or the nearest class above it that is known."""
        if isinstance(node, TRANSPARENT):
            return self.inside(node)
        return call("panic", line(f"{self.docname}: the PDF cannot set a node of type {type(node).__name__}"))

    # Running text

    @translate.register(nodes.Text)
    def _text(self, node: nodes.Text) -> str:
        return line(node.astext()) if node.astext() else ""

    @translate.register(nodes.emphasis)
    @translate.register(nodes.strong)
    def _function(self, node: nodes.Element) -> str:
        return call(FUNCTIONS[type(node)], self.inside(node))

    @translate.register(NumberLink)
    def _number(self, node: NumberLink) -> str:
        """A number without its link, an assumed one with its mark."""
        mark = [line(texts.ASSUMED_MARK)] if "antatt" in node["classes"] else []
        return together([self.inside(node), *mark])

    @translate.register(nodes.literal)
    def _literal(self, node: nodes.literal) -> str:
        # Sphinx writes «Figur 3.1» in a reference as code, too.
        return self.inside(node) if "xref" in node["classes"] else call("raw", line(node.astext()))

    @translate.register(nodes.reference)
    def _reference(self, node: nodes.reference) -> str:
        """A link to the web or to a place in the same document; what leads elsewhere is text."""
        inside = self.inside(node)
        address = str(node.get("refuri") or f"#{node['refid']}")
        parts = urlsplit(address)
        if not inside:
            return ""
        if parts.scheme in ("http", "https", "mailto"):
            return call("web", line(address), inside)
        page = normpath(join(dirname(self.address), unquote(parts.path))) if parts.path else self.address
        label = self.places.get(f"{page}#{unquote(parts.fragment)}" if parts.fragment else page)
        return call("link", call("label", line(label)), inside) if label else inside

    # Blocks

    @translate.register(nodes.paragraph)
    def _paragraph(self, node: nodes.paragraph) -> str:
        inside = self.inside(node)
        return call("par", inside) if inside else ""

    @translate.register(nodes.section)
    def _section(self, node: nodes.section) -> str:
        """A heading, numbered as on the page, and what is under it."""
        self.level += 1
        title = node.next_node(nodes.title)
        anchor = f"#{node['ids'][0]}" if self.level > 1 else ""
        number = ".".join(map(str, self.env.toc_secnumbers.get(self.docname, {}).get(anchor) or ()))
        text = together([line(f"{number} ") if number else "", self.inside(title)])
        heading = labelled(call("heading", text, level=str(self.level), supplement=text), self._label(node))
        content = together([call("chapter", heading) if self.level == 1 else heading, self.inside(node, title)])
        self.level -= 1
        return content

    def _label(self, node: nodes.Element) -> str:
        return label_name(self.docname, node["ids"][0]) if node["ids"] else ""

    def _anchor(self, node: nodes.Element) -> str:
        """An invisible place inside running text, for what Typst can't put a label on."""
        return labelled("metadata(none)", self._label(node)) if node["ids"] else ""

    @translate.register(nodes.bullet_list)
    def _list(self, node: nodes.bullet_list) -> str:
        return call("list", *map(self.content, node.children))

    @translate.register(nodes.enumerated_list)
    def _enumeration(self, node: nodes.enumerated_list) -> str:
        return call("enum", *map(self.content, node.children), start=str(node.get("start", 1)))

    @translate.register(nodes.definition_list)
    def _definitions(self, node: nodes.definition_list) -> str:
        return call("terms", *map(self.translate, node.children))

    @translate.register(nodes.definition_list_item)
    def _definition(self, node: nodes.definition_list_item) -> str:
        term, meaning = node.next_node(nodes.term), node.next_node(nodes.definition)
        return call("terms.item", together([self._anchor(term), self.inside(term)]), self.content(meaning))

    @translate.register(nodes.literal_block)
    def _code(self, node: nodes.literal_block) -> str:
        return call("raw", literal(node.astext()), block="true")

    @translate.register(nodes.block_quote)
    def _quotation(self, node: nodes.block_quote) -> str:
        return call("quote", self.inside(node), block="true")

    @translate.register(nodes.citation)
    def _work(self, node: nodes.citation) -> str:
        """A work in the list of references, without its label: the text refers to it by author and year."""
        return call("work", together([self._anchor(node), self.inside(node.next_node(nodes.paragraph))]))

    @translate.register(nodes.Admonition)
    @translate.register(nodes.sidebar)
    def _notice(self, node: nodes.Element) -> str:
        """A notice, or a note in the margin of the page, in a box with its title."""
        titles = [child for child in node.children if isinstance(child, nodes.title)]
        named = line(str(admonitionlabels[node.tagname])) if node.tagname in admonitionlabels else "none"
        heading = self.inside(titles[0]) if titles else named
        is_warning = not WARNINGS.isdisjoint({node.tagname, *node["classes"]})
        return call("notice", heading, self.inside(node, *titles), warning="true" if is_warning else "")

    @translate.register(nodes.container)
    def _box(self, node: nodes.container) -> str:
        """A box of the page; a figure or short table with its notes is a unit."""
        inside = self.inside(node)
        if "digikom-notes" in node["classes"]:
            return call("notes", inside) if inside else ""
        found = node.next_node(lambda part: isinstance(part, nodes.figure | nodes.table)) if is_block(node) else None
        floats = isinstance(found, nodes.figure) or (self.tables_float and found is not None and _is_short(found))
        return call("unit", inside) if floats else inside

    # Figures and tables

    @translate.register(nodes.raw)
    def _raw(self, node: nodes.raw) -> str:
        """A picture as drawn for a wide page, in the letters of the PDF, or its legend; all other HTML is for the page.

        Each text of a picture says how wide it is, so nothing moves.
        """
        found = _PICTURE.search(node.astext())
        if found is None:
            return _legend(node.astext())
        opening, rest = found.groups()
        about = ElementTree.fromstring(f"{opening}</svg>").attrib
        name = f"{node.parent['ids'][0]}.svg"
        svg = opening.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1) + rest
        self.pictures[name] = re.sub(r'font-family="[^"]*"', f'font-family="{FONT}"', svg)
        has_legend = any(_legend(other.astext()) for other in node.parent.findall(nodes.raw))
        size = [f"{float(about[side]):g}" for side in ("width", "height")]
        alternative = line(about.get("aria-label", ""))
        return call("picture", line(name), *size, alternative, with_legend="true" if has_legend else "")

    @translate.register(ReportFigure)
    def _figure(self, node: ReportFigure) -> str:
        """A figure with the caption above the picture, and its legend."""
        picture, *legends = filter(None, (self.translate(child) for child in node.findall(nodes.raw)))
        subtitle = together(self.translate(child) for child in node.findall(Subtitle))
        return together([self._numbered(node, "figure", picture, node.next_node(nodes.caption), subtitle), *legends])

    def _numbered(self, node: nodes.Element, figtype: str, body: str, title: nodes.Element, more: str = "") -> str:
        """A figure or table under its title, with the number that Sphinx has given it, and the lines under the title
        that no list repeats. What links are called by a screen reader follows from the supplement.
        """
        number = number_in_words(self.env, self.docname, figtype, node["ids"][0])
        caption = call("caption-lines", together([line(f"{number} "), self.inside(title)]), more)
        kind = "table" if figtype == "table" else ""
        return labelled(call("figure", body, kind=kind, supplement=line(number), caption=caption), self._label(node))

    @translate.register(nodes.table)
    def _table(self, node: nodes.table) -> str:
        """A table; in place of one that is too long, where its numbers are."""
        rows = list(node.findall(nodes.row))
        body = [row for row in rows if isinstance(row.parent, nodes.tbody)]
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if len(body) <= MOST_ROWS:
            table = self._grid([row for row in rows if row not in body], body, _is_short(node))
        else:
            key = node["names"][0] if node["names"] else ""
            file = f"data/{file_stem(self.env, self.docname, 'table', node['ids'][0], key)}.csv" if key else ""
            table = call("par", line(labels.long_table(len(body), file)))
        return table if title is None else self._numbered(node, "table", table, title)

    def _grid(self, head: list[nodes.row], body: list[nodes.row], keep: bool) -> str:
        shown = [[cell.astext() for cell in row.children] for row in (*head, *body)]
        cells = [self._cell(cell, "digikom-total" in row["classes"]) for row in body for cell in row.children]
        names = [self._cell(cell, True) for row in head for cell in row.children]
        aligned = ["right" if _is_right(cell) else "left" for cell in body[-1].children] if body else []
        return call(
            "data-table",
            call("table.header", *names) if names else "",
            *cells,
            columns=array(column_widths(shown, len(head))),
            align=array(aligned),
            is_small="true" if len(shown[0]) > USUAL_COLUMNS else "",
            keep="true" if keep else "",
        )

    def _cell(self, cell: nodes.entry, is_bold: bool) -> str:
        inside = self.content(cell)
        if cell.get("is_assumed"):
            inside = together([inside, line(texts.ASSUMED_MARK)])
        shown = call("strong", inside) if is_bold else inside
        more = {"colspan": cell.get("morecols", 0), "rowspan": cell.get("morerows", 0)}
        spans = {name: str(count + 1) for name, count in more.items() if count}
        return call("table.cell", shown, **spans) if spans else shown

    @translate.register(RegisterTable)
    def _register(self, _node: RegisterTable) -> str:
        """All numbers of the edition."""
        return number_table(self.builder.app)


def _is_right(cell: nodes.Element) -> bool:
    """Whether a cell is right aligned: as published tables say, or as a class of the page does."""
    return cell.get("align") == "right" or "text-right" in cell.get("classes", ())


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


def number_table(app: Sphinx) -> str:
    """Every number of the edition as a compact table, under the names of the chapters."""
    what, value, _, base, _, _, year, *_, key, _ = texts.NUMBER_HEAD
    head = (what, value, base, year, key)
    cells = [call("table.header", *(call("strong", line(name)) for name in head))]
    entries = in_reading_order(app, report_of(app).register.numbers.values())
    for docname, chapter in groupby(entries, key=lambda entry: entry.place.docname):
        name = call("table.cell", call("strong", line(page_name(app.env, docname))), colspan=str(len(head)))
        cells.append(call("table.header", name, level="2"))
        cells += [line(text) for entry in chapter for text in _row(entry.item)]
    columns = array(REGISTER_COLUMNS)
    return call("register-table", *cells, columns=columns, align=array(REGISTER_COLUMNS.values()))


def _row(number: Number) -> tuple[str, ...]:
    base = "" if number.base is None else format_number(number.base, 0)
    year = "" if number.year is None else str(number.year)
    value = number.with_unit + (texts.ASSUMED_MARK if number.evidence == "assumed" else "")
    return number.label, value, base, year, number.key
