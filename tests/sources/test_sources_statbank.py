"""`digikom fetch statbank`: tables of the StatBank, and the figures in them that answer computed numbers."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pytest
import yaml
from api_server import Api, StatbankTable, connected, tree
from sources_cases import functions, official_tables, procurement, small_country
from typer.testing import CliRunner

from digikom import survey
from digikom.errors import InputError, Problem
from digikom.paths import DATA_DIR, PROJECT_ROOT
from digikom.sources import jsonstat, statbank_figures
from digikom.sources.command import app
from digikom.sources.fetching import Fetched, fetch_statbank

FETCHED = datetime.date(2030, 2, 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a list of tables of its own: those that the test server has."""
    folder = tmp_path / "data"
    (folder / "statbank").mkdir(parents=True)
    listed = yaml.safe_load((DATA_DIR / "statbank" / "tables.yml").read_text(encoding="utf-8"))
    listed["tables"] = [one for one in listed["tables"] if one["table"] in official_tables()]
    (folder / "statbank" / "tables.yml").write_text(yaml.safe_dump(listed, allow_unicode=True), encoding="utf-8")
    return folder


Connect = Callable[..., Api]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    with ExitStack() as stack:

        def start(tables: dict[str, StatbankTable] | None = None) -> Api:
            api = Api(small_country(), official_tables() if tables is None else tables)
            stack.enter_context(connected(api, monkeypatch))
            return api

        yield start


def fetch(data: Path, year: int = 2024, **how: object) -> Fetched:
    return fetch_statbank(year, data_dir=data, fetched=FETCHED, **how)  # type: ignore[arg-type]


def fetched_figures(data: Path, year: int = 2024) -> pd.DataFrame:
    path = data / "statbank" / str(year) / "figures.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("number_key")


def test_the_cells_that_answer_numbers(data: Path, connect: Connect) -> None:
    connect()
    done = fetch(data)
    found = fetched_figures(data)
    activities = found[found["source"] == "statbank-12039-2024"]
    assert activities["value"].tolist() == [f"{share}.0" for share in range(70, 78)]
    row = found.loc["procurement-receiving-invoice"]
    assert row["id"] == "S2024-12039-6"
    assert row["locator"] == "Kommuner, I alt, Mottak av faktura"
    assert (row["unit"], row["printed_decimals"], row["rounding"], row["kind"]) == ("percent", "1", "exact", "result")
    assert "antatt" in row["note"]
    sources = pd.read_csv(data / "statbank/2024/sources.csv", dtype=str, keep_default_na=False).set_index("source")
    assert sources.loc["statbank-12039-2024", "title_nb"] == (
        "Statistikkbanken, tabell 12039, «Innkjøpsprosesser som gjennomføres digitalt, etter antall innbyggere, nivå "
        "og år», Statistisk sentralbyrå, hentet 1. februar 2030"
    )
    assert done.written[-2:] == ("statbank/2024/figures.csv", "statbank/2024/sources.csv")


def test_cells_that_are_added_up(data: Path, connect: Connect) -> None:
    connect()
    done = fetch(data)
    row = fetched_figures(data).loc["functions-pc-operation"]
    assert (row["value"], row["rounding"]) == ("55.4", "circa")
    assert "summen av flere celler" in row["note"]
    # Confidential cells, and functions that the table hasn't got, are told of and left out.
    told = "\n".join(done.notices)
    assert "Table 12031, functions-security-testing: the cell has : instead of a number. Left out." in told
    assert "Table 12031, functions-user-training: the table has no category «IT-opplæring av interne brukere»" in told
    assert set(fetched_figures(data).index) >= {"functions-pc-operation"}


def test_the_project_compares_them_too(data: Path, connect: Connect) -> None:
    connect()
    fetch(data)
    alone, both = survey.printed(), survey.printed(data)
    assert list(both) == list(alone)
    pd.testing.assert_frame_equal(both[: len(alone)], alone)
    assert both["id"].is_unique
    added = both[len(alone) :]
    assert added["id"].str.fullmatch(r"S2024-\d{5}-\d+").all()
    assert set(added["source"]) <= set(survey.printed(data, "sources")["source"])
    pd.testing.assert_frame_equal(survey.printed(data, "contradictions"), survey.printed(None, "contradictions"))


