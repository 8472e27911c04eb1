"""The workbook of an edition: what is in it, that screen readers and Excel can use it, and that nothing is computed."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from open_data_editions import block, synthetic, written

from digikom.errors import InputError

NAME = "data/digitalisering-i-kommunene-2022.xlsx"


def book_of(folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(folder / NAME)


def table_of(path: Path, sheet: str) -> pd.DataFrame:
    """The named table of a sheet as a frame, numbers as numbers."""
    (reference,) = (table.ref for table in openpyxl.load_workbook(path)[sheet].tables.values())
    first = int(re.sub(r":.*|\D", "", reference))
    return pd.read_excel(path, sheet_name=sheet, header=first - 1, keep_default_na=False)


def comparable(cell: object) -> float | str:
    """A cell as a number, where it is one."""
    try:
        return float(str(cell).replace(",", "."))
    except ValueError:
        return str(cell)


def test_a_book_has_cover_contents_notes_and_a_sheet_for_each_table() -> None:
    book = book_of(synthetic().html)
    assert book.sheetnames == ["Forside", "Innhold", "Merknader", "Figur 2.1", "Figur 2.2", "Tabell 2.1", "Alle tall"]
    cover = {row[0]: row[1] for row in book["Forside"].iter_rows(values_only=True)}
    assert cover["Versjon"] == "1.0.2"
    assert "syntetiske" in cover["Hva dette er"].lower()
    assert "2026" in cover["Slik siterer du"]
    assert "https://creativecommons.org/licenses/by/4.0/" in cover.values()
    links = [cell.hyperlink.location for cell in book["Innhold"]["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[2:]]
    assert {"Standardtegn", "Ord", "Kilde"} <= {cell.value for cell in book["Merknader"]["A"]}


def test_each_sheet_says_in_a1_what_it_is_and_has_one_table_with_headings() -> None:
    book = book_of(synthetic().html)
    names = []
    for sheet in book:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        assert any("Syntetiske svar" in str(cell.value) for cell in sheet["A"][:5]), sheet.title
        (table,) = sheet.tables.values()
        names.append(table.displayName)
        head, *_ = sheet[table.ref]
        titles = [cell.value for cell in head]
        assert len(set(titles)) == len(titles)
        assert sheet.freeze_panes == f"A{head[0].row + 1}"
        assert all(dimension.width >= 10 for dimension in sheet.column_dimensions.values())
    assert len(set(names)) == len(names)
    assert book.properties.language == "nb"


def test_the_dates_are_those_of_the_edition() -> None:
    with zipfile.ZipFile(synthetic().html / NAME) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 2, 0, 0, 0)}
    about = book_of(synthetic().html).properties
    assert (about.created, about.modified) == (datetime.datetime(2026, 1, 2), datetime.datetime(2026, 1, 2))


def test_symbols_numbers_and_texts_are_what_they_are(tmp_path: Path) -> None:
    columns: list[dict[str, Any]] = [
        {"name": "a", "label": "Navn"},
        {"name": "b", "label": "navn", "unit": "percent", "decimals": 1},
        {"name": "c", "label": "2022"},
    ]
    rows: list[list[Any]] = [["0301", 12.345, True], ["12", ":", None], ["..", 1234, "a\nb"]]
    folder = written(tmp_path, block("en", rows, columns, "synthetic"), block("to", [["x"]], columns[:1]))
    book = book_of(folder)
    assert book.sheetnames[3:5] == ["Tabell 2.1", "to"]
    sheet = book["Tabell 2.1"]
    assert [[cell.value for cell in row[:3]] for row in sheet.iter_rows(min_row=sheet.max_row - 3)] == [
        ["Navn", "navn (2)", "2022"],
        ["0301", 12.345, True],
        ["12", ":", None],
        ["..", 1234, "a\nb"],
    ]
    assert sheet.cell(sheet.max_row, 2).number_format == "#,##0.0"
    assert "Syntetiske" not in "".join(str(cell.value) for cell in book["to"]["A"])


def test_no_cell_is_a_formula_and_nothing_that_looks_like_one_is_published(tmp_path: Path) -> None:
    for sheet in book_of(synthetic().html):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    with pytest.raises(InputError):
        written(tmp_path, block("x", [["=1+1", 1, 2]]))
    with pytest.raises(InputError, match="formula"):
        written(tmp_path, block("x", [["a", 1, 2]]).model_copy(update={"notes": ("@SUM(A1)",)}))


def test_empty_tables_and_no_tables_at_all_are_books_too(tmp_path: Path) -> None:
    assert not book_of(written(tmp_path / "a", block("empty", [])))["Tabell 2.1"].tables
    assert book_of(written(tmp_path / "b")).sheetnames == ["Forside", "Innhold", "Merknader", "Alle tall"]


def test_the_edition_s_sheets_hold_what_its_files_hold(edition_folder: Path) -> None:
    path = edition_folder / NAME
    for stem, sheet in (("figur-3-1", "Figur 3.1"), ("tabell-11-1", "Tabell 11.1")):
        text = (edition_folder / "data" / f"{stem}.nb.csv").read_text(encoding="utf-8-sig")
        (head, *rows) = csv.reader(io.StringIO(text), delimiter=";")
        table = table_of(path, sheet)
        assert list(table.columns) == head
        found = [[comparable(cell) for cell in row] for row in table.itertuples(index=False)]
        assert found == [[comparable(cell) for cell in row] for row in rows]
    assert path.stat().st_size < 600_000
