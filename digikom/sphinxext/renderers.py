"""How published output becomes part of the page: numbered figures and tables, and a number's line under its cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeRenderPlugin
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from digikom.paths import data_folder
from digikom.publish.drawing import DrawingError, LegendEntry, draw, legend_of, local_files, narrow_spec
from digikom.publish.outputs import PUBLISHED_MIMES, SYNTHETIC_MARK
from digikom.publish.palette import DARK
from digikom.publish.tables import base_line

from . import texts
from .elements import (
    ActionLine,
    DataCell,
    FigureNumbers,
    Finding,
    ReportFigure,
    ScrollRegion,
    Subtitle,
    TableTitle,
    cell_markup,
)
from .formats import cell_text, symbol_meaning
from .payloads import Column, Figure, Number, PayloadError, Published, Table, Value, Wording, read_payload

if TYPE_CHECKING:
    from myst_nb.core.render import MimeData, NbElementRenderer

LOGGER = logging.getLogger(__name__)
NUMBER_ANCHOR = "tall-"
WORDING_ANCHOR = "ord-"
#: A table of more rows than this can be sorted and filtered where there is script.
LONG_TABLE = 15


def drawings_folder(app: Sphinx) -> Path:
    """Where drawings are kept: each is drawn once for the page and for its files, and not again in the next build."""
    return Path(app.doctreedir).parent / "drawings"


class PublishedRenderer(MimeRenderPlugin):  # type: ignore[misc]
    """Renders the outputs of `digikom.publish`; found by MyST-NB through its entry point."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        ("*", name, 1) for name in PUBLISHED_MIMES
    ]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Give the nodes of a published output, or `None` for every other MIME type."""
        if inline or data.mime_type not in PUBLISHED_MIMES:
            return None
        try:
            item = read_payload(data.mime_type, data.content)
        except PayloadError:
            # Reported once, with its cell, when the register is read.
            return []
        page = _Page(renderer.renderer.document, renderer.renderer.sphinx_env, data.line or 0)
        return [page.render(item)]


class _Page:
    """The document that the nodes go into: its names, its warnings and its dependencies."""

    def __init__(self, document: nodes.document, env: BuildEnvironment, line: int) -> None:
        self.document = document
        self.env = env
        self.line = line

    def render(self, item: Published) -> nodes.Element:
        if isinstance(item, Number):
            anchors = [NUMBER_ANCHOR + item.key, *(WORDING_ANCHOR + wording.key for wording in item.wordings)]
            return self._line(anchors, texts.number_line(item))
        if isinstance(item, Wording):
            return self._line([WORDING_ANCHOR + item.key], f"Ordvalg: «{item.text}»")
        return self._figure(item) if isinstance(item, Figure) else self._table(item)

    def _line(self, anchors: list[str], text: str) -> nodes.Element:
        return nodes.paragraph("", text, ids=anchors, classes=["digikom-line"])

    def _figure(self, figure: Figure) -> nodes.Element:
        node = ReportFigure(classes=["digikom-figure"])
        self._name(node, figure.key)
        target = node["ids"][0]
        node += Finding("", figure.heading)
        node += Subtitle("", *_subtitle(figure))
        legend = legend_of(figure.spec)
        narrow = figure.spec_narrow or narrow_spec(figure.spec)
        for name, spec in (("wide", figure.spec), ("narrow", narrow)):
            if spec is not None:
                node += nodes.raw("", self._picture(figure, spec, name, target), format="html")
        if legend:
            node += nodes.raw("", _legend_html(legend), format="html")
        block = nodes.container("", node, classes=["digikom-block"])
        if narrow is not None:
            block["classes"].append("digikom-two-widths")
        block += FigureNumbers(
            target=target,
            key=figure.key,
            caption=figure.caption,
            content=_numbers_html(figure),
            is_long=_is_long(figure) or bool(legend),
        )
        block += nodes.container("", *_notes(figure), classes=["digikom-notes"])
        block += _actions("figure", target, figure)
        return block

    def _picture(self, figure: Figure, spec: dict[str, Any], name: str, target: str) -> str:
        data_dir = data_folder(self.env.config.digikom_data_dir)
        for path in local_files(spec):
            self.env.note_dependency(str(data_dir / path))
        try:
            svg = draw(
                spec,
                prefix=f"{target}-{name}",
                alt=figure.alt,
                data_dir=data_dir,
                store=drawings_folder(self.env.app),
            )
        except DrawingError as error:
            LOGGER.warning(
                "the figure %r cannot be drawn: %s", figure.key, error, location=(self.env.docname, self.line)
            )
            return ""
        return f'<div class="digikom-picture digikom-{name}">{svg}</div>'

    def _table(self, table: Table) -> nodes.Element:
        node = nodes.table(classes=["digikom-table", "digikom-long"] if _is_long(table) else ["digikom-table"])
        self._name(node, table.key)
        node += TableTitle("", table.caption)
        group = nodes.tgroup(cols=len(table.columns), stubs=[])
        group += [nodes.colspec(colwidth=1) for _ in table.columns]
        head = nodes.row()
        head += [_cell(column.label, "", column, "col") for column in table.columns]
        group += nodes.thead("", head)
        body = nodes.tbody()
        for number, row in enumerate(table.rows, start=1):
            is_total = table.total_row and number == len(table.rows)
            line = nodes.row(classes=["digikom-total"] if is_total else [])
            for position, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                shown = cell_text(value, column)
                line += _cell(shown, symbol_meaning(value), column, _row_scope(position, value, column))
            body += line
        group += body
        node += group
        region = ScrollRegion("", node, label=f"Tabell: {table.caption} ({texts.SCROLL_HINT})")
        block = nodes.container("", region, classes=["digikom-block"])
        block += nodes.container("", *_notes(table), *_mark(table), classes=["digikom-notes"])
        block += _actions("table", node["ids"][0], table)
        return block

    def _name(self, node: nodes.Element, key: str) -> None:
        """Make `key` a label of the node, for {numref}."""
        node["names"].append(nodes.fully_normalize_name(key))
        self.document.note_explicit_target(node, node)
        node.source, node.line = self.document["source"], self.line


def _cell(text: str, meaning: str, column: Column, scope: str) -> DataCell:
    cell = DataCell(scope=scope, align=_alignment(column), meaning=meaning)
    if text:
        cell += nodes.Text(text)
    return cell


def _alignment(column: Column) -> str:
    return column.align or ("right" if column.is_number else "left")


def _row_scope(position: int, value: Value, column: Column) -> str:
    """The first column names the row when it holds text."""
    return "row" if position == 0 and isinstance(value, str) and value and not column.is_number else ""


def _is_long(block: Figure | Table) -> bool:
    return len(block.rows) > LONG_TABLE


def _subtitle(figure: Figure) -> list[nodes.Element]:
    """The lines under a figure's title: measure, place and time, and the synthetic mark."""
    lines: list[nodes.Element] = []
    if figure.subtitle:
        lines.append(nodes.paragraph("", figure.subtitle, classes=["digikom-subtitle"]))
    return lines + _mark(figure)


