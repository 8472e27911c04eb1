"""The built edition as readers and auditors meet it: linked numbers, files, language, no other host, same bytes."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup, Tag
from conftest import copy_project, run_digikom

from digikom.paths import NOTEBOOK_DIR

pytestmark = pytest.mark.build
CHAPTER = "notebooks/03_digital_prioritering.html"


@cache
def page(folder: Path, name: str) -> BeautifulSoup:
    """A page of the edition; tests read it and change nothing."""
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")


def html_pages(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html") if "_static" not in path.parts)


def ids(soup: BeautifulSoup) -> dict[str, Tag]:
    """The elements of a page by their ids: looking one up is quick."""
    return {str(tag["id"]): tag for tag in soup.select("[id]")}


@pytest.fixture(scope="module")
def chapter(edition_folder: Path) -> BeautifulSoup:
    return page(edition_folder, CHAPTER)


@pytest.fixture(scope="module")
def numbers(edition_folder: Path) -> list[dict[str, Any]]:
    found: Any = json.loads((edition_folder / "data" / "numbers.json").read_text(encoding="utf-8"))
    listed: list[dict[str, Any]] = found if isinstance(found, list) else found["numbers"]
    return listed


def test_root_page_leads_to_the_edition(site: Path) -> None:
    links = [link["href"] for link in page(site, "index.html").select("a[href]")]
    assert "2022/index.html" in links


def test_figures_and_tables_are_numbered_in_norwegian(chapter: BeautifulSoup) -> None:
    captions = [
        " ".join(caption.get_text().split())
        for caption in chapter.select("figcaption .caption-number, table caption .caption-number")
    ]
    assert captions == ["Figur 3.1", "Figur 3.2", "Figur 3.3", "Figur 3.4", "Figur 3.5", "Tabell 3.1", "Figur 3.6"]


def test_the_other_chapters_have_the_figures_and_tables_of_the_report(edition_folder: Path) -> None:
    expected = {
        "notebooks/04_digital_kompetanse.html": {*(f"Figur 4.{number}" for number in range(1, 11)), "Tabell 4.1"},
        "notebooks/05_digital_aktivitet.html": {
            *(f"Figur 5.{number}" for number in range(1, 8)),
            *("Tabell 5.1", "Tabell 5.2"),
        },
    }
    for name, numbered in expected.items():
        shown = page(edition_folder, name).select("figcaption .caption-number, table caption .caption-number")
        assert {" ".join(caption.get_text().split()) for caption in shown} == numbered


def test_every_figure_is_there_without_script(chapter: BeautifulSoup) -> None:
    figures = chapter.select("figure.digikom-figure")
    assert len(figures) == 6
    for figure in figures:
        pictures = figure.select("svg")
        assert pictures
        for picture in pictures:
            assert picture["role"] == "img"
            label = str(picture["aria-label"])
            assert re.search(r"\d", label)
            assert picture.select("path, rect")
        block = figure.find_parent(class_="digikom-block")
        assert isinstance(block, Tag)
        assert block.select("details table tbody tr")


def test_table_of_grades_on_the_page(chapter: BeautifulSoup) -> None:
    table = next(
        table
        for table in chapter.select("table")
        if table.select(".caption-number") and "3.1" in table.select(".caption-number")[0].text
    )
    cells = [[cell.get_text(strip=True) for cell in row.select("td, th")][1:] for row in table.select("tbody tr")]
    assert cells == [
        ["17", "0,048", "0,090"],
        ["112", "0,316", "0,279"],
        ["70", "0,198", "0,077"],
        ["45", "0,127", "0,292"],
        ["110", "0,311", "0,263"],
        ["354", "1,000", "1,000"],
    ]


def test_prose_says_what_was_printed(chapter: BeautifulSoup) -> None:
    text = " ".join(chapter.select_one("article").get_text().replace("\N{NO-BREAK SPACE}", " ").split())  # type: ignore[union-attr]
    for said in (
        "IKT-prosjekter, var 93,2 prosent",
        "87,8 prosent i 2018",
        "96 av 354 kommuner uten digitaliseringsstrategi",
        "94,7 prosent av strategiene",
    ):
        assert said in text


def shows(text: str, value: float) -> bool:
    """Whether one of the numbers in Norwegian text is the value, rounded to as many decimals."""
    for whole, decimals in re.findall(r"(\d+(?:\N{NO-BREAK SPACE}\d{3})*)(?:,(\d+))?", text):
        number = float(f"{whole.replace(chr(0xA0), '')}.{decimals or 0}")
        if abs(number - abs(value)) <= 0.5 * 10 ** -len(decimals) + 1e-9:
            return True
    return False


def test_a_number_leads_to_the_cell_that_computed_it(edition_folder: Path) -> None:
    checked = 0
    parsed = {name: page(edition_folder, name) for name in html_pages(edition_folder)}
    places = {name: ids(soup) for name, soup in parsed.items()}
    for name, soup in parsed.items():
        for link in soup.select("a.tall"):
            address, anchor = urldefrag(unquote(str(link["href"])))
            target_name = name if not address else os.path.normpath(os.path.join(os.path.dirname(name), address))  # noqa: PTH118, PTH120
            assert anchor in places[target_name], f"{name}: {link['href']} leads nowhere"
            target = places[target_name][anchor]
            value = link.select_one("data")
            assert value is not None
            assert shows(target.get_text(), float(str(value["value"]))), f"{name}: {link['href']} does not show it"
            assert target.find_parent(class_="cell"), f"{anchor} is not in a cell"
            checked += 1
    assert checked > 60


def test_number_register_matches_the_notebooks(edition_folder: Path, numbers: list[dict[str, Any]]) -> None:
    with (edition_folder / "data" / "numbers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows] == [number["key"] for number in numbers]
    by_key = {number["key"]: number for number in numbers}
    places = {name: ids(page(edition_folder, name)) for name in {urldefrag(number["href"])[0] for number in numbers}}
    assert by_key["projects-planned"]["text"] == "93,2"
    assert by_key["priority-count-4"]["value"] == 110
    assert by_key["projects-planned"]["base"] == 354
    for number in numbers:
        assert number["status"] == "synthetic"
        address, anchor = urldefrag(number["href"])
        assert anchor in places[address]


def test_every_figure_and_table_has_its_file(edition_folder: Path, chapter: BeautifulSoup) -> None:
    names = [f"figur-3-{number}" for number in range(1, 7)] + ["tabell-3-1"]
    for name in names:
        path = edition_folder / "data" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert {row["status"] for row in rows} == {"synthetic"}
        assert any(str(link["href"]).endswith(f"data/{name}.csv") for link in chapter.select("a[href]"))


def test_synthetic_mark_on_every_page_and_figure(edition_folder: Path, chapter: BeautifulSoup) -> None:
    for name in html_pages(edition_folder):
        assert "yntetisk" in page(edition_folder, name).get_text(), name
    for block in chapter.select(".digikom-block"):
        assert "Syntetiske svar" in block.get_text()


def test_no_page_asks_another_host(edition_folder: Path) -> None:
    loading = re.compile(
        r"""(?:src|srcset|poster)\s*=\s*["'](?:https?:)?//|<link[^>]+href=["'](?:https?:)?//|url\(["']?(?:https?:)?//|import\s*\(?["'](?:https?:)?//"""
    )
    for name in html_pages(edition_folder):
        text = (edition_folder / name).read_text(encoding="utf-8")
        assert not loading.search(text), (name, loading.search(text))
    for path in edition_folder.rglob("*.css"):
        assert not re.search(
            r"url\(['\"]?(?:https?:)?//|@import ['\"](?:https?:)?//", path.read_text(encoding="utf-8")
        ), path


