"""What a person sees of a build: a live display in a terminal, plain lines in a log, both with the time taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich import progress
from rich.console import Console

#: Called with the year, the step that it has come to, and how many notebooks are done of how many (0 of 0 for other
#: steps).
Progress = Callable[[int, str, int, int], None]


def silent(year: int, step: str, done: int, total: int) -> None:
    """A progress report that nobody reads."""


@contextmanager
def shown_progress(console: Console) -> Iterator[Progress]:
    """A progress report for a build, on `console`."""
    begun = time.monotonic()
    rows: dict[int, progress.TaskID] = {}

    def line(year: int, step: str, done: int, total: int) -> None:
        count = f"[{done}/{total}] " if total else ""
        console.print(f"{time.monotonic() - begun:6.1f} s  {year}: {count}{step}")

    def row(year: int, step: str, done: int, total: int) -> None:
        if year not in rows:
            rows[year] = display.add_task(step, total=total or None, year=year)
        display.update(rows[year], description=step)
        if total:
            display.update(rows[year], completed=done, total=total)
        elif step in ("published", "unchanged"):
            known = display.tasks[rows[year]].total or 1
            display.update(rows[year], completed=known, total=known)

    if not console.is_terminal:
        yield line
        return
    columns = (
        progress.TextColumn("{task.fields[year]}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.description}", markup=False),
    )
    with progress.Progress(*columns, console=console) as display:
        yield row
