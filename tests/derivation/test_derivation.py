"""Where a result comes from: what statements read, what a result depends on, and the diagrams of the indicators.

The slices of the report's own notebooks are run by themselves: what they leave out must not be missed.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
import warnings
from typing import Any

import nbformat
import pandas as pd
import pytest
from notebook_runs import published_by

from digikom import survey
from digikom.derivation import Cell, CodeError, Program, Step, code_cells, read_program
from digikom.derivation.dataflow import cells_of
from digikom.derivation.indicators import IndicatorDiagram, diagram_of, measures_of, method_tables
from digikom.editions.downloads import template_of
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.handover import handed_over
from digikom.publish.outputs import NUMBER_MIME
from digikom.publish.published import published_outputs, read_cells
from digikom.sphinxext.backlinks import cells_before_sections


def program(*sources: str) -> Program:
    """A notebook of these cells, called a, b, c …"""
    return read_program([Cell(chr(ord("a") + place), source) for place, source in enumerate(sources)])


def behind(*sources: str) -> str:
    """The ids of the cells that the last one depends on, itself included, as one text."""
    read = program(*sources)
    return "".join(cells_of(read.slice(read.of_cell(read.cells[-1].id))))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("y = [x for x in xs if x > limit]", {"xs", "limit"}),
        ("y = [x for x in x]", {"x"}),
        ("y = {k: v for k, v in pairs for k in k}", {"pairs"}),
        ("y = sum(a for a in b for c in a)", {"sum", "b"}),
        ("f = lambda a, *b, c=d: a + b + e", {"d", "e"}),
        ("f = lambda k=k: k", {"k"}),
        ("y = x.a.b[c]", {"x", "c"}),
        ('y = f"{x:{width}} {z!r}"', {"x", "width", "z"}),
        ("y = f'{[f\"{x}\" for x in xs]}'", {"xs"}),
        ("x += 1", {"x"}),
        ('x["a"] = y', {"y"}),
        ("x[i].b = y", {"y", "i"}),
        ("y = (z := x)", {"x"}),
        ("def f(a=b):\n    c = a + d\n    return c", {"b", "d"}),
        ("@d\ndef f():\n    return c", {"c", "d"}),
        ("class A(B):\n    c = d\n    e = c", {"B", "d"}),
        ("for i in xs:\n    y = i + k\n    z = y", {"xs", "k"}),
        ("for i in xs:\n    y, (z, *w) = i, k\n    v = y + z + w[0]", {"xs", "k"}),
        ("for i in xs:\n    total = total + i", {"xs", "total"}),
        ("with open(p) as f:\n    t = f", {"open", "p", "f"}),
    ],
)
def test_what_a_statement_reads(source: str, names: set[str]) -> None:
    assert {name for name, _ in program(source).steps[0].reads} == names


def test_columns_are_told_apart_where_they_are_written_out() -> None:
    def step(source: str) -> Step:
        return program(source).steps[0]

    made = step('a["x"] = b["y"] + b[["y", "z"]].sum() + b[c] + b.loc["r"]')
    assert made.changes == {("a", "x")}
    assert made.reads == {("b", "y"), ("b", "z"), ("b", None), ("c", None)}
    assert step('a.loc[m, "x"] = 1').changes == step('a[["x", "y"]] = 1').changes == {("a", None)}
    assert step('a["x"]["y"] = 1').changes == {("a", "x")}
    assert step('a["x"] += 1').reads == {("a", "x")}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # A later definition takes the place of an earlier one,
        (("x = 1", "x = 2", "y = x"), "bc"),
        (("x = 1", "x = x + 1", "y = x"), "abc"),
        (("x = 1", "x += 1", "y = x"), "abc"),
        (("x = 1", "del x", "y = x"), "bc"),
        # but not one that may not happen.
        (("x = 1", "if a:\n    x = 2", "y = x"), "abc"),
        (("x = 1", "for x in []:\n    pass", "y = x"), "abc"),
        # Changes in place count, of the column that they name.
        (("x = []", "x.append(1)", "y = x"), "abc"),
        (("x = f()", "x.columns = names", "y = x"), "abc"),
        (("x = f()", "x.rename(columns={}, inplace=True)", "y = x"), "abc"),
        (("x = f()", "x.rename(columns={})", "y = x"), "ac"),
        (("x = f()", 'del x["a"]', "y = x"), "abc"),
        (("x = f()", 'x["a"] = 1', 'x["b"] = 1', 'y = x["b"]'), "acd"),
        (("x = f()", 'x["a"] = 1', "z = x.copy()", 'y = z["a"]'), "abcd"),
        (("x = f()", 'x["a"] = 1', 'x["a"] = 2', 'y = x["a"]'), "acd"),
        (("x = f()", 'x["a"] = 1', 'if b:\n    x["a"] = 2', 'y = x["a"]'), "abcd"),
        (("x = f()", 'x["a"] = 1', "x = g()", 'y = x["a"]'), "cd"),
        # A function reads where it is defined, what is its own aside.
        (("k = 1", "def f():\n    return k", "k = 2", "y = f()"), "abd"),
        (("k = 1", "def f(k):\n    return k", "y = f(2)"), "bc"),
        (("k = 1", "def f():\n    k = 2\n    return k", "y = f()"), "bc"),
        # Imports and builtins are no part of a slice; cells may be empty.
        (("import a.b, c as d", "x = 1", "y = len(d.e(a, x))"), "bc"),
        (("", "# nothing", "x = 1"), "c"),
    ],
)
def test_the_cells_that_a_cell_depends_on(cells: tuple[str, ...], expected: str) -> None:
    assert behind(*cells) == expected


@pytest.mark.parametrize("source", ["from numpy import *", "%matplotlib inline", "!ls", "x = (", "x = '\0'"])
def test_code_that_cannot_be_followed_is_an_error_that_names_the_cell(source: str) -> None:
    with pytest.raises(CodeError, match="'b'"):
        program("x = 1", source)


COUNT_AND_SCORE = (
    'edition = publish.begin(2000)\nanswers = edition.answers\nsized = answers["size"]',
    'limits = [*edition.limits("internal"), np.inf]\nlimits = [*edition.limits("cloud"), np.inf]',
    'answers["n"] = answers[codebook.items("cloud_areas")].sum()\nanswers["s"] = pd.cut(answers["n"], limits)',
    'high = answers["s"] >= 3\nanswers["g"] = np.select([high], [1])',
    'publish.municipalities("m", answers, {"g": "<script>"})',
)
MARKS = {"c": {"n": "cloud count", "s": "cloud score"}, "d": {"g": "use grade"}}


def marked(*sources: str, marks: dict[str, dict[str, str]] = MARKS) -> Program:
    cells = program(*sources).cells
    return read_program([Cell(cell.id, cell.source, marks.get(cell.id, {})) for cell in cells])


def diagram(name: str, *sources: str) -> IndicatorDiagram | None:
    return diagram_of(marked(*sources), name, ["cloud_areas", "has_strategy"])


def test_the_steps_of_an_indicator_follow_from_the_marks_and_the_dataflow() -> None:
    found = diagram("use", *COUNT_AND_SCORE)
    assert found is not None
    assert found.answers == ["a"]
    assert found.questions == {"cloud_areas": ["c"]}
    assert [(one.column, one.label, one.cells) for one in found.counts] == [("n", "n", ["c"])]
    assert [(one.column, one.indicator) for one in found.scores] == [("s", "cloud")]
    assert [(one.column, one.label, one.cells) for one in found.grades] == [("g", "<script>", ["d"])]
    read = marked(*COUNT_AND_SCORE)
    assert method_tables(read.slice(step.position for step in found.grades[0].steps)) == {"cut-points"}


def test_a_score_leads_to_the_grade_that_builds_on_it() -> None:
    found, alone = diagram("cloud", *COUNT_AND_SCORE), diagram("cloud", *COUNT_AND_SCORE[:3])
    assert found is not None
    assert [one.column for one in found.grades] == ["g"]
    assert alone is not None
    assert alone.grades == []


def test_what_is_not_computed_has_no_diagram() -> None:
    assert diagram("internal", *COUNT_AND_SCORE) is None
    assert diagram("use", *COUNT_AND_SCORE[:3]) is None


@pytest.mark.parametrize("marks", [{"a": {"s": "cloud score"}}, {"c": {"s": "cloud"}}, {"c": {"s": "cloud sum"}}])
def test_a_mark_that_is_not_true_is_an_error_that_names_the_cell(marks: dict[str, dict[str, str]]) -> None:
    with pytest.raises(CodeError, match=f"'{next(iter(marks))}' is said to compute 's'"):
        measures_of(marked(*COUNT_AND_SCORE, marks=marks))


#: The chapter, the scores and the grades of the diagram of each indicator of the method.
DIAGRAMS = {
    "strategy": ("03_digital_prioritering", ["strategy"], ["priority"]),
    "projects": ("03_digital_prioritering", ["projects"], ["priority"]),
    "priority": ("03_digital_prioritering", ["strategy", "projects"], ["priority"]),
    "internal": ("04_digital_kompetanse", ["internal"], ["competence"]),
    "competence": ("04_digital_kompetanse", ["internal"], ["competence"]),
    "cloud": ("05_digital_aktivitet", ["cloud"], ["use"]),
    "procurement": ("05_digital_aktivitet", ["procurement"], ["use"]),
    "services": ("05_digital_aktivitet", ["services"], ["activity"]),
    "use": ("05_digital_aktivitet", ["cloud", "procurement"], ["use"]),
    "activity": ("05_digital_aktivitet", ["cloud", "procurement", "services"], ["use", "activity"]),
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


def test_the_marks_stay_in_a_template() -> None:
    written = nbformat.read(NOTEBOOK_DIR / "03_digital_prioritering.ipynb", as_version=4)
    cells = [code_cells(notebook.cells) for notebook in (written, nbformat.reads(template_of(written), as_version=4))]
    assert any(cell.measures for cell in cells[0])
    assert cells[0] == cells[1]


def test_every_indicator_of_the_method_has_a_known_diagram() -> None:
    assert set(DIAGRAMS) == {*methods("cut-points"), *methods("grades")}


@pytest.mark.parametrize("name", DIAGRAMS)
def test_the_diagrams_of_the_report_and_the_slice_alone_computes_what_the_notebook_computes(name: str) -> None:
    notebook, scores, grades = DIAGRAMS[name]
    cells = read_cells(NOTEBOOK_DIR / f"{notebook}.ipynb")
    read = read_program(code_cells(cells))
    found = diagram_of(read, name, [question.question for question in survey.codebook().question_rows])
    assert found is not None
    parts = [[one.indicator for one in part] for part in (found.counts, found.scores, found.grades)]
    assert parts == [scores, scores, grades]
    assert found.answers == ["load"]
    assert set(found.questions) == QUESTIONS.get(name, set(found.questions))
    target = (found.grades if name in methods("grades") else found.scores)[-1]
    sliced = read.slice(step.position for step in target.steps)
    assert len(sliced) < len(read.steps) / 4
    variables: dict[str, Any] = {}
    imports = {step.position for step in read.steps if step.source.startswith(("import ", "from "))}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error")
        for position in sorted(imports | {step.position for step in sliced}):
            exec(compile(read.steps[position].source, read.steps[position].cell_id, "exec"), variables)
    frame = next(variables[name] for name, column in target.steps[-1].changes if column == target.column)
    computed = frame[frame["year"] == variables["target_year"]].set_index("municipality_code")[target.column]
    tables = [
        pd.DataFrame(payload["rows"], columns=[column["name"] for column in payload["columns"]])
        for _, payload in handed_over(cells)
    ]
    handed = next(table for table in tables if target.column in table).set_index("municipality_code")
    assert computed.astype(int).to_dict() == handed[target.column].astype(int).to_dict()


#: Cells of a chain that do the same as the one before them, each for itself: one step with it.
BESIDE = {"claims-counties", "claims-reasons"}
each_notebook = pytest.mark.parametrize("path", sorted(NOTEBOOK_DIR.glob("*.ipynb")), ids=lambda path: path.stem)


@each_notebook
def test_every_cell_that_publishes_depends_on_how_the_chapter_begins(path: pathlib.Path) -> None:
    cells = read_cells(path)
    read = read_program(code_cells(cells))
    # Series need more editions than there are before the committed one.
    publishing = [cell["id"] for cell in cells if published_by([cell]) or "publish.numbers(" in "".join(cell["source"])]
    assert publishing
    for cell in publishing:
        assert {"load", "parameters"} & set(cells_of(read.slice(read.of_cell(cell)))), cell


@each_notebook
def test_a_number_is_at_most_six_cells_from_how_the_chapter_begins(path: pathlib.Path) -> None:
    """Its own cell among them: one who checks the number can follow it."""
    cells = read_cells(path)
    read, begins = read_program(code_cells(cells)), cells_before_sections(cells)
    publishing = {cells[place]["id"] for place, kind, _ in published_outputs(cells) if kind == NUMBER_MIME}
    chains = {cell: [each for each in read.chain(cell) if each not in begins | BESIDE] for cell in publishing}
    assert {cell: chain for cell, chain in chains.items() if len(chain) > 6} == {}
