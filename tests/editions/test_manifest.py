"""The manifest of a published edition: every file with its checksum, and what has changed since."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from build_facts import NO_FACTS

from digikom.editions.layout import MANIFEST
from digikom.editions.manifest import differences, read_manifest, write_manifest
from digikom.errors import InputError
from digikom.files import sha256


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "2022"
    for name, text in {"index.html": "æ", "data/numbers.json": "{}", "_static/a/b.css": "", "b.pdf": "%PDF"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_manifest(folder, NO_FACTS)
    return folder


def test_every_file_is_listed_but_the_manifest_itself(folder: Path) -> None:
    manifest = read_manifest(folder)
    assert [file.path for file in manifest.files] == ["_static/a/b.css", "b.pdf", "data/numbers.json", "index.html"]
    page = manifest.files[-1]
    assert (page.sha256, page.size) == (sha256(folder / "index.html"), 2)
    assert manifest.facts == NO_FACTS
    assert differences(folder) == []


def test_it_is_written_the_same_again(folder: Path) -> None:
    before = (folder / MANIFEST).read_bytes()
    write_manifest(folder, NO_FACTS)
    assert (folder / MANIFEST).read_bytes() == before
    assert str(folder.parent).encode() not in before
    assert [path.name for path in (folder / "data").iterdir() if "manifest" in path.name] == [Path(MANIFEST).name]


def test_what_has_changed_is_named_file_by_file(folder: Path) -> None:
    (folder / "index.html").write_text("ø", encoding="utf-8")  # as long as before
    (folder / "_static/a/b.css").unlink()
    (folder / "data" / "ny <script>.csv").write_text("", encoding="utf-8")
    assert differences(folder) == [
        "missing: _static/a/b.css",
        "added: data/ny <script>.csv",
        "changed: index.html",
    ]


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff", json.dumps({"files": [{"path": 1}]}).encode()])
def test_a_manifest_that_cannot_be_read_is_one_clear_message(folder: Path, content: bytes | None) -> None:
    if content is None:
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_bytes(content)
    with pytest.raises(InputError, match=r"manifest"):
        differences(folder)
