"""Make `datapackage.json`, the Frictionless Data Package descriptor of everything in this folder.

Run `python data/make_datapackage.py` (option: `--out FILE`). The schemas of the survey files come from the codebook;
the other schemas are written here. The same files give the same bytes. `digikom new-edition` adds the entry of its
survey file itself, as this script would.

Whether survey answers are synthetic or real isn't decided here: an entry that the present descriptor calls `real` is
kept as it stands, every other survey file is described as synthetic.

Specification: https://specs.frictionlessdata.io/data-package/ and https://specs.frictionlessdata.io/table-schema/
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from digikom import geography
from digikom.intake.package_entry import (
    CC_BY,
    KARTVERKET,
    MUNICIPALITY_CODE,
    OWN,
    REPORT,
    SSB,
    Json,
    field,
    optional,
    reference,
    register_resource,
    survey_resource,
    table,
)

HERE = Path(__file__).resolve().parent
DESCRIPTOR = HERE / "datapackage.json"
EXAMPLE = "examples/uttrekk-2025.csv"

STATUSES = ["documented", "assumed"]
YEARS = r"\d{4}( \d{4})*"


def codebook_resources() -> list[Json]:
    """The codebook: blocks, questions, items, scales, series, absences."""
    documented = [field("source"), field("status", enum=STATUSES)]
    years = field("years", pattern=YEARS)
    return [
        table(
            "blocks",
            "codebook/blocks.csv",
            "Blocks of questions",
            [field("block"), field("position", "integer", minimum=1), field("label_nb"), field("label_en")],
            [OWN],
            ["block"],
        ),
        table(
            "questions",
            "codebook/questions.csv",
            "Questions",
            [
                field("question"),
                field("block"),
                field("position", "integer", minimum=1),
                field("text_nb"),
                field("text_en"),
                field("kind", enum=["single", "multiple", "grid"]),
                years,
                *documented,
                optional("unanswered", pattern=YEARS),
            ],
            [REPORT, OWN],
            ["question"],
            [reference("block", "blocks")],
        ),
        table(
            "scales",
            "codebook/scales.csv",
            "Answers that can be given",
            [
                field("scale"),
                field("code"),
                field("position", "integer", minimum=1),
                field("label_nb"),
                field("label_en"),
                field("substantive", enum=["yes", "no"]),
                *documented,
                optional("years", pattern=YEARS),
            ],
            [REPORT, SSB, OWN],
            ["scale", "code"],
        ),
        table(
            "items",
            "codebook/items.csv",
            "Items: the columns of the survey files",
            [
                field("column"),
                field("question"),
                field("block"),
                field("position", "integer", minimum=1),
                field("label_nb"),
                field("label_en"),
                field("short_nb", maxLength=45),
                field("scale"),
                optional("asked_if_column"),
                optional("asked_if_value"),
                years,
                *documented,
            ],
            [REPORT, SSB, OWN],
            ["column"],
            [
                reference("question", "questions"),
                reference("block", "blocks"),
                reference("scale", "scales"),
                reference("asked_if_column", "", "column"),
            ],
        ),
        table(
            "series",
            "codebook/series.csv",
            "Earlier items that a series continues from",
            [
                field("series"),
                field("year", pattern=r"\d{4}"),
                field("column"),
                field("rule", enum=["mean", "same", "any"]),
                field("source"),
            ],
            [REPORT],
            ["series", "year", "column"],
            [reference("series", "items", "column"), reference("column", "items")],
        ),
        table(
            "absences",
            "codebook/absences.csv",
            "Why a block or question was not asked in a year",
            [
                field("name"),
                field("year", pattern=r"\d{4}"),
                field("kind", enum=["not_asked", "changed", "unknown", "later"]),
                field("source"),
            ],
            [REPORT, SSB, OWN],
            ["name", "year"],
        ),
    ]


def municipality_resources() -> list[Json]:
    """The divisions, size classes, registers, change lists and the files that the registers are derived from."""
    code = field("municipality_code", pattern=MUNICIPALITY_CODE)
    place = [code, field("name"), field("county_code", pattern=r"\d{2}"), field("county")]
    centrality = [optional("centrality_class", pattern="[1-6]"), optional("centrality_edition", pattern=r"\d{4}")]
    inhabitants = {
        "2018": [],
        "2020": [field(f"population_{year}", "integer", minimum=1) for year in (2020, 2022)],
        "2024": [field("population_2024", "integer", minimum=1)],
    }
    divisions = geography.divisions(HERE)
    return [
        table(
            "divisions",
            "municipalities/divisions.csv",
            "Divisions into municipalities",
            [
                field("division", pattern=r"\d{4}"),
                field("first_year", "integer"),
                optional("last_year", "integer"),
                field("municipalities", "integer", minimum=1),
                field("register_file"),
                optional("boundaries_file"),
            ],
            [SSB],
            ["first_year"],
        ),
        table(
            "size-classes",
            "municipalities/size-classes.csv",
            "Size classes by number of inhabitants",
            [
                field("size_class"),
                field("position", "integer", minimum=1),
                field("label_nb"),
                field("label_en"),
                field("lower", "integer", minimum=0),
                optional("upper", "integer"),
            ],
            [SSB],
            ["size_class"],
        ),
        table(
            "areas",
            "municipalities/areas.csv",
            "Areas of several counties that the report looks at, by the names of the counties in all divisions",
            [field("area"), field("county"), field("source")],
            [REPORT],
            ["area", "county"],
        ),
        *(
            table(
                register_resource(one),
                one.register_file,
                f"Municipalities, division of {one.name}"
                + ("" if one.name == str(one.first_year) else f", register of {one.first_year}"),
                [
                    *place,
                    optional("population", "integer", minimum=1),
                    optional("population_date", "date"),
                    optional("population_status", enum=["documented"]),
                    field("size_class"),
                    field("size_class_status", enum=STATUSES),
                    *centrality,
                ],
                [SSB, OWN] if one.name == "2018" else [SSB],
                ["municipality_code"],
                [reference("size_class", "size-classes")],
            )
            for one in divisions
        ),
        *(
            table(
                f"municipality-{path.stem}",
                f"municipalities/{path.name}",
                f"Municipality codes that became others, {path.stem.removeprefix('changes-')}",
                [
                    field("old_code", pattern=MUNICIPALITY_CODE),
                    field("new_code", pattern=MUNICIPALITY_CODE),
                    field("change", enum=["unchanged", "renumbered", "merged", "split"]),
                ],
                [SSB],
                ["old_code", "new_code"],
                [
                    reference(column, register_resource(geography.division(int(year), HERE)), "municipality_code")
                    for column, year in zip(("old_code", "new_code"), path.stem.split("-")[1:], strict=True)
                ],
            )
            for path in sorted((HERE / "municipalities").glob("changes-*.csv"))
        ),
        *(
            table(
                f"municipalities-{division}-source",
                f"municipalities/source/municipalities-{division}.csv",
                f"Municipalities, division of {division}, as compiled",
                [*place, *populations, *([] if division == "2018" else centrality)],
                [SSB],
                ["municipality_code"],
            )
            for division, populations in inhabitants.items()
        ),
    ]


def boundaries_resource() -> Json:
    """The boundaries; frictionless knows TopoJSON as a JSON file only."""
    return {
        "name": "boundaries-2020",
        "type": "json",
        "path": "boundaries/municipalities-2020.topojson",
        "title": "Boundaries of the municipalities, division of 2020, simplified",
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
        "licenses": [CC_BY],
        "sources": [KARTVERKET],
    }


def method_resources() -> list[Json]:
    """The constants of the method: limits of the scores, grades and others."""
    source = field("source")
    return [
        table(
            "cut-points",
            "method/cut-points.csv",
            "Limits of the scores",
            [
                field("indicator"),
                field("score", "integer", minimum=0, maximum=4),
                field("lower", "integer", minimum=0),
                optional("upper", "integer", minimum=0),
                field("label_nb"),
                source,
            ],
            [REPORT],
            ["indicator", "score"],
        ),
        table(
            "grades",
            "method/grades.csv",
            "Grades of the composite indicators",
            [
                field("indicator"),
                field("grade", "integer", minimum=0, maximum=4),
                field("label_nb"),
                field("short_nb"),
                source,
            ],
            [REPORT],
            ["indicator", "grade"],
        ),
        table(
            "constants",
            "method/constants.csv",
            "Other constants of the method",
            [field("name"), field("value", "number"), field("unit"), field("description_nb"), source],
            [REPORT, OWN],
            ["name"],
        ),
        table(
            "service-points",
            "method/service-points.csv",
            "Points for each answer on digital services",
            [
                field("way", enum=["simple", "complex"]),
                field("answer"),
                field("points", "integer", minimum=0, maximum=4),
                field("status", enum=["documented", "derived", "assumed"]),
                source,
            ],
            [REPORT],
            ["way", "answer"],
        ),
    ]


def figure_fields(identifier: str, *, compared: bool) -> list[Json]:
    """The columns of a file of printed or fetched figures, whose ids match `identifier`.

    The status against the synthetic answers is known where they have been `compared`.
    """
    status = ["agrees", "contradicts", "not_computable"]
    return [
        field("id", pattern=identifier),
        field("year", pattern=r"\d{4}(-\d{4})?"),
        field("source"),
        field("locator"),
        field("description_nb"),
        field("value", pattern=r"\d+(\.\d+)?(-\d+)?"),
        field("unit", enum=["percent", "percentage_points", "count", "median", "points"]),
        field("base"),
        optional("base_n", "integer", minimum=1),
        field("printed_decimals", "integer", minimum=-1, maximum=3),
        field("rounding", enum=["exact", "rounded", "circa", "lower_bound", "upper_bound", "range"]),
        field("kind", enum=["result", "method_constant", "context"]),
        field("status", enum=status) if compared else optional("status", enum=status),
        optional("contradicts", pattern=r"[PD]\d{3}( [PD]\d{3})*"),
        optional("note"),
        optional("number_key"),
    ]


def source_fields() -> list[Json]:
    """The columns of a file of the sources of figures."""
    return [
        field("source"),
        field("short_nb"),
        field("title_nb"),
        optional("edition", pattern=r"\d{4}"),
        optional("note"),
    ]


def statbank_resources() -> list[Json]:
    """The official figures that have been fetched, year by year."""
    resources = []
    for folder in sorted((HERE / "statbank").glob("[0-9][0-9][0-9][0-9]")):
        year = folder.name
        sources = f"statbank-{year}-sources"
        resources += [
            table(
                sources,
                f"statbank/{year}/sources.csv",
                f"Sources of fetched figures, {year}",
                source_fields(),
                [SSB],
                ["source"],
            ),
            table(
                f"statbank-{year}-figures",
                f"statbank/{year}/figures.csv",
                f"Official figures, fetched for {year}",
                figure_fields(r"S\d{4}-\d{5}-\d+", compared=False),
                [SSB],
                ["id"],
                [reference("source", sources, "source")],
            ),
        ]
    return resources


def register_resources() -> list[Json]:
    """The number registers of the editions."""
    columns = [
        field("key"),
        field("label"),
        optional("value", "number"),
        field("unit"),
        field("decimals", "integer"),
        optional("base", "integer", minimum=0),
        field("status", enum=["synthetic", "real"]),
        field("notebook"),
        field("cell_id"),
        optional("questions"),
    ]
    return [
        table(
            f"register-{path.stem}",
            f"registers/{path.name}",
            f"Numbers of the edition of {path.stem} on its own year",
            columns,
            [OWN],
            ["notebook", "key"],
        )
        for path in sorted((HERE / "registers").glob("*.csv"))
    ]


def control_resource() -> Json:
    """How the committed notebooks fared when they were run again."""
    return table(
        "control-notebooks",
        "control/notebooks.csv",
        "Runs of the committed notebooks: time, and comparison with the stored outputs",
        [
            field("notebook"),
            field("cells", "integer", minimum=0),
            field("seconds", "number", minimum=0),
            field("compared", "integer", minimum=0),
            field("outcome", enum=["identical", "different"]),
            field("sha256", pattern="[0-9a-f]{64}"),
        ],
        [OWN],
        ["notebook"],
    )


def published_resources() -> list[Json]:
    """The printed figures, where they stand, how they contradict each other and which of them were given up."""
    return [
        table(
            "published-sources",
            "published/sources.csv",
            "Sources of the printed figures",
            source_fields(),
            [OWN],
            ["source"],
        ),
        table(
            "published-contradictions",
            "published/contradictions.csv",
            "Printed figures that contradict each other, explained",
            [
                field("contradiction"),
                field("ids", pattern=r"[PD]\d{3}( [PD]\d{3})+"),
                field("title_nb"),
                field("explanation_nb"),
                optional("followed_nb"),
            ],
            [OWN],
            ["contradiction"],
        ),
        table(
            "published-figures",
            "published/figures.csv",
            "Printed figures",
            figure_fields(r"[PD]\d{3}", compared=True),
            [REPORT, SSB],
            ["id"],
            [reference("source", "published-sources", "source")],
        ),
        table(
            "given-up",
            "synthetic/given-up.csv",
            "Printed figures that the synthetic answers don't meet, and why",
            [
                field("published_id"),
                field("year", pattern=r"\d{4}"),
                field("printed", "number"),
                field("generated", "number"),
                field("reason"),
            ],
            [OWN],
            ["published_id"],
            [reference("published_id", "published-figures", "id")],
        ),
    ]


def survey_resources() -> list[Json]:
    """One resource for each survey file present, by year; real answers as the present descriptor has them."""
    present = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))["resources"] if DESCRIPTOR.exists() else []
    real = {entry["path"]: entry for entry in present if entry.get("status") == "real"}
    files = sorted((HERE / "survey").glob("[0-9][0-9][0-9][0-9].csv"))
    return [real.get(f"survey/{file.name}") or survey_resource(HERE, int(file.stem)) for file in files]


def example_resources() -> list[Json]:
    """The example of an extract, as a survey system writes it: semicolons, Windows-1252."""
    header = (HERE / EXAMPLE).read_text(encoding="cp1252").partition("\n")[0]
    example = table("example-extract", EXAMPLE, "Example of an extract: made up", [], [OWN], [])
    example["schema"] = {"fields": [optional(name) for name in header.split(";")]}
    return [
        example
        | {
            "encoding": "cp1252",
            "dialect": {"delimiter": ";"},
            "status": "synthetic",
            "statusNote": "Made up, every cell of it: answers, names, addresses and comments.",
        }
    ]


def package() -> Json:
    """The whole descriptor."""
    return {
        "profile": "data-package",
        "name": "digitalisering-i-kommunene",
        "title": "Digitalisering i kommunene: codebook, synthetic survey answers, municipalities and printed figures",
        "description": "Data behind a reproducible rebuild of the report. The built-in survey answers are synthetic.",
        "licenses": [CC_BY],
        "sources": [SSB, KARTVERKET, REPORT],
        "resources": [
            *codebook_resources(),
            *municipality_resources(),
            boundaries_resource(),
            *method_resources(),
            *survey_resources(),
            *example_resources(),
            *published_resources(),
            *statbank_resources(),
            *register_resources(),
            control_resource(),
        ],
    }


def main() -> None:
    """Command line: `make_datapackage.py [--out FILE]`."""
    parser = argparse.ArgumentParser(description="Make the data package descriptor.")
    parser.add_argument("--out", type=Path, default=DESCRIPTOR, help="file to write (default: beside this script)")
    text = json.dumps(package(), ensure_ascii=False, indent=2)
    parser.parse_args().out.write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
