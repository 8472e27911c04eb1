"""Hand over words that numbers decide: for a change, for which of two is larger, or what the files of words have."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from digikom.publish.formatting import NUMERAL_FORMS, format_number, numeral
from digikom.publish.outputs import WORDING_MIME, current, show
from digikom.publish.words import common_facts, dictionary, entry, filled

#: The constant of the method that says how small a difference is too small to be called one, by unit.
LIMITS = {"percent": "small_change", "percentage_points": "small_change", "median": "small_change_median"}
#: A number inside a phrase.
NUMBER_ROLE = re.compile(r"\{tall\}`([^`]+)`")


def words(key: str, template: str = "", /, **facts: Any) -> None:  # noqa: ANN401
    """Publish the phrase that the files of words have for `key`, or for `template`: the first case that fits, if any.

    A case is a list of bokmål and English, or a mapping `when`, `nb`, `en`. A column of a frame is given as a list, and
    the `common_facts` need not be given.
    """
    lists = {name: list(map(str, fact)) for name, fact in facts.items() if isinstance(fact, pd.Index | pd.Series)}
    known = {**common_facts(), **facts, **lists}
    for given in entry(template or key):
        case = given if isinstance(given, Mapping) else dict(zip(("nb", "en"), given, strict=False))
        text = filled(case, known)
        # A phrase is published if its numbers are, as a sentence is.
        if text and all(role.partition("|")[0] in current().numbers for role in NUMBER_ROLE.findall(text)):
            _publish(_payload(key, text, filled(case, known, "en") or ""))
            return


def own_changes(key: str) -> list[dict[str, Any]]:
    """What a change is called, as payloads of their own: `key-change` («har økt fra 91,4 prosent i … til …») and
    `key-since` («mot 91,4 prosent i …»), unless the files of words have others. None for a number of one year or
    without a limit.
    """
    known, reference = current().numbers, f"{key}-reference"
    if reference not in known or known[key].unit not in LIMITS:
        return []
    names = [name for name in ("change", "since") if f"{key}-{name}" not in dictionary()]
    return [_compared(f"{key}-{name}", entry(name), key, [key, reference]) for name in names]


def publish_comparisons(key: str) -> None:
    """Publish the comparisons of the number `key` that the files of words ask for, where the other number is there."""
    for name, pair in _comparisons().get(key, {}).items():
        if all(other in current().numbers for other in pair) and name not in current().keys:
            _publish(_compared(name, entry(name), key, pair))


@cache
def _comparisons() -> dict[str, dict[str, list[str]]]:
    """The pairs of numbers that the files of words compare, by each number that they say it `of` and their own name."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, asked in dictionary().items():
        if isinstance(asked, Mapping) and "of" in asked:
            of = asked["of"]
            for key in of if isinstance(of, list) else [of]:
                found.setdefault(key, {})[name] = of if isinstance(of, list) else [of, f"{of}-reference"]
    return found


def _compared(name: str, asked: Mapping[str, Any], key: str, pair: list[str]) -> dict[str, Any]:
    """The payload of a comparison. What decides is what the reader sees: the rounded values."""
    first, second = (current().numbers[other] for other in pair)
    threshold = float(current().session.constants[LIMITS[first.unit]])
    difference = float(first.value - second.value)
    near = "unchanged" if difference == 0 and "unchanged" in asked else "same"
    said = asked[near if abs(difference) < threshold else "up" if difference > 0 else "down"]
    text, english = (said.replace("KEY", key) for said in ([*said, ""] if isinstance(said, list) else [said, ""])[:2])
    return _payload(name, text, english) | {"difference": difference, "threshold": threshold, "rests_on": pair}


def _payload(key: str, text: str, english: str) -> dict[str, Any]:
    """A phrase; `markup` has the roles of the numbers in it."""
    plain = {"key": key, "text": _with_numbers(text), "text_en": _with_numbers(english), "status": current().status}
    markup = {"markup": text, "markup_en": english} if plain["text"] != text else {}
    return {**plain, "difference": None, "threshold": None, **markup}


def _with_numbers(text: str) -> str:
    """The text with the numbers in it written out, as the page shows them."""

    def written(role: re.Match[str]) -> str:
        key, _, form = role[1].partition("|")
        number = current().numbers[key]
        if form in NUMERAL_FORMS:
            return numeral(number.text, form, number.unit)
        return number.english if form == "en" else number.text

    return NUMBER_ROLE.sub(written, text)


def _publish(payload: dict[str, Any]) -> None:
    current().claim(payload["key"])
    plain, difference = payload["text"], payload["difference"]
    shown = "" if difference is None else f"Endring {format_number(difference, 1)}: "
    text = f'<p id="ord-{payload["key"]}">{html.escape(shown)}<strong>«{html.escape(plain)}»</strong></p>'
    show(WORDING_MIME, payload, text, f"{shown}«{plain}»")
