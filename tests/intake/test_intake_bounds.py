"""Files that claim more than they hold, or hold more than a survey can: a verdict in bounded memory and time."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from extracts import example

from digikom import survey
from digikom.errors import InputError
from digikom.intake import cells, workbook
from digikom.intake.extract import Extract, read_extract
from digikom.paths import BOOK_DIR

SMALL = replace(example(), rows=example().rows[:12])
#: What reading may add to the memory of the process, in bytes.
MOST_MEMORY = 400 * 2**20


def with_xml(old: bytes, new: bytes, content: bytes) -> bytes:
    """A workbook with something put in place of a part of its XML."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            made.writestr(name, source.read(name).replace(old, new))
    return changed.getvalue()


def rows_of_nothing(last: bytes = b"", rows: int = 2**20) -> bytes:
    nothing = (b'<row r="%d" s="1" customFormat="1"><c r="B%d" s="1"/></row>' % (row, row) for row in range(14, rows))
    return with_xml(b"</sheetData>", b"".join(nothing) + last + b"</sheetData>", SMALL.excel())


def strict() -> bytes:
    content = SMALL.excel()
    for strict_name, usual in workbook._STRICT:
        content = with_xml(usual, strict_name, content)
    return content


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
WHOLE: dict[str, Callable[[], bytes]] = {
    "formatted to its last row": rows_of_nothing,
    "Strict Open XML": strict,
    "a million empty rows at the end of a text": lambda: SMALL.csv() + b";;;;;;\r\n" * 10**6,
    "Parquet": SMALL.parquet,
}


@pytest.fixture(autouse=True)
def _bounded_memory() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    # In kilobytes on Linux; it only ever grows.
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_MEMORY


def read(folder: Path, content: bytes, sheet: str | None = None) -> Extract:
    path = folder / "u"
    path.write_bytes(content)
    return read_extract(path, sheet)


@pytest.mark.parametrize("name", WHOLE)
def test_what_holds_a_survey_is_read(tmp_path: Path, name: str) -> None:
    extract = read(tmp_path, WHOLE[name]())
    assert [cells for _, cells in extract.rows] == [tuple(" ".join(text.split()) for text in row) for row in SMALL.rows]


def parquet_rows(rows: int) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({"Kommunenr": pa.array([301] * rows), "A": pa.array(["Ja"] * rows)}), content)
    return content.getvalue()


def repeated_text() -> bytes:
    content = io.BytesIO()
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 4000, pa.int32()), pa.array(["x" * 10**6]))
    pq.write_table(pa.table({"Kommunenr": texts, "A": texts}), content)
    return content.getvalue()


TOO_MUCH: dict[str, tuple[Callable[[], bytes], str]] = {
    "one cell far away": (
        lambda: with_xml(b"</sheetData>", FAR + b"</sheetData>", SMALL.excel()),
        "more than 2000 columns",
    ),
    "one cell below a formatted sheet": (lambda: rows_of_nothing(FAR, 2**17), "row 14: found '1048562 empty rows'"),
    "many rows of text": (lambda: SMALL.csv() * 2000, "at most 5000 rows"),
    "many rows of Parquet": (lambda: parquet_rows(10**6), "found '1000000 rows'; expected at most 5000 rows"),
    "one long text in Parquet": (repeated_text, "at most 50000000 characters"),
    "one long cell": (lambda: SMALL.with_cell(3, "Kommentar", "x" * 200_000).csv(), "more than 131072 characters"),
    "many columns": (lambda: (b"a;" * 3000 + b"\n") * 2, "at most 2000 columns"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_holds_more_than_a_survey_is_refused(tmp_path: Path, name: str) -> None:
    made, said = TOO_MUCH[name]
    with pytest.raises(InputError) as caught:
        read(tmp_path, made())
    assert said in str(caught.value)
    assert len(caught.value.problems) < 5


def test_a_file_past_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(cells.MOST_BYTES + 1)
    with pytest.raises(InputError, match="at most 268435456 bytes"):
        read_extract(tmp_path / "large.csv")
    (problem,) = survey.check(tmp_path / "large.csv", 2024)
    assert "a survey file of at most 16777216 bytes" in problem.expected


def test_a_workbook_that_unpacks_to_more_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1000)
    with pytest.raises(InputError, match="a workbook of at most 1000 bytes when it is unpacked"):
        read(tmp_path, SMALL.excel())


def changed(change: Callable[[Any], None]) -> bytes:
    return SMALL.excel(change)


def test_hidden_rows_and_sheets_are_told(tmp_path: Path) -> None:
    def hide(book: Any) -> None:  # noqa: ANN401
        book.active.row_dimensions[3].hidden = True
        book.create_sheet("Lister").append(["Ja", "Nei"])
        book["Lister"].sheet_state = "hidden"
        book.active.merge_cells("B4:B5")

    extract = read(tmp_path, changed(hide))
    assert len(extract.rows) == 12
    assert [warning.split(":")[0].split(" (")[0] for warning in extract.warnings] == [
        "hidden sheets are not read",
        "1 rows that are hidden in the workbook are counted like the others",
        "of merged cells only the first holds what stands in them",
    ]


def archive(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/"), text)
    return content.getvalue()


KINDS = {
    "LibreOffice (.ods)": archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "a binary workbook (.xlsb)": archive(**{"xl/workbook.bin": ""}),
    "a Word document": archive(**{"word/document.xml": "<a/>"}),
    "a workbook of Apple Numbers": archive(**{"Index/Document.iwa": ""}),
    "a zip archive with 'u.csv' in it": archive(**{"u.csv": "a;b"}),
    "an SPSS file": b"$FL2@(#) SPSS DATA FILE",
    "a Stata file": b"<stata_dta><header>",
    "a JSON file": b' [{"Kommunenr": 301}]',
    "a gzip archive": b"\x1f\x8b\x08",
    "a SQLite database": b"SQLite format 3\0",
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_files_are_called_what_they_are(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, KINDS[kind])
    (problem,) = caught.value.problems
    assert kind in problem.value
    assert "CSV" in problem.expected


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("new_edition.md", ("rows", "columns", "million cells", "million characters")),
        ("ny_argang.md", ("rader", "kolonner", "millioner celler", "millioner tegn")),
    ],
)
def test_the_recipes_tell_the_limits(page: str, words: tuple[str, ...]) -> None:
    text = (BOOK_DIR / page).read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", "")
    limits = (cells.MOST_ROWS, cells.MOST_COLUMNS, cells.MOST_CELLS // 10**6, cells.MOST_CHARACTERS // 10**6)
    for limit, word in zip(limits, words, strict=True):
        assert f"{limit} {word}" in text
    assert f"{cells.MOST_BYTES // 2**20} MB" in text
    assert f"{cells.MOST_UNPACKED // 2**30} GB" in text
