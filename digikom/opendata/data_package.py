"""`data/datapackage.json`: the data files of an edition as a Frictionless Data Package, each with its schema.

Specification: https://specs.frictionlessdata.io/tabular-data-package/ (version 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from digikom.editions import layout
from digikom.files import csv_rows, sha256
from digikom.opendata import norwegian
from digikom.opendata.citations import LICENSE, LICENSE_ADDRESS, LICENSE_TITLE
from digikom.opendata.data_files import GROUP_FIELDS, LEVELS, columns_beside, parted_columns, symbol_meaning
from digikom.opendata.description import Block, Column, Dataset, Description, Value

Json = dict[str, Any]
LICENSES = [{"name": LICENSE, "path": LICENSE_ADDRESS, "title": LICENSE_TITLE}]
#: The edition's own files, by the name of their data set: the file, and the columns that together name a row.
OWN_FILES = {
    "tallregister": (layout.NUMBERS_TABLE, ["key"]),
    "grenser": (layout.LIMITS_TABLE, ["indicator", "limits"]),
    "kommuner": (layout.MUNICIPALITIES_TABLE, ["municipality_code", "indicator"]),
}
#: Columns of these that hold something else than text.
INTEGERS = frozenset(
    {
        "base",
        "year",
        "reference_year",
        "count",
        "level",
        "group_size",
        "country_size",
        *(f"count_{of}" for of in LEVELS),
    }
)
NUMBERS = frozenset(
    {"value", "low", "high", "top_percent", "top_change", *(f"percent_{of}" for of in LEVELS)}
    | {*(f"{of}_{what}" for of in ("group", "country") for what in GROUP_FIELDS[1:])}
)


def package_text(package: Json) -> str:
    """The descriptor as the file has it."""
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def data_package(described: Description, files: Mapping[str, bytes]) -> Json:
    """The descriptor of the data `files`, given by their paths in the edition."""
    edition, cited = described.edition, described.cited
    own = [_own_resource(dataset, files) for dataset in described.datasets if dataset.name in OWN_FILES]
    return {
        "profile": "tabular-data-package",
        "name": f"digitalisering-i-kommunene-{edition.year}",
        "title": edition.title,
        "description": described.abstract,
        "version": edition.version,
        "created": f"{edition.published}T00:00:00Z",
        **({"homepage": cited.address} if cited.address else {}),
        "status": "synthetic" if cited.is_synthetic else "real",
        "keywords": norwegian.KEYWORDS,
        "contributors": [{"title": cited.author, "role": "author"}],
        "licenses": LICENSES,
        **({"sources": [{"title": described.based_on.text()}]} if described.based_on else {}),
        "resources": [*own, *(_block_resource(block, described.describe(block), files) for block in described.blocks)],
    }


def _resource(path: str, content: bytes, name: str, title: str, description: str, schema: Json, **more: object) -> Json:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": PurePosixPath(path).name,
        "title": title,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
        "licenses": LICENSES,
        **more,
        "schema": schema,
    }


def _own_resource(dataset: Dataset, files: Mapping[str, bytes]) -> Json:
    """One of the edition's own files, whose columns are the same in every edition."""
    path, key = OWN_FILES[dataset.name]
    header, *rows = csv_rows(files[path])
    fields: list[Json] = []
    for column in header:
        kind = "integer" if column in INTEGERS else "number" if column in NUMBERS else "string"
        field: Json = {"name": column, "type": kind, "title": norwegian.FIELD_TITLES.get(column, column)}
        if column == "status":
            field["constraints"] = _one_of(row[header.index(column)] for row in rows)
        elif column in key:
            field["constraints"] = {"required": True}
        fields.append(field)
    schema = {"fields": fields, "missingValues": [""], "primaryKey": key}
    return _resource(path, files[path], dataset.name, dataset.title, dataset.description, schema)


def _block_resource(block: Block, description: str, files: Mapping[str, bytes]) -> Json:
    fields: list[Json] = []
    for position, (column, parted) in enumerate(zip(block.columns, parted_columns(block), strict=True)):
        values = [row[position] for row in block.rows]
        fields.append(_field(column, [value for value in values if not (parted and symbol_meaning(value))]))
        if parted:
            symbols = sorted({value for value in values if isinstance(value, str) and symbol_meaning(value)})
            fields.append(
                {
                    "name": f"{column.name}_symbol",
                    "type": "string",
                    "title": norwegian.symbol_field(column.label),
                    "constraints": {"enum": symbols},
                }
            )
        for beside in columns_beside(block, position):
            about: Json = {"name": beside.name, "type": field_type(beside.values), "title": beside.title}
            if about["type"] == "string":
                about["constraints"] = {"enum": sorted({str(value) for value in beside.values if value is not None})}
            fields.append(about)
    if all(field["name"] != "status" for field in fields):
        status = {"name": "status", "type": "string", "title": norwegian.STATUS_FIELD}
        fields.append({**status, "constraints": _one_of([block.status])})
    path = layout.block_file(block.stem, ".csv")
    more: Json = {"status": block.status, "href": block.address}
    if block.source:
        more["sources"] = [{"title": source} for source in block.source]
    schema = {"fields": fields, "missingValues": [""]}
    return _resource(path, files[path], block.stem, block.full_name, description, schema, **more)


def _field(column: Column, values: list[Value]) -> Json:
    field: Json = {"name": column.name, "type": field_type(values), "title": column.label}
    if column.unit and column.unit != "text":
        word = norwegian.UNIT_NAMES.get(column.unit, column.unit)
        field |= {"unit": word, "description": norwegian.unit_line(word)}
    return field


def field_type(values: Iterable[Value]) -> str:
    """The type of a column in the words of Table Schema; text where there are no values or those of several kinds."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    return "number" if kinds and kinds <= {int, float} else "string"


def _one_of(values: Iterable[str]) -> Json:
    return {"required": True, "enum": sorted(set(values))}
