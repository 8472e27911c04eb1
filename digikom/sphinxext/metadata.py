"""What search engines and reference managers read of a page: Highwire's tags, and schema.org's terms as JSON-LD.

The front page is a `Report` and holds the data sets of the whole edition; a numbered chapter is a `Chapter` of the
report and holds a `Dataset` for each of its figures and tables; other pages only say what they are a part of.

Highwire's tags stand on the front page and on chapters, which are what is cited. Google Scholar wants the full address
of a PDF in the same folder as the page, so `citation_pdf_url` is there only on the front page of an edition that has a
PDF and knows its own address (`html_baseurl`). Without that nothing here is absolute: addresses are relative to the
page.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from digikom.editions.catalogue import way_up
from digikom.opendata.citation import LANGUAGE, LICENSE_ADDRESS

from . import texts
from .datapackage import PACKAGE_FILE
from .description import MUNICIPALITY_FILES, REGISTER_FILES, Description, chapter_number, describe
from .exports import Block
from .municipalities import results_of
from .payloads import heading_of

Json = dict[str, Any]
REPORT_ID = "index.html#rapporten"
ENCODINGS = {"csv": "text/csv", "json": "application/json", "pdf": "application/pdf"}


class PageTerms:
    """Writes the terms of one page. `address` is the edition's or empty, `root` the way from the page to its folder."""

    def __init__(self, described: Description, address: str, root: str) -> None:
        self.described = described
        self.base = address or root

    def place(self, path: str) -> str:
        """The address of a file or page of the edition, as seen from this page."""
        return self.base + path

    def group(self) -> Json:
        """Whoever made the edition."""
        return {"@type": "Organization", "name": self.described.cited.author}

    def part_of(self) -> Json:
        """The report, by name."""
        return {"@type": "Report", "@id": self.place(REPORT_ID), "name": self.described.edition.title}

    def published(self, language: str = LANGUAGE) -> Json:
        """What is the same for everything in the edition."""
        described, edition = self.described, self.described.edition
        return {
            "publisher": self.group(),
            "datePublished": edition.published.isoformat(),
            "dateModified": described.modified.isoformat(),
            "version": edition.version,
            "inLanguage": language,
            "license": LICENSE_ADDRESS,
            "isAccessibleForFree": True,
        }

    def covered(self) -> Json:
        """The years and the country that the numbers are about."""
        return {
            "temporalCoverage": self.described.years,
            "spatialCoverage": {"@type": "Country", "name": texts.COUNTRY},
        }

    def report(self, chapters: list[tuple[str, str, str]], pdf: str) -> Json:
        """The edition. `chapters` are number, title and address of each."""
        described = self.described
        content = {
            "@type": "Report",
            "@id": self.place(REPORT_ID),
            "name": described.edition.title,
            "url": self.place("index.html"),
            "description": described.abstract,
            "author": self.group(),
            **self.published(),
            **self.covered(),
            "keywords": list(texts.KEYWORDS),
            "hasPart": [
                {"@type": "Chapter", "@id": self.place(path), "name": title, "position": number}
                for number, title, path in chapters
            ],
        }
        if work := described.based_on:
            content["isBasedOn"] = {
                "@type": "Report",
                "name": work.title,
                "author": [
                    {"@type": "Person", "givenName": given, "familyName": family} for given, family in work.authors
                ],
                "publisher": {"@type": "Organization", "name": work.institution},
                "reportNumber": work.series,
                "datePublished": str(work.year),
            }
        if pdf:
            content["encoding"] = {
                "@type": "MediaObject",
                "encodingFormat": ENCODINGS["pdf"],
                "contentUrl": self.place(pdf),
            }
        return content

    def chapter(self, path: str, number: str, title: str, description: str, language: str) -> Json:
        """A numbered chapter."""
        return {
            "@type": "Chapter",
            "@id": self.place(path),
            "name": title,
            "position": number,
            **({"description": description} if description else {}),
            "isPartOf": self.part_of(),
            "author": self.group(),
            **self.published(language),
        }

    def page(self, path: str, title: str, language: str) -> Json:
        """A page that is no chapter."""
        return {
            "@type": "WebPage",
            "@id": self.place(path),
            "name": title,
            "inLanguage": language,
            "isPartOf": self.part_of(),
        }

    def dataset(self, identifier: str, name: str, description: str, files: list[str]) -> Json:
        """Data with the files that hold them."""
        return {
            "@type": "Dataset",
            "@id": self.place(identifier),
            "name": name,
            "description": description,
            "creator": self.group(),
            **self.published(),
            **self.covered(),
            "isPartOf": {"@id": self.place(REPORT_ID)},
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": ENCODINGS[file.rpartition(".")[2]],
                    "contentUrl": self.place(file),
                }
                for file in files
            ],
        }

    def block(self, block: Block, page: str) -> Json:
        """The numbers of a figure or table on this page, each measure with its unit."""
        content = self.dataset(
            f"{page}#{block.target}",
            texts.dataset_name(block.name, heading_of(block.entry.item)),
            self.described.block_description(block),
            [f"data/{block.stem}.csv", f"data/{block.stem}.nb.csv"],
        )
        content["url"] = content["@id"]
        content["variableMeasured"] = [
            {
                "@type": "PropertyValue",
                "name": column.label,
                **({"unitText": texts.UNIT_NAMES.get(column.unit, column.unit)} if column.unit else {}),
            }
            for column in block.entry.item.columns
            if column.is_number
        ] or [column.label for column in block.entry.item.columns]
        return content


