"""The tables that cells show of their pandas frames, made fit for the page.

pandas writes two header rows with empty cells, a style sheet for each table and no word on which header belongs to
what. Here the rows become one, every header says what it is of, and the table gets a box of its own that scrolls.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx

from digikom.publish.formatting import format_number

from . import texts
from .elements import scroll_opening

_FRAME = re.compile(r'<table [^>]*\bclass="dataframe"')
#: The line that pandas writes under a frame of which it shows a part.
_SIZE = re.compile(r"(\d+) rows × (\d+) columns")
_PRESENTATION = ("border", "style", "halign", "valign")


def repair_frames(_app: Sphinx, doctree: nodes.document) -> None:
    """Rewrite every pandas table among the outputs of the page's cells."""
    frames = [
        node for node in doctree.findall(nodes.raw) if node.get("format") == "html" and _FRAME.search(node.astext())
    ]
    for place, node in enumerate(frames, start=1):
        node.parent.replace(node, nodes.raw("", repaired(node.astext(), place), format="html"))


def repaired(html: str, place: int) -> str:
    """The pandas table in `html` with one header row for each level, scopes, and a box that scrolls.

    `place` counts the tables of the page, so that no two boxes have the same name.
    """
    soup = BeautifulSoup(html, "html.parser")
    table = soup.find("table")
    if not isinstance(table, Tag):
        return html
    for tag in [table, *table.find_all(True)]:
        for name in _PRESENTATION:
            tag.attrs.pop(name, None)
    table["class"] = "table dataframe digikom-frame"
    if isinstance(table.thead, Tag):
        _join_headers(table.thead)
        for cell in table.thead.find_all("th"):
            _name_column(cell)
    if isinstance(table.tbody, Tag):
        for cell in table.tbody.find_all("th"):
            _name_row(cell)
    size = _SIZE.search(soup.get_text())
    told = ""
    if size:
        shown = (format_number(int(number), 0) for number in size.groups())
        told = f'<p class="digikom-note">{texts.frame_size(*shown)}</p>\n'
    opening = scroll_opening(texts.result_label(place)).replace('role="region"', 'role="group"')
    return f"{opening}{table}\n</div>\n{told}"


def _join_headers(head: Tag) -> None:
    """Put the names of the index, which pandas writes in a row of their own, into the last row of column names.

    The name of the columns themselves, which stands in the same corner, is left out where the index has one.
    """
    rows = head.find_all("tr")
    if len(rows) < 2:
        return
    names, above = rows[-1].find_all("th"), rows[-2].find_all("th")
    index = [cell for cell in names if cell.get_text(strip=True)]
    if len(names) != len(above) or names[: len(index)] != index:
        return
    for name, cell in zip(index, above, strict=False):
        cell.string = name.get_text(strip=True)
    rows[-1].decompose()


def _name_column(cell: Tag) -> None:
    if not cell.get_text(strip=True):
        cell.name = "td"
    else:
        cell["scope"] = "colgroup" if cell.has_attr("colspan") else "col"


def _name_row(cell: Tag) -> None:
    if not cell.get_text(strip=True):
        cell.name = "td"
    else:
        cell["scope"] = "rowgroup" if cell.has_attr("rowspan") else "row"


def setup(app: Sphinx) -> None:
    """Connect the repair."""
    app.connect("doctree-read", repair_frames)
