"""The results of single municipalities in an edition: the form of its file `data/kommuner.json`.

A notebook hands it over in parts (`PARTS`), with `publish.municipalities`; the Sphinx extension writes the file, and
the pages on single municipalities are made from the files of all published editions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

#: The keys under which the parts are handed over.
PARTS = ("indicators", "levels", "groups", "positions", "municipalities")
#: The group that all municipalities are in.
COUNTRY = "all"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Indicator(_Row):
    """What municipalities are described by. A score and a grade have an order, a category has none, and an answer is 1
    for yes and 0 for no. `reason` says why an edition where it is not `present` does not have it.
    """

    indicator: str
    label: str
    kind: Literal["score", "grade", "category", "answer"]
    counted: str | None = None
    notebook: str
    present: bool
    reason: str = ""


class Level(_Row):
    """The name of a score, grade, category or answer."""

    indicator: str
    level: int
    name: str


class Group(_Row):
    """A size group, or all municipalities, seen by one indicator: how many have a level, and the medians."""

    indicator: str
    group: str
    label: str
    size: int
    median_count: float | None = None
    median_level: float | None = None
    withheld: bool

    @property
    def median(self) -> float | None:
        """The median of the counts, or of the levels where nothing is counted."""
        return self.median_level if self.median_count is None else self.median_count


class Position(_Row):
    """How many municipalities of a group have a level, and how many per cent of the group have a lower one, the same
    and a higher one. Nothing where the group is withheld; no `lower` and `higher` where there is no order.
    """

    indicator: str
    group: str
    level: int
    municipalities: int | None = None
    lower: float | None = None
    same: float | None = None
    higher: float | None = None


class Result(_Row):
    """What an indicator says of a municipality: the count behind it, if there is one, the level, and the levels that
    are `possible` where the limits are moved a step, that one among them; none where there are no limits.
    """

    count: int | None = None
    level: int
    possible: tuple[int, ...] = ()


class Municipality(_Row):
    """One municipality of the division of the year, with its results by indicator."""

    # The code becomes part of an address.
    municipality_code: str = Field(pattern=r"^[0-9]{4}$")
    name: str
    county: str
    size_class: str
    size_label: str
    size_class_status: str = ""
    answered: bool
    results: dict[str, Result]


class MunicipalityResults(BaseModel):
    """Everything that an edition has on single municipalities."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    year: int
    status: Literal["synthetic", "real"]
    source: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...]
    levels: tuple[Level, ...]
    groups: tuple[Group, ...]
    positions: tuple[Position, ...]
    municipalities: tuple[Municipality, ...]

    @cached_property
    def level_names(self) -> dict[tuple[str, int], str]:
        """The names of the levels, by indicator and level."""
        return {(one.indicator, one.level): one.name for one in self.levels}

    @cached_property
    def group_of(self) -> dict[tuple[str, str], Group]:
        """The groups, by indicator and group."""
        return {(one.indicator, one.group): one for one in self.groups}

    @cached_property
    def positions_of(self) -> dict[tuple[str, str], list[Position]]:
        """The positions in a group, by indicator and group, lowest level first."""
        found: dict[tuple[str, str], list[Position]] = {}
        for one in sorted(self.positions, key=lambda one: one.level):
            found.setdefault((one.indicator, one.group), []).append(one)
        return found

    @cached_property
    def by_code(self) -> dict[str, Municipality]:
        """The municipalities by code."""
        return {one.municipality_code: one for one in self.municipalities}

    def position(self, indicator: str, group: str, level: int) -> Position | None:
        """The position of those with a level in a group."""
        found = self.positions_of.get((indicator, group), [])
        return next((one for one in found if one.level == level), None)


def from_payloads(payloads: Mapping[str, Mapping[str, Any]]) -> MunicipalityResults:
    """The results from what a notebook has handed over, by the keys of `PARTS`.

    Raises KeyError for a part that is not there and pydantic's ValidationError for one that is not of the agreed form.
    """
    tables = {key: _records(payloads[key]) for key in PARTS}
    names = [row["indicator"] for row in tables["indicators"]]
    municipalities = [{**row, "results": _results(row, names)} for row in tables.pop("municipalities")]
    first = payloads[PARTS[0]]
    return MunicipalityResults.model_validate(
        {
            "year": first["year"],
            # One synthetic part makes everything synthetic.
            "status": "real" if all(payloads[key]["status"] == "real" for key in PARTS) else "synthetic",
            "source": first["source"],
            **tables,
            "municipalities": municipalities,
        }
    )


def _records(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [column["name"] for column in payload["columns"]]
    return [dict(zip(names, row, strict=True)) for row in payload["rows"]]


def _results(row: Mapping[str, Any], indicators: list[str]) -> dict[str, dict[str, Any]]:
    """The results in a row with the columns `<indicator>_level` and, for some, `<indicator>_count` and
    `<indicator>_possible`, levels with a space between them.
    """
    return {
        name: {
            "count": row.get(f"{name}_count"),
            "level": row[f"{name}_level"],
            "possible": (row.get(f"{name}_possible") or "").split(),
        }
        for name in indicators
        if row.get(f"{name}_level") is not None
    }
