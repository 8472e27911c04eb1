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

import yaml
from docutils import nodes
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from sphinx.application import Sphinx

from . import texts
from .domain import number_link, wording_link
from .elements import ReportDirective
from .payloads import Number
from .register import Entry, Register

REFERENCE, CHANGE = "-reference", "-change"
STYLE = "front.css"
#: The bars reach from zero to this.
WHOLE = 100.0


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
    """«opp fra 87,8 prosent i» and the year; without a word for it only «87,8 prosent i» and the year."""
    change = register.wordings.get(key + CHANGE)
    words = [] if change is None else [wording_link(register, change, change.item.text), nodes.Text(" ")]
    number = number_link(before, nodes.Text(before.item.with_unit))
    year = nodes.Text(texts.in_year(before.item.year))
    return nodes.paragraph("", "", *words, number, year, classes=["digikom-keychange"])


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


def setup(app: Sphinx) -> None:
    """Register the directive and its style."""
    app.add_directive("nokkeltall", KeyNumbersDirective)
    app.add_css_file(STYLE, priority=910)
