"""The prose of a Markdown source (MyST): what a reader reads of it, without what roles print and code shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from digikom.prose.passages import COMPUTED, Passage, PassageWriter, plain_passages

#: Roles that print what cells and the edition file hold: nothing of their content is typed.
PRINTING_ROLES = frozenset({"tall", "ord", "utgaven", "cite:p", "cite:t"})
#: Roles that print published numbers and words by key.
KEY_ROLES = frozenset({"tall", "ord"})
#: Roles whose content is a target; a title before it is typed, as in {doc}`see here </page>`.
LINKING_ROLES = frozenset({"doc", "numref", "ref", "download"})
TITLED = re.compile(r"(?P<title>.+?)\s*<[^<>]*>", re.DOTALL)

#: Directives whose argument is a name; that of any other is read by the reader.
NAMED_DIRECTIVES = frozenset(
    {"krever", "fra-utgaven", "har-siden", "container", "nokkeltall", "rettelser", "image", "figure", "code-block"}
    | {"sitering", "kontroll", "alle-tall", "beregningsvei"}
)
#: Directives whose content is no prose.
CODE_DIRECTIVES = frozenset({"code-block", "code", "code-cell", "math", "literalinclude", "image"})
#: Directives with entries in YAML, of which this field is prose.
ENTRY_DIRECTIVES = frozenset({"nokkeltall"})
ENTRY_TEXT = re.compile(r"^\s*(?:-\s+)?tekst:(?P<text>.*)$", re.MULTILINE)
DIRECTIVE = re.compile(r"\{(?P<name>[^{}\s]+)\}\s*(?P<argument>.*)", re.DOTALL)
#: Options of directives, as lines before the content; these values are read by the reader.
OPTION = re.compile(r":(?P<name>[\w-]+):(?P<value>.*)")
TEXT_OPTIONS = frozenset({"alt", "caption", "title"})
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


@cache
def parser() -> MarkdownIt:
    """The parser of MyST's syntax, as far as it matters for what is prose."""
    reader = MarkdownIt("commonmark").enable("table")
    for plugin in (front_matter_plugin, myst_block_plugin, myst_role_plugin, colon_fence_plugin):
        reader.use(plugin)
    return reader


def read_markdown(text: str, file: str, cell: str = "", first_line: int = 1) -> Iterator[Passage]:
    """The passages of a Markdown source, in order; `first_line` is the line of the file or cell that it begins on."""
    line = first_line
    for token in parser().parse(text):
        if token.map is not None:
            line = first_line + token.map[0]
        if token.type == "inline":
            if passage := _read_inline(token, line, file, cell):
                yield passage
        elif token.type in {"fence", "colon_fence"}:
            yield from _read_fence(token, line, file, cell)
        elif token.type == "html_block":
            without_tags = TAG.sub(lambda tag: "\n" * tag.group().count("\n"), token.content)
            yield from plain_passages(file, cell, [(html.unescape(without_tags), line)])


def _read_inline(token: Token, line: int, file: str, cell: str) -> Passage | None:
    """The text of a paragraph, heading or cell of a table."""
    writer = PassageWriter(file, cell)
    raw, position = token.content, 0
    autolink = False
    for child in token.children or []:
        # Where the text stands in the source tells its line: breaks inside roles and code are no tokens of their own.
        start, end = _find(child.content, raw, position)
        place, position = line + raw.count("\n", 0, start), end
        if child.type == "text" and not autolink:
            writer.add(child.content, place)
        elif child.type in {"softbreak", "hardbreak"}:
            position = max(position, raw.find("\n", position) + 1)
            writer.add("\n", place)
        elif child.type == "myst_role":
            _read_role(child, place, writer)
        elif child.type == "code_inline":
            writer.add(COMPUTED, place)
        elif child.type == "image":
            writer.add(f"{child.content} {child.attrs.get('title', '')}", place)
        elif child.type == "link_open":
            autolink = child.info == "auto"
            if title := child.attrs.get("title"):
                writer.add(f"{title} ", place)
        elif child.type == "link_close":
            autolink = False
    return writer.passage()


def _find(content: str, raw: str, position: int) -> tuple[int, int]:
    """From and to where `content` stands in `raw`, at `position` or after; a line break in it has become a blank.

    Where it stands there in another form, as escapes do, it is taken to begin and end at `position`.
    """
    start = raw.find(content, position)
    if start < 0 and " " in content:
        found = re.compile(r"\s+".join(map(re.escape, content.split()))).search(raw, position)
        return found.span() if found else (position, position)
    return (start, start + len(content)) if start >= 0 else (position, position)


def _read_role(role: Token, line: int, writer: PassageWriter) -> None:
    """What is typed of a role, and the key of what it prints."""
    name, content = role.meta["name"], role.content
    if name in KEY_ROLES:
        writer.keys.add(content.split("|")[0].strip())
    titled = TITLED.fullmatch(content)
    if name in PRINTING_ROLES:
        writer.add(COMPUTED, line)
    elif titled:
        writer.add(titled["title"], line)
    elif name in LINKING_ROLES:
        writer.add(COMPUTED, line)
    else:
        writer.add(content, line)


def _read_fence(token: Token, line: int, file: str, cell: str) -> Iterator[Passage]:
    """The prose of a directive: its argument, some options and its content. Other fences are code."""
    directive = DIRECTIVE.fullmatch(token.info.strip())
    if directive is None:
        return
    name = directive["name"]
    if name not in NAMED_DIRECTIVES:
        yield from read_markdown(directive["argument"], file, cell, line)
    lines = token.content.split("\n")
    body = 0
    while body < len(lines) and (option := OPTION.fullmatch(lines[body].strip())):
        if option["name"] in TEXT_OPTIONS:
            yield from plain_passages(file, cell, [(option["value"], line + 1 + body)])
        body += 1
    content, first = "\n".join(lines[body:]), line + 1 + body
    if name in ENTRY_DIRECTIVES:
        texts = [
            (found["text"], first + content.count("\n", 0, found.start("text")))
            for found in ENTRY_TEXT.finditer(content)
        ]
        yield from plain_passages(file, cell, texts)
    elif name not in CODE_DIRECTIVES:
        yield from read_markdown(content, file, cell, first)
