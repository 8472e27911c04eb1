"""CSV on the Web: the metadata beside the CSV files, held against them by a validator."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW
from open_data_editions import block, synthetic, written

METADATA = "csv-metadata.json"


def is_valid(folder: Path) -> bool:
    """Whether the validator has nothing to say: it warns, and stops at a file that lacks a column."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(str(folder / METADATA), validate=True).is_valid)
        except ValueError:
            return False


def tables(folder: Path) -> dict[str, dict[str, Any]]:
    return {table["url"]: table for table in json.loads((folder / METADATA).read_text(encoding="utf-8"))["tables"]}


def test_the_metadata_describe_every_file_and_its_columns() -> None:
    folder = synthetic().html / "data"
    assert is_valid(folder)
    found = tables(folder)
    assert sorted(found) == ["figur-2-1.csv", "figur-2-2.csv", "numbers.csv", "tabell-2-1.csv"]
    columns = {column["name"]: column for column in found["figur-2-1.csv"]["tableSchema"]["columns"]}
    assert columns["share_2018"]["titles"] == ["share_2018", "2018 (prosent)"]
    assert (columns["share_2018"]["datatype"], columns["share_2018"]["schema:unitText"]) == ("number", "prosent")
    assert columns["share_2018_symbol"]["datatype"] == {"base": "string", "format": r"\."}
    assert columns["status"]["required"]
    assert found["numbers.csv"]["tableSchema"]["primaryKey"] == ["key"]
    assert all("syntetiske" in table["dc:description"] for table in found.values())


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("figur-2-1.csv", "71.25", "71,25"),
        ("figur-2-1.csv", "synthetic", "real"),
        ("tabell-2-1.csv", ",.,", ",?,"),
        ("numbers.csv", "93.22", "mange"),
        ("numbers.csv", "\nwithout-strategy,", "\nprojects-planned,"),
        ("numbers.csv", "key,label", "nokkel,label"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, path: str, old: str, new: str) -> None:
    folder = Path(shutil.copytree(synthetic().html / "data", tmp_path / "data"))
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not is_valid(folder)


def test_columns_of_any_name_and_files_without_rows(tmp_path: Path) -> None:
    columns = [{"name": name, "label": name} for name in ("0: null", "_Ja, helt", "2\u00a0000–4\u00a0999")]
    folder = written(tmp_path, block("odd", [['<script>\n,"', ":", None]], columns), block("empty", [])) / "data"
    assert is_valid(folder)
    names = [column["name"] for column in tables(folder)["odd.csv"]["tableSchema"]["columns"]]
    assert names == ["0%3A%20null", "%5FJa%2C%20helt", "2%C2%A0000%E2%80%934%C2%A0999", "status"]


def test_the_metadata_of_every_edition_are_valid(site: Path) -> None:
    for folder in sorted(site.glob("[0-9][0-9][0-9][0-9]/data")):
        assert is_valid(folder), folder.parent.name
        published = {path.name for path in folder.glob("*.csv") if not path.name.endswith(".nb.csv")}
        assert set(tables(folder)) == published, folder.parent.name
