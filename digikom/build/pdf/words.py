"""Every Norwegian text that the PDF has and the pages don't, in one place so that it can be proofread."""

from __future__ import annotations

AUTHOR = "Bidragsyterne til Digitalisering i kommunene"
SUBJECT = "Hvordan norske kommuner prioriterer digitalisering, hvilken kompetanse de har, og hva de gjør digitalt"
KEYWORDS = ("digitalisering", "kommuner", "IKT", "offentlig sektor", "statistikk")
SYNTHETIC_MARK = "Syntetiske svar – ikke svar fra virkelige kommuner"
SYNTHETIC_TITLE = "Svarene er syntetiske"
SYNTHETIC_NOTICE = (
    "Svarene i denne utgaven er laget av et program. De sier ikke noe om hva en virkelig kommune har svart, og må ikke "
    "gjengis som om de gjorde det."
)
INDEPENDENT = (
    "Rapporten er en uavhengig ombygging av rapporter fra Statistisk sentralbyrå og Digitaliseringsdirektoratet. "
    "Metoden, spørsmålene og de trykte tallene er deres. Teksten og beregningene er våre, og de to institusjonene står "
    "ikke bak dem."
)
LICENCE = (
    "Tekst og data er lisensiert med CC BY 4.0, koden med MIT-lisensen. Tall som er trykt av Statistisk sentralbyrå, "
    "skal gjengis med Statistisk sentralbyrå som kilde."
)
CALCULATIONS = (
    "Denne filen har teksten, figurene og tabellene. Beregningene står i nettutgaven: Der lenker hvert tall i teksten "
    "til cellen som beregnet det, og tallene bak hver figur og tabell ligger som filer."
)
CONTENTS = "Innhold"
FIGURES = "Figurer"
TABLES = "Tabeller"
#: The words that a caption begins with, by the kind of what it is the caption of.
FIGURE_NAME = "Figur"
TABLE_NAME = "Tabell"


def edition_line(version: str | None, date: str) -> str:
    """What stands under the title: version and date, as far as they are known."""
    return ". ".join([*([f"Versjon {version}"] if version else []), *([f"Publisert {date}"] if date else [])])


def numbers_of(name: str) -> str:
    """The caption of the table with what a figure draws; `name` is «Figur 3.1»."""
    return f"Tallene i {name[:1].lower()}{name[1:]}"


def left_out(name: str, rows: int, file: str) -> str:
    """What stands in place of a table too long for paper; `file` is the address of its numbers, if there is one."""
    where = f" Tallene ligger i filen {file} i nettutgaven." if file else ""
    return f"Tabellen over tallene i {name[:1].lower()}{name[1:]} har {rows} rader og er ikke med her.{where}"


def long_table(rows: int, file: str) -> str:
    """What stands in place of the rows of a numbered table that is too long for paper."""
    where = f" De ligger i filen {file} i nettutgaven." if file else ""
    return f"Tabellen har {rows} rader, som ikke er med her.{where}"


def link_to(title: str) -> str:
    """What a link inside the file is called by a screen reader."""
    return f"Gå til {title}"


def link_out(address: str) -> str:
    """What a link to the web is called by a screen reader."""
    return f"Nettsted: {address}"
