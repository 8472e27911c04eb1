"""Numbers as a Norwegian reader expects them: decimal comma, non-breaking thousands space, true minus sign."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from babel.numbers import format_decimal

LOCALE = "nb_NO"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

#: The word that follows a number of each unit; an empty text when the number stands alone.
UNIT_WORDS = {
    "percent": "prosent",
    "percentage_points": "prosentpoeng",
    "count": "",
    "median": "",
    "share": "",
    "year": "",
}

#: The same in the English summary.
ENGLISH_UNIT_WORDS = {"percent": "per cent", "percentage_points": "percentage points"}

#: Decimals printed when the notebook does not say otherwise.
UNIT_DECIMALS = {"percent": 1, "percentage_points": 1, "count": 0, "median": 1, "share": 3, "year": 0}

#: Format of numbers in Vega charts (d3-format has no Norwegian locale of its own).
VEGA_NUMBER_LOCALE = {
    "decimal": ",",
    "thousands": NO_BREAK_SPACE,
    "grouping": [3],
    "currency": ["", f"{NO_BREAK_SPACE}kr"],
    "minus": "\N{MINUS SIGN}",
    "percent": f"{NO_BREAK_SPACE}%",
}


def round_half_up(value: float, decimals: int) -> Decimal:
    """Round as official tables do (a half goes away from zero), from the shortest decimal text of the number."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def format_number(value: float, decimals: int | None) -> str:
    """`value` in Norwegian with exactly `decimals` decimals: 1234.5 -> «1 234,5». `None` keeps the digits as they are.

    Raises ValueError for a missing value.
    """
    if math.isnan(value):
        raise ValueError("a missing value cannot be formatted as a number")
    number = Decimal(repr(value)) if decimals is None else round_half_up(value, decimals)
    if number == 0:
        # What rounds to nought has no sign.
        number = abs(number)
    digits = "0" * max(0, -int(number.as_tuple().exponent))
    pattern = f"#,##0.{digits}" if digits else "#,##0"
    text: str = format_decimal(number, format=pattern, locale=LOCALE)
    return text.replace(" ", NO_BREAK_SPACE).replace("-", "\N{MINUS SIGN}")


def format_english(value: float, unit: str, decimals: int) -> str:
    """`value` as in English text: «93.2», «1,234», «−0.5»; years without a thousands sign."""
    if unit == "year":
        return str(int(value))
    rounded = round_half_up(value, decimals)
    return f"{abs(rounded) if rounded == 0 else rounded:,}".replace("-", "\N{MINUS SIGN}")


def format_in_unit(value: float, unit: str, decimals: int) -> str:
    """`value` as it is written in its unit: years without a thousands space, everything else as `format_number`."""
    return str(int(value)) if unit == "year" else format_number(value, decimals)


def default_decimals(value: float, unit: str) -> int:
    """Decimals for a unit; a median that is a whole number is printed as one."""
    if unit == "median" and float(value).is_integer():
        return 0
    return UNIT_DECIMALS[unit]


def of_base(count: float | None, base: int | None) -> str:
    """«262 av 354», or «n = 354» where it is not said how many of them."""
    if base is None:
        return ""
    of_all = format_number(base, 0)
    if count is None:
        return f"n{NO_BREAK_SPACE}={NO_BREAK_SPACE}{of_all}"
    return f"{format_number(count, 0 if float(count).is_integer() else 1)} av {of_all}"


def join_words(words: list[str], last: str = "og") -> str:
    """«a, b og c», with `last` before the last of them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def use_norwegian_numbers() -> None:
    """Show the decimal numbers of every pandas frame in this kernel with a decimal comma."""
    pd.set_option("display.float_format", lambda value: format_number(value, 2))
