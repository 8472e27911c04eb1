"""Derive the municipality registers from the primary files in `source/`.

Run `python data/municipalities/make_registers.py` (option: `--out FOLDER`); it writes `municipalities-2018.csv`,
`-2020.csv` and `-2024.csv`. Input and method are described in `README.md` beside this file. The same input gives the
same bytes.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent

# The columns of every register, in file order. All values are text; an empty text means "not known".
COLUMNS = [
    "municipality_code",
    "name",
    "county_code",
    "county",
    "population",
    "population_date",
    "population_status",
    "size_class",
    "size_class_status",
    "centrality_class",
    "centrality_edition",
]

# Populations are those of 1 January of this year (division -> year). Nothing is known for 1 January 2018.
POPULATION_YEAR = {"2020": 2022, "2024": 2024}

# Changes after which the new municipality is the old one, whole and alone.
SAME_MUNICIPALITY = ("unchanged", "renumbered")

# Assumed part of a merged municipality's population that lived in the old municipality whose name it carries. Of the
# shares tried, this one comes closest to the size groups known for 2017 (README.md has the comparison).
NAMESAKE_SHARE = Fraction(9, 10)


def read_text(path: Path) -> pd.DataFrame:
    """A CSV file with every cell as text and empty cells as empty text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def size_class(population: Fraction | int, classes: pd.DataFrame) -> str:
    """The code of the size class that holds `population` (inhabitants); `classes` is `size-classes.csv`."""
    bounds = zip(classes["size_class"], classes["lower"], strict=True)
    return str([code for code, lower in bounds if population >= int(lower)][-1])


def plain_name(name: str) -> str:
    """The name without the county that tells two municipalities of one name apart: `Os (Hordaland)` -> `Os`."""
    return name.partition(" (")[0]


def shares(old: pd.DataFrame, new_name: str) -> dict[str, Fraction]:
    """Assumed parts of a merged municipality's population by old code; they add up to 1.

    The municipality whose name lives on has `NAMESAKE_SHARE`, the others share the rest equally. When the name is new,
    all share equally. `old` has a row for each municipality merged (two or more; columns municipality_code and name).
    """
    codes = list(old["municipality_code"])
    namesakes = [code for code, name in zip(codes, old["name"], strict=True) if plain_name(name) == new_name]
    if not namesakes:
        return {code: Fraction(1, len(codes)) for code in codes}
    rest = (1 - NAMESAKE_SHARE) / (len(codes) - 1)
    return {code: NAMESAKE_SHARE if code == namesakes[0] else rest for code in codes}


def sizes_2018(source: Path, changes: pd.DataFrame) -> dict[str, tuple[Fraction, str]]:
    """Inhabitants used for the size class of each municipality of 2018, with `documented` or `assumed`.

    The base is the population on 1 January 2020. A municipality that was split has the sum of the parts assumed for it.
    """
    old = read_text(source / "municipalities-2018.csv")
    new = read_text(source / "municipalities-2020.csv")
    name = dict(zip(new["municipality_code"], new["name"], strict=True))
    population = dict(zip(new["municipality_code"], new["population_2020"].astype(int), strict=True))
    sizes = {code: (Fraction(0), "documented") for code in old["municipality_code"]}
    for new_code, edges in changes.groupby(changes["new_code"].astype(str)):
        joined = old[old["municipality_code"].isin(edges["old_code"])]
        if edges["change"].isin(SAME_MUNICIPALITY).all():
            sizes[edges["old_code"].iloc[0]] = (Fraction(population[new_code]), "documented")
            continue
        for code, part in shares(joined, name[new_code]).items():
            sizes[code] = (sizes[code][0] + part * population[new_code], "assumed")
    return sizes


def register_2018(source: Path, changes: pd.DataFrame, classes: pd.DataFrame) -> pd.DataFrame:
    """The register of the division of 2018-2019: 422 rows, no population and no centrality."""
    register = read_text(source / "municipalities-2018.csv")
    sizes = sizes_2018(source, changes)
    codes = register["municipality_code"]
    register["size_class"] = [size_class(sizes[code][0], classes) for code in codes]
    register["size_class_status"] = [sizes[code][1] for code in codes]
    return register.reindex(columns=COLUMNS, fill_value="")


def register_with_population(division: str, source: Path, classes: pd.DataFrame) -> pd.DataFrame:
    """The register of the division `2020` (356 rows) or `2024` (357 rows)."""
    year = POPULATION_YEAR[division]
    register = read_text(source / f"municipalities-{division}.csv").rename(columns={f"population_{year}": "population"})
    register["population_date"] = f"{year}-01-01"
    register["population_status"] = "documented"
    register["size_class"] = [size_class(int(inhabitants), classes) for inhabitants in register["population"]]
    register["size_class_status"] = "documented"
    return register.reindex(columns=COLUMNS)


def write_registers(folder: Path, here: Path = HERE) -> list[Path]:
    """Write the three registers to `folder`, sorted by municipality code; return their paths."""
    source = here / "source"
    classes = read_text(here / "size-classes.csv")
    changes = read_text(here / "changes-2018-2020.csv")
    registers = {
        "2018": register_2018(source, changes, classes),
        "2020": register_with_population("2020", source, classes),
        "2024": register_with_population("2024", source, classes),
    }
    written = []
    for division, register in registers.items():
        path = folder / f"municipalities-{division}.csv"
        register.sort_values("municipality_code").to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        written.append(path)
    return written


def main() -> None:
    """Command line: `make_registers.py [--out FOLDER]`."""
    parser = argparse.ArgumentParser(description="Derive the municipality registers from source/.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    write_registers(parser.parse_args().out)


if __name__ == "__main__":
    main()
