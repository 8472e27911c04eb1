"""Every Norwegian text that the extension itself puts on a page, in one place so that it can be proofread."""

from __future__ import annotations

from collections.abc import Sequence

from digikom.publish.formatting import format_number, join_words

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


#: Signed review: what stands at a cell, at the foot of a chapter and in the tables of signatures.
NOT_REVIEWED = "Ikke kontrollert."
REVIEWS_LINK = "Se hvem som har kontrollert hva."
REVIEW_GONE = "beregningen er ikke lenger med i utgaven"
REVIEW_VALID = "Gjelder"
REVIEWS_TOTAL = "I alt"
NO_NOTE = "ingen"
GO_TO_CALCULATION = "Gå til beregningen."
REVIEW_COUNTS = "Kontrollerte beregninger i hvert kapittel"
REVIEW_COUNTS_HEAD = ("Kapittel", "Beregninger", "Kontrollert", "Kontrollen gjelder ikke lenger", "Ikke kontrollert")
SIGNATURES = "Underskrifter"
SIGNATURES_HEAD = ("Hva", "Kontrollert av", "Dato", "Merknad", "Status")
#: What can have changed since a signature, by the name of the checksum that it holds of it.
CHANGED_IN_CELL = {"source": "koden", "inputs": "dataene", "output": "resultatet"}
CHANGED_IN_CHAPTER = {"source": "teksten eller koden", "inputs": "dataene", "output": "resultatene"}


def reviewed(by: str, date: str, note: str, whole: bool) -> str:
    """That somebody has checked a calculation, or (`whole`) the chapter that it is in."""
    return (
        f"{'Hele kapitlet er kontrollert' if whole else 'Kontrollert'} av {by} {date}{f': «{note}»' if note else ''}."
    )


def review_lapsed(by: str, date: str, changed: str, whole: bool) -> str:
    """That a check is no longer worth anything, and why: `changed` is a clause."""
    what = "Kontrollen av hele kapitlet" if whole else "Kontrollen"
    return f"{what} gjelder ikke lenger: {changed} siden {by} kontrollerte den {date}."


def are_changed(parts: Sequence[str]) -> str:
    """«koden og resultatet er endret»."""
    return f"{join_words(list(parts))} er endret"


def lapsed_because(changed: str) -> str:
    """The status of a signature that has lapsed."""
    return f"Gjelder ikke lenger: {changed}"


def chapter_reviewed(checked: str, cells: str) -> str:
    """How many of the calculations of a chapter are checked."""
    return f"Kontrollerte beregninger i kapitlet: {checked} av {cells}."


def chapter_lapsed(cells: str) -> str:
    """For how many of them the check has lapsed."""
    return f"Kontrollen gjelder ikke lenger for {cells}."


def nothing_signed(cells: str) -> str:
    """What stands where the edition has no signature."""
    return f"Ingen har ennå skrevet under på at de har kontrollert noen av de {cells} beregningene i utgaven."
