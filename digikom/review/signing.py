"""Sign what a built edition shows, and tell what has become of earlier signatures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from digikom.editions.edition_files import Edition, load_edition
from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR, SITE_DIR
from digikom.review.fingerprints import (
    Cell,
    calculation_inputs,
    cell_fingerprint,
    chapter_fingerprint,
    inputs_fingerprint,
    is_code,
    own_cells,
)
from digikom.review.signatures import (
    Signature,
    Statement,
    load_signatures,
    problems_of,
    with_signatures,
    write_signatures,
)
from digikom.review.standing import Assessed, assess, code_cell

#: Where a published edition keeps its executed notebooks.
EXECUTED_DIR = Path("_sources", "notebooks")
#: What the address of a cell on a page has around its names: «notebooks/03_chapter.html#celle-cell».
ADDRESS = re.compile(r"(?:.*/)?(?P<notebook>[^/#]*?)(?:\.html|\.ipynb)?(?:#(?:celle-)?(?P<cell>.*))?")
#: How many names a message suggests.
SUGGESTIONS = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be signed, as it was typed: cells («notebook#cell», or the address on the page) and chapters."""

    year: int
    cells: Sequence[str]
    chapters: Sequence[str]
    by: str
    date: str
    note: str = ""
    site: Path = SITE_DIR
    data_dir: str | None = None


def sign(request: Request) -> tuple[list[Signature], Path]:
    """Sign cells and chapters of a built edition. Returns the new signatures and the file that keeps them.

    Raises InputError naming everything that is wrong: with the edition, with what is to be signed and with the person's
    own words. Nothing is written then.
    """
    edition = load_edition(request.year)
    signatures = load_signatures(request.year)
    problems: list[str] = []
    try:
        statement = Statement.model_validate({"by": request.by, "date": request.date, "note": request.note})
    except ValidationError as error:
        statement = None
        problems += problems_of(error)
    if not (request.cells or request.chapters):
        problems.append("nothing is named to be signed: give --cell or --chapter")
    try:
        chapters = published_chapters(edition, request.site)
        inputs = edition_inputs(edition, request.data_dir)
    except InputError as error:
        raise InputError(_subject(edition), [*problems, error.subject]) from None
    signed: list[Signature] = []
    for notebook, cell in [*map(_cell_place, request.cells), *map(_chapter_place, request.chapters)]:
        problem = _problem(edition, chapters, notebook, cell)
        if problem:
            problems.append(problem)
        elif statement is not None:
            signed.append(_signature(statement, chapters[notebook], notebook, cell or "", inputs))
    if problems:
        raise InputError(_subject(edition), problems)
    return signed, write_signatures(edition.year, with_signatures(signatures, signed))


def assessed_signatures(year: int, site: Path = SITE_DIR, data_dir: str | None = None) -> tuple[Assessed, ...]:
    """The signatures of an edition compared with the built edition and with the data as they are now.

    Raises InputError when the edition is not built, its answers are not there or the file of signatures is damaged.
    """
    edition = load_edition(year)
    signatures = load_signatures(year)
    if not signatures:
        return ()
    return assess(signatures, published_chapters(edition, site), edition_inputs(edition, data_dir))


def published_chapters(edition: Edition, site: Path) -> dict[str, list[Cell]]:
    """The cells of each notebook of a built edition, by the notebook's name. Raises InputError when it is not built."""
    folder = site / str(edition.year) / EXECUTED_DIR
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise InputError(
            f"The edition {edition.year} is not built in {site}; run `digikom build {edition.year}` first, "
            "or name another site with --site"
        )
    return {path.stem: json.loads(path.read_text(encoding="utf-8"))["cells"] for path in notebooks}


def edition_inputs(edition: Edition, data_dir: str | None) -> str:
    """The checksum of what the edition is calculated from. Raises InputError when its answers are not there."""
    folder = data_dir or edition.data_folder
    inputs = calculation_inputs(edition.years, folder)
    present = {each.path for each in inputs}
    missing = [name for name in (f"survey/{year}.csv" for year in edition.years) if name not in present]
    if missing:
        raise InputError(f"There is no {' and no '.join(missing)} in the data folder; name another one with --data-dir")
    return inputs_fingerprint(inputs, edition.year, edition.reference_year)


def _subject(edition: Edition) -> str:
    return f"Nothing is signed in the edition {edition.year}."


def _place(text: str) -> tuple[str, str | None]:
    """The names of notebook and cell in what was typed."""
    found = ADDRESS.fullmatch(text.strip())
    return (text, None) if found is None else (found["notebook"], found["cell"])


def _cell_place(text: str) -> tuple[str, str | None]:
    """Notebook and cell; no cell where none was typed."""
    notebook, cell = _place(text)
    return notebook, cell or None


def _chapter_place(text: str) -> tuple[str, str]:
    """Notebook and an empty text. What names a cell as well is no chapter, and is left to be unknown."""
    notebook, cell = _place(text)
    return (text if cell else notebook), ""


def _problem(edition: Edition, chapters: Mapping[str, Sequence[Cell]], notebook: str, cell: str | None) -> str:
    """Why the cell (or, where it is empty, the chapter) cannot be signed; an empty text when it can."""
    if "#" in notebook:
        return f"{notebook} is a cell, not a chapter; sign it with --cell"
    if notebook not in chapters:
        return f"there is no notebook {notebook!r} in the edition{_suggestion(notebook, chapters)}"
    if cell is None:
        return f"{notebook}: no cell is named; write {notebook}#cell, or sign the whole chapter with --chapter"
    cells = own_cells(chapters[notebook])
    if not cell or code_cell(cells, cell) is not None:
        return ""
    if cell in _ids(cells):
        return f"{notebook}#{cell} is text, not a calculation; it is signed with --chapter {notebook}"
    template = NOTEBOOK_DIR / f"{notebook}.ipynb"
    if template.is_file() and cell in _ids(json.loads(template.read_text(encoding="utf-8"))["cells"]):
        return f"{notebook}#{cell} is left out of the edition {edition.year}, which lacks what it needs"
    known = [str(each.get("id", "")) for each in cells if is_code(each)]
    return f"there is no cell {cell!r} in {notebook}{_suggestion(cell, known)}"


def _ids(cells: Iterable[Cell]) -> set[str]:
    return {str(cell.get("id", "")) for cell in cells}


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), SUGGESTIONS)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def _signature(statement: Statement, cells: Sequence[Cell], notebook: str, cell: str, inputs: str) -> Signature:
    found = code_cell(cells, cell) if cell else None
    fingerprint = chapter_fingerprint(cells, inputs) if found is None else cell_fingerprint(found, inputs)
    return Signature(
        **statement.model_dump(),
        notebook=notebook,
        cell=cell,
        source=fingerprint.source,
        inputs=fingerprint.inputs,
        output=fingerprint.output,
    )