def page_terms(app: Sphinx, described: Description, page: str, title: str, context: dict[str, Any]) -> list[Json]:
    """The JSON-LD nodes of a page of the book."""
    path, language = app.builder.get_target_uri(page), _language(context)
    terms = PageTerms(described, described.cited.address, way_up(path))
    if page == app.config.root_doc:
        chapters = [
            (number, app.env.titles[name].astext(), app.builder.get_target_uri(name))
            for name in sorted(app.env.found_docs)
            if (number := chapter_number(app, name))
        ]
        chapters.sort(key=lambda chapter: [int(part) for part in chapter[0].split(".")])
        return [terms.report(chapters, next(iter(app.config.digikom_pdf), "")), *_collections(app, terms, path)]
    number = chapter_number(app, page)
    if not number:
        return [terms.page(path, title, language)]
    blocks = [terms.block(block, path) for block in described.blocks if block.entry.place.docname == page]
    chapter = terms.chapter(path, number, title, context.get("digikom_description", ""), language)
    if blocks:
        chapter["hasPart"] = [{"@id": block["@id"]} for block in blocks]
    return [chapter, *blocks]


def _collections(app: Sphinx, terms: PageTerms, path: str) -> list[Json]:
    """The register, all tables, and what is told of single municipalities where the edition tells it."""
    described = terms.described
    register, tables, municipalities = described.collections
    files = [(register, list(REGISTER_FILES))]
    if described.blocks:
        files.append((tables, [PACKAGE_FILE]))
    if results_of(app) is not None:
        files.append((municipalities, list(MUNICIPALITY_FILES)))
    found = []
    for (name, title, description), paths in files:
        whole = f"{title}. {described.edition.title}"
        content = terms.dataset(f"{path}#{name}", whole, description, paths)
        if paths == [PACKAGE_FILE]:
            content["hasPart"] = [
                {"@id": terms.place(f"{app.builder.get_target_uri(block.entry.place.docname)}#{block.target}")}
                for block in described.blocks
            ]
        found.append(content)
    return found


def highwire(app: Sphinx, described: Description, page: str, title: str, language: str) -> list[tuple[str, str]]:
    """Highwire's tags of the front page or of a chapter; none for other pages."""
    edition, cited = described.edition, described.cited
    same = [
        ("citation_author", cited.author),
        ("citation_publication_date", f"{edition.published:%Y/%m/%d}"),
        ("citation_language", language),
    ]
    if page == app.config.root_doc:
        # The report comes before its annex.
        report = next(iter(app.config.digikom_pdf), "")
        pdf = cited.address + report if cited.address and report else ""
        return [
            ("citation_title", edition.title),
            *same,
            ("citation_technical_report_institution", cited.author),
            ("citation_technical_report_number", f"Versjon {edition.version}"),
            *([("citation_pdf_url", pdf)] if pdf else []),
        ]
    if not chapter_number(app, page):
        return []
    return [
        ("citation_title", title),
        *same,
        ("citation_inbook_title", edition.title),
        ("citation_publisher", cited.author),
    ]


def json_script(content: Json) -> str:
    """JSON-LD in a script element, where no text of a reader's or an author's can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def _language(context: dict[str, Any]) -> str:
    return str((context.get("meta") or {}).get("lang") or LANGUAGE)


def add_metadata(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the tags into the head of a page of the book."""
    if doctree is None or page not in app.env.found_docs:
        return
    described = describe(app)
    if described is None:
        return
    title = app.env.titles[page].astext()
    tags = [
        f'<meta name="{name}" content="{escape(content, quote=True)}">'
        for name, content in highwire(app, described, page, title, _language(context))
    ]
    terms = {"@context": "https://schema.org", "@graph": page_terms(app, described, page, title, context)}
    context["metatags"] = "\n".join([context.get("metatags", ""), *tags, json_script(terms)])


def setup(app: Sphinx) -> None:
    """Connect after `page` has written its own tags and the description of the page."""
    app.connect("html-page-context", add_metadata, priority=600)
