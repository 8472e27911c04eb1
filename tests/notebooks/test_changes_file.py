"""`data/changes.json`: number by number against the registers of the two editions, counted another way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from open_data_editions import written

from digikom.paths import NOTEBOOK_DIR
from digikom.publish.changes import changes_of
from digikom.publish.number_registers import edition_registers
from digikom.publish.published import read_cells

COMMITTED = NOTEBOOK_DIR / "09_endringer.ipynb"
CHAPTERS = ("03_digital_prioritering", "04_digital_kompetanse", "05_digital_aktivitet")


def register(year: int) -> dict[tuple[str, str, str], float]:
    """The shares and medians of an edition's register, by notebook, label and unit."""
    numbers = edition_registers().query("edition == @year and unit in ['percent', 'median']")
    numbers = numbers[numbers["notebook"].isin(CHAPTERS)].drop_duplicates(["notebook", "label", "unit"])
    return {(row.notebook, row.label, row.unit): row.value for row in numbers.itertuples()}  # type: ignore[misc]


@pytest.fixture(scope="module")
def handed_over() -> list[dict[str, Any]]:
    return changes_of(read_cells(COMMITTED))


def test_every_number_of_either_edition_is_there_once_with_its_change(handed_over: list[dict[str, Any]]) -> None:
    then, now = register(2018), register(2022)
    found = {(row["notebook"], row["label"], row["unit"]): row for row in handed_over}
    assert len(found) == len(handed_over)
    assert found.keys() == then.keys() | now.keys()
    for name, row in found.items():
        assert row["before"] == (pytest.approx(then[name], abs=1e-8) if name in then else None)
        assert row["after"] == (pytest.approx(now[name], abs=1e-8) if name in now else None)
        both = name in then and name in now
        assert row["change"] == (pytest.approx(now[name] - then[name], abs=1e-8) if both else None)
        assert (row["year_before"], row["year"], row["status"]) == (2018, 2022, "synthetic")


def test_what_cannot_be_compared_says_why(handed_over: list[dict[str, Any]]) -> None:
    for row in handed_over:
        alone = row["before"] is None or row["after"] is None
        assert bool(row["reason"]) == bool(row["why"]), row["key"]
        assert not alone or row["reason"] not in ("", "broken"), row["key"]
        assert alone or row["reason"] in ("", "broken"), row["key"]
    reasons = pd.Series({row["label"]: row["reason"] for row in handed_over})
    # The list of areas of a strategy was another one; whether there is a strategy was asked alike.
    assert reasons["Median av områder i strategien"] == "broken"
    assert reasons["Kommuner med digitaliseringsstrategi"] == ""
    assert reasons["Strategier som omtaler «Bruk av felles løsninger»"] == "item"


def test_the_file_is_written_as_its_schema_says(tmp_path: Path, handed_over: list[dict[str, Any]]) -> None:
    folder = written(tmp_path / "a", changes=handed_over) / "data"
    content = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, json.loads((folder / "changes.schema.json").read_text(encoding="utf-8")))
    assert len(content["changes"]) == len(handed_over)
    assert "changes.json" in (folder / "dcat.ttl").read_text(encoding="utf-8")
    without = written(tmp_path / "b") / "data"
    assert not (without / "changes.json").exists()
    assert "changes.json" not in (without / "dcat.ttl").read_text(encoding="utf-8")


def test_the_editions_publish_them_where_there_is_an_earlier_one(site: Path) -> None:
    for year in (2018, 2022, 2023, 2024):
        path = site / str(year) / "data" / "changes.json"
        assert path.is_file() == (year > 2018)
        if path.is_file():
            content = json.loads(path.read_text(encoding="utf-8"))["changes"]
            assert content
            assert {row["year"] for row in content} == {year}
            assert all(row["year_before"] < year for row in content)
