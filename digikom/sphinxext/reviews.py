"""Which calculations somebody has checked: a line at each that is signed, one at the foot of its chapter, and
`{underskrifter}`.

The signatures come from the configuration value `digikom_reviews`, which `digikom build` sets, or else from
`reviews/<year>.yml` of the book that is built, so that `jupyter-book build .` says the same. What they are worth is
found anew in every build (see `digikom.review`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from digikom.editions.identity import long_date
from digikom.errors import InputError
from digikom.paths import REVIEW_DIR
from digikom.publish.formatting import format_number
from digikom.publish.published import INJECTED
from digikom.review.assessment import (
    Assessed,
    Change,
    Chapter,
    Count,
    assess,
    concerning,
    count,
    inputs_fingerprint,
)
from digikom.review.signatures import Signature, load_signatures

from . import texts
from .elements import (
    CELL_ANCHOR,
    Content,
    NumberLink,
    ReportDirective,
    is_code_cell,
    page_reference,
    plain_table,
    report_of,
)

LOGGER = logging.getLogger(__name__)
#: The page with the table, to which the line of each chapter leads where the book has it.
CONTROL_PAGE = "book/kontroll"
CELL_CLASS = "digikom-review"
CHAPTER_CLASS = "digikom-review-chapter"


@dataclass(frozen=True, slots=True)
class Reviews:
    """The signatures of the edition compared with its calculations, and how many of these are checked, by document, for
    the chapters that calculate something, in their order.
    """

    assessed: tuple[Assessed, ...]
    counts: dict[str, Count]


def _name(docname: str) -> str:
    """The name that commands and signatures know a notebook by."""
    return PurePosixPath(docname).name


def read_reviews(app: Sphinx) -> Reviews:
    """The signatures of the build in progress. Call it when the notebooks have been read."""
    report = report_of(app)
    edition, given = report.edition, app.config.digikom_reviews
    signatures = [Signature.model_validate(each) for each in given or ()]
    if given is None and edition is not None:
        try:
            signatures = load_signatures(edition.year, Path(app.srcdir, REVIEW_DIR.name))
        except InputError as error:
            LOGGER.warning("%s", error.message())
    executed, shown = report.passages.executed, report.passages.chapters
    chapters = {_name(docname): Chapter(executed[docname], cells) for docname, cells in shown.items()}
    year, reference_year = (0, None) if edition is None else (edition.year, edition.reference_year)
    inputs = inputs_fingerprint(report.facts.inputs, year, reference_year) if signatures else ""
    assessed = assess(signatures, chapters, inputs)
    counted = {docname: count(assessed, _name(docname), cells) for docname, cells in shown.items()}
    return Reviews(assessed, {docname: found for docname, found in counted.items() if found.cells})


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Put a line at each calculation of a chapter, and one at the foot of it, where something in it is signed."""
    reviews, docname = report_of(app).reviews, app.env.docname
    signed = any(each.signature.notebook == _name(docname) for each in reviews.assessed)
    if docname not in reviews.counts or not signed:
        return
    for cell in list(doctree.findall(is_code_cell)):
        ids = [anchor.removeprefix(CELL_ANCHOR) for anchor in cell["ids"] if anchor.startswith(CELL_ANCHOR)]
        if ids and ids[0] != INJECTED:
            _insert(cell, _cell_lines(concerning(reviews.assessed, _name(docname), ids[0])))
    foot = next(iter(doctree.findall(nodes.section)), doctree)
    foot += nodes.paragraph("", "", *_chapter_line(app, reviews, docname), classes=[CHAPTER_CLASS])


def _insert(cell: nodes.Element, lines: list[nodes.Node]) -> None:
    """Below the cell's code; above what the cell shows where there is no code."""
    has_code = len(cell) > 0 and cell[0].get("nb_element") == "cell_code_source"
    cell.insert(1 if has_code else 0, lines)


def _cell_lines(concerned: Sequence[Assessed]) -> list[nodes.Node]:
    """One line a signature. What has lapsed for the whole chapter is passed over where something else holds."""
    holds = any(each.is_valid for each in concerned)
    shown = [each for each in concerned if each.is_valid or each.signature.cell or not holds]
    lines = [sentence(each) for each in shown] or [texts.NOT_REVIEWED]
    return [nodes.paragraph("", line, classes=[CELL_CLASS]) for line in lines]


def sentence(assessed: Assessed) -> str:
    """What a signature says at the place that it is of."""
    signed = assessed.signature
    date, whole = long_date(signed.date), not signed.cell
    if assessed.is_valid:
        return texts.reviewed(signed.by, date, signed.note, whole)
    return texts.review_lapsed(signed.by, date, changed_words(assessed), whole)


