"""The files of an edition made from its notebooks: the number register and the data of each figure and table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

from . import texts
from .elements import file_stem
from .formats import machine_text, spreadsheet_text
from .payloads import Figure, Number, Table, Wording
from .register import Entry, Register, register_of
from .renderers import NUMBER_ANCHOR, WORDING_ANCHOR

NUMBER_FIELDS = (
    "key",
    "label",
    "value",
    "text",
    "unit",
    "base",
    "base_text",
    "year",
    "status",
    "source",
    "notebook",
    "cell_id",
    "href",
)
BYTE_ORDER_MARK = "\ufeff"


def reading_order(env: BuildEnvironment, root: str) -> list[str]:
    """Every document of the table of contents, in the order a reader meets them."""
    order: list[str] = []

    def follow(docname: str) -> None:
        if docname in order:
            return
        order.append(docname)
        for child in env.toctree_includes.get(docname, []):
            follow(child)

    follow(root)
    return order


def write_exports(app: Sphinx, exception: Exception | None) -> None:
    """Write `data/` into the finished edition. Does nothing after a failed build or for other builders than HTML."""
    if exception is not None or app.builder.format != "html":
        return
    register = register_of(app)
    folder = Path(app.outdir) / "data"
    folder.mkdir(exist_ok=True)
    files = _register_files(app, register) | _data_files(app.env, register)
    for old in [*folder.glob("figur-*.csv"), *folder.glob("tabell-*.csv")]:
        if old.name not in files:
            old.unlink()
    for name in sorted(files):
        (folder / name).write_bytes(files[name].encode("utf-8"))


def _register_files(app: Sphinx, register: Register) -> dict[str, str]:
    place = {docname: position for position, docname in enumerate(reading_order(app.env, app.config.root_doc))}

    def order(entry: Entry[Any]) -> tuple[int, str, int, str]:
        docname = entry.place.docname
        return place.get(docname, len(place)), docname, entry.place.position, entry.item.key

    def where(entry: Entry[Any], anchor: str) -> dict[str, str]:
        return {
            "notebook": app.env.doc2path(entry.place.docname, base=False),
            "cell_id": entry.place.cell_id,
            "href": f"{app.builder.get_target_uri(entry.place.docname)}#{anchor}{entry.item.key}",
        }

    entries: list[Entry[Number]] = sorted(register.numbers.values(), key=order)
    worded: list[Entry[Wording]] = sorted(register.wordings.values(), key=order)
    described = [entry.item.model_dump() | where(entry, NUMBER_ANCHOR) for entry in entries]
    numbers = [{name: number[name] for name in NUMBER_FIELDS} for number in described]
    wordings = [entry.item.model_dump() | where(entry, WORDING_ANCHOR) for entry in worded]
    rows = [
        ["; ".join(number["source"]) if name == "source" else machine_text(number[name]) for name in NUMBER_FIELDS]
        for number in numbers
    ]
    return {
        "numbers.json": json.dumps({"numbers": numbers, "wordings": wordings}, ensure_ascii=False, indent=1) + "\n",
        "numbers.csv": _csv([NUMBER_FIELDS, *rows], delimiter=","),
    }


def _data_files(env: BuildEnvironment, register: Register) -> dict[str, str]:
    files: dict[str, str] = {}
    labels = cast(StandardDomain, env.get_domain("std")).anonlabels
    blocks: list[tuple[str, Entry[Figure] | Entry[Table]]] = [
        *(("figure", entry) for entry in register.figures.values()),
        *(("table", entry) for entry in register.tables.values()),
    ]
    for figtype, entry in blocks:
        name = nodes.fully_normalize_name(entry.item.key)
        _, target = labels.get(name, ("", nodes.make_id(name)))
        stem = file_stem(env, entry.place.docname, figtype, target, entry.item.key)
        files[f"{stem}.csv"] = machine_csv(entry.item)
        files[f"{stem}.nb.csv"] = spreadsheet_csv(entry.item)
    return files


def machine_csv(block: Figure | Table) -> str:
    """The rows for programs: comma, decimal point, column names, the data status on each row; empty where not shown."""
    names = [column.name for column in block.columns]
    own_status = "status" in names
    header = names if own_status else [*names, "status"]
    tail = [] if own_status else [block.status]
    return _csv([header, *([*map(machine_text, row), *tail] for row in block.rows)], delimiter=",")


def spreadsheet_csv(block: Figure | Table) -> str:
    """The rows for a Norwegian spreadsheet: semicolon, decimal comma, Norwegian headings, byte order mark."""
    header = [*(column.label for column in block.columns), "Datastatus"]
    status = texts.STATUS_WORDS[block.status]
    return BYTE_ORDER_MARK + _csv(
        [header, *([*map(spreadsheet_text, row), status] for row in block.rows)], delimiter=";"
    )


def _csv(rows: Iterable[Sequence[str]], *, delimiter: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def setup(app: Sphinx) -> None:
    """Write the files when the pages are done."""
    app.connect("build-finished", write_exports)
