"""The edition in its own pages: its title, version and date, and how it is cited.

`{utgaven}` prints a fact of the edition in running text, `{sitering}` a reference to it. Both know the edition from the
configuration value `digikom_edition`, which `digikom build` sets, or else from the edition file of the year that the
notebooks are about, so that `jupyter-book build .` says the same.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from digikom.editions.identity import EditionFacts, long_date
from digikom.editions.layout import DATA, way_up, workbook_file
from digikom.opendata.citations import Citation

from .elements import ReportDirective, number_reference, report_of

LOGGER = logging.getLogger(__name__)
CITATION_CLASS = "digikom-citation"
#: The forms of a reference that are shown as a block to be copied, and the language Pygments knows them by.
FORMATS = {"bibtex": "bibtex", "ris": "text"}
#: The parts of the edition that are cited by their name in the book.
PARTS = ("nokkel", "kapittel")


class ChapterName(nodes.Inline, nodes.Element):  # type: ignore[misc]
    """Stands for the number and title of a chapter until the chapters are numbered. Attribute: `docname`."""


def citation(env: BuildEnvironment) -> Citation | None:
    """The edition as it is cited: by the book's author, at the address of the edition's folder where the book knows it
    (with a slash at its end).
    """
    report, address = report_of(env.app), env.config.html_baseurl
    if report.edition is None:
        return None
    address = f"{address.rstrip('/')}/" if address else ""
    return Citation(report.edition, env.config.author, report.register.is_synthetic, address)


def chapter_number(app: Sphinx, docname: str) -> str:
    """«3», or an empty text for a page that is no numbered chapter."""
    numbers: tuple[int, ...] | None = app.env.toc_secnumbers.get(docname, {}).get("")
    return ".".join(map(str, numbers)) if numbers else ""


def words_of(facts: EditionFacts | None) -> dict[str, str]:
    """What {utgaven} prints, by name; nothing for a book that is no edition."""
    if facts is None:
        return {}
    latest = long_date(facts.modified)
    return {
        "tittel": facts.title,
        "versjon": facts.version,
        "publisert": long_date(facts.published),
        "oppdatert": latest,
        "rettet": f", sist rettet {latest}" if facts.corrections else "",
    }


class EditionRole(SphinxRole):
    """{utgaven}`tittel`, {utgaven}`versjon`, {utgaven}`publisert` and {utgaven}`oppdatert` (the latest correction).

    {utgaven}`rettet` ends a sentence with the date of the latest correction, and says nothing where there is none;
    {utgaven}`arbeidsbok` is the name of the workbook, and on a page leads to it.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The fact as text."""
        facts = report_of(self.env.app).edition
        known = words_of(facts)
        if facts is not None and self.text == "arbeidsbok":
            path = workbook_file(facts.year)
            begins = f'<a href="{way_up(self.env.docname)}{path}">'
            name = nodes.Text(path.removeprefix(DATA))
            return [nodes.raw("", begins, format="html"), name, nodes.raw("", "</a>", format="html")], []
        if self.text in known:
            return [nodes.Text(known[self.text])], []
        expected = (
            "expected tittel, versjon, publisert, oppdatert, rettet or arbeidsbok"
            if known
            else "there is no edition file"
        )
        LOGGER.warning("{utgaven} %s: %s", self.text, expected, location=(self.env.docname, self.lineno))
        return [nodes.problematic(self.rawtext, f"[{self.text}?]")], []


class CitationDirective(ReportDirective):
    """```{sitering}``` gives a reference to the edition; with content, to the part of it that the content describes.

    `{sitering} nokkel fig-x` cites the figure or table of that key, and `{sitering} kapittel notebooks/x` the chapter
    of that name, by number and title. `{sitering} bibtex` and `{sitering} ris` give the reference for reference
    managers.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """A quotation, or a block of code."""
        cited = citation(self.env)
        form, _, name = (self.arguments[0] if self.arguments else "").partition(" ")
        if cited is None:
            return self.warn("there is no edition file")
        if form not in {"", *FORMATS, *PARTS}:
            return self.warn("expected %s, found %r", " or ".join(FORMATS), form)
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

    def _chapter(self, docname: str) -> list[nodes.Node]:
        if docname not in self.env.found_docs:
            return self.warn("the book has no page %r", docname)
        return [ChapterName(docname=docname), nodes.Text(". I: ")]

    def _published(self, key: str) -> list[nodes.Node]:
        entry = self.report.register.blocks.get(key)
        if entry is None:
            return self.warn("no notebook of the report publishes the figure or table %r", key)
        return [number_reference(self.env, key), nodes.Text(f". {entry.item.heading.rstrip('.')}. I: ")]


def setup(app: Sphinx) -> None:
    """Register the role and the directive."""
    app.add_role("utgaven", EditionRole())
    app.add_directive("sitering", CitationDirective)
