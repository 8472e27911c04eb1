"""The texts in the code cells of notebooks: names and labels. Sentences belong in the files of words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from digikom.prose.passages import COMPOSED, COMPUTED, NUMBER, Passage

WORD = re.compile(r"\S*[^\W\d_]{2}\S*")
#: A key or the name of a column, which is no word.
NAME = re.compile(r"\b[a-z]+(?:[-_][a-z0-9]+)+\b")
#: From how many typed words what is put together is a sentence.
SENTENCE = 2


def read_code(tree: ast.AST, file: str, cell: str) -> Iterator[Passage]:
    """The texts of a code cell that a reader may read: what is put together of several words, and what has a blank."""
    children = ast.iter_child_nodes(tree)
    match tree:
        case ast.Expr(value=ast.Constant()) | ast.Raise():  # Docstrings, and what only those who calculate read.
            return
        case ast.Call(func=ast.Attribute(attr="query" | "eval") as method):  # Their arguments are code.
            children = iter([method])
    text = _text(tree)
    if text is None:
        for child in children:
            yield from read_code(child, file, cell)
    elif isinstance(tree, ast.expr) and " " in text:
        text = NAME.sub(COMPUTED, text)
        composed = not isinstance(tree, ast.Constant) and len(WORD.findall(text)) >= SENTENCE
        yield Passage(file, cell, text, tree.lineno, kinds=frozenset({COMPOSED if composed else NUMBER}))


def _text(node: ast.AST) -> str | None:
    """The typed part of an expression that is a text or puts one together, with `{}` for the rest; else None."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or COMPUTED for part in parts)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            texts = [_text(left), _text(right)]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format" | "join"), args=[*given]):
            lists = [argument.elts if isinstance(argument, ast.List | ast.Tuple) else [argument] for argument in given]
            texts = [text, *(_text(part) for parts in lists for part in parts)]
        case _:
            return None
    return None if texts == [None, None] else " ".join(text or COMPUTED for text in texts)
