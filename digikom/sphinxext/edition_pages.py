"""What pages show of the edition: {nokkeltall}, {kontroll}, {rettelser} and {pdf-lenke}, and «Rettet» at corrections.

```{nokkeltall}
- tall: recruit-tried
  tekst: av kommunene har forsøkt å rekruttere
```

shows cards with a computed number, a small static chart and how it has developed. Each point names a number and says
what it is; those that the edition does not publish are gone before (see `digikom.presence`). The number of the
reference year is the one with `-reference` after its key, the words that compare with it the wording with
`-since`; both are shown where they are published.

The edition file lists the corrections (see `digikom.editions.identity.Correction`). The configuration value
`digikom_pdf` has the names of the PDF files in the folder of the edition: the report, and its technical annex.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import yaml
from docutils import nodes
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from digikom.editions.build_facts import Package
from digikom.editions.identity import SEVERITY_MEANINGS, Correction, long_date
from digikom.editions.reruns import Outcome, read_controls, sources_sha256
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.formatting import format_number

from . import texts
from .domain import number_link, wording_links
from .elements import (
    BLOCK_CLASS,
    NUMBER_ANCHOR,
    Content,
    Fold,
    ReportDirective,
    number_reference,
    page_reference,
    page_root,
    plain_table,
    report_of,
)
from .payloads import Entry, Number, Register

#: Where `digikom.editions.manifest` puts the manifest, from the page.
MANIFEST_ADDRESS = "../data/manifest.json"
#: The page with the table of corrections, to which the notes lead where the book has it.
CORRECTIONS_PAGE = "book/rettelser"
CORRECTED_CLASS = "digikom-corrected"
#: What the keys of a key number's value in the reference year, and of the words that compare with it, end in.
REFERENCE, SINCE = "-reference", "-since"
#: The bars reach from zero to this.
WHOLE = 100.0


class ControlDirective(ReportDirective):
    """```{kontroll}``` with the name of a part of the page «Kontroll».

    `miljo` is what the edition was built with, `pakker` the packages, `inndata` the files that were read, `manifest`
    the way to the checksums of what is published, `utelatt` what the edition leaves out, and `notatboker` how its
    notebooks fared when run again (`data/control/notebooks.csv`).
    """

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The part that the argument names."""
        # The commit, the project's own notebooks and other pages are not among what pages are read from (see `reuse`).
        self.env.note_reread()
        parts: dict[str, Callable[[], list[nodes.Node]]] = {
            "miljo": self._environment,
            "pakker": self._packages,
            "inndata": self._inputs,
            "manifest": self._manifest,
            "utelatt": self._left_out,
            "notatboker": self._reruns,
        }
        part = parts.get(self.arguments[0])
        if part is None:
            return self.warn("there is no part %r; expected one of %s", self.arguments[0], ", ".join(parts))
        return part()

    def _environment(self) -> list[nodes.Node]:
        """Commit, Python and lock file."""
        facts = self.report.facts
        commit: list[nodes.Node] = [nodes.Text(texts.UNKNOWN_COMMIT)]
        if facts.commit:
            commit = [_digest(facts.commit), *([nodes.Text(f" {texts.MODIFIED}")] if facts.modified else [])]
        lock: list[nodes.Node] = [_digest(facts.lock_sha256) if facts.lock_sha256 else nodes.Text(texts.NO_LOCK)]
        rows = [(texts.COMMIT, commit), (texts.PYTHON, [_file(facts.python)]), (texts.LOCK, lock)]
        return [plain_table(texts.ENVIRONMENT, texts.ENVIRONMENT_HEAD, rows)]

    def _packages(self) -> list[nodes.Node]:
        """The packages that numbers and pictures depend on most, and all of them under a fold."""
        by_name = {package.name: package for package in self.report.facts.packages}
        if not by_name:
            return [nodes.paragraph("", texts.NO_LOCK)]
        main = [
            ([_file(name)], used_for, _version(by_name[name]))
            for name, used_for in texts.MAIN_PACKAGES.items()
            if name in by_name
        ]
        every = [([_file(name)], _version(package)) for name, package in by_name.items()]
        whole = plain_table(texts.ALL_PACKAGES, texts.ALL_PACKAGES_HEAD, every)
        return [
            plain_table(texts.PACKAGES, texts.PACKAGES_HEAD, main),
            Fold("", whole, summary=texts.all_packages(format_number(len(every), 0)), classes=["digikom-numbers"]),
        ]

    def _inputs(self) -> list[nodes.Node]:
        """Every file that the chapters may read, with size and checksum."""
        files = self.report.facts.inputs
        rows = [([_file(file.path)], format_number(file.size, 0), [_digest(file.sha256)]) for file in files]
        return [plain_table(texts.INPUTS, texts.INPUTS_HEAD, rows, "digikom-inputs")]

    def _manifest(self) -> list[nodes.Node]:
        """The way to the manifest; nothing in a book that was built without `digikom build`."""
        if not self.config.digikom_facts:
            return []
        link = f'<a href="{MANIFEST_ADDRESS}" download>{escape(texts.MANIFEST_LINK)}</a>'
        return [nodes.paragraph("", "", nodes.raw("", link, format="html"), classes=["digikom-download"])]

    def _left_out(self) -> list[nodes.Node]:
        """The passages that the edition leaves out, under a fold."""
        rows = [
            ([_file(docname)], passage.words, [_file(passage.missing[0]), nodes.Text(texts.and_more(passage.missing))])
            for docname, passage in self.report.passages.left_out()
        ]
        if not rows:
            return [nodes.paragraph("", texts.NOTHING_LEFT_OUT)]
        whole = plain_table(texts.LEFT_OUT, texts.LEFT_OUT_HEAD, rows, "digikom-left-out")
        return [Fold("", whole, summary=texts.left_out(format_number(len(rows), 0)), classes=["digikom-numbers"])]

    def _reruns(self) -> list[nodes.Node]:
        """How each of the committed notebooks fared when it was run last, with those marked that have changed since."""
        return rerun_table({path.name: sources_sha256(path) for path in sorted(NOTEBOOK_DIR.glob("*.ipynb"))})


