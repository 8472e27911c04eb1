"""A form that has changed is data: a codebook entry, and chapters 3 to 5 follow. No notebook knows of the changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from changed_form import EDITION, REFERENCE, YEAR, Form, write_answers
from notebook_runs import execute_here, published, standing, text_of
from test_indicators_editions import check_text, printed_keys

from digikom import survey
from digikom.paths import NOTEBOOK_DIR, PROJECT_ROOT
from digikom.pipeline.chapters import run_notebooks
from digikom.presence.absences import absences_of
from digikom.presence.keys import read_keys

PRIORITY, COMPETENCE, ACTIVITY = (
    "03_digital_prioritering.ipynb",
    "04_digital_kompetanse.ipynb",
    "05_digital_aktivitet.ipynb",
)
CHAPTERS = (PRIORITY, COMPETENCE, ACTIVITY)
#: One item of each list that the prose names, and what its numbers begin with.
GONE = {
    "strategy_robotics": "area-robotics",
    "project_staff_tasks": "expected-staff-tasks",
    "function_security_testing": "functions-security",
    "not_tried_no_belief": "reasons-no-belief",
    "cloud_development_platform": "cloud-development-platform",
    "procurement_invoice_control": "procurement-invoice-control",
    "service_self_activated": "services-self-activated",
}
#: The figure of each list, and what is new in it.
NEW = {
    "fig-strategy-areas": "Kunstig intelligens",
    "fig-expected-changes": "Mindre utslipp",
    "fig-functions-sourcing": "Drift av språkmodeller",
    "fig-reasons-by-size": "Deler med naboen",
    "fig-cloud-areas": "Språkmodeller",
    "fig-procurement-activities": "Miljøkrav",
    "fig-services-offered": "Samtaletjeneste",
}


def changed(folder: Path) -> Path:
    """Every list has lost an item that the prose names and got another; some went on under another name or in parts."""
    form = Form(folder)
    for like, column, label in (
        ("strategy_robotics", "strategy_ai", NEW["fig-strategy-areas"]),
        ("project_staff_tasks", "project_emissions", NEW["fig-expected-changes"]),
        ("function_security_testing", "function_language_models", NEW["fig-functions-sourcing"]),
        ("not_tried_no_belief", "not_tried_shared", NEW["fig-reasons-by-size"]),
        ("cloud_development_platform", "cloud_language_models", NEW["fig-cloud-areas"]),
        ("procurement_invoice_control", "procurement_climate", NEW["fig-procurement-activities"]),
        ("service_self_activated", "service_chat", NEW["fig-services-offered"]),
        ("strategy_cloud_services", "strategy_public_cloud", "Allmenn sky"),
        ("strategy_cloud_services", "strategy_own_cloud", "Egen sky"),
        ("cloud_virtual_servers", "cloud_servers", "Servere"),
    ):
        form.add(like, column, label)
    form.drop(*GONE)
    # One area was split in two, and two others became one.
    form.drop("strategy_cloud_services", "cloud_application_servers", "cloud_virtual_servers")
    form.series("strategy_cloud_services", YEAR, "any", "strategy_public_cloud", "strategy_own_cloud")
    form.series("cloud_servers", REFERENCE, "any", "cloud_application_servers", "cloud_virtual_servers")
    form.rename("strategy_universal_design", "strategy_design_for_all", "Design for alle")
    form.rename("function_server_operation", "function_servers", "Drift av egne servere")
    form.rename("procurement_planning", "procurement_needs", "Kartlegging av behov")
    form.rename("service_simple_individual", "service_single", "Enkelttjeneste")
    form.answer("sourcing", "evenly_shared", "other_municipality", "Andre kommuner")
    form.answer("degree", "neither", "some", "I noen grad")
    form.answer("digital_extent", "partly", "planned", "Nei, men planlagt")
    form.answer("service_share", "most", "nearly_all", "Nesten alle tjenestene")
    form.no_more("sourcing", "exclusively_external")
    form.write()
    write_answers(folder)
    return folder


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Chapters 3 to 5, executed as a build does, for the changed form."""
    folder = tmp_path_factory.mktemp("changed")
    changed(folder / "data")
    paths = [NOTEBOOK_DIR / name for name in CHAPTERS]
    run_notebooks(paths, folder, {**EDITION.parameters, "data_dir": "data"}, folder=folder)
    return folder


def everything(executed: Path) -> dict[str, dict[str, Any]]:
    return {key: payload for name in CHAPTERS for key, payload in published(name, executed).items()}


