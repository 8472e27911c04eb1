"""What chapter 7 says that the numbers rest on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_runs import run_here

from digikom.paths import DATA_DIR
from digikom.publish import outputs
from digikom.publish.evidence import evidence, evidence_of

NOTEBOOK = "07_etterproving.ipynb"


@pytest.fixture(scope="module")
def variables() -> dict[str, Any]:
    return run_here(NOTEBOOK)[1]


@pytest.fixture(scope="module")
def found(variables: dict[str, Any]) -> pd.DataFrame:
    frame: pd.DataFrame = variables["found"]
    return frame


@pytest.mark.parametrize(
    ("key", "kind", "where"),
    [
        ("cloud-using", "printed", "SSBs rapport 2023/27, sammendrag / kap. 5.1"),
        ("barrier-large-reference", "printed", "rundet av til 42"),
        ("strategy-yes", "implied", "354; 96; 94,7"),
        ("priority-count-0-reference", "implied", "eneste hele antall"),
        ("expected-self-service", "implied", "330"),
        ("cloud-office-tools", "assumed", "90\N{NO-BREAK SPACE}prosent eller mer"),
        ("municipalities", "", ""),
        ("replication-agree", "", ""),
    ],
)
def test_each_kind_is_found_with_its_place(found: pd.DataFrame, key: str, kind: str, where: str) -> None:
    assert found.at[key, "evidence"] == kind
    assert where in str(found.at[key, "where"])


def test_what_nothing_printed_is_known_of_is_not_listed(found: pd.DataFrame) -> None:
    assert not {"functions-median", "area-robotics", "recruit-tried-2000-4999"} & set(found.index)


def test_every_rule_gives_what_the_chapters_compute(variables: dict[str, Any]) -> None:
    lines = variables["lines"]
    assert lines.loc[~lines["holds"], "key"].tolist() == []


def test_every_count_that_is_derived_is_what_the_chapters_compute(variables: dict[str, Any]) -> None:
    printed, years = variables["printed"], {"2018", "2022"}
    listed = printed[printed["source"].eq("derived") & printed["number_key"].ne("") & printed["year"].isin(years)]
    assert len(listed) == len(variables["derived"])


def test_a_printed_figure_that_no_longer_agrees_makes_its_number_assumed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA_DIR, data)
    figures = data / "published" / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("P013,"))
    figures.write_text(text.replace(line, line.replace(",95.5,", ",91.5,")), encoding="utf-8")
    found = run_here(NOTEBOOK, data_dir=str(data))[1]["found"]
    assert "cloud-using" not in found.index[found["evidence"].isin(["printed", "implied"])]


def test_nothing_is_handed_over_of_real_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[object] = []
    monkeypatch.setattr(outputs, "display", lambda data, **_: shown.append(data))
    frame = pd.DataFrame({"evidence": ["printed"], "where": ["et sted"]}, index=["a"])
    for status, count in (("real", 0), ("synthetic", 1)):
        outputs.data_used({"source_nb": ["kilde"], "status": status})
        evidence("number-evidence", frame)
        assert len(shown) == count
    read = evidence_of([{"outputs": [{"data": shown[0]}]}])
    assert read is not None
    assert read["a"].kind == "printed"
    outputs.data_used()
