"""Find the numbers and direction words that are typed in the prose, and refuse to build where there are any."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose.markdown import CHANGE, COMPARISON, COMPOSED, DIRECTIONS, EXTREME, NUMBER, Passage
from digikom.prose.typed_texts import passages, read_sources, unused_words

#: What may stand in the prose though no cell computes it, and the direction words, from the root of the project.
ALLOWED_FILE = Path("book", "prose", "allowed.yml")
WORDS_FILE = Path("book", "prose", "direction_words.yml")

#: Digits, also raised, lowered and as fractions, with what stands between them.
DIGIT = r"[\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u218b]"
DIGITS = rf"{DIGIT}+(?:[.,:/\u2013\u00a0\u202f-]{DIGIT}+)*"
#: In bokmål and English: numbers as words; what begins and joins a span of them; what they are limits after; and what
#: the method and the results count, before which they are numbers.
NUMERALS = (
    (
        "to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|(?:tret|fjor|fem|seks|syt|at|nit)ten|tjue|hundre",
        ("null|én|ett|en", "eller|til|og|av|av de"),
        r"(?:score|grad)\w*|(?:score|grad)\w* på|minst|høyst|(?:færre|flere|mer|mindre) enn",
        "score|grad|område|funksjon|aktivitet|tjeneste|poeng|kommune|fylke|prosent|svar|størrelsesgruppe|indikator",
    ),
    (
        "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty",
        ("zero|one", "or|to|and|of|of the"),
        r"(?:score|grade)s?|(?:score|grade)s? of|at (?:least|most)|(?:fewer|more|less) than",
        "score|grade|area|function|activit|service|point|municipalit|count[yi]|per cent|answer|indicator|size group",
    ),
)
#: What leaves a number open upwards or downwards.
OPEN = "eller (?:flere|færre|mer)|or (?:more|fewer)"

CHOOSE = "let a template that the numbers choose say it (book/ord/), and print it with {tall} or {ord}"
#: What is wrong with what is found, by kind.
WRONG = {
    NUMBER: "is typed, and no cell has computed it: publish it and print it with {tall}, or give it to a template",
    CHANGE: f"says that something changed, and no cell has computed it: {CHOOSE}",
    COMPARISON: f"compares, and no cell has computed it: {CHOOSE}",
    EXTREME: f"says what is largest or smallest, and no cell has computed it: {CHOOSE}",
    COMPOSED: "is put together in code: sentences are templates in book/ord/, with facts put in by name",
}
OR_ALLOW = f"; or allow it in {ALLOWED_FILE.as_posix()}, with the reason."

as_list = BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
OneOrMore = Annotated[list[Annotated[str, Field(min_length=1)]], as_list]


class Allowed(BaseModel):
    """One entry: the words that may stand, and why.

    `text` are the words themselves, with `{}` for whatever is computed between them; `pattern` are regular expressions
    for them. `file` (with `*` and `?`) narrows down where. `backed_by` are the keys of published numbers or words that
    bear out what is said; a paragraph must print one of them.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=False)

    file: str = "*"
    text: OneOrMore = []
    pattern: OneOrMore = []
    reason: Annotated[str, Field(min_length=10)]
    backed_by: OneOrMore = []

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if bool(self.text) == bool(self.pattern):
            raise ValueError("give either text or pattern")
        for words in self.pattern:
            try:
                _spaced(words)
            except re.error as error:
                raise ValueError(f"the pattern {words!r} is no regular expression: {error}") from None
        return self

    @cached_property
    def choices(self) -> dict[str, re.Pattern[str]]:
        """A pattern for each text or pattern of the entry."""
        texts = {text: _spaced(re.escape(text).replace("\\ ", " ")) for text in self.text}
        return texts | {words: _spaced(words) for words in self.pattern}

    def covering(self, passage: Passage, start: int, end: int) -> list[str]:
        """Which texts and patterns of the entry cover the characters from `start` to `end` of a passage."""
        if not fnmatchcase(passage.file, self.file) or (self.backed_by and passage.keys.isdisjoint(self.backed_by)):
            return []
        return [
            words
            for words, expression in self.choices.items()
            if any(found.start() <= start and end <= found.end() for found in expression.finditer(passage.text))
        ]


