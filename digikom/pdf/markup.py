"""Typst source as text: string literals, calls of functions, labels.

Everything is written in Typst's code mode. Text is a string literal, never markup, so that no character of it can mean
anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPACE = re.compile(r"[ \t\r\n]+")
_NOT_IN_LABELS = re.compile(r"[^A-Za-z0-9_.:-]")


def literal(text: str) -> str:
    """`text` as a string literal, unchanged."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def line(text: str) -> str:
    """`text` as a string literal in which line breaks and runs of spaces are one space."""
    return literal(_SPACE.sub(" ", text))


def together(expressions: Iterable[str]) -> str:
    """Expressions as one; of none, an empty text."""
    found = [expression for expression in expressions if expression]
    inside = "\n".join(found)
    return f"{{\n{inside}\n}}" if len(found) > 1 else inside


def call(function: str, *arguments: str, **named: str) -> str:
    """A call of a function; without those arguments that are empty."""
    given = [*(f"{name}: {value}" for name, value in named.items() if value), *filter(None, arguments)]
    return f"{function}({', '.join(given)})"


def array(values: Iterable[str]) -> str:
    """An array."""
    return f"({''.join(f'{value}, ' for value in values)})"


def labelled(expression: str, label: str) -> str:
    """An element with the label that links find it by; only markup has labels."""
    return f"[#{expression} <{label}>]" if label else expression


def label_name(docname: str, name: str) -> str:
    """The label of a place of the book, in the characters that a label may have."""
    return _NOT_IN_LABELS.sub("_", f"{docname.replace('/', '.')}:{name}")
