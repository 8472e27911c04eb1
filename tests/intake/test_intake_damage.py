"""A damaged extract, mapping or command: exit code 2, every problem named by row, column and value, nothing written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from extracts import MAPPING, YEAR, Project, example, make_project

TABLE = example()
CSV = TABLE.csv()
TEXT = CSV.decode("cp1252")
RULES = MAPPING.read_text(encoding="utf-8")
TRIED = TABLE.first_row_where("SPM07_1", "Ja")
NOT_TRIED = TABLE.first_row_where("SPM07_1", "Nei")
CODE = TABLE.column("Kommunenr")


def line(row: int) -> int:
    """The line of a row of the table in a text file: comments with line breaks take more than one."""
    return 2 + row + sum(text.count("\n") for text in TABLE.column("Kommentar")[:row])


def replaced(old: str, new: str, text: str = RULES) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "project")


def refused(project: Project, extract: Path, *more: str | Path, mapping: Path | None = MAPPING) -> str:
    """The message of a run that is refused, and leaves everything as it was."""
    before = project.snapshot()
    result = project.take_in(extract, *more, mapping=mapping)
    assert (result.code, result.out) == (2, ""), result.err
    assert "Traceback" not in result.err
    assert project.snapshot() == before
    return result.err


def shape(name: str, content: bytes, *said: str) -> Any:  # noqa: ANN401
    return pytest.param(content, said, id=name)


def cut(text: str, row: int, change: Callable[[str], str]) -> bytes:
    """The text file with one of its lines changed (line 1 is the header)."""
    lines = text.split("\r\n")
    lines[row - 1] = change(lines[row - 1])
    return "\r\n".join(lines).encode("cp1252")


SHAPES = [
    shape("empty", b"", "the file is empty"),
    shape("header only", TEXT.split("\r\n")[0].encode("cp1252"), "no rows below the header", "at least one response"),
    shape("utf-16 cut off", TEXT.encode("utf-16")[:-1], "UTF-16 throughout"),
    shape("nul bytes", CSV.replace(b"I svart", b"I sv\0rt").replace(b"Vet ikke", b"Vet\0ikke", 1), "NUL bytes"),
    shape("two encodings", cut(TEXT, 3, lambda old: old + "Ã¸"), "row 3: expected one encoding throughout"),
    shape("no encoding", CSV.replace(b"Vet ikke", b"Vet\x81ikke", 1), "this line is in neither"),
    shape("mark of utf-8 on something else", b"\xef\xbb\xbf" + CSV, "UTF-8 throughout"),
    shape("open quotation mark", cut(TEXT, 2, lambda old: f'"{old}'), "row 2", "matching quotation marks"),
    shape("short row", cut(TEXT, 2, lambda old: old.rpartition(";")[0]), "row 2: found '24 cells'", "25 cells"),
    shape("blank row", cut(TEXT, 2, lambda old: f"\r\n{old}"), "row 2: expected a row of answers, not an empty row"),
    shape("column twice", TABLE.renamed("SPM07_2", "SPM07_1").csv(), "row 1, column SPM07_1", "once, not 2 times"),
    shape("header without a name", TABLE.renamed("SPM07_2", "").csv(), "row 1: expected a column name in cell 9"),
    shape("one column", b"Kommunenr\r\n301\r\n", "at least two columns"),
    shape("pdf", b"%PDF-1.7 \xe2\xe3", "a PDF document"),
    shape("web page", b"<html><table><tr><td>301</td></tr></table></html>", "a web page"),
    shape("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind (.xls)", "save it as .xlsx"),
    shape(
        "Excel with a password",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "with a password",
    ),
]


@pytest.mark.parametrize(("content", "said"), SHAPES)
@pytest.mark.parametrize("with_mapping", [True, False], ids=["mapping", "no mapping"])
def test_a_damaged_file_is_refused(
    project: Project, content: bytes, said: tuple[str, ...], *, with_mapping: bool
) -> None:
    message = refused(project, project.put("u.csv", content), mapping=MAPPING if with_mapping else None)
    # Without a mapping nobody has said what the columns are, and only the file itself can be examined.
    assert all(text in message for text in said if with_mapping or "SPM07_1: found" not in text), message


ANSWERS = {
    "misspelt code": (TABLE.with_cell(4, "SPM09_1", "I svært lite grad"), ["is I svært liten grad meant?"]),
    "markup": (TABLE.with_cell(5, "Spm 14a", "<script>alert(1)</script>"), [f"row {line(5)}, column Spm 14a"]),
    "three unknown codes": (
        TABLE.with_cell(0, "SPM07_1", "x").with_cell(9, "Spm 14h", "y").with_cell(300, "SPM09_6", "z"),
        [
            f"row {line(0)}, column SPM07_1: found 'x'",
            f"row {line(9)}, column Spm 14h: found 'y'",
            f"row {line(300)}, column SPM09_6: found 'z'",
        ],
    ),
    "municipality twice": (
        TABLE.with_row(350, TABLE.rows[7]),
        [f"row {line(350)}, column Kommunenr: found '{CODE[7]}'", f"already stands in row {line(7)}"],
    ),
    "no such municipality": (
        TABLE.with_cell(2, "Kommunenr", "9999"),
        [f"row {line(2)}, column Kommunenr: found '9999'"],
    ),
    "municipality of another division": (TABLE.with_cell(2, "Kommunenr", "0101"), ["Halden in the division 2018-2019"]),
    "no municipality": (TABLE.with_cell(2, "Kommunenr", ""), [f"row {line(2)}, column Kommunenr: found ''"]),
    "row of totals": (TABLE.with_row(350, ["", "Sum", *[""] * 23]), ["found 'Sum'", "a row of totals?"]),
    "answer that was not asked for": (
        TABLE.with_cell(NOT_TRIED, "SPM07_2", "Ja"),
        [f"row {line(NOT_TRIED)}, column SPM07_2: found 'Ja'", "an empty cell, because SPM07_1"],
    ),
    "answer missing where asked": (
        TABLE.with_cell(TRIED, "SPM07_2", ""),
        [f"row {line(TRIED)}, column SPM07_2: found ''", "an answer, because SPM07_1"],
    ),
    "fault and routing fault at once": (
        TABLE.with_cell(1, "Spm 12a", "?").with_cell(TRIED, "SPM07_2", ""),
        [f"row {line(1)}, column Spm 12a: found '?'", f"row {line(TRIED)}, column SPM07_2"],
    ),
    "column renamed": (TABLE.renamed("SPM09_4", "SPM9_4"), ["column SPM09_4", "is SPM9_4 meant?", "column SPM9_4"]),
    "column not decided on": (
        TABLE.with_column("Ny", ["Ja"] * 350),
        ["row 1, column Ny: expected a line for this column"],
    ),
}


IN_OTHER_FORMS = [
    "three unknown codes",
    "municipality of another division",
    "fault and routing fault at once",
    "column renamed",
]


@pytest.mark.parametrize(
    ("name", "form"),
    [*((name, "csv") for name in ANSWERS), *((name, form) for form in ("xlsx", "parquet") for name in IN_OTHER_FORMS)],
)
def test_damaged_answers_are_refused_in_every_form(project: Project, name: str, form: str) -> None:
    table, said = ANSWERS[name]
    if form == "parquet":
        content = table.parquet(Kommunenr=pa.array(table.column("Kommunenr")))
    else:
        content = table.csv() if form == "csv" else table.excel()
    message = refused(project, project.put(f"u.{form}", content))
    if form != "csv":  # there a line break in a cell makes no new row
        said = [_with_plain_rows(text) for text in said]
    assert all(text in message for text in said), message
    # Each problem once, on a line of its own.
    lines = message.splitlines()[1:]
    assert lines == list(dict.fromkeys(lines))
    for private in ("eksempel.invalid", "Oppdiktet", "Eksempelsen"):
        assert private not in message


def _with_plain_rows(text: str) -> str:
    rows = {f"row {line(row)}": f"row {row + 2}" for row in range(len(TABLE.rows) + 1)}
    for old, new in sorted(rows.items(), key=lambda pair: -len(pair[0])):
        if old in text and not text[text.index(old) + len(old) :][:1].isdigit():
            return text.replace(old, new)
    return text


def with_sheets(workbook: Any) -> None:  # noqa: ANN401
    workbook.create_sheet("Fjor").append(["Kommunenr", "SPM07_1"])


def with_value(cell: str, value: str) -> Callable[[Any], None]:
    def change(workbook: Any) -> None:  # noqa: ANN401
        workbook.active[cell] = value

    return change


def archive() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("les.txt", "ingen arbeidsbok")
    return content.getvalue()


def empty_workbook() -> bytes:
    content = BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


NESTED = pa.array([["Ja"]] * len(TABLE.rows))
#: Made by the test that needs them: a workbook takes a while.
BINARY: dict[str, tuple[Callable[[], bytes], list[str], str]] = {
    "broken archive": (lambda: TABLE.excel()[:4000], [], "a damaged workbook"),
    "archive that is no workbook": (archive, [], "a zip archive with 'les.txt' in it"),
    "empty workbook": (empty_workbook, [], "the workbook is empty"),
    "several sheets": (lambda: TABLE.excel(with_sheets), [], "one sheet, or --sheet with one of: Svar, Fjor"),
    "no such sheet": (TABLE.excel, ["--sheet", "Svra"], "one of the sheets: Svar"),
    "formula without a result": (
        lambda: TABLE.excel(with_value("H5", '=IF(1,"Ja","Nei")')),
        [],
        "row 5, column H of the sheet",
    ),
    "error in a cell": (lambda: TABLE.excel(with_value("H6", "#N/A")), [], "row 6, column H of the sheet"),
    "sheet of a text file": (lambda: CSV, ["--sheet", "Svar"], "only an Excel workbook has sheets"),
    "broken Parquet": (lambda: TABLE.parquet()[:-40], [], "a damaged Parquet file"),
    "lists in Parquet": (
        lambda: TABLE.parquet(SPM07_1=NESTED),
        [],
        "row 1, column SPM07_1: expected a column of plain values",
    ),
}


@pytest.mark.parametrize("name", BINARY)
def test_damaged_workbooks_and_parquet_files_are_refused(project: Project, name: str) -> None:
    made, more, said = BINARY[name]
    assert said in refused(project, project.put("uttrekk", made()), *more)


SERIES = "series: barrier_data_quality, year: 2024, column: barrier_costs, rule: mean, source: extract"
MAPPINGS: dict[str, tuple[str | bytes, str]] = {
    "no YAML": ("columns: [", "expected YAML (in m.yml)"),
    "not UTF-8": (RULES.encode("cp1252"), "expected UTF-8 (in m.yml)"),
    "empty": ("", "expected names, each with a value"),
    "name twice": (replaced("  SPM07_2:", "  SPM07_1:"), "row 8, column columns.SPM07_1: expected each name once"),
    "unknown part": (replaced("left_out:", "utelatt:"), "column utelatt: expected one of: year, columns, left_out"),
    "wrong year": (replaced("year: 2025", "year: 2024"), "row 2, column year: found '2024'; expected the year"),
    "unknown item": (
        replaced("barrier_law ", "barrier_lwa "),
        "found 'barrier_lwa'; expected an item of the codebook; is barrier_law meant?",
    ),
    "item twice": (
        replaced(": procurement_ordering", ": procurement_planning"),
        "Spm 14a is already procurement_planning",
    ),
    "left out and taken in": (replaced("  RespID:", "  SPM07_1:"), "either under columns or under left_out"),
    "left out without a reason": (
        replaced("RespID: systemets egne opplysninger", "RespID:"),
        "column left_out.RespID: expected some text",
    ),
    "column not decided": (replaced(": shares_open_data", ":"), "column columns.Spm 12a: expected a decision"),
    "no municipality": (
        replaced("  Kommunenr: municipality_code\n", "").replace("left_out:", "left_out:\n  Kommunenr: nei"),
        "expected a column that is municipality_code",
    ),
    "code that is none": (
        replaced("Ja, delvis: partly", "Ja, delvis: partyl"),
        "column codes.digital_extent.Ja, delvis: found 'partyl'; expected one of wholly",
    ),
    "code not decided": (
        replaced("Ja, delvis: partly", "Ja, delvis:"),
        "column codes.digital_extent.Ja, delvis: expected a decision",
    ),
    "unknown scale": (
        replaced("  digital_extent:", "  digital_extnt:"),
        "expected a scale or an item of the codebook; is digital_extent meant?",
    ),
    "both answer and nothing": (f"{RULES}\nmissing: [Ja]\n", "either here or under missing"),
    "no reason for an absence": (
        replaced("  services: {kind: not_asked, source: extract}\n", ""),
        "as no column of the extract is asked in services",
    ),
    "reason for something asked": (
        f"{RULES}  recruitment: {{kind: unknown, source: extract}}\n",
        "column absent.recruitment: expected no such line",
    ),
    "unknown kind of absence": (
        replaced("cloud: {kind: not_asked", "cloud: {kind: perhaps"),
        "column absent.cloud.kind: found 'perhaps'",
    ),
    "new item with a bad name": (RULES.replace("barrier_data_quality", "Barrier Data"), "small letters a-z"),
    "new item without a label": (
        replaced("      label_en: Poor quality of the municipality's own data\n", ""),
        "column new.items.0.label_en: expected this cell",
    ),
    "new item that is none": (
        RULES.replace("barrier_data_quality", "barrier_costs", 1).replace(
            "column: barrier_data_quality", "column: barrier_costs"
        ),
        "codebook/items.csv has this one, with other cells",
    ),
    "new item of no question": (replaced("question: other_barriers", "question: other_things"), "new.items.0"),
    "new item without a column": (
        replaced("  SPM09_6: barrier_data_quality", "  SPM09_6: barrier_costs"),
        "the item of one of the columns above",
    ),
    "series that breaks the codebook": (
        replaced("new:\n", f"new:\n  series: [{{{SERIES}}}]\n"),
        "with what is new in it, the codebook would be invalid",
    ),
    "year in a new row": (
        replaced("      scale: degree\n      source", "      scale: degree\n      years: 2025\n      source"),
        "the command fills it in",
    ),
    "blank means nothing here": (
        f"{RULES}\nblank_means: {{other_barriers: no}}\n",
        "column blank_means.other_barriers: expected a list to tick",
    ),
    "leading item not taken in": (
        replaced("  SPM07_1: tried_recruiting\n", "").replace("left_out:", "left_out:\n  SPM07_1: nei"),
        "a column that is tried_recruiting too",
    ),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_faulty_mapping_is_refused(project: Project, name: str) -> None:
    content, said = MAPPINGS[name]
    mapping = project.put("m.yml", content)
    message = refused(project, project.put("u.csv", CSV), mapping=mapping)
    assert said in message, message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([str(YEAR), "--from", "u.csv"], "--status synthetic"),
        ([str(YEAR), "--from", "nowhere.csv", "--status", "real"], "there is no such file"),
        ([str(YEAR), "--from", ".", "--status", "real"], "this is a folder"),
        ([str(YEAR), "--from", "u.csv", "--status", "real", "--mapping", "no.yml"], "no.yml: there is no such file"),
        ([str(YEAR), "--from", "u.csv", "--status", "real", "--reference", "2021"], "2018, 2022, 2023, 2024"),
        ([str(YEAR), "--from", "u.csv", "--status", "real", "--reference", "2025"], "an earlier year"),
        ([str(YEAR), "--from", "u.csv", "--status", "real", "--reference", "2024", "--no-reference"], "not both"),
        (["1999", "--from", "u.csv", "--status", "real"], "no municipality register for 1999"),
    ],
)
def test_a_wrong_command_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    project.put("u.csv", CSV)
    monkeypatch.chdir(project.root)
    before = project.snapshot()
    result = project.run("new-edition", *arguments)
    assert result.code == 2
    assert said in result.err
    assert "Traceback" not in result.err
    assert project.snapshot() == before


def test_a_damaged_codebook_is_refused(project: Project) -> None:
    path = project.data / "codebook" / "items.csv"
    path.write_bytes(path.read_bytes().replace(b",position,", b",place,", 1))
    assert "codebook/items.csv" in refused(project, project.put("u.csv", CSV))


@pytest.mark.parametrize("name", ["survey", "edition", "codebook", "descriptor"])
def test_what_is_there_already_is_not_replaced(project: Project, name: str) -> None:
    extract = project.put("u.csv", CSV)
    other = project.put("v.csv", TABLE.with_cell(0, "Spm 14a", "Vet ikke").csv())
    assert project.take_in(extract, "--published", "2026-02-01").code == 0
    if name == "survey":
        assert "survey/2025.csv" in refused(project, other, "--published", "2026-02-01")
    elif name == "edition":
        assert "editions/2025.yml" in refused(project, extract, "--published", "2026-02-02")
    elif name == "codebook":
        mapping = project.put("m.yml", replaced("cloud: {kind: not_asked", "cloud: {kind: unknown"))
        message = refused(project, extract, "--published", "2026-02-01", mapping=mapping)
        assert "codebook/absences.csv" in message
    else:
        assert "datapackage.json" in refused(project, extract, "--published", "2026-02-01", "--status", "real")
