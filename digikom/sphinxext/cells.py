"""Notebook cells on the page: an anchor for each, folding in Norwegian, and the tables that they show of pandas frames.

pandas writes two header rows with empty cells, a style sheet for each table and no word on which header belongs to
what. Here the rows become one, every header says what it is of, and the table gets a box of its own that scrolls.
"""

from __future__ import annotations

import re
from html import escape

from bs4 import BeautifulSoup, Tag
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from digikom.publish.formatting import format_number

from . import texts
from .elements import CELL_ANCHOR, fold_opening, is_code_cell, report_of, scroll_opening, writing

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


class FoldedRun(nodes.General, nodes.Element):  # type: ignore[misc]
    """Folded cells that follow one another, and the code of the result that they lead to, under one heading."""


def _is_folded(node: nodes.Node | None) -> bool:
    """Whether the node is a code cell that is folded as a whole (tagged `hide-cell`)."""
    return isinstance(node, nodes.Element) and is_code_cell(node) and node.get("hide_mode") == "all"


def _is_result(node: nodes.Node | None) -> bool:
    """Whether the node is a code cell of which the output is shown and the code is folded (tagged `hide-input`)."""
    if not isinstance(node, nodes.Element) or not is_code_cell(node) or node.get("hide_mode") != "input":
        return False
    return len(node) > 0 and node[0].get("nb_element") == "cell_code_source"


def join_folded_cells(_app: Sphinx, doctree: nodes.document) -> None:
    """Fold neighbouring folded cells together, with the code of the result that follows them: one calculation in
    several steps, not several calculations.
    """
    for parent in list(doctree.findall(nodes.Element)):
        run: list[nodes.container] = []
        for child in [*parent.children, None]:
            if _is_folded(child):
                run.append(child)
                continue
            is_result = _is_result(child)
            if run or is_result:
                folded = FoldedRun("", steps=len(run) + is_result)
                if is_result:
                    code = [child.pop(0)]
                    child.insert(0, folded)
                else:
                    code = []
                    parent.insert(parent.index(run[0]), folded)
                for cell in run:
                    parent.remove(cell)
                # MyST-NB would fold the cells once more by itself.
                for cell in [*run, *([child] if is_result else [])]:
                    del cell["hide_mode"]
                folded += [*run, *code]
            run = []


def _run_opening(_translator: HTML5Translator, node: FoldedRun) -> str:
    return fold_opening("digikom-run", texts.show_steps(node["steps"]))


def _folded_opening(_translator: HTML5Translator, node: HideCodeCellNode) -> str:
    """What MyST-NB writes, without its English accessible name, and with a word for what is folded."""
    is_output = not {"below-input", "above-output"}.isdisjoint(node["classes"])
    show = texts.SHOW_RESULT if is_output else node["prompt_show"]
    hide = texts.HIDE_RESULT if is_output else node["prompt_hide"]
    classes = escape(" ".join(["admonition", "hide", *node["classes"]]))
    return (
        f'<details class="{classes}">\n<summary>\n'
        f'<p class="collapsed admonition-title">{escape(show)}</p>\n'
        f'<p class="expanded admonition-title">{escape(hide)}</p>\n</summary>\n'
    )


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
    """Connect the anchors and the repair, and take over the folding."""
    app.connect("doctree-read", add_anchors)
    app.connect("doctree-read", join_folded_cells)
    app.connect("doctree-read", repair_frames)
    app.add_node(FoldedRun, html=writing(_run_opening, "</details>\n"))
    app.add_node(HideCodeCellNode, override=True, html=writing(_folded_opening, "</details>\n"))