@pytest.mark.parametrize("name", ["figures", "sources"])
def test_fetched_rows_that_do_not_fit(data: Path, connect: Connect, name: str) -> None:
    connect()
    fetch(data)
    path = data / "statbank" / "2024" / f"{name}.csv"
    header, row, *rest = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, row, row, *rest, ""]), encoding="utf-8")
    with pytest.raises(InputError, match="an id that occurs once"):
        survey.printed(data, name)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"statbank/2024/{name}\.csv: expected the columns"):
        survey.printed(data, name)


def test_nothing_found_gives_files_without_rows(data: Path, connect: Connect) -> None:
    connect({**official_tables(), "12039": procurement(levels=["Fylker", "Staten"])})
    done = fetch(data, tables=["12039"])
    assert len(done.notices) == 8
    assert "the table has no category «Kommuner» or «Kommune»" in done.notices[0]
    assert "forvaltningsnivå: Fylker, Staten" in done.notices[0]
    assert (data / "statbank" / "2024" / "figures.csv").read_text(encoding="utf-8").count("\n") == 1
    pd.testing.assert_frame_equal(survey.printed(data), survey.printed())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"levels": ["Kommuner", "Kommune"]}, "the table has several categories «Kommuner» or"),
        (
            {"activities": ["Planlegging av innkjøp", "Mottak av tilbud ", "Kommuner"]},
            "the table has several categories «Kommuner»",
        ),
    ],
)
def test_a_cell_that_is_not_alone(data: Path, connect: Connect, change: dict[str, list[str]], told: str) -> None:
    connect({"12039": procurement(**change)})
    done = fetch(data, tables=["12039"])
    assert told in done.notices[0]


def test_a_dimension_that_nobody_chose_in(data: Path, connect: Connect) -> None:
    table = procurement()
    table.dimensions = {"Kjonn": ("kjønn", {"1": "Menn", "2": "Kvinner"}), **table.dimensions}
    connect({"12039": table})
    done = fetch(data, tables=["12039"])
    assert "nothing says which category of «kjønn» is meant (Menn, Kvinner)" in done.notices[0]


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        (("antall", 0), "the unit of the cell is «antall», not prosent or pst. or %"),
        (("prosent", 9), "does not give the decimals"),
    ],
)
def test_units_are_not_guessed(data: Path, connect: Connect, unit: tuple[str, int], told: str) -> None:
    table = procurement()
    table.unit = unit
    connect({"12039": table})
    assert told in fetch(data, tables=["12039"]).notices[0]


def test_nothing_is_overwritten_without_force(data: Path, connect: Connect) -> None:
    api = connect()
    fetch(data, tables=["12031"])
    before = tree(data)
    with pytest.raises(InputError, match=r"--force. In the way:\n  - statbank/2024/12031\.json$"):
        fetch(data)
    assert tree(data) == before
    # Another table is added, and the figures are those of both.
    fetch(data, tables=["12039"])
    assert set(fetched_figures(data)["source"]) == {"statbank-12031-2024", "statbank-12039-2024"}
    whole = tree(data)
    fetch(data, tables=["12031", "12039"], force=True)
    assert tree(data) == whole, "the same answers give the same bytes"
    asked = len(api.asked)
    (data / "statbank" / "2024" / "figures.csv").unlink()
    fetch(data, offline=True)
    assert (len(api.asked), tree(data)) == (asked, whole), "and so do the answers stored before"


def test_a_table_without_the_year_is_told_of(data: Path, connect: Connect) -> None:
    later = functions()
    later.dimensions["Tid"] = ("år", {"2022": "2022"})
    connect({**official_tables(), "12031": later})
    done = fetch(data)
    assert "Table 12031 has nothing for 2024." in done.notices
    assert not (data / "statbank" / "2024" / "12031.json").exists()


