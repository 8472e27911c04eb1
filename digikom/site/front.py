"""What is above the editions: the site's front page, for each page of any edition where the others have it, the pages
on single municipalities, and the feed.

Editions never change when another one comes, so everything that lists the editions is here and is made anew at each
build, from what is published.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digikom.editions.catalogue import PublishedEdition, published_editions
from digikom.editions.identity import long_date
from digikom.editions.layout import EDITIONS_DIR, EDITIONS_FILE, FRONT_PAGE, MUNICIPALITIES_DIR, POLICY, way_up
from digikom.paths import BOOK_DIR, FAVICON
from digikom.publish.formatting import join_words
from digikom.site.feed import FEED, SITEMAP, feed_text, sitemap_text
from digikom.site.municipality_pages import write_municipality_pages
from digikom.site.release import replace_folder

TEMPLATE_DIR = BOOK_DIR / "templates"
#: What servers show for an address that does not exist.
NOT_FOUND_PAGE = "404.html"
#: Pages, or sections of one, that the front page leads to straight away, in the editions that have them.
SHORTCUTS = {"index.html#hovedfunn": "Hovedfunn", "book/sammendrag.html": "Sammendrag"}
#: The same in editions that are compared with an earlier one; in others these pages have nothing to show.
COMPARING = {
    "notebooks/09_endringer.html": "Endringer siden forrige utgave",
    "notebooks/10_tidsserier.html": "Tidsserier",
}
#: What the list of editions that pages fetch has no use for.
FOR_THE_FEED = {"corrections", "address", "author"}
#: How many findings the front page shows of the full report, and of each of the other editions.
FINDINGS, FEWER_FINDINGS = 3, 2


def write_root(site: Path, drafts: Path) -> Path:
    """Write everything above the editions published in `site`, and return the path of the front page.

    `drafts` is a folder of the same file system: each file, and the folder of pages, takes the place of the old one
    finished and in one step. Call it while holding the site's lock.
    """
    editions = published_editions(site)
    environment = root_environment()
    folder = drafts / EDITIONS_DIR
    write_edition_pages(folder, editions, environment)
    replace_folder(folder, site / EDITIONS_DIR)
    municipalities = write_municipality_pages(site, drafts, editions, environment)
    listed = {"editions": [edition.model_dump(mode="json", exclude=FOR_THE_FEED) for edition in editions]}
    _replace_file(site / EDITIONS_FILE, json.dumps(listed, ensure_ascii=False, indent=1) + "\n", drafts)
    missing = environment.get_template("404.html").render(editions_file=EDITIONS_FILE, front_page=FRONT_PAGE)
    _replace_file(site / NOT_FOUND_PAGE, missing, drafts)
    for name, text in {FEED: feed_text(editions, environment), SITEMAP: sitemap_text(editions, environment)}.items():
        if text is None:
            (site / name).unlink(missing_ok=True)
        else:
            _replace_file(site / name, text, drafts)
    page = environment.get_template("root.html").render(
        editions=editions, full=fullest(editions), municipalities=municipalities, findings=(FINDINGS, FEWER_FINDINGS)
    )
    _replace_file(site / FRONT_PAGE, page, drafts)
    return site / FRONT_PAGE


def fullest(editions: Sequence[PublishedEdition]) -> PublishedEdition | None:
    """The edition with most numbers in it, the newest of several with as many; nothing where there is none."""
    return max(editions, key=lambda edition: (edition.numbers, edition.year), default=None)


def shortcuts(edition: PublishedEdition) -> dict[str, str]:
    """Address and name of the pages of an edition that the front page leads to straight away."""
    wanted = SHORTCUTS | (COMPARING if edition.reference_year else {})
    return {name: label for name, label in wanted.items() if name.partition("#")[0] in edition.pages}


def root_files(site: Path) -> dict[str, Path]:
    """The files above the editions, by its path in the site."""
    parts = [site / name for name in (FRONT_PAGE, EDITIONS_FILE, NOT_FOUND_PAGE, FEED, SITEMAP)]
    parts += [path for name in (EDITIONS_DIR, MUNICIPALITIES_DIR) for path in sorted((site / name).rglob("*"))]
    return {path.relative_to(site).as_posix(): path for path in parts if path.is_file()}


def root_environment(templates: Path = TEMPLATE_DIR) -> Environment:
    """The templates, where everything that is put in is escaped and a misspelt name is an error."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    # In the page itself, so that it is there at whatever address the page is shown.
    environment.globals["favicon"] = f"data:image/svg+xml;base64,{base64.b64encode(FAVICON.read_bytes()).decode()}"
    environment.globals["policy"] = page_policy
    for name, of in {"dato": long_date, "shortcuts": shortcuts, "joined": join_words}.items():
        environment.filters[name] = of
    return environment


def page_policy(script: str = "") -> str:
    """What a page above the editions may load and run: it carries its style, and `script` as it stands in it."""
    known = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = {"style-src": "'unsafe-inline'", **({"script-src": f"'sha256-{known}'"} if script else {})}
    return "; ".join(f"{each} {allowed.get(each.split()[0], '')}".rstrip() for each in POLICY.split("; "))


def write_edition_pages(folder: Path, editions: Sequence[PublishedEdition], environment: Environment) -> None:
    """Write into the new `folder`, for each page that any edition has, a page of the same name that leads to it."""
    folder.mkdir()
    template = environment.get_template("utgaver.html")
    # The newest edition that has a page names it; the front page is there whatever the editions say.
    titles = {FRONT_PAGE: ""}
    for edition in reversed(editions):
        titles |= edition.pages
    for name, title in titles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        up = way_up(f"{EDITIONS_DIR}/{name}")
        text = template.render(editions=editions, page=name, title=title, front_page=FRONT_PAGE, up=up)
        path.write_text(text, encoding="utf-8", newline="\n")


def _replace_file(target: Path, text: str, drafts: Path) -> None:
    draft = drafts / target.name
    draft.write_text(text, encoding="utf-8", newline="\n")
    draft.replace(target)
