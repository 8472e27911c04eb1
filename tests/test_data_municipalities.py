"""The registers: right municipalities, right totals, change lists that map one register onto the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from digikom.paths import DATA_DIR

FOLDER = DATA_DIR / "municipalities"
DIVISIONS = {"2018": 422, "2020": 356, "2024": 357}
CHANGES = [("changes-2018-2020", "2018", "2020"), ("changes-2023-2024", "2020", "2024")]
CLASSES = ["under_2000", "2000_4999", "5000_9999", "10000_19999", "20000_49999", "50000_plus"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)


def register(division: str) -> pd.DataFrame:
    return read(f"municipalities-{division}")


def class_counts(division: str) -> list[int]:
    counts = register(division)["size_class"].value_counts()
    return [int(counts[code]) for code in CLASSES]


@pytest.mark.parametrize(("division", "number"), DIVISIONS.items())
def test_number_of_municipalities(division: str, number: int) -> None:
    rows = register(division)
    assert len(rows) == number
    assert rows["municipality_code"].is_unique
    assert rows["municipality_code"].is_monotonic_increasing
    assert rows["municipality_code"].str.fullmatch(r"\d{4}").all()
    assert (rows["municipality_code"].str[:2] == rows["county_code"]).all()
    assert (rows[["name", "county"]] != "").all(axis=None)


@pytest.mark.parametrize(("division", "total"), [("2020", 5_425_270), ("2024", 5_550_203)])
def test_population_adds_up_to_the_country(division: str, total: int) -> None:
    assert register(division)["population"].astype(int).sum() == total


def test_population_of_2020_adds_up_to_the_country() -> None:
    assert read("source/municipalities-2020")["population_2020"].astype(int).sum() == 5_367_580


def test_size_classes_of_2022() -> None:
    assert class_counts("2020") == [78, 96, 71, 47, 44, 20]


@pytest.mark.parametrize("division", ["2020", "2024"])
def test_size_class_holds_the_population(division: str) -> None:
    rows = register(division).merge(read("size-classes"), on="size_class")
    population = rows["population"].astype(int)
    assert len(rows) == DIVISIONS[division]
    assert (population >= rows["lower"].astype(int)).all()
    assert (population <= pd.to_numeric(rows["upper"]).fillna(population.max())).all()
    assert set(rows["size_class_status"]) == set(rows["population_status"]) == {"documented"}


def test_size_classes_leave_no_gap() -> None:
    classes = read("size-classes")
    assert list(classes["size_class"]) == CLASSES
    assert list(classes["position"]) == list("123456")
    assert list(classes["lower"].astype(int))[1:] == [int(upper) + 1 for upper in classes["upper"][:-1]]
    assert (classes["lower"].iloc[0], classes["upper"].iloc[-1]) == ("0", "")


def test_register_of_2018_has_no_population_and_no_centrality() -> None:
    rows = register("2018")
    empty = ["population", "population_date", "population_status", "centrality_class", "centrality_edition"]
    assert (rows[empty] == "").all(axis=None)


def test_size_class_of_2018_is_documented_exactly_for_those_neither_merged_nor_split() -> None:
    changes = read("changes-2018-2020")
    changed = changes.loc[changes["change"].isin(["merged", "split"]), "old_code"]
    rows = register("2018")
    assert set(rows.loc[rows["size_class_status"] == "assumed", "municipality_code"]) == set(changed)
    assert rows["size_class_status"].value_counts().to_dict() == {"documented": 313, "assumed": 109}


def test_documented_size_class_of_2018_is_that_of_the_population_of_2020() -> None:
    rows = register("2018")
    rows = rows[rows["size_class_status"] == "documented"]
    rows = rows.merge(read("changes-2018-2020"), left_on="municipality_code", right_on="old_code")
    new = read("source/municipalities-2020").set_index("municipality_code")["population_2020"].astype(int)
    population = rows["new_code"].map(new)
    bounds = rows["size_class"].map(read("size-classes").set_index("size_class")["lower"].astype(int))
    upper = rows["size_class"].map(pd.to_numeric(read("size-classes").set_index("size_class")["upper"])).fillna(10**9)
    assert ((population >= bounds) & (population <= upper)).all()


def test_size_groups_of_2018_are_as_close_to_2017_as_the_readme_says() -> None:
    counts = class_counts("2018")
    groups = [sum(counts[:2]), sum(counts[2:4]), sum(counts[4:])]
    assert groups == [220, 141, 61]
    assert [abs(ours - known) for ours, known in zip(groups, [224, 142, 59], strict=True)] == [4, 1, 2]
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "**220** | **141** | **61**" in readme


@pytest.mark.parametrize(("name", "old", "new"), CHANGES)
def test_change_list_maps_one_register_onto_the_other(name: str, old: str, new: str) -> None:
    changes = read(name)
    assert set(changes["old_code"]) == set(register(old)["municipality_code"])
    assert set(changes["new_code"]) == set(register(new)["municipality_code"])
    assert not changes.duplicated(["old_code", "new_code"]).any()


@pytest.mark.parametrize(("name", "old", "new"), CHANGES)
def test_kind_of_change_fits_the_codes(name: str, old: str, new: str) -> None:
    changes = read(name)
    went_to = changes.groupby("old_code")["new_code"].transform("size")
    came_from = changes.groupby("new_code")["old_code"].transform("size")
    kind = changes["change"]
    assert set(kind) <= {"unchanged", "renumbered", "merged", "split"}
    assert ((kind == "split") == (went_to > 1)).all()
    assert (came_from[kind == "merged"] > 1).all()
    same_code = changes["old_code"] == changes["new_code"]
    assert same_code[kind == "unchanged"].all()
    assert not same_code[kind == "renumbered"].any()
    assert (came_from[kind.isin(["unchanged", "renumbered"])] == 1).all()


def test_municipalities_that_were_split() -> None:
    split = {name: set(read(name).query("change == 'split'")["old_code"]) for name, _, _ in CHANGES}
    assert split == {"changes-2018-2020": {"1850", "5012"}, "changes-2023-2024": {"1507"}}


@pytest.mark.parametrize("division", ["2020", "2024"])
def test_centrality_is_given_with_its_edition(division: str) -> None:
    rows = register(division)
    assert set(rows["centrality_class"]) == set("123456")
    assert set(rows["centrality_edition"]) == {"2024"}


def test_divisions_follow_each_other_and_name_files_that_exist() -> None:
    divisions = read("divisions")
    assert dict(zip(divisions["division"], divisions["municipalities"].astype(int), strict=True)) == DIVISIONS
    assert list(divisions["last_year"]) == ["2019", "2023", ""]
    assert list(divisions["first_year"].astype(int))[1:] == [int(year) + 1 for year in divisions["last_year"][:-1]]
    for path in [*divisions["register_file"], *filter(None, divisions["boundaries_file"])]:
        assert (DATA_DIR / path).is_file(), path


@pytest.mark.parametrize(("seed", "zone"), [("0", "UTC"), ("4711", "Pacific/Auckland")])
def test_registers_are_what_the_script_makes(tmp_path: Path, seed: str, zone: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
    script = FOLDER / "make_registers.py"
    subprocess.run([sys.executable, script, "--out", tmp_path], check=True, cwd=tmp_path, env=environment)
    for division in DIVISIONS:
        name = f"municipalities-{division}.csv"
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
