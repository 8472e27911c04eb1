"""Sign what a built edition shows, and list what earlier signatures are worth.

Code and words are those of the work tree, and so are the inputs; results are those of the built edition. It can be
signed only while it is built from just these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from digikom.editions.build_facts import FileRecord, input_files
from digikom.editions.edition_files import Edition, load_edition
from digikom.editions.layout import EXECUTED
from digikom.editions.manifest import read_manifest
from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR, SITE_DIR
from digikom.publish.published import read_cells, read_notebook
from digikom.review.assessment import (
    WRITTEN_SUM,
    Assessed,
    Change,
    Chapter,
    assess,
    chapter_source,
    code_cell,
    fingerprint,
    inputs_fingerprint,
    is_calculated_from,
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

#: What the address of a cell on a page has around its names: «notebooks/03_chapter.html#celle-cell».
ADDRESS = re.compile(r"(?:.*/)?(?P<notebook>[^/#]*?)(?:\.html|\.ipynb)?(?:#(?:celle-)?(?P<cell>.*))?", re.DOTALL)
#: How many names a message suggests.
SUGGESTIONS = 3
#: What has changed since a signature, of a cell and of a chapter.
CHANGED = {
    Change.SOURCE: ("its code has changed", "its text or code has changed"),
    Change.UPSTREAM: ("what it rests on has changed in {cells}", ""),
    Change.INPUTS: ("the answers, the method or the years of the edition have changed",) * 2,
    Change.OUTPUT: ("its result has changed", "its results have changed"),
    Change.GONE: ("it is no longer in the edition",) * 2,
}


def sign(
    year: int,
    cells: Sequence[str],
    chapters: Sequence[str],
    statement: Mapping[str, str],
    site: Path = SITE_DIR,
    data_dir: str | None = None,
) -> tuple[list[Signature], Path]:
    """Sign cells and chapters of a built edition, named as they were typed: «notebook#cell», or the address on a page.

    `statement` holds the fields of a `Statement`. Returns the new signatures and the file that keeps them. Raises
    InputError naming everything that is wrong: with the edition, with what is to be signed and with the person's own
    words. Nothing is written then.
    """
    edition = load_edition(year)
    signatures = load_signatures(year)
    subject = f"Nothing is signed in the edition {year}."
    problems: list[str] = []
    stated: Statement | None = None
    try:
        stated = Statement.model_validate(statement)
    except ValidationError as error:
        problems += problems_of(error)
    if not (cells or chapters):
        problems.append("nothing is named to be signed: give --cell or --chapter")
    try:
        built = built_notebooks(edition, site)
        inputs = edition_inputs(edition, data_dir)
        built_from = read_manifest(site / str(year)).facts.inputs
    except InputError as error:
        raise InputError(subject, [*problems, error.subject]) from None
    again = f"has changed since the edition was built; run `digikom build {year}` and look at it again"
    if inputs_fingerprint(built_from, year, edition.reference_year) != inputs:
        problems.append(f"the answers or the method {again}")
    present = present_chapters(built)
    signed: list[Signature] = []
    for is_chapter, text in [*((False, text) for text in cells), *((True, text) for text in chapters)]:
        notebook, cell = _place(text)
        problem = _problem(edition, present, notebook, cell, is_chapter=is_chapter)
        if not problem and built[notebook]["metadata"].get(WRITTEN_SUM) != chapter_source(present[notebook].written):
            problem = f"notebooks/{notebook}.ipynb {again}"
        if problem:
            problems += [problem] if problem not in problems else []
        elif stated is not None:
            found = fingerprint(present[notebook], cell, inputs)
            assert found is not None
            signed.append(Signature(**stated.model_dump(), notebook=notebook, cell=cell, **asdict(found)))
    if problems:
        raise InputError(subject, problems)
    return signed, write_signatures(year, with_signatures(signatures, signed))


def assessed_signatures(year: int, site: Path = SITE_DIR, data_dir: str | None = None) -> tuple[Assessed, ...]:
    """The signatures of an edition compared with notebooks and data as they are now, and with the built results.

    Raises InputError when the edition is not built, its answers are not there or the file of signatures is damaged.
    """
    edition = load_edition(year)
    signatures = load_signatures(year)
    if not signatures:
        return ()
    chapters = present_chapters(built_notebooks(edition, site))
    return assess(signatures, chapters, edition_inputs(edition, data_dir))


def in_words(assessed: Assessed) -> str:
    """What a signature is worth: «valid», or «lapsed» and why."""
    if assessed.is_valid:
        return "valid"
    of_chapter = not assessed.signature.cell
    reasons = (CHANGED[change][of_chapter].format(cells=", ".join(assessed.upstream)) for change in assessed.changes)
    return f"lapsed ({'; '.join(reasons)})"


def built_notebooks(edition: Edition, site: Path) -> dict[str, dict[str, Any]]:
    """The notebook files of a built edition, by the notebook's name. Raises InputError when it is not built."""
    notebooks = sorted((site / str(edition.year) / EXECUTED).glob("*.ipynb"))
    if not notebooks:
        raise InputError(
            f"The edition {edition.year} is not built in {site}; run `digikom build {edition.year}` first, "
            "or name another site with --site"
        )
    return {path.stem: read_notebook(path) for path in notebooks}


