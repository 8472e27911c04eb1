"""The prose of a Markdown source (MyST): what a reader reads of it, without what roles print and code shows."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin

#: Stands in the text of a passage for what a role prints, a template puts in or a code span shows.
COMPUTED = "{}"
#: What is looked for: a typed number, words for a change, a comparison or an extreme, a sentence put together in code.
NUMBER, CHANGE, COMPARISON, EXTREME, COMPOSED = "number", "change", "comparison", "extreme", "composed"
DIRECTIONS = frozenset({CHANGE, COMPARISON, EXTREME})
PROSE = DIRECTIONS | {NUMBER}

#: What is not typed words inside a paragraph: escapes, code and roles, targets of links, tags, signs of emphasis.
INLINE = re.compile(
    r"\\(?P<escaped>[^\w\s])"
    r"|(?:\{(?P<role>[\w:-]+)\})?(?P<ticks>`+)(?P<content>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\]\([^()\s]*(?:\s+\"(?P<title>[^\"]*)\")?\)"
    r"|<!--.*?-->|<[A-Za-z/!][^<>]*>|\*+|(?<!\w)_+|_+(?!\w)",
    re.DOTALL,
)
#: Roles that print what cells and the edition file hold: nothing of their content is typed. The first print by key.
KEY_ROLES = frozenset({"tall", "ord"})
PRINTING_ROLES = KEY_ROLES | {"utgaven", "cite:p", "cite:t"}
#: Marks of what must be published, or not, for a sentence to stay: nothing is printed.
MARKING_ROLES = frozenset({"med", "uten"})
#: Roles whose content is a target; a title before it is typed, as in {doc}`see here </page>`.
LINKING_ROLES = frozenset({"doc", "numref", "ref", "download"})
TITLED = re.compile(r"(?P<title>.+?)\s*<[^<>]*>", re.DOTALL)

#: Directives whose argument is a name; that of any other is read by the reader.
NAMED_DIRECTIVES = frozenset(
    {"fra-utgaven", "har-siden", "container", "nokkeltall", "rettelser", "image", "figure", "code-block"}
    | {"sitering", "kontroll", "alle-tall", "beregningsvei", "trykt"}
)
#: Directives whose content is no prose.
CODE_DIRECTIVES = frozenset({"code-block", "code", "code-cell", "math", "literalinclude", "image"})
DIRECTIVE = re.compile(r"\{(?P<name>[^{}\s]+)\}\s*(?P<argument>.*)", re.DOTALL)
#: Directives with entries in YAML, and what of their lines is no prose.
ENTRY_DIRECTIVES = frozenset({"nokkeltall"})
UNREAD_ENTRY = re.compile(r"^(?:[ -]*tekst:|.*)", re.MULTILINE)
#: Options of directives, as lines before the content; these values are read by the reader.
OPTION = re.compile(r":(?P<name>[\w-]+):(?P<value>.*)")
TEXT_OPTIONS = frozenset({"alt", "caption", "title"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, cell of a table, template or text in code, with `{}` for everything that is not typed.

    `first_line` is where in the file (or cell) it begins. `keys` are those of what its roles print, `kinds` what is
    looked for in it, and `source` is a paragraph as it is written.
    """

    file: str
    cell: str
    text: str
    first_line: int
    keys: frozenset[str] = frozenset()
    kinds: frozenset[str] = PROSE
    source: str = ""

    def place(self, position: int, within: str = "") -> str:
        """Where the character at `position` of the text, or of its source, is, as messages say it."""
        line = self.first_line + (within or self.text).count("\n", 0, position)
        return f"{self.file}, cell {self.cell}, line {line}" if self.cell else f"{self.file}, line {line}"


@cache
def parser() -> MarkdownIt:
    """The parser of MyST's blocks, as far as they matter for what is prose; what is in a paragraph is read as text."""
    reader = MarkdownIt("commonmark").enable("table").disable("inline")
    for plugin in (front_matter_plugin, myst_block_plugin, colon_fence_plugin):
        reader.use(plugin)
    return reader


def read_markdown(text: str, file: str, cell: str = "", first_line: int = 1) -> Iterator[Passage]:
    """The passages of a Markdown source, in order; `first_line` is the line of the file or cell that it begins on."""
    line = first_line
    for token in parser().parse(text):
        if token.map is not None:
            line = first_line + token.map[0]
        if token.type in {"inline", "html_block"}:
            yield from read_paragraph(token.content, file, cell, line)
        elif token.type in {"fence", "colon_fence"}:
            yield from _read_fence(token, line, file, cell)


def read_paragraph(source: str, file: str, cell: str, line: int, kinds: frozenset[str] = PROSE) -> Iterator[Passage]:
    """The passage of a paragraph, heading, cell of a table or part of a template, where something is typed in it."""
    roles = [found for found in INLINE.finditer(source) if found["role"] in KEY_ROLES]
    keys = frozenset(role["content"].split("|")[0].strip() for role in roles)
    if (text := html.unescape(INLINE.sub(_typed, source))).strip():
        yield Passage(file, cell, text, line, keys, kinds, source)


def _typed(found: re.Match[str]) -> str:
    """What is typed of a match of `INLINE`, with the line breaks of all of it."""
    role, content = found["role"], found["content"]
    words = found["escaped"] or f" {found['title'] or ''}".rstrip()
    if content and role not in MARKING_ROLES:
        titled = None if role is None or role in PRINTING_ROLES else TITLED.fullmatch(content)
        unread = role is None or role in PRINTING_ROLES | LINKING_ROLES
        words = titled["title"] if titled else COMPUTED if unread else content
    return words + "\n" * (found.group().count("\n") - words.count("\n"))


def _read_fence(token: Token, line: int, file: str, cell: str) -> Iterator[Passage]:
    """The prose of a directive: its argument, some options and its content. Other fences are code."""
    directive = DIRECTIVE.fullmatch(token.info.strip())
    if directive is None:
        return
    name = directive["name"]
    if name not in NAMED_DIRECTIVES:
        yield from read_markdown(directive["argument"], file, cell, line)
    lines, body = token.content.split("\n"), 0
    while body < len(lines) and (option := OPTION.fullmatch(lines[body].strip())):
        lines[body] = option["value"] if option["name"] in TEXT_OPTIONS else ""
        body += 1
    content = "" if name in CODE_DIRECTIVES else "\n".join(lines[body:])
    if name in ENTRY_DIRECTIVES:
        content = UNREAD_ENTRY.sub("", content)
    yield from read_markdown("\n".join([*lines[:body], content]), file, cell, line + 1)
