"""The registers: right totals and classes, beyond the rules that reading them checks (tests/test_geography*.py)."""

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


@pytest.mark.parametrize(("division", "total"), [("2020", 5_425_270), ("2024", 5_550_203)])
def test_population_adds_up_to_the_country(division: str, total: int) -> None:
    assert register(division)["population"].astype(int).sum() == total


def test_population_of_2020_adds_up_to_the_country() -> None:
    assert read("source/municipalities-2020")["population_2020"].astype(int).sum() == 5_367_580


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
