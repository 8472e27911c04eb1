"""Numbers read back from executed notebooks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
import sphinxext_books as books
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebook_runs import published

from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.publish import published_numbers
from digikom.publish.outputs import NUMBER_MIME, WORDING_MIME
from digikom.publish.published import NUMBER_COLUMNS, published_outputs

PLAIN = "target_year = 1\nreference_year = 0\ndata_dir = ''"


def number(key: str, value: float, base: int | None = 10) -> nbformat.NotebookNode:
    """An output with a number."""
    about = {"value": value, "text": str(value), "base": base, "base_text": base and "all", "year": 2001}
    return output(NUMBER_MIME, books.number(key, label=f"The number {key}", **about))


def word() -> nbformat.NotebookNode:
    return output(WORDING_MIME, {"key": "word", "text": "more"})


def output(mime: str, payload: dict[str, Any]) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = new_output("display_data", data={mime: payload, "text/plain": "for people"})
    return made


def write(path: Path, *outputs: nbformat.NotebookNode, parameters: str = PLAIN) -> None:
    """A notebook with a parameters cell and one cell that has the outputs."""
    cells = [
        new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell("", id="results", outputs=list(outputs)),
    ]
    nbformat.write(new_notebook(cells=cells), path)


def test_a_row_a_number_with_everything_published_and_its_cell(tmp_path: Path) -> None:
    write(tmp_path / "05_later.ipynb", number("later", 3.5))
    write(tmp_path / "04_first.ipynb", number("first", 1), word(), number("alone", 2.5, base=None))
    frame = published_numbers(tmp_path)
    assert list(frame.columns) == list(NUMBER_COLUMNS)
    assert frame["key"].tolist() == ["first", "alone", "later"]
    assert frame["notebook"].tolist() == ["04_first", "04_first", "05_later"]
    assert set(frame["cell_id"]) == {"results"}
    assert frame["value"].tolist() == [1.0, 2.5, 3.5]
    assert frame["base"].isna().tolist() == [False, True, False]
    last = frame.iloc[2]
    assert (last["base"], last["year"], last["decimals"], last["unit"]) == (10, 2001, 1, "percent")
    assert (last["label"], last["base_text"], last["status"]) == ("The number later", "all", "synthetic")


def test_notebooks_of_the_second_stage_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "first.ipynb", number("first", 1))
    write(tmp_path / "second.ipynb", number("second", 2), parameters=f"{PLAIN}\nexecuted_dir = ''")
    assert published_numbers(tmp_path)["key"].tolist() == ["first"]


def test_notebooks_without_numbers_give_an_empty_frame(tmp_path: Path) -> None:
    write(tmp_path / "words.ipynb", word())
    frame = published_numbers(str(tmp_path))
    assert frame.empty
    assert list(frame.columns) == list(NUMBER_COLUMNS)


def test_without_a_folder_the_committed_notebooks_are_read() -> None:
    frame = published_numbers("")
    pd.testing.assert_frame_equal(frame, published_numbers(NOTEBOOK_DIR))
    name = "03_digital_prioritering"
    payloads = {key: payload for key, payload in published(f"{name}.ipynb").items() if "unit" in payload}
    assert len(payloads) > 100
    ours = frame[frame["notebook"] == name].set_index("key")
    assert ours["value"].to_dict() == {key: payload["value"] for key, payload in payloads.items()}


def test_a_folder_without_notebooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no notebook"):
        published_numbers(tmp_path)


@pytest.mark.parametrize("content", ["not JSON", "[]", "{}", '{"cells": "none"}', "\udcff"])
def test_an_unreadable_notebook_is_named(tmp_path: Path, content: str) -> None:
    shutil.copy(NOTEBOOK_DIR / "02_datakilder.ipynb", tmp_path)
    (tmp_path / "damaged.ipynb").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=r"damaged\.ipynb"):
        published_numbers(tmp_path)


def test_everything_published_is_found_in_order() -> None:
    """The words for a number's change, which its payload holds, come after it as wordings of their own."""
    count, changed = {"key": "a"}, {"key": "b", "wordings": [{"key": "b-change"}, {"key": "b-since"}]}
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown"},
        {"outputs": [{"data": {"text/plain": "no"}}, {"data": {NUMBER_MIME: count}}, {"output_type": "stream"}]},
        {"outputs": [{"data": {WORDING_MIME: 2, "text/html": "no"}}, {"data": {NUMBER_MIME: changed}}]},
    ]
    assert list(published_outputs(cells)) == [
        (1, NUMBER_MIME, count),
        (2, WORDING_MIME, 2),
        (2, NUMBER_MIME, changed),
        *((2, WORDING_MIME, wording) for wording in changed["wordings"]),
    ]
