"""From the extract's texts to a survey file in the words of the codebook, and the way back for problems."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from digikom import reading
from digikom.errors import Problem
from digikom.intake.codebook_year import Asked
from digikom.intake.extract import Extract
from digikom.intake.mapping import MappingRules
from digikom.intake.municipalities import Municipalities, municipality_problems, told_of_codes
from digikom.intake.words import hint, is_garbled
from digikom.survey import CODE_COLUMN
from digikom.survey.codebook_rules import UNANSWERED

_NAME = re.compile(r"\b[a-z][a-z0-9_]*\b")
#: A whole number with decimals that are nothing but zeros.
_WHOLE = re.compile(r"^(\d+)[.,]0+$")
#: How dates that spreadsheets make of codes look.
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?: 00:00:00)?|\d{1,2}\.? ?[a-z]{3}\.?(?: \d{2,4})?|[a-z]{3}[.-]\d\d", re.IGNORECASE
)
#: The cells of a column for which it is suggested what may be meant.
_MOST_HINTS = 100
_OTHER_ROW = re.compile(r"already stands in row (\d+)")


@dataclass(frozen=True)
class Converted:
    """The answers in codebook form: columns in its order, rows as in the extract, all text, empty = not asked.

    `rows` are the row numbers in the extract. `faulty` are the cells (row of the extract, column) that could not be
    converted; `problems` says why, `notes` what was read otherwise than it is written.
    """

    frame: pd.DataFrame
    rows: tuple[int, ...]
    faulty: frozenset[tuple[int, str]]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

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
    texts = extract.column(code_column)
    answers = {CODE_COLUMN: [known.read(text)[0] or text for text in texts]}
    notes = told_of_codes(texts, answers[CODE_COLUMN], code_column)
    loosely: Counter[tuple[str, str]] = Counter()
    totals = _rows_of_totals(extract, rows, {row for row, _ in faulty}, asked, rules)
    for item in asked.items:
        name, column, codes = item["column"], asked.column_of[item["column"]], asked.codes.get(item["scale"], ())
        table = answer_table(rules, name, item["scale"], codes)
        table |= dict.fromkeys(("", *rules.missing), "")
        alike = _alike(table)
        hints = 0
        converted = []
        for row, text in zip(rows, extract.column(column), strict=True):
            written = text if text in table else alike.get(_plainest(text))
            if written is None and row not in totals:
                hints += 1
                possible = [one for one in table if one and one not in rules.missing]
                # Which text is meant takes time to find out, and nobody reads a hundred suggestions.
                extra = _damage(text) or (hint(text, possible) if hints <= _MOST_HINTS else "")
                expected = f"one of: {', '.join(possible)}{extra}"
                problems.append(Problem(row, reading.printable(column), reading.shortened(text), expected))
            if written is None or row in totals:
                faulty.add((row, name))
            elif written != text:
                loosely[text, written] += 1
            converted.append("" if written is None else table[written])
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
    notes += [f"{text!r} is read as {written!r} in {times} cells" for (text, written), times in loosely.items()]
    frame = pd.DataFrame(answers, dtype="str")
    return Converted(frame, rows, frozenset(faulty), tuple(problems), (*extract.notes, *notes))


def _plainest(text: str) -> str:
    """A text without letter case, and a whole number without its decimals (`1,0` and `1.0` are `1`)."""
    return _WHOLE.sub(r"\1", text.casefold())


def _alike(table: Mapping[str, str]) -> dict[str, str]:
    """The text of a table that is meant by one of the same plainest form, where that can be only one answer."""
    forms: dict[str, dict[str, str]] = {}
    for text, code in table.items():
        forms.setdefault(_plainest(text), {}).setdefault(code, text)
    return {form: next(iter(found.values())) for form, found in forms.items() if len(found) == 1}


def _damage(text: str) -> str:
    """What a program seems to have done to a text that is no answer."""
    if text.startswith("#") and text == text.upper():
        return "; this is an error of Excel, whose formula has no result"
    if _DATE.fullmatch(text):
        return "; has Excel made a date of a code or a label? Format the column as text before the table is put in"
    if ";" in text:
        return "; are these several answers? Say under `split` in the mapping what each of them is"
    return "; its letters look like those of another encoding: export the table as UTF-8" if is_garbled(text) else ""


def _rows_of_totals(
    extract: Extract, rows: Collection[int], faulty: Collection[int], asked: Asked, rules: MappingRules
) -> set[int]:
    """The rows at the end that name no municipality and hold no answer: sums and notes of whoever made the table.

    They are a problem by their municipality, not by each of their cells.
    """
    known = {
        text
        for item in asked.items
        for text in answer_table(rules, item["column"], item["scale"], asked.codes.get(item["scale"], ()))
    }
    places = [extract.header.index(asked.column_of[item["column"]]) for item in asked.items]
    cells_of = dict(extract.rows)
    found: set[int] = set()
    for row in reversed(list(rows)):
        if row not in faulty or {cells_of[row][place] for place in places} & known:
            break
        found.add(row)
    return found


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
