"""From the extract's texts to a survey file in the words of the codebook, and the way back for problems."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from digikom import geography, reading
from digikom.errors import Problem
from digikom.intake.codebook_year import Asked, hint
from digikom.intake.extract import Extract
from digikom.intake.mapping import MappingRules
from digikom.survey import CODE_COLUMN
from digikom.survey.codebook_rules import UNANSWERED

_NAME = re.compile(r"\b[a-z][a-z0-9_]*\b")
_OTHER_ROW = re.compile(r"already stands in row (\d+)")


class Municipalities:
    """The codes of the municipalities in the year, and those of the other divisions with what they are called there."""

    def __init__(self, year: int, data_dir: str | Path | None) -> None:
        """Raises `InputError` when there is no register for the year."""
        division = geography.division(year, data_dir)
        self.in_force = division.years
        self.codes = frozenset(geography.register(year, data_dir)["municipality_code"])
        self.elsewhere: dict[str, str] = {}
        for other in geography.divisions(data_dir):
            if other.division != division.division:
                register = geography.register(other.first_year, data_dir)
                for code, name in zip(register["municipality_code"], register["name"], strict=True):
                    self.elsewhere[code] = f"{name} in the division {other.years}"

    def restored(self, text: str) -> str:
        """The code; one that lost its leading zero gets it back if that makes it a code in force."""
        padded = text.zfill(4)
        return padded if text.isascii() and text.isdigit() and padded in self.codes else text


def municipality_problems(extract: Extract, column: str, known: Municipalities) -> Iterator[Problem]:
    """What is wrong with the column of municipality codes: each once, in force, four digits."""
    first: dict[str, int] = {}
    shown = reading.printable(column)
    for (row, _), text in zip(extract.rows, extract.column(column), strict=True):
        code = known.restored(text)
        if not code:
            yield Problem(row, shown, text, "a municipality code of four digits")
        elif code not in known.codes:
            other = known.elsewhere.get(code.zfill(4))
            fact = f"this one is {other}" if other else "no municipality has this one"
            extra = "; is this a second header row, or a row of totals?" if not any(map(str.isdigit, code)) else ""
            expected = f"a municipality code of the division in force ({known.in_force}); {fact}{extra}"
            yield Problem(row, shown, reading.shortened(text), expected)
        elif first.setdefault(code, row) != row:
            expected = f"one row a municipality; this one already stands in row {first[code]}"
            yield Problem(row, shown, reading.shortened(text), expected)


@dataclass(frozen=True)
class Converted:
    """The answers in codebook form: columns in its order, rows as in the extract, all text, empty = not asked.

    `rows` are the row numbers in the extract. `faulty` are the cells (row of the extract, column) that could not be
    converted; `problems` says why.
    """

    frame: pd.DataFrame
    rows: tuple[int, ...]
    faulty: frozenset[tuple[int, str]]
    problems: tuple[Problem, ...]

    def content(self) -> bytes:
        """A survey file with the rows as they are here."""
        return self.frame.to_csv(index=False, lineterminator="\n").encode("utf-8")

    def survey_file(self) -> bytes:
        """The survey file as it is kept: rows by municipality code, so that the order of the extract doesn't count."""
        return replace(self, frame=self.frame.sort_values(CODE_COLUMN, kind="stable")).content()


def convert(extract: Extract, rules: MappingRules, asked: Asked, known: Municipalities) -> Converted:
    """Put the codebook's codes for the texts of the extract; a text that isn't known is a problem."""
    rows = tuple(row for row, _ in extract.rows)
    code_column = asked.column_of[CODE_COLUMN]
    problems = list(municipality_problems(extract, code_column, known))
    faulty = {(problem.row or 0, CODE_COLUMN) for problem in problems}
    answers = {CODE_COLUMN: [known.restored(text) for text in extract.column(code_column)]}
    for item in asked.items:
        name, column, codes = item["column"], asked.column_of[item["column"]], asked.codes.get(item["scale"], ())
        table = answer_table(rules, name, item["scale"], codes)
        converted = []
        for row, text in zip(rows, extract.column(column), strict=True):
            code = "" if text in rules.missing else table.get(text, "")
            if text and text not in table and text not in rules.missing:
                expected = f"one of: {', '.join(table)}{hint(text, table)}"
                problems.append(Problem(row, reading.printable(column), reading.shortened(text), expected))
                faulty.add((row, name))
            converted.append(code)
        if name in asked.blank_means:
            # A blank counts where the item was certainly asked: the leading answer is there and leads to it.
            leading, leads = item["asked_if_column"], item["asked_if_value"]
            led = answers.get(leading, [""] * len(rows)) if leading else [leads] * len(rows)
            converted = [
                asked.blank_means[name]
                if not code and given == leads and not {(row, name), (row, leading)} & faulty
                else code
                for row, code, given in zip(rows, converted, led, strict=True)
            ]
        answers[name] = converted
    return Converted(pd.DataFrame(answers, dtype="str"), rows, frozenset(faulty), tuple(problems))


def answer_table(rules: MappingRules, item: str, scale: str, codes: Collection[str]) -> dict[str, str]:
    """The code for each text that an item may have: those of the item, else of its scale, and the codes themselves.

    It is empty for a text that says that the question was left open.
    """
    given = {**{code: code for code in codes}, **rules.codes.get(scale, {}), **rules.codes.get(item, {})}
    known = {text: code for text, code in given.items() if code in codes}
    return known | {text: "" for text, code in given.items() if code == UNANSWERED}


def translated(problems: list[Problem], converted: Converted, extract: Extract, asked: Asked) -> Iterator[Problem]:
    """The problems of the converted file, as problems of the extract: its rows, its columns and its texts.

    What the conversion has reported already is not reported again.
    """
    texts = {row: dict(zip(extract.header, cells, strict=True)) for row, cells in extract.rows}
    row_of = dict(enumerate(converted.rows, start=2))
    faulty_rows = {row for row, _ in converted.faulty}
    for problem in problems:
        row = problem.row if problem.row is None else row_of.get(problem.row, problem.row)
        column = problem.column or ""
        if row is not None and ((row, column) in converted.faulty or (column == CODE_COLUMN and row in faulty_rows)):
            continue
        own = asked.column_of.get(column)
        value = problem.value
        if own is not None and row in texts:
            value = reading.shortened(texts[row][own])
        expected = _OTHER_ROW.sub(lambda found: f"already stands in row {row_of[int(found[1])]}", problem.expected)
        expected = _in_own_words(expected, asked)
        yield Problem(row, reading.printable(own) if own is not None else problem.column, value, expected)


def _in_own_words(text: str, asked: Asked) -> str:
    """A sentence of the validation with the extract's column names behind those of the codebook."""

    def with_column(found: re.Match[str]) -> str:
        column = asked.column_of.get(found[0])
        return found[0] if column is None or column == found[0] else f"{reading.printable(column)} ({found[0]})"

    return _NAME.sub(with_column, text)
