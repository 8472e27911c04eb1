"""`digikom fetch`: registers and official figures from Statistics Norway."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from digikom.errors import InputError

if TYPE_CHECKING:
    from digikom.sources import fetching

app = typer.Typer(
    help="Fetch registers and official figures from Statistics Norway. Nothing else goes to the network.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console(highlight=False, soft_wrap=True, markup=False)

_DAY = {"metavar": "YYYY-MM-DD", "formats": ["%Y-%m-%d"], "show_default": False}
Year = Annotated[int, typer.Argument(metavar="YEAR", min=1000, max=9999, help="The survey year.", show_default=False)]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Data folder; the project's own data when not given.", show_default=False),
]
Fetched = Annotated[
    datetime.datetime | None,
    typer.Option(help="The day that is noted as the day of fetching; today by default.", **_DAY),
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
        typer.Option(help="The day that codes, names and centrality are of; 1 January by default.", **_DAY),
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

    names = [one.partition("=") for one in name or []]
    wrong = ["".join(one) for one in names if not re.fullmatch("([0-9]{2}){1,2}", one[0]) or not one[2].strip()]
    if wrong:
        raise InputError("--name: expected CODE=NAME, the code of a municipality or county first; found", wrong)
    done = fetch_register(
        year,
        fetched=_noted(fetched),
        day=date and date.date(),
        names={code: text.strip() for code, _, text in names},
        data_dir=data_dir,
        force=force,
        offline=offline,
        report=console.print,
    )
    _print_written(done)


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
        fetched=_noted(fetched),
        tables=table or [],
        data_dir=data_dir,
        force=force,
        offline=offline,
        report=console.print,
    )
    _print_written(done)


def _noted(given: datetime.datetime | None) -> datetime.date:
    return (given or datetime.datetime.now(tz=datetime.UTC)).date()


def _print_written(done: fetching.Fetched) -> None:
    for notice in done.notices:
        console.print(f"Note: {notice}")
    for name in done.written:
        console.print(f"Written: {done.root / name}")
