"""The command `digikom`.

Each command imports what it needs itself: loading papermill or SciPy takes seconds, and `digikom check` needs neither.
"""

from __future__ import annotations

import datetime
import gc
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from digikom.errors import BuildError, InputError, of_system
from digikom.paths import SITE_DIR
from digikom.sources.command import app as fetch_app
from digikom.stopping import Stopped, stop_in_order

app = typer.Typer(
    help="Build the report «Digitalisering i kommunene» and look after its data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(fetch_app, name="fetch")
console = Console(highlight=False, soft_wrap=True, markup=False)

Year = Annotated[int, typer.Argument(help="The survey year.")]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder with survey/<year>.csv; the project's own data when not given.")
]
Site = Annotated[Path, typer.Option(help="Folder of the published site.")]
Mapping = Annotated[
    Path | None, typer.Option(help="Mapping file of the extract; data/intake/<year>.yml when not given.")
]
Sheet = Annotated[str | None, typer.Option(help="Sheet of an Excel workbook that has several.")]
Jobs = Annotated[int, typer.Option(min=1, help="Notebooks and books in the making at the same time.")]


@app.command()
def build(
    years: Annotated[list[int] | None, typer.Argument(help="Editions to build, by survey year.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Build every edition that has a file in book/editions/.")
    ] = False,
    data_dir: DataDir = None,
    site: Site = SITE_DIR,
    jobs: Jobs = 2,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Make each edition a PDF of itself too.")] = True,
    require_pdf: Annotated[
        bool, typer.Option("--require-pdf", help="Fail where the PDF cannot be made, instead of a note.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Use nothing that earlier builds have kept.")] = False,
) -> None:
    """Execute and assemble editions, and publish them to SITE/<year>/. What has not changed is not made again."""
    from digikom.editions.edition_files import edition_years
    from digikom.pipeline.builds import Options, build_editions
    from digikom.progress import shown_progress

    if bool(years) == every:
        raise InputError("Name the editions to build, or give --all (not both).")
    if require_pdf and not pdf:
        raise InputError("--require-pdf and --no-pdf contradict each other.")
    chosen = edition_years() if every else list(years or [])
    options = Options(jobs, pdf, require_pdf, fresh)
    with shown_progress(console) as progress:
        notes = build_editions(chosen, site, _text(data_dir), options, progress)
    console.print(f"The report is in {site / 'index.html'}")
    for note in notes:
        console.print(f"Note: {note}")


@app.command()
def preview(
    year: Year,
    data_dir: DataDir = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8000,
) -> None:
    """Show an edition on a local port, make again what a saved file changes, and reload the page. Ctrl+C stops."""
    from digikom.pipeline.preview import preview_edition

    preview_edition(year, data_dir, port, console)


@app.command()
def serve(
    site: Site = SITE_DIR,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 for any that is free.")] = 8000,
    browser: Annotated[bool, typer.Option("--browser", help="Open a browser window.")] = False,
) -> None:
    """Show the published report on a local port. Ctrl+C stops."""
    from digikom.site.serving import serve_site

    serve_site(site, port, console.print, browser=browser)


@app.command()
def verify(
    year: Year,
    site: Site = SITE_DIR,
    data_dir: DataDir = None,
    jobs: Jobs = 2,
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Make the PDF again too.")] = True,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Compare files with their checksums only; executes nothing.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Compare the numbers only; makes no pages.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Folder to put the edition in as it was made again.")] = None,
) -> None:
    """Make a published edition again in a clean environment, and compare number by number and file by file."""
    from digikom.pipeline.verification import verify_edition, verify_manifest
    from digikom.progress import shown_progress

    if manifest:
        files, altered = verify_manifest(year, site)
        if altered:
            conclusion = f"{year}: {len(altered)} of {files} files are not as the manifest says"
            raise BuildError("\n".join([*altered, conclusion]))
        console.print(f"{year}: {files} files: as the manifest says")
        return
    with shown_progress(console) as progress:
        found = verify_edition(year, site, _text(data_dir), jobs, progress, pdf, quick, keep)
    for note in found.notes:
        console.print(f"{year}: note: {note}")
    if found.differences:
        raise BuildError(found.report())
    console.print(found.conclusion)


