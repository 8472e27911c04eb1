"""An edition as one description: its numbers, figures and tables, people, dates and licence, and the data it offers.

It is built once from the finished book (`digikom.sphinxext.exports`); every file of open data is written from it, by
functions that know nothing of pages or Sphinx. `NumberRegister` is also the form of `data/numbers.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from digikom.editions import layout
from digikom.editions.identity import EditionFacts
from digikom.editions.limit_cases import LimitCases
from digikom.editions.municipality_results import MunicipalityResults
from digikom.opendata import norwegian
from digikom.opendata.citations import Citation, Work
from digikom.publish.tables import STANDARD_SYMBOLS, base_line

Status = Literal["synthetic", "real"]
#: What a number rests on where the answers are synthetic.
EvidenceKind = Literal["printed", "implied", "assumed"]
Value = bool | int | float | str | None
#: The lowest and the highest that a value could be, had all answered.
Bound = tuple[float, float]
#: A text, where null is an empty one; several texts, where one is a list of one and null an empty list.
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value or [])]
Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_.][a-z0-9]+)*$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputRecord(_Record):
    """A data file that numbers of the edition rest on."""

    path: str = Field(description="Path in the data folder.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file's bytes, hexadecimal.")
    size: int = Field(ge=0, description="Size in bytes.")


class NumberRecord(_Record):
    """One computed number."""

    key: str = Field(description="Name of the number, the same in every edition.")
    label: str = Field(description="What the number is, in Norwegian.")
    value: int | float | None = Field(description="The value; null when it is withheld for confidentiality.")
    text: str = Field(description="The value as printed in Norwegian, without its unit.")
    unit: str = Field(description="percent, percentage_points, count, median, share or year.")
    base: int | None = Field(ge=0, description="Number of municipalities that the number is computed over (n).")
    base_text: str = Field(description="Which municipalities these are, in Norwegian.")
    low: float | None = Field(
        description="The lowest that the number could be, whatever those who did not answer would have said; null "
        "where that is not computed."
    )
    high: float | None = Field(description="The highest that it could be.")
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
    evidence: EvidenceKind | None = Field(
        description="Of synthetic answers: whether the number is printed elsewhere, is implied by printed ones, or is "
        "assumed. Null of real answers, and for a number that does not rest on answers."
    )
    evidence_source: str = Field(
        description="Where it is printed, what it follows from, or of an assumed one what else is printed; Norwegian."
    )


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


class ChangeRecord(_Record):
    """A share or median of the chapters on the themes in this edition and in the one before it."""

    key: str = Field(description="Name of the number; in the previous edition where only that has it.")
    key_before: str | None = Field(description="Its name in the previous edition: a number is known by its label.")
    label: str = Field(description="What the number is, in Norwegian.")
    unit: str = Field(description="percent or median; the change of a percent is in percentage points.")
    notebook: str = Field(description="The notebook that computes the number.")
    year_before: int = Field(description="The year of the previous edition.")
    year: int = Field(description="The year of this edition.")
    before: float | None = Field(description="The value in the previous edition; null where it has none.")
    after: float | None = Field(description="The value in this edition; null where it has none.")
    change: float | None = Field(description="The difference of the two; null where one of them is.")
    reason: str = Field(
        description="Empty where the two can be compared. broken: the questions behind the number are others. Where an "
        "edition does not have the number: not_asked, changed, later, kind and unknown (questions), item (an answer "
        "that could be given), calculation (only the number)."
    )
    why: str = Field(description="The reason in words, in Norwegian.")
    status: Status = Field(description="Whether the answers behind the numbers are synthetic or real.")


class ChangeRegister(_Record):
    """How the shares and medians of the chapters on the themes have changed since the previous edition."""

    changes: tuple[ChangeRecord, ...] = Field(description="The numbers, in reading order.")


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Column(_Payload):
    """A column of a figure's or table's data."""

    name: str
    label: str = Field(min_length=1)
    unit: str | None = None
    decimals: int | None = None
    align: Literal["left", "right", "center"] | None = None

    @property
    def is_number(self) -> bool:
        """Whether the cells are numbers: right aligned, decimals as given."""
        return self.align == "right" or (self.align is None and self.decimals is not None)


class Content(_Payload):
    """What a notebook publishes of a figure or table. A table has no `title` and no `spec` (Vega-Lite).

    `number_keys` has the key of the number in each cell, as far as the notebook says it, and `evidence` what the cells
    of numbers rest on (`sphinxext.evidence`); `has_assumed_marks` where assumed ones are told apart from others. The
    cells of a figure may have `bounds` (`sphinxext.bounds`).
    """

    key: Key
    title: Text = ""
    caption: str
    alt: str = ""
    spec: dict[str, Any] | None = None
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    number_keys: tuple[tuple[Text, ...], ...] = ()
    evidence: tuple[tuple[EvidenceKind | None, ...], ...] = ()
    has_assumed_marks: bool = False
    bounds: tuple[tuple[Bound | None, ...], ...] = ()
    base: int | None = None
    base_text: Text = ""
    notes: Texts = ()
    source: Texts = ()
    status: Status

    @model_validator(mode="after")
    def _rows_are_as_wide_as_the_columns(self) -> Self:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells, but there are {len(self.columns)} columns")
        return self

    @property
    def heading(self) -> str:
        """What is said after the number of the figure or table: its title, else its caption."""
        return self.title or self.caption

    @property
    def subtitle(self) -> str:
        """What is said under the heading: the caption, where there is a title above it."""
        return self.caption if self.title else ""


class Block(Content):
    """A figure or table of the book: `name` is «Figur 3.1», `stem` the name of its files without ending, `page` the
    address of its page in the edition and `target` its id there.
    """

    name: str
    stem: str
    page: str
    target: str

    @property
    def address(self) -> str:
        """The figure or table in the edition."""
        return f"{self.page}#{self.target}"

    @property
    def full_name(self) -> str:
        """What its numbers are called: «Figur 3.1. Flere kommuner har …»."""
        return norwegian.part_name(self.name, self.heading)

    @property
    def base_line(self) -> str:
        """Base and source, as under the figure."""
        return base_line(self.base, self.base_text, self.source)

    @property
    def is_cube(self) -> bool:
        """Whether each row has a name of its own, and nothing but numbers, symbols and empty cells behind it."""
        first, *others = self.columns
        names = [row[0] for row in self.rows]
        cells = [cell for row in self.rows for cell in row[1:] if cell is not None]
        return (
            bool(self.rows and others)
            and not first.is_number
            and all(column.is_number for column in others)
            and len({str(name) for name in names if name}) == len(names)
            and len({column.name for column in self.columns}) == len(self.columns)
            and not any(
                isinstance(cell, bool) or (isinstance(cell, str) and cell not in STANDARD_SYMBOLS) for cell in cells
            )
        )


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the book: its number in the report («3», empty for what is no chapter), title, address and language."""

    number: str
    title: str
    page: str
    language: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """Data of the whole edition: what names them, title, description, and the paths of their files with titles."""

    name: str
    title: str
    description: str
    files: dict[str, str]


