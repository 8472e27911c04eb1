"""Finding, checking and loading the survey files, and what to warn of in one that is valid."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from digikom import geography, reading
from digikom.errors import InputError, Problem
from digikom.paths import data_folder
from digikom.survey.codebook import Codebook, codebook
from digikom.survey.codebook_rules import CODE_COLUMN
from digikom.survey.method import constants
from digikom.survey.provenance import provenance
from digikom.survey.routing import left_open, routing
from digikom.survey.validation import validate

#: The largest file that is examined as a survey file, in bytes: a hundred times what one of all municipalities takes.
MOST_BYTES = 16 * 2**20
_SURVEY_FILE = re.compile(r"[0-9]{4}\.csv")
#: The groups that the report shows, by column of the register, and what they are called in messages.
_GROUPS = {"size_class": "size groups", "county": "counties"}


def years(data_dir: str | Path | None = None) -> list[int]:
    """The years that the data folder has a survey file for, ascending."""
    folder = data_folder(data_dir) / "survey"
    return sorted(int(path.stem) for path in folder.glob("*.csv") if _SURVEY_FILE.fullmatch(path.name))


def load(year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The answers of a survey year, validated against the codebook and the municipality register.

    One row a responding municipality, sorted by code, index 0 to n-1. `municipality_code` is text; every item of the
    year follows in codebook order as an ordered categorical with all codes of its scale, those of other years too, so
    that two years can be put together; missing = not asked of that municipality, or left open by it. `attrs` holds
    `year`, `status` («synthetic» or «real»), `sha256` (of the file), `source_nb` and `municipalities_public` (whether
    results of a single municipality may be shown).
    Raises `InputError` listing every problem of the file, or saying which years there are.
    """
    folder = data_folder(data_dir)
    book = codebook(data_dir)
    number = book.require_year(year)
    name = f"survey/{number}.csv"
    if not (folder / name).is_file():
        present = ", ".join(map(str, years(data_dir))) or "none"
        raise InputError(f"no survey file for {number}: looked for {name} in the data folder; years present: {present}")
    content = reading.read_bytes(folder / name, name)
    origin = provenance(folder, number, content)
    frame, problems = validate(content, book, number, data_dir)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        shown = problems if origin.municipalities_public else _without_answers(problems, book, number)
        raise InputError(f"{name} is not in order: {count}", shown)
    for item in book.asked(number):
        frame[item.column] = pd.Categorical(frame[item.column], categories=book.codes(item.scale), ordered=True)
    frame.attrs = {
        "year": number,
        "status": origin.status,
        "sha256": origin.sha256,
        "source_nb": origin.source_nb,
        "municipalities_public": origin.municipalities_public,
    }
    return frame


def answers(years: Iterable[int], data_dir: str | Path | None = None) -> pd.DataFrame:
    """The answers of several years under each other, with what the register of each year says of the municipality.

    One row a respondent and year, with `year`, the columns of `geography.register` and those of every item of the
    codebook: what was not asked in a year, or was left open, is missing. `attrs` holds `years`, `status` («real» if all
    are), `source_nb` (a list) and `municipalities_public`. Raises `InputError` as `load` does.
    """
    items = codebook(data_dir).item_rows
    book, frames, attrs = codebook(data_dir), [], []
    for year in years:
        frame = load(year, data_dir)
        attrs.append(frame.attrs)
        empty = {
            item.column: pd.Categorical([None] * len(frame), categories=book.codes(item.scale), ordered=True)
            for item in items
            if item.column not in frame
        }
        frame = pd.concat([frame, pd.DataFrame(empty, index=frame.index)], axis="columns")
        register = geography.register(year, data_dir)
        frame = frame.merge(register, on=CODE_COLUMN, validate="one_to_one").assign(year=year)
        order = [CODE_COLUMN, "year", *register.columns.drop(CODE_COLUMN), *(item.column for item in items)]
        frames.append(frame[order])
    for frame in frames:
        frame.attrs = {}  # those of the years differ
    joined = pd.concat(frames, ignore_index=True)
    joined.attrs = {
        "years": [each["year"] for each in attrs],
        "status": "real" if all(each["status"] == "real" for each in attrs) else "synthetic",
        "source_nb": [each["source_nb"] for each in attrs],
        "municipalities_public": all(each["municipalities_public"] for each in attrs),
    }
    return joined


