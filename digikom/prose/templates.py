"""The prose of the files of words in `book/ord/`: templates in YAML, and the macros that they share."""

from __future__ import annotations

import re
from collections.abc import Iterator

import jinja2
import yaml

from digikom.errors import InputError
from digikom.prose.markdown import read_paragraph
from digikom.prose.passages import CHANGE, COMPUTED, NUMBER, PROSE, Passage

#: What Jinja does with a template: only the branches are of interest.
JINJA = re.compile(r"\{#.*?#\}|\{%(?!-?\s*(?:if|endif)\b).*?%\}|\{\{.*?\}\}", re.DOTALL)
BRANCH = re.compile(r"(\{%-?\s*(?:if|endif)\b.*?%\})", re.DOTALL)
MACRO = re.compile(r"(?=\{%-?\s*macro\b)")
#: A printed fact of an extreme, which words may compare beside; those of the last kind are of a change.
EXTREMES = "most|least|max|min|tops?|low|high|tied|names|first|second|last|(risen|rise|fallen|fall)"
EXTREME_FACT = re.compile(rf"\{{\{{[^}}]*(?<![^\W_])(?:{EXTREMES})(?![^\W_])")


def read_words(text: str, file: str) -> Iterator[Passage]:
    """The passages of a file of words. Raises InputError where it is not valid YAML or Jinja cannot read a template."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{file}, line {line}: this is no valid YAML: {error.problem}.") from None
    if root is not None:
        yield from _read_node(root, text, file, PROSE)


def read_macros(text: str, file: str) -> Iterator[Passage]:
    """The passages of a file of macros. Raises InputError where Jinja cannot read it."""
    _require_readable(text, file, 1)
    line = 1
    for macro in MACRO.split(text):
        yield from _read_template(macro, file, line, PROSE)
        line += macro.count("\n")


def _read_node(node: yaml.Node, text: str, file: str, kinds: frozenset[str]) -> Iterator[Passage]:
    """The passages of a part of a file of words, whose source is `text`; `kinds` is what is looked for in them."""
    if isinstance(node, yaml.ScalarNode):
        _require_readable(node.value, file, node.start_mark.line + 1)
        source = text[node.start_mark.index : node.end_mark.index]
        yield from _read_template(source, file, node.start_mark.line + 1, kinds)
    elif isinstance(node, yaml.MappingNode):
        names = {name.value for name, _ in node.value}
        if names & {"of", "when", "up"}:  # The texts are chosen by a comparison or a condition.
            kinds = frozenset({NUMBER})
        for name, child in node.value:
            if name.value == "when":
                _require_readable(f"{{{{ {child.value} }}}}", file, child.start_mark.line + 1)
            elif name.value not in {"of", "<<"}:
                yield from _read_node(child, text, file, kinds)
    else:
        for child in node.value:
            yield from _read_node(child, text, file, kinds)


def _read_template(source: str, file: str, first_line: int, kinds: frozenset[str]) -> Iterator[Passage]:
    """The passages of a template: what stands between the beginnings and ends of its branches."""
    extremes = EXTREME_FACT.findall(source)
    if extremes:
        kinds &= {NUMBER} if any(extremes) else {NUMBER, CHANGE}
    line, depth = first_line, 0
    for part in BRANCH.split(JINJA.sub(lambda found: COMPUTED + "\n" * found.group().count("\n"), source)):
        if BRANCH.match(part):
            depth += -1 if "endif" in part else 1
        else:
            yield from read_paragraph(part, file, "", line, kinds & {NUMBER} if depth else kinds)
        line += part.count("\n")


def _require_readable(template: str, file: str, line: int) -> None:
    try:
        jinja2.Environment().parse(template)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(f"{file}, line {line + error.lineno - 1}: Jinja cannot read this: {error.message}.") from None
