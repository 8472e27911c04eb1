"""Fetch a register, or tables of the StatBank: ask, store the answers, derive from them, and only then replace."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digikom import geography
from digikom.errors import InputError
from digikom.geography.registers import registers_root
from digikom.paths import data_folder
from digikom.scratch import scratch
from digikom.sources import classifications, figures, registers, snapshots, statbank
from digikom.sources.services import KLASS, STATBANK
from digikom.sources.snapshots import NOTE, Snapshot
from digikom.sources.staging import replace_files
from digikom.sources.statbank import Statbank
from digikom.sources.transport import NotThereError

Report = Callable[[str], None]
"""What is told about a step."""


@dataclass(frozen=True)
class Fetched:
    """The files written, by their paths below `root`, and what could not be had."""

    root: Path
    written: tuple[str, ...]
    notices: tuple[str, ...] = ()


def fetch_register(
    year: int,
    *,
    fetched: datetime.date,
    day: datetime.date | None = None,
    names: Mapping[str, str] | None = None,
    data_dir: str | Path | None = None,
    force: bool = False,
    offline: bool = False,
    report: Report = lambda step: None,
) -> Fetched:
    """Fetch the register of `year` and put it among the registers of `data_dir` (the project's when it has none).

    `day` is the day that codes, names and centrality are of (default: 1 January); the population is that of 1 January.
    `names` gives Norwegian names by code where they can't be told. `offline` derives the files again from the snapshot
    that is there. Nothing is written unless the new register, and every earlier one, can be read afterwards.

    Raises `InputError` when something would be overwritten without `force`, when the answers do not make a register,
    and, like `BuildError`, when a service can't be asked (see `transport.conversation`).
    """
    root = registers_root(data_dir)
    before = registers.division_before(year, root)
    if offline and (day or names):
        raise InputError("--date and --name belong to the answers that are stored; they do not go with --offline")
    day = day or datetime.date(year, 1, 1)
    if day.year != year:
        raise InputError(f"--date: expected a day in {year}; found {day}")
    folder = registers.snapshot_folder(year)
    if not force:
        _refuse_to_overwrite(
            root, [registers.register_file(year), registers.changes_file(before, year, root)], folder, offline
        )
    with _copy(root, "municipalities") as copy:
        if not offline:
            shutil.rmtree(copy / folder, ignore_errors=True)
            _ask_for_register(copy / folder, year, day, before.first_year, dict(names or {}), fetched, report)
        derived = registers.derive(year, copy)
        for name, text in derived.files.items():
            (copy / name).write_text(text, encoding="utf-8", newline="")
        _check_registers(copy, before.first_year, year)
        stored = [] if offline else [f"{folder}/{name}" for name in _file_names(copy / folder)]
        written = [*stored, *derived.files]
        replace_files(copy, root, written)
    return Fetched(root, tuple(written))


def _ask_for_register(
    folder: Path,
    year: int,
    day: datetime.date,
    since: int,
    names: dict[str, str],
    fetched: datetime.date,
    report: Report,
) -> None:
    """Ask for everything that a register is made from, and store it in `folder`."""
    report(f"Asking Klass for municipalities, counties, changes and centrality on {day}")
    answers = classifications.ask(day, datetime.date(since, 1, 1))
    contents = {name: answer.content for name, answer in answers.items()}
    files = {name: snapshots.origin(KLASS, answer, answer.content, fetched) for name, answer in answers.items()}
    report(f"Asking the StatBank for the population on 1 January {year}")
    codes = registers.municipality_codes(contents[classifications.CODES_FILE])
    content, answer, number = Statbank().population(codes, year)
    contents[statbank.POPULATION_FILE] = content
    files[statbank.POPULATION_FILE] = snapshots.origin(STATBANK, answer, content, fetched, number)
    note = Snapshot(
        year=year, day=day, names=dict(sorted(names.items())), clients=snapshots.client_versions(), files=files
    )
    snapshots.write(folder, note, contents)


def _check_registers(root: Path, before: int, year: int) -> None:
    """Read all registers and the changes to the new one; raises what is wrong with them."""
    for division in geography.divisions(root):
        geography.register(division.first_year, root)
    geography.changes(before, year, root)


def fetch_statbank(
    year: int,
    *,
    fetched: datetime.date,
    tables: Sequence[str] = (),
    data_dir: str | Path | None = None,
    force: bool = False,
    offline: bool = False,
    report: Report = lambda step: None,
) -> Fetched:
    """Fetch the tables of the list (or only `tables`) for `year` and derive figures from all tables of that year.

    Written to `statbank/<year>` in `data_dir`, if it has a folder `statbank`, or in the project's data. A table that
    has nothing for the year, and a figure whose cell is not found, are left out and told of in `notices`.

    Raises `InputError` for a table that is not in the list or not in the StatBank, when no table has anything for the
    year, when something would be overwritten without `force`, and, like `BuildError`, when the service can't be asked.
    """
    root = statbank_root(data_dir)
    listed = {one.table: one for one in figures.table_list(root)}
    unknown = [table for table in tables if table not in listed]
    if unknown:
        raise InputError(
            f"Not in {figures.LIST}: {', '.join(unknown)}. The tables of the list are {', '.join(listed)}."
        )
    folder = f"statbank/{year}"
    chosen = list(dict.fromkeys(tables)) or [one.table for one in listed.values() if one.asked_in(year)]
    if not force and not offline:
        _refuse_to_overwrite(root, [f"{folder}/{figures.table_file(table)}" for table in chosen])
    notices: list[str] = []
    with _copy(root, "statbank") as copy:
        stored = [] if offline else _ask_for_tables(copy / folder, year, chosen, fetched, notices, report)
        derived = figures.derive(year, copy)
        notices += derived.notices
        for name, text in derived.files.items():
            (copy / folder / name).write_text(text, encoding="utf-8", newline="")
        written = [f"{folder}/{name}" for name in (*stored, *derived.files)]
        replace_files(copy, root, written)
    return Fetched(root, tuple(written), tuple(notices))


def statbank_root(data_dir: str | Path | None = None) -> Path:
    """The data folder with the list of tables: the one given if it has a folder `statbank`, or the project's."""
    folder = data_folder(data_dir)
    return folder if (folder / "statbank").is_dir() else data_folder(None)


def _ask_for_tables(
    folder: Path, year: int, tables: Sequence[str], fetched: datetime.date, notices: list[str], report: Report
) -> list[str]:
    """Ask for the tables and store them in `folder`, beside those that are there; the names of the files written."""
    contents: dict[str, bytes] = {}
    files = dict(snapshots.read(folder)[0].files) if (folder / NOTE).exists() else {}
    lacking = []
    visit = Statbank()
    for table in tables:
        report(f"Asking the StatBank for table {table}")
        try:
            found = visit.whole_table(table, year)
        except NotThereError:
            lacking.append(table)
            continue
        if found is None:
            notices.append(f"Table {table} has nothing for {year}.")
            continue
        content, answer, number = found
        name = figures.table_file(table)
        contents[name] = content
        files[name] = snapshots.origin(STATBANK, answer, content, fetched, number)
    if lacking:
        raise InputError(f"There is no such table in the StatBank: {', '.join(lacking)}. Is it still published?")
    if not contents:
        raise InputError(f"None of the tables asked for has anything for {year}: {', '.join(tables)}.")
    note = Snapshot(year=year, clients=snapshots.client_versions(), files=dict(sorted(files.items())))
    snapshots.write(folder, note, contents)
    return [*contents, NOTE]


def _refuse_to_overwrite(root: Path, names: Sequence[str], folder: str | None = None, offline: bool = False) -> None:
    """`InputError` naming everything that is in the way; the snapshot itself isn't when it is only read."""
    present = [name for name in names if (root / name).exists()]
    if folder and not offline and (root / folder).exists():
        present.append(folder)
    if present:
        raise InputError("Nothing is overwritten without --force. In the way:", present)


def _file_names(folder: Path) -> list[str]:
    """The files of a snapshot, the note last."""
    names = sorted(path.name for path in folder.iterdir())
    return [*(name for name in names if name != NOTE), NOTE]


@contextmanager
def _copy(root: Path, part: str) -> Iterator[Path]:
    """A copy of one part of the data folder `root`, to work in."""
    with scratch() as copy:
        if (root / part).is_dir():
            shutil.copytree(root / part, copy / part)
        yield copy