@app.command()
def archive(
    year: Year,
    site: Site = SITE_DIR,
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write; in _build/archive/ when not given."),
    ] = None,
    data_dir: DataDir = None,
    allow_modified: Annotated[
        bool, typer.Option("--allow-modified", help="Archive files with uncommitted changes; the archive says so.")
    ] = False,
) -> None:
    """Make one file of a published edition, its sources, data and environment, for a repository such as Zenodo, and
    beside it the form that Zenodo asks to be filled in.
    """
    from digikom.archive import make_archive

    made = make_archive(year, site, output, _text(data_dir), allow_modified)
    for line in (*made.notes, f"Written: {made.path}", f"SHA-256: {made.sha256}", f"Written: {made.deposit}"):
        console.print(line)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="Survey file (CSV), or an extract with a mapping.")],
    year: Annotated[int, typer.Option(help="The survey year.")],
    mapping: Mapping = None,
    sheet: Sheet = None,
    data_dir: DataDir = None,
) -> None:
    """Validate a survey file, or an extract as new-edition would: exit code 0, or 2 with every problem listed.

    Notes the questions that somebody left open. Warns of a low response, and of groups too small to be shown.
    """
    from digikom import survey
    from digikom.intake.new_edition import check_extract, mapping_for

    chosen = mapping_for(file, year, mapping, data_dir)
    if chosen is not None:
        codes, notes, warnings = check_extract(file, year, chosen, sheet, data_dir)
        console.print(f"{file}: no problem found in {len(codes)} responses, read with {chosen.name}")
    else:
        problems = survey.check(file, year, data_dir)
        if problems:
            raise InputError(f"{file}: {len(problems)} problem(s) found", problems)
        codes, notes, warnings = survey.respondents(file, year, data_dir), survey.unanswered(file, year, data_dir), ()
        console.print(f"{file}: no problem found")
    for line in notes:
        console.print(f"Note: {line}.")
    for warning in (*warnings, *survey.too_few(codes, year, data_dir)):
        print(f"Warning: {warning}.", file=sys.stderr)


@app.command()
def new_edition(
    year: Year,
    extract: Annotated[Path, typer.Option("--from", help="The extract: CSV, Excel or Parquet.")],
    status: Annotated[
        Literal["synthetic", "real"] | None, typer.Option(help="Whether the answers are real or made up.")
    ] = None,
    mapping: Mapping = None,
    reference: Annotated[
        int | None,
        typer.Option(help="Year to compare with; the latest earlier one when not given."),
    ] = None,
    no_reference: Annotated[bool, typer.Option("--no-reference", help="Compare with nothing.")] = False,
    sheet: Sheet = None,
    published: Annotated[
        datetime.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Date of the edition; that of the newest one when not given."),
    ] = None,
    data_dir: DataDir = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what there is of the year already.")] = False,
) -> None:
    """Take in the extract of a new survey year: validated answers, the codebook's entries and an edition file."""
    from digikom.intake.new_edition import Request, new_edition

    outcome = new_edition(
        Request(
            year=year,
            extract=extract,
            mapping=mapping,
            sheet=sheet,
            data_dir=data_dir,
            reference=reference,
            compare=not no_reference,
            published=None if published is None else published.date(),
            status=status,
            force=force,
        )
    )
    compared = "nothing" if outcome.reference is None else str(outcome.reference)
    dated = f"The edition is dated {outcome.published}, as the newest one; --published changes it"
    lines = [
        f"{year}: {outcome.responses} responses to {outcome.items} items taken in; compared with {compared}",
        *([f"Left out: {', '.join(outcome.left_out)}"] if outcome.left_out else []),
        *(f"Written: {path}" for path in outcome.written),
        *([] if published else [dated]),
        f"Next: digikom build {year}",
    ]
    for line in (*lines, *(f"Note: {note}." for note in outcome.notes)):
        console.print(line)
    for warning in outcome.warnings:
        print(f"Warning: {warning}.", file=sys.stderr)


@app.command()
def synthesise(
    year: Year,
    data_dir: DataDir = None,
) -> None:
    """Make the synthetic survey file of a year again, byte for byte."""
    from digikom import synthetic

    console.print(f"Written: {synthetic.write(year, data_dir)}")


