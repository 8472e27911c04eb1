"""What a notebook hands over: payloads, their Norwegian text, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from chart_cases import NAMES, by_year, graded_map, municipalities

from digikom import publish
from digikom.paths import NOTEBOOK_DIR
from digikom.publish import outputs
from digikom.publish.figures import worded_figure
from digikom.publish.formatting import format_number, join_words, round_half_up
from digikom.publish.numbers import number
from digikom.publish.outputs import data_used
from digikom.publish.session import Session
from digikom.publish.tables import worded_table
from digikom.publish.words import dictionary

NBSP = "\N{NO-BREAK SPACE}"
COLUMNS = [publish.Column("name", "Område"), publish.Column("percent", "Prosent", "percent")]
Displayed = list[dict[str, Any]]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with pd.option_context("display.float_format", None):
        yield publish.begin(2022, 2018)


@pytest.fixture
def shown(session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Displayed]:
    """What is displayed by the code under test, in order."""
    displayed: Displayed = []
    monkeypatch.setattr(outputs, "display", lambda bundle, raw: displayed.append(bundle))
    monkeypatch.setitem(dictionary(), "t", {"caption": "Tabell", "notes": ["Ord."]})
    words = {"caption": "Kommuner etter grad", "alt": "{{ alt }}", "title": "Få har <høy> grad"}
    for key in ("f", "g"):
        monkeypatch.setitem(dictionary(), key, words)
    data_used({"status": "synthetic", "source_nb": ["Kilde", "Kilde"]}, session)
    yield displayed
    data_used()


def test_what_notebooks_call_is_exported_and_nothing_else() -> None:
    cells = [cell for path in NOTEBOOK_DIR.glob("*.ipynb") for cell in json.loads(path.read_text("utf-8"))["cells"]]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert set(re.findall(r"\bpublish\.(\w+)", code)) == set(publish.__all__)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (93.2203, 1, "93,2"),
        (1234.5, 1, f"1{NBSP}234,5"),
        (5425270, 0, f"5{NBSP}425{NBSP}270"),
        (-3.25, 1, "\N{MINUS SIGN}3,3"),
        (-0.04, 1, "0,0"),
        (0.048, 3, "0,048"),
        (2.5, 0, "3"),
        (100, 1, "100,0"),
    ],
)
def test_numbers_are_written_in_norwegian(value: float, decimals: int, text: str) -> None:
    assert format_number(value, decimals) == text


def test_a_half_is_rounded_away_from_zero_in_the_decimal_text() -> None:
    # 2.675 is slightly less than that in binary; what a reader sees is 2.675.
    assert [str(round_half_up(value, 2)) for value in (2.675, -0.125)] == ["2.68", "-0.13"]
    with pytest.raises(ValueError, match="missing value"):
        format_number(float("nan"), 1)


def test_words_are_joined() -> None:
    assert [join_words(list(words)) for words in ("", "a", "ab", "abc")] == ["", "a", "a og b", "a, b og c"]


def test_number_payload(shown: Displayed) -> None:
    number("projects", 93.22033898305085, "percent", label="Med prosjekter", year=2022, base=354, base_text="alle <b>")
    bundle = shown[0]
    assert bundle[outputs.NUMBER_MIME] == {
        "key": "projects",
        "label": "Med prosjekter",
        "text": "93,2",
        "value": 93.2203389831,
        "unit": "percent",
        "unit_text": "prosent",
        "decimals": 1,
        "base": 354,
        "base_text": "alle <b>",
        "year": 2022,
        "status": "synthetic",
        "source": ["Kilde"],
        "questions": [],
    }
    assert bundle["text/plain"] == f"Med prosjekter, 2022: 93,2{NBSP}prosent (n{NBSP}={NBSP}354, alle <b>)"
    assert "<b>" not in bundle["text/html"]
    assert "&lt;b&gt;" in bundle["text/html"]


@pytest.mark.parametrize(
    ("value", "unit", "text", "kept"),
    [
        (pd.Series([17]).sum(), "count", "17", 17),
        (pd.Series([9.0]).median(), "median", "9", 9.0),
        (7.5, "median", "7,5", 7.5),
        (2022, "year", "2022", 2022),
        (17 / 354, "share", "0,048", 0.0480225989),
    ],
)
def test_units(shown: Displayed, value: float, unit: str, text: str, kept: float) -> None:
    number("k", value, unit, label="l", year=2022)
    payload = shown[0][outputs.NUMBER_MIME]
    assert (payload["text"], payload["value"]) == (text, kept)
    assert json.loads(json.dumps(payload)) == payload


def test_number_refuses(shown: Displayed) -> None:
    number("k", 1, "percent", label="l", year=2022)
    for value, unit, message in (
        (1, "per cent", "unknown unit 'per cent'"),
        (float("nan"), "percent", "has no value"),
        (1, "percent", "published twice"),
    ):
        with pytest.raises(ValueError, match=message):
            number("k", value, unit, label="l", year=2022)
    assert len(shown) == 1


def test_table_payload_and_symbols(shown: Displayed) -> None:
    rows = pd.DataFrame({"name": ["a", "<script>", "c"], "percent": [12.34, ".", None]})
    worded_table("t", rows, COLUMNS, base=3, base_text="tre", notes=["Merk."], total_row=True)
    bundle = shown[0]
    payload = bundle[outputs.TABLE_MIME]
    assert payload["rows"] == [["a", 12.34], ["<script>", "."], ["c", None]]
    assert payload["columns"][1] == {
        "name": "percent",
        "label": "Prosent",
        "unit": "percent",
        "decimals": 1,
        "align": "right",
    }
    assert "<script>" not in bundle["text/html"]
    assert [text in bundle["text/html"] for text in ("12,3", "Merk.<br>Ord.", "Syntetiske svar")] == [True] * 3


def test_table_refuses(shown: Displayed) -> None:
    with pytest.raises(ValueError, match="no standard symbol"):
        worded_table("t", pd.DataFrame({"name": ["a"], "percent": ["-"]}), COLUMNS)
    with pytest.raises(ValueError, match="has no column percent"):
        worded_table("t", pd.DataFrame({"name": ["a"]}), COLUMNS)
    worded_table("t", pd.DataFrame(), COLUMNS)
    assert shown == []


def bars_figure(alt_text: str) -> None:
    case = by_year()
    columns = [publish.Column("label", "Område"), COLUMNS[1]]
    worded_figure("f", case.draw(), case.frame, columns, {"alt": alt_text}, base="alle", size=330)


def test_figure_holds_what_it_draws(shown: Displayed) -> None:
    bars_figure("Stolper, høyest 96,1 prosent.")
    payload = shown[0][outputs.FIGURE_MIME]
    drawn = {row["percent"] for data in payload["spec"]["datasets"].values() for row in data if "percent" in row}
    assert drawn == {row[1] for row in payload["rows"]}
    assert payload["spec"]["description"] == payload["alt"]
    assert [text in shown[0]["text/html"] for text in ("96,1", "<svg", NAMES[0])] == [True] * 3


@pytest.mark.parametrize(
    ("alt_text", "message"),
    [
        (" ", "no alternative text"),
        *((text, "figure 'f' has no number") for text in ("Stolper for 4.", "Fra 196,1 til 6,1.", "96,10.", "Er 961.")),
    ],
)
def test_alternative_text_needs_a_number_of_the_table(shown: Displayed, alt_text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bars_figure(alt_text)
    assert shown == []


def test_alternative_text_of_a_table_of_texts_counts_its_rows(shown: Displayed) -> None:
    grades = pd.DataFrame({"name": [f"K{number}" for number in range(1200)], "percent": ["høy"] * 1150 + ["lav"] * 50})
    columns = [publish.Column("name", "Kommune"), publish.Column("percent", "Grad")]
    chart = by_year().draw()
    about: dict[str, Any] = {"base": "alle", "size": 1200}
    worded_figure("f", chart, grades, columns, {"alt": f"1{NBSP}150 kommuner har høy grad."}, **about)
    with pytest.raises(ValueError, match="no number"):
        worded_figure("g", chart, grades, columns, {"alt": f"1{NBSP}151 kommuner har høy grad."}, **about)
    assert len(shown) == 1


def test_figure_in_plain_jupyter_shows_title_legend_and_notes(shown: Displayed) -> None:
    columns, facts = [publish.Column("name", "Kommune"), publish.Column("grade", "Grad")], {"alt": "60 har ikke svart."}
    notes = ["Kart: grenser."]
    worded_figure("f", graded_map(), municipalities(), columns, facts, base="alle", size=None, notes=notes)
    bundle = shown[0]
    parts = ("Få har &lt;høy&gt; grad", "Kommuner etter grad", "<svg", "Ikke svart</li>", "Kart: grenser.")
    places = [bundle["text/html"].index(part) for part in parts]
    assert places == sorted(places)
    assert bundle["text/plain"].splitlines()[0] == bundle[outputs.FIGURE_MIME]["title"] == "Få har <høy> grad"
