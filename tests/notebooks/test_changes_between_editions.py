"""«Endringer siden forrige utgave» and «Tidsserier»: against the number registers, counted another way."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from notebook_runs import published, run_cells

from digikom.editions.edition_files import edition_years
from digikom.publish.number_registers import edition_registers, write_register

CHANGES, SERIES = "09_endringer.ipynb", "10_tidsserier.ipynb"
CHAPTERS = ("03_digital_prioritering", "04_digital_kompetanse", "05_digital_aktivitet")
MARK = " *"

pytestmark = pytest.mark.build
Label = tuple[str, str, str]
Executed = Callable[[int], Path]


def results(site: Path, year: int) -> dict[Label, float]:
    """The shares and medians of the themes in the published register of an edition, by notebook, label and unit."""
    numbers = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    found: dict[Label, float] = {}
    for number in numbers:
        notebook = Path(number["notebook"]).stem
        if number["year"] == year and notebook in CHAPTERS and number["unit"] in {"percent", "median"}:
            found.setdefault((notebook, number["label"], number["unit"]), number["value"])
    return found


def tables(folder: Path, name: str, prefix: str) -> dict[tuple[str, str], dict[str, list[Any]]]:
    """The tables of a notebook whose keys begin with `prefix`, by chapter number and unit: label to the other cells."""
    found = {}
    for key, payload in published(name, folder).items():
        if key.startswith(prefix):
            chapter, unit = key.removeprefix(prefix).split("-")
            found[chapter, unit] = {row[0].removesuffix(MARK): row for row in payload["rows"]}
    return found


COMPARED = list(pairwise(edition_years()))


@pytest.mark.parametrize(("before", "year"), COMPARED)
def test_every_number_of_both_editions_is_compared(site: Path, executed: Executed, before: int, year: int) -> None:
    old, new = results(site, before), results(site, year)
    shown = tables(executed(year), CHANGES, "tab-changes-")
    both = {key for key in new if key in old}
    assert both
    assert sum(map(len, shown.values())) == len(both)
    for notebook, label, unit in both:
        key = notebook, label, unit
        _, then, now, change = shown[notebook[:2], unit][label]
        assert then == pytest.approx(old[key], abs=1e-8)
        assert now == pytest.approx(new[key], abs=1e-8)
        assert change == pytest.approx(new[key] - old[key], abs=1e-8)
    for rows in shown.values():
        moved = [row[3] for row in rows.values()]
        assert moved == sorted(moved, reverse=True)


@pytest.mark.parametrize(("before", "year"), COMPARED)
def test_every_number_of_one_edition_only_is_counted(site: Path, executed: Executed, before: int, year: int) -> None:
    lone = published(CHANGES, executed(year))["tab-not-compared"]["rows"]
    assert sum(row[2] for row in lone) == len(set(results(site, year)) ^ set(results(site, before)))


@pytest.mark.parametrize(("before", "year"), COMPARED)
def test_the_figure_shows_the_shares_that_moved_most(site: Path, executed: Executed, before: int, year: int) -> None:
    old, new = results(site, before), results(site, year)
    moved = sorted(abs(new[key] - old[key]) for key in new if key in old and key[2] == "percent")
    rows = published(CHANGES, executed(year))["fig-changes-most"]["rows"]
    assert sorted(abs(row[3]) for row in rows) == pytest.approx(moved[-len(rows) :], abs=1e-8)


def test_only_numbers_whose_questions_changed_are_marked(executed: Executed) -> None:
    year = 2022
    marked = {
        (key.split("-")[2], row[0].removesuffix(MARK))
        for key, payload in published(CHANGES, executed(year)).items()
        if key.startswith("tab-changes-")
        for row in payload["rows"]
        if row[0].endswith(MARK)
    }
    register = edition_registers()
    behind = register[register["edition"] == year].set_index("label")["questions"]
    assert {chapter for chapter, _ in marked} == {"03"}, "only the list of strategy areas was changed"
    assert ("03", "Kommuner med omfattende strategi") in marked
    assert ("03", "Kommuner med digitaliseringsstrategi") not in marked
    assert ("03", "Strategier som omtaler «Robotisering»") not in marked
    assert all("strategy" in str(behind[label]) for _, label in marked)


def test_the_changed_questions_are_told(executed: Executed) -> None:
    (row,) = published(CHANGES, executed(2022))["tab-questionnaire"]["rows"]
    assert row[0] == "Digitaliseringsstrategi"
    assert "Nytt: «Bruk av felles løsninger»" in row[2]
    assert "tab-questionnaire" not in published(CHANGES, executed(2024))


def test_the_first_edition_compares_with_nothing(site: Path, executed: Executed) -> None:
    year = edition_years()[0]
    for name in (CHANGES, SERIES):
        assert published(name, executed(year)) == {}
    page = (site / str(year) / "notebooks" / "09_endringer.html").read_text(encoding="utf-8")
    assert "Dette er den første utgaven." in page
    later = (site / str(edition_years()[1]) / "notebooks" / "09_endringer.html").read_text(encoding="utf-8")
    assert "Dette er den første utgaven." not in later


@pytest.mark.parametrize("year", edition_years()[1:])
def test_every_indicator_of_three_editions_is_a_series(site: Path, executed: Executed, year: int) -> None:
    editions = {other: results(site, other) for other in edition_years() if other <= year}
    everything = {key for numbers in editions.values() for key in numbers}
    expected = {key for key in everything if sum(key in numbers for numbers in editions.values()) > 2}
    shown = {
        key: payload for key, payload in published(SERIES, executed(year)).items() if key.startswith("tab-series-")
    }
    found = set()
    for name, payload in shown.items():
        _, _, chapter, unit = name.split("-")
        years = [int(column["name"]) for column in payload["columns"][1:]]
        assert years == sorted(years, reverse=True)
        assert max(years) <= year
        for label, *values in payload["rows"]:
            (notebook,) = (notebook for notebook in CHAPTERS if notebook.startswith(chapter))
            key = notebook, label.removesuffix(MARK), unit
            found.add(key)
            for other, value in zip(years, values, strict=True):
                published_value = editions[other].get(key)
                assert value == ("." if published_value is None else pytest.approx(published_value, abs=1e-8))
    assert found == expected


def test_a_line_is_dashed_over_a_break_only(executed: Executed) -> None:
    figures = published(SERIES, executed(2024))
    links: dict[tuple[str, int], bool] = {}
    for name in (name for name in figures if name.startswith("fig-series-")):
        data = figures[name]["spec"]["datasets"].values()
        links |= {(row["label"], row["year"]): row["broken"] for rows in data for row in rows if "date_from" in row}
    assert links["Kommuner som forsøkte å rekruttere", 2022] is False
    assert not any(broken for (label, _), broken in links.items() if not label.endswith(MARK))


def run_changes(folder: Path, register: pd.DataFrame) -> dict[str, Any]:
    """The cells of the page on changes, with `register` in place of the one of the edition of 2018."""
    write_register(folder / "2018.csv", register.drop(columns="edition"))
    return run_cells(CHANGES, registers_dir=str(folder))


def test_a_number_that_changes_its_meaning_is_not_compared(tmp_path: Path) -> None:
    register = edition_registers()
    register = register[register["edition"] == 2018]
    label = "Kommuner med digitaliseringsstrategi"
    moved = register.assign(
        label=register["label"].replace(label, "Kommuner med strategi"),
        value=register["value"].mask(register["label"] == "Kommuner med omfattende strategi", 99.0),
    )
    variables = run_changes(tmp_path, moved)
    compared = variables["compared"].set_index("label")
    assert label not in compared.index
    assert compared.loc["Kommuner med omfattende strategi", "change"] < 0
    lone = variables["lone"].set_index("label")
    assert lone.loc[label, "lacking_year"] == 2018
    assert lone.loc["Kommuner med strategi", "lacking_year"] == 2022
    assert lone.loc[label, "kind"] == "calculation"
