"""What has been printed of the municipalities in words: statements, each with the comparison that bears it out.

A comparison is of one of a few forms, which `data/published/README.md` explains. They are made in the replication
chapter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
from pydantic import Field, ValidationInfo, field_validator

from digikom import reading, rows
from digikom.errors import Problem
from digikom.paths import data_folder

PATH = "published/claims.csv"
_KEYS = "[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*"

Relation = Literal["", "above", "below", "about", "rises", "falls", "not-risen", "risen-more"]
#: Of the forms, those that need something to compare with, and those that may have a least change beside the key.
TWO_SIDED, OF_CHANGE = ("above", "below", "about", "risen-more"), ("rises", "falls")


class Claim(rows.Row):
    """One statement in words. Without a comparison the note says why there is none."""

    id: Annotated[str, Field(pattern="^C[0-9]{3}$", description="C and three digits")]
    year: Annotated[str, Field(pattern="^[0-9]{4}(-[0-9]{4})?$", description="a year, or two with a hyphen")]
    source: rows.Text
    locator: rows.Text
    claim_nb: rows.Text
    left: Annotated[str, Field(pattern=f"^({_KEYS})?$", description="keys of numbers, with a space between")]
    relation: Relation
    right: Annotated[str, Field(pattern=f"^({_KEYS}|[0-9]+)?$", description="keys of numbers, a whole number")]
    note: str

    @field_validator("note")
    @classmethod
    def _is_whole(cls, note: str, info: ValidationInfo) -> str:
        """A comparison has all its parts and no others; where there is none, the note says why."""
        # What is wrong with a part itself has been said.
        if not {"left", "relation", "right"} <= set(info.data):
            return note
        left, relation, right = (str(info.data[name]) for name in ("left", "relation", "right"))
        if not relation:
            if left or right or not note:
                raise ValueError("a reason, and no keys, where there is no comparison")
        elif not left or (relation in TWO_SIDED and not right) or (relation == "not-risen" and right):
            raise ValueError(f"keys on the sides that {relation} has")
        elif relation in OF_CHANGE and right and not right.isdigit():
            raise ValueError(f"a least change in whole points beside {relation}")
        elif relation == "risen-more" and right.isdigit():
            raise ValueError("keys on both sides of risen-more")
        return note


def claims(data_dir: str | Path | None = None, known: Collection[str] | None = None) -> pd.DataFrame:
    """The statements in order, empty cells as empty text; from the project's own data when `data_dir` has none.

    Raises InputError with everything that is wrong with the file; so, too, for a key that is not among `known`.
    """
    path = data_folder(data_dir) / PATH
    path = path if path.is_file() else data_folder() / PATH
    found, problems = rows.read_rows(reading.read_bytes(path, PATH), Claim, ("id",))
    if known is not None:
        problems += [problem for line, claim in found.items() for problem in _unknown(line, claim, known)]
    rows.refuse(PATH, problems)
    return rows.frame(found.values(), Claim)


def _unknown(line: int, claim: Claim, known: Collection[str]) -> Iterator[Problem]:
    for side in ("left", "right"):
        for name in getattr(claim, side).split():
            if not name.isdigit() and name not in known:
                yield Problem(line, side, name, "the key of a number that a chapter publishes")
