"""The printed figures: complete, consistent with each other where they say so, and honest where they aren't."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest

from digikom.paths import DATA_DIR

FOLDER = DATA_DIR / "published"

# Rows of the tables: id of the first count or share (2022 count, 2022 share, 2018 share follow each other) and of the
# first derived count of 2018.
TABLES = {"3.1": (55, 1), "4.1": (88, 6), "5.1": (139, 11), "5.2": (157, 16)}


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "figures.csv", dtype=str, keep_default_na=False)
    return table.set_index("id", drop=False)


def percent(count: int, base: int) -> str:
    """The share in percent with one decimal, halves up, as the tables print it."""
    return str((Decimal(100 * count) / base).quantize(Decimal("0.1"), ROUND_HALF_UP))


def test_every_id_occurs_once(figures: pd.DataFrame) -> None:
    assert figures["id"].is_unique
    assert (figures["source"] != "derived").sum() == 268


def test_codes_are_those_of_the_readme(figures: pd.DataFrame) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for column in ["unit", "rounding", "kind", "status"]:
        for code in figures[column].unique():
            assert f"`{code}`" in readme, code


@pytest.mark.parametrize("table", TABLES)
def test_table_counts_add_up_and_give_the_printed_shares(figures: pd.DataFrame, table: str) -> None:
    first, first_derived = TABLES[table]
    value = figures["value"]
    counts = {
        "2022": [int(value[f"P{first + 3 * grade:03d}"]) for grade in range(5)],
        "2018": [int(value[f"D{first_derived + grade:03d}"]) for grade in range(5)],
    }
    assert {year: sum(numbers) for year, numbers in counts.items()} == {"2022": 354, "2018": 377}
    for year, base, place in [("2022", 354, 1), ("2018", 377, 2)]:
        printed = [value[f"P{first + 3 * grade + place:03d}"] for grade in range(5)]
        assert printed == [percent(count, base) for count in counts[year]], year
    assert value[f"P{first + 15:03d}"] == "354"


def test_table_rows_say_which_table_and_grade_they_are(figures: pd.DataFrame) -> None:
    for table, (first, first_derived) in TABLES.items():
        for grade in range(5):
            count, share, before = (figures.loc[f"P{first + 3 * grade + place:03d}"] for place in range(3))
            derived = figures.loc[f"D{first_derived + grade:03d}"]
            name = f"Tabell {table}, grad {grade}: "
            descriptions = [row["description_nb"] for row in (count, share, before, derived)]
            assert descriptions == [name + what for what in ("antall", "andel", "andel", "antall")]
            assert [row["year"] for row in (count, share, before, derived)] == ["2022", "2022", "2018", "2018"]
            assert derived["locator"] == before["id"]


def test_expected_changes_are_shares_of_all_and_counts_of_those_with_projects(figures: pd.DataFrame) -> None:
    derived = figures[(figures["source"] == "derived") & figures["description_nb"].str.startswith("Forventet endring")]
    assert len(derived) == 10
    for row in derived.to_dict("records"):
        printed = figures.loc[row["locator"]]
        assert printed["description_nb"] == row["description_nb"]
        assert percent(int(row["value"]), 354) == printed["value"]
    assert derived["value"].astype(int).sum() == 2351


def test_value_fits_its_rounding_and_unit(figures: pd.DataFrame) -> None:
    for row in figures.to_dict("records"):
        low, _, high = row["value"].partition("-")
        assert (row["rounding"] == "range") == bool(high), row["id"]
        assert not high or Decimal(low) < Decimal(high), row["id"]
        decimals = len(low.partition(".")[2])
        assert decimals == max(int(row["printed_decimals"]), 0), row["id"]
        if row["printed_decimals"] == "-1":
            assert Decimal(low) % 10 == 0, row["id"]
        if row["unit"] in ("count", "points"):
            assert decimals == 0, row["id"]
        if row["unit"] == "percent":
            assert 0 <= Decimal(low) <= 100, row["id"]


def test_counts_are_not_larger_than_their_base(figures: pd.DataFrame) -> None:
    counts = figures[(figures["unit"] == "count") & (figures["base_n"] != "")]
    assert (counts["value"].astype(int) <= counts["base_n"].astype(int)).all()


def test_given_up_figures_are_those_the_generator_gives_up(figures: pd.DataFrame) -> None:
    given_up = pd.read_csv(DATA_DIR / "synthetic" / "given-up.csv", dtype=str).set_index("published_id")
    contradicts = figures[figures["status"] == "contradicts"]
    assert {"P051", "P123", "P032"} <= set(contradicts["id"]) == set(given_up.index)
    assert given_up["printed"].to_dict() == contradicts["value"].to_dict()
    assert given_up["year"].to_dict() == contradicts["year"].to_dict()


def test_a_figure_given_up_names_what_it_gave_way_to_and_why(figures: pd.DataFrame) -> None:
    for row in figures[figures["status"] == "contradicts"].to_dict("records"):
        opponents = row["contradicts"].split()
        assert opponents, row["id"]
        assert set(figures.loc[opponents, "status"]) == {"agrees"}, row["id"]
        assert row["note"] != "", row["id"]


def test_contradictions_are_given_on_both_sides_and_explained(figures: pd.DataFrame) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    pairs = {(row["id"], other) for row in figures.to_dict("records") for other in row["contradicts"].split()}
    assert pairs == {(other, one) for one, other in pairs}
    assert {one for one, _ in pairs} <= set(figures["id"])
    for one in figures.loc[figures["status"] == "contradicts", "id"]:
        assert f"**{one} - " in readme, one


def test_nothing_agrees_that_cannot_be_computed_here(figures: pd.DataFrame) -> None:
    lacking = figures[figures["status"] == "not_computable"]
    assert (lacking["note"] != "").all()
    here = {"2018", "2022", "2018-2022", "2023", "2024"}
    results = figures[(figures["kind"] == "result") & (figures["status"] != "not_computable")]
    assert set(results["year"]) <= here
    elsewhere = figures[~figures["year"].isin(here) & (figures["kind"] == "result")]
    assert set(elsewhere["status"]) == {"not_computable"}


def test_derived_rows_name_printed_figures(figures: pd.DataFrame) -> None:
    printed = set(figures.loc[figures["source"] != "derived", "id"])
    for locator in figures.loc[figures["source"] == "derived", "locator"]:
        assert set(locator.split()) <= printed, locator


def test_thousands_in_norwegian_text_have_a_non_breaking_space(figures: pd.DataFrame) -> None:
    for column in ["description_nb", "base", "note"]:
        assert not figures[column].str.contains(r"\d \d{3}\b").any(), column
