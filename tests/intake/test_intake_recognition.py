"""What is recognised in an extract by itself, what is only suggested, and what is never taken in unasked."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from digikom import survey
from digikom.intake.cells import as_text
from digikom.intake.drafting import Columns, Recognised, left_out_because, recognise_answer

BOOK = survey.codebook()
KNOWN = Columns(BOOK, {"SPM99": "uses_cloud", "SPM98": "no_longer_there"})
GRID = "Gjennomføres disse aktivitetene digitalt når kommunen kjøper inn varer og tjenester?"
QUESTION = "Deler kommunen åpne data?"


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("tried_recruiting", "tried_recruiting"),
        ("Tried recruiting", "tried_recruiting"),
        ("DELER ÅPNE DATA", "shares_open_data"),
        ("Deler a\u030apne data.", "shares_open_data"),
        ("Deler apne data", "shares_open_data"),
        ("Shares open data", "shares_open_data"),
        (QUESTION, "shares_open_data"),
        ("SPM12a Deler åpne data", "shares_open_data"),
        ("Spm 12_1: Deler åpne data", "shares_open_data"),
        ("Q12. Does the municipality share open data?", "shares_open_data"),
        (f"{GRID} - Mottak av faktura", "procurement_receiving_invoice"),
        ("Kommunenr", "municipality_code"),
        ("komm_nr", "municipality_code"),
        ("KNR", "municipality_code"),
        ("Kommunenummer", "municipality_code"),
        ("municipality_code", "municipality_code"),
    ],
)
def test_names_and_labels_are_recognised(name: str, item: str) -> None:
    assert KNOWN.recognise(name) == Recognised(item)


@pytest.mark.parametrize(
    ("name", "possible"),
    [
        ("Deler åpne dataa", ("shares_open_data",)),
        ("SPM99", ("uses_cloud",)),
        ("SPM98", ()),
        ("SPM12a", ()),
        ("Robotics and something else", ()),
    ],
)
def test_what_is_only_alike_is_a_suggestion(name: str, possible: tuple[str, ...]) -> None:
    found = KNOWN.recognise(name)
    assert found.certain is None
    assert set(possible) <= set(found.possible)
    assert bool(possible) == bool(found.possible)


def test_a_label_of_several_items_is_for_a_person_to_decide() -> None:
    rows = [
        item.model_copy(update={"label_nb": "Annet" if item.column.endswith("_other") else item.label_nb})
        for item in BOOK.item_rows
    ]
    found = Columns(replace(BOOK, item_rows=tuple(rows)), {}).recognise("Annet")
    assert found == Recognised(None, ("not_tried_other", "project_other"))


@pytest.mark.parametrize(
    "name",
    [
        *("E-post", "epostadresse", "Navn", "Kontaktperson", "Fornavn", "Telefon", "Tlf.", "Mobilnummer", "IP-adresse"),
        *("Respondent", "Fødselsnummer", "Kommentar", "Other comments", "Email address", "Stilling", "Utfylt av"),
    ],
)
def test_personal_columns_are_left_out(name: str) -> None:
    assert KNOWN.recognise(name).certain is None
    assert left_out_because(name) == "personopplysning eller fritekst"


@pytest.mark.parametrize("name", ["RespID", "Levert dato", "__index_level_0__", "Unnamed: 0", "Status", "Kommunenavn"])
def test_what_a_system_notes_for_itself_is_left_out(name: str) -> None:
    assert left_out_because(name) is not None


def test_no_item_would_be_left_out_by_its_name() -> None:
    for item in BOOK.item_rows:
        assert KNOWN.recognise(item.column).certain == item.column


@pytest.mark.parametrize(
    ("scale", "text", "found"),
    [
        ("yes_no", "JA", Recognised("yes")),
        ("yes_no", "no", Recognised("no")),
        ("yes_no", "1", Recognised(None, ("yes",))),
        ("yes_no", "0", Recognised(None, ("no",))),
        ("yes_no", "true", Recognised(None, ("yes",))),
        ("yes_no", "Kanskje", Recognised(None)),
        ("degree", "I svært stor grad", Recognised("very_large")),
        ("degree", "i svaert stor grad", Recognised("very_large")),
        ("degree", "To a very large degree", Recognised("very_large")),
        ("degree", "5", Recognised(None, ("very_large",))),
        ("service_share", "Vet ikke.", Recognised("dont_know")),
    ],
)
def test_answers_are_recognised_by_code_and_label(scale: str, text: str, found: Recognised) -> None:
    assert recognise_answer(text, [row for row in BOOK.scale_codes if row.scale == scale]) == found


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (301, "301"),
        (301.0, "301"),
        (Decimal("301.00"), "301"),
        (0.5, "0.5"),
        (float("nan"), ""),
        (None, ""),
        (True, "true"),
        (datetime.datetime(2025, 2, 1), "2025-02-01"),
        (datetime.datetime(2025, 2, 1, 12, 30), "2025-02-01 12:30:00"),
        (datetime.date(2025, 2, 1), "2025-02-01"),
        (b"Ja ", "Ja"),
        (" I\u00a0svært\n stor  grad", "I svært stor grad"),
        ("A\u030alesund", "Ålesund"),
    ],
)
def test_values_become_what_a_person_sees(value: object, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize("value", [[1], {"a": 1}, float("inf"), b"\xff"])
def test_what_has_no_plain_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"plain value|codec"):
        as_text(value)
