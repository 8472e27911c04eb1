"""Notebook cells on the page: an anchor for each, and folding in Norwegian."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from docutils import nodes
from docutils.nodes import Element
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from . import texts
from .elements import CELL_ANCHOR
from .register import register_of


def add_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Give the container of each code cell the id `celle-<cell id>`, so that it can be linked to from anywhere."""
    ids = register_of(app).cell_ids.get(app.env.docname, ())
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        index = cell["cell_index"]
        if index < len(ids) and ids[index]:
            cell["ids"].append(CELL_ANCHOR + ids[index])


class FoldedRun(nodes.General, nodes.Element):  # type: ignore[misc]
    """Folded cells that follow one another, and the code of the result that they lead to, under one heading."""


def is_folded(node: nodes.Node) -> bool:
    """Whether the node is a code cell that is folded as a whole (tagged `hide-cell`)."""
    return (
        isinstance(node, nodes.container) and node.get("nb_element") == "cell_code" and node.get("hide_mode") == "all"
    )


def is_result(node: nodes.Node) -> bool:
    """Whether the node is a code cell of which the output is shown and the code is folded (tagged `hide-input`)."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "cell_code"
        and node.get("hide_mode") == "input"
        and len(node) > 0
        and node[0].get("nb_element") == "cell_code_source"
    )


def join_folded_cells(_app: Sphinx, doctree: nodes.document) -> None:
    """Fold neighbouring folded cells together, with the code of the result that follows them: one calculation in
    several steps, not several calculations.
    """
    for parent in list(doctree.findall(Element)):
        run: list[nodes.container] = []
        for child in [*parent.children, None]:
            if child is not None and is_folded(child):
                run.append(child)
                continue
            if child is not None and is_result(child):
                _fold_into(child, run)
            elif run:
                folded = FoldedRun("", steps=len(run))
                parent.insert(parent.index(run[0]), folded)
                _move(run, folded)
            run = []


def _fold_into(result: nodes.container, run: Sequence[nodes.container]) -> None:
    """Put the cells of `run` and the result's own code under one heading, above what the result shows."""
    folded = FoldedRun("", steps=len(run) + 1)
    code = result.pop(0)
    result.insert(0, folded)
    _move(run, folded)
    folded += code
    del result["hide_mode"]


def _move(run: Sequence[nodes.container], folded: FoldedRun) -> None:
    for cell in run:
        cell.parent.remove(cell)
        # MyST-NB would fold the cell once more by itself.
        del cell["hide_mode"]
        folded += cell


def _visit_run(self: HTML5Translator, node: FoldedRun) -> None:
    steps = f" ({node['steps']} steg)" if node["steps"] > 1 else ""
    self.body.append(f'<details class="digikom-run">\n<summary>{escape(texts.SHOW_CALCULATION)}{steps}</summary>\n')


def _depart_run(self: HTML5Translator, _node: FoldedRun) -> None:
    self.body.append("</details>\n")


def _visit_folded(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """MyST-NB's own visitor, without its English accessible name, and with a word for what is folded."""
    is_result = not {"below-input", "above-output"}.isdisjoint(node["classes"])
    show = texts.SHOW_RESULT if is_result else node["prompt_show"]
    hide = texts.HIDE_RESULT if is_result else node["prompt_hide"]
    classes = escape(" ".join(["admonition", "hide", *node["classes"]]))
    self.body.append(
        f'<details class="{classes}">\n<summary>\n'
        f'<p class="collapsed admonition-title">{escape(show)}</p>\n'
        f'<p class="expanded admonition-title">{escape(hide)}</p>\n</summary>\n'
    )


def _depart_folded(self: HTML5Translator, _node: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> None:
    """Connect the anchors and take over the folding."""
    app.connect("doctree-read", add_anchors)
    app.connect("doctree-read", join_folded_cells)
    app.add_node(FoldedRun, html=(_visit_run, _depart_run))
    app.add_node(HideCodeCellNode, override=True, html=(_visit_folded, _depart_folded))
