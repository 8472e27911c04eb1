"""Where a result comes from: what statements read and define, what a result depends on, and the ways of the indicators.

The slices of the report's own notebooks are run by themselves: what they leave out must not be missed.
"""

from __future__ import annotations

import ast
import contextlib
import io
import pathlib
import warnings
from typing import Any

import pandas as pd
import pytest
from notebook_runs import published_by

from digikom import survey
from digikom.derivation import Cell, CodeError, Program, code_cells, read_program
from digikom.derivation.indicators import Path, measures_of, method_tables, path_of
from digikom.derivation.names import Touch, uses_of
from digikom.derivation.program import cells_of
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.municipalities import handed_over
from digikom.publish.outputs import NUMBER_MIME
from digikom.publish.published import published_outputs, read_cells
from digikom.sphinxext.backlinks import cells_before_sections


def program(*sources: str) -> Program:
    """A notebook of these cells, called a, b, c …"""
    return read_program([Cell(chr(ord("a") + place), source) for place, source in enumerate(sources)])


def behind(read: Program, cell: str) -> str:
    """The ids of the cells that a cell depends on, itself included, as one text."""
    return "".join(cells_of(read.slice(read.of_cell(cell))))


def reads(source: str) -> set[str]:
    return {touch.name for touch in uses_of(ast.parse(source).body[0]).reads}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("y = [x for x in xs if x > limit]", {"xs", "limit"}),
        ("y = [x for x in x]", {"x"}),
        ("y = {k: v for k, v in pairs for k in k}", {"pairs"}),
        ("y = sum(a for a in b for c in a)", {"sum", "b"}),
        ("f = lambda a, *b, c=d: a + b + e", {"d", "e"}),
        ("y = x.a.b[c]", {"x", "c"}),
        ('y = f"{x:{width}} {z!r}"', {"x", "width", "z"}),
        ("y = f'{[f\"{x}\" for x in xs]}'", {"xs"}),
        ("x += 1", {"x"}),
        ('x["a"] = y', {"y"}),
        ("x[i].b = y", {"y", "i"}),
        ("y = (z := x)", {"x"}),
        ("def f(a: kind = b) -> kind:\n    return a + c", {"b"}),
        ("@d\ndef f():\n    return c", {"d"}),
        ("class A(B):\n    c = d\n    e = c", {"B", "d"}),
        ("for i in xs:\n    y = i + k\n    z = y", {"xs", "k"}),
        ("for i in xs:\n    y, (z, *w) = i, k\n    v = y + z + w[0]", {"xs", "k"}),
        ("with open(p) as f:\n    t = f", {"open", "p", "f"}),
        ("match a:\n    case {'k': v, **rest}:\n        b = v", {"a", "v"}),
    ],
)
def test_what_a_statement_reads(source: str, names: set[str]) -> None:
    assert reads(source) == names


def test_columns_are_told_apart_where_they_are_written_out() -> None:
    uses = uses_of(ast.parse('a["x"] = b["y"] + b[["y", "z"]].sum() + b[c] + b.loc["r"]').body[0])
    assert uses.changes == {Touch("a", "x")}
    assert uses.reads == {Touch("b", "y"), Touch("b", "z"), Touch("b"), Touch("c")}
    assert uses_of(ast.parse('a.loc[m, "x"] = 1').body[0]).changes == {Touch("a")}
    assert uses_of(ast.parse('a["x"]["y"] = 1').body[0]).changes == {Touch("a", "x")}
    assert uses_of(ast.parse('a["x"] += 1').body[0]).reads == {Touch("a", "x")}


def test_a_later_definition_takes_the_place_of_an_earlier_one() -> None:
    assert behind(program("x = 1", "x = 2", "y = x"), "c") == "bc"
    assert behind(program("x = 1", "x = x + 1", "y = x"), "c") == "abc"
    assert behind(program("x = 1", "x += 1", "y = x"), "c") == "abc"
    assert behind(program("x = 1", "y = x", "x = 2"), "b") == "ab"


def test_a_definition_that_may_not_happen_takes_no_place() -> None:
    assert behind(program("x = 1", "if a:\n    x = 2", "y = x"), "c") == "abc"
    assert behind(program("x = 1", "for x in []:\n    pass", "y = x"), "c") == "abc"


def test_changes_in_place_count() -> None:
    assert behind(program("x = []", "x.append(1)", "y = x"), "c") == "abc"
    assert behind(program("x = f()", "x.columns = names", "y = x"), "c") == "abc"
    assert behind(program("x = f()", "x.rename(columns={}, inplace=True)", "y = x"), "c") == "abc"
    assert behind(program("x = f()", "x.rename(columns={})", "y = x"), "c") == "ac"
    assert behind(program("x = f()", 'x["a"] = 1', 'x["b"] = 1', 'y = x["b"]'), "d") == "acd"
    assert behind(program("x = f()", 'x["a"] = 1', "z = x.copy()", 'y = z["a"]'), "d") == "abcd"
    assert behind(program("x = f()", 'x["a"] = 1', 'x["a"] = 2', 'y = x["a"]'), "d") == "acd"
    assert behind(program("x = f()", 'x["a"] = 1', "x = g()", 'y = x["a"]'), "d") == "cd"


