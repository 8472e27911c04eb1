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
from digikom.files import write_all
from digikom.geography.registers import registers_root
from digikom.paths import data_folder
from digikom.scratch import scratch
from digikom.sources import klass_register, services, snapshots, statbank_figures
from digikom.sources.services import Answer, NotThereError
from digikom.sources.snapshots import NOTE, Origin, Snapshot

Report = Callable[[str], None]
"""Prints what a step is about."""


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
    and, like `BuildError`, when a service can't be asked (see `Service.ask`).
    """
    root = registers_root(data_dir)
    before = klass_register.division_before(year, root)
    if offline and (day or names):
        raise InputError("--date and --name belong to the answers that are stored; they do not go with --offline")
    day = day or datetime.date(year, 1, 1)
    if day.year != year:
        raise InputError(f"--date: expected a day in {year}; found {day}")
    folder = klass_register.snapshot_folder(year)
    if not force:
        made = [klass_register.register_file(year), klass_register.changes_file(before, year, root)]
        _refuse_to_overwrite(root, made if offline else [*made, folder])
    with _copy(root, "municipalities") as copy:
        stored: list[str] = []
        if not offline:
            shutil.rmtree(copy / folder, ignore_errors=True)
            report(f"Asking Klass for municipalities, counties, changes and centrality on {day}")
            answers = services.ask_klass(day, datetime.date(before.first_year, 1, 1))
            report(f"Asking the StatBank for the population on 1 January {year}")
            codes = klass_register.municipality_codes(answers[services.CODES_FILE].content)
            answers[services.POPULATION_FILE] = services.ask_for_population(codes, year)
            files = {name: Origin.of(answer, fetched) for name, answer in answers.items()}
            note = Snapshot(year=year, day=day, names=dict(sorted((names or {}).items())), files=files)
            snapshots.write(copy / folder, note, answers)
            stored = [f"{folder}/{name}" for name in (*sorted(answers), NOTE)]
        derived = klass_register.derive(year, copy)
        for name, text in derived.items():
            (copy / name).write_bytes(text.encode())
        for division in geography.divisions(copy):
            geography.register(division.first_year, copy)
        geography.changes(before.first_year, year, copy)
        return _replace(copy, root, [*stored, *derived])


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
    has nothing for the year, and a figure whose cell is not found, are left out and reported in `notices`.

    Raises `InputError` for a table that is not in the list or not in the StatBank, when no table has anything for the
    year, when something would be overwritten without `force`, and, like `BuildError`, when the service can't be asked.
    """
    root = data_folder(data_dir)
    root = root if (root / "statbank").is_dir() else data_folder(None)
    listed = {one.table: one for one in statbank_figures.table_list(root)}
    unknown = [table for table in tables if table not in listed]
    if unknown:
        raise InputError(
            f"Not in {statbank_figures.LIST}: {', '.join(unknown)}. The tables of the list are {', '.join(listed)}."
        )
    folder = f"statbank/{year}"
    chosen = list(dict.fromkeys(tables)) or [one.table for one in listed.values() if one.asked_in(year)]
    if not force and not offline:
        _refuse_to_overwrite(root, [f"{folder}/{statbank_figures.table_file(table)}" for table in chosen])
    notices: list[str] = []
    with _copy(root, "statbank") as copy:
        stored: list[str] = []
        if not offline:
            answers = _ask_for_tables(year, chosen, notices, report)
            files = dict(snapshots.read(copy / folder)[0].files) if (copy / folder / NOTE).exists() else {}
            files |= {name: Origin.of(answer, fetched) for name, answer in answers.items()}
            snapshots.write(copy / folder, Snapshot(year=year, files=dict(sorted(files.items()))), answers)
            stored = [*answers, NOTE]
        derived, left_out = statbank_figures.derive(year, copy)
        for name, text in derived.items():
            (copy / folder / name).write_bytes(text.encode())
        return _replace(copy, root, [f"{folder}/{name}" for name in (*stored, *derived)], (*notices, *left_out))


def _ask_for_tables(year: int, tables: Sequence[str], notices: list[str], report: Report) -> dict[str, Answer]:
    """The answers by file name; a table that has nothing for the year becomes one of the `notices`."""
    answers: dict[str, Answer] = {}
    missing = []
    for table in tables:
        report(f"Asking the StatBank for table {table}")
        try:
            answer = services.ask_for_table(table, year)
        except NotThereError:
            missing.append(table)
            continue
        if answer is None:
            notices.append(f"Table {table} has nothing for {year}.")
        else:
            answers[statbank_figures.table_file(table)] = answer
    if missing:
        raise InputError(f"There is no such table in the StatBank: {', '.join(missing)}. Is it still published?")
    if not answers:
        raise InputError(f"None of the tables asked for has anything for {year}: {', '.join(tables)}.")
    return answers


def _refuse_to_overwrite(root: Path, names: Sequence[str]) -> None:
    """`InputError` naming everything that is in the way."""
    present = [name for name in names if (root / name).exists()]
    if present:
        raise InputError("Nothing is overwritten without --force. In the way:", present)


@contextmanager
def _copy(root: Path, part: str) -> Iterator[Path]:
    """A copy of one part of the data folder `root`, to work in."""
    with scratch() as copy:
        if (root / part).is_dir():
            shutil.copytree(root / part, copy / part)
        yield copy


def _replace(copy: Path, root: Path, names: Sequence[str], notices: tuple[str, ...] = ()) -> Fetched:
    """Put the finished files in place, in order: the one that makes the others count comes last."""
    write_all({root / name: (copy / name).read_bytes() for name in names})
    return Fetched(root, tuple(names), notices)
