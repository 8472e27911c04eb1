"""One answer changed in a copy of the data: the numbers that rest on it change, in the text too, and nothing else."""

from __future__ import annotations

import csv
import json
import shutil
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import run_digikom

from digikom.paths import DATA_DIR, PROJECT_ROOT

pytestmark = pytest.mark.build
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


@pytest.fixture(scope="module")
def changed_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition built from data in which one municipality has answered otherwise."""
    folder = tmp_path_factory.mktemp("changed")
    data = folder / "data"
    shutil.copytree(DATA_DIR, data)
    path = data / "survey" / "2022.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(row for row in rows if row[COLUMN] == BEFORE)[COLUMN] = AFTER
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    done = run_digikom(PROJECT_ROOT, "build", "2022", "--data-dir", str(data), "--site", str(folder / "site"))
    assert done.returncode == 0, done.stderr
    return folder / "site" / "2022"


def values(edition: Path) -> dict[str, float]:
    numbers = json.loads((edition / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    return {number["key"]: number["value"] for number in numbers}


@cache
def page(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html5lib")


def changed_keys(edition_folder: Path, changed_site: Path) -> set[str]:
    before, after = values(edition_folder), values(changed_site)
    assert set(before) == set(after)
    return {key for key, value in before.items() if after[key] != value}


def test_exactly_the_numbers_that_rest_on_the_answer_change(edition_folder: Path, changed_site: Path) -> None:
    keys = changed_keys(edition_folder, changed_site)
    assert keys >= DEPENDENT
    crossed = keys - DEPENDENT
    assert crossed
    assert [key for key in sorted(crossed) if not key.endswith(CROSSED)] == []


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
            # Without what cells show of their results, figures and tables included.
            words = [
                paragraph.get_text()
                for paragraph in article.select("p")
                if not paragraph.select("a.tall") and not paragraph.find_parent(class_="cell")
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


def test_where_the_data_lie_is_not_published(changed_site: Path) -> None:
    for path in [*changed_site.rglob("*.html"), *changed_site.rglob("*.ipynb")]:
        assert str(changed_site.parents[1]) not in path.read_text(encoding="utf-8"), path
