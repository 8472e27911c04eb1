"""The finished book as one description, and the files that `digikom.opendata` writes from it after the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain

from digikom.files import write_all
from digikom.opendata import write_open_data
from digikom.opendata.citations import LANGUAGE, find_work
from digikom.opendata.description import (
    Block,
    Book,
    ChangeRegister,
    Chapter,
    Description,
    InputRecord,
    NumberRecord,
    NumberRegister,
    WordingRecord,
)
from digikom.opendata.linked_data import page_head
from digikom.paths import data_folder
from digikom.publish.changes import changes_of

from .backlinks import in_reading_order
from .chapter_downloads import downloads
from .colophon import chapter_number, citation
from .elements import NUMBER_ANCHOR, WORDING_ANCHOR, file_stem, number_in_words, report_of
from .figure_pages import figure_pages
from .payloads import Entry, Figure
from .renderers import drawings_folder

#: The report that this one rebuilds, in the book's bibliography.
BASED_ON = "rybalka2023"
#: The page that says who is responsible, for a book that names no address of its own to turn to.
RESPONSIBLE_PAGE = "book/om_statistikken"


def describe(app: Sphinx) -> Book:
    """The description of the book in the making, a `Description` if it is an edition. Call it when all pages have been
    read; `report_of(app).description` is it.
    """
    report, numbers, blocks = report_of(app), number_register(app), published_blocks(app)
    handed_over = [change for _, cells in sorted(report.passages.executed.items()) for change in changes_of(cells)]
    changes = ChangeRegister.model_validate({"changes": handed_over})
    cited = citation(app.env)
    if cited is None:
        return Book(numbers, blocks, report.municipalities, changes, report.limits)
    page = RESPONSIBLE_PAGE if RESPONSIBLE_PAGE in app.env.found_docs else app.config.root_doc
    chapters = [chapter for docname in sorted(app.env.found_docs) if (chapter := chapter_of(app, docname)).number]
    return Description(
        numbers,
        blocks,
        report.municipalities,
        changes,
        report.limits,
        cited=cited,
        based_on=find_work([Path(app.srcdir, name) for name in app.config.bibtex_bibfiles], BASED_ON),
        chapters=tuple(sorted(chapters, key=lambda chapter: [int(part) for part in chapter.number.split(".")])),
        # The report comes before its annex.
        pdf=next(iter(app.config.digikom_pdf), ""),
        contact=app.config.digikom_contact or app.builder.get_target_uri(page),
    )


def chapter_of(app: Sphinx, docname: str) -> Chapter:
    """A page of the book; its language is what it says at its top, `lang: en` say."""
    language = app.env.metadata.get(docname, {}).get("lang") or LANGUAGE
    title, address = app.env.titles[docname].astext(), app.builder.get_target_uri(docname)
    return Chapter(chapter_number(app, docname), title, address, str(language))


def published_blocks(app: Sphinx) -> tuple[Block, ...]:
    """Every figure and table, in reading order."""
    env = app.env
    labels = cast(StandardDomain, env.get_domain("std")).anonlabels
    blocks = []
    for entry in in_reading_order(app, report_of(app).register.blocks.values()):
        item, docname = entry.item, entry.place.docname
        kind = "figure" if isinstance(item, Figure) else "table"
        label = nodes.fully_normalize_name(item.key)
        _, target = labels.get(label, ("", nodes.make_id(label)))
        name = number_in_words(env, docname, kind, target)
        stem = file_stem(env, docname, kind, target, item.key)
        page = app.builder.get_target_uri(docname)
        blocks.append(Block(**dict(item), name=name, stem=stem, page=page, target=target))
    return tuple(blocks)


def number_register(app: Sphinx) -> NumberRegister:
    """All numbers and wordings of the book, with their cells, sources and the places that print them."""
    report = report_of(app)

    def where(entry: Entry[Any], anchor: str) -> dict[str, Any]:
        name = f"{anchor}{entry.item.key}"
        return {
            "notebook": app.env.doc2path(entry.place.docname, base=False),
            "cell_id": entry.place.cell_id,
            "href": f"{app.builder.get_target_uri(entry.place.docname)}#{name}",
            "uses": [f"{app.builder.get_target_uri(use.docname)}#{use.id}" for use in report.printed.get(name, ())],
        }

    numbers: list[NumberRecord] = []
    inputs: dict[str, InputRecord] = {}
    for entry in in_reading_order(app, report.register.numbers.values()):
        basis = report.sources.of(entry)
        inputs |= {file.path: InputRecord(**file.model_dump()) for file in basis.inputs}
        about = {"questions": basis.names, "columns": basis.columns, "inputs": [file.path for file in basis.inputs]}
        described = entry.item.model_dump(include=set(NumberRecord.model_fields))
        numbers.append(NumberRecord.model_validate(described | where(entry, NUMBER_ANCHOR) | about))
    wordings = [
        WordingRecord.model_validate(entry.item.model_dump() | where(entry, WORDING_ANCHOR))
        for entry in in_reading_order(app, report.register.wordings.values())
    ]
    listed = tuple(inputs[path] for path in sorted(inputs))
    return NumberRegister(inputs=listed, numbers=tuple(numbers), wordings=tuple(wordings))


def add_metadata(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put what search engines and reference managers read into the head of a page of an edition."""
    if doctree is None or page not in app.env.found_docs:
        return
    described = report_of(app).description
    if isinstance(described, Description):
        head = page_head(described, chapter_of(app, page), context.get("digikom_description", ""))
        context["metatags"] = "\n".join([context.get("metatags", ""), head])


def write_exports(app: Sphinx, exception: Exception | None) -> None:
    """Write what is made from the description, and the files for whoever checks a chapter, into a finished book."""
    if exception is None and app.builder.format == "html":
        data_dir, folder = data_folder(app.config.digikom_data_dir), Path(app.outdir)
        write_open_data(report_of(app).description, folder, data_dir, drawings_folder(app))
        write_all({folder / path: content for path, content in downloads(app).items()})
        write_all({folder / path: page.encode() for path, page in figure_pages(app, drawings_folder(app))})


def setup(app: Sphinx) -> None:
    """Connect; the head of a page after `page` has written its own tags and the description of the page."""
    app.add_config_value("digikom_contact", "", "env", [str])
    app.connect("html-page-context", add_metadata, priority=600)
    app.connect("build-finished", write_exports)
