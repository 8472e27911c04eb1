"""The published edition, taken out of its site together with pages that stand above it."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from digikom.editions.build_facts import FileRecord
from digikom.editions.catalogue import DESCRIPTION, FRONT_PAGE, PublishedEdition, Status
from digikom.editions.manifest import Manifest, differences
from digikom.errors import InputError
from digikom.site.front import write_root
from digikom.site.release import site_lock

#: Lines of one kind that a message shows.
SHOWN = 20


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


class DatedEdition(PublishedEdition):
    """A published edition that tells all that an archive states of it."""

    published: datetime.date
    version: str
    status: Status


def read_description(folder: Path) -> DatedEdition:
    """What the edition in `folder` tells of itself. Raises InputError where that is not all that an archive states."""
    try:
        return DatedEdition.model_validate_json((folder / DESCRIPTION).read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"The published edition does not tell its date, version and status ({DESCRIPTION}); build it again."
        ) from error


def departures(
    folder: Path, manifest: Manifest, commit: str, inputs: dict[str, FileRecord], allow_modified: bool
) -> list[str]:
    """Why the edition in `folder`, with its `manifest`, is not what the project would make: reasons, a line each.

    The project stands at `commit`; `inputs` are the files it would read, by name. With
    `allow_modified`, uncommitted changes at the time of the build are no reason.
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
    read = {file.path: file for file in facts.inputs}
    others = [name for name in sorted(read.keys() | inputs.keys()) if read.get(name) != inputs.get(name)]
    if others:
        found.append(
            f"The published edition was made from other data than those at hand: {', '.join(shortened(others))}"
        )
    return found


def write_above(site: Path, drafts: Path) -> None:
    """Write the pages above the editions into `site`, which holds none but the archive's own, so that no link leads
    out of it.
    """
    drafts.mkdir()
    write_root(site, drafts)


def shortened(lines: Sequence[str]) -> list[str]:
    """What a message shows of many lines."""
    rest = len(lines) - SHOWN
    return list(lines) if rest <= 0 else [*lines[:SHOWN], f"and {rest} more"]
