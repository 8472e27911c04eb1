"""What a cell or a passage of text needs of an edition, as tags, and whether an edition has it.

`needs-services` keeps a cell only in editions whose survey asked about services; `needs-reference` only where there is
a year to compare with; the two together only where services were asked about in both years. `lacks-boundaries` is the
opposite: it keeps a cell only where there are no boundaries.

What is needed may be a block, a question (asked, and of at least one municipality), an item of a question
(`needs-strategy_robotics`: in the list that year; with `needs-reference` a value in both years, by a series rule if not
by itself) or a question with a list long enough to be ranked (`needs-strategy_areas.ranked`).

A text cell with the tag `continues` goes on in the paragraph of the cell above it, so that sentences with needs of
their own can stand in one paragraph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

NEEDS, LACKS = "needs-", "lacks-"
CONTINUES = "continues"
#: After the name of a question: its list is long enough to have a first, a second and a last.
RANKED = ".ranked"
REFERENCE = "reference"
BOUNDARIES = "boundaries"
#: Results of single municipalities, which are not shown when the answers are confidential.
MUNICIPALITIES = "municipalities"
#: An edition before this one.
EARLIER = "earlier"
#: Printed figures that belong to the edition.
PRINTED = "printed"
#: What the answers are: an edition has one of the two.
SYNTHETIC, REAL = "synthetic", "real"
#: What is needed that no questionnaire has.
NOT_QUESTIONS = frozenset({REFERENCE, BOUNDARIES, MUNICIPALITIES, EARLIER, PRINTED, SYNTHETIC, REAL})


@dataclass(frozen=True, slots=True)
class Availability:
    """What an edition does not have: names of blocks, questions and items, and the other names of this module.

    `not_comparable` are those of the edition's own year that have no answers in its reference year.
    """

    lacking: frozenset[str] = frozenset()
    not_comparable: frozenset[str] = frozenset()

    def missing(self, names: Iterable[str]) -> set[str]:
        """Those of the needed `names` that the edition does not have, or cannot compare."""
        needed = set(names)
        comparison = self.not_comparable if REFERENCE in needed else frozenset()
        return needed & (self.lacking | comparison)

    def has_all(self, names: Iterable[str]) -> bool:
        """Whether the edition has everything that is needed."""
        return not self.missing(names)

    def keeps(self, tags: Collection[str]) -> bool:
        """Whether a cell with these tags stays in the edition."""
        return self.has_all(named(tags, NEEDS)) and named(tags, LACKS) <= self.lacking


def shown_cells(cells: Iterable[Any], availability: Availability) -> list[Any]:
    """The cells of a notebook (as mappings, which may be changed) that stay in the edition, in paragraphs."""
    every = list(cells)
    begin_paragraphs(every, availability)
    return joined([cell for cell in every if availability.keeps(tags_of(cell))])


def begin_paragraphs(cells: Iterable[Any], availability: Availability) -> None:
    """Let a cell that loses the beginning of its paragraph begin it: its tag is taken away, in place."""
    begun = False
    for cell in cells:
        tags = tags_of(cell)
        begun = begun and CONTINUES in tags
        if availability.keeps(tags):
            if CONTINUES in tags and not begun:
                cell["metadata"]["tags"] = [tag for tag in tags if tag != CONTINUES]
            begun = True


def joined(cells: Iterable[Any]) -> list[Any]:
    """The cells, each that continues a paragraph added to the text cell above it. For cells that stay."""
    paragraphs: list[Any] = []
    for cell in cells:
        if CONTINUES in tags_of(cell) and paragraphs and paragraphs[-1]["cell_type"] == "markdown":
            parts = ["".join(paragraphs[-1]["source"]).rstrip(), "".join(cell["source"])]
            paragraphs[-1]["source"] = "\n".join(parts)
        else:
            paragraphs.append(cell)
    return paragraphs


def tags_of(cell: Any) -> list[str]:  # noqa: ANN401  a cell as JSON or nbformat has it
    """The tags of a cell."""
    found: list[str] = cell["metadata"].get("tags", [])
    return found


def named(tags: Collection[str], prefix: str) -> set[str]:
    """The names behind the tags that begin with `prefix`."""
    return {tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)}