def rerun_table(now: dict[str, str]) -> list[nodes.Node]:
    """How each of the notebooks `now` (name to `sources_sha256`) fared when it was run last."""
    runs = {control.notebook: control for control in read_controls()}
    rows: list[tuple[Content, ...]] = []
    for name, digest in now.items():
        run = runs.get(name)
        if run is None or run.sha256 != digest:
            rows.append(([_file(name)], "..", "..", texts.LAPSED))
            continue
        outcome = texts.SAME_RESULT if run.outcome is Outcome.IDENTICAL else texts.OTHER_RESULT
        cells = texts.compared(format_number(run.compared, 0), format_number(run.cells, 0))
        rows.append(([_file(name)], format_number(run.seconds, 1), cells, outcome))
    return [plain_table(texts.RUNS, texts.RUNS_HEAD, rows)]


def _version(package: Package) -> Content:
    if package.installed == package.locked:
        return [_file(package.locked)]
    return texts.other_version(package.installed or texts.NOT_INSTALLED, package.locked)


def _digest(text: str) -> nodes.literal:
    return nodes.literal("", text, classes=["digikom-digest"])


def _file(name: str) -> nodes.literal:
    return nodes.literal("", name, classes=["digikom-file"])


class CorrectionsDirective(ReportDirective):
    """```{rettelser}``` lists the corrections, the newest first; `{rettelser} klasser` says what the classes mean."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """A table, or a sentence where there is nothing to list."""
        if self.arguments == ["klasser"]:
            meanings = [(severity.value.capitalize(), meaning) for severity, meaning in SEVERITY_MEANINGS.items()]
            return [plain_table(texts.SEVERITIES, texts.SEVERITIES_HEAD, meanings)]
        edition = self.report.edition
        if edition is None or not edition.corrections:
            return [nodes.paragraph("", texts.NOTHING_CORRECTED)]
        rows = [
            (
                long_date(each.date),
                each.what if each.before is None else texts.corrected_value(each.what, each.before, each.after),
                self._affected(each),
                each.severity.value.capitalize(),
                each.version,
            )
            for each in edition.newest_first
        ]
        return [plain_table(texts.CORRECTIONS, texts.CORRECTIONS_HEAD, rows, "digikom-corrections")]

    def _affected(self, correction: Correction) -> list[nodes.Node]:
        links: list[nodes.Node] = []
        register = self.report.register
        for key in correction.affects:
            if key in register.numbers:
                entry = register.numbers[key]
                links += [nodes.Text(", "), number_link(entry, nodes.Text(entry.item.label))]
            elif key in register.blocks:
                links += [nodes.Text(", "), number_reference(self.env, key)]
        return links[1:]


def mark_corrections(app: Sphinx, doctree: nodes.document) -> None:
    """Put «Rettet» and the date at what has been corrected on this page."""
    edition = report_of(app).edition
    if edition is None or not edition.corrections:
        return
    # The oldest first: what is corrected twice bears its latest date.
    latest = {key: correction for correction in reversed(edition.newest_first) for key in correction.affects}
    for node in list(doctree.findall(nodes.Element)):
        for name in node.get("names", ()):
            if name in latest:
                note = nodes.paragraph("", "", *_note(app, latest[name]), classes=[CORRECTED_CLASS])
                _block_of(node).insert(0, note)
        for anchor in node.get("ids", ()):
            key = anchor.removeprefix(NUMBER_ANCHOR)
            if anchor.startswith(NUMBER_ANCHOR) and key in latest and isinstance(node, nodes.paragraph):
                node += [nodes.Text(" "), nodes.inline("", "", *_note(app, latest[key]), classes=[CORRECTED_CLASS])]


def _block_of(node: nodes.Element) -> nodes.Element:
    """The box around a figure or table with its notes and files, or what the node is in."""
    around: nodes.Element = node.parent
    while around.parent is not None and BLOCK_CLASS not in around.get("classes", ()):
        around = around.parent
    return around if BLOCK_CLASS in around.get("classes", ()) else node.parent


def _note(app: Sphinx, correction: Correction) -> list[nodes.Node]:
    text = texts.corrected(long_date(correction.date))
    if CORRECTIONS_PAGE not in app.env.found_docs:
        return [nodes.Text(f"{text}.")]
    return [page_reference(app.env, CORRECTIONS_PAGE, text), nodes.Text(".")]


class Card(BaseModel):
    """One key number as the page asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tall: str
    tekst: str


