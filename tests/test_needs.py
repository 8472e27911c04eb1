"""What stays of a notebook in an edition, and how text that has lost sentences still stands in paragraphs."""

from __future__ import annotations

from typing import Any

import pytest

from digikom.needs import Availability, shown_cells


def cell(source: str, *tags: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags)} if tags else {}}


def sources(cells: list[dict[str, Any]], *lacking: str) -> list[str]:
    return [found["source"] for found in shown_cells(cells, Availability(frozenset(lacking)))]


def paragraph() -> list[dict[str, Any]]:
    return [
        cell("Before."),
        cell("A.", "needs-a"),
        cell("B.", "needs-b", "continues"),
        cell("C.", "needs-c", "continues"),
        cell("After."),
    ]


@pytest.mark.parametrize(
    ("lacking", "expected"),
    [
        ("", ["Before.", "A.\nB.\nC.", "After."]),
        ("a", ["Before.", "B.\nC.", "After."]),
        ("b", ["Before.", "A.\nC.", "After."]),
        ("c", ["Before.", "A.\nB.", "After."]),
        ("ab", ["Before.", "C.", "After."]),
        ("abc", ["Before.", "After."]),
    ],
)
def test_a_paragraph_keeps_together_what_is_left_of_it(lacking: str, expected: list[str]) -> None:
    assert sources(paragraph(), *lacking) == expected


def test_lines_of_a_stored_notebook_are_joined_too() -> None:
    cells = [cell("A."), {**cell("", "continues"), "source": ["B.\n", "C."]}]
    assert sources(cells) == ["A.\nB.\nC."]


def test_text_is_never_added_to_code() -> None:
    assert sources([cell("x = 1", kind="code"), cell("B.", "continues")]) == ["x = 1", "B."]


def test_an_item_is_compared_only_where_both_years_have_it() -> None:
    edition = Availability(frozenset({"item_gone"}), frozenset({"item_new"}))
    assert edition.keeps(["needs-block", "needs-item_new"])
    assert not edition.keeps(["needs-block", "needs-item_new", "needs-reference"])
    assert not edition.keeps(["needs-block", "needs-item_gone"])
    assert edition.has_all(["block", "item_new"])
    assert not edition.has_all(["block", "item_new", "reference"])
