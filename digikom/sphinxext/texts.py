"""Every Norwegian text that the extension itself puts on a page, in one place so that it can be proofread.

Those of its templates and scripts are in `theme/`, and translations of what other packages say in `language`.
"""

from __future__ import annotations

from collections.abc import Sequence

from digikom.opendata.norwegian import BOUND_FIELDS, EVIDENCE_FIELD, EVIDENCE_WORDS
from digikom.publish.formatting import format_number, join_words, of_base

from .payloads import Number

#: Figures and tables.
FIGURE_NAME = "Figur"
TABLE_NAME = "Tabell"
#: The menu of each, and what is in it.
MORE = {"figure": "Mer om figuren", "table": "Mer om tabellen"}
SHOW_NUMBERS = "Vis som tabell"
DOWNLOAD = "Last ned"
#: The files of a figure and of a table: ending of the name, and what the link says.
TABLE_FILES = ((".nb.csv", "CSV (norsk regneark)"), (".csv", "CSV (maskinlesbar)"))
FIGURE_FILES = (*TABLE_FILES, (".svg", "SVG"), (".png", "PNG"))
FIGURE_ALONE = "Figuren på egen side"
FRAME_SUMMARY = "Vis figuren på en annen nettside"
FRAME_HINT = "Kopier denne koden inn på nettsiden:"
FRAME_CODE = "HTML-kode for en ramme med figuren"
HOW_COMPUTED = "Slik er den beregnet"
PERMALINKS = {"figure": "Lenke til figuren", "table": "Lenke til tabellen"}
SCROLL_HINT = "kan rulles sidelengs"
SYMBOLS_LINK = "Standardtegn i tabeller"
SYMBOLS_PAGE = "book/standardtegn"
SYMBOLS = "Standardtegn"
SYMBOLS_HEAD = ("Tegn", "Betydning", "Eksempel i utgaven")
SYMBOL_NAMES = {".": "punktum", "..": "to punktum", ":": "kolon"}
NO_EXAMPLE = "ingen"
question_line = "Spørsmål: {}".format
table_label = f"Tabell: {{}} ({SCROLL_HINT})".format


def numbers_title(figure: str) -> str:
    """What the folded table under a figure is called: «Tallene i figur 3.1»."""
    return f"Tallene i {figure[0].lower()}{figure[1:]}"


#: The box on what is printed otherwise, and what leads to the table with the comparison.
PRINTED_OTHERWISE, PRINTED_OTHERWISE_ENGLISH = "Trykt annerledes i rapporten", "Printed otherwise in the report"
SEE_COMPARISON, SEE_COMPARISON_ENGLISH = "Se {{numref}}`{}`.".format, "See {{numref}}`table {{number}} <{}>`.".format


#: What numbers rest on.
ALL_ASSUMED = {"figure": "Alle verdier i figuren er antatt.", "table": "Alle tall i tabellen er antatt."}
NONE_ASSUMED = {
    "figure": "Alle verdier i figuren er trykt eller følger av trykte tall.",
    "table": "Alle tall i tabellen er trykt eller følger av trykte tall.",
}
SOME_ASSUMED = {
    "figure": "Fylt med hel kant: trykt eller følger av trykte tall. Blekere med stiplet kant: antatt.",
    "table": "° Antatt. Tall uten merke er trykt eller følger av trykte tall.",
}
#: After an assumed value in a table, for who can't see its mark; and the legend of a figure with marks.
ASSUMED_MARK = "°"
ASSUMED_ALOUD = '<span class="digikom-hidden"> (antatt)</span>'
EVIDENCE_LEGEND = (
    '<ul class="digikom-evidence">\n<li><span class="digikom-known"></span>trykt eller følger av trykte tall</li>\n'
    '<li><span class="digikom-assumed"></span>antatt</li>\n</ul>\n'
)


#: In a chapter, and where to read more.
HOW_TO_READ = "Slik leser du tallene: Tall med ° er antatt. De andre er trykt eller følger av trykte tall."
HOW_TO_READ_MORE = "Mer om merkene"
EVIDENCE_SECTION = "trykte-og-antatte-tall"


def figure_place(name: str, page: str, edition: str) -> str:
    """The way back from a figure on its own page to where it stands."""
    return f"{name} i «{page}», {edition}"


def evidence_sentence(numbers: int, printed: int, implied: int) -> str:
    """How many of the numbers in the text are printed."""
    whole, some, more = (format_number(count, 0) for count in (numbers, printed, implied))
    return (
        f"Av {whole} tall i teksten som bygger på svarene, er {some} trykt av Statistisk sentralbyrå, {more} følger av "
        "trykte tall, og resten er antatt."
    )


