"""Every Norwegian text of an edition's open data, in one place so that it can be proofread."""

from __future__ import annotations

CITATION_MESSAGE = "Bruk opplysningene her når du siterer utgaven."
SYNTHETIC_DATA = "Tallene bygger på syntetiske svar, ikke på svar fra virkelige kommuner."
COUNTRY = "Norge"
KEYWORDS = ("digitalisering", "kommuner", "IKT", "statistikk", "Norge")
STATUS_FIELD = "Datastatus"
STATUS_WORDS = {"synthetic": "syntetisk", "real": "faktisk"}
EVIDENCE_FIELD = "Trykt eller antatt"
EVIDENCE_WORDS = {"printed": "trykt", "implied": "følger av trykte tall", "assumed": "antatt"}
evidence_field = f"{{}}: {EVIDENCE_FIELD[0].lower()}{EVIDENCE_FIELD[1:]}".format
#: How low and how high a number could be, had all answered.
BOUND_FIELDS = {"low": "Kan være lavest", "high": "Kan være høyest"}
UNIT_NAMES = {
    "percent": "prosent",
    "percentage_points": "prosentpoeng",
    "points": "prosentpoeng",
    "count": "antall",
    "median": "median",
    "share": "andel fra null til én",
    "year": "år",
}
#: The data of a whole edition by what names them: title, and description with the edition's title put in.
DATASETS = {
    "tallregister": (
        "Tallregister",
        "Alle tall som er beregnet i rapporten «{title}», hvert med nøkkel, enhet, grunnlag, kilde og adressen til "
        "cellen som har beregnet det.",
    ),
    "tabeller": (
        "Tall i figurer og tabeller",
        "Tallene i hver figur og tabell i rapporten «{title}», som én CSV-fil for hver, som kuber i JSON-stat 2 og "
        "samlet i én arbeidsbok.",
    ),
    "kommuner": (
        "Resultater for enkeltkommuner",
        "Scorer, grader og kategorier for hver kommune i rapporten «{title}», ved siden av størrelsesgruppen og "
        "landet.",
    ),
    "endringer": (
        "Endringer siden forrige utgave",
        "Hver andel og median i kapitlene om temaene i rapporten «{title}», ved siden av verdien i forrige utgave, "
        "med endringen eller grunnen til at tallene ikke kan sammenlignes.",
    ),
    "grenser": (
        "Scorer og grader med andre grenser",
        "Fordelingen av scorer, grader og kategorier i rapporten «{title}» når grensene mellom scorene flyttes ett "
        "trinn ned eller opp, for hver kombinasjon av grenser.",
    ),
}
#: The dimension of a cube that says what is measured.
CUBE_MEASURE = "Hva som er målt"
PACKAGE_TITLE = "Beskrivelse av datafilene (Frictionless Data Package)"
CSVW_TITLE = "Beskrivelse av datafilene (CSV on the Web)"
#: Columns of the edition's own files, with what they are called. A column that is not here is called by its name.
FIELD_TITLES = {
    "key": "Nøkkel",
    "label": "Hva tallet er",
    "value": "Verdi",
    "text": "Verdi slik den står i teksten",
    "unit": "Enhet",
    "base": "Grunnlag (n)",
    "base_text": "Hvem grunnlaget er",
    **BOUND_FIELDS,
    "year": "År",
    "status": STATUS_FIELD,
    "evidence": EVIDENCE_FIELD,
    "evidence_source": "Hvor det er trykt eller hva det følger av",
    "source": "Kilde",
    "notebook": "Notatbok",
    "cell_id": "Celle",
    "href": "Adresse i utgaven",
    "municipality_code": "Kommunenummer",
    "name": "Navn",
    "county": "Fylke",
    "size_class": "Størrelsesgruppe",
    "indicator": "Indikator",
    "kind": "Slags indikator",
    "count": "Antall som indikatoren teller",
    "level": "Score, grad, kategori eller svar",
    "level_name": "Navn på score, grad, kategori eller svar",
    "group_size": "Kommuner i størrelsesgruppen",
    "group_median": "Median i størrelsesgruppen",
    "group_lower": "Lavere i størrelsesgruppen (prosent)",
    "group_same": "Likt i størrelsesgruppen (prosent)",
    "group_higher": "Høyere i størrelsesgruppen (prosent)",
    "country_size": "Kommuner i landet",
    "country_median": "Median i landet",
    "country_lower": "Lavere i landet (prosent)",
    "country_same": "Likt i landet (prosent)",
    "country_higher": "Høyere i landet (prosent)",
    "possible": "Scorer, grader eller kategorier som er mulige med grensene ett trinn lavere eller høyere",
    "reference_year": "Sammenlignet med",
    "limits": "Laveste antall for hver score som flyttes",
    **{f"count_{level}": f"Kommuner på nivå {level}" for level in range(5)},
    **{f"percent_{level}": f"Andel på nivå {level} (prosent)" for level in range(5)},
    "top_percent": "Andel på topp (prosent)",
    "top_change": "Endring i andelen på topp siden referanseåret (prosentpoeng)",
    "conclusion": "Hva endringen kalles",
}
#: The workbook of an edition: names of its sheets, and what is on the cover, in the contents and in the notes.
WORKBOOK_TITLE = "Alle figurer, tabeller og tall i én arbeidsbok"
SHEETS = {"cover": "Forside", "contents": "Innhold", "notes": "Merknader", "numbers": "Alle tall"}
WORKBOOK_NOTES = "Merknader: standardtegn, ord og kilder"
BACK_TO_CONTENTS = "Til innholdet"
COVER = {
    "heading": "Om arbeidsboken",
    "value": "Opplysning",
    "what": "Hva dette er",
    "edition": "Utgave",
    "version": "Versjon",
    "published": "Publisert",
    "modified": "Sist rettet",
    "author": "Laget av",
    "based_on": "Gjenskaper",
    "licence": "Lisens",
    "licence_address": "Lisensens adresse",
    "citation": "Slik siterer du",
    "address": "Utgavens adresse",
}
CONTENTS = {"sheet": "Ark", "title": "Hva arket viser"}
NOTE_KINDS = {"symbol": "Standardtegn", "word": "Ord", "source": "Kilde"}
NOTE_HEADINGS = ("Slag", "Tegn, ord eller nummer", "Betydning")
DEFINITIONS = {
    "Tom rute": "Raden eller kolonnen gjelder ikke. Null er et tall og er skrevet som et tall.",
    "* ved et navn": "Brudd: Tallene før og etter er ikke målt på samme måte.",
    "Score": "Hvor langt en kommune er kommet på ett område, fra 0 til 4.",
    "Grad": "To scorer sett under ett, fra 0 til 4.",
    FIELD_TITLES["base"]: "Hvor mange kommuner tallet er regnet av.",
    "Prosentpoeng": "Forskjellen mellom to prosentandeler.",
    **dict.fromkeys(BOUND_FIELDS.values(), "Grensen for tallet, hva enn de som ikke svarte, ville ha svart."),
}
SYNTHETIC_DEFINITIONS = {
    STATUS_FIELD: "Syntetisk: Svarene er laget av et program og er ikke svar fra virkelige kommuner.",
    EVIDENCE_WORDS["printed"].capitalize(): "Tallet står i en trykt kilde.",
    EVIDENCE_WORDS["implied"].capitalize(): "Tallet kan regnes ut av tall som er trykt.",
    EVIDENCE_WORDS["assumed"].capitalize(): "Tallet kommer bare fra de syntetiske svarene.",
}


