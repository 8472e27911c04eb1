"""Passages that lead to a page which only some editions have."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class PagePresentDirective(SphinxDirective):
    """```{har-siden} notebooks/11_kommuner``` around a passage that is kept only where the book has that page."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The passage, or nothing."""
        if self.arguments[0] not in self.env.found_docs:
            return []
        return self.parse_content_to_nodes(allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("har-siden", PagePresentDirective)
