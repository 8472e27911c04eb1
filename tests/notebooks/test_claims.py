"""The statements in words: each form of comparison with a case by hand, and a verdict that follows the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_runs import run_cells
from test_replication import NAME, executed

from digikom import survey

HELD, FAILED, NOT_COMPUTED = "stemmer med svarene", "strider mot svarene", "kan ikke beregnes"
#: What is put in place of what the chapters publish: 20 and 30 before, 25 and 31 now.
VALUES = {
    "projects-none-reference": 20,
    "projects-none": 25,
    "strategy-lacking-reference": 30,
    "strategy-lacking": 31,
}
ONE, OTHER = "projects-none", "strategy-lacking"
CASES = [
    ("2022", ONE, "above", "24", HELD),
    ("2022", ONE, "above", "25", FAILED),
    ("2018", ONE, "above", "24", FAILED),
    ("2022", ONE, "below", OTHER, HELD),
    ("2022", OTHER, "below", ONE, FAILED),
    ("2022", f"{ONE} {OTHER}", "above", "30", FAILED),
    ("2022", ONE, "about", "26", HELD),
    ("2022", ONE, "about", "27", FAILED),
    ("2022", ONE, "about", "23", FAILED),
    ("2018-2022", ONE, "rises", "", HELD),
    ("2018-2022", ONE, "rises", "4", HELD),
    ("2018-2022", ONE, "rises", "5", FAILED),
    ("2018-2022", ONE, "falls", "", FAILED),
    ("2018-2022", OTHER, "not-risen", "", HELD),
    ("2018-2022", ONE, "not-risen", "", FAILED),
    ("2018-2022", ONE, "risen-more", OTHER, HELD),
    ("2018-2022", OTHER, "risen-more", ONE, FAILED),
    ("2022", ONE, "above", "no-such-number", NOT_COMPUTED),
    ("2022-2023", ONE, "rises", "", NOT_COMPUTED),
    ("2022", "", "", "", NOT_COMPUTED),
]


def judged(folder: Path, monkeypatch: pytest.MonkeyPatch, values: Mapping[str, float]) -> dict[str, Any]:
    """The chapter on the cases, the chapters before it having published `values`."""
    given = [
        {
            **{
                "id": f"C{at:03d}",
                "source": "report-2023-27",
                "locator": "kap. 3.1",
                "claim_nb": "Det er så",
                "note": "",
            },
            **dict(zip(("year", "left", "relation", "right"), case[:4], strict=True)),
        }
        for at, case in enumerate(CASES, start=1)
    ]
    monkeypatch.setattr(survey, "claims", lambda *_: pd.DataFrame(given))

    def change(payload: dict[str, Any]) -> None:
        payload["value"] = values.get(payload["key"], payload["value"])

    return run_cells(NAME, executed_dir=str(executed(folder, change)))


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        found: list[str] = judged(tmp_path_factory.mktemp("executed"), patch, VALUES)["claims"]["verdict"].tolist()
    return found


@pytest.mark.parametrize("at", range(len(CASES)), ids=[" ".join(case[:4]) for case in CASES])
def test_a_comparison_holds_as_worked_out_by_hand(verdicts: list[str], at: int) -> None:
    assert verdicts[at] == CASES[at][-1]


def test_what_is_given_up_in_the_built_in_answers() -> None:
    variables = run_cells(NAME)
    told = variables["told"].set_index("id")
    assert told.index[told["verdict"] == FAILED].tolist() == ["C035", "C039", "C040"]
    # Whoever gives up a statement says why; nobody else has anything to say beside a comparison.
    assert told.index[told["relation"].ne("") & told["note"].ne("")].tolist() == ["C035", "C039", "C040"]
    uncompared = told.index[told["verdict"].eq(NOT_COMPUTED) & told["relation"].ne("")]
    assert uncompared.tolist() == ["C065"]
    assert not told["in_years"]["C065"]
    assert (told["explained"] != "").all()
