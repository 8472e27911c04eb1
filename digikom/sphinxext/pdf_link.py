"""The way from the front page to the edition as PDF: the report, and its technical annex.

The configuration value `digikom_pdf` has the names of the two files in the folder of the edition. `digikom build` sets
it where it makes them; a book without them shows nothing.
"""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from . import texts
from .elements import page_root


class PdfLink(nodes.General, nodes.Element):  # type: ignore[misc]
    """The paragraph with the links. Attribute: `files`, the names of the PDF files in the folder of the edition."""


class PdfLinkDirective(SphinxDirective):
    """```{pdf-lenke}``` leads to the report and the annex as PDF, where there are such files."""

    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The links, or nothing."""
        files = self.config.digikom_pdf
        return [PdfLink("", files=files)] if files else []


def _visit_link(self: HTML5Translator, node: PdfLink) -> None:
    root = page_root(self)
    links = [
        f'<a href="{escape(root + file)}" type="application/pdf">{escape(text)}</a>'
        for file, text in zip(node["files"], texts.PDF_LINKS, strict=True)
    ]
    self.body.append(f'<p class="digikom-pdf">{" · ".join(links)}</p>\n')
    raise nodes.SkipNode


def _skip(_self: object, _node: PdfLink) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directive, its node and the configuration."""
    app.add_config_value("digikom_pdf", [], "env", [list])
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(PdfLink, html=(_visit_link, None), **others)
    app.add_directive("pdf-lenke", PdfLinkDirective)
