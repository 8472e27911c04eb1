"""The roles {tall} and {ord}: a computed number or wording in running text, linked to the cell that computed it."""

from __future__ import annotations

from collections.abc import Callable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from . import texts
from .elements import NumberLink
from .formats import machine_text
from .payloads import Number, Wording
from .register import Entry, Register, register_of
from .renderers import NUMBER_ANCHOR, WORDING_ANCHOR

LOGGER = logging.getLogger(__name__)
VALUE_ONLY = "verdi"
ENGLISH = "en"


class _RegisterRole(SphinxRole):
    """What the two roles share: looking up what is asked for, and saying so when it is not there."""

    look_up: Callable[[Register, str], list[nodes.Node] | str]

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look it up and give the links."""
        found = self.look_up(register_of(self.env.app), self.text)
        if not isinstance(found, str):
            return found, []
        LOGGER.warning(
            "{%s}: no notebook of the report publishes %s", self.name, found, location=(self.env.docname, self.lineno)
        )
        return [nodes.problematic(self.rawtext, f"[{self.text}?]")], []


def number_links(register: Register, asked: str) -> list[nodes.Node] | str:
    """The link to a number, asked for by its key and form; what there is none of otherwise."""
    key, _, form = (part.strip() for part in asked.partition("|"))
    entry = register.numbers.get(key)
    if entry is None:
        return f"the number {key!r}"
    number = entry.item
    forms = {"": number.with_unit, VALUE_ONLY: number.text, ENGLISH: number.in_english}
    if form not in forms:
        return f"the form {form!r} of the number {key!r} (only «{VALUE_ONLY}» and «{ENGLISH}»)"
    value = None if number.value is None else machine_text(number.value)
    return [_link("tall", NUMBER_ANCHOR + key, entry, forms[form], value, texts.number_title(number))]


def wording_links(register: Register, asked: str) -> list[nodes.Node] | str:
    """The links of a wording, of its words and of the numbers in it; what there is none of otherwise."""
    key, _, form = (part.strip() for part in asked.partition("|"))
    entry = register.wordings.get(key)
    if entry is None:
        return f"the wording {key!r}"
    forms = {"": entry.item.text, ENGLISH: entry.item.text_en}
    if form not in forms or (form and not forms[form]):
        return f"the form {form!r} of the wording {key!r}"
    if not forms[form]:
        # A sentence that the numbers of this edition give no reason to say.
        return []
    basis = [register.numbers[name].item for name in entry.item.rests_on if name in register.numbers]
    tooltip = texts.wording_title(entry.item.text, basis)
    found: list[nodes.Node] = []
    for place, part in enumerate(entry.item.parts(form)):
        number = number_links(register, part) if place % 2 else []
        if isinstance(number, str):
            return number
        word = part and not place % 2
        found += [_link("ord", WORDING_ANCHOR + key, entry, part, None, tooltip)] if word else number
    return found


def _link(
    kind: str, anchor: str, entry: Entry[Number] | Entry[Wording], text: str, value: str | None, tooltip: str
) -> NumberLink:
    node = NumberLink("", text, classes=[kind])
    node["docname"], node["anchor"], node["value"], node["tooltip"] = entry.place.docname, anchor, value, tooltip
    return node


class NumberRole(_RegisterRole):
    """{tall}`key` prints «93,2 prosent», {tall}`key|verdi` only «93,2», {tall}`key|en` «93.2 per cent»."""

    look_up = staticmethod(number_links)


class WordingRole(_RegisterRole):
    """{ord}`key` prints a computed word or phrase, {ord}`key|en` the same in English. Numbers in it are links too."""

    look_up = staticmethod(wording_links)


def setup(app: Sphinx) -> None:
    """Register the roles."""
    app.add_role("tall", NumberRole())
    app.add_role("ord", WordingRole())
