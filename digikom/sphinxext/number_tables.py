"""Tables of what the report publishes: its numbers, and the standard symbols in its tables.

```{alle-tall}``` is the whole register of numbers. It is written when all pages have been read, since it says where
each is used. With script it can be sorted, and filtered by text, chapter and subject (`static/figures.js`).
```{standardtegn}``` gives each symbol with its first place in the edition.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from digikom.opendata.data_files import symbol_meaning
from digikom.opendata.norwegian import EVIDENCE_WORDS, STATUS_WORDS
from digikom.publish.formatting import format_number
from digikom.publish.tables import STANDARD_SYMBOLS

from . import texts
from .backlinks import in_reading_order, page_name
from .elements import (
    BLOCK_CLASS,
    NUMBER_ANCHOR,
    ReportDirective,
    cell_markup,
    number_reference,
    page_address,
    page_root,
    plain_table,
    report_of,
    scroll_opening,
)
from .payloads import Entry, Number, Register

#: The columns whose values can be chosen among, by their place in the head, and those of numbers.
CHOICES = {texts.NUMBER_HEAD: (7, 8), texts.SYNTHETIC_HEAD: (7, 8, 11)}
RIGHT = (1, 3, 4, 5, 6, 9)


class RegisterTable(nodes.General, nodes.Element):  # type: ignore[misc]
    """The place of the table."""


class AllNumbersDirective(ReportDirective):
    """```{alle-tall}```."""

    def run(self) -> list[nodes.Node]:
        """The box with the table in it."""
        return [nodes.container("", RegisterTable(), classes=[BLOCK_CLASS])]


class SymbolsDirective(ReportDirective):
    """```{standardtegn}``` is a table of the symbols, what they mean and where one can be seen."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        rows = []
        for symbol, meaning in STANDARD_SYMBOLS.items():
            key = first_use(self.report.register, symbol)
            example = [nodes.Text(texts.NO_EXAMPLE)] if key is None else [number_reference(self.env, key)]
            # A screen reader may pass over the symbols.
            shown = [nodes.strong("", symbol), nodes.Text(f" ({texts.SYMBOL_NAMES[symbol]})")]
            rows.append((shown, meaning, example))
        return [plain_table(texts.SYMBOLS, texts.SYMBOLS_HEAD, rows)]


def first_use(register: Register, symbol: str) -> str | None:
    """The key of the first figure or table, in the order of the chapters, whose numbers have the symbol."""
    found = [block for block in register.blocks.values() if any(symbol in row for row in block.item.rows)]
    first = min(found, key=lambda block: (block.place.docname, block.place.position), default=None)
    return None if first is None else first.item.key


def _visit_table(self: HTML5Translator, _node: RegisterTable) -> None:
    app = self.builder.env.app
    register = report_of(app).register
    has_evidence = any(entry.item.evidence for entry in register.numbers.values())
    head = texts.SYNTHETIC_HEAD if has_evidence else texts.NUMBER_HEAD
    rows = [_number_row(self, entry, head) for entry in in_reading_order(app, register.numbers.values())]
    root = page_root(self)
    links = [f'<a href="{root}data/{name}" download>{label}</a>' for name, label in texts.REGISTER_FILES]
    self.body.append(f'<p class="digikom-download"><span>{texts.DOWNLOAD}: {" · ".join(links)}</span></p>\n')
    self.body.append(_table(texts.NUMBER_TABLE, head, rows))
    raise nodes.SkipNode


def _table(title: str, head: tuple[str, ...], rows: Sequence[Sequence[str]]) -> str:
    """The table, in a box that scrolls. The first column names the row; a number's value may be a standard symbol."""

    def line(cells: Sequence[str], scopes: Sequence[str]) -> str:
        marked = []
        for place, (content, scope) in enumerate(zip(cells, scopes, strict=True)):
            align = "right" if place in RIGHT else "left"
            opening, closing = cell_markup(scope, align, symbol_meaning(content))
            if scope == "col" and place in CHOICES[head]:
                opening = opening.replace("<th", "<th data-choices", 1)
            marked.append(f"{opening}{content}{closing}")
        return f"<tr>{''.join(marked)}</tr>"

    titles = line([escape(name) for name in head], ["col"] * len(head))
    lines = "".join(f"{line(row, ['row', *[''] * (len(head) - 1)])}\n" for row in rows)
    return (
        f"{scroll_opening(f'{title} ({texts.SCROLL_HINT})')}"
        f'<table class="table digikom-table digikom-long digikom-many">\n<caption>{escape(title)}</caption>\n'
        f"<thead>{titles}</thead>\n<tbody>\n{lines}</tbody>\n</table>\n</div>\n"
    )


def _number_row(translator: HTML5Translator, entry: Entry[Number], head: tuple[str, ...]) -> list[str]:
    number, env = entry.item, translator.builder.env
    anchor = NUMBER_ANCHOR + number.key
    return [
        _link(translator, entry.place.docname, anchor, number.label),
        escape(number.text),
        escape(number.unit_text),
        "" if number.base is None else format_number(number.base, 0),
        *("" if end is None else format_number(end, number.decimals) for end in (number.low, number.high)),
        "" if number.year is None else str(number.year),
        escape(page_name(env, entry.place.docname)),
        escape("; ".join(report_of(env.app).sources.of(entry).blocks)),
        _places(translator, anchor),
        f"<code>{number.key}</code>",
        *([EVIDENCE_WORDS.get(number.evidence or "", "")] if head == texts.SYNTHETIC_HEAD else []),
        STATUS_WORDS[number.status],
    ]


def _link(translator: HTML5Translator, docname: str, anchor: str, text: str) -> str:
    return f'<a href="{page_address(translator, docname)}#{anchor}">{escape(text)}</a>'


def _places(translator: HTML5Translator, anchor: str) -> str:
    """How many places print it, with a link to the first."""
    env = translator.builder.env
    found = report_of(env.app).printed.get(anchor, [])
    if not found:
        return texts.NO_PLACES
    first = found[0]
    label = escape(texts.places_label(len(found), page_name(env, first.docname)))
    return f'<a href="{page_address(translator, first.docname)}#{first.id}" aria-label="{label}">{len(found)}</a>'


def setup(app: Sphinx) -> None:
    """Register the directives and the table."""
    app.add_node(RegisterTable, html=(_visit_table, None))
    app.add_directive("alle-tall", AllNumbersDirective)
    app.add_directive("standardtegn", SymbolsDirective)
