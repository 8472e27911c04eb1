"""Where each file is in the published site, and in the folder of an edition: the one place that knows their paths."""

from __future__ import annotations

#: Above the editions: the pages that lead from a page to the same one of other editions, the same in one file for
#: scripts, and the pages on single municipalities. Published editions name all three.
EDITIONS_DIR = "utgaver"
EDITIONS_FILE = "editions.json"
MUNICIPALITIES_DIR = "kommuner"

#: In the folder of an edition.
DATA = "data/"
#: Each figure on a page of its own, which other pages may show in a frame.
FIGURES = "figur/"
FRONT_PAGE = "index.html"
#: What the pages are made from, the notebooks as they were executed for the edition among it.
SOURCES = "_sources"
EXECUTED = f"{SOURCES}/notebooks"
#: What the edition says of itself (written by `digikom.sphinxext.theme`), and every file of it with its checksum.
DESCRIPTION = f"{DATA}edition.json"
MANIFEST = f"{DATA}manifest.json"
NUMBERS = f"{DATA}numbers.json"
NUMBERS_TABLE = f"{DATA}numbers.csv"
NUMBERS_SCHEMA = f"{DATA}numbers.schema.json"
#: How the numbers have changed since the previous edition; the first edition has neither.
CHANGES = f"{DATA}changes.json"
CHANGES_SCHEMA = f"{DATA}changes.schema.json"
#: The results of single municipalities; an edition on confidential answers has none.
MUNICIPALITIES = f"{DATA}kommuner.json"
MUNICIPALITIES_TABLE = f"{DATA}kommuner.csv"
#: In the name of the workbook, before the year.
WORKBOOK_STEM = "digitalisering-i-kommunene"
#: What scores and grades would be with other limits.
LIMITS = f"{DATA}grenser.json"
LIMITS_TABLE = f"{DATA}grenser.csv"
#: How the edition is cited, and described to other programs.
CITATION = "CITATION.cff"
BIBTEX = f"{DATA}sitering.bib"
RIS = f"{DATA}sitering.ris"
PACKAGE = f"{DATA}datapackage.json"
CSVW = f"{DATA}csv-metadata.json"
CATALOGUE = f"{DATA}dcat.ttl"
#: For whoever checks a chapter: notebooks without results and copies of the data that they read. The source of a book
#: has folders of the same names.
TEMPLATES_DIR = "maler"
INPUTS_DIR = "grunnlag"

#: What a page may load and run (Content Security Policy). `file:` is for the report read from a disk, where not every
#: browser takes a file for the page's own; a page from a server cannot load one. Tables and samples of colours have
#: attributes of style in them, which Sphinx and MyST write; a style element has no effect.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' file:",
        "style-src 'self' file:",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' file: data:",
        "font-src 'self' file:",
        "connect-src 'self'",
        "form-action 'self' file:",
        "base-uri 'none'",
    )
)


def block_file(stem: str, ending: str) -> str:
    """A file of a figure or table, `stem` being «figur-3-1»: machine-readable `.csv`, Norwegian `.nb.csv`, picture."""
    return f"{DATA}{stem}{ending}"


def workbook_file(year: int) -> str:
    """The workbook of the edition of `year`."""
    return f"{DATA}{WORKBOOK_STEM}-{year}.xlsx"


def figure_page(stem: str) -> str:
    """The page of a figure on its own: «figur/3-1.html» of «figur-3-1»."""
    return f"{FIGURES}{stem.partition('-')[2]}.html"


def way_up(address: str) -> str:
    """The way from a page back to the folder that its `address` begins in: «../» for each folder of it."""
    return "../" * address.count("/")
