"""What a notebook hands over: payloads, their Norwegian text, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd
import pytest
from chart_cases import graded_map, municipalities

from digikom import publish
from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish import drawing, outputs
from digikom.publish.context import data_used
from digikom.publish.figures import figure
from digikom.publish.formatting import format_number, join_words, round_half_up
from digikom.publish.numbers import number
from digikom.publish.tables import table

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What is displayed by the code under test, in order."""
    displayed: list[dict[str, Any]] = []
    monkeypatch.setattr(outputs, "display", lambda bundle, raw: displayed.append(bundle))
    data_used(frame("synthetic"))
    yield displayed
    data_used()


def test_what_notebooks_call_is_exported_and_nothing_else() -> None:
    cells = [cell for path in NOTEBOOK_DIR.glob("*.ipynb") for cell in json.loads(path.read_text("utf-8"))["cells"]]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert set(re.findall(r"\bpublish\.(\w+)", code)) == set(publish.__all__)


def frame(status: str) -> pd.DataFrame:
    data = pd.DataFrame({"municipality_code": ["0301"]})
    data.attrs = {"status": status, "source_nb": f"Kilde {status}"}
    return data


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (93.2203, 1, "93,2"),
        (1234.5, 1, f"1{NBSP}234,5"),
        (5425270, 0, f"5{NBSP}425{NBSP}270"),
        (-3.25, 1, "\N{MINUS SIGN}3,3"),
        (0.048, 3, "0,048"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (0, 1, "0,0"),
        (100, 1, "100,0"),
    ],
)
def test_numbers_are_written_in_norwegian(value: float, decimals: int, text: str) -> None:
    assert format_number(value, decimals) == text


def test_a_half_is_rounded_away_from_zero_in_the_decimal_text() -> None:
    # 2.675 is slightly less than that in binary; what a reader sees is 2.675.
    assert str(round_half_up(2.675, 2)) == "2.68"
    assert str(round_half_up(-0.125, 2)) == "-0.13"


def test_a_missing_value_is_no_number() -> None:
    with pytest.raises(ValueError, match="missing value"):
        format_number(float("nan"), 1)


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a og b"), (["a", "b", "c"], "a, b og c")]
)
def test_words_are_joined(words: list[str], text: str) -> None:
    assert join_words(words) == text


def test_number_payload(shown: list[dict[str, Any]]) -> None:
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
        "source": ["Kilde synthetic"],
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
def test_units(shown: list[dict[str, Any]], value: float, unit: str, text: str, kept: float) -> None:
    number("k", value, unit, label="l", year=2022)
    payload = shown[0][outputs.NUMBER_MIME]
    assert (payload["text"], payload["value"]) == (text, kept)
    assert json.loads(json.dumps(payload)) == payload


def test_number_refuses(shown: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="unknown unit 'per cent'"):
        number("k", 1, "per cent", label="l", year=2022)
    with pytest.raises(ValueError, match="has no value"):
        number("k", float("nan"), "percent", label="l", year=2022)
    number("k", 1, "percent", label="l", year=2022)
    with pytest.raises(ValueError, match="published twice"):
        number("k", 1, "percent", label="l", year=2022)
    assert len(shown) == 1


def test_status_is_real_only_when_all_data_are(shown: list[dict[str, Any]]) -> None:
    for frames, status in [
        ((frame("real"),), "real"),
        ((frame("real"), frame("synthetic")), "synthetic"),
        ((), "synthetic"),
    ]:
        data_used(*frames)
        number("k", 1, "count", label="l", year=2022)
        assert shown[-1][outputs.NUMBER_MIME]["status"] == status


COLUMNS = [publish.Column("name", "Område"), publish.Column("percent", "Prosent", "percent")]


def test_table_payload_and_symbols(shown: list[dict[str, Any]]) -> None:
    rows = pd.DataFrame({"name": ["a", "<script>", "c"], "percent": [12.34, ".", None]})
    table("t", rows, COLUMNS, caption="Tabell", base=3, base_text="tre", notes=["Merk."], total_row=True)
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
    assert "12,3" in bundle["text/html"]
    assert "Syntetiske svar" in bundle["text/html"]


