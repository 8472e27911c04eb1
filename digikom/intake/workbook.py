"""The rows of an extract in an Excel workbook, and what other archives and workbooks are called.

A sheet may be formatted to its last row and hold a hundred answers. So each sheet is slimmed first, as a stream: cells
and rows that hold nothing are taken out of its XML, and openpyxl reads the rest. A workbook of the kind «Strict» has
other namespaces for the same things, and gets the usual ones.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import openpyxl
from openpyxl.utils import get_column_letter

from digikom.intake.cells import MOST_ROWS, MOST_UNPACKED, Findings, Numbered, plain

#: The largest part of a workbook that is not a sheet, and the largest sheet when it is slimmed, in bytes.
MOST_OF_PART = 64 * 2**20
_CHUNK = 2**20

_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
_EMPTY_CELL = re.compile(rb"<%bc\s(?=[^<>]*\br=)[^<>]*?(?:/>|>\s*</%bc>)" % (_PREFIX, _PREFIX))
_EMPTY_ROW = re.compile(rb"<%brow\s(?=[^<>]*\br=)[^<>]*?(?:/>|>\s*</%brow>)" % (_PREFIX, _PREFIX))
_VALUE = re.compile(rb"<%b(?:v|is|f)[\s/>]" % _PREFIX)
_ROW = re.compile(rb"<%brow[\s>]" % _PREFIX)
_HIDDEN_ROW = re.compile(rb"<%brow\s(?=[^<>]*\bhidden=[\"'](?:1|true)[\"'])[^<>]*?\br=[\"'](\d+)" % _PREFIX)
_FORMULA = re.compile(rb"<%bf[\s/>]" % _PREFIX)
_MERGED = re.compile(rb"<%bmergeCell\s+ref=[\"']([A-Z0-9:]+)" % _PREFIX)
#: The namespaces of ISO/IEC 29500 Strict, and those that every program knows.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
#: Archives that are something else, by the beginning of the name of a file in them.
_ARCHIVES = {
    "xl/workbook.bin": "a binary workbook (.xlsb)",
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "Index/": "a workbook of Apple Numbers",
}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass
class _Sheet:
    """What the XML of a sheet says that openpyxl does not tell when it reads a stream."""

    rows: int = 0
    too_large: bool = False
    formulas: bool = False
    hidden: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


def workbook_rows(content: bytes, sheet: str | None, found: Findings) -> Iterator[Numbered]:
    """The rows of a sheet. Formulas count by the result that Excel has stored; without one, the cell is a problem."""
    try:
        slim, facts = _slimmed(content, found)
        if found.problems:
            return
        shown, written = (_open(slim, data_only=data_only) for data_only in (True, False))
        name = _chosen(shown.worksheets, facts, sheet, found)
        if name is not None:
            yield from _rows(shown[name], written[name], facts[_path(shown[name])], found)
    # A damaged workbook makes the XML and ZIP modules below openpyxl raise almost anything.
    except Exception:
        is_zip = zipfile.is_zipfile(io.BytesIO(content))
        value = "an archive that is no workbook, or a damaged one" if is_zip else "a damaged workbook or archive"
        found.fault("an Excel workbook (.xlsx) that can be opened", None, None, value)


def _slimmed(content: bytes, found: Findings) -> tuple[bytes, dict[str, _Sheet]]:
    """The workbook without what holds nothing, and what its sheets say of themselves, by the name of the part."""
    facts: dict[str, _Sheet] = {}
    slim = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(slim, "w") as new:
        names = old.namelist()
        other = _other_kind(old)
        if other:
            expected = "a CSV file, an Excel workbook (.xlsx) or a Parquet file; save it as .xlsx or «CSV UTF-8»"
            found.fault(expected, None, None, other)
            return b"", facts
        parts = [one for one in old.infolist() if one.filename.endswith((".xml", ".rels"))]
        unpacked = sum(one.file_size for one in parts)
        if unpacked > MOST_UNPACKED:
            expected = f"a workbook of at most {MOST_UNPACKED} bytes when it is unpacked; copy the table to a new one"
            found.fault(expected, None, None, f"{unpacked} bytes when it is unpacked")
            return b"", facts
        for part in dict.fromkeys(names):
            if not part.endswith((".xml", ".rels")):
                continue
            with old.open(part) as file:
                if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                    facts[part] = _Sheet()
                    new.writestr(part, _usual(b"".join(_filled(file, facts[part]))))
                elif old.getinfo(part).file_size <= MOST_OF_PART:
                    new.writestr(part, _usual(file.read()))
                elif not part.startswith(("xl/drawings", "xl/media", "xl/pivotCache", "customXml")):
                    expected = f"parts of at most {MOST_OF_PART} bytes; copy the table to a new workbook"
                    found.fault(expected, None, None, f"{part} of {old.getinfo(part).file_size} bytes")
    return slim.getvalue(), facts


def _other_kind(archive: zipfile.ZipFile) -> str | None:
    """What an archive is when it is no workbook of the kind that is read."""
    names = archive.namelist()
    if "xl/workbook.xml" in names:
        return None
    if "mimetype" in names:
        kind = archive.open("mimetype").read(100)
        return "a workbook of LibreOffice (.ods)" if kind.startswith(_OPEN_DOCUMENT) else "an OpenDocument file"
    for beginning, kind_of in _ARCHIVES.items():
        if any(name.startswith(beginning) for name in names):
            return kind_of
    if any(name.startswith("xl/") or name == "[Content_Types].xml" for name in names):
        return None
    return "a zip archive with " + (", ".join(map(repr, names[:3])) or "nothing") + " in it, and no workbook"


def _filled(file: IO[bytes], sheet: _Sheet) -> Iterator[bytes]:
    """The XML of a sheet without empty cells and rows, in pieces; it ends where the sheet has become too large."""
    rest, size = b"", 0
    while True:
        chunk = file.read(_CHUNK)
        rest += chunk
        # What is cut off begins with the last row, or the text «row»: no empty cell or row is cut in two.
        cut = rest.rfind(b"<", 0, max(rest.rfind(b"<row") + 1, rest.rfind(b":row"), 0)) if chunk else len(rest)
        if len(rest) >= MOST_OF_PART:
            cut = len(rest)
        if cut > 0:
            piece, rest = rest[:cut], rest[cut:]
            # Most of a sheet that is formatted to its end is whole rows with nothing in them.
            if piece.startswith(b"<row r=") and chunk and not _VALUE.search(piece):
                continue
            piece = _EMPTY_ROW.sub(b"", _EMPTY_CELL.sub(b"", piece))
            size += len(piece)
            sheet.rows += len(_ROW.findall(piece))
            sheet.hidden += map(int, _HIDDEN_ROW.findall(piece))
            sheet.merged += [ref.decode() for ref in _MERGED.findall(piece)]
            sheet.formulas = sheet.formulas or _FORMULA.search(piece) is not None
            sheet.too_large = sheet.rows > 2 * MOST_ROWS or size > MOST_OF_PART
            yield piece
        if not chunk or sheet.too_large:
            return


def _usual(part: bytes) -> bytes:
    for strict, usual in _STRICT if b"http://purl.oclc.org/ooxml/" in part else ():
        part = part.replace(strict, usual)
    return part


def _open(content: bytes, *, data_only: bool) -> Any:  # noqa: ANN401  openpyxl has no types
    with warnings.catch_warnings():
        # openpyxl warns of decoration that it does not keep (drop-down lists, say), which nobody here needs.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only, read_only=True, keep_links=False)


def _path(sheet: Any) -> str:  # noqa: ANN401
    return str(sheet._worksheet_path).lstrip("/")


def _chosen(sheets: list[Any], facts: dict[str, _Sheet], name: str | None, found: Findings) -> str | None:
    """The name of the sheet to be read: the one that is named, or the only one that is shown and holds anything."""
    filled = [one for one in sheets if facts[_path(one)].rows]
    shown = [one for one in filled if one.sheet_state == "visible"]
    hidden = [one.title for one in filled if one.sheet_state != "visible"]
    if name is not None:
        if name not in [one.title for one in sheets]:
            titles = ", ".join(one.title for one in sheets)
            found.fault(f"one of the sheets: {titles}", None, None, f"--sheet {name}")
            return None
    elif len(shown) > 1:
        titles = ", ".join(one.title for one in shown)
        found.fault(f"one sheet, or --sheet with one of: {titles}", None, None, f"{len(shown)} sheets")
        return None
    elif not filled:
        found.fault("a header and rows, but the workbook is empty")
        return None
    chosen: str = name or (shown or filled)[0].title
    if chosen in hidden:
        found.warnings.append(f"the sheet {chosen} is hidden in the workbook")
    elif hidden and name is None:
        found.warnings.append(f"hidden sheets are not read: {', '.join(hidden)}")
    return chosen


def _rows(shown: Any, written: Any, facts: _Sheet, found: Findings) -> Iterator[Numbered]:  # noqa: ANN401
    if facts.too_large and facts.rows <= MOST_ROWS:
        found.fault(f"at most {MOST_OF_PART} bytes of cells in a sheet; copy the table to a new workbook")
        return
    if facts.hidden:
        rows = ", ".join(map(str, facts.hidden[:5])) + (" …" if len(facts.hidden) > 5 else "")
        many = f"{len(facts.hidden)} rows that are hidden in the workbook are counted like the others (row {rows})"
        found.warnings.append(f"{many}; take them out if they should not be")
    below = [ref for ref in facts.merged if int(re.findall(r"\d+", ref)[-1]) > 3]
    if below:
        found.warnings.append(f"of merged cells only the first holds what stands in them: {', '.join(below[:5])}")
    for sheet in (shown, written):
        sheet.reset_dimensions()  # what the file claims may be a million rows
    sources = written.iter_rows() if facts.formulas else None
    for number, cells in enumerate(shown.iter_rows(), start=1):
        formulas = next(sources) if sources else ()
        for cell in formulas:
            if cell.data_type == "f" and cells[cell.column - 1].value is None:
                expected = "a value; the cell has a formula without a stored result (open and save the file in Excel)"
                found.fault(expected, number, _column(cell))
        yield number, tuple(_text(cell, number, found) for cell in cells)


def _text(cell: Any, number: int, found: Findings) -> str:  # noqa: ANN401
    if cell.value is None:
        return ""
    if cell.data_type == "e":
        found.fault("a value, not an error of Excel (#N/A, say)", number, _column(cell))
        return ""
    return plain(cell.value, number, _column(cell), found)


def _column(cell: Any) -> str:  # noqa: ANN401
    return f"{get_column_letter(cell.column)} of the sheet"
