"""The replication chapter: every printed figure once, and verdicts that follow the numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from notebook_runs import run_cells

from digikom import publish, survey
from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.outputs import NUMBER_MIME
from digikom.publish.published import EXECUTED_DIR, declared_parameters, published_outputs, read_cells

NAME = "07_etterproving.ipynb"
REPORT = "report-2023-27"
AGREES, CONTRADICTED, DEVIATES, NOT_COMPUTED = (
    "stemmer",
    "strider mot et annet trykt tall",
    "avviker",
    "kan ikke beregnes",
)

Variables = dict[str, Any]
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def variables() -> Variables:
    """The chapter as it stands."""
    return run_cells(NAME)


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return survey.printed().set_index("id", drop=False)


def executed(folder: Path, change: Change) -> Path:
    """The published numbers of the committed notebooks in `folder`, each payload passed through `change`."""
    for path in NOTEBOOK_DIR.glob("*.ipynb"):
        cells = read_cells(path)
        if EXECUTED_DIR in declared_parameters(cells):
            continue
        payloads = [payload for _, mime, payload in published_outputs(cells) if mime == NUMBER_MIME]
        for payload in payloads:
            change(payload)
        outputs = [{"data": {NUMBER_MIME: payload}} for payload in payloads]
        (folder / path.name).write_text(json.dumps({"cells": [{"id": "all", "outputs": outputs}]}), encoding="utf-8")
    return folder


def put(key: str, value: float) -> Change:
    """The change that gives the number `key` another value."""

    def change(payload: dict[str, Any]) -> None:
        if payload["key"] == key:
            payload["value"] = value

    return change


def verdicts(variables: Variables) -> dict[str, str]:
    found: dict[str, str] = variables["figures"].set_index("id")["verdict"].to_dict()
    return found


def test_every_result_of_the_report_is_in_the_edition_about_it_once(
    variables: Variables, figures: pd.DataFrame
) -> None:
    expected = figures.loc[figures["source"].eq(REPORT) & figures["kind"].eq("result"), "id"].tolist()
    edition = variables["figures"]
    assert len(expected) > 150
    assert sorted(edition.loc[edition["source"] == REPORT, "id"]) == sorted(expected)
    others = figures[figures["source"].ne(REPORT) & figures["source"].ne("derived") & figures["kind"].eq("result")]
    assert set(edition["id"]) - set(expected) == set(others.loc[others["year"] == "2022", "id"])


@pytest.mark.parametrize(("year", "reference"), [(2018, ""), (2023, 2022), (2024, 2023)])
def test_other_editions_have_the_printed_figures_of_their_year(
    figures: pd.DataFrame, year: int, reference: int | str
) -> None:
    edition = run_cells(NAME, target_year=year, reference_year=reference)["figures"]
    of_year = figures["year"].eq(str(year)) & figures["kind"].eq("result") & figures["source"].ne("derived")
    assert sorted(edition["id"]) == sorted(figures.loc[of_year, "id"])


def test_a_table_shows_every_figure_of_the_edition_once(variables: Variables) -> None:
    edition = variables["figures"]
    assert edition["id"].is_unique
    assert edition.groupby("group").size().to_dict() == variables["counts"]["I alt"].drop("I alt").to_dict()
    assert (edition.groupby("group", sort=False).size() <= 30).all()


def test_verdict_counts_add_up(variables: Variables) -> None:
    counts = variables["counts"]
    parts = counts.drop(index="I alt")
    assert parts.sum().to_dict() == counts.loc["I alt"].to_dict()
    assert parts[[AGREES, CONTRADICTED, DEVIATES, NOT_COMPUTED]].sum(axis="columns").equals(parts["I alt"])
    assert counts.loc["I alt"].tolist() == [174, 3, 0, 4, 181]


def test_verdicts_are_computed_and_agree_with_the_status_in_the_data(variables: Variables) -> None:
    expected = {"agrees": {AGREES}, "contradicts": {CONTRADICTED}}
    for row in variables["figures"].to_dict("records"):
        known = expected.get(row["status"], {NOT_COMPUTED})
        # What is printed on a year that the edition does not use can't be computed in it.
        assert row["verdict"] in (known if row["in_years"] else {NOT_COMPUTED}), row["id"]


def test_verdicts_do_not_read_the_status_in_the_data(variables: Variables, monkeypatch: pytest.MonkeyPatch) -> None:
    read = survey.printed
    monkeypatch.setattr(survey, "printed", lambda *arguments: read(*arguments).drop(columns="status", errors="ignore"))
    assert verdicts(run_cells(NAME)) == verdicts(variables)


def test_a_figure_is_contradicted_by_the_printed_ones_it_cannot_go_with(variables: Variables) -> None:
    figure = variables["compared"].set_index("id").loc["P051"]
    assert figure["verdict"] == CONTRADICTED
    assert figure["opponents"] == ["P064", "P067"]
    assert (figure["print"], figure["result"], figure["difference"]) == ("64\N{NO-BREAK SPACE}prosent", "47,0", "−17,0")
    assert figure["explained"] == f"{CONTRADICTED} (P064 og P067)"


def test_what_cannot_be_computed_says_why(variables: Variables) -> None:
    shown = variables["compared"][variables["compared"]["of_edition"]].set_index("id")
    lacking = shown[shown["verdict"] == NOT_COMPUTED]
    assert set(lacking.index) == {"P012", "P085", "P108", "P177"}
    assert lacking.loc["P085", "explained"] == f"{NOT_COMPUTED}: Utgaven bygger ikke på svar for 2023."
    assert lacking.loc["P108", "explained"].endswith("Undersøkelsen for 2020 er ikke med her.")
    assert set(lacking["result"]) == set(lacking["difference"]) == {"."}


@pytest.mark.parametrize(
    ("computed", "low", "high", "decimals", "rounding", "expected"),
    [
        # Halves go up, also those that binary fractions miss.
        (46.5, 47, 47, 0, "exact", True),
        (46.4999, 47, 47, 0, "exact", False),
        (47.4999, 47, 47, 0, "exact", True),
        (47.5, 47, 47, 0, "exact", False),
        (1.005, 1.01, 1.01, 2, "exact", True),
        (0.35, 0.4, 0.4, 1, "exact", True),
        (-0.25, -0.3, -0.3, 1, "exact", True),
        # «Five of ten».
        (45.0, 50, 50, -1, "rounded", True),
        (54.9, 50, 50, -1, "rounded", True),
        (55.0, 50, 50, -1, "rounded", False),
        (72.1, 75, 75, 0, "rounded", False),
        # The limit itself is on the right side of it.
        (30.0, 30, 30, 0, "lower_bound", True),
        (29.99, 30, 30, 0, "lower_bound", False),
        (20.0, 20, 20, 0, "upper_bound", True),
        (20.01, 20, 20, 0, "upper_bound", False),
        # Both ends of a range belong to it, after rounding.
        (4.5, 5, 6, 0, "range", True),
        (6.4, 5, 6, 0, "range", True),
        (4.4, 5, 6, 0, "range", False),
        (6.5, 5, 6, 0, "range", False),
        # «About»: one unit for a whole number, the rounded value otherwise.
        (81.0, 80, 80, 0, "circa", True),
        (81.01, 80, 80, 0, "circa", False),
        (79.0, 80, 80, 0, "circa", True),
        (6.45, 6.5, 6.5, 1, "circa", True),
        (6.44, 6.5, 6.5, 1, "circa", False),
    ],
)
def test_rule_for_agreement(
    computed: float, low: float, high: float, decimals: int, rounding: str, expected: bool
) -> None:
    assert agrees(computed, low, high, decimals, rounding) is expected


def test_an_unknown_way_of_printing_is_refused() -> None:
    with pytest.raises(KeyError, match="perhaps"):
        agrees(1.0, 1.0, 1.0, 0, "perhaps")


def agrees(computed: float, low: float, high: float, decimals: int, rounding: str) -> bool:
    """What the rules of the chapter say of one printed figure."""
    (cell,) = (cell for cell in read_cells(NOTEBOOK_DIR / NAME) if cell["id"] == "rules")
    row = {"computed": computed, "low": low, "high": high, "printed_decimals": decimals, "rounding": rounding}
    variables: Variables = {"np": np, "pd": pd, "publish": publish, "compared": pd.DataFrame([row])}
    exec("".join(cell["source"]), variables)
    return bool(variables["compared"]["agrees"].item())


def test_a_changed_number_deviates(tmp_path: Path) -> None:
    changed = run_cells(NAME, executed_dir=str(executed(tmp_path, put("recruit-problem", 57.0))))
    found = verdicts(changed)
    assert [figure for figure, verdict in found.items() if verdict == DEVIATES] == ["P011"]
    assert changed["counts"].loc["I alt", DEVIATES] == 1
    assert changed["deviating"].tolist() == ["P011"]


def test_a_number_that_meets_the_other_side_turns_the_contradiction_around(tmp_path: Path) -> None:
    def change(payload: dict[str, Any]) -> None:
        put("projects-many", 64.2)(payload)
        put("priority-count-3", 99)(payload)

    found = verdicts(run_cells(NAME, executed_dir=str(executed(tmp_path, change))))
    assert found["P051"] == AGREES
    assert found["P064"] == CONTRADICTED


def test_a_number_that_no_chapter_publishes_is_not_computed(tmp_path: Path) -> None:
    def change(payload: dict[str, Any]) -> None:
        if payload["key"] == "recruit-problem":
            payload["key"] = "something-else"

    changed = run_cells(NAME, executed_dir=str(executed(tmp_path, change)))
    assert verdicts(changed)["P011"] == NOT_COMPUTED
    shown = changed["compared"].set_index("id")
    assert shown.loc["P011", "explained"].endswith("Ingen av kapitlene i denne utgaven har dette tallet.")


def test_a_change_between_other_years_is_not_compared(tmp_path: Path) -> None:
    found = verdicts(run_cells(NAME, reference_year=""))
    assert found["P077"] == NOT_COMPUTED
    assert found["P011"] == AGREES


def phrases(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The phrases that the chapter publishes from here on, by key."""
    said: dict[str, str] = {}
    monkeypatch.setattr(
        "digikom.publish.phrases._publish", lambda payload: said.update({payload["key"]: payload["text"]})
    )
    return said


