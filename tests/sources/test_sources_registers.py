"""`digikom fetch register`: answers of Klass and the StatBank become a register, or nothing is written."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pandas as pd
import pytest
import yaml
from api_server import Api, Country, Reply, Request, connected, tree
from sources_cases import small_country, small_registers

from digikom import geography
from digikom.errors import BuildError, InputError
from digikom.paths import DATA_DIR
from digikom.sources import klass_register, snapshots
from digikom.sources.fetching import Fetched, fetch_register

FETCHED = datetime.date(2030, 2, 1)


def same_country() -> Country:
    """The municipalities of the division before, as they were."""
    country = small_country()
    del country.municipalities["5612"], country.counties["56"]
    country.municipalities["5430"] = "Guovdageaidnu – Kautokeino"
    country.counties["54"] = "Troms og Finnmark - Romsa ja Finnmárku - Tromssa ja Finmarkku"
    country.population["5430"] = country.population.pop("5612")
    country.centrality["5430"] = country.centrality.pop("5612")
    country.changes = []
    return country


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one division, of five municipalities."""
    return small_registers(tmp_path / "data")


Connect = Callable[[Country], Api]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Put a country in the place of the services."""
    with ExitStack() as stack:

        def start(country: Country) -> Api:
            api = Api(country)
            stack.enter_context(connected(api, monkeypatch))
            return api

        yield start


def fetch(data: Path, year: int = 2024, **how: object) -> Fetched:
    return fetch_register(year, data_dir=data, fetched=FETCHED, **how)  # type: ignore[arg-type]


def problems_of(data: Path, year: int = 2024, **how: object) -> str:
    """What is said, after nothing has been written."""
    before = tree(data)
    with pytest.raises(InputError) as caught:
        fetch(data, year, **how)
    assert tree(data) == before
    return caught.value.message()


def test_a_renumbered_municipality_makes_a_new_division(data: Path, connect: Connect) -> None:
    connect(small_country())
    done = fetch(data)
    register = geography.register(2024, data)
    assert register["municipality_code"].tolist() == ["0301", "1101", "1111", "1112", "5612"]
    assert register["name"].tolist() == ["Oslo", "Eigersund", "Sokndal", "Lund", "Kautokeino"]
    assert register["population"].tolist() == [717710, 15221, 3305, 3192, 2848]
    assert set(register["population_date"]) == {"2024-01-01"}
    assert register["size_class"].tolist() == ["50000_plus", "10000_19999", "2000_4999", "2000_4999", "2000_4999"]
    assert register["centrality_class"].tolist() == ["1", "4", "5", "5", "6"]
    assert set(register["centrality_edition"]) == {"2024"}
    assert set(register[["population_status", "size_class_status"]].stack()) == {"documented"}
    assert (data / "municipalities" / "divisions.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "2020,2020,2023,5,municipalities/municipalities-2020.csv,boundaries/b.topojson",
        "2024,2024,,5,municipalities/municipalities-2024.csv,",
    ]
    changes = geography.changes(2022, 2024, data).set_index("old_code")
    assert list(changes.loc["5430"]) == ["5612", "renumbered"]
    assert done.written[-1] == "municipalities/divisions.csv"
    assert all((data / name).is_file() for name in done.written)


def test_a_county_whose_norwegian_name_cannot_be_told(data: Path, connect: Connect) -> None:
    country = small_country()
    country.counties["56"] = "Finnmark - Finnmárku - Finmarkku"  # two of them in Norwegian letters, none known
    connect(country)
    assert "column county: found 'Finnmark - Finnmárku - Finmarkku'" in problems_of(data)
    fetch(data, names={"56": "Finnmark"})
    assert geography.register(2024, data)["county"].tolist()[-1] == "Finnmark"


def test_the_same_codes_are_the_same_division_with_a_newer_register(data: Path, connect: Connect) -> None:
    connect(same_country())
    before = geography.register(2020, data)
    done = fetch(data, 2025)
    assert (data / "municipalities" / "divisions.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "2020,2020,2024,5,municipalities/municipalities-2020.csv,boundaries/b.topojson",
        "2020,2025,,5,municipalities/municipalities-2025.csv,boundaries/b.topojson",
    ]
    assert not [name for name in done.written if "changes-" in Path(name).name and "snapshots" not in name]
    assert geography.division(2024, data).name == geography.division(2026, data).name == "2020"
    pd.testing.assert_frame_equal(geography.register(2024, data), before)
    assert geography.register(2025, data).set_index("municipality_code").loc["1101", "population"] == 15221
    assert set(geography.changes(2020, 2025, data)["change"]) == {"unchanged"}


def test_merged_split_and_moved_parts(data: Path, connect: Connect) -> None:
    country = small_country()
    for code in ("1111", "1112"):
        for known in (country.municipalities, country.population, country.centrality):
            del known[code]
    for code, name in {"1113": "Sokndal og Lund", "1102": "Nyby"}.items():
        country.municipalities[code] = name
        country.population[code] = 6000
        country.centrality[code] = "5"
    # Two merged; a part of 1101, which goes on, became 1102; a code changed twice; the technical codes change too.
    country.changes = [
        ("2023-02-01", "5430", "5555"),
        ("2024-01-01", "5555", "5612"),
        ("2023-06-01", "1111", "1113"),
        ("2023-06-01", "1112", "1113"),
        ("2024-01-01", "1101", "1102"),
        ("2024-01-01", "9998", "9999"),
    ]
    connect(country)
    fetch(data)
    rows = (data / "municipalities" / "changes-2020-2024.csv").read_text(encoding="utf-8").splitlines()
    assert rows == [
        "old_code,new_code,change",
        "0301,0301,unchanged",
        "1101,1101,split",
        "1101,1102,split",
        "1111,1113,merged",
        "1112,1113,merged",
        "5430,5612,renumbered",
    ]
    assert geography.changes(2021, 2024, data)["change"].tolist() == [row.split(",")[2] for row in rows[1:]]


def test_every_problem_is_told_at_once_and_nothing_written(data: Path, connect: Connect) -> None:
    country = small_country()
    country.municipalities |= {"7001": "Nyland", "56x1": "Feil", "1103": "Čáhci - Šaddu"}
    country.population |= {"7001": 100, "56x1": 100, "1103": 100, "1112": None, "1111": 0}
    country.centrality |= {"7001": "9", "56x1": "1", "1103": "1"}
    del country.centrality["0301"]
    del country.municipalities["1101"]
    country.editions = []
    connect(country)
    said = problems_of(data)
    for part in (
        "column county_code: found '7001'; expected a county 70 in the answer of Klass",
        "column municipality_code: found '56x1'; expected four digits",
        "column name: found 'Čáhci - Šaddu'; expected to know which name is the Norwegian one; say so with --name 1103",
        "column population: found '1112'; expected a population on 2024-01-01",
        "column population: found '1111'; expected a population on 2024-01-01",
        "column centrality_class: found '7001'; expected one centrality class of 1, 2, 3, 4, 5, 6; the answer has 9",
        "column centrality_class: found '0301'; expected one centrality class of 1, 2, 3, 4, 5, 6; the answer has none",
        "column municipality_code: found '1101'; expected a change that says what became of this municipality",
        "column municipality_code: found '7001'; expected a change that says what this new municipality comes from",
        "expected one edition of the index in force on 2024-01-01",
    ):
        assert part in said


def test_a_chosen_name_is_used_and_noted(data: Path, connect: Connect) -> None:
    country = same_country()
    country.municipalities["1101"] = "Egersund - Eigersund - Dalane"
    country.municipalities["0301"] = "Čáhci - Šaddu"
    connect(country)
    assert "--name 0301=NAME" in problems_of(data, 2025)
    fetch(data, 2025, names={"0301": "Vannby"})
    assert geography.register(2025, data)["name"].tolist()[:2] == ["Vannby", "Eigersund"]
    note, _ = snapshots.read(data / klass_register.snapshot_folder(2025))
    assert note.names == {"0301": "Vannby"}


def test_a_name_is_text_whatever_it_says(data: Path, connect: Connect) -> None:
    country = same_country()
    country.municipalities["1101"] = '<script>alert("a, b")</script>'
    connect(country)
    fetch(data, 2025)
    assert geography.register(2025, data)["name"][1] == '<script>alert("a, b")</script>'


def test_a_change_of_an_earlier_year_asks_for_that_year_first(data: Path, connect: Connect) -> None:
    country = small_country()
    country.changes = [("2022-01-01", "5430", "5612")]
    connect(country)
    assert "found '2022-01-01'; expected changes after 2023-01-01; fetch that year first" in problems_of(data)


def test_no_register_before_the_newest(tmp_path: Path) -> None:
    shutil.copytree(DATA_DIR / "municipalities", tmp_path / "municipalities")
    assert "A register can be made for 2024 or a later year only" in problems_of(tmp_path, 2022)


def test_a_day_in_the_year_is_what_klass_is_asked_for(data: Path, connect: Connect) -> None:
    api = connect(small_country())
    fetch(data, day=datetime.date(2024, 3, 1))
    assert {one.parameters.get("date") for one in api.asked if "At" in one.path} == {"2024-03-01"}
    assert set(geography.register(2024, data)["population_date"]) == {"2024-01-01"}


def test_nothing_is_overwritten_without_force(data: Path, connect: Connect) -> None:
    api = connect(small_country())
    fetch(data)
    asked = len(api.asked)
    said = problems_of(data)
    assert len(api.asked) == asked
    for name in ("municipalities-2024.csv", "changes-2020-2024.csv", "snapshots/2024"):
        assert f"municipalities/{name}" in said
    api.country.population["0301"] = 720000
    fetch(data, force=True)
    assert geography.register(2024, data)["population"][0] == 720000


def test_the_same_answers_give_the_same_bytes(data: Path, connect: Connect) -> None:
    api = connect(small_country())
    fetch(data)
    first, asked = tree(data), len(api.asked)
    for name in (klass_register.register_file(2024), "municipalities/changes-2020-2024.csv"):
        (data / name).unlink()
    fetch(data, offline=True)
    assert (len(api.asked), tree(data)) == (asked, first)
    fetch(data, force=True)
    assert tree(data) == first
    fetch_register(2024, data_dir=data, fetched=datetime.date(2031, 1, 1), force=True)
    later = tree(data)
    differing = [name for name in first if later[name] != first[name]]
    assert differing == ["municipalities/snapshots/2024/snapshot.yml"]
    assert later[differing[0]].replace(b"2031-01-01", b"2030-02-01") == first[differing[0]]


def test_the_snapshot_tells_where_it_comes_from(data: Path, connect: Connect) -> None:
    api = connect(small_country())
    fetch(data)
    folder = data / klass_register.snapshot_folder(2024)
    note = yaml.safe_load((folder / "snapshot.yml").read_text(encoding="utf-8"))
    assert note["licence"] == "CC BY 4.0"
    assert set(note["files"]) == {path.name for path in folder.iterdir()} - {"snapshot.yml"}
    codes = note["files"]["klass-131-codes.json"]
    assert codes["address"].endswith("/klass/classifications/131/codesAt")
    assert codes["parameters"] == {"date": "2024-01-01", "language": "nb"}
    people = note["files"]["statbank-07459.json"]
    assert {one["variableCode"] for one in people["query"]["selection"]} == {"Region", "ContentsCode", "Tid"}
    asked = next(one for one in api.asked if one.path.endswith("/data"))
    assert asked.body == people["query"]


def test_a_snapshot_that_was_touched_is_not_used(data: Path, connect: Connect) -> None:
    connect(small_country())
    fetch(data)
    folder = data / klass_register.snapshot_folder(2024)
    (folder / "klass-104-codes.json").write_text("{}", encoding="utf-8")
    (folder / "klass-131-128.json").unlink()
    said = problems_of(data, offline=True, force=True)
    assert "column klass-104-codes.json: expected the file as it was fetched (SHA-256)" in said
    assert "column klass-131-128.json: expected the file as it was fetched; it is missing from the snapshot" in said


@pytest.mark.parametrize("note", ["", "files: [", "year: x\n", "year: 2024\nfiles: {../a: {}}\n", "\x00"])
def test_a_note_that_is_not_in_order(data: Path, connect: Connect, note: str) -> None:
    connect(small_country())
    fetch(data)
    (data / klass_register.snapshot_folder(2024) / "snapshot.yml").write_text(note, encoding="utf-8")
    assert "snapshot.yml" in problems_of(data, offline=True, force=True)


def test_what_was_asked_cannot_be_changed_offline(data: Path) -> None:
    assert "do not go with --offline" in problems_of(data, offline=True, names={"0301": "Oslo"})
    assert "there is no snapshot" in problems_of(data, offline=True)
    assert "--date: expected a day in 2024" in problems_of(data, day=datetime.date(2023, 12, 31))


def test_centrality_kept_from_the_other_side(data: Path, connect: Connect) -> None:
    api = connect(small_country())
    items = [{"sourceCode": target, "targetCode": code} for code, target in api.country.centrality.items()]

    def turned(request: Request) -> Reply | None:
        if request.path.endswith("classifications/131/correspondsAt"):
            return Reply(404, b"{}")
        if request.path.endswith("classifications/128/correspondsAt"):
            return Reply(body=json.dumps({"correspondenceItems": items}).encode())
        return None

    api.faults.append(turned)
    fetch(data)
    assert geography.register(2024, data)["centrality_class"].tolist() == ["1", "4", "5", "5", "6"]


WILD = [
    b'{"codes": [{"code": "", "name": ""}], "codeChanges": [{"changeOccurred": ""}], "versions": [{"validFrom": ""}]}',
    b'{"codes": [{"code": "\\u0000", "name": "\\ud800"}], "codeChanges": [{"changeOccurred": 1, "oldCode": []}]}',
    b'{"correspondenceItems": [{"sourceCode": "", "targetCode": ""}, {"sourceCode": "0301", "targetCode": "7"}]}',
    b'{"codes": null, "codeChanges": null, "versions": 1, "correspondenceItems": "x"}',
    b'{"versions": [{"validFrom": "2024-01-01", "validTo": 5}], "codeChanges": [], "correspondenceItems": []}',
    b'{"id": ["Region"], "size": [1], "value": [1e999], "dimension": {"Region": {"category": {"label": {"0301": 0}}}}}',
    b'{"id": ["Region"], "size": [1], "value": [-2.5], "dimension": {"Region": {"category": {"label": {"0301": ""}}}}}',
]


@pytest.mark.parametrize("ending", ["131/codesAt", "104/codesAt", "/changes", "/128", "/correspondsAt", "07459/data"])
def test_wild_answers_never_make_a_register(data: Path, connect: Connect, ending: str) -> None:
    api = connect(small_country())
    body = [b""]
    api.faults.append(lambda request: Reply(body=body[0]) if request.path.endswith(ending) else None)
    for wild in WILD:
        body[0] = wild
        before = tree(data)
        with pytest.raises((InputError, BuildError)):
            fetch(data)
        assert tree(data) == before


def test_no_population_for_the_year_yet(data: Path, connect: Connect) -> None:
    country = small_country()
    country.years = ["2022", "2023"]
    connect(country)
    assert "has no population for 1 January 2024; the last is for 2023" in problems_of(data)


def test_the_register_and_changes_of_the_newest_division_come_out_as_they_stand(
    tmp_path: Path, connect: Connect
) -> None:
    """The committed files, made by other means, are what these answers give: byte for byte."""
    own = tmp_path / "municipalities"
    shutil.copytree(DATA_DIR / "municipalities", own)
    before = tree(own)
    connect(project_country("2024", changes="changes-2023-2024"))
    fetch(tmp_path, 2024, force=True)
    after = tree(own)
    assert {name for name in after if after[name] != before.get(name)} == {
        name for name in after if name.startswith("snapshots/")
    }


def project_country(division: str, changes: str | None = None) -> Country:
    """The project's register as the services would tell it, with names in several languages and technical codes."""
    folder = DATA_DIR / "municipalities"
    register = pd.read_csv(folder / f"municipalities-{division}.csv", dtype=str)
    official = {
        "Kautokeino": "Guovdageaidnu - Kautokeino",
        "Karasjok": "Kárášjohka - Karasjok",
        "Porsanger": "Porsanger - Porsáŋgu - Porsanki",
        "Røyrvik": "Raarvihke - Røyrvik",
        "Harstad": "Harstad - Hárstták",
        "Troms": "Troms - Romsa - Tromssa",
        "Finnmark": "Finnmark - Finnmárku - Finmarkku",
        "Trøndelag": "Trøndelag - Trööndelage",
    }
    codes = register["municipality_code"]
    country = Country(
        municipalities={code: official.get(name, name) for code, name in zip(codes, register["name"], strict=True)},
        counties={
            code: official.get(name, name)
            for code, name in zip(register["county_code"], register["county"], strict=True)
        },
        population=dict(zip(codes, register["population"].astype(int), strict=True)),
        centrality=dict(zip(codes, register["centrality_class"], strict=True)),
    )
    country.municipalities |= {"2111": "Spitsbergen", "9999": "Uoppgitt"}
    country.counties |= {"21": "Svalbard", "99": "Uoppgitt"}
    if changes:
        pairs = pd.read_csv(folder / f"{changes}.csv", dtype=str)
        pairs = pairs[pairs["change"] != "unchanged"]
        country.changes = [
            ("2024-01-01", old, new) for old, new in zip(pairs["old_code"], pairs["new_code"], strict=True)
        ]
    return country
