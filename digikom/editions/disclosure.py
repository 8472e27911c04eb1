"""Answers of single municipalities stay out of what is published, unless the data say that they may be shown.

The notebooks publish aggregates, but a cell may show anything. So the outputs of an edition on confidential answers are
searched for codes and names of municipalities before the book is made, and the finished files before they are
published. One that holds any stops the build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import nbformat

from digikom import files, survey
from digikom.editions.edition_files import Edition
from digikom.editions.municipality_search import Search, strings, text_of, written_texts
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT, data_folder
from digikom.survey.provenance import provenance

#: How many of the names and codes found in one place the message shows.
_SHOWN = 3
#: The words of all pages, each by itself.
_SEARCH_INDEX = "searchindex.js"


def is_withheld(path: Path) -> bool:
    """Whether a file of answers (`survey/<year>.csv` in its data folder) is not cleared for publication one by one.

    Raises InputError as `provenance` does.
    """
    return path.is_file() and not provenance(path.parents[1], int(path.stem), path.read_bytes()).municipalities_public


def years_shown(edition: Edition, data_dir: str | Path | None = None) -> list[int]:
    """The years whose answers an edition shows something of: it shows earlier ones beside itself, so all of them."""
    return sorted({*edition.years, *(year for year in survey.years(data_dir) if year < edition.year)})


def confidential_answers(edition: Edition, data_dir: str | Path | None = None) -> list[Path]:
    """The files of answers that the edition shows something of and that are not cleared for publication one by one."""
    paths = (data_folder(data_dir) / "survey" / f"{year}.csv" for year in years_shown(edition, data_dir))
    return [path for path in paths if is_withheld(path)]


def is_confidential(edition: Edition, data_dir: str | Path | None = None) -> bool:
    """Whether any answers that the edition shows something of are confidential."""
    return bool(confidential_answers(edition, data_dir))


def require_apart(edition: Edition, data_dir: str | Path | None, site: Path) -> None:
    """Raise InputError where confidential answers lie in the very site."""
    if any(path.resolve().is_relative_to(site.resolve()) for path in confidential_answers(edition, data_dir)):
        raise InputError(f"The answers of {edition.year} are confidential, but lie in the site, {site}; move them.")


def check_disclosure(edition: Edition, executed: Path, data_dir: str | Path | None = None) -> None:
    """Stop an edition on confidential answers whose notebooks show municipalities one by one.

    Raises BuildError naming the notebooks and cells.
    """
    if not is_confidential(edition, data_dir):
        return
    search = _search(edition, data_dir)
    found = {
        f"{path.name}, cell {index} (id {cell.id})": search("\n".join(strings(cell.get("outputs", []))))
        for path in sorted(executed.glob("*.ipynb"))
        for index, cell in enumerate(nbformat.v4.reads(path.read_text(encoding="utf-8")).cells)
    }
    _stop("these cells", found)


def check_files(
    edition: Edition, folders: Iterable[Path], data_dir: str | Path | None = None, open_data: Iterable[Path] = ()
) -> None:
    """Stop an edition on confidential answers whose finished files, in `folders`, show municipalities one by one or are
    the answers themselves. Copies of the `open_data` that notebooks read may name anybody.

    Raises BuildError naming the files.
    """
    answers = {files.sha256(path) for path in confidential_answers(edition, data_dir)}
    if not answers:
        return
    search = _search(edition, data_dir)
    known = {files.sha256(path) for path in open_data}
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name, digest = path.relative_to(folder).as_posix(), files.sha256(path)
            if digest in answers:
                found[name] = {"the answers"}
            elif path.name == _SEARCH_INDEX:
                quoted = re.findall(r'"(?:[^"\\]|\\.)*"', path.read_text(encoding="utf-8"))
                words = (word for word in map(json.loads, quoted) if not search.knows(word))
                found[name] = {each for word in words for each in search(word)}
            elif digest not in known:
                found[name] = search(text_of(path))
    _stop("these files", found)


def without_names(edition: Edition, data_dir: str | Path | None, message: str) -> str:
    """The message of a notebook that failed; of confidential answers only where, if it names a municipality."""
    if not is_confidential(edition, data_dir) or not _search(edition, data_dir)(message):
        return message
    where = message.split(": ")[0].split(" («")[0]
    return f"{where}: what it says is not shown, since it names a municipality and the answers are confidential"


def _search(edition: Edition, data_dir: str | Path | None) -> Search:
    return _search_for(tuple(years_shown(edition, data_dir)), data_dir)


@lru_cache(maxsize=4)
def _search_for(years: tuple[int, ...], data_dir: str | Path | None) -> Search:
    """The search for municipalities of some years, which has read all that somebody has written: once in a build."""
    return Search(years, data_dir, written_texts(PROJECT_ROOT))


def _stop(where: str, found: Mapping[str, set[str]]) -> None:
    lines = [f"{place}: {', '.join(sorted(names)[:_SHOWN])}" for place, names in found.items() if names]
    if lines:
        raise BuildError(
            f"The answers are confidential, but {where} show municipalities one by one:\n" + "\n".join(lines)
        )
