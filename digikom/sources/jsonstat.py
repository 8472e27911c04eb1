"""Tables in JSON-stat 2 (https://json-stat.org/full/) as frames."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

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
    missing) and `status` (the symbol in place of the number, or an empty text). `units` has the unit and the decimals
    of the contents, by category code; `time` is the code of the dimension of time.
    """

    label: str
    dimensions: dict[str, Dimension]
    time: str | None
    units: dict[str, tuple[str, int | None]]
    cells: pd.DataFrame


def codes(dimension: Json) -> list[str]:
    """The category codes of a dimension, in order."""
    category = dimension["category"]
    index = category.get("index")
    if index is None:
        return list(category["label"])
    return list(index) if isinstance(index, list) else sorted(index, key=index.__getitem__)


def read(name: str, content: bytes) -> Table:
    """The table in `content`; `InputError` naming the file when it is not a JSON-stat table."""
    try:
        data: Json = json.loads(content)
        dimensions = {code: _dimension(code, data["dimension"][code]) for code in data["id"]}
        size = [len(one.categories) for one in dimensions.values()]
        if size != list(data["size"]) or not isinstance(data["value"], list) or len(data["value"]) != math.prod(size):
            raise ValueError("the number of values is not that of the cells")
        combinations = itertools.product(*(one.categories for one in dimensions.values()))
        cells = pd.DataFrame(list(combinations), columns=list(dimensions))
        cells["value"] = pd.to_numeric(pd.Series(data["value"], dtype="object"))
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


def _dimension(code: str, content: Json) -> Dimension:
    labels = content["category"].get("label") or {}  # JSON-stat leaves out a label that is the same as the code
    return Dimension(code, str(content.get("label", code)), {one: str(labels.get(one, one)) for one in codes(content)})
