"""The computed numbers against the printed ones: a figure that is said to agree does, and one that is given up does
not."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from notebook_runs import published

from digikom.paths import DATA_DIR
from digikom.publish.formatting import round_half_up

NOTEBOOKS = ("02_datakilder.ipynb", "03_digital_prioritering.ipynb")
FIGURES = pd.read_csv(DATA_DIR / "published" / "figures.csv", dtype=str, keep_default_na=False)
KEYED = FIGURES[FIGURES["number_key"] != ""]
#: The greatest difference that «ca.» stands for, in the unit of the figure (see data/published/README.md).
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
        case "circa":
            return abs(computed - printed) <= CIRCA
        case "exact" | "rounded":
            return round_half_up(float(computed), int(figure["printed_decimals"])) == printed
        case other:
            raise AssertionError(f"no comparison for {other}")


@pytest.mark.parametrize("figure", [row for _, row in KEYED.iterrows()], ids=KEYED["id"].tolist())
def test_status_of_printed_figure_holds(numbers: dict[tuple[str, str], Decimal], figure: pd.Series) -> None:
    computed = numbers[figure["number_key"], figure["year"]]
    assert figure["status"] in {"agrees", "contradicts"}
    assert agrees(computed, figure) == (figure["status"] == "agrees"), f"printed {figure['value']}, computed {computed}"


def test_every_result_printed_for_the_chapters_that_exist_is_compared() -> None:
    of_chapters = FIGURES["locator"].str.contains(r"kap\. 2\b|kap\. 3\.|tabell 3\.1", regex=True) & FIGURES[
        "source"
    ].eq("report-2023-27")
    results = FIGURES[of_chapters & FIGURES["kind"].eq("result")]
    assert len(results) > 30
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
