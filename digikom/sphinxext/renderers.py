"""How published output becomes part of the page: numbered figures and tables, and a number's line under its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeRenderPlugin
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from digikom.opendata.data_files import symbol_meaning
from digikom.opendata.description import Column, Value
from digikom.paths import data_folder
from digikom.publish.drawing import DrawingError, draw, legend_of, local_files, narrow_spec
from digikom.publish.outputs import PUBLISHED_MIMES, SYNTHETIC_MARK
from digikom.publish.palette import DARK
from digikom.publish.tables import base_line, shown_value

from . import texts
from .elements import (
    BLOCK_CLASS,
    LINE_CLASS,
    NUMBER_ANCHOR,
    WORDING_ANCHOR,
    ActionLine,
    BlockMenu,
    DataCell,
    FigureNumbers,
    Finding,
    ReportFigure,
    ScrollRegion,
    Subtitle,
    TableTitle,
    cell_markup,
    report_of,
)
from .payloads import (
    Figure,
    Number,
    PayloadError,
    Published,
    Table,
    Wording,
    read_payload,
)

if TYPE_CHECKING:
    from myst_nb.core.render import MimeData, NbElementRenderer

LOGGER = logging.getLogger(__name__)
#: A table of more rows than this can be sorted and filtered where there is script.
LONG_TABLE = 15
#: The page of a table of more columns than this is as wide as the window.
MANY_COLUMNS = 7


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
        return [page.render(report_of(page.env.app).register.as_known(item))]


class _Page:
    """The document that the nodes go into: its names, its warnings and its dependencies."""

    def __init__(self, document: nodes.document, env: BuildEnvironment, line: int) -> None:
        self.document, self.env, self.line = document, env, line

    def render(self, item: Published) -> nodes.Element:
        if isinstance(item, Number):
            anchors = [NUMBER_ANCHOR + item.key, *(WORDING_ANCHOR + wording.key for wording in item.wordings)]
            return nodes.paragraph("", texts.number_line(item), ids=anchors, classes=[LINE_CLASS])
        if isinstance(item, Wording):
            line = texts.wording_line(item.text)
            return nodes.paragraph("", line, ids=[WORDING_ANCHOR + item.key], classes=[LINE_CLASS])
        return self._figure(item) if isinstance(item, Figure) else self._table(item)

    def _figure(self, figure: Figure) -> nodes.Element:
        node = ReportFigure(classes=["digikom-figure"])
        self._name(node, figure.key)
        target = node["ids"][0]
        node += Finding("", figure.heading)
        subtitle = [_line("digikom-subtitle", figure.subtitle)] if figure.subtitle else []
        node += Subtitle("", *subtitle, *_mark(figure))
        legend = legend_html(figure.spec)
        narrow = narrow_spec(figure.spec)
        for name, spec in (("wide", figure.spec), ("narrow", narrow)):
            if spec is not None:
                node += nodes.raw("", self._picture(figure, spec, name, target), format="html")
        if legend:
            node += nodes.raw("", legend, format="html")
        if figure.has_assumed_marks:
            node += nodes.raw("", texts.EVIDENCE_LEGEND, format="html")
        block = nodes.container("", node, classes=[BLOCK_CLASS])
        if narrow is not None:
            block["classes"].append("digikom-two-widths")
        numbers = FigureNumbers(target=target, key=figure.key, caption=figure.caption, content=_numbers_html(figure))
        numbers["is_long"] = _is_long(figure) or bool(legend)
        return _finished(block, "figure", target, figure, numbers)

    def _picture(self, figure: Figure, spec: dict[str, Any], name: str, target: str) -> str:
        data_dir = data_folder(self.env.config.digikom_data_dir)
        for path in local_files(spec):
            self.env.note_dependency(str(data_dir / path))
        store = drawings_folder(self.env.app)
        try:
            svg = draw(spec, prefix=f"{target}-{name}", alt=figure.alt, data_dir=data_dir, store=store)
        except DrawingError as error:
            place = (self.env.docname, self.line)
            LOGGER.warning("the figure %r cannot be drawn: %s", figure.key, error, location=place)
            return ""
        return f'<div class="digikom-picture digikom-{name}">{svg}</div>'

    def _table(self, table: Table) -> nodes.Element:
        kinds = {"digikom-long": _is_long(table), "digikom-many": len(table.columns) > MANY_COLUMNS}
        node = nodes.table(classes=["digikom-table", *(kind for kind, holds in kinds.items() if holds)])
        self._name(node, table.key)
        group = nodes.tgroup(cols=len(table.columns), stubs=[])
        group += [nodes.colspec(colwidth=1) for _ in table.columns]
        head, *rows = (nodes.row("", *map(_data_cell, row)) for row in _cells(table))
        group += nodes.thead("", head)
        group += nodes.tbody("", *rows)
        if table.total_row and rows:
            rows[-1]["classes"].append("digikom-total")
        node += [TableTitle("", table.caption), group]
        region = ScrollRegion("", node, label=texts.table_label(table.caption))
        return _finished(nodes.container("", region, classes=[BLOCK_CLASS]), "table", node["ids"][0], table)

    def _name(self, node: nodes.Element, key: str) -> None:
        """Make `key` a label of the node, for {numref}."""
        node["names"].append(nodes.fully_normalize_name(key))
        self.document.note_explicit_target(node, node)
        node.source, node.line = self.document["source"], self.line


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a published table: its text, what the standard symbol in it means, `scope` where it is a header, and
    whether it is marked as assumed.
    """

    text: str
    meaning: str
    scope: str
    align: str
    is_assumed: bool = False