@pytest.mark.parametrize(("status", "word"), [("synthetic", "syntetiske"), ("real", "virkelige")])
def test_what_agreement_means_depends_on_whose_answers_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, word: str
) -> None:
    said = phrases(monkeypatch)
    run_cells(NAME, executed_dir=str(executed(tmp_path, lambda payload: payload.update(status=status))))
    assert said["replication-meaning"].startswith(f"Svarene i denne utgaven er {word}.")


def test_sentences_fit_an_edition_with_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    said = phrases(monkeypatch)
    # The committed notebooks have no numbers of this year, and none of its printed figures contradicts another.
    run_cells(NAME, target_year=2024, reference_year="")
    assert said["replication-conclusion"].startswith("Ingenting")
    assert "kjenner vi ingen" in said["replication-contradictions"]


def test_contradictions_are_those_that_the_figures_name(variables: Variables, figures: pd.DataFrame) -> None:
    groups = [set(ids.split()) for ids in survey.printed(name="contradictions")["ids"]]
    printed = set(figures.loc[figures["source"] != "derived", "id"])
    for group in groups:
        assert group <= printed
        # Each has at least two that name each other.
        assert any(set(figures.loc[one, "contradicts"].split()) & group for one in group)
    for row in figures.to_dict("records"):
        opponents = set(row["contradicts"].split())
        assert opponents <= set(figures["id"]), row["id"]
        if row["id"] in printed and opponents & printed:
            assert any({row["id"], *(opponents & printed)} <= group for group in groups), row["id"]
    shown = variables["contradictions"]["contradiction"].tolist()
    assert shown == ["projects-seven-areas", "evaluation-not-digital", "cloud-none", "recruiting-problems"]


def test_sources_are_those_of_the_figures(figures: pd.DataFrame) -> None:
    sources = survey.printed(name="sources")
    assert sources["source"].is_unique
    assert set(sources["source"]) == set(figures["source"])
    assert (sources[["short_nb", "title_nb"]] != "").all(axis=None)
    assert sources.set_index("source").loc[REPORT, "edition"] == "2022"


def test_printed_figures_come_from_the_project_when_a_data_folder_has_none(tmp_path: Path) -> None:
    pd.testing.assert_frame_equal(survey.printed(tmp_path), survey.printed())
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "figures.csv").write_text("id,note\nP001,\n", encoding="utf-8")
    assert survey.printed(tmp_path).to_dict("records") == [{"id": "P001", "note": ""}]
    with pytest.raises(InputError, match="there are figures"):
        survey.printed(tmp_path, "sources")
