"""References to figures, tables and pages of the book: those that the extension makes, and the numbers in them."""

from __future__ import annotations

from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform


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


class ResolveNumbers(SphinxPostTransform):
    """Writes «Figur 3.1» for {numref}, as Sphinx does, by the numbers that it has assigned.

    Sphinx itself loads the whole document of the page that the figure is on, for each reference anew, to see what kind
    of thing it is. What is not a figure or table with a number, and a text of its own, is left to it.
    """

    default_priority = 5
    formats = ("html",)

    def run(self, **_options: object) -> None:
        """Replace the references."""
        for node in list(self.document.findall(addnodes.pending_xref)):
            if (node["refdomain"], node["reftype"], node.get("refexplicit")) == ("std", "numref", False):
                reference = self._reference(node)
                if reference is not None:
                    node.replace_self(reference)

    def _reference(self, node: addnodes.pending_xref) -> nodes.Element | None:
        domain = cast(StandardDomain, self.env.get_domain("std"))
        docname, target = domain.anonlabels.get(node["reftarget"], ("", ""))
        for kind, numbers in self.env.toc_fignumbers.get(docname, {}).items():
            form = self.config.numfig_format.get(kind, "")
            if target in numbers and form.count("%s") == 1 and "{" not in form:
                text = form % ".".join(map(str, numbers[target]))
                return domain.build_reference_node(
                    node.get("refdoc", self.env.docname),
                    self.app.builder,
                    docname,
                    target,
                    text,
                    "numref",
                    nodeclass=addnodes.number_reference,
                    title=form,
                )
        return None


def setup(app: Sphinx) -> None:
    """Resolve references before Sphinx does."""
    app.add_post_transform(ResolveNumbers)
