"""What of the book stands in its edition: the rule of `digikom.presence` on all that Sphinx reads.

`{har-siden}` keeps a passage that leads to a page which only some editions have.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from digikom.errors import BuildError
from digikom.paths import SHARED_WORDS
from digikom.presence import absences, rule
from digikom.presence.keys import Key, edition_of, read_keys, require_known
from digikom.presence.rule import Edition, LeftOut
from digikom.publish.outputs import NUMBER_MIME
from digikom.publish.published import published_outputs, read_cells

NOTEBOOK, PAGE = ".ipynb", ".md"
YEAR_KEY, REFERENCE_KEY = "year", "year-reference"
EDITION_DIR = "book/editions"
Cells = list[dict[str, Any]]


@dataclass
class Standing:
    """What stands of the book in `folder`: `sources` are the files of its pages and notebooks by document."""

    folder: Path
    sources: dict[str, Path]
    data_dir: str | None

    @cached_property
    def keys(self) -> list[Key]:
        """The keys of all editions."""
        return read_keys(self.folder)

    @cached_property
    def executed(self) -> dict[str, Cells]:
        """The notebooks as they are, by document."""
        return {docname: read_cells(path) for docname, path in self.sources.items() if path.suffix == NOTEBOOK}

    @cached_property
    def edition(self) -> Edition:
        """What the notebooks publish."""
        return edition_of(self.keys, {Path(docname).name: cells for docname, cells in self.executed.items()})

    def year(self, key: str = YEAR_KEY) -> int | None:
        """The year of the edition, or that of another key."""
        for cells in self.executed.values():
            for _, mime, payload in published_outputs(cells):
                if mime == NUMBER_MIME and payload.get("key") == key:
                    return int(payload["value"])
        return None

    @cached_property
    def _absences(self) -> tuple[absences.Absence, ...]:
        year = self.year()
        return () if year is None else absences.absences_of(year, self.year(REFERENCE_KEY), self.data_dir)

    @cached_property
    def _chapters(self) -> dict[str, tuple[Cells, list[LeftOut]]]:
        made = {}
        for docname, cells in self.executed.items():
            explain = absences.explainer(lambda: self._absences, self.keys)
            made[docname] = rule.notebook(cells, Path(docname).name, self.edition, explain)
        return made

    @property
    def chapters(self) -> dict[str, Cells]:
        """The cells of each notebook that stand, by document. Nobody may change them."""
        return {docname: cells for docname, (cells, _) in self._chapters.items()}

    def page(self, text: str) -> str:
        """What stands of a page."""
        return rule.page(text, self.edition)[0]

    def words(self, name: str) -> Path | None:
        """The file of the edition's own words on `name`, or of those that editions share, if there is one."""
        folders = (Path(self.folder, EDITION_DIR, part) for part in (str(self.year()), SHARED_WORDS))
        return next((path for folder in folders if (path := folder / f"{name}.md").is_file()), None)

    def left_out(self) -> list[tuple[str, LeftOut]]:
        """All that is left out, each with its document or, for words of editions, their file, in order of name."""
        found = {docname: left_out for docname, (_, left_out) in self._chapters.items()}
        pages = {docname: path for docname, path in self.sources.items() if path.suffix == PAGE}
        for part in (str(self.year()), SHARED_WORDS):
            for path in sorted(Path(self.folder, EDITION_DIR, part).glob(f"*{PAGE}")):
                if self.words(path.stem) == path:
                    pages[path.relative_to(self.folder).with_suffix("").as_posix()] = path
        for docname, path in pages.items():
            found[docname] = rule.page(path.read_text(encoding="utf-8"), self.edition)[1]
        return [(docname, each) for docname, left_out in sorted(found.items()) for each in left_out]


_STANDING: WeakKeyDictionary[Sphinx, Standing] = WeakKeyDictionary()


def standing_of(app: Sphinx) -> Standing:
    """What stands in the edition. Call it when the documents of the book are known."""
    if app not in _STANDING:
        sources = {docname: Path(app.env.doc2path(docname)) for docname in sorted(app.env.found_docs)}
        data_dir = app.config.digikom_answers or app.config.digikom_data_dir or None
        _STANDING[app] = Standing(Path(app.srcdir), sources, data_dir)
    return _STANDING[app]


def check(app: Sphinx) -> None:
    """Stop the build, before anything is read, at a key that no edition publishes."""
    standing = standing_of(app)
    try:
        require_known(standing.folder, standing.keys, standing.edition, standing.year())
    except BuildError as error:
        raise ExtensionError(str(error)) from None


def prepare(app: Sphinx, docname: str, content: list[str]) -> None:
    """Give Sphinx what stands of a page."""
    if app.env.doc2path(docname).endswith(PAGE):
        content[0] = standing_of(app).page(content[0])


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
    """Connect the rule, and register the directive."""
    app.connect("source-read", prepare)
    app.add_directive("har-siden", PagePresentDirective)
