"""Which municipality became which: the codes of one year and what became of them in a later one."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from digikom.errors import InputError, Problem
from digikom.geography.registers import Division, division, divisions, register, registers_root
from digikom.reading import read_bytes
from digikom.rows import MunicipalityCode, Row, checked, frame, refuse

Kind = Literal["unchanged", "renumbered", "merged", "split"]
CHANGES: tuple[str, ...] = get_args(Kind)
"""What can become of a municipality: the same code, the same area under a new code, whole into one with others, and
parts of it into several."""

#: What codes of Statistics Norway stand for that are no municipality's, by their first two digits.
_NO_MUNICIPALITIES = {"21": "Svalbard", "22": "Jan Mayen", "23": "the continental shelf", "25": "abroad"}
_FILE_NAME = re.compile(r"changes-([0-9]{4})-([0-9]{4})\.csv")


class Change(Row):
    """A municipality, whole or in part, and the one that it went into."""

    old_code: MunicipalityCode
    new_code: MunicipalityCode
    change: Kind


def changes(first_year: int, second_year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What became of the municipalities of `first_year` in the division in force in `second_year`, sorted by code.

    Columns, all text: `old_code`, `new_code`, `change` (one of `CHANGES`). A municipality that was split has a row for
    each municipality that a part of it went into. Years of the same division give every code unchanged. Over several
    changes of division the lists are followed one after the other, and `change` is what it all comes to; who was merged
    and later parted again counts as split, as nobody knows which part went where. Raises `InputError` for a year
    without a division, a second year before the first one's division, and a list that is missing or not in order.
    """
    first, last = division(first_year, data_dir), division(second_year, data_dir)
    if last.first_year < first.first_year:
        raise InputError(f"changes are followed forwards only: {second_year} is before the division of {first_year}")
    way = [one for one in divisions(data_dir) if first.first_year <= one.first_year <= last.first_year]
    codes = register(first_year, data_dir)["municipality_code"]
    followed = pd.DataFrame({"old_code": codes, "new_code": codes})
    for old, new in itertools.pairwise(way):
        step = _step(old, new, data_dir).rename(columns={"old_code": "new_code", "new_code": "next_code"})
        followed = followed.merge(step[["new_code", "next_code"]], on="new_code")
        followed = followed[["old_code", "next_code"]].set_axis(["old_code", "new_code"], axis="columns")
    followed = followed.drop_duplicates().sort_values(["old_code", "new_code"], ignore_index=True)
    return followed.assign(change=kinds_of_change(followed))


def elsewhere(year: int, data_dir: str | Path | None = None) -> dict[str, str]:
    """What is known of the codes that are not in force in `year`, as the end of a sentence: a municipality of another
    division, with what it is or was in that of the year, or a part of the country that is no municipality.

    Raises `InputError` for a year without a division.
    """
    chosen, now = division(year, data_dir), _names(year, data_dir)
    found = {
        f"{first}{last:02}": f"this one is {place}, which is no municipality"
        for first, place in _NO_MUNICIPALITIES.items()
        for last in range(100)
    }
    for other in divisions(data_dir):
        if other.name == chosen.name:
            continue
        names, (first, last) = _names(other.first_year, data_dir), sorted((other.first_year, chosen.first_year))
        try:
            pairs = changes(first, last, data_dir)
        except InputError:  # without the list of changes the name is still known
            pairs = pd.DataFrame(columns=["old_code", "new_code"])
        there, here = ("old_code", "new_code") if first == other.first_year else ("new_code", "old_code")
        became = pairs.groupby(there)[here].agg(sorted).to_dict()
        for code in names.keys() - now.keys():
            today = " and ".join(f"{one} {now[one]}" for one in became.get(code, ()))
            is_in_force = f", and {today} in that of {chosen.years}" if today else ""
            found.setdefault(code, f"this one is {names[code]} in the division {other.years}{is_in_force}")
    return found


def kinds_of_change(pairs: pd.DataFrame) -> pd.Series[str]:
    """The kind of change (one of `CHANGES`) of each pair of `old_code` and `new_code`, as it follows from where each
    old code goes to and what each new code comes from.
    """
    goes_to = pairs.groupby("old_code")["new_code"].transform("size")
    comes_from = pairs.groupby("new_code")["old_code"].transform("size")
    kinds = np.select(
        [goes_to > 1, comes_from > 1, pairs["old_code"] == pairs["new_code"]],
        ["split", "merged", "unchanged"],
        default="renumbered",
    )
    return pd.Series(kinds, index=pairs.index, dtype="str")


def _names(year: int, data_dir: str | Path | None) -> dict[str, str]:
    found = register(year, data_dir)
    return dict(zip(found["municipality_code"], found["name"], strict=True))


def _step(old: Division, new: Division, data_dir: str | Path | None) -> pd.DataFrame:
    """The pairs of codes from one register to the next: of one division, every code as it was; of two, by the list that
    is found by the years in its name.
    """
    old_codes, new_codes = (tuple(register(one.first_year, data_dir)["municipality_code"]) for one in (old, new))
    if old.name == new.name:
        differing = sorted({*old_codes} ^ {*new_codes})
        if differing:
            raise InputError(
                f"{old.register_file} and {new.register_file} are both of the division of {old.name}",
                [Problem(None, "municipality_code", code, "a code in both of them") for code in differing],
            )
        return pd.DataFrame({"old_code": old_codes, "new_code": old_codes})
    folder = registers_root(data_dir) / "municipalities"
    names = [
        path.name
        for path in sorted(folder.glob("changes-*.csv"))
        if (found := _FILE_NAME.fullmatch(path.name)) and old.in_force(int(found[1])) and new.in_force(int(found[2]))
    ]
    if len(names) != 1:
        raise InputError(
            f"expected one list of what became of the municipalities of {old.years} in the division of {new.years}, "
            f"such as municipalities/changes-{old.first_year}-{new.first_year}.csv; "
            f"found {', '.join(names) or 'none'}"
        )
    name = f"municipalities/{names[0]}"
    return _parse_changes(name, read_bytes(folder / names[0], name), old_codes, new_codes)


@lru_cache(maxsize=8)
def _parse_changes(name: str, content: bytes, old_codes: tuple[str, ...], new_codes: tuple[str, ...]) -> pd.DataFrame:
    rows = checked(name, content, Change, ("old_code", "new_code"))
    problems = []
    for column, codes in (("old_code", old_codes), ("new_code", new_codes)):
        found = {line: str(getattr(row, column)) for line, row in rows.items()}
        expected = "a municipality of the register of that division"
        problems += [Problem(line, column, code, expected) for line, code in found.items() if code not in codes]
        missing = sorted({*codes} - {*found.values()})
        problems += [Problem(None, column, None, f"a row for {code}") for code in missing]
    refuse(name, problems)
    pairs = frame(rows.values(), Change)
    refuse(
        name,
        (
            Problem(line, "change", row.change, f"{kind}, by where the codes come from and go to")
            for (line, row), kind in zip(rows.items(), kinds_of_change(pairs), strict=True)
            if row.change != kind
        ),
    )
    return pairs
