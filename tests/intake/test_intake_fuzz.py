"""Whatever the extract, mapping or survey file holds: a verdict without a traceback, and never a base that is wrong."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
import yaml
from extracts import MAPPING, Project, Table, example, make_project, read_survey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digikom.errors import InputError
from digikom.intake.drafting import scalar
from digikom.intake.extract import as_text, read_extract, tidy
from digikom.intake.mapping import parse_mapping

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
QUICK = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
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


CHEAP = settings(QUICK, max_examples=200)

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
        words = [" ".join(text.replace("\ufeff", "").split()) for text in table.column(column)]
        counted[item] = Counter(codes.get(word, word) for word in words)
    return counted


@given(
    changes=st.lists(CHANGES, max_size=3),
    delimiter=st.sampled_from([";", ",", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@QUICK
def test_what_is_accepted_is_what_the_extract_says(
    project: Project, changes: list[Change], delimiter: str, encoding: str, line_end: str
) -> None:
    table = SMALL
    for change in changes:
        table = change(table)
    try:
        content = table.csv(delimiter, encoding, line_end)
    except UnicodeEncodeError:  # not every text can be written in Windows-1252
        content = table.csv(delimiter, "utf-8", line_end)
    before = project.snapshot()
    result = project.take_in(project.put("u.csv", content), "--force")
    assert "Traceback" not in result.err
    if result.code == 0:
        written = read_survey(project.survey())
        counted = {item: Counter(row[item] for row in written) for item in written[0] if item != "municipality_code"}
        assert counted == plain_reading(table)
        assert len(written) == len(table.rows)
        codes = [tidy(text).zfill(4) for text in table.column("Kommunenr")]
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
