"""How long things take, as ratios side by side in one run: `make benchmark`.

A ratio says something on every machine; seconds only on the one that measured them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from digikom import survey, synthetic
from digikom.build.chapters import run_notebooks
from digikom.build.editions import edition_years, load_edition
from digikom.build.selection import select
from digikom.paths import DATA_DIR, NOTEBOOK_DIR

REPEATS = 3


def seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest of several runs: what the task takes when nothing else is in the way."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Measure and print one line a comparison."""
    year = edition_years()[-1]
    path = DATA_DIR / "survey" / f"{year}.csv"
    edition = load_edition(year)
    templates = sorted(NOTEBOOK_DIR.glob("*.ipynb"))

    def execute(jobs: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            parameters = {**edition.parameters, "data_dir": ""}
            run_notebooks(templates, Path(folder), parameters, select(edition), jobs)

    plain = seconds(lambda: pd.read_csv(path, dtype=str))
    one_by_one = seconds(lambda: execute(1), 1)
    for what, measured, compared in (
        ("a survey file read and validated, against read by pandas", seconds(lambda: survey.load(year)), plain),
        (
            "a survey synthesised, against read and validated",
            seconds(lambda: synthetic.synthesise(year)),
            seconds(lambda: survey.load(year)),
        ),
        ("notebooks in two processes, against one after the other", seconds(lambda: execute(2), 1), one_by_one),
    ):
        print(f"{measured / compared:8.2f} x  {what}")


if __name__ == "__main__":
    main()
