"""The titles of figures: each figure has one, nothing in it is typed by hand, and its words follow the numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import nbformat
import pandas as pd
import pytest
from notebook_runs import published

from digikom import publish
from digikom.paths import NOTEBOOK_DIR

LONGEST = 15
NOTEBOOKS = sorted(path.name for path in NOTEBOOK_DIR.glob("*.ipynb"))
THEMES = ("03_digital_prioritering.ipynb", "04_digital_kompetanse.ipynb", "05_digital_aktivitet.ipynb")
WORDS = ("title-words", "size-title", "highest-columns")
each_theme = pytest.mark.parametrize("name", THEMES)
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
SPACE = "\N{NO-BREAK SPACE}"


@cache
def sources(name: str) -> dict[str, str]:
    cells = nbformat.read(NOTEBOOK_DIR / name, as_version=4).cells
    return {cell.id: cell.source for cell in cells if cell.cell_type == "code"}


def drawing_cells(name: str) -> dict[str, ast.Module]:
    """The cells that publish a figure."""
    return {cell: ast.parse(source) for cell, source in sources(name).items() if "publish.figure(" in source}


def titles_in(cell: ast.Module) -> Iterator[ast.expr]:
    """The expressions that titles are made of: what is handed over as one, and what is put into a name for one."""
    for node in ast.walk(cell):
        given = isinstance(node, ast.keyword) and node.arg == "title"
        named = isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id.endswith("title") for target in node.targets
        )
        if given or named:
            yield node.value  # type: ignore[attr-defined]


@each_notebook
def test_every_figure_is_given_a_title(name: str) -> None:
    for cell in drawing_cells(name).values():
        for node in ast.walk(cell):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "figure":
                assert "title" in {keyword.arg for keyword in node.keywords}


@each_notebook
def test_no_digit_is_typed_into_a_title(name: str) -> None:
    typed = [
        (cell, text.value)
        for cell, tree in drawing_cells(name).items()
        for title in titles_in(tree)
        for text in ast.walk(title)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and re.search(r"\d", text.value)
    ]
    assert typed == []


@each_notebook
def test_titles_are_short_sentences_of_their_own(name: str) -> None:
    for key, payload in published(name).items():
        if not key.startswith("fig-"):
            continue
        title = payload["title"]
        assert title, key
        assert len(title.split()) <= LONGEST, key
        assert not title.endswith("."), key
        assert title not in (payload["caption"], payload["alt"]), key
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", payload["alt"])) <= 4, key


def test_the_chapters_on_the_themes_find_their_words_in_the_same_way() -> None:
    """A notebook stands by itself, so each has these cells; they must not drift apart."""
    for cell in WORDS:
        assert len({sources(name)[cell] for name in THEMES}) == 1, cell


@pytest.fixture(params=THEMES)
def words(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The functions that titles are made with, as a chapter has them."""
    variables: dict[str, Any] = {
        "pd": pd,
        "publish": publish,
        "target_year": 2022,
        "constants": pd.Series({"small_change": 2.0}),
    }
    for cell in WORDS:
        exec(compile(sources(request.param)[cell], cell, "exec"), variables)
    return variables


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (93.22, "93"),
        (93.5001, "93,5"),
        (49.46, "49,5"),
        (50.0, "50"),
        (99.7, "99,7"),
        (0.3, "0,3"),
        (0.0, "0"),
        (100.0, "100"),
        (87.0, "87"),
    ],
)
def test_a_share_is_rounded_where_that_misleads_nobody(words: dict[str, Any], share: float, text: str) -> None:
    assert words["rounded"](share) == f"{text}{SPACE}prosent"


@pytest.mark.parametrize(
    ("before", "end"),
    [
        (88.0, f", mot 88{SPACE}prosent i 2018"),
        (92.0, ", omtrent som i 2018"),
        (94.9, ", omtrent som i 2018"),
        (97.0, f", mot 97{SPACE}prosent i 2018"),
        (float("nan"), ""),
    ],
)
def test_the_reference_year_ends_the_title(words: dict[str, Any], before: float, end: str) -> None:
    assert words["then"](pd.Series({2018: before, 2022: 93.0})) == end
    assert words["then"](pd.Series({2022: 93.0})) == ""


