"""The edition in its own pages: its title, version and date, and how it is cited.

`{utgaven}` prints a fact of the edition in running text, `{sitering}` a reference to it. Both know the edition from the
configuration value `digikom_edition`, which `digikom build` sets, or else from the edition file of the year that the
notebooks are about, so that `jupyter-book build .` says the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from digikom.editions.identity import EditionFacts, long_date
from digikom.opendata.citations import Citation

from .payloads import heading_of
from .presence import EDITION_DIR, YEAR_KEY
from .references import number_reference
from .register import register_of

LOGGER = logging.getLogger(__name__)
CITATION_CLASS = "digikom-citation"
#: The forms of a reference that are shown as a block to be copied, and the language Pygments knows them by.
FORMATS = {"bibtex": "bibtex", "ris": "text"}
#: The parts of the edition that are cited by their name in the book.
PARTS = ("nokkel", "kapittel")


class ChapterName(nodes.Inline, nodes.Element):  # type: ignore[misc]
    """Stands for the number and title of a chapter until the chapters are numbered. Attribute: `docname`."""


def edition_facts(env: BuildEnvironment) -> EditionFacts | None:
    """What the edition says of itself; nothing for a book that is no edition."""
    if env.config.digikom_edition:
        return EditionFacts.model_validate(env.config.digikom_edition)
    year = register_of(env.app).numbers.get(YEAR_KEY)
    path = None if year is None else Path(env.srcdir, EDITION_DIR, f"{year.item.value}.yml")
    if path is None or not path.is_file():
        return None
    return EditionFacts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def citation(env: BuildEnvironment) -> Citation | None:
    """The edition as it is cited: by the book's author, at the address of the edition's folder where the book knows it
    (with a slash at its end).
    """
    facts, address = edition_facts(env), env.config.html_baseurl
    if facts is None:
        return None
    address = f"{address.rstrip('/')}/" if address else ""
    return Citation(facts, env.config.author, register_of(env.app).is_synthetic, address)


def chapter_number(app: Sphinx, docname: str) -> str:
    """«3», or an empty text for a page that is no numbered chapter."""
    numbers: tuple[int, ...] | None = app.env.toc_secnumbers.get(docname, {}).get("")
    return ".".join(map(str, numbers)) if numbers else ""


def words_of(facts: EditionFacts | None) -> dict[str, str]:
    """What {utgaven} prints, by name; nothing for a book that is no edition."""
    if facts is None:
        return {}
    latest = long_date(facts.newest_first[0].date if facts.corrections else facts.published)
    return {
        "tittel": facts.title,
        "versjon": facts.version,
        "publisert": long_date(facts.published),
        "oppdatert": latest,
        "rettet": f", sist rettet {latest}" if facts.corrections else "",
    }


class EditionRole(SphinxRole):
    """{utgaven}`tittel`, {utgaven}`versjon`, {utgaven}`publisert` and {utgaven}`oppdatert` (the latest correction).

    {utgaven}`rettet` ends a sentence with the date of the latest correction, and says nothing where there is none.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The fact as text."""
        known = words_of(edition_facts(self.env))
        if self.text in known:
            return [nodes.Text(known[self.text])], []
        expected = "expected tittel, versjon, publisert, oppdatert or rettet" if known else "there is no edition file"
        LOGGER.warning("{utgaven} %s: %s", self.text, expected, location=(self.env.docname, self.lineno))
        return [nodes.problematic(self.rawtext, f"[{self.text}?]")], []


class CitationDirective(SphinxDirective):
    """```{sitering}``` gives a reference to the edition; with content, to the part of it that the content describes.

    `{sitering} nokkel fig-x` cites the figure or table of that key, and `{sitering} kapittel notebooks/x` the chapter
    of that name, by number and title. `{sitering} bibtex` and `{sitering} ris` give the reference for reference
    managers.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """A quotation, or a block of code."""
        cited = citation(self.env)
        form, _, name = (self.arguments[0] if self.arguments else "").partition(" ")
        if cited is None:
            return self._warn("there is no edition file")
        if form not in {"", *FORMATS, *PARTS}:
            return self._warn(f"expected {' or '.join(FORMATS)}, found {form!r}")
        if form in FORMATS:
            text = (cited.bibtex() if form == "bibtex" else cited.ris()).rstrip()
            return [nodes.literal_block(text, text, language=FORMATS[form])]
        part: list[nodes.Node] = []
        if form == "kapittel":
            part = self._chapter(name)
        elif form == "nokkel":
            part = self._published(name)
        elif self.content:
            parsed, messages = self.parse_inline(" ".join(line.strip() for line in self.content), lineno=self.lineno)
            part = [*parsed, nodes.Text(". I: "), *messages]
        paragraph = nodes.paragraph("", "", *part, nodes.Text(cited.text()))
        return [nodes.block_quote("", paragraph, classes=[CITATION_CLASS])]

    def _warn(self, message: str) -> list[nodes.Node]:
        LOGGER.warning("{sitering}: %s", message, location=self.get_location())
        return []

    def _chapter(self, docname: str) -> list[nodes.Node]:
        if docname not in self.env.found_docs:
            return self._warn(f"the book has no page {docname!r}")
        return [ChapterName(docname=docname), nodes.Text(". I: ")]

    def _published(self, key: str) -> list[nodes.Node]:
        register = register_of(self.env.app)
        entry = register.figures.get(key) or register.tables.get(key)
        if entry is None:
            return self._warn(f"no notebook of the report publishes the figure or table {key!r}")
        return [number_reference(self.env, key), nodes.Text(f". {heading_of(entry.item).rstrip('.')}. I: ")]


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("utgaven", EditionRole())
    app.add_directive("sitering", CitationDirective)
