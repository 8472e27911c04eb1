"""The data package: valid, complete, made by its script, and honest about what is synthetic."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

from digikom.paths import DATA_DIR

DESCRIPTOR = DATA_DIR / "datapackage.json"
YEARS = ("2018", "2022", "2023", "2024")


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    return {entry["path"]: entry for entry in json.loads(DESCRIPTOR.read_text(encoding="utf-8"))["resources"]}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the data folder that a test may damage."""
    return Path(shutil.copytree(DATA_DIR, tmp_path / "data"))


def errors(descriptor: Path) -> dict[str, list[str]]:
    """What frictionless finds wrong, by resource; empty when all is well."""
    report = Package(descriptor).validate()
    found = {task.name: [error.message for error in task.errors] for task in report.tasks if not task.valid}
    return found | ({"package": [error.message for error in report.errors]} if report.errors else {})


def make(script: Path, out: Path, seed: str = "0") -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "TZ": "Pacific/Auckland"}
    subprocess.run([sys.executable, script, "--out", out], check=True, cwd=out.parent, env=environment)
    return out.read_bytes()


def test_every_file_agrees_with_its_description() -> None:
    assert errors(DESCRIPTOR) == {}


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_descriptor_is_what_the_script_makes(tmp_path: Path, seed: str) -> None:
    assert make(DATA_DIR / "make_datapackage.py", tmp_path / "made.json", seed) == DESCRIPTOR.read_bytes()


def test_every_data_file_is_described(resources: dict[str, dict[str, Any]]) -> None:
    files = {path.relative_to(DATA_DIR).as_posix() for path in DATA_DIR.rglob("*") if path.is_file()}
    data = {path for path in files if path.endswith((".csv", ".topojson"))}
    assert data == set(resources)


def test_survey_files_are_marked_as_synthetic(resources: dict[str, dict[str, Any]]) -> None:
    for year in YEARS:
        entry = resources[f"survey/{year}.csv"]
        assert entry["status"] == "synthetic"
        assert "Synthetic" in entry["title"]
        assert "No row says anything about the municipality" in entry["statusNote"]


@pytest.mark.parametrize("year", YEARS)
def test_survey_schema_is_the_codebook_of_that_year(resources: dict[str, dict[str, Any]], year: str) -> None:
    with (DATA_DIR / "codebook" / "items.csv").open(encoding="utf-8", newline="") as file:
        asked = [item["column"] for item in csv.DictReader(file) if year in item["years"].split()]
    with (DATA_DIR / "survey" / f"{year}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    fields = [field["name"] for field in resources[f"survey/{year}.csv"]["schema"]["fields"]]
    assert fields == header == ["municipality_code", *asked]


def test_every_resource_has_a_licence_and_a_source(resources: dict[str, dict[str, Any]]) -> None:
    for path, entry in resources.items():
        assert [licence["name"] for licence in entry["licenses"]] == ["CC-BY-4.0"], path
        assert entry["sources"], path
    assert resources["boundaries/municipalities-2020.topojson"]["sources"][0]["title"] == "Kartverket"


DAMAGE = {
    "survey-2018": ("survey/2018.csv", "\n1101,", "\n9999,"),
    "survey-2022": ("survey/2022.csv", ",yes,", ",perhaps,"),
    "items": ("codebook/items.csv", ",sourcing,", ",sorcing,"),
    "absences": ("codebook/absences.csv", ",changed,", ",altered,"),
    "municipalities-2020": ("municipalities/municipalities-2020.csv", "under_2000", "tiny"),
    "published-figures": ("published/figures.csv", ",agrees,", ",fine,"),
}


def test_every_damaged_file_is_found_and_no_other(copied: Path) -> None:
    for path, old, new in DAMAGE.values():
        text = (copied / path).read_text(encoding="utf-8")
        assert old in text
        (copied / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert set(errors(copied / "datapackage.json")) == set(DAMAGE)


def test_an_entry_of_real_answers_is_kept(copied: Path) -> None:
    descriptor = json.loads((copied / "datapackage.json").read_text(encoding="utf-8"))
    entry = next(entry for entry in descriptor["resources"] if entry["path"] == "survey/2022.csv")
    entry |= {"status": "real", "title": "Survey answers 2022"}
    (copied / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    made = json.loads(make(copied / "make_datapackage.py", copied / "datapackage.json"))
    statuses = {entry["path"]: entry.get("status") for entry in made["resources"]}
    assert entry in made["resources"]
    assert (statuses["survey/2018.csv"], statuses["survey/2022.csv"]) == ("synthetic", "real")


def test_a_new_file_is_described_as_the_latest_of_its_kind(copied: Path) -> None:
    shutil.copy(copied / "registers" / "2024.csv", copied / "registers" / "2025.csv")
    (copied / "statbank" / "2025").mkdir()
    for name in ("figures.csv", "sources.csv"):
        shutil.copy(copied / "published" / name, copied / "statbank" / "2025" / name)
    made = json.loads(make(copied / "make_datapackage.py", copied / "datapackage.json"))["resources"]
    names = [entry["name"] for entry in made]
    assert names[names.index("register-2024") + 1] == "register-2025"
    by_name = {entry["name"]: entry for entry in made}
    assert by_name["register-2025"]["title"] == "Numbers of the edition of 2025 on its own year"
    (key,) = by_name["statbank-2025-figures"]["schema"]["foreignKeys"]
    assert key["reference"]["resource"] == "statbank-2025-sources"
    assert "required" not in next(
        f for f in by_name["statbank-2025-figures"]["schema"]["fields"] if f["name"] == "status"
    )
    (copied / "else.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        make(copied / "make_datapackage.py", copied / "datapackage.json")
