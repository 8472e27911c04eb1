"""What notebooks hand over on single municipalities, and the form it is read in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from pydantic import ValidationError

from digikom.editions.municipality_results import PARTS, from_payloads
from digikom.errors import InputError
from digikom.opendata.data_files import municipality_csv
from digikom.paths import NOTEBOOK_DIR
from digikom.publish import published_municipalities
from digikom.publish.handover import handed_over
from digikom.publish.outputs import MUNICIPALITIES_MIME
from digikom.publish.published import read_cells


def notebook(path: Path, *payloads: dict[str, Any], parameters: str = "target_year = 1") -> None:
    """A notebook that has handed over the payloads."""
    cells = [nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    for payload in payloads:
        outputs = [nbformat.v4.new_output("display_data", data={MUNICIPALITIES_MIME: payload})]
        cells.append(nbformat.v4.new_code_cell("x", outputs=outputs))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


def payload(column: str, rows: list[list[object]], year: int = 2022) -> dict[str, Any]:
    return {"key": column, "year": year, "columns": [{"name": "municipality_code"}, {"name": column}], "rows": rows}


def test_what_the_chapters_hand_over_stands_side_by_side(tmp_path: Path) -> None:
    notebook(tmp_path / "03_a.ipynb", payload("a", [["0301", 1], ["1103", 2]]), payload("old", [["0301", 9]], 2018))
    notebook(tmp_path / "04_b.ipynb", payload("b", [["1103", 5]]))
    notebook(tmp_path / "11_c.ipynb", payload("c", [["1103", 5]]), parameters="executed_dir = ''")
    found = published_municipalities(tmp_path, year=2022)
    assert found.index.tolist() == ["0301", "1103"]
    assert found["a"].tolist() == [1, 2]
    assert found["b"].isna().tolist() == [True, False]
    assert list(found) == ["a", "b"]
    assert published_municipalities(tmp_path, year=1999).empty


def test_a_column_that_two_chapters_hand_over_is_an_error(tmp_path: Path) -> None:
    for name in ("03_a.ipynb", "04_b.ipynb"):
        notebook(tmp_path / name, payload("a", [["0301", 1]]))
    with pytest.raises(InputError, match="hand over a more than once"):
        published_municipalities(tmp_path, year=2022)
    with pytest.raises(InputError, match="There is no notebook"):
        published_municipalities(tmp_path / "empty", year=2022)


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    """What the committed chapter hands over."""
    cells = read_cells(NOTEBOOK_DIR / "11_kommuner.ipynb")
    return {payload["key"]: payload for _, payload in handed_over(cells)}


def test_the_parts_of_the_committed_chapter_fit_together(parts: dict[str, Any]) -> None:
    results = from_payloads(parts)
    assert results.status == "synthetic"
    present = {one.indicator for one in results.indicators if one.present}
    for one in results.municipalities:
        assert set(one.results) == (present if one.answered else set())
        for name, result in one.results.items():
            position = results.position(name, one.size_class, result.level)
            assert position is not None
            assert position.municipalities
    for positions in results.positions_of.values():
        assert sum(one.same or 0 for one in positions) == pytest.approx(100)


def test_the_file_for_programs_has_a_row_for_each_result(parts: dict[str, Any]) -> None:
    results = from_payloads(parts)
    text = municipality_csv(results)
    frame = pd.read_csv(io.StringIO(text), dtype={"municipality_code": str})
    present = [one for one in results.indicators if one.present]
    assert len(frame) == len(present) * len(results.municipalities)
    assert set(frame["status"]) == {"synthetic"}
    silent = {one.municipality_code for one in results.municipalities if not one.answered}
    assert set(frame.loc[frame["level"].isna(), "municipality_code"]) == silent
    shares = frame.loc[frame["kind"] == "score", ["group_lower", "group_same", "group_higher"]].dropna().sum(axis=1)
    assert (shares - 100).abs().max() < 1e-6


def test_a_part_that_is_not_of_the_agreed_form_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        from_payloads({key: parts[key] for key in PARTS[1:]})
    names = [column["name"] for column in parts["municipalities"]["columns"]]
    row = list(parts["municipalities"]["rows"][0])
    row[names.index("municipality_code")] = "../x"
    with pytest.raises(ValidationError):
        from_payloads(parts | {"municipalities": parts["municipalities"] | {"rows": [row]}})