def test_medians_that_are_no_whole_numbers_keep_their_half(words: dict[str, Any]) -> None:
    assert words["in_figures"](6.5) == "6,5"
    assert words["in_figures"](6.0) == "6"
    assert words["median_then"](pd.Series({2018: 6.5, 2022: 7.0})) == ", mot 6,5 i 2018"
    assert words["median_then"](pd.Series({2018: 7.0, 2022: 7.0})) == ", like mange som i 2018"
    assert words["median_then"](pd.Series({2022: 7.0})) == ""


def test_the_first_title_that_is_short_enough_is_taken(words: dict[str, Any]) -> None:
    long = " ".join(["ord"] * (LONGEST + 1))
    assert words["title"](long, "", "Kort nok", "Også kort") == "Kort nok"
    assert words["title"](" ".join(["ord"] * LONGEST), "Kort") == " ".join(["ord"] * LONGEST)
    assert words["title"](long, long) == long


def test_nothing_is_called_the_largest_when_another_is_as_large(words: dict[str, Any]) -> None:
    assert words["ends"](pd.Series({"a": 90.0, "b": 50.0, "c": 10.0})) == ("a", "c")
    assert words["ends"](pd.Series({"a": 90.01, "b": 90.0, "c": 10.0})) is None
    assert words["ends"](pd.Series({"a": 90.0, "b": 10.0, "c": 10.0})) is None
    assert words["ends"](pd.Series({"a": 90.0})) is None
    assert words["ends"](pd.Series(dtype=float)) is None


def by_size(now: list[float], everybody: float, before: float | None = None) -> pd.DataFrame:
    index = [*(f"gruppe {place}" for place in range(len(now))), "Alle kommuner"]
    wide = pd.DataFrame({2022: [*now, everybody]}, index=index)
    if before is not None:
        wide.insert(0, 2018, before)
    return wide


@pytest.mark.parametrize(
    ("groups", "title"),
    [
        ([10.0, 20.0, 30.0], "Jo større kommunen er, desto oftere deler den data"),
        ([10.0, 30.0, 20.0], "Store kommuner deler oftere data enn små"),
        ([30.0, 10.0, 20.0], "Store kommuner deler sjeldnere data enn små"),
        ([20.0, 60.0, 21.9], "Store og små kommuner deler om lag like ofte data"),
        ([20.0], f"25{SPACE}prosent av kommunene deler data"),
    ],
)
def test_how_a_share_goes_with_size(words: dict[str, Any], groups: list[float], title: str) -> None:
    assert words["size_title"](by_size(groups, 25.0), "av kommunene deler data", "deler", "data") == title


def test_a_change_is_told_before_size(words: dict[str, Any]) -> None:
    shares = by_size([10.0, 20.0, 30.0], 25.0, before=15.0)
    title = f"25{SPACE}prosent av kommunene deler data, mot 15{SPACE}prosent i 2018"
    assert words["size_title"](shares, "av kommunene deler data", "deler", "data") == title


def test_groups_with_the_same_share_are_all_named(words: dict[str, Any]) -> None:
    told = words["size_extremes"](pd.Series({"a": 10.0, "b": 100.0, "c": 100.0}))
    assert told == "lavest i gruppen «a» med 10,0 prosent og høyest i gruppene «b» og «c» med 100,0 prosent"


def test_where_a_distribution_is_highest_beside_nought(words: dict[str, Any]) -> None:
    highest = words["highest"]
    assert highest(pd.Series({0: 50.0, 1: 20.0, 2: 30.0}), "områder") == (
        " Blant de andre er 2 områder vanligst, med 30,0 prosent."
    )
    assert highest(pd.Series({0: 0.0, 8: 17.5, 9: 17.5}), "områder") == (
        " Blant de andre er 8 og 9 områder vanligst, med 17,5 prosent hver."
    )
    assert highest(pd.Series({0: 100.0, 1: 0.0}), "områder") == ""
    assert highest(pd.Series({0: 100.0}), "områder") == ""
