"""Hand a number, or a word that a number decides, to the report."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

from digikom.publish.confidentiality import WITHHELD
from digikom.publish.context import claim
from digikom.publish.formatting import NO_BREAK_SPACE, UNIT_WORDS, default_decimals, format_in_unit, format_number
from digikom.publish.outputs import NUMBER_MIME, WORDING_MIME, show

#: Enough digits for every rounding that we print, few enough that the last bit of a float never shows.
REGISTER_DIGITS = 10


def number(
    key: str,
    value: float,
    unit: str,
    *,
    label: str,
    year: int,
    base: int | None = None,
    base_text: str | None = None,
    decimals: int | None = None,
    questions: Sequence[str] = (),
    withheld: bool = False,
) -> None:
    """Publish one number under `key`, for the role `{tall}` and the number register.

    `unit` is one of percent, percentage_points, count, median, share, year; `base` is the number of municipalities it
    is computed over (n) and `base_text` says in Norwegian which they are. `questions` names the blocks, questions and
    items of the codebook behind it, where the `needs-` tags of the cell say more than that. A number that is `withheld`
    for reasons of confidentiality has no value, and «:» for its text. Raises ValueError for an unknown unit, a missing
    value that is not withheld, or a key used twice.
    """
    if unit not in UNIT_WORDS:
        raise ValueError(f"unknown unit {unit!r}; expected one of {', '.join(UNIT_WORDS)}")
    plain = float(value)
    if math.isnan(plain) and not withheld:
        raise ValueError(f"the number {key!r} has no value")
    context = claim(key)
    if withheld:
        shown_decimals, text, unit_word, exact = 0, WITHHELD, "", None
    else:
        shown_decimals = default_decimals(plain, unit) if decimals is None else decimals
        text, unit_word = format_in_unit(plain, unit, shown_decimals), UNIT_WORDS[unit]
        whole = unit in {"count", "year"} and plain.is_integer()
        exact = int(plain) if whole else round(plain, REGISTER_DIGITS)
    payload: dict[str, Any] = {
        "key": key,
        "label": label,
        "text": text,
        "value": exact,
        "unit": unit,
        "unit_text": unit_word,
        "decimals": shown_decimals,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "year": int(year),
        "status": context.status,
        "source": context.sources,
        "questions": list(questions),
    }
    words = f"{text}{NO_BREAK_SPACE}{unit_word}".rstrip(NO_BREAK_SPACE)
    about = ", ".join(filter(None, ["" if base is None else f"n = {format_number(base, 0)}", base_text or ""]))
    tail = f" ({about})" if about else ""
    show(
        NUMBER_MIME,
        payload,
        f"<p>{html.escape(label)}, {year}: <strong>{html.escape(words)}</strong>{html.escape(tail)}</p>",
        f"{label}, {year}: {words}{tail}",
    )


def wording(
    key: str,
    difference: float,
    *,
    up: str,
    same: str,
    down: str,
    threshold: float,
    english: Sequence[str] = ("", "", ""),
) -> None:
    """Publish the word that fits a computed difference, for the role `{ord}`: direction words follow the numbers.

    `up` and `down` are used when the difference is at least `threshold` (in the difference's own unit) away from
    nought, `same` otherwise. `english` has the three in English, in that order, for the English summary. Publishes
    nothing when the difference is missing, as in an edition without a reference year.
    """
    if math.isnan(difference):
        return
    context = claim(key)
    choice = 1 if abs(difference) < threshold else 0 if difference > 0 else 2
    text = (up, same, down)[choice]
    payload = {
        "key": key,
        "text": text,
        "text_en": english[choice],
        "difference": round(float(difference), REGISTER_DIGITS),
        "threshold": float(threshold),
        "status": context.status,
    }
    shown = format_number(difference, 2)
    show(
        WORDING_MIME,
        payload,
        f"<p>Endring {html.escape(shown)}: <strong>«{html.escape(text)}»</strong></p>",
        f"Endring {shown}: «{text}»",
    )


def phrase(key: str, text: str, english: str = "") -> None:
    """Publish a computed phrase, such as the names of the areas that come first, for the role `{ord}`.

    `english` is the same in English, for the English summary.
    """
    context = claim(key)
    payload = {
        "key": key,
        "text": text,
        "text_en": english,
        "difference": None,
        "threshold": None,
        "status": context.status,
    }
    show(WORDING_MIME, payload, f"<p><strong>«{html.escape(text)}»</strong></p>", f"«{text}»")
