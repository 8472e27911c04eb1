"""What builds keep: found again only as long as everything that it follows from is the same."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from build_facts import NO_FACTS
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.editions.manifest import write_manifest
from digikom.pipeline import store as storing
from digikom.pipeline.chapters import with_results
from digikom.pipeline.store import Store


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a module, a lock file and data, which the fingerprints are taken of."""
    for name in ("digikom", "data"):
        (tmp_path / name).mkdir()
    for name in ("digikom/a.py", "digikom/a.css", "data/items.csv"):
        (tmp_path / name).write_text("first\n", encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("nbformat==5\n", encoding="utf-8")
    monkeypatch.setattr(storing, "PROJECT_ROOT", tmp_path)
    return tmp_path


def notebook(source: str = "1", text: str = "Tekst", tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = new_notebook(
        cells=[new_markdown_cell(text, id="text"), new_code_cell(source, id="code", metadata={"tags": list(tags)})]
    )
    return made


def place(project: Path, source: str = "1", text: str = "Tekst", tags: tuple[str, ...] = ()) -> Path:
    return Store(project / "store").notebook(
        notebook(source, text, tags), {"items.csv": project / "data" / "items.csv"}
    )


@pytest.mark.parametrize("name", ["digikom/a.py", "digikom/a.css", "data/items.csv", "requirements.txt"])
def test_whatever_a_number_follows_from_changes_the_fingerprint(project: Path, name: str) -> None:
    before = place(project)
    assert place(project) == before
    content = "jsonschema==4\n" if name == "requirements.txt" else "second\n"
    (project / name).write_text(content, encoding="utf-8")
    assert place(project) != before


def test_a_changed_cell_changes_the_fingerprint_and_changed_text_does_not(project: Path) -> None:
    before = place(project)
    assert place(project, "2") != before
    assert place(project, tags=("hide-cell",)) != before
    assert place(project, "1", "Andre ord") == before


def test_kept_results_come_into_text_as_it_is_now() -> None:
    executed = notebook(text="Gammel")
    executed.cells[1].outputs = [new_output("stream", name="stdout", text="42\n")]
    made = nbformat.reads(with_results(notebook(text="Ny"), executed), as_version=4)
    assert [cell.source for cell in made.cells] == ["Ny", "1"]
    assert made.cells[1].outputs[0].text == "42\n"


def test_another_state_of_the_package_and_fresh_remove_what_was_kept(project: Path) -> None:
    first = Store(project / "store")
    (first.folder / "notebooks" / "x.ipynb").touch()
    assert Store(project / "store").folder == first.folder
    (project / "digikom" / "a.py").write_text("second\n", encoding="utf-8")
    second = Store(project / "store")
    assert not first.folder.exists()
    (second.folder / "notebooks" / "x.ipynb").touch()
    assert list((Store(project / "store", fresh=True).folder / "notebooks").iterdir()) == []


def test_where_nothing_can_be_kept_another_folder_takes_its_place(project: Path) -> None:
    (project / "store").write_text("no folder\n", encoding="utf-8")
    store = Store(project / "store", otherwise=project / "work")
    assert store.folder.parent == project / "work"
    assert "nothing is kept for the next build" in store.note


def test_an_edition_is_published_only_as_long_as_every_file_is_as_it_was(project: Path) -> None:
    edition = project / "site" / "2022"
    (edition / "data").mkdir(parents=True)
    (edition / "index.html").write_text("page\n", encoding="utf-8")
    write_manifest(edition, NO_FACTS)
    store = Store(project / "store")
    assert not store.is_published("a", edition)
    store.keep_published("a", edition)
    assert store.is_published("a", edition)
    assert not store.is_published("b", edition)
    (edition / "index.html").write_text("changed\n", encoding="utf-8")
    assert not store.is_published("a", edition)
