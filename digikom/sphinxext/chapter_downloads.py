"""For whoever checks a chapter: folded at its end the notebook, its template and the data it reads; and those files.

A build lays templates and copies of the data out in the source of the book (`editions.downloads`). A book that is built
without that takes them from its own notebooks and from the data folder. A copy is published only when it is the very
file that the edition says it is built from, and when its answers may be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from digikom.derivation import CodeError
from digikom.derivation.inputs import files_read
from digikom.editions.build_facts import FileRecord, input_files
from digikom.editions.downloads import downloadable, survey_year, template_of
from digikom.editions.layout import DATA, INPUTS_DIR, SOURCES, TEMPLATES_DIR, way_up
from digikom.files import sha256
from digikom.publish.number_registers import REGISTERS_DIR
from digikom.publish.published import EXECUTED_DIR

from . import texts
from .elements import Fold, report_of
from .passages import NOTEBOOK

LOGGER = logging.getLogger(__name__)
FOLD_ID = "etterprov-kapitlet"


def copied_inputs(app: Sphinx) -> dict[str, Path]:
    """The data files that the edition publishes copies of, by their path in the data folder; `report_of(app).copies` is
    this.
    """
    inputs, laid_out = report_of(app).facts.inputs, Path(app.srcdir, INPUTS_DIR)
    if laid_out.is_dir():
        files = {path.relative_to(laid_out).as_posix(): path for path in laid_out.rglob("*") if path.is_file()}
    else:
        years = tuple(year for file in inputs if (year := survey_year(file.path)))
        files = downloadable(input_files(years, app.config.digikom_data_dir or None))
    stated = {file.path: file.sha256 for file in inputs}
    return {name: path for name, path in sorted(files.items()) if stated.get(name) == sha256(path)}


def copy_address(app: Sphinx, docname: str, name: str) -> str:
    """The way from a page to the published copy of a data file; empty where it is not published."""
    root = way_up(app.builder.get_target_uri(docname))
    return f"{root}{DATA}{INPUTS_DIR}/{name}" if name in report_of(app).copies else ""


def downloads(app: Sphinx) -> dict[str, bytes]:
    """The files for whoever checks a chapter, by their paths in the edition: templates and copies of the data."""
    files: dict[str, bytes] = {}
    for notebook in sorted(Path(app.env.doc2path(docname)) for docname in app.env.found_docs):
        if notebook.suffix == NOTEBOOK:
            laid_out = Path(app.srcdir, TEMPLATES_DIR, notebook.name)
            files[f"{DATA}{TEMPLATES_DIR}/{notebook.name}"] = (
                laid_out.read_bytes() if laid_out.is_file() else template_of(nbformat.read(notebook, 4)).encode()
            )
    return files | {f"{DATA}{INPUTS_DIR}/{name}": path.read_bytes() for name, path in report_of(app).copies.items()}


class AddDownloads(SphinxTransform):
    """Ends the page of each notebook, in books written as HTML, with a fold of what is needed to check it."""

    default_priority = 700

    def apply(self, **_options: object) -> None:
        """Add the fold."""
        docname = self.env.docname
        notebook = Path(self.env.doc2path(docname))
        chapter = next(iter(self.document.findall(nodes.section)), None)
        if notebook.suffix == NOTEBOOK and self.app.builder.format == "html" and chapter is not None:
            content = self._content(docname, notebook.stem)
            chapter += Fold("", *content, summary=texts.MATERIAL_TITLE, classes=["digikom-material"], ids=[FOLD_ID])

    def _content(self, docname: str, name: str) -> list[nodes.Element]:
        root, edition = way_up(self.app.builder.get_target_uri(docname)), report_of(self.app).edition
        links = {texts.MATERIAL_TEMPLATE: f"{root}{DATA}{TEMPLATES_DIR}/{name}{NOTEBOOK}"}
        if self.config.html_copy_source:
            links = {texts.MATERIAL_EXECUTED: f"{root}{SOURCES}/{docname}{NOTEBOOK}", **links}
        items = (_link(address, escape(label)) for label, address in links.items())
        content = [_paragraph(texts.MATERIAL_LEAD), _html(_list(items))]
        if edition is not None:
            command = f"digikom open {edition.year} {name}"
            content += [_paragraph(texts.MATERIAL_OPEN), nodes.literal_block(command, command, language="console")]
        try:
            program = report_of(self.app).program(docname)
            inputs = report_of(self.app).facts.inputs
            read = set(files_read(program.steps, [file.path for file in inputs]))
        except CodeError as error:
            LOGGER.warning("%s", error, location=docname)
            return content
        except KeyError as error:
            LOGGER.warning("which data files %s reads is not known", error, location=docname)
            return content
        if any({EXECUTED_DIR, REGISTERS_DIR}.intersection(step.defines) for step in program.steps):
            content.append(_paragraph(texts.MATERIAL_SECOND_STAGE))
        files = [file for file in inputs if file.path in read]
        if files:
            summary = f"<summary>{escape(texts.material_files(len(files)))}</summary>"
            listed = _list(self._file(docname, file) for file in files)
            content.append(
                _html(
                    f'<details class="digikom-files">\n{summary}\n<p>{escape(texts.MATERIAL_CHECKSUM)}</p>\n'
                    f"{listed}</details>\n"
                )
            )
        if any(survey_year(file.path) and file.path not in report_of(self.app).copies for file in files):
            content.append(_paragraph(texts.MATERIAL_CONFIDENTIAL))
        return content

    def _file(self, docname: str, file: FileRecord) -> str:
        """A data file with its whole checksum, as a link where a copy is published."""
        address, name = copy_address(self.app, docname, file.path), f"<code>{escape(file.path)}</code>"
        shown = _link(address, name) if address else name
        return f'{shown} <code class="digikom-checksum">{file.sha256}</code>'


def _link(address: str, content: str) -> str:
    return f'<a href="{escape(address)}" download>{content}</a>'


def _list(items: Iterable[str]) -> str:
    return "".join(["<ul>\n", *(f"<li>{item}</li>\n" for item in items), "</ul>\n"])


def _html(content: str) -> nodes.raw:
    return nodes.raw("", content, format="html")


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph("", text)


def setup(app: Sphinx) -> None:
    """Connect; `exports` writes the files."""
    app.add_transform(AddDownloads)
