"""Notebook cells on the page: an anchor for each, and folding in Norwegian."""

from __future__ import annotations

from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from . import texts
from .register import register_of

CELL_ANCHOR = "celle-"


def add_anchors(app: Sphinx, doctree: nodes.document) -> None:
    """Give the container of each code cell the id `celle-<cell id>`, so that it can be linked to from anywhere."""
    ids = register_of(app).cell_ids.get(app.env.docname, ())
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        index = cell["cell_index"]
        if index < len(ids) and ids[index]:
            cell["ids"].append(CELL_ANCHOR + ids[index])


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
    app.add_node(HideCodeCellNode, override=True, html=(_visit_folded, _depart_folded))
