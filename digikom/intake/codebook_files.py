"""The files of the codebook as text to which a year can be added, and from which it can be taken out again.

Everything else keeps its bytes: a line that has nothing to do with the year is never written anew. What a year added
leaves a place behind when it is taken out, so that adding the same again gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digikom import reading
from digikom.errors import InputError, Problem
from digikom.survey.codebook_rules import FILES, UNANSWERED

_CELL = re.compile(r'("(?:[^"]|"")*"|[^,]*)(,|$)')

Row = dict[str, str]


@dataclass
class Line:
    """One line: its cells as written (with quotation marks), and whether it is kept only as a place to come back to."""

    written: list[str]
    empty_place: bool = False


class CodebookFile:
    """One file of the codebook: `header` and lines in order."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        table = reading.parse(content)
        if table.problems or not table.header:
            raise InputError(f"codebook/{name} is not in order", table.problems)
        first, *rest = content.decode("utf-8").splitlines()
        self.first = first
        self.header = table.header
        self.lines = [Line(_written(text)) for text in rest]

    def rows(self) -> Iterator[tuple[Line, Row]]:
        """The lines that count, with their cells by column."""
        for line in self.lines:
            if not line.empty_place:
                yield line, self.cells(line)

    def cells(self, line: Line) -> Row:
        """The cells of a line by column."""
        return dict(zip(self.header, next(csv.reader([",".join(line.written)])), strict=True))

    def find(self, key: Row) -> Line | None:
        """The line, even if only its place, whose cells are those of `key`."""
        return next((line for line in self.lines if key.items() <= self.cells(line).items()), None)

    def set_cell(self, line: Line, column: str, text: str) -> None:
        """Write a cell; the others keep the form that they were written in."""
        line.written[self.header.index(column)] = _quoted([text])

    def put(
        self, row: Row, key: Sequence[str], before: Callable[[Row], bool], *, otherwise_first: bool = False
    ) -> None:
        """Add a row: at the place it had, or else below the last row for which `before` holds.

        Where there is no such row it comes last, or first.
        """
        written = [_quoted([row.get(column, "")]) for column in self.header]
        present = self.find({column: row.get(column, "") for column in key})
        if present is not None:
            present.written, present.empty_place = written, False
            return
        places = [place for place, line in enumerate(self.lines, start=1) if before(self.cells(line))]
        default = 0 if otherwise_first else len(self.lines)
        self.lines.insert(places[-1] if places else default, Line(written))

    def content(self) -> bytes:
        """The file's bytes."""
        lines = [self.first, *(",".join(line.written) for line in self.lines if not line.empty_place)]
        return "".join(f"{line}\n" for line in lines).encode("utf-8")


class CodebookFiles:
    """All files of a codebook, first with `year` taken out."""

    def __init__(self, folder: Path, year: int) -> None:
        self.year = str(year)
        self.present = {name: reading.read_bytes(folder / name, f"codebook/{name}") for name in FILES}
        self.files = {name: CodebookFile(name, content) for name, content in self.present.items()}
        self._take_out()
        self.without_year = self.contents()

    def __getitem__(self, name: str) -> CodebookFile:
        return self.files[f"{name}.csv"]

    def contents(self) -> dict[str, bytes]:
        """The bytes of each file as it stands now."""
        return {name: file.content() for name, file in self.files.items()}

    def rows(self, name: str) -> list[Row]:
        """The rows of a file as it stands now."""
        return [row for _, row in self[name].rows()]

    def add_year(self, name: str, line: Line, column: str = "years") -> None:
        """Add the year to the `years` of a line, or to another column of years."""
        file = self[name]
        years = {*file.cells(line)[column].split(), self.year}
        file.set_cell(line, column, " ".join(sorted(years)))

    def _take_out(self) -> None:
        gone_items = self._without_year("items")
        gone_questions = self._without_year("questions")
        if UNANSWERED in self["questions"].header:
            for line, row in self["questions"].rows():
                kept = [year for year in row[UNANSWERED].split() if year != self.year]
                self["questions"].set_cell(line, UNANSWERED, " ".join(kept))
        # A scale's answers are those of every year where no years are given.
        if "years" in self["scales"].header:
            self._without_year("scales")
        used = {row["scale"] for row in self.rows("items")}
        self._leave("scales", lambda row: row["scale"] in {one["scale"] for one in gone_items} - used)
        in_use = {row["block"] for row in self.rows("questions")}
        gone_blocks = {row["block"] for row in gone_questions} - in_use
        self._leave("blocks", lambda row: row["block"] in gone_blocks)
        columns = {row["column"] for row in gone_items}
        self._leave("series", lambda row: {row["series"], row["column"]} & columns or row["year"] == self.year)
        names = {row["question"] for row in gone_questions} | gone_blocks
        self._leave("absences", lambda row: row["name"] in names or row["year"] == self.year)

    def _without_year(self, name: str) -> list[Row]:
        """Take the year out of `years`; the rows that had no other year are left, and returned."""
        file, gone = self[name], []
        for line, row in list(file.rows()):
            years = row["years"].split()
            if self.year in years:
                remaining = [year for year in years if year != self.year]
                file.set_cell(line, "years", " ".join(remaining))
                if not remaining:
                    line.empty_place = True
                    gone.append(row)
        return gone

    def _leave(self, name: str, chosen: Callable[[Row], object]) -> None:
        for line, row in self[name].rows():
            if chosen(row):
                line.empty_place = True


def obstacles(files: CodebookFiles) -> list[Problem]:
    """What the codebook holds of the year already, other than what is to be written now (or a part of it).

    A run that was cut off leaves each file either as it was or as it was to be.
    """
    wanted = files.contents()
    return [
        Problem(None, None, f"codebook/{name}", f"nothing of {files.year} in it yet, or --force to replace it")
        for name, content in files.present.items()
        if content not in (files.without_year[name], wanted[name])
    ]


def _written(line: str) -> list[str]:
    """The cells of a line as they are written, quotation marks included."""
    cells = []
    for match in _CELL.finditer(line):
        cells.append(match.group(1))
        if not match.group(2):
            break
    return cells


def _quoted(cells: Iterable[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="").writerow(cells)
    # A row of one empty cell is written as "", to tell it from no row; among others it is just empty.
    return "" if text.getvalue() == '""' else text.getvalue()
