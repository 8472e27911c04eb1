"""Open data: each edition as a Frictionless Data Package and as a catalogue after DCAT-AP-NO, both checked offline."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
from frictionless import Package
from open_data_editions import ADDRESS, block, real, synthetic, write_book, written
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, Namespace, URIRef

from digikom.opendata.data_files import machine_csv, spreadsheet_csv
from digikom.opendata.data_package import field_type

SHAPES = Path(__file__).parent / "shapes" / "dcat-ap-no.ttl"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
HERE = "https://example.net/her/data/dcat.ttl"
STATUS = [{"name": "status", "label": "Status"}]


def faults(descriptor: Path) -> dict[str, list[str]]:
    """What frictionless finds wrong, by resource; empty when all is well."""
    report = Package(descriptor).validate()
    found = {task.name: [error.message for error in task.errors] for task in report.tasks if not task.valid}
    return found | ({"package": [error.message for error in report.errors]} if report.errors else {})


def resources(folder: Path) -> dict[str, dict[str, Any]]:
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["path"]: resource for resource in package["resources"]}


def catalogue(text: str) -> Graph:
    return Graph().parse(data=text, format="turtle", publicID=HERE)


def complaints(graph: Graph) -> str:
    """What the shapes say is wrong with the graph; an empty text when all is well."""
    conforms, _, text = validate(graph, shacl_graph=Graph().parse(SHAPES), advanced=True, inference="none")
    return "" if conforms else str(text)


# Data files and their package


def test_csv_for_machines_and_for_spreadsheets() -> None:
    table = block("tabell", [*books.ROWS, ["I alt", 100.0, 1234.56]], status="synthetic")
    assert machine_csv(table).splitlines() == [
        "area,share_2018,share_2018_symbol,share_2022,status",
        "Informasjonssikkerhet,71.25,,84.5,synthetic",
        "Skytjenester & <fellesløsninger>,,,66.0,synthetic",
        "Grønn IKT,,.,-1234.5,synthetic",
        "I alt,100.0,,1234.56,synthetic",
    ]
    assert spreadsheet_csv(table).splitlines() == [
        "\ufeffOmråde;2018 (prosent);2022 (prosent);Datastatus",
        "Informasjonssikkerhet;71,25;84,5;syntetisk",
        "Skytjenester & <fellesløsninger>;;66,0;syntetisk",
        "Grønn IKT;.;-1234,5;syntetisk",
        "I alt;100,0;1234,56;syntetisk",
    ]
    assert machine_csv(block("own", [["a, b"]], STATUS)) == 'status\n"a, b"\n'


def test_the_package_of_a_book_is_valid_and_describes_its_columns() -> None:
    folder = synthetic().html / "data"
    assert faults(folder / "datapackage.json") == {}
    found = resources(folder)
    assert sorted(found) == ["figur-2-1.csv", "figur-2-2.csv", "numbers.csv", "tabell-2-1.csv"]
    figure = found["figur-2-1.csv"]
    assert [(field["name"], field["type"], field["title"]) for field in figure["schema"]["fields"]] == [
        ("area", "string", "Område"),
        ("share_2018", "number", "2018 (prosent)"),
        ("share_2018_symbol", "string", "Standardtegn i kolonnen «2018 (prosent)»"),
        ("share_2022", "number", "2022 (prosent)"),
        ("status", "string", "Datastatus"),
    ]
    assert figure["schema"]["fields"][1]["description"] == "Enhet: prosent."
    assert figure["schema"]["missingValues"] == [""]
    assert figure["title"].replace("\u00a0", " ") == "Figur 2.1. Områder i strategien. 2018 og 2022"
    assert figure["sources"] == [{"title": "Statistisk sentralbyrå, skjema 2022"}]
    assert figure["licenses"][0]["name"] == "CC-BY-4.0"
    assert (synthetic().html / figure["href"].partition("#")[0]).is_file()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("figur-2-1.csv", "71.25", "71,25"),
        ("figur-2-1.csv", "synthetic", "real"),
        ("tabell-2-1.csv", ",.,", ",?,"),
        ("numbers.csv", "93.22", "mange"),
        ("numbers.csv", "\nwithout-strategy,", "\nprojects-planned,"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, path: str, old: str, new: str) -> None:
    folder = Path(shutil.copytree(synthetic().html / "data", tmp_path / "data"))
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    # As someone would who wrote the checksum anew: it is the cell that must be found.
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource.pop("hash")
        resource.pop("bytes")
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert list(faults(folder / "datapackage.json")) == [resources(folder)[path]["name"]]


def test_a_changed_file_does_not_have_its_checksum(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(synthetic().html / "data", tmp_path / "data"))
    (folder / "numbers.csv").write_bytes((folder / "numbers.csv").read_bytes().replace(b"93.22", b"93.23"))
    (messages,) = faults(folder / "datapackage.json").values()
    assert any("hash" in message for message in messages)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, None, 2], "integer"),
        ([1, 2.5], "number"),
        ([True, None], "boolean"),
        *(([True, 1], "string"), (["0301"], "string"), ([1, "<script>"], "string"), ([None], "string"), ([], "string")),
    ],
)
def test_types_follow_the_values(values: list[Any], expected: str) -> None:
    assert field_type(values) == expected


def test_empty_and_odd_tables_are_described(tmp_path: Path) -> None:
    """A municipality called `<script>`, nothing shown but symbols, no rows at all, and a status column of its own."""
    odd = [['<script>\n,"', ":", None], ["", ":", None]]
    tables = block("odd", odd), block("empty", []), block("own", [["synthetic"], ["real"]], STATUS)
    folder = written(tmp_path, *tables) / "data"
    assert faults(folder / "datapackage.json") == {}
    found = resources(folder)
    assert [(field["name"], field["type"]) for field in found["own.csv"]["schema"]["fields"]] == [("status", "string")]
    assert complaints(catalogue((folder / "dcat.ttl").read_text(encoding="utf-8"))) == ""
    # In an edition on synthetic answers, what does not rest on them is described as it is.
    assert ["syntetisk" in found[name]["description"] for name in ("numbers.csv", "odd.csv")] == [True, False]


# Catalogue


def test_the_catalogue_of_a_book_is_valid_and_names_its_files() -> None:
    text = synthetic().text("data/dcat.ttl")
    graph = catalogue(text)
    assert complaints(graph) == ""
    files = {str(file).removeprefix("https://example.net/her/data/") for file in graph.objects(None, DCAT.downloadURL)}
    whole = {"numbers.json", "datapackage.json", "csv-metadata.json", "digitalisering-i-kommunene-2022.xlsx"}
    cubes = {f"{stem}.json" for stem in ("figur-2-1", "figur-2-2", "tabell-2-1")}
    assert files == {*resources(synthetic().html / "data"), *cubes, *whole}
    pages = {str(page) for page in graph.objects(None, DCAT.landingPage)}
    assert pages == {"https://example.net/her/index.html"}
    site = "https://example.net/her/"
    own = {str(name).removeprefix(site) for triple in graph for name in triple if str(name).startswith(site)}
    assert all((synthetic().html / name.partition("#")[0]).is_file() for name in own)
    assert not [node for triple in graph for node in triple if type(node).__name__ == "BNode"]


def test_an_edition_at_a_known_address_names_itself_in_full() -> None:
    text = real().text("data/dcat.ttl")
    graph = catalogue(text)
    assert complaints(graph) == ""
    (found,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert str(found) == f"{ADDRESS}data/dcat.ttl#katalog"
    assert all(str(file).startswith(f"{ADDRESS}data/") for file in graph.objects(None, DCAT.accessURL))
    assert set(graph.objects(None, VCARD.hasEmail)) == {URIRef("mailto:post@example.org")}
    assert {str(date) for date in graph.objects(found, DCTERMS.issued)} == {"2026-01-02"}
    assert {str(date) for date in graph.objects(found, DCTERMS.modified)} == {"2026-02-03"}
    assert {str(year) for year in graph.objects(None, DCAT.startDate)} == {"2022"}
    assert "<#" not in text
    assert "<../" not in text


@pytest.mark.parametrize(
    ("kind", "removed"),
    [(DCAT.Dataset, DCTERMS.description), (DCAT.Catalog, DCTERMS.publisher), (VCARD.Organization, VCARD.hasURL)],
)
def test_what_is_removed_is_found(kind: URIRef, removed: URIRef) -> None:
    graph = catalogue(synthetic().text("data/dcat.ttl"))
    subject = min(graph.subjects(RDF.type, kind), key=str)
    assert (subject, removed, None) in graph
    graph.remove((subject, removed, None))
    assert all(re.split("[/#]", str(name))[-1] in complaints(graph) for name in (removed, subject))


# What both say of the data, and the same bytes each time


def test_the_data_status_is_said_and_only_where_it_is_so() -> None:
    for name in ("data/datapackage.json", "data/dcat.ttl"):
        assert "syntetiske svar" in synthetic().text(name)
        assert not re.search("synt", real().text(name), re.IGNORECASE), name
    descriptions = [resource["description"] for resource in resources(synthetic().html / "data").values()]
    assert all("syntetiske svar" in description for description in descriptions)
    graph = catalogue(synthetic().text("data/dcat.ttl"))
    assert all("syntetiske svar" in str(told) for told in graph.objects(None, DCTERMS.description))
    assert {resource.get("status", "real") for resource in resources(real().html / "data").values()} == {"real"}


def test_the_same_bytes_under_another_hash_seed_time_zone_and_locale(tmp_path: Path) -> None:
    other = books.build(write_book(tmp_path), PYTHONHASHSEED="4711", TZ="Pacific/Auckland", LC_ALL="C")
    assert other.returncode == 0, other.log
    written_files = sorted(path for path in (synthetic().html / "data").iterdir() if path.is_file())
    for name in ("CITATION.cff", *(f"data/{path.name}" for path in written_files)):
        assert (other.html / name).read_bytes() == (synthetic().html / name).read_bytes(), name


# The editions themselves


def test_the_data_of_every_edition_agree_with_their_description(site: Path) -> None:
    for folder in (path for path in site.iterdir() if re.fullmatch(r"\d{4}", path.name)):
        assert faults(folder / "data" / "datapackage.json") == {}, folder.name
        published = {path.name for path in folder.glob("data/*.csv") if not path.name.endswith(".nb.csv")}
        assert set(resources(folder / "data")) == published, folder.name
        graph = catalogue((folder / "data" / "dcat.ttl").read_text(encoding="utf-8"))
        assert complaints(graph) == "", folder.name
        assert len(set(graph.objects(None, DCAT.dataset))) >= 2
        status = json.loads((folder / "data" / "edition.json").read_text(encoding="utf-8"))["status"]
        for description in graph.objects(None, DCTERMS.description):
            assert ("syntetisk" in str(description)) == (status == "synthetic"), folder.name
