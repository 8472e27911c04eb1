"""A survey year made up from the project's own: its codebook and answers with items and answers that came, went, got
another name, were split and merged. Nothing in the notebooks or the package knows of it.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from conftest import declare_synthetic

from digikom import geography, survey
from digikom.editions.edition_files import Edition
from digikom.paths import DATA_DIR

#: The year whose form and answers are changed, and the made-up one after it.
REFERENCE, YEAR = 2022, 2025
Row = dict[str, str]
EDITION = Edition.model_validate(
    {"year": YEAR, "reference_year": REFERENCE, "title": "Prøve", "published": "2026-01-01", "version": "1"}
)


class Form:
    """The codebook of a data folder, to be changed for `YEAR`. The questions of `REFERENCE` are asked again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(DATA_DIR / "codebook", folder / "codebook")
        self.files = {path.name: list(_rows(path)) for path in sorted((folder / "codebook").glob("*.csv"))}
        for name in ("questions.csv", "items.csv"):
            for row in self.files[name]:
                if str(REFERENCE) in row["years"].split():
                    row["years"] += f" {YEAR}"
        self.files["absences.csv"] += [
            {**row, "year": str(YEAR)} for row in self.files["absences.csv"] if row["year"] == str(REFERENCE)
        ]

    def item(self, column: str) -> Row:
        return next(row for row in self.files["items.csv"] if row["column"] == column)

    def drop(self, *columns: str) -> None:
        """The items are not asked any more."""
        for column in columns:
            self.item(column)["years"] = self.item(column)["years"].removesuffix(f" {YEAR}")

    def leave_out(self, block: str) -> None:
        """None of the questions of the block are asked any more."""
        for name in ("questions.csv", "items.csv"):
            for row in self.files[name]:
                if row["block"] == block:
                    row["years"] = row["years"].removesuffix(f" {YEAR}")
        absence = {"name": block, "year": str(YEAR), "kind": "not_asked", "source": "made up"}
        self.files["absences.csv"].append(absence)

    def add(self, like: str, column: str, label: str) -> None:
        """A new item in the list of the item `like`."""
        row = {"column": column, "label_nb": label, "label_en": f"{label} (en)", "short_nb": label, "years": str(YEAR)}
        items = self.files["items.csv"]
        items.insert(items.index(self.item(like)) + 1, {**self.item(like), **row})

    def rename(self, old: str, column: str, label: str) -> None:
        """The item gets another name and column; its series goes on."""
        self.add(old, column, label)
        self.drop(old)
        self.series(column, REFERENCE, "same", old)

    def series(self, name: str, year: int, rule: str, *columns: str) -> None:
        self.files["series.csv"] += [
            {"series": name, "year": str(year), "column": column, "rule": rule, "source": "made up"}
            for column in columns
        ]

    def answer(self, scale: str, after: str, code: str, label: str) -> None:
        """A new answer on a scale, below the answer `after`."""
        rows = self.files["scales.csv"]
        above = next(row for row in rows if (row["scale"], row["code"]) == (scale, after))
        rows.insert(
            rows.index(above) + 1, {**above, "code": code, "label_nb": label, "label_en": label, "years": str(YEAR)}
        )
        for position, row in enumerate((row for row in rows if row["scale"] == scale), start=1):
            row["position"] = str(position)

    def no_more(self, scale: str, code: str) -> None:
        """The answer can't be given any more."""
        row = next(row for row in self.files["scales.csv"] if (row["scale"], row["code"]) == (scale, code))
        asked = {year for item in survey.codebook().item_rows if item.scale == scale for year in item.years}
        row["years"] = " ".join(map(str, sorted(asked)))

    def write(self) -> survey.Codebook:
        for name, rows in self.files.items():
            _write(self.folder / "codebook" / name, rows)
        return survey.codebook(self.folder)


def write_answers(folder: Path, given: Callable[[int, Row], Row] = lambda _place, answers: answers) -> None:
    """The answers of `REFERENCE` as they are, and those of `YEAR` made from them.

    An item keeps its answers, also under another name; an item without forerunner takes the answers of its scale by
    turns, as does every seventh answer that can't be given any more. `given` may change the answers of a municipality
    before the routing is applied.
    """
    (folder / "survey").mkdir()
    shutil.copy(DATA_DIR / "survey" / f"{REFERENCE}.csv", folder / "survey")
    book = survey.codebook(folder)
    codes = geography.register(YEAR, folder)["municipality_code"].tolist()
    asked_now = book.asked(YEAR)
    possible = {item.column: book.codes(item.scale, YEAR) for item in asked_now}
    behind = {item.column: next(iter(book.series(item.column, REFERENCE)["column"]), "") for item in asked_now}
    rows = []
    for place, old in enumerate(_rows(DATA_DIR / "survey" / f"{REFERENCE}.csv")):
        answers: Row = {}
        for number, (column, codes_of) in enumerate(possible.items()):
            kept = old.get(behind[column], "")
            turn = codes_of[(place + number) % len(codes_of)]
            answers[column] = kept if kept in codes_of and (place + number) % 7 else turn
        answers = given(place, {**old, **answers})
        routed: Row = {}
        for item in asked_now:
            asked = not item.asked_if_column or routed[item.asked_if_column] == item.asked_if_value
            routed[item.column] = answers[item.column] if asked else ""
        rows.append({survey.CODE_COLUMN: codes[place], **routed})
    _write(folder / "survey" / f"{YEAR}.csv", rows)
    declare_synthetic(folder)


def asked_again(folder: Path, reference: int = 2023) -> Row:
    """What a notebook is given where `YEAR` asks all that `REFERENCE` did, and is compared with a year that did not."""
    Form(folder).write()
    write_answers(folder)
    shutil.copy(DATA_DIR / "survey" / f"{reference}.csv", folder / "survey")
    return {"target_year": str(YEAR), "reference_year": str(reference), "data_dir": str(folder)}


def _rows(path: Path) -> Iterable[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
