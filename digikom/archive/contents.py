"""What enters an archive: sources, answers and the published edition, checked to belong together.

Confidential answers never enter, whatever they are called. The published edition is a copy out of its site.
"""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from digikom import survey
from digikom.archive.sources import ANSWERS, Sources, project_sources
from digikom.editions.build_facts import FileRecord, input_files
from digikom.editions.catalogue import PublishedEdition, Status
from digikom.editions.disclosure import confidential_answers, is_withheld, years_shown
from digikom.editions.edition_files import Edition, edition_years, load_edition
from digikom.editions.layout import DESCRIPTION, FRONT_PAGE
from digikom.editions.manifest import Manifest, differences, read_manifest
from digikom.errors import InputError
from digikom.files import sha256
from digikom.pdf import file_names
from digikom.site.release import site_lock

#: What stands for the folder of answers in the commands that only those who have the answers can give.
FOLDER_OF_ANSWERS = "MAPPE"
#: Lines of one kind that a message shows.
SHOWN = 20


class DatedEdition(PublishedEdition):
    """A published edition that says all that an archive states of it."""

    published: datetime.date
    version: str
    status: Status


@dataclass(frozen=True)
class Contents:
    """All that goes into an archive, checked to belong together.

    `answers` are data files that lie outside the project and may be handed on, by their path in the data folder;
    `withheld` are the years that the edition needs and whose answers are confidential; `outside` says whether the
    edition was made from answers outside the project. `folder` holds a copy of the published edition.
    """

    sources: Sources
    answers: Mapping[str, Path]
    withheld: tuple[int, ...]
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

    def command(self, command: str, option: str) -> str:
        """A command for the unpacked archive, with the `option` of the folder of answers where it must be given."""
        folder = FOLDER_OF_ANSWERS if self.withheld else ANSWERS
        text = f"{command}{option}" if self.outside else command
        return text.format(year=self.published.year, folder=folder)


def collect(
    edition: Edition, site: Path, target: Path, data_dir: str | None, allow_modified: bool, root: Path
) -> Contents:
    """What the archive is made of, with the published edition copied into the folder `target`.

    Raises InputError with every reason not to make it.
    """
    problems: list[str] = []

    @contextmanager
    def noted() -> Iterator[None]:
        try:
            yield
        except InputError as error:
            problems.append(error.message())

    project_data = root / "data"
    data = Path(data_dir) if data_dir else project_data
    outside = data.resolve() != project_data.resolve()
    sources = folder = published = manifest = answers = None
    closed: set[str] = set()
    with noted():
        sources = project_sources(root)
    with noted():
        answers = _answers(edition, data, project_data) if outside else {}
    with noted():
        folder = copy_edition(site, edition.year, target)
    if folder is not None:
        with noted():
            published = read_description(folder)
        with noted():
            manifest = read_manifest(folder)
    with noted():
        check_edition_files(root / "book" / "editions")
    if sources is not None:
        with noted():
            closed = closed_sums((*sources.names, *sources.changed), root, data)
        with noted():
            own = {name: root / name for name in sources.names}
            require_closed(own | {path.relative_to(target).as_posix(): path for path in target.rglob("*")}, closed)
        sources = handed_on(sources, closed, root, data)
        if sources.changed and not allow_modified:
            changed = ", ".join(shortened(sources.changed))
            problems.append(
                f"Files are not committed as they are (--allow-modified archives the tracked ones): {changed}"
            )
    if sources is not None and folder is not None and manifest is not None:
        inputs = input_files(edition.years, data)
        problems += departures(folder, manifest, sources.commit, inputs, allow_modified)
    if problems or sources is None or answers is None or folder is None or published is None or manifest is None:
        raise InputError(f"The edition {edition.year} cannot be archived.", problems)
    withheld = tuple(int(path.stem) for path in confidential_answers(edition, data))
    return Contents(sources, answers, withheld, outside, folder, published, manifest)


def _answers(edition: Edition, folder: Path, project_data: Path) -> dict[str, Path]:
    """The files in the folder of an edition's answers that may be handed on, by their path there."""
    closed = closed_sums((), project_data.parent, folder)
    return {
        name: path
        for name, path in input_files(tuple(years_shown(edition, folder)), folder).items()
        if path.is_relative_to(folder) and sha256(path) not in closed
    }


