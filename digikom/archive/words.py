"""Every Norwegian text of an archive's metadata, in one place so that it can be proofread."""

from __future__ import annotations

DESCRIPTION = (
    "{title}: en etterprøvbar rapport om hvordan norske kommuner digitaliserer, med kildekode, data, kjørte "
    "notatbøker, nettsider{pdf} og et låst programmiljø."
)
WITH_PDF = ", PDF"
COMPLETE = "Utgaven kan bygges og kontrolleres på nytt der arkivet pakkes ut."
SYNTHETIC = "Rapporten bygger på syntetiske svar, som ikke sier noe om hva en virkelig kommune har svart."
WITHHELD = "Svarene er fortrolige og er ikke med. Uten dem kan utgaven ikke bygges på nytt."
MODIFIED = "Kildekoden hadde endringer som ikke var lagret i versjonskontrollen da arkivet ble laget."
KEYWORDS = ["digitalisering", "kommuner", "IKT", "statistikk", "reproduserbarhet"]
BUILDING = "Bygging av utgaven fra data og notatbøker"
#: What the main folders are, by their paths in the archive.
FOLDERS = {
    "answers/": "Svar og kodebok som ligger utenfor prosjektet",
    "book/": "Rapportens ord: sider, utgavefiler og maler",
    "data/": "Data: kodebok, svar, kommuneregistre, grenser og trykte tall, beskrevet i datapackage.json",
    "digikom/": "Programmet som bygger rapporten",
    "notebooks/": "Beregningene: én notatbok for hvert kapittel",
    "reviews/": "Hvem som har kontrollert hvilke beregninger",
    "site/": "Nettstedet med utgaven og sidene over den",
    "tests/": "Testene",
}
EDITION = "Utgaven slik den er publisert"
EXECUTED = "Notatbøkene slik de ble kjørt for utgaven, med resultatene i"
LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons Navngivelse 4.0 Internasjonal (CC BY 4.0)",
    "https://spdx.org/licenses/MIT": "MIT-lisensen",
}
