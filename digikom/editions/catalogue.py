"""Which editions the published site has, read from the editions themselves.

The edition files of this checkout may be others than those that the published editions were built from.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from digikom.editions.identity import Correction
from digikom.editions.layout import DESCRIPTION, FRONT_PAGE

Status = Literal["synthetic", "real"]


class PrintedNumbers(BaseModel):
    """Of an edition on synthetic answers: how many numbers its text prints, how many of these are printed elsewhere,
    and how many follow from printed ones.
    """

    numbers: int
    printed: int
    implied: int


class PublishedEdition(BaseModel):
    """One edition as it is in the site. What an edition does not say of itself is None.

    `numbers` is how many numbers it has computed, `findings` are sentences of its front page, the surest first, and
    `evidence` is there where the answers are synthetic. `pages` maps each page's address, from the folder of the
    edition, to its title, in reading order. `address` is the edition's full address where it knows it, else empty.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    year: int
    title: str
    published: datetime.date | None = None
    version: str | None = None
    reference_year: int | None = None
    status: Status | None = None
    numbers: int = 0
    findings: tuple[str, ...] = ()
    evidence: PrintedNumbers | None = None
    pages: dict[str, str]
    corrections: tuple[Correction, ...] = ()
    address: str = ""
    author: str = ""

    @property
    def modified(self) -> datetime.date | None:
        """The date of the latest correction, else of publication."""
        dates = [*filter(None, [self.published]), *(correction.date for correction in self.corrections)]
        return max(dates, default=None)


def published_editions(site: Path) -> list[PublishedEdition]:
    """Every edition that is published in `site`, newest first."""
    folders = [path for path in site.iterdir() if path.name.isdecimal() and (path / FRONT_PAGE).is_file()]
    return sorted((describe(folder) for folder in folders), key=lambda edition: edition.year, reverse=True)


def describe(folder: Path) -> PublishedEdition:
    """The published edition in `folder` as it describes itself; one that does not has a year and a front page."""
    year = int(folder.name)
    try:
        edition = PublishedEdition.model_validate_json((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, ValidationError):
        edition = None
    # The address decides: a folder may have been copied.
    if edition is None or edition.year != year:
        return PublishedEdition(year=year, title=f"Utgave {year}", pages={FRONT_PAGE: f"Utgave {year}"})
    return edition
