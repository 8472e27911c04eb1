"""Numbers as Norwegian readers write them, and as machines read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from .payloads import Column, Value

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

D3_LOCALE: dict[str, object] = {
    "decimal": ",",
    "thousands": NO_BREAK_SPACE,
    "grouping": [3],
    "currency": ["", f"{NO_BREAK_SPACE}kr"],
    "minus": MINUS,
    "percent": f"{NO_BREAK_SPACE}%",
}
"""d3-format has no Norwegian locale of its own; this is Språkrådet's number writing."""


def norwegian(value: float, decimals: int | None = None) -> str:
    """Write a number with decimal comma, non-breaking thousands space and a true minus sign.

    Rounds half away from zero on the shortest decimal form of the value, which is what a reader with a pencil would
    get; `decimals=None` keeps the digits as they are.
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    digits = f"{abs(number):f}"
    whole, _, fraction = digits.partition(".")
    whole = f"{int(whole):,}".replace(",", NO_BREAK_SPACE)
    sign = MINUS if number < 0 else ""
    return f"{sign}{whole},{fraction}" if fraction else f"{sign}{whole}"


def cell_text(value: Value, column: Column) -> str:
    """What a reader sees in a table cell: empty for a cell that is not shown, symbols and texts as they stand."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, str):
        return value
    return norwegian(value, column.decimals)


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
