"""How published output becomes part of the page: numbered figures and tables, and a number's line under its cell."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeRenderPlugin
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from digikom.paths import data_folder
from digikom.publish.drawing import DrawingError, draw, local_files, narrow_spec
from digikom.publish.outputs import PUBLISHED_MIMES, SYNTHETIC_MARK
from digikom.publish.tables import base_line

from . import texts
from .elements import DataCell, DownloadLinks, LiveSpec, ScrollRegion
from .formats import cell_text
from .payloads import Column, Figure, Number, PayloadError, Published, Table, Value, Wording, read_payload

if TYPE_CHECKING:
    from myst_nb.core.render import MimeData, NbElementRenderer

LOGGER = logging.getLogger(__name__)
NUMBER_ANCHOR = "tall-"
WORDING_ANCHOR = "ord-"


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
            return self._line(NUMBER_ANCHOR + item.key, texts.number_line(item))
        if isinstance(item, Wording):
            return self._line(WORDING_ANCHOR + item.key, f"Ordvalg: «{item.text}»")
        return self._figure(item) if isinstance(item, Figure) else self._table(item)

    def _line(self, anchor: str, text: str) -> nodes.Element:
        return nodes.paragraph("", text, ids=[anchor], classes=["digikom-line"])

    def _figure(self, figure: Figure) -> nodes.Element:
        node = nodes.figure(classes=["digikom-figure"])
        self._name(node, figure.key)
        target = node["ids"][0]
        narrow = figure.spec_narrow or narrow_spec(figure.spec)
        for name, spec in (("wide", figure.spec), ("narrow", narrow)):
            if spec is not None:
                node += nodes.raw("", self._picture(figure, spec, name, target), format="html")
        node += nodes.caption("", figure.caption)
        node += nodes.legend("", *_notes(figure))
        block = nodes.container("", node, classes=["digikom-block"])
        if narrow is not None:
            block["classes"].append("digikom-two-widths")
        block += nodes.raw("", _numbers_html(figure), format="html")
        block += DownloadLinks(figtype="figure", target=target, key=figure.key)
        block += LiveSpec(spec=figure.spec)
        return block

    def _picture(self, figure: Figure, spec: dict[str, Any], name: str, target: str) -> str:
        data_dir = data_folder(self.env.config.digikom_data_dir)
        for path in local_files(spec):
            self.env.note_dependency(str(data_dir / path))
        try:
            svg = draw(spec, prefix=f"{target}-{name}", alt=figure.alt, data_dir=data_dir)
        except DrawingError as error:
            LOGGER.warning(
                "the figure %r cannot be drawn: %s", figure.key, error, location=(self.env.docname, self.line)
            )
            return ""
        return f'<div class="digikom-picture digikom-{name}">{svg}</div>'

    def _table(self, table: Table) -> nodes.Element:
        node = nodes.table(classes=["digikom-table"])
        self._name(node, table.key)
        node += nodes.title("", table.caption)
        group = nodes.tgroup(cols=len(table.columns), stubs=[])
        group += [nodes.colspec(colwidth=1) for _ in table.columns]
        head = nodes.row()
        head += [_cell(column.label, column, "col") for column in table.columns]
        group += nodes.thead("", head)
        body = nodes.tbody()
        for number, row in enumerate(table.rows, start=1):
            is_total = table.total_row and number == len(table.rows)
            line = nodes.row(classes=["digikom-total"] if is_total else [])
            for position, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                line += _cell(cell_text(value, column), column, _row_scope(position, value, column))
            body += line
        group += body
        node += group
        region = ScrollRegion("", node, label=f"Tabell: {table.caption} ({texts.SCROLL_HINT})")
        block = nodes.container("", region, classes=["digikom-block"])
        block += nodes.container("", *_notes(table), classes=["digikom-notes"])
        block += DownloadLinks(figtype="table", target=node["ids"][0], key=table.key)
        return block

    def _name(self, node: nodes.Element, key: str) -> None:
        """Make `key` a label of the node, for {numref}."""
        node["names"].append(nodes.fully_normalize_name(key))
        self.document.note_explicit_target(node, node)
        node.source, node.line = self.document["source"], self.line


def _cell(text: str, column: Column, scope: str) -> DataCell:
    align = column.align or ("right" if column.is_number else "left")
    cell = DataCell(scope=scope, align=align)
    if text:
        cell += nodes.Text(text)
    return cell


def _row_scope(position: int, value: Value, column: Column) -> str:
    """The first column names the row when it holds text."""
    return "row" if position == 0 and isinstance(value, str) and not column.is_number else ""


def _notes(block: Figure | Table) -> list[nodes.Element]:
    """The lines under a figure or table: the question asked, base and source, notes and the synthetic mark."""
    lines: list[nodes.Element] = []
    if isinstance(block, Figure) and block.question:
        lines.append(nodes.paragraph("", f"Spørsmål: {block.question}", classes=["digikom-question"]))
    about = base_line(block.base, block.base_text, block.source)
    if about:
        lines.append(nodes.paragraph("", about, classes=["digikom-source"]))
    lines += [nodes.paragraph("", note, classes=["digikom-note"]) for note in block.notes]
    if block.status == "synthetic":
        lines.append(nodes.paragraph("", SYNTHETIC_MARK, classes=["digikom-synthetic"]))
    return lines


def _numbers_html(figure: Figure) -> str:
    """The rows of a figure as a folded table. Raw HTML: Sphinx would number a table node as a table of the report."""
    head = "".join(
        f'<th scope="col" class="digikom-{"right" if column.is_number else "left"}">{escape(column.label)}</th>'
        for column in figure.columns
    )
    rows = "".join(
        "<tr>"
        + "".join(
            _html_cell(cell_text(value, column), column, _row_scope(position, value, column))
            for position, (value, column) in enumerate(zip(row, figure.columns, strict=True))
        )
        + "</tr>\n"
        for row in figure.rows
    )
    label = escape(f"Tallene i figuren: {figure.caption} ({texts.SCROLL_HINT})")
    return (
        f'<details class="digikom-numbers"><summary>{texts.SHOW_NUMBERS}</summary>\n'
        f'<div class="digikom-scroll" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="table digikom-table"><caption>{escape(figure.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div></details>"
    )


def _html_cell(text: str, column: Column, scope: str) -> str:
    align = "right" if column.is_number else "left"
    if scope:
        return f'<th scope="{scope}" class="digikom-{align}">{escape(text)}</th>'
    return f'<td class="digikom-{align}">{escape(text)}</td>'
