"""The form of `data/numbers.json`, as models; `data/numbers.schema.json` is made from them."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict, Field

from digikom.editions.build_facts import FileRecord

from .payloads import Status

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SHA256 = r"^[0-9a-f]{64}$"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputRecord(_Record):
    """A data file that numbers of the edition rest on."""

    path: str = Field(description="Path in the data folder.")
    sha256: str = Field(pattern=_SHA256, description="SHA-256 of the file's bytes, hexadecimal.")
    size: int = Field(ge=0, description="Size in bytes.")

    @classmethod
    def of(cls, file: FileRecord) -> InputRecord:
        """The record of an input file."""
        return cls(**file.model_dump())


class NumberRecord(_Record):
    """One computed number."""

    key: str = Field(description="Name of the number, the same in every edition.")
    label: str = Field(description="What the number is, in Norwegian.")
    value: int | float | None = Field(description="The value; null when it is withheld for confidentiality.")
    text: str = Field(description="The value as printed in Norwegian, without its unit.")
    unit: str = Field(description="percent, percentage_points, count, median, share or year.")
    base: int | None = Field(ge=0, description="Number of municipalities that the number is computed over (n).")
    base_text: str = Field(description="Which municipalities these are, in Norwegian.")
    year: int | None = Field(description="The year that the number is about.")
    status: Status = Field(description="Whether the answers behind the number are synthetic or real.")
    source: tuple[str, ...] = Field(description="Source of the answers, in Norwegian.")
    notebook: str = Field(description="The notebook that computes the number.")
    cell_id: str = Field(description="The cell that computes it.")
    href: str = Field(description="Address of the number at its cell, from the folder of the edition.")
    questions: tuple[str, ...] = Field(description="Blocks, questions and items of the codebook behind the number.")
    columns: tuple[str, ...] = Field(description="Columns of the survey files that these are, by the codebook.")
    inputs: tuple[str, ...] = Field(description="Data files behind the number, by their path in the list of inputs.")
    uses: tuple[str, ...] = Field(description="Addresses of the places where the report prints the number.")


class WordingRecord(_Record):
    """A word or phrase that a cell computed from numbers."""

    key: str = Field(description="Name of the wording, the same in every edition.")
    text: str = Field(description="The word or phrase; empty when the edition has no reason to say it.")
    text_en: str = Field(description="The same in English, where the report says it in English.")
    difference: float | None = Field(description="The difference that the choice of word follows from.")
    threshold: float | None = Field(description="How large the difference must be to be spoken of as one.")
    rests_on: tuple[str, ...] = Field(description="Keys of the numbers that the wording rests on.")
    notebook: str = Field(description="The notebook that computes the wording.")
    cell_id: str = Field(description="The cell that computes it.")
    href: str = Field(description="Address of the wording at its cell, from the folder of the edition.")
    uses: tuple[str, ...] = Field(description="Addresses of the places where the report prints the wording.")


class NumberRegister(_Record):
    """All numbers and wordings that an edition publishes, in reading order, and the files that they rest on."""

    inputs: tuple[InputRecord, ...] = Field(description="The data files.")
    numbers: tuple[NumberRecord, ...] = Field(description="The numbers.")
    wordings: tuple[WordingRecord, ...] = Field(description="The wordings.")


NUMBER_FIELDS = tuple(NumberRecord.model_fields)


def register_text(register: NumberRegister) -> str:
    """The content of `numbers.json`."""
    return json.dumps(register.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"


def schema_text() -> str:
    """The content of `numbers.schema.json`: the JSON Schema of `numbers.json`."""
    schema = {"$schema": DIALECT, **NumberRegister.model_json_schema(mode="serialization")}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
