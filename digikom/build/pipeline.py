"""From edition files to the published site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from digikom import survey
from digikom.build.assembly import assemble, build_book
from digikom.build.editions import Edition, edition_years, load_edition
from digikom.build.execution import reads_the_others, run_in_stages, run_notebook
from digikom.build.release import publish_edition, write_root
from digikom.build.selection import select
from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR, SITE_DIR

#: The name under which the executed notebooks find a data folder given with `--data-dir`.
DATA_LINK = "data"
#: Called with the edition's year, a step and, for notebooks, how many are done and how many there are.
Progress = Callable[[int, str, int, int], None]


def silent(year: int, step: str, done: int, total: int) -> None:
    """A progress report that nobody reads."""


def build_edition(edition: Edition, site: Path, data_dir: str | None, jobs: int, progress: Progress) -> Path:
    """Validate the data, execute the notebooks, assemble the book and publish it to `site/<year>/`.

    Nothing under `site` changes unless everything succeeds. Raises InputError or BuildError.
    """
    for year in filter(None, (edition.year, edition.reference_year)):
        survey.load(year, data_dir)
    templates = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    if not templates:
        raise InputError("There is no notebook in notebooks/.")
    selection = select(edition, data_dir)
    parameters = {**edition.parameters, "data_dir": ""}
    site.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".digikom-", dir=site) as name:
        folder = Path(name)
        if data_dir:
            # Under a name of its own: where the answers lie is nothing that a published notebook should tell.
            (folder / DATA_LINK).symlink_to(Path(data_dir).resolve(), target_is_directory=True)
            parameters["data_dir"] = DATA_LINK
        progress(edition.year, "execute", 0, len(templates))
        for done, template in enumerate(run_in_stages(templates, folder, parameters, selection, jobs), start=1):
            progress(edition.year, template.name, done, len(templates))
        progress(edition.year, "assemble", len(templates), len(templates))
        source = assemble(edition, folder / "executed", selection.availability, folder / "book")
        html = build_book(source)
        target = publish_edition(html, site, edition)
    progress(edition.year, "published", len(templates), len(templates))
    return target


def build_editions(
    years: list[int],
    site: Path = SITE_DIR,
    data_dir: str | None = None,
    jobs: int = 2,
    progress: Progress = silent,
) -> list[Path]:
    """Build the editions of `years` one after the other, then the site's front page. Returns the editions' folders.

    All edition files are read before the first build, so that a mistake in the last one does not cost the time of the
    first.
    """
    editions = [load_edition(year) for year in years]
    targets = [build_edition(edition, site, data_dir, jobs, progress) for edition in editions]
    write_root(site, [load_edition(year) for year in edition_years()])
    return targets


def refresh_notebooks() -> Iterator[Path]:
    """Execute the committed notebooks in place, as they stand, so that they hold the outputs of the default edition.

    Those that read what the others have published come last.
    """
    templates = sorted(NOTEBOOK_DIR.glob("*.ipynb"), key=lambda path: (reads_the_others(path), path.name))
    for template in templates:
        yield run_notebook(template, template, {}, selection=None)