def changed_words(assessed: Assessed) -> str:
    """What has changed since: «koden og resultatet er endret»."""
    if Change.GONE in assessed.changes:
        return texts.REVIEW_GONE
    words = texts.CHANGED_IN_CELL if assessed.signature.cell else texts.CHANGED_IN_CHAPTER
    return texts.are_changed([words[change.value] for change in assessed.changes])


def _chapter_line(app: Sphinx, reviews: Reviews, docname: str) -> list[nodes.Node]:
    counted, name = reviews.counts[docname], _name(docname)
    lines = [texts.chapter_reviewed(format_number(counted.checked, 0), format_number(counted.cells, 0))]
    if counted.lapsed:
        lines.append(texts.chapter_lapsed(format_number(counted.lapsed, 0)))
    signed = (each for each in reviews.assessed if each.signature.notebook == name and not each.signature.cell)
    parts: list[nodes.Node] = [nodes.Text(" ".join([*lines, *map(sentence, signed)]))]
    if CONTROL_PAGE in app.env.found_docs:
        parts += [nodes.Text(" "), page_reference(app.env, CONTROL_PAGE, texts.REVIEWS_LINK)]
    return parts


class SignaturesDirective(ReportDirective):
    """```{underskrifter}``` counts the checked calculations of each chapter and lists the signatures."""

    def run(self) -> list[nodes.Node]:
        """Two tables, or a sentence where nothing is signed."""
        reviews = self.report.reviews
        # A signature of a chapter is of its words too, and a chapter is named by its title.
        for docname in self.report.passages.chapters:
            self.env.note_dependency(self.env.doc2path(docname))
        counts = reviews.counts.values()
        total = Count(*(sum(getattr(each, name) for each in counts) for name in ("cells", "checked", "lapsed")))
        if not reviews.assessed:
            return [nodes.paragraph("", texts.nothing_signed(format_number(total.cells, 0)))]
        rows: list[Sequence[Content]] = [
            ([page_reference(self.env, docname, self._title(docname))], *_numbers(counted))
            for docname, counted in reviews.counts.items()
        ]
        rows.append((texts.REVIEWS_TOTAL, *_numbers(total)))
        signed = [self._row(each) for each in reviews.assessed]
        return [
            plain_table(texts.REVIEW_COUNTS, texts.REVIEW_COUNTS_HEAD, rows, "digikom-review-counts"),
            plain_table(texts.SIGNATURES, texts.SIGNATURES_HEAD, signed, "digikom-signatures"),
        ]

    def _title(self, docname: str) -> str:
        """The chapter's own title; its name for a notebook that begins without one."""
        cells = self.report.passages.chapters[docname]
        first = "".join(cells[0]["source"]) if cells and cells[0]["cell_type"] == "markdown" else ""
        heading = next((line for line in first.splitlines() if line.startswith("# ")), "")
        return heading.removeprefix("# ").strip() or _name(docname)

    def _row(self, assessed: Assessed) -> Sequence[Content]:
        signed, is_gone = assessed.signature, Change.GONE in assessed.changes
        docname = next((name for name in self.report.passages.chapters if _name(name) == signed.notebook), None)
        what: list[nodes.Node] = [nodes.literal("", signed.place)]
        if docname is not None:
            what = [page_reference(self.env, docname, self._title(docname))]
            if signed.cell:
                cell: nodes.Node = nodes.literal("", signed.cell)
                what += [nodes.Text(": "), cell if is_gone else _cell_link(docname, signed.cell, cell)]
        state = texts.REVIEW_VALID if assessed.is_valid else texts.lapsed_because(changed_words(assessed))
        return what, signed.by, long_date(signed.date), signed.note or texts.NO_NOTE, state


def _cell_link(docname: str, cell: str, shown: nodes.Node) -> NumberLink:
    link = NumberLink("", "", shown, classes=["digikom-signed"], docname=docname, value=None)
    link["anchor"], link["tooltip"] = CELL_ANCHOR + cell, f"{texts.TO_CALCULATION}."
    return link


def _numbers(counted: Count) -> list[str]:
    values = (counted.cells, counted.checked, counted.lapsed, counted.unchecked)
    return [format_number(value, 0) for value in values]


def setup(app: Sphinx) -> None:
    """Register the directive; mark the cells when they are folded, after their anchors are there."""
    app.add_directive("underskrifter", SignaturesDirective)
    app.connect("doctree-read", mark, priority=600)
