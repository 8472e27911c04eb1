"""What the statements of a notebook read and change, and which statements a result depends on.

A step is a statement at the top level of a cell. A compound one (`for`, `if`) is one step, and what it gives a value
may also have kept the value from before. Columns of frames are told apart where they are named by a text: `frame["a"]`
reads the column `a` alone, and `frame["a"] = …` changes it alone; everything else reads or changes the whole object.

A change in place is an assignment to an item or attribute, and a call, as a statement of its own, of a method that
changes lists, sets, dictionaries and frames. A function reads what it names where it is defined. Not followed: two
names for one object, functions that change what they are given or what is `global`, and the names of `match`.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Methods that change the object that they belong to.
IN_PLACE = {
    *("append", "extend", "insert", "remove", "reverse", "sort", "clear", "pop"),
    *("update", "setdefault", "popitem", "add", "discard"),
}
#: Where a cell's metadata say which columns it computes: `"measures": {"use_grade": "use grade"}`.
MEASURES = "measures"
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With, ast.AsyncWith, ast.Match)
_IMPORT = (ast.Import, ast.ImportFrom)
_WRITTEN_OUT = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Starred, ast.Load, ast.UnaryOp, ast.USub)

#: An object by its name, and the column of it where a text names one.
Use = tuple[str, str | None]


class CodeError(Exception):
    """The code of a cell that cannot be followed; the message names the cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its id and code, and the measures by the columns that it computes, as its metadata say."""

    id: str
    source: str
    measures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """A statement: its place among all statements of the notebook, its cell, its code, and what it does with names.

    `depends` are the positions of the steps that it reads directly.
    `is_written_out`: texts, numbers, and lists of them and of such names are given a name; nothing is computed.
    """

    position: int
    cell_id: str
    source: str
    node: ast.stmt
    reads: Collection[Use]
    defines: Collection[str]
    changes: Collection[Use]
    depends: frozenset[int]
    is_written_out: bool

    @property
    def texts(self) -> set[str]:
        """The texts that are written out in it."""
        return set(_texts(ast.walk(self.node)))

    @property
    def calls(self) -> list[tuple[str, str | None]]:
        """The dotted names of what it calls, each with the first of its positional arguments that is a text."""
        calls = [each for each in ast.walk(self.node) if isinstance(each, ast.Call)]
        named = [(ast.unparse(call.func), next(iter(_texts(call.args)), None)) for call in calls]
        return [(name, text) for name, text in named if re.fullmatch(r"[\w.]+", name)]


@dataclass(frozen=True, slots=True)
class Program:
    """The code cells of a notebook, and the steps of all of them in order."""

    cells: Sequence[Cell]
    steps: Sequence[Step]

    def slice(self, starts: Iterable[int]) -> list[Step]:
        """The steps at `starts` and everything that they depend on, in order. Imports are left out."""
        found = self._behind(starts)
        return [step for step in self.steps if step.position in found and not isinstance(step.node, _IMPORT)]

    def chain(self, cell_id: str) -> list[str]:
        """The cells that one is computed by, in order, itself last; not those that only write out texts and numbers."""
        written_out = {step.position for step in self.steps if step.is_written_out}
        found = self._behind(self.of_cell(cell_id), written_out)
        return cells_of(step for step in self.steps if step.position in found)

    def upstream(self, cell_id: str) -> list[str]:
        """The cells that one rests on in any way, in order; also those that import, or write out texts and numbers."""
        found = self._behind(self.of_cell(cell_id))
        return [name for name in cells_of(step for step in self.steps if step.position in found) if name != cell_id]

    def of_cell(self, cell_id: str) -> list[int]:
        """The positions of a cell's steps."""
        return [step.position for step in self.steps if step.cell_id == cell_id]

    def _behind(self, starts: Iterable[int], without: Collection[int] = ()) -> set[int]:
        found: set[int] = set()
        waiting = list(starts)
        while waiting:
            position = waiting.pop()
            if position not in found:
                found.add(position)
                waiting += self.steps[position].depends.difference(without)
        return found


