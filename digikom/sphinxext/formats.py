"""Numbers as Norwegian readers write them, and as machines read them."""

from __future__ import annotations

from digikom.publish.tables import STANDARD_SYMBOLS, shown_value

from .payloads import Column, Value


def cell_text(value: Value, column: Column) -> str:
    """What a reader sees in a table cell: empty for a cell that is not shown, symbols and texts as they stand."""
    return shown_value(value, column.decimals)


def symbol_meaning(value: Value) -> str:
    """What the standard symbol in a cell stands for; empty for every other content."""
    return STANDARD_SYMBOLS.get(value, "") if isinstance(value, str) else ""


def machine_text(value: Value) -> str:
    """A cell of a file for machines: decimal point, no thousands sign, every digit of the value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def spreadsheet_text(value: Value) -> str:
    """A cell of a file for a Norwegian spreadsheet: decimal comma, every digit, a plain minus and no thousands sign."""
    return machine_text(value).replace(".", ",") if isinstance(value, float) else machine_text(value)
