"""Comparing what a survey system writes with what the codebook calls it: folded, nearly alike, or damaged letters."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable

from digikom import reading

_FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d", "ŋ": "n", "ŧ": "t"})
#: Marks without a width that programs leave in exported text.
_INVISIBLE = re.compile("[\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]")
#: Norwegian letters that were read in the wrong encoding (UTF-8 as Windows-1252, DOS or Macintosh as Windows-1252), or
#: are lost. Of what is no Norwegian text elsewhere either.
_GARBLED = re.compile("Ã[\x80-\xbf¦¸¥†˜…]|\N{REPLACEMENT CHARACTER}|(?<=[a-zæøå])[†›‘¿Œ¾](?=[a-zæøå])")


def tidy(text: str) -> str:
    """The text without space around it, with one plain space for each run of white space, letters composed (NFC)."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def folded(text: str) -> str:
    """The text in small letters without accents and punctuation: «Åpne data?» and «apne data» are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    letters = "".join(mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark))
    return " ".join(letters.split())


def is_garbled(text: str) -> bool:
    """Whether letters of a text look like those of another encoding."""
    return not text.isascii() and _GARBLED.search(text) is not None


def near(word: str, possible: Iterable[str], cutoff: float = 0.7) -> list[str]:
    """The at most three of `possible` that `word` is closest to, regardless of letter case."""
    names: dict[str, str] = {}
    for name in possible:
        names.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(word.casefold()[:200], list(names), n=3, cutoff=cutoff)
    return [names[one] for one in found]


def hint(word: str, possible: Iterable[str]) -> str:
    """«; is X meant?» for the closest of `possible`, or nothing."""
    found = near(word, possible)
    return f"; is {reading.printable(found[0])} meant?" if found else ""
