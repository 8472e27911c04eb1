"""From a survey file's bytes to a list of everything that is wrong with it, or to the validated frame."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason

from digikom.errors import Problem
from digikom.survey import reading, schema
from digikom.survey.codebook import CODE_COLUMN, UNANSWERED, Codebook, Item

# Column names of raw survey exports that tell who filled in the form (or from which machine).
_PERSONAL = re.compile(
    r"e.?mail|e.?post|ip.?addr|^ip$|phone|telefon|mobil|contact|kontakt|navn|name|fodsel|fnr|personn"
)


@dataclass(frozen=True)
class Municipalities:
    """What the validation must know of the municipalities.

    `codes` are the codes in force in the survey year, `in_force` the years of their division as text, and `elsewhere`
    says of a code that is not in force where it belongs, or `None` if no division known has it.
    """

    codes: frozenset[str]
    in_force: str
    elsewhere: Callable[[str], str | None] = field(compare=False)


def validate(
    content: bytes, codebook: Codebook, year: int, municipalities: Municipalities
) -> tuple[pd.DataFrame, list[Problem]]:
    """Examine the content of a survey file of `year`.

    Returns the answers as text (columns in codebook order, rows by municipality code, missing = not asked, or left
    open) and every problem found, sorted by line, then by column in the order of the codebook. With problems the frame
    is not to be used. Raises `InputError` only if the codebook does not know the year. The same content is looked at
    once.
    """
    frame, problems = _validated(content, codebook, year, municipalities)
    return frame.copy(), list(problems)


@lru_cache(maxsize=8)
def _validated(
    content: bytes, codebook: Codebook, year: int, municipalities: Municipalities
) -> tuple[pd.DataFrame, list[Problem]]:
    table = reading.parse(content)
    problems = list(table.problems)
    frame = table.frame()
    if table.readable:
        answers = frame.mask(frame == "")
        rules = schema.survey_schema(codebook, year, municipalities.codes, table.unreadable)
        try:
            rules.validate(answers, lazy=True)
        except pa.errors.SchemaErrors as errors:
            explain = _Explanations(codebook, year, municipalities, table)
            problems += [problem for error in errors.schema_errors for problem in explain.problems(error)]
        frame = answers
    if not problems:
        frame = frame[codebook.columns(year)].sort_values(CODE_COLUMN, ignore_index=True)
    return frame, _sorted(problems, [*codebook.columns(year), *map(reading.printable, table.header)])


class _Explanations:
    """Turns pandera's findings on one file into problems that say what was expected and why."""

    def __init__(self, codebook: Codebook, year: int, municipalities: Municipalities, table: reading.TextTable) -> None:
        self.codebook = codebook
        self.year = year
        self.municipalities = municipalities
        # line number -> column -> text as it stands in the file
        self.cells = cast(dict[int, dict[str, str]], table.frame().to_dict("index"))
        self.responses = len(table.rows) + table.unreadable
        self.items = {item.column: item for item in codebook.asked(year)}
        # scale -> its codes in the year; (scale, code) -> the years in which a code could be given
        self.codes = {item.scale: codebook.codes(item.scale, year) for item in self.items.values()}
        self.other_years = {(row.scale, row.code): row.years for row in codebook.scale_codes}
        known = codebook.columns(year)
        self.missing = [name for name in known if name not in table.header]
        self.unknown = [name for name in table.header if name not in known]

    def problems(self, error: SchemaError) -> Iterator[Problem]:
        """The problems that one error of pandera stands for."""
        match error.reason_code:
            case SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME:
                yield self._missing_column(str(error.failure_cases))
            case SchemaErrorReason.COLUMN_NOT_IN_SCHEMA:
                if str(error.failure_cases).strip():  # a column without a name is reported by the reading
                    yield self._unknown_column(str(error.failure_cases))
            case SchemaErrorReason.SERIES_CONTAINS_NULLS:
                yield from self._cells(error, self._missing_answer)
            case SchemaErrorReason.SERIES_CONTAINS_DUPLICATES:
                yield from self._cells(error, self._repeated_municipality, skip_empty=True)
            case SchemaErrorReason.DATAFRAME_CHECK if isinstance(error.check, pa.Check):
                yield from self._check(error, str(error.check.name))
            case _:
                # Another kind of error would mean that the schema and this module no longer agree.
                raise error

    def _check(self, error: SchemaError, check: str) -> Iterator[Problem]:
        limit = len(self.municipalities.codes)
        match check:
            case schema.FORMAT:
                yield from self._cells(error, self._code_format)
            case schema.REGISTER:
                yield from self._cells(error, self._unknown_municipality)
            case schema.CODES:
                yield from self._cells(error, self._unknown_code)
            case schema.ROUTING:
                yield from self._routing(error)
            case schema.SILENT:
                for line in error.check_output.index[~error.check_output]:
                    yield Problem(int(line), None, None, "an answer to at least one question")
            case schema.ENOUGH:
                yield Problem(None, None, "no rows below the header", "at least one response")
            case schema.NOT_TOO_MANY:
                expected = f"at most {limit} responses, one from each municipality of {self.year}"
                yield Problem(None, None, f"{self.responses} rows", expected)
            case _:
                raise error

    def _cells(
        self, error: SchemaError, expected: Callable[[int, str], str], *, skip_empty: bool = False
    ) -> Iterator[Problem]:
        """The failing cells of a check of one column."""
        column = str(error.schema.name)
        for line in error.failure_cases["index"]:
            value = self.cells[line][column]
            if value or not skip_empty:
                yield Problem(int(line), column, reading.shortened(value), expected(int(line), column))

    def _routing(self, error: SchemaError) -> Iterator[Problem]:
        """The cells that are filled or empty against the routing; pandera gives the outcome as a frame of booleans."""
        passed = error.check_output
        for column in passed.columns:
            for line in passed.index[~passed[column]]:
                value = self.cells[line][column]
                expected = self._answer_not_asked_for if value else self._missing_answer
                yield Problem(int(line), column, reading.shortened(value), expected(int(line), column))

    def _missing_column(self, name: str) -> Problem:
        near = _near(name, self.unknown)
        hint = f"; is the column {reading.printable(near)} meant?" if near else ""
        return Problem(1, name, None, f"a column of this name in a file of {self.year}{hint}")

    def _unknown_column(self, name: str) -> Problem:
        years = [str(year) for item in self.codebook.item_rows if item.column == name for year in item.years]
        near = _near(name, self.missing)
        if years:
            hint = f"; the item was asked in {', '.join(years)}"
        elif near:
            hint = f"; is {near} meant?"
        elif _PERSONAL.search(name.casefold()):
            hint = "; take personal data and names out of the file before it is read in"
        else:
            hint = ""
        return Problem(1, reading.printable(name), None, f"only columns of the codebook for {self.year}{hint}")

    def _missing_answer(self, line: int, column: str) -> str:
        if column == CODE_COLUMN:
            return "a municipality code of four digits"
        item = self.items[column]
        reason = "the item was asked of all"
        if item.asked_if_column:
            reason = f"{item.asked_if_column} is {item.asked_if_value!r}"
        open_if = f"if it was left open, say so: blank_means: {item.question}: {UNANSWERED} in the mapping"
        return f"an answer, because {reason}; one of: {self._codes(item)}; {open_if}, or its year in questions.csv"

    def _answer_not_asked_for(self, line: int, column: str) -> str:
        item = self.items[column]
        leading = item.asked_if_column
        found = self.cells[line].get(leading, "")
        reason = f"{leading} is {found!r}" if found else f"{leading} was not asked either"
        return f"an empty cell, because {reason} and the item is asked only after {item.asked_if_value!r}"

    def _unknown_code(self, line: int, column: str) -> str:
        item = self.items[column]
        value = self.cells[line][column]
        years = self.other_years.get((item.scale, value))
        near = _near(value, self.codes[item.scale])
        if years:
            hint = f"; {value} could be given in {', '.join(map(str, years))}"
        else:
            hint = f"; is {near} meant?" if near else ""
        return f"one of: {self._codes(item)}{hint}"

    def _code_format(self, line: int, column: str) -> str:
        value = self.cells[line][column]
        hint = f"; has {value.zfill(4)} lost its leading zero?" if value.zfill(4) in self.municipalities.codes else ""
        return f"a municipality code of four digits{hint}"

    def _unknown_municipality(self, line: int, column: str) -> str:
        code = self.cells[line][column]
        elsewhere = self.municipalities.elsewhere(code)
        fact = f"this one belongs to {elsewhere}" if elsewhere else "no municipality has this one"
        return f"a municipality code of the division in force in {self.year} ({self.municipalities.in_force}); {fact}"

    def _repeated_municipality(self, line: int, column: str) -> str:
        code = self.cells[line][column]
        first = next(other for other, cells in self.cells.items() if cells[column] == code)
        return f"one row a municipality; this one already stands in row {first}"

    def _codes(self, item: Item) -> str:
        return ", ".join(self.codes[item.scale])


def _near(word: str, possible: Iterable[str]) -> str | None:
    """The one of `possible` that `word` may be a misspelling of; letter case and space around it do not count."""
    folded: dict[str, str] = {}
    for name in possible:
        folded.setdefault(name.strip().casefold(), name)
    found = difflib.get_close_matches(word.strip().casefold()[:100], list(folded), n=1, cutoff=0.8)
    return folded[found[0]] if found else None


def _sorted(problems: Iterable[Problem], columns: Iterable[str]) -> list[Problem]:
    """Each once, by line (the file as a whole first), column (none first, then in the order given) and value."""
    place: dict[str, int] = {}
    for number, name in enumerate(columns):
        place.setdefault(name, number)

    def key(problem: Problem) -> tuple[int, int, str, str, str]:
        column = -1 if problem.column is None else place.get(problem.column, len(place))
        return (problem.row or 0, column, problem.column or "", problem.value or "", problem.expected)

    return sorted(set(problems), key=key)
