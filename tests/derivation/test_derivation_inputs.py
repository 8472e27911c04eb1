"""Which data files a chapter reads: what is said of each function is held against the files that it really opens."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from digikom import geography, publish, survey
from digikom.derivation import Cell, code_cells, read_program
from digikom.derivation.inputs import FILES, files_read, matches
from digikom.editions.build_facts import input_files
from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.publish.published import read_cells
from digikom.publish.session import Session

_opened: list[set[str]] = []


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook, which cannot be taken away again: it only notes while somebody asks."""
    if event == "open" and _opened and isinstance(arguments[0], str | Path):
        path = Path(arguments[0])
        if path.is_relative_to(DATA_DIR) and path.is_file():
            _opened[-1].add(path.relative_to(DATA_DIR).as_posix())


sys.addaudithook(_listen)


@contextmanager
def files_opened() -> Iterator[set[str]]:
    """The data files that are opened meanwhile. Files that were read before may be kept in memory."""
    _opened.append(set())
    try:
        yield _opened[-1]
    finally:
        _opened.pop()


def forget() -> None:
    """Empty what the parts of the package that read data keep in memory of files."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("digikom.survey", "digikom.geography")):
            for value in vars(module).values():
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()


@cache
def edition() -> Session:
    """What a chapter has from its beginning."""
    return publish.begin(2022)


def draw_a_map() -> None:
    graded, highest = edition().answers.assign(grade=4), pd.Series(dtype=float)
    grades = pd.DataFrame({"short_nb": [f"Grad {grade}" for grade in range(5)]})
    shares = pd.DataFrame(
        {"count": 0, "percent": 0.0}, pd.MultiIndex.from_product([grades.index, [2022]], names=["grade", "year"])
    )
    counties = pd.crosstab(graded["county"], graded["grade"])
    keys = "fig-priority-map", "tab-priority-county"
    publish.grade_map(*keys, graded, "grade", grades, shares, counties, highest, base="alle")


CALLS = """\
publish.begin(2022, 2018)
edition.limits('cloud')
survey.load(2022)
survey.codebook()
survey.method('grades')
survey.printed()
survey.printed(None, 'sources')
survey.claims()
survey.years()
geography.register(2022)
geography.division(2018)
geography.divisions()
geography.size_classes()
geography.changes(2018, 2022)
geography.boundaries_path(2022)
geography.topology(2022)
publish.grade_map('fig-priority-map')
""".splitlines()


@pytest.mark.parametrize("call", CALLS)
def test_a_function_opens_no_other_files_than_are_told(call: str) -> None:
    session = edition()
    forget()
    with files_opened() as opened:
        draw_a_map() if "grade_map" in call else eval(call, globals() | {"edition": session})
    told = files_read(read_program([Cell("a", call)]).steps, input_files((2022, 2018)))
    assert bool(opened) == bool(told)
    assert opened <= set(told)


def test_only_the_named_table_of_the_method_is_read() -> None:
    steps = read_program([Cell("a", 'survey.method("grades")\nsurvey.printed(data_dir)')]).steps
    files = input_files((2022,))
    assert files_read(steps, files) == ["method/grades.csv", "published/figures.csv"]


def test_a_function_of_which_the_files_are_not_known_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"survey\.everything"):
        files_read(read_program([Cell("a", "survey.everything()")]).steps, [])


def test_a_pattern_stays_in_its_folder() -> None:
    assert matches("municipalities/size-classes.csv", "municipalities/*.csv")
    assert not matches("municipalities/source/size-classes.csv", "municipalities/*.csv")
    assert not matches("survey/2022.csv.bak", "survey/*.csv")


@pytest.mark.parametrize("path", sorted(NOTEBOOK_DIR.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_files_of_every_chapter_are_known(path: Path) -> None:
    steps = read_program(code_cells(read_cells(path))).steps
    read = files_read(steps, input_files((2022, 2018)))
    assert {"survey/2018.csv", "survey/2022.csv", "datapackage.json", "method/constants.csv"} <= set(read)
    assert not any(name.endswith((".md", ".py", ".yml")) for name in read)


def test_all_functions_are_called_by_their_names() -> None:
    parts = {"survey": survey, "geography": geography, "publish": publish, "edition": Session}
    for name in FILES:
        part, function = name.split(".")
        assert callable(getattr(parts[part], function))
