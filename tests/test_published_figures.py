"""The computed numbers against the printed ones: a figure that is said to agree does, and one that is given up does
not."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from notebook_runs import published

from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish.formatting import round_half_up

NOTEBOOKS = sorted(path.name for path in NOTEBOOK_DIR.glob("*.ipynb"))
FIGURES = pd.read_csv(DATA_DIR / "published" / "figures.csv", dtype=str, keep_default_na=False)
KEYED = FIGURES[FIGURES["number_key"] != ""]
#: The greatest difference that «ca.» before a whole number stands for (see data/published/README.md).
CIRCA = Decimal(1)


@pytest.fixture(scope="module")
def numbers() -> dict[tuple[str, str], Decimal]:
    """The numbers in the stored outputs, by key (without the suffix of the reference year) and year."""
    return {
        (payload["key"].removesuffix("-reference"), str(payload["year"])): Decimal(repr(payload["value"]))
        for name in NOTEBOOKS
        for payload in published(name).values()
        if "unit" in payload
    }


def agrees(computed: Decimal, figure: pd.Series) -> bool:
    """Whether the computed value is what was printed, at the printed precision."""
    printed = Decimal(figure["value"])
    match figure["rounding"]:
        case "lower_bound":
            return computed > printed
        case "upper_bound":
            return computed < printed
        case "circa" if int(figure["printed_decimals"]) <= 0:
            return abs(computed - printed) <= CIRCA
        case "exact" | "rounded" | "circa":
            return round_half_up(float(computed), int(figure["printed_decimals"])) == printed
        case other:
            raise AssertionError(f"no comparison for {other}")


@pytest.mark.parametrize("figure", [row for _, row in KEYED.iterrows()], ids=KEYED["id"].tolist())
def test_status_of_printed_figure_holds(numbers: dict[tuple[str, str], Decimal], figure: pd.Series) -> None:
    # A change from one year to another is a number of the later one.
    computed = numbers[figure["number_key"], figure["year"].split("-")[-1]]
    assert figure["status"] in {"agrees", "contradicts"}
    assert agrees(computed, figure) == (figure["status"] == "agrees"), f"printed {figure['value']}, computed {computed}"


def test_every_result_printed_for_the_chapters_that_exist_is_compared() -> None:
    of_chapters = FIGURES["locator"].str.contains(r"kap\. [2-5]\b|tabell [345]\.\d", regex=True) & FIGURES["source"].eq(
        "report-2023-27"
    )
    computable = FIGURES["kind"].eq("result") & FIGURES["status"].ne("not_computable")
    results = FIGURES[of_chapters & computable]
    assert len(results) > 100
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
