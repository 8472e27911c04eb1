"""The project's own codebook, beyond the rules that reading it checks (tests/survey/test_survey_codebook.py)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from digikom.paths import DATA_DIR

FOLDER = DATA_DIR / "codebook"


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


def test_reasons_for_not_recruiting_were_asked_from_2020_only(items: pd.DataFrame) -> None:
    reasons = items[items["question"] == "reasons_not_tried"]
    assert list(reasons["years"]) == ["2022"] * 4
    assert set(reasons["asked_if_column"] + "=" + reasons["asked_if_value"]) == {"tried_recruiting=no"}


def test_later_years_have_the_items_with_a_printed_figure(items: pd.DataFrame) -> None:
    """Recruitment and open data in both years, six barriers in 2024."""
    printed = pd.read_csv(DATA_DIR / "published" / "figures.csv", dtype=str)
    printed = printed[printed["source"] == "ssb-2024-05-03"]
    for year, number in [("2023", 3), ("2024", 9)]:
        assert len(asked(items, year)) == (printed["year"] == year).sum() == number
    other = items[items["question"] == "other_barriers"]
    assert list(other["years"]) == ["2024"] * 5
    assert set(other["scale"]) == set(items.loc[items["column"] == "barrier_competence", "scale"]) == {"degree"}


def test_only_years_before_the_first_one_are_called_earlier_than_it(items: pd.DataFrame) -> None:
    first = items.groupby("block")["years"].agg(lambda cells: min(" ".join(cells).split()))
    absences = read("absences")
    later = absences[absences["kind"] == "later"]
    assert (later["year"] < later["name"].map(first)).all()


def test_nothing_is_there_that_no_item_uses(items: pd.DataFrame, scales: pd.DataFrame) -> None:
    """The reverse of what reading the codebook checks."""
    assert set(items["block"]) == set(read("blocks")["block"])
    assert set(items["question"]) == set(read("questions")["question"])
    assert set(items["scale"]) == set(scales["scale"])


def test_positions_number_the_rows_of_each_group_in_file_order(items: pd.DataFrame, scales: pd.DataFrame) -> None:
    for frame, group in [(items, "block"), (read("questions"), "block"), (scales, "scale")]:
        expected = frame.groupby(group).cumcount() + 1
        assert list(frame["position"].astype(int)) == list(expected)
    blocks = read("blocks")
    assert list(blocks["position"].astype(int)) == list(range(1, len(blocks) + 1))
    assert list(items["block"].drop_duplicates()) == list(blocks["block"])


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
