"""Numbers as Norwegian readers write them, and as machines read them."""

from __future__ import annotations

from digikom.opendata.data_files import machine_text, symbol_meaning
from digikom.publish.tables import shown_value

from .payloads import Column, Value


def cell_text(value: Value, column: Column) -> str:
    """What a reader sees in a table cell: empty for a cell that is not shown, symbols and texts as they stand."""
    return shown_value(value, column.decimals)


__all__ = ["cell_text", "machine_text", "symbol_meaning"]
