"""The page «Kontroll»: what an edition is built from, and runs of the notebooks that lapse when a notebook changes."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.editions.build_facts import BuildFacts, FileRecord, Package, collect_facts
from digikom.editions.reruns import (
    CONTROL_FILE,
    NotebookControl,
    Outcome,
    control_notebook,
    control_notebooks,
    read_controls,
    sources_sha256,
    write_controls,
)
from digikom.errors import BuildError, InputError
from digikom.paths import BOOK_DIR, NOTEBOOK_DIR
from digikom.sphinxext import edition_pages, texts

FACTS = BuildFacts(
    commit="a" * 40,
    modified=True,
    python="3.11.2",
    lock_sha256="1" * 64,
    packages=(
        Package(name="pandas", locked="2.0", installed="2.0"),
        Package(name="scipy", locked="1.0", installed="1.1"),
        Package(name="<script>", locked="3", installed=""),
    ),
    inputs=(FileRecord(path="survey/2022.csv", sha256="2" * 64, size=12345),),
)


def notebook(folder: Path, source: str = "print(1)", stored: str = "1\n", name: str = "a.ipynb") -> Path:
    """A notebook with two cells of code, the first with a stored output."""
    outputs = [new_output("stream", name="stdout", text=stored)]
    cells = [
        new_markdown_cell("# T", id="title"),
        new_code_cell(source, id="one", outputs=outputs, execution_count=1),
        new_code_cell("2", id="two"),
    ]
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, folder / name)
    return folder / name


def run(name: str, **changes: object) -> NotebookControl:
    found = {"cells": 2, "seconds": 1.5, "compared": 2, "outcome": "identical", "sha256": "0" * 64}
    return NotebookControl.model_validate({"notebook": name, **found, **changes})


def test_the_hash_is_of_the_sources_and_not_of_the_outputs(tmp_path: Path) -> None:
    first = sources_sha256(notebook(tmp_path / "1"))
    assert sources_sha256(notebook(tmp_path / "2", stored="7\n")) == first
    assert sources_sha256(notebook(tmp_path / "3", source="print(2)")) != first
    path = notebook(tmp_path / "4")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][1]["metadata"]["tags"] = ["hide-cell"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert sources_sha256(path) != first


def test_runs_are_read_as_they_were_written(tmp_path: Path) -> None:
    runs = [run("b.ipynb", outcome="different"), run("a.ipynb", seconds=2.0)]
    path = write_controls(runs, tmp_path)
    before = path.read_bytes()
    assert before.decode().splitlines()[1] == f"a.ipynb,2,2.0,2,identical,{'0' * 64}"
    assert [each.notebook for each in read_controls(tmp_path)] == ["a.ipynb", "b.ipynb"]
    assert read_controls(tmp_path)[1].outcome is Outcome.DIFFERENT
    write_controls(reversed(runs), tmp_path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_no_file_means_no_runs_and_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    assert read_controls(tmp_path) == []
    write_controls([run("a.ipynb")], tmp_path)
    path = tmp_path / CONTROL_FILE
    path.write_text(path.read_text(encoding="utf-8").replace("identical", "<script>"), encoding="utf-8")
    with pytest.raises(InputError, match="digikom control"):
        read_controls(tmp_path)


def test_a_notebook_is_run_and_compared_cell_by_cell(tmp_path: Path) -> None:
    notebook(tmp_path / "notebooks", name="same.ipynb")
    notebook(tmp_path / "notebooks", stored="7\n", name="other.ipynb")
    other, same = control_notebooks(tmp_path / "notebooks", tmp_path / "data")
    assert (same.notebook, same.cells, same.compared, same.outcome) == ("same.ipynb", 2, 2, Outcome.IDENTICAL)
    assert (other.notebook, other.cells, other.compared, other.outcome) == ("other.ipynb", 2, 2, Outcome.DIFFERENT)
    assert same.seconds > 0
    assert same.sha256 == sources_sha256(tmp_path / "notebooks" / "same.ipynb")
    assert read_controls(tmp_path / "data") == [other, same]


def test_what_cannot_be_run_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(BuildError, match=r"broken\.ipynb"):
        control_notebook(path)


def test_a_run_lapses_when_the_notebook_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run("a.ipynb"), run("b.ipynb"), run("d.ipynb", outcome="different", compared=1), run("gone.ipynb")]
    monkeypatch.setattr(edition_pages, "read_controls", lambda: runs)
    now = {"a.ipynb": "0" * 64, "b.ipynb": "1" * 64, "c.ipynb": "0" * 64, "d.ipynb": "0" * 64}
    (table,) = edition_pages.rerun_table(now)
    rows = [[cell.astext() for cell in row.findall(nodes.entry)] for row in table.findall(nodes.row)]
    assert rows == [
        list(texts.RUNS_HEAD),
        ["a.ipynb", "1,5", "2 av 2", texts.SAME_RESULT],
        ["b.ipynb", "..", "..", texts.LAPSED],
        ["c.ipynb", "..", "..", texts.LAPSED],
        ["d.ipynb", "1,5", "1 av 2", texts.OTHER_RESULT],
    ]


def test_the_packages_that_matter_are_in_the_lock_file() -> None:
    locked = {package.name for package in collect_facts(()).packages}
    assert [name for name in texts.MAIN_PACKAGES if name not in locked] == []


def book_with(folder: Path, *parts: str, facts: BuildFacts = FACTS) -> books.Built:
    """A book of one page that has these parts."""
    page = "# Kontroll\n\n" + "\n\n".join(f"```{{kontroll}} {part}\n```" for part in parts)
    pages = {"index.md": "# Rapport\n", "book/kontroll.md": page}
    return books.build_pages(folder, pages, digikom_facts=facts.model_dump(mode="json"))


def test_the_page_shows_facts_and_runs(tmp_path: Path) -> None:
    built = book_with(tmp_path, "miljo", "pakker", "inndata", "manifest", "notatboker")
    assert built.returncode == 0, built.log
    soup = BeautifulSoup(built.text("book/kontroll.html"), "html.parser")
    article = soup.select_one("article")
    assert article is not None
    assert [code.get_text() for code in article.select("code.digikom-digest")] == ["a" * 40, "1" * 64, "2" * 64]
    text = article.get_text()
    assert "12\u00a0345" in text
    assert "a" * 40 + " med endringer som ikke er lagret" in text
    assert "1.1 (låsefilen sier 1.0)" in text
    assert text.count("<script>") == 1
    assert "ikke installert (låsefilen sier 3)" in text
    assert [link["href"] for link in article.select("a[download]")] == ["../data/manifest.json"]
    fold = article.select_one("details")
    assert fold is not None
    assert fold.summary is not None
    assert fold.summary.get_text() == "Alle 3 pakker i låsefilen"
    assert not article.select("script")
    assert all(path.name in article.get_text() for path in NOTEBOOK_DIR.glob("*.ipynb"))


def test_the_page_says_what_is_not_known(tmp_path: Path) -> None:
    bare = FACTS.model_copy(update={"commit": "", "modified": False, "lock_sha256": "", "packages": ()})
    built = book_with(tmp_path, "miljo", "pakker", facts=bare)
    assert built.returncode == 0, built.log
    assert built.page("book/kontroll.html").select("article")[0].get_text().count("ikke kjent") == 3


def test_an_unknown_part_is_a_warning(tmp_path: Path) -> None:
    built = book_with(tmp_path, "været")
    assert built.returncode != 0
    assert "there is no part 'været'" in built.log


def test_the_page_has_every_part() -> None:
    page = (BOOK_DIR / "kontroll.md").read_text(encoding="utf-8")
    for part in ("miljo", "pakker", "inndata", "manifest", "notatboker"):
        assert page.count(f"```{{kontroll}} {part}\n") == 1