def test_a_function_reads_when_it_is_called() -> None:
    cells = ("def f():\n    return g() + k", "k = 1", "def g():\n    return m", "m = 2", "k = 3", "y = f()")
    assert behind(program(*cells), "f") == "acdef"
    assert behind(program("k = 1", "def f(k):\n    return k", "y = f(2)"), "c") == "bc"
    assert behind(program("k = 1", "def f():\n    k = 2\n    return k", "y = f()"), "c") == "bc"
    assert behind(program("k = 1", "def f():\n    return k", "def f():\n    return 0", "y = f()"), "d") == "cd"


def test_what_is_deleted_is_gone() -> None:
    assert behind(program("x = 1", "del x", "y = x"), "c") == "c"
    assert behind(program("x = f()", 'del x["a"]', "y = x"), "c") == "abc"


def test_imports_and_builtins_are_no_part_of_a_slice() -> None:
    assert behind(program("import a.b, c as d", "x = 1", "y = len(d.e(a, x))"), "c") == "bc"


@pytest.mark.parametrize("source", ["from numpy import *", "%matplotlib inline", "!ls", "x = (", "x = '\0'"])
def test_code_that_cannot_be_followed_is_an_error_that_names_the_cell(source: str) -> None:
    with pytest.raises(CodeError, match="'b'"):
        program("x = 1", source)


def test_no_cells_and_empty_cells() -> None:
    assert read_program([]).steps == ()
    assert behind(program("", "# nothing", "x = 1"), "c") == "c"


def test_the_step_that_publishes_a_key() -> None:
    read = program(
        "a = 1\nb = 2\nc = 3",
        'for year, suffix in c:\n    publish.number(f"strategy-high{suffix}", a)\n'
        'publish.number("plain", b)\npublish.number(key, c)',
    )
    assert [step.source for step in read.slice_of("plain", "b")] == ["b = 2", 'publish.number("plain", b)']
    high = [step.source.splitlines()[0] for step in read.slice_of("strategy-high-reference", "b")]
    assert high == ["a = 1", "c = 3", "for year, suffix in c:"]
    assert len(read.slice_of("computed", "b")) == len(read.steps)
    assert read.slice_of("plain", "nowhere") == []


SCORED, GRADED = ["cloud", "internal"], ["use"]
COUNT_AND_SCORE = (
    'edition = publish.begin(2000)\nanswers = edition.answers\nsized = answers["size"]',
    'limits = [*edition.limits("internal"), np.inf]\nlimits = [*edition.limits("cloud"), np.inf]',
    'answers["n"] = answers[codebook.items("cloud_areas")].sum()\nanswers["s"] = pd.cut(answers["n"], limits)',
    'high = answers["s"] >= 3\nanswers["g"] = np.select([high], [1])',
    'names = survey.method("grades").query("indicator == \'use\'")\n'
    'counted = pd.crosstab(answers["g"], answers["year"]).reindex(names.index)',
    'publish.municipalities("m", answers, {"g": "<script>"})',
)


def way(name: str, *sources: str) -> Path | None:
    read = program(*sources)
    return path_of(read, measures_of(read, SCORED, GRADED), name, ["cloud_areas", "has_strategy"])


def test_the_stages_follow_from_the_method_files() -> None:
    found = way("use", *COUNT_AND_SCORE)
    assert found is not None
    assert found.answers == ("a",)
    assert found.questions == {"cloud_areas": ["c"]}
    assert [(one.column, one.cells) for one in found.counts] == [("n", ["c"])]
    assert [(one.column, one.indicator) for one in found.scores] == [("s", "cloud")]
    assert [(one.column, one.label, one.cells) for one in found.grades] == [("g", "<script>", ["d"])]
    read = program(*COUNT_AND_SCORE)
    assert method_tables(read.slice(step.position for step in found.grades[0].steps)) == ["cut-points"]


def test_a_score_leads_to_the_grade_that_builds_on_it() -> None:
    found = way("cloud", *COUNT_AND_SCORE)
    assert found is not None
    assert [one.column for one in found.grades] == ["g"]
    alone = way("cloud", *COUNT_AND_SCORE[:3])
    assert alone is not None
    assert alone.grades == ()


def test_what_is_not_computed_has_no_way() -> None:
    assert way("internal", *COUNT_AND_SCORE) is None
    assert way("use", *COUNT_AND_SCORE[:3]) is None
    assert way("cloud", COUNT_AND_SCORE[0]) is None


