"""Hand numbers to the report: one, families of two years, or one for each row of a frame of shares."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from digikom.publish.confidentiality import WHOLE, may_be_shown, suppress
from digikom.publish.formatting import (
    ENGLISH_UNIT_WORDS,
    NO_BREAK_SPACE,
    UNIT_DECIMALS,
    UNIT_WORDS,
    format_english,
    format_number,
    of_base,
    round_half_up,
    uncapitalised,
)
from digikom.publish.outputs import NUMBER_MIME, Shown, current, show
from digikom.publish.phrases import own_changes, publish_comparisons
from digikom.publish.words import with_unanswered

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
    group: tuple[str, str] | None = None,
) -> None:
    """Publish one number under `key`, for the role `{tall}` and the number register.

    `unit` is one of percent, percentage_points, count, median, share, year; `base` is the number of municipalities it
    is computed over (n) and `base_text` says in Norwegian which they are. `questions` names the blocks, questions and
    items of the codebook behind it, `count` is how many of the base a share counts, `group` the division of the
    municipalities (a column of the register, or an area) and its group that the number is about, if not about all.
    Raises ValueError for an unknown unit, a missing value or a key used twice.
    """
    if unit not in UNIT_WORDS:
        raise ValueError(f"unknown unit {unit!r}; expected one of {', '.join(UNIT_WORDS)}")
    plain = float(value)
    if math.isnan(plain):
        raise ValueError(f"the number {key!r} has no value")
    if decimals is None:
        decimals = 0 if unit == "median" and plain.is_integer() else UNIT_DECIMALS[unit]
    # A year has no thousands space.
    text, unit_word = str(int(plain)) if unit == "year" else format_number(plain, decimals), UNIT_WORDS[unit]
    written = NO_BREAK_SPACE.join(filter(None, [text, unit_word]))
    english = " ".join(filter(None, [format_english(plain, unit, decimals), ENGLISH_UNIT_WORDS.get(unit)]))
    context = current()
    context.claim(key)
    context.numbers[key] = Shown(round_half_up(plain, decimals), unit, written, english)
    payload: dict[str, Any] = {
        "key": key,
        "label": label,
        "text": text,
        "value": _whole(plain) if unit in {"count", "year"} else round(plain, REGISTER_DIGITS),
        "unit": unit,
        "unit_text": unit_word,
        "decimals": decimals,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "year": int(year),
        "status": context.status,
        "source": context.sources,
        "questions": sorted(questions),
    }
    changes = own_changes(key) if context.opened else []
    context.claim(*(change["key"] for change in changes))
    payload |= {"wordings": changes} if changes else {}
    payload |= {} if count is None else {"count": _whole(float(count))}
    payload |= {} if group is None else {"group": list(group)}
    about = ", ".join(filter(None, [of_base(count, base), base_text or ""]))
    tail = f" ({about})" if about else ""
    anchors = "".join(f'<a id="ord-{change["key"]}"></a>' for change in changes)
    as_html = f"{html.escape(label)}, {year}: <strong>{html.escape(written)}</strong>{html.escape(tail)}{anchors}"
    show(NUMBER_MIME, payload, f'<p id="tall-{key}">{as_html}</p>', f"{label}, {year}: {written}{tail}")


def _whole(value: float) -> float:
    """A whole number as one."""
    return int(value) if value.is_integer() else round(value, REGISTER_DIGITS)


def numbers(
    found: Mapping[str, tuple[Any, ...]],
    *,
    base: str | None = None,
    size: pd.Series | float | None = None,
    questions: Sequence[str] = (),
    decimals: int | None = None,
    group: tuple[str, str] | None = None,
) -> None:
    """Publish families of numbers under `key` (the target year) and `key-reference`, with words for each change.

    `found` maps each key to what there is by year, the unit and the label, and where need be the questions behind it.
    By year is a frame of shares (index year; columns `count`, `base` and `percent`; the unit says which is published),
    a series, or a single value of the target year. What is missing is not published, and nothing is without a value of
    the target year. `base` says whom the numbers are about, `size` how many they were where the frame does not, and
    `group`, a division and its group, which part of the municipalities.

    A share or median of two years gets the words `key-change` («har økt fra 91,4 prosent i … til …») and `key-since`
    («mot 91,4 prosent i …»), and those that the files of words give with `of: key`.
    """
    session = current().session
    for key, (by_year, unit, label, *own) in found.items():
        if isinstance(by_year, pd.DataFrame):
            values, sizes = dict(by_year["percent" if unit == "percent" else "count"]), dict(by_year["base"])
            counts = dict(by_year["count"]) if unit == "percent" else {}
        else:
            values = dict(by_year) if isinstance(by_year, pd.Series) else {session.target: by_year}
            sizes = dict(size) if isinstance(size, pd.Series) else dict.fromkeys(values, size)
            counts = {}
        shown = {year: value for year, value in values.items() if _may_be_shown(year, sizes.get(year), value, unit)}
        if pd.isna(shown.get(session.target)):
            continue
        behind = own[0] if own else questions
        for year, suffix in session.suffixes.items():
            if not pd.isna(shown.get(year)):
                number(
                    key + suffix,
                    shown[year],
                    unit,
                    label=label,
                    year=year,
                    base=None if pd.isna(sizes.get(year)) else round(float(sizes[year])),
                    base_text=with_unanswered(base, behind, year),
                    decimals=decimals,
                    questions=behind,
                    count=counts.get(year),
                    group=group,
                )
        for suffix in session.suffixes.values():
            publish_comparisons(key + suffix)


def _may_be_shown(year: int, base: float | None, value: float | None, unit: str) -> bool:
    """Whether a number may be shown: of a share or count, by how many of the base are counted."""
    counts = value is not None and base is not None and unit in {"count", "percent"}
    return may_be_shown(year, base, (value * base / 100 if unit == "percent" else value) if counts else None)  # type: ignore[operator]


def key_of_row(key: str, item: str, keys: Mapping[str, str] | None = None, prefix: str = "") -> str | None:
    """The key of the number of a row, as `each` gives it; None where `keys` leaves the row out."""
    if item == WHOLE and (keys is None or item in keys):
        return key.replace("-{}", "")
    if keys is not None:
        return key.format(keys[item]) if item in keys else None
    return key.format(item.removeprefix(prefix).replace("_", "-"))


def keys_of(key: str, shares: pd.DataFrame, prefix: str = "") -> dict[str, str]:
    """The keys of the numbers that `each` publishes for the rows of `shares`, by label."""
    rows = shares.reset_index()[["item", "label"]].astype(str).drop_duplicates()
    return {label: str(key_of_row(key, item, prefix=prefix)) for item, label in rows.to_numpy().tolist()}


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
    division: str = "",
    questions: Sequence[str] = (),
    by_item: bool = False,
) -> None:
    """Publish numbers for the rows of `shares`, a frame with the index levels `item`, `label` and `year`.

    `key` and `label` are patterns: «{}» in the key is the item less its `prefix` (or what `keys` has for it, which
    then leaves out the others), `{name}` and `{small}` in the label its name, as it is and inside a sentence. For all
    municipalities together «-{}» falls away from the key, and from the label what follows «, {». `base` says whom the
    numbers are about, `group_base` whom those of a group of municipalities, where it is another; it may name the group
    as the label does. `division`: the items are groups of the municipalities by it (a column of the register, or an
    area). `by_item`: the items are the questions behind the numbers.
    """
    for levels, rows in suppress(shares).groupby(level=["item", "label"], sort=False, observed=True):
        item, name = (str(level) for level in levels)
        own_key = key_of_row(key, item, keys, prefix)
        if own_key is None:
            continue
        whole, names = item == WHOLE, {"name": name, "small": uncapitalised(name)}
        about = label.partition(", {")[0] if whole else label.format(**names)
        numbers(
            {own_key: (rows.droplevel(["item", "label"]), unit, about)},
            base=base if whole or not group_base else group_base.format(**names),
            questions=[item] if by_item else questions,
            group=(division, item) if division and not whole else None,
        )
