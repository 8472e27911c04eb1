"""The register of an edition: everything that its notebooks publish, with the cell that computed it.

It is read straight from the notebook files before any page is, so that a number can be used on a page that Sphinx
reads earlier than the notebook which computes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from digikom.publish.published import published_outputs

from .payloads import Figure, Number, PayloadError, Published, Table, Wording, read_payload

P = TypeVar("P", Number, Wording, Figure, Table)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was published. `position` counts outputs within the document, for a stable order."""

    docname: str
    cell_index: int
    cell_id: str
    position: int

    @property
    def line(self) -> int:
        """The line that MyST-NB gives a cell in its messages (cells have no lines of their own)."""
        return (self.cell_index + 1) * 10000 + 1

    def __str__(self) -> str:
        return f"{self.docname} cell {self.cell_index + 1}" + (f" ({self.cell_id})" if self.cell_id else "")


@dataclass(frozen=True, slots=True)
class Entry(Generic[P]):
    """One published thing and its place."""

    item: P
    place: Place


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with what a notebook publishes, for a Sphinx warning."""

    place: Place
    message: str


@dataclass(slots=True)
class Register:
    """What an edition publishes, by key, and the cell ids of each notebook in cell order."""

    numbers: dict[str, Entry[Number]] = field(default_factory=dict)
    wordings: dict[str, Entry[Wording]] = field(default_factory=dict)
    figures: dict[str, Entry[Figure]] = field(default_factory=dict)
    tables: dict[str, Entry[Table]] = field(default_factory=dict)
    cell_ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_synthetic(self) -> bool:
        """Whether any number, figure or table of the edition rests on synthetic answers."""
        return any(entry.item.status == "synthetic" for entry in [*self.numbers.values(), *self.blocks.values()])

    @property
    def blocks(self) -> dict[str, Entry[Figure] | Entry[Table]]:
        """Figures and tables, which share their keys."""
        return {**self.figures, **self.tables}

    def add(self, item: Published, place: Place) -> None:
        """Take in one published thing; a key that is taken already becomes a fault."""
        kind = type(item).__name__.lower()
        entries: dict[str, Entry[Any]] = getattr(self, f"{kind}s")
        first = (self.blocks if isinstance(item, Figure | Table) else entries).get(item.key)
        if first is None:
            entries[item.key] = Entry(item, place)
        else:
            message = f"the {kind} key {item.key!r} is published twice: first by {first.place}, again by {place}"
            self.faults.append(Fault(place, message))


def read_register(chapters: Mapping[str, Sequence[Mapping[str, Any]]]) -> Register:
    """Read what the cells of notebooks, given by document name, publish. Documents are read in sorted order."""
    register = Register()
    for docname, cells in sorted(chapters.items()):
        register.cell_ids[docname] = tuple(str(cell.get("id", "")) for cell in cells)
        for position, (cell_index, mime_type, data) in enumerate(published_outputs(cells)):
            place = Place(docname, cell_index, register.cell_ids[docname][cell_index], position)
            try:
                register.add(read_payload(mime_type, data), place)
            except PayloadError as error:
                register.faults.append(Fault(place, f"what {place} publishes cannot be used: {error}"))
    return register