CARDS = TypeAdapter(list[Card])


class KeyNumbersDirective(ReportDirective):
    """```{nokkeltall}``` with one point for each card."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """A list of cards; nothing where the edition has none of the numbers."""
        try:
            cards = CARDS.validate_python(yaml.safe_load("\n".join(self.content)))
        except (yaml.YAMLError, ValidationError) as error:
            return self.warn("%s", error)
        items = [item for card in cards for item in self._card(card)]
        return [nodes.bullet_list("", *items, bullet="-", classes=["digikom-keynumbers"])] if items else []

    def _card(self, card: Card) -> list[nodes.Node]:
        register = self.report.register
        entry = register.numbers.get(card.tall)
        if entry is None:
            return self.warn("no notebook of the report publishes the number %r", card.tall)
        before = register.numbers.get(card.tall + REFERENCE)
        label, messages = self.parse_inline(card.tekst, lineno=self.lineno)
        item = nodes.list_item(
            "",
            nodes.paragraph("", "", number_link(entry, *_large(entry.item)), classes=["digikom-keynumber"]),
            nodes.paragraph("", "", *label, *messages, classes=["digikom-keylabel"]),
        )
        if entry.item.unit == "percent":
            numbers = [entry.item] if before is None else [entry.item, before.item]
            item += nodes.raw("", bars(numbers), format="html")
        if before is not None:
            item += _development(register, card.tall, before)
        return [item]


def _large(number: Number) -> list[nodes.Node]:
    if number.with_unit == number.text:
        return [nodes.Text(number.text)]
    return [nodes.Text(f"{number.text}\u00a0"), nodes.inline("", number.unit_text, classes=["digikom-unit"])]


def _development(register: Register, key: str, before: Entry[Number]) -> nodes.paragraph:
    """«mot 87,8 prosent i» and the year; of a number without words for it only «87,8 prosent i» and the year."""
    links = wording_links(register, key + SINCE)
    number = number_link(before, nodes.Text(before.item.with_unit))
    if isinstance(links, str):
        words: list[nodes.Node] = [number, nodes.Text(texts.in_year(before.item.year))]
    else:
        # A word or two is too small to be pressed, so only the number is a link.
        shown = [link.astext() for link in links]
        words = [number if text == before.item.with_unit else nodes.Text(text) for text in shown]
    return nodes.paragraph("", "", *words, classes=["digikom-keychange"])


def bars(numbers: list[Number]) -> str:
    """The numbers as bars on one scale from zero to a hundred per cent, each with its year and value.

    It is a picture to assistive technology, named by all its numbers. A number that is withheld has no bar.
    """
    name = "; ".join(f"{number.year}: {number.with_unit}" for number in numbers)
    rows = "".join(
        f'<span class="digikom-bar{"" if place == 0 else " digikom-bar-before"}">'
        f'<span class="digikom-bar-year">{number.year}</span>'
        f'<svg viewBox="0 0 {WHOLE:g} 8" preserveAspectRatio="none" focusable="false">'
        f'<rect class="digikom-track" width="{WHOLE:g}" height="8" fill="#e6e6e6"></rect>'
        f'<rect class="digikom-fill" width="{min(max(number.value or 0.0, 0.0), WHOLE):.1f}" height="8" '
        f'fill="{"#1f6f8b" if place == 0 else "#767676"}"></rect></svg>'
        f'<span class="digikom-bar-value">{escape(number.text)}</span></span>'
        for place, number in enumerate(numbers)
    )
    return f'<div class="digikom-bars" role="img" aria-label="{escape(texts.bars_label(name))}">{rows}</div>\n'


class PdfLink(nodes.General, nodes.Element):  # type: ignore[misc]
    """The paragraph with the links. Attribute: `files`, the names of the PDF files in the folder of the edition."""


class PdfLinkDirective(ReportDirective):
    """```{pdf-lenke}``` leads to the report and the annex as PDF, where there are such files."""

    def run(self) -> list[nodes.Node]:
        """The links, or nothing."""
        return [PdfLink("", files=self.config.digikom_pdf)] if self.config.digikom_pdf else []


def _visit_pdf_link(self: HTML5Translator, node: PdfLink) -> None:
    root = page_root(self)
    links = [
        f'<a href="{escape(root + file)}" type="application/pdf">{escape(text)}</a>'
        for file, text in zip(node["files"], texts.PDF_LINKS, strict=True)
    ]
    self.body.append(f'<p class="digikom-pdf">{" · ".join(links)}</p>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directives and the notes."""
    app.add_node(PdfLink, html=(_visit_pdf_link, None))
    app.add_directive("nokkeltall", KeyNumbersDirective)
    app.add_css_file("front.css", priority=910)
    app.add_directive("kontroll", ControlDirective)
    app.add_directive("rettelser", CorrectionsDirective)
    app.add_directive("pdf-lenke", PdfLinkDirective)
    app.connect("doctree-read", mark_corrections)
