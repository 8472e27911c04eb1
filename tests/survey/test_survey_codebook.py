"""The codebook: the project's own is complete, absent is told from misspelt, and faults are all reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digikom.errors import InputError
from digikom.paths import DATA_DIR
from digikom.survey import CODE_COLUMN, codebook
from digikom.survey.codebook import COMPARABILITY_COLUMNS
from digikom.survey.codebook_rules import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a small codebook of its own: two blocks, three items in two years."""
    own = tmp_path / "codebook"
    own.mkdir()
    write = {
        "scales.csv": [
            "scale,code,position,label_nb,label_en,substantive,source,status,years",
            "yes_no,yes,2,Ja,Yes,yes,report,documented,",
            "yes_no,no,1,Nei,No,yes,report,documented,",
            "share,none,1,Ingen,None,yes,report,documented,",
            "share,dont_know,2,Vet ikke,Don't know,no,assumption,assumed,",
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
        "series.csv": ["series,year,column,rule,source", "new,2019,old,same,report"],
        "absences.csv": ["name,year,kind,source", "services,2019,not_asked,report"],
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


def test_own_codebook_has_only_what_is_known_to_have_been_asked_after_the_report() -> None:
    book = codebook()
    assert book.years == (2018, 2022, 2023, 2024)
    assert book.columns(2023)[1:] == ["tried_recruiting", "recruiting_problem", "shares_open_data"]
    others = book.items(2024, block="barriers")
    assert book.columns(2024)[1:] == [
        "barrier_competence",
        *others["column"],
        "tried_recruiting",
        "recruiting_problem",
        "shares_open_data",
    ]
    assert len(others) == 5
    assert set(others["scale"]) == {"degree"}


def test_own_codebook_says_why_something_is_absent() -> None:
    book = codebook()
    kinds = {
        name: [book.absence(name, year) for year in book.years]
        for name in ("strategy", "project_areas", "services", "reasons_not_tried", "recruitment", "open_data")
    }
    assert kinds == {
        "strategy": [None, None, "changed", "changed"],
        "project_areas": [None, None, "changed", "changed"],
        "services": [None, None, "not_asked", "unknown"],
        "reasons_not_tried": ["not_asked", None, "unknown", "unknown"],
        "recruitment": [None, None, None, None],
        "open_data": ["later", "later", None, None],
    }
    for year in book.years:
        asked = {*book.items(year)["block"], *book.items(year)["question"]}
        for name in {*book.items()["block"], *book.items()["question"]}:
            assert (book.absence(name, year) is None) == (name in asked), (name, year)


def test_absences_of_blocks_and_questions(folder: Path) -> None:
    book = codebook(folder)
    assert [book.absence("services", year) for year in book.years] == ["not_asked", None]
    assert [book.absence("offer", year) for year in book.years] == ["not_asked", None]
    assert [book.absence("areas", year) for year in book.years] == [None, None]
    # A question of a block that was asked has a row of its own.
    change(folder, "questions.csv", "multiple,2019 2021", "multiple,2021")
    change(folder, "items.csv", "yes_no,uses,yes,2019", "yes_no,uses,yes,2021")
    change(folder, "series.csv", "new,2019,old,same,report\n", "")
    change(folder, "absences.csv", "services", "areas,2019,changed,report\nservices")
    assert [codebook(folder).absence("areas", year) for year in book.years] == ["changed", None]
    assert codebook(folder).absence("cloud", 2019) is None
    with pytest.raises(InputError, match="no block or question 'x'; it has services, cloud, uses, areas, offer"):
        book.absence("x", 2019)
    with pytest.raises(InputError, match="no question for the year 2020"):
        book.absence("services", 2020)


def test_scales_and_blocks_come_in_their_order(folder: Path) -> None:
    book = codebook(folder)
    assert book.codes("yes_no") == ["no", "yes"]
    assert book.scale("yes_no")["label_nb"].tolist() == ["Nei", "Ja"]
    assert book.blocks()["block"].tolist() == ["cloud", "services"]
    assert book.question("uses").text_nb == "Bruker?"


def test_a_series_is_the_item_itself_its_forerunner_or_nothing(folder: Path) -> None:
    book = codebook(folder)
    assert book.series("new", 2021)[["column", "rule"]].values.tolist() == [["new", "item"]]
    assert book.series("new", 2019)[["column", "rule"]].values.tolist() == [["old", "same"]]
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


#: A file, what is replaced in it by what, where the fault is (row, column, value), and what was expected there.
FAULTS = r"""
items | share,, | shares,, | 5 scale shares | a scale of scales.csv
items | yes_no,uses,yes,2021 | yes_no,used,yes,2021 | 4 asked_if_column used | an item of items.csv
items | Bruker,yes_no,, | Bruker,yes_no,new,yes | 2 asked_if_column new | an item above this one
items | yes_no,uses,yes,2021 | yes_no,uses,no?,2021 | 4 asked_if_value no? | an answer to uses: yes, no
items | yes_no,uses,yes,2021 | yes_no,old,yes,2021 | 4 years 2021 | only years of old, which leads to it: 2019
items | share,,,2021 | share,,,2019 2021 | 5 years 2019 | only years of its question offer: 2021
items | share,,,2021 | share,,yes,2021 | 5 asked_if_value yes | an empty cell, as asked_if_column is empty
items | offer,offer,services | old,offer,services | 5 column old | it once only; it is already in row 3
items | offer,offer, | municipality_code,offer, | 5 column municipality_code | another name: this one is the
items | offer,offer,services | offer,offered,services | 5 question offered | a question of questions.csv
items | offer,offer,services | offer,offer,cloud | 5 block cloud | the block of its question, services
items | offer,offer,services | Offer!,offer,services | 5 column Offer! | a name of small letters a-z, digits and
items | Share,Andel | Share,LONG | 5 short_nb LONG | 1 to 45 characters
items | Andel,Share,Andel | ,Share,Andel | 5 label_nb | some text
items | share,,,2021 | share,,,2021 2019 | 5 years 2021 2019 | one or more years of four digits, ascending
scales | yes_no,no,1 | yes_no,yes,1 | 3 code yes_no yes | it once only; it is already in row 2
scales | yes_no,no,1 | yes_no,no,2 | 3 position yes_no 2 | it once only; it is already in row 2
scales | assumption,assumed | assumption,guessed | 5 status guessed | one of: documented, assumed
blocks | cloud,1 | cloud,first | 3 position first | a whole number from 1
blocks | cloud,1 | cloud,1.0 | 3 position 1.0 | a whole number from 1
questions | offer,services | offer,service | 4 block service | a block of blocks.csv
questions | multiple,2019 2021 | multiple,2019 2020 2021 | 3 years 2020 | only years in which one of its items was asked
questions | areas,cloud | cloud,cloud | 3 question cloud | another name: the block cloud is more than this
series | new,2019 | newer,2019 | 2 series newer | an item of items.csv
series | 2019,old | 2019,older | 2 column older | an item of items.csv
series | 2019,old | 2020,old | 2 year 2020 | a year in which old was asked: 2019
series | 2019,old | 2021,uses | 2 year 2021 | a year in which new itself was not asked
absences | 2019,not_asked | 2019,forgotten | 2 kind forgotten | one of: not_asked, changed, unknown, later
absences | services,2019 | service,2019 | 2 name service | a block of blocks.csv or a question of
absences | services,2019 | services,2020 | 2 year 2020 | a year of the codebook: 2019, 2021
absences | not_asked,report | not_asked,report\nservices,2019,later,report | 3 year services 2019 | it once only; it
absences | not_asked,report | not_asked,report\nservices,2021,later,report | 3 name services 2021 | no such row, as it
absences | not_asked,report | not_asked,report\noffer,2019,later,report | 3 name offer 2019 | no such row, as nothing of
"""


@pytest.mark.parametrize("fault", FAULTS.strip().splitlines())
def test_a_fault_of_the_codebook_is_named(folder: Path, fault: str) -> None:
    name, old, new, where, expected = fault.replace("LONG", "A" * 46).split(" | ")
    row, column, value = [*where.split(" ", 2), ""][:3]
    change(folder, f"{name}.csv", old, new.replace(r"\n", "\n"))
    (found,) = (one for one in faults(folder) if one.startswith(f"row {row}, column {column}: found '{value}'"))
    assert f"expected {expected}" in found
    assert found.endswith(f"(in {name}.csv)")


def test_missing_rows_and_wrong_headers_are_named(folder: Path) -> None:
    change(folder, "absences.csv", "services,2019,not_asked,report\n", "")
    assert faults(folder) == [
        "whole file: expected a row that says why services was not asked in 2019 (in absences.csv)"
    ]
    change(folder, "blocks.csv", "label_nb,label_en", "label_en,label_nb")
    assert faults(folder) == [
        "row 1: found 'block,position,label_en,label_nb'; "
        "expected the columns block,position,label_nb,label_en (in blocks.csv)"
    ]


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


def test_a_fault_is_not_reported_again_as_an_absence(folder: Path) -> None:
    change(folder, "questions.csv", "offer,services", "offer,service")
    change(folder, "absences.csv", "services,2019,not_asked,report\n", "")
    assert [message.rsplit("(in ", 1)[1] for message in faults(folder)] == ["questions.csv)", "items.csv)"]


def test_a_question_may_bear_the_name_of_a_block_that_has_no_other(folder: Path) -> None:
    change(folder, "questions.csv", "offer,services", "services,services")
    change(folder, "items.csv", "offer,offer,services", "offer,services,services")
    assert [codebook(folder).absence("services", year) for year in (2019, 2021)] == ["not_asked", None]


def test_rows_that_cannot_be_read_are_reported_without_their_consequences(folder: Path) -> None:
    change(folder, "scales.csv", "share,none,1", "share,none,0")
    change(folder, "items.csv", "share,,,2021", "share,,,soon")
    assert [message.split(":")[0] for message in faults(folder)] == ["row 4, column position", "row 5, column years"]


# ----------------------------------------------------------------------------------------------------------------------
# A form that changes: answers with years, the rules of series, and what two years have in common.

LIST = "{column},areas,cloud,2,{label},{label},{label},yes_no,uses,yes,{years},report,documented\n"


def with_items(folder: Path, *rows: tuple[str, str, str]) -> None:
    """Further items of the list `areas`: column, label and years."""
    added = "".join(LIST.format(column=column, label=label, years=years) for column, label, years in rows)
    change(folder, "items.csv", "offer,offer", f"{added}offer,offer")


def with_series(folder: Path, *rows: str) -> None:
    change(folder, "series.csv", "new,2019,old,same,report\n", "".join(f"{row},report\n" for row in rows))


def test_an_answer_may_belong_to_some_years(folder: Path) -> None:
    change(
        folder,
        "scales.csv",
        "yes_no,no,1,Nei,No,yes,report,documented,",
        "yes_no,no,1,Nei,No,yes,report,documented,2019",
    )
    change(
        folder,
        "scales.csv",
        "share,none,1",
        "yes_no,rather_not,3,Helst ikke,Rather not,yes,report,documented,2021\nshare,none,1",
    )
    book = codebook(folder)
    assert book.codes("yes_no") == ["no", "yes", "rather_not"]
    assert book.codes("yes_no", 2019) == ["no", "yes"]
    assert book.codes("yes_no", 2021) == ["yes", "rather_not"]
    assert book.scale("yes_no", 2021)["label_nb"].tolist() == ["Ja", "Helst ikke"]
    assert book.scale("yes_no").set_index("code")["years"].to_dict() == {
        "no": (2019,),
        "yes": (),
        "rather_not": (2021,),
    }
    with pytest.raises(InputError, match="no question for the year 2020"):
        book.codes("yes_no", 2020)


@pytest.mark.parametrize(
    ("answer", "years", "message"),
    [
        ("Nei,No,yes", "21", "row 3, column years: found '21'; expected one or more years of four digits"),
        ("Nei,No,yes", "2021 2019", "row 3, column years: found '2021 2019'; expected one or more years"),
        (
            "Ingen,None,yes",
            "2019",
            "row 4, column years: found '2019'; "
            "expected only years in which an item of this scale was asked: 2021 (in scales.csv)",
        ),
        (
            "Ja,Yes,yes",
            "2019",
            "row 4, column asked_if_value: found 'yes'; "
            "expected an answer that could be given to uses in 2021 (in items.csv)",
        ),
    ],
)
def test_faults_in_the_years_of_answers_are_named(folder: Path, answer: str, years: str, message: str) -> None:
    change(folder, "scales.csv", f"{answer},report,documented,", f"{answer},report,documented,{years}")
    assert any(message in fault for fault in faults(folder)), faults(folder)


def test_a_scale_needs_an_answer_in_every_year(folder: Path) -> None:
    change(folder, "scales.csv", "Ja,Yes,yes,report,documented,", "Ja,Yes,yes,report,documented,2019")
    change(folder, "scales.csv", "Nei,No,yes,report,documented,", "Nei,No,yes,report,documented,2019")
    expected = "column years: expected an answer of the scale yes_no that could be given in 2021 (in scales.csv)"
    assert expected in faults(folder)


def test_the_rules_of_series(folder: Path) -> None:
    with_items(folder, ("second", "Annen", "2019"), ("sum", "Samlet", "2021"))
    with_series(folder, "new,2019,old,same", "sum,2019,old,any", "sum,2019,second,any")
    book = codebook(folder)
    assert book.series("sum", 2019)[["column", "rule"]].values.tolist() == [["old", "any"], ["second", "any"]]
    assert book.series("new", 2019)["rule"].tolist() == ["same"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["new,2019,old,mean"], "row 2, column rule: found 'mean'; expected same, as the series has one item only"),
        (["new,2019,old,any"], "row 2, column rule: found 'any'; expected same, as the series has one item only"),
        (
            ["new,2019,old,same", "new,2019,second,same"],
            "row 3, column column: found 'second'; expected one item that new was in 2019",
        ),
        (
            ["new,2019,old,mean", "new,2019,second,any"],
            "row 3, column rule: found 'any'; expected mean, the rule of the first row of new in 2019",
        ),
        (
            ["new,2019,old,any", "new,2019,uses,any"],
            "row 3, column column: found 'uses'; expected an item asked of the same municipalities as old",
        ),
        (
            ["old,2021,new,same"],
            "row 2, column year: found '2021'; expected a year before 2019; the series is the item of today",
        ),
        (
            ["offer,2019,old,same"],
            "row 2, column column: found 'old'; expected an item with the scale of offer, share",
        ),
        (["new,2019,old,sum"], "row 2, column rule: found 'sum'; expected one of: mean, same, any"),
    ],
)
def test_faults_in_the_rules_of_series_are_named(folder: Path, rows: list[str], message: str) -> None:
    with_items(folder, ("second", "Annen", "2019"))
    with_series(folder, *rows)
    assert any(message in fault for fault in faults(folder)), faults(folder)


