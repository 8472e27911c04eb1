"""An attacker learns nothing about a single municipality from editions on confidential answers."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from confidential_cases import ALONE, BEFORE, CASES, YEAR, confidential_data
from disclosure_attack import CHAPTERS, DIVISIONS, Claim, Edition, Reader, attack, edition, respondents, untrue

from digikom import survey
from digikom.publish import confidentiality, grades, session

#: So many claims an edition makes at the least about groups; fewer means that the attack does not read it.
CLAIMS = 300
QUICK = ("partner_extreme",)


def read(data: Path, year: int, published: Edition) -> tuple[list[Claim], dict[int, pd.DataFrame]]:
    """The claims of an edition, and who answered in its years."""
    people = {of: respondents(data, of, (BEFORE, YEAR)) for of in (BEFORE, YEAR)}
    reader = Reader(year, people, data)
    assert reader.unread(published) == set()
    return list(reader.claims(published)), people


@pytest.mark.parametrize(
    "case", [case if case in QUICK else pytest.param(case, marks=pytest.mark.full) for case in CASES]
)
def test_no_answer_of_a_single_municipality_comes_out(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = confidential_data(tmp_path, case)
    claims, people = read(data, YEAR, edition(data, YEAR, BEFORE))
    if case == "one_county":
        # The answers of the year before have been published in an edition of their own.
        claims += read(data, BEFORE, edition(data, BEFORE, None))[0]
    assert len(claims) >= CLAIMS
    assert untrue(claims, people) == []
    result = attack(claims, people)
    with capsys.disabled():
        print(f"\n{case}: {result.bounded} unknowns from {result.claims} claims, narrowest {result.narrowest:g}")
    assert result.told == []


def test_the_attack_finds_what_an_open_gate_tells(tmp_path: Path) -> None:
    data = confidential_data(tmp_path, "one_county")

    def none(base: pd.Series, *_: object, **__: object) -> pd.Series:
        return pd.Series(False, index=base.index)

    with ExitStack() as stack:
        stack.enter_context(patch.object(session, "anonymous", lambda answers, *_: answers))
        for module in (session, confidentiality, grades):
            stack.enter_context(patch.object(module, "hidden_rows", none))
        published = edition(data, YEAR, BEFORE, CHAPTERS[:1])
    claims, people = read(data, YEAR, published)
    assert untrue(claims, people) == []
    assert any(ALONE in told for told in attack(claims, people).told)


@pytest.mark.full
def test_two_that_nothing_tells_apart_may_change_answers(tmp_path: Path) -> None:
    data = confidential_data(tmp_path, "one_county")
    people = respondents(data, YEAR, (BEFORE, YEAR))
    others = [name for name in DIVISIONS if name != "county"]
    alone = people.index[people["county"] == ALONE][0]
    alike = (people[others] == people.loc[alone, others]).all(axis="columns")
    like = people.index[alike & (people["county"] != ALONE)][0]
    before = edition(data, YEAR, BEFORE)
    path = data / "survey" / f"{YEAR}.csv"
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    codes = survey.answers([YEAR], str(data))["municipality_code"].astype(str)
    one, other = (answers["municipality_code"] == code for code in codes.loc[[alone, like]])
    given = answers.columns.difference(["municipality_code", "year"])
    exchanged = [answers.loc[other, given].to_numpy(), answers.loc[one, given].to_numpy()]
    assert (exchanged[0] != exchanged[1]).any()
    answers.loc[one, given], answers.loc[other, given] = exchanged
    answers.to_csv(path, index=False, lineterminator="\n")
    after = edition(data, YEAR, BEFORE)
    assert json.dumps(before.payloads) == json.dumps(after.payloads)
    assert [repr(value) for _, value in before.shown] == [repr(value) for _, value in after.shown]
