"""The whole way of the report, from edition files to the published site:

    edition file -> validated answers -> notebooks (papermill) -> book (Jupyter Book) and PDF -> site/<year>/ -> root

The notebooks and books of all editions are tasks in one pool. What follows from the same as last time is not made
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digikom import files
from digikom.editions.build_facts import BuildFacts, collect_facts, why_unknown
from digikom.editions.catalogue import published_editions
from digikom.editions.disclosure import check_disclosure, check_files, require_apart
from digikom.editions.downloads import downloadable, write_inputs
from digikom.editions.edition_files import Edition, edition_years, load_edition
from digikom.editions.layout import MUNICIPALITIES
from digikom.editions.manifest import write_manifest
from digikom.editions.reruns import CONTROL_FILE
from digikom.errors import InputError
from digikom.paths import DATA_DIR, NOTEBOOK_DIR, PROJECT_ROOT, SITE_DIR
from digikom.pdf import file_names, unavailable
from digikom.pipeline.assembly import BUILT, DOCUMENTS, assemble, make_book
from digikom.pipeline.chapters import Chapters, run_notebooks, templates, with_earlier
from digikom.pipeline.execution import folders_read
from digikom.pipeline.pool import Job, Task, run_tasks, start_server
from digikom.pipeline.store import Store, digest, tree
from digikom.presence.keys import keys_of, write_keys
from digikom.progress import Progress, silent
from digikom.prose import require_computed_prose
from digikom.publish.number_registers import write_register
from digikom.publish.published import read_cells
from digikom.review.signatures import load_signatures
from digikom.scratch import scratch
from digikom.site.front import TEMPLATE_DIR, root_files, write_root
from digikom.site.release import build_folder, replace_folder, site_lock
from digikom.stopping import Stopped, held

#: The folder of the data with the number registers for the notebooks as committed.
REGISTERS = "registers"


@dataclass(frozen=True, slots=True)
class Options:
    """How to build. `pdf`: with the PDF where one can be made; `require_pdf`: or else not at all. `fresh`: forget what
    earlier builds have kept.
    """

    jobs: int = 2
    pdf: bool = True
    require_pdf: bool = False
    fresh: bool = False


@dataclass(slots=True)
class Order:
    """One edition to make from the answers in `data_dir`, stating that it is built from `facts`.

    `pdf` holds the names of the PDF files that its front page leads to, which are made only if `with_pdf`; with
    `numbers_only` no page is made. `is_published` is asked whether the book with a fingerprint is published
    already, and `publish` gets the folder of the finished pages, the fingerprint, and why there is no PDF.
    """

    edition: Edition
    data_dir: str | None
    facts: BuildFacts
    pdf: tuple[str, ...] = ()
    publish: Callable[[Path, str, str], None] = lambda *_: None
    is_published: Callable[[str], bool] = lambda _: False
    with_pdf: bool = True
    numbers_only: bool = False
    chapters: Chapters = field(init=False)


def build_editions(
    years: list[int],
    site: Path = SITE_DIR,
    data_dir: str | None = None,
    options: Options = Options(),
    progress: Progress = silent,
) -> list[str]:
    """Build the editions of `years` and publish them to `site`/<year>/, with the pages above them.

    The answers are those in `data_dir`, else in the folder that the edition file names, else the project's own. All
    edition files and signatures are read first, and nothing is built of a prose with loose numbers in it. An edition
    that fails leaves the published one as it was; those that do not fail are published. Returns notes for whoever
    built. Raises InputError and BuildError.
    """
    editions = [load_edition(year) for year in years]
    for year in years:
        load_signatures(year)
    require_computed_prose()
    start_server()
    missing = unavailable() if options.pdf or options.require_pdf else ""
    if options.require_pdf and missing:
        raise InputError(missing)
    notes = [f"There is no PDF: {missing}"] if missing else []
    if unknown := why_unknown(PROJECT_ROOT):
        notes.append(f"The pages cannot say which commit they are made from: {unknown}")
    made: list[int] = []
    with build_folder(site) as work:
        store = Store(otherwise=work / "store", fresh=options.fresh)

        def publish(year: int, html: Path, book: str, no_pdf: str) -> None:
            target = site / str(year)
            with held():
                with site_lock(site):
                    replace_folder(html, target)
                made.append(year)
            if no_pdf:
                notes.append(f"{year}: there is no PDF: {no_pdf}")
            else:
                store.keep_published(book, target)
            progress(year, "published", 0, 0)

        def is_published(year: int, book: str) -> bool:
            found = store.is_published(book, site / str(year))
            if found:
                progress(year, "unchanged", 0, 0)
            return found

        orders = []
        for edition in editions:
            answers = data_dir or edition.data_folder
            require_apart(edition, answers, site)
            facts = collect_facts(edition.years, answers)
            pdf = file_names(edition.title) if options.pdf and not missing else ()
            release = (partial(publish, edition.year), partial(is_published, edition.year))
            orders.append(Order(edition, answers, facts, pdf, *release))
        whole = False
        try:
            make_editions(orders, work, store, options, progress)
            whole = True
        except Stopped as stop:
            stop.published = made
            raise
        finally:
            if made or whole:
                with held():
                    publish_root(site, work, store)
        store.prune()
        return [*notes, store.note] if store.note else notes


def make_editions(
    orders: Sequence[Order], work: Path, store: Store, options: Options, progress: Progress = silent
) -> None:
    """Execute the notebooks and make the books of `orders` in the folder `work`. Raises InputError or BuildError."""
    for order in orders:
        order.chapters = Chapters(order.edition, order.data_dir, work / "chapters", store, progress)
        order.chapters.validate()
    own = [order.chapters for order in orders]
    tasks = dict(task for each in with_earlier(own) for task in each.tasks(only_alone=each not in own))
    for order in orders:
        if not order.numbers_only:
            tasks[order.edition.year, "book"] = book_task(order, options, progress)
    run_tasks(tasks, options.jobs)


def book_task(order: Order, options: Options, progress: Progress) -> Task:
    """The task that makes the book of an edition when all its notebooks are finished, and its PDF."""
    chapters, edition, store = order.chapters, order.edition, order.chapters.store
    html, kept = chapters.folder / "html", store.book(edition.year, order.data_dir)
    book = ""

    def start() -> Job | None:
        nonlocal book
        check_disclosure(edition, chapters.finished, order.data_dir)
        source = chapters.folder / "book"
        assemble(edition, chapters.finished, order.facts, source, pdf=order.pdf, data_dir=order.data_dir)
        write_inputs(chapters.inputs, source)
        outside = digest([], chapters.inputs)
        # The page on how the notebooks fared looks at the committed ones, and is read again in every run.
        committed = {**tree(NOTEBOOK_DIR), CONTROL_FILE.as_posix(): DATA_DIR / CONTROL_FILE}
        book = digest([store.generation, outside, digest([], committed), *order.pdf], tree(source))
        if order.is_published(book):
            return None
        progress(edition.year, "book", len(chapters.notebooks), len(chapters.notebooks))
        pdf_title = edition.title if order.pdf and order.with_pdf else ""
        return partial(make_book, source, kept, outside, html, pdf_title, options.require_pdf)

    def finish(no_pdf: str | None) -> None:
        if no_pdf is not None:
            documents = [kept / BUILT / DOCUMENTS] if order.pdf else []
            check_files(edition, [html, *documents], order.data_dir, downloadable(chapters.inputs).values())
            write_manifest(html, order.facts)
            order.publish(html, book, no_pdf)

    after = frozenset(chapters.key(each) for each in chapters.notebooks)
    return Task(f"The book of {edition.year}", start, after, finish)


def publish_root(site: Path, work: Path, store: Store) -> None:
    """Write the pages above the editions, unless they are as they would be."""
    with site_lock(site):
        editions = published_editions(site)
        inputs = {**tree(TEMPLATE_DIR), **tree(DATA_DIR / "municipalities")}
        inputs |= {str(each.year): site / str(each.year) / MUNICIPALITIES for each in editions}
        key = digest([store.generation, *(each.model_dump_json() for each in editions)], inputs)
        record = store.folder / "published" / "root"
        known = record.read_text(encoding="ascii") if record.is_file() else ""
        if known != f"{key} {digest([str(site.resolve())], root_files(site))}":
            write_root(site, work)
            files.write(record, f"{key} {digest([str(site.resolve())], root_files(site))}")


def refresh_notebooks(jobs: int = 2) -> list[Path]:
    """Execute the committed notebooks in place, as they are, so that they hold the outputs of the default edition, and
    write what follows from all editions (`refresh_lists`). Returns the files that were written.

    Those that read what the others have published come last.
    """
    for folder in (NOTEBOOK_DIR, DATA_DIR / REGISTERS):
        files.require_writable(folder)
    reading = [template for template in templates() if folders_read(template)]
    alone = [template for template in templates() if template not in reading]
    run_notebooks(alone, NOTEBOOK_DIR, {}, jobs)
    lists = refresh_lists(jobs)
    run_notebooks(reading, NOTEBOOK_DIR, {}, jobs)
    return [*alone, *lists, *reading]


def refresh_lists(jobs: int = 2) -> list[Path]:
    """Write the number registers of all editions to `data/registers/`, and the keys that they publish to
    `book/keys.csv`. Returns the files that were written.
    """
    with scratch() as work:
        orders = [
            Order(edition, None, collect_facts(edition.years), numbers_only=True)
            for edition in (load_edition(year) for year in edition_years())
        ]
        make_editions(orders, work, Store(work / "store"), Options(jobs))
        registers = [
            write_register(DATA_DIR / REGISTERS / f"{order.edition.year}.csv", order.chapters.register())
            for order in orders
        ]
        executed = [path for order in orders for path in sorted(order.chapters.finished.glob("*.ipynb"))]
        keys = [key for path in executed for key in keys_of(path.stem, read_cells(path))]
        return [*registers, write_keys(keys, PROJECT_ROOT)]
