"""Entries of survey files in the data package (`datapackage.json`), made from the codebook.

Specification: https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from digikom import geography, survey
from digikom.errors import InputError
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


def reference(fields: str, resource: str, target: str | None = None) -> Json:
    """A foreign key: the values of `fields` occur in `target` (default: the same name) of `resource`."""
    return {"fields": fields, "reference": {"resource": resource, "fields": target or fields}}


def table(
    name: str,
    path: str,
    title: str,
    fields: list[Json],
    sources: list[Json],
    primary_key: list[str],
    foreign_keys: list[Json] | None = None,
) -> Json:
    """A CSV resource with its schema."""
    schema: Json = {"fields": fields, "primaryKey": primary_key}
    if foreign_keys:
        schema["foreignKeys"] = foreign_keys
    return {
        "name": name,
        "type": "table",
        "path": path,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": [CC_BY],
        "sources": sources,
        "schema": schema,
    }


def register_resource(division: geography.Division) -> str:
    """The name of the resource with the municipalities of a division, as of the year that its register begins with."""
    return Path(division.register_file).stem


def survey_resource(folder: Path, year: int, status: Status = "synthetic") -> Json:
    """The entry of `survey/<year>.csv` in the data folder: the items asked that year and the answers allowed.

    Made-up answers are said to be made up; real ones carry the checksum of the file that they are, and no licence.
    """
    resource = table(
        f"survey-{year}",
        f"survey/{year}.csv",
        f"{'Synthetic survey' if status == 'synthetic' else 'Survey'} answers {year}",
        survey.codebook(folder).schema(year),
        [OWN if status == "synthetic" else SSB],
        [survey.CODE_COLUMN],
        [reference(survey.CODE_COLUMN, register_resource(geography.division(year, folder)))],
    )
    if status == "synthetic":
        if (folder / "synthetic" / f"{year}.yml").is_file():
            return resource | {"status": status, "statusNote": SYNTHETIC_NOTE}
        return resource | {"status": status, "statusNote": MADE_UP_NOTE, "source_nb": MADE_UP_SOURCE}
    del resource["licenses"]
    checksum = hashlib.sha256((folder / "survey" / f"{year}.csv").read_bytes()).hexdigest()
    return resource | {"status": status, "hash": f"sha256:{checksum}"}


def with_survey(content: bytes | None, entry: Json) -> bytes:
    """The descriptor `content` with the entry of a survey file put in by its year, or put in place of the earlier one.

    `None`: there is no descriptor yet, and the new one has the survey file only, without references to other files.
    Raises `InputError` for a descriptor that is no data package.
    """
    if content is None:
        schema = {name: value for name, value in entry["schema"].items() if name != "foreignKeys"}
        package: Json = {"profile": "data-package", "name": "survey-answers", "resources": []}
        entry = {**entry, "schema": schema}
    else:
        package = _package(content)
        names = {one.get("name") for one in package["resources"]}
        keys = entry["schema"].get("foreignKeys", [])
        if any(key["reference"]["resource"] not in names for key in keys):
            schema = {name: value for name, value in entry["schema"].items() if name != "foreignKeys"}
            entry = {**entry, "schema": schema}
    others = [one for one in package["resources"] if one.get("path") != entry["path"]]
    surveys = [place for place, one in enumerate(others) if str(one.get("path")).startswith("survey/")]
    earlier = [place for place in surveys if others[place]["path"] < entry["path"]]
    place = earlier[-1] + 1 if earlier else surveys[0] if surveys else len(others)
    package["resources"] = [*others[:place], entry, *others[place:]]
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _package(content: bytes) -> Json:
    try:
        package = json.loads(content)
    except ValueError:
        package = None
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not all(isinstance(one, dict) for one in resources):
        raise InputError(f"{DESCRIPTOR}: expected a data package with a list of resources")
    found: Json = package
    return found
