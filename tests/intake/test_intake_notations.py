"""Municipalities, answers and header rows as systems write them: what is read and told, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from extracts import MAPPING, Project, Table, example, make_project

from digikom.errors import InputError, Problem
from digikom.intake.extract import Extract
from digikom.intake.municipalities import Municipalities, without_header_rows

KNOWN = Municipalities(2025, None)
SMALL = replace(example(), rows=example().rows[:12])


@pytest.mark.parametrize(
    "text",
    [
        *("0301", "301", "0301.0", "301,0", "301.00", "0 301", '="0301"', "'0301", "K-0301", "K0301", "knr. 0301"),
        *("0301 Oslo", "0301 - Oslo", "Oslo (0301)", "0301 Oslo kommune", "Kommune 0301", "Oslo", "OSLO KOMMUNE"),
    ],
)
def test_harmless_notations_are_read(text: str) -> None:
    assert KNOWN.read(text) == ("0301", "")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3.407", "3407"),
        ("Guovdageaidnu", "5612"),
        ("Kautokeino/Guovdageaidnu", "5612"),
        ("Guovdageaidnu - Kautokeino", "5612"),
        ("Herøy (Nordland)", "1818"),
        ("heroy nordland", "1818"),
        ("Os", "3430"),
    ],
)
def test_names_that_the_register_has_once_are_read(text: str, code: str) -> None:
    assert KNOWN.read(text)[0] == code


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("0301 Bergen", "the code is that of Oslo, the name is not"),
        ("Herøy", "1515 Herøy (Møre og Romsdal) and 1818 Herøy (Nordland), so the code must be given"),
        ("Våler", "so the code must be given"),
        ("0101", "Halden in the division 2018-2019, and 3101 Halden in that of 2024-"),
        ("3001", "Halden in the division 2020-2023, and 3101 Halden"),
        ("0104", "Moss in the division 2018-2019, and 3103 Moss"),
        ("2111", "Svalbard, which is no municipality"),
        ("2100", "Svalbard, which is no municipality"),
        ("Longyearbyen", "is no municipality"),
        ("0301 1103", "no municipality has this one"),
        ("-301", "no municipality has this one"),
        ("301.5", "no municipality has this one"),
        ("30100", "no municipality has this one"),
        ("03 01 2025", "no municipality has this one"),
        ("Sum", "is this a row of totals?"),
        ("", "no municipality has this one"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, fact: str) -> None:
    code, said = KNOWN.read(text)
    assert (code, fact in said) == (None, True), said


def test_rows_that_hold_answers_are_no_header() -> None:
    header, rows = ("Kommunenr", "A", "B"), [("x", "Ja", "Nei"), *[("0301", "Ja", "Nei")] * 4]
    extract = Extract(header, tuple(enumerate(rows, start=2)))
    assert without_header_rows(extract, "Kommunenr", KNOWN) is extract
    labels = Extract(header, tuple(enumerate([("Kommune?", "Spørsmål a", "Spørsmål b"), *rows[1:]], start=2)))
    assert [row for row, _ in without_header_rows(labels, "Kommunenr", KNOWN).rows] == [3, 4, 5, 6]


def test_one_cause_is_one_line_with_all_its_rows() -> None:
    codes = [Problem(row, "Kommunenr", f"x{row}", f"a code; is it {row}?") for row in range(2, 300) if row != 7]
    names = [f"q{number}" for number in range(1, 25)]
    same = [Problem(5, name, "ja", "one of: yes") for name in names]
    alone = [Problem(9, "A", "maybe", "one of: yes"), Problem(None, None, None, "something else")]
    text = str(InputError("u.csv", [*codes, *same, *alone])).splitlines()
    assert text == [
        "u.csv",
        "  - rows 2-6, 8-299 (297 problems), column Kommunenr: found 'x2', 'x3', 'x4', 'x5', 'x6' and 292 more; "
        "expected a code (row 2: is it 2?; row 3: is it 3?; row 4: is it 4?)",
        f"  - row 5 (24 problems), columns {', '.join(names)}: found 'ja'; expected one of: yes",
        "  - row 9, column A: found 'maybe'; expected one of: yes",
        "  - whole file: expected something else",
    ]
    many = str(InputError("u.csv", [Problem(None, None, None, f"{number}") for number in range(1000)])).splitlines()
    assert (len(many), many[-1]) == (202, "  - and 800 more problem(s), which are not listed")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("notations") / "project")


def test_answers_in_another_case_or_with_decimals_are_read_and_told(project: Project) -> None:
    table = SMALL.with_cell(0, "SPM07_1", "NEI").with_cell(1, "SPM07_1", "1,0").with_cell(2, "Spm 12a", "1.0")
    table = table.with_cell(1, "SPM07_2", "Ja")
    rules = MAPPING.read_text(encoding="utf-8").replace("    Nei: no\n  degree", '    Nei: no\n    "1": yes\n  degree')
    mapping = project.put("m.yml", rules)
    result = project.take_in(project.put("u.csv", table.csv()), "--force", mapping=mapping)
    assert (result.code, result.err) == (0, "")
    for note in ("'NEI' is read as 'Nei' in 1 cells", "'1,0' is read as '1'", "'1.0' is read as '1'"):
        assert f"Note: {note}" in result.out
    assert "Note: row" not in result.out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (SMALL.with_cell(0, "SPM07_1", "2025-01-02"), "has Excel made a date of a code or a label?"),
        (SMALL.with_cell(0, "SPM07_1", "02.jan"), "has Excel made a date of a code or a label?"),
        (SMALL.with_cell(0, "SPM07_1", "#I/T"), "this is an error of Excel"),
        (SMALL.with_cell(0, "SPM09_1", "I svÃ¦rt stor grad"), "those of another encoding"),
        (SMALL.with_cell(0, "SPM09_1", "Ja;Nei"), "are these several answers?"),
        (SMALL.with_row(12, ["", "Sum", *[""] * 5, "4", "2", *["7"] * 15, ""]), "is this a row of totals?"),
    ],
)
def test_what_a_program_did_to_a_cell_is_said_in_one_line(project: Project, table: Table, said: str) -> None:
    result = project.take_in(project.put("u.csv", table.csv(encoding="utf-8")), "--force")
    lines = result.err.splitlines()
    assert (result.code, len(lines), said in lines[1]) == (2, 2, True), result.err


@pytest.mark.parametrize(
    ("column", "text"),
    [("label_nb", "=1+1"), ("short_nb", "+47"), ("label_nb", "-"), ("short_nb", "@A1"), ("label_nb", "a\x1b[31m")],
)
def test_a_label_that_is_a_formula_or_steers_a_terminal_is_refused(project: Project, column: str, text: str) -> None:
    rules = MAPPING.read_text(encoding="utf-8")
    old = f"{column}: Dårlig kvalitet på egne data"
    written = text.encode("unicode_escape").decode("ascii")
    mapping = project.put("m.yml", rules.replace(old, f'{column}: "{written}"', 1))
    result = project.take_in(project.put("u.csv", SMALL.csv()), "--force", mapping=mapping)
    assert (result.code, "control characters" in result.err or "1 to 45" in result.err) == (2, True), result.err
    assert "\x1b" not in result.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "no alias"),
        ("columns: &a {Kommunenr: *a}\n", "no alias"),
        ("columns:\n\tKommunenr: x\n", "cannot start any token"),
        ("left_out: {a: b, a: c}\n", "each name once"),
        ("left_out: {a: " + "[" * 5000 + "\n", "YAML"),
        ("left_out: {a: '\x00'}\n", "YAML"),
        ("# " + "x" * 2**20 + "\n", "at most 1048576 bytes"),
    ],
)
def test_a_mapping_that_is_no_plain_yaml_is_refused(project: Project, text: str, said: str) -> None:
    mapping = project.put("m.yml", f"year: 2025\n{text}")
    result = project.take_in(project.put("u.csv", SMALL.csv()), "--force", mapping=mapping)
    assert (result.code, said in result.err) == (2, True), result.err