def closed_sums(names: Iterable[str], root: Path, data_dir: Path) -> set[str]:
    """SHA-256 (hex) of all confidential answers: those in the data folder, and those in the project in `root` among
    whose files, as paths from there, are `names`.
    """
    matches = filter(None, (re.fullmatch(r"(?:(.+)/)?survey/(\d{4})\.csv", name) for name in names))
    found = {(root / (match[1] or ""), int(match[2])) for match in matches}
    found |= {(folder, year) for folder in (root / "data", data_dir) for year in survey.years(folder)}
    answers = (folder / "survey" / f"{year}.csv" for folder, year in found)
    return {sha256(path) for path in answers if is_withheld(path)}


def require_closed(files: Mapping[str, Path], closed: set[str]) -> None:
    """Raise InputError naming the `files` whose SHA-256 is one of `closed`, whatever they are called."""
    if found := [name for name, path in files.items() if _is_one_of(path, closed)]:
        raise InputError("Confidential answers are among the files that git tracks or that are published", found)


def _is_one_of(path: Path, sums: set[str]) -> bool:
    return bool(sums) and path.is_file() and sha256(path) in sums


def handed_on(sources: Sources, closed: set[str], root: Path, data_dir: Path) -> Sources:
    """The sources without a data folder that lies in the project beside its own, and without new files whose SHA-256
    is one of `closed`: those are not forgotten.
    """
    folder = data_dir.resolve()
    is_apart = not (root / "data").resolve().is_relative_to(folder)

    def may_enter(name: str) -> bool:
        return not (is_apart and (root / name).resolve().is_relative_to(folder))

    changed = [name for name in sources.changed if name in sources.names or not _is_one_of(root / name, closed)]
    return replace(sources, names=tuple(filter(may_enter, sources.names)), changed=tuple(filter(may_enter, changed)))


def check_edition_files(folder: Path) -> None:
    """Raise InputError naming the edition files, all of which enter the archive, that say where on this machine answers
    lie.
    """
    editions = [load_edition(year, folder) for year in edition_years(folder)]
    absolute = [f"{each.year}.yml" for each in editions if each.data_dir and Path(each.data_dir).is_absolute()]
    if absolute:
        raise InputError(
            f"An archive tells no paths of this machine, but data_dir is one in {', '.join(absolute)}; make it "
            "relative to the project, or name the folder with --data-dir instead."
        )


def copy_edition(site: Path, year: int, target: Path) -> Path:
    """Copy the edition published in `site` to `target`/<year>, and return that. No build changes it meanwhile.

    Raises InputError where it is not published, or the site cannot be kept from changing.
    """
    if not (site / str(year) / FRONT_PAGE).is_file():
        raise InputError(f"The edition {year} is not published in {site}; build it first (digikom build {year}).")
    try:
        with site_lock(site):
            return Path(shutil.copytree(site / str(year), target / str(year)))
    except OSError as error:
        raise InputError(f"The site {site} cannot be locked and read: {error.strerror}.") from error


def read_description(folder: Path) -> DatedEdition:
    """What the edition in `folder` says of itself. Raises InputError where that is not all that an archive states."""
    try:
        return DatedEdition.model_validate_json((folder / DESCRIPTION).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"The published edition does not tell its date, version and status ({DESCRIPTION}); build it again."
        ) from error


def departures(
    folder: Path, manifest: Manifest, commit: str, inputs: Mapping[str, Path], allow_modified: bool
) -> list[str]:
    """Why the edition in `folder`, with its `manifest`, is not what the project would make: reasons, a line each.

    The project stands at `commit`; `inputs` are the files it would read, by name. With `allow_modified`, uncommitted
    changes at the time of the build are no reason.
    """
    facts = manifest.facts
    found = [f"The published edition is not as it was built: {line}" for line in shortened(differences(folder))]
    if not commit:
        found.append("It is not known which commit the project stands at, so the edition cannot be compared with it.")
    elif facts.commit != commit:
        made = facts.commit or "a commit that is not known"
        found.append(f"The published edition was made from {made}, the project stands at {commit}; build it again.")
    if facts.modified and not allow_modified:
        found.append("The published edition was made from files with uncommitted changes; commit and build it again.")
    at_hand = {FileRecord.of(name, path) for name, path in inputs.items()}
    if others := sorted({file.path for file in at_hand ^ set(facts.inputs)}):
        found.append(
            f"The published edition was made from other data than those at hand: {', '.join(shortened(others))}"
        )
    return found


def shortened(lines: Sequence[str]) -> list[str]:
    """What a message shows of many lines."""
    rest = len(lines) - SHOWN
    return list(lines) if rest <= 0 else [*lines[:SHOWN], f"and {rest} more"]
