"""Which answers may enter an archive, and those that are kept outside the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digikom import survey
from digikom.build.editions import Edition
from digikom.facts import input_files
from digikom.survey.provenance import provenance

_ANSWERS = re.compile(r"survey/(\d{4})\.csv")


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
    outside = {name: path for name, path in files.items() if path.is_relative_to(folder) and name not in kept_back}
    return Answers(dict(sorted(outside.items())), withheld)


def is_confidential(folder: Path, year: int) -> bool:
    """Whether a folder's answers of `year` are real and not cleared for publication one by one."""
    path = folder / "survey" / f"{year}.csv"
    return path.is_file() and not provenance(folder, year, path.read_bytes()).municipalities_public


def without_confidential(names: Iterable[str], project_data: Path) -> list[str]:
    """Of the project's own files, as paths from its folder, those that may be handed on."""
    prefix = f"{project_data.name}/"

    def may_enter(name: str) -> bool:
        answers = _ANSWERS.fullmatch(name.removeprefix(prefix)) if name.startswith(prefix) else None
        return answers is None or not is_confidential(project_data, int(answers[1]))

    return [name for name in names if may_enter(name)]
