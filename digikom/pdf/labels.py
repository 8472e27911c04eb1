"""Every Norwegian text that the PDF files have and the pages don't, in one place so that it can be proofread."""

from __future__ import annotations

AUTHOR = "Bidragsyterne til Digitalisering i kommunene"
KEYWORDS = ("digitalisering", "kommuner", "IKT", "offentlig sektor", "statistikk")
REPORT_SUBJECT = (
    "Hvordan norske kommuner prioriterer digitalisering, hvilken kompetanse de har, og hva de gjør digitalt"
)
ANNEX_SUBJECT = "Etterprøving, endringer over tid, dokumentasjon og alle tallene i rapporten"
SYNTHETIC_TITLE = "Svarene er syntetiske"
SYNTHETIC_NOTICE = (
    "Svarene i denne utgaven er laget av et program. De sier ikke noe om hva en virkelig kommune har svart, og må ikke "
    "gjengis som om de gjorde det."
)
INDEPENDENT = (
    "Rapporten er en uavhengig gjenskaping av rapporter fra Statistisk sentralbyrå og Digitaliseringsdirektoratet. "
    "Metoden, spørsmålene og de trykte tallene er deres. Teksten og beregningene er våre, og de to institusjonene står "
    "ikke bak dem."
)
LICENCE = (
    "Tekst og data er lisensiert med CC BY 4.0, koden med MIT-lisensen. Tall som er trykt av Statistisk sentralbyrå, "
    "skal gjengis med Statistisk sentralbyrå som kilde."
)
REPORT_CONTENT = (
    "Denne filen er selve rapporten. Etterprøving, endringer over tid, dokumentasjon og alle tallene står i et teknisk "
    "vedlegg, som er en fil for seg."
)
ANNEX_CONTENT = "Denne filen er det tekniske vedlegget. Selve rapporten er en fil for seg."
CALCULATIONS = (
    "Beregningene står i nettutgaven: Der lenker hvert tall i teksten til cellen som beregnet det, og tallene bak hver "
    "figur og tabell ligger som filer."
)
CONTENTS = "Innhold"
FIGURES = "Figurer"
TABLES = "Tabeller"
#: Before the number of a page and before that of the last one.
PAGE_WORDS = ("Side ", " av ")
#: What is under the title: version and date of publication; and what the annex of an edition is called.
edition_line = "Versjon {}. Publisert {}".format
annex_title = "{}. Teknisk vedlegg".format


def long_table(rows: int, file: str) -> str:
    """What is in place of the rows of a table that is too long for paper; `file` has them in the web edition."""
    where = f" De ligger i filen {file} i nettutgaven." if file else ""
    return f"Tabellen har {rows} rader, som ikke er med her.{where}"
