"""Which municipality became which: the codes of one year and what became of them in a later one."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from digikom.errors import InputError, Problem
from digikom.geography.registers import Division, division, divisions, register, registers_root
from digikom.geography.tables import read_bytes, read_table

CHANGES = ("unchanged", "renumbered", "merged", "split")
"""What can become of a municipality: the same code, the same area under a new code, whole into one with others, and
parts of it into several."""

_FILE_NAME = re.compile(r"changes-([0-9]{4})-([0-9]{4})\.csv")
_COLUMNS = ["old_code", "new_code", "change"]


def changes(first_year: int, second_year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """What became of the municipalities of `first_year` in the division in force in `second_year`, sorted by code.

    Columns, all text: `old_code`, `new_code`, `change` (one of `CHANGES`). A municipality that was split has a row for
    each municipality that a part of it went into. Years of the same division give every code unchanged. Over several
    changes of division the lists are followed one after the other, and `change` tells of the whole way; who was merged
    and later parted again counts as split, as nobody knows which part went where. Raises `InputError` for a year
    without a division, a second year before the first one's division, and a list that lacks or is not in order.
    """
    root = registers_root(data_dir)
    first, last = division(first_year, data_dir), division(second_year, data_dir)
    if last.first_year < first.first_year:
        raise InputError(f"changes are followed forwards only: {second_year} is before the division of {first_year}")
    way = [one for one in divisions(data_dir) if first.first_year <= one.first_year <= last.first_year]
    codes = register(first_year, data_dir)["municipality_code"]
    followed = pd.DataFrame({"old_code": codes, "new_code": codes})
    for old, new in itertools.pairwise(way):
        step = _step(root, old, new, data_dir).rename(columns={"old_code": "new_code", "new_code": "next_code"})
        followed = followed.merge(step[["new_code", "next_code"]], on="new_code")
        followed = followed[["old_code", "next_code"]].set_axis(["old_code", "new_code"], axis="columns")
    followed = followed.drop_duplicates().sort_values(["old_code", "new_code"], ignore_index=True)
    return followed.assign(change=kinds_of_change(followed))


def _step(root: Path, old: Division, new: Division, data_dir: str | Path | None) -> pd.DataFrame:
    """The list of changes from one register to the next: of one division, none; of two, the list found by the years in
    its name.
    """
    known = [tuple(register(one.first_year, data_dir)["municipality_code"]) for one in (old, new)]
    if old.name == new.name:
        return _unchanged(old, new, *known)
    names = [
        path.name
        for path in sorted((root / "municipalities").glob("changes-*.csv"))
        if (found := _FILE_NAME.fullmatch(path.name)) and old.in_force(int(found[1])) and new.in_force(int(found[2]))
    ]
    if len(names) != 1:
        raise InputError(
            f"expected one list of what became of the municipalities of {old.years} in the division of {new.years}, "
            f"such as municipalities/changes-{old.first_year}-{new.first_year}.csv; "
            f"found {', '.join(names) or 'none'}"
        )
    name = f"municipalities/{names[0]}"
    return _parse_changes(name, read_bytes(root, name), *known)


def _unchanged(old: Division, new: Division, old_codes: tuple[str, ...], new_codes: tuple[str, ...]) -> pd.DataFrame:
    """Every code as it was; `InputError` when two registers of one division do not have the same ones."""
    differing = sorted(set(old_codes) ^ set(new_codes))
    if differing:
        raise InputError(
            f"{old.register_file} and {new.register_file} are both of the division of {old.name}",
            [Problem(None, "municipality_code", code, "a code in both of them") for code in differing],
        )
    return pd.DataFrame({"old_code": old_codes, "new_code": old_codes, "change": "unchanged"})


@lru_cache(maxsize=8)
def _parse_changes(name: str, content: bytes, old_codes: tuple[str, ...], new_codes: tuple[str, ...]) -> pd.DataFrame:
    known = dict(zip(_COLUMNS, (old_codes, new_codes), strict=False))
    frame = read_table(name, content, _schema(known))
    missing = [
        Problem(None, column, None, f"a row for {code}")
        for column, codes in known.items()
        for code in sorted(set(codes) - set(frame[column]))
    ]
    if missing:
        raise InputError(f"{name} is not in order", missing)
    wrong = frame[frame["change"] != kinds_of_change(frame)]
    if len(wrong):
        fitting = kinds_of_change(frame)[wrong.index]
        problems = [
            Problem(int(line), "change", value, f"{kind}, by where the codes come from and go to")
            for line, value, kind in zip(wrong.index, wrong["change"], fitting, strict=True)
        ]
        raise InputError(f"{name} is not in order", problems)
    return frame


def _schema(known: dict[str, tuple[str, ...]]) -> pa.DataFrameSchema:
    """What a list of changes must be: pairs of known codes, each pair once."""
    return pa.DataFrameSchema(
        {
            **{
                column: pa.Column(str, pa.Check.isin(codes, error="a municipality of the register of that division"))
                for column, codes in known.items()
            },
            "change": pa.Column(str, pa.Check.isin(CHANGES, error=", ".join(CHANGES))),
        },
        checks=pa.Check(lambda frame: ~frame.duplicated(_COLUMNS[:2]), error="a pair of codes that stands once"),
        strict=True,
        ordered=True,
    )


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
