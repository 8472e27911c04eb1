"""The edition's own words: `{fra-utgaven}` puts in what its authors have written about its year.

They are in `book/editions/<year>/`, or, where editions share them, in `book/editions/felles/`. Where neither has such a
text, nothing is shown.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from .presence import standing_of

LOGGER = logging.getLogger(__name__)


class EditionTextDirective(SphinxDirective):
    """```{fra-utgaven} bakgrunn``` puts in `book/editions/<year>/bakgrunn.md`, or else `book/editions/felles/`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The edition's text, or nothing where it has none."""
        standing = standing_of(self.env.app)
        if standing.year() is None:
            LOGGER.warning("no notebook publishes the year: the edition's own texts cannot be found")
        path = standing.words(self.arguments[0])
        if path is None:
            return []
        self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(standing.page(path.read_text(encoding="utf-8")), allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("fra-utgaven", EditionTextDirective)
