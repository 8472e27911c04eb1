"""The style page for authors: what a program can hold of it, in the sources (`digikom lint`) and in finished text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from house_style import against, alike, begins_with_a_digit, formulas, small_in_digits, unused_words
from plain_reading import Told, book_pages, told

from digikom import survey
from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose import find_style, require_style
from digikom.prose.style import STYLE_FILE, STYLE_PAGE, read_rules

each_year = pytest.mark.parametrize("year", survey.years())


def project(folder: Path, text: str, name: str = "book/side.md") -> Path:
    """A project of one source, with the real rules."""
    for path in (folder / name, folder / STYLE_FILE):
        path.parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(PROJECT_ROOT / STYLE_FILE, folder / STYLE_FILE)
    return folder


# The sources


def test_the_sources_follow_the_style() -> None:
    assert find_style() == []


#: For each rule, by its advice: what it finds, and what it leaves alone.
WORDS = {
    "skytjenester": ("Bruken av nettsky", "Bruken av skytjenester"),
    "egne medarbeidere": ("Egne ansatte utfører den", "De ansattes oppgaver"),
    "«egne medarbeidere i hovedsak utfører …»": ("Internt", "«utelukkende interne», interne brukere"),
    "IKT-funksjoner": ("Tolv IKT-oppgaver", "Nye arbeidsoppgaver"),
    "forventer": ("Endringene ventes å komme", "De forventer det, uventet"),
    "utfører": ("Kommunen gjør {tall}`a` IKT-funksjoner selv", "Det gjør det lettere å velge selv. Gjør det selv"),
    "«grad» er et sammensatt mål": ("Score for digital aktivitet", "Grad av digital aktivitet"),
    "«score» er en enkel indikator": ("Graden for skytjenester", "Scoren for skytjenester"),
    "«kategori» for digital kompetanse": ("Graden av digital kompetanse", "Kategori for digital kompetanse"),
    "«mange/få innkjøpsaktiviteter», for scoren teller aktiviteter, ikke beløp": (
        "De kjøper lite inn",
        "Det er lite rom",
    ),
    "«helt eller delvis digitalt»": ("De utfører alle innkjøp digitalt", "De utfører alle innkjøp delvis digitalt"),
    "«alle …»": ("I seks av seks grupper", "I fem av seks grupper"),
    "«har økt fra» / «har gått ned fra»": ("Andelen er opp fra {tall}`a`", "Andelen har økt fra {tall}`a`"),
    "på tre områder": ("Langs tre\nlinjer", "Lengre linjer"),
    "må tas hensyn til": ("Det må holdes i minnet", "Det må tas hensyn til"),
    "gjenskaping": ("En uavhengig ombygging", "En uavhengig gjenskaping"),
    "handler om hvorvidt kommunene har": ("Det handler om kommunene har fagfolk", "Det handler om kommunene"),
    "Digitaliseringsdirektoratet (Digdir), til 2019 Difi": ("Forvaltningsorganet for digitalisering", "Direktoratet"),
    "fra undersøkelsen i …": ("Fra {tall}`year` bruker vi spørsmålene", "Fra undersøkelsen bruker vi spørsmålene"),
    "navnet på veilederen, Difis modellverktøy": ("Det går på tvers av rådet", "Difi råder til det"),
    "stryk det": ("De kan ligge tett på ett sted eller spredt", "De ligger spredt"),
    "«… tilbyr minst halvparten …»": ("Halvparten eller mer tilbys slik", "De tilbyr minst halvparten"),
    "i én av formene": ("De tilbyr noen av tjenestene på en måte", "De tilbyr dem i én av formene"),
    "subjektet først": ("Oftest omtalt er {ord}`a`", "{ord}`a` er oftest omtalt"),
    "share with a strategy": ("The number with a strategy", "The share with a strategy"),
    "fully or partly": ("Wholly or partly", "Fully or partly"),
    "different qualifications": ("Another competence", "Different qualifications"),
    "to a large or very large extent": ("To a very large or fairly large degree", "To a large extent"),
    "strategy areas": ("Areas of the strategies", "Strategy areas"),
    "level of digital priority": ("Grade of priority", "Level of digital priority"),
    "invoices": ("Receiving invoices", "Invoices"),
}  # fmt: skip


def test_every_rule_has_its_cases() -> None:
    assert [rule.better for rule in read_rules()] == list(WORDS)


@pytest.mark.parametrize("better", WORDS)
def test_words_that_have_a_better_one_are_found(tmp_path: Path, better: str) -> None:
    wrong, right = WORDS[better]
    assert any(line.endswith(f" – better: {better}") for line in find_style(project(tmp_path, f"# A\n\n{wrong}.\n")))
    assert find_style(project(tmp_path, f"# A\n\n{right}.\n")) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("{tall}`a` av kommunene har det.", ["1"]),
        ("Slik er det.\n{tall}`a|ord` har det. Andre\nikke. **{tall}`b` har.**", ["2", "3"]),
        ("- {med}`a` {tall}`b|verdi` har det.", ["1"]),
        ("{tall}`a|Ord` av dem har det. {tall}`a|Ett` har ikke.", []),
        ("Av kommunene har {tall}`a` det. {ord}`b` har ikke.", []),
        ("{tall}`a|en` have one.", []),
        ("| a | b |\n|---|---|\n| {tall}`a` | {tall}`b` |", []),
    ],
)
def test_a_sentence_that_begins_with_a_number_is_found(tmp_path: Path, text: str, lines: list[str]) -> None:
    found = find_style(project(tmp_path, text))
    assert [re.findall(r"line (\d+): \{tall\}", line) for line in found] == [[line] for line in lines]


def test_file_line_word_and_better_word_are_told(tmp_path: Path) -> None:
    page = project(tmp_path, "# Ord\n\nEn linje,\nog nettskyen.\n")
    with pytest.raises(InputError) as refused:
        require_style(project(page, "a:\n  of: b\n  up: [Endringen ventes]\n", "book/ord/ord.yml"))
    assert str(refused.value).splitlines()[1:] == [
        "  - book/side.md, line 4: «nettskyen» – better: skytjenester",
        "  - book/ord/ord.yml, line 3: «ventes» – better: forventer",
    ]


@pytest.mark.parametrize("rules", ["- words: a", "- {words: '(', better: noe}", "- {words: [], better: noe}", "a: b"])
def test_rules_that_cannot_be_read_are_refused(tmp_path: Path, rules: str) -> None:
    folder = project(tmp_path, "# A\n")
    (folder / STYLE_FILE).write_text(rules, encoding="utf-8")
    with pytest.raises(InputError, match=r"style\.yml"):
        find_style(folder)


def test_the_style_page_is_short() -> None:
    assert len((PROJECT_ROOT / STYLE_PAGE).read_text(encoding="utf-8").splitlines()) <= 60


# Finished text


@pytest.fixture(scope="module")
def texts(executed: Callable[[int], Path]) -> dict[int, list[Told]]:
    """Everything that each edition tells."""
    return {year: told(executed(year), book_pages()) for year in survey.years()}


@each_year
def test_no_sentence_begins_with_a_digit(texts: dict[int, list[Told]], year: int) -> None:
    assert against(texts[year], begins_with_a_digit) == []


@each_year
def test_counts_up_to_twelve_are_in_words(texts: dict[int, list[Told]], year: int) -> None:
    assert against(texts[year], small_in_digits) == []


@each_year
def test_no_page_has_a_formula(texts: dict[int, list[Told]], year: int) -> None:
    assert formulas(texts[year]) == []
    assert alike(texts[year]) == []


@each_year
def test_no_composed_sentence_has_a_word_with_a_better_one(texts: dict[int, list[Told]], year: int) -> None:
    assert unused_words(texts[year], read_rules()) == []


def prose(*sentences: str) -> list[Told]:
    return [Told("03#celle", "prose", sentence) for sentence in sentences]


@pytest.mark.parametrize("text", ["Slik er det. 74,0 prosent har det.", "- **Sky.** 8 har det.", "2022 var et år."])
def test_a_digit_at_the_beginning_is_seen(text: str) -> None:
    assert len(against(prose(text), begins_with_a_digit)) == 1


@pytest.mark.parametrize("text", ["Statistisk sentralbyrå, 6. mai 2022.", "Jf. 3.1.", "Åtte har det, se kap. 3."])
def test_a_digit_within_is_none(text: str) -> None:
    assert against(prose(text), begins_with_a_digit) == []


@pytest.mark.parametrize(
    "text",
    ["I 2 av 11 fylker.", "Medianen er 8, mot 6 i 2018.", "På minst 7 områder.", "Blant 8 og 9 er 17,5 prosent."],
)
def test_a_small_count_in_digits_is_seen(text: str) -> None:
    assert len(against(prose(text), small_in_digits)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "I to av elleve fylker, 8,0 prosent og 9 prosent.",
        "De fikk 4 av 14 poeng.",
        "Farget etter grad av digital aktivitet fra 0 til 4.",
        "De med score 3 eller 4, i figur 3.1 og kapittel 3, den 6. mai 2022.",
        "Med 2 000–9 999 innbyggere, CC BY 4.0.",
    ],
)
def test_what_is_no_small_count_is_left_alone(text: str) -> None:
    assert against(prose(text), small_in_digits) == []


def test_a_frame_that_is_filled_twice_is_seen() -> None:
    first, second = (
        "Andelen med høyeste grad er 3,1 prosent i 2022.",
        "Andelen med høyeste grad er åtte prosent i 2018.",
    )
    assert formulas(prose(first, second)) == ["03, 2 times: Andelen med høyeste grad er … prosent i …."]
    assert formulas([*prose(first), Told("04#celle", "prose", second)]) == []
    assert formulas(prose(first, "Den høyeste graden har økt til 8,0 prosent.")) == []


def test_three_that_begin_alike_are_seen() -> None:
    both = prose("For A er det 13.", "For B er det 14.")
    assert alike([*both, *prose("For C er det 15.")]) == ["03#celle: For C er det 15."]
    assert alike([*both, *prose("Hos C er det 15.")]) == alike([*both, *prose("For C er det ingen.")]) == []


def test_a_word_is_seen_in_what_is_put_together() -> None:
    composed = "Andelen er opp fra 3,0 prosent."
    assert len(unused_words(prose(composed), read_rules())) == 1
