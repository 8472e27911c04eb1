"""What is typed for readers in the sources of a project: pages, text cells, texts in code and files of words."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import jinja2
import yaml

from digikom.errors import InputError
from digikom.prose.markdown import CHANGE, COMPOSED, COMPUTED, NUMBER, PROSE, Passage, read_markdown, read_paragraph

SOURCES = ("book/**/*.md", "index.md", "book/ord/*.j2", "book/ord/*.yml", "notebooks/*.ipynb")
#: Folders that hold no sources.
NO_SOURCES = frozenset({"_build", ".ipynb_checkpoints", "prose"})
#: The code that uses words of its own.
PACKAGE = Path(__file__).parents[1]

WORD = re.compile(r"\S*[^\W\d_]{2}\S*")
#: A key or the name of a column, which is no word.
NAME = re.compile(r"\b[a-z]+(?:[-_][a-z0-9]+)+\b")
#: From how many typed words what is put together is a sentence.
SENTENCE = 2

#: What Jinja does with a template: only the branches are of interest.
JINJA = re.compile(r"\{#.*?#\}|\{%(?!-?\s*(?:if|endif)\b).*?%\}|\{\{.*?\}\}", re.DOTALL)
BRANCH = re.compile(r"(\{%-?\s*(?:if|endif)\b.*?%\})", re.DOTALL)
MACRO = re.compile(r"(?=\{%-?\s*macro\b)")
#: A printed fact of an extreme, with which words may compare; those of the last kind are of a change.
EXTREMES = "most|least|max|min|tops?|low|high|tied|names|first|second|last|(risen|rise|fallen|fall)"
EXTREME_FACT = re.compile(rf"\{{\{{[^}}]*(?<![^\W_])(?:{EXTREMES})(?![^\W_])")

#: A text in code, what it puts in, and what a ranking adds to a key.
QUOTED = re.compile(r"[\"']([^\"'\n]*)[\"']")
PUT_IN = re.compile(r"\\\{[^{}]*\\\}")
RANK = re.compile(r"-(first|second|next-last|last|least|most)$")


def read_sources(root: Path) -> dict[str, str]:
    """The text of each page, file of words and notebook of the project in `root`, by name."""
    texts = {}
    for path in (path for pattern in SOURCES for path in sorted(root.glob(pattern))):
        name = path.relative_to(root)
        try:
            if not NO_SOURCES & {*name.parts}:
                texts[name.as_posix()] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{name.as_posix()} cannot be read: {error}") from None
    return texts


def passages(texts: Mapping[str, str]) -> Iterator[Passage]:
    """All passages, in the order of the files. Raises InputError for a file that is not what it should be."""
    readers = {".md": read_markdown, ".yml": _read_words, ".j2": _read_macros, ".ipynb": _read_notebook}
    for file, text in texts.items():
        yield from readers[Path(file).suffix](text, file)


def unused_words(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Place and key of the words that no code names, itself or by a pattern, or whose numbers none does."""
    cells = [cell for file, text in texts.items() if file.endswith(".ipynb") for cell in _cells(text, file)]
    code = [source for kind, _, source in cells if kind == "code"]
    code += [path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))]
    named = {text for source in code for text in QUOTED.findall(source)}
    patterned = {PUT_IN.sub(".+", re.escape(text)) for text in named if "{" in text}
    patterns = re.compile("|".join(sorted(text for text in patterned if re.search(r"\w{3}", text))))
    for file, text in texts.items():
        for key, words in (yaml.load(text, yaml.CSafeLoader) or {}).items() if file.endswith(".yml") else ():
            numbers = words.get("of", key) if isinstance(words, dict) else key
            if not all(
                number in named or RANK.sub("", number) in named or patterns.fullmatch(number)
                for number in ([numbers] if isinstance(numbers, str) else numbers)
            ):
                line = f"\n{text}".partition(f"\n{key}:")[0].count("\n") + 1
                yield f"{file}, line {line}", key


def _read_notebook(text: str, file: str) -> Iterator[Passage]:
    for kind, name, source in _cells(text, file):
        if kind == "markdown":
            yield from read_markdown(source, file, name)
        elif kind == "code":
            try:
                yield from _read_code(ast.parse(source), file, name)
            except SyntaxError as error:
                raise InputError(f"{file}, cell {name}, line {error.lineno}: {error.msg}.") from None


def _cells(text: str, file: str) -> list[tuple[str, str, str]]:
    """Kind, id and text of each cell of a notebook, which holds texts as lines or as a whole."""
    try:
        cells = json.loads(text)["cells"]
        return [(cell["cell_type"], str(cell.get("id", "")), "".join(cell["source"])) for cell in cells]
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(f"{file} cannot be read as a notebook: {type(error).__name__}: {error}") from None


def _read_code(tree: ast.AST, file: str, cell: str) -> Iterator[Passage]:
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
            yield from _read_code(child, file, cell)
    elif isinstance(tree, ast.expr) and " " in text:
        text = NAME.sub(COMPUTED, text)
        composed = not isinstance(tree, ast.Constant) and len(WORD.findall(text)) >= SENTENCE
        yield Passage(file, cell, text, tree.lineno, kinds=frozenset({COMPOSED if composed else NUMBER}))


def _text(node: ast.AST) -> str | None:
    """The typed part of an expression that is a text or puts one together, with `{}` for the rest; else None.

    `%` and `format` are not among them: Ruff refuses both, in notebooks too.
    """
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or COMPUTED for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = [_text(left), _text(right)]
        case _:
            return None
    return None if texts == [None, None] else " ".join(text or COMPUTED for text in texts)


def _read_words(text: str, file: str) -> Iterator[Passage]:
    """The passages of a file of words. Raises InputError where it is not valid YAML or Jinja cannot read a template."""
    try:
        root = yaml.compose(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{file}, line {line}: this is no valid YAML: {error.problem}.") from None
    if root is not None:
        yield from _read_node(root, text, file, PROSE)


def _read_node(node: yaml.Node, text: str, file: str, kinds: frozenset[str]) -> Iterator[Passage]:
    """The passages of a part of a file of words, whose source is `text`; `kinds` is what is looked for in them."""
    if isinstance(node, yaml.ScalarNode):
        line = node.start_mark.line + 1
        _require_readable(node.value, file, line)
        yield from _read_template(text[node.start_mark.index : node.end_mark.index], file, line, kinds)
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


def _read_macros(text: str, file: str) -> Iterator[Passage]:
    """The passages of a file of macros. Raises InputError where Jinja cannot read it."""
    _require_readable(text, file, 1)
    line = 1
    for macro in MACRO.split(text):
        yield from _read_template(macro, file, line, PROSE)
        line += macro.count("\n")


def _read_template(source: str, file: str, line: int, kinds: frozenset[str]) -> Iterator[Passage]:
    """The passages of a template: what is between the beginnings and ends of its branches."""
    if extremes := EXTREME_FACT.findall(source):
        kinds &= {NUMBER} if any(extremes) else {NUMBER, CHANGE}
    depth = 0
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
