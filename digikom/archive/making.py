"""From a published edition and the project it was made from to one file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from docutils.nodes import make_id

from digikom.archive import words
from digikom.archive.answers import Answers, edition_answers, lies_in, withheld_sums
from digikom.archive.crate import Described, crate_text
from digikom.archive.packing import SUMS_FILE, sums_text, write_zip
from digikom.archive.published import (
    DatedEdition,
    copy_edition,
    departures,
    read_description,
    shortened,
    write_above,
)
from digikom.archive.sources import ANSWERS, CRATE_FILE, README_FILE, SITE, Sources, project_sources
from digikom.editions.build_facts import COMMIT_FILE, MODIFIED, FileRecord, input_files
from digikom.editions.edition_files import Edition, edition_years, load_edition
from digikom.editions.manifest import Manifest, read_manifest
from digikom.errors import InputError
from digikom.files import sha256
from digikom.paths import PROJECT_ROOT
from digikom.pdf import file_names
from digikom.pdf.words import AUTHOR
from digikom.publish.formatting import join_words
from digikom.scratch import scratch
from digikom.site.front import root_environment

ARCHIVE_DIR = PROJECT_ROOT / "_build" / "archive"
README_TEMPLATE = f"archive/{README_FILE}"
#: What stands for the folder of answers in the commands that only those who have the answers can give.
FOLDER_OF_ANSWERS = "MAPPE"
T = TypeVar("T")


@dataclass(frozen=True)
class Archive:
    """The finished file, the SHA-256 of its bytes (hex), and what its maker should know of it, a line each."""

    path: Path
    sha256: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Material:
    """All that goes into an archive, checked to belong together. `folder` holds a copy of the published edition, and
    `outside` tells whether the edition was made from answers that lie outside the project.
    """

    sources: Sources
    answers: Answers
    outside: bool
    folder: Path
    published: DatedEdition
    manifest: Manifest

    @property
    def pdf(self) -> str:
        """The name of the report as PDF, or an empty text when the edition has none."""
        name = file_names(self.published.title)[0]
        return name if (self.folder / name).is_file() else ""

    @property
    def is_modified(self) -> bool:
        """Whether sources, now or when the edition was built, were not as they are committed."""
        return bool(self.sources.changed) or self.manifest.facts.modified

    @property
    def answers_folder(self) -> str:
        """The folder of answers that the archive's own commands must be given, or an empty text when none."""
        return "" if not self.outside else FOLDER_OF_ANSWERS if self.answers.withheld else ANSWERS

    @property
    def options(self) -> str:
        """What follows `make book` and `make verify` in the unpacked archive."""
        return f"EDITIONS={self.published.year}{f' DATA_DIR={self.answers_folder}' if self.outside else ''}"

    @property
    def command(self) -> str:
        """The command that made the edition, as it would be given in the unpacked archive."""
        return f"digikom build {self.published.year}{f' --data-dir {self.answers_folder}' if self.outside else ''}"


def make_archive(
    year: int,
    site: Path,
    output: Path | None = None,
    data_dir: str | None = None,
    allow_modified: bool = False,
    root: Path = PROJECT_ROOT,
) -> Archive:
    """Write the edition of `year` that is published in `site`, with the project in `root`, to one zip file.

    The file is `output`, else one in `ARCHIVE_DIR` named by title and version. It is written in one step. Answers that
    are confidential stay out. `data_dir` is the folder of answers that the edition was built from, where that is not
    what its edition file says.

    Raises InputError naming every reason why what would be archived does not belong together: an edition that is not
    published or not as it was built, changed files (unless `allow_modified`), another commit, other data.
    """
    edition = load_edition(year, root / "book" / "editions")
    with scratch() as work:
        material = collect(edition, site, work / SITE, data_dir or edition.data_folder, allow_modified, root)
        write_above(work / SITE, work / "drafts")
        files = {name: root / name for name in material.sources.names}
        files |= {f"{ANSWERS}/{name}": path for name, path in material.answers.outside.items()}
        files |= {path.relative_to(work).as_posix(): path for path in (work / SITE).rglob("*") if path.is_file()}
        files |= add_descriptions(material, files, work)
        published = material.published
        target = output or ARCHIVE_DIR / archive_name(published)
        write_in_one_step(target, lambda draft: write_zip(draft, files, published.published))
        return Archive(target, sha256(target), tuple(_notes(material)))


def archive_name(edition: DatedEdition) -> str:
    """«Rapport om noe» in version 1.0 gives rapport-om-noe-v1.0.zip."""
    version = re.sub(r"[^0-9A-Za-z.]+", "-", edition.version)
    return f"{make_id(edition.title) or edition.year}-v{version}.zip"


