"""A small country and made-up tables, for the tests of what is fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

from api_server import Country, StatbankTable

from digikom.paths import DATA_DIR

HEADER = (
    "municipality_code,name,county_code,county,population,population_date,population_status,"
    "size_class,size_class_status,centrality_class,centrality_edition\n"
)
OLD = {
    "0301": ("Oslo", "Oslo", 693494),
    "1101": ("Eigersund", "Rogaland", 14811),
    "1111": ("Sokndal", "Rogaland", 3305),
    "1112": ("Lund", "Rogaland", 3192),
    "5430": ("Kautokeino", "Troms og Finnmark", 2910),
}


def small_country() -> Country:
    """Five municipalities: one renumbered, with names in two languages, in a county with two."""
    return Country(
        municipalities={
            "0301": "Oslo",
            "1101": "Eigersund",
            "1111": "Sokndal",
            "1112": "Lund",
            "5612": "Guovdageaidnu - Kautokeino",
            "2111": "Longyear arealplanområde",
            "9999": "Uoppgitt",
        },
        counties={"03": "Oslo", "11": "Rogaland", "56": "Finnmark - Finnmárku", "99": "Uoppgitt"},
        population={"0301": 717710, "1101": 15221, "1111": 3305, "1112": 3192, "5612": 2848, "9902": 0},
        centrality={"0301": "1", "1101": "4", "1111": "5", "1112": "5", "5612": "6"},
        changes=[("2024-01-01", "5430", "5612")],
    )


def small_registers(folder: Path) -> Path:
    """A data folder with one division, of the five municipalities that the small country had before."""
    own = folder / "municipalities"
    own.mkdir(parents=True)
    shutil.copy(DATA_DIR / "municipalities" / "size-classes.csv", own)
    (own / "divisions.csv").write_text(
        "division,first_year,last_year,municipalities,register_file,boundaries_file\n"
        "2020,2020,,5,municipalities/municipalities-2020.csv,boundaries/b.topojson\n",
        encoding="utf-8",
    )
    classes = {"0301": "50000_plus", "1101": "10000_19999"}
    rows = [
        f"{code},{name},{code[:2]},{county},{people},2020-01-01,documented,"
        f"{classes.get(code, '2000_4999')},documented,1,2020\n"
        for code, (name, county, people) in OLD.items()
    ]
    (own / "municipalities-2020.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    return folder


ACTIVITIES = [
    "Planlegging av innkjøp",
    "Mottak av tilbud",
    "Evaluering og tildeling av kontrakt",
    "Ordrehåndtering i digitalt bestillingssystem",
    "Oversendelse av ordre til leverandør i strukturert format",
    "Mottak av faktura",
    "Kontroll og validering av innhold i mottatt faktura",
    "Oppfølging av inngåtte avtaler",
]
YEARS = {"2022": "2022", "2024": "2024"}


def numbered(labels: list[str]) -> dict[str, str]:
    return {f"{number:02}": label for number, label in enumerate(labels, start=1)}


def procurement(activities: list[str] | None = None, levels: list[str] | None = None) -> StatbankTable:
    """A table as 12039 may be: activities as contents, two levels, groups of inhabitants."""
    return StatbankTable(
        "12039: Innkjøpsprosesser som gjennomføres digitalt, etter antall innbyggere, nivå og år",
        {
            "Nivaa": ("forvaltningsnivå", numbered(levels or ["Fylkeskommuner", "Kommuner"])),
            "Folkemengde": ("antall innbyggere", numbered(["I alt", "Under 2 000", "50 000 og over"])),
            "ContentsCode": ("statistikkvariabel", numbered(activities or ACTIVITIES)),
            "Tid": ("år", YEARS),
        },
        # Made-up shares that tell the cell: 70 to 77 for the municipalities as a whole.
        lambda cell: 69.0 + int(cell["ContentsCode"]) if (cell["Nivaa"], cell["Folkemengde"]) == ("02", "01") else 1.5,
    )


def functions() -> StatbankTable:
    """A table as 12031 may be, with what has to be added up."""
    return StatbankTable(
        "12031: Ivaretakelse av IKT-funksjoner, etter grad av outsourcing og år",
        {
            "Nivaa": ("forvaltningsnivå", numbered(["Staten", "Kommuner"])),
            "Funksjon": ("funksjon", numbered(["Drift av PC-miljøer", "Sikkerhetstesting"])),
            "Grad": (
                "grad",
                numbered(["Utelukkende  interne medarbeidere", "overveiende interne medarbeidere", "Vet ikke"]),
            ),
            "ContentsCode": ("statistikkvariabel", {"Prosent": "Prosent av virksomhetene"}),
            "Tid": ("år", YEARS),
        },
        lambda cell: None if cell["Funksjon"] == "02" else {"01": 40.1, "02": 15.3, "03": 2.0}[cell["Grad"]],
    )


def official_tables() -> dict[str, StatbankTable]:
    empty = StatbankTable(
        "14023: Digitaliseringsområder",
        {"ContentsCode": ("statistikkvariabel", {"a": "Andel"}), "Tid": ("år", YEARS)},
        lambda cell: 1.0,
    )
    return {"12039": procurement(), "12031": functions(), "14023": empty}
