"""Finding, checking and loading the survey file of a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from digikom import geography
from digikom.errors import InputError, Problem
from digikom.paths import data_folder
from digikom.survey import reading
from digikom.survey.codebook import CODE_COLUMN, Codebook, codebook
from digikom.survey.provenance import provenance
from digikom.survey.validation import Municipalities, validate

_SURVEY_FILE = re.compile(r"[0-9]{4}\.csv")


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
    frame, problems = validate(content, book, number, _municipalities(number, data_dir))
    if problems:
        subject = f"{name} is not in order: {_count(problems)}"
        if not origin.municipalities_public:
            problems = _without_answers(problems, book, number)
        raise InputError(subject, problems)
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
    book, frames = codebook(data_dir), []
    for year in years:
        frame = load(year, data_dir)
        attrs = frame.attrs
        empty = {
            item.column: pd.Categorical([None] * len(frame), categories=book.codes(item.scale), ordered=True)
            for item in book.item_rows
            if item.column not in frame
        }
        frame = pd.concat([frame, pd.DataFrame(empty, index=frame.index)], axis="columns")
        register = geography.register(year, data_dir)
        frame = frame.merge(register, on="municipality_code", validate="one_to_one").assign(year=year)
        frame = frame[
            [
                "municipality_code",
                "year",
                *register.columns.drop("municipality_code"),
                *(item.column for item in book.item_rows),
            ]
        ]
        frames.append((frame, attrs))
    joined = pd.concat([frame for frame, _ in frames], ignore_index=True)
    told = [attrs for _, attrs in frames]
    joined.attrs = {
        "years": [attrs["year"] for attrs in told],
        "status": "real" if all(attrs["status"] == "real" for attrs in told) else "synthetic",
        "source_nb": [attrs["source_nb"] for attrs in told],
        "municipalities_public": all(attrs["municipalities_public"] for attrs in told),
    }
    return joined


def check(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[Problem]:
    """Everything that is wrong with `path` as a survey file of `year`; an empty list when all is well.

    Raises `InputError` when there is no such file, and when the codebook or the registers do not know the year.
    """
    book = codebook(data_dir)
    number = book.require_year(year)
    content = reading.read_bytes(Path(path), str(path))
    _, problems = validate(content, book, number, _municipalities(number, data_dir))
    return problems


def answers_in(path: str | Path, year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The answers, as text, in a survey file that `check` has found nothing wrong with."""
    content = reading.read_bytes(Path(path), str(path))
    return validate(content, codebook(data_dir), year, _municipalities(year, data_dir))[0]


def respondents(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[str]:
    """The codes of the municipalities in a survey file that `check` has found nothing wrong with."""
    return answers_in(path, year, data_dir)[CODE_COLUMN].tolist()


def _municipalities(year: int, data_dir: str | Path | None) -> Municipalities:
    """The codes in force in `year`; those of the other divisions are looked up only when a code is not known."""

    @lru_cache(maxsize=1)
    def other_divisions() -> list[tuple[str, dict[str, str]]]:
        others = [division for division in geography.divisions(data_dir) if not division.in_force(year)]
        registers = [geography.register(division.first_year, data_dir) for division in others]
        return [
            (division.years, dict(zip(register["municipality_code"], register["name"], strict=True)))
            for division, register in zip(others, registers, strict=True)
        ]

    def elsewhere(code: str) -> str | None:
        found = [f"the division {span} ({names[code]})" for span, names in other_divisions() if code in names]
        return " and ".join(found) or None

    return Municipalities(
        codes=frozenset(geography.register(year, data_dir)["municipality_code"]),
        in_force=geography.division(year, data_dir).years,
        elsewhere=elsewhere,
    )


def _without_answers(problems: Iterable[Problem], book: Codebook, year: int) -> list[Problem]:
    """The problems of rows by row and column alone. Where the header is missing, an answer stands for a column."""
    columns, expected = book.columns(year), f"something else; digikom check FILE --year {year} tells what"
    told = (
        each if each.row is None else Problem(each.row, each.column if each.column in columns else None, None, expected)
        for each in problems
    )
    return list(dict.fromkeys(told))


def _count(problems: list[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
