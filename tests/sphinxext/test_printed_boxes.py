"""The box on what is printed otherwise: where the answers give it up, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
import sphinxext_books as books
from bs4 import Tag

COLUMNS = [{"name": name, "label": name, "unit": "text", "decimals": None, "align": "left"} for name in ("what", "how")]
ROWS = [["Prosjektene er mer omfattende (C039, kap. 3.2)", "strider mot svarene"]]
PHRASES = {"text": "Rapporten sier noe annet. Svarene gir 47,0", "text_en": "The report says otherwise"}
ASKED = "```{trykt} C039 C044 P051\n```"
PAGES = {
    "index.md": f"# Forside\n\n{ASKED}\n",
    "book/om.md": "---\nlang: en\n---\n\n# Abstract\n\n```{trykt} C039 P051|en\n```\n",
    "book/vedlegg.md": "# Vedlegg\n\n```{trykt} C044\n```\n\nSe {cite:p}`agenda`.\n\n```{bibliography}\n```\n",
}


def chapter(*phrases: str, status: str = "synthetic") -> str:
    return books.notebook(
        books.text("tittel", "# Etterprøving"),
        books.code("ord", *(books.output("wording", books.wording(key, rests_on=[], **PHRASES)) for key in phrases)),
        books.code("tabell", books.output("table", books.table("tab-claims-3", columns=COLUMNS, rows=ROWS))),
        books.code("tall", books.output("number", books.number(status=status))),
    )


def boxes(built: books.Built, page: str) -> list[Tag]:
    return [box for box in built.page(page).select("article .admonition, main .admonition") if box.select(".ord")]


@pytest.fixture(scope="module")
def contradicted(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    pages = PAGES | {"notebooks/kap2.ipynb": chapter("printed-c039")}
    return books.build_pages(tmp_path_factory.mktemp("given-up"), pages)


def test_the_box_has_what_is_given_up_with_a_link_to_its_table(contradicted: books.Built) -> None:
    (box,) = boxes(contradicted, "index.html")
    assert "Rapporten sier noe annet. Svarene gir 47,0. Se Tabell 1." in " ".join(box.get_text().split())
    assert box.select_one('a[href="notebooks/kap2.html#tab-claims-3"]') is not None
    assert "P051" not in box.get_text()


def test_an_english_page_has_english_words(contradicted: books.Built) -> None:
    (box,) = boxes(contradicted, "book/om.html")
    assert "Printed otherwise in the report" in box.get_text()
    assert "The report says otherwise. See table 1." in " ".join(box.get_text().split())


def test_what_agrees_has_no_box(contradicted: books.Built) -> None:
    assert boxes(contradicted, "book/vedlegg.html") == []


def test_where_nothing_is_given_up_no_box_stands(tmp_path: Path) -> None:
    built = books.build_pages(tmp_path, PAGES | {"notebooks/kap2.ipynb": chapter(status="real")})
    assert boxes(built, "index.html") == []
    assert "{trykt}" not in built.text("index.html")


def test_an_id_that_nothing_has_is_said(tmp_path: Path) -> None:
    pages = PAGES | {"index.md": "# Forside\n\n```{trykt} C999\n```\n", "notebooks/kap2.ipynb": chapter()}
    built = books.build_here(books.write_book(tmp_path, pages))
    assert "nothing that is printed has the id C999" in built.log
