"""Cubes in JSON-stat 2: read back by pyjstat, and by the reader of the StatBank tables, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from open_data_editions import block, synthetic, written
from pyjstat import pyjstat

from digikom.opendata.description import Block
from digikom.sources import jsonstat

PERCENT: dict[str, Any] = {"unit": "percent", "decimals": 1}
COUNT: dict[str, Any] = {"unit": "count", "decimals": 0}
NAME = {"name": "name", "label": "Område"}


def cube(tmp_path: Path, table: Block) -> tuple[dict[str, Any], str]:
    text = (written(tmp_path, table) / "data" / f"{table.stem}.json").read_text(encoding="utf-8")
    return json.loads(text), text


def test_years_and_measures_are_dimensions_where_every_measure_has_every_year(tmp_path: Path) -> None:
    columns = [
        NAME,
        {"name": "count_2022", "label": "Kommuner 2022", **COUNT},
        {"name": "percent_2022", "label": "Prosent 2022", **PERCENT},
        {"name": "count_2018", "label": "Kommuner 2018", **COUNT},
        {"name": "percent_2018", "label": "Prosent 2018", **PERCENT},
    ]
    table = block("t", [["Æ", 1, 2.5, 3, 4.5], ["B", 5, ":", None, "."]], columns, "synthetic")
    content, text = cube(tmp_path, table)
    assert (content["id"], content["size"]) == (["name", "measure", "year"], [2, 2, 2])
    assert content["role"] == {"metric": ["measure"], "time": ["year"]}
    assert content["dimension"]["measure"]["category"]["label"] == {"count": "Kommuner", "percent": "Prosent"}
    assert content["dimension"]["measure"]["category"]["unit"]["percent"] == {"base": "prosent", "decimals": 1}
    assert content["value"] == [3, 1, 4.5, 2.5, None, 5, None, None]
    assert content["status"] == {"6": ".", "7": ":"}
    assert content["note"][0].startswith("Syntetiske svar")
    assert content["updated"] == "2026-01-02"
    frame = pyjstat.Dataset.read(text).write("dataframe")
    assert list(frame.columns) == ["Område", "Hva som er målt", "År", "value"]
    (value,) = frame[(frame["Område"] == "Æ") & (frame["Hva som er målt"] == "Prosent") & (frame["År"] == "2022")][
        "value"
    ]
    assert value == 2.5
    read = jsonstat.read("t", text.encode())
    assert (read.time, read.units["count"]) == ("year", ("antall", 0))
    assert read.cells["status"].tolist() == ["", "", "", "", "", "", ".", ":"]


def test_other_columns_are_measures_of_their_own(tmp_path: Path) -> None:
    columns = [
        {"name": "year", "label": "Gruppe"},
        {"name": "2018", "label": "2018 (prosent)", **PERCENT},
        {"name": "change", "label": "Endring", "unit": "percentage_points", "decimals": 1},
    ]
    content, text = cube(tmp_path, block("t", [["A", 1.5, -2]], columns))
    assert content["id"] == ["row", "measure"]
    assert content["dimension"]["measure"]["category"]["label"] == {"2018": "2018 (prosent)", "change": "Endring"}
    assert pyjstat.Dataset.read(text).write("dataframe")["value"].tolist() == [1.5, -2]


@pytest.mark.parametrize(
    "rows",
    [[], [["A", 1], ["A", 2]], [["A", "mange"]], [["A", True]], [[None, 1]], [["", 1]]],
    ids=["empty", "twice", "text", "bool", "nameless", "empty name"],
)
def test_what_is_no_cube_has_no_file(tmp_path: Path, rows: list[list[Any]]) -> None:
    table = block("t", rows, [NAME, {"name": "n", "label": "N", **COUNT}])
    assert not table.is_cube
    assert not (written(tmp_path, table) / "data" / "t.json").exists()


def test_a_book_s_cubes_hold_what_its_csv_files_hold() -> None:
    folder = synthetic().html / "data"
    content = json.loads((folder / "figur-2-1.json").read_text(encoding="utf-8"))
    assert content["id"] == ["area", "measure", "year"]
    cells = jsonstat.read("figur-2-1", (folder / "figur-2-1.json").read_bytes()).cells
    rows = [line.split(",") for line in (folder / "figur-2-1.csv").read_text(encoding="utf-8").splitlines()[1:]]
    found = cells.pivot(index="area", columns="year", values="value")
    for area, then, _, now, _ in rows:
        assert [found.loc[area, "2018"], found.loc[area, "2022"]] == pytest.approx(
            [float(then or "nan"), float(now or "nan")], nan_ok=True
        )
    assert "figur-2-1.json" in (folder / "dcat.ttl").read_text(encoding="utf-8")


def test_every_cube_of_the_edition_is_read_by_both(edition_folder: Path) -> None:
    paths = [path for path in edition_folder.glob("data/*.json") if path.name.startswith(("figur-", "tabell-"))]
    assert len(paths) > 30
    for path in paths:
        text = path.read_text(encoding="utf-8")
        read = jsonstat.read(path.name, text.encode())
        frame = pyjstat.Dataset.read(text).write("dataframe")
        assert len(frame) == len(read.cells)
        assert "Syntetiske svar" in text