def test_page_language_is_norwegian(edition_folder: Path) -> None:
    english = re.compile(
        r"\b(Skip to main|Toggle|Search|Contents|Show code|Click to|next page|previous page|Back to top"
        r"|Download this page|Fig\.|Table \d)"
    )
    for name in html_pages(edition_folder):
        soup = page(edition_folder, name)
        assert soup.html is not None
        assert soup.html["lang"] == "nb"
        unread = {id(text) for part in soup.select("script, style, pre, code") for text in part.find_all(string=True)}
        visible = " ".join(text for text in soup.find_all(string=True) if id(text) not in unread)
        labels = [
            str(tag[attribute])
            for attribute in ("title", "aria-label", "placeholder", "alt")
            for tag in soup.select(f"[{attribute}]")
        ]
        for text in [visible, *labels]:
            found = english.search(text)
            assert not found, f"{name}: {found and found.group()}"


def test_no_absolute_path_in_the_site(edition_folder: Path) -> None:
    roots = [str(NOTEBOOK_DIR.parent), str(edition_folder.parent), sys.prefix]
    for path in edition_folder.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".js", ".json", ".csv", ".ipynb", ".css", ".txt"}:
            text = path.read_text(encoding="utf-8")
            for root in roots:
                assert root not in text, path


#: Writes the pages above the editions of a site.
WRITE_ROOT = """
import sys
from pathlib import Path
from digikom.site.front import write_root
site, drafts = map(Path, sys.argv[1:])
drafts.mkdir()
write_root(site, drafts)
"""


@pytest.mark.parametrize("year", ["2018", pytest.param("2022", marks=pytest.mark.full)])
def test_another_folder_user_time_zone_locale_and_hash_seed_give_the_same_site(
    site: Path, tmp_path: Path, year: str
) -> None:
    """The edition is made again by `digikom verify`, which must find nothing; `diff` looks at what it made."""
    project, other = copy_project(tmp_path / "et annet sted"), tmp_path / "site"
    place = {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}
    user = {"USER": "noen", "LOGNAME": "noen", "HOME": str(tmp_path)}
    made = str(other / year)
    done = run_digikom(project, "verify", year, "--site", str(site), "--jobs", "3", "--keep", made, **place, **user)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{year}: \d+ numbers, \d+ words, \d+ files: identical", done.stdout.splitlines()[-1])
    for edition in site.iterdir():
        if edition.name.isdecimal() and edition.name != year:
            shutil.copytree(edition, other / edition.name)
    command = [sys.executable, "-c", WRITE_ROOT, str(other), str(tmp_path / "drafts")]
    environment = {**os.environ, "PYTHONPATH": str(project), **place, **user}
    subprocess.run(command, check=True, env=environment)
    compared = subprocess.run(["diff", "-r", str(site), str(other)], capture_output=True, text=True, check=False)
    assert (compared.returncode, compared.stdout) == (0, "")
