"""Everything that is typed for readers in the sources of a project, passage by passage."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digikom.errors import InputError
from digikom.prose.literals import LiteralReader
from digikom.prose.markdown import read_markdown
from digikom.prose.passages import Passage
from digikom.prose.ties import Ties
from digikom.prose.words import DirectionWords

#: Folders that hold no sources.
NO_SOURCES = frozenset({"_build", ".ipynb_checkpoints"})
#: How the types of published outputs begin. Importing `digikom.publish` for them would take seconds.
PUBLISHED = "application/vnd.digikom."
Cell = dict[str, Any]


class Sources:
    """The pages and notebooks of the project in `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        pages = sorted({root / "index.md", *(root / "book").rglob("*.md")})
        self._pages = [path for path in pages if not NO_SOURCES & {*path.relative_to(root).parts}]
        self._notebooks = {path: self._cells(path) for path in sorted((root / "notebooks").glob("*.ipynb"))}

    def passages(self, words: DirectionWords) -> Iterator[Passage]:
        """All passages: pages by name, then notebooks, cell by cell. Raises InputError when a file cannot be read."""
        for path in self._pages:
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"{self._name(path)} cannot be read: {error}") from None
            yield from read_markdown(text, self._name(path))
        for path, cells in self._notebooks.items():
            yield from self._of_notebook(self._name(path), cells, words)

    def keys(self) -> set[str]:
        """The keys of all numbers and words that the committed notebooks and the registers of the editions hold."""
        found = {
            payload["key"]
            for cells in self._notebooks.values()
            for cell in cells
            for output in cell.get("outputs", [])
            for mime_type, payload in output.get("data", {}).items()
            if mime_type.startswith(PUBLISHED) and "key" in payload
        }
        for path in sorted((self._root / "data" / "registers").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found.update(row["key"] for row in csv.DictReader(file))
        return found

    def _of_notebook(self, file: str, cells: list[Cell], words: DirectionWords) -> Iterator[Passage]:
        trees: dict[int, ast.Module] = {}
        for index, cell in enumerate(cells):
            if cell.get("cell_type") == "code":
                try:
                    trees[index] = ast.parse(_source(cell))
                except SyntaxError as error:
                    raise InputError(f"{file}, cell {cell.get('id', '')}, line {error.lineno}: {error.msg}.") from None
        ties = Ties(trees.values())
        for index, cell in enumerate(cells):
            name = str(cell.get("id", index + 1))
            if index in trees:
                yield from LiteralReader(ties, words, file, name, _source(cell), trees[index]).passages()
            elif cell.get("cell_type") == "markdown":
                yield from read_markdown(_source(cell), file, name)

    def _cells(self, path: Path) -> list[Cell]:
        try:
            return list(json.loads(path.read_text(encoding="utf-8"))["cells"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            message = f"{self._name(path)} cannot be read as a notebook: {type(error).__name__}: {error}"
            raise InputError(message) from None

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()


def _source(cell: Cell) -> str:
    """The text of a cell, which notebook files hold as lines or as a whole."""
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
