"""Bring `datapackage.json`, the Frictionless Data Package descriptor of everything in this folder, up to date.

Run `python data/make_datapackage.py` (option: `--out FILE`). Titles, sources, keys and the columns of tables that only
notebooks read are written in the descriptor by hand. The columns of the codebook and of the municipality registers come
from the models that check them, those of the survey files from the codebook. A new file of a kind that is described
already (a register of another year, say) is described as the latest of its kind. The same files give the same bytes.

Whether survey answers are synthetic or real isn't decided here: an entry that the present descriptor calls `real` is
kept as it is, every other survey file is described as synthetic. `digikom new-edition` adds the entry of its survey
file itself, as this script would.

Specification: https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from digikom import geography, rows
from digikom.geography import lineage, registers
from digikom.intake.package_entry import SSB, register_resource, survey_resource
from digikom.rows import Json, Row
from digikom.survey import codebook_rules, printed_claims

HERE = Path(__file__).resolve().parent
DESCRIPTOR = HERE / "datapackage.json"
YEAR = re.compile("[0-9]{4}")

#: The models of the tables that the package checks, by the paths of the files with `#` for a year.
MODELS: dict[str, type[Row]] = {
    **{f"codebook/{name}": model for name, (model, _) in codebook_rules.FILES.items()},
    "municipalities/divisions.csv": registers.Division,
    "municipalities/size-classes.csv": registers.SizeClass,
    "municipalities/areas.csv": registers.Area,
    "municipalities/other-names.csv": registers.OtherName,
    "municipalities/municipalities-#.csv": registers.Municipality,
    "municipalities/changes-#-#.csv": lineage.Change,
    printed_claims.PATH: printed_claims.Claim,
}


def kind(path: str) -> str:
    """The path with `#` for each year."""
    return YEAR.sub("#", path)


def new_entry(path: str, present: list[Json]) -> Json:
    """An entry for a file that has none: that of the latest file of its kind, with the years of the new one.

    The first figures that are fetched are described as the printed ones, whose form they have.
    """
    alike = [entry for entry in present if kind(entry["path"]) == kind(path)]
    if not alike and path.startswith("statbank/"):
        return fetched(path, next(entry for entry in present if entry["path"] == f"published/{Path(path).name}"))
    if not alike:
        raise SystemExit(f"{path}: no file of this kind is described in {DESCRIPTOR.name}; describe it there by hand")
    years = dict(zip(YEAR.findall(alike[-1]["path"]), YEAR.findall(path), strict=True))
    text = YEAR.sub(lambda found: years.get(found[0], found[0]), json.dumps(alike[-1]))
    entry: Json = json.loads(text)
    return entry


def fetched(path: str, printed: Json) -> Json:
    """The entry of official figures, or of their sources, fetched for a year; those of `printed` have the same form."""
    year = Path(path).parent.name
    entry: Json = json.loads(json.dumps(printed).replace("published-", f"statbank-{year}-"))
    title = "Official figures" if Path(path).stem == "figures" else "Sources of official figures"
    for column in entry["schema"]["fields"]:
        if column["name"] == "id":
            column["constraints"]["pattern"] = r"S\d{4}-\d{5}-\d+"
        if column["name"] == "status":  # that against the synthetic answers; these are not compared
            del column["constraints"]["required"]
    return entry | {"path": path, "title": f"{title}, fetched for {year}", "sources": [SSB]}


def renewed(entry: Json) -> Json:
    """An entry with all that follows from the models, the codebook and the divisions."""
    path = entry["path"]
    if kind(path) == "survey/#.csv":
        return entry if entry.get("status") == "real" else survey_resource(HERE, int(Path(path).stem))
    if kind(path) in MODELS:
        entry["schema"]["fields"] = rows.fields(MODELS[kind(path)])
    if kind(path) == "municipalities/changes-#-#.csv":
        for key, year in zip(entry["schema"]["foreignKeys"], YEAR.findall(path), strict=True):
            key["reference"]["resource"] = register_resource(geography.division(int(year), HERE))
    return entry


def package() -> Json:
    """The whole descriptor, in the order that it has; what is new comes after the others of its kind."""
    descriptor: Json = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    entries: list[Json] = descriptor["resources"]
    described = {entry["path"] for entry in entries}
    for path in sorted(file.relative_to(HERE).as_posix() for file in HERE.rglob("*.csv")):
        if path not in described:
            alike = [place for place, one in enumerate(entries) if kind(one["path"]) == kind(path)]
            entries.insert(max(alike, default=len(entries) - 1) + 1, new_entry(path, entries))
    return descriptor | {"resources": [renewed(entry) for entry in entries]}


def main() -> None:
    """Command line: `make_datapackage.py [--out FILE]`."""
    parser = argparse.ArgumentParser(description="Bring the data package descriptor up to date.")
    parser.add_argument("--out", type=Path, default=DESCRIPTOR, help="file to write (default: beside this script)")
    text = json.dumps(package(), ensure_ascii=False, indent=2)
    parser.parse_args().out.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
