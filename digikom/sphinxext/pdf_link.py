"""The way from the front page to the edition as one PDF.

The configuration value `digikom_pdf` is the name of the file in the folder of the edition. `digikom build` sets it
where it makes the PDF; a book without one shows nothing.
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
    """The paragraph with the link. Attribute: `file`, the PDF's name in the folder of the edition."""


class PdfLinkDirective(SphinxDirective):
    """```{pdf-lenke}``` leads to the edition as one PDF, where there is one."""

    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The link, or nothing."""
        file = self.config.digikom_pdf
        return [PdfLink("", file=file)] if file else []


def _visit_link(self: HTML5Translator, node: PdfLink) -> None:
    address = escape(f"{page_root(self)}{node['file']}")
    self.body.append(
        f'<p class="digikom-pdf"><a href="{address}" type="application/pdf">{escape(texts.PDF_LINK)}</a></p>\n'
    )
    raise nodes.SkipNode


def _skip(_self: object, _node: PdfLink) -> None:
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directive, its node and the configuration."""
    app.add_config_value("digikom_pdf", [], "env", [list])
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_skip, None))
    app.add_node(PdfLink, html=(_visit_link, None), **others)
    app.add_directive("pdf-lenke", PdfLinkDirective)