def test_table_refuses(shown: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="no standard symbol"):
        table("t", pd.DataFrame({"name": ["a"], "percent": ["-"]}), COLUMNS, caption="c")
    with pytest.raises(ValueError, match="has no column percent"):
        table("t", pd.DataFrame({"name": ["a"]}), COLUMNS, caption="c")
    assert shown == []


def bars() -> tuple[alt.LayerChart, pd.DataFrame]:
    rows = pd.DataFrame(
        {"name": ["Økt kvalitet", "Annet"] * 2, "year": [2018, 2018, 2022, 2022], "percent": [94.9, 20.5, 96.1, 30.9]}
    )
    return publish.charts.bars_by_year(rows, category="name", value="percent", order=["Økt kvalitet", "Annet"]), rows


def test_figure_holds_what_it_draws(shown: list[dict[str, Any]]) -> None:
    chart, rows = bars()
    figure("f", chart, rows, COLUMNS, caption="Figur", alt_text="Stolper, høyest 96,1 prosent.", base=330)
    payload = shown[0][outputs.FIGURE_MIME]
    drawn = {row["percent"] for data in payload["spec"]["datasets"].values() for row in data if "percent" in row}
    assert drawn == {row[1] for row in payload["rows"]}
    assert payload["spec"]["description"] == payload["alt"]
    assert "96,1" in shown[0]["text/html"]
    assert "<svg" in shown[0]["text/html"]


def test_figure_needs_an_alternative_text(shown: list[dict[str, Any]]) -> None:
    chart, rows = bars()
    with pytest.raises(ValueError, match="no alternative text"):
        figure("f", chart, rows, COLUMNS, caption="Figur", alt_text=" ")
    assert shown == []


@pytest.mark.parametrize(
    "alt_text", ["Stolper for 4 områder.", "Fra 196,1 til 6,1.", "Høyest 96,10.", "Tallet er 961."]
)
def test_alternative_text_needs_a_number_of_the_table(shown: list[dict[str, Any]], alt_text: str) -> None:
    chart, rows = bars()
    with pytest.raises(ValueError, match="figure 'f' has no number from its table"):
        figure("f", chart, rows, COLUMNS, caption="Figur", alt_text=alt_text)
    assert shown == []


def test_alternative_text_of_a_table_of_texts_counts_its_rows(shown: list[dict[str, Any]]) -> None:
    chart, _ = bars()
    grades = pd.DataFrame({"name": [f"K{number}" for number in range(1200)], "percent": ["høy"] * 1150 + ["lav"] * 50})
    columns = [publish.Column("name", "Kommune"), publish.Column("percent", "Grad")]
    figure("f", chart, grades, columns, caption="Kart", alt_text=f"1{NBSP}150 kommuner har høy grad.")
    with pytest.raises(ValueError, match="no number"):
        figure("g", chart, grades, columns, caption="Kart", alt_text=f"1{NBSP}151 kommuner har høy grad.")
    assert len(shown) == 1


def test_figure_in_plain_jupyter_shows_title_legend_and_notes(shown: list[dict[str, Any]]) -> None:
    figure(
        "m",
        graded_map(),
        municipalities(),
        [publish.Column("name", "Kommune"), publish.Column("grade", "Grad")],
        title="Få har <høy> grad",
        caption="Kommuner etter grad",
        alt_text="Kart. 60 kommuner har ikke svart.",
        notes=["Kart: grenser."],
    )
    bundle = shown[0]
    text = bundle["text/html"]
    places = [
        text.index(part)
        for part in ("Få har &lt;høy&gt; grad", "Kommuner etter grad", "<svg", "Ikke svart</li>", "Kart: grenser.")
    ]
    assert places == sorted(places)
    assert bundle["text/plain"].splitlines()[0] == "Få har <høy> grad"
    assert bundle[outputs.FIGURE_MIME]["title"] == "Få har <høy> grad"


def test_the_same_chart_gives_the_same_bytes_at_both_widths() -> None:
    spec = {"width": drawing.WIDE, **bars()[0].to_dict()}
    narrow = drawing.narrow_spec(spec)
    assert narrow is not None
    for sized, width in ((spec, drawing.WIDE), (narrow, drawing.NARROW)):
        pictures = {drawing.draw(sized, prefix="f", alt="Stolper", data_dir=DATA_DIR) for _ in range(2)}
        assert len(pictures) == 1
        assert sized["width"] == width
