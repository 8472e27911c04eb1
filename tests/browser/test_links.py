"""Every address on every page leads somewhere: files, anchors, pictures, style sheets and what these fetch."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from .conftest import Expect
from .findings import Finding
from .pages import DOCUMENT_PAGES, EDITIONS, PAGES_ABOVE, all_pages, edition_years, page_address, promised_pages

#: Attributes that hold an address, for elements where they do.
ADDRESSES = {"href", "src", "data", "action", "poster"}
#: Addresses that a browser does not fetch from a server.
ELSEWHERE = ("mailto:", "data:", "javascript:", "blob:")
CSS_ADDRESS = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"']*))\s*\)|@import\s+[\"']([^\"']+)")


class Addresses(HTMLParser):
    """What a page links to and what can be linked to in it.

    Attributes: `links` (element and address), `ids` (how often each occurs), `styles` (text of `style` elements and
    attributes).
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.ids: Counter[str] = Counter()
        self.names: set[str] = set()
        self.styles: list[str] = []
        self._in_style = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses and ids of the element."""
        self._in_style = tag == "style"
        for name, value in attrs:
            if value is None:
                continue
            if name in ADDRESSES or name == "xlink:href":
                self.links.append((tag, value.strip()))
            elif name == "srcset":
                self.links += [(tag, part.split()[0]) for part in value.split(",") if part.strip()]
            elif name == "id":
                self.ids[value] += 1
            elif name == "name" and tag == "a":
                self.names.add(value)
            elif name == "style":
                self.styles.append(value)

    def handle_data(self, data: str) -> None:
        """Note what style elements hold."""
        if self._in_style:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Leave a style element."""
        self._in_style = False


@cache
def read_page(path: Path) -> Addresses:
    return Addresses(path.read_text(encoding="utf-8"))


def css_addresses(css: str) -> list[str]:
    found = ("".join(match.groups(default="")).strip() for match in CSS_ADDRESS.finditer(css))
    return [address for address in found if address and not address.startswith((*ELSEWHERE, "#"))]


def target_of(path: Path, address: str, site: Path) -> tuple[Path, str]:
    """The file that an address on the page at `path` leads to, and the anchor in it."""
    address, anchor = urldefrag(address)
    plain = unquote(urlsplit(address).path)
    if not plain:
        return path, unquote(anchor)
    target = site / plain.lstrip("/") if plain.startswith("/") else path.parent / plain
    target = Path(*target.resolve().parts)
    return (target / "index.html" if target.is_dir() else target), unquote(anchor)


def test_every_link_leads_somewhere(site: Path, expect_none: Expect) -> None:
    """On every page of every edition and above them, anchors included; other hosts are not asked."""
    found: list[Finding] = []
    style_sheets: set[Path] = set()
    checked = 0
    for name in all_pages(site):
        path = site / name
        page = read_page(path)
        for element, address in page.links:
            checked += 1
            parts = urlsplit(address)
            if address.startswith(ELSEWHERE):
                continue
            if parts.scheme or parts.netloc:
                if parts.scheme != "https" or "." not in parts.netloc:
                    found.append(Finding("not a secure address", name, element, address))
                elif element not in ("a", "link"):
                    found.append(Finding("fetched from another host", name, element, address))
                continue
            target, anchor = target_of(path, address, site)
            if not target.is_relative_to(site):
                found.append(Finding("leads out of the site", name, element, address))
            elif not target.is_file():
                found.append(Finding("no such file", name, element, address))
            elif anchor and target.suffix == ".html":
                other = read_page(target)
                if anchor not in other.ids and anchor not in other.names:
                    found.append(Finding("no such anchor", name, element, address))
            if target.suffix == ".css" and target.is_file():
                style_sheets.add(target)
        for address in (address for css in page.styles for address in css_addresses(css)):
            if not target_of(path, address, site)[0].is_file():
                found.append(Finding("no such file", name, "style", address))
    for sheet in sorted(style_sheets):
        for address in css_addresses(sheet.read_text(encoding="utf-8")):
            where = sheet.relative_to(site).as_posix()
            if urlsplit(address).netloc:
                found.append(Finding("fetched from another host", where, "url()", address))
            elif not target_of(sheet, address, site)[0].is_file():
                found.append(Finding("no such file", where, "url()", address))
    assert checked > 100 * len(edition_years(site))
    assert style_sheets
    expect_none(found)


def test_ids_are_unique(site: Path, expect_none: Expect) -> None:
    found = [
        Finding("id given twice", name, f"#{key}", f"{count} times")
        for name in all_pages(site)
        for key, count in read_page(site / name).ids.items()
        if count > 1
    ]
    expect_none(found)


def test_the_site_has_the_pages_that_are_looked_at(site: Path) -> None:
    """And no edition has a page that is not on the list: none escapes the tests."""
    for name in PAGES_ABOVE:
        try:
            page_address(site, name)
        except pytest.skip.Exception as missing:
            pytest.fail(str(missing), pytrace=False)
    for edition in EDITIONS:
        promised = promised_pages(site, edition)
        built = [name.removeprefix(f"{edition}/") for name in all_pages(site) if name.startswith(f"{edition}/")]
        # Those of single figures are led to from the figures.
        built = [name for name in built if not name.startswith("figur/")]
        # Chapters that say only why there is nothing are not led to from above the edition.
        silent = set(built) - set(promised)
        assert silent <= {f"notebooks/{name}.html" for name in ("08_folsomhet", "09_endringer", "10_tidsserier")}
        assert [name for name in built if name not in silent] == promised
        assert set(promised) <= {*DOCUMENT_PAGES, "search.html"}
