"""The sentences of a paragraph in Markdown, and the keys that a piece of text mentions."""

from __future__ import annotations

import re

#: Code between backticks, and roles: what is in them is no prose.
CODE = re.compile(
    r"(?:\{(?P<role>[\w:+-]+)\})?(?<!`)(?P<ticks>`+)(?!`)(?P<text>.+?)(?<!`)(?P=ticks)(?!`)",
    re.DOTALL,
)
#: Targets of links, web addresses, HTML and mathematics, when code is gone.
OTHER = re.compile(r"(?<=\])\([^()\s]*\)|<[^<>\n]+>|https?://\S+|\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
#: What is never cut in two: emphasis, brackets and quotations.
WHOLE = re.compile(r"\*\*.+?\*\*|\*[^*\n]+\*|\([^()]*\)|«[^«»]*»|\[[^\[\]]*\]", re.DOTALL)
END = re.compile(r"[.!?…][.!?…»”’\"')\]*_]*(?=\s+(?P<opening>[«“\"'(\[*_]*)(?P<next>\S))")
LABEL = re.compile(r"\*\*[^*]+\*\*\s*")
MASK = "\0"

#: Abbreviations that something always follows, and those that may end a sentence, without their last point.
LEADING = frozenset(
    {
        *("jf", "ca", "nr", "kap", "f.eks", "bl.a", "dvs", "hhv", "s", "t.d", "kl", "evt", "inkl", "ekskl", "maks"),
        *("min", "pr", "tlf", "fig", "vol", "prof", "dr", "avd", "fhv", "iht", "ift", "mht", "pga", "vha"),
        *("e.g", "i.e", "cf", "vs", "approx"),
    }
)
TRAILING = frozenset(
    {
        *("mfl", "m.fl", "pst", "pct", "osv", "mv", "m.v", "m.m", "mm", "o.l", "o.a", "etc", "stk", "mill", "mrd"),
        *("kr", "jan", "febr", "aug", "sept", "okt", "nov", "des"),
    }
)

PRINTING = frozenset({"tall", "ord"})
REFERRING = frozenset({"numref", "ref"})
#: What compares a number with the reference year, with the comma before it: the sentence stands without it.
ADDITION = re.compile(r",?\s*\{ord\}`(?P<key>[\w-]+-since)(?:\|\w+)?`(?P<after>[^\s{]*)")
#: Marks: the sentence stays only if the key is published, or only if it is not.
NEEDED, REFUSED = "med", "uten"
MARKS = frozenset({NEEDED, REFUSED})
MARK_LINE = re.compile(rf"\s*(?:\{{(?:{NEEDED}|{REFUSED})\}}`[^`]+`[ \t]*)+(?:\n|$)")
#: The figures and tables that a role or a link leads to, a title before them or not; other targets are no keys.
REFERENCE = re.compile(r"^(?:.*<)?\s*((?:fig|tab)-[^<>]+?)\s*>?\s*$", re.DOTALL)
LINK = re.compile(r"\]\(#?((?:fig|tab)-[\w-]+)\)")


def mentions(text: str) -> list[tuple[str, str]]:
    """The keys that `text` prints, refers to or marks, each with the mark, if any; targets of links come last."""
    found = []
    for code in CODE.finditer(text):
        role, content = code["role"], code["text"]
        if role in PRINTING | MARKS:
            found.append((content.partition("|")[0].strip(), role if role in MARKS else ""))
        elif role in REFERRING:
            found += [(key, "") for key in REFERENCE.findall(content)]
    return [*found, *((key, "") for key in LINK.findall(CODE.sub(_mask, text)))]


def unmarked(text: str) -> str:
    """The text without its marks."""
    return re.sub(rf"\{{(?:{NEEDED}|{REFUSED})\}}`[^`]+`\s*", "", text)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, each with the white space that follows it."""
    masked = OTHER.sub(_mask, CODE.sub(_mask, text))
    wholes = [found.span() for found in WHOLE.finditer(masked)]
    cuts = [0]
    for end in END.finditer(masked):
        if _ends(masked, end) and not any(first < end.end() < last for first, last in wholes):
            cuts.append(end.start("opening"))
    return [text[begin:end] for begin, end in zip(cuts, [*cuts[1:], len(text)], strict=True) if begin < end]


def _mask(found: re.Match[str]) -> str:
    return MASK * len(found.group())


def _ends(masked: str, end: re.Match[str]) -> bool:
    """Whether the mark is the end of a sentence, and not of an abbreviation, an initial or an ordinal."""
    following = end["next"]
    if following.islower():
        return False
    if masked[end.start()] != ".":
        return True
    word = masked[: end.start()].split()[-1:] or [""]
    last = word[0].lstrip("([«“\"'*_").casefold()
    if last in LEADING or (len(last) == 1 and last.isalpha()):
        return False
    if last in TRAILING:
        return following.isupper() or following in "«“"
    return not (last.isdigit() and len(last) < 3 and following.isdigit())


def first_words(text: str, longest: int = 60) -> str:
    """How a passage begins, for a list: plain text, «…» for what roles print."""
    plain = CODE.sub(lambda code: "…" if code["role"] else code["text"], unmarked(text))
    words = re.sub(r"[*#]|\]\([^()]*\)|\[", "", plain).split()
    shown = ""
    for word in words:
        if len(shown) + len(word) >= longest:
            return f"{shown} …"
        shown = f"{shown} {word}".strip()
    return shown
