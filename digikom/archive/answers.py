"""Which answers may enter an archive, those that are kept outside the project, and where confidential ones lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digikom import survey
from digikom.editions.build_facts import input_files
from digikom.editions.disclosure import is_withheld, years_shown
from digikom.editions.edition_files import Edition
from digikom.files import sha256

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
    years = years_shown(edition, folder)
    withheld = tuple(year for year in years if is_withheld(folder / "survey" / f"{year}.csv"))
    if data_dir is None or folder.resolve() == project_data.resolve():
        return Answers({}, withheld)
    kept_back = {f"survey/{year}.csv" for year in withheld}
    files = input_files(tuple(years), data_dir)
    closed = withheld_sums((), project_data.parent, folder)
    outside = {
        name: path
        for name, path in files.items()
        if path.is_relative_to(folder) and name not in kept_back and sha256(path) not in closed
    }
    return Answers(dict(sorted(outside.items())), withheld)


def withheld_sums(names: Iterable[str], root: Path, data_dir: Path) -> set[str]:
    """SHA-256 (hex) of all confidential answers: those in the data folder, and those in the project in `root` among
    whose files, as paths from there, are `names`.
    """
    found = {(root / (match[1] or ""), int(match[2])) for match in map(_ANSWERS.fullmatch, names) if match}
    found |= {(folder, year) for folder in (root / "data", data_dir) for year in survey.years(folder)}
    answers = (folder / "survey" / f"{year}.csv" for folder, year in found)
    return {sha256(path) for path in answers if is_withheld(path)}


def lies_in(path: Path, data_dir: Path, project_data: Path) -> bool:
    """Whether a file lies in a data folder that is not the project's own, nor around it."""
    folder = data_dir.resolve()
    return path.resolve().is_relative_to(folder) and not project_data.resolve().is_relative_to(folder)
