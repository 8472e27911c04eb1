"""The addresses in published editions that others may have linked to: pages, and anchors on them.

`tests/anchors/<year>.txt` lists them, a line each, sorted: `page` or `page#anchor`. A line once committed is a promise,
so a test asks for every one of them. `python tests/anchors.py SITE` adds what the editions in SITE have beyond it; it
never takes a line away.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

ANCHOR_DIR = Path(__file__).parent / "anchors"
#: Ids that docutils counts up, those of citations in their folds, and those of the places where a number is used, which
#: are counted along the text: nobody is offered a link to them.
NO_PROMISE = re.compile(r"id\d+|sitering-.*|bruk-.*")
#: Where pages are in an edition.
FOLDERS = ("", "book/", "notebooks/", "figur/")
#: Pages with nothing to link to.
NO_PAGES = frozenset({"search.html", "genindex.html"})


class _Anchors(HTMLParser):
    """Collects the ids in the article of a page; those inside pictures are the pictures' own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.articles = 0
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.articles += tag == "article"
        self.pictures += tag == "svg"
        identifier = dict(attrs).get("id")
        if identifier and self.articles and not self.pictures and not NO_PROMISE.fullmatch(identifier):
            self.found.append(identifier)

    def handle_endtag(self, tag: str) -> None:
        self.articles -= tag == "article"
        self.pictures -= tag == "svg"


def anchors_of(edition: Path) -> set[str]:
    """Every page of the edition in the folder, and every anchor in its article."""
    found: set[str] = set()
    for path in sorted(path for folder in FOLDERS for path in edition.glob(f"{folder}*.html")):
        page = path.relative_to(edition).as_posix()
        if page in NO_PAGES:
            continue
        parser = _Anchors()
        parser.feed(path.read_text(encoding="utf-8"))
        found |= {page, *(f"{page}#{anchor}" for anchor in parser.found)}
    return found


def promised(year: int | str, folder: Path = ANCHOR_DIR) -> set[str]:
    """The addresses that the edition has been published with; none for a new one."""
    path = folder / f"{year}.txt"
    return set(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else set()


def gone(edition: Path, folder: Path = ANCHOR_DIR) -> list[str]:
    """The promised addresses that the edition in a folder named by its year no longer has, sorted."""
    return sorted(promised(edition.name, folder) - anchors_of(edition))


def add_new(site: Path, folder: Path = ANCHOR_DIR) -> dict[str, int]:
    """Write down the new addresses of every edition in `site`, and return how many there were of each year."""
    added: dict[str, int] = {}
    for edition in sorted(path for path in site.iterdir() if re.fullmatch(r"\d{4}", path.name)):
        before = promised(edition.name, folder)
        after = before | anchors_of(edition)
        (folder / f"{edition.name}.txt").write_text("".join(f"{line}\n" for line in sorted(after)), encoding="utf-8")
        added[edition.name] = len(after) - len(before)
    return added


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python tests/anchors.py SITE (a folder with built editions, _build/site for one)")
    for _year, _count in add_new(Path(sys.argv[1])).items():
        print(f"{_year}: {_count} new")
