"""What belongs to some editions only: passages and cells that need something, and the edition's own words.

`{krever}` keeps a passage of a page only in editions that have what it names (blocks, questions, items, `reference`,
`boundaries`; see `digikom.needs`), as the `needs-` tags do with cells of notebooks. `{fra-utgaven}` puts in what the
edition's authors have written about its year, from `book/editions/<year>/`, or what editions share, from
`book/editions/felles/`. Where neither has such a text, nothing is shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from digikom.needs import Availability
from digikom.paths import SHARED_WORDS

from .register import register_of

LOGGER = logging.getLogger(__name__)
YEAR_KEY = "year"
EDITION_DIR = "book/editions"


def availability_of(app: Sphinx) -> Availability:
    """What the edition lacks, from the book's configuration."""
    return Availability(frozenset(app.config.digikom_lacking), frozenset(app.config.digikom_not_comparable))


class NeedsDirective(SphinxDirective):
    """```{krever} services reference``` around a passage.

    A passage may hold headings; what follows it must then begin with a heading too, since MyST lets it fall back to the
    section that was open before the passage.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The passage, or nothing."""
        if not availability_of(self.env.app).has_all(self.arguments[0].split()):
            return []
        return self.parse_content_to_nodes(allow_section_headings=True)


class EditionTextDirective(SphinxDirective):
    """```{fra-utgaven} bakgrunn``` puts in `book/editions/<year>/bakgrunn.md`, or else `book/editions/felles/`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The edition's text, or nothing where it has none."""
        path = edition_text(self.env, self.arguments[0])
        if path is None:
            return []
        self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(path.read_text(encoding="utf-8"), allow_section_headings=True)


def edition_text(env: BuildEnvironment, name: str) -> Path | None:
    """The file of the edition's own words on `name`, or of those that editions share, if there is one.

    The edition is the one that its notebooks say.
    """
    year = register_of(env.app).numbers.get(YEAR_KEY)
    if year is None:
        LOGGER.warning("no notebook publishes the number %r: the edition's own texts cannot be found", YEAR_KEY)
        return None
    folders = (Path(env.srcdir, EDITION_DIR, folder) for folder in (str(year.item.value), SHARED_WORDS))
    return next((path for folder in folders if (path := folder / f"{name}.md").is_file()), None)


class JoinLists(SphinxTransform):
    """Points of one list stay one list when some of them stand in a passage of their own."""

    default_priority = 500

    def apply(self, **_options: object) -> None:
        """Move the points of a list that directly follows another into the first."""
        for parent in {id(found.parent): found.parent for found in self.document.findall(nodes.bullet_list)}.values():
            joined: list[nodes.Node] = []
            for child in parent.children:
                before = joined[-1] if joined else None
                if isinstance(child, nodes.bullet_list) and isinstance(before, nodes.bullet_list):
                    before += child.children
                else:
                    joined.append(child)
            if len(joined) < len(parent.children):
                parent.children = joined


def setup(app: Sphinx) -> None:
    """Register the directives and the configuration."""
    app.add_config_value("digikom_lacking", [], "env", [list])
    app.add_config_value("digikom_not_comparable", [], "env", [list])
    app.add_directive("krever", NeedsDirective)
    app.add_directive("fra-utgaven", EditionTextDirective)
    app.add_transform(JoinLists)
