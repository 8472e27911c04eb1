"""One answer changed in a copy of the data: the numbers that rest on it change, in the text too, and nothing else.

`digikom verify` makes the edition from the changed data, and has to name the numbers that are others now.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import run_digikom
from notebook_runs import published

from digikom.editions.edition_files import load_edition
from digikom.paths import DATA_DIR, NOTEBOOK_DIR, PROJECT_ROOT
from digikom.pipeline.chapters import run_notebooks

pytestmark = pytest.mark.build
#: The beginning of a checksum as the text has it; that of the changed file is another one.
CHECKSUM = re.compile(r"SHA-256 [0-9a-f]+…")
COLUMN, BEFORE, AFTER = "barrier_competence", "fairly_large", "neither"
#: What the answer to that question goes into: its own shares, the two crossings of figures 4.6 and 4.7, and for the
#: verdicts on them nothing, since the printed shares are too coarse to notice one municipality.
DEPENDENT = {
    "barrier-large",
    "barrier-large-count",
    "barrier-neither",
    "barrier-neither-count",
}
CROSSED = ("-large-barrier", "-neither-barrier", "barrier-large-external", "barrier-large-own")


def change_an_answer(data: Path) -> None:
    """Make `data` a copy of the project's data in which one municipality has answered otherwise."""
    shutil.copytree(DATA_DIR, data)
    path = data / "survey" / "2022.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(row for row in rows if row[COLUMN] == BEFORE)[COLUMN] = AFTER
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_numbers_of_the_chapter_that_rest_on_the_answer_change(site: Path, tmp_path: Path) -> None:
    change_an_answer(tmp_path / "data")
    data, name = str(tmp_path / "data"), "04_digital_kompetanse.ipynb"
    parameters = {**load_edition(2022).parameters, "data_dir": data}
    run_notebooks([NOTEBOOK_DIR / name], tmp_path, parameters)
    before = published(name, site / "2022" / "_sources" / "notebooks")
    after = published(name, tmp_path)
    assert set(before) == set(after)
    changed = {key for key in before if before[key].get("value") != after[key].get("value")}
    assert changed >= DEPENDENT
    assert [key for key in sorted(changed - DEPENDENT) if not key.endswith(CROSSED)] == []


@pytest.fixture(scope="module")
def verified(site: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The edition made from data in which one municipality has answered otherwise, and what `digikom verify` says."""
    folder = tmp_path_factory.mktemp("changed")
    change_an_answer(folder / "data")
    made = folder / "site" / "2022"
    options = ("--site", str(site), "--data-dir", str(folder / "data"), "--keep", str(made), "--no-pdf")
    done = run_digikom(PROJECT_ROOT, "verify", "2022", *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "note: input survey/2022.csv: changed since" in done.stdout
    return made, done.stderr.splitlines()


@pytest.fixture(scope="module")
def changed_site(verified: tuple[Path, list[str]]) -> Path:
    return verified[0]


def entries(edition: Path) -> dict[str, dict[str, Any]]:
    """Everything that the register tells of each number, but for its address."""
    numbers = json.loads((edition / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    return {number["key"]: {name: number[name] for name in number if name != "href"} for number in numbers}


def values(edition: Path) -> dict[str, float]:
    return {key: number["value"] for key, number in entries(edition).items()}


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def changed_keys(edition_folder: Path, changed_site: Path) -> set[str]:
    before, after = values(edition_folder), values(changed_site)
    assert set(before) == set(after)
    return {key for key, value in before.items() if after[key] != value}


@pytest.mark.full
def test_exactly_the_numbers_that_rest_on_the_answer_change(edition_folder: Path, changed_site: Path) -> None:
    keys = changed_keys(edition_folder, changed_site)
    assert keys >= DEPENDENT
    crossed = keys - DEPENDENT
    assert crossed
    assert [key for key in sorted(crossed) if not key.endswith(CROSSED)] == []


@pytest.mark.full
def test_verifying_names_exactly_the_numbers_and_files_that_changed(
    edition_folder: Path, verified: tuple[Path, list[str]]
) -> None:
    changed_site, said = verified
    assert said[0] == "Numbers that differ:"
    end = next(index for index, line in enumerate(said[1:], start=1) if not line.startswith("  "))
    named = [line.split(":")[0].strip() for line in said[1:end]]
    before, after = entries(edition_folder), entries(changed_site)
    assert set(before) == set(after)
    assert sorted(named) == sorted(key for key in before if before[key] != after[key])
    assert f"{len(named)} of {len(before)} numbers differ" in said[-1]
    files = [line.split(": ", 1)[1] for line in said[said.index("Files that differ when made again:") + 1 : -1]]
    ours = {path.relative_to(edition_folder) for path in edition_folder.rglob("*") if path.is_file()}
    theirs = {path.relative_to(changed_site) for path in changed_site.rglob("*") if path.is_file()}
    assert {path.suffix for path in ours ^ theirs} <= {".pdf"}
    other = [
        name for name in ours & theirs if (edition_folder / name).read_bytes() != (changed_site / name).read_bytes()
    ]
    assert sorted(files) == sorted(name.as_posix() for name in other if name.as_posix() != "data/manifest.json")


@pytest.mark.full
def test_the_text_changes_where_it_prints_them_and_nowhere_else(edition_folder: Path, changed_site: Path) -> None:
    keys = changed_keys(edition_folder, changed_site)
    moved: dict[str, set[str]] = {}
    for path in sorted(edition_folder.rglob("*.html")):
        name = str(path.relative_to(edition_folder))
        texts = []
        for soup in (page(path), page(changed_site / name)):
            article = soup.select_one("article")
            if article is None:
                continue
            numbers = [
                (str(link["href"]).rpartition("#tall-")[2], link.get_text()) for link in article.select("a.tall")
            ]
            # Without what cells show of their results, figures and tables included, and the checksums of the data.
            words = [
                CHECKSUM.sub("", paragraph.get_text())
                for paragraph in article.select("p")
                if not paragraph.select("a.tall") and not paragraph.find_parent(class_=["cell", "digikom-inputs"])
            ]
            texts.append((numbers, words))
        if not texts:
            continue
        (numbers, words), (other_numbers, other_words) = texts
        assert [key for key, _ in numbers] == [key for key, _ in other_numbers], name
        assert words == other_words, name
        moved[name] = {key for (key, text), (_, other) in zip(numbers, other_numbers, strict=True) if text != other}
        assert moved[name] <= keys, name
    assert "barrier-large" in moved["book/sammendrag.html"]
    assert "barrier-large" in moved["notebooks/04_digital_kompetanse.html"]
    assert moved["notebooks/05_digital_aktivitet.html"] == set()


@pytest.mark.full
def test_where_the_data_lie_is_not_published(changed_site: Path) -> None:
    for path in [*changed_site.rglob("*.html"), *changed_site.rglob("*.ipynb")]:
        assert str(changed_site.parents[1]) not in path.read_text(encoding="utf-8"), path