def test_any_needs_items_that_can_be_ticked(folder: Path) -> None:
    row = "{0},offer,services,2,{0},{0},{0},share,,,2019,report,documented\n"
    change(folder, "items.csv", "offer,offer", f"{row.format('more')}{row.format('less')}offer,offer")
    change(folder, "questions.csv", "single,2021", "single,2019 2021")
    change(folder, "absences.csv", "services,2019,not_asked,report\n", "")
    with_series(folder, "offer,2019,more,any", "offer,2019,less,any")
    expected = "expected an item that can be ticked, with the answer yes (in series.csv)"
    assert faults(folder) == [
        f"row 2, column column: found 'more'; {expected}",
        f"row 3, column column: found 'less'; {expected}",
    ]


def test_what_two_years_of_a_list_have_in_common(folder: Path) -> None:
    with_items(
        folder,
        ("kept", "Beholdt", "2019 2021"),
        ("gone", "Borte", "2019"),
        ("part", "Del", "2021"),
        ("other_part", "Annen del", "2021"),
        ("whole", "Hel", "2019"),
        ("fresh", "Fersk", "2021"),
    )
    with_series(folder, "new,2019,old,same", "whole,2021,part,any", "whole,2021,other_part,any")
    compared = codebook(folder).comparability("areas", 2021, 2019)
    assert tuple(compared.columns) == COMPARABILITY_COLUMNS
    rows = compared.set_index("column")
    assert rows["kind"].to_dict() == {
        "new": "series",
        "kept": "alike",
        "part": "new",
        "other_part": "new",
        "fresh": "new",
        "gone": "dropped",
        "whole": "dropped",
    }
    found = {row["column"]: row for row in compared.to_dict("records")}
    assert [found["new"][name] for name in ("rule", "behind", "behind_nb")] == ["same", ("old",), ("Gammel",)]
    assert [found["whole"][name] for name in ("rule", "behind_nb")] == ["any", ("Del", "Annen del")]
    assert [found["gone"][name] for name in ("rule", "behind", "new_codes")] == ["", (), ()]
    alone = codebook(folder).comparability("areas", 2021, 2021)
    assert set(alone["kind"]) == {"alike"}
    backwards = codebook(folder).comparability("areas", 2019, 2021).set_index("column")["kind"].to_dict()
    assert backwards["whole"] == "series"
    assert backwards["gone"] == "new"


