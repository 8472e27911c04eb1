"""The document nodes of the extension and how each is written as HTML. Other builders write their plain content."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxTranslator
from sphinx.writers.html5 import HTML5Translator

from . import texts
from .payloads import Figure, Table
from .register import Entry, register_of

#: Before the id of a cell, in the id that it has on the page.
CELL_ANCHOR = "celle-"


class NumberLink(nodes.inline):  # type: ignore[misc]
    """A computed number or wording in running text, linked to the cell that computed it.

    Attributes: `docname` and `anchor` of the cell, `tooltip`, `value` (the machine-readable value, or `None`),
    `classes`; `place`, the id that the cell links back to, once the page has been read (see `places`).
    """


class ScrollRegion(nodes.container):  # type: ignore[misc]
    """A box of its own that scrolls sideways on a narrow screen and can be reached by keyboard. Attribute: `label`."""


class ReportFigure(nodes.figure):  # type: ignore[misc]
    """A figure with its caption above the picture: a `Finding`, a `Subtitle` and what else it holds.

    Docutils' own figure has its caption last, and everything after it inside the caption.
    """


class Finding(nodes.caption):  # type: ignore[misc]
    """The number and title of a figure: first in it, and followed by its `Subtitle`, which ends the caption."""


class Subtitle(nodes.legend):  # type: ignore[misc]
    """The lines of a caption under its title; may be empty."""


class TableTitle(nodes.title):  # type: ignore[misc]
    """The caption of a published table, without a link of its own: the line under the table has one."""


class DataCell(nodes.entry):  # type: ignore[misc]
    """A cell of a published table.

    Attributes: `scope` («col», «row» or empty for a plain cell), `align`, `meaning` (of the standard symbol that
    stands in it, else empty).
    """


class FigureNumbers(nodes.General, nodes.Element):  # type: ignore[misc]
    """The rows of a figure as a folded table.

    No table node: Sphinx would number it as a table of the report. Attributes: `target` and `key` of the figure,
    `caption`, `content` (the HTML of the table's rows), `is_long`.
    """


class ActionLine(nodes.General, nodes.Element):  # type: ignore[misc]
    """What can be done with a figure or table: its files, a link to it, what the symbols mean.

    The files' names are known only when Sphinx has numbered it. Attributes: `figtype` («figure» or «table»), `target`
    (the id of the numbered node), `key`, `has_symbols`.
    """


def file_stem(env: BuildEnvironment, docname: str, figtype: str, target: str, key: str) -> str:
    """The name of a figure's or table's data files without extension: «figur-3-1»; by key where it has no number."""
    number: tuple[int, ...] | None = env.toc_fignumbers.get(docname, {}).get(figtype, {}).get(target)
    name = (texts.FIGURE_NAME if figtype == "figure" else texts.TABLE_NAME).lower()
    return f"{name}-{'-'.join(str(part) for part in number)}" if number else f"{name}-{key}"


def number_in_words(env: BuildEnvironment, docname: str, figtype: str, target: str) -> str:
    """What a figure or table is called in the report, «Figur 3.1»; its kind alone where it has no number."""
    number: tuple[int, ...] | None = env.toc_fignumbers.get(docname, {}).get(figtype, {}).get(target)
    name = texts.FIGURE_NAME if figtype == "figure" else texts.TABLE_NAME
    return f"{name}\u00a0{'.'.join(str(part) for part in number)}" if number else name


def cell_markup(scope: str, align: str, meaning: str) -> tuple[str, str]:
    """What stands before and after the text of a table cell.

    A standard symbol is a point or two, which a screen reader passes over: there it has its meaning for a name.
    """
    tag = "th" if scope else "td"
    of_what = f' scope="{scope}"' if scope else ""
    opening = f'<{tag}{of_what} class="digikom-{align}">'
    if not meaning:
        return opening, f"</{tag}>"
    told = escape(meaning)
    return f'{opening}<span role="img" aria-label="{told}" title="{told}">', f"</span></{tag}>"


def scroll_opening(label: str) -> str:
    """The opening tag of a box that scrolls sideways."""
    return f'<div class="digikom-scroll" role="region" tabindex="0" aria-label="{escape(label)}">\n'


def page_root(translator: HTML5Translator) -> str:
    """The way from the page being written to the folder of the edition: «../» or an empty text."""
    address: str = translator.builder.get_target_uri(translator.builder.current_docname)
    return "../" * address.count("/")


def _visit_number_link(self: HTML5Translator, node: NumberLink) -> None:
    if _inside_link(node):
        return
    builder = self.builder
    page = "" if builder.name == "singlehtml" else builder.get_relative_uri(builder.current_docname, node["docname"])
    classes = " ".join(node["classes"])
    # In one document of all pages the places would have the same id twice.
    place = "" if builder.name == "singlehtml" or not node.get("place") else f' id="{node["place"]}"'
    self.body.append(f'<a class="{classes}"{place} href="{page}#{node["anchor"]}" title="{escape(node["tooltip"])}">')
    if node["value"] is not None:
        self.body.append(f'<data value="{escape(node["value"])}">')


def _depart_number_link(self: HTML5Translator, node: NumberLink) -> None:
    if _inside_link(node):
        return
    self.body.append("</data></a>" if node["value"] is not None else "</a>")


def _inside_link(node: nodes.Node) -> bool:
    """A heading that holds a number is repeated in the contents lists, inside a link already."""
    parent = node.parent
    while parent is not None:
        if isinstance(parent, nodes.reference):
            return True
        parent = parent.parent
    return False


def _visit_scroll_region(self: HTML5Translator, node: ScrollRegion) -> None:
    self.body.append(scroll_opening(node["label"]))


def _depart_scroll_region(self: HTML5Translator, node: ScrollRegion) -> None:
    self.body.append("</div>\n")


def _visit_report_figure(self: HTML5Translator, node: ReportFigure) -> None:
    self.body.append(self.starttag(node, "figure"))


def _depart_report_figure(self: HTML5Translator, _node: ReportFigure) -> None:
    self.body.append("</figure>\n")


def _visit_finding(self: HTML5Translator, node: Finding) -> None:
    self.body.append('<figcaption>\n<p class="digikom-finding">')
    self.add_fignumber(node.parent)
    self.body.append('<span class="caption-text">')


def _depart_finding(self: HTML5Translator, _node: Finding) -> None:
    self.body.append("</span></p>\n")


def _visit_subtitle(self: HTML5Translator, node: Subtitle) -> None:
    if len(node):
        self.body.append('<div class="legend">\n')


def _depart_subtitle(self: HTML5Translator, node: Subtitle) -> None:
    self.body.append("</div>\n</figcaption>\n" if len(node) else "</figcaption>\n")


def _visit_table_title(self: HTML5Translator, node: TableTitle) -> None:
    self.body.append("<caption>")
    self.add_fignumber(node.parent)
    self.body.append('<span class="caption-text">')


def _depart_table_title(self: HTML5Translator, _node: TableTitle) -> None:
    self.body.append("</span></caption>\n")


def _visit_data_cell(self: HTML5Translator, node: DataCell) -> None:
    opening, closing = cell_markup(node["scope"], node["align"], node["meaning"])
    self.body.append(opening)
    self.context.append(f"{closing}\n")
    node.parent.column += 1


def _depart_data_cell(self: HTML5Translator, node: DataCell) -> None:
    self.body.append(self.context.pop())


def _visit_figure_numbers(self: HTML5Translator, node: FigureNumbers) -> None:
    builder = self.builder
    name = number_in_words(builder.env, builder.current_docname, "figure", node["target"])
    title = texts.numbers_title(name)
    label = f"{title}: {node['caption']} ({texts.SCROLL_HINT})"
    classes = "table digikom-table digikom-long" if node["is_long"] else "table digikom-table"
    self.body.append(
        f'<details class="digikom-numbers">\n<summary>{texts.SHOW_NUMBERS}</summary>\n{scroll_opening(label)}'
        f'<table class="{classes}">\n<caption>{escape(title)}. {escape(node["caption"])}</caption>\n'
        f"{node['content']}</table>\n</div>\n</details>\n"
    )
    raise nodes.SkipNode


def _visit_action_line(self: HTML5Translator, node: ActionLine) -> None:
    builder = self.builder
    docname, figtype, target = builder.current_docname, node["figtype"], node["target"]
    stem = file_stem(builder.env, docname, figtype, target, node["key"])
    name = number_in_words(builder.env, docname, figtype, target).lower()
    base = f"{page_root(self)}data/{stem}"
    files = texts.FIGURE_FILES if figtype == "figure" else texts.TABLE_FILES
    links = [
        f'<a href="{base}{ending}" download>{label}<span class="digikom-hidden">, {name}</span></a>'
        for ending, label in files
    ]
    ways = [f'<a class="digikom-permalink" href="#{target}">{texts.PERMALINKS[figtype]}</a>']
    cell = _cell_of(builder.env, figtype, node["key"])
    if cell:
        ways.append(f'<a class="digikom-calculation" href="#{CELL_ANCHOR}{cell}">{texts.TO_CALCULATION}</a>')
    if node["has_symbols"] and texts.SYMBOLS_PAGE in builder.env.found_docs:
        address = builder.get_relative_uri(docname, texts.SYMBOLS_PAGE)
        ways.append(f'<a class="digikom-symbols" href="{address}">{texts.SYMBOLS_LINK}</a>')
    self.body.append(
        f'<p class="digikom-download"><span>{texts.DOWNLOAD}: {" · ".join(links)}</span>\n'
        + "\n".join(f"<span>{way}</span>" for way in ways)
        + "</p>\n"
    )
    raise nodes.SkipNode


def _cell_of(env: BuildEnvironment, figtype: str, key: str) -> str:
    """The id of the cell that published the figure or table; empty where it has none."""
    register = register_of(env.app)
    entry: Entry[Figure] | Entry[Table] | None = (
        register.figures.get(key) if figtype == "figure" else register.tables.get(key)
    )
    return "" if entry is None else entry.place.cell_id


def _skip(_self: SphinxTranslator, _node: nodes.Element) -> None:
    raise nodes.SkipNode


def _pass(_self: SphinxTranslator, _node: nodes.Element) -> None:
    """Write nothing of its own; the content is written as usual."""


def setup(app: Sphinx) -> None:
    """Register the nodes."""
    builders = ("latex", "text", "man", "texinfo")
    plain: dict[str, Any] = dict.fromkeys(builders, (_pass, _pass))
    nothing: dict[str, Any] = dict.fromkeys(builders, (_skip, None))
    app.add_node(NumberLink, html=(_visit_number_link, _depart_number_link), **plain)
    app.add_node(ScrollRegion, html=(_visit_scroll_region, _depart_scroll_region), **plain)
    app.add_enumerable_node(ReportFigure, "figure", html=(_visit_report_figure, _depart_report_figure), **plain)
    app.add_node(Finding, html=(_visit_finding, _depart_finding), **plain)
    app.add_node(Subtitle, html=(_visit_subtitle, _depart_subtitle), **plain)
    app.add_node(TableTitle, html=(_visit_table_title, _depart_table_title), **plain)
    app.add_node(DataCell, html=(_visit_data_cell, _depart_data_cell))
    app.add_node(FigureNumbers, html=(_visit_figure_numbers, None), **nothing)
    app.add_node(ActionLine, html=(_visit_action_line, None), **nothing)
