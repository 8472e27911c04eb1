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


#: What a chapter hands over to whoever checks it.
MATERIAL_TITLE = "For den som vil etterprøve"
MATERIAL_LEAD = (
    "Kapitlet er regnet ut i en notatbok. Den kan lastes ned og kjøres på nytt, celle for celle. Resultatet skal bli "
    "det samme som her."
)
MATERIAL_EXECUTED = "Notatboken slik den er kjørt for denne utgaven, med kode og resultater"
MATERIAL_TEMPLATE = "Malen: notatboken uten resultater, den samme for alle utgaver"
MATERIAL_OPEN = (
    "Med kildekoden på maskinen åpner denne kommandoen notatboken i JupyterLab, med parametrene til denne utgaven:"
)
MATERIAL_SECOND_STAGE = (
    "Kapitlet regner videre på det andre kapitler har kommet fram til. De må derfor være kjørt før dette."
)
MATERIAL_CHECKSUM = "Kontrollsummen er SHA-256 av hele filen. Er den lik, er innholdet det samme."
MATERIAL_CONFIDENTIAL = (
    "Svarene fra den enkelte kommunen er fortrolige og ligger ikke her. Forskere kan søke Statistisk sentralbyrå om å "
    "få låne mikrodata. Uten tilgang til svarene kan notatboken kjøres på de syntetiske svarene som følger med "
    "kildekoden."
)


def material_files(count: int) -> str:
    """The heading of the folded list of data files."""
    return f"Datafiler kapitlet bygger på ({count})"


#: How an indicator is computed, step by step.
WAY_STAGES = ("Svar", "Spørsmål og punkter", "Telling", "Score", "Grad")
WAY_LACKING = "Indikatoren er ikke beregnet i denne utgaven, fordi vi ikke har svar på alle spørsmålene den bygger på."
WAY_CODE = "Vis koden"
WAY_CELL = "Celle:"


def way_chapter(docname: str) -> str:
    """The line above the steps, as MyST: which chapter the indicator is computed in."""
    return f"Beregnet i kapitlet {{doc}}`/{docname}`."


def way_answers(year: int) -> str:
    """The answers of a survey year."""
    return f"Svarene fra kommunene i {year}"


def way_points(count: int, year: int) -> str:
    """How many points of a list the municipalities were asked about in a year."""
    return f"{count} punkter i {year}"


def way_score(counts: Sequence[str]) -> str:
    """A score by what it is computed from."""
    return f"Score for {' og '.join(f'«{count}»' for count in counts)}"


def way_limits(steps: Sequence[tuple[str, str, str]]) -> str:
    """The limits of a score, each as score, lowest and highest count (empty where there is none)."""
    spans = []
    for score, lower, upper in steps:
        span = lower if lower == upper else f"{lower}–{upper}" if upper else f"{lower} eller flere"
        spans.append(f"score\u00a0{score}: {span}")
    text = "; ".join(spans)
    return text[:1].upper() + text[1:]


def way_checksum(digits: str) -> str:
    """The first digits of a file's checksum."""
    return f"SHA-256 {digits}…"
