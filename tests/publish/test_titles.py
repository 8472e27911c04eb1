"""The titles of figures: each figure has one, nothing in it is typed by hand, and its words follow the numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from notebook_runs import published

from digikom import publish
from digikom.paths import NOTEBOOK_DIR
from digikom.publish import phrases
from digikom.publish.numbers import number
from digikom.publish.ranks import ranking
from digikom.publish.words import LONGEST_TITLE, dictionary, entry, filled, quoted_english, title_of

NOTEBOOKS = sorted(path.name for path in NOTEBOOK_DIR.glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module", autouse=True)
def begun() -> Iterator[None]:
    """A chapter that compares 2022 with 2018, whose method says how small a change is too small."""
    with pd.option_context("display.float_format", None):
        edition = publish.begin(2022, 2018)
        assert edition.constants["small_change"] == 2
        yield


def template(words: str, **facts: object) -> str | None:
    return filled(words, facts)


def test_no_digit_is_typed_into_a_title() -> None:
    titles = {
        key: words["title"] for key, words in dictionary().items() if isinstance(words, dict) and "title" in words
    }
    assert len(titles) > 20
    for key, listed in titles.items():
        for each in [listed] if isinstance(listed, str | dict) else listed:
            text = each if isinstance(each, str) else each["nb"]
            assert not re.search(r"\d", re.sub(r"\{[{%].*?[%}]\}", "", text)), key


@each_notebook
def test_titles_are_short_sentences_of_their_own(name: str) -> None:
    for key, payload in published(name).items():
        if not key.startswith("fig-"):
            continue
        title = payload["title"]
        assert title, key
        assert len(title.split()) <= LONGEST_TITLE, key
        assert len({"," in share for share in re.findall(r"([\d,]+)\s*prosent", title)}) < 2, key
        assert not title.endswith("."), key
        assert title not in (payload["caption"], payload["alt"]), key
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", payload["alt"])) <= 4, key


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (93.22, "93"),
        (93.5001, "93,5"),
        (49.46, "49,5"),
        (50.0, "50"),
        (99.7, "99,7"),
        (0.3, "0,3"),
        (0.0, "0"),
        (100.0, "100"),
        (87.0, "87"),
    ],
)
def test_a_share_is_rounded_where_that_misleads_nobody(share: float, text: str) -> None:
    assert template("{{ share | prosent }}", share=share) == f"{text}{SPACE}prosent"


def test_the_shares_of_a_title_have_equally_many_decimals() -> None:
    words = "{{ now | prosent }}{{ mot(now, then, 2018) }}"
    assert template(words, now=55.5, then=51.2) == f"55,5{SPACE}prosent, mot 51,2{SPACE}prosent i 2018"
    assert template(words, now=56.4, then=49.5) == f"56,4{SPACE}prosent, mot 49,5{SPACE}prosent i 2018"
    assert template(words, now=55.4, then=51.2) == f"55{SPACE}prosent, mot 51{SPACE}prosent i 2018"


@pytest.mark.parametrize(
    ("before", "end"),
    [
        (88.0, f", mot 88{SPACE}prosent i 2018"),
        (92.0, ", omtrent som i 2018"),
        (93.0, ", uendret siden 2018"),
        (94.9, ", omtrent som i 2018"),
        (95.0, f", mot 95{SPACE}prosent i 2018"),
        (None, ""),
    ],
)
def test_the_reference_year_ends_the_title(before: float | None, end: str) -> None:
    assert template("{{ mot(93.0, then, 2018) }}", then=before) == end.strip()


def test_medians_that_are_no_whole_numbers_keep_their_half() -> None:
    words = "{{ now | ord }}{{ median_mot(now, then, 2018) }}"
    assert template(words, now=7.0, then=6.5) == "sju, mot 6,5 i 2018"
    assert template(words, now=6.5, then=7.0) == "6,5, mot sju i 2018"
    assert template(words, now=7.0, then=7.0) == "sju, like mange som i 2018"
    assert template(words, now=7.0) == "sju"


@pytest.mark.parametrize(
    ("words", "number", "text"),
    [
        ("{{ n | ord }} av {{ n | ord('Ett') }}", 1, "én av Ett"),
        ("{{ n | ord }}, {{ n | ord('Ord') }}", 0, "ingen, Ingen"),
        ("{{ n | ord('Ord') }}", 12, "Tolv"),
        ("{{ n | ord('Ord') }}", 13, "13"),
        ("{{ n | ord }}", 7.5, "7,5"),
        ("{{ n | antall('kommune', 'kommuner') }}", 1, "én kommune"),
        ("{{ n | antall('område', 'områder') | stor }}", 1, "Ett område"),
        ("{{ n | antall('område', 'områder') }}", 8.0, "åtte områder"),
        ("{{ n | antall('kommune', 'kommuner') }}", 1234, f"1{SPACE}234{SPACE}kommuner"),
        ("{{ n | number_of('municipality', 'municipalities') }}", 0, f"no{SPACE}municipalities"),
    ],
)
def test_counts_up_to_twelve_are_words(words: str, number: float, text: str) -> None:
    assert template(words, n=number) == text


def test_a_number_inside_a_phrase_is_in_words_too(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    case = ["{tall}`areas-counted|Ord` områder, av {tall}`areas-median|ord`"]
    monkeypatch.setattr(phrases, "entry", lambda _: [case])
    monkeypatch.setattr(phrases, "show", lambda _, payload, *__: shown.append(payload))
    number("areas-counted", 8, "count", label="Områder", year=2022)
    number("areas-median", 7.5, "median", label="Områder", year=2022)
    phrases.words("areas-phrase")
    assert shown[0]["text"] == "Åtte områder, av 7,5"
    assert shown[0]["markup"] == case[0]


def test_english_names_are_the_codebooks_own() -> None:
    assert quoted_english(["Grønn IKT", "b"]) == "“Green ICT” and “b”"


def test_the_first_title_that_is_short_enough_is_taken() -> None:
    long = " ".join(["ord"] * (LONGEST_TITLE + 1))
    assert title_of([long, "{{ unknown }}", "Kort nok", "Også kort"], {}) == "Kort nok"
    assert title_of([" ".join(["ord"] * LONGEST_TITLE), "Kort"], {}) == " ".join(["ord"] * LONGEST_TITLE)
    assert title_of([long, long], {}) == long


def test_nothing_is_called_the_largest_when_another_is_as_large() -> None:
    def ends(**values: float) -> tuple[Any, Any]:
        facts = ranking(pd.Series(values, dtype=float))
        return facts.get("most"), facts.get("least")

    assert ends(a=90.0, b=50.0, c=10.0) == ("a", "c")
    assert ends(a=90.01, b=90.0, c=10.0) == (None, "c")
    assert ends(a=90.0, b=10.0, c=10.0) == ("a", None)
    assert ends(a=90.0) == (None, None)
    assert ends() == (None, None)


def size_title(groups: list[float], everybody: float, before: float | None = None) -> str:
    """The title of the figure on open data in groups from the smallest municipalities to the largest."""
    shares = pd.Series(groups)
    facts = {"all": everybody, "then": before, "n": len(shares), "reference": 2018, "first": groups[0]}
    facts |= {"last": groups[-1], "rising": shares.is_monotonic_increasing}
    return title_of(entry("fig-open-data")["title"], facts)


@pytest.mark.parametrize(
    ("groups", "title"),
    [
        ([10.0, 20.0, 30.0], "Jo større kommunen er, desto oftere deler den åpne data"),
        ([10.0, 30.0, 20.0], "Store kommuner deler oftere åpne data enn små"),
        ([30.0, 10.0, 20.0], "Store kommuner deler sjeldnere åpne data enn små"),
        ([20.0, 60.0, 21.9], "Store og små kommuner deler om lag like ofte åpne data"),
        ([20.0], f"Andelen kommuner som deler åpne data, er 25{SPACE}prosent"),
    ],
)
def test_how_a_share_goes_with_size(groups: list[float], title: str) -> None:
    assert size_title(groups, 25.0) == title


def test_a_change_is_told_before_size() -> None:
    title = f"Andelen kommuner som deler åpne data, er 25{SPACE}prosent, mot 15{SPACE}prosent i 2018"
    assert size_title([10.0, 20.0, 30.0], 25.0, before=15.0) == title


def test_groups_with_the_same_share_are_all_named() -> None:
    words = "{{ grupper(3, low_names, 10.0, high_names, 100.0, 70.0, then, 2018, 2022, hidden) }}"
    told = template(words, low_names=["a"], high_names=["b", "c"], hidden=False)
    extremes = f"lavest i gruppen «a» med 10,0{SPACE}prosent og høyest i gruppene «b» og «c» med 100,0{SPACE}prosent"
    assert told is not None
    assert extremes in told


def test_where_a_distribution_is_highest_beside_nought() -> None:
    words = 'Slutt.{{ vanligst(tops, top, "områder") }}'
    assert (
        template(words, tops=[2], top=30.0) == f"Slutt. Blant de andre er to områder vanligst, med 30,0{SPACE}prosent."
    )
    assert template(words, tops=[8, 13], top=17.5) == (
        f"Slutt. Blant de andre er åtte og 13 områder vanligst, med 17,5{SPACE}prosent hver."
    )
    assert template(words) == "Slutt."
