"""What a person sees of a build: a live display in a terminal, plain lines in a log, both with the time taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

#: The year, the step that it has come to, and how many notebooks are done of how many (0 of 0 for other steps).
ShownProgress = Callable[[int, str, int, int], None]


@contextmanager
def shown_progress(console: Console) -> Iterator[ShownProgress]:
    """A progress report for a build, on `console`."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        TextColumn("{task.fields[year]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console) as display:
        rows: dict[int, TaskID] = {}

        def report(year: int, step: str, done: int, total: int) -> None:
            if year not in rows:
                rows[year] = display.add_task(step, total=total or None, year=year)
            row = display.tasks[list(rows).index(year)]
            finished = row.total if not total and row.total else done
            display.update(rows[year], description=step, completed=finished, total=total or row.total)
            if not total and step in ("published", "unchanged"):
                display.update(rows[year], total=row.total or 1, completed=row.total or 1)

        yield report


def _lines(console: Console) -> ShownProgress:
    begun = time.monotonic()

    def report(year: int, step: str, done: int, total: int) -> None:
        count = f"[{done}/{total}] " if total else ""
        console.print(f"{time.monotonic() - begun:6.1f} s  {year}: {count}{step}", markup=False)

    return report
