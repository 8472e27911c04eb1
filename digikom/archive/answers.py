"""Which answers may enter an archive, those that are kept outside the project, and where confidential ones lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digikom import survey
from digikom.editions.build_facts import input_files, sha256_of
from digikom.editions.edition_files import Edition
from digikom.survey.provenance import provenance

_ANSWERS = re.compile(r"(?:(.+)/)?survey/(\d{4})\.csv")


@dataclass(frozen=True)
class Answers:
    """Data files that lie outside the project and may be handed on, by their path in the data folder, and the years
    that the edition needs and whose answers are confidential.
    """

    outside: Mapping[str, Path]
    withheld: tuple[int, ...]


def edition_answers(edition: Edition, data_dir: str | None, project_data: Path) -> Answers:
    """The answers of an edition that is made from `data_dir`, or from the project's own data where that is `None`.

    An edition shows earlier ones beside itself, so all earlier years count. Raises InputError as `provenance` does.
    """
    folder = Path(data_dir) if data_dir else project_data
    earlier = (year for year in survey.years(folder) if year < edition.year)
    years = sorted({*edition.years, *earlier})
    withheld = tuple(year for year in years if is_confidential(folder, year))
    if data_dir is None or folder.resolve() == project_data.resolve():
        return Answers({}, withheld)
    kept_back = {f"survey/{year}.csv" for year in withheld}
    files = input_files(tuple(years), data_dir)
    closed = withheld_sums((), project_data.parent, folder)
    outside = {
        name: path
        for name, path in files.items()
        if path.is_relative_to(folder) and name not in kept_back and sha256_of(path) not in closed
    }
    return Answers(dict(sorted(outside.items())), withheld)


def is_confidential(folder: Path, year: int) -> bool:
    """Whether a folder's answers of `year` are real and not cleared for publication one by one."""
    path = folder / "survey" / f"{year}.csv"
    return path.is_file() and not provenance(folder, year, path.read_bytes()).municipalities_public


def withheld_sums(names: Iterable[str], root: Path, data_dir: Path) -> set[str]:
    """SHA-256 (hex) of all confidential answers: those in the data folder, and those in the project in `root` among
    whose files, as paths from there, are `names`.
    """
    found = {(root / (match[1] or ""), int(match[2])) for match in map(_ANSWERS.fullmatch, names) if match}
    found |= {(folder, year) for folder in (root / "data", data_dir) for year in survey.years(folder)}
    closed = (folder / "survey" / f"{year}.csv" for folder, year in found if is_confidential(folder, year))
    return {sha256_of(path) for path in closed}


def lies_in(path: Path, data_dir: Path, project_data: Path) -> bool:
    """Whether a file lies in a data folder that is not the project's own, nor around it."""
    folder = data_dir.resolve()
    return path.resolve().is_relative_to(folder) and not project_data.resolve().is_relative_to(folder)
