"""What is published in a site: read from the editions themselves, not from the edition files of this checkout."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

#: Where a published edition describes itself; written by the Sphinx extension (`digikom.sphinxext.theme`).
DESCRIPTION = Path("data", "edition.json")
NUMBERS = Path("data", "numbers.json")
FRONT_PAGE = "index.html"

Status = Literal["synthetic", "real"]


class PublishedEdition(BaseModel):
    """One edition as it stands in the site. What an edition does not tell of itself is None.

    `pages` maps each page's address, from the folder of the edition, to its title, in reading order.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    year: int
    title: str
    published: datetime.date | None = None
    version: str | None = None
    reference_year: int | None = None
    status: Status | None = None
    pages: dict[str, str]


def published_editions(site: Path) -> list[PublishedEdition]:
    """Every edition that is published in `site`, newest first."""
    folders = [path for path in site.iterdir() if path.name.isdecimal() and (path / FRONT_PAGE).is_file()]
    return sorted((describe(folder) for folder in folders), key=lambda edition: edition.year, reverse=True)


def describe(folder: Path) -> PublishedEdition:
    """The published edition in `folder`: as it describes itself, or else as far as its pages tell."""
    try:
        edition = PublishedEdition.model_validate_json((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, ValidationError):
        return from_pages(folder)
    # The address decides: a folder may have been copied.
    return edition if edition.year == int(folder.name) else from_pages(folder)


def from_pages(folder: Path) -> PublishedEdition:
    """An edition published before editions described themselves."""
    _, title = page_titles(folder / FRONT_PAGE)
    pages = {name: page_titles(folder / name)[0] for name in page_names(folder)}
    year = int(folder.name)
    return PublishedEdition(year=year, title=title or f"Utgave {year}", status=_status(folder / NUMBERS), pages=pages)


def page_names(folder: Path) -> Iterator[str]:
    """The addresses of an edition's pages, front page first, the others in the order of their names."""
    yield FRONT_PAGE
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder)
        if name.as_posix() != FRONT_PAGE and not name.parts[0].startswith(("_", ".")):
            yield name.as_posix()


def page_titles(path: Path) -> tuple[str, str]:
    """The titles of page and edition, as Sphinx puts them in the page's head; empty where there are none."""
    # The pages are megabytes of figures; a parser would read all of each.
    found = re.search(r"<title>(.*?)</title>", path.read_text(encoding="utf-8", errors="replace"), re.DOTALL)
    page, _, edition = html.unescape(found.group(1)).strip().rpartition(" — ") if found else ("", "", "")
    return page or edition, edition


def _status(numbers: Path) -> Status | None:
    """The status of the answers that an edition's numbers rest on."""
    try:
        found = {number["status"] for number in json.loads(numbers.read_text(encoding="utf-8"))["numbers"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return "synthetic" if "synthetic" in found else "real" if "real" in found else None