def _cells(block: Figure | Table) -> Iterator[list[_Cell]]:
    """The cells of the heading, then of each row. The first column names the row when it holds text."""
    aligned = [column.align or ("right" if column.is_number else "left") for column in block.columns]
    yield [_Cell(column.label, "", "col", align) for column, align in zip(block.columns, aligned, strict=True)]
    kinds = block.evidence if block.has_assumed_marks else ((None,) * len(block.columns),) * len(block.rows)
    for row, of_row in zip(block.rows, kinds, strict=True):
        yield [
            _Cell(
                shown_value(value, column.decimals),
                symbol_meaning(value),
                _scope(position, value, column),
                align,
                kind == "assumed",
            )
            for position, (value, column, align, kind) in enumerate(
                zip(row, block.columns, aligned, of_row, strict=True)
            )
        ]


def _scope(position: int, value: Value, column: Column) -> str:
    return "row" if position == 0 and isinstance(value, str) and value and not column.is_number else ""


def _data_cell(cell: _Cell) -> DataCell:
    shown = [nodes.Text(cell.text)] if cell.text else []
    about = {"scope": cell.scope, "align": cell.align, "meaning": cell.meaning, "is_assumed": cell.is_assumed}
    return DataCell("", *shown, **about)


def _numbers_html(figure: Figure) -> str:
    """The rows of a figure as head and body of an HTML table."""
    lines = []
    for row in _cells(figure):
        marked = [
            (cell_markup(cell.scope, cell.align, cell.meaning, cell.is_assumed), escape(cell.text)) for cell in row
        ]
        lines.append(f"<tr>{''.join(f'{opening}{text}{closing}' for (opening, closing), text in marked)}</tr>")
    body = "".join(f"{line}\n" for line in lines[1:])
    return f"<thead>{lines[0]}</thead>\n<tbody>\n{body}</tbody>\n"


def _is_long(block: Figure | Table) -> bool:
    return len(block.rows) > LONG_TABLE


def _line(kind: str, text: str) -> nodes.paragraph:
    return nodes.paragraph("", text, classes=[kind])


def _mark(block: Figure | Table) -> list[nodes.Element]:
    return [_line("digikom-synthetic", SYNTHETIC_MARK)] if block.status == "synthetic" else []


def _finished(
    box: nodes.container, figtype: str, target: str, block: Figure | Table, *more: nodes.Element
) -> nodes.container:
    """The box of a figure or table with what is below it: the question asked, base and source, notes, the
    synthetic mark of a table, and the menu of what can be done with it, which `more` is in.
    """
    question = block.question if isinstance(block, Figure) else None
    about = base_line(block.base, block.base_text, block.source)
    lines = [
        *([_line("digikom-question", texts.question_line(question))] if question else []),
        *([_line("digikom-source", about)] if about else []),
        *(_line("digikom-note", note) for note in block.notes),
        *(_mark(block) if isinstance(block, Table) else []),
    ]
    has_symbols = any(symbol_meaning(value) for row in block.rows for value in row)
    actions = ActionLine(figtype=figtype, target=target, key=block.key, has_symbols=has_symbols)
    menu = BlockMenu("", *more, actions, figtype=figtype, target=target)
    box += [nodes.container("", *lines, classes=["digikom-notes"]), menu]
    return box


def legend_html(spec: Mapping[str, Any]) -> str:
    """The legend of a picture that has none in itself: a list, each colour with its counterpart on a dark page. Empty
    where there is none.
    """
    entries = "".join(
        f'<li><span class="digikom-swatch" style="--on-light: {entry.colour}; '
        f'--on-dark: {DARK.get(entry.colour.lower(), entry.colour)}"></span>{escape(entry.label)}</li>\n'
        for entry in legend_of(spec)
    )
    return f'<ul class="digikom-legend">\n{entries}</ul>\n' if entries else ""
