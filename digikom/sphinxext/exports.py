"""The files of an edition made from its notebooks: the number register, and data and pictures of figures and tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

from digikom.paths import data_folder
from digikom.publish.drawing import DrawingError
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.publish.pictures import png, standalone_svg
from digikom.publish.tables import base_line

from . import texts
from .backlinks import in_reading_order, printed_places
from .elements import NUMBER_ANCHOR, WORDING_ANCHOR, file_stem, number_in_words, report_of
from .numberfile import (
    NUMBER_FIELDS,
    InputRecord,
    NumberRecord,
    NumberRegister,
    WordingRecord,
    register_text,
    schema_text,
)
from .payloads import Figure, Table, Value, machine_text, spreadsheet_text, symbol_meaning
from .register import Entry, Register
from .renderers import drawings_folder

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Block:
    """A figure or table of the finished book: `target` is its id on the page, `stem` the name of its data files without
    extension, `name` what it is called («Figur 3.1»).
    """

    figtype: str
    entry: Entry[Figure] | Entry[Table]
    target: str
    stem: str
    name: str


def published_blocks(env: BuildEnvironment, register: Register) -> list[Block]:
    """Every figure and table, figures first, in the order of the register. Call it when all pages have been read."""
    labels = cast(StandardDomain, env.get_domain("std")).anonlabels
    entries: list[tuple[str, Entry[Figure] | Entry[Table]]] = [
        *(("figure", entry) for entry in register.figures.values()),
        *(("table", entry) for entry in register.tables.values()),
    ]
    blocks = []
    for figtype, entry in entries:
        key, docname = entry.item.key, entry.place.docname
        name = nodes.fully_normalize_name(key)
        _, target = labels.get(name, ("", nodes.make_id(name)))
        stem = file_stem(env, docname, figtype, target, key)
        blocks.append(Block(figtype, entry, target, stem, number_in_words(env, docname, figtype, target)))
    return blocks


def write_exports(app: Sphinx, exception: Exception | None) -> None:
    """Write `data/` into the finished edition. Does nothing after a failed build or for other builders than HTML."""
    if exception is not None or app.builder.format != "html":
        return
    register = report_of(app).register
    folder = Path(app.outdir) / "data"
    folder.mkdir(exist_ok=True)
    files = _register_files(app) | _data_files(app.env, register, drawings_folder(app))
    for name in sorted(files):
        (folder / name).write_bytes(files[name])


def number_register(app: Sphinx) -> NumberRegister:
    """Everything of the edition that goes into `numbers.json`."""
    register, sources = report_of(app).register, report_of(app).sources
    places = printed_places(app.env)

    def where(entry: Entry[Any], anchor: str) -> dict[str, Any]:
        name = f"{anchor}{entry.item.key}"
        return {
            "notebook": app.env.doc2path(entry.place.docname, base=False),
            "cell_id": entry.place.cell_id,
            "href": f"{app.builder.get_target_uri(entry.place.docname)}#{name}",
            "uses": [f"{app.builder.get_target_uri(use.docname)}#{use.id}" for use in places.get(name, ())],
        }

    numbers: list[NumberRecord] = []
    inputs: dict[str, InputRecord] = {}
    for entry in in_reading_order(app, register.numbers.values()):
        basis = sources.of(entry)
        inputs |= {file.path: InputRecord.of(file) for file in basis.inputs}
        about = {"questions": basis.names, "columns": basis.columns, "inputs": [file.path for file in basis.inputs]}
        described = entry.item.model_dump(include=set(NumberRecord.model_fields))
        numbers.append(NumberRecord.model_validate(described | where(entry, NUMBER_ANCHOR) | about))
    wordings = [
        WordingRecord.model_validate(entry.item.model_dump() | where(entry, WORDING_ANCHOR))
        for entry in in_reading_order(app, register.wordings.values())
    ]
    listed = tuple(inputs[path] for path in sorted(inputs))
    return NumberRegister(inputs=listed, numbers=tuple(numbers), wordings=tuple(wordings))


def _register_files(app: Sphinx) -> dict[str, bytes]:
    register = number_register(app)
    rows = [[_flat(getattr(number, name)) for name in NUMBER_FIELDS] for number in register.numbers]
    return {
        "numbers.json": register_text(register).encode(),
        "numbers.csv": _csv([NUMBER_FIELDS, *rows], delimiter=",").encode(),
        "numbers.schema.json": schema_text().encode(),
    }


def _flat(value: Value | tuple[str, ...]) -> str:
    return "; ".join(value) if isinstance(value, tuple) else machine_text(value)


def _data_files(env: BuildEnvironment, register: Register, store: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for block in published_blocks(env, register):
        item, stem = block.entry.item, block.stem
        files[f"{stem}.csv"] = machine_csv(item).encode()
        files[f"{stem}.nb.csv"] = spreadsheet_csv(item).encode()
        if isinstance(item, Figure):
            picture = picture_file(item, block.name, data_folder(env.config.digikom_data_dir), store)
            if picture:
                files[f"{stem}.svg"] = picture.encode()
                files[f"{stem}.png"] = png(picture, store)
    return files


def picture_file(figure: Figure, name: str, data_dir: Path, store: Path | None = None) -> str:
    """The figure as an SVG file that needs no page around it: `name` («Figur 3.1») and title above the picture, notes,
    base, source and the mark of synthetic answers below.

    Empty for a figure that cannot be drawn, which is reported with its page.
    """
    about = base_line(figure.base, figure.base_text, figure.source)
    mark = SYNTHETIC_MARK if figure.status == "synthetic" else ""
    try:
        return standalone_svg(
            figure.spec,
            title=f"{name} {figure.heading}",
            subtitle=figure.subtitle,
            notes=[note for note in (*figure.notes, about, mark) if note],
            alt=figure.alt,
            data_dir=data_dir,
            store=store,
        )
    except DrawingError:
        return ""


def machine_csv(block: Figure | Table) -> str:
    """The rows for programs: comma, decimal point, column names, the data status on each row; empty where not shown.

    A number column in which standard symbols stand has them in a column of its own beside it, `<name>_symbol`, so that
    it holds nothing but numbers.
    """
    with_symbols = parted_columns(block)
    names = [
        name
        for column, parted in zip(block.columns, with_symbols, strict=True)
        for name in ([column.name, f"{column.name}_symbol"] if parted else [column.name])
    ]
    own_status = "status" in names
    header = names if own_status else [*names, "status"]
    tail = [] if own_status else [block.status]
    rows = ([*_machine_row(row, with_symbols), *tail] for row in block.rows)
    return _csv([header, *rows], delimiter=",")


def parted_columns(block: Figure | Table) -> list[bool]:
    """Of each column, whether `machine_csv` puts its standard symbols in a column of their own."""
    return [
        column.is_number and any(symbol_meaning(row[position]) for row in block.rows)
        for position, column in enumerate(block.columns)
    ]


def _machine_row(row: Sequence[Value], with_symbols: Sequence[bool]) -> list[str]:
    cells: list[str] = []
    for value, parted in zip(row, with_symbols, strict=True):
        text = machine_text(value)
        if parted:
            cells += ["", text] if symbol_meaning(value) else [text, ""]
        else:
            cells.append(text)
    return cells


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