def names_in(payload: dict[str, Any]) -> set[str]:
    """The names that a figure shows: rows of its table, or the heads of its columns."""
    return {str(row[0]) for row in payload["rows"]} | {column["label"] for column in payload["columns"]}


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_text_prints_only_what_is_published(executed: Path, name: str) -> None:
    check_text(standing(executed, name, executed / "data"), published(name, executed))


def test_no_number_and_no_sentence_of_a_dropped_item(executed: Path) -> None:
    cells = [cell for name in CHAPTERS for cell in standing(executed, name, executed / "data")]
    keys = set(everything(executed)) | printed_keys(cells)
    for column, key in GONE.items():
        assert [found for found in keys if found.startswith(key)] == [], column
    text = "\n".join(text_of(cells))
    assert not re.search("obotisering|ikkerhetstesting|tviklingsplattform|elvaktiverte", text)


@pytest.mark.parametrize(("figure", "label"), NEW.items())
def test_every_figure_of_a_list_marks_what_is_new_and_says_what_is_gone(
    executed: Path, figure: str, label: str
) -> None:
    payload = everything(executed)[figure]
    assert f"{label} *" in names_in(payload)
    dropped = dict(zip(NEW, GONE, strict=True))[figure]
    shown_as = "short_nb" if figure == "fig-reasons-by-size" else "label_nb"
    gone = str(survey.codebook().items().set_index("column").loc[dropped, shown_as])
    notes = " ".join(payload["notes"])
    assert re.search(rf"\* Brudd: (Svaralternativet|Delspørsmålet) er nytt eller endret siden {REFERENCE}\.", notes)
    assert re.search(rf"«{re.escape(gone)}»[^.]* fra {REFERENCE} er ikke lenger med\.", notes)


def test_an_unchanged_item_has_no_mark(executed: Path) -> None:
    for figure, name in (("fig-strategy-areas", "Personvern"), ("fig-cloud-areas", "Lagring")):
        assert name in names_in(everything(executed)[figure])


def test_a_series_goes_on_by_its_rule(executed: Path) -> None:
    found = everything(executed)
    before = survey.load(REFERENCE)
    users = before[before["uses_cloud"] == "yes"]
    parts = users[["cloud_application_servers", "cloud_virtual_servers"]] == "yes"
    assert found["cloud-servers-reference"]["value"] == pytest.approx(100 * parts.any(axis=1).mean())
    assert "cloud-servers-change" in found
    internal = before["function_server_operation"].isin(["exclusively_internal", "mainly_internal"])
    assert found["functions-servers-reference"]["value"] == pytest.approx(100 * internal.mean())
    notes = " ".join(found["fig-cloud-areas"]["notes"])
    assert f"«Servere» var i {REFERENCE} delt i «Applikasjonsservere» og «Virtuelle servere»." in notes
    notes = " ".join(found["fig-strategy-areas"]["notes"])
    split = f"Svaralternativet «Bruk av skytjenester» fra {REFERENCE} er delt i «Allmenn sky» og «Egen sky»."
    assert split in notes
    assert f"«Design for alle» het «Universell utforming» i {REFERENCE}." in notes
    assert "Design for alle *" in names_in(found["fig-strategy-areas"])


def test_a_renamed_way_keeps_its_points_and_a_new_one_has_none(executed: Path) -> None:
    found = everything(executed)
    answers = survey.load(YEAR, executed / "data")
    simple = {"some": 1, "about_half": 3, "most": 3, "all": 3}
    complex_ways = {"some": 2, "about_half": 4, "most": 4, "all": 4}
    points = sum(answers[way].astype(str).map(simple).fillna(0) for way in ("service_open_access", "service_single"))
    points += answers["service_complex_individual"].astype(str).map(complex_ways).fillna(0)
    assert found["services-median"]["value"] == pytest.approx(points.median())
    assert found["services-points-max"]["value"] == 10
    notes = " ".join(found["fig-services-distribution"]["notes"])
    assert "«Samtaletjeneste» er ikke med i poengene" in notes
    assert "Svaret «Nesten alle tjenestene» gir ingen poeng" in notes


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("fig-functions-sourcing", "«Andre kommuner» er nytt, og «Utelukkende eksterne» er tatt ut."),
        ("fig-barrier", "«I noen grad» er nytt."),
        ("fig-procurement-activities", "«Nei, men planlagt» er nytt."),
        ("fig-services-offered", "«Nesten alle tjenestene» er nytt."),
    ],
)
def test_new_answers_are_told_and_shown(executed: Path, figure: str, said: str) -> None:
    payload = everything(executed)[figure]
    assert f"Svaralternativene ble endret etter {REFERENCE}: {said}" in " ".join(payload["notes"])
    if figure != "fig-barrier":
        label = said.split("»")[0].removeprefix("«")
        assert label in names_in(payload)
        shown = [sum(value for value in row[1:] if isinstance(value, float | int)) for row in payload["rows"]]
        assert shown == pytest.approx([100] * len(shown))


