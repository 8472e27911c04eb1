"""The document nodes of the extension and how each is written as HTML, and what directives put their content into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from digikom.editions.layout import figure_page, way_up

from . import texts

if TYPE_CHECKING:
    from .domain import ReportDomain

LOGGER = logging.getLogger(__name__)
#: Before the id of a cell, and the key of a number or wording, in the id that it has on the page.
CELL_ANCHOR, NUMBER_ANCHOR, WORDING_ANCHOR = "celle-", "tall-", "ord-"
#: The box of a published figure or table with what belongs to it, and the line of a number under its cell.
BLOCK_CLASS, LINE_CLASS = "digikom-block", "digikom-line"
Content = str | Sequence[nodes.Node]
Visitor = Callable[[Any, Any], None]


def report_of(app: Sphinx) -> ReportDomain:
    """What is known of the report that is being built. Call it when the documents of the book are known."""
    return cast("ReportDomain", app.env.get_domain("digikom"))


class ReportDirective(SphinxDirective):
    """A directive without options. `report` is what is known of the report."""

    option_spec: ClassVar[dict[str, Any]] = {}

    @property
    def report(self) -> ReportDomain:
        """What is known of the report."""
        return report_of(self.env.app)

    def warn(self, message: str, *values: object) -> list[nodes.Node]:
        """Warn, and put nothing on the page."""
        LOGGER.warning(f"{{{self.name}}}: {message}", *values, location=self.get_location())
        return []


class NumberLink(nodes.inline):  # type: ignore[misc]
    """A computed number or wording in running text, linked to the cell that computed it.

    Attributes: `docname` and `anchor` of the cell, `tooltip`, `value` (the machine-readable value, or `None`),
    `classes`; `place`, the id that the cell links back to, once the page has been read (see `backlinks`).
    """


class ScrollRegion(nodes.container):  # type: ignore[misc]
    """A box of its own that scrolls sideways on a narrow screen and can be reached by keyboard. Attribute: `label`."""


class Fold(nodes.container):  # type: ignore[misc]
    """Content that is folded until the reader opens it, and not in the PDF file. Attribute: `summary`, its name."""


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
    is in it, else empty), `is_assumed` (marked so among others that are known).
    """


class FigureNumbers(nodes.General, nodes.Element):  # type: ignore[misc]
    """The rows of a figure as a folded table.

    No table node: Sphinx would number it as a table of the report. Attributes: `target` and `key` of the figure,
    `caption`, `content` (the HTML of the table's rows), `is_long`.
    """


class BlockMenu(nodes.General, nodes.Element):  # type: ignore[misc]
    """The one menu of a figure or table: its numbers, files, citation and ways. Attributes: `figtype`, `target`."""


class ActionLine(nodes.General, nodes.Element):  # type: ignore[misc]
    """What can be done with a figure or table: its files, a link to it, what the symbols mean.

    The files' names are known only when Sphinx has numbered it. Attributes: `figtype` («figure» or «table»), `target`
    (the id of the numbered node), `key`, `has_symbols`.
    """


def fold_opening(classes: str, summary: str, of_what: str = "") -> str:
    """The opening tag of content that is folded, with its heading; `of_what` is added for screen readers."""
    hidden = f'<span class="digikom-hidden">, {escape(of_what)}</span>' if of_what else ""
    return f'<details class="{classes}">\n<summary>{escape(summary)}{hidden}</summary>\n'


def writing(
    opening: Callable[[HTML5Translator, Any], str], closing: str | Callable[[Any], str]
) -> tuple[Visitor, Visitor]:
    """The visitors of a node that is written as its content between two texts."""

    def visit(self: HTML5Translator, node: nodes.Element) -> None:
        self.body.append(opening(self, node))

    def depart(self: HTML5Translator, node: nodes.Element) -> None:
        self.body.append(closing if isinstance(closing, str) else closing(node))

    return visit, depart


def number_in_words(env: BuildEnvironment, docname: str, figtype: str, target: str) -> str:
    """What a figure or table is called in the report, «Figur 3.1»; its kind alone where it has no number."""
    number: tuple[int, ...] | None = env.toc_fignumbers.get(docname, {}).get(figtype, {}).get(target)
    name = texts.FIGURE_NAME if figtype == "figure" else texts.TABLE_NAME
    return f"{name}\u00a0{'.'.join(map(str, number))}" if number else name


def file_stem(env: BuildEnvironment, docname: str, figtype: str, target: str, key: str) -> str:
    """The name of a figure's or table's data files without extension: «figur-3-1»; by key where it has no number."""
    name = number_in_words(env, docname, figtype, target).lower()
    return name.replace("\u00a0", "-").replace(".", "-") if "\u00a0" in name else f"{name}-{key}"


