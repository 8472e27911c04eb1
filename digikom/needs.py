"""What a cell or a passage of text needs of an edition, as tags, and whether an edition has it.

`needs-services` keeps a cell only in editions whose survey asked about services; `needs-reference` only where there is
a year to compare with; the two together only where services were asked about in both years. `lacks-boundaries` is the
opposite: it keeps a cell only where there are no boundaries.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

NEEDS, LACKS = "needs-", "lacks-"
REFERENCE = "reference"
BOUNDARIES = "boundaries"


@dataclass(frozen=True, slots=True)
class Availability:
    """What an edition does not have: names of blocks and questions, `reference` and `boundaries`.

    `not_comparable` are the blocks and questions of the edition's own year that were not asked in its reference year.
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


def named(tags: Collection[str], prefix: str) -> set[str]:
    """The names behind the tags that begin with `prefix`."""
    return {tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)}