def evidence_line(number: Number) -> str:
    """What a number rests on, with the place: «Trykt: SSBs rapport …, tabell 3.1»; empty where that is not asked."""
    if number.evidence is None:
        return ""
    word = EVIDENCE_WORDS[number.evidence]
    between = ". " if number.evidence == "assumed" else ": "
    return between.join(filter(None, [f"{word[0].upper()}{word[1:]}", number.evidence_source])) + "."


#: How low and how high numbers could be, had all answered: below a figure with such lines, after its alternative text,
#: and after a number.
BOUNDS_NOTE = (
    "Strek: hva de som ikke svarte, kunne endret. Den går fra det laveste til det høyeste andelen kunne vært, og er "
    "utelatt der den er kortere enn en endring vi omtaler."
)
#: Where some of the shares in the figure are not numbers of their own, and have no bounds.
BOUNDS_PARTLY = "Andeler som ikke er med i «Alle tall», har ingen strek."
BOUNDS_ALT = (
    "Streken over enden av en stolpe går fra det laveste til det høyeste andelen kunne vært om alle hadde svart."
)


def bounds_line(low: float, high: float, decimals: int) -> str:
    """«kunne vært fra 62,1 til 72,7»."""
    return f"kunne vært fra {format_number(low, decimals)} til {format_number(high, decimals)}"


#: Cells.
SHOW_CALCULATIONS = "Slik er dette beregnet"
TO_CALCULATION = "Gå til beregningen"
WORDINGS = "Ord som følger av tallene"
wording_line = "«{}»".format
#: The box around a table that a cell shows, by its place on the page, and the line under one that is shown in part.
result_label = f"Mellomresultat {{}} ({SCROLL_HINT})".format
frame_size = "{} rader, {} kolonner".format


#: Numbers and wordings.


def _what(number: Number) -> str:
    """What the number is, and of which year: «Kommuner med planlagte IKT-prosjekter, <år>»."""
    return number.label if number.year is None or number.unit == "year" else f"{number.label}, {number.year}"


def number_line(number: Number) -> str:
    """The label and year, with value, base and bounds: «…: 93,2 prosent (n = 354; kunne vært fra
    92,7 til 93,3)»."""
    has_bounds = number.low is not None and number.high is not None
    bounds = bounds_line(number.low, number.high, number.decimals) if has_bounds else ""  # type: ignore[arg-type]
    about = "; ".join(filter(None, [of_base(number.count, number.base), bounds]))
    said = evidence_line(number)
    return f"{_what(number)}: {number.with_unit}{f' ({about})' if about else ''}{f'. {said}' if said else ''}"


def number_title(number: Number) -> str:
    """The tooltip of a number in running text: what it is, of whom, and where the link goes."""
    who = ""
    if number.base is not None:
        who = f" (n\u00a0=\u00a0{format_number(number.base, 0)}{f', {number.base_text}' if number.base_text else ''})"
    said = " ".join(filter(None, [evidence_line(number), f"{TO_CALCULATION}."]))
    return f"{_what(number)}: {number.with_unit}{who}. {said}"


def wording_title(text: str, numbers: Sequence[Number]) -> str:
    """The tooltip of a computed wording: the numbers that it rests on."""
    basis = "; ".join(f"{number.label}: {number.with_unit}" for number in numbers)
    return f"«{text}» følger av tallene{f': {basis}' if basis else ''}. {TO_CALCULATION}."


#: Key numbers.
in_year = " i {}".format
bars_label = "Søyler fra null til hundre prosent. {}.".format

#: From a number to what it rests on, and to where it is used; the page of all numbers.
USED_IN = "Brukt i"
used_often = "Brukt {} steder".format
TRACE = "Grunnlag for tallene"
TRACE_OF = "Gjelder"
TRACE_CELLS = "Cellene som beregner tallene, i rekkefølge"
TRACE_QUESTIONS = "Spørsmål som beregningen er merket med, og kolonnene i kodeboken"
TRACE_NO_QUESTIONS = "Beregningen er ikke merket med enkeltspørsmål."
TRACE_FILES = "Datafiler"
TRACE_EARLIER = "Bygger også på tallregistrene til tidligere utgaver."
CHECKSUM = "SHA-256"
NUMBER_TABLE = "Alle tall i utgaven"
NUMBER_HEAD = (
    *("Hva tallet er", "Verdi", "Enhet", "Antall svar", *BOUND_FIELDS.values(), "År", "Kapittel", "Tema"),
    *("Steder", "Nøkkel", "Status"),
)
#: The same where the answers are synthetic.
SYNTHETIC_HEAD = (*NUMBER_HEAD[:-1], EVIDENCE_FIELD, NUMBER_HEAD[-1])
NO_PLACES = "ingen"
REGISTER_FILES = (("numbers.csv", "CSV"), ("numbers.json", "JSON"), ("numbers.schema.json", "JSON Schema"))


