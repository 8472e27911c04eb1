"""What a statement of Python reads, defines and changes, by its syntax tree.

Columns of frames are told apart where they are named by a text: `frame["a"]` reads the column `a` of `frame`, and
`frame["a"] = …` changes that one alone. Everything else reads or changes the whole object.

What is taken for a change in place: assignment to an item or attribute, and a call, as a statement of its own, of one
of the methods that change lists, sets, dictionaries and frames (`IN_PLACE`, or `inplace=True`). Not followed: two names
for one object, and functions that change what they are given or what is `global`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

IN_PLACE = frozenset(
    {
        *("append", "extend", "insert", "remove", "reverse", "sort", "clear", "pop"),
        *("update", "setdefault", "popitem", "add", "discard"),
    }
)

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True, order=True)
class Touch:
    """An object by its name or, with `column`, the item of it under that text."""

    name: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call by the dotted name of what is called, and those of its positional arguments that are texts.

    `pairs` are those of its positional arguments that are dictionaries of texts.
    """

    function: str
    texts: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Uses:
    """What a statement does with names.

    `deferred` is what the functions that it defines read when they are called. `imported` are those of the names in
    `defines` that are modules or come from them. `texts` are the literal texts, without the fixed parts of f-strings,
    which are in `patterns` as whole f-strings (`None` for a computed part).
    """

    reads: set[Touch] = field(default_factory=set)
    defines: set[str] = field(default_factory=set)
    changes: set[Touch] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    deferred: dict[str, set[Touch]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    patterns: list[tuple[str | None, ...]] = field(default_factory=list)


def uses_of(statement: ast.stmt) -> Uses:
    """What a statement at the top level of a cell does with names, those inside it included.

    Raises ValueError for `from … import *`: which names it defines is not in the code.
    """
    visitor = _Visitor()
    visitor.visit(statement)
    return visitor.uses


def dotted(node: ast.expr) -> str:
    """«survey.load» for the expression of that name; empty for anything else than names with attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


class _Visitor(ast.NodeVisitor):
    """Collects `Uses`. `bound` holds the names of the functions and comprehensions around the node at hand."""

    def __init__(self) -> None:
        self.uses = Uses()
        self.bound: list[set[str]] = []

    def _is_local(self, name: str) -> bool:
        return any(name in names for names in self.bound)

    def _read(self, name: str, columns: Iterable[str | None] = (None,)) -> None:
        if not self._is_local(name):
            self.uses.reads.update(Touch(name, column) for column in columns)

    def _change(self, name: str, column: str | None = None) -> None:
        if not self._is_local(name):
            self.uses.changes.add(Touch(name, column))

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id)
        elif self._is_local(node.id):
            return
        elif isinstance(node.ctx, ast.Store):
            self.uses.defines.add(node.id)
        else:
            self.uses.deletes.add(node.id)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Load):
            columns = _columns(node.slice)
            if isinstance(node.value, ast.Name) and columns:
                self._read(node.value.id, columns)
            else:
                self.visit(node.value)
        else:
            self._change_root(node)
        self.visit(node.slice)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Load):
            self.visit(node.value)
        else:
            self._change_root(node)

    def _change_root(self, node: ast.Subscript | ast.Attribute) -> None:
        """Note the change of the object that an item or attribute belongs to."""
        target: ast.expr = node
        column: str | None = None
        while isinstance(target, ast.Subscript | ast.Attribute):
            if isinstance(target, ast.Subscript) and target is not node:
                self.visit(target.slice)
            if isinstance(target.value, ast.Name):
                own = _columns(target.slice) if isinstance(target, ast.Subscript) else []
                column = own[0] if len(own) == 1 else None
            target = target.value
        if isinstance(target, ast.Name):
            self._change(target.id, column)
        else:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id)
        elif isinstance(node.target, ast.Subscript):
            self.visit(ast.Subscript(node.target.value, node.target.slice, ast.Load()))
        else:
            self.visit(node.target.value)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _changes_in_place(call):
            root: ast.expr = call.func.value
            while isinstance(root, ast.Subscript | ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name):
                self._change(root.id)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        if name:
            texts = tuple(text for argument in node.args if (text := _text(argument)) is not None)
            pairs = tuple(pair for argument in node.args for pair in _pairs(argument))
            self.uses.calls.append(Call(name, texts, pairs))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.uses.texts.add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.uses.patterns.append(tuple(_text(part) for part in node.values))
        self._computed_parts(node)

    def _computed_parts(self, node: ast.JoinedStr) -> None:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)
                if isinstance(part.format_spec, ast.JoinedStr):
                    self._computed_parts(part.format_spec)

    def visit_Import(self, node: ast.Import) -> None:
        names = {alias.asname or alias.name.split(".")[0] for alias in node.names}
        self._import(names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = {alias.asname or alias.name for alias in node.names}
        if "*" in names:
            raise ValueError(f"«from {node.module} import *» does not say which names it defines")
        self._import(names)

    def _import(self, names: set[str]) -> None:
        new = {name for name in names if not self._is_local(name)}
        self.uses.defines |= new
        self.uses.imported |= new

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._bind_text(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._bind_text(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self._bind_text(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._bind_text(node.rest)
        self.generic_visit(node)

    def _bind_text(self, name: str | None) -> None:
        if name and not self._is_local(name):
            self.uses.defines.add(name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """What stands in the head is read now; what the body reads, when it is called."""
        self._bind_text(node.name)
        for part in [*node.decorator_list, *_defaults(node.args)]:
            self.visit(part)
        inner = _Visitor()
        inner.bound = [*self.bound, _bound_in(node)]
        for statement in node.body:
            inner.visit(statement)
        read = set(inner.uses.reads)
        for deferred in inner.uses.deferred.values():
            read |= deferred
        self.uses.deferred.setdefault(node.name, set()).update(read)
        self._take(inner.uses)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for part in _defaults(node.args):
            self.visit(part)
        self.bound.append(_arguments(node.args))
        self.visit(node.body)
        self.bound.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind_text(node.name)
        for part in [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]:
            self.visit(part)
        inner = _Visitor()
        inner.bound = [*self.bound, _bound_by(node.body)]
        for statement in node.body:
            inner.visit(statement)
        self.uses.reads |= inner.uses.reads
        for deferred in inner.uses.deferred.values():
            self.uses.deferred.setdefault(node.name, set()).update(deferred)
        self._take(inner.uses)

    def _take(self, inner: Uses) -> None:
        """What is said of a body wherever it runs: its texts and calls."""
        self.uses.texts |= inner.texts
        self.uses.calls += inner.calls
        self.uses.patterns += inner.patterns

    def _comprehension(self, node: _Comprehension) -> None:
        """The first source is looked up outside, the names that run over the sources hold inside only."""
        first, *others = node.generators
        self.visit(first.iter)
        self.bound.append({name for generator in node.generators for name in _stored(generator.target)})
        for condition in first.ifs:
            self.visit(condition)
        for generator in others:
            for part in [generator.iter, *generator.ifs]:
                self.visit(part)
        for element in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(element)
        self.bound.pop()

    def visit_For(self, node: ast.For) -> None:
        """What runs over the source holds inside, and so do reads of what the body has just given a value."""
        self.visit(node.iter)
        self.visit(node.target)
        self.bound.append(_stored(node.target))
        settled: set[str] = set()
        for statement in [*node.body, *node.orelse]:
            before = {touch for touch in self.uses.reads if touch.name in settled}
            self.visit(statement)
            self.uses.reads = {touch for touch in self.uses.reads if touch.name not in settled or touch in before}
            if isinstance(statement, ast.Assign):
                settled |= {name for target in statement.targets for name in _stored(target)}
        self.bound.pop()

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)


def _text(node: ast.expr) -> str | None:
    """The text that an expression is, if it is one written out."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _pairs(node: ast.expr) -> list[tuple[str, str]]:
    """The entries of a dictionary of texts that is written out."""
    if not isinstance(node, ast.Dict):
        return []
    entries = [(_text(key), _text(value)) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
    return [(key, value) for key, value in entries if key is not None and value is not None]


def _columns(index: ast.expr) -> list[str]:
    """The columns that an index names: a text, or a list of nothing but texts."""
    found = [_text(part) for part in (index.elts if isinstance(index, ast.List) else [index])]
    names = [text for text in found if text is not None]
    return names if len(names) == len(found) else []


def _changes_in_place(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Attribute)
    in_place = any(
        keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )
    return in_place or call.func.attr in IN_PLACE


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {argument.arg for argument in every if argument is not None}


def _stored(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _bound_in(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The names that are local to a function: its arguments, and what its body gives a value and is not `global`."""
    shared = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
    return (_arguments(node.args) | _bound_by(node.body)) - shared


def _bound_by(body: list[ast.stmt]) -> set[str]:
    """The names that statements give a value in their own scope."""
    visitor = _Visitor()
    for statement in body:
        visitor.visit(statement)
    return visitor.uses.defines | visitor.uses.deletes
