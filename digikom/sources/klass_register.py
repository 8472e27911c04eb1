"""A municipality register from a snapshot: names, counties, population, centrality, and what became of whom.

Nothing is asked here: the same snapshot and the same earlier registers give the same bytes.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic.alias_generators import to_camel

from digikom import geography
from digikom.errors import InputError, Problem
from digikom.files import csv_text
from digikom.geography import Division
from digikom.sources import jsonstat, services, snapshots
from digikom.sources.snapshots import Snapshot

DIVISIONS = "municipalities/divisions.csv"
_REGISTER_COLUMNS = (
    *("municipality_code", "name", "county_code", "county", "population", "population_date", "population_status"),
    *("size_class", "size_class_status", "centrality_class", "centrality_edition"),
)

# Codes that begin so are no municipalities: Svalbard, Jan Mayen, the continental shelf, abroad, not stated.
_NO_COUNTIES = ("21", "22", "23", "25", "99")

_BETWEEN_NAMES = re.compile(r"\s+[-–—/]\s+")
# Letters that Norwegian place names are written with; the Sami and Kven ones go beyond them.
_NORWEGIAN = re.compile(r"[A-Za-zÆØÅæøåéÉòóôêü .()'’-]+")


def _day(text: object) -> object:
    """A day, or `None` for one in a year of more than four digits, as Klass writes an end that is not known."""
    return None if text is None or str(text).startswith("+") else str(text)[:10]


class _Item(BaseModel):
    """An item of an answer of Klass, whose other fields don't matter."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class _Named(_Item):
    code: str
    name: str


class _Change(_Item):
    change_occurred: Annotated[datetime.date, BeforeValidator(_day)]
    old_code: str | None = None
    new_code: str | None = None


class _Version(_Item):
    valid_from: Annotated[datetime.date, BeforeValidator(_day)]
    valid_to: Annotated[datetime.date | None, BeforeValidator(_day)] = None


class _Pair(_Item):
    source_code: str
    target_code: str


_Kind = TypeVar("_Kind", bound=_Item)


def division_before(year: int, root: Path) -> Division:
    """The division, or the register of it, that the one of `year` comes after in the data folder `root`.

    Only the newest register can be made: `InputError` for a year that comes before one that there is already, since
    earlier editions must stay as they are.
    """
    known = geography.divisions(root)
    before = [one for one in known if one.first_year < year]
    if not before or known[-1].first_year > year or (before[-1].last_year or 0) >= year:
        raise InputError(
            f"A register can be made for {known[-1].first_year} or a later year only, since earlier editions must stay "
            f"as they are; found {year}. The registers known are for {', '.join(one.years for one in known)}."
        )
    return before[-1]


def snapshot_folder(year: int) -> str:
    """The folder of the answers for `year`, below the data folder."""
    return f"municipalities/snapshots/{year}"


def register_file(year: int) -> str:
    """The register of `year`, below the data folder."""
    return f"municipalities/municipalities-{year}.csv"


def changes_file(before: Division, year: int, root: Path) -> str:
    """The list of changes from `before` to `year`, below the data folder: one that is there, under whatever year of
    `before`, or a new one.
    """
    for path in sorted((root / "municipalities").glob(f"changes-*-{year}.csv")):
        first = path.stem.split("-")[1]
        if first.isdigit() and before.in_force(int(first)):
            return f"municipalities/{path.name}"
    return f"municipalities/changes-{before.first_year}-{year}.csv"


def derive(year: int, root: Path) -> dict[str, str]:
    """The register of `year`, the changes since the division before it, and the list of divisions, from the snapshot
    and the earlier registers in the data folder `root`: the text of each by its path below that folder.

    When the codes are those of the division before, it is the same division with a newer register: no list of changes.
    Raises `InputError` with everything that keeps the answers from being a register.
    """
    before = division_before(year, root)
    answers = _read(year, *snapshots.read(root / snapshot_folder(year)))
    divisions = [one for one in geography.divisions(root) if one.first_year < year]
    known = [geography.register(one.first_year, root) for one in divisions]
    old = set(known[-1]["municipality_code"])
    pairs, problems = _pairs(answers, old, before)
    rows, more = _register_rows(answers, pairs, known, geography.size_classes(root))
    if problems or more:
        raise InputError(
            f"The answers of {answers.day} do not make a register of the municipalities of {year}", [*problems, *more]
        )
    unchanged = old == {row[0] for row in rows}
    division = Division(
        division=before.name if unchanged else str(year),
        first_year=year,
        last_year=None,
        municipalities=len(rows),
        register_file=register_file(year),
        boundaries_file=before.boundaries_file if unchanged else "",
    )
    files = {division.register_file: csv_text([_REGISTER_COLUMNS, *rows])}
    if not unchanged:
        kinds = geography.kinds_of_change(pd.DataFrame(pairs, columns=["old_code", "new_code"]))
        changes = [(*pair, kind) for pair, kind in zip(pairs, kinds, strict=True)]
        files[changes_file(before, year, root)] = csv_text([("old_code", "new_code", "change"), *changes])
    # The division before ends the year before.
    until = divisions[-1].model_copy(update={"last_year": year - 1})
    cells = [one.model_dump().values() for one in (*divisions[:-1], until, division)]
    files[DIVISIONS] = csv_text([list(Division.model_fields), *map(list, cells)])
    return files


