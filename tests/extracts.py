"""What the tests of the intake share: a project of its own to write to, and extracts in all forms, whole or damaged."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from unittest import mock

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from digikom import paths
from digikom.cli import main
from digikom.paths import DATA_DIR, EDITION_DIR

YEAR = 2025
EXAMPLES = DATA_DIR / "examples"
EXTRACT = EXAMPLES / "uttrekk-2025.csv"
MAPPING = EXAMPLES / "mapping-2025.yml"
#: Folders and files of data/ that the intake reads or writes.
NEEDED = ("codebook", "method", "municipalities", "survey", "datapackage.json")


@dataclass(frozen=True)
class Table:
    """An extract in memory: rows of text, without the header; changes give a new table."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def with_cell(self, row: int, column: str, text: str) -> Self:
        """One cell changed; `row` counts from 0."""
        place = self.header.index(column)
        cells = list(self.rows[row])
        cells[place] = text
        return replace(self, rows=(*self.rows[:row], tuple(cells), *self.rows[row + 1 :]))

    def with_row(self, place: int, cells: Sequence[str]) -> Self:
        """A row put in before the row `place`."""
        return replace(self, rows=(*self.rows[:place], tuple(cells), *self.rows[place:]))

    def with_column(self, name: str, texts: Sequence[str]) -> Self:
        """A column more, at the end."""
        rows = tuple((*cells, text) for cells, text in zip(self.rows, texts, strict=True))
        return replace(self, header=(*self.header, name), rows=rows)

    def without_column(self, name: str) -> Self:
        """The table without a column."""
        place = self.header.index(name)
        return replace(
            self,
            header=(*self.header[:place], *self.header[place + 1 :]),
            rows=tuple((*cells[:place], *cells[place + 1 :]) for cells in self.rows),
        )

    def renamed(self, old: str, new: str) -> Self:
        """The table with another name for a column."""
        return replace(self, header=tuple(new if name == old else name for name in self.header))

    def column(self, name: str) -> list[str]:
        """The texts of a column."""
        place = self.header.index(name)
        return [cells[place] for cells in self.rows]

    def first_row_where(self, column: str, text: str) -> int:
        """The first row in which the column has this text, counted from 0."""
        return self.column(column).index(text)

    def csv(self, delimiter: str = ";", encoding: str = "cp1252", line_end: str = "\r\n") -> bytes:
        """The table as a text file."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows([self.header, *self.rows])
        return text.getvalue().encode(encoding)

    def excel(self, change: Callable[[Any], object] = lambda workbook: None) -> bytes:
        """The table as a workbook, with numbers where Excel would have made numbers of the texts."""
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "Svar"
        sheet.append(self.header)
        for cells in self.rows:
            sheet.append([int(cell) if cell.isdecimal() else cell or None for cell in cells])
        change(workbook)
        content = io.BytesIO()
        workbook.save(content)
        return content.getvalue()

    def parquet(self, **columns: pa.Array) -> bytes:
        """The table as a Parquet file, the municipality code as a floating-point number, as pandas often makes it."""
        made: dict[str, Any] = {name: [text or None for text in self.column(name)] for name in self.header}
        if "Kommunenr" not in columns:
            made["Kommunenr"] = [float(text) if text else None for text in self.column("Kommunenr")]
        content = io.BytesIO()
        pq.write_table(pa.table({**made, **columns}), content)
        return content.getvalue()


def example() -> Table:
    """The example extract."""
    header, *rows = csv.reader(io.StringIO(EXTRACT.read_text(encoding="cp1252"), newline=""), delimiter=";")
    return Table(tuple(header), tuple(map(tuple, rows)))


@dataclass(frozen=True)
class Project:
    """A project of its own in a folder: data and edition files that a run may write to."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def editions(self) -> Path:
        return self.root / "book" / "editions"

    def survey(self, year: int = YEAR) -> Path:
        return self.data / "survey" / f"{year}.csv"

    def put(self, name: str, content: bytes | str) -> Path:
        """A file beside the project's own folders."""
        path = self.root / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | Path) -> Result:
        """The real command line, in this process."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.object(paths, "DATA_DIR", self.data),
            mock.patch.object(paths, "EDITION_DIR", self.editions),
            mock.patch.object(paths, "PROJECT_ROOT", self.root),
            mock.patch.object(sys, "argv", ["digikom", *map(str, arguments)]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
        return Result(code, out.getvalue(), err.getvalue())

    def take_in(self, extract: Path, *more: str | Path, mapping: Path | None = MAPPING) -> Result:
        """`digikom new-edition` with what every run needs."""
        given: list[str | Path] = [] if mapping is None else ["--mapping", mapping]
        return self.run("new-edition", str(YEAR), "--from", extract, *given, "--status", "synthetic", *more)

    def snapshot(self) -> dict[str, str]:
        """The checksum of every file under data/ and book/."""
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in (self.data, self.root / "book")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str


def make_project(root: Path) -> Project:
    """A copy of what the intake needs of the project."""
    project = Project(root)
    for name in NEEDED:
        source = DATA_DIR / name
        if source.is_dir():
            shutil.copytree(source, project.data / name)
        else:
            project.data.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, project.data / name)
    project.editions.mkdir(parents=True)
    for path in EDITION_DIR.glob("*.yml"):
        shutil.copy(path, project.editions)
    (project.data / "intake").mkdir()
    return project


def read_survey(path: Path) -> list[dict[str, str]]:
    """The rows of a survey file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
