"""The key numbers of the front page: cards with a computed number, a small static chart and how it has developed.

```{nokkeltall}
- tall: recruit-tried
  tekst: av kommunene har forsøkt å rekruttere
```

Each point names a number of the register and says what it is; those that the edition does not publish are gone before
(see `digikom.presence`). The number of the reference year is the one with `-reference` after its key, the word that
says how it has changed the wording with `-change`; both are shown where they are published.
"""

from __future__ import annotations

from html import escape
from typing import Any, ClassVar

import yaml
from docutils import nodes
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from . import texts
from .elements import NumberLink
from .formats import machine_text
from .payloads import Number, Wording
from .register import Entry, Register, register_of
from .renderers import NUMBER_ANCHOR, WORDING_ANCHOR

LOGGER = logging.getLogger(__name__)
REFERENCE, CHANGE = "-reference", "-change"
STYLE = "front.css"
#: The bars reach from nought to this.
WHOLE = 100.0


class Card(BaseModel):
    """One key number as the page asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tall: str
    tekst: str


CARDS = TypeAdapter(list[Card])


class KeyNumbersDirective(SphinxDirective):
    """```{nokkeltall}``` with one point for each card."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """A list of cards; nothing where the edition has none of the numbers."""
        try:
            cards = CARDS.validate_python(yaml.safe_load("\n".join(self.content)))
        except (yaml.YAMLError, ValidationError) as error:
            LOGGER.warning("{nokkeltall}: %s", error, location=self.get_location())
            return []
        items = [self._card(card) for card in cards]
        shown = [item for item in items if item is not None]
        return [nodes.bullet_list("", *shown, bullet="-", classes=["digikom-keynumbers"])] if shown else []

    def _card(self, card: Card) -> nodes.list_item | None:
        register = register_of(self.env.app)
        entry = register.numbers.get(card.tall)
        if entry is None:
            LOGGER.warning(
                "{nokkeltall}: no notebook of the report publishes the number %r",
                card.tall,
                location=self.get_location(),
            )
            return None
        before = register.numbers.get(card.tall + REFERENCE)
        label, messages = self.parse_inline(card.tekst, lineno=self.lineno)
        item = nodes.list_item(
            "",
            nodes.paragraph("", "", _number_link(entry, large=True), classes=["digikom-keynumber"]),
            nodes.paragraph("", "", *label, *messages, classes=["digikom-keylabel"]),
        )
        if entry.item.unit == "percent":
            numbers = [entry.item] if before is None else [entry.item, before.item]
            item += nodes.raw("", bars(numbers), format="html")
        if before is not None:
            item += _development(register, card.tall, before)
        return item


def _number_link(entry: Entry[Number], large: bool = False) -> NumberLink:
    number = entry.item
    words = [nodes.Text(number.with_unit)]
    if large and number.with_unit != number.text:
        words = [nodes.Text(f"{number.text}\u00a0"), nodes.inline("", number.unit_text, classes=["digikom-unit"])]
    link = NumberLink("", "", *words, classes=["tall"], docname=entry.place.docname, anchor=NUMBER_ANCHOR + number.key)
    link["value"] = None if number.value is None else machine_text(number.value)
    link["tooltip"] = texts.number_title(number)
    return link


def _development(register: Register, key: str, before: Entry[Number]) -> nodes.paragraph:
    """«opp fra 87,8 prosent i» and the year; without a word for it only «87,8 prosent i» and the year."""
    change: Entry[Wording] | None = register.wordings.get(key + CHANGE)
    words: list[nodes.Node] = []
    if change is not None:
        link = NumberLink("", change.item.text, classes=["ord"], docname=change.place.docname, value=None)
        link["anchor"] = WORDING_ANCHOR + key + CHANGE
        basis = [register.numbers[name].item for name in change.item.rests_on if name in register.numbers]
        link["tooltip"] = texts.wording_title(change.item.text, basis)
        words = [link, nodes.Text(" ")]
    year = nodes.Text(f" i {before.item.year}")
    return nodes.paragraph("", "", *words, _number_link(before), year, classes=["digikom-keychange"])


def bars(numbers: list[Number]) -> str:
    """The numbers as bars on one scale from nought to a hundred per cent, each with its year and value.

    It is a picture to assistive technology, named by all its numbers. A number that is withheld has no bar.
    """
    name = "; ".join(f"{number.year}: {number.with_unit}" for number in numbers)
    rows = "".join(
        f'<span class="digikom-bar{"" if place == 0 else " digikom-bar-before"}">'
        f'<span class="digikom-bar-year">{number.year}</span>'
        f'<svg viewBox="0 0 {WHOLE:g} 8" preserveAspectRatio="none" focusable="false">'
        f'<rect class="digikom-track" width="{WHOLE:g}" height="8" fill="#e6e6e6"></rect>'
        f'<rect class="digikom-fill" width="{_length(number)}" height="8" '
        f'fill="{"#1f6f8b" if place == 0 else "#767676"}"></rect></svg>'
        f'<span class="digikom-bar-value">{escape(number.text)}</span></span>'
        for place, number in enumerate(numbers)
    )
    label = escape(f"Søyler fra null til hundre prosent. {name}.")
    return f'<div class="digikom-bars" role="img" aria-label="{label}">{rows}</div>\n'


def _length(number: Number) -> str:
    return f"{min(max(number.value or 0.0, 0.0), WHOLE):.1f}"


def setup(app: Sphinx) -> None:
    """Register the directive and its style."""
    app.add_directive("nokkeltall", KeyNumbersDirective)
    app.add_css_file(STYLE, priority=910)
