"""What of a page is for paper: the rest is taken out of its document tree.

Only a screen has use for code, folds, buttons, downloads, hints on how to use a page, and the tables that repeat the
numbers of a figure.
"""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes

from digikom.sphinxext.cells import FoldedRun
from digikom.sphinxext.citing import CitationBox, CopyLine
from digikom.sphinxext.control import Fold
from digikom.sphinxext.elements import ActionLine, FigureNumbers

#: What has no place on paper, by node and by class; hints on how to use a page are among it.
SCREEN_NODES = (
    ActionLine,
    CitationBox,
    CopyLine,
    FigureNumbers,
    Fold,
    FoldedRun,
    addnodes.index,
    addnodes.toctree,
    nodes.comment,
    nodes.target,
)
SCREEN_CLASSES = frozenset({"digikom-material", "digikom-review-chapter", "digikom-screen", "tip", "toctree-wrapper"})


def is_for_screen(node: nodes.Node) -> bool:
    """Whether a node has no place on paper."""
    return isinstance(node, SCREEN_NODES) or (
        isinstance(node, nodes.Element) and not SCREEN_CLASSES.isdisjoint(node.get("classes", ()))
    )


def is_block(node: nodes.Node) -> bool:
    """Whether a node is the box of a published figure or table with what belongs to it."""
    return isinstance(node, nodes.container) and "digikom-block" in node["classes"]


def keep_for_paper(node: nodes.Element) -> None:
    """Take out of the tree below `node` what is not for paper; of a cell only figures and tables stay."""
    node[:] = [child for child in node.children if not is_for_screen(child)]
    for child in node.children:
        if isinstance(child, nodes.Element):
            keep_for_paper(child)
    if node.get("nb_element") == "cell_code":
        node[:] = list(node.findall(is_block))
