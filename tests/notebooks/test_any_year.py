"""Every notebook runs to its end as plain papermill runs it: any year with answers, any earlier year or none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_runs import run_all_plain

from digikom import survey
from digikom.paths import NOTEBOOK_DIR
from digikom.pipeline.chapters import templates

YEARS = survey.years()
PAIRS = [(year, earlier) for year in YEARS for earlier in ["", *(other for other in YEARS if other < year)]]
#: The year with most questions alone, and the two that have fewest in common; those that editions compare are built.
QUICK = {(2022, ""), (2024, 2018)}
each_pair = pytest.mark.parametrize(
    ("target", "reference"), [pair if pair in QUICK else pytest.param(*pair, marks=pytest.mark.full) for pair in PAIRS]
)

#: Parameters that cannot be, and what the one line on them has to name.
BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a year without answers": ({"target_year": 1999}, ["target_year", "1999", *map(str, YEARS)]),
    "no year": ({"target_year": "202x"}, ["target_year", "202x", *map(str, YEARS)]),
    "nothing for a year": ({"target_year": ""}, ["target_year"]),
    "a reference without answers": ({"reference_year": 2017}, ["reference_year", "2017"]),
    "a reference that is no year": ({"reference_year": "i fjor"}, ["reference_year", "i fjor"]),
    "a reference that is later": ({"target_year": 2018, "reference_year": 2022}, ["reference_year", "2022", "2018"]),
    "the same year twice": ({"target_year": 2022, "reference_year": 2022}, ["reference_year", "2022"]),
    "a misspelt name": ({"target_yaer": 2022}, ["target_yaer", "target_year"]),
    "a folder that is not there": ({"data_dir": "no/such/folder"}, ["no/such/folder"]),
}
each_fault = pytest.mark.parametrize(("parameters", "named"), BAD.values(), ids=list(BAD))


@each_pair
def test_every_notebook_runs_for_every_pair_of_years(tmp_path: Path, target: int, reference: int | str) -> None:
    failures = run_all_plain(tmp_path, {"target_year": target, "reference_year": reference})
    assert not failures, "\n".join(failures.values())


@pytest.mark.parametrize(
    ("target", "reference"),
    [pair if pair == (2024, 2018) else pytest.param(*pair, marks=pytest.mark.full) for pair in PAIRS],
)
def test_those_that_read_the_others_run_without_being_told_where(
    tmp_path: Path, target: int, reference: int | str
) -> None:
    """Plain papermill, nothing prepared: they read the committed notebooks, which are of another edition."""
    parameters = {"target_year": target, "reference_year": reference, "executed_dir": ""}
    failures = run_all_plain(tmp_path, parameters, ["06", "07", "09", "10", "11"])
    assert not failures, "\n".join(failures.values())


@each_fault
def test_parameters_that_cannot_be_are_told_in_one_line(
    tmp_path: Path, parameters: dict[str, Any], named: list[str]
) -> None:
    """One of them by every notebook; they all begin with the same call."""
    every = [path.name for path in templates()]
    wanted = every if "target_yaer" in parameters else every[:1]
    failures = run_all_plain(tmp_path, parameters, wanted)
    assert set(failures) == set(wanted)
    for failure in failures.values():
        assert "\n" not in failure
        assert "InputError" in failure or "ParameterError" in failure
        assert [name for name in named if name not in failure] == [], failure


def test_what_papermill_shows_of_it_is_no_longer_than_the_line(tmp_path: Path) -> None:
    source, target = NOTEBOOK_DIR / "05_digital_aktivitet.ipynb", tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(source), str(target), "-p", "target_year", "202x"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "202x" in done.stderr
    cells = nbformat.read(target, as_version=4).cells
    (error,) = [output for cell in cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert len("\n".join(error.traceback).strip().splitlines()) == 1
