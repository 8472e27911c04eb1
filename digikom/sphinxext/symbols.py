"""The standard symbols of official tables, each with its first place in the edition."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from digikom.publish.tables import STANDARD_SYMBOLS

from .payloads import Figure, Table
from .plaintables import plain_table
from .references import number_reference
from .register import Entry, Register, register_of

#: How the symbols are named aloud: a screen reader may pass over them.
NAMES = {".": "punktum", "..": "to punktum", ":": "kolon"}
HEAD = ("Tegn", "Betydning", "Eksempel i utgaven")
NO_EXAMPLE = "ingen"


class SymbolsDirective(SphinxDirective):
    """```{standardtegn}``` is a table of the symbols, what they mean and where one can be seen."""

    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The table."""
        register = register_of(self.env.app)
        rows = []
        for symbol, meaning in STANDARD_SYMBOLS.items():
            key = first_use(register, symbol)
            example = [nodes.Text(NO_EXAMPLE)] if key is None else [number_reference(self.env, key)]
            shown = [nodes.strong("", symbol), nodes.Text(f" ({NAMES[symbol]})")]
            rows.append((shown, meaning, example))
        return [plain_table("Standardtegn", HEAD, rows)]


def first_use(register: Register, symbol: str) -> str | None:
    """The key of the first figure or table, in the order of the chapters, whose numbers have the symbol."""
    blocks: list[Entry[Figure] | Entry[Table]] = [*register.figures.values(), *register.tables.values()]
    found = [block for block in blocks if any(symbol in row for row in block.item.rows)]
    first = min(found, key=lambda block: (block.place.docname, block.place.position), default=None)
    return None if first is None else first.item.key


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("standardtegn", SymbolsDirective)
