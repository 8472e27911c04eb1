"""How an indicator is computed in a notebook: from answers by questions, a count and a score to a grade.

Which cell computes what is in the metadata of the cell: `"measures": {"use_grade": "use grade"}` says that it gives
the column `use_grade` its value, the grade of the method's indicator `use` (or its `count` or `score`). What belongs to
the measure otherwise - questions, cells before it, tables of the method - follows from the dataflow.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digikom.derivation.dataflow import CodeError, Program, Step, cells_of

COUNT, SCORE, GRADE = "count", "score", "grade"
CUT_POINTS, GRADES = "cut-points", "grades"
#: The calls that read the method, its limits and the answers, and the one that names columns for the reader.
METHOD, LIMITS, ANSWERS, NAMING = "survey.method", "edition.limits", "publish.begin", "publish.municipalities"


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A count, score or grade of an indicator: the column that holds it, its name for the reader, and its steps."""

    indicator: str
    kind: str
    column: str
    label: str
    steps: tuple[Step, ...]

    @property
    def cells(self) -> list[str]:
        """The ids of the cells that it is computed in."""
        return cells_of(self.steps)

    def behind(self, program: Program) -> set[int]:
        """The positions of everything that it is computed by."""
        return {step.position for step in program.slice(step.position for step in self.steps)}


@dataclass(frozen=True, slots=True)
class IndicatorDiagram:
    """The parts of one indicator, each in the order of the notebook.

    `answers` are the cells that read the answers, `questions` those names of questions and items that the steps
    mention, each with the cells that do. `grades` of an indicator that is a score itself are those that build on it.
    """

    answers: list[str]
    questions: dict[str, list[str]]
    counts: list[Measure]
    scores: list[Measure]
    grades: list[Measure]


def measures_of(program: Program) -> list[Measure]:
    """The measures that the cells of a notebook say they compute, in order.

    Raises CodeError for a cell that gives no such column a value, or that says it in another form.
    """
    labels = _labels(program)
    steps: dict[tuple[str, str, str], list[Step]] = {}
    for cell in program.cells:
        for column, said in cell.measures.items():
            indicator, _, kind = said.partition(" ")
            own = [program.steps[at] for at in program.of_cell(cell.id)]
            made = [step for step in own if any(changed == column for _, changed in step.changes)]
            if not made or kind not in {COUNT, SCORE, GRADE}:
                raise CodeError(f"the cell {cell.id!r} is said to compute {column!r} as {said!r}, and does not")
            steps.setdefault((indicator, kind, column), []).extend(made)
    return [Measure(*key, labels.get(key[2], key[2]), tuple(made)) for key, made in steps.items()]


def diagram_of(program: Program, indicator: str, known: Iterable[str]) -> IndicatorDiagram | None:
    """The diagram of `indicator`, or `None` where the notebook does not compute it. `known` are names of questions and
    items, which are recognised among the texts of the code. Raises the error of `measures_of`.
    """
    measures = measures_of(program)
    target = next((each for each in measures if each.indicator == indicator and each.kind in {SCORE, GRADE}), None)
    if target is None:
        return None
    positions = target.behind(program)
    if target.kind == GRADE:
        grades = [each for each in measures if each.kind == GRADE and _within(each, positions)]
    else:
        behind = {each: each.behind(program) for each in measures if each.kind == GRADE}
        grades = [each for each in behind if _within(target, behind[each])]
        # Of grades that build on one another the first: what comes after belongs to the diagram of that one.
        grades = [
            each for each in grades if not any(_within(other, behind[each]) for other in grades if other is not each)
        ]
    scores = [each for each in measures if each.kind == SCORE and _within(each, positions)]
    counted = [each.indicator for each in scores]
    sliced = [program.steps[position] for position in sorted(positions)]
    texts = {step: step.texts for step in sliced}
    mentioned = {name: cells_of(step for step in sliced if name in texts[step]) for name in known}
    return IndicatorDiagram(
        answers=cells_of(step for step in sliced if any(name == ANSWERS for name, _ in step.calls)),
        questions={name: cells for name, cells in mentioned.items() if cells},
        counts=[each for each in measures if each.kind == COUNT and each.indicator in counted],
        scores=scores,
        grades=grades,
    )


def method_tables(steps: Iterable[Step]) -> set[str]:
    """The tables of the method that steps read."""
    calls = [call for step in steps for call in step.calls]
    return {text for name, text in calls if name == METHOD and text} | {
        CUT_POINTS for name, _ in calls if name == LIMITS
    }


def _within(measure: Measure, positions: set[int]) -> bool:
    return all(step.position in positions for step in measure.steps)


def _labels(program: Program) -> Mapping[str, str]:
    """What the notebook calls its columns for the reader, where it hands them over."""
    calls = [each for step in program.steps for each in ast.walk(step.node) if isinstance(each, ast.Call)]
    given = [part for call in calls if ast.unparse(call.func) == NAMING for part in call.args]
    return {
        str(key.value): str(label.value)
        for part in given
        if isinstance(part, ast.Dict)
        for key, label in zip(part.keys, part.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(label, ast.Constant)
    }
