"""The codebook: every question of the survey, its items, their scales, routing and years, read from `data/codebook/`.

The files are checked when they are read (each field with pydantic, the references between the files here), and every
fault is reported at once. A `Codebook` is immutable; the frames it returns are new ones and may be changed freely.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from digikom.errors import InputError, Problem
from digikom.paths import data_folder
from digikom.survey import reading

CODE_COLUMN = "municipality_code"
"""The first column of every survey file: the municipality that answered."""

COMPARABILITY_COLUMNS = (
    *("column", "label_nb", "label_en", "short_nb", "kind", "rule", "behind", "behind_nb"),
    *("new_codes", "new_codes_nb", "gone_codes", "gone_codes_nb"),
)
"""The columns of `Codebook.comparability`."""

FILES = ("scales.csv", "blocks.csv", "questions.csv", "items.csv", "series.csv", "absences.csv")


def _split_years(text: object) -> object:
    """The years in a text that has a space between them; ascending, each once."""
    parts = str(text).split(" ")
    if not all(re.fullmatch("[0-9]{4}", part) for part in parts) or parts != sorted(set(parts)):
        raise ValueError("one or more years of four digits, ascending, with a space between them")
    return tuple(map(int, parts))


def _split_years_if_any(text: object) -> object:
    """The same where the cell may be empty: what that stands for, the column says."""
    return _split_years(text) if str(text) else ()


Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Position = Annotated[int, Field(ge=1)]
Years = Annotated[tuple[int, ...], BeforeValidator(_split_years)]
YearsIfAny = Annotated[tuple[int, ...], BeforeValidator(_split_years_if_any)]
Status = Literal["documented", "assumed"]

#: The answer that the rule `any` looks for: a box that was ticked.
TICKED = "yes"
#: What a mapping calls a question that was left open. In a survey file it is a blank, so it is no code of a scale.
UNANSWERED = "unanswered"


class Row(BaseModel):
    """One row of a codebook file; the fields are the columns of the file, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScaleCode(Row):
    """One answer that can be given on a scale. `years`: those in which it could be given; empty stands for all."""

    scale: Code
    code: Code
    position: Position
    label_nb: Text
    label_en: Text
    substantive: Literal["yes", "no"]
    source: Text
    status: Status
    years: YearsIfAny

    def given_in(self, year: int) -> bool:
        """Whether the answer could be given in a year (to an item that was asked then)."""
        return not self.years or year in self.years


class Block(Row):
    """A group of questions on one subject."""

    block: Code
    position: Position
    label_nb: Text
    label_en: Text


class Question(Row):
    """A question of the form. `kind`: one answer, a list to tick (`multiple`) or one answer a line (`grid`).

    `unanswered`: the years in which a municipality that was asked may have left it open; empty stands for none. A
    codebook without the column says so too.
    """

    question: Code
    block: Code
    position: Position
    text_nb: Text
    text_en: Text
    kind: Literal["single", "multiple", "grid"]
    years: Years
    source: Text
    status: Status
    unanswered: YearsIfAny = ()


class Item(Row):
    """One column of a survey file. `asked_if_*` is the routing: empty, or the answer that leads to this item."""

    column: Code
    question: Code
    block: Code
    position: Position
    label_nb: Text
    label_en: Text
    short_nb: Annotated[str, Field(min_length=1, max_length=45)]
    scale: Code
    asked_if_column: str
    asked_if_value: str
    years: Years
    source: Text
    status: Status


class SeriesPart(Row):
    """An item that stood for the item `series` in a year in which that one was not asked.

    `rule` says how: `same`, the question under another name; `mean`, the mean of the shares of several items; `any`, a
    list to tick in which one or more of several items were ticked.
    """

    series: Code
    year: int
    column: Code
    rule: Literal["mean", "same", "any"]
    source: Text


class Absence(Row):
    """Why there is nothing of a block, or of a question in a block that was asked, in a year of the codebook.

    `not_asked`: known not to be in the form; `changed`: asked with another list, so that the answers can't be used;
    `unknown`: not known whether or how it was asked; `later`: taken up here from a later year.
    """

    name: Code
    year: int
    kind: Literal["not_asked", "changed", "unknown", "later"]
    source: Text


