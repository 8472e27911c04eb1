"""What the scores and grades of an edition would be with other limits: the form of its file `data/grenser.json`.

A notebook hands it over with `publish.limits`, a row for each indicator; the Sphinx extension writes the file and shows
the cases on pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Row):
    """A place that a limit is tried at: moved by `step` counts it is `limit`, which `text` says in Norwegian."""

    step: int
    limit: int
    text: str


class Limit(_Row):
    """The lowest count of a `score` of a simple `indicator`, and where it is tried."""

    indicator: str
    score: int
    label: str
    steps: tuple[Step, ...]


class Case(_Row):
    """The limits moved by `steps`, one for each limit, and what follows.

    Municipalities at each level (`counts`, `percent`), the share at the top in per cent, its `change` since the
    reference year in percentage points, and what that is called. Nothing of the last two where there is no such year.
    """

    steps: tuple[int, ...]
    counts: tuple[int, ...]
    percent: tuple[float, ...]
    top: float
    change: float | None
    conclusion: Literal["rises", "falls", "same", ""]
    verdict: str
    text: str

    @property
    def moved(self) -> int:
        """How many of the limits are moved."""
        return sum(step != 0 for step in self.steps)


class IndicatorCases(_Row):
    """Every admissible case of an indicator: its levels by name, the `base` in municipalities, and its limits."""

    indicator: str
    label: str
    year: int
    reference_year: int | None
    status: Literal["synthetic", "real"]
    source: tuple[str, ...]
    base: int
    levels: tuple[str, ...]
    limits: tuple[Limit, ...]
    cases: tuple[Case, ...]

    def moved_to(self, case: Case) -> list[Step]:
        """Where each limit is in a case."""
        places = zip(self.limits, case.steps, strict=True)
        return [next(place for place in limit.steps if place.step == step) for limit, step in places]


class LimitCases(_Row):
    """The cases of all indicators that an edition has, in the order of the chapter."""

    indicators: tuple[IndicatorCases, ...]

    def of(self, indicator: str) -> IndicatorCases | None:
        """The cases of one indicator, if the edition has it."""
        return next((one for one in self.indicators if one.indicator == indicator), None)


def from_rows(rows: Iterable[Iterable[object]]) -> LimitCases:
    """The cases from what a notebook has handed over. Raises pydantic's ValidationError for another form."""
    names = list(IndicatorCases.model_fields)
    return LimitCases.model_validate({"indicators": [dict(zip(names, row, strict=True)) for row in rows]})