#: Count, score and grade of each indicator, by columns of the notebooks.
WAYS: dict[str, tuple[str, list[str], list[str], list[str]]] = {
    "strategy": ("03_digital_prioritering", ["strategy_areas"], ["strategy_score"], ["priority_grade"]),
    "projects": ("03_digital_prioritering", ["project_areas"], ["project_score"], ["priority_grade"]),
    "priority": (
        "03_digital_prioritering",
        ["strategy_areas", "project_areas"],
        ["strategy_score", "project_score"],
        ["priority_grade"],
    ),
    "internal": ("04_digital_kompetanse", ["internal_functions"], ["internal_score"], ["competence_category"]),
    "competence": ("04_digital_kompetanse", ["internal_functions"], ["internal_score"], ["competence_category"]),
    "cloud": ("05_digital_aktivitet", ["cloud_areas"], ["cloud_score"], ["use_grade"]),
    "procurement": ("05_digital_aktivitet", ["procurement_activities"], ["procurement_score"], ["use_grade"]),
    "services": ("05_digital_aktivitet", ["service_points"], ["services_score"], ["activity_grade"]),
    "use": (
        "05_digital_aktivitet",
        ["cloud_areas", "procurement_activities"],
        ["cloud_score", "procurement_score"],
        ["use_grade"],
    ),
    "activity": (
        "05_digital_aktivitet",
        ["cloud_areas", "procurement_activities", "service_points"],
        ["cloud_score", "procurement_score", "services_score"],
        ["use_grade", "activity_grade"],
    ),
}
#: The questions behind each that is no other's part.
QUESTIONS = {
    "strategy": {"has_strategy", "strategy_areas"},
    "projects": {"has_projects", "project_areas"},
    "internal": {"function_sourcing"},
    "competence": {"function_sourcing", "tried_recruiting", "recruiting_problem"},
    "cloud": {"uses_cloud", "cloud_areas"},
    "procurement": {"procurement_activities"},
    "services": {"service_offer"},
}


def methods(table: str) -> list[str]:
    return list(dict.fromkeys(survey.method(table)["indicator"]))


def chapter(name: str) -> Program:
    return read_program(code_cells(read_cells(NOTEBOOK_DIR / f"{name}.ipynb")))


def test_every_indicator_of_the_method_has_a_known_way() -> None:
    assert set(WAYS) == {*methods("cut-points"), *methods("grades")}


@pytest.mark.parametrize("name", WAYS)
def test_the_ways_of_the_report(name: str) -> None:
    notebook, *expected = WAYS[name]
    read = chapter(notebook)
    questions = [question.question for question in survey.codebook().question_rows]
    found = path_of(read, measures_of(read, methods("cut-points"), methods("grades")), name, questions)
    assert found is not None
    assert [[one.column for one in part] for part in (found.counts, found.scores, found.grades)] == expected
    assert found.answers == ("load",)
    if name in QUESTIONS:
        assert set(found.questions) == QUESTIONS[name]


@pytest.mark.parametrize("name", WAYS)
def test_the_slice_alone_computes_what_the_notebook_computes(name: str) -> None:
    notebook = WAYS[name][0]
    read = chapter(notebook)
    found = path_of(read, measures_of(read, methods("cut-points"), methods("grades")), name, [])
    assert found is not None
    target = (found.grades if name in methods("grades") else found.scores)[-1]
    sliced = read.slice(step.position for step in target.steps)
    assert len(sliced) < len(read.steps) / 4
    variables: dict[str, Any] = {}
    chosen = {step.position for step in sliced}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in read.steps:
            if step.uses.imported or step.position in chosen:
                exec(compile(step.source, step.cell_id, "exec"), variables)
    frame = next(variables[touch.name] for touch in target.steps[-1].uses.changes if touch.column == target.column)
    year = variables["target_year"]
    computed = frame[frame["year"] == year].set_index("municipality_code")[target.column]
    cells = read_cells(NOTEBOOK_DIR / f"{notebook}.ipynb")
    handed = {
        column["name"]: dict(zip(*_columns(payload, column["name"]), strict=True))
        for _, payload in handed_over(cells)
        for column in payload["columns"]
    }
    assert computed.astype(int).to_dict() == handed[target.column]


def _columns(payload: dict[str, Any], name: str) -> tuple[list[str], list[int]]:
    frame = pd.DataFrame(payload["rows"], columns=[column["name"] for column in payload["columns"]])
    return frame["municipality_code"].tolist(), frame[name].astype(int).tolist()


each_notebook = pytest.mark.parametrize("path", sorted(NOTEBOOK_DIR.glob("*.ipynb")), ids=lambda path: path.stem)


@each_notebook
def test_every_published_key_has_a_slice(path: pathlib.Path) -> None:
    cells = read_cells(path)
    read = read_program(code_cells(cells))
    place = {key: cell["id"] for cell in cells for key in published_by([cell])}
    assert place
    for key, cell in place.items():
        sliced = read.slice_of(key, cell)
        assert sliced[-1].cell_id == cell
        assert "load" in cells_of(sliced) or "parameters" in cells_of(sliced) or len(sliced) < 4, key


@each_notebook
def test_a_number_is_at_most_six_cells_from_how_the_chapter_begins(path: pathlib.Path) -> None:
    """Its own cell among them: one who checks the number can follow it."""
    cells = read_cells(path)
    read, begins = read_program(code_cells(cells)), cells_before_sections(cells)
    publishing = {cells[place]["id"] for place, kind, _ in published_outputs(cells) if kind == NUMBER_MIME}
    chains = {cell: [each for each in read.chain(cell) if each not in begins] for cell in publishing}
    assert {cell: chain for cell, chain in chains.items() if len(chain) > 6} == {}
