"""The command line: exit codes, messages, and that bad input changes nothing that is published."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from conftest import Command, copy_project, declare_synthetic, run_digikom

from digikom.errors import InputError, Problem
from digikom.files import csv_text, sha256
from digikom.paths import DATA_DIR

GOOD = DATA_DIR / "survey" / "2022.csv"


def damaged() -> bytes:
    """The good file with faults in four cells; `test_survey_validation.py` has each kind of damage."""
    rows = list(csv.reader(GOOD.read_text(encoding="utf-8").splitlines()))
    for row, column, value in [
        (1, "uses_cloud", "ja"),
        (2, "has_projects", ""),
        (3, "municipality_code", "12"),
        (5, "barrier_competence", "<script>"),
    ]:
        rows[row][rows[0].index(column)] = value
    return csv_text(rows).encode()


SAID = (
    "row 2, column uses_cloud: found 'ja'",
    "row 3, column has_projects",
    "row 4, column municipality_code: found '12'",
    "row 6, column barrier_competence: found '<script>'; expected",
)


def fingerprint(folder: Path) -> dict[Path, str]:
    """The checksum of every file in a folder."""
    return {path: sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("content", "said"), [(damaged(), SAID), (b"", ("empty",)), ("ja på".encode("latin-1"), ("UTF-8", "row 1"))]
)
def test_check_lists_all_problems_of_a_damaged_file_at_once(
    digikom: Command, tmp_path: Path, content: bytes, said: tuple[str, ...]
) -> None:
    path = tmp_path / "extract.csv"
    path.write_bytes(content)
    done = digikom("check", str(path), "--year", "2022")
    assert done.returncode == 2, done.stdout + done.stderr
    for text in said:
        assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.build
def test_build_on_a_damaged_file_leaves_the_site_alone(digikom: Command, site: Path, tmp_path: Path) -> None:
    (tmp_path / "survey").mkdir()
    (tmp_path / "survey" / "2022.csv").write_bytes(damaged())
    shutil.copy(DATA_DIR / "survey" / "2018.csv", tmp_path / "survey" / "2018.csv")
    declare_synthetic(tmp_path)
    before = fingerprint(site)
    done = digikom("build", "2022", "--data-dir", str(tmp_path), "--site", str(site))
    assert done.returncode == 2, done.stdout + done.stderr
    assert all(text in done.stderr for text in SAID)
    assert "Traceback" not in done.stderr
    assert fingerprint(site) == before


def test_check_accepts_the_built_in_files(digikom: Command) -> None:
    for year in ("2018", "2022", "2023", "2024"):
        done = digikom("check", str(DATA_DIR / "survey" / f"{year}.csv"), "--year", year)
        assert (done.returncode, done.stderr) == (0, "")
        assert "no problem found" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build",), "Name the editions to build"),
        (("build", "2022", "--all"), "Name the editions to build"),
        (("build", "1999"), "There is no edition file"),
        (("check", "nowhere.csv", "--year", "2022"), "nowhere.csv"),
        (("check", "README.md", "--year", "1999"), "1999"),
        (("check", "README.md"), "--year"),
        (("synthesise", "1999"), "1999"),
        (("open", "2022", "nothing", "--prepare-only"), "There is no notebook 'nothing'. Notebooks that exist: 02_"),
        (("frobnicate",), "frobnicate"),
        (("build", "i fjor"), "Invalid value for 'years'"),
        (("build", "2022", "--jobs", "0"), "--jobs"),
    ],
)
def test_a_wrong_command_is_told_and_exits_2(digikom: Command, arguments: tuple[str, ...], said: str) -> None:
    done = digikom(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_no_formula_is_written_as_csv() -> None:
    harmless = ["", "-1,5", "- 1\u00a0000", "-", "+2e-5", "a=b", "e-post", "–5"]
    assert csv_text([harmless, harmless]).count("-1,5") == 2
    harmful = ["=1", "=HYPERLINK(1)", "@A1", "+A1", "-2+3", "\t=1", "\r=1", "--1"]
    with pytest.raises(InputError) as caught:
        csv_text([["name"] * len(harmful), harmful])
    assert [problem.value for problem in caught.value.problems if isinstance(problem, Problem)] == harmful
    assert "row 2, column name: found '=HYPERLINK(1)'" in str(caught.value)


@pytest.mark.build
def test_a_notebook_that_breaks_exits_1_and_publishes_nothing(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    path = project / "notebooks" / "02_datakilder.ipynb"
    text = path.read_text(encoding="utf-8")
    begins = "publish.begin(target_year, reference_year, data_dir)"
    assert begins in text
    path.write_text(text.replace(begins, f"{begins}.answers.loc[[-1]]"), encoding="utf-8")
    done = run_digikom(project, "build", "2018", "--no-pdf", "--site", str(tmp_path / "site"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "02_datakilder.ipynb, cell" in done.stderr
    assert not (tmp_path / "site" / "2018").exists()
    assert not (tmp_path / "site" / "index.html").exists()
