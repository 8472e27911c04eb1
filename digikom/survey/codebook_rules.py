"""The files of the codebook: the columns of each, and the rules that hold between them.

Each cell is checked by the model of its file, and the references between the files here; every fault is reported at
once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from digikom import reading, rows
from digikom.errors import InputError, Problem
from digikom.rows import Code, Position, Row, Status, Text, Year

CODE_COLUMN = "municipality_code"
"""The first column of every survey file: the municipality that answered."""

#: The answer that the rule `any` looks for: a box that was ticked.
TICKED = "yes"
#: What a mapping calls a question that was left open. In a survey file it is a blank, so it is no code of a scale.
UNANSWERED = "unanswered"


def _split_years(text: object) -> object:
    """The years in a text that has a space between them; none in an empty one."""
    parts = str(text).split(" ") if text else []
    if not all(part.isdecimal() and len(part) == 4 for part in parts) or parts != sorted(set(parts)):
        raise ValueError
    return tuple(map(int, parts))


_YEARS = "[0-9]{4}( [0-9]{4})*"
_EXPECTED = "one or more years of four digits, ascending, with a space between them"
Years = Annotated[
    tuple[int, ...],
    Field(min_length=1),
    BeforeValidator(_split_years),
    WithJsonSchema({"type": "string", "pattern": f"^{_YEARS}$", "description": _EXPECTED}),
]
YearsIfAny = Annotated[
    tuple[int, ...],
    BeforeValidator(_split_years),
    WithJsonSchema({"type": "string", "pattern": f"^({_YEARS})?$", "description": f"{_EXPECTED}, or nothing"}),
]


class ScaleCode(Row):
    """One answer that can be given on a scale. `years`: those in which it could be given; empty means all."""

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

    `unanswered`: the years in which a municipality that was asked may have left it open; empty means none. A codebook
    without the column says so too.
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
    short_nb: Annotated[
        str, Field(min_length=1, max_length=45, description="1 to 45 characters"), AfterValidator(rows.harmless)
    ]
    scale: Code
    asked_if_column: str
    asked_if_value: str
    years: Years
    source: Text
    status: Status


class SeriesPart(Row):
    """An item that was what the item `series` is now, in a year in which that one was not asked.

    `rule` says how: `same`, the question under another name; `mean`, the mean of the shares of several items; `any`, a
    list to tick in which one or more of several items were ticked.
    """

    series: Code
    year: Year
    column: Code
    rule: Literal["mean", "same", "any"]
    source: Text


class Absence(Row):
    """Why there is nothing of a block, or of a question in a block that was asked, in a year of the codebook.

    `not_asked`: known not to be in the form; `changed`: asked with another list, so that the answers can't be used;
    `unknown`: not known whether or how it was asked; `later`: taken up here from a later year.
    """

    name: Code
    year: Year
    kind: Literal["not_asked", "changed", "unknown", "later"]
    source: Text


#: The files with the models of their rows and the columns in which no two rows may be alike.
FILES: dict[str, tuple[type[Row], tuple[tuple[str, ...], ...]]] = {
    "scales.csv": (ScaleCode, (("scale", "code"), ("scale", "position"))),
    "blocks.csv": (Block, (("block",),)),
    "questions.csv": (Question, (("question",),)),
    "items.csv": (Item, (("column",),)),
    "series.csv": (SeriesPart, (("series", "year", "column"),)),
    "absences.csv": (Absence, (("name", "year"),)),
}


def read_codebook(contents: Sequence[bytes]) -> tuple[tuple[Any, ...], ...]:
    """The rows of each of `FILES`, given their contents. Raises `InputError` with everything that is wrong in them."""
    files: list[dict[int, Any]] = []
    problems: list[Problem] = []
    for (name, (model, keys)), content in zip(FILES.items(), contents, strict=True):
        found, wrong = rows.read_rows(content, model, *keys)
        files.append(found)
        problems += (replace(each, expected=f"{each.expected} (in {name})") for each in wrong)
    # Where a row could not be read, references to it would be reported as errors of the rows that refer to it; and what
    # is absent follows from all the rest.
    checks = _Rules(*files)
    problems = problems or list(checks.references()) or list(checks.absent())
    if problems:
        raise InputError("the codebook is not in order", problems)
    return tuple(tuple(file.values()) for file in files)


@dataclass
class _Rules:
    """The rules between the files, whose rows are given by line number."""

    scales: Mapping[int, ScaleCode]
    blocks: Mapping[int, Block]
    questions: Mapping[int, Question]
    items: Mapping[int, Item]
    series: Mapping[int, SeriesPart]
    absences: Mapping[int, Absence]

    def references(self) -> Iterator[Problem]:
        """What does not fit in scales, questions, items and series."""
        self.by_column = {row.column: row for row in self.items.values()}
        self.by_question = {row.question: row for row in self.questions.values()}
        self.answers: dict[str, dict[str, ScaleCode]] = defaultdict(dict)
        for answer in self.scales.values():
            self.answers[answer.scale][answer.code] = answer
        yield from self._scales()
        yield from self._questions()
        yield from self._items()
        yield from self._series()

    def _scales(self) -> Iterator[Problem]:
        used: dict[str, set[int]] = defaultdict(set)
        for item in self.items.values():
            used[item.scale].update(item.years)
        for line, row in self.scales.items():
            at = _At("scales.csv", line, row)
            if row.code == UNANSWERED:
                yield at.problem("code", "another name: a question that is left open is a blank cell")
            yield from at.years("years", used[row.scale], "in which an item of this scale was asked")
        for scale, years in used.items():
            for year in sorted(years):
                if scale in self.answers and not any(row.given_in(year) for row in self.answers[scale].values()):
                    expected = f"an answer of the scale {scale} that could be given in {year} (in scales.csv)"
                    yield Problem(None, "years", None, expected)

    def _questions(self) -> Iterator[Problem]:
        blocks = {row.block for row in self.blocks.values()}
        sizes = Counter(row.block for row in self.questions.values())
        for line, row in self.questions.items():
            at = _At("questions.csv", line, row)
            yield from at.known("block", blocks, "a block of blocks.csv")
            # Both are named in one column, in absences.csv for one: a name must say one thing.
            if row.question in blocks and (row.question != row.block or sizes[row.block] > 1):
                yield at.problem("question", f"another name: the block {row.question} is more than this question")
            yield from at.years("unanswered", row.years, "in which it was asked")
            asked = {year for item in self.items.values() if item.question == row.question for year in item.years}
            yield from at.years("years", asked, "in which one of its items was asked")

    def _items(self) -> Iterator[Problem]:
        before: set[str] = set()
        for line, row in self.items.items():
            at = _At("items.csv", line, row)
            if row.column == CODE_COLUMN:
                yield at.problem("column", "another name: this one is the municipality's")
            question = self.by_question.get(row.question)
            if question is None:
                yield at.problem("question", "a question of questions.csv")
            else:
                if row.block != question.block:
                    yield at.problem("block", f"the block of its question, {question.block}")
                yield from at.years("years", question.years, f"of its question {question.question}")
            yield from at.known("scale", self.answers.keys(), "a scale of scales.csv")
            if row.asked_if_column in before:
                yield from self._routing(at, row, self.by_column[row.asked_if_column])
            elif row.asked_if_column:
                above = row.asked_if_column in self.by_column
                yield at.problem("asked_if_column", "an item above this one" if above else "an item of items.csv")
            elif row.asked_if_value:
                yield at.problem("asked_if_value", "an empty cell, as asked_if_column is empty")
            before.add(row.column)

    def _routing(self, at: _At, row: Item, leading: Item) -> Iterator[Problem]:
        possible = self.answers.get(leading.scale, {})
        answer = possible.get(row.asked_if_value)
        if answer:
            closed = ", ".join(str(year) for year in row.years if not answer.given_in(year))
            if closed:
                yield at.problem("asked_if_value", f"an answer that could be given to {leading.column} in {closed}")
        elif possible:
            yield at.problem("asked_if_value", f"an answer to {leading.column}: {', '.join(possible)}")
        yield from at.years("years", leading.years, f"of {leading.column}, which leads to it")

    def _series(self) -> Iterator[Problem]:
        groups: dict[tuple[str, int], list[SeriesPart]] = defaultdict(list)
        for row in self.series.values():
            groups[row.series, row.year].append(row)
        for line, row in self.series.items():
            at, group = _At("series.csv", line, row), groups[row.series, row.year]
            if row.rule != group[0].rule:
                yield at.problem("rule", f"{group[0].rule}, the rule of the first row of {row.series} in {row.year}")
            elif row.rule == "same" and row is not group[0]:
                expected = f"one item that {row.series} was in {row.year}; with several items the rule is mean or any"
                yield at.problem("column", expected)
            elif row.rule != "same" and len(group) == 1:
                yield at.problem("rule", "same, as the series has one item only that year")
            yield from at.known("series", self.by_column, "an item of items.csv")
            yield from at.known("column", self.by_column, "an item of items.csv")
            today, then = self.by_column.get(row.series), self.by_column.get(row.column)
            if today and row.year in today.years:
                yield at.problem("year", f"a year in which {row.series} itself was not asked")
            if then and row.year not in then.years:
                yield at.problem("year", f"a year in which {row.column} was asked: {_listed(then.years)}")
            if today and then:
                first = self.by_column.get(group[0].column)
                yield from self._splice(at, row, today, then, first if row.rule == "any" else None)

    def _splice(self, at: _At, row: SeriesPart, today: Item, then: Item, first: Item | None) -> Iterator[Problem]:
        """What is wrong with `then` in the place of `today`; `first` is the first of several that may be ticked."""
        if then.scale != today.scale:
            yield at.problem("column", f"an item with the scale of {today.column}, {today.scale}")
        if row.rule == "same" and row.year > max(today.years):
            expected = f"a year before {max(today.years)}; the series is the item of today, the column what it was"
            yield at.problem("year", expected)
        if first and TICKED not in self.answers.get(then.scale, {}):
            yield at.problem("column", f"an item that can be ticked, with the answer {TICKED}")
        if first and (then.asked_if_column, then.asked_if_value) != (first.asked_if_column, first.asked_if_value):
            yield at.problem("column", f"an item asked of the same municipalities as {first.column}")

    def absent(self) -> Iterator[Problem]:
        """What is wrong with the absences of a codebook whose other files are in order."""
        questions = self.questions.values()
        years = sorted({year for row in questions for year in row.years})
        asked = {(name, year) for row in questions for year in row.years for name in (row.block, row.question)}
        block_of = {row.block: row.block for row in self.blocks.values()}
        block_of |= {row.question: row.block for row in questions}
        for line, row in self.absences.items():
            at = _At("absences.csv", line, row)
            block = block_of.get(row.name)
            yield from at.known("name", block_of, "a block of blocks.csv or a question of questions.csv")
            if block is None or row.year not in years:
                yield from at.known("year", years, f"a year of the codebook: {', '.join(map(str, years))}")
            elif (row.name, row.year) in asked:
                yield at.problem("name", "no such row, as it was asked that year", f"{row.name} {row.year}")
            elif row.name != block and (block, row.year) not in asked:
                expected = f"no such row, as nothing of its block {block} was asked that year"
                yield at.problem("name", expected, f"{row.name} {row.year}")
        given = {(row.name, row.year) for row in self.absences.values()}
        for year in years:
            for name, block in block_of.items():
                if (name, year) not in asked | given and (name == block or (block, year) in asked):
                    expected = f"a row that says why {name} was not asked in {year} (in absences.csv)"
                    yield Problem(None, None, None, expected)


@dataclass
class _At:
    """A row of a file, of whose cells something may be wrong."""

    file: str
    line: int
    row: Row

    def problem(self, column: str, expected: str, found: str | None = None) -> Problem:
        value = str(getattr(self.row, column)) if found is None else found
        return Problem(self.line, column, reading.shortened(value), f"{expected} (in {self.file})")

    def known(self, column: str, names: Collection[object], what: str) -> Iterator[Problem]:
        """A problem where a cell refers to something that is not there."""
        if getattr(self.row, column) not in names:
            yield self.problem(column, what)

    def years(self, column: str, allowed: Collection[int], what: str) -> Iterator[Problem]:
        """A problem where a cell of years holds others than those `allowed`."""
        outside = [year for year in getattr(self.row, column) if year not in allowed]
        if outside:
            yield self.problem(column, f"only years {what}: {_listed(allowed) or 'none'}", _listed(outside))


def _listed(years: Iterable[int]) -> str:
    return " ".join(map(str, sorted(years)))
