"""What may stand in the prose though no cell computes it: `book/prose/allowed.yml`, each entry with its reason."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from digikom.errors import InputError
from digikom.prose.passages import Passage

#: The file, from the root of the project.
ALLOWED_FILE = Path("book", "prose", "allowed.yml")

as_list = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
OneOrMore = Annotated[list[Annotated[str, Field(min_length=1)]], as_list]


class Allowed(BaseModel):
    """One entry: the words that may stand, and why.

    `text` are the words themselves, with `{}` for whatever is computed between them; `pattern` are regular expressions
    for them. `file` (with `*` and `?`) and `cell` narrow down where. `backed_by` are the keys of published numbers or
    words that bear out what is said; a paragraph must print one of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=False)

    file: str = "*"
    cell: OneOrMore = []
    text: OneOrMore = []
    pattern: Annotated[list[re.Pattern[str]], as_list] = []
    reason: Annotated[str, Field(min_length=10)]
    backed_by: OneOrMore = []

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if bool(self.text) == bool(self.pattern):
            raise ValueError("give either text or pattern")
        return self

    @cached_property
    def choices(self) -> dict[str, re.Pattern[str]]:
        """A pattern for each text or pattern of the entry; a blank stands for any white space."""
        found = {text: re.escape(text).replace("\\ ", " ") for text in self.text}
        found |= {pattern.pattern: pattern.pattern for pattern in self.pattern}
        return {words: re.compile(expression.replace(" ", r"\s+")) for words, expression in found.items()}

    def covering(self, passage: Passage, start: int, end: int) -> list[str]:
        """Which texts and patterns of the entry cover the characters from `start` to `end` of a passage."""
        if not fnmatchcase(passage.file, self.file) or (self.cell and passage.cell not in self.cell):
            return []
        if self.backed_by and passage.keys.isdisjoint(self.backed_by):
            return []
        return [
            words
            for words, expression in self.choices.items()
            if any(found.start() <= start and end <= found.end() for found in expression.finditer(passage.text))
        ]


def read_allowed(root: Path) -> list[Allowed]:
    """The entries of the project in `root`. Raises InputError with every problem of the file."""
    try:
        entries = yaml.safe_load((root / ALLOWED_FILE).read_text(encoding="utf-8")) or []
        return TypeAdapter(list[Allowed]).validate_python(entries)
    except ValidationError as error:
        problems = [
            f"{' '.join(str(part + 1) if isinstance(part, int) else part for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        ]
        raise InputError(f"{ALLOWED_FILE.as_posix()} is not as it should be. Entry:", problems) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{ALLOWED_FILE.as_posix()} cannot be read: {error}") from None
