"""The words that say which way something went or which is largest, from `book/prose/direction_words.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from digikom.errors import InputError

#: The file, from the root of the project.
WORDS_FILE = Path("book", "prose", "direction_words.yml")
#: Kinds of direction words: something has changed, is compared with something else, or is the largest or smallest.
CHANGE, COMPARISON, EXTREME = "change", "comparison", "extreme"
KINDS = frozenset({CHANGE, COMPARISON, EXTREME})


@dataclass(frozen=True, slots=True)
class DirectionWords:
    """A pattern for each kind, and one for all Norwegian words: English ones are names in code, too."""

    kinds: dict[str, re.Pattern[str]]
    norwegian: re.Pattern[str]


@cache
def direction_words(root: Path) -> DirectionWords:
    """The direction words of the project in `root`. Raises InputError when the file is not as it should be."""
    try:
        entries = yaml.safe_load((root / WORDS_FILE).read_text(encoding="utf-8"))
        if set(entries) != KINDS:
            raise ValueError(f"expected the kinds {', '.join(sorted(KINDS))}")
        kinds = {kind: _pattern([word for words in entries[kind].values() for word in words]) for kind in sorted(KINDS)}
        return DirectionWords(kinds, _pattern([word for kind in sorted(KINDS) for word in entries[kind]["nb"]]))
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        re.error,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise InputError(f"{WORDS_FILE} cannot be read: {type(error).__name__}: {error}") from None


def _pattern(entries: list[str]) -> re.Pattern[str]:
    """Whole words, in any case; a blank stands for any white space."""
    choices = "|".join(entry.replace(" ", r"\s+") for entry in entries)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
