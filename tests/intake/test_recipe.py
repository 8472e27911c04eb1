"""The recipe in the report, followed to the letter in a copy of the project: both languages, and all three formats."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from extracts import example, read_survey

from digikom.files import sha256
from digikom.paths import BOOK_DIR, PROJECT_ROOT

pytestmark = pytest.mark.build
RECIPES = ("ny_argang.md", "new_edition.md")
EXTRACT = "data/examples/uttrekk-2025.csv"
#: What stands in the columns that are left out and nowhere else: addresses, comments, and persons with their number.
NAMES = "|".join(sorted({text.split()[-2] for text in example().column("Kontaktperson")}))
PRIVATE = rf"[\w.]+@eksempel\.invalid|Oppdiktet kommentar: \w+|\b\w+ (?:{NAMES}) \d+\b"
TEXTS = {".html", ".csv", ".json", ".ipynb", ".md", ".js", ".svg", ".txt"}


def commands(recipe: str) -> list[str]:
    """The commands of a recipe, line by line."""
    text = (BOOK_DIR / recipe).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line and not line.startswith("#")]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The work tree as a fresh clone would have it, with the command where `make book` puts it."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=PROJECT_ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    root = tmp_path / "clone"
    for name in filter(None, names):
        source = PROJECT_ROOT / name
        if source.is_file():  # a file that was deleted is still listed
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name)
    command = root / ".venv" / "bin" / "digikom"
    command.parent.mkdir(parents=True)
    python = shlex.quote(sys.executable)
    command.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(root))} exec {python} -m digikom.cli "$@"\n')
    command.chmod(0o755)
    return root


def follow(root: Path, lines: list[str]) -> str:
    """Run the commands in a shell; what they say."""
    said = ""
    for line in lines:
        done = subprocess.run(line, shell=True, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        said += done.stdout
    return said


def fingerprint(root: Path, *names: str) -> dict[str, str]:
    """The checksum of every file in folders of the copy, but for what Python keeps beside its sources."""
    return {
        path.relative_to(root).as_posix(): sha256(path)
        for name in names
        for path in sorted((root / name).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def test_both_languages_give_the_same_commands() -> None:
    norwegian, english = (commands(recipe) for recipe in RECIPES)
    assert norwegian == english
    assert [line.split()[1] for line in norwegian] == ["check", "new-edition", "build"]
    assert all(line.startswith(".venv/bin/digikom ") for line in norwegian)


def test_the_recipe_gives_an_edition_without_touching_code(clone: Path) -> None:
    sources = fingerprint(clone, "notebooks", "digikom")
    others = fingerprint(clone, "book", "data/survey", "data/examples")
    said = follow(clone, commands(RECIPES[0]))
    site = clone / "_build" / "site"
    assert (site / "2025" / "index.html").is_file()
    assert "2025/index.html" in (site / "index.html").read_text(encoding="utf-8")
    assert fingerprint(clone, "notebooks", "digikom") == sources
    after = fingerprint(clone, "book", "data/survey", "data/examples")
    assert {name: after[name] for name in others} == others
    assert set(after) - set(others) == {"book/editions/2025.yml", "data/survey/2025.csv"}
    published = said + (clone / "data" / "datapackage.json").read_text(encoding="utf-8")
    for folder in (clone / "data" / "survey", clone / "data" / "codebook", site):
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix in TEXTS:
                published += path.read_text(encoding="utf-8")
    assert re.findall(PRIVATE, "\n".join(map(";".join, example().rows)))
    assert re.findall(PRIVATE, published) == []


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_the_recipe_takes_the_other_formats_too(clone: Path, form: str) -> None:
    content = example().excel() if form == "xlsx" else example().parquet()
    other = EXTRACT.replace(".csv", f".{form}")
    (clone / other).write_bytes(content)
    lines = [line.replace(EXTRACT, other) for line in commands(RECIPES[0])]
    follow(clone, lines[:2])
    from_excel = read_survey(clone / "data" / "survey" / "2025.csv")
    (clone / "data" / "survey" / "2025.csv").unlink()
    follow(clone, commands(RECIPES[1])[:2])
    assert read_survey(clone / "data" / "survey" / "2025.csv") == from_excel
    assert len(from_excel) == 350