@app.command("open")
def open_notebook(
    year: Year,
    notebook: Annotated[str, typer.Argument(help="Name of a notebook in notebooks/.")],
    data_dir: DataDir = None,
    site: Annotated[Path, typer.Option(help="Published site, for chapters that read the others.")] = SITE_DIR,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of JupyterLab.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser window.")] = True,
    prepare_only: Annotated[
        bool, typer.Option("--prepare-only", help="Write the notebook and print the command that opens it.")
    ] = False,
) -> None:
    """Open a notebook in JupyterLab with an edition's parameters put in, as a build would execute it."""
    import shlex

    from digikom.pipeline.workbench import command_for, prepare, run_lab

    prepared = prepare(year, notebook, site, data_dir)
    if prepared.kept is not None:
        console.print(f"Moved aside: {prepared.kept}")
    console.print(f"Written: {prepared.path}")
    for name, value in prepared.parameters.items():
        console.print(f"  {name} = {value!r}")
    command = command_for(prepared.path, port, browser=browser)
    if prepare_only:
        console.print(f"Next: {shlex.join(command)}")
    else:
        run_lab(command)


@app.command()
def lint() -> None:
    """Look for numbers and direction words that were typed, sentences put together in code, and words that the style
    of the report (book/prose/style.md) has better ones for: exit code 0 or 2.
    """
    from digikom.prose import require_computed_prose, require_style

    require_computed_prose()
    require_style()
    console.print("No loose number or direction word in the prose, and nothing against its style")


@app.command()
def refresh() -> None:
    """Execute the committed notebooks again with the default edition's parameters, and keep their outputs."""
    from digikom.pipeline.builds import refresh_notebooks

    for path in refresh_notebooks():
        console.print(f"Executed: {path.name}")


@app.command()
def sign(
    year: Year,
    by: Annotated[str, typer.Option(help="The full name of the person who has checked.")],
    cell: Annotated[
        list[str] | None,
        typer.Option(help="A checked calculation: notebook#cell. May be given several times."),
    ] = None,
    chapter: Annotated[
        list[str] | None,
        typer.Option(help="A notebook checked as a whole, text included. May be repeated."),
    ] = None,
    note: Annotated[str, typer.Option(help="What was done, for the reader.")] = "",
    date: Annotated[str | None, typer.Option(help="YYYY-MM-DD; today when not given.")] = None,
    site: Site = SITE_DIR,
    data_dir: DataDir = None,
) -> None:
    """Sign calculations of a built edition as checked. A signature lapses when code, data or result change."""
    from digikom.review.signing import sign

    statement = {"by": by, "date": date or datetime.date.today().isoformat(), "note": note}
    signed, path = sign(year, cell or [], chapter or [], statement, site, _text(data_dir))
    for each in signed:
        console.print(f"Signed: {each.place}, by {each.by}, {each.date}")
    console.print(f"Written: {path}\nNext: digikom build {year}")


@app.command()
def signatures(
    year: Year,
    site: Site = SITE_DIR,
    data_dir: DataDir = None,
) -> None:
    """List the signatures of an edition: valid, or lapsed and why; exit code 1 when one has lapsed."""
    from digikom.review.signing import assessed_signatures, in_words

    found = assessed_signatures(year, site, _text(data_dir))
    for each in found:
        signed = each.signature
        note = f": {signed.note}" if signed.note else ""
        console.print(f"{in_words(each)}: {signed.place}, by {signed.by}, {signed.date}{note}")
    valid = sum(each.is_valid for each in found)
    conclusion = f"{year}: {len(found)} signature(s), {valid} valid, {len(found) - valid} lapsed"
    if valid < len(found):
        raise BuildError(conclusion)
    console.print(conclusion)


@app.command()
def control() -> None:
    """Run the committed notebooks through nbval, and write down times and outcomes for the page «Kontroll»."""
    from digikom.editions.reruns import control_notebooks

    for run in control_notebooks():
        outcome = f"{run.compared} of {run.cells} cells compared, {run.outcome.value}, {run.seconds:.1f} s"
        console.print(f"{run.notebook}: {outcome}")


def _text(folder: Path | None) -> str | None:
    return None if folder is None else str(folder)


def main() -> None:
    """Run the command; errors that a user can act on become a message and an exit code, never a traceback."""
    # What a command reads it keeps: to look for garbage after each seven hundred objects takes a tenth of its time.
    gc.set_threshold(50_000)
    stop_in_order()
    try:
        app()
    except (InputError, BuildError) as error:
        message, code = str(error), error.exit_code
    except OSError as error:
        told = of_system(error)
        message, code = str(told), told.exit_code
    except Stopped as stop:
        message, code = stop.message(), stop.exit_code
    else:
        return
    Console(stderr=True, highlight=False, soft_wrap=True, markup=False).print(message)
    sys.exit(code)


if __name__ == "__main__":
    main()
