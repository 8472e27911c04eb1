"""A municipality register from a snapshot: names, counties, population, centrality, and what became of whom.

Nothing is asked here: the same snapshot and the same earlier registers give the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from digikom import geography
from digikom.errors import InputError, Problem
from digikom.geography import Division
from digikom.sources import classifications, jsonstat, snapshots, statbank
from digikom.sources.snapshots import Snapshot

DIVISIONS = "municipalities/divisions.csv"
_REGISTER_COLUMNS = (
    "municipality_code",
    "name",
    "county_code",
    "county",
    "population",
    "population_date",
    "population_status",
    "size_class",
    "size_class_status",
    "centrality_class",
    "centrality_edition",
)

# Codes that begin so are no municipalities: Svalbard, Jan Mayen, the continental shelf, abroad, not stated.
_NO_COUNTIES = ("21", "22", "23", "25", "99")

_BETWEEN_NAMES = re.compile(r"\s+[-–—/]\s+")
_DAYS = ("changeOccurred", "validFrom", "validTo")
_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}|[+][0-9]")
# Letters that Norwegian place names are written with; the Sami and Kven ones go beyond them.
_NORWEGIAN = re.compile(r"[A-Za-zÆØÅæøåéÉòóôêü .()'’-]+")


@dataclass(frozen=True)
class Derived:
    """The files made from a snapshot by their paths below the data folder, the division, and what it replaces."""

    files: dict[str, str]
    division: Division
    unchanged: bool


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


def derive(year: int, root: Path) -> Derived:
    """The register of `year`, the changes since the division before it, and the list of divisions, from the snapshot
    and the earlier registers in the data folder `root`.

    When the codes are those of the division before, it is the same division with a newer register: no list of changes.
    Raises `InputError` with everything that keeps the answers from being a register.
    """
    before = division_before(year, root)
    note, contents = snapshots.read(root / snapshot_folder(year))
    answers = _Answers(year, note, contents)
    old = geography.register(before.first_year, root)
    pairs, problems = _pairs(answers, set(old["municipality_code"]), before)
    known = [geography.register(one.first_year, root) for one in geography.divisions(root) if one.first_year < year]
    rows, more = _register_rows(answers, pairs, known, geography.size_classes(root))
    if problems or more:
        raise InputError(
            f"The answers of {note.day} do not make a register of the municipalities of {year}", [*problems, *more]
        )
    unchanged = set(old["municipality_code"]) == {row[0] for row in rows}
    division = Division(
        division=before.name if unchanged else str(year),
        first_year=year,
        last_year=None,
        municipalities=len(rows),
        register_file=register_file(year),
        boundaries_file=before.boundaries_file if unchanged else "",
    )
    files = {division.register_file: _csv(_REGISTER_COLUMNS, rows)}
    if not unchanged:
        kinds = geography.kinds_of_change(pd.DataFrame(pairs, columns=["old_code", "new_code"]))
        files[changes_file(before, year, root)] = _csv(
            ("old_code", "new_code", "change"), [(*pair, kind) for pair, kind in zip(pairs, kinds, strict=True)]
        )
    files[DIVISIONS] = _divisions(geography.divisions(root), division)
    return Derived(files, division, unchanged)


class _Answers:
    """The answers of a snapshot, read; `InputError` naming the file that is not what it should be."""

    def __init__(self, year: int, note: Snapshot, contents: Mapping[str, bytes]) -> None:
        self.day = note.day or datetime.date(year, 1, 1)
        self.names = note.names
        self.population_date = datetime.date(year, 1, 1)
        self._contents = contents
        self.codes = self._names(classifications.CODES_FILE)
        self.counties = self._names(classifications.COUNTIES_FILE)
        self.changes = self._list(classifications.CHANGES_FILE, "codeChanges", ("changeOccurred",))
        self.centrality = [
            (one["sourceCode"], one["targetCode"])
            if len(one["sourceCode"]) == 4
            else (one["targetCode"], one["sourceCode"])
            for one in self._list(classifications.CENTRALITY_FILE, "correspondenceItems", ("sourceCode", "targetCode"))
        ]
        self.editions = self._list(classifications.VERSIONS_FILE, "versions", ("validFrom",))
        self.population = self._population()

    def _list(self, file: str, key: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        return _items(file, self._contents.get(file, b""), key, fields)

    def _names(self, file: str) -> dict[str, str]:
        return _names(file, self._contents.get(file, b""))

    def _population(self) -> dict[str, int]:
        """Inhabitants by municipality code; the table has nought for a code that was not in use."""
        file = statbank.POPULATION_FILE
        if file not in self._contents:
            raise InputError(f"{file}: lacks in the snapshot")
        table = jsonstat.read(file, self._contents[file])
        others = [one for one in table.dimensions if one.code != statbank.REGION]
        if len(others) == len(table.dimensions) or any(len(one.categories) != 1 for one in others):
            raise InputError(f"{file}: expected one number for each municipality")
        values = table.cells["value"]
        counted = table.cells[(values > 0) & (values % 1 == 0)]
        return {str(code): int(value) for code, value in zip(counted[statbank.REGION], counted["value"], strict=True)}


def _items(file: str, content: bytes, key: str, fields: Sequence[str]) -> list[dict[str, Any]]:
    """The list under `key` of an answer, each item with the text `fields`."""
    try:
        items = json.loads(content)[key]
        if not isinstance(items, list) or any(not isinstance(item[one], str) for item in items for one in fields):
            raise ValueError("something that is no text")
        days = [item[one] for item in items for one in _DAYS if item.get(one) is not None]
        if any(not isinstance(day, str) or not _ISO_DAY.match(day) for day in days):
            raise ValueError("a day that is no date")
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{file}: expected a list «{key}» of items with {', '.join(fields)} ({type(error).__name__}: {error})"
        ) from None
    return items


def _names(file: str, content: bytes) -> dict[str, str]:
    """The names by code in an answer with codes, without those that are not places in the country."""
    return {
        item["code"]: item["name"]
        for item in _items(file, content, "codes", ("code", "name"))
        if not item["code"].startswith(_NO_COUNTIES)
    }


def municipality_codes(content: bytes) -> list[str]:
    """The codes of the municipalities in the answer of Klass, sorted."""
    return sorted(_names(classifications.CODES_FILE, content))


def _pairs(answers: _Answers, old: set[str], before: Division) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Which code of the division before became which, sorted, and what does not go together."""
    column = "municipality_code"
    problems = []
    came_to: dict[str, set[str]] = {code: {code} for code in old}
    # A change counts from the first 1 January after it, so one before the last year belongs to a register of its own.
    last_year = answers.day.replace(year=answers.day.year - 1, month=1, day=1).isoformat()
    changes = sorted(
        (str(one["changeOccurred"])[:10], str(one.get("oldCode") or ""), str(one.get("newCode") or ""))
        for one in answers.changes
    )
    changes = [
        (day, one, other)
        for day, one, other in changes
        if day <= answers.day.isoformat() and not (one or other).startswith(_NO_COUNTIES)
    ]
    for day in dict.fromkeys(one[0] for one in changes):
        if day <= last_year:
            problems.append(Problem(None, "changeOccurred", day, f"changes after {last_year}; fetch that year first"))
        steps: dict[str, set[str]] = {}
        for _, one, other in (change for change in changes if change[0] == day):
            if one and other:
                steps.setdefault(one, set()).add(other)
        for one in steps:
            if one in answers.codes:  # a part left it, the rest goes on under the code
                steps[one].add(one)
        for code, now in came_to.items():
            came_to[code] = {later for one in now for later in steps.get(one, {one})}
    pairs = sorted((code, one) for code, now in came_to.items() for one in now)
    gone = sorted({one for one, now in pairs if now not in answers.codes})
    new = sorted(set(answers.codes) - {now for _, now in pairs})
    problems += [
        Problem(None, column, code, f"a change that says what became of this municipality of {before.years}")
        for code in gone
    ]
    problems += [
        Problem(None, column, code, "a change that says what this new municipality comes from") for code in new
    ]
    return pairs, problems