def check(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[Problem]:
    """Everything that is wrong with `path` as a survey file of `year`; an empty list when all is well.

    Raises `InputError` when there is no such file or one that is too large to be a survey file, and when the codebook
    or the registers do not know the year.
    """
    file = Path(path)
    if file.is_file() and file.stat().st_size > MOST_BYTES:
        found, expected = f"{file.stat().st_size} bytes", f"a survey file of at most {MOST_BYTES} bytes"
        return [Problem(None, None, found, f"{expected}: one row a municipality, with a code for each item")]
    return _validated(path, year, data_dir)[1]


def respondents(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[str]:
    """The codes of the municipalities in a survey file that `check` has found nothing wrong with."""
    return _validated(path, year, data_dir)[0][CODE_COLUMN].tolist()


def unanswered(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[str]:
    """A line for each question that somebody left open, or a part of it, in a file that `check` finds in order."""
    book = codebook(data_dir)
    answers = _validated(path, year, data_dir)[0]
    _, not_asked = routing(answers, book, year)
    open_items = left_open(answers, book, year)
    lines = []
    for question in book.question_rows:
        columns = [column for column in book.behind(question.question) if column in open_items]
        number = int(open_items[columns].any(axis="columns").sum())
        if number:
            asked = int((~not_asked[columns]).any(axis="columns").sum())
            lines.append(f"{question.question} is left unanswered, or a part of it, by {number} of {asked} asked")
    return lines


def too_few(codes: Collection[str], year: int, data_dir: str | Path | None = None) -> list[str]:
    """Warnings where few of the municipalities in the register of `year` are among `codes`, one a line.

    The limits are constants of the method. A group with fewer municipalities than the limit is left out: that it is
    small is no fault of the answers.
    """
    limits = constants(data_dir)
    register = geography.register(year, data_dir)
    answered = register[CODE_COLUMN].isin(list(codes))
    warnings = []
    share = 100 * answered.mean()
    if share < limits["low_response"]:
        warnings.append(
            f"a low response: {answered.sum()} of {len(register)} municipalities ({share:.0f} per cent, less than "
            f"{limits['low_response']:.0f}); those that did not answer may differ from those that did"
        )
    smallest = int(limits["smallest_group"])
    classes = geography.size_classes(data_dir).set_index("size_class")["label_nb"].to_dict()
    register["size_class"] = register["size_class"].cat.rename_categories(classes)
    for column, name in _GROUPS.items():
        groups = answered.groupby(register[column], observed=True).agg(["sum", "size"])
        small = groups[(groups["sum"] < smallest) & (groups["size"] >= smallest)]
        if len(small):
            listed = ", ".join(f"{group} ({count} of {size})" for group, count, size in small.itertuples())
            warnings.append(f"{name} with fewer than {smallest} answers, which are not shown: {listed}")
    return warnings


def _validated(path: str | Path, year: int, data_dir: str | Path | None) -> tuple[pd.DataFrame, list[Problem]]:
    book = codebook(data_dir)
    number = book.require_year(year)
    return validate(reading.read_bytes(Path(path), str(path)), book, number, data_dir)


def _without_answers(problems: Iterable[Problem], book: Codebook, year: int) -> list[Problem]:
    """The problems of rows by row and column alone. Where the header is missing, an answer takes a column's place."""
    columns, expected = book.columns(year), f"something else; digikom check FILE --year {year} tells what"
    without = (
        each if each.row is None else Problem(each.row, each.column if each.column in columns else None, None, expected)
        for each in problems
    )
    return list(dict.fromkeys(without))
