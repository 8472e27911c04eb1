"""The executed notebooks that an edition hands over, read outside the book."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter

from digikom.review.assessment import WRITTEN_SUM, chapter_source

EDITION = {"year": 2022, "reference_year": 2018, "title": "Rapport 2022", "published": "2026-01-01", "version": "1"}
RAW = re.compile(r"\{[\w:+-]+\}`|^\s*(?:`{3,}|:{3,})\{|^:\w+:|^\(.+\)=$", re.MULTILINE)
FURTHER = books.wording(
    "ny", text="opp fra 93,2 prosent, *merket*", markup="opp fra {tall}`projects-planned`, *merket*"
)
SOURCE = """# Senere

```{margin} Andel
:class: tip
Et avsnitt med {tall}`projects-planned|verdi`.

Et til.
```
Det er {ord}`ny`. Det som mangler, er {tall}`not-published`.

- Se {numref}`project-areas`
  ```text
  {tall}`x`
  ```

Versjon {utgaven}`versjon` {cite:p}`agenda`."""
SHOWN = """# Senere

> **Andel**
>
> Et avsnitt med [**93,2**](../../notebooks/kap2.html#tall-projects-planned).
>
> Et til.

Det er [opp fra](#ord-ny) [**93,2 prosent**](../../notebooks/kap2.html#tall-projects-planned)[, \\*merket\\*](#ord-ny).

- Se [Figur 2.1](../../notebooks/kap2.html#project-areas)

  ```text
  {tall}`x`
  ```

Versjon 1 ([Hansen mfl., 2016](../../book/vedlegg.html#id3))."""
LATER = (
    books.text("tittel", SOURCE),
    books.text("utgaven", "```{fra-utgaven} bakgrunn\n```"),
    books.text("tom", "```{fra-utgaven} ingen\n```"),
    books.text("side", "```{har-siden} book/om\nLes {doc}`om undersøkelsen </book/om>`.\n```"),
    books.code("ar", books.output("number", books.number("year", value=2022, text="2022", unit="year", unit_text=""))),
    books.code("mer", books.output("wording", FURTHER)),
    books.text("vanlig", "Et avsnitt uten noe fra andre steder."),
)
READ = {
    "tittel": SHOWN,
    "utgaven": "Bakgrunn fra [**2022**](#tall-year).",
    "tom": "<!-- fra-utgaven ingen -->",
    "side": "Les [om undersøkelsen](../../book/om.html).",
    "vanlig": "Et avsnitt uten noe fra andre steder.",
}


def write(folder: Path, **config: object) -> books.Built:
    pages = books.PAGES | {
        "notebooks/kap2.ipynb": books.chapter(),
        "notebooks/kap3.ipynb": books.notebook(*LATER),
        "book/editions/felles/bakgrunn.md": "Bakgrunn fra {tall}`year`.\n",
        "book/keys.csv": "key,kind,notebook,cell,questions\nnot-published,number,kap9,x,\n",
    }
    part = {**books.TOC["parts"][0]}
    part["chapters"] = [*part["chapters"], {"file": "notebooks/kap3"}]
    toc = {**books.TOC, "parts": [part, books.TOC["parts"][1]]}
    books.write_book(folder, pages, toc, digikom_edition=EDITION, **config)
    done = books.build_here(folder)
    assert done.returncode == 0, done.log
    return done


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    return write(tmp_path_factory.mktemp("book"))


def cells_of(built: books.Built, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(built.text(f"_sources/notebooks/{name}.ipynb"))["cells"]
    return found


def texts_of(built: books.Built, name: str) -> dict[str, str]:
    return {
        cell["id"]: "".join(cell["source"]).replace("\u00a0", " ")
        for cell in cells_of(built, name)
        if cell["cell_type"] == "markdown"
    }


def test_what_is_put_in_on_the_page_stands_in_the_text(built: books.Built) -> None:
    assert texts_of(built, "kap3") == READ


def test_links_within_the_notebook_lead_to_its_results(built: books.Built) -> None:
    links = "Se [Figur 2.1](#project-areas) og [Tabell 2.1](#project-table); [flere](#ord-projects-change)"
    assert texts_of(built, "kap2")["mellom"] == f"{links} enn før."


def test_links_lead_to_the_address_of_the_edition_where_it_has_one(tmp_path: Path) -> None:
    built = write(tmp_path, html_baseurl="https://example.org/rapport/2022")
    text = texts_of(built, "kap3")["tittel"]
    assert "](https://example.org/rapport/2022/notebooks/kap2.html#project-areas)" in text
    assert "](../" not in text


def test_code_and_results_are_as_executed_and_a_chapter_has_the_checksum_that_its_page_has(built: books.Built) -> None:
    executed = json.loads(books.chapter())["cells"]
    handed_over = cells_of(built, "kap2")
    assert [cell for cell in handed_over if cell["cell_type"] == "code"] == [
        cell for cell in executed if cell["cell_type"] == "code"
    ]
    notebook = json.loads(built.text("_sources/notebooks/kap2.ipynb"))
    assert notebook["metadata"][WRITTEN_SUM] == chapter_source(executed)


def test_two_builds_and_one_over_another_give_the_same_bytes(built: books.Built, tmp_path: Path) -> None:
    other = write(tmp_path)
    again = books.build_here(tmp_path)
    for name in ("kap2", "kap3"):
        file = f"_sources/notebooks/{name}.ipynb"
        assert built.text(file) == other.text(file) == again.text(file)


# The editions


@pytest.mark.build
@pytest.mark.parametrize("year", [2018, 2022, 2024])
def test_every_notebook_of_an_edition_reads_well_outside_the_book(site: Path, year: int) -> None:
    folder = site / str(year) / "_sources" / "notebooks"
    paths = sorted(folder.glob("*.ipynb"))
    assert paths
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        for cell in notebook.cells:
            assert cell.cell_type == "code" or not RAW.search(cell.source), f"{path.stem}#{cell.id}"
        page, _ = HTMLExporter().from_notebook_node(notebook)  # type: ignore[no-untyped-call]
        assert list(broken(path, BeautifulSoup(page, "html.parser"))) == [], path.stem


def broken(path: Path, page: BeautifulSoup) -> Iterator[str]:
    """The links in the text of a notebook that lead to nothing, within it or in the site."""
    ids = {str(tag["id"]) for tag in page.select("[id]")}
    for link in page.select(".jp-MarkdownCell a[href]:not(.anchor-link)"):
        target, _, anchor = str(link["href"]).partition("#")
        if not target and anchor not in ids:
            yield f"#{anchor}"
        elif target and "://" not in target:
            file = path.parent / target
            if not file.is_file() or (anchor and f'id="{anchor}"' not in file.read_text(encoding="utf-8")):
                yield f"{target}#{anchor}"


@pytest.mark.build
def test_cells_of_code_are_those_of_the_template(edition_folder: Path) -> None:
    for path in sorted((edition_folder / "_sources" / "notebooks").glob("*.ipynb")):
        template = {
            cell.id: cell for cell in nbformat.read(edition_folder / "data" / "maler" / path.name, as_version=4).cells
        }
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", []):
                same = template[cell.id]
                assert (cell.source, cell.metadata.get("tags", [])) == (same.source, same.metadata.get("tags", []))