def number_reference(env: BuildEnvironment, key: str) -> nodes.Element:
    """«Figur 3.1», linked: the figure or table with the key."""
    return _pending(env, "digikom", "numref", key, nodes.literal("", key), explicit=False)


def page_reference(env: BuildEnvironment, docname: str, text: str) -> nodes.Element:
    """`text`, linked to a page of the book."""
    return _pending(env, "std", "doc", f"/{docname}", nodes.inline("", text), explicit=True)


def _pending(
    env: BuildEnvironment, domain: str, kind: str, target: str, inner: nodes.Element, explicit: bool
) -> nodes.Element:
    about = {"refdomain": domain, "reftype": kind, "reftarget": target, "refexplicit": explicit}
    return addnodes.pending_xref("", inner, refwarn=True, refdoc=env.docname, **about)


def plain_table(label: str, head: Sequence[str], rows: Sequence[Sequence[Content]], kind: str = "") -> nodes.Element:
    """A table of words, which has no number and no file, in a box of its own that scrolls, with `label` as its name.

    The first column names the row. A cell is a text or inline nodes. `kind` is a class of its own for the style sheet.
    """
    table = nodes.table(classes=["digikom-plain", *kind.split()])
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1, stub=position == 0) for position, _ in enumerate(head)]
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) for row in rows))
    table += group
    return ScrollRegion("", table, label=f"{label} ({texts.SCROLL_HINT})")


def _row(cells: Sequence[Content]) -> nodes.row:
    inline = ([nodes.Text(cell)] if isinstance(cell, str) else cell for cell in cells)
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *parts)) for parts in inline))