def _mark(block: Figure | Table) -> list[nodes.Element]:
    if block.status != "synthetic":
        return []
    return [nodes.paragraph("", SYNTHETIC_MARK, classes=["digikom-synthetic"])]


def _notes(block: Figure | Table) -> list[nodes.Element]:
    """The lines under a figure or table: the question asked, base and source, notes."""
    lines: list[nodes.Element] = []
    if isinstance(block, Figure) and block.question:
        lines.append(nodes.paragraph("", f"Spørsmål: {block.question}", classes=["digikom-question"]))
    about = base_line(block.base, block.base_text, block.source)
    if about:
        lines.append(nodes.paragraph("", about, classes=["digikom-source"]))
    return lines + [nodes.paragraph("", note, classes=["digikom-note"]) for note in block.notes]


def _actions(figtype: str, target: str, block: Figure | Table) -> ActionLine:
    has_symbols = any(symbol_meaning(value) for row in block.rows for value in row)
    return ActionLine(figtype=figtype, target=target, key=block.key, has_symbols=has_symbols)


def _legend_html(legend: Sequence[LegendEntry]) -> str:
    """The legend of a picture that has none in itself: a list, each colour with its counterpart on a dark page."""
    entries = "".join(
        f'<li><span class="digikom-swatch" style="--on-light: {entry.colour}; '
        f'--on-dark: {DARK.get(entry.colour.lower(), entry.colour)}"></span>{escape(entry.label)}</li>\n'
        for entry in legend
    )
    return f'<ul class="digikom-legend">\n{entries}</ul>\n'


def _numbers_html(figure: Figure) -> str:
    """The rows of a figure as head and body of an HTML table."""
    head = "".join(_html_cell(column.label, "", column, "col") for column in figure.columns)
    rows = "".join(
        "<tr>"
        + "".join(
            _html_cell(cell_text(value, column), symbol_meaning(value), column, _row_scope(position, value, column))
            for position, (value, column) in enumerate(zip(row, figure.columns, strict=True))
        )
        + "</tr>\n"
        for row in figure.rows
    )
    return f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n"


def _html_cell(text: str, meaning: str, column: Column, scope: str) -> str:
    opening, closing = cell_markup(scope, _alignment(column), meaning)
    return f"{opening}{escape(text)}{closing}"
