"""From a survey file's bytes to a list of everything that is wrong with it, or to the validated frame."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import pandas as pd

from digikom import geography, reading
from digikom.errors import Problem
from digikom.survey.codebook import Codebook
from digikom.survey.codebook_rules import CODE_COLUMN, UNANSWERED, Item
from digikom.survey.routing import routing

# Column names of raw survey exports that tell who filled in the form (or from which machine).
_PERSONAL = re.compile(
    r"e.?mail|e.?post|ip.?addr|^ip$|phone|telefon|mobil|contact|kontakt|navn|name|fodsel|fnr|personn"
)


def validate(
    content: bytes, codebook: Codebook, year: int, data_dir: str | Path | None = None
) -> tuple[pd.DataFrame, list[Problem]]:
    """Examine the content of a survey file of `year` by the codebook and by the register of the data folder.

    Returns the answers as text (columns in codebook order, rows by municipality code, missing = not asked, or left
    open) and every problem found, each once: by line (the file as a whole first), then by column (none first, then in
    the order of the codebook), then by value. With problems the frame is not to be used. Raises `InputError` only if
    the codebook or the register does not know the year.
    """
    table = reading.parse(content)
    columns = codebook.columns(year)
    problems = list(table.problems)
    if table.header:
        problems += _Rules(codebook, year, table, data_dir).problems()
    if not problems:
        answers = table.frame()[columns].sort_values(CODE_COLUMN, ignore_index=True)
        return answers.mask(answers == ""), []
    order = dict.fromkeys([*columns, *map(reading.printable, table.header)])
    place = {name: number for number, name in enumerate(order)}

    def key(problem: Problem) -> tuple[int, int, str, str, str]:
        column = -1 if problem.column is None else place.get(problem.column, len(place))
        return (problem.row or 0, column, problem.column or "", problem.value or "", problem.expected)

    return table.frame(), sorted(set(problems), key=key)


class _Rules:
    """What a survey file of a year must be, each rule with the words for what breaks it."""

    def __init__(
        self, codebook: Codebook, year: int, table: reading.TextTable, data_dir: str | Path | None = None
    ) -> None:
        self.codebook, self.year, self.data_dir = codebook, year, data_dir
        self.header = table.header
        self.text = table.frame()
        self.answers = self.text.mask(self.text == "")
        self.responses = len(table.rows) + table.unreadable
        self.items = {item.column: item for item in codebook.asked(year)}
        self.left_open = codebook.left_open(year)
        self.municipalities = set(geography.register(year, data_dir)["municipality_code"])

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong, in any order."""
        yield from self._columns()
        yield from self._responses()
        if CODE_COLUMN in self.text:
            yield from self._codes()
        asked, not_asked = routing(self.answers, self.codebook, self.year)
        for column, item in self.items.items():
            if column in self.text:
                yield from self._answers(item, asked[column], not_asked[column])

    def _columns(self) -> Iterator[Problem]:
        known = self.codebook.columns(self.year)
        missing = [name for name in known if name not in self.header]
        unknown = [name for name in self.header if name not in known]
        for name in missing:
            near = _near(name, unknown)
            hint = f"; is the column {reading.printable(near)} meant?" if near else ""
            yield Problem(1, name, None, f"a column of this name in a file of {self.year}{hint}")
        for name in filter(str.strip, unknown):  # a column without a name is reported by the reading
            years = [str(year) for item in self.codebook.item_rows if item.column == name for year in item.years]
            near = _near(name, missing)
            if years:
                hint = f"; the item was asked in {', '.join(years)}"
            elif near:
                hint = f"; is {near} meant?"
            elif _PERSONAL.search(name.casefold()):
                hint = "; take personal data and names out of the file before it is read in"
            else:
                hint = ""
            expected = f"only columns of the codebook for {self.year}{hint}"
            yield Problem(1, reading.printable(name), None, expected)

    def _responses(self) -> Iterator[Problem]:
        """At least one response, none without any answer, and no more than there are municipalities."""
        limit = len(self.municipalities)
        if not self.responses:
            yield Problem(None, None, "no rows below the header", "at least one response")
        if self.responses > limit:
            expected = f"at most {limit} responses, one from each municipality of {self.year}"
            yield Problem(None, None, f"{self.responses} rows", expected)
        if self.left_open:  # otherwise each missing answer is reported
            answered = self.answers.drop(columns=CODE_COLUMN, errors="ignore").notna().any(axis="columns")
            for line in answered.index[~answered]:
                yield Problem(int(line), None, None, "an answer to at least one question")

    def _codes(self) -> Iterator[Problem]:
        """Codes of municipalities in force, each once."""
        first: dict[str, int] = {}
        for line, code in zip(self.text.index, self.text[CODE_COLUMN], strict=True):
            if not re.fullmatch("[0-9]{4}", code):
                lost = f"; has {code.zfill(4)} lost its leading zero?" if code.zfill(4) in self.municipalities else ""
                yield self._problem(line, CODE_COLUMN, f"a municipality code of four digits{lost}")
            elif code not in self.municipalities:
                years = geography.division(self.year, self.data_dir).years
                expected = f"a municipality code of the division in force in {self.year} ({years})"
                fact = self._elsewhere.get(code, "no municipality has this one")
                yield self._problem(line, CODE_COLUMN, f"{expected}; {fact}")
            if code and first.setdefault(code, line) != line:
                expected = f"one row a municipality; this one already stands in row {first[code]}"
                yield self._problem(line, CODE_COLUMN, expected)

    @cached_property
    def _elsewhere(self) -> dict[str, str]:
        """What is known of codes that are not in force; only faulty files ask, and it takes a tenth of a second."""
        return geography.elsewhere(self.year, self.data_dir)

    def _answers(self, item: Item, asked: pd.Series[bool], not_asked: pd.Series[bool]) -> Iterator[Problem]:
        """Codes of the item's scale, from those who were asked it and from nobody else."""
        answers = self.answers[item.column]
        codes = self.codebook.codes(item.scale, self.year)
        for line in answers.index[answers.notna() & ~answers.isin(codes)]:
            yield self._problem(line, item.column, self._one_of(item, codes, str(self.text.at[line, item.column])))
        if item.column not in self.left_open:
            reason = f"{item.asked_if_column} is {item.asked_if_value!r}" if item.asked_if_column else ""
            expected = (
                f"an answer, because {reason or 'the item was asked of all'}; one of: {', '.join(codes)}; if it was "
                f"left open, say so: blank_means: {item.question}: {UNANSWERED} in the mapping, or its year in "
                "questions.csv"
            )
            for line in answers.index[answers.isna() & asked]:
                yield self._problem(line, item.column, expected)
        for line in answers.index[answers.notna() & not_asked]:
            found = self.text.at[line, item.asked_if_column] if item.asked_if_column in self.text else ""
            reason = f"is {found!r}" if found else "was not asked either"
            expected = f"an empty cell, because {item.asked_if_column} {reason} and the item is asked only after "
            yield self._problem(line, item.column, f"{expected}{item.asked_if_value!r}")

    def _one_of(self, item: Item, codes: list[str], value: str) -> str:
        years = [row.years for row in self.codebook.scale_codes if (row.scale, row.code) == (item.scale, value)]
        near = _near(value, codes)
        hint = f"; is {near} meant?" if near else ""
        if years:
            hint = f"; {value} could be given in {', '.join(map(str, years[0]))}"
        return f"one of: {', '.join(codes)}{hint}"

    def _problem(self, line: int, column: str, expected: str) -> Problem:
        return Problem(int(line), column, reading.shortened(str(self.text.at[line, column])), expected)


def _near(word: str, possible: Iterable[str]) -> str | None:
    """The one of `possible` that `word` may be a misspelling of; letter case and space around it do not count."""
    folded: dict[str, str] = {}
    for name in possible:
        folded.setdefault(name.strip().casefold(), name)
    found = difflib.get_close_matches(word.strip().casefold()[:100], list(folded), n=1, cutoff=0.8)
    return folded[found[0]] if found else None
