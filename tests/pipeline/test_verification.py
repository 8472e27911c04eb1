"""`digikom verify`: what differs is named exactly, whatever it is; the edition is made again in a clean environment."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from digikom.editions.build_facts import BuildFacts, FileRecord, Package
from digikom.editions.edition_files import load_edition
from digikom.editions.layout import NUMBERS
from digikom.editions.manifest import write_manifest
from digikom.errors import BuildError, InputError
from digikom.pdf import file_names
from digikom.pipeline import rebuild as rebuilding
from digikom.pipeline import verification
from digikom.pipeline.rebuild import Remake, rebuild
from digikom.pipeline.verification import compare_entries, compare_facts, read_executed, verify_edition
from digikom.publish.outputs import NUMBER_MIME, WORDING_MIME

PLACE = {"notebook": "notebooks/03.ipynb", "cell_id": "count"}


def entry(key: str, **changes: object) -> dict[str, Any]:
    """A number as the published register has it."""
    return {"key": key, "label": "L", "value": 93.2, "text": "93,2", "base": 354, "base_text": "", **PLACE, **changes}


def payload(key: str, **changes: object) -> dict[str, Any]:
    """The same as a cell hands it over."""
    return {**entry(key), "base_text": None, "decimals": 1, **changes}


def by_key(*entries: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["key"]: entry for entry in entries}


def test_the_same_numbers_are_the_same_however_nothing_is_written() -> None:
    published = by_key(entry("a", source=["S"], href="x.html#tall-a"), entry("b", value=None, text=":"))
    now = by_key(payload("a", source=("S",)), payload("b", value=None, text=":"))
    assert compare_entries(published, now) == []
    assert compare_entries({}, {}) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": 93.5, "text": "93,5"}, "value 93.2, now 93.5; text «93,2», now «93,5»"),
        ({"value": 93.2000000001}, "value 93.2, now 93.2000000001"),
        ({"base": None}, "base 354, now null"),
        ({"label": "<script>"}, "label «L», now «<script>»"),
        ({"cell_id": "other"}, "cell_id «count», now «other»"),
        ({"value": 0}, "value 93.2, now 0"),
    ],
)
def test_everything_that_is_told_of_a_number_is_compared(changes: dict[str, object], told: str) -> None:
    lines = compare_entries(by_key(entry("a"), entry("b")), by_key(payload("a", **changes), payload("b")))
    cell = changes.get("cell_id", "count")
    assert lines == [f"a: published {told} (notebooks/03.ipynb, cell {cell})"]


def test_numbers_of_one_side_only_are_named() -> None:
    lines = compare_entries(by_key(entry("gone"), entry("both")), by_key(payload("both"), payload("new", text="7")))
    assert lines == [
        "gone: published, not computed now: «93,2» (notebooks/03.ipynb, cell count)",
        "new: not published, now «7» (notebooks/03.ipynb, cell count)",
    ]


PACKAGES = (Package(name="pandas", locked="2.0", installed="2.0"), Package(name="numpy", locked="1.0", installed="1.0"))
FACTS = BuildFacts(
    commit="a" * 40,
    modified=False,
    python="3.11.2",
    lock_sha256="1" * 64,
    packages=PACKAGES,
    inputs=(FileRecord(path="survey/2022.csv", sha256="2" * 64, size=1),),
)


@pytest.mark.parametrize(
    ("changes", "notes"),
    [
        ({}, []),
        ({"commit": "b" * 40}, ["published from commit aaaaaaaaaaaa; verified with commit bbbbbbbbbbbb"]),
        (
            {"modified": True},
            ["published from commit aaaaaaaaaaaa; verified with commit aaaaaaaaaaaa with changes"],
        ),
        ({"commit": ""}, ["published from commit aaaaaaaaaaaa; verified with an unknown commit"]),
        ({"python": "3.12.0"}, ["Python: published with 3.11.2, now 3.12.0"]),
        ({"lock_sha256": "3" * 64}, ["requirements.txt: published with 111111111111, now 333333333333"]),
        (
            {"packages": (PACKAGES[0], Package(name="numpy", locked="1.0", installed="1.1"))},
            ["numpy: 1.1 installed, requirements.txt pins 1.0", "numpy: published with 1.0, now 1.1"],
        ),
        (
            {"inputs": (FileRecord(path="survey/2022.csv", sha256="4" * 64, size=1),)},
            ["input survey/2022.csv: changed since"],
        ),
        ({"inputs": ()}, ["input survey/2022.csv: gone since"]),
    ],
)
def test_what_the_edition_is_built_from_is_compared(changes: dict[str, object], notes: list[str]) -> None:
    assert compare_facts(FACTS, FACTS.model_copy(update=changes)) == notes


def write_executed(folder: Path, *numbers: dict[str, Any], word: str = "flere") -> None:
    """An executed notebook that publishes `numbers` and a word."""
    published = [(NUMBER_MIME, number) for number in numbers] + [(WORDING_MIME, {"key": "w", "text": word})]
    outputs = [new_output("display_data", data={mime: content}) for mime, content in published]
    folder.mkdir(parents=True)
    nbformat.write(
        new_notebook(cells=[new_code_cell("x", id="count", outputs=outputs)]),
        folder / "03.ipynb",
    )


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


Made = Callable[..., verification.Verification]


@pytest.fixture
def verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Verify a small published edition against one whose making is played: as published but for the arguments."""
    site = tmp_path / "site"
    folder = site / "2022"
    pages = {"index.html": "<p>", "data/edition.json": '{"year": 2022, "title": "Kommunene", "pages": {}}'}
    words = [{"key": "w", "text": "flere", "text_en": "", **PLACE}]
    content = json.dumps({"numbers": [entry("a"), entry("b")], "wordings": words})
    write_files(folder, {**pages, NUMBERS: content})
    write_manifest(folder, FACTS)
    monkeypatch.setattr(verification, "collect_facts", lambda *_: FACTS)

    def verify(
        numbers: tuple[dict[str, Any], ...] = (payload("a"), payload("b")),
        word: str = "flere",
        files: dict[str, str] | None = None,
        **options: Any,  # noqa: ANN401  options of several types
    ) -> verification.Verification:
        def rebuild(order: Remake, _progress: object) -> None:
            write_executed(order.executed, *numbers, word=word)
            if not order.numbers_only:
                write_files(order.pages, {**pages, NUMBERS: content, **(files or {})})

        monkeypatch.setattr(verification, "rebuild", rebuild)
        return verify_edition(2022, site, None, 1, lambda *_: None, **options)

    return verify


