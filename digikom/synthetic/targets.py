"""The targets of a synthetic survey year, as written in `data/synthetic/<year>.yml`: answers and counts only.

`load` reads and validates a file. The models here say what a targets file looks like; `checks` says when its numbers
contradict each other. The meaning of each field is explained for readers of the files in `data/synthetic/README.md`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, ValidationError, model_validator

from digikom.errors import InputError, field_of

PublishedId = Annotated[str, StringConstraints(pattern=r"^P\d{3}$")]
Percent = Annotated[int, Field(ge=-100, le=100)]
# Register column -> the values it may have; several columns must all fit.
Where = Annotated[dict[str, list[str]], Field(min_length=1)]
# What the register says of each municipality: code -> column -> value.
Register = Mapping[str, Mapping[str, object]]
# The labels of a cell of a joint table, one a dimension.
Cell = tuple[str, ...]


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

    @property
    def label_totals(self) -> dict[str, int]:
        """How many municipalities have each label, the least mature first."""
        raise NotImplementedError

    @property
    def columns(self) -> list[str]:
        """The survey columns that the block fills."""
        return list(self.items)

    @property
    def quota_classes(self) -> dict[str, list[str]]:
        """The quota classes and the labels that each joins: each label by itself unless the file joins them."""
        joined = {} if self.quotas is None else self.quotas.classes
        return joined or {label: [label] for label in self.label_totals}

    @property
    def quotas_by_size(self) -> dict[str, dict[str, int]]:
        """The numbers of each quota class by size class; empty for a block without quotas."""
        return {} if self.quotas is None else self.quotas.by_size_class


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

    @property
    def columns(self) -> list[str]:
        """The survey columns that the block fills."""
        return [*([] if self.gate is None else [self.gate.column]), *self.items]

    def label_of(self, count: int | None) -> str:
        """The range that a number of counted answers is in, an empty text for a number outside all ranges.

        `None` as a number means not asked and goes with 0.
        """
        ranges = self.ranges.items()
        return next((label for label, (lowest, highest) in ranges if lowest <= (count or 0) <= highest), "")

    @property
    def counts_with_unasked(self) -> dict[int | None, int]:
        """Municipalities by number of counted answers, in rising order, `None` (not asked, due to the gate) first."""
        unasked = 0 if self.gate is None else sum(self.gate.answers.values()) - self.gate.asked
        return {None: unasked, **dict(sorted(self.municipalities.by_count.items()))}

    @property
    def label_totals(self) -> dict[str, int]:
        """How many municipalities have each label, the least mature first."""
        totals = dict.fromkeys(self.ranges, 0)
        for count, municipalities in self.counts_with_unasked.items():
            if label := self.label_of(count):
                totals[label] += municipalities
        return totals

    def counted_sum(self, item: Item) -> int:
        """How many municipalities give the item a counted answer."""
        return sum(item.answers.get(answer, 0) for answer in self.counted)


class Group(Target):
    """Whole answer patterns, one letter per item, and how many municipalities answer so."""

    patterns: dict[str, NonNegativeInt] = Field(min_length=1)


class AskedIf(Model):
    """An answer given earlier that decides who is asked the block."""

    column: str
    answer: str


class PatternsBlock(Block):
    """Items whose answers are given together as patterns. `groups` are the labels of the block, the least mature first.

    `letters` says which answers a letter means, in the order in which they are dealt out, the least mature first;
    a letter without answers means that the item was not asked.
    """

    kind: Literal["patterns"]
    asked_if: AskedIf | None = None
    letters: dict[Annotated[str, StringConstraints(min_length=1, max_length=1)], list[str]]
    groups: dict[str, Group] = Field(min_length=1)

    @property
    def label_totals(self) -> dict[str, int]:
        """How many municipalities have each label, the least mature first."""
        return {label: sum(group.patterns.values()) for label, group in self.groups.items()}

    @property
    def patterns(self) -> dict[str, int]:
        """How many municipalities answer with each pattern of any group."""
        return {pattern: number for group in self.groups.values() for pattern, number in group.patterns.items()}

    def letters_at(self, position: int) -> Counter[str]:
        """How many municipalities have each letter at one position of their pattern (the position of an item)."""
        letters: Counter[str] = Counter()
        for pattern, municipalities in self.patterns.items():
            letters[pattern[position]] += municipalities
        return letters


AnyBlock = Annotated[CountsBlock | PatternsBlock, Field(discriminator="kind")]


class Total(Target):
    """A printed count that cells of a joint table must add up to. A short path means all cells below it."""

    count: NonNegativeInt
    cells: list[list[str]] = Field(min_length=1)


class JointTable(Target):
    """Municipalities by the labels of two or more blocks at once.

    `cells` are nested by dimension: label of the first -> label of the second -> ... -> number of municipalities.
    """

    dimensions: list[str] = Field(min_length=1)
    cells: dict[str, Any]
    totals: list[Total] = []

    @property
    def flat(self) -> dict[Cell, Any]:
        """The content of each cell, which ought to be a count, by its labels in the order of the file."""
        return dict(_flat(self.cells))


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

    def column_answers(self, column: str) -> dict[str, int] | None:
        """How often each answer is given to a column; `None` for a column that no block fills."""
        for block in self.blocks.values():
            if isinstance(block, CountsBlock) and block.gate is not None and block.gate.column == column:
                return dict(block.gate.answers)
            if column in block.items:
                item = block.items[column]
                answers = dict.fromkeys([*item.answers, *(item.at_zero or {})], 0)
                return {one: item.answers.get(one, 0) + (item.at_zero or {}).get(one, 0) for one in answers}
        return None

    def asked(self, block: AnyBlock) -> int:
        """How many municipalities are asked the items of a block (before the routing inside a pattern)."""
        if isinstance(block, CountsBlock):
            return self.number_of_respondents if block.gate is None else block.gate.asked
        if block.asked_if is None:
            return self.number_of_respondents
        return (self.column_answers(block.asked_if.column) or {}).get(block.asked_if.answer, 0)


def matching(register: Register, where: Where) -> list[str]:
    """The municipalities that have one of the values wanted in every column named, in the order of the register."""
    return [code for code, row in register.items() if all(row[column] in values for column, values in where.items())]


def _flat(cells: Mapping[str, Any], path: Cell = ()) -> Iterator[tuple[Cell, Any]]:
    for label, content in cells.items():
        if isinstance(content, dict):
            yield from _flat(content, (*path, label))
        else:
            yield (*path, label), content


class _UniqueKeyLoader(yaml.CSafeLoader):
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
        problems = [f"{field_of(fault)}: {fault['msg']}" for fault in error.errors()]
        raise InputError(f"{path.name} is not a valid targets file", problems) from error
