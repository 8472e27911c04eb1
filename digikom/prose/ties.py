"""What in a notebook's code ties a direction word to the numbers: comparisons, extremes, and the names that follow.

The rule, simple enough to be checked by reading the code's syntax:

- a word is **chosen by a comparison** when it stands in a branch of an `if` (statement or expression) whose condition
  compares sizes, in a dictionary beside such a comparison or an extreme, or among the alternatives `up`, `same` and
  `down` of `publish.wording`;
- a word is **beside an extreme** when it stands in an f-string that also prints a computed extreme.

A condition compares sizes when it holds `<`, `<=`, `>` or `>=` (or pandas' names for them) between anything but the
lengths of collections, or a name that was given its value by such a comparison. An extreme is what `max`, `idxmin`,
`nlargest`, `sort_values` and the like give, or a name whose value follows from one. Names are those of the whole
notebook.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
COMPARING = frozenset({"lt", "le", "gt", "ge", "between", "is_monotonic_increasing", "is_monotonic_decreasing"})
EXTREMES = frozenset(
    {"max", "min", "idxmax", "idxmin", "nlargest", "nsmallest", "sort_values", "sorted", "rank", "argmax", "argmin"}
)
#: The alternatives of `publish.wording`.
ALTERNATIVES = frozenset({"up", "same", "down", "english"})
BINDING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def is_length(node: ast.expr) -> bool:
    """Whether an expression is `len(...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"


def compares(node: ast.AST) -> bool:
    """Whether a node itself compares sizes."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return any(isinstance(operator, ORDERINGS) for operator in node.ops) and not any(map(is_length, sides))
    return isinstance(node, ast.Attribute) and node.attr in COMPARING


def finds_extreme(node: ast.AST) -> bool:
    """Whether a node itself finds the largest, the smallest or an order."""
    if isinstance(node, ast.Attribute):
        return node.attr in EXTREMES
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EXTREMES


def names_bound(target: ast.AST) -> Iterator[str]:
    """The names that a target of an assignment or a loop gives a value."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            yield node.id


@dataclass(frozen=True, slots=True)
class Ground:
    """What an expression rests on: whether it compares sizes or finds an extreme itself, and the names that it uses."""

    compares: bool
    is_extreme: bool
    names: frozenset[str]


class Ties:
    """What the code of one notebook ties words to. `trees` are its code cells."""

    def __init__(self, trees: Iterable[ast.Module]) -> None:
        trees = list(trees)
        self.parents = {
            child: node for tree in trees for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
        }
        self._grounds: dict[ast.AST, Ground] = {}
        given = [(name, self._ground(value)) for tree in trees for name, value in _values_given(tree)]
        self._compared = frozenset(name for name, ground in given if ground.compares)
        self._extreme = _extremes(given)

    def is_chosen(self, literal: ast.AST) -> bool:
        """Whether the words of a literal are chosen by a comparison."""
        below, node = literal, self.parents.get(literal)
        while node is not None:
            if isinstance(node, ast.IfExp | ast.If) and below is not node.test and self._compares(node.test):
                return True
            if isinstance(node, ast.Dict) and self._beside_value(node, below):
                return True
            if isinstance(node, ast.keyword) and node.arg in ALTERNATIVES and _is_wording(self.parents.get(node)):
                return True
            below, node = node, self.parents.get(node)
        return False

    def is_beside_extreme(self, literal: ast.AST) -> bool:
        """Whether a literal is an f-string that prints a computed extreme."""
        return isinstance(literal, ast.JoinedStr) and any(
            self._is_extreme(part.value) for part in literal.values if isinstance(part, ast.FormattedValue)
        )

    def _compares(self, expression: ast.expr) -> bool:
        ground = self._ground(expression)
        return ground.compares or not ground.names.isdisjoint(self._compared)

    def _is_extreme(self, expression: ast.expr) -> bool:
        ground = self._ground(expression)
        return ground.is_extreme or not ground.names.isdisjoint(self._extreme)

    def _beside_value(self, display: ast.Dict, word: ast.AST) -> bool:
        """Whether `word` is the key of a comparison or an extreme, or one of the alternatives of a wording."""
        keys = {key.value for key in display.keys if isinstance(key, ast.Constant)}
        if {"up", "down"} <= keys:
            return True
        pairs = zip(display.keys, display.values, strict=True)
        return any(key is word and (self._compares(value) or self._is_extreme(value)) for key, value in pairs)

    def _ground(self, expression: ast.AST) -> Ground:
        """What an expression rests on. The variable of a comprehension or loop stands for what that goes through."""
        if expression not in self._grounds:
            nodes = list(ast.walk(expression))
            names: set[str] = set()
            grounds = []
            for node in nodes:
                if isinstance(node, ast.Name):
                    source = self._source(node)
                    if source is None:
                        names.add(node.id)
                    elif source not in nodes:
                        grounds.append(self._ground(source))
            self._grounds[expression] = Ground(
                any(map(compares, nodes)) or any(ground.compares for ground in grounds),
                any(map(finds_extreme, nodes)) or any(ground.is_extreme for ground in grounds),
                frozenset(names).union(*(ground.names for ground in grounds)),
            )
        return self._grounds[expression]

    def _source(self, name: ast.Name) -> ast.expr | None:
        """What the comprehension or loop goes through that binds a name, if one around it does."""
        below: ast.AST = name
        node = self.parents.get(name)
        while node is not None:
            if isinstance(node, BINDING):
                for generator in node.generators:
                    if generator is not below and name.id in names_bound(generator.target):
                        return generator.iter
            elif isinstance(node, ast.For) and below is not node.iter and name.id in names_bound(node.target):
                return node.iter
            below, node = node, self.parents.get(node)
        return None


def _extremes(given: list[tuple[str, Ground]]) -> frozenset[str]:
    """The names that are given an extreme as their value, or something that follows from another of these names."""
    found = {name for name, ground in given if ground.is_extreme}
    while more := {name for name, ground in given if name not in found and ground.names & found}:
        found |= more
    return frozenset(found)


def _is_wording(call: ast.AST | None) -> bool:
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "wording"


def _values_given(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each name that is given a value, with the value: by an assignment, or as a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name | ast.Tuple | ast.List):
                    yield from ((name, node.value) for name in names_bound(target))
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name):
            if node.value is not None:
                yield node.target.id, node.value
        elif isinstance(node, ast.FunctionDef):
            yield node.name, node
