"""Every Norwegian text that the extension itself puts on a page, in one place so that it can be proofread."""

from __future__ import annotations

from collections.abc import Sequence

from digikom.publish.formatting import format_number

from .payloads import Number

FIGURE_NAME = "Figur"
TABLE_NAME = "Tabell"
SHOW_CALCULATION = "Vis beregningen"
HIDE_CALCULATION = "Skjul beregningen"
SHOW_RESULT = "Vis resultatet"
HIDE_RESULT = "Skjul resultatet"
SHOW_NUMBERS = "Vis tallene som tabell"
DOWNLOAD = "Last ned"
#: The files of a figure and of a table: ending of the name, and what the link says.
TABLE_FILES = ((".nb.csv", "CSV (norsk regneark)"), (".csv", "CSV (maskinlesbar)"))
FIGURE_FILES = (*TABLE_FILES, (".svg", "SVG"), (".png", "PNG"))
PERMALINKS = {"figure": "Lenke til figuren", "table": "Lenke til tabellen"}
SYMBOLS_LINK = "Standardtegn i tabeller"
SYMBOLS_PAGE = "book/standardtegn"
SYNTHETIC_BANNER = (
    "Svarene i denne utgaven er syntetiske: de er laget av en generator og er ikke svar fra virkelige kommuner."
)
STATUS_WORDS = {"synthetic": "syntetisk", "real": "faktisk"}
PDF_LINK = "Last ned hele utgaven som PDF (tagget for skjermlesere)"
SCROLL_HINT = "kan rulles sidelengs"
OTHER_EDITIONS = "andre utgaver"
#: Texts of the list of editions that the page script draws up; book/templates/utgaver.html says the same.
EDITION_LIST = {
    "current": "denne utgaven",
    "front": "Gå til forsiden",
    "missing": "Utgaven har ikke denne siden.",
    "synthetic": "Syntetiske svar",
}

#: The page around the content.
CONTENTS = "På denne siden"
COLOUR_MODES = {"light": "lys", "dark": "mørk", "auto": "følger systemet"}
DOWNLOAD_NOTEBOOK = "Last ned notatboken"
DOWNLOAD_SOURCE = "Last ned kildeteksten"


def edition_published(year: int, date: str, version: str) -> str:
    """An edition with its date, written out in full, and its version."""
    return f"{edition_name(year)}, publisert {date}. Versjon {version}."


def edition_name(year: int) -> str:
    """An edition by its year, as in «Utgave 1999»."""
    return f"Utgave {year}"


def numbers_title(figure: str) -> str:
    """What the folded table under a figure is called: «Tallene i figur 3.1»."""
    return f"Tallene i {figure[0].lower()}{figure[1:]}"


def result_label(place: int) -> str:
    """The name of the box around a table that a cell shows, `place` of those on the page: «Mellomresultat 3»."""
    return f"Mellomresultat {place} ({SCROLL_HINT})"


def frame_size(rows: str, columns: str) -> str:
    """The line under a table that a cell shows in part, with the number of rows and columns that it has in all."""
    return f"{rows} rader, {columns} kolonner"


def _what(number: Number) -> str:
    """What the number is, and of which year: «Kommuner med planlagte IKT-prosjekter, <år>»."""
    return number.label if number.year is None or number.unit == "year" else f"{number.label}, {number.year}"


def number_line(number: Number) -> str:
    """The label and year, with value and base: «…: 93,2 prosent (n = 354)»."""
    base = f" (n\u00a0=\u00a0{format_number(number.base, 0)})" if number.base is not None else ""
    return f"{_what(number)}: {number.with_unit}{base}"


def number_title(number: Number) -> str:
    """The tooltip of a number in running text: what it is, of whom, and where the link goes."""
    who = ""
    if number.base is not None:
        who = f" (n\u00a0=\u00a0{format_number(number.base, 0)}{f', {number.base_text}' if number.base_text else ''})"
    return f"{_what(number)}: {number.with_unit}{who}. Gå til beregningen."


def wording_title(text: str, numbers: Sequence[Number]) -> str:
    """The tooltip of a computed wording: the numbers that it rests on."""
    basis = "; ".join(f"{number.label}: {number.with_unit}" for number in numbers)
    return f"«{text}» følger av tallene{f': {basis}' if basis else ''}. Gå til beregningen."


#: The page «Kontroll».
ENVIRONMENT = "Hva utgaven er bygd med"
ENVIRONMENT_HEAD = ("Hva", "Verdi")
COMMIT = "Kildekodens versjon (commit)"
UNKNOWN_COMMIT = "ikke kjent"
MODIFIED = "med endringer som ikke er lagret"
PYTHON = "Python"
LOCK = "Låsefilen requirements.txt (SHA-256)"
NO_LOCK = "ikke kjent"
PACKAGES = "Pakkene som betyr mest for tall og bilder"
PACKAGES_HEAD = ("Pakke", "Brukes til", "Versjon")
MAIN_PACKAGES = {
    "pandas": "beregningene i notatbøkene",
    "numpy": "regning med tall, under pandas",
    "pandera": "kontroll av svarene mot kodeboken",
    "scipy": "de syntetiske svarene",
    "altair": "beskrivelsen av figurene",
    "vl-convert-python": "tegningen av figurene",
    "papermill": "kjøring av notatbøkene for et år",
    "nbclient": "kjøring av cellene",
    "ipykernel": "Python i notatbøkene",
    "nbformat": "lesing og skriving av notatbøker",
    "jupyter-book": "boken",
    "sphinx": "sidene",
    "myst-nb": "notatbøker som sider",
    "sphinx-book-theme": "utseendet",
    "babel": "tall og datoer på norsk",
    "weasyprint": "PDF-en",
}
ALL_PACKAGES = "Alle pakker i låsefilen"
ALL_PACKAGES_HEAD = ("Pakke", "Versjon")
INPUTS = "Filene som beregningene leser"
INPUTS_HEAD = ("Fil", "Byte", "SHA-256")
MANIFEST_LINK = "Last ned listen over alle filer i utgaven, med sjekksummer (JSON)"
RUNS = "Notatbøkene kjørt på nytt"
RUNS_HEAD = ("Notatbok", "Sekunder", "Celler sammenlignet", "Resultat")
SAME_RESULT = "samme resultat i alle celler"
OTHER_RESULT = "noen celler ga et annet resultat"
LAPSED = "ikke kontrollert etter siste endring"


def all_packages(count: str) -> str:
    """What the fold around the list of all packages is called."""
    return f"Alle {count} pakker i låsefilen"


def other_version(installed: str, locked: str) -> str:
    """A package that is not the one the lock file names."""
    return f"{installed or 'ikke installert'} (låsefilen sier {locked})"


def compared(count: str, cells: str) -> str:
    """How many of a notebook's cells were compared."""
    return f"{count} av {cells}"