def code_cells(cells: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """The code cells of a notebook file, in order."""
    return [
        Cell(str(cell.get("id", "")), "".join(cell["source"]), cell.get("metadata", {}).get(MEASURES, {}))
        for cell in cells
        if cell.get("cell_type") == "code"
    ]


def cells_of(steps: Iterable[Step]) -> list[str]:
    """The ids of the steps' cells, each once, in order."""
    return list(dict.fromkeys(step.cell_id for step in steps))


def read_program(cells: Sequence[Cell]) -> Program:
    """The steps of the cells and how they depend on one another.

    Raises CodeError for a cell that is no plain Python (`%magic` and `!command` included) or imports `*`.
    """
    steps: list[Step] = []
    written_out: set[str] = set()
    #: The steps that gave each name its value or changed it, as a whole (`None`) and by column.
    made: defaultdict[str, dict[str | None, set[int]]] = defaultdict(dict)
    for cell in cells:
        try:
            for node in ast.parse(cell.source).body:
                uses = _Uses()
                uses.visit(node)
                written = isinstance(node, ast.Assign) and all(
                    isinstance(each, _WRITTEN_OUT) or (isinstance(each, ast.Name) and each.id in written_out)
                    for each in ast.walk(node.value)
                )
                written_out = written_out | uses.defines if written else written_out - uses.defines
                behind = [
                    positions
                    for name, column in uses.reads
                    for changed, positions in made[name].items()
                    if column is None or changed in {column, None}
                ]
                depends = frozenset[int]().union(*behind)
                source = ast.get_source_segment(cell.source, node) or ""
                names = uses.reads, uses.defines, uses.changes
                steps.append(Step(len(steps), cell.id, source, node, *names, depends, written))
                _note(steps[-1], made)
        except (SyntaxError, ValueError) as error:
            raise CodeError(f"the code of the cell {cell.id!r} cannot be followed: {error}") from None
    return Program(cells, steps)


def _note(step: Step, made: defaultdict[str, dict[str | None, set[int]]]) -> None:
    """Note what a step makes: a plain definition takes the place of all before it, a changed column that of its own."""
    is_certain = not isinstance(step.node, _COMPOUND)
    for name in step.defines:
        if is_certain:
            made[name].clear()
        made[name].setdefault(None, set()).add(step.position)
    for name, column in step.changes:
        if column is not None and is_certain:
            made[name][column] = set()
        made[name].setdefault(column, set()).add(step.position)


class _Uses(ast.NodeVisitor):
    """Collects what a statement reads, defines and changes; `local` are the names that loops around a node give."""

    def __init__(self) -> None:
        self.reads: set[Use] = set()
        self.defines: set[str] = set()
        self.changes: set[Use] = set()
        self.local: frozenset[str] = frozenset()

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            targets = _stored(*(generator.target for generator in node.generators))
            self._inside(node, [node.generators[0].iter], targets)
        else:
            super().visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.defines.add(node.id)
        elif node.id not in self.local:
            self.reads.add((node.id, None))

    def visit_Subscript(self, node: ast.Subscript) -> None:
        columns = _columns(node.slice)
        if not isinstance(node.ctx, ast.Load):
            self._change(node)
        elif isinstance(node.value, ast.Name) and columns:
            self.reads |= {(node.value.id, column) for column in columns if node.value.id not in self.local}
        else:
            self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.generic_visit(node)
        else:
            self._change(node)

    def _change(self, target: ast.expr) -> None:
        """Note the change of the object that an item or attribute belongs to."""
        column = None
        while isinstance(target, ast.Subscript | ast.Attribute):
            column = None
            if isinstance(target, ast.Subscript):
                self.visit(target.slice)
                columns = _columns(target.slice)
                column = columns[0] if len(columns) == 1 else None
            target = target.value
        if not isinstance(target, ast.Name):
            self.visit(target)
        elif target.id not in self.local:
            self.changes.add((target.id, column))

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(ast.parse(ast.unparse(node.target), mode="eval"))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        self.generic_visit(node)
        match node.value:
            case ast.Call(func=ast.Attribute(value=target, attr=method), keywords=keywords):
                while isinstance(target, ast.Subscript | ast.Attribute):
                    target = target.value
                is_changed = method in IN_PLACE or any(keyword.arg == "inplace" for keyword in keywords)
                if is_changed and isinstance(target, ast.Name) and target.id not in self.local:
                    self.changes.add((target.id, None))

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = {alias.asname or alias.name.split(".")[0] for alias in node.names}
        if "*" in names:
            raise ValueError("«import *» does not say which names it defines")
        self.defines |= names

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.visit_Import(node)

    def visit_For(self, node: ast.For) -> None:
        """What runs over the source is read inside only, and so is what the body has just given a value."""
        around = self.local
        self.visit(node.iter)
        self.visit(node.target)
        self.local |= _stored(node.target)
        for statement in [*node.body, *node.orelse]:
            self.visit(statement)
            if isinstance(statement, ast.Assign):
                self.local |= _stored(*statement.targets)
        self.local = around

    def _inside(self, node: ast.AST, outside: Iterable[ast.expr | None], own: frozenset[str]) -> None:
        """Visit a function or comprehension with `own` names; what is `outside` is looked up before they exist."""
        for part in filter(None, outside):
            self.visit(part)
        inner = _Uses()
        inner.generic_visit(node)
        self.reads |= {use for use in inner.reads if use[0] not in own | self.local}
        self.defines |= inner.defines - own

    def visit_Lambda(self, node: ast.Lambda | ast.FunctionDef) -> None:
        self._inside(node, [*node.args.defaults, *node.args.kw_defaults], _stored(node))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.defines.add(node.name)
        self.visit_Lambda(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.defines.add(node.name)
        self._inside(node, [], _stored(node))


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _columns(index: ast.expr) -> list[str]:
    """The columns that an index names: a text, or a list of nothing but texts."""
    parts = index.elts if isinstance(index, ast.List) else [index]
    found = _texts(parts)
    return found if len(found) == len(parts) else []


def _stored(*nodes: ast.AST) -> frozenset[str]:
    """The names that are given a value anywhere in `nodes`, and the arguments of functions in them."""
    inside = [each for node in nodes for each in ast.walk(node)]
    names = [each.id for each in inside if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)]
    return frozenset([*names, *(each.arg for each in inside if isinstance(each, ast.arg))])
