"""Whatever the extract, mapping or survey file holds: a verdict without a traceback, and never a base that is wrong."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pytest
import yaml
from extracts import MAPPING, Project, Table, example, make_project, read_survey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.exceptions import IllegalCharacterError

from digikom.errors import InputError
from digikom.intake.cells import as_text
from digikom.intake.drafting import scalar
from digikom.intake.extract import read_extract
from digikom.intake.mapping import parse_mapping
from digikom.intake.words import tidy

RULES = yaml.load(MAPPING.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
# Few responses, so that many variants can be tried.
SMALL = replace(example(), rows=example().rows[:12])
BINARY = {"xlsx": SMALL.excel(), "parquet": SMALL.parquet()}
#: Texts that are likely to be taken for something that they are not.
ODD = [
    *("", " ", "Ja", "ja", "JA ", "Nei", "1", "0", "yes"),
    *("no", "none", "NA", "nan", "Vet ikke", "<script>", "=1+1", "\u00a0Ja", "\ufeffJa"),
]
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
#: How many examples of each kind are tried: few in every run, DIGIKOM_FUZZ=10000 for a night.
EXAMPLES = int(os.environ.get("DIGIKOM_FUZZ", "12"))
QUICK = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


Read = TypeVar("Read")


def verdict(read: Callable[[], Read]) -> tuple[Read | None, list[object]]:
    """What was read, or everything that is wrong with it."""
    try:
        return read(), []
    except InputError as error:
        return None, list(error.problems)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("fuzz") / "project")


CHEAP = settings(QUICK, max_examples=8 * EXAMPLES)

Change = Callable[[Table], Table]


def without_row(place: int) -> Change:
    return lambda table: replace(table, rows=tuple(row for at, row in enumerate(table.rows) if at != place))


def with_row_again(place: int) -> Change:
    return lambda table: replace(table, rows=(*table.rows, *table.rows[place : place + 1]))


def with_cell(place: int, column: str, text: str) -> Change:
    return lambda table: (
        table.with_cell(place, column, text) if place < len(table.rows) and column in table.header else table
    )


def without_column(column: str) -> Change:
    return lambda table: table.without_column(column) if column in table.header else table


def with_column_again(column: str) -> Change:
    return lambda table: table.with_column(column, table.column(column)) if column in table.header else table


def in_other_order(by: int) -> Change:
    return lambda table: Table(
        table.header[by:] + table.header[:by], tuple(cells[by:] + cells[:by] for cells in table.rows)
    )


ROWS, COLUMNS = st.integers(0, len(SMALL.rows) - 1), st.sampled_from(SMALL.header)
CHANGES = st.one_of(
    st.builds(without_row, ROWS),
    st.builds(with_row_again, ROWS),
    st.builds(with_cell, ROWS, COLUMNS, TEXTS),
    st.builds(without_column, COLUMNS),
    st.builds(with_column_again, COLUMNS),
    st.builds(in_other_order, st.integers(0, len(SMALL.header) - 1)),
)


def plain_reading(table: Table) -> dict[str, Counter[str]]:
    """How often each code was given to each item, counted without anything of the package."""
    scales = {"recruiting_problem": "yes_no", "tried_recruiting": "yes_no", "shares_open_data": "yes_no"}
    counted = {}
    for column, item in RULES["columns"].items():
        if item == "municipality_code":
            continue
        scale = scales.get(item, "degree" if item.startswith("barrier_") else "digital_extent")
        codes = RULES["codes"][scale]
        counted[item] = Counter(meaning(text, codes) for text in table.column(column))
    return counted


def meaning(text: str, codes: dict[str, str]) -> str:
    """The code of a text; letter case does not count, nor a decimal zero, where no text is just the same."""
    word = " ".join(re.sub("[\u00ad\u200b\u2060\ufeff]", "", unicodedata.normalize("NFC", text)).split())
    alike = {own.casefold(): code for own, code in ({code: code for code in codes.values()} | codes).items()}
    return codes.get(word) or alike.get(re.sub(r"^([0-9]+)[.,]0+$", r"\1", word.casefold()), word)


#: A table in one of the forms in which it is read; not every text can be written in each of them.
FORMS: dict[str, Callable[[Table], bytes]] = {
    **{
        f"{encoding} {delimiter!r}": partial(Table.csv, delimiter=delimiter, encoding=encoding)
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252")
        for delimiter in (";", ",", "\t", "|")
    },
    "old line ends": lambda table: table.csv("\t", "utf-8", "\r"),
    "workbook": Table.excel,
    "Parquet": lambda table: table.parquet(Kommunenr=pa.array(table.column("Kommunenr"))),
}


@given(
    changes=st.lists(CHANGES, max_size=3),
    form=st.sampled_from(sorted(FORMS)),
)
@QUICK
def test_what_is_accepted_is_what_the_extract_says(project: Project, changes: list[Change], form: str) -> None:
    table = SMALL
    for change in changes:
        table = change(table)
    try:
        content = FORMS[form](table)
    # A letter that Windows-1252 has not, a character that is illegal in XML, a column twice in Parquet.
    except (ValueError, IllegalCharacterError):
        content = table.csv(";", "utf-8", "\n")
    before = project.snapshot()
    result = project.take_in(project.put("u.csv", content), "--force")
    assert "Traceback" not in result.err
    if result.code == 0:
        written = read_survey(project.survey())
        counted = {item: Counter(row[item] for row in written) for item in written[0] if item != "municipality_code"}
        assert counted == plain_reading(table)
        assert len(written) == len(table.rows)
        codes = [re.sub("[^0-9]", "", re.split("[.,]", text)[0]).zfill(4) for text in table.column("Kommunenr")]
        assert sorted(codes) == [row["municipality_code"] for row in written]
    else:
        assert result.code == 2, result
        assert len(result.err.splitlines()) > 1
        assert project.snapshot() == before


@given(place=st.integers(0, 2000), junk=st.binary(max_size=6), length=st.integers(0, 6))
@QUICK
def test_no_bytes_give_a_traceback(project: Project, place: int, junk: bytes, length: int) -> None:
    content = SMALL.csv()
    result = project.take_in(project.put("u.csv", content[:place] + junk + content[place + length :]), "--force")
    assert result.code in (0, 2), result
    assert "Traceback" not in result.err


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 9999),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(),
    st.sampled_from(["Ja", "Nei", "#N/A", "=A1", "=1/0", "0301", " ", "1,0"]),
)


@given(
    cells=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 30), CELLS), max_size=6),
    hidden=st.lists(st.integers(1, 20), max_size=2),
    merged=st.lists(st.sampled_from(["A1:C1", "A2:B3", "H5:H6", "A14:Y14"]), max_size=2, unique=True),
    sheets=st.lists(st.sampled_from(["visible", "hidden", "veryHidden"]), max_size=2),
    above=st.integers(0, 2),
)
@QUICK
def test_any_workbook_is_read_or_refused(
    project: Project,
    cells: list[tuple[int, int, object]],
    hidden: list[int],
    merged: list[str],
    sheets: list[str],
    above: int,
) -> None:
    def change(book: Any) -> None:  # noqa: ANN401
        sheet = book.active
        for row, column, value in cells:
            sheet.cell(row, column, value)
        for row in hidden:
            sheet.row_dimensions[row].hidden = True
        if above:
            sheet.insert_rows(1, above)
            sheet["A1"] = "Uttrekk"
        for place in merged:
            sheet.merge_cells(place)
        for number, state in enumerate(sheets):
            book.create_sheet(f"Ark {number}").append(["Ja"])
            book[f"Ark {number}"].sheet_state = state

    result = project.take_in(project.put("u.xlsx", SMALL.excel(change)), "--force")
    assert (result.code in (0, 2), "Traceback" in result.err) == (True, False), result
    assert result.code == 2 or len(read_survey(project.survey())) in (12, 13, 14, 15, 16, 17, 18, 19)


ARRAYS = st.sampled_from(
    [
        pa.array(range(12)),
        pa.array([float(n) for n in range(12)]),
        pa.array([None] * 12),
        pa.array([True, False] * 6),
        pa.array(["Ja", None] * 6).dictionary_encode(),
        pa.array([b"Ja", b"\xff"] * 6),
        pa.array([["Ja"]] * 12),
        pa.array([{"a": 1}] * 12),
        pa.array(range(12), pa.timestamp("ns")),
        pa.array(range(12), pa.duration("us")),
        pa.array(range(12), pa.date32()),
        pa.array([1] * 12).dictionary_encode(),
        pa.array(["Ja"] * 12, pa.large_string()),
        pa.array(["Ja"] * 12, pa.string_view()),
    ]
)


@given(st.dictionaries(st.sampled_from(SMALL.header), ARRAYS, max_size=3))
@QUICK
def test_any_types_of_parquet_are_read_or_refused(project: Project, columns: dict[str, pa.Array]) -> None:
    result = project.take_in(project.put("u", SMALL.parquet(**columns)), "--force")
    assert (result.code in (0, 2), "Traceback" in result.err) == (True, False), result


PARTS = st.recursive(
    st.sampled_from(["", "yes", "tried_recruiting", "Ja", "reasons_not_tried", "none", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Ja", "items", "SPM07_1"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*RULES, "split", "blank_means", "missing", "new"]), PARTS, min_size=1, max_size=2)
)
@QUICK
def test_any_part_of_a_mapping_is_read_or_refused(project: Project, parts: dict[str, object]) -> None:
    mapping = project.put("m.yml", yaml.safe_dump({**RULES, **parts}, allow_unicode=True))
    result = project.take_in(project.put("u.csv", SMALL.csv()), "--force", mapping=mapping)
    assert (result.code in (0, 2), "Traceback" in result.err) == (True, False), result


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
@given(place=st.floats(0, 1), junk=st.binary(max_size=8))
@CHEAP
def test_no_damage_to_a_binary_file_gives_a_traceback(form: str, place: float, junk: bytes) -> None:
    content = BINARY[form]
    at = int(place * len(content))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "u")
        path.write_bytes(content[:at] + junk + content[at + len(junk) :])
        extract, problems = verdict(lambda: read_extract(path))
    assert (extract is None) == bool(problems)
    assert extract is None or all(len(cells) == len(extract.header) for _, cells in extract.rows)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), TEXTS)
@CHEAP
def test_any_name_and_text_survives_the_draft(name: str, text: str) -> None:
    name, text = tidy(name).replace("\0", ""), tidy(text)
    if name and text:
        content = f"year: 2025\ncolumns:\n  {scalar(name)}: x\ncodes:\n  y:\n    {scalar(text)}: z\n".encode()
        rules = parse_mapping(content, "m.yml", 2025).rules
        assert (list(rules.columns), list(rules.codes["y"])) == ([name], [text])


@given(st.binary(max_size=120) | st.text(max_size=120).map(lambda text: f"year: 2025\n{text}".encode()))
@CHEAP
def test_any_mapping_is_read_or_refused(content: bytes) -> None:
    mapping, problems = verdict(lambda: parse_mapping(content, "m.yml", 2025))
    assert (mapping is None) == bool(problems)


@given(st.floats() | st.integers() | st.booleans() | st.dates() | st.datetimes() | st.decimals() | TEXTS | st.none())
@CHEAP
def test_every_plain_value_has_a_text(value: object) -> None:
    try:
        text = as_text(value)
    except ValueError:
        assert "inf" in str(value).lower() or "nan" in str(value).lower()
    else:
        assert text == tidy(text)