@dataclass(frozen=True)
class Book:
    """What a finished book publishes, in reading order; of single municipalities only what is not confidential."""

    numbers: NumberRegister
    blocks: tuple[Block, ...]
    municipalities: MunicipalityResults | None
    changes: ChangeRegister
    limits: LimitCases | None


@dataclass(frozen=True, kw_only=True)
class Description(Book):
    """A book that is an edition: who made it and when, its chapters, and the report that it rebuilds if it names it.

    `pdf` is the path of the report as PDF or empty, `contact` a full address or a page of the edition.
    """

    cited: Citation
    based_on: Work | None
    chapters: tuple[Chapter, ...]
    pdf: str
    contact: str

    @property
    def edition(self) -> EditionFacts:
        """What the edition says of itself."""
        return self.cited.edition

    @property
    def years(self) -> str:
        """The survey years that the edition is about, as an ISO 8601 interval: the reference year first."""
        return "/".join(str(year) for year in reversed(self.edition.years))

    @property
    def abstract(self) -> str:
        """What the edition is, in two or three sentences."""
        return norwegian.abstract(self.edition.year, self.edition.reference_year, self.cited.is_synthetic)

    @cached_property
    def datasets(self) -> list[Dataset]:
        """The register of numbers, the figures and tables, the results of single municipalities, the changes, and the
        scores and grades with other limits.
        """
        tables = {layout.block_file(block.stem, ".csv"): block.full_name for block in self.blocks}
        cubes = {layout.block_file(block.stem, ".json"): block.full_name for block in self.blocks if block.is_cube}
        municipalities = (layout.MUNICIPALITIES_TABLE, layout.MUNICIPALITIES) if self.municipalities else ()
        whole = {
            layout.PACKAGE: norwegian.PACKAGE_TITLE,
            layout.CSVW: norwegian.CSVW_TITLE,
            layout.workbook_file(self.edition.year): norwegian.WORKBOOK_TITLE,
        }
        files = {
            "tallregister": (layout.NUMBERS_TABLE, layout.NUMBERS),
            "tabeller": {**tables, **cubes, **whole} if tables else (),
            "kommuner": municipalities,
            "endringer": (layout.CHANGES,) if self.changes.changes else (),
            "grenser": (layout.LIMITS_TABLE, layout.LIMITS) if self.limits else (),
        }
        found = []
        for name, paths in files.items():
            title, text = norwegian.DATASETS[name]
            description = norwegian.with_status(text.format(title=self.edition.title), self.cited.is_synthetic)
            titled = paths if isinstance(paths, dict) else dict.fromkeys(paths, title)
            if titled:
                found.append(Dataset(name, title, description, titled))
        return found

    def describe(self, block: Block) -> str:
        """What the numbers of a figure or table are."""
        return norwegian.block_description(
            block.name, self.edition.title, block.subtitle, block.base_line, block.status == "synthetic"
        )
