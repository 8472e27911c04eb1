"""The targets of a synthetic survey year, as they stand in `data/synthetic/<year>.yml`: answers and counts only.

`load` reads and validates a file. The models here say what a targets file looks like; `checks` says when its numbers
contradict each other. The meaning of each field is explained for readers of the files in `data/synthetic/README.md`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, ValidationError, model_validator

from digikom.errors import InputError

PublishedId = Annotated[str, StringConstraints(pattern=r"^P\d{3}$")]
Percent = Annotated[int, Field(ge=-100, le=100)]
# Register column -> the values it may have; several columns must all fit.
Where = Annotated[dict[str, list[str]], Field(min_length=1)]
# Nested by dimension: label of the first dimension -> label of the second -> ... -> number of municipalities.
Cells = dict[str, Any]


class Model(BaseModel):
    """Base of all models: unknown fields are errors, nothing can be changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Target(Model):
    """Something the survey must fulfil, with the published figures it comes from, or what is assumed, or both."""

    source: list[PublishedId] = []
    assumed: str = ""

    @model_validator(mode="after")
    def _has_a_basis(self) -> Self:
        if not self.source and not self.assumed:
            raise ValueError("a `source` (published ids) or what is `assumed`")
        return self


class Respondents(Target):
    """How many municipalities of each size class answered."""

    by_size_class: dict[str, NonNegativeInt]


class Gate(Target):
    """The yes/no question that decides who is asked the items of its block."""

    column: str
    asked_if: str
    answers: dict[str, NonNegativeInt] = Field(min_length=2, max_length=2)

    @property
    def asked(self) -> int:
        """Number of municipalities that are asked the items."""
        return self.answers.get(self.asked_if, 0)

    @property
    def closed_answer(self) -> str:
        """The answer of those who are not asked the items."""
        return next(answer for answer in self.answers if answer != self.asked_if)


class Item(Target):
    """How often each answer is given to one item.

    When `at_zero` is given it holds the answers of the municipalities without a single counted answer in the block, and
    `answers` those of all the others; otherwise `answers` is about everybody who was asked.
    """

    answers: dict[str, NonNegativeInt]
    at_zero: dict[str, NonNegativeInt] | None = None


class Histogram(Target):
    """Number of municipalities by number of counted answers, among those who were asked."""

    by_count: dict[NonNegativeInt, NonNegativeInt]


class Rule(Target):
    """Labels that municipalities of a kind never have."""

    where: Where
    labels: list[str] = Field(min_length=1)


class Favour(Rule):
    """Labels that a share of the municipalities of a kind get before others do, as far as the counts allow."""

    percent: int = Field(ge=1, le=100)


class Quotas(Target):
    """Exact numbers by size class. `classes` joins labels of the block; without it each label is a class of its own."""

    classes: dict[str, list[str]] = {}
    by_size_class: dict[str, dict[str, NonNegativeInt]]


class Block(Model):
    """What both kinds of block have. `follows_maturity` is a correlation in per cent (negative: it runs against it)."""

    follows_maturity: Percent
    items: dict[str, Item] = Field(min_length=1)
    quotas: Quotas | None = None
    never: list[Rule] = []
    favours: list[Favour] = []


class CountsBlock(Block):
    """A list of items of which each municipality has a certain number: areas ticked, functions done internally.

    `counted` and `not_counted` list the answers of the scale in the order in which they are dealt out, the least mature
    first. `ranges` are the labels of the block: label -> lowest and highest number of counted answers; those who are
    not asked belong to the range that holds 0.
    """

    kind: Literal["counts"]
    gate: Gate | None = None
    counted: list[str]
    not_counted: list[str]
    ranges: dict[str, tuple[NonNegativeInt, NonNegativeInt]] = Field(min_length=1)
    municipalities: Histogram


class Group(Target):
    """Whole answer patterns, one letter per item, and how many municipalities answer so."""

    patterns: dict[str, NonNegativeInt] = Field(min_length=1)


class AskedIf(Model):
    """An answer given earlier that decides who is asked the block."""

    column: str
    answer: str


class PatternsBlock(Block):
    """Items whose answers are given together as patterns. `groups` are the labels of the block, the least mature first.

    `letters` says which answers a letter stands for, in the order in which they are dealt out, the least mature first;
    a letter without answers means that the item was not asked.
    """

    kind: Literal["patterns"]
    asked_if: AskedIf | None = None
    letters: dict[Annotated[str, StringConstraints(min_length=1, max_length=1)], list[str]]
    groups: dict[str, Group] = Field(min_length=1)


AnyBlock = Annotated[CountsBlock | PatternsBlock, Field(discriminator="kind")]


class Total(Target):
    """A printed count that cells of a joint table must add up to. A short path stands for all cells below it."""

    count: NonNegativeInt
    cells: list[list[str]] = Field(min_length=1)


class JointTable(Target):
    """Municipalities by the labels of two or more blocks at once."""

    dimensions: list[str] = Field(min_length=1)
    cells: Cells
    totals: list[Total] = []


class Targets(Model):
    """A whole targets file. `follows_size` is the correlation, in per cent, of maturity with the size of population."""

    seed: Annotated[str, StringConstraints(min_length=1)]
    follows_size: Percent
    respondents: Respondents
    blocks: dict[str, AnyBlock] = Field(min_length=1)
    joint: dict[str, JointTable] = {}

    @property
    def number_of_respondents(self) -> int:
        """Municipalities that answered."""
        return sum(self.respondents.by_size_class.values())


class _UniqueKeyLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML readers silently keep the last one."""


def _unique_mapping(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for position, key in enumerate(keys):
        if key in keys[:position]:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} twice", node.value[position][0].start_mark
            )
    return dict(zip(keys, (loader.construct_object(value, deep=True) for _, value in node.value), strict=True))


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def path_of(year: int, folder: Path) -> Path:
    """Where the targets of a year are in a data folder."""
    return folder / "synthetic" / f"{year}.yml"


def load(path: Path) -> Targets:
    """Read a targets file. Raises `InputError` with everything that is wrong with its form."""
    if not path.is_file():
        raise InputError(
            f"There are no targets for a synthetic survey of this year ({path.name} in {path.parent.name}/)"
        )
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name} is not readable YAML", [str(error)]) from error
    try:
        return Targets.model_validate(content)
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise InputError(f"{path.name} is not a valid targets file", problems) from error
