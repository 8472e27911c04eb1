"""The keys that the built-in editions publish, each with the cells behind it: `book/keys.csv`."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from digikom.errors import BuildError
from digikom.prose.markdown import CODE_DIRECTIVES, DIRECTIVE, ENTRY_DIRECTIVES
from digikom.publish.outputs import FIGURE_MIME, NUMBER_MIME, TABLE_MIME, WORDING_MIME
from digikom.publish.published import published_outputs, read_cells
from digikom.publish.words import dictionary

from .pieces import Edition
from .sentences import mentions
from .source import CARD, KEYED_DIRECTIVES, blocks

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


@dataclass(frozen=True, slots=True)
class Unknown:
    """A key that no edition publishes, where it stands, and the known key that it may be meant for."""

    file: str
    cell: str
    line: int
    key: str
    meant: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, cell {self.cell}, line {self.line}" if self.cell else f"{self.file}, line {self.line}"
        return f"{place}: {self.key}" + (f" (is it {self.meant}?)" if self.meant else "")


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
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [Key(key, kind, name, cell, tuple(questions.split())) for key, kind, name, cell, questions in rows]


def write_keys(keys: Iterable[Key], folder: Path) -> Path:
    """Write the list of known keys of the book in `folder`."""
    path = folder / KEYS_FILE
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(
            (each.key, each.kind, each.notebook, each.cell, " ".join(each.questions)) for each in united(keys)
        )
    return path


def edition_of(known: Iterable[Key], chapters: Mapping[str, Sequence[Mapping[str, Any]]]) -> Edition:
    """What the rule goes by: what the executed notebooks `chapters`, by name, publish, and the status of it."""
    cells: dict[tuple[str, str], list[str]] = {}
    for each in known:
        cells.setdefault((each.notebook, each.cell), []).append(each.key)
    published = {each.key for name, chapter in chapters.items() for each in keys_of(name, chapter)}
    statuses = {data.get("status") for chapter in chapters.values() for _, _, data in published_outputs(chapter)}
    return Edition(frozenset(published | statuses & STATUSES), {at: tuple(keys) for at, keys in cells.items()})


def require_known(folder: Path, known: Iterable[Key], edition: Edition, year: int | None) -> None:
    """Raise BuildError for keys in the pages and notebooks of the book in `folder` that no edition publishes.

    A phrase that the files of words have is known too: answers may give reason for it that no built-in edition has.
    Of the words of editions, only those of `year` and those that are shared are looked at.
    """
    names = {each.key for each in known} | edition.published | STATUSES | {*dictionary(folder / "book" / "ord")}
    found: list[Unknown] = []
    for path in sorted(path for pattern in PAGES for path in folder.glob(pattern)):
        if not path.parent.name.isdigit() or path.parent.name == str(year):
            text = path.read_text(encoding="utf-8")
            found += _unknown(text, path.relative_to(folder).as_posix(), "", names)
    for path in sorted(folder.glob(NOTEBOOKS)):
        for cell in read_cells(path):
            if cell["cell_type"] == "markdown":
                text = "".join(cell["source"])
                found += _unknown(text, path.relative_to(folder).as_posix(), str(cell.get("id", "")), names)
    if found:
        raise BuildError("\n".join([UNKNOWN, *(f"  - {each}" for each in found)]))


def _unknown(text: str, file: str, cell: str, known: Collection[str]) -> Iterator[Unknown]:
    named = any(f"{{{name}}}" in text for name in KEYED_DIRECTIVES | ENTRY_DIRECTIVES)
    if not named and all(mention.key in known for mention in mentions(text)):
        return
    for key, line in _mentioned(text, 1):
        if key not in known:
            meant = get_close_matches(key, sorted(known), 1)
            yield Unknown(file, cell, line, key, meant[0] if meant else "")


def _mentioned(text: str, line: int, cards: bool = False) -> Iterator[tuple[str, int]]:
    """The keys in a Markdown source that begins on `line`, each with its line."""
    for block in blocks(text):
        for node in block.walk():
            if node.map is None:
                continue
            first = line + node.map[0]
            if node.type == "inline":
                found = [(mention.key, mention.position) for mention in mentions(node.content)]
                found += [(card["key"], card.start()) for card in CARD.finditer(node.content)] if cards else []
                yield from ((key, first + node.content.count("\n", 0, position)) for key, position in found)
            elif node.type in {"fence", "colon_fence"} and (directive := DIRECTIVE.fullmatch(node.info.strip())):
                name, argument = directive["name"], directive["argument"]
                if name in KEYED_DIRECTIVES:
                    argument += "".join(f" {{numref}}`{word}`" for word in argument.split()[1:])
                yield from ((mention.key, first) for mention in mentions(argument))
                if name not in CODE_DIRECTIVES:
                    yield from _mentioned(node.content, first + 1, name in ENTRY_DIRECTIVES)
