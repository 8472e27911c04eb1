"""Hand numbers to the report: one, families of two years, or one for each row of a frame of shares."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from digikom.publish.confidentiality import WHOLE, may_be_shown, suppress
from digikom.publish.context import Shown, claim, current
from digikom.publish.formatting import (
    ENGLISH_UNIT_WORDS,
    NO_BREAK_SPACE,
    UNIT_WORDS,
    default_decimals,
    format_english,
    format_in_unit,
    of_base,
    round_half_up,
)
from digikom.publish.names import uncapitalised
from digikom.publish.outputs import NUMBER_MIME, show
from digikom.publish.phrases import own_changes, publish_comparisons
from digikom.publish.unanswered import with_unanswered

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
    count: float | None = None,
) -> None:
    """Publish one number under `key`, for the role `{tall}` and the number register.

    `unit` is one of percent, percentage_points, count, median, share, year; `base` is the number of municipalities it
    is computed over (n) and `base_text` says in Norwegian which they are. `questions` names the blocks, questions and
    items of the codebook behind it, `count` is how many of the base a share counts. Raises ValueError for an unknown
    unit, a missing value or a key used twice.
    """
    if unit not in UNIT_WORDS:
        raise ValueError(f"unknown unit {unit!r}; expected one of {', '.join(UNIT_WORDS)}")
    plain = float(value)
    if math.isnan(plain):
        raise ValueError(f"the number {key!r} has no value")
    context = claim(key)
    shown_decimals = default_decimals(plain, unit) if decimals is None else decimals
    text, unit_word = format_in_unit(plain, unit, shown_decimals), UNIT_WORDS[unit]
    written = NO_BREAK_SPACE.join(filter(None, [text, unit_word]))
    english = " ".join(filter(None, [format_english(plain, unit, shown_decimals), ENGLISH_UNIT_WORDS.get(unit)]))
    context.numbers[key] = Shown(round_half_up(plain, shown_decimals), unit, written, english)
    whole = unit in {"count", "year"} and plain.is_integer()
    payload: dict[str, Any] = {
        "key": key,
        "label": label,
        "text": text,
        "value": int(plain) if whole else round(plain, REGISTER_DIGITS),
        "unit": unit,
        "unit_text": unit_word,
        "decimals": shown_decimals,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "year": int(year),
        "status": context.status,
        "source": context.sources,
        "questions": sorted(questions),
    }
    changes = [] if context.opened is None else own_changes(key)
    for change in changes:
        claim(change["key"])
    if changes:
        payload["wordings"] = changes
    if count is not None:
        payload["count"] = int(count) if float(count).is_integer() else round(float(count), REGISTER_DIGITS)
    about = ", ".join(filter(None, [of_base(count, base), base_text or ""]))
    tail = f" ({about})" if about else ""
    show(
        NUMBER_MIME,
        payload,
        f'<p id="tall-{key}">{html.escape(label)}, {year}: <strong>{html.escape(written)}</strong>{html.escape(tail)}'
        + "".join(f'<a id="ord-{change["key"]}"></a>' for change in changes)
        + "</p>",
        f"{label}, {year}: {written}{tail}",
    )


def numbers(
    found: Mapping[str, tuple[Any, ...]],
    *,
    base: str | None = None,
    size: pd.Series | float | None = None,
    questions: Sequence[str] = (),
    decimals: int | None = None,
) -> None:
    """Publish families of numbers under `key` (the target year) and `key-reference`, with words for each change.

    `found` maps each key to what there is by year, the unit and the label, and where need be the questions behind it.
    By year is a frame of shares (index year; columns `count`, `base` and `percent`; the unit says which is published),
    a series, or a single value of the target year. What is missing is not published, and nothing is without a value of
    the target year. `base` says whom the numbers are about, `size` how many they were where the frame does not.

    A share or median of two years gets the words `key-change` («opp fra») and `key-since` («opp fra 91,4 prosent i» and
    the year), and those that the files of words give with `of: key`.
    """
    session = current().session
    for key, (by_year, unit, label, *own) in found.items():
        values, sizes = _by_year(by_year, unit, size, session.target)
        counts = dict(by_year["count"]) if isinstance(by_year, pd.DataFrame) and unit == "percent" else {}
        values = {
            year: value
            for year, value in values.items()
            if may_be_shown(year, sizes.get(year), _counted(value, unit, sizes.get(year)))
        }
        if pd.isna(values.get(session.target)):
            continue
        for year, suffix in session.suffixes.items():
            if pd.isna(values.get(year)):
                continue
            number(
                key + suffix,
                values[year],
                unit,
                label=label,
                year=year,
                base=None if pd.isna(sizes.get(year)) else round(float(sizes[year])),
                base_text=with_unanswered(base, own[0] if own else questions, year),
                decimals=decimals,
                questions=own[0] if own else questions,
                count=counts.get(year),
            )
        for suffix in session.suffixes.values():
            publish_comparisons(key + suffix)


def _counted(value: float | None, unit: str, base: float | None) -> float | None:
    """How many of the base are counted, if it is such a number."""
    if value is None or base is None or unit not in {"count", "percent"}:
        return None
    return value * base / 100 if unit == "percent" else value


def _by_year(given: Any, unit: str, size: Any, target: int) -> tuple[dict[Any, Any], dict[Any, Any]]:  # noqa: ANN401
    """Values and bases by year."""
    if isinstance(given, pd.DataFrame):
        return dict(given["percent" if unit == "percent" else "count"]), dict(given["base"])
    values = dict(given) if isinstance(given, pd.Series) else {target: given}
    sizes = dict(size) if isinstance(size, pd.Series) else dict.fromkeys(values, size)
    return values, sizes


def each(
    key: str,
    shares: pd.DataFrame,
    label: str,
    *,
    unit: str = "percent",
    base: str,
    keys: Mapping[str, str] | None = None,
    prefix: str = "",
    group_base: str = "",
    questions: Sequence[str] = (),
    by_item: bool = False,
) -> None:
    """Publish numbers for the rows of `shares`, a frame with the index levels `item`, `label` and `year`.

    `key` and `label` are patterns: «{}» in the key stands for the item less its `prefix` (or for what `keys` has for
    it, which then leaves out the others), `{name}` and `{small}` in the label for its name, as it is and inside a
    sentence. For all municipalities together «-{}» falls away from the key, and from the label what follows «, {».
    `base` says whom the numbers are about, `group_base` whom those of a group of municipalities, where it is another;
    it may name the group as the label does. `by_item`: the items are the questions behind the numbers.
    """
    for levels, rows in suppress(shares).groupby(level=["item", "label"], sort=False, observed=True):
        item, name = (str(level) for level in levels)
        if keys is not None and item not in keys:
            continue
        whole, names = item == WHOLE, {"name": name, "small": uncapitalised(name)}
        part = keys[item] if keys is not None else item.removeprefix(prefix).replace("_", "-")
        about = label.partition(", {")[0] if whole else label.format(**names)
        numbers(
            {key.replace("-{}", "") if whole else key.format(part): (rows.droplevel(["item", "label"]), unit, about)},
            base=base if whole or not group_base else group_base.format(**names),
            questions=[item] if by_item else questions,
        )
