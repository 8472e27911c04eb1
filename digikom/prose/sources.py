"""Everything that is typed for readers in the sources of a project, passage by passage, and the words nothing uses."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from digikom.errors import InputError
from digikom.prose.code import read_code
from digikom.prose.markdown import read_markdown
from digikom.prose.passages import Passage
from digikom.prose.templates import read_macros, read_words

SOURCES = ("book/**/*.md", "index.md", "book/ord/*.j2", "book/ord/*.yml", "notebooks/*.ipynb")
#: Folders that hold no sources.
NO_SOURCES = frozenset({"_build", ".ipynb_checkpoints"})
#: The code that uses words of its own.
PACKAGE = Path(__file__).parents[1]
#: A text in code, what it puts in, and what a ranking adds to a key.
QUOTED = re.compile(r"[\"']([^\"'\n]*)[\"']")
PUT_IN = re.compile(r"\\\{[^{}]*\\\}")
RANK = re.compile(r"-(first|second|next-last|last|least|most)$")


def read_sources(root: Path) -> dict[str, str]:
    """The text of each page, file of words and notebook of the project in `root`, by name."""
    texts = {}
    for path in (path for pattern in SOURCES for path in sorted(root.glob(pattern))):
        name = path.relative_to(root)
        try:
            if not NO_SOURCES & {*name.parts}:
                texts[name.as_posix()] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{name.as_posix()} cannot be read: {error}") from None
    return texts


def passages(texts: Mapping[str, str]) -> Iterator[Passage]:
    """All passages, in the order of the files. Raises InputError for a file that is not what it should be."""
    readers = {".md": read_markdown, ".yml": read_words, ".j2": read_macros, ".ipynb": _read_notebook}
    for file, text in texts.items():
        yield from readers[Path(file).suffix](text, file)


def unused_words(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Place and key of the words that no code names, itself or by a pattern, or whose numbers none does."""
    cells = [cell for file, text in texts.items() if file.endswith(".ipynb") for cell in _cells(text, file)]
    code = [source for kind, _, source in cells if kind == "code"]
    code += [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))]
    named = {text for source in code for text in QUOTED.findall(source)}
    patterned = {PUT_IN.sub(".+", re.escape(text)) for text in named if "{" in text}
    patterns = re.compile("|".join(sorted(text for text in patterned if re.search(r"\w{3}", text))))
    for file, text in texts.items():
        for key, words in (yaml.safe_load(text) or {}).items() if file.endswith(".yml") else ():
            numbers = words.get("of", key) if isinstance(words, dict) else key
            for number in [numbers] if isinstance(numbers, str) else numbers:
                if not (number in named or RANK.sub("", number) in named or patterns.fullmatch(number)):
                    line = f"\n{text}".partition(f"\n{key}:")[0].count("\n") + 1
                    yield f"{file}, line {line}", key
                    break


def _read_notebook(text: str, file: str) -> Iterator[Passage]:
    for kind, name, source in _cells(text, file):
        if kind == "markdown":
            yield from read_markdown(source, file, name)
        elif kind == "code":
            try:
                tree = ast.parse(source)
            except SyntaxError as error:
                raise InputError(f"{file}, cell {name}, line {error.lineno}: {error.msg}.") from None
            yield from read_code(tree, file, name)


def _cells(text: str, file: str) -> list[tuple[str, str, str]]:
    """Kind, id and text of each cell of a notebook, which holds texts as lines or as a whole."""
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
        return [(cell["cell_type"], str(cell.get("id", "")), "".join(cell["source"])) for cell in cells]
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(f"{file} cannot be read as a notebook: {type(error).__name__}: {error}") from None
