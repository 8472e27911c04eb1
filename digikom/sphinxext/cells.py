"""Notebook cells on the page: an anchor for each, one fold a section, and the tables that they show of pandas frames.

pandas writes two header rows with empty cells, a style sheet for each table and no word on which header belongs to
what. Here the rows become one, every header says what it is of, and the table gets a box of its own that scrolls.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from digikom.publish.formatting import format_number

from . import texts
from .elements import BLOCK_CLASS, CELL_ANCHOR, Fold, fold_opening, is_code_cell, report_of, scroll_opening, writing

_FRAME = re.compile(r'<table [^>]*\bclass="dataframe"')
#: The line that pandas writes under a frame of which it shows a part.
_SIZE = re.compile(r"(\d+) rows × (\d+) columns")
_PRESENTATION = ("border", "style", "halign", "valign")


def add_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Give the container of each code cell the id `celle-<cell id>`, so that it can be linked to from anywhere."""
    ids = report_of(app).register.cell_ids.get(app.env.docname, ())
    for cell in doctree.findall(is_code_cell):
        index = cell["cell_index"]
        if index < len(ids) and ids[index]:
            cell["ids"].append(CELL_ANCHOR + ids[index])


class Calculations(nodes.General, nodes.Element):  # type: ignore[misc]
    """The folded cells of a section, in their order, at the end of its text."""


def gather_cells(_app: Sphinx, doctree: nodes.document) -> None:
    """Put the cells of each section that are not to be seen (tagged `hide-…`) into one fold at the end of its own text.

    The figures and tables that they publish stay where they are.
    """
    for around in [doctree, *doctree.findall(nodes.section)]:
        cells = [child for child in around.children if is_code_cell(child) and child.get("hide_mode")]
        if not cells:
            continue
        for cell in cells:
            place = around.index(cell)
            around[place : place + 1] = _taken_out(cell)
            # MyST-NB would fold the cell once more by itself.
            del cell["hide_mode"]
        # What is below the section's own text: its subsections, and the fold at the end of the chapter.
        below = (place for place, child in enumerate(around.children) if isinstance(child, nodes.section | Fold))
        around.insert(next(below, len(around)), Calculations("", *cells))


def _taken_out(cell: nodes.Element) -> list[nodes.Node]:
    """What a cell shows of figures and tables, taken out of it."""
    shown = [
        output
        for outputs in cell.children
        if outputs.get("nb_element") == "cell_code_output"
        for output in outputs.children
        if any(BLOCK_CLASS in node["classes"] for node in output.findall(nodes.container))
    ]
    for output in shown:
        output.parent.remove(output)
    return shown


def _opening(_translator: HTML5Translator, _node: Calculations) -> str:
    return fold_opening("digikom-calculations", texts.SHOW_CALCULATIONS)


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
    for part, span, scope in ((table.thead, "colspan", "col"), (table.tbody, "rowspan", "row")):
        for cell in part.find_all("th") if isinstance(part, Tag) else ():
            if cell.get_text(strip=True):
                cell["scope"] = f"{scope}group" if cell.has_attr(span) else scope
            else:
                cell.name = "td"
    size = _SIZE.search(soup.get_text())
    shown = [format_number(int(number), 0) for number in size.groups()] if size else []
    below = f'<p class="digikom-note">{texts.frame_size(*shown)}</p>\n' if shown else ""
    opening = scroll_opening(texts.result_label(place)).replace('role="region"', 'role="group"')
    return f"{opening}{table}\n</div>\n{below}"


def _join_headers(head: Tag) -> None:
    """Put the names of the index, which pandas writes in a row of their own, into the last row of column names.

    The name of the columns themselves, which is in the same corner, is left out where the index has one.
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


def setup(app: Sphinx) -> None:
    """Connect the anchors, the folding and the repair."""
    app.connect("doctree-read", add_anchors)
    app.connect("doctree-read", gather_cells)
    app.connect("doctree-read", repair_frames)
    app.add_node(Calculations, html=writing(_opening, "</details>\n"))
