"""Everything a reader is told by executed notebooks, as plain text: what they publish, and their prose filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from digikom.paths import BOOK_DIR, EDITION_DIR, PROJECT_ROOT, SHARED_WORDS
from digikom.presence import rule
from digikom.presence.keys import edition_of, read_keys
from digikom.presence.rule import Cell, Edition
from digikom.presence.sentences import unmarked
from digikom.publish.outputs import MUNICIPALITIES_MIME
from digikom.publish.published import AS_WRITTEN, published_outputs, read_cells
from digikom.publish.tables import shown_value
from digikom.sphinxext.payloads import Figure, Number, Published, Table, Wording, read_payload

ROLE = re.compile(r"\{(?P<name>[a-zæøå:]+)\}`(?P<content>[^`]*)`")
TITLED = re.compile(r"(?P<title>.+?)\s*<[^<>]*>", re.DOTALL)
#: Fences of directives, and their options.
FENCE = re.compile(r"^(?:`{3,}|:{3,}|:[a-z]+:).*$|^\([\w-]+\)=$", re.MULTILINE)
EDITION_TEXT = re.compile(r"^```\{fra-utgaven\}\s*(?P<name>\S+)\s*\n```$", re.MULTILINE)
ABSENT = "⟦{}⟧"
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Told:
    """One text and where it stands: `place` is file, cell and key, `kind` what it is (title, alt, prose …)."""

    place: str
    kind: str
    text: str


def published_by(folder: Path) -> dict[str, Published]:
    """Everything that the notebooks in `folder` publish, by key."""
    return {item.key: item for _, _, item in _published(folder)}


def told(folder: Path, pages: Collection[Path] = ()) -> list[Told]:
    """Every text that the executed notebooks in `folder` publish, and their prose and that of `pages` filled in."""
    known = published_by(folder)
    found = [text for place, _, item in _published(folder) for text in _texts(place, item)]
    for name, cells in standing(folder).items():
        for cell in cells:
            if cell["cell_type"] == "markdown":
                found += prose(f"{name[:2]}#{cell['id']}", cell["source"], known)
    for path in pages:
        found += prose(path.name, page(path, folder, known), known)
    return found


def standing(folder: Path) -> dict[str, list[Cell]]:
    """The cells that a book shows of the executed notebooks in `folder`, by name, words as they were written."""
    edition, chapters = _edition(folder)
    return {name: rule.notebook(cells, name, edition)[0] for name, cells in chapters.items()}


def page(path: Path, folder: Path, known: Mapping[str, Published]) -> str:
    """What a book shows of a page, with the edition's own words in it."""
    edition, _ = _edition(folder)
    year = str(getattr(known.get("year"), "text", ""))
    words = rule.page(path.read_text(encoding="utf-8"), edition)[0]
    return EDITION_TEXT.sub(lambda found: rule.page(_of_edition(found["name"], year), edition)[0], words)


@cache
def _edition(folder: Path) -> tuple[Edition, dict[str, list[Cell]]]:
    chapters = {}
    for path in sorted(folder.glob("*.ipynb")):
        cells = read_cells(path)
        chapters[path.stem] = [
            {**cell, "source": cell["metadata"].get(AS_WRITTEN, "".join(cell["source"]))} for cell in cells
        ]
    return edition_of(read_keys(PROJECT_ROOT), chapters), chapters


def book_pages() -> list[Path]:
    """The pages of the report that print numbers, in plain Markdown."""
    pages = [PROJECT_ROOT / "index.md", *sorted(BOOK_DIR.glob("*.md"))]
    return [page for page in pages if "{tall}`" in page.read_text(encoding="utf-8")]


def prose(place: str, source: str, known: Mapping[str, Published]) -> Iterator[Told]:
    """The paragraphs of a Markdown source that stands, roles filled in."""
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.)\s?)", FENCE.sub("", source)):
        if text := " ".join(_filled(unmarked(paragraph), known).split()):
            yield Told(place, "heading" if text.startswith("#") else "prose", text)


def _published(folder: Path) -> Iterator[tuple[str, str, Published]]:
    for path in sorted(folder.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        for index, mime, payload in published_outputs(cells):
            if mime != MUNICIPALITIES_MIME:
                item = read_payload(mime, payload)
                yield f"{path.stem[:2]}#{cells[index].id} {item.key}", mime, item


def _texts(place: str, item: Published) -> Iterator[Told]:
    if isinstance(item, Number):
        about = f" ({item.base_text})" if item.base_text else ""
        yield Told(place, "number", f"{item.label}{about}: {item.with_unit}")
    elif isinstance(item, Wording):
        yield Told(place, "wording", item.text)
        yield Told(place, "english", item.text_en)
    else:
        yield Told(place, "caption", item.caption)
        if item.base is not None:
            yield Told(place, "base", f"n = {item.base}" + (f" ({item.base_text})" if item.base_text else ""))
        for note in item.notes:
            yield Told(place, "note", note)
        if isinstance(item, Figure):
            yield Told(place, "title", item.title)
            yield Told(place, "alt", item.alt)
            yield Told(place, "question", item.question or "")
        yield Told(place, "columns", " | ".join(column.label for column in item.columns))
        for row in item.rows:
            cells = zip(item.columns, row, strict=True)
            yield Told(place, "row", " | ".join(shown_value(value, column.decimals) for column, value in cells))


def _filled(sentence: str, known: Mapping[str, Published]) -> str:
    """A sentence with its roles filled in; a key that is not published in double brackets."""

    def fill(role: re.Match[str]) -> str:
        key, _, form = (part.strip() for part in role["content"].partition("|"))
        item = known.get(key)
        if role["name"] == "tall":
            if not isinstance(item, Number):
                return ABSENT.format(key)
            return item.forms[form]
        if role["name"] == "ord":
            if not isinstance(item, Wording):
                return ABSENT.format(key)
            return item.text_en if form == "en" else item.text
        if role["name"] == "numref":
            if not isinstance(item, Figure | Table):
                return ABSENT.format(key)
            return f"Figur/tabell {key}"
        titled = TITLED.fullmatch(role["content"])
        shown = titled["title"] if titled else role["content"].rpartition("/")[2]
        return shown if titled or role["name"] == "term" else f"[{shown}]"

    return ROLE.sub(fill, sentence)


def _of_edition(name: str, year: str) -> str:
    paths = (EDITION_DIR / folder / f"{name}.md" for folder in (year, SHARED_WORDS))
    return next((path.read_text(encoding="utf-8") for path in paths if path.is_file()), "")