def present_chapters(built: Mapping[str, Mapping[str, Any]]) -> dict[str, Chapter]:
    """The notebooks of the work tree as they are now, with the results of the `built` ones."""
    paths = {name: path for name in built if (path := NOTEBOOK_DIR / f"{name}.ipynb").is_file()}
    return {name: Chapter(read_cells(path), built[name]["cells"]) for name, path in paths.items()}


def edition_inputs(edition: Edition, data_dir: str | None) -> str:
    """The checksum of what the edition is calculated from. Raises InputError when its answers are not there."""
    present = input_files(edition.years, data_dir or edition.data_folder)
    missing = [name for name in (f"survey/{year}.csv" for year in edition.years) if name not in present]
    if missing:
        raise InputError(f"There is no {' and no '.join(missing)} in the data folder; name another one with --data-dir")
    inputs = [FileRecord.of(name, path) for name, path in present.items() if is_calculated_from(name)]
    return inputs_fingerprint(inputs, edition.year, edition.reference_year)


def _place(text: str) -> tuple[str, str]:
    """The names of notebook and cell (empty where there is none) in what was typed."""
    found = ADDRESS.fullmatch(text.strip())
    assert found is not None
    return found["notebook"], found["cell"] or ""


def _problem(edition: Edition, chapters: Mapping[str, Chapter], notebook: str, cell: str, *, is_chapter: bool) -> str:
    """Why the cell, or the chapter as a whole, cannot be signed; an empty text when it can."""
    if is_chapter and cell:
        return f"{notebook}#{cell} is a cell, not a chapter; sign it with --cell"
    if notebook not in chapters:
        return f"there is no notebook {notebook!r} in the edition{_suggestion(notebook, chapters)}"
    if is_chapter:
        return ""
    if not cell:
        return f"{notebook}: no cell is named; write {notebook}#cell, or sign the whole chapter with --chapter"
    cells = own_cells(chapters[notebook].shown)
    if code_cell(cells, cell) is not None:
        return ""
    if cell in {each.get("id") for each in cells}:
        return f"{notebook}#{cell} is text, not a calculation; it is signed with --chapter {notebook}"
    if cell in {each.get("id") for each in chapters[notebook].written}:
        return f"{notebook}#{cell} is left out of the edition {edition.year}, which lacks what it needs"
    known = [str(each.get("id", "")) for each in cells if is_code(each)]
    return f"there is no cell {cell!r} in {notebook}{_suggestion(cell, known)}"


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), SUGGESTIONS)
    return f"; did you mean {' or '.join(near)}?" if near else ""
