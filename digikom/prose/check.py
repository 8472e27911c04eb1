"""Find what is typed in the prose though no cell has computed it, and refuse to build it."""

from __future__ import annotations

import re
from pathlib import Path

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose.allowed import ALLOWED_FILE, read_allowed
from digikom.prose.passages import Passage
from digikom.prose.sources import Sources
from digikom.prose.words import CHANGE, COMPARISON, EXTREME, DirectionWords, direction_words

#: A number as it is written: digits, also raised, lowered and as fractions, with what stands between them.
DIGIT = r"[\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u2079\u2080-\u2089\u2150-\u218b]"
NUMBER = re.compile(rf"{DIGIT}+(?:[.,:/\u2013\u00a0\u202f-]{DIGIT}+)*")

CLAIMS = {
    CHANGE: "says that something changed",
    COMPARISON: "compares",
    EXTREME: "says what is largest or smallest",
}
TYPED = "«{found}» is typed, and no cell has computed it: publish it with publish.number and print it with {{tall}}"
TYPED_IN_CODE = "«{found}» is typed into a text: take it from what the cell computes"
CLAIMED = (
    "«{found}» {claim}, and no cell has computed it: publish the word with publish.wording or publish.phrase and print "
    "it with {{ord}}"
)
CLAIMED_IN_CODE = (
    "«{found}» {claim}, and no comparison in the cell chooses it: choose it with a condition or publish.wording"
)
OR_ALLOW = f"; or allow it in {ALLOWED_FILE.as_posix()}, with the reason."


def find_loose(root: Path = PROJECT_ROOT) -> list[str]:
    """Every loose number and direction word in the sources of the project in `root`, and every entry of the allow-list
    that allows nothing or is backed by nothing: a line each, in the order of the files.

    Raises InputError when a source, the allow-list or the list of words cannot be read.
    """
    sources, words, allowed = Sources(root), direction_words(root), read_allowed(root)
    used: set[tuple[int, str]] = set()
    problems: list[str] = []
    for passage in sources.passages(words):
        for start, end, message in _loose(passage, words):
            covering = {
                (index, by)
                for index, entry in enumerate(allowed)
                if (by := entry.covering(passage, start, end)) is not None
            }
            used |= covering
            if not covering:
                problems.append(f"{passage.place}, line {passage.line(start)}: {message}")
    keys = sources.keys()
    for index, entry in enumerate(allowed):
        place = f"{ALLOWED_FILE.as_posix()}, entry {index + 1}"
        problems += [
            f"{place}: «{words}» allows nothing that stands in the prose: remove it."
            for words in entry.choices
            if (index, words) not in used
        ]
        problems += [
            f"{place}: no notebook publishes «{key}», which is to back it."
            for key in entry.backed_by
            if key not in keys
        ]
    return problems


def require_computed_prose(root: Path = PROJECT_ROOT) -> None:
    """Raise InputError with every line of `find_loose`, if there is any."""
    if problems := find_loose(root):
        raise InputError(f"{len(problems)} problem(s) in the prose of the report", problems)


def _loose(passage: Passage, words: DirectionWords) -> list[tuple[int, int, str]]:
    """Each number and unbound direction word of a passage: from and to which character, and what is wrong; in order.

    Of a find within another only the longer one is told.
    """
    found: list[tuple[int, int, str]] = []
    for number in NUMBER.finditer(passage.text):
        template = TYPED_IN_CODE if passage.is_code else TYPED
        found.append((number.start(), number.end(), template.format(found=number.group()) + OR_ALLOW))
    for kind, pattern in words.kinds.items():
        if kind not in passage.free:
            for word in pattern.finditer(passage.text):
                template = CLAIMED_IN_CODE if passage.is_code else CLAIMED
                message = template.format(found=" ".join(word.group().split()), claim=CLAIMS[kind])
                found.append((word.start(), word.end(), message + OR_ALLOW))
    return sorted(one for one in found if not any(_is_within(one, other) for other in found))


def _is_within(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether a find is a part of another, as «mest» is of «gått mest opp»."""
    return one[:2] != other[:2] and other[0] <= one[0] and one[1] <= other[1]
