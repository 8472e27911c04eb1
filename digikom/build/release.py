"""Put finished editions in the site folder: in one step, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digikom.build.editions import Edition
from digikom.paths import BOOK_DIR

#: What Sphinx leaves beside the pages and no reader needs: build state, and the sources that the notebooks' own
#: download links do not use.
NOT_PUBLISHED = (".buildinfo", ".doctrees", "objects.inv")


def replace_folder(finished: Path, target: Path) -> None:
    """Replace `target` by `finished`, which lies in the same file system; the old folder stands until the new one is
    complete.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    retired = target.parent / f".{target.name}.old"
    recover(target)
    if target.exists():
        target.rename(retired)
    finished.rename(target)
    shutil.rmtree(retired, ignore_errors=True)


def recover(target: Path) -> None:
    """Put right what a replacement that was killed half-way may have left behind."""
    retired = target.parent / f".{target.name}.old"
    if retired.exists() and not target.exists():
        retired.rename(target)
    shutil.rmtree(retired, ignore_errors=True)


def publish_edition(html: Path, site: Path, edition: Edition) -> Path:
    """Copy the finished pages beside the published ones, then change over. Returns the edition's folder."""
    target = site / str(edition.year)
    staged = site / f".{edition.year}.new"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(html, staged, ignore=shutil.ignore_patterns(*NOT_PUBLISHED))
    replace_folder(staged, target)
    return target


def write_root(site: Path, editions: list[Edition], templates: Path = BOOK_DIR / "templates") -> Path:
    """Write the site's front page: all published editions, newest first. Returns its path."""
    published = sorted(
        (edition for edition in editions if (site / str(edition.year) / "index.html").is_file()),
        key=lambda edition: edition.year,
        reverse=True,
    )
    environment = Environment(
        loader=FileSystemLoader(templates), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["dato"] = lambda date: format_date(date, format="long", locale="nb_NO")
    page = environment.get_template("root.html").render(editions=published)
    target = site / "index.html"
    draft = site / ".index.html.new"
    draft.write_text(page, encoding="utf-8", newline="\n")
    draft.replace(target)
    return target
