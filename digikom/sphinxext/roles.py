"""The roles {tall} and {ord}: a computed number or wording in running text, linked to the cell that computed it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from . import texts
from .elements import NumberLink
from .formats import machine_text
from .register import register_of
from .renderers import NUMBER_ANCHOR, WORDING_ANCHOR

LOGGER = logging.getLogger(__name__)
VALUE_ONLY = "verdi"
ENGLISH = "en"


class _RegisterRole(SphinxRole):
    """What the two roles share: looking up a key, and saying so when it is not there."""

    def unknown(self, kind: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        LOGGER.warning(
            "{%s}: no notebook of the report publishes %s", self.name, kind, location=(self.env.docname, self.lineno)
        )
        return [nodes.problematic(self.rawtext, f"[{self.text}?]")], []

    def link(self, key: str, text: str, value: str | None, tooltip: str, anchor: str, docname: str) -> list[nodes.Node]:
        node = NumberLink("", text, classes=["tall" if self.name == "tall" else "ord"])
        node["docname"], node["anchor"], node["value"], node["tooltip"] = docname, anchor, value, tooltip
        return [node]


class NumberRole(_RegisterRole):
    """{tall}`key` prints «93,2 prosent», {tall}`key|verdi` only «93,2», {tall}`key|en` «93.2 per cent»."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the number up and give the link."""
        key, _, form = (part.strip() for part in self.text.partition("|"))
        entry = register_of(self.env.app).numbers.get(key)
        if entry is None:
            return self.unknown(f"the number {key!r}")
        number = entry.item
        forms = {"": number.with_unit, VALUE_ONLY: number.text, ENGLISH: number.in_english}
        if form not in forms:
            return self.unknown(f"the form {form!r} of the number {key!r} (only «{VALUE_ONLY}» and «{ENGLISH}»)")
        value = None if number.value is None else machine_text(number.value)
        text = forms[form]
        return self.link(key, text, value, texts.number_title(number), NUMBER_ANCHOR + key, entry.place.docname), []


class WordingRole(_RegisterRole):
    """{ord}`key` prints a computed word or phrase, {ord}`key|en` the same in English."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the wording up and give the link."""
        key, _, form = (part.strip() for part in self.text.partition("|"))
        register = register_of(self.env.app)
        entry = register.wordings.get(key)
        if entry is None:
            return self.unknown(f"the wording {key!r}")
        forms = {"": entry.item.text, ENGLISH: entry.item.text_en}
        if form not in forms or (form and not forms[form]):
            return self.unknown(f"the form {form!r} of the wording {key!r}")
        if not forms[form]:
            # A sentence that the numbers of this edition give no reason to say.
            return [], []
        basis = [register.numbers[name].item for name in entry.item.rests_on if name in register.numbers]
        tooltip = texts.wording_title(entry.item.text, basis)
        return self.link(key, forms[form], None, tooltip, WORDING_ANCHOR + key, entry.place.docname), []


def setup(app: Sphinx) -> None:
    """Register the roles."""
    app.add_role("tall", NumberRole())
    app.add_role("ord", WordingRole())
