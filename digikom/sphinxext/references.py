"""References that the extension itself makes to pages, figures and tables of the book; Sphinx resolves them."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment


def number_reference(env: BuildEnvironment, key: str) -> nodes.Element:
    """«Figur 3.1», linked: the figure or table with the key."""
    inner = nodes.literal("", key, classes=["xref", "std", "std-numref"])
    return _pending(env, "numref", key, inner, explicit=False)


def page_reference(env: BuildEnvironment, docname: str, text: str) -> nodes.Element:
    """`text`, linked to a page of the book."""
    return _pending(env, "doc", f"/{docname}", nodes.inline("", text), explicit=True)


def _pending(env: BuildEnvironment, kind: str, target: str, inner: nodes.Element, explicit: bool) -> nodes.Element:
    return addnodes.pending_xref(
        "",
        inner,
        refdomain="std",
        reftype=kind,
        reftarget=target,
        refexplicit=explicit,
        refwarn=True,
        refdoc=env.docname,
    )
