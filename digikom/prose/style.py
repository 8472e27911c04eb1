"""Find the words that the style of the report does without, and sentences that begin with a number in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose.loose import OneOrMore, whole_words
from digikom.prose.markdown import Passage
from digikom.prose.typed_texts import passages, read_sources

#: The words that are not used, from the root of the project, and why.
STYLE_FILE = Path("book", "prose", "style.yml")
STYLE_PAGE = Path("book", "prose", "style.md")

#: A number that begins a sentence in another form than «Åtte»; a cell of a table, with nothing after it, is none.
BEGINNING = re.compile(
    r"(?:\A|[.!?]\s+)(?:\{(?:med|uten)\}`[^`]*`\s*)*[*_]*"
    r"(?P<role>\{tall\}`[^`|]+(?:\|(?!Ord|Ett|en)[^`]*)?`)[*_]*\s+(?=[^\W\d])"
)


class Rule(BaseModel):
    """Words that are not used, as regular expressions, and what is said instead."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    words: Annotated[OneOrMore, Field(min_length=1)]
    better: Annotated[str, Field(min_length=3)]

    @field_validator("words")
    @classmethod
    def _are_expressions(cls, words: list[str]) -> list[str]:
        for each in words:
            try:
                whole_words([each])
            except re.error as error:
                raise ValueError(f"{each!r} is no regular expression: {error}") from None
        return words

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What is looked for."""
        return whole_words(self.words)


def read_rules(root: Path = PROJECT_ROOT) -> list[Rule]:
    """The rules of the project in `root`. Raises InputError when their file is not as it should be."""
    try:
        entries = yaml.safe_load((root / STYLE_FILE).read_text(encoding="utf-8")) or []
        return TypeAdapter(list[Rule]).validate_python(entries)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise InputError(f"{STYLE_FILE.as_posix()} cannot be read: {error}") from None


def find_style(root: Path = PROJECT_ROOT) -> list[str]:
    """Every word that is not used and number that begins a sentence in the sources of the project in `root`: a line
    each, in the order of the files. Raises InputError when a source or the rules cannot be read.
    """
    rules = read_rules(root)
    return [line for passage in passages(read_sources(root)) for line in _against(passage, rules)]


def require_style(root: Path = PROJECT_ROOT) -> None:
    """Raise InputError with every line of `find_style`, if there is any."""
    if problems := find_style(root):
        raise InputError(
            f"{len(problems)} place(s) against the style of the report ({STYLE_PAGE.as_posix()})", problems
        )


def _against(passage: Passage, rules: list[Rule]) -> Iterator[str]:
    """What of a passage is against the style."""
    for rule in rules:
        for found in rule.pattern.finditer(passage.text):
            yield f"{passage.place(found.start())}: «{' '.join(found.group().split())}» – better: {rule.better}"
    for found in BEGINNING.finditer(passage.source):
        place = passage.place(found.start("role"), passage.source)
        yield f"{place}: {found['role']} begins a sentence – better: the form |Ord, or the subject first"
