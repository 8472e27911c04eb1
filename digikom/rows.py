"""Tables of the project's data as typed rows: what a column may hold is said once, by the fields of a pydantic model.

The model checks the file, with a message for each cell that is wrong, and gives the file's Table Schema
(https://specs.frictionlessdata.io/table-schema/) for the data package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

import pandas as pd
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from digikom import reading
from digikom.errors import InputError, Problem

Json = dict[str, Any]


class Row(BaseModel):
    """One row of a table; the fields are the columns of the file, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")


RowType = TypeVar("RowType", bound=Row)


def _digits(cell: object) -> object:
    """A whole number is written with digits alone: `1.0`, `1_000` or ` 1` would be numbers to pydantic, too."""
    if isinstance(cell, str) and not re.fullmatch("[0-9]+", cell):
        raise ValueError("a whole number")
    return cell


def harmless(cell: str) -> str:
    """A text that a terminal and a spreadsheet show as it is: no control character, and nothing that is a formula."""
    if CONTROL.search(cell) or cell.startswith(("=", "+", "-", "@")):
        raise ValueError("some text, without control characters and not beginning with = + - or @")
    return cell


#: Characters that steer a terminal, or end a text; line feeds and tabs do not.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

# The description of a type says what was expected where a cell is something else.
Text = Annotated[
    str,
    Field(min_length=1, description="some text, without control characters and not beginning with = + - or @"),
    AfterValidator(harmless),
]
Code = Annotated[
    str,
    Field(
        pattern="^[a-z][a-z0-9_]*$",
        description="a name of small letters a-z, digits and underscores, beginning with a letter",
    ),
]
MunicipalityCode = Annotated[str, Field(pattern="^[0-9]{4}$", description="four digits")]
Whole = Annotated[int, Field(ge=0, description="a whole number"), BeforeValidator(_digits)]
Position = Annotated[int, Field(ge=1, description="a whole number from 1"), BeforeValidator(_digits)]
WholeIfAny = Annotated[Position | None, BeforeValidator(lambda cell: cell or None)]
Year = Annotated[int, Field(ge=1000, le=9999, description="a year of four digits"), BeforeValidator(_digits)]
YearIfAny = Annotated[Year | None, BeforeValidator(lambda cell: cell or None)]
Status = Literal["documented", "assumed"]


def read_rows(content: bytes, model: type[RowType], *keys: tuple[str, ...]) -> tuple[dict[int, RowType], list[Problem]]:
    """The rows of a file by line number, and all that is wrong with it; no two rows may be alike in all of a key.

    The file has the columns of the model in their order, or those of them that have no default.
    """
    table = reading.parse(content)
    problems = list(table.problems)
    if not table.header:
        return {}, problems
    expected = list(model.model_fields)
    needed = [column for column, field in model.model_fields.items() if field.is_required()]
    if list(table.header) not in (expected, needed):
        found = reading.shortened(",".join(table.header))
        return {}, [*problems, Problem(1, None, found, f"the columns {','.join(expected)}")]
    rows: dict[int, RowType] = {}
    for line, cells in table.rows:
        try:
            rows[line] = model.model_validate(dict(zip(table.header, cells, strict=True)))
        except ValidationError as error:
            problems += [
                Problem(line, str(fault["loc"][0]), reading.shortened(str(fault["input"])), wanted(model, fault))
                for fault in error.errors()
            ]
    for key in keys:
        problems += _repeated(rows, key)
    return rows, problems


def checked(name: str, content: bytes, model: type[RowType], *keys: tuple[str, ...]) -> dict[int, RowType]:
    """The rows of a file by line number; `InputError` with everything that is wrong with it."""
    rows, problems = read_rows(content, model, *keys)
    refuse(name, problems)
    return rows


def refuse(name: str, problems: Iterable[Problem]) -> None:
    """Raise `InputError` with the problems of a file, if there are any."""
    found = list(problems)
    if found:
        raise InputError(f"{name} is not in order", found)


def frame(rows: Iterable[Row], model: type[Row]) -> pd.DataFrame:
    """Rows as a new frame, with the columns of the model."""
    return pd.DataFrame([row.model_dump() for row in rows], columns=list(model.model_fields))


def wanted(model: type[BaseModel], fault: Mapping[str, Any]) -> str:
    """What one of pydantic's faults asks for, as the end of a sentence that begins «expected»."""
    rules = _properties(model).get(str(fault["loc"][0]), {})
    one = rules.get("anyOf", [rules])[0]
    if "enum" in one:
        return f"one of: {', '.join(filter(None, one['enum']))}{' or nothing' if '' in one['enum'] else ''}"
    if "description" in one:
        return f"{one['description']}{' or nothing' if 'anyOf' in rules else ''}"
    return str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")


def fields(model: type[Row]) -> list[Json]:
    """The columns of a table as fields of a Table Schema."""
    found = []
    for name, rules in _properties(model).items():
        one = rules.get("anyOf", [rules])[0]
        optional = "anyOf" in rules or "" in one.get("enum", []) or _may_be_empty(one)
        limits = {key: one[key] for key in ("minimum", "maximum", "maxLength") if key in one}
        if "enum" in one:
            limits["enum"] = [value for value in one["enum"] if value]
        if "pattern" in one and "format" not in one:
            limits["pattern"] = one["pattern"].strip("^$")
        found.append(field(name, one.get("format", one["type"]), required=not optional, **limits))
    return found


def field(name: str, kind: str = "string", *, required: bool = True, **constraints: object) -> Json:
    """A field of a Table Schema; `constraints` in the words of the specification."""
    rules = {"required": True, **constraints} if required else constraints
    return {"name": name, "type": kind, **({"constraints": rules} if rules else {})}


@lru_cache(maxsize=64)
def _properties(model: type[BaseModel]) -> Json:
    properties: Json = model.model_json_schema().get("properties", {})
    return properties


def _may_be_empty(rules: Json) -> bool:
    if rules["type"] != "string" or "enum" in rules:
        return False
    return "minLength" not in rules and re.fullmatch(rules.get("pattern", ".*"), "") is not None


def _repeated(rows: Mapping[int, Row], key: tuple[str, ...]) -> Iterator[Problem]:
    """A problem for each row whose key an earlier row has."""
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows.items():
        values = tuple(str(getattr(row, column)) for column in key)
        if first.setdefault(values, line) != line:
            yield Problem(line, key[-1], " ".join(values), f"it once only; it is already in row {first[values]}")
