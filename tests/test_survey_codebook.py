"""The codebook: the project's own is complete, absent is told from misspelt, and faults are all reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digikom.errors import InputError
from digikom.paths import DATA_DIR
from digikom.survey import CODE_COLUMN, codebook
from digikom.survey.codebook import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a small codebook of its own: two blocks, three items in two years."""
    own = tmp_path / "codebook"
    own.mkdir()
    write = {
        "scales.csv": [
            "scale,code,position,label_nb,label_en,substantive,source,status",
            "yes_no,yes,2,Ja,Yes,yes,report,documented",
            "yes_no,no,1,Nei,No,yes,report,documented",
            "share,none,1,Ingen,None,yes,report,documented",
            "share,dont_know,2,Vet ikke,Don't know,no,assumption,assumed",
        ],
        "blocks.csv": ["block,position,label_nb,label_en", "services,2,Tjenester,Services", "cloud,1,Sky,Cloud"],
        "questions.csv": [
            "question,block,position,text_nb,text_en,kind,years,source,status",
            "uses,cloud,1,Bruker?,Uses?,single,2019 2021,report,documented",
            "areas,cloud,2,Hva?,What?,multiple,2019 2021,report,documented",
            "offer,services,1,Andel?,Share?,single,2021,report,documented",
        ],
        "items.csv": [
            "column,question,block,position,label_nb,label_en,short_nb,scale,asked_if_column,asked_if_value,years,source,status",
            "uses,uses,cloud,1,Bruker,Uses,Bruker,yes_no,,,2019 2021,report,documented",
            "old,areas,cloud,2,Gammel,Old,Gammel,yes_no,uses,yes,2019,report,documented",
            "new,areas,cloud,3,Ny,New,Ny,yes_no,uses,yes,2021,report,assumed",
            "offer,offer,services,1,Andel,Share,Andel,share,,,2021,report,documented",
        ],
        "series.csv": ["series,year,column,rule,source", "new,2019,old,mean,report"],
    }
    for name, lines in write.items():
        (own / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "codebook" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        codebook(folder)
    assert caught.value.subject == "the codebook is not in order"
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("year", [2018, 2022])
def test_own_codebook_has_the_items_of_the_report(year: int) -> None:
    book = codebook()
    lists = {
        "strategy_areas": 16,
        "project_areas": 10,
        "function_sourcing": 12,
        "cloud_areas": 15,
        "procurement_activities": 8,
        "service_offer": 4,
    }
    assert {name: len(book.items(year, question=name)) for name in lists} == lists
    assert book.columns(year)[:2] == [CODE_COLUMN, "has_strategy"]
    assert len(set(book.columns(year))) == len(book.columns(year))


def test_own_codebook_has_the_scales_as_asked() -> None:
    book = codebook()
    assert book.codes("yes_no") == ["yes", "no"]
    assert book.codes("degree") == ["very_small", "fairly_small", "neither", "fairly_large", "very_large"]
    assert book.codes("service_share") == ["none", "some", "about_half", "most", "all", "dont_know", "not_relevant"]
    sourcing = book.scale("sourcing").set_index("code")["substantive"]
    assert sourcing[sourcing == "no"].index.tolist() == ["not_relevant", "dont_know"]


def test_own_codebook_continues_the_series_of_figure_3_1() -> None:
    series = codebook().series("strategy_seamless_services", 2018)
    assert series["column"].tolist() == ["strategy_services_citizens", "strategy_services_business"]
    assert set(series["rule"]) == {"mean"}


def test_items_by_year_block_and_question(folder: Path) -> None:
    book = codebook(folder)
    assert book.years == (2019, 2021)
    assert book.items()["column"].tolist() == ["uses", "old", "new", "offer"]
    assert book.items(2019)["column"].tolist() == ["uses", "old"]
    assert book.items(2021, block="cloud")["column"].tolist() == ["uses", "new"]
    assert book.items(2021, question="areas")["years"].tolist() == [(2021,)]
    not_asked = book.items(2019, block="services")
    assert not_asked.empty
    assert list(not_asked.columns) == list(book.items().columns)


def test_scales_and_blocks_come_in_their_order(folder: Path) -> None:
    book = codebook(folder)
    assert book.codes("yes_no") == ["no", "yes"]
    assert book.scale("yes_no")["label_nb"].tolist() == ["Nei", "Ja"]
    assert book.blocks()["block"].tolist() == ["cloud", "services"]
    assert book.question("uses").text_nb == "Bruker?"


def test_a_series_is_the_item_itself_its_forerunner_or_nothing(folder: Path) -> None:
    book = codebook(folder)
    assert book.series("new", 2021)[["column", "rule"]].values.tolist() == [["new", "item"]]
    assert book.series("new", 2019)[["column", "rule"]].values.tolist() == [["old", "mean"]]
    assert book.series("offer", 2019).empty


def test_misspelt_names_and_unknown_years_are_errors(folder: Path) -> None:
    book = codebook(folder)
    with pytest.raises(InputError, match="no block 'clod'; it has services, cloud"):
        book.items(block="clod")
    with pytest.raises(InputError, match="no question 'x'"):
        book.items(question="x")
    with pytest.raises(InputError, match="no scale 'x'; it has yes_no, share"):
        book.scale("x")
    with pytest.raises(InputError, match="no item 'x'"):
        book.series("x", 2021)
    with pytest.raises(InputError, match="no question for the year 2030; it knows 2019, 2021"):
        book.items(2030)
    with pytest.raises(InputError, match="must be a whole number, not '2021'"):
        book.require_year("2021")  # type: ignore[arg-type]


def test_frames_handed_out_may_be_changed(folder: Path) -> None:
    items = codebook(folder).items()
    items["label_nb"] = "changed"
    assert codebook(folder).items()["label_nb"].tolist() == ["Bruker", "Gammel", "Ny", "Andel"]


def test_a_changed_file_is_read_anew(folder: Path) -> None:
    first = codebook(folder)
    assert codebook(folder) is first
    change(folder, "items.csv", "Andel,Share,Andel", "Del,Share,Del")
    assert codebook(folder).items()["label_nb"].tolist()[-1] == "Del"


def test_a_folder_without_codebook_uses_the_project_s(tmp_path: Path) -> None:
    assert codebook(tmp_path) is codebook() is codebook("")


def test_a_missing_codebook_file_is_named(folder: Path) -> None:
    (folder / "codebook" / "scales.csv").unlink()
    with pytest.raises(InputError, match=r"codebook/scales\.csv: there is no such file"):
        codebook(folder)


def test_own_codebook_stands_alone(tmp_path: Path) -> None:
    shutil.copytree(DATA_DIR / "codebook", tmp_path / "codebook")
    assert codebook(tmp_path) == codebook()
    assert {path.name for path in (DATA_DIR / "codebook").glob("*.csv")} == set(FILES)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "items.csv",
            "share,,",
            "shares,,",
            "row 5, column scale: found 'shares'; expected a scale of scales.csv (in items.csv)",
        ),
        (
            "items.csv",
            "yes_no,uses,yes,2021",
            "yes_no,used,yes,2021",
            "row 4, column asked_if_column: found 'used'; expected an item of items.csv (in items.csv)",
        ),
        (
            "items.csv",
            "Bruker,yes_no,,",
            "Bruker,yes_no,new,yes",
            "row 2, column asked_if_column: found 'new'; expected an item above this one (in items.csv)",
        ),
        (
            "items.csv",
            "yes_no,uses,yes,2021",
            "yes_no,uses,maybe,2021",
            "row 4, column asked_if_value: found 'maybe'; expected an answer to uses: yes, no (in items.csv)",
        ),
        (
            "items.csv",
            "yes_no,uses,yes,2021",
            "yes_no,old,yes,2021",
            "row 4, column years: found '2021'; expected only years of old, which leads to it: 2019 (in items.csv)",
        ),
        (
            "items.csv",
            "share,,,2021",
            "share,,,2019 2021",
            "row 5, column years: found '2019'; expected only years of its question offer: 2021 (in items.csv)",
        ),
        (
            "items.csv",
            "share,,,2021",
            "share,,yes,2021",
            "row 5, column asked_if_value: found 'yes'; expected an empty cell, as asked_if_column is empty "
            "(in items.csv)",
        ),
        (
            "items.csv",
            "offer,offer,services",
            "old,offer,services",
            "row 5, column column: found 'old'; expected it once only; it already stands in row 3 (in items.csv)",
        ),
        (
            "items.csv",
            "offer,offer,services",
            "municipality_code,offer,services",
            "row 5, column column: found 'municipality_code'; "
            "expected another name: this one is the municipality's (in items.csv)",
        ),
        (
            "items.csv",
            "offer,offer,services",
            "offer,offered,services",
            "row 5, column question: found 'offered'; expected a question of questions.csv (in items.csv)",
        ),
        (
            "items.csv",
            "offer,offer,services",
            "offer,offer,cloud",
            "row 5, column block: found 'cloud'; expected the block of its question, services (in items.csv)",
        ),
        (
            "items.csv",
            "offer,offer,services",
            "Offer!,offer,services",
            "row 5, column column: found 'Offer!'; expected a name of small letters a-z, digits and underscores, "
            "beginning with a letter (in items.csv)",
        ),
        (
            "items.csv",
            "Andel,Share,Andel",
            f"Andel,Share,{'A' * 46}",
            f"row 5, column short_nb: found '{'A' * 46}'; expected at most 45 characters (in items.csv)",
        ),
        (
            "items.csv",
            "Andel,Share,Andel",
            ",Share,Andel",
            "row 5, column label_nb: found ''; expected some text (in items.csv)",
        ),
        (
            "items.csv",
            "share,,,2021",
            "share,,,2021 2019",
            "row 5, column years: found '2021 2019'; "
            "expected one or more years of four digits, ascending, with a space between them (in items.csv)",
        ),
        (
            "scales.csv",
            "yes_no,no,1",
            "yes_no,yes,1",
            "row 3, column code: found 'yes_no yes'; expected it once only; it already stands in row 2 (in scales.csv)",
        ),
        (
            "scales.csv",
            "yes_no,no,1",
            "yes_no,no,2",
            "row 3, column position: found 'yes_no 2'; "
            "expected it once only; it already stands in row 2 (in scales.csv)",
        ),
        (
            "scales.csv",
            "assumption,assumed",
            "assumption,guessed",
            "row 5, column status: found 'guessed'; expected 'documented' or 'assumed' (in scales.csv)",
        ),
        (
            "blocks.csv",
            "cloud,1",
            "cloud,first",
            "row 3, column position: found 'first'; "
            "expected a valid integer, unable to parse string as an integer (in blocks.csv)",
        ),
        (
            "questions.csv",
            "offer,services",
            "offer,service",
            "row 4, column block: found 'service'; expected a block of blocks.csv (in questions.csv)",
        ),
        (
            "series.csv",
            "new,2019",
            "newer,2019",
            "row 2, column series: found 'newer'; expected an item of items.csv (in series.csv)",
        ),
        (
            "series.csv",
            "2019,old",
            "2019,older",
            "row 2, column column: found 'older'; expected an item of items.csv (in series.csv)",
        ),
        (
            "series.csv",
            "2019,old",
            "2020,old",
            "row 2, column year: found '2020'; expected a year in which old was asked: 2019 (in series.csv)",
        ),
        (
            "series.csv",
            "2019,old",
            "2021,uses",
            "row 2, column year: found '2021'; expected a year in which new itself was not asked (in series.csv)",
        ),
        (
            "blocks.csv",
            "label_nb,label_en",
            "label_en,label_nb",
            "row 1: found 'block,position,label_en,label_nb'; "
            "expected the columns block,position,label_nb,label_en (in blocks.csv)",
        ),
    ],
)
def test_a_fault_of_the_codebook_is_named(folder: Path, name: str, old: str, new: str, message: str) -> None:
    change(folder, name, old, new)
    assert message in faults(folder)


def test_faults_of_several_files_are_reported_at_once(folder: Path) -> None:
    change(folder, "items.csv", "share,,", "shares,,")
    change(folder, "questions.csv", "offer,services", "offer,service")
    change(folder, "series.csv", "2019,old", "2019,older")
    assert [message.rsplit("(in ", 1)[1] for message in faults(folder)] == [
        "questions.csv)",
        "items.csv)",
        "items.csv)",
        "series.csv)",
    ]


def test_rows_that_cannot_be_read_are_reported_without_their_consequences(folder: Path) -> None:
    change(folder, "scales.csv", "share,none,1", "share,none,0")
    change(folder, "items.csv", "share,,,2021", "share,,,soon")
    assert [message.split(":")[0] for message in faults(folder)] == ["row 4, column position", "row 5, column years"]