def collect(
    edition: Edition, site: Path, target: Path, data_dir: str | None, allow_modified: bool, root: Path
) -> Material:
    """What the archive is made of, with the published edition copied into the folder `target`.

    Raises InputError with every reason not to make it.
    """
    problems: list[str] = []

    def attempt(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except InputError as error:
            problems.append(error.message())
            return None

    data = data_dir or str(root / "data")
    sources = attempt(partial(project_sources, root))
    answers = attempt(partial(edition_answers, edition, data_dir, root / "data"))
    folder = attempt(partial(copy_edition, site, edition.year, target))
    published = None if folder is None else attempt(partial(read_description, folder))
    manifest = None if folder is None else attempt(partial(read_manifest, folder))
    attempt(partial(check_edition_files, root / "book" / "editions"))
    if sources is not None:
        known = (*sources.names, *sources.changed)
        closed = attempt(partial(withheld_sums, known, root, Path(data))) or set()
        published_files = {path.relative_to(target).as_posix(): path for path in target.rglob("*")}
        attempt(partial(require_closed, {name: root / name for name in sources.names} | published_files, closed))
        sources = handed_on(sources, closed, root, Path(data))
    if sources is not None and sources.changed and not allow_modified:
        changed = ", ".join(shortened(sources.changed))
        problems.append(f"Files are not committed as they are (--allow-modified archives the tracked ones): {changed}")
    if sources is not None and folder is not None and manifest is not None:
        inputs = {name: FileRecord.of(name, path) for name, path in input_files(edition.years, data).items()}
        problems += departures(folder, manifest, sources.commit, inputs, allow_modified)
    if problems or sources is None or answers is None or folder is None or published is None or manifest is None:
        raise InputError(f"The edition {edition.year} cannot be archived.", problems)
    outside = Path(data).resolve() != (root / "data").resolve()
    return Material(sources, answers, outside, folder, published, manifest)


def handed_on(sources: Sources, closed: set[str], root: Path, data_dir: Path) -> Sources:
    """The sources without a data folder that lies in the project beside its own, and without new files whose SHA-256
    is one of `closed`: those are not forgotten.
    """

    def may_enter(name: str) -> bool:
        return not lies_in(root / name, data_dir, root / "data")

    changed = (name for name in sources.changed if name in sources.names or not _is_one_of(root / name, closed))
    return Sources(
        tuple(filter(may_enter, sources.names)), sources.commit, tuple(name for name in changed if may_enter(name))
    )


def require_closed(files: Mapping[str, Path], closed: set[str]) -> None:
    """Raise InputError naming the `files` whose SHA-256 is one of `closed`, whatever they are called."""
    if found := [name for name, path in files.items() if _is_one_of(path, closed)]:
        raise InputError("Confidential answers are among the files that git tracks or that are published", found)


def _is_one_of(path: Path, sums: set[str]) -> bool:
    return bool(sums) and path.is_file() and sha256(path) in sums


def check_edition_files(folder: Path) -> None:
    """Raise InputError naming the edition files, all of which enter the archive, that tell where on this machine
    answers lie.
    """
    editions = [load_edition(year, folder) for year in edition_years(folder)]
    telling = [
        f"{edition.year}.yml" for edition in editions if edition.data_dir and Path(edition.data_dir).is_absolute()
    ]
    if telling:
        raise InputError(
            f"An archive tells no paths of this machine, but data_dir is one in {', '.join(telling)}; make it relative "
            "to the project, or name the folder with --data-dir instead."
        )


def add_descriptions(material: Material, files: dict[str, Path], folder: Path) -> dict[str, Path]:
    """Write what describes the archive of `files` into `folder`: commit, README, RO-Crate metadata and sums."""
    texts = {COMMIT_FILE: commit_text(material), README_FILE: readme_text(material, with_answers=has_answers(files))}
    made = {name: _write(folder / name, text) for name, text in texts.items()}
    described = dict(sorted((files | made).items()))
    sums = {name: sha256(path) for name, path in described.items()}
    about = Described(material.published, AUTHOR, material.manifest.facts, description(material), material.command)
    listed = {**described, SUMS_FILE: folder / SUMS_FILE}
    made[CRATE_FILE] = _write(folder / CRATE_FILE, crate_text(about, listed, sums))
    sums[CRATE_FILE] = sha256(made[CRATE_FILE])
    made[SUMS_FILE] = _write(folder / SUMS_FILE, sums_text(sums))
    return made


def has_answers(names: Iterable[str]) -> bool:
    """Whether the archive has data from outside the project."""
    return any(name.startswith(f"{ANSWERS}/") for name in names)


def commit_text(material: Material) -> str:
    """The commit that the sources are those of, and whether they differ from it, as `build_facts` reads it."""
    return f"{material.sources.commit}{f' {MODIFIED}' if material.is_modified else ''}\n"


def readme_text(material: Material, *, with_answers: bool) -> str:
    """The README: Markdown, where everything put in is escaped as in HTML, which Markdown may hold."""
    return (
        root_environment()
        .get_template(README_TEMPLATE)
        .render(
            edition=material.published,
            withheld=join_words([str(year) for year in material.answers.withheld]),
            outside=material.outside,
            modified=material.is_modified,
            options=material.options,
            placeholder=FOLDER_OF_ANSWERS,
            pdf=material.pdf,
            python=material.manifest.facts.python,
            answers=with_answers,
        )
    )


def description(material: Material) -> str:
    """What the archive is, in sentences; what a reader must know of the answers among them."""
    parts = [
        words.DESCRIPTION.format(title=material.published.title, pdf=words.WITH_PDF if material.pdf else ""),
        words.SYNTHETIC if material.published.status == "synthetic" else "",
        words.WITHHELD if material.answers.withheld else words.COMPLETE,
        words.MODIFIED if material.is_modified else "",
    ]
    return " ".join(part for part in parts if part)


def write_in_one_step(target: Path, write: Callable[[Path], None]) -> None:
    """Let `write` make a draft beside `target`, and give it its name when it is finished. Raises InputError."""
    draft = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"The archive cannot be written to {target}: {error.strerror}.") from error


def _notes(material: Material) -> list[str]:
    withheld = ", ".join(map(str, material.answers.withheld))
    notes = {
        f"The answers of {withheld} are confidential and stay out; without them it cannot be rebuilt": withheld,
        "The edition has no PDF": not material.pdf,
        "Files have uncommitted changes; the archive says so": material.is_modified,
    }
    return [note for note, applies in notes.items() if applies]


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
