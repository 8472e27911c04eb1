"""The codebook: every question of the survey, its items, their scales, routing and years, read from `data/codebook/`.

A `Codebook` is immutable; the frames it returns are new ones and may be changed freely.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from digikom import reading, rows
from digikom.errors import InputError
from digikom.paths import data_folder
from digikom.rows import Json
from digikom.survey.codebook_rules import (
    CODE_COLUMN,
    FILES,
    Absence,
    Block,
    Item,
    Question,
    ScaleCode,
    SeriesPart,
    read_codebook,
)

COMPARABILITY_COLUMNS = (
    *("column", "label_nb", "label_en", "short_nb", "kind", "rule", "behind", "behind_nb"),
    *("new_codes", "new_codes_nb", "gone_codes", "gone_codes_nb"),
)
"""The columns of `Codebook.comparability`."""


@dataclass(frozen=True)
class Codebook:
    """All of the codebook, in the order of the files (which is the order of the form)."""

    scale_codes: tuple[ScaleCode, ...]
    block_rows: tuple[Block, ...]
    question_rows: tuple[Question, ...]
    item_rows: tuple[Item, ...]
    series_rows: tuple[SeriesPart, ...]
    absence_rows: tuple[Absence, ...]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years in which at least one item was asked, ascending."""
        return tuple(sorted({year for item in self.item_rows for year in item.years}))

    def require_year(self, year: int) -> int:
        """The year as a whole number; `InputError` with the known years if no item was asked in it."""
        number = whole_year(year)
        if number not in self.years:
            known = ", ".join(map(str, self.years))
            raise InputError(f"the codebook has no question for the year {number}; it knows {known}")
        return number

    def asked(self, year: int) -> tuple[Item, ...]:
        """The items of a year in codebook order. Raises `InputError` for a year that the codebook does not know."""
        number = self.require_year(year)
        return tuple(item for item in self.item_rows if number in item.years)

    def columns(self, year: int) -> list[str]:
        """The columns of a survey file of that year, in order."""
        return [CODE_COLUMN, *(item.column for item in self.asked(year))]

    def schema(self, year: int) -> list[Json]:
        """The columns of a survey file of that year as fields of a Table Schema (see `rows`).

        What is `required` of an item is required of those who are asked it: of all, where it has no routing.
        """
        left_open = self.left_open(year)
        fields = [rows.field(CODE_COLUMN, pattern=r"\d{4}")]
        for item in self.asked(year):
            required = not item.asked_if_column and item.column not in left_open
            field = rows.field(item.column, required=required, enum=self.codes(item.scale, year))
            fields.append(field | {"title": item.label_nb, "description": item.label_en})
        return fields

    def left_open(self, year: int) -> set[str]:
        """The columns of a survey file of that year that may be blank although the item was asked."""
        questions = {row.question for row in self.question_rows if year in row.unanswered}
        return {item.column for item in self.asked(year) if item.question in questions}

    def behind(self, *names: str) -> list[str]:
        """The columns of blocks, questions and single items, of all years, in codebook order."""
        return [item.column for item in self.item_rows if {item.block, item.question, item.column} & {*names}]

    def items(self, year: int | None = None, block: str | None = None, question: str | None = None) -> pd.DataFrame:
        """The items, one a row, with the columns of `items.csv` (`years` as a tuple), in codebook order.

        A block that was not asked in a known year gives no rows; a block, question or year that does not exist at all
        raises `InputError`, so that a misspelt name cannot pass for «not asked».
        """
        if block is not None:
            _require("block", block, [row.block for row in self.block_rows])
        if question is not None:
            self.question(question)
        chosen = self.item_rows if year is None else self.asked(year)
        matching = [one for one in chosen if block in (None, one.block) and question in (None, one.question)]
        return rows.frame(matching, Item)

    def codes(self, scale: str, year: int | None = None) -> list[str]:
        """The codes of a scale in its order; with a `year` only those that could be given then."""
        return [row.code for row in self._answers(scale, year)]

    def scale(self, name: str, year: int | None = None) -> pd.DataFrame:
        """The answers of a scale in its order, with the columns of `scales.csv` but `scale` itself.

        With a `year` only the answers that could be given then. Raises `InputError` if there is no such scale or year.
        """
        return rows.frame(self._answers(name, year), ScaleCode).drop(columns="scale")

    def _answers(self, scale: str, year: int | None) -> list[ScaleCode]:
        _require("scale", scale, [row.scale for row in self.scale_codes])
        number = None if year is None else self.require_year(year)
        found = (row for row in self.scale_codes if row.scale == scale and (number is None or row.given_in(number)))
        return sorted(found, key=lambda row: row.position)

    def question(self, name: str) -> Question:
        """One question, its fields as attributes. Raises `InputError` if there is no such question."""
        _require("question", name, [row.question for row in self.question_rows])
        return next(row for row in self.question_rows if row.question == name)

    def series(self, name: str, year: int) -> pd.DataFrame:
        """The items that give the series `name` its value in `year`: `column`, `rule`, `source`, one item a row.

        When the item itself was asked that year it is the only row, with the rule `item`. No rows: the series has no
        value that year. Raises `InputError` for an item or a year that does not exist.
        """
        _require("item", name, [item.column for item in self.item_rows])
        own = [(item.column, "item", item.source) for item in self.asked(year) if item.column == name]
        earlier = [
            (part.column, part.rule, part.source)
            for part in self.series_rows
            if part.series == name and part.year == year
        ]
        return pd.DataFrame(own or earlier, columns=["column", "rule", "source"])

    def comparability(self, question: str, year: int, reference: int) -> pd.DataFrame:
        """How the items of a question in `year` compare with those of the year that it is compared with.

        One row an item of `year`, in codebook order, then one for each item of `reference` that is gone: `column`,
        `label_nb`, `label_en`, `short_nb`, and

        - `kind`: `alike` (asked in both years with the same answers), `new_categories` (with other answers), `series`
          (other items were what it is), `new` (nothing was) or `dropped`;
        - `rule`: `item` where it was asked in both years itself, else the rule of the series, or nothing;
        - `behind` and `behind_nb`: columns and labels of the items that the rule names. For a dropped item these are
          items of `year`; an item that is itself behind one of `year` is not listed as dropped;
        - `new_codes`, `new_codes_nb`, `gone_codes` and `gone_codes_nb`: codes and labels of the answers that could be
          given in one of the years only. Empty where there is nothing to compare with.

        The last six are tuples. Compared with itself everything is alike. Raises `InputError` for a question or a
        year that does not exist.
        """
        self.question(question)
        now = {item.column: item for item in self.asked(year)}
        then = {item.column: item for item in self.asked(reference)}
        today = [item for item in now.values() if item.question == question]
        compared = [self._compared(item, then, year, reference) for item in today]
        kept = {item.column for item in today}
        kept |= {column for item in today for column in self.series(item.column, reference)["column"]}
        compared += [
            self._compared(item, now, reference, year) | {"kind": "dropped"}
            for item in then.values()
            if item.question == question and item.column not in kept
        ]
        return pd.DataFrame(compared, columns=list(COMPARABILITY_COLUMNS))

    def _compared(self, item: Item, others: dict[str, Item], year: int, other: int) -> dict[str, object]:
        """The row of `comparability` for an item of `year`; `others` are the items of the year `other`."""
        series = self.series(item.column, other)
        rule = series["rule"].iloc[0] if len(series) else ""
        behind = [others[column] for column in series["column"]]
        now = {row.code: row.label_nb for row in self._answers(item.scale, year)}
        then = {row.code: row.label_nb for part in behind for row in self._answers(part.scale, other)}
        new = [code for code in now if behind and code not in then]
        gone = [code for code in then if code not in now]
        kind = {"": "new", "item": "new_categories" if new or gone else "alike"}.get(rule, "series")
        named = [] if rule == "item" else behind
        return {
            **{name: getattr(item, name) for name in ("column", "label_nb", "label_en", "short_nb")},
            "kind": kind,
            "rule": rule,
            "behind": tuple(part.column for part in named),
            "behind_nb": tuple(part.label_nb for part in named),
            "new_codes": tuple(new),
            "new_codes_nb": tuple(now[code] for code in new),
            "gone_codes": tuple(gone),
            "gone_codes_nb": tuple(then[code] for code in gone),
        }

    def changes(self, names: Iterable[str], year: int, reference: int) -> pd.DataFrame:
        """Whether blocks, questions or single items were changed between two years, one question a row.

        `names` are blocks, questions and items; a question named twice has one row. Columns: `question`, `block`,
        `kind` (`alike`, if under another name; `changed`: an item or an answer came, went, or goes by a rule that
        combines; `new`: not asked in `reference`; `dropped`: not asked in `year`) and `items`, a tuple of the columns
        that changed. Of a single item only what happened to it counts. A question asked in neither year has no row.
        Raises `InputError` for a name or a year that does not exist.
        """
        wanted = dict.fromkeys(names).keys()
        groups = {name for row in self.question_rows for name in (row.block, row.question)}
        known = [*groups, *(item.column for item in self.item_rows)]
        for name in wanted:
            _require("block, question or item", name, known)
        asked_now = {item.question for item in self.asked(year)}
        asked_then = {item.question for item in self.asked(reference)}
        found = []
        for row in self.question_rows:
            single = {item.column for item in self.item_rows if item.question == row.question} & wanted - groups
            whole = bool({row.block, row.question} & wanted)
            if not (whole or single) or row.question not in asked_now | asked_then:
                continue
            compared = self.comparability(row.question, year, reference)
            counted = compared if whole else compared[compared["column"].isin(single)]
            renamed = (counted["rule"] == "same") & ~counted["new_codes"].map(bool) & ~counted["gone_codes"].map(bool)
            items = tuple(counted.loc[(counted["kind"] != "alike") & ~renamed, "column"])
            kind = "changed" if items else "alike"
            if row.question not in asked_then:
                kind = "new"
            elif row.question not in asked_now:
                kind = "dropped"
            found.append((row.question, row.block, kind, items))
        return pd.DataFrame(found, columns=["question", "block", "kind", "items"])

    def absence(self, name: str, year: int) -> str | None:
        """Why a block or question was not asked in a year, as a kind of `absences.csv`; `None` when it was asked.

        A question of a block of which nothing was asked has the kind of its block. Raises `InputError` for a name or a
        year that does not exist.
        """
        number = self.require_year(year)
        block_of = {row.question: row.block for row in self.question_rows}
        _require("block or question", name, [*(row.block for row in self.block_rows), *block_of])
        kinds = {row.name: row.kind for row in self.absence_rows if row.year == number}
        return kinds.get(name) or kinds.get(block_of.get(name, name))

    def years_of(self, *names: str, among: Iterable[int]) -> list[int]:
        """Those of the years `among` in which all of `names` (blocks and questions) were asked, in the order given.

        Raises `InputError` for a name or a year that does not exist.
        """
        return [year for year in among if all(self.absence(name, year) is None for name in names)]

    def blocks(self) -> pd.DataFrame:
        """The blocks, one a row, in order: `block`, `position`, `label_nb`, `label_en`."""
        return rows.frame(self.block_rows, Block).sort_values("position", ignore_index=True)


def codebook(data_dir: str | Path | None = None) -> Codebook:
    """The codebook of a data folder, or the project's own if that folder has none.

    Raises `InputError` listing everything that is wrong in the files. Parsed once for each content of the files, so
    that a changed file is always read anew.
    """
    folder = data_folder(data_dir) / "codebook"
    if not folder.is_dir():
        folder = data_folder(None) / "codebook"
    return _parse(tuple(reading.read_bytes(folder / name, f"codebook/{name}") for name in FILES))


def whole_year(year: object) -> int:
    """The year as a plain `int`; `InputError` for anything but a whole number (a text, a fraction, nothing)."""
    try:
        return operator.index(year)  # type: ignore[arg-type]
    except TypeError:
        raise InputError(f"the year must be a whole number, not {year!r}") from None


@lru_cache(maxsize=16)
def _parse(contents: tuple[bytes, ...]) -> Codebook:
    """The codebook in the contents of `FILES`."""
    return Codebook(*read_codebook(contents))


def _require(what: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if name not in names:
        raise InputError(f"the codebook has no {what} {name!r}; it has {', '.join(names)}")
