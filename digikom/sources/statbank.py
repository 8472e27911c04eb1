"""Tables of the StatBank, asked for with `pxwebpy` (PxWebApi, version 2), the answers kept as they came."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from digikom.errors import InputError
from digikom.sources import jsonstat
from digikom.sources.services import STATBANK
from digikom.sources.transport import Answer, NotThereError, conversation

POPULATION_TABLE = "07459"
POPULATION_FILE = "statbank-07459.json"
REGION = "Region"
_CONTENTS = "ContentsCode"
_INHABITANTS = "Personer1"


class Statbank:
    """A visit to the StatBank. Raises what `conversation` raises, here and in each question."""

    def __init__(self) -> None:
        from pxweb import PxApi

        with conversation(STATBANK):
            # No cache: what is fetched must not depend on what was fetched before. One question at a time.
            self._api = PxApi(STATBANK.url, language="no", disable_cache=True, max_workers=1)

    def whole_table(self, table: str, year: int) -> tuple[bytes, Answer, int] | None:
        """Everything in a table for a year: the table as JSON-stat, the first answer it is made from, and how many
        there were; `None` when the table has nothing for that year.

        A table with more cells than the service gives at a time is asked for in parts and put together. Raises
        `NotThereError` when there is no such table.
        """
        dimensions, time = self._dimensions(table)
        if str(year) not in dimensions[time]:
            return None
        return self._cells(table, {**dimensions, time: [str(year)]})

    def population(self, codes: Collection[str], year: int) -> tuple[bytes, Answer, int]:
        """The inhabitants on 1 January of `year` of the municipalities in `codes`, as far as the table knows them.

        Raises `InputError` when the table has nothing for that year, or knows none of the codes.
        """
        dimensions, time = self._dimensions(POPULATION_TABLE)
        name = f"StatBank table {POPULATION_TABLE}"
        if str(year) not in dimensions[time]:
            raise InputError(f"{name} has no population for 1 January {year}; the last is for {max(dimensions[time])}")
        for dimension, wanted in ((REGION, set(codes)), (_CONTENTS, {_INHABITANTS})):
            if not wanted & set(dimensions.get(dimension, [])):
                raise InputError(
                    f"{name} is not as expected: no {dimension} that is one of {', '.join(sorted(wanted)[:5])}"
                )
        known = [code for code in dimensions[REGION] if code in codes]
        # The other dimensions (sex, age) are left out: the service then gives the sum over them.
        return self._cells(POPULATION_TABLE, {REGION: known, _CONTENTS: [_INHABITANTS], time: [str(year)]})

    def _dimensions(self, table: str) -> tuple[dict[str, list[str]], str]:
        """The category codes of each dimension of a table, and which dimension is the time."""
        try:
            with conversation(STATBANK):
                about: dict[str, Any] = self._api.get_table_metadata(table)
                dimensions = {code: jsonstat.codes(about["dimension"][code]) for code in about["id"]}
                time = str(about["role"]["time"][0])
                if time not in dimensions:
                    raise ValueError(f"the time, {time}, is no dimension")
        except NotThereError:
            raise NotThereError(f"StatBank has no table {table}") from None
        return dimensions, time

    def _cells(self, table: str, selection: dict[str, list[str]]) -> tuple[bytes, Answer, int]:
        with conversation(STATBANK) as answers:
            self._api.get_table_data(table, value_codes={code: list(one) for code, one in selection.items()})
            content = jsonstat.merged([answer.content for answer in answers])
        return content, answers[0], len(answers)
