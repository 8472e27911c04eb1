"""Put finished editions in the site folder: in one step, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from digikom.editions.edition_files import Edition
from digikom.exchange import replace_folder

#: What Sphinx leaves beside the pages and no reader needs: build state, and the list of link targets for other books.
NOT_PUBLISHED = (".buildinfo", ".doctrees", "objects.inv")


def copy_pages(built: Path, html: Path) -> None:
    """Copy the finished pages in `built` to the new folder `html`, without what is not published."""
    shutil.copytree(built, html, ignore=shutil.ignore_patterns(*NOT_PUBLISHED))


def publish_edition(html: Path, site: Path, edition: Edition) -> Path:
    """Put the finished pages in `html`, a folder of the site's file system, at the edition's address in one step.

    Returns the edition's folder. The one that stood there is afterwards at `html`. Call it while holding the site's
    lock. Raises OSError when it fails; what was published then stands as before.
    """
    target = site / str(edition.year)
    replace_folder(html, target)
    return target
