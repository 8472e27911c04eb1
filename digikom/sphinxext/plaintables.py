"""Tables of words on the report's own pages: unlike published tables they have no number and no file."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from . import texts
from .elements import ScrollRegion

Content = str | Sequence[nodes.Node]


def plain_table(label: str, head: Sequence[str], rows: Sequence[Sequence[Content]], kind: str = "") -> nodes.Element:
    """A table whose first column names the row, in a box of its own that scrolls, with `label` as its name.

    A cell is a text or inline nodes. `kind` is a class of its own for the style sheet.
    """
    table = nodes.table(classes=["digikom-plain", *kind.split()])
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1, stub=position == 0) for position, _ in enumerate(head)]
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *(_row(row) for row in rows))
    table += group
    return ScrollRegion("", table, label=f"{label} ({texts.SCROLL_HINT})")


def _row(cells: Sequence[Content]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *_inline(cell))) for cell in cells))


def _inline(cell: Content) -> list[nodes.Node]:
    return [nodes.Text(cell)] if isinstance(cell, str) else list(cell)
