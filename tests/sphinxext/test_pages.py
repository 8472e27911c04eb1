"""The words that a public report has: complete, and true to the edition file."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
import yaml
from bs4 import BeautifulSoup
from build_facts import NO_FACTS
from pybtex.database import parse_string  # type: ignore[import-untyped]

from digikom.editions.edition_files import Edition, edition_years, load_edition
from digikom.editions.identity import SEVERITY_MEANINGS, EditionFacts, Severity, long_date
from digikom.errors import InputError
from digikom.opendata.citations import SYNTHETIC_NOTE, Citation
from digikom.paths import BOOK_DIR, PROJECT_ROOT
from digikom.pipeline.assembly import edition_config
from digikom.presence.sentences import unmarked
from digikom.publish.number_registers import edition_registers
from digikom.publish.tables import STANDARD_SYMBOLS
from digikom.sphinxext import texts
from digikom.sphinxext.edition_pages import CARDS, REFERENCE, bars
from digikom.sphinxext.payloads import Number

#: The headings of «Om statistikken» at Statistics Norway (omStatistikken.xml), in their order.
HEADINGS = {
    "Definisjoner": ["Definisjoner av viktige begrep og variabler", "Standard klassifikasjoner", "Måleenhet"],
    "Administrative opplysninger": [
        "Navn og emne",
        "Ansvarlig seksjon",
        "Regionalt nivå",
        "Hyppighet og aktualitet",
        "Internasjonal rapportering",
        "Lagring og anvendelse av grunnlagsmaterialet",
        "Kvalitetssikring",
    ],
    "Bakgrunn": [
        "Formål og historie",
        "Brukere og bruksområder",
        "Likebehandling av brukere",
        "Sammenheng med annen statistikk",
        "Lovhjemmel",
        "EØS-referanse",
        "Tidsperiode",
    ],
    "Produksjon": [
        "Omfang",
        "Datakilder og utvalg",
        "Datainnsamling, editering og beregninger",
        "Sesongjustering",
        "Konfidensialitet",
        "Sammenlignbarhet over tid og sted",
        "Sektordekning",
        "Basisperiode",
    ],
    "Nøyaktighet og pålitelighet": ["Feilkilder og usikkerhet", "Revisjon", "Kvalitetsvurdering"],
    "Relevant dokumentasjon": [],
}
PAGES = {
    "index": PROJECT_ROOT / "index.md",
    **{
        name: BOOK_DIR / f"{name}.md"
        for name in ("om_statistikken", "standardtegn", "slik_siterer_du", "rettelser", "tilgjengelighet")
    },
}
FACTS = {"year": 2022, "title": "Digitalisering i kommunene 2022", "version": "1.0.2", "published": "2026-01-02"}
FIRST = {
    "date": "2026-02-03",
    "class": "alvorlig",
    "version": "1.0.1",
    "what": "Andelen var regnet av feil grunnlag.",
    "affects": ["projects-planned", "project-areas"],
    "before": "87 prosent",
    "after": "93,2 prosent",
}
SECOND = {
    "date": "2026-03-04",
    "class": "skjønnhetsfeil",
    "version": "1.0.2",
    "what": "Overskriften i tabellen var feil.",
    "affects": ["project-table"],
}
TOC = {"format": "jb-book", "root": "index", "chapters": [{"file": "kapittel"}, {"file": "book/rettelser"}]}
NUMBERED_TOC = {
    "format": "jb-book",
    "root": "index",
    "parts": [{"numbered": True, "chapters": [{"file": "kapittel"}]}, {"chapters": [{"file": "book/rettelser"}]}],
}


# The words


def test_every_heading_of_om_statistikken_is_there_in_order() -> None:
    lines = PAGES["om_statistikken"].read_text(encoding="utf-8").splitlines()
    found = [unmarked(line) for line in lines if re.match(r"##+ ", line)]
    expected = [
        line
        for heading, below in HEADINGS.items()
        for line in (f"## {heading}", *(f"### {subheading}" for subheading in below))
    ]
    assert found == expected


def test_the_pages_are_in_the_table_of_contents_and_numbered_parts_are_as_before() -> None:
    toc = yaml.safe_load((PROJECT_ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert {f"book/{name}" for name in PAGES if name != "index"} <= set(listed)
    numbered = [chapter["file"] for part in toc["parts"] if part.get("numbered") for chapter in part["chapters"]]
    for place, docname in enumerate(numbered, start=1):
        assert int(Path(docname).name[:2]) == place, docname


def test_every_standard_symbol_is_explained() -> None:
    assert set(texts.SYMBOL_NAMES) == set(STANDARD_SYMBOLS)
    page = PAGES["standardtegn"].read_text(encoding="utf-8")
    for symbol, meaning in STANDARD_SYMBOLS.items():
        assert f"**{meaning} ({symbol})**" in page


def test_the_terms_used_in_definitions_are_defined() -> None:
    page = PAGES["om_statistikken"].read_text(encoding="utf-8")
    glossary = re.search(r"```\{glossary\}\n(.*?)\n```", page, re.DOTALL)
    assert glossary
    defined = {line for line in glossary.group(1).splitlines() if line and not line.startswith(" ")}
    used = {found.removesuffix(">").rpartition("<")[2] for found in re.findall(r"\{term\}`([^`]+)`", page)}
    assert used <= defined


def test_the_key_numbers_of_the_front_page_are_published() -> None:
    front = PAGES["index"].read_text(encoding="utf-8")
    body = re.search(r"```\{nokkeltall\}\n(.*?)\n```", front, re.DOTALL)
    assert body
    cards = CARDS.validate_python(yaml.safe_load(body.group(1)))
    registers = edition_registers()
    shown = {
        year: [card.tall for card in cards if card.tall in set(numbers["key"])]
        for year, numbers in registers.groupby("edition")
    }
    assert {card.tall for card in cards} == {key for keys in shown.values() for key in keys}
    assert all(3 <= len(keys) <= 6 for keys in shown.values()), shown


# The edition file


def test_corrections_are_read_from_the_edition_file(tmp_path: Path) -> None:
    edition = edition_of(tmp_path, corrections=[FIRST, SECOND])
    assert [correction.version for correction in edition.newest_first] == ["1.0.2", "1.0.1"]
    assert edition.newest_first[1].severity is Severity.SERIOUS
    settings = edition_config(edition, {}, NO_FACTS)["sphinx"]["config"]
    told = settings["digikom_edition"]
    assert told["corrections"][0]["class"] == "alvorlig"
    assert EditionFacts.model_validate(told).corrections == edition.corrections


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        ({**FIRST, "class": "pinlig"}, "'svært alvorlig', 'alvorlig', 'mindre alvorlig' or 'skjønnhetsfeil'"),
        ({**FIRST, "date": "i går"}, "corrections.0.date"),
        ({**FIRST, "what": " "}, "corrections.0.what"),
        ({**FIRST, "after": None}, "before and after belong together"),
        ({**FIRST, "colour": "red"}, "corrections.0.colour"),
        ({**FIRST, "version": "neste"}, "corrections.0.version"),
        ({**FIRST, "version": "1.0.10"}, "came with 1.0.10; expected 1.0.10 or later"),
        ({**FIRST, "date": "2026-01-01"}, "older than the edition, which was published 2026-01-02"),
    ],
)
def test_a_wrong_correction_is_told(tmp_path: Path, correction: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        edition_of(tmp_path, corrections=[correction])
    assert caught.value.exit_code == 2
    assert said in caught.value.message()


def edition_of(folder: Path, **changes: object) -> Edition:
    text = yaml.safe_dump({**FACTS, **changes}, allow_unicode=True)
    (folder / "2022.yml").write_text(text, encoding="utf-8")
    return load_edition(2022, folder)


def test_every_class_of_error_is_explained() -> None:
    assert list(SEVERITY_MEANINGS) == list(Severity)


# Citations


def cited(is_synthetic: bool = True, address: str = "") -> Citation:
    return Citation(EditionFacts.model_validate(FACTS), "Bidragsyterne", is_synthetic, address)


def test_a_citation_holds_author_title_version_date_and_status() -> None:
    assert cited().text() == (
        "Bidragsyterne (2026). Digitalisering i kommunene 2022. Versjon 1.0.2, publisert 2. januar 2026. "
        f"{SYNTHETIC_NOTE}."
    )
    assert (
        cited(is_synthetic=False, address="https://example.org/2022/")
        .text()
        .endswith("publisert 2. januar 2026. https://example.org/2022/")
    )
    assert cited().part_text("Figur 1.").startswith("Figur 1. I: Bidragsyterne (2026).")


def test_bibtex_is_read_back() -> None:
    entry = parse_string(cited(address="https://example.org/").bibtex(), "bibtex").entries["digitalisering2022v1.0.2"]
    assert str(entry.persons["author"][0]) == "{Bidragsyterne}"
    assert entry.fields["title"] == "{Digitalisering i kommunene 2022}"
    assert entry.fields["year"] == "2026"
    assert entry.fields["note"] == SYNTHETIC_NOTE
    assert entry.fields["url"] == "https://example.org/"
    (real,) = parse_string(cited(is_synthetic=False).bibtex(), "bibtex").entries.values()
    assert "note" not in real.fields


def test_ris_has_a_type_first_and_an_end_last() -> None:
    lines = cited().ris().splitlines()
    assert lines[0] == "TY  - RPRT"
    assert lines[-1] == "ER  - "
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert "TI  - Digitalisering i kommunene 2022" in lines
    assert f"N1  - {SYNTHETIC_NOTE}" in lines
    assert not any(line.startswith("UR") for line in lines)


# The directives, in small books


def year(value: int = 2022) -> dict[str, Any]:
    given = books.number("year", value=value, text=str(value), unit="year", unit_text="", decimals=0, base=None)
    return books.code("year", books.output("number", given))


CHAPTER = books.notebook(
    books.text("t", "# Kapittel"),
    year(),
    books.code("n", books.output("number", books.number())),
    books.code("f", books.output("figure", books.figure())),
    books.code("b", books.output("table", books.table(rows=[["A", ".", 1.0], ["I alt", ":", 2.0]]))),
)


def book(
    folder: Path, front: str, chapter: str = CHAPTER, toc: dict[str, Any] = NUMBERED_TOC, **config: object
) -> books.Built:
    pages = {
        "index.md": f"# Forside\n\n{front}\n",
        "kapittel.ipynb": chapter,
        "book/rettelser.md": "# Rettelser\n\n```{rettelser}\n```\n\n```{rettelser} klasser\n```\n",
    }
    return books.build_here(books.write_book(folder, pages, toc, **config))


def facts(*corrections: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = EditionFacts.model_validate({**FACTS, "corrections": list(corrections)}).model_dump(
        mode="json", by_alias=True
    )
    return told


def words(node: Any) -> str:  # noqa: ANN401
    return " ".join(node.get_text().replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """A book with two corrections, and every directive on its front page."""
    front = (
        "{utgaven}`tittel`, {utgaven}`versjon`, {utgaven}`publisert`, {utgaven}`oppdatert`{utgaven}`rettet`.\n\n"
        "```{sitering}\n{numref}`project-areas`\n```\n\n```{sitering} bibtex\n```\n\n```{sitering} ris\n```\n\n"
        "```{standardtegn}\n```\n\n"
        "````{har-siden} kapittel\n## Finnes\n\nSe {doc}`kapittel`.\n````\n\n"
        "````{har-siden} finnes-ikke\n## Mangler\n\nSe {doc}`finnes-ikke`.\n````\n"
    )
    built = book(tmp_path_factory.mktemp("corrected"), front, digikom_edition=facts(FIRST, SECOND))
    assert built.returncode == 0, built.log
    return built


def test_corrections_are_listed_newest_first(corrected: books.Built) -> None:
    page = corrected.page("book/rettelser.html")
    table = page.select("table")[0]
    rows = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    assert [row[0] for row in rows] == ["4. mars 2026", "3. februar 2026"]
    assert rows[0][1:] == ["Overskriften i tabellen var feil.", "Tabell 1.1", "Skjønnhetsfeil", "1.0.2"]
    assert rows[1][1] == "Andelen var regnet av feil grunnlag. Før: 87 prosent. Nå: 93,2 prosent."
    assert rows[1][2] == "Andel kommuner som hadde planlagt IKT-prosjekter, Figur 1.1"
    links = [link["href"] for link in table.select("tbody a")]
    assert links == [
        "../kapittel.html#project-table",
        "../kapittel.html#tall-projects-planned",
        "../kapittel.html#project-areas",
    ]
    region = table.find_parent(attrs={"role": "region"})
    assert region is not None
    assert str(region["aria-label"]).startswith("Rettelser, de nyeste først")
    classes = [words(row.select("th, td")[0]) for row in page.select("table")[1].select("tbody tr")]
    assert classes == [severity.value.capitalize() for severity in Severity]


def test_what_is_corrected_says_so_where_it_stands(corrected: books.Built) -> None:
    page = corrected.page("kapittel.html")
    notes = page.select(".digikom-corrected")
    assert sorted(words(note) for note in notes) == ["Rettet 3. februar 2026."] * 2 + ["Rettet 4. mars 2026."]
    assert {link["href"] for note in notes for link in note.select("a")} == {"book/rettelser.html"}
    line = page.select_one("#tall-projects-planned")
    assert line is not None
    assert words(line).endswith("Rettet 3. februar 2026.")
    for key, date in (("project-areas", "3. februar 2026"), ("project-table", "4. mars 2026")):
        target = page.find(id=key)
        assert target is not None
        block = target.find_parent(class_="digikom-block")
        assert block is not None
        assert [words(note) for note in block.select(".digikom-corrected")] == [f"Rettet {date}."]


def test_the_edition_is_told_and_cited(corrected: books.Built) -> None:
    article = corrected.page("index.html").select_one("article")
    assert article is not None
    assert "Digitalisering i kommunene 2022, 1.0.2, 2. januar 2026, 4. mars 2026, sist rettet 4. mars 2026." in words(
        article
    )
    quoted = article.select_one("blockquote.digikom-citation")
    assert quoted is not None
    assert words(quoted) == f"Figur 1.1. I: {Citation(EditionFacts.model_validate(FACTS), 'Prosjektet', True).text()}"
    blocks = [block.get_text() for block in article.select("div.highlight pre")]
    assert blocks[0].startswith("@techreport{digitalisering2022v1.0.2,")
    assert blocks[1].startswith("TY  - RPRT")


def test_symbols_have_their_first_place_as_example(corrected: books.Built) -> None:
    table = corrected.page("index.html").select("table")[0]
    rows = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    # The figure of the chapter has a «.» as well, and comes first.
    assert rows == [
        [". (punktum)", STANDARD_SYMBOLS["."], "Figur 1.1"],
        [".. (to punktum)", STANDARD_SYMBOLS[".."], texts.NO_EXAMPLE],
        [": (kolon)", STANDARD_SYMBOLS[":"], "Tabell 1.1"],
    ]


def test_a_passage_on_a_page_stands_only_where_the_page_is(corrected: books.Built) -> None:
    headings = [words(heading) for heading in corrected.page("index.html").select("article h2")]
    assert [heading.rstrip("#") for heading in headings] == ["Finnes"]


def test_an_edition_without_corrections_says_so(tmp_path: Path) -> None:
    (tmp_path / "book" / "editions").mkdir(parents=True)
    (tmp_path / "book" / "editions" / "2022.yml").write_text(yaml.safe_dump(FACTS), encoding="utf-8")
    # Without `digikom_edition`, as in `jupyter-book build .`: the edition file of the notebooks' year is read.
    built = book(tmp_path, "{utgaven}`publisert`{utgaven}`rettet`.")
    assert built.returncode == 0, built.log
    assert "Ingen feil er rettet i denne utgaven." in words(built.page("book/rettelser.html").select_one("article"))
    assert "2. januar 2026." in words(built.page("index.html").select_one("article"))
    assert not built.page("kapittel.html").select(".digikom-corrected")


def test_what_cannot_be_told_is_a_warning(tmp_path: Path) -> None:
    wrong = {**FIRST, "affects": ["no-such-figure"]}
    front = "{utgaven}`farge`\n\n```{sitering} apa\n```\n\n```{nokkeltall}\n- farge: x\n```"
    built = book(tmp_path, front, digikom_edition=facts(wrong))
    assert built.returncode != 0
    for message in (
        "the correction of 2026-02-03 affects 'no-such-figure', but no notebook publishes",
        "{utgaven} farge: expected tittel, versjon, publisert, oppdatert, rettet or arbeidsbok",
        "{sitering}: expected bibtex or ris, found 'apa'",
        "{nokkeltall}: 3 validation errors",
    ):
        assert message in built.log, built.log
    alone = book(tmp_path / "alone", "{utgaven}`tittel`\n\n```{sitering}\n```")
    assert "{utgaven} tittel: there is no edition file" in alone.log
    assert "{sitering}: there is no edition file" in alone.log


KEY_NUMBERS = """```{nokkeltall}
- tall: projects-planned
  tekst: av kommunene har *prosjekter*
- tall: hidden
  tekst: er holdt tilbake
- tall: median
  tekst: områder
- tall: not-asked
  tekst: ble ikke spurt om
```
"""


def test_key_numbers_show_the_number_the_bars_and_the_development(tmp_path: Path) -> None:
    before = f"mot {{tall}}`projects-planned{REFERENCE}` i 2018"
    since = books.wording("projects-planned-since", text="mot 87,8 prosent i 2018", markup=before)
    chapter = books.notebook(
        books.text("t", "# Kapittel"),
        year(),
        books.code(
            "n",
            books.output("number", books.number()),
            books.output("number", books.number(f"projects-planned{REFERENCE}", text="87,8", value=87.8, year=2018)),
            books.output("wording", since),
            books.output("number", books.number("hidden", text=":", value=None, unit_text="")),
            books.output("number", books.number("median", text="9", value=9, unit="median", unit_text="")),
        ),
    )
    (tmp_path / "book").mkdir()
    keys = "key,kind,notebook,cell,questions\nnot-asked,number,kapittel,ikke,services\n"
    (tmp_path / "book" / "keys.csv").write_text(keys, encoding="utf-8")
    built = book(tmp_path, KEY_NUMBERS, chapter)
    assert built.returncode == 0, built.log
    cards = built.page("index.html").select("ul.digikom-keynumbers > li")
    assert len(cards) == 3
    shown, hidden, median = cards
    link = shown.select_one(".digikom-keynumber a.tall")
    assert link is not None
    assert link["href"] == "kapittel.html#tall-projects-planned"
    assert words(link) == "93,2 prosent"
    assert words(shown.select_one(".digikom-keylabel")) == "av kommunene har prosjekter"
    assert words(shown.select_one(".digikom-keychange")) == "mot 87,8 prosent i 2018"
    picture = shown.select_one("[role=img]")
    assert picture is not None
    assert str(picture["aria-label"]).replace("\u00a0", " ").endswith("2022: 93,2 prosent; 2018: 87,8 prosent.")
    assert [bar["width"] for bar in picture.select("rect.digikom-fill")] == ["93.2", "87.8"]
    assert [words(bar) for bar in picture.select(".digikom-bar")] == ["202293,2", "201887,8"]
    assert words(hidden.select_one(".digikom-keynumber")) == ":"
    assert [bar["width"] for bar in hidden.select("rect.digikom-fill")] == ["0.0"]
    assert not hidden.select(".digikom-keychange")
    assert words(median.select_one(".digikom-keynumber")) == "9"
    assert not median.select("svg"), "nine areas are no part of a hundred"


def test_bars_stay_within_their_scale() -> None:
    for value, width in ((-3.0, "0.0"), (0, "0.0"), (100, "100.0"), (130.0, "100.0")):
        page = BeautifulSoup(bars([Number.model_validate(books.number(value=value))]), "html.parser")
        assert [bar["width"] for bar in page.select("rect.digikom-fill")] == [width]


# The built editions

each_edition = pytest.mark.parametrize("year", edition_years())


@cache
def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.build
@each_edition
def test_the_front_page_tells_the_editions_own_numbers(site: Path, year: int) -> None:
    page = read(site / str(year) / "index.html")
    published = json.loads((site / str(year) / "data" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    by_key = {number["key"]: number for number in published}
    cards = page.select("ul.digikom-keynumbers > li")
    assert 3 <= len(cards) <= 6
    for card in cards:
        link = card.select_one(".digikom-keynumber a.tall")
        assert link is not None
        number = by_key[str(link["href"]).partition("#tall-")[2]]
        assert words(link) == f"{number['text']} prosent"
        assert number["year"] == year
        before = by_key.get(f"{number['key']}{REFERENCE}")
        values = [words(value) for value in card.select(".digikom-bar-value")]
        assert values == [each["text"] for each in (number, before) if each]
        development = card.select_one(".digikom-keychange")
        assert (development is None) == (before is None)
        assert before is None or f"{before['text']} prosent i {before['year']}" in words(development)
    edition = load_edition(year)
    line = words(page.select_one(".digikom-edition-line"))
    answered = f"{by_key['respondents']['text']} av {by_key['municipalities']['text']} kommuner"
    version = f"Versjon {edition.version}, publisert {long_date(edition.published)}"
    assert line == f"Utgaven for {year}. {version}. På undersøkelsen svarte {answered}."
    assert page.select_one("article .admonition.warning"), "the notice of synthetic answers"


@pytest.mark.build
@each_edition
def test_each_edition_has_the_pages_and_no_invented_corrections(site: Path, year: int) -> None:
    folder = site / str(year) / "book"
    for name in ("om_statistikken", "standardtegn", "slik_siterer_du", "rettelser", "tilgjengelighet"):
        assert read(folder / f"{name}.html").select("article h1"), name
    corrections = words(read(folder / "rettelser.html").select_one("article"))
    assert ("Ingen feil er rettet i denne utgaven." in corrections) == (not load_edition(year).corrections)
    cite = words(read(folder / "slik_siterer_du.html").select_one("article"))
    assert load_edition(year).title in cite
    assert SYNTHETIC_NOTE in cite