def find_loose(root: Path = PROJECT_ROOT) -> list[str]:
    """Every loose number, direction word and composed sentence in the sources of the project in `root`, all words that
    are not used, and every entry of the allow-list that allows nothing: a line each, in the order of the files.

    Raises InputError when a source, the allow-list or the list of words cannot be read.
    """
    texts, allowed, expressions = read_sources(root), read_allowed(root), patterns(root)
    used: set[tuple[int, str]] = set()
    problems: list[str] = []
    for passage in passages(texts):
        for start, end, kind in _loose(passage, expressions):
            covering = {(at, by) for at, entry in enumerate(allowed, 1) for by in entry.covering(passage, start, end)}
            used |= covering
            if not covering:
                found = " ".join(passage.text[start:end].split())
                problems.append(f"{passage.place(start)}: «{found}» {WRONG[kind]}{OR_ALLOW}")
    problems += [f"{place}: nothing publishes «{key}»: remove it." for place, key in unused_words(texts)]
    problems += [
        f"{ALLOWED_FILE.as_posix()}, entry {at}: «{words}» allows nothing that stands in the prose: remove it."
        for at, entry in enumerate(allowed, 1)
        for words in entry.choices
        if (at, words) not in used
    ]
    return problems


def require_computed_prose(root: Path = PROJECT_ROOT) -> None:
    """Raise InputError with every line of `find_loose`, if there is any."""
    if problems := find_loose(root):
        raise InputError(f"{len(problems)} problem(s) in the prose of the report", problems)


def _loose(passage: Passage, expressions: dict[str, re.Pattern[str]]) -> list[tuple[int, int, str]]:
    """What is found in a passage, in order: from and to which character, and its kind. Of a find within another, only
    the longer one counts, as «gått mest opp» instead of «mest».
    """
    spans = [
        (*found.span(), kind)
        for kind, pattern in expressions.items()
        if kind in passage.kinds
        for found in pattern.finditer(passage.text)
    ]
    return sorted(
        one
        for one in spans
        if not any(one[:2] != other[:2] and other[0] <= one[0] and one[1] <= other[1] for other in spans)
    )


def read_allowed(root: Path) -> list[Allowed]:
    """The entries of the project in `root`. Raises InputError with every problem of the file."""
    try:
        entries = yaml.load((root / ALLOWED_FILE).read_text(encoding="utf-8"), yaml.CSafeLoader) or []
        return TypeAdapter(list[Allowed]).validate_python(entries)
    except ValidationError as error:
        problems = [
            f"{' '.join(str(part + 1) if isinstance(part, int) else part for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        ]
        raise InputError(f"{ALLOWED_FILE.as_posix()} is not as it should be. Entry:", problems) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{ALLOWED_FILE.as_posix()} cannot be read: {error}") from None


def patterns(root: Path) -> dict[str, re.Pattern[str]]:
    """What to look for in the project in `root`, by kind. Raises InputError when its file is not as it should be."""
    numerals = (
        f"(?:{before}) (?:{word})|(?:{first}|{word})(?: (?:{join}) (?:{word}))+|(?:{word}) (?:{counted}|{OPEN})\\w*"
        for word, (first, join), before, counted in NUMERALS
    )
    try:
        entries = yaml.load((root / WORDS_FILE).read_text(encoding="utf-8"), yaml.CSafeLoader)
        words = TypeAdapter(dict[str, dict[str, list[str]]]).validate_python(entries)
        if set(words) != DIRECTIONS:
            raise ValueError(f"expected the kinds {', '.join(sorted(DIRECTIONS))}")
        directions = {kind: whole_words(word for part in words[kind].values() for word in part) for kind in words}
    except (OSError, ValueError, yaml.YAMLError, re.error) as error:
        raise InputError(f"{WORDS_FILE.as_posix()} cannot be read: {error}") from None
    number = re.compile(f"{DIGITS}|{whole_words(numerals).pattern}", re.IGNORECASE)
    return {NUMBER: number, COMPOSED: re.compile(".+", re.DOTALL), **directions}


def whole_words(choices: Iterable[str]) -> re.Pattern[str]:
    """A pattern for one of the expressions, as whole words in any case. Raises re.error."""
    return _spaced(rf"(?<!\w)(?:{'|'.join(choices)})(?!\w)", re.IGNORECASE)


def _spaced(expression: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression in which a blank stands for any white space. Raises re.error."""
    return re.compile(expression.replace(" ", r"\s+"), flags)
