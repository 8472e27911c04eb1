"""Whole editions, byte for byte: what is kept from earlier builds against a fresh one.

The edition of 2018 has no earlier one to be compared with, and takes least time.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import copy_project, run_digikom

pytestmark = [pytest.mark.build, pytest.mark.full]
#: One change of each kind of input: the file, a text in it, and what takes its place.
CHANGES = {
    "a cell": ("notebooks/03_digital_prioritering.ipynb", "publish.number(", "publish.number ("),
    "an answer": ("data/survey/2018.csv", ",mainly_internal,", ",evenly_shared,"),
    "a label of the codebook": ("data/codebook/items.csv", ",Informasjonssikkerhet,", ",Datasikkerhet,"),
    "a cut point": ("data/method/cut-points.csv", "veldig lav", "svært lav"),
    "a word of the book": ("book/forord.md", "Regjeringen vil", "Regjeringen ønsker"),
    "a style sheet": ("digikom/sphinxext/theme/digikom/static/page.css", "{", "{ "),
    "the package": ("digikom/sphinxext/texts.py", '"Last ned"', '"Hent"'),
    "a pin": ("requirements.txt", "tqdm==4.", "tqdm==3."),
}


def build(project: Path, site: Path, *options: str) -> Path:
    done = run_digikom(project, "build", "2018", "--site", str(site), "--require-pdf", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def differences(one: Path, other: Path) -> str:
    compared = subprocess.run(["diff", "-rq", str(one), str(other)], capture_output=True, text=True, check=False)
    return compared.stdout


def test_after_any_change_what_is_kept_gives_the_bytes_of_a_fresh_build(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    site = build(project, tmp_path / "site")
    before = Path(shutil.copytree(site, tmp_path / "before"))
    for kind, (name, text, changed) in CHANGES.items():
        path = project / name
        content = path.read_text(encoding="utf-8")
        assert text in content, kind
        path.write_text(content.replace(text, changed, 1), encoding="utf-8")
        build(project, site)
        assert differences(site, before), f"{kind}: nothing has changed"
        fresh = build(project, tmp_path / "fresh", "--fresh")
        assert differences(site, fresh) == "", kind
        shutil.rmtree(before)
        fresh.rename(before)
