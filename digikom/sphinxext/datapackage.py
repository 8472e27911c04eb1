"""`data/datapackage.json`: the data files of an edition as a Frictionless Data Package, each with its schema.

Specification: https://specs.frictionlessdata.io/tabular-data-package/ (version 1).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from digikom.opendata.citation import LICENSE, LICENSE_ADDRESS, LICENSE_TITLE
from digikom.opendata.works import Work

from . import texts
from .description import MUNICIPALITY_FILES, REGISTER_FILES, Description, describe
from .exports import Block, parted_columns
from .payloads import Column, Value, heading_of, symbol_meaning

Json = dict[str, Any]
PACKAGE_FILE = "data/datapackage.json"
LICENSES = [{"name": LICENSE, "path": LICENSE_ADDRESS, "title": LICENSE_TITLE}]
#: Columns of the register and of the file on municipalities that hold something else than text.
INTEGERS = frozenset({"base", "year", "count", "level", "group_size", "country_size"})
NUMBERS = frozenset(
    {"value", *(f"{of}_{what}" for of in ("group", "country") for what in ("median", "lower", "same", "higher"))}
)


def package(described: Description, folder: Path, pages: dict[str, str]) -> Json:
    """The descriptor of the data files in `folder`. `pages` gives the address in the edition of each page."""
    edition, cited = described.edition, described.cited
    (register, _, municipalities) = described.collections
    resources = [_file_resource(folder / Path(REGISTER_FILES[0]).name, *register, key=["key"])]
    if (folder / Path(MUNICIPALITY_FILES[0]).name).is_file():
        key = ["municipality_code", "indicator"]
        resources.append(_file_resource(folder / Path(MUNICIPALITY_FILES[0]).name, *municipalities, key=key))
    for block in described.blocks:
        href = f"{pages[block.entry.place.docname]}#{block.target}"
        resources.append(_block_resource(block, described.block_description(block), folder, href))
    return {
        "profile": "tabular-data-package",
        "name": f"digitalisering-i-kommunene-{edition.year}",
        "title": edition.title,
        "description": described.abstract,
        "version": edition.version,
        "created": f"{edition.published}T00:00:00Z",
        **({"homepage": cited.address} if cited.address else {}),
        "status": "synthetic" if described.is_synthetic else "real",
        "keywords": list(texts.KEYWORDS),
        "contributors": [{"title": cited.author, "role": "author"}],
        "licenses": LICENSES,
        **({"sources": [{"title": work_title(described.based_on)}]} if described.based_on else {}),
        "resources": resources,
    }


def work_title(work: Work) -> str:
    """A work as a source is named: «Rybalka, … (year). Title. Series, institution»."""
    names = ", ".join(family for _, family in work.authors)
    return f"{names} ({work.year}). {work.title}. {work.series}, {work.institution}"


def _resource(path: Path, name: str, title: str, description: str, fields: list[Json], **more: object) -> Json:
    content = path.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path.name,
        "title": title,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ","},
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "licenses": LICENSES,
        **more,
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _file_resource(path: Path, name: str, title: str, description: str, key: list[str]) -> Json:
    """One of the edition's own files, whose columns are the same in every edition."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    fields: list[Json] = []
    for column in header:
        kind = "integer" if column in INTEGERS else "number" if column in NUMBERS else "string"
        field: Json = {"name": column, "type": kind, "title": texts.FIELD_TITLES.get(column, column)}
        if column == "status":
            field["constraints"] = _one_of(row[header.index(column)] for row in rows)
        elif column in key:
            field["constraints"] = {"required": True}
        fields.append(field)
    resource = _resource(path, name, title, description, fields)
    resource["schema"]["primaryKey"] = key
    return resource


def _block_resource(block: Block, description: str, folder: Path, href: str) -> Json:
    item = block.entry.item
    fields: list[Json] = []
    for position, (column, parted) in enumerate(zip(item.columns, parted_columns(item), strict=True)):
        values = [row[position] for row in item.rows]
        fields.append(_field(column, [value for value in values if not (parted and symbol_meaning(value))]))
        if parted:
            symbols = _one_of(str(value) for value in values if symbol_meaning(value))
            fields.append(
                {
                    "name": f"{column.name}_symbol",
                    "type": "string",
                    "title": texts.symbol_field(column.label),
                    "constraints": {"enum": symbols["enum"]},
                }
            )
    if "status" not in {field["name"] for field in fields}:
        status = {
            "name": "status",
            "type": "string",
            "title": texts.STATUS_FIELD,
            "constraints": _one_of([item.status]),
        }
        fields.append(status)
    sources = {"sources": [{"title": source} for source in item.source]} if item.source else {}
    title = texts.dataset_name(block.name, heading_of(block.entry.item))
    return _resource(
        folder / f"{block.stem}.csv", block.stem, title, description, fields, status=item.status, href=href, **sources
    )


def _field(column: Column, values: list[Value]) -> Json:
    field: Json = {"name": column.name, "type": field_type(values), "title": column.label}
    if column.unit and column.unit != "text":
        word = texts.UNIT_NAMES.get(column.unit, column.unit)
        field |= {"unit": word, "description": texts.unit_line(word)}
    return field


def field_type(values: Iterable[Value]) -> str:
    """The type of a column in the words of Table Schema; text where the values are of several kinds or lacking."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    return "number" if kinds and kinds <= {int, float} else "string"


def _one_of(values: Iterable[str]) -> Json:
    return {"required": True, "enum": sorted(set(values))}


def write_package(app: Sphinx, exception: Exception | None) -> None:
    """Write the descriptor into the finished edition, when its data files are written."""
    if exception is not None or app.builder.format != "html":
        return
    described = describe(app)
    if described is None:
        return
    pages = {name: app.builder.get_target_uri(name) for name in sorted(app.env.found_docs)}
    path = Path(app.outdir, PACKAGE_FILE)
    text = json.dumps(package(described, path.parent, pages), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Write the descriptor when the data files are written."""
    app.connect("build-finished", write_package, priority=600)
