"""How an edition is cited: citation files, what stands at figures, tables and chapters, and the tags of its pages."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
import yaml
from bs4 import BeautifulSoup
from build_facts import NO_FACTS
from open_data_editions import ADDRESS, FACTS, WORK, cited, real, synthetic, write_book
from pybtex.database import parse_string  # type: ignore[import-untyped]

from digikom.editions.edition_files import load_edition
from digikom.opendata import norwegian
from digikom.opendata.citations import LICENSE_ADDRESS, SYNTHETIC_NOTE, Work, citation_file, find_work
from digikom.opendata.linked_data import json_script, media_type
from digikom.paths import PROJECT_ROOT
from digikom.pipeline.assembly import edition_config

CFFCONVERT = PROJECT_ROOT / ".venv-cff" / "bin" / "cffconvert"


def validate(path: Path) -> str:
    """An empty text where cffconvert accepts the file, else what it says."""
    assert CFFCONVERT.is_file(), "cffconvert is not set up: run `make .venv-cff/.ready`"
    done = subprocess.run(
        [CFFCONVERT, "--validate", "-i", path], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def terms(page: BeautifulSoup) -> list[dict[str, Any]]:
    """The JSON-LD nodes of a page; several scripts, or none, fail."""
    (script,) = page.select('head script[type="application/ld+json"]')
    content = json.loads(str(script.string))
    assert content["@context"] == "https://schema.org"
    nodes: list[dict[str, Any]] = content["@graph"]
    return nodes


def tags(page: BeautifulSoup) -> dict[str, str]:
    """Highwire's tags of a page, each of which stands once."""
    found = [(str(tag["name"]), str(tag["content"])) for tag in page.select('head meta[name^="citation_"]')]
    assert len(dict(found)) == len(found)
    return dict(found)


def words(node: Any) -> str:  # noqa: ANN401
    return " ".join(node.get_text().replace("\u00a0", " ").split())


# Files


def test_the_citation_file_of_the_repository_is_valid_and_a_wrong_one_is_found(tmp_path: Path) -> None:
    file = PROJECT_ROOT / "CITATION.cff"
    assert validate(file) == ""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    (tmp_path / "CITATION.cff").write_text(yaml.safe_dump({**content, "type": "report"}), encoding="utf-8")
    assert "type" in validate(tmp_path / "CITATION.cff")


@pytest.mark.parametrize(("is_synthetic", "address", "work"), [(True, "", WORK), (False, ADDRESS, None)])
def test_the_citation_file_of_an_edition_is_valid(
    tmp_path: Path, is_synthetic: bool, address: str, work: Work | None
) -> None:
    path = tmp_path / "CITATION.cff"
    abstract = norwegian.abstract(2022, 2018, is_synthetic)
    path.write_text(citation_file(cited(is_synthetic, address, "Gruppen"), abstract, work), encoding="utf-8")
    assert validate(path) == ""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["title"] == content["preferred-citation"]["title"] == FACTS["title"]
    assert content["version"] == content["preferred-citation"]["version"] == "1.0.2"
    assert content["date-released"].isoformat() == "2026-01-02"
    assert content["authors"] == [{"name": "Gruppen"}]
    assert content.get("url", "") == address
    assert ("syntetisk" in path.read_text(encoding="utf-8")) == is_synthetic
    assert [each["title"] for each in content.get("references", [])] == ([work.title] if work else [])
    assert "&id" not in path.read_text(encoding="utf-8")


def read_ris(text: str) -> dict[str, list[str]]:
    """The fields of the one record in a RIS file."""
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        matched = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert matched, line
        fields.setdefault(matched[1], []).append(matched[2])
    assert next(iter(fields)) == "TY"
    assert list(fields)[-1] == "ER"
    return fields


def test_the_files_of_a_book() -> None:
    for built, note in ((synthetic(), [SYNTHETIC_NOTE]), (real(), [])):
        assert validate(built.html / "CITATION.cff") == ""
        (entry,) = parse_string(built.text("data/sitering.bib"), "bibtex").entries.values()
        assert entry.fields.get("note", "") == "".join(note)
        record = read_ris(built.text("data/sitering.ris"))
        assert record["TI"] == [FACTS["title"]]
        assert record["DA"] == ["2026/01/02"]
        assert record.get("N1", []) == note
    assert "url" not in yaml.safe_load(synthetic().text("CITATION.cff"))
    assert yaml.safe_load(real().text("CITATION.cff"))["url"] == ADDRESS
    assert read_ris(real().text("data/sitering.ris"))["UR"] == [ADDRESS]


