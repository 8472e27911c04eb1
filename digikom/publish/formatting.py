"""Numbers and names as a Norwegian reader expects them: decimal comma, non-breaking thousands space, «quotation»."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

LOCALE = "nb_NO"
NO_BREAK_SPACE, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"

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
#: Numbers as running text has them: in words up to twelve.
NUMERALS = ("ingen", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv")
#: The forms that print them; a capital begins a sentence, and «ett» is said of neuter nouns.
NUMERAL_FORMS = ("ord", "Ord", "ett", "Ett")
#: Decimals printed when the notebook does not say otherwise.
UNIT_DECIMALS = {"percent": 1, "percentage_points": 1, "count": 0, "median": 1, "share": 3, "year": 0}

#: Format of numbers in Vega charts (d3-format has no Norwegian locale of its own).
VEGA_NUMBER_LOCALE = {
    "decimal": ",",
    "thousands": NO_BREAK_SPACE,
    "grouping": [3],
    "currency": ["", f"{NO_BREAK_SPACE}kr"],
    "minus": MINUS,
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
    # What rounds to zero has no sign.
    number = number or abs(number)
    digits = "0" * max(0, -int(number.as_tuple().exponent))
    text: str = format_decimal(number, format=f"#,##0.{digits}" if digits else "#,##0", locale=LOCALE)
    return text.replace(" ", NO_BREAK_SPACE).replace("-", MINUS)


def format_english(value: float, unit: str, decimals: int) -> str:
    """`value` as in English text: «93.2», «1,234», «−0.5»; years without a thousands sign."""
    if unit == "year":
        return str(int(value))
    rounded = round_half_up(value, decimals)
    return f"{rounded or abs(rounded):,}".replace("-", MINUS)


def numeral(text: str, form: str = "ord", unit: str = "count") -> str:
    """A printed number as running text has it in one of `NUMERAL_FORMS`: «åtte» for «8»; digits above twelve."""
    if not text.isdecimal() or int(text) >= len(NUMERALS):
        return text
    special = {"0": "ingen" if unit == "count" else "null", "1": "ett" if form.lower() == "ett" else "én"}
    word = special.get(text, NUMERALS[int(text)])
    return word.capitalize() if form[0].isupper() else word


def of_base(count: float | None, base: int | None) -> str:
    """«262 av 354», or «n = 354» where it is not said how many of them."""
    if base is None:
        return ""
    if count is None:
        return f"n{NO_BREAK_SPACE}={NO_BREAK_SPACE}{format_number(base, 0)}"
    return f"{format_number(count, 0 if float(count).is_integer() else 1)} av {format_number(base, 0)}"


def join_words(words: list[str], last: str = "og") -> str:
    """«a, b og c», with `last` before the last of them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def listed(names: str | Iterable[object]) -> list[str]:
    """The names as texts; a single one is a list of one."""
    return [names] if isinstance(names, str) else [str(name) for name in names]


def quoted(names: str | Iterable[object]) -> str:
    """«a», «b» og «c»; a single name alike."""
    return join_words([f"«{name}»" for name in listed(names)])


def uncapitalised(label: str) -> str:
    """A label inside a sentence: «IKT-prosjekter» keeps its capitals, «Digitale innkjøp» loses its one."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def label(pattern: str, *names: object) -> str:
    """The name of a number: the names put in for `{}`, in turn. Other braces are left to `publish.each`."""
    for name in names:
        pattern = pattern.replace("{}", str(name), 1)
    return pattern