_RowType = TypeVar("_RowType", bound=Row)


@dataclass(frozen=True)
class Codebook:
    """All of the codebook, in the order of the files (which is the order of the form)."""

    scale_codes: tuple[ScaleCode, ...]
    block_rows: tuple[Block, ...]
    question_rows: tuple[Question, ...]
    item_rows: tuple[Item, ...]
    series_rows: tuple[SeriesPart, ...]
    absence_rows: tuple[Absence, ...]

    @property
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
        chosen = [
            item
            for item in (self.item_rows if year is None else self.asked(year))
            if block in (None, item.block) and question in (None, item.question)
        ]
        return _frame(chosen, Item)

    def codes(self, scale: str, year: int | None = None) -> list[str]:
        """The codes of a scale in its order; with a `year` only those that could be given then."""
        return [row.code for row in self._answers(scale, year)]

    def scale(self, name: str, year: int | None = None) -> pd.DataFrame:
        """The answers of a scale in its order, with the columns of `scales.csv` but `scale` itself.

        With a `year` only the answers that could be given then. Raises `InputError` if there is no such scale or year.
        """
        return _frame(self._answers(name, year), ScaleCode).drop(columns="scale")

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
        own = [
            {"column": item.column, "rule": "item", "source": item.source}
            for item in self.asked(year)
            if item.column == name
        ]
        earlier = [
            {"column": part.column, "rule": part.rule, "source": part.source}
            for part in self.series_rows
            if part.series == name and part.year == year
        ]
        return pd.DataFrame(own or earlier, columns=["column", "rule", "source"])

    def comparability(self, question: str, year: int, reference: int) -> pd.DataFrame:
        """How the items of a question in `year` stand to those of the year that it is compared with.

        One row an item of `year`, in codebook order, then one for each item of `reference` that is gone: `column`,
        `label_nb`, `label_en`, `short_nb`, and

        - `kind`: `alike` (asked in both years with the same answers), `new_categories` (with other answers), `series`
          (other items stood for it), `new` (nothing did) or `dropped`;
        - `rule`: `item` where it was asked in both years itself, else the rule of the series, or nothing;
        - `behind` and `behind_nb`: columns and labels of the items that the rule names. For a dropped item these are
          items of `year`; an item that itself stands behind one of `year` is not listed as dropped;
        - `new_codes`, `new_codes_nb`, `gone_codes` and `gone_codes_nb`: codes and labels of the answers that could be
          given in one of the years only. Empty where there is nothing to compare with.

        The last six are tuples. Compared with itself everything is alike. Raises `InputError` for a question or a
        year that does not exist.
        """
        self.question(question)
        earlier = {item.column: item for item in self.asked(reference)}
        today = [item for item in self.asked(year) if item.question == question]
        rows = [self._compared(item, self.series(item.column, reference), earlier, year, reference) for item in today]
        kept = {item.column for item in today}
        kept |= {column for item in today for column in self.series(item.column, reference)["column"]}
        now = {item.column: item for item in self.asked(year)}
        rows += [
            self._compared(item, self.series(item.column, year), now, reference, year) | {"kind": "dropped"}
            for item in earlier.values()
            if item.question == question and item.column not in kept
        ]
        return pd.DataFrame(rows, columns=list(COMPARABILITY_COLUMNS))

    def _compared(
        self, item: Item, series: pd.DataFrame, others: dict[str, Item], year: int, other: int
    ) -> dict[str, object]:
        """The row of `comparability` for an item of `year` whose `series` in the year `other` is made of `others`."""
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

        `names` are blocks, questions and items side by side; a question named twice stands once. Columns: `question`,
        `block`, `kind` (`alike`, if under another name; `changed`: an item or an answer came, went, or goes by a rule
        that combines; `new`: not asked in `reference`; `dropped`: not asked in `year`) and `items`, a tuple of the
        columns that changed. Of a single item only what happened to it counts. A question asked in neither year has no
        row. Raises `InputError` for a name or a year that does not exist.
        """
        questions = {row.question: row.block for row in self.question_rows}
        question_of = {item.column: item.question for item in self.item_rows}
        blocks = {row.block for row in self.block_rows}
        whole: set[str] = set()
        single: set[str] = set()
        for name in names:
            _require("block, question or item", name, [*blocks, *questions, *question_of])
            if name in blocks or name in questions:
                whole |= {question for question, block in questions.items() if name in (question, block)}
            else:
                single.add(name)
        wanted = whole | {question_of[column] for column in single}
        asked_now = {item.question for item in self.asked(year)}
        asked_then = {item.question for item in self.asked(reference)}
        rows = []
        for question, block in questions.items():
            if question not in wanted or question not in asked_now | asked_then:
                continue
            compared = self.comparability(question, year, reference)
            counted = compared[compared["column"].isin(single)] if question not in whole else compared
            renamed = (counted["rule"] == "same") & ~counted["new_codes"].map(bool) & ~counted["gone_codes"].map(bool)
            items = tuple(counted.loc[(counted["kind"] != "alike") & ~renamed, "column"])
            kind = "changed" if items else "alike"
            if question not in asked_then:
                kind = "new"
            elif question not in asked_now:
                kind = "dropped"
            rows.append({"question": question, "block": block, "kind": kind, "items": items})
        return pd.DataFrame(rows, columns=["question", "block", "kind", "items"])

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
        return _frame(self.block_rows, Block).sort_values("position", ignore_index=True)


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
    problems: list[Problem] = []
    files = dict(zip(FILES, contents, strict=True))
    scales = _read("scales.csv", files["scales.csv"], ScaleCode, problems)
    blocks = _read("blocks.csv", files["blocks.csv"], Block, problems)
    questions = _read("questions.csv", files["questions.csv"], Question, problems)
    items = _read("items.csv", files["items.csv"], Item, problems)
    series = _read("series.csv", files["series.csv"], SeriesPart, problems)
    absences = _read("absences.csv", files["absences.csv"], Absence, problems)
    # Where a row could not be read, references to it would be reported as errors of the rows that refer to it.
    if not problems:
        problems += [
            *_scale_problems(scales, items),
            *_block_problems(blocks),
            *_question_problems(questions, blocks, items),
            *_item_problems(items, questions, scales),
            *_series_problems(series, items, {row.scale for _, row in scales if row.code == TICKED}),
        ]
    # What is absent follows from all the rest: a fault there would be reported here a second time.
    if not problems:
        problems += _absence_problems(absences, blocks, questions)
    if problems:
        raise InputError("the codebook is not in order", problems)
    return Codebook(
        *(tuple(row for _, row in scales), tuple(row for _, row in blocks), tuple(row for _, row in questions)),
        *(tuple(row for _, row in items), tuple(row for _, row in series), tuple(row for _, row in absences)),
    )


def _read(name: str, content: bytes, model: type[_RowType], problems: list[Problem]) -> list[tuple[int, _RowType]]:
    """The rows of a file with their line numbers; what is wrong with the file is added to `problems`."""
    table = reading.parse(content)
    problems += [_in_file(name, problem) for problem in table.problems]
    expected = list(model.model_fields)
    needed = [column for column, field in model.model_fields.items() if field.is_required()]
    if not table.readable:
        return []
    if list(table.header) not in (expected, needed):
        problems.append(_problem(name, 1, None, ",".join(table.header), f"the columns {','.join(expected)}"))
        return []
    rows: list[tuple[int, _RowType]] = []
    for line, cells in table.rows:
        try:
            rows.append((line, model.model_validate(dict(zip(table.header, cells, strict=True)))))
        except ValidationError as error:
            problems += [
                _problem(name, line, str(fault["loc"][0]), str(fault["input"]), _expected(fault))
                for fault in error.errors()
            ]
    return rows


def _expected(fault: Any) -> str:  # noqa: ANN401  pydantic's own ErrorDetails, a mapping of mixed values
    """What pydantic wanted, as the end of a sentence that begins «expected»."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            return str(context["error"])
        case "string_too_short":
            return "some text"
        case "string_too_long":
            return f"at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return "a name of small letters a-z, digits and underscores, beginning with a letter"
        case _:
            return str(fault["msg"]).removeprefix("Input should be ")


