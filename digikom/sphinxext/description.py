"""What the finished edition is described from, for pages, citation files and open data: one set of facts for all."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from digikom.editions.identity import EditionFacts
from digikom.opendata.citation import Citation
from digikom.opendata.works import Work, find_work
from digikom.publish.tables import base_line

from . import texts
from .backlinks import reading_order
from .colophon import citation
from .elements import report_of
from .exports import Block, published_blocks
from .payloads import heading_of

#: The report that this one rebuilds, in the book's bibliography.
BASED_ON = "rybalka2023"
REGISTER_FILES = ("data/numbers.csv", "data/numbers.json")
MUNICIPALITY_FILES = ("data/kommuner.csv", "data/kommuner.json")


_DESCRIPTIONS: WeakKeyDictionary[Sphinx, Description | None] = WeakKeyDictionary()


@dataclass(frozen=True)
class Description:
    """An edition with its figures and tables in reading order, and the report that it rebuilds if the book names it."""

    cited: Citation
    blocks: tuple[Block, ...]
    based_on: Work | None

    @property
    def edition(self) -> EditionFacts:
        """What the edition tells of itself."""
        return self.cited.edition

    @property
    def is_synthetic(self) -> bool:
        """Whether any of it rests on synthetic answers."""
        return self.cited.is_synthetic

    @property
    def modified(self) -> datetime.date:
        """The date of the latest correction, else of publication."""
        return self.edition.newest_first[0].date if self.edition.corrections else self.edition.published

    @property
    def years(self) -> str:
        """The survey years that the edition is about, as an ISO 8601 interval: the reference year first."""
        edition = self.edition
        return f"{edition.reference_year}/{edition.year}" if edition.reference_year else str(edition.year)

    @cached_property
    def abstract(self) -> str:
        """What the edition is, in two or three sentences."""
        return texts.edition_abstract(self.edition.year, self.edition.reference_year, self.is_synthetic)

    @cached_property
    def collections(self) -> tuple[tuple[str, str, str], ...]:
        """The data of the whole edition: what names each collection, its title and its description."""
        title, synthetic = self.edition.title, self.is_synthetic
        return (
            ("tallregister", texts.REGISTER_TITLE, texts.register_description(title, synthetic)),
            ("tabeller", texts.TABLES_TITLE, texts.tables_description(title, synthetic)),
            ("kommuner", texts.MUNICIPALITIES_TITLE, texts.municipalities_description(title, synthetic)),
        )

    def block_description(self, block: Block) -> str:
        """What the numbers of a figure or table are."""
        item = block.entry.item
        caption = item.caption if item.caption != heading_of(block.entry.item) else ""
        base = base_line(item.base, item.base_text, item.source)
        return texts.dataset_description(block.name, self.edition.title, caption, base, item.status == "synthetic")


def describe(app: Sphinx) -> Description | None:
    """The description of the edition in the making, when its pages have been read; nothing for a book that is none."""
    if app not in _DESCRIPTIONS:
        _DESCRIPTIONS[app] = _describe(app)
    return _DESCRIPTIONS[app]


def _describe(app: Sphinx) -> Description | None:
    cited = citation(app.env)
    if cited is None:
        return None
    order = {docname: place for place, docname in enumerate(reading_order(app.env))}
    blocks = sorted(
        published_blocks(app.env, report_of(app).register),
        key=lambda block: (
            order.get(block.entry.place.docname, len(order)),
            block.entry.place.docname,
            block.entry.place.position,
        ),
    )
    bibliographies = [Path(app.srcdir, name) for name in app.config.bibtex_bibfiles]
    return Description(cited, tuple(blocks), find_work(bibliographies, BASED_ON))


def chapter_number(app: Sphinx, docname: str) -> str:
    """«3», or an empty text for a page that is no numbered chapter."""
    numbers: tuple[int, ...] | None = app.env.toc_secnumbers.get(docname, {}).get("")
    return ".".join(str(number) for number in numbers) if numbers else ""
