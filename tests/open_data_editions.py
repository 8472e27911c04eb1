"""Editions for the tests of open data: one described by hand, and small books that are built once for all tests."""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path
from typing import Any

import sphinxext_books as books

from digikom.editions.identity import EditionFacts
from digikom.opendata import write_open_data
from digikom.opendata.citations import Citation, Work
from digikom.opendata.description import Block, ChangeRegister, Description, NumberRegister

ADDRESS = "https://example.org/digikom/2022/"
FACTS: dict[str, Any] = {
    "year": 2022,
    "reference_year": 2018,
    "title": "Digitalisering & </script><b>kommuner</b> 2022",
    "published": "2026-01-02",
    "version": "1.0.2",
}
CORRECTION = {"date": "2026-02-03", "class": "alvorlig", "version": "1.0.2", "what": "Galt."}
WORK = Work("Digitalisering: «x»", (("Kari", "von Berg"),), "Statistisk sentralbyrå", "Rapporter 1", 2023)
FRONT = (
    "# Forside\n\nEn setning om rapporten.\n\n```{sitering}\n```\n\n```{sitering} nokkel project-areas\n```\n\n"
    "```{sitering} nokkel project-table\n```\n\n```{sitering} kapittel notebooks/kap2\n```\n\n"
    "```{sitering} kapittel book/vedlegg\n```\n\n```{sitering} bibtex\n```\n"
)
#: Folders of the books, which are removed when the tests are done.
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def cited(is_synthetic: bool = True, address: str = "", author: str = "Prosjektet") -> Citation:
    return Citation(EditionFacts.model_validate(FACTS), author, is_synthetic, address)


def block(
    stem: str, rows: list[list[Any]], columns: list[dict[str, Any]] = books.COLUMNS, status: str = "real"
) -> Block:
    """A table of the payloads' columns, or of others."""
    return Block(
        key=stem,
        name="Tabell\u00a02.1",
        stem=stem,
        page="notebooks/kap2.html",
        target="x",
        caption="Et <b>navn</b>",
        columns=columns,  # type: ignore[arg-type]
        rows=tuple(map(tuple, rows)),
        status=status,  # type: ignore[arg-type]
    )


def written(folder: Path, *blocks: Block, changes: list[dict[str, Any]] | None = None) -> Path:
    """The files of an edition of these figures and tables, with synthetic answers behind its numbers, and of these
    changes since the one before it.
    """
    nothing = NumberRegister(inputs=(), numbers=(), wordings=())
    changed = ChangeRegister.model_validate({"changes": changes or []})
    described = Description(
        nothing, blocks, None, changed, None, cited=cited(), based_on=WORK, chapters=(), pdf="", contact="index.html"
    )
    write_open_data(described, folder, folder)
    return folder


def write_book(folder: Path, pages: dict[str, str] | None = None, **config: Any) -> Path:  # noqa: ANN401
    facts = EditionFacts.model_validate(FACTS | config.pop("facts", {})).model_dump(mode="json", by_alias=True)
    content = {**books.PAGES, "index.md": FRONT, "notebooks/kap2.ipynb": books.chapter(), **(pages or {})}
    return books.write_book(folder, content, None, **{"digikom_edition": facts, **config})


def _kept(pages: dict[str, str], **config: object) -> books.Built:
    _KEPT.append(tempfile.TemporaryDirectory())
    built = books.build_here(write_book(Path(_KEPT[-1].name), pages, **config))
    assert built.returncode == 0, built.log
    return built


@functools.cache
def synthetic() -> books.Built:
    """An edition on synthetic answers, whose title would end a script if it were let."""
    return _kept({})


@functools.cache
def real() -> books.Built:
    """An edition on real answers that is corrected once, knows its address, has PDF files and someone to write to, and
    a chapter with a title of markup.
    """
    chapter = json.loads(books.chapter("real"))
    chapter["cells"][0]["source"] = "# Kommunen &lt;/script&gt;"
    return _kept(
        {"notebooks/kap2.ipynb": json.dumps(chapter)},
        facts={"reference_year": None, "corrections": [CORRECTION]},
        html_baseurl=ADDRESS.rstrip("/"),
        digikom_contact="mailto:post@example.org",
        digikom_pdf=["rapport.pdf", "rapport-vedlegg.pdf"],
    )
