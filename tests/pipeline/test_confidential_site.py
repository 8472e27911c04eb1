"""What a confidential edition withholds in its payloads stands in none of its finished files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from confidential_cases import ALONE, BEFORE, PARTNER, YEAR, confidential_data
from conftest import run_digikom
from disclosure_attack import TABLES, respondents
from pdf_reading import Pdf

from digikom.paths import PROJECT_ROOT
from digikom.publish.outputs import PUBLISHED_MIMES, TABLE_MIME
from digikom.publish.published import read_cells
from digikom.publish.tables import WITHHELD

pytestmark = [pytest.mark.build, pytest.mark.full]
#: The kinds of files that tell something of the answers.
READ = {".html", ".svg", ".csv", ".json", ".ipynb", ".js", ".ttl", ".cff", ".pdf"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The data of a confidential edition, and the folder with its finished files."""
    folder = tmp_path_factory.mktemp("closed")
    data = confidential_data(folder, "partner_extreme")
    done = run_digikom(PROJECT_ROOT, "build", str(YEAR), "--data-dir", str(data), "--site", str(folder / "site"))
    assert done.returncode == 0, done.stdout + done.stderr
    return data, folder / "site" / str(YEAR)


def outputs(edition: Path) -> list[dict[str, Any]]:
    """What each output of the notebooks that are handed over holds, by MIME type."""
    paths = sorted((edition / "_sources" / "notebooks").glob("*.ipynb"))
    return [output.get("data", {}) for path in paths for cell in read_cells(path) for output in cell.get("outputs", [])]


def text(path: Path) -> str:
    """All that a finished file tells; the texts of pictures and for screen readers too."""
    if path.suffix == ".pdf":
        return "\n".join(Pdf(path).pages)
    content = path.read_text(encoding="utf-8")
    if path.suffix not in {".html", ".svg"}:
        return content
    soup = BeautifulSoup(content, "html.parser")
    told = [str(part[name]) for name in ("alt", "aria-label", "title") for part in soup.select(f"[{name}]")]
    return "\n".join([soup.get_text(" "), *told])


def numbers(counted: pd.Series) -> set[str]:
    """How the counts of the answers of a group, their sum and their shares may be written."""
    shares = [100 * count / counted.sum() for count in counted]
    written = {f"{share:.{decimals}f}" for share in shares for decimals in (0, 1)}
    return {str(count) for count in [*counted, counted.sum()]} | written | {one.replace(".", ",") for one in written}


def told(content: str, group: str, figures: set[str]) -> list[str]:
    """Where one of the numbers stands behind the name of the group, or before it in a sentence; no name between."""
    number = rf"(?<![\d.,])(?:{'|'.join(map(re.escape, sorted(figures)))})(?![\d]|[.,]\d)"
    behind, before = r"[^A-ZÆØÅ]{0,80}?", r"[^A-ZÆØÅ\n<;\\]{0,80}"
    patterns = (rf"\b{group}\b{behind}{number}", rf"{number}{before}[a-zæøå]{before}\b{group}\b")
    return [found.group() for pattern in patterns for found in re.finditer(pattern, content)]


def test_cells_show_what_is_published_and_no_municipality(closed: tuple[Path, Path]) -> None:
    shown = outputs(closed[1])
    assert len(shown) > 500
    assert [data for data in shown if not set(data) & set(PUBLISHED_MIMES)] == []
    assert [data for data in shown if "municipality_code" in json.dumps(data)] == []


def test_the_numbers_of_withheld_groups_stand_nowhere(closed: tuple[Path, Path]) -> None:
    data, edition = closed
    people = respondents(data, YEAR, (BEFORE, YEAR))
    published = {
        shown[TABLE_MIME]["key"]: shown[TABLE_MIME]["rows"] for shown in outputs(edition) if TABLE_MIME in shown
    }
    area = f"{ALONE} og {PARTNER}"
    paths = [path for path in sorted(edition.rglob("*")) if path.suffix in READ]
    texts = {path: text(path).replace(area, "") for path in paths}
    assert {path.suffix for path in texts} == READ
    for key, (_, variable) in TABLES.items():
        rows = {row[0]: set(row[1:]) for row in published[key]}
        withheld = [group for group, shown in rows.items() if shown == {WITHHELD}]
        assert {ALONE, PARTNER} <= set(withheld)
        for group in rows.keys() - {"I alt"}:
            figures = numbers(people.loc[people["county"] == group, variable].value_counts())
            found = [(path.name, place) for path, content in texts.items() for place in told(content, group, figures)]
            assert bool(found) == (group not in withheld), (key, group, found)