def with_status(text: str, is_synthetic: bool) -> str:
    """A description, followed by the status of the answers where these are synthetic."""
    return f"{text} {SYNTHETIC_DATA}" if is_synthetic else text


def abstract(year: int, reference_year: int | None, is_synthetic: bool) -> str:
    """What an edition is, in two or three sentences."""
    compared = f", sammenlignet med {reference_year}" if reference_year else ""
    return with_status(
        f"Rapport om hvordan norske kommuner digitaliserer, med tall for {year}{compared}. "
        "Alle beregninger er vist og kan kjøres på nytt.",
        is_synthetic,
    )


def part_name(name: str, heading: str) -> str:
    """What a figure or table, or its numbers, is called: «Figur 3.1. Flere kommuner har …»."""
    return f"{name}. {heading}"


def block_description(name: str, edition: str, caption: str, base: str, is_synthetic: bool) -> str:
    """What the numbers of a figure or table are: where they are printed, what they measure, of whom, from where."""
    parts = (f"Tallene i {name[0].lower()}{name[1:]} i rapporten «{edition}»", caption, base)
    sentences = (part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)
    return with_status(" ".join(sentences), is_synthetic)


def bound_field(end: str, label: str) -> str:
    """A column with the lowest (`low`) or the highest (`high`) that the numbers of another could be."""
    return f"{label}: {BOUND_FIELDS[end][0].lower()}{BOUND_FIELDS[end][1:]}"


def symbol_field(label: str) -> str:
    """A column with the standard symbols that replace numbers in another."""
    return f"Standardtegn i kolonnen «{label}»"


def unit_line(unit: str) -> str:
    """The unit of a column, as a sentence."""
    return f"Enhet: {unit}."