def _scale_problems(scales: Sequence[tuple[int, ScaleCode]], items: Sequence[tuple[int, Item]]) -> Iterator[Problem]:
    name = "scales.csv"
    yield from _repeated(name, "code", [(line, (row.scale, row.code)) for line, row in scales])
    yield from _repeated(name, "position", [(line, (row.scale, str(row.position))) for line, row in scales])
    used: dict[str, set[int]] = {}
    for _, item in items:
        used.setdefault(item.scale, set()).update(item.years)
    for line, row in scales:
        if row.code == UNANSWERED:
            yield _problem(name, line, "code", row.code, "another name: a question that is left open is a blank cell")
        asked = used.get(row.scale, set())
        outside = [year for year in row.years if year not in asked]
        if outside:
            found, allowed = " ".join(map(str, outside)), " ".join(map(str, sorted(asked))) or "none"
            yield _problem(
                name, line, "years", found, f"only years in which an item of this scale was asked: {allowed}"
            )
    for scale, years in used.items():
        rows = [row for _, row in scales if row.scale == scale]
        for year in sorted(years):
            if rows and not any(row.given_in(year) for row in rows):
                yield _problem(
                    name, None, "years", None, f"an answer of the scale {scale} that could be given in {year}"
                )


def _block_problems(blocks: Sequence[tuple[int, Block]]) -> Iterator[Problem]:
    yield from _repeated("blocks.csv", "block", [(line, (row.block,)) for line, row in blocks])


