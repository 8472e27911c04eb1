"""The errors corrected in the edition: a table of them, and a note at each figure, table and number that they concern.

The edition file lists them (see `digikom.editions.identity.Correction`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from digikom.editions.identity import SEVERITY_MEANINGS, Correction, long_date

from .colophon import edition_facts
from .elements import NumberLink
from .formats import machine_text
from .plaintables import plain_table
from .references import number_reference, page_reference
from .register import Register, register_of
from .renderers import NUMBER_ANCHOR
from .texts import number_title

LOGGER = logging.getLogger(__name__)
#: The page with the table, to which the notes lead where the book has it.
CORRECTIONS_PAGE = "book/rettelser"
NONE_CORRECTED = "Ingen feil er rettet i denne utgaven."
HEAD = ("Dato", "Hva som er rettet", "Gjelder", "Alvorlighet", "Versjon")
BLOCK_CLASS = "digikom-block"


class CorrectionsDirective(SphinxDirective):
    """```{rettelser}``` lists the corrections, the newest first; `{rettelser} klasser` says what the classes mean."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """A table, or a sentence where there is nothing to list."""
        if self.arguments == ["klasser"]:
            rows = [(severity.value.capitalize(), meaning) for severity, meaning in SEVERITY_MEANINGS.items()]
            return [plain_table("Klasser av feil", ("Klasse", "Betydning"), rows)]
        facts = edition_facts(self.env)
        if facts is None or not facts.corrections:
            return [nodes.paragraph("", NONE_CORRECTED)]
        register = register_of(self.env.app)
        found = [
            (
                long_date(correction.date),
                _what(correction),
                _affected(self.env, register, correction),
                correction.severity.value.capitalize(),
                correction.version,
            )
            for correction in facts.newest_first
        ]
        return [plain_table("Rettelser, de nyeste først", HEAD, found, "digikom-corrections")]


def _what(correction: Correction) -> str:
    if correction.before is None:
        return correction.what
    return f"{correction.what} Før: {correction.before}. Nå: {correction.after}."


def _affected(env: BuildEnvironment, register: Register, correction: Correction) -> list[nodes.Node]:
    links: list[nodes.Node] = []
    for key in correction.affects:
        if key in register.numbers:
            entry = register.numbers[key]
            link = NumberLink("", entry.item.label, classes=["tall"], docname=entry.place.docname)
            link["anchor"], link["tooltip"] = NUMBER_ANCHOR + key, number_title(entry.item)
            link["value"] = None if entry.item.value is None else machine_text(entry.item.value)
            links += [nodes.Text(", "), link]
        elif key in register.figures or key in register.tables:
            links += [nodes.Text(", "), number_reference(env, key)]
    return links[1:]


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Put «Rettet» and the date at what has been corrected on this page."""
    facts = edition_facts(app.env)
    if facts is None or not facts.corrections:
        return
    # The oldest first: what is corrected twice bears its latest date.
    latest = {key: correction for correction in reversed(facts.newest_first) for key in correction.affects}
    for node in list(doctree.findall(nodes.Element)):
        for name in node.get("names", ()):
            if name in latest:
                _block_of(node).insert(0, nodes.paragraph("", "", *_note(app, latest[name]), classes=[_CLASS]))
        for anchor in node.get("ids", ()):
            key = anchor.removeprefix(NUMBER_ANCHOR)
            if anchor.startswith(NUMBER_ANCHOR) and key in latest and isinstance(node, nodes.paragraph):
                node += [nodes.Text(" "), nodes.inline("", "", *_note(app, latest[key]), classes=[_CLASS])]


_CLASS = "digikom-corrected"


def _block_of(node: nodes.Element) -> nodes.Element:
    """The box around a figure or table with its notes and files, or what the node stands in."""
    around: nodes.Element = node.parent
    while around.parent is not None and BLOCK_CLASS not in around.get("classes", ()):
        around = around.parent
    return around if BLOCK_CLASS in around.get("classes", ()) else node.parent


def _note(app: Sphinx, correction: Correction) -> list[nodes.Node]:
    text = f"Rettet {long_date(correction.date)}"
    if CORRECTIONS_PAGE not in app.env.found_docs:
        return [nodes.Text(f"{text}.")]
    return [page_reference(app.env, CORRECTIONS_PAGE, text), nodes.Text(".")]


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of a correction that names what the edition does not publish."""
    facts = edition_facts(env)
    register = register_of(app)
    for correction in () if facts is None else facts.corrections:
        for key in correction.affects:
            if not any(key in entries for entries in (register.numbers, register.figures, register.tables)):
                LOGGER.warning(
                    "the correction of %s affects %r, but no notebook publishes a number, figure or table of that name",
                    correction.date,
                    key,
                )


def setup(app: Sphinx) -> None:
    """Register the directive, the notes and the check."""
    app.add_directive("rettelser", CorrectionsDirective)
    app.connect("doctree-read", mark)
    app.connect("env-check-consistency", check)
