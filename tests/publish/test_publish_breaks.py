"""What a reader is told of a list that is not the same in two years."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from digikom import publish, survey
from digikom.publish.breaks import breaks, list_notes
from digikom.publish.formatting import quoted
from digikom.survey.codebook import COMPARABILITY_COLUMNS

NOTHING: dict[str, Any] = {"kind": "alike", "rule": "item", **dict.fromkeys(COMPARABILITY_COLUMNS[6:], ())}


def compared(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of `Codebook.comparability`; what is not given is alike."""
    named = [
        {"column": row["label_nb"].lower(), "label_en": row["label_nb"], "short_nb": row["label_nb"], **NOTHING, **row}
        for row in rows
    ]
    return pd.DataFrame(named, columns=list(COMPARABILITY_COLUMNS))


def new(label: str) -> dict[str, Any]:
    return {"label_nb": label, "kind": "new", "rule": ""}


def series(label: str, rule: str, *behind: str) -> dict[str, Any]:
    return {"label_nb": label, "kind": "series", "rule": rule, "behind": behind, "behind_nb": behind}


def dropped(label: str, *behind: str) -> dict[str, Any]:
    return {"label_nb": label, "kind": "dropped", "rule": "any" if behind else "", "behind_nb": behind}


def other_answers(label: str, gained: tuple[str, ...] = (), gone: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "label_nb": label,
        "kind": "new_categories",
        "new_codes": gained,
        "new_codes_nb": gained,
        "gone_codes": gone,
        "gone_codes_nb": gone,
    }


def test_what_is_alike_has_no_mark() -> None:
    frame = compared({"label_nb": "A"}, {"label_nb": "B"})
    assert breaks(frame, 2018) == ({"A": "A", "B": "B"}, [])
    assert list_notes(frame, 2018) == []


def test_figure_3_1_has_the_marks_of_the_original() -> None:
    marked, notes = breaks(survey.codebook().comparability("strategy_areas", 2022, 2018), 2018)
    assert [name for name, shown in marked.items() if shown != name] == [
        "Bruk av felles løsninger",
        "Sammenhengende tjenester med brukeren i sentrum",
    ]
    assert notes == [
        "* Brudd: Svaralternativet er nytt eller endret siden 2018.",
        "«Sammenhengende tjenester med brukeren i sentrum» i 2018 er gjennomsnittet av «Digitale tjenester for "
        "innbyggere» og «Digitale tjenester for næringslivet».",
    ]


@pytest.mark.parametrize(
    ("rows", "marked", "notes"),
    [
        ([new("A")], ["A *"], ["* Brudd: Svaralternativet er nytt eller endret siden 2018."]),
        (
            [series("A", "same", "B")],
            ["A *"],
            ["* Brudd: Svaralternativet er nytt eller endret siden 2018.", "«A» het «B» i 2018."],
        ),
        (
            [series("A", "same", "A")],
            ["A *"],
            ["* Brudd: Svaralternativet er nytt eller endret siden 2018.", "«A» stod et annet sted i skjemaet i 2018."],
        ),
        (
            [series("A", "any", "B", "C", "D")],
            ["A *"],
            [
                "* Brudd: Svaralternativet er nytt eller endret siden 2018.",
                "«A» var i 2018 delt i «B», «C» og «D». En kommune regnes med når den svarte ja på minst ett av dem.",
            ],
        ),
        ([{"label_nb": "A"}, dropped("B")], ["A"], ["Svaralternativet «B» fra 2018 er ikke lenger med."]),
        (
            [{"label_nb": "A"}, dropped("B"), dropped("C")],
            ["A"],
            ["Svaralternativene «B» og «C» fra 2018 er ikke lenger med."],
        ),
        (
            [new("A"), new("B"), dropped("C", "A", "B")],
            ["A *", "B *"],
            [
                "* Brudd: Svaralternativet er nytt eller endret siden 2018.",
                "Svaralternativet «C» fra 2018 er delt i «A» og «B».",
            ],
        ),
        (
            [other_answers("A", ("x",)), {"label_nb": "B"}],
            ["A *", "B"],
            [
                "* Brudd: Svaralternativet er nytt eller endret siden 2018.",
                "«A»: Svaralternativene ble endret etter 2018: «x» er nytt.",
            ],
        ),
        (
            [other_answers("A", ("x", "y"), ("z",)), other_answers("B", ("x", "y"), ("z",))],
            ["A", "B"],
            ["Svaralternativene ble endret etter 2018: «x» og «y» er nye, og «z» er tatt ut."],
        ),
        (
            [other_answers("A", (), ("z",)), {"label_nb": "B"}, new("C")],
            ["A *", "B", "C *"],
            [
                "* Brudd: Svaralternativet er nytt eller endret siden 2018.",
                "«A»: Svaralternativene ble endret etter 2018: «z» er tatt ut.",
            ],
        ),
    ],
)
def test_every_kind_of_change_is_told(rows: list[dict[str, Any]], marked: list[str], notes: list[str]) -> None:
    labels, found = breaks(compared(*rows), 2018)
    assert list(labels.values()) == marked
    assert found == notes


def test_a_new_line_does_not_hide_that_all_the_others_have_other_answers() -> None:
    labels, notes = breaks(
        compared(other_answers("A", ("x",)), other_answers("B", ("x",)), new("C")), 2018, kind="grid"
    )
    assert labels == {"A": "A", "B": "B", "C": "C *"}
    assert notes == [
        "* Brudd: Delspørsmålet er nytt eller endret siden 2018.",
        "Svaralternativene ble endret etter 2018: «x» er nytt.",
    ]


def test_a_count_is_compared_only_over_the_same_list() -> None:
    told = [
        "Lista over delspørsmål var ikke den samme i 2018, "
        "så antallene for de to årene kan ikke uten videre sammenlignes."
    ]
    for row in (new("A"), dropped("A"), series("A", "mean", "B", "C"), other_answers("A", ("x",))):
        assert list_notes(compared(row), 2018, kind="grid") == told
    assert list_notes(compared(series("A", "same", "B")), 2018) == []


def test_names_are_shown_as_they_are() -> None:
    labels, notes = breaks(compared(new("<script>"), dropped("{year}")), 2018)
    assert labels == {"<script>": "<script> *"}
    assert notes[-1] == "Svaralternativet «{year}» fra 2018 er ikke lenger med."


def test_names_in_sentences() -> None:
    assert (quoted(["a", "b", "c"]), quoted("a")) == ("«a», «b» og «c»", "«a»")
    assert publish.label("{}, {}: {small}", "A", 2) == "A, 2: {small}"
    assert [publish.uncapitalised(label) for label in ("IKT-prosjekter", "Digitale innkjøp", "Å", "")] == [
        "IKT-prosjekter",
        "digitale innkjøp",
        "å",
        "",
    ]
