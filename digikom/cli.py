"""The command `digikom`.

Each command imports what it needs itself: loading papermill or SciPy takes seconds, and `digikom check` needs neither.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from digikom.errors import BuildError, InputError
from digikom.paths import SITE_DIR

app = typer.Typer(
    help="Build the report «Digitalisering i kommunene» and look after its data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
console = Console(highlight=False, soft_wrap=True)

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder with survey/<year>.csv; the project's own data when not given.", show_default=False
    ),
]


def report_progress(year: int, step: str, done: int, total: int) -> None:
    """One line for each step, readable in a terminal and in a log."""
    console.print(f"{year}: [{done}/{total}] {step}", markup=False)


@app.command()
def build(
    years: Annotated[
        list[int] | None, typer.Argument(help="Editions to build, such as 2022.", show_default=False)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Build every edition that has a file in book/editions/.")
    ] = False,
    data_dir: DataDir = None,
    site: Annotated[Path, typer.Option(help="Folder of the published site.")] = SITE_DIR,
    jobs: Annotated[int, typer.Option(min=1, help="Notebooks executed at the same time.")] = 2,
) -> None:
    """Execute and assemble editions, and publish them to SITE/<year>/."""
    from digikom.build import build_editions
    from digikom.build.editions import edition_years

    if bool(years) == every:
        raise InputError("Name the editions to build, or give --all (not both).")
    chosen = edition_years() if every else list(years or [])
    build_editions(chosen, site, None if data_dir is None else str(data_dir), jobs, report_progress)
    console.print(f"The report is in {site / 'index.html'}", markup=False)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Survey file (CSV).", show_default=False)],
    year: Annotated[int, typer.Option(help="Survey year, such as 2022.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Validate a survey file against the codebook: exit code 0 when all is well, 2 with every problem listed if not."""
    from digikom import survey

    problems = survey.check(file, year, data_dir)
    if problems:
        raise InputError(f"{file}: {len(problems)} problem(s) found", problems)
    console.print(f"{file}: no problem found", markup=False)


@app.command()
def synthesise(
    year: Annotated[int, typer.Argument(help="Survey year, such as 2022.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Make the synthetic survey file of a year again, byte for byte."""
    from digikom import synthetic

    console.print(f"Written: {synthetic.write(year, data_dir)}", markup=False)


@app.command()
def refresh() -> None:
    """Execute the committed notebooks again with the default edition's parameters, and keep their outputs."""
    from digikom.build import refresh_notebooks

    for path in refresh_notebooks():
        console.print(f"Executed: {path.name}", markup=False)


def fail(message: str, exit_code: int) -> NoReturn:
    """Print `message` to stderr and end with `exit_code`."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(message, markup=False)
    sys.exit(exit_code)


def main() -> None:
    """Run the command; errors that a user can act on become a message and an exit code, never a traceback."""
    try:
        app()
    except InputError as error:
        fail(error.message(), InputError.exit_code)
    except BuildError as error:
        fail(str(error), BuildError.exit_code)


if __name__ == "__main__":
    main()
