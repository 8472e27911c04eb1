"""Passages and cells that only some editions have, the editions' own words, and English forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup

FRONT = """# Forside

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


def chapter(*services: dict[str, Any]) -> str:
    """A chapter with a section on services, whose cell gives these outputs."""
    return books.notebook(
        books.text("tittel", "# Kapittel"),
        books.code(
            "alltid",
            books.output("number", books.number("year", value=2022, text="2022", unit="year", unit_text="")),
            books.output("number", books.number(value=93.25)),
            books.output(
                "number", books.number("large", value=1234, text="1 234", unit="count", unit_text="", decimals=0)
            ),
            books.output("number", books.number("change", value=-5.44, text="−5,4", unit="percentage_points")),
            books.output("wording", books.wording(text_en="up from")),
            books.output("wording", books.wording("silent", text="")),
        ),
        books.text("taus", "Før {ord}`silent` etter."),
        books.text("med", "## Tjenester\n\nOm tjenester: {tall}`services-number`."),
        books.code("tall", *services),
        books.text("ellers", "## Ellers\n\nUten kart{uten}`services-number`. Og {tall}`large` andre."),
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
    "book/keys.csv": "key,kind,notebook,cell,questions\nservices-number,number,kap2,tall,services\n",
}


def built(folder: Path, *services: dict[str, Any]) -> books.Built:
    made = books.build_here(books.write_book(folder, {**PAGES, "notebooks/kap2.ipynb": chapter(*services)}))
    assert made.returncode == 0, made.log
    return made


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """An edition that has everything."""
    return built(tmp_path_factory.mktemp("full"), books.output("number", books.number("services-number")))


@pytest.fixture(scope="module")
def reduced(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """An edition without services."""
    return built(tmp_path_factory.mktemp("reduced"))


def words(page: BeautifulSoup) -> str:
    article = page.select_one("article")
    assert article is not None
    return " ".join(article.get_text().replace("\N{NO-BREAK SPACE}", " ").split())


def headings(page: BeautifulSoup) -> list[str]:
    return [heading.get_text().strip(" #\n") for heading in page.select("article h2")]


def test_the_editions_own_words(full: books.Built) -> None:
    page = full.page("index.html")
    text = words(page)
    assert "Bakgrunn for 2022." in text
    assert "Ord som utgavene deler." in text
    assert "annen utgave" not in text
    assert "Skal ikke vises" not in text
    assert "Overskrift fra utgaven" in headings(page)


def test_what_other_editions_have_is_not_on_the_page(full: books.Built, reduced: books.Built) -> None:
    page = full.page("notebooks/kap2.html")
    assert "Om tjenester: 93,2 prosent." in words(page)
    assert "Uten kart" not in words(page)
    assert page.select("#celle-tall")
    page = reduced.page("notebooks/kap2.html")
    assert "Om tjenester" not in words(page)
    assert "Uten kart. Og 1 234 andre." in words(page)
    assert not page.select("#celle-tall")
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
    pages = {**PAGES, "notebooks/kap2.ipynb": chapter(), "book/om.md": "# Om\n\n{ord}`silent|en`\n"}
    made = books.build_here(books.write_book(tmp_path, pages))
    assert made.returncode != 0
    assert "the form 'en' of the wording 'silent'" in made.log
