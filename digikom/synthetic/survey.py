"""The whole way from the targets of a year to its survey file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom import geography
from digikom.errors import BuildError, InputError
from digikom.paths import data_folder
from digikom.survey import CODE_COLUMN, codebook
from digikom.survey.codebook import whole_year
from digikom.synthetic import checks, latent, verification
from digikom.synthetic.draft import Draft
from digikom.synthetic.targets import load, path_of


def synthesise(year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The synthetic survey of a year: one row per respondent sorted by code, columns in codebook order, all text.

    Missing = not asked of that municipality. Reads `synthetic/<year>.yml`, the codebook and the register of the year's
    division. The same inputs give the same frame on every machine.

    Raises `InputError` when the year has no targets or the targets contradict each other, the codebook or the register
    (all faults at once), and `BuildError` naming every target that the finished survey would miss.
    """
    number = whole_year(year)
    path = path_of(number, data_folder(data_dir))
    targets = load(path)
    book = codebook(data_dir)
    register = geography.register(number, data_dir)
    problems = [
        *checks.contradictions(targets),
        *checks.unlike_codebook(targets, book, number),
        *checks.unlike_register(targets, register),
    ]
    if problems:
        raise InputError(f"The targets in {path.name} can't be met", problems)
    draft = Draft(targets, register, latent.typical_sizes(geography.size_classes(data_dir)))
    draft.fill()
    missed = [
        *verification.missed_targets(targets, draft.register, draft.answers),
        *verification.missed_routing(book.asked(number), draft.answers),
    ]
    if missed:
        raise BuildError("\n  - ".join([f"The survey made from {path.name} misses its targets", *missed]))
    rows = [{CODE_COLUMN: code} | draft.answers[code] for code in draft.codes]
    return pd.DataFrame(rows, columns=book.columns(number), dtype="str")


def write(year: int, data_dir: str | Path | None = None, out: str | Path | None = None) -> Path:
    """Make the survey of a year and write it as CSV to `out`, or to its place in the data folder; return the path."""
    frame = synthesise(year, data_dir)
    path = Path(out) if out else data_folder(data_dir) / "survey" / f"{whole_year(year)}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(frame.to_csv(index=False, na_rep="", lineterminator="\n").encode("utf-8"))
    return path
