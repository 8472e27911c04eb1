"""`digikom fetch`: registers and official figures from Statistics Norway."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from digikom.errors import InputError

app = typer.Typer(
    help="Fetch registers and official figures from Statistics Norway. Nothing else goes to the network.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, soft_wrap=True)

_DAY = ["%Y-%m-%d"]
Year = Annotated[int, typer.Argument(metavar="YEAR", min=1000, max=9999, help="The survey year.", show_default=False)]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Data folder; the project's own data when not given.", show_default=False),
]
Fetched = Annotated[
    datetime.datetime | None,
    typer.Option(
        metavar="YYYY-MM-DD",
        formats=_DAY,
        help="The day that is noted as the day of fetching; today by default.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask nothing: make the files again from the answers stored before.")
]


@app.command()
def register(
    year: Year,
    date: Annotated[
        datetime.datetime | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            formats=_DAY,
            help="The day that codes, names and centrality are of; 1 January by default.",
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="CODE=NAME", help="The Norwegian name, where Klass has several.", show_default=False
        ),
    ] = None,
    data_dir: DataDir = None,
    fetched: Fetched = None,
    force: Force = False,
    offline: Offline = False,
) -> None:
    """Fetch the municipalities of a year: codes, names, counties, changes, centrality and population."""
    from digikom.sources.fetching import fetch_register

    done = fetch_register(
        year,
        fetched=_day(fetched) or _today(),
        day=_day(date),
        names=_names(name or []),
        data_dir=data_dir,
        force=force,
        offline=offline,
        report=_tell,
    )
    _tell_written(done.root, done.written)


@app.command()
def statbank(
    year: Year,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            metavar="ID",
            help="Only this table of data/statbank/tables.yml; may be repeated.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDir = None,
    fetched: Fetched = None,
    force: Force = False,
    offline: Offline = False,
) -> None:
    """Fetch the official figures of a year, to hold the computed ones against."""
    from digikom.sources.fetching import fetch_statbank

    done = fetch_statbank(
        year,
        fetched=_day(fetched) or _today(),
        tables=table or [],
        data_dir=data_dir,
        force=force,
        offline=offline,
        report=_tell,
    )
    for notice in done.notices:
        _tell(f"Note: {notice}")
    _tell_written(done.root, done.written)


def _names(given: list[str]) -> dict[str, str]:
    """Names by code from `CODE=NAME`."""
    parts = [one.partition("=") for one in given]
    wrong = [
        one
        for one, (code, _, name) in zip(given, parts, strict=True)
        if not re.fullmatch("[0-9]{2}([0-9]{2})?", code) or not name.strip()
    ]
    if wrong:
        raise InputError("--name: expected CODE=NAME, the code of a municipality or county first; found", wrong)
    return {code: name.strip() for code, _, name in parts}


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return None if moment is None else moment.date()


def _today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def _tell(text: str) -> None:
    console.print(text, markup=False)


def _tell_written(root: Path, written: tuple[str, ...]) -> None:
    for name in written:
        _tell(f"Written: {root / name}")