def test_an_edition_that_comes_out_the_same_is_identical(verified: Made) -> None:
    found = verified()
    assert found.differences == {}
    assert found.conclusion == "2022: 2 numbers, 1 words, 3 files: identical"
    assert found.report() == found.conclusion
    assert verified(numbers_only=True).conclusion == "2022: 2 numbers, 1 words: identical"


def test_differences_are_listed_numbers_first(verified: Made) -> None:
    found = verified((payload("a"), payload("b", value=1)), "færre", {"index.html": "<p>another"})
    assert found.report().splitlines() == [
        "Numbers that differ:",
        "  b: published value 93.2, now 1 (notebooks/03.ipynb, cell count)",
        "Words that differ:",
        "  w: published text «flere», now «færre» (notebooks/03.ipynb, cell count)",
        "Files that differ when made again:",
        "  changed: index.html",
        "2022: 1 of 2 numbers differ, 1 of 1 words differ, 1 of 3 files differ",
    ]


def test_a_published_file_that_was_tampered_with_is_found(verified: Made, tmp_path: Path) -> None:
    (tmp_path / "site" / "2022" / "index.html").write_text("<b>", encoding="utf-8")
    found = verified()
    assert (found.altered, found.other_files) == (("changed: index.html",), ("changed: index.html",))
    assert verified(numbers_only=True).altered == ("changed: index.html",)


