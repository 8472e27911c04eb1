"""An edition in the terms of schema.org, as JSON-LD on its pages, and in Highwire's tags for reference managers.

The front page is a `Report` and holds the data sets of the whole edition; a numbered chapter is a `Chapter` of the
report and holds a `Dataset` for each of its figures and tables; other pages only say what they are a part of.

Highwire's tags are on the front page and on chapters, which are what is cited. Google Scholar wants the full address of
a PDF in the same folder as the page, so `citation_pdf_url` is only on the front page of an edition that has a PDF and
knows its own address. Without that nothing here is absolute: addresses are relative to the page, and there is no Open
Graph, which knows no relative ones.

The archive's RO-Crate is in the same terms and uses what is said of files, groups and works here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from pathlib import PurePosixPath
from typing import Any

from digikom.editions import layout
from digikom.opendata import norwegian
from digikom.opendata.citations import LANGUAGE, LICENSE_ADDRESS, Work
from digikom.opendata.description import Block, Chapter, Description

Json = dict[str, Any]
REPORT_ID = f"{layout.FRONT_PAGE}#rapporten"
#: The endings of files of each type. Tables of the system are not asked: they differ from machine to machine.
ENDINGS = {
    "application/json": ".json .topojson",
    "application/ld+json": ".jsonld",
    "application/pdf": ".pdf",
    "application/toml": ".toml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/x-bibtex": ".bib",
    "application/x-ipynb+json": ".ipynb",
    "application/x-research-info-systems": ".ris",
    "application/xml": ".xml",
    "application/yaml": ".cff .yml",
    "application/zip": ".zip",
    "font/woff2": ".woff2",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "text/css": ".css",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/javascript": ".js",
    "text/markdown": ".md",
    "text/plain": ".conf .in .j2 .txt .typ .typed",
    "text/turtle": ".ttl",
    "text/x-gettext-translation": ".po",
    "text/x-python": ".py",
}
MEDIA_TYPES = {"": "text/plain", **{ending: kind for kind, endings in ENDINGS.items() for ending in endings.split()}}
UNKNOWN = "application/octet-stream"
#: Languages of pages as Open Graph names them.
OPEN_GRAPH_LOCALES = {LANGUAGE: "nb_NO", "en": "en_GB"}


def media_type(path: str) -> str:
    """The media type of a file, by its name."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix, UNKNOWN)


def organization(name: str) -> Json:
    """An institution or a group."""
    return {"@type": "Organization", "name": name}


def report(work: Work) -> Json:
    """A printed report."""
    return {
        "@type": "Report",
        "name": work.title,
        "author": [{"@type": "Person", "givenName": given, "familyName": family} for given, family in work.authors],
        "publisher": organization(work.institution),
        "reportNumber": work.series,
        "datePublished": str(work.year),
    }


class PageTerms:
    """Describes one page. Addresses are as seen from it, unless the edition knows its own."""

    def __init__(self, described: Description, page: Chapter, summary: str) -> None:
        """`summary` is the page's first sentences, or empty."""
        self.described, self.page, self.summary = described, page, summary
        self.base = described.cited.address or layout.way_up(page.page)
        edition = described.edition
        self.group = organization(described.cited.author)
        self.part_of = {"@type": "Report", "@id": self.base + REPORT_ID, "name": edition.title}
        #: The years and the country that the numbers are about.
        self.covered = {
            "temporalCoverage": described.years,
            "spatialCoverage": {"@type": "Country", "name": norwegian.COUNTRY},
        }

    def nodes(self) -> list[Json]:
        """The JSON-LD nodes of the page."""
        described, page = self.described, self.page
        if page.page == layout.FRONT_PAGE:
            return [self.whole(), *self.collections()]
        about = {"@id": self.base + page.page, "name": page.title}
        if not page.number:
            return [{"@type": "WebPage", **about, "inLanguage": page.language, "isPartOf": self.part_of}]
        blocks = [self.block(block) for block in described.blocks if block.page == page.page]
        chapter = {
            "@type": "Chapter",
            **about,
            "position": page.number,
            **({"description": self.summary} if self.summary else {}),
            "isPartOf": self.part_of,
            "author": self.group,
            **self.published(page.language),
            **({"hasPart": [{"@id": block["@id"]} for block in blocks]} if blocks else {}),
        }
        return [chapter, *blocks]

    def published(self, language: str = LANGUAGE) -> Json:
        """What is the same for everything in the edition."""
        edition = self.described.edition
        return {
            "publisher": self.group,
            "datePublished": edition.published.isoformat(),
            "dateModified": edition.modified.isoformat(),
            "version": edition.version,
            "inLanguage": language,
            "license": LICENSE_ADDRESS,
            "isAccessibleForFree": True,
        }

    def file(self, kind: str, path: str) -> Json:
        """A file of the edition."""
        return {"@type": kind, "encodingFormat": media_type(path), "contentUrl": self.base + path}

    def whole(self) -> Json:
        """The edition."""
        described = self.described
        content = {
            **self.part_of,
            "url": self.base + layout.FRONT_PAGE,
            "description": described.abstract,
            "author": self.group,
            **self.published(),
            **self.covered,
            "keywords": norwegian.KEYWORDS,
            "hasPart": [
                {"@type": "Chapter", "@id": self.base + each.page, "name": each.title, "position": each.number}
                for each in described.chapters
            ],
        }
        if described.based_on:
            content["isBasedOn"] = report(described.based_on)
        if described.pdf:
            content["encoding"] = self.file("MediaObject", described.pdf)
        return content

    def dataset(self, identifier: str, name: str, description: str, files: Iterable[str]) -> Json:
        """Data with the files that hold them."""
        return {
            "@type": "Dataset",
            "@id": self.base + identifier,
            "name": name,
            "description": description,
            "creator": self.group,
            **self.published(),
            **self.covered,
            "isPartOf": {"@id": self.base + REPORT_ID},
            "distribution": [self.file("DataDownload", path) for path in files],
        }

    def collections(self) -> list[Json]:
        """The data of the whole edition. The files of single figures and tables are described one by one."""
        found = []
        for each in self.described.datasets:
            packaged = layout.PACKAGE in each.files
            single = {path for block in self.described.blocks for path in self.files_of(block)}
            content = self.dataset(
                f"{layout.FRONT_PAGE}#{each.name}",
                f"{each.title}. {self.described.edition.title}",
                each.description,
                [path for path in each.files if path not in single],
            )
            if packaged:
                content["hasPart"] = [{"@id": self.base + block.address} for block in self.described.blocks]
            found.append(content)
        return found

    @staticmethod
    def files_of(block: Block) -> list[str]:
        """The files with the numbers of a figure or table."""
        endings = (".csv", ".nb.csv", *([".json"] if block.is_cube else []))
        return [layout.block_file(block.stem, ending) for ending in endings]

    def block(self, block: Block) -> Json:
        """The numbers of a figure or table on this page, each measure with its unit."""
        content = self.dataset(block.address, block.full_name, self.described.describe(block), self.files_of(block))
        content["url"] = content["@id"]
        content["variableMeasured"] = [
            {
                "@type": "PropertyValue",
                "name": column.label,
                **({"unitText": norwegian.UNIT_NAMES.get(column.unit, column.unit)} if column.unit else {}),
            }
            for column in block.columns
            if column.is_number
        ] or [column.label for column in block.columns]
        return content


