"""All editions as readers meet them: what each has and has not, and that no year stands where it does not belong."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from digikom.editions.edition_files import edition_years, load_edition

pytestmark = pytest.mark.build
YEARS = edition_years()
#: Pages about the edition's own results. Preface, data sources and the pages on method speak of other years too.
RESULTS = (
    "index.html",
    "book/sammendrag.html",
    "book/abstract.html",
    "notebooks/03_digital_prioritering.html",
    "notebooks/04_digital_kompetanse.html",
    "notebooks/05_digital_aktivitet.html",
    "notebooks/06_avslutning.html",
    "notebooks/08_folsomhet.html",
)
FIGURES = {
    2018: {"3": 5, "4": 7, "5": 6, "8": 3},
    2022: {"3": 6, "4": 10, "5": 7, "8": 4, "9": 1},
    2023: {"4": 2, "5": 1, "9": 1, "10": 1},
    2024: {"4": 5, "5": 1, "9": 1, "10": 1},
}
each_edition = pytest.mark.parametrize("year", YEARS)


@cache
def read(path: Path) -> BeautifulSoup:
    """A page, which tests look at and leave as it is."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def prose(path: Path) -> str:
    """What a page says, without calculations, pictures, references to works and boxes on what they print."""
    article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert article is not None
    for part in article.select("details, svg, script, .cell_input, a.headerlink, a[href*='referanser'], .caution"):
        part.decompose()
    return " ".join(article.get_text(" ").replace("\N{NO-BREAK SPACE}", " ").split())


def test_every_survey_year_has_its_edition(site: Path) -> None:
    assert YEARS == [2018, 2022, 2023, 2024]
    links = read(site / "index.html").select("a[href$='/index.html']")
    addresses = [str(link["href"]) for link in links if str(link["href"])[0].isdecimal()]
    # The one with all chapters first.
    assert list(dict.fromkeys(addresses)) == [f"{year}/index.html" for year in (2022, 2024, 2023, 2018)]


@each_edition
def test_no_other_year_stands_among_the_results(site: Path, year: int) -> None:
    edition = load_edition(year)
    own = {str(year), str(edition.reference_year)}
    # The front page says when the edition was published, and how it is cited.
    published = {"index.html": {str(edition.published.year)}}
    for name in RESULTS:
        # The centrality index has editions of its own, and a note says which one is used. A sentence with a reference
        # (gone with its brackets), or on what a report prints, may tell of other years.
        text = re.sub(r"\b\d{4}-utgaven av SSBs", "", prose(site / str(year) / name))
        text = re.sub(r"[^.]*\(\s*\)\s*\.", "", text)
        text = re.sub(r"[^.]*(ifølge rapporten fra SSB|according to the report by Statistics Norway)", "", text)
        found = set(re.findall(r"\b20[12]\d\b", text)) - own - published.get(name, set())
        assert not found, (name, [text[max(0, text.index(other) - 80) : text.index(other) + 40] for other in found])


@each_edition
def test_figures_of_each_chapter(site: Path, year: int) -> None:
    counted: dict[str, int] = {}
    for path in sorted((site / str(year) / "notebooks").glob("*.html")):
        for figure in read(path).select("figure.digikom-figure .caption-number"):
            chapter = figure.get_text().split()[1].split(".")[0]
            counted[chapter] = counted.get(chapter, 0) + 1
    assert counted == FIGURES[year]


@each_edition
def test_no_heading_without_text(site: Path, year: int) -> None:
    for path in sorted((site / str(year)).rglob("*.html")):
        article = read(path).select_one("article")
        if article is None or path.name in {"genindex.html", "search.html"}:
            continue
        for section in article.select("section"):
            parts = [part for part in section.find_all(recursive=False) if isinstance(part, Tag)]
            content = [part for part in parts[1:] if part.get_text(strip=True) and part.name != "span"]
            assert content, (path.name, section.get("id"))


@each_edition
def test_sentences_are_whole(site: Path, year: int) -> None:
    for path in sorted((site / str(year)).rglob("*.html")):
        text = prose(path) if read(path).select_one("article") else ""
        text = re.sub(r" ([,.;:»”)])", r"\1", text)
        for fault in (r",\.", r"«»", r"\?\]", r"\bnan\b", r"\bNone\b", r", (?:og|mot) ?\."):
            assert not re.search(fault, text), (path.name, re.search(f".{{40}}{fault}.{{20}}", text))
        same = re.search(r"([\d,]+) prosent, (?:opp|ned) fra \1 prosent", text)
        assert not same, (path.name, same and same.group())


@each_edition
def test_replication_covers_what_can_be_computed(site: Path, year: int) -> None:
    numbers = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    counts = {number["key"]: number["value"] for number in numbers if number["key"].startswith("replication-")}
    assert counts, "no verdict is counted"
    deviating = [key for key in counts if "deviat" in key]
    assert deviating
    assert all(counts[key] == 0 for key in deviating)


def test_reduced_questionnaire_is_told_and_not_computed(site: Path) -> None:
    for year in (2023, 2024):
        text = prose(site / str(year) / "notebooks" / "03_digital_prioritering.html")
        assert "Spørsmålene om digitaliseringsstrategi og IKT-prosjekter hadde nye svaralternativer" in text
        numbers = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
        assert not [n["key"] for n in numbers if n["key"].startswith(("strategy-", "cloud-", "services-", "priority-"))]
        summary = prose(site / str(year) / "book" / "sammendrag.html")
        assert "Digital prioritering" not in re.sub("temaer: .*?aktivitet|Digital prioritering og digital", "", summary)


def test_printed_numbers_of_the_new_years(site: Path) -> None:
    expected = {
        2023: {"answered": 355, "recruit-tried-count": 197, "recruit-problem-count": 142, "recruit-problem": 72.1},
        2024: {"answered": 354, "municipalities": 357, "recruit-tried-count": 172, "recruit-problem-count": 128}
        | {"barrier-large": 53.1, "open-data": 56.5, "barrier-resources-large": 76.8},
    }
    for year, wanted in expected.items():
        numbers = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
        by_key = {number["key"]: number["value"] for number in numbers}
        assert {key: round(by_key[key], 1) for key in wanted} == wanted


def test_comparisons_are_with_the_editions_own_reference_year(site: Path) -> None:
    assert "2022" in prose(site / "2023" / "book" / "sammendrag.html")
    assert "2023" in prose(site / "2024" / "book" / "sammendrag.html")
    first = prose(site / "2018" / "book" / "sammendrag.html")
    assert not re.search(r"\b(opp|ned) fra\b|sammenlign|enn før", first)


def test_counties_stand_in_for_the_map(site: Path) -> None:
    for name in ("03_digital_prioritering", "04_digital_kompetanse", "05_digital_aktivitet"):
        page = site / "2018" / "notebooks" / f"{name}.html"
        assert "Vi har ikke kommunegrenser for inndelingen som gjaldt i 2018." in prose(page)
        captions = [caption.get_text() for caption in read(page).select("table caption")]
        assert any("etter fylke" in caption for caption in captions)
        assert "etter fylke" not in prose(site / "2022" / "notebooks" / f"{name}.html")
