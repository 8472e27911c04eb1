"""Strict reading of text tables: what is accepted, and how each fault is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digikom import reading
from digikom.errors import InputError, Problem

GOOD = "municipality_code,has_strategy\n0301,yes\n1103,none\n"


def shown(problems: tuple[Problem, ...]) -> list[str]:
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.rstrip("\n").encode(),
        b'"municipality_code","has_strategy"\n"0301","yes"\n"1103","none"\n',
    ],
    ids=["plain", "byte order mark", "CRLF", "CR", "no last line end", "quoted"],
)
def test_ways_of_writing_the_same_table_are_read_alike(content: bytes) -> None:
    table = reading.parse(content)
    assert table.problems == ()
    frame = table.frame()
    assert frame.index.tolist() == [2, 3]
    assert frame.to_dict("list") == {"municipality_code": ["0301", "1103"], "has_strategy": ["yes", "none"]}


def test_nothing_is_interpreted() -> None:
    frame = reading.parse(b"a,b,c,d\nNA,null,1.0, x \n").frame()
    assert frame.iloc[0].tolist() == ["NA", "null", "1.0", " x "]


@pytest.mark.parametrize("content", [b"", b"\n", b"  \r\n\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(content: bytes) -> None:
    table = reading.parse(content)
    assert not table.header
    assert shown(table.problems) == ["whole file: expected a header line and rows, but the file is empty"]
    assert table.frame().empty


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest"])
def test_a_workbook_is_recognised(content: bytes) -> None:
    assert "Excel workbook" in shown(reading.parse(content).problems)[0]


def test_each_line_that_is_not_utf8_is_named_and_the_rest_is_still_read() -> None:
    table = reading.parse("a,b\nkjøp,x\nok,y\nblå,z\n".encode("cp1252"))
    assert shown(table.problems) == [
        "row 2: found 'byte 0xF8 at byte 3 of the line'; expected UTF-8; "
        "the file looks like Windows-1252/latin-1, where that byte is 'ø'",
        "row 4: found 'byte 0xE5 at byte 3 of the line'; expected UTF-8; "
        "the file looks like Windows-1252/latin-1, where that byte is 'å'",
    ]
    assert table.frame()["a"].tolist() == ["kjøp", "ok", "blå"]


def test_a_byte_that_windows_1252_lacks_does_not_stop_the_reading() -> None:
    table = reading.parse(b"a,b\n\x81,x\n")
    assert [problem.row for problem in table.problems] == [2]
    assert len(table.rows) == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_named_and_read(encoding: str) -> None:
    table = reading.parse("\ufeff".encode(encoding) + GOOD.encode(encoding))
    assert [problem.value for problem in table.problems] == ["UTF-16"]
    assert table.frame()["municipality_code"].tolist() == ["0301", "1103"]


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_another_delimiter_is_named_and_read(mark: str, name: str) -> None:
    table = reading.parse(GOOD.replace(",", mark).encode())
    assert shown(table.problems) == [f"row 1: found 'cells separated by {name}'; expected cells separated by commas"]
    assert table.frame()["has_strategy"].tolist() == ["yes", "none"]


def test_rows_that_are_not_rows_are_named_by_line() -> None:
    table = reading.parse(b'a,b\n1,2\n\n3\n,\n4,5,6\n"7,8\n9,10\n\n')
    assert shown(table.problems) == [
        "row 3: expected a row of values, not a blank line",
        "row 4: found '1 cell'; expected 2 cells, as in the header",
        "row 5: expected a row of values, not only empty cells",
        "row 6: found '3 cells'; expected 2 cells, as in the header",
        "row 7: expected cells with matching quotation marks (unexpected end of data)",
        "row 9: expected a row of values, not a blank line",
    ]
    assert table.frame().index.tolist() == [2, 8]
    assert table.unreadable == 3


def test_a_faulty_header_is_named() -> None:
    table = reading.parse(b"a,,a,b,a\n1,2,3,4,5\n")
    assert shown(table.problems) == [
        "row 1: expected a column name in cell 2",
        "row 1, column a: expected the column name once, not 3 times",
    ]
    assert table.frame()["a"].tolist() == ["1"]


def test_a_header_with_open_quotation_marks_ends_the_reading() -> None:
    table = reading.parse(b'"a,b\n1,2\n')
    assert not table.header
    assert [problem.row for problem in table.problems] == [1, 1]


def test_a_very_long_cell_is_cut_in_messages() -> None:
    assert len(reading.shortened("x" * 500_000)) == reading.LONGEST_VALUE
    assert reading.printable("\x1b[31m") == "'\\x1b[31m'"


def test_a_missing_file_and_a_folder_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"x\.csv: there is no such file"):
        reading.read_bytes(tmp_path / "x.csv", "x.csv")
    with pytest.raises(InputError, match="folder: cannot be read"):
        reading.read_bytes(tmp_path, "folder")


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_no_content_makes_the_reading_fail(content: bytes) -> None:
    table = reading.parse(content)
    assert table.header or table.problems
    assert table.frame().shape[0] == len(table.rows)


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(st.text(alphabet='a,;"\n\r\t| \x00æ\u2028', max_size=80))
def test_no_text_makes_the_reading_fail(text: str) -> None:
    table = reading.parse(text.encode())
    assert table.header or table.problems
    assert all(len(cells) == len(table.header) for _, cells in table.rows)
