"""The computed numbers against the printed ones: a figure that is said to agree does, and one that is given up does
not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from notebook_runs import published

from digikom.paths import DATA_DIR
from digikom.publish import published_numbers
from digikom.publish.formatting import round_half_up

FIGURES = pd.read_csv(DATA_DIR / "published" / "figures.csv", dtype=str, keep_default_na=False)
KEYED = FIGURES[FIGURES["number_key"] != ""]
#: The years whose numbers are stored in the committed notebooks; a change is a number of the later of its two years.
STORED = KEYED[KEYED["year"].str[-4:].isin({"2018", "2022"})]
#: The greatest difference that «ca.» before a whole number stands for (see data/published/README.md).
CIRCA = Decimal(1)


Numbers = dict[tuple[str, str], Decimal]


def read_numbers(folder: Path | None = None) -> Numbers:
    """The numbers in the outputs of notebooks, by key (without the suffix of the reference year) and year."""
    return {
        (row["key"].removesuffix("-reference"), str(row["year"])): Decimal(repr(row["value"]))
        for row in published_numbers(folder).to_dict("records")
    }


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    """The numbers in the stored outputs."""
    return read_numbers()


def agrees(computed: Decimal, figure: pd.Series) -> bool:
    """Whether the computed value is what was printed, at the printed precision."""
    printed = Decimal(figure["value"])
    match figure["rounding"]:
        case "lower_bound":
            return computed >= printed
        case "upper_bound":
            return computed <= printed
        case "circa" if int(figure["printed_decimals"]) <= 0:
            return abs(computed - printed) <= CIRCA
        case "exact" | "rounded" | "circa":
            return round_half_up(float(computed), int(figure["printed_decimals"])) == printed
        case other:
            raise AssertionError(f"no comparison for {other}")


def check_status(numbers: Numbers, figure: pd.Series) -> None:
    """The status in the data is what the computed number says."""
    computed = numbers[figure["number_key"], figure["year"].split("-")[-1]]
    assert figure["status"] in {"agrees", "contradicts"}
    assert agrees(computed, figure) == (figure["status"] == "agrees"), (
        f"{figure['id']}: printed {figure['value']}, computed {computed}"
    )


@pytest.mark.parametrize("figure", [row for _, row in STORED.iterrows()], ids=STORED["id"].tolist())
def test_status_of_printed_figure_holds(numbers: Numbers, figure: pd.Series) -> None:
    check_status(numbers, figure)


@pytest.mark.parametrize("year", sorted(set(KEYED["year"]) - set(STORED["year"])))
def test_status_of_figures_printed_for_another_year_holds(executed: Callable[[int], Path], year: str) -> None:
    computed = read_numbers(executed(int(year)))
    figures = KEYED[KEYED["year"] == year]
    assert len(figures) > 5
    for _, figure in figures.iterrows():
        check_status(computed, figure)


def test_every_printed_result_of_a_year_with_answers_is_compared() -> None:
    years = {path.stem for path in (DATA_DIR / "survey").glob("*.csv")}
    of_those = FIGURES["year"].map(lambda span: set(span.split("-")) <= years)
    results = FIGURES[of_those & FIGURES["kind"].eq("result") & FIGURES["source"].ne("derived")]
    assert len(results) > 150
    assert results.loc[results["number_key"] == "", "id"].tolist() == []


def test_table_of_grades_prints_what_the_report_printed() -> None:
    table = published("03_digital_prioritering.ipynb")["tab-priority-grade"]
    shown = [[row[1], *(str(round_half_up(value, 3)) for value in row[2:])] for row in table["rows"]]
    assert shown == [
        [17, "0.048", "0.090"],
        [112, "0.316", "0.279"],
        [70, "0.198", "0.077"],
        [45, "0.127", "0.292"],
        [110, "0.311", "0.263"],
        [354, "1.000", "1.000"],
    ]


@pytest.mark.parametrize(
    ("name", "key", "counts"),
    [
        ("04_digital_kompetanse.ipynb", "tab-competence", [90, 19, 102, 61, 82, 354]),
        ("05_digital_aktivitet.ipynb", "tab-use-grade", [9, 16, 43, 27, 259, 354]),
        ("05_digital_aktivitet.ipynb", "tab-activity-grade", [10, 31, 104, 27, 182, 354]),
    ],
)
def test_tables_print_the_counts_of_the_report(name: str, key: str, counts: list[int]) -> None:
    assert [row[1] for row in published(name)[key]["rows"]] == counts
