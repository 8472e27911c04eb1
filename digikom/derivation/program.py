"""The code cells of a notebook as steps that depend on one another, and the steps that a result depends on.

A step is a statement at the top level of a cell. A compound statement (`for`, `if`, `with` …) is one step, and what it
gives a value may also have kept the value from before. A call reads what the function's body reads at that time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digikom.derivation.names import Touch, Uses, uses_of

_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)


class CodeError(Exception):
    """The code of a cell that cannot be followed; the message names the cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its id and its code."""

    id: str
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """A statement: its place among all statements of the notebook, its cell, its code, and what it does with names."""

    position: int
    cell_id: str
    source: str
    uses: Uses
    is_compound: bool
    #: Texts, numbers, and lists of them and of such names, given a name: nothing is computed.
    is_written_out: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """The steps of a notebook, and for each the positions of the steps that it reads directly."""

    steps: tuple[Step, ...]
    depends: tuple[frozenset[int], ...]
    #: For each step all that it reads, what is read by the functions that it calls included.
    reads: tuple[frozenset[Touch], ...]

    def slice(self, starts: Iterable[int]) -> list[Step]:
        """The steps at `starts` and everything that they depend on, in order. Imports are left out."""
        found: set[int] = set()
        waiting = list(starts)
        while waiting:
            position = waiting.pop()
            if position not in found:
                found.add(position)
                waiting += self.depends[position]
        return [step for step in self.steps if step.position in found and not step.uses.imported]

    def chain(self, cell_id: str) -> list[str]:
        """The cells that one is computed by, in order, itself last; not those that only write out texts and numbers."""
        found: set[int] = set()
        waiting = list(self.of_cell(cell_id))
        while waiting:
            position = waiting.pop()
            if position not in found:
                found.add(position)
                waiting += [at for at in self.depends[position] if not self.steps[at].is_written_out]
        return cells_of(step for step in self.steps if step.position in found)

    def of_cell(self, cell_id: str) -> list[int]:
        """The positions of a cell's steps."""
        return [step.position for step in self.steps if step.cell_id == cell_id]

    def publishing(self, key: str, cell_id: str) -> list[int]:
        """The positions of those steps of a cell that publish under `key`, written out or as an f-string.

        All steps of the cell when the key is computed in another way.
        """
        positions = self.of_cell(cell_id)
        found = [at for at in positions if key in self.steps[at].uses.texts or _fits(self.steps[at].uses, key)]
        return found or positions

    def slice_of(self, key: str, cell_id: str) -> list[Step]:
        """The steps that what a cell publishes under `key` is computed from, in order, its own step last."""
        return self.slice(self.publishing(key, cell_id))

    def definers(self, touch: Touch, before: int) -> frozenset[int]:
        """The positions of the steps that `touch` comes from, as it is read right before step `before`."""
        state = _State()
        for step in self.steps[:before]:
            state.run(step)
        return frozenset(state.behind(touch))


def code_cells(cells: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """The code cells of a notebook file, in order."""
    return [Cell(str(cell.get("id", "")), "".join(cell["source"])) for cell in cells if cell.get("cell_type") == "code"]


def cells_of(steps: Iterable[Step]) -> list[str]:
    """The ids of the steps' cells, each once, in order."""
    return list(dict.fromkeys(step.cell_id for step in steps))


def read_program(cells: Sequence[Cell]) -> Program:
    """The steps of the cells and how they depend on one another.

    Raises CodeError for a cell that is no plain Python (`%magic` and `!command` included) or imports `*`.
    """
    steps: list[Step] = []
    written_out: set[str] = set()
    for cell in cells:
        try:
            lines = cell.source.encode().splitlines(keepends=True)
            for statement in ast.parse(cell.source).body:
                source = _source(lines, statement)
                is_compound = isinstance(statement, _COMPOUND)
                uses = uses_of(statement)
                written = isinstance(statement, ast.Assign) and _is_written_out(statement.value, written_out)
                written_out = written_out | uses.defines if written else written_out - uses.defines
                steps.append(Step(len(steps), cell.id, source, uses, is_compound, written))
        except (SyntaxError, ValueError) as error:
            raise CodeError(f"the code of the cell {cell.id!r} cannot be followed: {error}") from None
    state = _State()
    depends: list[frozenset[int]] = []
    reads: list[frozenset[Touch]] = []
    for step in steps:
        read = state.expanded(step.uses.reads)
        reads.append(frozenset(read))
        depends.append(frozenset(at for touch in read for at in state.behind(touch)) - {step.position})
        state.run(step)
    return Program(tuple(steps), tuple(depends), tuple(reads))


def _is_written_out(value: ast.expr, names: Collection[str]) -> bool:
    """Whether a value is made of texts, numbers and `names` only."""
    allowed = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Starred, ast.Load, ast.UnaryOp, ast.USub)
    return all(
        isinstance(node, allowed) or (isinstance(node, ast.Name) and node.id in names) for node in ast.walk(value)
    )


def _source(lines: Sequence[bytes], statement: ast.stmt) -> str:
    """The code of a statement. `ast.get_source_segment` divides the whole cell into lines for each one anew."""
    last = statement.end_lineno or statement.lineno
    code = b"".join(lines[statement.lineno - 1 : last])
    behind = len(lines[last - 1]) - (statement.end_col_offset or 0)
    return code[statement.col_offset : len(code) - behind].decode()


class _State:
    """Which steps each name comes from at a point of the notebook."""

    def __init__(self) -> None:
        self.defined: dict[str, set[int]] = {}
        self.changed: dict[str, dict[str | None, set[int]]] = {}
        self.deferred: dict[str, set[Touch]] = {}

    def behind(self, touch: Touch) -> set[int]:
        """The steps that gave the object its value, and those that changed the column since, or any of it."""
        changes = self.changed.get(touch.name, {})
        found = set(self.defined.get(touch.name, ()))
        wanted = changes if touch.column is None else [touch.column, None]
        for column in wanted:
            found |= changes.get(column, set())
        return found

    def expanded(self, reads: Iterable[Touch]) -> set[Touch]:
        """The reads, with those of the functions among them."""
        found: set[Touch] = set()
        waiting = list(reads)
        while waiting:
            touch = waiting.pop()
            if touch not in found:
                found.add(touch)
                waiting += self.deferred.get(touch.name, ())
        return found

    def run(self, step: Step) -> None:
        """Let the step take effect."""
        uses, at = step.uses, {step.position}
        for name in uses.defines:
            if step.is_compound:
                self.defined[name] = self.defined.get(name, set()) | at
            else:
                self.defined[name] = set(at)
                self.changed.pop(name, None)
                self.deferred.pop(name, None)
        for name, touches in uses.deferred.items():
            self.deferred[name] = self.deferred.get(name, set()) | touches if step.is_compound else set(touches)
        for touch in uses.changes:
            columns = self.changed.setdefault(touch.name, {})
            if step.is_compound or touch.column is None:
                columns[touch.column] = columns.get(touch.column, set()) | at
            else:
                columns[touch.column] = set(at)
        if not step.is_compound:
            for name in uses.deletes:
                self.defined.pop(name, None)
                self.changed.pop(name, None)
                self.deferred.pop(name, None)


def _fits(uses: Uses, key: str) -> bool:
    """Whether one of the f-strings of a step can give `key`: not one that has nothing fixed."""
    return any(
        re.fullmatch("".join(".*" if part is None else re.escape(part) for part in pattern), key, re.DOTALL)
        for pattern in uses.patterns
        if any(pattern)
    )
