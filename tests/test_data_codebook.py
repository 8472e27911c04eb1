"""The codebook: the counts that the report names, and references between the files that hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from digikom.paths import DATA_DIR

FOLDER = DATA_DIR / "codebook"
# The years of the report, in which everything it uses was asked, and all years.
YEARS = ["2018", "2022"]
ALL_YEARS = [*YEARS, "2023", "2024"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def items() -> pd.DataFrame:
    return read("items")


@pytest.fixture(scope="module")
def scales() -> pd.DataFrame:
    return read("scales")


def asked(items: pd.DataFrame, year: str) -> pd.DataFrame:
    return items[[year in years.split() for years in items["years"]]]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("project_areas", 10),
        ("function_sourcing", 12),
        ("cloud_areas", 15),
        ("procurement_activities", 8),
        ("service_offer", 4),
        ("strategy_areas", 16),
    ],
)
def test_number_of_items_asked(items: pd.DataFrame, year: str, question: str, number: int) -> None:
    assert (asked(items, year)["question"] == question).sum() == number


@pytest.mark.parametrize("year", YEARS)
def test_strategy_has_more_areas_than_the_highest_score_needs(items: pd.DataFrame, year: str) -> None:
    assert (asked(items, year)["question"] == "strategy_areas").sum() > 12


def test_reasons_for_not_recruiting_were_asked_from_2020_only(items: pd.DataFrame) -> None:
    reasons = items[items["question"] == "reasons_not_tried"]
    assert list(reasons["years"]) == ["2022"] * 4
    assert set(reasons["asked_if_column"] + "=" + reasons["asked_if_value"]) == {"tried_recruiting=no"}


def test_answer_scales_are_kept_as_asked(scales: pd.DataFrame) -> None:
    codes = {str(name): list(rows["code"]) for name, rows in scales.groupby("scale")}
    assert codes == {
        "yes_no": ["yes", "no"],
        "sourcing": [
            "exclusively_internal",
            "mainly_internal",
            "evenly_shared",
            "mainly_external",
            "exclusively_external",
            "not_relevant",
            "dont_know",
        ],
        "degree": ["very_small", "fairly_small", "neither", "fairly_large", "very_large"],
        "digital_extent": ["wholly", "partly", "no", "dont_know", "not_relevant"],
        "service_share": ["none", "some", "about_half", "most", "all", "dont_know", "not_relevant"],
    }
    assert set(scales.loc[scales["substantive"] == "no", "code"]) == {"dont_know", "not_relevant"}
    assert set(scales.loc[scales["code"].isin(["dont_know", "not_relevant"]), "substantive"]) == {"no"}


def test_later_years_have_the_items_with_a_printed_figure(items: pd.DataFrame) -> None:
    """Recruitment and open data in both years, six barriers in 2024."""
    printed = pd.read_csv(DATA_DIR / "published" / "figures.csv", dtype=str)
    printed = printed[printed["source"] == "ssb-2024-05-03"]
    for year, number in [("2023", 3), ("2024", 9)]:
        assert len(asked(items, year)) == (printed["year"] == year).sum() == number
    other = items[items["question"] == "other_barriers"]
    assert list(other["years"]) == ["2024"] * 5
    assert set(other["scale"]) == set(items.loc[items["column"] == "barrier_competence", "scale"]) == {"degree"}


def test_absences_are_exactly_the_blocks_and_questions_not_asked(items: pd.DataFrame) -> None:
    expected = set()
    for year in ALL_YEARS:
        blocks, questions = set(asked(items, year)["block"]), set(asked(items, year)["question"])
        expected |= {(block, year) for block in items["block"] if block not in blocks}
        rest = items[items["block"].isin(blocks) & ~items["question"].isin(questions)]
        expected |= {(question, year) for question in rest["question"]}
    absences = read("absences")
    assert set(zip(absences["name"], absences["year"], strict=True)) == expected
    assert not absences.duplicated(["name", "year"]).any()
    assert set(absences["kind"]) == {"not_asked", "changed", "unknown", "later"}


def test_only_years_before_the_first_one_are_called_earlier_than_it(items: pd.DataFrame) -> None:
    first = items.groupby("block")["years"].agg(lambda cells: min(" ".join(cells).split()))
    absences = read("absences")
    later = absences[absences["kind"] == "later"]
    assert (later["year"] < later["name"].map(first)).all()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("blocks", ["block"]),
        ("questions", ["question"]),
        ("items", ["column"]),
        ("scales", ["scale", "code"]),
        ("absences", ["name", "year"]),
    ],
)
def test_keys_are_unique(name: str, key: list[str]) -> None:
    assert not read(name).duplicated(key).any()


def test_references_hold(items: pd.DataFrame, scales: pd.DataFrame) -> None:
    blocks, questions, series = read("blocks"), read("questions"), read("series")
    assert set(questions["block"]) == set(items["block"]) == set(blocks["block"])
    assert set(items["question"]) == set(questions["question"])
    assert set(items["scale"]) == set(scales["scale"])
    assert {*series["series"], *series["column"]} <= set(items["column"])
    block_of = dict(zip(questions["question"], questions["block"], strict=True))
    assert [block_of[question] for question in items["question"]] == list(items["block"])


def test_positions_number_the_rows_of_each_group_in_file_order(items: pd.DataFrame, scales: pd.DataFrame) -> None:
    for frame, group in [(items, "block"), (read("questions"), "block"), (scales, "scale")]:
        expected = frame.groupby(group).cumcount() + 1
        assert list(frame["position"].astype(int)) == list(expected)
    blocks = read("blocks")
    assert list(blocks["position"].astype(int)) == list(range(1, len(blocks) + 1))
    assert list(items["block"].drop_duplicates()) == list(blocks["block"])


def test_routing_points_back_to_an_item_asked_in_the_same_years_with_that_answer(
    items: pd.DataFrame, scales: pd.DataFrame
) -> None:
    assert list(items["asked_if_column"] == "") == list(items["asked_if_value"] == "")
    place = {column: number for number, column in enumerate(items["column"])}
    for item in items[items["asked_if_column"] != ""].to_dict("records"):
        filter_item = items.iloc[place[item["asked_if_column"]]]
        assert place[item["asked_if_column"]] < place[item["column"]]
        assert set(item["years"].split()) <= set(filter_item["years"].split())
        assert item["asked_if_value"] in set(scales.loc[scales["scale"] == filter_item["scale"], "code"])


def test_a_series_continues_under_an_item_that_was_not_asked_that_year(items: pd.DataFrame) -> None:
    years = dict(zip(items["column"], items["years"], strict=True))
    for row in read("series").to_dict("records"):
        assert row["year"] in years[row["column"]].split()
        assert row["year"] not in years[row["series"]].split()


def test_labels_are_filled_in_and_short_labels_are_short(items: pd.DataFrame) -> None:
    for column in ["label_nb", "label_en", "short_nb", "source"]:
        assert (items[column].str.strip() == items[column]).all()
        assert (items[column] != "").all()
    assert items["short_nb"].str.len().max() <= 45


def test_labels_tell_the_items_of_a_question_apart(items: pd.DataFrame) -> None:
    for label in ["label_nb", "label_en", "short_nb"]:
        assert not items.duplicated(["question", label]).any()


def test_assumed_items_are_those_without_a_source(items: pd.DataFrame) -> None:
    assumed = items[items["status"] == "assumed"]
    counts = assumed["question"].value_counts().to_dict()
    assert counts == {"strategy_areas": 8, "function_sourcing": 5, "cloud_areas": 4}
    assert assumed["source"].str.contains("assumption").all()
    assert not items.loc[items["status"] == "documented", "source"].str.contains("assumption").any()


def test_every_source_is_explained_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in ["items", "questions", "scales", "series", "absences"]:
        for cell in read(name)["source"].unique():
            for source in cell.split("; "):
                assert f"`{source.split(' ')[0]}`" in readme, source


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.name)
def test_files_are_plain_utf8(path: Path) -> None:
    content = path.read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.startswith(b"\xef\xbb\xbf")
    content.decode("utf-8")
