"""From edition files to the published site."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from digikom import survey
from digikom.build.assembly import assemble, build_book
from digikom.build.disclosure import check_disclosure
from digikom.build.editions import Edition, earlier_editions, edition_years, load_edition
from digikom.build.execution import EXECUTED, folders_read, run_in_stages, run_notebook, stands_alone
from digikom.build.manifest import write_manifest
from digikom.build.registers import collect_registers, keep_register
from digikom.build.release import publish_edition, remove_build_state
from digikom.build.root import write_root
from digikom.build.selection import Selection, select
from digikom.build.workspace import build_folder, site_lock
from digikom.errors import InputError
from digikom.facts import BuildFacts, collect_facts, input_files
from digikom.material import write_inputs
from digikom.paths import DATA_DIR, NOTEBOOK_DIR, SITE_DIR
from digikom.pdf import file_names, make_pdfs, unavailable
from digikom.prose import require_computed_prose
from digikom.publish.published import EXECUTED_DIR
from digikom.publish.registers import REGISTERS_DIR
from digikom.reviews.signatures import load_signatures

#: The name under which the executed notebooks find a data folder given with `--data-dir`.
DATA_LINK = "data"
#: The folder of a build that holds the number registers of the earlier editions.
REGISTERS = "registers"
#: Called with the edition's year, a step and, for notebooks, how many are done and how many there are.
Progress = Callable[[int, str, int, int], None]


def silent(year: int, step: str, done: int, total: int) -> None:
    """A progress report that nobody reads."""


def build_edition(
    edition: Edition, site: Path, data_dir: str | None, jobs: int, progress: Progress, with_pdf: bool = True
) -> Path:
    """Validate the data, execute the notebooks, assemble the book and publish it to `site/<year>/`.

    With `with_pdf` the edition has PDF files of itself, unless this machine cannot make them, which is reported as a
    step.

    Nothing that is published changes unless everything succeeds. Raises InputError or BuildError.
    """
    templates = prepare(edition, data_dir)
    lacking = unavailable() if with_pdf else ""
    pdf = file_names(edition.title) if with_pdf and not lacking else ()
    with build_folder(site) as folder:
        facts = collect_facts(edition.years, data_dir)
        html = make_pages(edition, templates, folder, facts, data_dir, jobs, progress, pdf)
        if pdf:
            progress(edition.year, "PDF", len(templates), len(templates))
            make_pdfs(html.parent / "typst", html, edition.title)
        elif lacking:
            progress(edition.year, f"no PDF: {lacking}", len(templates), len(templates))
        write_manifest(html, facts)
        with site_lock(site):
            target = publish_edition(html, site, edition)
            write_root(site, folder)
    progress(edition.year, "published", len(templates), len(templates))
    return target


def prepare(edition: Edition, data_dir: str | None) -> list[Path]:
    """Validate the answers that the edition is made from. Returns the notebooks. Raises InputError."""
    for year in edition.years:
        survey.load(year, data_dir)
    templates = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    if not templates:
        raise InputError("There is no notebook in notebooks/.")
    return templates


def make_pages(
    edition: Edition,
    templates: list[Path],
    folder: Path,
    facts: BuildFacts,
    data_dir: str | None,
    jobs: int,
    progress: Progress,
    pdf: Sequence[str],
    store: Path | None = None,
) -> Path:
    """Execute `templates` and assemble the book, all of it in `folder`. Returns the folder of the finished pages.

    `facts` are what the edition states that it is built from; `pdf` are the names of the PDF files that its front page
    leads to, if there will be any. `store` is where registers of earlier editions are found and kept. Raises InputError
    or BuildError.
    """
    selection = select(edition, data_dir)
    execute_notebooks(edition, templates, selection, folder, data_dir, jobs, progress, store)
    check_disclosure(edition, folder / EXECUTED, data_dir)
    progress(edition.year, "assemble", len(templates), len(templates))
    availability = selection.availability
    source = assemble(edition, folder / EXECUTED, availability, facts, folder / "book", pdf=pdf, data_dir=data_dir)
    write_inputs(input_files(edition.years, data_dir), source)
    html = build_book(source)
    remove_build_state(html)
    return html


def execute_notebooks(
    edition: Edition,
    templates: list[Path],
    selection: Selection,
    folder: Path,
    data_dir: str | None,
    jobs: int,
    progress: Progress,
    store: Path | None = None,
) -> None:
    """Execute `templates` for the edition into `folder`/executed, those that compare editions with the registers of the
    earlier ones at hand, which are looked for in `store` first. Raises InputError or BuildError.
    """
    parameters = {**edition.parameters, "data_dir": ""}
    if data_dir:
        # Under a name of its own: where the answers lie is nothing that a published notebook should tell.
        (folder / DATA_LINK).symlink_to(Path(data_dir).resolve(), target_is_directory=True)
        parameters["data_dir"] = DATA_LINK
    made = {EXECUTED_DIR: EXECUTED, REGISTERS_DIR: REGISTERS}
    if any(REGISTERS_DIR in folders_read(template) for template in templates):
        earlier = earlier_editions(edition.year, data_dir)
        for other in collect_registers(earlier, folder / REGISTERS, data_dir, str(parameters["data_dir"]), jobs, store):
            progress(edition.year, f"register of {other.year}", 0, len(templates))
    progress(edition.year, "execute", 0, len(templates))
    for done, template in enumerate(run_in_stages(templates, folder, parameters, selection, jobs, made), start=1):
        progress(edition.year, template.name, done, len(templates))
    keep_register(edition, folder / EXECUTED, data_dir, store)


def build_editions(
    years: list[int],
    site: Path = SITE_DIR,
    data_dir: str | None = None,
    jobs: int = 2,
    progress: Progress = silent,
    with_pdf: bool = True,
) -> list[Path]:
    """Build the editions of `years` one after the other, each with the pages above it. Returns the editions' folders.

    The answers are those in `data_dir`, else in the folder that the edition file names, else the project's own. All
    edition files and signatures are read before the first build, so that a mistake in the last one does not cost the
    time of the first, and nothing is built of a prose with loose numbers in it.
    """
    editions = [load_edition(year) for year in years]
    for year in years:
        load_signatures(year)
    require_computed_prose()
    return [
        build_edition(edition, site, data_dir or edition.data_folder, jobs, progress, with_pdf) for edition in editions
    ]


def refresh_notebooks(jobs: int = 2) -> Iterator[Path]:
    """Execute the committed notebooks in place, as they stand, so that they hold the outputs of the default edition,
    and write the number registers of all editions to `data/registers/`. Yields each file as it is done.

    Those that read what the others have published come last.
    """
    templates = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    alone = [template for template in templates if stands_alone(template)]
    for template in alone:
        yield run_notebook(template, template, {}, selection=None)
    with tempfile.TemporaryDirectory() as name:
        made = Path(name, REGISTERS)
        editions = [load_edition(year) for year in edition_years()]
        for edition in collect_registers(editions, made, None, "", jobs):
            target = DATA_DIR / REGISTERS / f"{edition.year}.csv"
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(made / target.name, target)
            yield target
    for template in templates:
        if template not in alone:
            yield run_notebook(template, template, {}, selection=None)
