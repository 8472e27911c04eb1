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
    begun = time.monotonic()
    rows: dict[int, TaskID] = {}

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
    label, step = TextColumn("{task.fields[year]}"), TextColumn("{task.description}", markup=False)
    with Progress(label, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), step, console=console) as display:
        yield row