def test_a_count_over_another_list_is_told(executed: Path) -> None:
    found = everything(executed)
    for figure in ("strategy", "project", "functions", "cloud", "procurement", "services"):
        notes = " ".join(found[f"fig-{figure}-distribution"]["notes"])
        assert f"var ikke den samme i {REFERENCE}" in notes, figure


def test_every_answer_of_the_year_is_counted(executed: Path) -> None:
    """The counts take in the items of the year, and those of the reference year the items of that one."""
    found = everything(executed)
    book = survey.codebook(executed / "data")
    for year, suffix in ((YEAR, ""), (REFERENCE, "-reference")):
        answers = survey.load(year, executed / "data")
        areas = book.items(year, question="strategy_areas")["column"]
        counts = (answers.loc[answers["has_strategy"] == "yes", areas] == "yes").sum(axis=1)
        assert found[f"strategy-median{suffix}"]["value"] == pytest.approx(counts.median())
        functions = book.items(year, question="function_sourcing")["column"]
        own = answers[functions].isin(["exclusively_internal", "mainly_internal"]).sum(axis=1)
        assert found[f"functions-median{suffix}"]["value"] == pytest.approx(own.median())
        activities = book.items(year, question="procurement_activities")["column"]
        digital = answers[activities].isin(["wholly", "partly"]).sum(axis=1)
        assert found[f"procurement-all{suffix}"]["value"] == pytest.approx(100 * digital.eq(len(activities)).mean())


# ----------------------------------------------------------------------------------------------------------------------
# Other forms, run in this process: what remains of a chapter holds together.


@pytest.fixture(autouse=True)
def formatted_as_before() -> Iterator[None]:
    """What runs in this process leaves pandas as it was."""
    with pd.option_context("display.float_format", None):
        yield


def run_chapters(data: Path) -> set[str]:
    """The keys that the chapters publish for the changed form; what they show of their text holds together."""
    given = {"target_year": YEAR, "reference_year": REFERENCE, "data_dir": str(data)}
    folder = execute_here(data.parent / "executed", *CHAPTERS, **given)
    for name in CHAPTERS:
        check_text(standing(folder, name, data), published(name, folder))
    return set(everything(folder))


def lists() -> dict[str, list[str]]:
    """The items of each question of the chapters that has several."""
    items = survey.codebook().items(REFERENCE).groupby("question")["column"].agg(list)
    return {str(question): columns for question, columns in items.items() if len(columns) > 1}


def printed_items() -> set[str]:
    """The items behind the numbers that the prose of the chapters prints by name."""
    cells = [cell for name in CHAPTERS for cell in nbformat.read(NOTEBOOK_DIR / name, as_version=4).cells]
    printed = printed_keys(cells)
    named = {each for key in read_keys(PROJECT_ROOT) if key.key in printed for each in key.questions}
    return named & {column for columns in lists().values() for column in columns}


def test_all_the_items_that_the_prose_names_may_be_gone(tmp_path: Path) -> None:
    form = Form(tmp_path / "data")
    gone = sorted(printed_items())
    assert len(gone) > 20
    for number, column in enumerate(gone):
        form.add(column, f"{column}_instead", f"Noe annet, nummer {number}")
    form.drop(*gone)
    form.write()
    write_answers(form.folder)
    run_chapters(form.folder)


def test_a_list_may_have_one_item(tmp_path: Path) -> None:
    form = Form(tmp_path / "data")
    for columns in lists().values():
        form.drop(*columns[1:])
    form.write()
    write_answers(form.folder)
    run_chapters(form.folder)


def test_a_question_may_have_gone_to_nobody(tmp_path: Path) -> None:
    form = Form(tmp_path / "data")
    form.write()
    nobody = {"has_strategy": "no", "has_projects": "no", "uses_cloud": "no", "tried_recruiting": "no"}
    write_answers(form.folder, lambda _place, answers: answers | nobody)
    run_chapters(form.folder)
    told = [each for each in absences_of(YEAR, REFERENCE, form.folder) if each.kind == "nobody"]
    assert {lack.name for lack in told} >= {"strategy_areas", "project_areas", "cloud_areas", "recruiting_problem"}
    assert all(lack.is_question and lack.year == YEAR for lack in told)


def test_nobody_may_have_refrained_from_trying(tmp_path: Path) -> None:
    form = Form(tmp_path / "data")
    form.write()
    write_answers(form.folder, lambda _place, answers: answers | {"tried_recruiting": "yes"})
    keys = run_chapters(form.folder)
    assert not [key for key in keys if key.startswith("fig-reasons")]
