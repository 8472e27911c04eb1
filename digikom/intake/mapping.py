"""The mapping file of a year: which column of the extract is which item, and which text is which answer.

It is YAML in which every value is plain text (`yes` is the text «yes», not a truth value), checked with pydantic; each
fault is reported with the line it stands on. See `data/intake/README.md` for what an analyst writes in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom import reading
from digikom.errors import InputError, Problem

Text = Annotated[str, Field(min_length=1)]
#: A row of a codebook file, column by column; which columns there must be is for the codebook's own models to say.
CodebookRow = dict[str, str]
Place = tuple[str | int, ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewRows(_Part):
    """What the form has that the codebook has not: rows for its files, without `years` and `position`."""

    blocks: list[CodebookRow] = []
    questions: list[CodebookRow] = []
    scales: list[CodebookRow] = []
    items: list[CodebookRow] = []
    series: list[CodebookRow] = []


class Reason(_Part):
    """Why a block or question was not asked; `kind` as in `absences.csv`, empty while undecided."""

    kind: str
    source: Text


class MappingRules(_Part):
    """The content of a mapping file.

    `columns`: column of the extract -> item (empty while undecided); `left_out`: column -> why it is not taken in;
    `codes`: scale or item -> text in the extract -> code (empty while undecided); `blank_means`: list to tick -> the
    code of a line left blank (empty while undecided); `missing`: texts that mean an empty cell; `new`: additions to the
    codebook; `absent`: block or question -> why it was not asked.
    """

    year: int
    columns: dict[Text, str]
    left_out: dict[Text, Text] = {}
    codes: dict[Text, dict[Text, str]] = {}
    blank_means: dict[Text, str] = {}
    missing: list[Text] = []
    new: NewRows = NewRows()
    absent: dict[Text, Reason] = {}


@dataclass(frozen=True)
class MappingFile:
    """The rules with the name of their file and the line of each of its parts."""

    rules: MappingRules
    name: str
    lines: Mapping[Place, int] = field(repr=False)

    def problem(self, place: Place, value: str | None, expected: str) -> Problem:
        """A problem with a part of the file, which is named by line and path."""
        return _problem(self.name, self.lines, place, value, expected)


def load_mapping(path: Path, year: int) -> MappingFile:
    """The mapping file of `year`; `InputError` listing everything that is wrong with it."""
    return parse_mapping(reading.read_bytes(path, str(path)), str(path), year)


def parse_mapping(content: bytes, shown_as: str, year: int) -> MappingFile:
    """The mapping file with this content, named `shown_as` in messages; raises as `load_mapping`."""
    name = Path(shown_as).name
    subject = f"{shown_as}: the mapping file is not in order"
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise InputError(subject, [Problem(None, None, None, f"UTF-8 (in {name})")]) from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        found = getattr(error, "problem", None) or "something else"
        line = None if mark is None else mark.line + 1
        raise InputError(subject, [Problem(line, None, found, f"YAML (in {name})")]) from None
    problems: list[Problem] = []
    lines: dict[Place, int] = {}
    plain = _plain(root, (), lines, problems, name)
    try:
        rules = MappingRules.model_validate(plain)
    except ValidationError as error:
        problems += [
            _problem(name, lines, _place(fault["loc"]), _short(fault["input"]), _expected(fault))
            for fault in error.errors()
        ]
    else:
        if rules.year != year:
            problems.append(_problem(name, lines, ("year",), str(rules.year), f"the year of the edition, {year}"))
        problems += [
            _problem(name, lines, ("left_out", column), None, "a column either under columns or under left_out")
            for column in rules.left_out
            if column in rules.columns
        ]
    if problems:
        raise InputError(subject, sorted(problems, key=lambda one: one.row or 0))
    return MappingFile(rules, name, lines)


def _plain(node: Any, place: Place, lines: dict[Place, int], problems: list[Problem], name: str) -> Any:  # noqa: ANN401
    """The YAML node as text, lists and dictionaries of text; nothing at all is an empty text."""
    if node is None:
        return ""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*place, number), lines, problems, name) for number, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            text = key.value if isinstance(key, yaml.ScalarNode) else ""
            inner = (*place, text)
            if text in found:
                problems.append(_problem(name, {inner: key.start_mark.line + 1}, inner, None, "each name once"))
            found[text] = _plain(value, inner, lines, problems, name)
            lines[inner] = key.start_mark.line + 1
        return found
    return "" if node.tag.endswith(":null") else node.value


def _place(location: Sequence[str | int]) -> Place:
    """pydantic's place of a fault; it adds a mark of its own for a faulty key."""
    return tuple(part for part in location if part != "[key]")


def _expected(fault: Any) -> str:  # noqa: ANN401  pydantic's own ErrorDetails, a mapping of mixed values
    match fault["type"]:
        case "extra_forbidden":
            return f"one of: {', '.join(MappingRules.model_fields)}" if len(fault["loc"]) == 1 else "a name known here"
        case "missing":
            return "this part, which is not there"
        case "string_too_short":
            return "some text"
        case "dict_type" | "model_type":
            return "names, each with a value (name: value)"
        case "list_type":
            return "a list"
        case "string_type":
            return "a text"
        case "int_parsing":
            return "a year"
        case _:
            return str(fault["msg"]).removeprefix("Input should be ")


def _short(value: object) -> str | None:
    return reading.shortened(value) if isinstance(value, str) and value else None


def _problem(name: str, lines: Mapping[Place, int], place: Place, value: str | None, expected: str) -> Problem:
    return Problem(
        next((lines[found] for found in _outwards(place) if found in lines), None),
        ".".join(reading.printable(str(part)) for part in place) or None,
        None if value is None else reading.shortened(value),
        f"{expected} (in {name})",
    )


def _outwards(place: Place) -> Iterator[Place]:
    """The place itself, then what it is part of: a part that is missing has no line of its own."""
    for length in range(len(place), -1, -1):
        yield place[:length]
