"""Number registers: what an edition says of its own year, kept for the editions that compare themselves with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from digikom.editions.edition_files import earlier_editions, edition_years, load_edition
from digikom.errors import InputError
from digikom.paths import DATA_DIR
from digikom.publish.number_registers import REGISTER_COLUMNS, edition_registers, own_numbers, write_register

NUMBER = "application/vnd.digikom.number+json"


def number(key: str, year: int, value: float = 12.5, **extra: object) -> dict[str, object]:
    return {
        **{"key": key, "label": f"Andel, «{key}»", "value": value, "text": "12,5", "unit": "percent", "decimals": 1},
        **{"base": 20, "base_text": "alle", "year": year, "status": "synthetic"},
        **extra,
    }


def notebook(folder: Path, name: str, *payloads: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    content = nbformat.v4.new_notebook()
    for payload in payloads:
        cell = nbformat.v4.new_code_cell("publish", id=f"cell-{payload['key']}")
        cell.outputs = [nbformat.v4.new_output("display_data", data={NUMBER: payload})]
        content.cells.append(cell)
    nbformat.write(content, folder / name)


def test_a_register_holds_the_numbers_of_the_edition_s_own_year(tmp_path: Path) -> None:
    now = number("now", 2022, questions=["has_strategy", "strategy"])
    notebook(tmp_path / "run", "03_a.ipynb", now, number("then", 2018), number("unasked", 2022))
    register = own_numbers(tmp_path / "run", 2022)
    assert register.columns.tolist() == list(REGISTER_COLUMNS)
    found = register[["key", "notebook", "cell_id", "questions"]].to_numpy().tolist()
    assert found == [["now", "03_a", "cell-now", "has_strategy strategy"], ["unasked", "03_a", "cell-unasked", ""]]


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    odd = number("odd", 2022, value=1 / 3, label='Komma, "sitat" og <script>', base=None)
    notebook(tmp_path / "run", "03_a.ipynb", odd, number("whole", 2022, value=17, unit="count", decimals=0))
    written = own_numbers(tmp_path / "run", 2022)
    write_register(tmp_path / "registers" / "2022.csv", written)
    write_register(tmp_path / "registers" / "2018.csv", written.iloc[1:])
    (tmp_path / "registers" / "notes.csv").write_text("not,a,register\n", encoding="utf-8")
    read = edition_registers(tmp_path / "registers")
    assert read["edition"].tolist() == [2018, 2022, 2022]
    latest = read[read["edition"] == 2022].drop(columns="edition").reset_index(drop=True)
    pd.testing.assert_frame_equal(latest, written, rtol=1e-11)
    assert "17,count" in (tmp_path / "registers" / "2022.csv").read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "registers").iterdir()) == ["2018.csv", "2022.csv", "notes.csv"]


def test_a_folder_without_registers_gives_no_numbers(tmp_path: Path) -> None:
    found = edition_registers(tmp_path)
    assert found.empty
    assert found.columns.tolist() == ["edition", *REGISTER_COLUMNS]


@pytest.mark.parametrize(
    "content",
    [b"", b"key,label\na,b\n", b"\xff\xfe", ",".join(REGISTER_COLUMNS).encode() + b"\na,b,no number,percent,1,,,,,\n"],
)
def test_a_damaged_register_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "2022.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"2022\.csv cannot be read"):
        edition_registers(tmp_path)


def test_earlier_editions_are_those_whose_answers_are_at_hand(tmp_path: Path) -> None:
    years = edition_years()
    assert [edition.year for edition in earlier_editions(years[-1])] == years[:-1]
    assert earlier_editions(years[0]) == []
    (tmp_path / "survey").mkdir()
    (tmp_path / "survey" / f"{years[0]}.csv").touch()
    assert [edition.year for edition in earlier_editions(years[-1], tmp_path)] == years[:1]


@pytest.mark.build
@pytest.mark.parametrize("year", edition_years())
def test_the_committed_registers_are_what_the_editions_say(
    year: int, executed: Callable[[int], Path], tmp_path: Path
) -> None:
    made = write_register(tmp_path / "made.csv", own_numbers(executed(year), year)).read_text(encoding="utf-8")
    committed = (DATA_DIR / "registers" / f"{year}.csv").read_text(encoding="utf-8")
    assert committed == made, f"run `digikom refresh`: data/registers/{year}.csv is not what the notebooks give"


@pytest.mark.build
def test_the_register_agrees_with_the_published_one(site: Path) -> None:
    for year in edition_years():
        published = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
        values = {entry["key"]: entry["value"] for entry in published}
        register = edition_registers()
        of_edition = register[register["edition"] == load_edition(year).year]
        assert len(of_edition) > 50
        for row in of_edition.itertuples():
            assert values[row.key] == pytest.approx(row.value, rel=1e-9), row.key
