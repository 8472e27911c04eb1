"""The whole PDF as one HTML document: title page, contents, lists of figures and tables, and the chapters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from digikom.build.catalogue import PublishedEdition
from digikom.build.pdf import words
from digikom.build.pdf.articles import FIGURES, TABLES, Chapter, sections
from digikom.publish.edition import long_date

HERE = Path(__file__).parent
TEMPLATE = "document.html"


def compose(edition: PublishedEdition, chapters: Sequence[Chapter]) -> str:
    """The document of `edition` with these chapters."""
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    date = "" if edition.published is None else long_date(edition.published)
    numbered = [entry for chapter in chapters for entry in chapter.numbered]
    lists = [
        (heading, [entry for entry in numbered if entry.kind == kind])
        for heading, kind in ((words.FIGURES, FIGURES), (words.TABLES, TABLES))
    ]
    return environment.get_template(TEMPLATE).render(
        words=words,
        title=edition.title,
        published="" if edition.published is None else edition.published.isoformat(),
        # An edition that does not tell whether its answers are real is taken for synthetic.
        synthetic=edition.status != "real",
        edition_line=words.edition_line(edition.version, date),
        chapters=chapters,
        lists=lists,
        sections=sections,
        markup=markup,
    )


def markup(chapter: Chapter) -> Markup:
    """A chapter's article; it is ours and has been through a parser."""
    return Markup(chapter.article.decode(formatter="minimal"))