def _register_rows(
    answers: _Answers, pairs: Sequence[tuple[str, str]], known: Sequence[pd.DataFrame], classes: pd.DataFrame
) -> tuple[list[tuple[str, ...]], list[Problem]]:
    """The rows of the register, sorted by code, and what they lack."""
    names = {str(name) for register in known for name in register["name"]}
    counties = {str(name) for register in known for name in register["county"]}
    old_names = dict(zip(known[-1]["municipality_code"], known[-1]["name"], strict=True))
    edition, problems = _edition(answers)
    centrality: dict[str, set[str]] = {}
    for code, centrality_class in answers.centrality:
        centrality.setdefault(code, set()).add(centrality_class)
    if not answers.codes:
        problems.append(Problem(None, "municipality_code", None, "municipalities; there are none in the answer"))
    county_names = {}
    for code, full in sorted(answers.counties.items()):
        county_names[code] = _norwegian(full, answers.names.get(code), counties, counties)
        if county_names[code] is None and any(one.startswith(code) for one in answers.codes):
            problems.append(_name_problem("county", code, full))
    rows: list[tuple[str, ...]] = []
    for code, full in sorted(answers.codes.items()):
        own = {old_names[one] for one, now in pairs if now == code and one in old_names}
        name = _norwegian(full, answers.names.get(code), own, names)
        county = code[:2]
        inhabitants = answers.population.get(code)
        found = centrality.get(code, set())
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
            problems.append(
                Problem(
                    None, "centrality_class", code, f"{expected}; the answer has {', '.join(sorted(found)) or 'none'}"
                )
            )
        rows.append(
            (
                code,
                name or "",
                county,
                county_names.get(county) or "",
                str(inhabitants),
                answers.population_date.isoformat(),
                "documented",
                _size_class(inhabitants or 0, classes),
                "documented",
                "".join(sorted(found)),
                edition,
            )
        )
    return rows, problems