def places_label(count: int, first: str) -> str:
    """The name of the link to the first of the places where a number is used; `first` is its page."""
    return f"{count} {'sted' if count == 1 else 'steder'}. Gå til det første: {first}"


#: The page around the content.
SYNTHETIC_BANNER = (
    "Svarene i denne utgaven er syntetiske: de er laget av en generator og er ikke svar fra virkelige kommuner."
)
COLOUR_MODES = {"light": "lys", "dark": "mørk", "auto": "følger systemet"}
OTHER_EDITIONS = "andre utgaver"
#: Texts of the list of editions that the page script draws up; book/templates/utgaver.html says the same.
EDITION_LIST = {
    "current": "denne utgaven",
    "front": "Gå til forsiden",
    "missing": "Utgaven har ikke denne siden.",
    "synthetic": "Syntetiske svar",
}
edition_name = "Utgave {}".format
#: An edition by its year, with its date, written out in full, and its version.
edition_published = "Utgave {}, publisert {}. Versjon {}.".format
#: The links to the PDF files: the report, and its technical annex.
PDF_LINKS = ("Last ned rapporten som PDF (tagget for skjermlesere)", "Teknisk vedlegg (PDF)")

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


material_files = "Datafiler kapitlet bygger på ({})".format

#: How an indicator is computed, step by step.
STAGES = ("Svar", "Spørsmål og punkter", "Telling", "Score", "Grad")
NOT_COMPUTED = "Indikatoren er ikke beregnet i denne utgaven, fordi vi ikke har svar på alle spørsmålene den bygger på."
SHOW_CODE = "Vis koden"
CELL = "Celle:"
#: The line above the steps, as MyST: which chapter the indicator is computed in.
computed_in = "Beregnet i kapitlet {{doc}}`/{}`.".format
answers_of = "Svarene fra kommunene i {}".format
points_in = "{} punkter i {}".format
short_checksum = " (SHA-256 {}…)".format


def score_for(counts: Sequence[str]) -> str:
    """A score by what it is computed from."""
    return f"Score for {' og '.join(f'«{count}»' for count in counts)}"


def score_limits(steps: Sequence[tuple[str, str, str]]) -> str:
    """The limits of a score, each as score, lowest and highest count (empty where there is none)."""
    spans = []
    for score, lower, upper in steps:
        span = lower if lower == upper else f"{lower}–{upper}" if upper else f"{lower} eller flere"
        spans.append(f"score\u00a0{score}: {span}")
    text = "; ".join(spans)
    return text[:1].upper() + text[1:]


#: Citations.
COPY_CITATION = "Kopier henvisningen"
COPIED = "Henvisningen er kopiert"
COPY_FAILED = "Nettleseren tillot ikke kopiering. Henvisningen er merket, så du kan kopiere den selv."
CITE = {"figure": "Siter figuren", "table": "Siter tabellen", "chapter": "Siter kapitlet"}


def chapter_name(number: str, title: str) -> str:
    """A chapter as it is cited: «Kapittel 3. Digital prioritering»; a page without a number by its title."""
    return f"Kapittel {number}. {title}" if number else title


#: Signed review: what is said at a cell, at the foot of a chapter and in the tables of signatures.
NOT_REVIEWED = "Ikke kontrollert."
REVIEWS_LINK = "Se hvem som har kontrollert hva."
REVIEW_GONE = "beregningen er ikke lenger med i utgaven"
REVIEW_VALID = "Gjelder"
REVIEWS_TOTAL = "I alt"
NO_NOTE = "ingen"
REVIEW_COUNTS = "Kontrollerte beregninger i hvert kapittel"
REVIEW_COUNTS_HEAD = ("Kapittel", "Beregninger", "Kontrollert", "Kontrollen gjelder ikke lenger", "Ikke kontrollert")
SIGNATURES = "Underskrifter"
SIGNATURES_HEAD = ("Hva", "Kontrollert av", "Dato", "Merknad", "Status")
#: What can have changed since a signature, by the name of the checksum that it holds of it.
CHANGED_IN_CELL = {
    "source": "koden",
    "upstream": "koden i tidligere celler",
    "inputs": "dataene",
    "output": "resultatet",
}
CHANGED_IN_CHAPTER = {"source": "teksten eller koden", "inputs": "dataene", "output": "resultatene"}
lapsed_because = "Gjelder ikke lenger: {}".format
chapter_reviewed = "Kontrollerte beregninger i kapitlet: {} av {}.".format
chapter_lapsed = "Kontrollen gjelder ikke lenger for {}.".format
nothing_signed = "Ingen har ennå skrevet under på at de har kontrollert noen av de {} beregningene i utgaven.".format


