"""For whoever checks a chapter: at its end the notebook, its template and the data it reads; and those files.

A build lays templates and copies of the data out in the source of the book (`editions.downloads`). A book that is built
without that takes them from its own notebooks and from the data folder. A copy is published only when it is the very
file that the edition says it is built from, and when its answers may be shown.
"""

from __future__ import annotations

import shutil
from html import escape
from pathlib import Path
from weakref import WeakKeyDictionary

import nbformat
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from digikom.derivation import CodeError
from digikom.derivation.inputs import files_read
from digikom.editions.build_facts import FileRecord, input_files
from digikom.editions.catalogue import way_up
from digikom.editions.downloads import INPUTS_DIR, TEMPLATES_DIR, handed_over, survey_year, template_of
from digikom.files import sha256
from digikom.publish.published import EXECUTED_DIR
from digikom.publish.registers import REGISTERS_DIR

from . import texts
from .colophon import edition_facts
from .elements import report_of

LOGGER = logging.getLogger(__name__)
SECTION_ID = "etterprov-kapitlet"
DATA = "data"

_COPIES: WeakKeyDictionary[Sphinx, dict[str, Path]] = WeakKeyDictionary()


def copies_of(app: Sphinx) -> dict[str, Path]:
    """The data files that the edition publishes copies of, by their path in the data folder."""
    if app not in _COPIES:
        facts = report_of(app).facts
        laid_out = Path(app.srcdir, INPUTS_DIR)
        if laid_out.is_dir():
            files = {path.relative_to(laid_out).as_posix(): path for path in laid_out.rglob("*") if path.is_file()}
        else:
            years = tuple(year for file in facts.inputs if (year := survey_year(file.path)))
            files = handed_over(input_files(years, app.config.digikom_data_dir or None))
        stated = {file.path: file.sha256 for file in facts.inputs}
        _COPIES[app] = {
            name: path for name, path in sorted(files.items()) if name in stated and sha256(path) == stated[name]
        }
    return _COPIES[app]


def copy_address(app: Sphinx, docname: str, name: str) -> str:
    """The way from a page to the published copy of a data file; empty where it is not published."""
    return f"{to_root(app, docname)}{DATA}/{INPUTS_DIR}/{name}" if name in copies_of(app) else ""


def to_root(app: Sphinx, docname: str) -> str:
    """The way from a page to the folder of the edition."""
    return way_up(app.builder.get_target_uri(docname))


class AddMaterial(SphinxTransform):
    """Ends the page of each notebook with a section of what is needed to check it."""

    default_priority = 700

    def apply(self, **_options: object) -> None:
        """Add the section, in books written as HTML."""
        docname = self.env.docname
        notebook = Path(self.env.doc2path(docname))
        chapter = next(iter(self.document.findall(nodes.section)), None)
        if notebook.suffix != ".ipynb" or self.app.builder.format != "html" or chapter is None:
            return
        chapter += self._section(docname, notebook.stem)

    def _section(self, docname: str, name: str) -> nodes.section:
        section = nodes.section("", ids=[SECTION_ID], names=[], classes=["digikom-material"])
        section += nodes.title("", texts.MATERIAL_TITLE)
        section += nodes.paragraph("", texts.MATERIAL_LEAD)
        root = to_root(self.app, docname)
        links = {texts.MATERIAL_TEMPLATE: f"{root}{DATA}/{TEMPLATES_DIR}/{name}.ipynb"}
        if self.config.html_copy_source:
            links = {texts.MATERIAL_EXECUTED: f"{root}_sources/{docname}.ipynb", **links}
        section += nodes.raw("", _downloads(links), format="html")
        edition = edition_facts(self.env)
        if edition is not None:
            section += nodes.paragraph("", texts.MATERIAL_OPEN)
            command = f"digikom open {edition.year} {name}"
            section += nodes.literal_block(command, command, language="console")
        try:
            program = report_of(self.app).program(docname)
            inputs = report_of(self.app).facts.inputs
            read = set(files_read(program.steps, [file.path for file in inputs]))
        except CodeError as error:
            LOGGER.warning("%s", error, location=docname)
            return section
        except KeyError as error:
            LOGGER.warning("which data files %s reads is not known", error, location=docname)
            return section
        if any({EXECUTED_DIR, REGISTERS_DIR}.intersection(step.defines) for step in program.steps):
            section += nodes.paragraph("", texts.MATERIAL_SECOND_STAGE)
        files = [file for file in inputs if file.path in read]
        if files:
            section += nodes.raw("", self._files(docname, files), format="html")
        if any(survey_year(file.path) and file.path not in copies_of(self.app) for file in files):
            section += nodes.paragraph("", texts.MATERIAL_CONFIDENTIAL)
        return section

    def _files(self, docname: str, files: list[FileRecord]) -> str:
        """The folded list of files, each with its whole checksum."""
        items = []
        for file in files:
            address = copy_address(self.app, docname, file.path)
            name = f"<code>{escape(file.path)}</code>"
            shown = f'<a href="{escape(address)}" download>{name}</a>' if address else name
            items.append(f'<li>{shown} <code class="digikom-checksum">{file.sha256}</code></li>\n')
        summary = escape(texts.material_files(len(files)))
        return (
            f'<details class="digikom-files">\n<summary>{summary}</summary>\n'
            f"<p>{escape(texts.MATERIAL_CHECKSUM)}</p>\n<ul>\n{''.join(items)}</ul>\n</details>\n"
        )


def _downloads(links: dict[str, str]) -> str:
    items = "".join(
        f'<li><a href="{escape(href)}" download>{escape(label)}</a></li>\n' for label, href in links.items()
    )
    return f"<ul>\n{items}</ul>\n"


def write_material(app: Sphinx, exception: Exception | None) -> None:
    """Write `data/maler` and `data/grunnlag` into the finished edition."""
    if exception is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir, DATA)
    for docname in sorted(app.env.found_docs):
        notebook = Path(app.env.doc2path(docname))
        if notebook.suffix == ".ipynb":
            target = folder / TEMPLATES_DIR / notebook.name
            target.parent.mkdir(parents=True, exist_ok=True)
            laid_out = Path(app.srcdir, TEMPLATES_DIR, notebook.name)
            if laid_out.is_file():
                shutil.copyfile(laid_out, target)
            else:
                text = template_of(nbformat.read(notebook, as_version=4))
                target.write_text(text, encoding="utf-8", newline="\n")
    for name, path in copies_of(app).items():
        target = folder / INPUTS_DIR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def setup(app: Sphinx) -> None:
    """Connect."""
    app.add_transform(AddMaterial)
    app.connect("build-finished", write_material)
