"""The files for citing an edition: `CITATION.cff` in its folder, and BibTeX and RIS among its data."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from digikom.opendata.citation_file import citation_file

from . import texts
from .description import describe

CITATION_FILE = "CITATION.cff"
BIBTEX_FILE = "data/sitering.bib"
RIS_FILE = "data/sitering.ris"


def write_citation_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files into the finished edition. Does nothing after a failed build or for a book that is no edition."""
    if exception is not None or app.builder.format != "html":
        return
    described = describe(app)
    if described is None:
        return
    cited = described.cited
    files = {
        CITATION_FILE: citation_file(cited, texts.CITATION_MESSAGE, described.abstract, described.based_on),
        BIBTEX_FILE: cited.bibtex(),
        RIS_FILE: cited.ris(),
    }
    for name, text in files.items():
        path = Path(app.outdir, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> None:
    """Write the files when the pages are done."""
    app.connect("build-finished", write_citation_files, priority=600)
