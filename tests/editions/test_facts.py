"""What an edition says it is built from: commit, environment and input files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from digikom.editions.build_facts import COMMIT_FILE, LOCK_FILE, collect_facts, commit_of, input_files, locked_packages
from digikom.files import sha256
from digikom.paths import DATA_DIR, PROJECT_ROOT


def git(folder: Path, *arguments: str) -> str:
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    run = subprocess.run(["git", *author, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "file.txt").write_text("one", encoding="utf-8")
    git(tmp_path, "add", "file.txt")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    return tmp_path


def test_the_commit_is_that_of_the_repository_and_a_changed_file_shows(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    (repository / "untracked.txt").touch()
    assert commit_of(repository) == (head, False)
    (repository / "file.txt").write_text("two", encoding="utf-8")
    assert commit_of(repository) == (head, True)


def test_neither_a_repository_around_the_project_nor_one_without_commits_is_it(repository: Path) -> None:
    for name in ("inside", "empty"):
        (repository / name).mkdir()
    git(repository / "empty", "init", "--quiet")
    assert commit_of(repository / "inside") == commit_of(repository / "empty") == ("", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 40 + "\n", ("a" * 40, False)),
        ("a" * 40 + " modified\n", ("a" * 40, True)),
        ("a" * 40 + " <script>", ("", False)),
        ("<script>", ("", False)),
        ("", ("", False)),
    ],
)
def test_a_copy_may_state_its_commit(tmp_path: Path, text: str, expected: tuple[str, bool]) -> None:
    (tmp_path / COMMIT_FILE).write_text(text, encoding="utf-8")
    assert commit_of(tmp_path) == expected


def test_the_inputs_are_the_answers_of_the_years_and_what_all_years_share() -> None:
    files = input_files((2022, 2018))
    assert {"survey/2022.csv", "survey/2018.csv", "codebook/items.csv", "datapackage.json"} <= files.keys()
    assert "survey/2023.csv" not in files
    assert list(files) == sorted(files)
    assert not [name for name in files if name.endswith((".md", ".py"))]


def test_a_folder_of_answers_borrows_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "survey").mkdir()
    shutil.copy(DATA_DIR / "survey" / "2022.csv", tmp_path / "survey")
    files = input_files((2022,), tmp_path)
    assert files["survey/2022.csv"] == tmp_path / "survey" / "2022.csv"
    assert files["codebook/items.csv"] == DATA_DIR / "codebook" / "items.csv"
    assert "datapackage.json" not in files


def test_checksums_and_versions_are_those_of_the_files() -> None:
    facts = collect_facts((2022,))
    answers = next(each for each in facts.inputs if each.path == "survey/2022.csv")
    content = (DATA_DIR / "survey" / "2022.csv").read_bytes()
    assert (answers.sha256, answers.size) == (sha256(content), len(content))
    assert facts.lock_sha256 == sha256(PROJECT_ROOT / LOCK_FILE)
    assert {each.name: each.installed for each in facts.packages}["pandas"]


def test_packages_for_other_systems_are_passed_over_and_missing_ones_have_no_version(tmp_path: Path) -> None:
    lock = tmp_path / LOCK_FILE
    lock.write_text(
        "# made\npandas==1.2.3\n    # via x\npandera[pandas]==4.5\nabsent==1\nno-such==1 ; sys_platform == 'none'\n",
        encoding="utf-8",
    )
    found = locked_packages(lock)
    assert [(each.name, each.locked) for each in found] == [("pandas", "1.2.3"), ("pandera", "4.5"), ("absent", "1")]
    assert found[-1].installed == ""