def municipality_codes(content: bytes) -> list[str]:
    """The codes of the municipalities in the answer of Klass, sorted."""
    return sorted(_names(services.CODES_FILE, content))


@dataclass(frozen=True)
class _Answers:
    """The answers of a snapshot: names of municipalities and counties by code, and so on; `chosen` are the names that
    a person has chosen, `centrality` the classes of each code, `population` the inhabitants on 1 January.
    """

    day: datetime.date
    chosen: dict[str, str]
    municipalities: dict[str, str]
    counties: dict[str, str]
    changes: list[_Change]
    versions: list[_Version]
    centrality: dict[str, set[str]]
    population_date: datetime.date
    population: dict[str, int]


def _read(year: int, note: Snapshot, contents: Mapping[str, bytes]) -> _Answers:
    """The answers; `InputError` naming the file that is not what it should be, or is missing."""
    for file in services.REGISTER_FILES:
        if file not in contents:
            raise InputError(f"{file} is missing from the snapshot")
    centrality: dict[str, set[str]] = {}
    file = services.CENTRALITY_FILE
    for pair in _items(file, contents[file], "correspondenceItems", _Pair):
        codes = (pair.source_code, pair.target_code)
        code, centrality_class = codes if len(pair.source_code) == 4 else codes[::-1]
        centrality.setdefault(code, set()).add(centrality_class)
    return _Answers(
        day=note.day or datetime.date(year, 1, 1),
        chosen=note.names,
        municipalities=_names(services.CODES_FILE, contents[services.CODES_FILE]),
        counties=_names(services.COUNTIES_FILE, contents[services.COUNTIES_FILE]),
        changes=_items(services.CHANGES_FILE, contents[services.CHANGES_FILE], "codeChanges", _Change),
        versions=_items(services.VERSIONS_FILE, contents[services.VERSIONS_FILE], "versions", _Version),
        centrality=centrality,
        population_date=datetime.date(year, 1, 1),
        population=_population(contents[services.POPULATION_FILE]),
    )


def _items(file: str, content: bytes, key: str, kind: type[_Kind]) -> list[_Kind]:
    """The list under `key` of an answer."""
    try:
        return [kind.model_validate(one) for one in json.loads(content)[key]]
    except (KeyError, TypeError, ValueError) as error:
        fields = ", ".join(to_camel(name) for name, one in kind.model_fields.items() if one.is_required())
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"{file}: expected a list «{key}» of items with {fields} ({what})") from None


def _names(file: str, content: bytes) -> dict[str, str]:
    """The names by code in an answer with codes, without those that are not places in the country."""
    items = _items(file, content, "codes", _Named)
    return {item.code: item.name for item in items if not item.code.startswith(_NO_COUNTIES)}


def _population(content: bytes) -> dict[str, int]:
    """Inhabitants by municipality code; the table has 0 for a code that was not in use."""
    table = jsonstat.read(services.POPULATION_FILE, content)
    others = [one for code, one in table.dimensions.items() if code != services.REGION]
    if len(others) == len(table.dimensions) or any(len(one.categories) != 1 for one in others):
        raise InputError(f"{services.POPULATION_FILE}: expected one number for each municipality")
    counted = table.cells[(table.cells["value"] > 0) & (table.cells["value"] % 1 == 0)]
    return {str(code): int(value) for code, value in zip(counted[services.REGION], counted["value"], strict=True)}