def reviewed(by: str, date: str, note: str, whole: bool) -> str:
    """That somebody has checked a calculation, or (`whole`) the chapter that it is in."""
    what = "Hele kapitlet er kontrollert" if whole else "Kontrollert"
    return f"{what} av {by} {date}{f': «{note}»' if note else ''}."


def review_lapsed(by: str, date: str, changed: str, whole: bool) -> str:
    """That a check is no longer worth anything, and why: `changed` is a clause."""
    what = "Kontrollen av hele kapitlet" if whole else "Kontrollen"
    return f"{what} gjelder ikke lenger: {changed} siden {by} kontrollerte den {date}."


def are_changed(parts: Sequence[str]) -> str:
    """«koden og resultatet er endret»."""
    return f"{join_words(list(parts))} er endret"


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
    "pydantic": "kontroll av kodeboken og kommuneregistrene",
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
    "typst": "PDF-filene",
}
ALL_PACKAGES = "Alle pakker i låsefilen"
ALL_PACKAGES_HEAD = ("Pakke", "Versjon")
INPUTS = "Filene som beregningene leser"
INPUTS_HEAD = ("Fil", "Byte", "SHA-256")
MANIFEST_LINK = "Last ned listen over alle filer i utgaven, med kontrollsummer (JSON)"
RUNS = "Notatbøkene kjørt på nytt"
RUNS_HEAD = ("Notatbok", "Sekunder", "Celler sammenlignet", "Resultat")
SAME_RESULT = "samme resultat i alle celler"
OTHER_RESULT = "noen celler ga et annet resultat"
LAPSED = "ikke kontrollert etter siste endring"
NOT_INSTALLED = "ikke installert"
LEFT_OUT = "Det utgaven utelater"
LEFT_OUT_HEAD = ("Side", "Begynner slik", "Mangler")
NOTHING_LEFT_OUT = "Utgaven utelater ingenting."
left_out = "Avsnitt og setninger som er utelatt ({})".format
all_packages = "Alle {} pakker i låsefilen".format
#: A package that is not the one the lock file names: the version installed, and that of the lock file.
other_version = "{} (låsefilen sier {})".format
#: How many of a notebook's cells were compared.
compared = "{} av {}".format


def and_more(missing: Sequence[str]) -> str:
    """That more keys are missing than the first."""
    return f" og {len(missing) - 1} til" if len(missing) > 1 else ""


#: Other limits.
LIMITS_HEAD = "Grenser"
limits_change = "Endring siden {}".format
LIMITS_CONCLUSIONS = {"rises": "økning", "falls": "nedgang", "same": "liten eller ingen"}
LIMITS_AS_IS = "Som i rapporten"
LIMITS_UNIT = "Prosent av kommunene, antallet i parentes."
LIMITS_BASE = "alle kommuner som svarte"
limits_label = "{} med andre grenser".format
LIMITS_CONTROLS = {
    "legend": "Flytt grensene",
    "chosen": "Grensene du har valgt",
    "reset": "Tilbake til grensene i rapporten",
    "impossible": (
        "Slik kan ikke grensene ligge: Hver score må ha en høyere grense enn den under, "
        "og ingen grense kan være høyere enn det som er mulig."
    ),
}

#: Corrections.
NOTHING_CORRECTED = "Ingen feil er rettet i denne utgaven."
CORRECTIONS = "Rettelser, de nyeste først"
CORRECTIONS_HEAD = ("Dato", "Hva som er rettet", "Gjelder", "Alvorlighet", "Versjon")
SEVERITIES = "Klasser av feil"
SEVERITIES_HEAD = ("Klasse", "Betydning")
corrected = "Rettet {}".format
corrected_value = "{} Før: {}. Nå: {}.".format
