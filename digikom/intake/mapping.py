"""The mapping file of a year: which column of the extract is which item, and which text is which answer.

It is YAML in which every value is plain text (`yes` is the text «yes», not a truth value), checked with pydantic; each
fault is reported with its line. See `data/intake/README.md` for what an analyst writes in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom import reading, rows
from digikom.errors import InputError, Problem

Text = Annotated[str, Field(min_length=1)]
#: A row of a codebook file, column by column; which columns there must be is for the codebook's own models to say.
CodebookRow = dict[str, str]
Place = tuple[str | int, ...]

#: The largest mapping file that is read.
_MOST_BYTES = 2**20
#: What is expected where pydantic has found a fault of a kind.
_EXPECTED = {
    "missing": "this part, which is not there",
    "string_too_short": "some text",
    "dict_type": "names, each with a value (name: value)",
    "model_type": "names, each with a value (name: value)",
    "list_type": "a list",
    "string_type": "a text",
    "int_parsing": "a year",
}


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


class Split(_Part):
    """A column with several answers in a cell: ticked text -> item of the list (`none`: nothing of it; empty while
    undecided). `rest`: the item of any other text («Annet: …»); without it another text is a fault.
    """

    items: dict[Text, str]
    separator: Text = ";"
    rest: str = ""


class MappingRules(_Part):
    """The content of a mapping file.

    `columns`: column of the extract -> item (empty while undecided); `split`: column -> how its cells are divided;
    `left_out`: column -> why it is not taken in;
    `codes`: scale or item -> text in the extract -> code (empty while undecided); `blank_means`: list to tick -> the
    code of a line left blank (empty while undecided); `missing`: texts that mean an empty cell; `new`: additions to the
    codebook; `absent`: block or question -> why it was not asked.
    """

    year: int
    columns: dict[Text, str]
    left_out: dict[Text, Text] = {}
    split: dict[Text, Split] = {}
    codes: dict[Text, dict[Text, str]] = {}
    blank_means: dict[Text, str] = {}
    missing: list[Text] = []
    new: NewRows = NewRows()
    absent: dict[Text, Reason] = {}


@dataclass(frozen=True)
class MappingFile:
    """The rules, as far as they are read, with the name of their file and the line of each of its parts."""

    name: str
    rules: MappingRules = field(default_factory=lambda: MappingRules(year=0, columns={}))
    lines: dict[Place, int] = field(default_factory=dict, repr=False)

    def problem(self, place: Place, value: str | None, expected: str) -> Problem:
        """A problem with a part of the file, which is named by line and path.

        A part that is missing has no line of its own, but that of what it would be part of.
        """
        outwards = (place[:length] for length in range(len(place), -1, -1))
        return Problem(
            next((self.lines[found] for found in outwards if found in self.lines), None),
            ".".join(reading.printable(str(part)) for part in place) or None,
            None if value is None else reading.shortened(value),
            f"{expected} (in {self.name})",
        )


def load_mapping(path: Path, year: int) -> MappingFile:
    """The mapping file of `year`; `InputError` listing everything that is wrong with it."""
    return parse_mapping(reading.read_bytes(path, str(path)), str(path), year)


def parse_mapping(content: bytes, shown_as: str, year: int) -> MappingFile:
    """The mapping file with this content, named `shown_as` in messages; raises as `load_mapping`."""
    file = MappingFile(Path(shown_as).name)
    problems: list[Problem] = []
    if len(content) > _MOST_BYTES:
        expected = f"a mapping file of at most {_MOST_BYTES} bytes"
        raise InputError(f"{shown_as}: the mapping file is invalid", [Problem(None, None, None, expected)])
    try:
        text = content.decode("utf-8-sig")
        # Aliases can stand for more than there is memory, and for themselves.
        aliases = [one for one in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(one, yaml.AliasEvent)]
        for one in aliases:
            line = one.start_mark.line + 1 if one.start_mark else None
            problems.append(Problem(line, None, f"*{one.anchor}", f"no alias (in {file.name})"))
        if problems:
            raise InputError(f"{shown_as}: the mapping file is invalid", problems)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        plain = _plain(root, (), file, problems)
        file = replace(file, rules=MappingRules.model_validate(plain))
    except UnicodeDecodeError:
        problems.append(file.problem((), None, "UTF-8"))
    except ValidationError as error:
        for fault in error.errors():
            # pydantic adds a mark of its own for a faulty key.
            place = tuple(part for part in fault["loc"] if part != "[key]")
            value = fault["input"] if isinstance(fault["input"], str) else None
            problems.append(file.problem(place, value or None, _expected(fault)))
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        found = getattr(error, "problem", None) or getattr(error, "reason", None) or "something else"
        problems.append(Problem(None if mark is None else mark.line + 1, None, found, f"YAML (in {file.name})"))
    else:
        if file.rules.year != year:
            problems.append(file.problem(("year",), str(file.rules.year), f"the year of the edition, {year}"))
        problems += [
            file.problem(("left_out", column), None, "a column either under columns or under left_out")
            for column in file.rules.left_out
            if column in file.rules.columns
        ]
    if problems:
        raise InputError(f"{shown_as}: the mapping file is invalid", sorted(problems, key=lambda one: one.row or 0))
    return file


def _plain(node: yaml.Node | None, place: Place, file: MappingFile, problems: list[Problem]) -> Any:  # noqa: ANN401
    """The YAML node as text, lists and dictionaries of text; nothing at all is an empty text. Notes each line."""
    if node is None:
        return ""
    file.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, (*place, number), file, problems) for number, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            text = key.value if isinstance(key, yaml.ScalarNode) else ""
            file.lines[inner := (*place, text)] = key.start_mark.line + 1
            if text in found:
                problems.append(file.problem(inner, None, "each name once"))
            found[text] = _plain(value, inner, file, problems)
        return found
    if not node.value.isprintable() and rows.CONTROL.search(node.value):
        problems.append(file.problem(place, repr(node.value), "text without control characters"))
    return "" if node.tag.endswith(":null") else node.value


def _expected(fault: Any) -> str:  # noqa: ANN401  pydantic's own ErrorDetails, a mapping of mixed values
    if fault["type"] == "extra_forbidden":
        return f"one of: {', '.join(MappingRules.model_fields)}" if len(fault["loc"]) == 1 else "a name known here"
    return _EXPECTED.get(fault["type"]) or str(fault["msg"]).removeprefix("Input should be ")
