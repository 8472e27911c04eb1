"""Entries of survey files in the data package (`datapackage.json`), made from the codebook.

Specification: https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import json
from pathlib import Path

from digikom import geography, survey
from digikom.errors import InputError
from digikom.files import sha256
from digikom.rows import Json
from digikom.survey.provenance import DESCRIPTOR, Status

CC_BY = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
SSB = {"title": "Statistics Norway (SSB)", "path": "https://www.ssb.no/"}
OWN = {"title": "Made for this project"}

SYNTHETIC_NOTE = (
    "Synthetic answers, made by a program so that they agree with printed figures. No row says anything about the "
    "municipality it names."
)
MADE_UP_NOTE = "Made-up answers, read in from an extract. No row says anything about the municipality it names."
#: What readers see as the source of such answers; generated ones have been made to agree with printed figures.
MADE_UP_SOURCE = "Syntetiske svar, lest inn fra et oppdiktet uttrekk"


def register_resource(division: geography.Division) -> str:
    """The name of the resource with the municipalities of a division, as of the year that its register begins with."""
    return Path(division.register_file).stem


def survey_resource(folder: Path, year: int, status: Status = "synthetic") -> Json:
    """The entry of `survey/<year>.csv` in the data folder: the items asked that year and the answers allowed.

    Made-up answers are said to be made up; real ones carry the checksum of the file that they are, and no licence.
    """
    synthetic, title = status == "synthetic", f"answers {year}"
    register = {"resource": register_resource(geography.division(year, folder)), "fields": survey.CODE_COLUMN}
    resource: Json = {
        "name": f"survey-{year}",
        "type": "table",
        "path": f"survey/{year}.csv",
        "title": f"Synthetic survey {title}" if synthetic else f"Survey {title}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"licenses": [CC_BY]} if synthetic else {}),
        "sources": [OWN if synthetic else SSB],
        "schema": {
            "fields": survey.codebook(folder).schema(year),
            "primaryKey": [survey.CODE_COLUMN],
            "foreignKeys": [{"fields": survey.CODE_COLUMN, "reference": register}],
        },
        "status": status,
    }
    if not synthetic:
        return resource | {"hash": f"sha256:{sha256(folder / 'survey' / f'{year}.csv')}"}
    if (folder / "synthetic" / f"{year}.yml").is_file():
        return resource | {"statusNote": SYNTHETIC_NOTE}
    return resource | {"statusNote": MADE_UP_NOTE, "source_nb": MADE_UP_SOURCE}


def with_survey(content: bytes | None, entry: Json) -> bytes:
    """The descriptor `content` with the entry of a survey file put in by its year, or put in place of the earlier one.

    `None`: there is no descriptor yet, and the new one has the survey file only. References to files that the
    descriptor doesn't have are left out. Raises `InputError` for a descriptor that is no data package.
    """
    package: Json = {"profile": "data-package", "name": "survey-answers", "resources": []}
    try:
        package = package if content is None else json.loads(content)
        names = {one.get("name") for one in package["resources"]}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(f"{DESCRIPTOR}: expected a data package with a list of resources") from None
    schema = dict(entry["schema"])
    if any(key["reference"]["resource"] not in names for key in schema["foreignKeys"]):
        del schema["foreignKeys"]
    others = [one for one in package["resources"] if one.get("path") != entry["path"]]
    surveys = [place for place, one in enumerate(others) if str(one.get("path")).startswith("survey/")]
    earlier = [place for place in surveys if others[place]["path"] < entry["path"]]
    place = earlier[-1] + 1 if earlier else surveys[0] if surveys else len(others)
    package["resources"] = [*others[:place], {**entry, "schema": schema}, *others[place:]]
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
