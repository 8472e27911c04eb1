"""The page *Data*: its examples run on what an edition publishes, and its links lead to files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from open_data_editions import synthetic

from digikom.paths import BOOK_DIR


def example(language: str) -> str:
    """The code of the page in a language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", (BOOK_DIR / "data.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(code)


def output_of(*command: str) -> str:
    folder = synthetic().html / "data"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_example_runs() -> None:
    printed = output_of(sys.executable, "-c", example("python"))
    assert "93.22" in printed
    assert "synthetic" in printed
    assert "Informasjonssikkerhet" in printed


def test_the_r_example_runs(tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not at hand (Debian: apt-get install r-base-core)")
    script = tmp_path / "eksempel.R"
    script.write_text(example("r"), encoding="utf-8")
    printed = output_of(program, str(script))
    assert "93.22" in printed
    assert "synthetic" in printed


def test_the_power_query_example_names_columns_that_there_are() -> None:
    head = (synthetic().html / "data" / "numbers.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert set(re.findall(r'\{"(\w+)", ', example("text"))) == {"value", "base"}
    assert {"value", "base", "key"} <= set(head)


@pytest.mark.parametrize("year", ["2022", "2018"])
def test_every_file_that_the_page_leads_to_is_there(site: Path, year: str) -> None:
    page = site / year / "book" / "data.html"
    article = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert article is not None
    links = [str(link["href"]) for link in article.select("a[href]") if re.search(r"/data/|feed", str(link["href"]))]
    assert f"../data/digitalisering-i-kommunene-{year}.xlsx" in links
    assert ("../data/changes.json" in links) == (year != "2018")
    assert all((page.parent / link).resolve().is_file() for link in links)
