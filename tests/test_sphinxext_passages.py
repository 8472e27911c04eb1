"""Passages and cells that only some editions have, the editions' own words, and English forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup

FRONT = """# Forside

- Alle har dette punktet.

```{krever} services
- Bare med tjenester.
```

```{krever} services reference
- Bare med tjenester i begge år.
```

```{krever} cloud reference
- Bare med nettsky i begge år.
```

````{krever} cloud
## Nettsky

```{krever} services
Nettsky og tjenester.
```
````

```{fra-utgaven} bakgrunn
```

```{fra-utgaven} felles-ord
```

```{fra-utgaven} finnes-ikke
```
"""
ENGLISH = """---
lang: en
---

# Abstract

{tall}`projects-planned|en`, {tall}`large|en`, {tall}`change|en` since {tall}`year|en`: {ord}`projects-change|en`.
"""


def tagged(cell: dict[str, object], *tags: str) -> dict[str, object]:
    return {**cell, "metadata": {"tags": list(tags)}}


NOTEBOOK = books.notebook(
    books.text("tittel", "# Kapittel"),
    books.code(
        "alltid",
        books.output("number", books.number("year", value=2022, text="2022", unit="year", unit_text="", decimals=0)),
        books.output("number", books.number(value=93.25)),
        books.output("number", books.number("large", value=1234, text="1 234", unit="count", unit_text="", decimals=0)),
        books.output("number", books.number("change", value=-5.44, text="−5,4", unit="percentage_points")),
        books.output("wording", books.wording(text_en="up from")),
        books.output("wording", books.wording("silent", text="")),
    ),
    tagged(books.text("med", "Om tjenester: {tall}`services-number`."), "needs-services"),
    tagged(books.code("tall", books.output("number", books.number("services-number"))), "needs-services"),
    tagged(books.text("i-stedet", "I stedet for kartet."), "lacks-boundaries"),
    books.text("taus", "Før {ord}`silent` etter."),
)
PAGES = {
    **books.PAGES,
    "index.md": FRONT,
    "book/om.md": ENGLISH,
    "book/vedlegg.md": "# Vedlegg\n\nSe {cite:p}`agenda`.\n\n```{bibliography}\n```\n",
    "book/editions/2022/bakgrunn.md": "Bakgrunn for {tall}`year`.\n\n## Overskrift fra utgaven\n\nMer.\n",
    "book/editions/2023/bakgrunn.md": "Bakgrunn for en annen utgave.\n",
    "book/editions/felles/felles-ord.md": "Ord som utgavene deler.\n",
    "book/editions/felles/bakgrunn.md": "Skal ikke vises.\n",
    "notebooks/kap2.ipynb": NOTEBOOK,
}


def built(folder: Path, lacking: Sequence[str] = (), not_comparable: Sequence[str] = ()) -> books.Built:
    names = {"digikom_lacking": list(lacking), "digikom_not_comparable": list(not_comparable)}
    made = books.build(books.write_book(folder, PAGES, None, **names))
    assert made.returncode == 0, made.log
    return made


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """An edition that has everything, boundaries included."""
    return built(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """An edition without services and boundaries, in which cloud cannot be compared."""
    return built(
        tmp_path_factory.mktemp("reduced"),
        lacking=["services", "boundaries"],
        not_comparable=["cloud"],
    )


def words(page: BeautifulSoup) -> str:
    article = page.select_one("article")
    assert article is not None
    return " ".join(article.get_text().replace("\N{NO-BREAK SPACE}", " ").split())


def headings(page: BeautifulSoup) -> list[str]:
    return [heading.get_text().strip(" #\n") for heading in page.select("article h2")]


def test_an_edition_that_has_everything_shows_every_passage(full: books.Built) -> None:
    text = words(full.page("index.html"))
    for said in ("Bare med tjenester.", "tjenester i begge år", "nettsky i begge år", "Nettsky og tjenester."):
        assert said in text


def test_passages_that_need_what_is_lacking_are_left_out(reduced: books.Built) -> None:
    text = words(reduced.page("index.html"))
    assert "Alle har dette punktet." in text
    assert "tjenester" not in text
    assert "nettsky i begge år" not in text
    assert "Nettsky" in headings(reduced.page("index.html"))


def test_points_around_passages_are_one_list(full: books.Built) -> None:
    assert [len(found.find_all("li")) for found in full.page("index.html").select("article ul.simple")] == [4]


def test_the_editions_own_words(full: books.Built) -> None:
    page = full.page("index.html")
    text = words(page)
    assert "Bakgrunn for 2022." in text
    assert "Ord som utgavene deler." in text
    assert "annen utgave" not in text
    assert "Skal ikke vises" not in text
    assert "Overskrift fra utgaven" in headings(page)


def test_cells_of_other_editions_are_not_on_the_page(full: books.Built, reduced: books.Built) -> None:
    assert "Om tjenester: 93,2 prosent." in words(full.page("notebooks/kap2.html"))
    assert "I stedet for kartet." not in words(full.page("notebooks/kap2.html"))
    text = words(reduced.page("notebooks/kap2.html"))
    assert "Om tjenester" not in text
    assert "I stedet for kartet." in text
    assert "services-number" in full.text("data/numbers.json")
    assert "services-number" not in reduced.text("data/numbers.json")


def test_numbers_lead_to_their_cells_when_cells_before_them_are_left_out(reduced: books.Built) -> None:
    link = reduced.page("book/om.html").select_one("a.tall")
    assert link is not None
    page, _, anchor = str(link["href"]).partition("#")
    assert reduced.page(f"book/{page}".replace("book/../", "")).find(id=anchor)


def test_english_forms(full: books.Built) -> None:
    page = full.page("book/om.html")
    assert "93.3 per cent, 1,234, −5.4 percentage points since 2022: up from." in words(page)
    inner = page.select_one("article div[lang=en]")
    assert inner is not None
    assert "per cent" in inner.get_text()
    assert not full.page("index.html").select("article [lang]")


def test_a_wording_with_nothing_to_say_leaves_no_link(full: books.Built) -> None:
    page = full.page("notebooks/kap2.html")
    assert "Før etter." in words(page)
    assert not [link for link in page.select("a.ord") if not link.get_text(strip=True)]


def test_a_wording_without_english_is_a_fault(tmp_path: Path) -> None:
    pages = {**PAGES, "book/om.md": "# Om\n\n{ord}`silent|en`\n"}
    made = books.build(books.write_book(tmp_path, pages))
    assert made.returncode != 0
    assert "the form 'en' of the wording 'silent'" in made.log
