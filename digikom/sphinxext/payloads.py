"""The payloads that a notebook cell hands over, checked and typed: each is the JSON value of one MIME type.

`digikom.publish` writes them. This module is their reading side and knows nothing of how they look on the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom.opendata.description import Content, Key, Status, Text, Texts
from digikom.publish.formatting import ENGLISH_UNIT_WORDS, format_english
from digikom.publish.outputs import FIGURE_MIME, NUMBER_MIME, TABLE_MIME, WORDING_MIME
from digikom.publish.phrases import NUMBER_ROLE


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
        texts = (self.markup_en, self.text_en) if form == "en" else (self.markup, self.text)
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
    wordings: tuple[Wording, ...] = Field(default=(), exclude=True)

    @property
    def with_unit(self) -> str:
        """The number as it stands in a sentence: «93,2 prosent» with a non-breaking space; a count stands alone."""
        if self.unit == "count" or not self.unit_text:
            return self.text
        return f"{self.text}\u00a0{self.unit_text}"

    @property
    def in_english(self) -> str:
        """The number as it stands in an English sentence: «93.2 per cent»."""
        if self.value is None:
            return self.text
        shown = format_english(self.value, self.unit, self.decimals)
        word = ENGLISH_UNIT_WORDS.get(self.unit)
        return f"{shown}\u00a0{word}" if word else shown


class Figure(Content):
    """A figure: its `title` is what it shows, its `caption` the measure, place and time."""

    alt: str = Field(min_length=1)
    spec: dict[str, Any]
    question: str | None = None


class Table(Content):
    """A table of raw values; `None` is a cell that is not shown, the symbols «.», «..» and «:» stand as they are."""

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
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'payload'}: {fault['msg']}" for fault in error.errors()
        )
        raise PayloadError(f"{mime_type} ({content.get('key', 'no key')}): {faults}") from error
