"""What can be said of a list, by what the reader sees: the first and the last, those that are alike, what has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from digikom.publish.formatting import round_half_up, uncapitalised
from digikom.publish.numbers import numbers
from digikom.publish.outputs import current
from digikom.publish.phrases import words
from digikom.publish.words import entry


def as_shown(values: pd.Series, decimals: int | pd.Series = 1) -> pd.Series:
    """Values rounded as tables show them; `decimals` may be each value's own, and less than none to round to tens."""
    if isinstance(decimals, pd.Series):
        pairs = zip(values, decimals, strict=True)
        return pd.Series([float(round_half_up(value, int(places))) for value, places in pairs], values.index)
    return values.map(lambda value: float(round_half_up(value, decimals)))


def ranking(values: pd.Series) -> dict[str, Any]:
    """What can be said of named values as they are shown: `n`, `top` (name and value, the largest first), `max`, `min`,
    the names `tied` at the top, and `most` and `least` where no other is as large or as small.
    """
    shown = as_shown(values.dropna()).sort_values(ascending=False, kind="stable")
    if shown.empty:
        return {"n": 0}
    facts = {
        "n": len(shown),
        "top": [{"name": str(name), "value": value} for name, value in shown.items()],
        "max": shown.iloc[0],
        "min": shown.iloc[-1],
        "tied": [str(name) for name in shown.index[shown == shown.iloc[0]]],
    }
    if len(shown) > 1:
        facts["most"] = str(shown.index[0]) if shown.iloc[0] > shown.iloc[1] else None
        facts["least"] = str(shown.index[-1]) if shown.iloc[-1] < shown.iloc[-2] else None
    return facts


def risen(rise: pd.Series | None) -> dict[str, Any]:
    """The name with the largest rise, where the rise is a clear one and no other is as large."""
    facts = {"n": 0} if rise is None else ranking(rise)
    clear = facts["n"] > 0 and facts["max"] >= _small_change()
    return {"risen": facts.get("most"), "rise": facts["max"]} if clear else {}


def ranks(
    key: str,
    shares: pd.DataFrame,
    label: str,
    *,
    base: str,
    places: Sequence[str] = ("first", "second", "next-last", "last"),
) -> None:
    """Publish the numbers `key-first`, `key-second`, … and the words `key-first-name`, … of the target year.

    `shares` has the index levels `item`, `label` and `year`, `label` the name of the numbers with `{place}` for the
    item's. The items are the questions behind. Of what is alike nothing comes first; a list with fewer than three
    different shares has a first only.
    """
    now = shares.reset_index().dropna(subset="percent")
    now = now[now["year"] == current().session.target]
    now = now.assign(shown=as_shown(now["percent"]))
    levels = sorted(now["shown"].unique(), reverse=True)
    where = {"first": 0, "second": 1, "next-last": -2, "last": -1} if len(levels) > 2 else {"first": 0}
    for place in (place for place in places if place in where and len(levels) > 1):
        rows = now[now["shown"] == levels[where[place]]]
        _publish(f"{key}-{place}", rows, label, base, rows["item"].tolist(), "names")


def extremes(
    key: str,
    shares: pd.DataFrame,
    label: str,
    template: str,
    *,
    base: str | None = None,
    unit: str = "percent",
    division: str = "",
    questions: Sequence[str] = (),
) -> None:
    """Publish the numbers `key-least` and `key-most` and the words `key-least-name` and `key-most-name`.

    They are the smallest and the largest share of the groups in `shares`, whose index has their names, and those names
    as the words of `template` put them. `label` names the numbers, with `{place}`. Nothing where all groups are alike.
    In another `unit` than per cent the column `percent` has what is compared. `division` says what divides the
    municipalities into the groups.
    """
    now = shares.dropna(subset="percent")
    now = now.assign(shown=as_shown(now["percent"]), label=now.index)
    hidden = _some_hidden(now["base"])
    if now["shown"].nunique() > 1:
        for place, share in {"least": now["shown"].min(), "most": now["shown"].max()}.items():
            rows = now[now["shown"] == share]
            of_rows = (rows, label, base, questions, template, unit, division)
            _publish(f"{key}-{place}", *of_rows, hidden=hidden)


def _some_hidden(bases: pd.Series) -> bool:
    """Whether not all confidential answers are in the groups that are shown."""
    session = current().session
    return not session.shown_singly and bool(bases.sum() < session.respondents[session.target])


def _small_change() -> float:
    return float(current().session.constants["small_change"])


def _publish(
    key: str,
    rows: pd.DataFrame,
    label: str,
    base: str | None,
    questions: Sequence[str],
    template: str,
    unit: str = "percent",
    division: str = "",
    *,
    hidden: bool = False,
) -> None:
    """One place of a list: its name, its share, and where several have it the base of none. `hidden`: not all groups
    are shown.
    """
    names = rows["label"].astype(str).tolist()
    words(f"{key}-name", template, names=names, hidden=hidden)
    about = label.format(place=" / ".join(names), small=" / ".join(map(uncapitalised, names)))
    alone, group = len(rows) == 1, None
    value: pd.DataFrame | float = rows["percent"].iloc[0]
    if alone:
        group = (division, names[0]) if division else None
        if unit == "percent":
            value = rows[["count", "base", "percent"]].set_axis([current().session.target])
    size = rows["base"].iloc[0] if alone else None
    numbers({key: (value, unit, about)}, base=base, size=size, questions=questions, group=group)


def moved(key: str, change: pd.Series, label: str, *, risen: str, fallen: str, questions: Sequence[str] = ()) -> None:
    """Publish in how many groups a share has clearly risen and fallen, and the words `key-moved` for it.

    `change` has the change of each group, missing where a group can't be compared. `label`, `risen` and `fallen` name
    the numbers `key`, `key-risen` and `key-fallen`. Of fewer than two groups nothing is published.
    """
    known = as_shown(change.dropna())
    if len(known) > 1:
        n, up, down = len(known), int((known >= _small_change()).sum()), int((known <= -_small_change()).sum())
        found = {"": (n, "count", label), "-risen": (up, "count", risen), "-fallen": (down, "count", fallen)}
        numbers({key + end: number for end, number in found.items()}, questions=questions)
        words(f"{key}-moved", "groups-moved", key=key, hidden=len(change) - n, n=n, up=up, down=down)


def in_counties(
    key: str, counties: pd.DataFrame, counted: Mapping[str, tuple[pd.Series, str]], *, questions: Sequence[str]
) -> None:
    """Publish how many counties there are (`key`, a row of `counties` each), and in how many something is so.

    `counted` has for the end of each key which counties those are (truth by row) and the label; the words
    `key-with-<end>` («I 7 av 11 fylker») begin a sentence. Of a single county nothing is said.
    """
    if len(counties) < 2:
        return
    numbers({key: (len(counties), "count", entry("counties-label"))}, questions=questions)
    for end, (which, label) in counted.items():
        some = int(which.sum())
        # That there is none tells something of every municipality.
        if some or current().session.shown_singly:
            numbers({f"{key}-{end}": (some, "count", label)}, questions=questions)
            facts = {"some": some, "all": len(counties), "some_key": f"{key}-{end}", "all_key": key}
            words(f"{key}-with-{end}", "in-counties", hidden=_some_hidden(counties["base"]), **facts)