def _question_problems(
    questions: Sequence[tuple[int, Question]],
    blocks: Sequence[tuple[int, Block]],
    items: Sequence[tuple[int, Item]],
) -> Iterator[Problem]:
    name = "questions.csv"
    yield from _repeated(name, "question", [(line, (row.question,)) for line, row in questions])
    known = {row.block for _, row in blocks}
    sizes = Counter(row.block for _, row in questions)
    asked = {(item.question, year) for _, item in items for year in item.years}
    for line, row in questions:
        if row.block not in known:
            yield _problem(name, line, "block", row.block, "a block of blocks.csv")
        # Blocks and questions are named side by side, in absences.csv for one: a name must say one thing.
        if row.question in known and (row.question != row.block or sizes[row.block] > 1):
            expected = f"another name: the block {row.question} is more than this question"
            yield _problem(name, line, "question", row.question, expected)
        never = [year for year in row.unanswered if year not in row.years]
        if never:
            found, allowed = " ".join(map(str, never)), " ".join(map(str, row.years))
            yield _problem(name, line, UNANSWERED, found, f"only years in which it was asked: {allowed}")
        empty = [year for year in row.years if (row.question, year) not in asked]
        if empty:
            found = " ".join(map(str, empty))
            yield _problem(name, line, "years", found, "only years in which one of its items was asked")