def is_code_cell(node: nodes.Node) -> bool:
    """Whether a node is the container of a notebook's code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def cell_markup(scope: str, align: str, meaning: str, is_assumed: bool = False) -> tuple[str, str]:
    """What is before and after the text of a table cell.

    A standard symbol is a point or two, which a screen reader passes over: there it has its meaning for a name. An
    assumed value is marked, and called so by a screen reader.
    """
    tag = "th" if scope else "td"
    of_what = f' scope="{scope}"' if scope else ""
    opening = f'<{tag}{of_what} class="digikom-{align}">'
    if is_assumed:
        return f'{opening}<span class="antatt">', f"</span>{texts.ASSUMED_ALOUD}</{tag}>"
    if not meaning:
        return opening, f"</{tag}>"
    name = escape(meaning)
    return f'{opening}<span role="img" aria-label="{name}" title="{name}">', f"</span></{tag}>"


def scroll_opening(label: str) -> str:
    """The opening tag of a box that scrolls sideways."""
    return f'<div class="digikom-scroll" role="region" tabindex="0" aria-label="{escape(label)}">\n'


def page_root(translator: HTML5Translator) -> str:
    """The way from the page being written to the folder of the edition: «../» or an empty text."""
    address: str = translator.builder.get_target_uri(translator.builder.current_docname)
    return way_up(address)


def page_address(translator: HTML5Translator, docname: str) -> str:
    """The way from the page being written to another, or to itself."""
    return str(translator.builder.get_relative_uri(translator.builder.current_docname, docname))


def _number_opening(self: HTML5Translator, node: NumberLink) -> str:
    if _is_inside_link(node):
        return ""
    place = f' id="{node["place"]}"' if node.get("place") else ""
    address = f"{page_address(self, node['docname'])}#{node['anchor']}"
    value = "" if node["value"] is None else f'<data value="{escape(node["value"])}">'
    classes = " ".join(node["classes"])
    return f'<a class="{classes}"{place} href="{address}" title="{escape(node["tooltip"])}">{value}'


def _number_closing(node: NumberLink) -> str:
    return "" if _is_inside_link(node) else "</a>" if node["value"] is None else "</data></a>"


def _is_inside_link(node: nodes.Node) -> bool:
    """A heading that holds a number is repeated in the contents lists, inside a link already."""
    return node.parent is not None and (isinstance(node.parent, nodes.reference) or _is_inside_link(node.parent))


def _fold_opening(self: HTML5Translator, node: Fold) -> str:
    return f"{self.starttag(node, 'details')}<summary>{escape(node['summary'])}</summary>\n"


def _title_opening(self: HTML5Translator, node: Finding | TableTitle) -> str:
    self.body.append('<figcaption>\n<p class="digikom-finding">' if isinstance(node, Finding) else "<caption>")
    self.add_fignumber(node.parent)
    return '<span class="caption-text">'


def _cell_opening(_translator: HTML5Translator, node: DataCell) -> str:
    node.parent.column += 1
    return _markup_of(node)[0]


def _cell_closing(node: DataCell) -> str:
    return f"{_markup_of(node)[1]}\n"


def _markup_of(node: DataCell) -> tuple[str, str]:
    return cell_markup(node["scope"], node["align"], node["meaning"], node["is_assumed"])


def _visit_figure_numbers(self: HTML5Translator, node: FigureNumbers) -> None:
    title = texts.numbers_title(_name(self, "figure", node["target"]))
    label = f"{title}: {node['caption']} ({texts.SCROLL_HINT})"
    classes = "table digikom-table digikom-long" if node["is_long"] else "table digikom-table"
    self.body.append(
        f"{fold_opening('digikom-numbers', texts.SHOW_NUMBERS)}{scroll_opening(label)}"
        f'<table class="{classes}">\n<caption>{escape(title)}. {escape(node["caption"])}</caption>\n'
        f"{node['content']}</table>\n</div>\n</details>\n"
    )
    raise nodes.SkipNode


def _name(translator: HTML5Translator, figtype: str, target: str) -> str:
    """«Figur 3.1» on the page being written."""
    return number_in_words(translator.builder.env, translator.builder.current_docname, figtype, target)


def _menu_opening(self: HTML5Translator, node: BlockMenu) -> str:
    name = _name(self, node["figtype"], node["target"]).lower()
    return fold_opening(f"digikom-more digikom-more-{node['figtype']}", texts.MORE[node["figtype"]], name)


def _visit_action_line(self: HTML5Translator, node: ActionLine) -> None:
    builder = self.builder
    docname, figtype, target = builder.current_docname, node["figtype"], node["target"]
    name = _name(self, figtype, target).lower()
    base = f"{page_root(self)}data/{file_stem(builder.env, docname, figtype, target, node['key'])}"
    links = [
        f'<a href="{base}{ending}" download>{label}<span class="digikom-hidden">, {name}</span></a>'
        for ending, label in (texts.FIGURE_FILES if figtype == "figure" else texts.TABLE_FILES)
    ]
    ways = [f'<a class="digikom-permalink" href="#{target}">{texts.PERMALINKS[figtype]}</a>']
    if figtype == "figure":
        alone = figure_page(file_stem(builder.env, docname, figtype, target, node["key"]))
        ways.append(f'<a class="digikom-alone" href="{page_root(self)}{alone}">{texts.FIGURE_ALONE}</a>')
    entry = report_of(builder.env.app).register.blocks.get(node["key"])
    if entry is not None and entry.place.cell_id:
        address = f"#{CELL_ANCHOR}{entry.place.cell_id}"
        ways.append(f'<a class="digikom-calculation" href="{address}">{texts.HOW_COMPUTED}</a>')
    if node["has_symbols"] and texts.SYMBOLS_PAGE in builder.env.found_docs:
        address = builder.get_relative_uri(docname, texts.SYMBOLS_PAGE)
        ways.append(f'<a class="digikom-symbols" href="{address}">{texts.SYMBOLS_LINK}</a>')
    self.body.append(
        f'<p class="digikom-download"><span>{texts.DOWNLOAD}: {" · ".join(links)}</span>\n'
        + "\n".join(f"<span>{way}</span>" for way in ways)
        + "</p>\n"
    )
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the nodes."""
    app.add_node(NumberLink, html=writing(_number_opening, _number_closing))
    app.add_node(ScrollRegion, html=writing(lambda _, node: scroll_opening(node["label"]), "</div>\n"))
    app.add_node(Fold, html=writing(_fold_opening, "</details>\n"))
    figure = writing(lambda self, node: self.starttag(node, "figure"), "</figure>\n")
    app.add_enumerable_node(ReportFigure, "figure", html=figure)
    app.add_node(Finding, html=writing(_title_opening, "</span></p>\n"))
    legend = '<div class="legend">\n', "</div>\n"
    app.add_node(
        Subtitle,
        html=writing(
            lambda _, node: legend[0] if len(node) else "",
            lambda node: f"{legend[1] if len(node) else ''}</figcaption>\n",
        ),
    )
    app.add_node(TableTitle, html=writing(_title_opening, "</span></caption>\n"))
    app.add_node(DataCell, html=writing(_cell_opening, _cell_closing))
    app.add_node(BlockMenu, html=writing(_menu_opening, "</details>\n"))
    app.add_node(FigureNumbers, html=(_visit_figure_numbers, None))
    app.add_node(ActionLine, html=(_visit_action_line, None))
