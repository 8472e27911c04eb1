"""How an indicator is computed: from answers by questions, a count and a score to a grade, found in a notebook's code.

Nothing here names a cell or a column. What is what follows from the method files that the notebook reads:

- a score is a column computed with limits that `edition.limits` or `survey.method("cut-points")` gives, for the
  indicator that the statement names (or, where it names none, the statement that reads the limits);
- a count is the column that such a score is computed from;
- a grade is the column that is first counted with the names of `survey.method("grades")`, for the indicator that the
  statement which reads the names picks out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from digikom.derivation.names import Touch
from digikom.derivation.program import Program, Step, cells_of

METHOD, LIMITS = "survey.method", "edition.limits"
CUT_POINTS, GRADES = "cut-points", "grades"
ANSWERS = "publish.begin"
HANDED_OVER = "publish.municipalities"
_QUOTED = re.compile("""["']([a-z_-]+)["']""")


@dataclass(frozen=True, slots=True)
class Computed:
    """A column of a frame that is one of the measures behind an indicator: `steps` give it its value, in order.

    `label` is what the notebook calls it when it hands it over, empty where it does not. `indicator` is the method's
    name for it, empty for a count.
    """

    column: str
    label: str
    indicator: str
    steps: tuple[Step, ...]

    @property
    def cells(self) -> list[str]:
        """The ids of the cells that it is computed in."""
        return cells_of(self.steps)


@dataclass(frozen=True, slots=True)
class Path:
    """The way of one indicator, each part in the order of the notebook.

    `answers` are the cells that read the answers, `questions` the names that `known` holds and the steps mention, each
    with the cells that do, `files` the tables of the method. `grades` of an indicator that is a score itself are those
    that build on it.
    """

    answers: tuple[str, ...]
    questions: dict[str, list[str]]
    counts: tuple[Computed, ...]
    scores: tuple[Computed, ...]
    grades: tuple[Computed, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """Every score and grade of a notebook, in its order, by the method's name, and the counts behind each score."""

    scores: dict[str, Computed]
    grades: dict[str, Computed]
    counts: dict[str, tuple[Computed, ...]]


def measures_of(program: Program, scored: Collection[str], graded: Collection[str]) -> Measures:
    """The scores, grades and counts of a notebook. `scored` and `graded` are the indicators of the method's files."""
    labels = _labels(program)
    scores: dict[str, Computed] = {}
    counts: dict[str, tuple[Computed, ...]] = {}
    limits = _readers(program, CUT_POINTS)
    for step in program.steps:
        made = _column(step)
        if made is None or not any(touch.name in limits for touch in program.reads[step.position]):
            continue
        name = _named(step, limits, program, scored)
        if name and name not in scores:
            column = made.column or ""
            scores[name] = Computed(column, labels.get(column, ""), name, (step,))
            counts[name] = tuple(_columns_behind(program, step, labels))
    grades: dict[str, Computed] = {}
    names = _readers(program, GRADES)
    for step in program.steps:
        used = {touch.name for touch in step.uses.reads} & names.keys()
        for one in _columns_behind(program, step, labels) if used and not step.is_compound else ():
            name = _named(step, {key: names[key] for key in used}, program, graded)
            if name and name not in grades:
                grades[name] = Computed(one.column, one.label, name, one.steps)
    return Measures(scores, grades, counts)


def path_of(program: Program, measures: Measures, indicator: str, known: Iterable[str]) -> Path | None:
    """The way of `indicator`, or `None` where the notebook does not compute it. `known` are names of questions and
    items, which are recognised among the texts of the code.
    """
    if indicator in measures.grades:
        target = measures.grades[indicator]
        sliced = program.slice(step.position for step in target.steps)
        positions = {step.position for step in sliced}
        grades = [one for one in measures.grades.values() if _within(one, positions)]
    elif indicator in measures.scores:
        target = measures.scores[indicator]
        sliced = program.slice(step.position for step in target.steps)
        positions = {step.position for step in sliced}
        own = {step.position for step in target.steps}
        behind = {
            name: {step.position for step in program.slice(step.position for step in one.steps)}
            for name, one in measures.grades.items()
        }
        grades = [one for name, one in measures.grades.items() if own <= behind[name]]
        # Of grades that build on one another the first: what comes after is told where that one is shown.
        grades = [
            one
            for one in grades
            if not any(_within(other, behind[one.indicator]) for other in grades if other is not one)
        ]
    else:
        return None
    scores = [one for one in measures.scores.values() if _within(one, positions)]
    counts = [count for one in scores for count in measures.counts[one.indicator]]
    questions: dict[str, list[str]] = {}
    for name in known:
        mentioned = cells_of(step for step in sliced if name in step.uses.texts)
        if mentioned:
            questions[name] = mentioned
    answers = cells_of(step for step in sliced if any(call.function == ANSWERS for call in step.uses.calls))
    return Path(tuple(answers), questions, tuple(counts), tuple(scores), tuple(grades))


def _within(computed: Computed, positions: set[int]) -> bool:
    return all(step.position in positions for step in computed.steps)


def _labels(program: Program) -> dict[str, str]:
    """What the notebook calls its columns for the reader, where it hands them over."""
    labels: dict[str, str] = {}
    for step in program.steps:
        for call in step.uses.calls:
            if call.function == HANDED_OVER:
                labels |= dict(call.pairs)
    return labels


def _readers(program: Program, table: str) -> dict[str, list[Step]]:
    """The names that hold a table of the method, and the steps that read it or go on from there under that name."""
    found: dict[str, list[Step]] = {}
    for step in program.steps:
        reads = table in method_tables([step])
        for name in step.uses.defines:
            if reads:
                found.setdefault(name, []).append(step)
            elif name in found and any(touch.name == name for touch in step.uses.reads):
                found[name].append(step)
    return found


def _named(step: Step, readers: dict[str, list[Step]], program: Program, indicators: Collection[str]) -> str:
    """The indicator that a step is about: the one that it names, or else the last step that read the table for it."""
    touched = {touch.name for touch in program.reads[step.position]}
    behind = [one for name, steps in readers.items() if name in touched for one in steps]
    behind = sorted((one for one in behind if one.position <= step.position), key=_position, reverse=True)
    for one in (step, *behind):
        named = {name for text in one.uses.texts for name in _names_in(text)} & set(indicators)
        if len(named) == 1:
            return named.pop()
    return ""


def _position(step: Step) -> int:
    return step.position


def _names_in(text: str) -> list[str]:
    """The text itself, and what stands in quotation marks in it, as in «indicator == 'use'»."""
    return [text, *_QUOTED.findall(text)]


def _column(step: Step) -> Touch | None:
    """The one column that a step gives a value, if that is what it does."""
    columns = [touch for touch in step.uses.changes if touch.column is not None]
    return columns[0] if len(columns) == 1 and not step.is_compound else None


def _columns_behind(program: Program, step: Step, labels: dict[str, str]) -> list[Computed]:
    """The columns that a step reads and that the notebook itself has given a value before."""
    found: dict[str, Computed] = {}
    for touch in sorted(touch for touch in step.uses.reads if touch.column is not None):
        makers = _makers(program, touch, step.position)
        if makers:
            column = str(touch.column)
            found[column] = Computed(column, labels.get(column, ""), "", tuple(makers))
    return list(found.values())


def _makers(program: Program, touch: Touch, before: int) -> list[Step]:
    """The steps that gave a column the value that it has right before a step, the first of several included."""
    found: list[Step] = []
    waiting = list(program.definers(touch, before))
    while waiting:
        step = program.steps[waiting.pop()]
        made = _column(step)
        if made == touch and step not in found:
            found.append(step)
            if touch in step.uses.reads:
                waiting += program.definers(touch, step.position)
    return sorted(found, key=_position)


def method_tables(steps: Iterable[Step]) -> list[str]:
    """The tables of the method that steps read, in order of name."""
    calls = [call for step in steps for call in step.uses.calls]
    named = {call.texts[0] for call in calls if call.function == METHOD and call.texts}
    return sorted(named | {CUT_POINTS for call in calls if call.function == LIMITS})