def _norwegian(full: str, chosen: str | None, likely: Iterable[str], known: Iterable[str]) -> str | None:
    """The Norwegian one of the official names in `full`, such as «Kautokeino» of «Guovdageaidnu - Kautokeino»; `None`
    when that can't be told.

    The languages stand in no fixed order. So it is the one that was `chosen`; or else the only one that is among those
    `likely`, or among those `known`, or that is written with Norwegian letters.
    """
    if chosen is not None:
        return chosen
    parts = _BETWEEN_NAMES.split(full.strip())
    if len(parts) == 1:
        return parts[0] or None
    for accepted in (set(likely), set(known)):
        found = [part for part in parts if part in accepted]
        if len(found) == 1:
            return found[0]
    found = [part for part in parts if _NORWEGIAN.fullmatch(part)]
    return found[0] if len(found) == 1 else None


def _name_problem(column: str, code: str, full: str) -> Problem:
    return Problem(None, column, full, f"to know which name is the Norwegian one; say so with --name {code}=NAME")


def _edition(answers: _Answers) -> tuple[str, list[Problem]]:
    """The year of the edition of the centrality index in force."""
    day = answers.day.isoformat()
    found = [
        one["validFrom"][:4]
        for one in answers.editions
        if one["validFrom"] <= day and (_open(one.get("validTo")) or day < one["validTo"])
    ]
    if len(found) == 1:
        return found[0], []
    return "", [
        Problem(None, "centrality_edition", ", ".join(found) or None, f"one edition of the index in force on {day}")
    ]


def _open(end: str | None) -> bool:
    """Whether an edition has no end: none is given, or one in a year of more than four digits."""
    return not end or end.startswith("+")


def _size_class(inhabitants: int, classes: pd.DataFrame) -> str:
    """The code of the size class that holds so many inhabitants."""
    return str(classes.loc[classes["lower"] <= inhabitants, "size_class"].iloc[-1])


def _divisions(known: Iterable[Division], new: Division) -> str:
    """The list of divisions with the new one: the one before it ends the year before."""
    earlier = [one for one in known if one.first_year < new.first_year]
    rows = [*earlier[:-1], earlier[-1].model_copy(update={"last_year": new.first_year - 1}), new]
    cells = [["" if value is None else str(value) for value in one.model_dump().values()] for one in rows]
    return _csv(list(Division.model_fields), cells)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()