def test_a_book_that_is_no_edition_has_neither_files_nor_tags(tmp_path: Path) -> None:
    built = books.build_here(write_book(tmp_path, {"index.md": "# Forside\n"}, digikom_edition={}))
    assert built.returncode == 0, built.log
    assert not (built.html / "CITATION.cff").exists()
    assert not [*(built.html / "data").glob("sitering.*"), *(built.html / "data").glob("d*")]
    page = built.page("notebooks/kap2.html")
    assert not tags(page)
    assert not page.select('script[type="application/ld+json"], .digikom-cite, .digikom-copy')


def test_the_work_that_the_report_rebuilds_is_in_its_bibliography() -> None:
    work = find_work([PROJECT_ROOT / "no-such.bib", PROJECT_ROOT / "book" / "references.bib"], "rybalka2023")
    assert work is not None
    assert [family for _, family in work.authors] == ["Rybalka", "Brevik", "Denisova"]
    assert (work.institution, work.series, work.year) == ("Statistisk sentralbyrå", "Rapporter 2023/27", 2023)
    assert find_work([PROJECT_ROOT / "book" / "references.bib"], "nobody1900") is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"baseurl": "https://example.org", "a": 1}, {"baseurl": "https://example.org/2022/", "a": 1}),
        ({"baseurl": "https://a.no/x/"}, {"baseurl": "https://a.no/x/2022/"}),
        ({"a": 1}, {"a": 1}),
        ({}, {}),
    ],
)
def test_each_edition_has_a_folder_at_the_address_of_the_site(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert edition_config(load_edition(2022), {"html": given}, NO_FACTS)["html"] == expected


# What is cited where it stands


def test_figures_and_tables_are_cited_by_number_and_title() -> None:
    whole = cited()
    page = synthetic().page("notebooks/kap2.html")
    found = {
        words(box.select_one("summary")): words(box.select_one("blockquote")) for box in page.select(".digikom-cite")
    }
    assert found == {
        "Siter figuren, figur 2.1": whole.part_text("Figur 2.1. Områder i strategien. 2018 og 2022"),
        "Siter figuren, figur 2.2": whole.part_text("Figur 2.2. De fleste har høy grad"),
        "Siter tabellen, tabell 2.1": whole.part_text("Tabell 2.1. Områder i strategien"),
        "Siter kapitlet": whole.part_text("Kapittel 2. Digital prioritering"),
    }
    quotes = [words(quote) for quote in synthetic().page("index.html").select("blockquote.digikom-citation")]
    cited_parts = [found[name].partition(" I: ")[0].rstrip(".") for name in found]
    assert quotes[0] == whole.text()
    assert quotes[1:] == [whole.part_text(part) for part in (cited_parts[0], *cited_parts[2:], "Vedlegg")]
    links = [link["href"] for link in synthetic().page("index.html").select("blockquote.digikom-citation a")]
    pages = ("notebooks/kap2.html#project-areas", "notebooks/kap2.html#project-table", "notebooks/kap2.html")
    assert links == [*pages, "book/vedlegg.html"]
    assert not synthetic().page("index.html").select(".digikom-cite")
    assert not synthetic().page("book/vedlegg.html").select(".digikom-cite")


def test_a_citation_gives_the_full_address_where_there_is_one() -> None:
    page = real().page("notebooks/kap2.html")
    addresses = [words(quote).split()[-1] for quote in page.select(".digikom-cite blockquote")]
    assert addresses == [
        f"{ADDRESS}notebooks/kap2.html{part}" for part in ("#project-areas", "#project-map", "#project-table", "")
    ]
    assert "syntetisk" not in words(page.select_one("article"))


def test_every_citation_has_a_button_of_its_own() -> None:
    for name in ("index.html", "notebooks/kap2.html"):
        page = synthetic().page(name)
        quotes = page.select("blockquote.digikom-citation")
        lines = page.select("p.digikom-copy")
        assert [quote["id"] for quote in quotes] == [line.button["aria-describedby"] for line in lines if line.button]
        assert len({quote["id"] for quote in quotes}) == len(quotes) > 2
        assert all(line.has_attr("hidden") and line.select_one("[role=status]") for line in lines)
        assert [script["src"] for script in page.select("script[src*=citing]")]
    assert not synthetic().page("book/vedlegg.html").select("script[src*=citing], link[href*=citing]")


def test_a_citation_of_what_is_not_published_is_a_warning(tmp_path: Path) -> None:
    front = "# Forside\n\n```{sitering} nokkel no-such-figure\n```\n\n```{sitering} kapittel x/y\n```\n"
    built = books.build_here(write_book(tmp_path, {"index.md": front}))
    assert built.returncode != 0
    assert "{sitering}: no notebook of the report publishes the figure or table 'no-such-figure'" in built.log
    assert "{sitering}: the book has no page 'x/y'" in built.log


# Tags

#: What each type must have.
DATED = "name description license datePublished version temporalCoverage spatialCoverage"
REQUIRED = {
    "Report": f"{DATED} author publisher inLanguage hasPart",
    "Dataset": f"{DATED} creator distribution isPartOf",
    "Chapter": "name position isPartOf author datePublished license inLanguage",
    "WebPage": "name isPartOf inLanguage",
}
BOTH_TAGS = {f"citation_{name}" for name in ("title", "author", "publication_date", "language")}
FRONT_TAGS = BOTH_TAGS | {f"citation_technical_report_{name}" for name in ("institution", "number")}
CHAPTER_TAGS = BOTH_TAGS | {"citation_inbook_title", "citation_publisher"}


def addresses(nodes: list[dict[str, Any]]) -> list[str]:
    """Every address in the terms but licences and the context."""
    return re.findall(r'"(?:@id|url|contentUrl)": "([^"]*)"', json.dumps(nodes))


def check_terms(nodes: list[dict[str, Any]], is_synthetic: bool) -> None:
    """Expected types with all that they require, sound descriptions, and the data status in each of them."""
    for node in nodes:
        missing = {*REQUIRED[node["@type"]].split()} - set(node)
        assert not missing, (node["name"], missing)
        assert node.get("license", LICENSE_ADDRESS) == LICENSE_ADDRESS
        if node["@type"] == "Dataset":
            assert 50 <= len(node["description"]) <= 5000, node["description"]
            assert node["distribution"], node["name"]
            for file in node["distribution"]:
                assert file["@type"] == "DataDownload"
                assert file["encodingFormat"] in {media_type(f"x.{ending}") for ending in ("csv", "json", "xlsx")}
        if node["@type"] in {"Dataset", "Report"}:
            assert ("syntetisk" in node["description"]) == is_synthetic, node["description"]
    identifiers = [node["@id"] for node in nodes]
    assert len(set(identifiers)) == len(identifiers)


def test_the_front_page_is_a_report_with_its_data_sets() -> None:
    nodes = terms(synthetic().page("index.html"))
    check_terms(nodes, is_synthetic=True)
    report, register, tables = nodes
    assert report["name"] == FACTS["title"]
    assert report["temporalCoverage"] == "2018/2022"
    assert report["author"] == {"@type": "Organization", "name": "Prosjektet"}
    assert [part["name"] for part in report["hasPart"]] == ["Om undersøkelsen", "Digital prioritering"]
    assert "isBasedOn" not in report
    assert [file["contentUrl"] for file in register["distribution"]] == ["data/numbers.csv", "data/numbers.json"]
    assert {part["@id"] for part in tables["hasPart"]} == {
        f"notebooks/kap2.html#project-{name}" for name in ("areas", "map", "table")
    }
    assert not [address for address in addresses(nodes) if "://" in address or address.startswith("/")]


def test_a_chapter_has_a_data_set_for_each_figure_and_table() -> None:
    chapter, *datasets = terms(synthetic().page("notebooks/kap2.html"))
    check_terms([chapter, *datasets], is_synthetic=True)
    assert chapter["@type"] == "Chapter"
    assert chapter["isPartOf"]["@id"] == "../index.html#rapporten"
    assert [part["@id"] for part in chapter["hasPart"]] == [dataset["@id"] for dataset in datasets]
    assert [dataset["name"].partition(". ")[0].replace("\u00a0", " ") for dataset in datasets] == [
        "Figur 2.1",
        "Figur 2.2",
        "Tabell 2.1",
    ]
    assert datasets[0]["variableMeasured"] == [
        {"@type": "PropertyValue", "name": f"{year} (prosent)", "unitText": "prosent"} for year in (2018, 2022)
    ]
    folder = synthetic().html / "notebooks"
    files = [file["contentUrl"] for dataset in datasets for file in dataset["distribution"]]
    assert all((folder / file).resolve().is_file() for file in files)
    assert not [address for address in addresses([chapter, *datasets]) if "://" in address]
    (page,) = terms(synthetic().page("book/vedlegg.html"))
    assert page["@type"] == "WebPage"


def test_an_edition_at_a_known_address_is_described_with_full_addresses() -> None:
    for name in ("index.html", "notebooks/kap2.html"):
        nodes = terms(real().page(name))
        check_terms(nodes, is_synthetic=False)
        assert all(address.startswith(ADDRESS) for address in addresses(nodes))
        assert "syntetisk" not in json.dumps(nodes, ensure_ascii=False)
    report = terms(real().page("index.html"))[0]
    assert report["temporalCoverage"] == "2022"
    assert report["encoding"]["contentUrl"] == f"{ADDRESS}rapport.pdf"
    assert tags(real().page("index.html"))["citation_pdf_url"] == f"{ADDRESS}rapport.pdf"
    assert "citation_pdf_url" not in tags(real().page("notebooks/kap2.html"))


def test_a_page_names_its_address_and_how_it_is_shared_where_it_knows_it() -> None:
    for name, title in (("index.html", "Forside"), ("notebooks/kap2.html", "Kommunen </script>")):
        page = real().page(name)
        (canonical,) = page.select('head link[rel="canonical"]')
        assert canonical["href"] == ADDRESS + name
        shared = {str(tag["property"]): str(tag["content"]) for tag in page.select('head meta[property^="og:"]')}
        assert (shared["og:url"], shared["og:title"], shared["og:locale"]) == (ADDRESS + name, title, "nb_NO")
        assert shared["og:description"]
        assert not synthetic().page(name).select('head link[rel="canonical"], head meta[property]')


def test_highwires_tags_are_on_the_front_page_and_on_chapters() -> None:
    front, chapter = tags(synthetic().page("index.html")), tags(synthetic().page("notebooks/kap2.html"))
    assert set(front) == FRONT_TAGS
    assert set(chapter) == CHAPTER_TAGS
    assert (front["citation_title"], front["citation_technical_report_number"]) == (FACTS["title"], "Versjon 1.0.2")
    assert front["citation_publication_date"] == chapter["citation_publication_date"] == "2026/01/02"
    assert (chapter["citation_title"], chapter["citation_inbook_title"]) == ("Digital prioritering", FACTS["title"])
    assert not tags(synthetic().page("book/vedlegg.html"))
    assert not tags(synthetic().page("search.html"))


def test_no_text_ends_the_script_that_it_stands_in() -> None:
    name = '</script><script>alert(1)</script> & "sitat"'
    (script,) = BeautifulSoup(json_script({"name": name}), "html.parser").select("script")
    assert json.loads(str(script.string)) == {"name": name}
    assert not synthetic().page("index.html").select("head b")
    assert terms(real().page("notebooks/kap2.html"))[0]["name"] == "Kommunen </script>"
    assert tags(real().page("notebooks/kap2.html"))["citation_title"] == "Kommunen </script>"


# The editions themselves


def test_every_edition_is_cited_and_described(site: Path) -> None:
    for folder in (path for path in site.iterdir() if re.fullmatch(r"\d{4}", path.name)):
        told = json.loads((folder / "data" / "edition.json").read_text(encoding="utf-8"))
        is_synthetic = told["status"] == "synthetic"
        assert validate(folder / "CITATION.cff") == ""
        content = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
        assert (content["title"], content["version"]) == (told["title"], told["version"])
        assert content["references"][0]["collection-title"] == "Rapporter 2023/27"
        datasets: set[str] = set()
        for path in sorted([folder / "index.html", *folder.glob("notebooks/*.html"), *folder.glob("book/*.html")]):
            page = BeautifulSoup(path.read_text(encoding="utf-8").partition("<body")[0], "html.parser")
            nodes = terms(page)
            check_terms(nodes, is_synthetic)
            expected = (
                FRONT_TAGS if path.name == "index.html" else CHAPTER_TAGS if nodes[0]["@type"] == "Chapter" else set()
            )
            assert set(tags(page)) - {"citation_pdf_url"} == expected, path
            files = [file["contentUrl"] for node in nodes for file in node.get("distribution", [])]
            assert all((path.parent / file).resolve().is_file() for file in files), path
            if nodes[0]["@type"] == "Chapter":
                datasets |= {Path(file).name for file in files}
            if nodes[0]["@type"] == "Report":
                assert nodes[0]["isBasedOn"]["publisher"]["name"] == "Statistisk sentralbyrå"
                assert nodes[0]["publisher"]["name"] == content["authors"][0]["name"] != "Statistisk sentralbyrå"
        found = {path.name for ending in ("csv", "json") for path in folder.glob(f"data/*-[0-9]*.{ending}")}
        assert datasets == found
