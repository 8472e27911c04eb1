"""The texts in the code cells of a notebook: titles, captions, alternative texts, notes, labels, phrases, wherever in
a cell they are put together."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from digikom.prose.passages import COMPUTED, Passage
from digikom.prose.ties import Ties
from digikom.prose.words import CHANGE, KINDS, DirectionWords

#: Arguments that a reader reads, in any call.
TEXT_ARGUMENTS = frozenset(
    {"title", "caption", "alt_text", "label", "notes", "base_text", "up", "same", "down", "english", "text"}
)
#: The same by place, in calls of these names.
TEXT_PLACES = {"Column": {1}, "phrase": {1, 2}}
#: What names a number: it says what is counted, and the number beside it is the answer.
LABELS = frozenset({"label", "base_text"})
#: Methods whose argument is code.
CODE_CALLS = frozenset({"query", "eval"})
#: Functions of `publish` whose second argument is a computed number.
COMPUTING = frozenset({"number", "wording"})
#: What a name, key, path or colour is made of.
IDENTIFIER = re.compile(r"[A-Za-z0-9_.,:;#%/\\{}=+*-]*")


class LiteralReader:
    """Reads the texts of one code cell. `ties` are those of its notebook, `tree` is the cell."""

    def __init__(self, ties: Ties, words: DirectionWords, file: str, cell: str, source: str, tree: ast.Module) -> None:
        self._ties, self._direction, self._file, self._cell, self._tree = ties, words, file, cell, tree
        self._source = source.split("\n")

    def passages(self) -> Iterator[Passage]:
        """The texts, in the order of the code."""
        found: list[tuple[int, int, Passage]] = []
        for node in ast.walk(self._tree):
            text = _words(node)
            if text is not None and isinstance(node, ast.expr) and self._is_text(node, text):
                found.append((node.lineno, node.col_offset, self._passage(node, text)))
            elif isinstance(node, ast.Call) and (typed := _typed_number(node)) is not None:
                found.append((typed.lineno, typed.col_offset, self._passage(typed, ast.unparse(typed))))
        yield from (passage for _, _, passage in sorted(found, key=lambda item: item[:2]))

    def _passage(self, node: ast.expr, text: str) -> Passage:
        free: frozenset[str] = frozenset()
        if self._ties.is_chosen(node):
            free = KINDS
        elif self._is_label(node) or self._ties.is_beside_extreme(node):
            free = KINDS - {CHANGE}
        starts, lines = self._lines(node, text)
        return Passage(self._file, self._cell, text, starts, lines, free=free, is_code=True)

    def _lines(self, node: ast.expr, text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """On which line each word of a literal stands: implicitly joined literals are one node over several lines."""
        starts, lines = [0], [node.lineno]
        line, column = node.lineno - 1, node.col_offset
        for word in re.finditer(r"\S+", text.replace(COMPUTED, " " * len(COMPUTED))):
            for at in range(line, min(node.end_lineno or node.lineno, len(self._source))):
                place = self._source[at].find(word.group(), column if at == line else 0)
                if place >= 0:
                    line, column = at, place + len(word.group())
                    break
            starts.append(word.start())
            lines.append(line + 1)
        return tuple(starts), tuple(lines)

    def _is_text(self, node: ast.expr, text: str) -> bool:
        """Whether a literal is read by a reader, and not by the code."""
        parent = self._ties.parents.get(node)
        if isinstance(parent, ast.Expr) or (
            isinstance(parent, ast.JoinedStr | ast.FormattedValue) and _is_format(parent, node)
        ):
            return False
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute) and parent.func.attr in CODE_CALLS:
            return False
        if not IDENTIFIER.fullmatch(text) or self._direction.norwegian.fullmatch(text):
            return True
        return bool(self._arguments(node) & TEXT_ARGUMENTS)

    def _is_label(self, node: ast.expr) -> bool:
        return bool(self._arguments(node) & LABELS)

    def _arguments(self, node: ast.AST) -> frozenset[str]:
        """The text argument of a call that a literal ends up in, if it does, as far as the expression shows."""
        below, above = node, self._ties.parents.get(node)
        while above is not None and not isinstance(above, ast.stmt):
            if isinstance(above, ast.keyword):
                return frozenset({above.arg or ""})
            if isinstance(above, ast.Subscript) or (isinstance(above, ast.IfExp) and below is above.test):
                break
            if isinstance(above, ast.Call):
                name = above.func.attr if isinstance(above.func, ast.Attribute) else getattr(above.func, "id", "")
                place = next((index for index, argument in enumerate(above.args) if argument is below), None)
                if name in TEXT_PLACES and place in TEXT_PLACES[name]:
                    return frozenset({"label" if name == "Column" else "text"})
                if name not in {"join", "title"}:
                    break
            below, above = above, self._ties.parents.get(above)
        return frozenset()


def _words(node: ast.AST) -> str | None:
    """The typed part of a string literal or f-string, with `{}` for what it computes; none for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            typed = isinstance(part.value, ast.Constant) and not isinstance(part.value.value, str)
            parts.append(ast.unparse(part.value) if typed else COMPUTED)
    return "".join(parts)


def _is_format(parent: ast.JoinedStr | ast.FormattedValue, node: ast.AST) -> bool:
    """Whether a node is a part of an f-string (read as a whole) or says how a value is shown."""
    return isinstance(parent, ast.JoinedStr) or parent.format_spec is node


def _typed_number(call: ast.Call) -> ast.expr | None:
    """The number of a call that publishes one, where it is typed instead of computed."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name not in COMPUTING or len(call.args) < 2:
        return None
    value = call.args[1]
    inner = value.operand if isinstance(value, ast.UnaryOp) else value
    typed = isinstance(inner, ast.Constant) and isinstance(inner.value, int | float)
    return value if typed else None
