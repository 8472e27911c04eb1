"""What the notebooks publish, checked and typed, and the register of it all by key with the cell that computed it.

A payload is the JSON value of one MIME type in a cell's output. `digikom.publish` writes them; this is their reading
side and knows nothing of how they look on the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom.errors import field_of
from digikom.opendata.description import Content, EvidenceKind, Key, Status, Text, Texts
from digikom.publish.formatting import ENGLISH_UNIT_WORDS, NUMERAL_FORMS, format_english, format_number, numeral
from digikom.publish.outputs import FIGURE_MIME, NUMBER_MIME, TABLE_MIME, WORDING_MIME
from digikom.publish.phrases import NUMBER_ROLE
from digikom.publish.published import published_outputs

#: The forms of a number without its unit, in whole per cents and as how many of how many; and of both it and a wording
#: in English.
VALUE_ONLY, WHOLE, OF_BASE, ENGLISH = "verdi", "hel", "av", "en"


class PayloadError(ValueError):
    """A payload that does not have the agreed form. The message says which field and why."""


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Wording(_Payload):
    """A word or phrase that a cell computed from numbers («flere», «om lag like mange»)."""

    key: Key
    text: str
    text_en: str = ""
    difference: float | None = None
    threshold: float | None = None
    rests_on: Texts = ()
    markup: str = Field(default="", exclude=True)
    markup_en: str = Field(default="", exclude=True)

    def parts(self, form: str = "") -> list[str]:
        """The text (in English with `en`) in pieces: words, and between them the keys of numbers with their forms."""
        texts = (self.markup_en, self.text_en) if form == ENGLISH else (self.markup, self.text)
        return NUMBER_ROLE.split(next(filter(None, texts), ""))


class Number(_Payload):
    """One computed number. `text` is the finished Norwegian value, without its unit word."""

    key: Key
    label: str
    text: str
    value: int | float | None
    unit: str
    unit_text: Text = ""
    decimals: int = 0
    base: int | None = None
    base_text: Text = ""
    year: int | None = None
    status: Status
    source: Texts = ()
    questions: Texts = ()
    count: float | None = None
    low: float | None = None
    high: float | None = None
    evidence: EvidenceKind | None = None
    evidence_source: str = ""
    wordings: tuple[Wording, ...] = Field(default=(), exclude=True)

    @property
    def with_unit(self) -> str:
        """The number as it is written in a sentence: «93,2 prosent» with a non-breaking space; a count alone."""
        return self._with_unit(self.text)

    def _with_unit(self, shown: str) -> str:
        return shown if self.unit == "count" or not self.unit_text else f"{shown}\u00a0{self.unit_text}"

    @property
    def whole(self) -> str:
        """A percentage as it is written where decimals would say more than is known; others as they are."""
        if self.value is None or self.unit not in {"percent", "percentage_points"}:
            return self.with_unit
        return f"{format_number(self.value, 0)}\u00a0{self.unit_text}"

    @property
    def in_english(self) -> str:
        """The number as it is written in an English sentence: «93.2 per cent»."""
        if self.value is None:
            return self.text
        shown = format_english(self.value, self.unit, self.decimals)
        word = ENGLISH_UNIT_WORDS.get(self.unit)
        return f"{shown}\u00a0{word}" if word else shown

    @property
    def forms(self) -> dict[str, str]:
        """What {tall} prints, by the form that is asked for."""
        words = {form: self._with_unit(numeral(self.text, form, self.unit)) for form in NUMERAL_FORMS}
        if self.count is not None and self.base is not None:
            words[OF_BASE] = " av ".join(numeral(format_number(each, 0)) for each in (self.count, self.base))
        own = {"": self.with_unit, VALUE_ONLY: self.text, WHOLE: self.whole, ENGLISH: self.in_english}
        return own | words


class Figure(Content):
    """A figure: its `title` is what it shows, its `caption` the measure, place and time."""

    alt: str = Field(min_length=1)
    spec: dict[str, Any]
    question: str | None = None


class Table(Content):
    """A table of raw values; `None` is a cell that is not shown, the symbols «.», «..» and «:» stay as they are."""

    total_row: bool = False


Published = Number | Wording | Figure | Table

_MODELS: dict[str, type[Published]] = {
    NUMBER_MIME: Number,
    WORDING_MIME: Wording,
    FIGURE_MIME: Figure,
    TABLE_MIME: Table,
}


def read_payload(mime_type: str, data: object) -> Published:
    """What one output publishes: `data` is the JSON value of `mime_type`, a mapping or its text.

    Raises `PayloadError` when it is not of the agreed form.
    """
    content = json.loads(data) if isinstance(data, str | bytes) else data
    if not isinstance(content, Mapping):
        raise PayloadError(f"{mime_type}: expected a JSON object, found {type(content).__name__}")
    try:
        return _MODELS[mime_type].model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{field_of(fault) or 'payload'}: {fault['msg']}" for fault in error.errors())
        raise PayloadError(f"{mime_type} ({content.get('key', 'no key')}): {faults}") from error


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

    def as_known(self, item: Published) -> Published:
        """What is known of a published thing, which its output alone does not say (see `evidence` and `bounds`)."""
        kind = type(item).__name__.lower()
        entry: Entry[Any] | None = getattr(self, f"{kind}s").get(item.key)
        return item if entry is None else cast("Published", entry.item)

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
