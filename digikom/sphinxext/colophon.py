"""What the pages say of the edition itself: its title, version and date, and how it is cited.

`{utgaven}` prints a fact of the edition in running text, `{sitering}` a reference to it. Both know the edition from the
configuration value `digikom_edition`, which `digikom build` sets, or else from the edition file of the year that the
notebooks are about, so that `jupyter-book build .` says the same.
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from digikom.editions.identity import EditionFacts, long_date
from digikom.opendata.citation import Citation

from .elements import number_reference, report_of
from .payloads import heading_of

LOGGER = logging.getLogger(__name__)
#: The forms of a reference that are shown as a block to be copied, and the language Pygments knows them by.
FORMATS = {"bibtex": "bibtex", "ris": "text"}
#: The parts of the edition that are cited by their name in the book.
PARTS = ("nokkel", "kapittel")


class ChapterName(nodes.Inline, nodes.Element):  # type: ignore[misc]
    """Stands for the number and title of a chapter until the chapters are numbered. Attribute: `docname`."""


def edition_facts(env: BuildEnvironment) -> EditionFacts | None:
    """What the edition tells of itself; nothing for a book that is no edition."""
    return report_of(env.app).edition


def citation(env: BuildEnvironment) -> Citation | None:
    """The edition as it is cited: by the book's author, at the book's address where one is configured."""
    facts = edition_facts(env)
    if facts is None:
        return None
    return Citation(facts, env.config.author, report_of(env.app).register.is_synthetic, edition_address(env.config))


def edition_address(config: Config) -> str:
    """The address of the edition's folder, with a slash at its end, where the book knows it; else an empty text."""
    address: str = config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def words_of(facts: EditionFacts) -> dict[str, str]:
    """What {utgaven} prints, by name."""
    latest = facts.newest_first[0].date if facts.corrections else facts.published
    return {
        "tittel": facts.title,
        "versjon": facts.version,
        "publisert": long_date(facts.published),
        "oppdatert": long_date(latest),
        "rettet": f", sist rettet {long_date(latest)}" if facts.corrections else "",
    }


class EditionRole(SphinxRole):
    """{utgaven}`tittel`, {utgaven}`versjon`, {utgaven}`publisert` and {utgaven}`oppdatert` (the latest correction).

    {utgaven}`rettet` ends a sentence with the date of the latest correction, and says nothing where there is none.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The fact as text."""
        facts = edition_facts(self.env)
        known = {} if facts is None else words_of(facts)
        if self.text in known:
            return [nodes.Text(known[self.text])], []
        what = (
            "there is no edition file" if facts is None else "expected tittel, versjon, publisert, oppdatert or rettet"
        )
        LOGGER.warning("{utgaven} %s: %s", self.text, what, location=(self.env.docname, self.lineno))
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
        form, _, part_name = (self.arguments[0] if self.arguments else "").partition(" ")
        if cited is None or form not in {"", *FORMATS, *PARTS}:
            what = "there is no edition file" if cited is None else f"expected {' or '.join(FORMATS)}, found {form!r}"
            LOGGER.warning("{sitering}: %s", what, location=self.get_location())
            return []
        if form in FORMATS:
            text = (cited.bibtex() if form == "bibtex" else cited.ris()).rstrip()
            return [nodes.literal_block(text, text, language=FORMATS[form])]
        paragraph = nodes.paragraph("", "")
        if form in PARTS:
            paragraph += self._chapter(part_name) if form == "kapittel" else self._published(part_name)
        elif self.content:
            part, messages = self.parse_inline(" ".join(line.strip() for line in self.content), lineno=self.lineno)
            paragraph += [*part, nodes.Text(". I: "), *messages]
        paragraph += nodes.Text(cited.text())
        return [nodes.block_quote("", paragraph, classes=["digikom-citation"])]

    def _chapter(self, docname: str) -> list[nodes.Node]:
        if docname not in self.env.found_docs:
            LOGGER.warning("{sitering}: the book has no page %r", docname, location=self.get_location())
            return []
        return [ChapterName(docname=docname), nodes.Text(". I: ")]

    def _published(self, key: str) -> list[nodes.Node]:
        register = report_of(self.env.app).register
        entry = register.figures.get(key) or register.tables.get(key)
        if entry is None:
            LOGGER.warning(
                "{sitering}: no notebook of the report publishes the figure or table %r",
                key,
                location=self.get_location(),
            )
            return []
        return [number_reference(self.env, key), nodes.Text(f". {heading_of(entry.item).rstrip('.')}. I: ")]


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("utgaven", EditionRole())
    app.add_directive("sitering", CitationDirective)
