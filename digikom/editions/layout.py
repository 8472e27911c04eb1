"""Where each file lies in the folder of a published edition: the one place where these paths are written down."""

from __future__ import annotations

DATA = "data/"
FRONT_PAGE = "index.html"
#: The notebooks as they were executed for the edition.
EXECUTED = "_sources/notebooks"
#: What the edition says of itself, and every file of it with its checksum.
DESCRIPTION = f"{DATA}edition.json"
MANIFEST = f"{DATA}manifest.json"
NUMBERS = f"{DATA}numbers.json"
NUMBERS_TABLE = f"{DATA}numbers.csv"
NUMBERS_SCHEMA = f"{DATA}numbers.schema.json"
#: The results of single municipalities; an edition on confidential answers has none.
MUNICIPALITIES = f"{DATA}kommuner.json"
MUNICIPALITIES_TABLE = f"{DATA}kommuner.csv"
#: How the edition is cited, and described to other programs.
CITATION = "CITATION.cff"
BIBTEX = f"{DATA}sitering.bib"
RIS = f"{DATA}sitering.ris"
PACKAGE = f"{DATA}datapackage.json"
CATALOGUE = f"{DATA}dcat.ttl"
#: For whoever checks a chapter: notebooks without results and copies of the data that they read. The source of a book
#: has folders of the same names.
TEMPLATES_DIR = "maler"
INPUTS_DIR = "grunnlag"


def block_file(stem: str, ending: str) -> str:
    """A file of a figure or table, `stem` being «figur-3-1»: machine-readable `.csv`, Norwegian `.nb.csv`, picture."""
    return f"{DATA}{stem}{ending}"
