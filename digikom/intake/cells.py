"""The values of workbooks and Parquet files as the text that a person sees, and text without accidental white space."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from decimal import Decimal

#: Marks without a width that programs leave in exported text.
_INVISIBLE = re.compile("[\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]")
#: Whole numbers above this can't be told apart as floating-point numbers.
_LARGEST_WHOLE = 2.0**53


def tidy(text: str) -> str:
    """The text without space around it, with one plain space for each run of white space, letters composed (NFC)."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def as_text(value: object) -> str:
    """A value as a person sees it: `301` and `301.0` are `301`, a missing one is empty, dates are ISO 8601.

    Raises `ValueError` for what has no plain text: lists, records, infinite numbers, bytes that are no text.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return tidy(value)
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value)
        case datetime.datetime():
            return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return str(value)
        case bytes():
            return tidy(value.decode("utf-8"))
        case _:
            raise ValueError(f"a {type(value).__name__} is no plain value")


def _number(value: float | Decimal) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        raise ValueError("an infinite number is no plain value")
    if value == int(value) and abs(int(value)) <= _LARGEST_WHOLE:
        return str(int(value))
    return str(value)
