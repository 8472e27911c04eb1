"""The command line: exit codes, messages, and that bad input changes nothing that is published."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from conftest import Command, declare_synthetic, run_digikom

from digikom.files import sha256
from digikom.paths import DATA_DIR

GOOD = (DATA_DIR / "survey" / "2022.csv").read_text(encoding="utf-8")
HEADER, *LINES = GOOD.splitlines()
COLUMNS = HEADER.split(",")


def with_cell(row: int, column: str, value: str) -> str:
    """The good file with one cell changed; `row` counts the rows under the header from 0."""
    rows = [line.split(",") for line in LINES]
    rows[row][COLUMNS.index(column)] = value
    return "\n".join([HEADER, *(",".join(cells) for cells in rows)]) + "\n"


def without_column(column: str) -> str:
    position = COLUMNS.index(column)
    return (
        "\n".join(
            ",".join(cell for index, cell in enumerate(line.split(",")) if index != position)
            for line in [HEADER, *LINES]
        )
        + "\n"
    )


def first_row_where(column: str, value: str) -> int:
    return next(index for index, line in enumerate(LINES) if line.split(",")[COLUMNS.index(column)] == value)


NO_STRATEGY = first_row_where("has_strategy", "no")

# Damage to the file, and what the message must say of it.
DAMAGED: dict[str, tuple[bytes, list[str]]] = {
    "empty": (b"", ["empty"]),
    "latin-1": (with_cell(0, "uses_cloud", "ja på").encode("latin-1"), ["UTF-8", "row 2"]),
    "missing column": (without_column("has_projects").encode(), ["has_projects"]),
    "unknown code": (
        with_cell(4, "barrier_competence", "<script>").encode(),
        ["row 6", "barrier_competence", "<script>", "very_small"],
    ),
    "two rows for one municipality": (
        f"{GOOD}{LINES[0]}\n".encode(),
        [f"row {len(LINES) + 2}", "municipality_code", LINES[0][:4]],
    ),
    "unknown municipality": (with_cell(7, "municipality_code", "9999").encode(), ["row 9", "9999"]),
    "text in a number": (with_cell(7, "municipality_code", "Oslo").encode(), ["row 9", "Oslo", "municipality_code"]),
    "answers behind a no": (
        with_cell(NO_STRATEGY, "strategy_robotics", "yes").encode(),
        [f"row {NO_STRATEGY + 2}", "strategy_robotics", "has_strategy"],
    ),
    "another year's division": (with_cell(3, "municipality_code", "0101").encode(), ["row 5", "0101", "2018"]),
    "semicolons": (GOOD.replace(",", ";").encode(), ["semicolon"]),
}


def fingerprint(folder: Path) -> dict[Path, str]:
    """The checksum of every file in a folder."""
    return {path: sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("damage", DAMAGED)
def test_check_refuses_a_damaged_file(digikom: Command, tmp_path: Path, damage: str) -> None:
    content, said = DAMAGED[damage]
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
    content, said = DAMAGED["unknown code"]
    (tmp_path / "survey").mkdir()
    (tmp_path / "survey" / "2022.csv").write_bytes(content)
    shutil.copy(DATA_DIR / "survey" / "2018.csv", tmp_path / "survey" / "2018.csv")
    declare_synthetic(tmp_path)
    before = fingerprint(site)
    done = digikom("build", "2022", "--data-dir", str(tmp_path), "--site", str(site))
    assert done.returncode == 2, done.stdout + done.stderr
    assert all(text in done.stderr for text in said)
    assert "Traceback" not in done.stderr
    assert fingerprint(site) == before


def test_all_problems_are_listed_at_once(digikom: Command, tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    rows = list(csv.reader(GOOD.splitlines()))
    for row, column, value in [(1, "uses_cloud", "ja"), (2, "has_projects", ""), (3, "municipality_code", "12")]:
        rows[row][COLUMNS.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    done = digikom("check", str(path), "--year", "2022")
    assert done.returncode == 2
    for place in (
        "row 2, column uses_cloud: found 'ja'",
        "row 3, column has_projects",
        "row 4, column municipality_code: found '12'",
    ):
        assert place in done.stderr


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


@pytest.mark.build
def test_a_notebook_that_breaks_exits_1_and_publishes_nothing(tmp_path: Path) -> None:
    from conftest import copy_project

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