def test_what_the_manifest_says_is_told_before_anything_is_computed(
    verified: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verified().differences == {}
    (tmp_path / "site" / "2022" / "index.html").write_text("<b>", encoding="utf-8")
    said: list[str] = []

    def rebuild(*_: object) -> None:
        raise BuildError("computed")

    monkeypatch.setattr(verification, "rebuild", rebuild)
    with pytest.raises(BuildError, match="computed"):
        verify_edition(2022, tmp_path / "site", None, 1, lambda _, step, *__: said.append(step), numbers_only=True)
    assert said == ["not as the manifest says: changed: index.html"]


def test_a_number_tampered_with_in_the_register_is_found_even_when_the_manifest_agrees(
    verified: Made, tmp_path: Path
) -> None:
    folder = tmp_path / "site" / "2022"
    text = (folder / NUMBERS).read_text(encoding="utf-8").replace("93.2", "99.9", 1)
    (folder / NUMBERS).write_text(text, encoding="utf-8")
    write_manifest(folder, FACTS)
    found = verified(numbers_only=True)
    assert found.altered == ()
    assert found.other_numbers == ("a: published value 99.9, now 93.2 (notebooks/03.ipynb, cell count)",)


@pytest.mark.parametrize("makes_pdf", [True, False])
def test_the_pdf_is_compared_only_when_it_is_made(verified: Made, tmp_path: Path, makes_pdf: bool) -> None:
    folder = tmp_path / "site" / "2022"
    names = file_names(load_edition(2022).title)
    for name in names:
        (folder / name).write_text("%PDF", encoding="utf-8")
    write_manifest(folder, FACTS)
    found = verified(files={names[0]: "%PDF other", names[1]: "%PDF"} if makes_pdf else {}, with_pdf=makes_pdf)
    assert found.other_files == ((f"changed: {names[0]}",) if makes_pdf else ())
    assert found.notes == (() if makes_pdf else ("the PDF files were not made again: not asked for",))


def test_what_cannot_be_verified_is_one_clear_message(verified: Made, tmp_path: Path) -> None:
    folder = tmp_path / "site" / "2022"
    (folder / NUMBERS).write_text('{"numbers": [{}]}', encoding="utf-8")
    with pytest.raises(InputError, match="published numbers cannot be read"):
        verified()
    shutil.rmtree(folder)
    with pytest.raises(InputError, match="no manifest"):
        verified()


def test_the_program_has_a_clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for Python writes down what it gets."""
    seen = tmp_path / "seen"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nenv > '{seen}'\npwd >> '{seen}'\necho '[2022, \"step\", 1, 2]'\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    for name in ("PYTHONSTARTUP", "PYTHONWARNINGS", "IPYTHONDIR", "JUPYTER_PATH", "XDG_CONFIG_HOME", "DIGIKOM_X"):
        monkeypatch.setenv(name, str(tmp_path))
    steps: list[tuple[object, ...]] = []
    rebuild(Remake(year=2022, folder=tmp_path, numbers_only=True), lambda *step: steps.append(step))
    assert steps == [(2022, "step", 1, 2)]
    lines = seen.read_text(encoding="utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines if "=" in line)
    own = {"PWD", "OLDPWD", "SHLVL", "_"}
    allowed = {
        *rebuilding.KEPT,
        *rebuilding.PLACE,
        "HOME",
        "TMPDIR",
        "PYTHONPATH",
        "PYTHONNOUSERSITE",
        "PYTHONSAFEPATH",
    }
    assert set(environment) - own <= allowed
    assert environment["HOME"] != os.environ.get("HOME")
    assert not Path(environment["HOME"]).exists()


def test_errors_of_the_program_keep_their_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"There is no edition file editions/1999\.yml"):
        rebuild(Remake(year=1999, folder=tmp_path), lambda *_: None)
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 9\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(BuildError, match="exit code 9"):
        rebuild(Remake(year=2022, folder=tmp_path, numbers_only=True), lambda *_: None)


def test_the_published_numbers_are_what_the_executed_notebooks_hold(
    edition_folder: Path, executed: Callable[[int], Path]
) -> None:
    published = verification.read_published(edition_folder / NUMBERS)
    now = read_executed(executed(2022))
    assert len(published["numbers"]) > 500
    for name in published:
        assert compare_entries(published[name], now[name]) == []
