"""`feed.xml`, the editions and their corrections as an Atom feed (RFC 4287), and `sitemap.xml`, the pages of the site.

Every date is one that an edition says of itself. What names an entry follows from the edition and the version and
never from an address, so that a reader's program knows it again when the site has moved. Where the editions know no
address of their own, links are relative to the feed, and there is no sitemap, which knows full addresses only.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment

from digikom.editions.catalogue import PublishedEdition
from digikom.editions.identity import Correction
from digikom.editions.layout import FRONT_PAGE

FEED, SITEMAP = "feed.xml", "sitemap.xml"
CORRECTIONS_PAGE = "book/rettelser.html"
#: Names of entries are made from texts in this name space.
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:digitalisering-i-kommunene")


@dataclass(frozen=True, slots=True)
class Entry:
    """An edition, or with a `correction` one of its corrections: its name, date and the page, seen from the feed."""

    edition: PublishedEdition
    name: str
    updated: date
    page: str
    correction: Correction | None = None


def entries(editions: Sequence[PublishedEdition]) -> list[Entry]:
    """The editions that say when they were published, and their corrections, the newest first."""
    found = []
    for edition in editions:
        if edition.published is None:
            continue
        page = CORRECTIONS_PAGE if CORRECTIONS_PAGE in edition.pages else FRONT_PAGE
        found.append(Entry(edition, _name(edition.year), edition.published, f"{edition.year}/{FRONT_PAGE}"))
        seen: Counter[tuple[str, date]] = Counter()
        for each in edition.corrections:
            seen[each.version, each.date] += 1
            name = _name(edition.year, each.version, each.date, seen[each.version, each.date])
            found.append(Entry(edition, name, each.date, f"{edition.year}/{page}", each))
    return sorted(found, key=lambda entry: (entry.updated, entry.edition.year), reverse=True)


def feed_text(editions: Sequence[PublishedEdition], environment: Environment) -> str | None:
    """The feed; None where no edition says when it was published."""
    listed = entries(editions)
    if not listed:
        return None
    return environment.get_template(FEED).render(
        entries=listed,
        address=site_address(editions),
        author=next((edition.author for edition in editions if edition.author), ""),
        name=_name("feed"),
        feed=FEED,
    )


def sitemap_text(editions: Sequence[PublishedEdition], environment: Environment) -> str | None:
    """The front page and the pages of the editions; None where no edition knows its address. Pages on municipalities,
    of which search engines get none with synthetic answers, are found from there.
    """
    address = site_address(editions)
    return environment.get_template(SITEMAP).render(editions=editions, address=address) if address else None


def site_address(editions: Sequence[PublishedEdition]) -> str:
    """The address of the site, as the newest edition that knows its own says it; empty where none does."""
    known = next((edition for edition in editions if edition.address.endswith(f"/{edition.year}/")), None)
    return known.address.removesuffix(f"{known.year}/") if known else ""


def _name(*parts: object) -> str:
    return uuid.uuid5(_NAMES, "/".join(map(str, parts))).urn
