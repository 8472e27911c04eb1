"""Tables in JSON-stat 2: several answers put together into one table, and a table as a frame."""

from __future__ import annotations

import copy
import itertools
import json
import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pyjstat import pyjstat  # type: ignore[import-untyped]

from digikom.errors import InputError

Json = dict[str, Any]


@dataclass(frozen=True)
class Dimension:
    """A dimension of a table: its code, its label, and the labels of its categories by code, in order."""

    code: str
    label: str
    categories: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table as fetched.

    `cells` has a row for each cell: a column of category codes for each dimension, by its code, `value` (a number, or
    missing) and `status` (the symbol that stands in the cell's place, or an empty text). `units` has the unit and the
    decimals of the contents, by category code.
    """

    label: str
    dimensions: tuple[Dimension, ...]
    time: str | None
    units: dict[str, tuple[str, int | None]]
    cells: pd.DataFrame

    def dimension(self, code: str) -> Dimension:
        """The dimension of that code."""
        return next(one for one in self.dimensions if one.code == code)


def codes(dimension: Json) -> list[str]:
    """The category codes of a dimension of a JSON-stat table, in order."""
    category = dimension["category"]
    index = category.get("index")
    if index is None:
        return list(category["label"])
    return list(index) if isinstance(index, list) else sorted(index, key=index.__getitem__)


def merged(pieces: Sequence[bytes]) -> bytes:
    """One table from the answers to the parts of a question; a single answer stays as it came.

    The categories stand in the order in which the answers have them. Raises `KeyError`, `TypeError` or `ValueError`
    when the pieces are not parts of one table.
    """
    if len(pieces) == 1:
        return pieces[0]
    parts: list[Json] = [json.loads(piece) for piece in pieces]
    whole = copy.deepcopy(parts[0])
    if any(part["id"] != whole["id"] for part in parts):
        raise ValueError("answers with different dimensions")
    for name in whole["id"]:
        category = whole["dimension"][name]["category"]
        found = dict.fromkeys(itertools.chain.from_iterable(codes(part["dimension"][name]) for part in parts))
        category["index"] = {code: place for place, code in enumerate(found)}
        for field in ("label", "unit", "note", "child"):
            joined = {
                key: value
                for part in parts
                for key, value in part["dimension"][name]["category"].get(field, {}).items()
            }
            if joined:
                category[field] = joined
    whole["size"] = [len(whole["dimension"][name]["category"]["index"]) for name in whole["id"]]
    values: list[Any] = [None] * math.prod(whole["size"])
    status: dict[str, str] = {}
    for part in parts:
        signs = part.get("status") or {}
        combinations = itertools.product(*(codes(part["dimension"][name]) for name in part["id"]))
        for number, (combination, value) in enumerate(zip(combinations, part["value"], strict=True)):
            place = 0
            for name, size, code in zip(whole["id"], whole["size"], combination, strict=True):
                place = place * size + whole["dimension"][name]["category"]["index"][code]
            values[place] = value
            if str(number) in signs:
                status[str(place)] = signs[str(number)]
    whole["value"] = values
    whole.pop("status", None)
    if status:
        whole["status"] = status
    return (json.dumps(whole, ensure_ascii=False) + "\n").encode()


def read(name: str, content: bytes) -> Table:
    """The table in `content`; `InputError` naming the file when it is not a JSON-stat table."""
    try:
        data: Json = json.loads(content)
        dimensions = tuple(
            Dimension(
                code,
                str(data["dimension"][code].get("label", code)),
                {one: str(_label(data["dimension"][code], one)) for one in codes(data["dimension"][code])},
            )
            for code in data["id"]
        )
        size = [len(one.categories) for one in dimensions]
        if size != list(data["size"]) or len(data["value"]) != math.prod(size) or not isinstance(data["value"], list):
            raise ValueError("the number of values is not that of the cells")
        with warnings.catch_warnings():
            # pyjstat calls a function of its own that it tells others not to call.
            warnings.simplefilter("ignore", DeprecationWarning)
            cells = pyjstat.Dataset.read(content.decode("utf-8")).write("dataframe", naming="id")
        cells["value"] = pd.to_numeric(cells["value"])
        signs = data.get("status") or {}
        cells["status"] = [str(signs.get(str(number), "")) for number in range(len(cells))]
        role = data.get("role") or {}
        units = {
            code: (str(unit.get("base", "")), unit.get("decimals"))
            for metric in role.get("metric", [])
            for code, unit in data["dimension"][metric]["category"].get("unit", {}).items()
        }
        time = next(iter(role.get("time", [])), None)
        return Table(str(data.get("label", "")), dimensions, time, units, cells)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(f"{name}: not a JSON-stat table ({type(error).__name__}: {error})") from None


def _label(dimension: Json, code: str) -> object:
    """The label of a category; JSON-stat lets it out where it is the same as the code."""
    return (dimension["category"].get("label") or {}).get(code, code)
