"""Find what is typed in the prose though no cell has computed it, and refuse to build it."""

from __future__ import annotations

from pathlib import Path

from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT
from digikom.prose.allowed import ALLOWED_FILE, read_allowed
from digikom.prose.passages import CHANGE, COMPARISON, COMPOSED, EXTREME, NUMBER, Passage
from digikom.prose.sources import passages, read_sources, unused_words
from digikom.prose.words import patterns

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


def find_loose(root: Path = PROJECT_ROOT) -> list[str]:
    """Every loose number, direction word and composed sentence in the sources of the project in `root`, all words that
    are not used, and every entry of the allow-list that allows nothing: a line each, in the order of the files.

    Raises InputError when a source, the allow-list or the list of words cannot be read.
    """
    texts, allowed = read_sources(root), read_allowed(root)
    used: set[tuple[int, str]] = set()
    problems: list[str] = []
    for passage in passages(texts):
        for start, end, kind in _loose(passage, root):
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


def _loose(passage: Passage, root: Path) -> list[tuple[int, int, str]]:
    """What is found in a passage, in order: from and to which character, and its kind. Of a find within another, only
    the longer one is told, as «gått mest opp» instead of «mest».
    """
    spans = [
        (*found.span(), kind)
        for kind, pattern in patterns(root).items()
        if kind in passage.kinds
        for found in pattern.finditer(passage.text)
    ]
    return sorted(
        one
        for one in spans
        if not any(one[:2] != other[:2] and other[0] <= one[0] and one[1] <= other[1] for other in spans)
    )
