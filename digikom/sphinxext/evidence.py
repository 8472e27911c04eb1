"""What the numbers of an edition rest on: printed, implied or assumed, by number and by cell of a figure or table.

A notebook hands over which numbers are printed and which follow from printed ones (`publish.evidence`); every other
number that rests on synthetic answers is assumed. A figure or table says which numbers its cells are. Where some of
them are known, the others are marked; where none is, a note says so. An edition on real answers has none of this.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from digikom.opendata.description import EvidenceKind, Value
from digikom.opendata.norwegian import EVIDENCE_WORDS
from digikom.publish.drawing import OWN_METADATA
from digikom.publish.evidence import ASSUMED, Evidence
from digikom.publish.palette import BLACK_TO_WHITE

from . import texts
from .payloads import Entry, Figure, Number, Register, Table

#: How the mark of an assumed value differs from that of a known one: paler, with a broken line around it.
PALE, DASH = 0.3, [3, 2]
Kinds = tuple[EvidenceKind | None, ...]
C = TypeVar("C")


def with_evidence(register: Register, given: Mapping[str, Evidence] | None, elsewhere: Collection[str]) -> Register:
    """The register with what numbers, figures and tables rest on. Nothing is `given` in an edition on real answers.

    What `elsewhere`, documents about printed figures or earlier editions, has for figures and tables says it only where
    it names its numbers.
    """
    if given is None:
        return register
    for key, entry in register.numbers.items():
        if entry.item.status == "synthetic" and entry.item.unit != "year":
            found = given.get(key, ASSUMED)
            about = {"evidence": found.kind or None, "evidence_source": found.where}
            register.numbers[key] = replace(entry, item=entry.item.model_copy(update=about))
    for entries in (register.figures, register.tables):
        known = cast("dict[str, Entry[Any]]", entries)
        for key, block in known.items():
            if block.item.status == "synthetic" and (block.item.number_keys or block.place.docname not in elsewhere):
                known[key] = replace(block, item=_marked(block.item, register.numbers))
    return register


def _marked(block: Figure | Table, numbers: Mapping[str, Entry[Number]]) -> Figure | Table:
    """The block with the evidence of its cells, a note about it and, in a figure, the marks of assumed values."""
    kinds = tuple(_cells(block, row, numbers) for row in range(len(block.rows)))
    every = {kind for row in kinds for kind in row if kind}
    is_figure = isinstance(block, Figure)
    if not every and not is_figure:
        return block
    some_known = bool(every - {"assumed"})
    about: dict[str, Any] = {"evidence": kinds if every else ()}
    if not some_known:
        note = texts.ALL_ASSUMED["figure" if is_figure else "table"]
    elif "assumed" not in every:
        note = texts.NONE_ASSUMED["figure" if is_figure else "table"]
    else:
        note = texts.SOME_ASSUMED["figure" if is_figure else "table"]
        about["has_assumed_marks"] = True
        if isinstance(block, Figure):
            about["spec"] = _marked_spec(block, kinds)
    return block.model_copy(update={**about, "notes": (*block.notes, note)})


def _cells(block: Figure | Table, row: int, numbers: Mapping[str, Entry[Number]]) -> Kinds:
    """What each cell of a row rests on; nothing of a text or symbol, nor that all shares together are one."""
    is_total = row == len(block.rows) - 1 and isinstance(block, Table) and block.total_row
    found: list[EvidenceKind | None] = []
    for position, (value, column) in enumerate(zip(block.rows[row], block.columns, strict=True)):
        is_text = not column.is_number or value is None or isinstance(value, str | bool)
        if is_text or (is_total and column.unit == "share"):
            found.append(None)
            continue
        number = numbers.get(block.number_keys[row][position]) if block.number_keys else None
        same = number is not None and is_same(value, column.unit, number.item)
        kind = number.item.evidence if number is not None and same else None
        if kind is None and column.unit == "percentage_points":
            # A change follows from the two values beside it.
            beside = [each for each in found if each]
            kind = "implied" if len(beside) > 1 and "assumed" not in beside else None
        found.append(kind or "assumed")
    return tuple(found)


def is_same(value: Value, unit: str | None, number: Number) -> bool:
    """Whether the cell shows the number: shares of one are per cent in the register."""
    if number.value is None or isinstance(value, str | bool) or value is None:
        return False
    shown, is_share = float(value), unit == "share" and number.unit == "percent"
    return (is_share or unit == number.unit) and abs(shown * (100 if is_share else 1) - number.value) < 1e-6


def _marked_spec(figure: Figure, kinds: tuple[Kinds, ...]) -> dict[str, Any]:
    """The picture, wide and narrow, with the assumed values paler and named so in their tips."""
    found = {
        place: kind for place, (row, cell) in cells_by_place(figure).items() if (kind := kinds[row][cell]) is not None
    }
    spec = copy.deepcopy(dict(figure.spec))
    for view in views(spec):
        marked = set()
        for name, rows in view.get("datasets", {}).items():
            if sum(_mark_row(row, found) for row in rows):
                marked.add(name)
        for layer in view.get("layer", [view]):
            if layer.get("data", view.get("data", {})).get("name") in marked and "description" in layer["encoding"]:
                _mark_layer(layer["encoding"])
    return spec


def views(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The picture as it is drawn wide and, where it has another for a telephone, narrow."""
    return filter(None, (spec, spec.get("usermeta", {}).get(OWN_METADATA, {}).get("narrow")))


def cells_by_place(figure: Figure) -> dict[tuple[str, str], tuple[int, int]]:
    """The row and column of each number of the figure that is no count, by what the row of the picture's data says of
    it: the name of the row and that of the column.
    """
    names = [column.name.removeprefix("percent_") for column in figure.columns]
    return {
        (str(row[0]), name): (position, cell)
        for position, row in enumerate(figure.rows)
        for cell, (name, column) in enumerate(zip(names, figure.columns, strict=True))
        if column.unit != "count"
    }


def place_of(row: Mapping[str, Any], known: Mapping[tuple[str, str], C]) -> C | None:
    """What is `known` of a row of a picture's data, by the place that its values name."""
    values = set(map(str, row.values()))
    return next((found for place, found in known.items() if set(place) <= values), None)


def _mark_row(row: dict[str, Any], found: Mapping[tuple[str, str], EvidenceKind]) -> bool:
    """Note with a row of a picture's data what it rests on; whether it has a tip, and so a mark of its own."""
    kind = place_of(row, found)
    if "tip" not in row or kind is None:
        return False
    row["evidence"], row["tip"] = kind, f"{row['tip']} ({EVIDENCE_WORDS[kind]})"
    if kind == "assumed" and "ink" in row:
        row["ink"] = BLACK_TO_WHITE
    return True


def _mark_layer(encoding: dict[str, Any]) -> None:
    """Give the assumed marks of a layer their look; those of known values stay as they are."""
    colour = {name: part for name, part in encoding["color"].items() if name != "legend"}
    looks: dict[str, dict[str, Any]] = {
        "stroke": {**colour, "legend": None},
        "fillOpacity": {"value": PALE},
        "strokeDash": {"value": DASH},
        "strokeWidth": {"value": 1},
    }
    for channel, look in looks.items():
        encoding[channel] = {"condition": {"test": "datum.evidence === 'assumed'", **look}}