def test_other_answers_to_the_same_item(folder: Path) -> None:
    change(folder, "items.csv", "share,,,2021", "share,,,2019 2021")
    change(folder, "questions.csv", "single,2021", "single,2019 2021")
    change(folder, "absences.csv", "services,2019,not_asked,report\n", "")
    change(folder, "scales.csv", "no,assumption,assumed,", "no,assumption,assumed,2019")
    change(folder, "scales.csv", "share,none,1", "share,all,3,Alle,All,yes,report,documented,2021\nshare,none,1")
    book = codebook(folder)
    row = book.comparability("offer", 2021, 2019).iloc[0]
    assert row[["kind", "rule", "behind"]].tolist() == ["new_categories", "item", ()]
    assert row[["new_codes", "new_codes_nb", "gone_codes", "gone_codes_nb"]].tolist() == [
        ("all",),
        ("Alle",),
        ("dont_know",),
        ("Vet ikke",),
    ]
    assert book.changes(["services"], 2021, 2019).iloc[0].tolist() == ["offer", "services", "changed", ("offer",)]


def test_whether_blocks_questions_and_items_changed(folder: Path) -> None:
    with_items(folder, ("kept", "Beholdt", "2019 2021"), ("fresh", "Fersk", "2021"))
    book = codebook(folder)
    changes = book.changes(["cloud", "services", "areas"], 2021, 2019)
    assert changes[["question", "kind", "items"]].values.tolist() == [
        ["uses", "alike", ()],
        ["areas", "changed", ("fresh",)],
        ["offer", "new", ("offer",)],
    ]
    assert book.changes(["offer"], 2019, 2021)["kind"].tolist() == ["dropped"]
    assert book.changes(["kept"], 2021, 2019)["kind"].tolist() == ["alike"]
    assert book.changes(["fresh"], 2021, 2019)["items"].tolist() == [("fresh",)]
    assert book.changes([], 2021, 2019).empty
    with pytest.raises(InputError, match="no block, question or item 'x'"):
        book.changes(["x"], 2021, 2019)


def test_the_years_in_which_all_was_asked(folder: Path) -> None:
    book = codebook(folder)
    assert book.years_of("cloud", "areas", among=[2019, 2021]) == [2019, 2021]
    assert book.years_of("cloud", "offer", among=[2021, 2019]) == [2021]
    with pytest.raises(InputError, match="no block or question 'x'"):
        book.years_of("x", among=[2019])


def test_figure_3_1_is_explained_by_the_own_codebook() -> None:
    compared = codebook().comparability("strategy_areas", 2022, 2018)
    kinds = compared.set_index("column")["kind"]
    assert kinds[kinds != "alike"].to_dict() == {
        "strategy_common_solutions": "new",
        "strategy_seamless_services": "series",
    }
    for question in ("project_areas", "function_sourcing", "cloud_areas", "procurement_activities", "service_offer"):
        assert set(codebook().comparability(question, 2022, 2018)["kind"]) == {"alike"}, question