def _item_problems(
    items: Sequence[tuple[int, Item]],
    questions: Sequence[tuple[int, Question]],
    scales: Sequence[tuple[int, ScaleCode]],
) -> Iterator[Problem]:
    name = "items.csv"
    yield from _repeated(name, "column", [(line, (row.column,)) for line, row in items])
    by_question = {row.question: row for _, row in questions}
    answers: dict[str, list[ScaleCode]] = {}
    for _, answer in scales:
        answers.setdefault(answer.scale, []).append(answer)
    everywhere = {row.column for _, row in items}
    before: dict[str, Item] = {}
    for line, row in items:
        if row.column == CODE_COLUMN:
            yield _problem(name, line, "column", row.column, "another name: this one is the municipality's")
        question = by_question.get(row.question)
        if question is None:
            yield _problem(name, line, "question", row.question, "a question of questions.csv")
        else:
            if row.block != question.block:
                yield _problem(name, line, "block", row.block, f"the block of its question, {question.block}")
            yield from _years_outside(name, line, row, question.years, f"its question {question.question}")
        if row.scale not in answers:
            yield _problem(name, line, "scale", row.scale, "a scale of scales.csv")
        if row.asked_if_column:
            parent = before.get(row.asked_if_column)
            if parent is None:
                place = "an item above this one" if row.asked_if_column in everywhere else "an item of items.csv"
                yield _problem(name, line, "asked_if_column", row.asked_if_column, place)
            else:
                possible = {answer.code: answer for answer in answers.get(parent.scale, [])}
                if possible and row.asked_if_value not in possible:
                    expected = f"an answer to {parent.column}: {', '.join(possible)}"
                    yield _problem(name, line, "asked_if_value", row.asked_if_value, expected)
                elif possible:
                    leading = possible[row.asked_if_value]
                    closed = [str(year) for year in row.years if not leading.given_in(year)]
                    if closed:
                        expected = f"an answer that could be given to {parent.column} in {', '.join(closed)}"
                        yield _problem(name, line, "asked_if_value", row.asked_if_value, expected)
                yield from _years_outside(name, line, row, parent.years, f"{parent.column}, which leads to it")
        elif row.asked_if_value:
            yield _problem(
                name, line, "asked_if_value", row.asked_if_value, "an empty cell, as asked_if_column is empty"
            )
        before.setdefault(row.column, row)


def _years_outside(name: str, line: int, item: Item, allowed: tuple[int, ...], what: str) -> Iterator[Problem]:
    outside = [year for year in item.years if year not in allowed]
    if outside:
        found, asked = " ".join(map(str, outside)), " ".join(map(str, allowed))
        yield _problem(name, line, "years", found, f"only years of {what}: {asked}")


def _series_problems(
    series: Sequence[tuple[int, SeriesPart]], items: Sequence[tuple[int, Item]], tickable: Collection[str]
) -> Iterator[Problem]:
    name = "series.csv"
    yield from _repeated(name, "column", [(line, (row.series, str(row.year), row.column)) for line, row in series])
    by_column = {row.column: row for _, row in items}
    groups: dict[tuple[str, int], list[SeriesPart]] = {}
    for _, row in series:
        groups.setdefault((row.series, row.year), []).append(row)
    for line, row in series:
        group = groups[row.series, row.year]
        yield from _rule_problems(line, row, group)
        today, then = by_column.get(row.series), by_column.get(row.column)
        if today is None:
            yield _problem(name, line, "series", row.series, "an item of items.csv")
        elif row.year in today.years:
            yield _problem(name, line, "year", str(row.year), f"a year in which {row.series} itself was not asked")
        if then is None:
            yield _problem(name, line, "column", row.column, "an item of items.csv")
        elif row.year not in then.years:
            asked = " ".join(map(str, then.years))
            yield _problem(name, line, "year", str(row.year), f"a year in which {row.column} was asked: {asked}")
        if today is not None and then is not None:
            yield from _splice_problems(line, row, today, then)
            first = by_column.get(group[0].column)
            if row.rule == "any" and first is not None:
                yield from _any_problems(line, then, first, tickable)


def _rule_problems(line: int, row: SeriesPart, group: Sequence[SeriesPart]) -> Iterator[Problem]:
    """What is wrong with the rule of a row among all the rows of that series and year."""
    name = "series.csv"
    if row.rule != group[0].rule:
        expected = f"{group[0].rule}, the rule of the first row of {row.series} in {row.year}"
        yield _problem(name, line, "rule", row.rule, expected)
    elif row.rule == "same" and row is not group[0]:
        expected = f"one item that {row.series} was in {row.year}; with several items the rule is mean or any"
        yield _problem(name, line, "column", row.column, expected)
    elif row.rule != "same" and len(group) == 1:
        yield _problem(name, line, "rule", row.rule, "same, as the series has one item only that year")