def highwire(described: Description, page: Chapter) -> dict[str, str]:
    """Highwire's tags of the front page or of a chapter; none for other pages."""
    edition, cited = described.edition, described.cited
    is_front = page.page == layout.FRONT_PAGE
    if not is_front and not page.number:
        return {}
    tags = {
        "citation_title": edition.title if is_front else page.title,
        "citation_author": cited.author,
        "citation_publication_date": f"{edition.published:%Y/%m/%d}",
        "citation_language": page.language,
    }
    if not is_front:
        return {**tags, "citation_inbook_title": edition.title, "citation_publisher": cited.author}
    tags["citation_technical_report_institution"] = cited.author
    tags["citation_technical_report_number"] = f"Versjon {edition.version}"
    if cited.address and described.pdf:
        tags["citation_pdf_url"] = cited.address + described.pdf
    return tags


def open_graph(described: Description, page: Chapter, summary: str, pictured: Block | None = None) -> dict[str, str]:
    """What is shown where somebody shares the address of a page; nothing where the edition does not know its own.

    The picture is that of `pictured`, else of the first figure on the page.
    """
    if not described.cited.address:
        return {}
    figures = (block for block in described.blocks if block.spec is not None and block.page == page.page)
    shown = pictured or next(figures, None)
    picture = (
        {}
        if shown is None
        else {
            "og:image": described.cited.address + layout.block_file(shown.stem, ".png"),
            "og:image:alt": shown.alt,
        }
    )
    return {
        "og:type": "article",
        "og:title": page.title,
        "og:site_name": described.edition.title,
        "og:description": summary or described.abstract,
        "og:url": described.cited.address + page.page,
        "og:locale": OPEN_GRAPH_LOCALES.get(page.language, page.language),
        **picture,
    }


def page_head(described: Description, page: Chapter, summary: str) -> str:
    """What the head of a page holds for search engines, reference managers and where it is shared, as HTML."""
    tags = [*_meta("name", highwire(described, page)), *_meta("property", open_graph(described, page, summary))]
    nodes = PageTerms(described, page, summary).nodes()
    return "\n".join([*tags, json_script({"@context": "https://schema.org", "@graph": nodes})])


def figure_head(described: Description, block: Block) -> str:
    """What the head of the page of a figure on its own holds where it is shared; for search engines the figure is the
    one in the report.
    """
    page = Chapter("", f"{block.name} {block.heading}", layout.figure_page(block.stem), LANGUAGE)
    summary = described.describe(block)
    tags = [*_meta("name", {"description": summary}), *_meta("property", open_graph(described, page, summary, block))]
    if described.cited.address:
        tags.append(f'<link rel="canonical" href="{escape(described.cited.address + block.address, quote=True)}">')
    return "\n".join(tags)


def _meta(attribute: str, tags: dict[str, str]) -> list[str]:
    return [f'<meta {attribute}="{name}" content="{escape(content, quote=True)}">' for name, content in tags.items()]


def json_script(content: Json) -> str:
    """JSON-LD in a script element, where no text of a reader's or an author's can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/ld+json">{text}</script>'
