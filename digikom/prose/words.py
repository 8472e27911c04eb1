"""What is looked for: numbers in digits and words, and words that say which way something went or which is largest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from digikom.errors import InputError
from digikom.prose.passages import COMPOSED, DIRECTIONS, NUMBER

#: The direction words, from the root of the project.
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


@cache
def patterns(root: Path) -> dict[str, re.Pattern[str]]:
    """What to look for in the project in `root`, by kind. Raises InputError when its file is not as it should be."""
    numerals = (
        f"(?:{before}) (?:{word})|(?:{first}|{word})(?: (?:{join}) (?:{word}))+|(?:{word}) (?:{counted}|{OPEN})\\w*"
        for word, (first, join), before, counted in NUMERALS
    )
    try:
        entries = yaml.safe_load((root / WORDS_FILE).read_text(encoding="utf-8"))
        if set(entries) != DIRECTIONS:
            raise ValueError(f"expected the kinds {', '.join(sorted(DIRECTIONS))}")
        directions = {kind: _words(word for words in entries[kind].values() for word in words) for kind in entries}
    except (OSError, ValueError, yaml.YAMLError, re.error, LookupError, TypeError, AttributeError) as error:
        raise InputError(f"{WORDS_FILE} cannot be read: {type(error).__name__}: {error}") from None
    number = re.compile(f"{DIGITS}|{_words(numerals).pattern}", re.IGNORECASE)
    return {NUMBER: number, COMPOSED: re.compile(".+", re.DOTALL), **directions}


def _words(choices: Iterable[str]) -> re.Pattern[str]:
    """Whole words, in any case; a blank stands for any white space."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(choices)})(?!\w)".replace(" ", r"\s+"), re.IGNORECASE)
