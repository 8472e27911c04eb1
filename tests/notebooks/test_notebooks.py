"""The rules of the house for notebooks, and that nbval would notice a changed digit."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest

from digikom.paths import NOTEBOOK_DIR
from digikom.publish.number_registers import REGISTERS_DIR
from digikom.publish.published import EXECUTED_DIR

NOTEBOOKS = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
TAGS = {"parameters", "hide-input", "hide-cell"}
PARAMETERS = ["target_year", "reference_year", "data_dir"]
#: Notebooks that read what the others have published have one more.
READS_THE_OTHERS = {f"{name}.ipynb" for name in ("06_avslutning", "07_etterproving", "11_kommuner", "12_frafall")}
#: Those that compare editions have another.
COMPARES_EDITIONS = {"09_endringer.ipynb", "10_tidsserier.ipynb"}
ALLOWED_IMPORTS = {"numpy", "pandas", "altair", "digikom", "re", "scipy"}
each_notebook = pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])


@cache
def read(name: str) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.read(NOTEBOOK_DIR / name, as_version=4)
    return notebook


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


@each_notebook
def test_every_code_cell_has_run_in_order_and_without_error(name: str) -> None:
    cells = code_cells(name)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr"


@each_notebook
def test_nothing_of_the_run_is_kept(name: str) -> None:
    notebook = read(name)
    assert "papermill" not in notebook.metadata
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "measures"}, cell.id
    text = (NOTEBOOK_DIR / name).read_text(encoding="utf-8")
    assert str(NOTEBOOK_DIR.parent) not in text


@each_notebook
def test_cells_have_readable_ids_and_known_tags(name: str) -> None:
    for cell in read(name).cells:
        assert not re.fullmatch("[0-9a-f]{8}", cell.id), "a name that tells what the cell does, not a random id"
        assert set(cell.metadata.get("tags", [])) <= TAGS


@each_notebook
def test_no_output_is_left_out_of_the_comparison(name: str) -> None:
    for cell in read(name).cells:
        assert "NBVAL" not in cell.source
        assert not any(tag.startswith(("nbval", "raises-exception")) for tag in cell.metadata.get("tags", []))


@each_notebook
def test_parameters_are_plain_scalars(name: str) -> None:
    cell = next(cell for cell in code_cells(name) if "parameters" in cell.metadata.get("tags", []))
    statements = ast.parse(cell.source).body
    expected = list(PARAMETERS)
    if name in READS_THE_OTHERS | COMPARES_EDITIONS:
        expected.append(EXECUTED_DIR)
    if name in COMPARES_EDITIONS:
        expected.append(REGISTERS_DIR)
    assert [statement.targets[0].id for statement in statements] == expected
    assert all(isinstance(statement.value, ast.Constant) for statement in statements)


@each_notebook
def test_no_year_outside_the_parameters_cell(name: str) -> None:
    for cell in read(name).cells:
        if "parameters" not in cell.metadata.get("tags", []):
            # Keys of works in the bibliography hold the year they came out.
            source = re.sub(r"\{cite:p\}`[^`]*`", "", cell.source)
            assert not re.search(r"\b(19|20)\d\d\b", source), cell.id


@each_notebook
def test_imports_are_those_a_notebook_may_use(name: str) -> None:
    for cell in code_cells(name):
        for node in ast.walk(ast.parse(cell.source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
                if node.module == "digikom":
                    assert {alias.name for alias in node.names} <= {"survey", "geography", "publish"}
            assert {module.split(".")[0] for module in modules} <= ALLOWED_IMPORTS


def test_a_changed_digit_is_noticed(tmp_path: Path) -> None:
    """One notebook shows that nbval compares; all of them are compared by `make test`."""
    name = NOTEBOOKS[0].name
    text = (NOTEBOOK_DIR / name).read_text(encoding="utf-8")
    changed = text.replace('"text": "354"', '"text": "355"', 1)
    assert changed != text
    for content, passes in ((text, True), (changed, False)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "--nbval",
                str(tmp_path / name),
                "-q",
                "-p",
                "no:cacheprovider",
                "-c",
                "/dev/null",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == passes, done.stdout
