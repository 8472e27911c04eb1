"""Survey files: good ones load, and of damaged ones every problem is named with row, column, value and expectation."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
from conftest import declare_synthetic
from hypothesis import given, settings
from hypothesis import strategies as st

from digikom import geography, survey
from digikom.errors import InputError, Problem
from digikom.paths import DATA_DIR
from digikom.survey import Codebook, Item
from digikom.survey.codebook_rules import ScaleCode
from digikom.survey.routing import routing

YEAR = 2022
Table = list[list[str]]
Expected = list[tuple[int | None, str | None, str | None, str]]


def answers(number: int, year: int = YEAR) -> list[str]:
    """Valid answers of the municipality `number` of a made-up sample, routed as the codebook says."""
    book = survey.codebook()
    row: dict[str, str] = {}
    for place, item in enumerate(book.asked(year)):
        codes = book.codes(item.scale)
        leading = item.asked_if_column
        asked = not leading or row[leading] == item.asked_if_value
        row[item.column] = codes[(number + (place if leading else 0)) % len(codes)] if asked else ""
    return list(row.values())


def table(municipalities: int = 8, year: int = YEAR) -> Table:
    """A good survey file as rows of cells, the header first. Even sample numbers answer «yes», odd ones «no»."""
    codes = geography.register(year)["municipality_code"].tolist()[:municipalities]
    return [survey.codebook().columns(year), *([code, *answers(number, year)] for number, code in enumerate(codes))]


def text(rows: Table, delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def place(rows: Table, column: str) -> int:
    return rows[0].index(column)


def put(rows: Table, line: int, column: str, value: str) -> None:
    """Change a cell, given the line as an editor shows it."""
    rows[line - 1][place(rows, column)] = value


def cell(rows: Table, line: int, column: str) -> str:
    return rows[line - 1][place(rows, column)]


def save(folder: Path, content: str | bytes, year: int = YEAR) -> Path:
    path = folder / "survey" / f"{year}.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if not (folder / "datapackage.json").exists():
        declare_synthetic(folder)
    return path


# ----------------------------------------------------------------------------------------------------------------------
# Damaged files. Each function returns the content of the file and every problem that must be named:
# (row, column, value, part of what was expected).


def empty() -> tuple[str, Expected]:
    return "", [(None, None, None, "the file is empty")]


def missing_columns() -> tuple[str, Expected]:
    rows = table()
    for name in ("service_open_access", "uses_cloud"):
        column = place(rows, name)
        rows = [row[:column] + row[column + 1 :] for row in rows]
    # Without «uses_cloud» nothing can be said on the routing of the cloud areas.
    return text(rows), [
        (1, "uses_cloud", None, "a column of this name in a file of 2022"),
        (1, "service_open_access", None, "a column of this name in a file of 2022"),
    ]


def misspelt_column() -> tuple[str, Expected]:
    rows = table()
    rows[0][place(rows, "has_strategy")] = "Has_stratgy"
    return text(rows), [
        (1, "has_strategy", None, "is the column Has_stratgy meant?"),
        (1, "Has_stratgy", None, "is has_strategy meant?"),
    ]


def column_of_another_year() -> tuple[str, Expected]:
    rows = [[*row, "yes"] for row in table()]
    rows[0][-1] = "strategy_services_citizens"
    return text(rows), [(1, "strategy_services_citizens", None, "the item was asked in 2018")]


def personal_column() -> tuple[str, Expected]:
    rows = [[*row, "kari@example.no", "x"] for row in table()]
    rows[0][-2:] = ["E-mail", "remark"]
    return text(rows), [
        (1, "E-mail", None, "take personal data and names out of the file"),
        (1, "remark", None, "only columns of the codebook for 2022"),
    ]


def two_rows_for_one_municipality() -> tuple[str, Expected]:
    rows = table()
    code = rows[2][0]
    rows += [[code, *answers(5)], [code, *answers(6)]]
    return text(rows), [
        (10, "municipality_code", code, "this one already stands in row 3"),
        (11, "municipality_code", code, "this one already stands in row 3"),
    ]


def all_of_another_division() -> tuple[str, Expected]:
    old = geography.register(2018)
    gone = old[~old["municipality_code"].isin(geography.register(YEAR)["municipality_code"])].head(8)
    rows = table()
    for row, code in zip(rows[1:], gone["municipality_code"], strict=True):
        row[0] = code
    return text(rows), [
        (line, "municipality_code", code, f"this one is {name} in the division")
        for line, code, name in zip(range(2, 10), gone["municipality_code"], gone["name"], strict=True)
    ]


def header_only() -> tuple[str, Expected]:
    return text(table()[:1]), [(None, None, "no rows below the header", "at least one response")]


def no_row_that_can_be_read() -> tuple[str, Expected]:
    return text([table()[0], ["0301"]]), [(2, None, "1 cell", "76 cells")]


def too_many_responses() -> tuple[str, Expected]:
    rows = table(356)
    rows.append(["9999", *answers(1)])
    return text(rows), [
        (None, None, "357 rows", "at most 356 responses, one from each municipality of 2022"),
        (358, "municipality_code", "9999", "no municipality has this one"),
    ]


def without_header() -> tuple[str, Expected]:
    rows = table(1)
    content = text([["0301", "yes"], ["1103", "no"]])
    return content, [
        *((1, name, None, "a column of this name") for name in rows[0]),
        (1, "0301", None, "only columns of the codebook"),
        (1, "yes", None, "only columns of the codebook"),
    ]


def several_at_once() -> tuple[bytes, Expected]:
    rows = table()
    rows = [[*row, "x"] for row in rows]
    rows[0][-1] = "kontaktperson"
    rows[1][0] = "301"
    put(rows, 3, "has_strategy", "")
    put(rows, 4, "cloud_backup", "ja")
    put(rows, 5, "cloud_backup", "yes")
    rows[5][0] = "9999"
    rows[6][0] = rows[3][0]
    put(rows, 8, "barrier_competence", "stør")
    rows[8] = rows[8][:3]
    return text(rows, ";").encode("latin-1") + b"\n", [
        (1, None, "cells separated by semicolons", "cells separated by commas"),
        (1, "kontaktperson", None, "take personal data and names out of the file"),
        (2, "municipality_code", "301", "lost its leading zero"),
        (3, "has_strategy", "", "an answer, because the item was asked of all"),
        (4, "cloud_backup", "ja", "one of: yes, no"),
        (5, "cloud_backup", "yes", "an empty cell, because uses_cloud is 'no'"),
        (6, "municipality_code", "9999", "no municipality has this one"),
        (7, "municipality_code", rows[3][0], "already stands in row 4"),
        (8, None, "byte 0xF8", "UTF-8"),
        (8, "barrier_competence", "stør", "one of: very_small"),
        (9, None, "3 cells", "77 cells"),
        (10, None, None, "not a blank line"),
    ]


def everything_wrong() -> tuple[str, Expected]:
    rows = table(356)
    names = rows[0][1:]
    rows = [rows[0], *([row[0], *("?" for _ in names)] for row in rows[1:])]
    return text(rows), [(line, name, "?", "one of: ") for line in range(2, 358) for name in names]


DAMAGE: list[Callable[[], tuple[str | bytes, Expected]]] = [
    empty,
    missing_columns,
    misspelt_column,
    column_of_another_year,
    personal_column,
    two_rows_for_one_municipality,
    all_of_another_division,
    header_only,
    no_row_that_can_be_read,
    too_many_responses,
    without_header,
    several_at_once,
    everything_wrong,
]


#: A line, a column and what is written there in an otherwise good file, and what was expected. Even lines say «yes».
CELLS = """
2|has_strategy|Ja|one of: yes, no
2|has_strategy|maybe|one of: yes, no
3|has_strategy|maybe|one of: yes, no
4|barrier_competence|very_larg|fairly_large, very_large; is very_large meant?
5|service_open_access|NA|one of: none, some, about_half, most, all, dont_know, not_relevant
6|procurement_planning| wholly|is wholly meant?
7|tried_recruiting|<script>alert(1)</script>|one of: yes, no
2|municipality_code|Oslo|a municipality code of four digits
3|municipality_code|301|has 0301 lost its leading zero?
4|municipality_code||a municipality code of four digits
5|municipality_code|11 3|a municipality code of four digits
4|municipality_code|9999|in force in 2022 (2020-2023); no municipality has this one
2|municipality_code|1601|no municipality has this one
4|municipality_code|3107|this one is Fredrikstad in the division 2024-, and 3004 Fredrikstad in that of 2020-2023
2|not_tried_economy|yes|an empty cell, because tried_recruiting is 'yes' and the item is asked only after 'no'
3|strategy_privacy|yes|an empty cell, because has_strategy is 'no'
3|recruiting_problem|no|an empty cell, because tried_recruiting is 'no'
3|cloud_backup|no|an empty cell, because uses_cloud is 'no'
2|strategy_privacy||an answer, because has_strategy is 'yes'; one of: yes, no
3|not_tried_economy||an answer, because tried_recruiting is 'no'; one of: yes, no
4|function_pc_operation||an answer, because the item was asked of all; one of: exclusively_internal
6|uses_cloud||an answer, because the item was asked of all; one of: yes, no
"""


@pytest.mark.parametrize("cell", CELLS.strip().splitlines())
def test_a_wrong_cell_is_named_and_nothing_that_follows_from_it(tmp_path: Path, cell: str) -> None:
    line, column, value, expected = cell.split("|")
    rows = table()
    put(rows, int(line), column, value)
    (problem,) = survey.check(save(tmp_path, text(rows)), YEAR)
    assert (problem.row, problem.column, problem.value) == (int(line), column, value)
    assert expected in problem.expected


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_every_problem_of_a_damaged_file_is_named(
    tmp_path: Path, damage: Callable[[], tuple[str | bytes, Expected]]
) -> None:
    content, expected = damage()
    path = save(tmp_path, content)
    problems = survey.check(path, YEAR)
    found = [(problem.row, problem.column, problem.value) for problem in problems]
    if damage is not several_at_once:
        assert found == [(row, column, value) for row, column, value, _ in expected]
    assert [problem.row for problem in problems] == [row for row, *_ in expected]
    for problem, (row, column, value, part) in zip(problems, expected, strict=True):
        assert (problem.row, problem.column) == (row, column)
        assert (value or "") in (problem.value or "")
        assert part in problem.expected

    with pytest.raises(InputError) as caught:
        survey.load(YEAR, tmp_path)
    assert caught.value.problems == problems
    message = str(caught.value)
    assert message.startswith("survey/2022.csv is not in order: ")
    assert 0 < message.count("\n  - ") <= len(problems)
    assert str(tmp_path) not in message


def test_routing_in_several_steps() -> None:
    book = Codebook(
        scale_codes=tuple(
            ScaleCode.model_validate(
                {"scale": "yes_no", "code": code, "position": position, "label_nb": "x", "label_en": "x"}
                | {"substantive": "yes", "source": "x", "status": "assumed", "years": ""}
            )
            for position, code in enumerate(["yes", "no"], start=1)
        ),
        block_rows=(),
        question_rows=(),
        item_rows=tuple(
            Item.model_validate(
                {"column": column, "question": "q", "block": "b", "position": 1, "label_nb": "x", "label_en": "x"}
                | {"short_nb": "x", "scale": "yes_no", "asked_if_column": leading, "asked_if_value": "yes"}
                | {"years": "2022", "source": "x", "status": "assumed"}
            )
            for column, leading in [("a", ""), ("b", "a"), ("c", "b")]
        ),
        series_rows=(),
        absence_rows=(),
    )
    cases = [  # answers to a and b, whether c was asked for certain, and whether it was not asked for certain
        ("yes", "yes", True, False),
        ("yes", "no", False, True),
        ("yes", "?", False, False),
        ("yes", None, False, False),
        ("no", None, False, True),
        ("no", "yes", False, True),
        (None, "yes", False, False),
        ("?", "no", False, False),
    ]
    frame = pd.DataFrame([(a, b, None) for a, b, *_ in cases], columns=["a", "b", "c"], dtype="str")
    asked, not_asked = routing(frame, book, YEAR)
    assert list(zip(asked["c"], not_asked["c"], strict=True)) == [(yes, no) for *_, yes, no in cases]
    assert asked["a"].all()
    assert not not_asked["a"].any()
    asked, not_asked = routing(frame[["a", "c"]], book, YEAR)
    assert not asked["c"].any()
    assert not_asked["c"].equals(frame["a"] == "no")


# ----------------------------------------------------------------------------------------------------------------------
# Good files


@pytest.mark.parametrize("year", survey.codebook().years)
@pytest.mark.parametrize("size", [1, 8, 356])
def test_a_good_file_loads(tmp_path: Path, year: int, size: int) -> None:
    rows = table(size, year)
    path = save(tmp_path, text(rows), year)
    assert survey.check(path, year) == []
    frame = survey.load(year, tmp_path)
    assert list(frame.columns) == survey.codebook().columns(year)
    assert frame.index.equals(pd.RangeIndex(size))
    assert pd.api.types.is_string_dtype(frame["municipality_code"].dtype)
    for item in survey.codebook().asked(year):
        dtype = frame[item.column].dtype
        assert isinstance(dtype, pd.CategoricalDtype)
        assert dtype.ordered
        assert dtype.categories.tolist() == survey.codebook().codes(item.scale)
    read = frame.astype("str").where(frame.notna(), "")
    assert read.values.tolist() == rows[1:]
    assert survey.years(tmp_path) == [year]


def test_the_order_of_rows_and_columns_and_the_way_of_writing_do_not_matter(tmp_path: Path) -> None:
    rows = table()
    save(tmp_path, text(rows))
    plain = survey.load(YEAR, tmp_path)
    turned = [row[::-1] for row in [rows[0], *rows[:0:-1]]]
    save(tmp_path, b"\xef\xbb\xbf" + text(turned).replace("\n", "\r\n").encode())
    other = survey.load(YEAR, tmp_path)
    assert other.attrs.pop("sha256") != plain.attrs.pop("sha256")
    pd.testing.assert_frame_equal(plain, other)


def test_two_loads_do_not_share_anything(tmp_path: Path) -> None:
    save(tmp_path, text(table()))
    first = survey.load(YEAR, tmp_path)
    first["has_strategy"] = "no"
    first.attrs["status"] = "real"
    again = survey.load(YEAR, tmp_path)
    assert again.loc[0, "has_strategy"] == "yes"
    assert again.attrs["status"] == "synthetic"


@pytest.mark.parametrize("year", survey.codebook().years)
def test_own_survey_files_are_in_order(year: int) -> None:
    assert survey.check(DATA_DIR / "survey" / f"{year}.csv", year) == []
    assert survey.load(year).attrs["status"] == "synthetic"


# ----------------------------------------------------------------------------------------------------------------------
# Years, folders and provenance


def test_years_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = save(tmp_path, text(table()))
    (tmp_path / "survey" / "notes.csv").write_text("x", encoding="utf-8")
    assert survey.years(tmp_path) == [2022]
    assert survey.years(tmp_path / "nowhere") == []
    with pytest.raises(InputError, match=r"looked for survey/2018\.csv in the data folder; years present: 2022"):
        survey.load(2018, tmp_path)
    with pytest.raises(InputError, match="years present: none"):
        survey.load(2018, tmp_path / "nowhere")
    with pytest.raises(InputError, match="no question for the year 2031; it knows 2018, 2022, 2023, 2024"):
        survey.load(2031, tmp_path)
    with pytest.raises(InputError, match="no question for the year 2031"):
        survey.check(path, 2031)
    with pytest.raises(InputError, match="must be a whole number, not '2022'"):
        survey.load("2022", tmp_path)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="there is no such file"):
        survey.check(tmp_path / "nothing.csv", YEAR)


def describe(folder: Path, **properties: str) -> None:
    resource = {"name": "survey-2022", "path": "survey/2022.csv", **properties}
    descriptor = {"name": "x", "resources": [{"path": "other.csv", "status": "real"}, resource]}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def test_answers_are_synthetic_unless_the_descriptor_says_real(tmp_path: Path) -> None:
    content = text(table())
    save(tmp_path, content)
    digest = hashlib.sha256(content.encode()).hexdigest()
    describe(tmp_path, status="synthetic")
    without = survey.load(YEAR, tmp_path).attrs
    assert (without["year"], without["status"], without["sha256"]) == (2022, "synthetic", digest)
    assert without["source_nb"].startswith("Syntetiske svar")
    describe(tmp_path, status="synthetic", hash=f"sha256:{digest}", source_nb="Laget her")
    assert survey.load(YEAR, tmp_path).attrs == {**without, "source_nb": "Laget her"}
    for recorded in ({}, {"hash": f"sha256:{digest}"}, {"hash": digest}):
        describe(tmp_path, status="real", **recorded)
        real = survey.load(YEAR, tmp_path).attrs
        assert real["status"] == "real"
        assert real["source_nb"] == "Statistisk sentralbyrå, Digitalisering og IKT i offentlig sektor 2022"


def test_the_synthetic_mark_does_not_vanish_by_accident(tmp_path: Path) -> None:
    save(tmp_path, text(table()))
    describe(tmp_path, status="Real")
    with pytest.raises(InputError, match="found 'Real'; expected synthetic or real"):
        survey.load(YEAR, tmp_path)
    for status in ("real", "synthetic"):
        describe(tmp_path, status=status, hash="sha256:0000")
        with pytest.raises(InputError, match=r"survey/2022\.csv is not the file that it describes"):
            survey.load(YEAR, tmp_path)
    descriptor = tmp_path / "datapackage.json"
    for content, message in [
        ("{", "cannot be read as JSON"),
        ("[]", "expected a data package"),
        ('{"resources": [1]}', "expected a data package"),
        ('{"resources": [{"path": "survey/2022.csv"}, {"path": "survey/2022.csv"}]}', "not 2"),
    ]:
        descriptor.write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(message)):
            survey.load(YEAR, tmp_path)


SPELLINGS = [
    "./survey/2022.csv",
    "survey//2022.csv",
    "survey\\2022.csv",
    "survey/../survey/2022.csv",
    "Survey/2022.CSV",
]


@pytest.mark.parametrize("path", [*SPELLINGS, "{folder}/survey/2022.csv"])
def test_a_file_is_real_however_the_descriptor_spells_its_path(tmp_path: Path, path: str) -> None:
    save(tmp_path, text(table()))
    describe(tmp_path, status="real", path=path.format(folder=tmp_path))
    assert survey.load(YEAR, tmp_path).attrs["status"] == "real"
    descriptor = {
        "resources": [{"path": each, "status": "real"} for each in (path.format(folder=tmp_path), SPELLINGS[0])]
    }
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(InputError, match="not 2"):
        survey.load(YEAR, tmp_path)


def test_nothing_is_synthetic_by_default_but_the_project_s_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    path = save(tmp_path / "data", text(table()))
    (tmp_path / "data" / "datapackage.json").unlink()
    (tmp_path / "link").symlink_to("data")
    unknown = pytest.raises(InputError, match=r"the status of survey/2022\.csv is not known")

    def refused(folder: Path) -> None:
        with unknown:
            survey.load(YEAR, folder)

    refused(tmp_path / "data")
    describe(tmp_path / "data", path="survey/2018.csv", status="synthetic")
    refused(tmp_path / "data")
    describe(tmp_path / "data")
    refused(tmp_path / "data")
    (tmp_path / "data" / "datapackage.json").unlink()
    monkeypatch.setattr("digikom.survey.provenance.DATA_DIR", tmp_path / "link")
    for own in (tmp_path / "data", tmp_path / "link", tmp_path / "link" / ".." / "data"):
        assert survey.load(YEAR, own).attrs["status"] == "synthetic"
    # An entry that means the file, but from somewhere else, is no reason to take it for synthetic.
    describe(tmp_path / "data", path="data/survey/2022.csv", status="real")
    with pytest.raises(InputError, match="in the folder of the descriptor, not from elsewhere"):
        survey.load(YEAR, tmp_path / "data")
    # Nor do answers become the project's own by a link among them.
    (tmp_path / "data" / "datapackage.json").unlink()
    path.rename(tmp_path / "real.csv")
    path.symlink_to(tmp_path / "real.csv")
    refused(tmp_path / "data")


def test_problems_of_confidential_answers_tell_row_and_column_only(tmp_path: Path) -> None:
    rows = table()
    put(rows, 2, "has_strategy", "Ja")
    put(rows, 3, "municipality_code", "9999")
    save(tmp_path, text(rows) + '0301,"yes,wholly\n')
    for public, told in ((True, "found 'Ja'"), (False, "row 2, column has_strategy: expected something else")):
        descriptor = {"path": "survey/2022.csv", "status": "real", "municipalities_public": public}
        (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [descriptor]}), encoding="utf-8")
        with pytest.raises(InputError) as caught:
            survey.load(YEAR, tmp_path)
        message = caught.value.message()
        assert told in message
        assert ("Ja" in message or "9999" in message) == public
        assert "wholly" not in message.splitlines()[-1]
    # Without a header the first answers would stand as names of columns.
    save(tmp_path, "\n".join(text(table()).splitlines()[1:]))
    with pytest.raises(InputError) as caught:
        survey.load(YEAR, tmp_path)
    assert not re.search(r"\d{4}\b(?<!2022)|yes", caught.value.message())


# ----------------------------------------------------------------------------------------------------------------------
# Random damage

LINES = st.integers(min_value=2, max_value=9)
COLUMNS = st.integers(min_value=0, max_value=75)
VALUES = st.one_of(
    st.sampled_from(["", "yes", "no", "none", "wholly", "dont_know", "0301", "1601", "NA", "nan", "True", "1", "\x00"]),
    st.text(max_size=12).filter(lambda value: not re.search(r"[\r\n]", value)),
)


def check_text(folder: Path, content: bytes) -> list[Problem]:
    """The problems of a content; loading it must fail in no other way than with an `InputError` that has problems."""
    save(folder, content)
    problems: Sequence[object] = []
    try:
        assert survey.load(YEAR, folder).shape[1] == 76
    except InputError as error:
        problems = error.problems or ["an error without problems"]
    assert all(isinstance(problem, Problem) for problem in problems)
    return cast(list[Problem], problems)


@settings(derandomize=True, max_examples=40, deadline=None, database=None)
@given(changes=st.lists(st.tuples(LINES, COLUMNS, VALUES), min_size=1, max_size=6))
def test_random_cells_never_end_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, str]]
) -> None:
    rows = table()
    for line, column, value in changes:
        rows[line - 1][column] = value
    folder = tmp_path_factory.mktemp("cells")
    problems = check_text(folder, text(rows).encode())
    # Whatever is not a code of the item's scale must be named, wherever it stands.
    named = {(problem.row, problem.column) for problem in problems}
    book = survey.codebook()
    for line, row in enumerate(rows[1:], start=2):
        for item, value in zip(book.asked(YEAR), row[1:], strict=True):
            if value and value not in book.codes(item.scale):
                assert (line, item.column) in named


@settings(derandomize=True, max_examples=30, deadline=None, database=None)
@given(start=st.integers(0, 4000), length=st.integers(0, 40), new=st.binary(max_size=20))
def test_random_bytes_never_end_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, new: bytes
) -> None:
    content = text(table()).encode()
    check_text(tmp_path_factory.mktemp("bytes"), content[:start] + new + content[start + length :])


def test_an_answer_of_another_year_is_not_one_of_this_year(tmp_path: Path) -> None:
    """The codes are those of the year; categories of the loaded frame are those of all years, in order."""
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    scales = tmp_path / "codebook" / "scales.csv"
    lines = scales.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("digital_extent,partly"))
    lines[place] += "2018"
    lines.append("digital_extent,planned,6,Planlagt,Planned,yes,made up,assumed,2022")
    scales.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = table()
    column = "procurement_planning"
    for line in range(2, len(rows) + 1):
        for name in rows[0]:
            if cell(rows, line, name) == "partly":
                put(rows, line, name, "planned")
    put(rows, 2, column, "partly")
    path = save(tmp_path, text(rows))
    (problem,) = survey.check(path, YEAR, tmp_path)
    assert (problem.row, problem.column, problem.value) == (2, column, "partly")
    assert problem.expected == "one of: wholly, no, dont_know, not_relevant, planned; partly could be given in 2018"
    put(rows, 2, column, "planned")
    save(tmp_path, text(rows))
    loaded = survey.load(YEAR, tmp_path)[column]
    assert loaded.cat.categories.tolist() == ["wholly", "partly", "no", "dont_know", "not_relevant", "planned"]
    assert loaded.iloc[0] == "planned"
