"""The keys that the built-in editions publish, each with the cells behind it: `book/keys.csv`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from digikom import files
from digikom.errors import BuildError
from digikom.publish.outputs import FIGURE_MIME, NUMBER_MIME, TABLE_MIME, WORDING_MIME
from digikom.publish.published import published_outputs, read_cells
from digikom.publish.words import dictionary

from .rule import Edition, missing_keys

KEYS_FILE = Path("book", "keys.csv")
COLUMNS = ("key", "kind", "notebook", "cell", "questions")
KINDS = {NUMBER_MIME: "number", WORDING_MIME: "wording", FIGURE_MIME: "figure", TABLE_MIME: "table"}
MAP, MUNICIPALITIES = "map", "municipalities"
#: The column of a table with a row for each municipality.
MUNICIPALITY_COLUMN = "municipality_code"
#: What the answers are: for marks these are keys too.
STATUSES = frozenset({"synthetic", "real"})
#: The pages of a book, beside its notebooks, from its folder.
PAGES = ("index.md", "book/*.md", "book/editions/*/*.md")
NOTEBOOKS = "notebooks/*.ipynb"
UNKNOWN = (
    f"The text names keys that this edition does not publish, and no other ({KEYS_FILE.as_posix()}, which "
    "`digikom refresh` writes):"
)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A key that a cell publishes in some edition.

    `kind` is number, wording, figure, map (a figure on municipal boundaries), table or municipalities (a table of
    them); `questions` are the blocks, questions and items behind it.
    """

    key: str
    kind: str
    notebook: str
    cell: str
    questions: tuple[str, ...] = ()


def keys_of(notebook: str, cells: Sequence[Mapping[str, Any]]) -> Iterator[Key]:
    """What the cells of an executed notebook publish."""
    for index, mime, payload in published_outputs(cells):
        kind = KINDS[mime]
        if mime == FIGURE_MIME and "digikom:boundaries/" in json.dumps(payload.get("spec")):
            kind = MAP
        if mime == TABLE_MIME and any(column["name"] == MUNICIPALITY_COLUMN for column in payload.get("columns", ())):
            kind = MUNICIPALITIES
        questions = tuple(sorted(payload.get("questions") or ()))
        yield Key(str(payload.get("key")), kind, notebook, str(cells[index].get("id", "")), questions)


def united(keys: Iterable[Key]) -> list[Key]:
    """Each key of each cell once, with the questions of all editions."""
    behind: dict[tuple[str, str, str, str], set[str]] = {}
    for each in keys:
        behind.setdefault((each.key, each.kind, each.notebook, each.cell), set()).update(each.questions)
    return sorted(Key(*place, tuple(sorted(questions))) for place, questions in behind.items())


def read_keys(folder: Path) -> list[Key]:
    """The known keys of the book in `folder`; none where it has no list of them."""
    path = folder / KEYS_FILE
    rows = files.csv_rows(path.read_bytes())[1:] if path.is_file() else []
    return [Key(key, kind, name, cell, tuple(questions.split())) for key, kind, name, cell, questions in rows]


def write_keys(keys: Iterable[Key], folder: Path) -> Path:
    """Write the list of known keys of the book in `folder`."""
    rows = [(each.key, each.kind, each.notebook, each.cell, " ".join(each.questions)) for each in united(keys)]
    return files.write(folder / KEYS_FILE, files.csv_text([COLUMNS, *rows]))


def edition_of(known: Iterable[Key], chapters: Mapping[str, Sequence[Mapping[str, Any]]]) -> Edition:
    """What the rule goes by: what the executed notebooks `chapters`, by name, publish, and the status of it."""
    cells: dict[tuple[str, str], list[str]] = {}
    for each in known:
        cells.setdefault((each.notebook, each.cell), []).append(each.key)
    outputs = [data for chapter in chapters.values() for _, _, data in published_outputs(chapter)]
    published = {str(data.get("key")) for data in outputs} | ({data.get("status") for data in outputs} & STATUSES)
    return Edition(frozenset(published), {at: tuple(keys) for at, keys in cells.items()})


def require_known(folder: Path, known: Iterable[Key], edition: Edition, year: int | None) -> None:
    """Raise BuildError for keys in the pages and notebooks of the book in `folder` that no edition publishes.

    A phrase that the files of words have is known too: answers may give reason for it that no built-in edition has.
    Of the words of editions, only those of `year` and those that are shared are looked at.
    """
    names = {each.key for each in known} | edition.published | STATUSES | {*dictionary(folder / "book" / "ord")}
    found: list[str] = []
    for path in sorted(path for pattern in PAGES for path in folder.glob(pattern)):
        if not path.parent.name.isdigit() or path.parent.name == str(year):
            found += _unknown(path.read_text(encoding="utf-8"), path.relative_to(folder).as_posix(), names)
    for path in sorted(folder.glob(NOTEBOOKS)):
        for cell in read_cells(path):
            if cell["cell_type"] == "markdown":
                place = f"{path.relative_to(folder).as_posix()}, cell {cell.get('id', '')}"
                found += _unknown("".join(cell["source"]), place, names)
    if found:
        raise BuildError("\n".join([UNKNOWN, *(f"  - {each}" for each in found)]))


def _unknown(text: str, place: str, known: set[str]) -> Iterator[str]:
    """A line for each key that is not known: where it is, and the known key that it may be meant for."""
    for key in dict.fromkeys(missing_keys(text, known)):
        first = re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text)
        line = text.count("\n", 0, first.start()) + 1 if first else 1
        meant = get_close_matches(key, sorted(known), 1)
        yield f"{place}, line {line}: {key}" + (f" (is it {meant[0]}?)" if meant else "")
