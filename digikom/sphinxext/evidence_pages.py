"""What pages say of the evidence of numbers: how many in the text are printed, and how to read those of a chapter.

```{trykte-tall}``` is one sentence on all numbers that the texts of the edition print. A chapter with assumed numbers
says after its first paragraph what the mark means.
"""

from __future__ import annotations

from collections import Counter

from docutils import nodes
from sphinx.application import Sphinx

from . import texts
from .elements import NUMBER_ANCHOR, NumberLink, ReportDirective, report_of

NOTEBOOKS = "notebooks/"


class EvidenceSentence(nodes.paragraph):  # type: ignore[misc]
    """The place of the sentence."""


class EvidenceDirective(ReportDirective):
    """```{trykte-tall}```, for nothing in an edition on real answers."""

    def run(self) -> list[nodes.Node]:
        """An empty paragraph: what pages print is known when all have been read."""
        given, _ = self.report.passages.evidence
        return [] if given is None else [EvidenceSentence()]


def counts(app: Sphinx) -> dict[str, int]:
    """How many numbers on answers the texts print, and how many of them are printed and implied. By place: a number
    that is printed twice counts twice.
    """
    report = report_of(app)
    found: Counter[str] = Counter()
    for key, entry in report.register.numbers.items():
        if entry.item.evidence is not None:
            found[entry.item.evidence] += len(report.printed.get(NUMBER_ANCHOR + key, ()))
    return {"numbers": found.total(), "printed": found["printed"], "implied": found["implied"]}


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write the sentence, and in a chapter how to read its numbers."""
    for place in doctree.findall(EvidenceSentence):
        place += nodes.Text(texts.evidence_sentence(**counts(app)))
    if docname.startswith(NOTEBOOKS) and any("antatt" in link["classes"] for link in doctree.findall(NumberLink)):
        section = doctree.next_node(nodes.section)
        first = section.next_node(nodes.paragraph) if section is not None else None
        if first is not None:
            words = nodes.Text(texts.HOW_TO_READ)
            page = texts.SYMBOLS_PAGE
            more = [nodes.Text(" "), _link(app, page, docname)] if page in app.env.found_docs else []
            note = nodes.paragraph("", "", words, *more, classes=["digikom-how-to-read"])
            first.parent.insert(first.parent.index(first) + 1, note)


def _link(app: Sphinx, page: str, docname: str) -> nodes.reference:
    address = app.builder.get_relative_uri(docname, page)
    return nodes.reference("", texts.HOW_TO_READ_MORE, internal=True, refuri=f"{address}#{texts.EVIDENCE_SECTION}")


def setup(app: Sphinx) -> None:
    """Register the directive, and write before a page is."""
    app.add_directive("trykte-tall", EvidenceDirective)
    app.connect("doctree-resolved", fill)
