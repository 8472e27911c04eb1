"""Reading extracts in Excel workbooks (.xlsx)."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from digikom.errors import Problem
from digikom.intake.cells import as_text
from digikom.intake.raw import Numbered, RawTable


def read(content: bytes, sheet: str | None) -> RawTable:
    """The table on a sheet; row numbers are those of the sheet."""
    try:
        shown, written = _open(content, data_only=True), _open(content, data_only=False)
    # A damaged workbook makes the XML and ZIP modules below openpyxl raise almost anything.
    except Exception:
        expected = "an Excel workbook (.xlsx) that can be opened"
        if not zipfile.is_zipfile(io.BytesIO(content)):
            return RawTable.failed(expected, "a damaged workbook or archive")
        return RawTable.failed(expected, "an archive that is no workbook, or a damaged one")
    filled = [one.title for one in shown.worksheets if any(_filled(row) for row in one.iter_rows(values_only=True))]
    names = [one.title for one in shown.worksheets]
    if sheet is not None and sheet not in names:
        return RawTable.failed(f"one of the sheets: {', '.join(names)}", f"--sheet {sheet}")
    if sheet is None and len(filled) > 1:
        return RawTable.failed(f"one sheet, or --sheet with one of: {', '.join(filled)}", f"{len(filled)} sheets")
    if not filled:
        return RawTable.failed("a header and rows, but the workbook is empty")
    name = sheet or filled[0]
    problems: list[Problem] = []
    rows = list(_rows(shown[name], written[name], problems))
    return RawTable.of(rows, problems)


def _open(content: bytes, *, data_only: bool) -> Any:  # noqa: ANN401  openpyxl has no types
    with warnings.catch_warnings():
        # openpyxl warns of decoration that it does not keep (drop-down lists, say), which nobody here needs.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def _filled(row: Iterable[object]) -> bool:
    return any(value is not None for value in row)


def _rows(shown: Any, written: Any, problems: list[Problem]) -> Iterable[Numbered]:  # noqa: ANN401
    """The rows as text. Formulas count by the result that Excel has stored; without one, the cell looks empty."""
    for number, (cells, sources) in enumerate(zip(shown.iter_rows(), written.iter_rows(), strict=True), start=1):
        texts = []
        for place, (cell, source) in enumerate(zip(cells, sources, strict=True), start=1):
            text, column = "", f"{get_column_letter(place)} of the sheet"
            if source.data_type == "f" and cell.value is None:
                expected = "a value; the cell has a formula without a stored result (open and save the file in Excel)"
                problems.append(Problem(number, column, None, expected))
            elif cell.data_type == "e":
                problems.append(Problem(number, column, None, "a value, not an error of Excel (#N/A, say)"))
            else:
                try:
                    text = as_text(cell.value)
                except ValueError as error:
                    problems.append(Problem(number, column, None, f"a plain value; {error}"))
            texts.append(text)
        yield number, tuple(texts)
