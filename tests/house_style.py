"""What the style page for authors (book/prose/style.md) says of numbers and sentences, and finished text can show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from plain_reading import NO_BREAK_SPACE, Told

from digikom.prose.style import Rule

#: The kinds of texts that are read as sentences (what describes a picture or a file may have its digits), and the pages
#: that are not read: what is in English, and the recipe.
RUNNING = frozenset({"prose", "heading", "title"})
NOT_READ = frozenset({"abstract.md", "new_edition.md", "ny_argang.md"})

#: Where a sentence ends: not after an abbreviation, an initial or the number of a day.
END = re.compile(
    r"(?<!\b[Jj]f\.)(?<!\bf\.eks\.)(?<!\bkap\.)(?<!\bnr\.)(?<!\bca\.)(?<!\bmfl\.)(?<![^\w][A-ZÆØÅ]\.)(?<=[.!?])[»*_)]*\s+(?![a-zæøå])"
)
#: What is not the beginning of a sentence: points of lists, signs of headings and of emphasis.
MARKUP = re.compile(r"^(?:[-*>#]+ |\d+\. (?=\S))*[*_«(]*")
#: A whole number up to twelve that stands alone: no share, part of a number, or day of a month.
MONTHS = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
SMALL = re.compile(
    r"(?<![\w,.:–−/+§-])(?<!§ )(?<!\d )(?:[0-9]|1[0-2])"
    rf"(?![\w%/–-]|[,.:]\d| ?(?:prosent|\d{{3}})|\. (?:{MONTHS}))"
)
#: What numbers name rather than count, with the ends of a scale after it.
NAMED = re.compile(
    r"(?i)(?:score|grad|kategori|klasse|kapittel|figur|tabell|versjon|avsnitt|utgave|rad|lisens|n =|BY)\w*"
    r"(?: [a-zæøå]+){0,4}? (?:\d+(?:,| og| eller| til|–) )*$"
)
#: A whole number above twelve, beside which a small one is in digits too; years are no counts.
LARGE = re.compile(r"(?<![\w,.–−-])(?!(?:19|20)\d\d(?!\d))(?:1[3-9]|[2-9]\d|[1-9]\d{2,3})(?![\w%–-]|,\d| prosent)")
#: What differs between sentences of one frame: numbers, in digits or words, and names.
FILLING = re.compile(
    r"«[^»]*»|\d(?:[\d ,]*\d)?|(?<!\w)(?:én|ett|to|tre|fire|fem|seks|sju|åtte|ni|ti|elleve|tolv)(?!\w)", re.IGNORECASE
)
#: Sentences shorter than this, in words, are no formula.
SHORTEST = 6


def sentences(text: str) -> list[str]:
    """The sentences of a text, without what marks points and emphasis."""
    plain = MARKUP.sub("", text.replace(NO_BREAK_SPACE, " "))
    return [MARKUP.sub("", sentence).strip() for sentence in END.split(plain) if sentence.strip()]


def begins_with_a_digit(sentence: str) -> bool:
    """Whether a sentence begins with a number in digits."""
    return sentence[:1].isdigit()


def small_in_digits(sentence: str) -> bool:
    """Whether a count up to twelve is in digits, though none above twelve stands beside it."""
    counts = [found for found in SMALL.finditer(sentence) if not NAMED.search(sentence[: found.start()])]
    return bool(counts) and not LARGE.search(sentence)


def against(texts: Iterable[Told], wrong: Callable[[str], object], kinds: frozenset[str] = RUNNING) -> list[str]:
    """The sentences of the texts that are `wrong`, with their places, each once."""
    return list(
        dict.fromkeys(
            f"{text.place} ({text.kind}): {sentence}"
            for text, sentence in _all_sentences(texts, kinds)
            if wrong(sentence)
        )
    )


def formulas(texts: Iterable[Told]) -> list[str]:
    """The frames that several sentences of the prose of a page have: the page, how many, and the frame."""
    frames: Counter[tuple[str, str]] = Counter()
    for text, sentence in _all_sentences(texts, frozenset({"prose"})):
        frame = " ".join(FILLING.sub("…", sentence).split())
        if len(frame.split()) >= SHORTEST and "…" in frame:
            frames[text.place.partition("#")[0], frame] += 1
    return [f"{page}, {times} times: {frame}" for (page, frame), times in frames.items() if times > 1]


def alike(texts: Iterable[Told]) -> list[str]:
    """The third of three sentences with numbers in a row that begin with the same word, on a page."""
    prose = list(_all_sentences(texts, frozenset({"prose"})))
    return [
        f"{third[0].place}: {third[1]}"
        for three in zip(prose, prose[1:], prose[2:], strict=False)
        if len({(text.place.partition("#")[0], sentence.split()[0]) for text, sentence in three}) == 1
        and all(re.search(r"\d", sentence) for _, sentence in three)
        for third in three[2:]
    ]


def unused_words(texts: Iterable[Told], rules: list[Rule]) -> list[str]:
    """The sentences with words that have a better one."""
    kinds = RUNNING | {"caption", "wording"}
    return against(texts, lambda sentence: any(rule.pattern.search(sentence) for rule in rules), kinds)


def _all_sentences(texts: Iterable[Told], kinds: frozenset[str]) -> Iterator[tuple[Told, str]]:
    for text in texts:
        if text.kind in kinds and text.place not in NOT_READ and not text.text.startswith("|"):
            yield from ((text, sentence) for sentence in sentences(text.text))