@pytest.mark.parametrize(
    ("year", "tables", "told"),
    [
        (2030, [], "None of the tables asked for has anything for 2030: 12031, 12039, 14023"),
        (2024, ["99999", "12039", "1"], r"Not in statbank/tables\.yml: 99999, 1\. The tables of the list are"),
        (1990, [], "None of the tables asked for has anything for 1990"),
    ],
)
def test_what_cannot_be_asked_for(data: Path, connect: Connect, year: int, tables: list[str], told: str) -> None:
    connect()
    before = tree(data)
    with pytest.raises(InputError, match=told):
        fetch(data, year, tables=tables)
    assert tree(data) == before


def test_tables_that_are_no_more(data: Path, connect: Connect) -> None:
    connect({"14023": official_tables()["14023"]})
    before = tree(data)
    with pytest.raises(InputError, match="no such table in the StatBank: 12031, 12039"):
        fetch(data)
    assert tree(data) == before


def test_the_command_tells_what_it_did(data: Path, connect: Connect) -> None:
    connect()
    done = CliRunner().invoke(app, ["statbank", "2024", "--table", "12031", "--data-dir", str(data)])
    assert done.exit_code == 0, done.output
    assert "Note: Table 12031, functions-web-development" in done.output
    assert re.search(r"Written: .*/statbank/2024/figures\.csv", done.output)


@pytest.mark.parametrize("name", ["Oslo", "0301", "0301=", "=Oslo", "x=Oslo", "03011=Oslo"])
def test_names_of_another_form(name: str) -> None:
    with pytest.raises(InputError, match="expected CODE=NAME"):
        app(["register", "2024", "--name", name], standalone_mode=False)


def test_the_list_of_the_project_is_in_order() -> None:
    listed = statbank_figures.table_list(DATA_DIR)
    assert {"12031", "12038", "12039", "12957", "14023", "14024"} <= {one.table for one in listed}
    published = set()
    for path in sorted((PROJECT_ROOT / "notebooks").glob("*.ipynb")):
        published |= set(re.findall(r'\\?"key\\?": \\?"([a-z0-9-]+)', path.read_text(encoding="utf-8")))
    wanted = {figure.number_key for one in listed for figure in one.figures}
    assert wanted <= published, wanted - published


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tables: [", "is not valid YAML"),
        ("", "is invalid"),
        ("tables: [{table: '1'}]", r"column tables\.0\.title_nb: expected Field required"),
        ("tables: []\nother: 1", "column other: expected Extra inputs"),
        ("\x00", "is not valid YAML"),
    ],
)
def test_a_list_that_is_not_in_order(data: Path, text: str, told: str) -> None:
    (data / "statbank" / "tables.yml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        statbank_figures.table_list(data)


def test_faults_of_the_list_are_told_together(data: Path) -> None:
    path = data / "statbank" / "tables.yml"
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    first, second = listed["tables"][:2]
    first["common"] = [{"status": "assumed"}, {"add": [["a"]], "status": "assumed"}]
    second["figures"][0]["unit"] = "kroner"
    path.write_text(yaml.safe_dump(listed), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        statbank_figures.table_list(data)
    assert [one.column for one in caught.value.problems if isinstance(one, Problem)] == [
        "tables.0.common.0",
        "tables.0.common.1.add",
        "tables.1.figures.0.unit",
    ]
    listed["tables"] = [second, second]
    second["figures"][0]["unit"] = "percent"
    path.write_text(yaml.safe_dump(listed), encoding="utf-8")
    with pytest.raises(InputError, match="is listed twice"):
        statbank_figures.table_list(data)


ONE = {"id": ["a"], "size": [1], "dimension": {"a": {"category": {"label": {"x": "X"}}}}, "value": [1]}


@pytest.mark.parametrize("change", [{"size": [2]}, {"value": [1, 2]}, {"value": {"0": 1}}, {"value": ["a"]}])
def test_a_table_that_does_not_hold_together(change: dict[str, object]) -> None:
    jsonstat.read("table.json", json.dumps(ONE).encode())
    with pytest.raises(InputError, match=r"table\.json: not a JSON-stat table"):
        jsonstat.read("table.json", json.dumps(ONE | change).encode())


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_table(content: bytes) -> None:
    with pytest.raises(InputError, match=r"table\.json: not a JSON-stat table"):
        jsonstat.read("table.json", content)
