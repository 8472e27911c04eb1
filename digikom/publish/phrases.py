"""Hand over words that numbers decide: for a change, for which of two is larger, or what the files of words have."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from digikom.publish.context import claim, current
from digikom.publish.formatting import format_number
from digikom.publish.outputs import WORDING_MIME, show
from digikom.publish.words import dictionary, entry, filled

#: The constant of the method that says how small a difference is too small to be called one, by unit.
LIMITS = {"percent": "small_change", "percentage_points": "small_change", "median": "small_change_median"}
#: A number inside a phrase.
NUMBER_ROLE = re.compile(r"\{tall\}`([^`]+)`")


def words(key: str, template: str = "", /, **facts: Any) -> None:  # noqa: ANN401
    """Publish the phrase that the files of words have for `key`, or for `template`: the first case that fits, if any.

    A case is a list of bokmål and English, or a mapping `when`, `nb`, `en`. Beside what is given, the facts are those
    of `common_facts`.
    """
    cases = [
        case if isinstance(case, Mapping) else dict(zip(("nb", "en"), case, strict=False))
        for case in entry(template or key)
    ]
    known = {**common_facts(), **{name: _plain(fact) for name, fact in facts.items()}}
    for case in cases:
        text = filled(case, known)
        # A phrase stands if its numbers stand, as a sentence does.
        if text and all(role.partition("|")[0] in current().numbers for role in NUMBER_ROLE.findall(text)):
            _publish(_payload(key, text, filled(case, known, "en") or ""))
            return


def _plain(fact: Any) -> Any:  # noqa: ANN401
    """A list in place of a column of a frame."""
    return [str(name) for name in fact] if isinstance(fact, pd.Index | pd.Series) else fact


def common_facts() -> dict[str, Any]:
    """What every template may name: `target`, `reference` (where there is one), `years` and the constants."""
    session = current().session
    return {
        "target": session.target,
        "reference": session.reference,
        "years": [str(year) for year in session.years],
        **{str(name): value for name, value in session.constants.items()},
    }


def own_changes(key: str) -> list[dict[str, Any]]:
    """What a change is called, as payloads of their own: `key-change` («opp fra») and `key-since` («opp fra 91,4
    prosent i» and the year), unless the files of words have others. None for a number of one year or without a limit.
    """
    known, reference = current().numbers, f"{key}-reference"
    if reference not in known or known[key].unit not in LIMITS:
        return []
    names = [name for name in ("change", "since") if f"{key}-{name}" not in dictionary()]
    return [_compared(f"{key}-{name}", entry(name), key, (key, reference)) for name in names]


def publish_comparisons(key: str) -> None:
    """Publish the comparisons of the number `key` that the files of words ask for, where the other number is there."""
    for name, asked in _comparisons().get(key, {}).items():
        pair = asked["of"] if isinstance(asked["of"], list) else [asked["of"], f"{asked['of']}-reference"]
        if all(other in current().numbers for other in pair) and name not in current().keys:
            _publish(_compared(name, asked, key, (pair[0], pair[1])))


@cache
def _comparisons() -> dict[str, dict[str, Any]]:
    """The comparisons in the files of words, by each number that they compare."""
    found: dict[str, dict[str, Any]] = {}
    for name, asked in dictionary().items():
        if isinstance(asked, Mapping) and "of" in asked:
            for key in asked["of"] if isinstance(asked["of"], list) else [asked["of"]]:
                found.setdefault(key, {})[name] = asked
    return found


def _compared(name: str, asked: Mapping[str, Any], key: str, pair: tuple[str, str]) -> dict[str, Any]:
    """The payload of a comparison. What decides is what the reader sees: the rounded values."""
    first, second = (current().numbers[other].value for other in pair)
    threshold = float(current().session.constants[LIMITS[current().numbers[pair[0]].unit]])
    difference = float(first - second)
    near = "unchanged" if difference == 0 and "unchanged" in asked else "same"
    choice = near if abs(difference) < threshold else "up" if difference > 0 else "down"
    text, english = ([*asked[choice], ""] if isinstance(asked[choice], list) else [asked[choice], ""])[:2]
    about = {"difference": difference, "threshold": threshold, "rests_on": list(pair)}
    return _payload(name, text.replace("KEY", key), english.replace("KEY", key)) | about


def _payload(key: str, text: str, english: str) -> dict[str, Any]:
    """A phrase; `markup` has the roles of the numbers in it."""
    plain = {"key": key, "text": _with_numbers(text), "text_en": _with_numbers(english), "status": current().status}
    markup = {"markup": text, "markup_en": english} if plain["text"] != text else {}
    return {**plain, "difference": None, "threshold": None, **markup}


def _publish(payload: dict[str, Any]) -> None:
    claim(payload["key"])
    plain, difference = payload["text"], payload["difference"]
    shown = "" if difference is None else f"Endring {format_number(difference, 1)}: "
    show(
        WORDING_MIME,
        payload,
        f'<p id="ord-{payload["key"]}">{html.escape(shown)}<strong>«{html.escape(plain)}»</strong></p>',
        f"{shown}«{plain}»",
    )


def _with_numbers(text: str) -> str:
    """The text with the numbers in it written out, as the page shows them."""

    def written(role: re.Match[str]) -> str:
        key, _, form = role[1].partition("|")
        number = current().numbers[key]
        return number.english if form == "en" else number.text

    return NUMBER_ROLE.sub(written, text)
