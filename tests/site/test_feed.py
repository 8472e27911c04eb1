"""The feed of editions and corrections, and the sitemap: dates, names, addresses and what they are made of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from municipality_editions import page, write
from test_editions_site import publish

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
PAGES = {"index.html": "Forside", "book/rettelser.html": "Rettelser", "search.html": "Søk"}
GALT = {"date": "2026-02-03", "class": "alvorlig", "version": "1.1", "what": "<b>Galt</b> & feil."}
MER = {**GALT, "what": "Mer galt.", "before": "11", "after": "12"}
ADDRESS = "https://example.org/rapport/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, 2022, PAGES, published="2026-01-02", status="synthetic", reference_year=2018)
    publish(tmp_path, 2018, PAGES, published="2026-01-01", version="1.1", corrections=[GALT, MER])
    write(tmp_path)
    return tmp_path


def feed(folder: Path) -> ElementTree.Element:
    return ElementTree.parse(folder / "feed.xml").getroot()


def texts(entry: ElementTree.Element, name: str) -> list[str]:
    return [str(found.text) for found in entry.findall(f"a:{name}", ATOM)]


def links(entry: ElementTree.Element) -> dict[str, str]:
    return {link.attrib["rel"]: link.attrib["href"] for link in entry.findall("a:link", ATOM)}


def entries_of(folder: Path) -> list[ElementTree.Element]:
    return feed(folder).findall("a:entry", ATOM)


def test_editions_and_corrections_are_entries_newest_first(folder: Path) -> None:
    found = entries_of(folder)
    assert [texts(entry, "title")[0] for entry in found] == [
        "Rettelse (alvorlig): Rapporten 2018",
        "Rettelse (alvorlig): Rapporten 2018",
        "Rapporten 2022",
        "Rapporten 2018",
    ]
    assert [texts(entry, "updated")[0][:10] for entry in found] == ["2026-02-03"] * 2 + ["2026-01-02", "2026-01-01"]
    summaries = [texts(entry, "summary")[0] for entry in found]
    assert summaries[0] == "<b>Galt</b> & feil. Rettet i versjon 1.1."
    assert summaries[1] == "Mer galt. Før: «11». Nå: «12». Rettet i versjon 1.1."
    assert ["syntetiske" in summary for summary in summaries] == [False, False, True, False]


def test_the_feed_has_what_atom_wants(folder: Path) -> None:
    whole = feed(folder)
    parts = [whole, *entries_of(folder)]
    for part in parts:
        for name in ("title", "id", "updated"):
            assert len(texts(part, name)) == 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", texts(part, "updated")[0])
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", texts(part, "id")[0])
    assert len({texts(part, "id")[0] for part in parts}) == len(parts)
    assert texts(whole, "updated") == texts(entries_of(folder)[0], "updated")
    assert [name.text for name in whole.findall("a:author/a:name", ATOM)] == ["Digitalisering i kommunene"]


def test_without_an_address_links_are_relative_and_there_is_no_sitemap(folder: Path) -> None:
    found = [links(part) for part in (feed(folder), *entries_of(folder))]
    assert [link["alternate"] for link in found] == [
        "index.html",
        "2018/book/rettelser.html",
        "2018/book/rettelser.html",
        "2022/index.html",
        "2018/index.html",
    ]
    assert all((folder / link["alternate"]).is_file() for link in found)
    assert not any("self" in link for link in found)
    assert not (folder / "sitemap.xml").exists()


def test_with_an_address_everything_is_absolute_and_keeps_its_name(folder: Path) -> None:
    names = [texts(entry, "id") for entry in entries_of(folder)]
    publish(folder, 2022, PAGES, published="2026-01-02", address=f"{ADDRESS}2022/", author="Prosjektet & co")
    write(folder)
    assert [texts(entry, "id") for entry in entries_of(folder)] == names
    assert links(feed(folder)) == {"self": f"{ADDRESS}feed.xml", "alternate": f"{ADDRESS}index.html"}
    assert all(links(entry)["alternate"].startswith(ADDRESS) for entry in entries_of(folder))
    assert [name.text for name in feed(folder).findall("a:author/a:name", ATOM)] == ["Prosjektet & co"]
    listed = ElementTree.parse(folder / "sitemap.xml").getroot()
    places = [str(place.text) for place in listed.findall("s:url/s:loc", MAP)]
    pages = [f"{year}/{name}" for year in (2022, 2018) for name in PAGES if name != "search.html"]
    assert places == [ADDRESS + name for name in ["index.html", *pages]]
    dates = [str(date.text) for date in listed.findall("s:url/s:lastmod", MAP)]
    assert dates == ["2026-01-02"] * 2 + ["2026-02-03"] * 2
    # Later the address is gone, and the sitemap with it.
    publish(folder, 2022, PAGES, published="2026-01-02")
    write(folder)
    assert not (folder / "sitemap.xml").exists()


@pytest.mark.parametrize("changes", [{}, {"published": None}])
def test_a_site_that_nothing_is_known_of_has_no_feed(tmp_path: Path, changes: dict[str, Any]) -> None:
    if changes:
        publish(tmp_path, 2022, PAGES, **changes)
    write(tmp_path)
    assert not (tmp_path / "feed.xml").exists()


def test_pages_above_the_editions_lead_to_the_feed(folder: Path) -> None:
    for name in ("index.html", "utgaver/index.html", "utgaver/book/rettelser.html"):
        (link,) = page(folder / name).select('link[type="application/atom+xml"]')
        assert urljoin(f"/{name}", str(link["href"])) == "/feed.xml"
    # What is shown at any address cannot say where it is.
    assert not page(folder / "404.html").select('link[type="application/atom+xml"]')


def test_every_page_of_an_edition_leads_to_the_feed(site: Path) -> None:
    assert len(entries_of(site)) >= 4
    for name in ("index.html", "notebooks/03_digital_prioritering.html"):
        (link,) = page(site / "2022" / name).select('link[type="application/atom+xml"]')
        assert (site / "2022" / name).parent.joinpath(str(link["href"])).resolve() == (site / "feed.xml").resolve()