def _splice_problems(line: int, row: SeriesPart, today: Item, then: Item) -> Iterator[Problem]:
    """What is wrong with letting the item `then` stand for the item `today`."""
    name = "series.csv"
    if then.scale != today.scale:
        yield _problem(name, line, "column", row.column, f"an item with the scale of {today.column}, {today.scale}")
    if row.rule == "same" and row.year > max(today.years):
        expected = f"a year before {max(today.years)}; the series is the item of today, the column what it was"
        yield _problem(name, line, "year", str(row.year), expected)


def _any_problems(line: int, then: Item, first: Item, tickable: Collection[str]) -> Iterator[Problem]:
    """What is wrong with one of several items of which any may have been ticked; `first` is the first of them."""
    name = "series.csv"
    if then.scale not in tickable:
        yield _problem(name, line, "column", then.column, f"an item that can be ticked, with the answer {TICKED}")
    if (then.asked_if_column, then.asked_if_value) != (first.asked_if_column, first.asked_if_value):
        yield _problem(name, line, "column", then.column, f"an item asked of the same municipalities as {first.column}")


def _absence_problems(
    absences: Sequence[tuple[int, Absence]],
    blocks: Sequence[tuple[int, Block]],
    questions: Sequence[tuple[int, Question]],
) -> Iterator[Problem]:
    """What is wrong with the absences of a codebook whose other files are in order."""
    name = "absences.csv"
    yield from _repeated(name, "name", [(line, (row.name, str(row.year))) for line, row in absences])
    years = sorted({year for _, row in questions for year in row.years})
    asked = {(place, year) for _, row in questions for year in row.years for place in (row.block, row.question)}
    block_of = {row.block: row.block for _, row in blocks} | {row.question: row.block for _, row in questions}
    for line, row in absences:
        if row.name not in block_of:
            yield _problem(name, line, "name", row.name, "a block of blocks.csv or a question of questions.csv")
        elif row.year not in years:
            expected = f"a year of the codebook: {', '.join(map(str, years))}"
            yield _problem(name, line, "year", str(row.year), expected)
        elif (row.name, row.year) in asked:
            yield _problem(name, line, "name", f"{row.name} {row.year}", "no such row, as it was asked that year")
        elif row.name != block_of[row.name] and (block_of[row.name], row.year) not in asked:
            expected = f"no such row, as nothing of its block {block_of[row.name]} was asked that year"
            yield _problem(name, line, "name", f"{row.name} {row.year}", expected)
    given = {(row.name, row.year) for _, row in absences}
    for year in years:
        for place, block in block_of.items():
            of_absent_block = place != block and (block, year) not in asked
            if not of_absent_block and (place, year) not in asked | given:
                yield _problem(name, None, None, None, f"a row that says why {place} was not asked in {year}")


def _repeated(name: str, column: str, keys: Iterable[tuple[int, tuple[str, ...]]]) -> Iterator[Problem]:
    """A problem for each row whose key stands in an earlier row."""
    found = list(keys)
    times = Counter(key for _, key in found)
    first: dict[tuple[str, ...], int] = {}
    for line, key in found:
        if times[key] > 1 and first.setdefault(key, line) != line:
            yield _problem(name, line, column, " ".join(key), f"it once only; it already stands in row {first[key]}")


def _problem(name: str, line: int | None, column: str | None, value: str | None, expected: str) -> Problem:
    return _in_file(name, Problem(line, column, None if value is None else reading.shortened(value), expected))


def _in_file(name: str, problem: Problem) -> Problem:
    """The problem with the name of its file, as the codebook is made of several."""
    return replace(problem, expected=f"{problem.expected} (in {name})")


def _require(what: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if name not in names:
        raise InputError(f"the codebook has no {what} {name!r}; it has {', '.join(names)}")


def _frame(rows: Iterable[Row], model: type[Row]) -> pd.DataFrame:
    return pd.DataFrame([row.model_dump() for row in rows], columns=list(model.model_fields))