def _pairs(answers: _Answers, old: set[str], before: Division) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Which code of the division before became which, sorted, and what does not go together."""
    # A change counts from the first 1 January after it, so one before the last year belongs to a register of its own.
    last_year = answers.day.replace(year=answers.day.year - 1, month=1, day=1)
    changes = [
        (one.change_occurred, one.old_code, one.new_code)
        for one in answers.changes
        if one.change_occurred <= answers.day and not (one.old_code or one.new_code or "").startswith(_NO_COUNTIES)
    ]
    problems = []
    came_to: dict[str, set[str]] = {code: {code} for code in old}
    for day in sorted({day for day, _, _ in changes}):
        if day <= last_year:
            expected = f"changes after {last_year}; fetch that year first"
            problems.append(Problem(None, "changeOccurred", str(day), expected))
        steps: dict[str, set[str]] = {}
        for _, one, other in (change for change in changes if change[0] == day):
            if one and other:
                steps.setdefault(one, set()).add(other)
        for one in steps:
            if one in answers.municipalities:  # a part left it, the rest goes on under the code
                steps[one].add(one)
        for code, now in came_to.items():
            came_to[code] = {later for one in now for later in steps.get(one, {one})}
    pairs = sorted((code, one) for code, now in came_to.items() for one in now)
    column = "municipality_code"
    problems += [
        Problem(None, column, code, f"a change that says what became of this municipality of {before.years}")
        for code in sorted({one for one, now in pairs if now not in answers.municipalities})
    ]
    problems += [
        Problem(None, column, code, "a change that says what this new municipality comes from")
        for code in sorted(set(answers.municipalities) - {now for _, now in pairs})
    ]
    return pairs, problems


def _register_rows(
    answers: _Answers, pairs: Sequence[tuple[str, str]], known: Sequence[pd.DataFrame], classes: pd.DataFrame
) -> tuple[list[tuple[str, ...]], list[Problem]]:
    """The rows of the register, sorted by code, and what is wrong with them."""
    names = {str(name) for register in known for name in register["name"]}
    counties = {str(name) for register in known for name in register["county"]}
    old_names = dict(zip(known[-1]["municipality_code"], known[-1]["name"], strict=True))
    edition, problems = _edition(answers)
    if not answers.municipalities:
        problems.append(Problem(None, "municipality_code", None, "municipalities; there are none in the answer"))
    county_names = {}
    for code, full in sorted(answers.counties.items()):
        county_names[code] = _norwegian(full, answers.chosen.get(code), counties, counties)
        if county_names[code] is None and any(one.startswith(code) for one in answers.municipalities):
            problems.append(_name_problem("county", code, full))
    rows: list[tuple[str, ...]] = []
    for code, full in sorted(answers.municipalities.items()):
        own = {old_names[one] for one, now in pairs if now == code and one in old_names}
        name = _norwegian(full, answers.chosen.get(code), own, names)
        county = code[:2]
        inhabitants = answers.population.get(code)
        found = answers.centrality.get(code, set())
        if name is None:
            problems.append(_name_problem("name", code, full))
        if re.fullmatch("[0-9]{4}", code) is None:
            problems.append(Problem(None, "municipality_code", code, "four digits"))
        elif county not in answers.counties:
            problems.append(Problem(None, "county_code", code, f"a county {county} in the answer of Klass"))
        if inhabitants is None:
            problems.append(Problem(None, "population", code, f"a population on {answers.population_date}"))
        if len(found) != 1 or not found <= set(geography.CENTRALITY_CLASSES):
            expected = f"one centrality class of {', '.join(geography.CENTRALITY_CLASSES)}"
            expected += f"; the answer has {', '.join(sorted(found)) or 'none'}"
            problems.append(Problem(None, "centrality_class", code, expected))
        size_class = classes.loc[classes["lower"] <= (inhabitants or 0), "size_class"].iloc[-1]
        rows.append(
            (
                *(code, name or "", county, county_names.get(county) or ""),
                *(str(inhabitants), answers.population_date.isoformat(), "documented"),
                *(str(size_class), "documented", "".join(sorted(found)), edition),
            )
        )
    return rows, problems


def _norwegian(full: str, chosen: str | None, likely: Iterable[str], known: Iterable[str]) -> str | None:
    """The Norwegian one of the official names in `full`, such as «Kautokeino» of «Guovdageaidnu - Kautokeino»; `None`
    when that can't be told.

    The languages are in no fixed order. So it is the one that was `chosen`; or else the only one that is among those
    `likely`, or among those `known`, or that is written with Norwegian letters.
    """
    if chosen is not None:
        return chosen
    parts = _BETWEEN_NAMES.split(full.strip())
    if len(parts) == 1:
        return parts[0] or None
    for accepted in (set(likely), set(known), set(filter(_NORWEGIAN.fullmatch, parts))):
        found = [part for part in parts if part in accepted]
        if len(found) == 1:
            return found[0]
    return None


def _name_problem(column: str, code: str, full: str) -> Problem:
    return Problem(None, column, full, f"to know which name is the Norwegian one; say so with --name {code}=NAME")


def _edition(answers: _Answers) -> tuple[str, list[Problem]]:
    """The year of the edition of the centrality index in force."""
    found = [
        str(one.valid_from.year)
        for one in answers.versions
        if one.valid_from <= answers.day and (one.valid_to is None or answers.day < one.valid_to)
    ]
    if len(found) == 1:
        return found[0], []
    expected = f"one edition of the index in force on {answers.day}"
    return "", [Problem(None, "centrality_edition", ", ".join(found) or None, expected)]
