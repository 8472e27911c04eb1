"""A new survey year takes no change of code: no year stands in the package or in the notebooks' sources."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from digikom.paths import NOTEBOOK_DIR, PROJECT_ROOT

YEAR = re.compile(r"(?<![0-9#u])20[0-9]{2}(?![0-9])")
#: Where a year belongs to the name of a work that is cited, by file: that and nothing else may stand there.
CITED_WORKS = {
    "digikom/synthetic/allocation.py": ["D. F. Crouse, 2016", "G. Strona et al., 2014"],
    "digikom/pdf/translator.py": ["www.w3.org/2000/svg"],
    "digikom/publish/pictures.py": ["www.w3.org/2000/svg"],
    "digikom/intake/workbook.py": ["spreadsheetml/2006/main", "officeDocument/2006/relationships"],
    "digikom/opendata/dcat.py": ["www.w3.org/2006/vcard"],
    "digikom/opendata/data_files.py": ["json-schema.org/draft/2020-12/schema"],
    # The key of the work in the bibliography.
    "digikom/sphinxext/exports.py": ["rybalka2023"],
}
CITATION = re.compile(r"\{cite:[pt]\}`[^`]*`")
#: The limits of what can be a survey year at all.
LIMITS = re.compile(r"[gl]e=2[01]00")


def without_cited_works(name: str, text: str) -> str:
    for work in CITED_WORKS.get(name, []):
        text = text.replace(work, "")
    return LIMITS.sub("", text)


@pytest.mark.parametrize("path", sorted((PROJECT_ROOT / "digikom").rglob("*.py")), ids=lambda path: path.name)
def test_no_module_names_a_year(path: Path) -> None:
    name = path.relative_to(PROJECT_ROOT).as_posix()
    lines = without_cited_works(name, path.read_text(encoding="utf-8")).splitlines()
    assert [f"{name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if YEAR.search(line)] == []


@pytest.mark.parametrize("path", sorted(NOTEBOOK_DIR.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_cell_but_the_parameters_names_a_year(path: Path) -> None:
    found = [
        f"{path.name}, {cell.id}: {line}"
        for cell in nbformat.read(path, as_version=4).cells
        if "parameters" not in cell.metadata.get("tags", [])
        for line in cell.source.splitlines()
        if YEAR.search(CITATION.sub("", line))
    ]
    assert found == []


def test_the_pattern_finds_years() -> None:
    assert all(YEAR.search(text) for text in ("if year == 2022:", "2018-2022", "i 2025."))
    assert not any(YEAR.search(text) for text in ("#2018ff", "12022", "20220"))
