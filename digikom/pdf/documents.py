"""The report and its technical annex as Typst documents, written at the end of a build of the book.

A part of the Sphinx extension. The configuration value `digikom_pdf` names the two PDF files, the report first; where
it is empty nothing is written. The documents are made from the document trees that pages are made of, never from the
pages, and stand with their pictures in the folder `typst` beside that of the pages.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from digikom.editions.identity import long_date
from digikom.pdf import labels
from digikom.pdf.markup import array, call, line
from digikom.pdf.translator import Translator, is_block, places_in
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.sphinxext.cells import Calculations
from digikom.sphinxext.citing import CitationBox, CopyLine
from digikom.sphinxext.elements import BlockMenu, Fold, report_of

#: The folder of the documents, beside that of the pages.
FOLDER = "typst"
TEMPLATE = Path(__file__).with_name("report.typ")
#: The parts of the book, by their captions in `_toc.yml`, that are the report: that and those without a caption. The
#: annex has the pages of all other parts. The list of references is the last page of both.
REPORT_PARTS = ("", "Rapporten")
REFERENCES = "book/referanser"
#: Pages that are of no use on paper: the table of all municipalities, what is said of the web pages, and the English
#: form of a recipe.
LEFT_OUT = ("notebooks/11_kommuner", "book/tilgjengelighet", "book/new_edition")
NOT_IN_ORDER = (*LEFT_OUT, REFERENCES)
#: What only a screen has use for, by node and class: code, folds, buttons, downloads, hints on how to use a page, and
#: the tables that repeat the numbers of a figure.
SCREEN_NODES = (
    *(BlockMenu, Calculations, CitationBox, CopyLine, Fold),
    *(addnodes.index, addnodes.toctree, nodes.comment, nodes.target),
)
SCREEN_CLASSES = frozenset({"digikom-material", "digikom-review-chapter", "digikom-screen", "tip", "toctree-wrapper"})


@dataclass(frozen=True, slots=True)
class Document:
    """One of the two: its title, what it is about, what the file has, and its pages in order.

    In the report, tables stand between paragraphs and may move; in the annex they follow upon each other and may not.
    """

    title: str
    subject: str
    content: str
    pages: tuple[str, ...]
    tables_float: bool


def documents_of(app: Sphinx) -> tuple[Document, Document]:
    """The report and the annex of the book in the making, when its pages have been read."""
    edition = report_of(app).edition
    title = app.config.html_title if edition is None else edition.title
    report: list[str] = []
    annex: list[str] = []
    for toctree in app.env.get_doctree(app.config.root_doc).findall(addnodes.toctree):
        in_report = (toctree.get("caption") or "") in REPORT_PARTS
        (report if in_report else annex).extend(page for page in toctree["includefiles"] if page not in NOT_IN_ORDER)
    if REFERENCES in app.env.found_docs:
        report.append(REFERENCES)
        annex.append(REFERENCES)
    return (
        Document(title, labels.REPORT_SUBJECT, labels.REPORT_CONTENT, tuple(report), tables_float=True),
        Document(
            labels.annex_title(title),
            labels.ANNEX_SUBJECT,
            labels.ANNEX_CONTENT,
            tuple(annex),
            tables_float=False,
        ),
    )


def write_documents(app: Sphinx, exception: Exception | None) -> None:
    """Write the documents; nothing after a failed build or for other builders than HTML."""
    if exception is not None or app.builder.name != "html" or not app.config.digikom_pdf:
        return
    folder = Path(app.outdir).parent / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copyfile(TEMPLATE, folder / TEMPLATE.name)
    documents = documents_of(app)
    trees = resolved_trees(app, [page for document in documents for page in document.pages])
    for name, document in zip(app.config.digikom_pdf, documents, strict=True):
        text, pictures = compose(app, document, trees)
        for file, content in {f"{Path(name).stem}.typ": text, **pictures}.items():
            (folder / file).write_text(content, encoding="utf-8", newline="\n")


def keep_for_paper(node: nodes.Element) -> None:
    """Take out of the tree below `node` what is not for paper; of a cell only figures and tables stay."""
    elements = [child for child in node.children if isinstance(child, nodes.Element)]
    for child in elements:
        if isinstance(child, SCREEN_NODES) or not SCREEN_CLASSES.isdisjoint(child.get("classes", ())):
            node.remove(child)
        else:
            keep_for_paper(child)
    if node.get("nb_element") == "cell_code":
        node[:] = list(node.findall(is_block))


def resolved_trees(app: Sphinx, pages: Iterable[str]) -> dict[str, nodes.document]:
    """What of the document trees of these pages is for paper, with references resolved."""
    env, load = app.env, app.env.get_doctree

    @cache
    def read(page: str) -> nodes.document:
        tree = load(page)
        keep_for_paper(tree)
        return tree

    # Sphinx reads the tree of a page again for every reference to a place on it.
    env.get_doctree = read  # type: ignore[method-assign]
    try:
        return {page: env.get_and_resolve_doctree(page, app.builder) for page in dict.fromkeys(pages)}
    finally:
        env.get_doctree = load  # type: ignore[method-assign]


def compose(app: Sphinx, document: Document, trees: Mapping[str, nodes.document]) -> tuple[str, dict[str, str]]:
    """The source of a document, and the SVG of its pictures by the names of their files."""
    places = {address: label for page in document.pages for address, label in places_in(app.builder, page, trees[page])}
    pictures: dict[str, str] = {}
    pages = [
        Translator(app.builder, page, places, pictures, document.tables_float).page(trees[page])
        for page in document.pages
    ]
    body = "\n\n".join(f"#{page}" for page in pages if page)
    return f'#import "{TEMPLATE.name}": *\n#show: {_set_up(app, document)}\n\n{body}\n', pictures


def _set_up(app: Sphinx, document: Document) -> str:
    """The call of the template, with what is on title page, page heads and feet, and in the file's metadata."""
    edition, is_synthetic = report_of(app).edition, report_of(app).register.is_synthetic
    date = None if edition is None else edition.published
    notice = array([line(labels.SYNTHETIC_TITLE), line(labels.SYNTHETIC_NOTICE)])
    return call(
        "report.with",
        title=line(document.title),
        subject=line(document.subject),
        edition="" if edition is None else line(labels.edition_line(edition.version, long_date(edition.published))),
        date="" if date is None else f"datetime(year: {date.year}, month: {date.month}, day: {date.day})",
        author=line(labels.AUTHOR),
        keywords=array(map(line, labels.KEYWORDS)),
        mark=line(SYNTHETIC_MARK) if is_synthetic else "",
        notices=array([notice]) if is_synthetic else "",
        colophon=array(map(line, [document.content, labels.CALCULATIONS, labels.INDEPENDENT, labels.LICENCE])),
        page_words=array(map(line, labels.PAGE_WORDS)),
        contents=line(labels.CONTENTS),
        figures=line(labels.FIGURES),
        tables=line(labels.TABLES),
    )


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect, after what else is written at the end of a build."""
    app.connect("build-finished", write_documents, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
