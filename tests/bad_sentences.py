"""What no published text may look like, whatever was answered: a pattern each, with an example and a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import Match, Pattern

from plain_reading import NO_BREAK_SPACE, Told

from digikom.publish.formatting import NUMERALS
from digikom.publish.words import LONGEST_TITLE

SENTENCES = frozenset({"title", "caption", "alt", "note", "base", "prose", "heading", "wording", "number"})
ALL = SENTENCES | {"english", "row", "columns", "question"}
FINE = "I 2022 svarte 354 kommuner, 99,4 prosent av alle."
#: A number as a reader sees it, not a part of a longer one; up to twelve also in words.
NUMBER = rf"(?<![\w,.–-])(?P<one>\d+(?:,\d+)?|{'|'.join(NUMERALS[2:])})(?![\w]|,\d)"
AGAIN = r"(?<![\w,.–-])(?P=one)(?![\w]|,\d| \d{3})"
PLURALS = (
    "kommuner|kommunene|størrelsesgrupper|størrelsesgruppene|fylker|fylkene|områder|områdene|svaralternativer|årsaker"
    "|prosjekter|funksjoner|grupper|gruppene|aktiviteter|tjenester|spørsmål som|respondenter|endringer|andre grupper"
)
#: A few words between two numbers of a sentence.
MORE = "[^.;:|]{0,80}?"


@dataclass(frozen=True)
class Bad:
    """A pattern that must not be found in texts of these kinds, why, a text that has it and one that has not."""

    pattern: Pattern[str]
    reason: str
    example: str
    fine: str
    kinds: frozenset[str]


def _bad(pattern: str, reason: str, example: str, fine: str = "", kinds: frozenset[str] = SENTENCES) -> Bad:
    return Bad(re.compile(pattern), reason, example, fine or FINE, kinds)


BAD = [
    # One, none and all.
    _bad(rf"(?<![\d,.–-])(?<!\d )1 (?:{PLURALS})\b", "one is singular", "Bare 1 kommuner svarte", "31 kommuner svarte"),
    _bad(r"(?<![\d,.])1 (?:municipalities|groups|counties|areas)\b", "one is singular", "1 municipalities", kinds=ALL),
    _bad(r"\b[Dd]e(?:m som er)? [01]\b(?! \d)", "there are no «de 0» and no «de 1»", "De 0 er små", "De 10 er små"),
    _bad(r"\b[Aa]lle [01]\b(?! \d)", "not all of none, nor of one", "Alle 1 svarte", "Alle 12 svarte"),
    _bad(r"\b[Ii] alle (?:de )?[01]\b", "not in all of one", "i alle 1 gruppene"),
    _bad(r"\bav (?:de )?0\b(?!,| \d{3})", "no share of none", "0 av 0 kommuner", "av 0,5 prosent"),
    _bad(r"\bn = 0\b", "nothing has no respondents", "n = 0 (kommuner)", "n = 10", kinds=ALL),
    _bad(r"\b[Aa]v (?:de )?1 (?:kommune\b|kommuner\b)", "no share of one", "Av 1 kommuner har alle en strategi"),
    _bad(
        r"(?<![\d,.–-])(?<!\d )(?<!og )0 (?:kommuner\b|har\b|under\b|gjør\b|av (?:de )?\d+ (?:fylker|kommuner))",
        "none is «ingen»",
        "0 kommuner gjør det",
        "40 kommuner gjør det",
        frozenset({"title", "prose", "heading", "wording", "alt"}),
    ),
    _bad(r"er alle ingen", "nobody is not all", "De som ikke tror det, er alle ingen kommuner"),
    _bad(r"\ber ingen kommuner\b|ingen kommuner\)", "nobody is no kind of municipality", "De 0 er ingen kommuner"),
    _bad(r"\b(?:Bare|bare|Kun|kun) (\d+) av (?:de )?\1\b", "all is not only", "Bare 2 av 2", "Bare 2 av 20"),
    _bad(
        rf"(?<![\d,])(\d+) av (?:de )?\1 (?:{PLURALS})\b", "all of them: «alle»", "i 6 av 6 fylker", "i 6 av 16 fylker"
    ),
    _bad(r"(?:Bare|bare|Kun|kun) (?:ingen|alle|0\b(?!,))", "none and all are not only", "Bare alle kommuner"),
    _bad(
        r"\b[Ii]ngen kommuner? (?:og|eller) (?:ingen|alle)", "none is no group among others", "ingen kommuner og alle"
    ),
    _bad(
        r"(?<![\d,])0(?:,0)? (?:prosent )?(?:svarte|har|hadde)[^.]*\. (?:En del|Noen|Flere|Mange) av dem",
        "nothing is told of nobody",
        "0 svarte at de ikke har noen. En del av dem kan ha det.",
    ),
    _bad(
        r"\bNoen settes for det meste ut\b.*\b0,0 prosent",
        "nobody does it",
        "Noen settes for det meste ut: 0,0 prosent",
    ),
    _bad(
        r"(?i)\b(?:flertallet|de fleste|mange|flest)\b[^.]{0,80}(?<![\d,])0,0 prosent",
        "nought is not most",
        "De fleste, 0,0 prosent, svarte ja",
        "De fleste, 80,0 prosent, svarte ja",
        SENTENCES - {"number"},
    ),
    _bad(
        r"(?i)\b(?:få|færrest|sjeldnest|minst(?! \d| én| ett))\b[^.]{0,60}(?<![\d,])100,0 prosent",
        "all are not fewest",
        "Færrest venter dette, 100,0 prosent",
        "minst 10 områder: 100,0 prosent",
    ),
    # Ties, and what has not changed.
    _bad(
        rf"\b[Ff]ra {NUMBER}(?: prosent\w*)?{MORE} til {AGAIN}",
        "from a number to the same",
        "går fra 100,0 prosent i Agder til 100,0 prosent i Agder",
        "går fra 10,0 prosent til 100,0 prosent",
    ),
    _bad(
        rf"\bmellom {NUMBER}(?: prosent\w*)?{MORE} og {AGAIN}",
        "between a number and the same",
        "ligger mellom 5,0 og 5,0",
        "ligger mellom 5,0 og 5,1",
    ),
    _bad(
        rf"{NUMBER}(?: prosent)?(?: av [^.,|]{{0,60}})?,? mot {AGAIN}",
        "unchanged: «uendret»",
        "medianen er åtte, mot åtte",
        "medianen er 8, mot 8,5",
    ),
    _bad(
        rf"{NUMBER}(?: prosent)?,? (?:omtrent )?på nivå med {AGAIN}",
        "equal is not about as many",
        "29,4 prosent, omtrent på nivå med 29,4",
        "29,4 prosent, omtrent på nivå med 28,4",
    ),
    _bad(
        rf"{NUMBER}(?: prosent)?[^.;\d]{{0,30}}?,? (?:omtrent|om lag) (?:det samme |like mange )?som {AGAIN}",
        "equal is not about as many",
        "åtte områder, omtrent som åtte før",
        "åtte områder, omtrent som sju før",
    ),
    _bad(
        rf"{NUMBER} prosent[^.\d]{{0,60}} der (?:andelen|medianen) er {AGAIN}",
        "equal is «det samme»",
        "28,8 prosent, mot ellers, der andelen er 28,8",
        "28,8 prosent, mot ellers, der andelen er 28,9",
    ),
    _bad(rf"{NUMBER}(?: prosent)?,? (?:opp|ned) fra {AGAIN}", "unchanged is no change", "29,4 prosent, opp fra 29,4"),
    _bad(
        r"(?<![\d,])0(?:,0)? prosentpoeng (?:høyere|lavere|flere|færre|opp|ned)",
        "unchanged is no change",
        "0,0 prosentpoeng høyere enn før",
        "10,0 prosentpoeng høyere enn før",
    ),
    _bad(
        r"\b(?:økt|gått opp|gått ned|steget|falt)\b[^.]{0,40}med (?:−|-)?0(?:,0)?(?! ?\d|,)",
        "unchanged is no change",
        "andelen har økt mest, med 0,0 prosentpoeng",
        "har økt med 0,1 prosentpoeng",
    ),
    _bad(
        r"\b(?:økt|økning|framgang\w*|gått opp)\b[^.]{0,60}med (?:−|-)\d",
        "a rise is above nought",
        "Mest har andelen økt for «A», med −3,0 prosentpoeng",
        "Mest har den økt, med 3,0",
    ),
    _bad(
        r"om lag (?:like|lik)\b[^.]{0,80}\benn\b",
        "«like … som», not «enn»",
        "bruker om lag like ofte mest enn andre",
        "bruker om lag like ofte som andre",
    ),
    _bad(
        rf"[Ll]avest[^.]*?{NUMBER}(?: prosent)?(?: av [^.]*)?(?:\. H| og h)øyest[^.]*?{AGAIN}",
        "all are alike",
        "Lavest i Agder, 100,0. Høyest i Agder, 100,0",
        "Lavest i Agder, 90,0. Høyest i Oslo, 100,0",
    ),
    _bad(
        r"[Ll]avest (?:er andelen )?i (.{4,200}?)(?:, (?:der den er )?| med )[\d,]+(?: prosent)?(?:\. H|,? og h)øyest "
        r"(?:er den )?i \1(?:,| med)",
        "lowest and highest are the same",
        "Lavest i Agder med 1,0. Høyest i Agder med 1,0",
        "Lavest er andelen i kommuner med 5 000–9 999 innbyggere, 3,3 prosent. Høyest er den i kommuner med 2, 5",
    ),
    _bad(
        rf"[Øø]verst[^.\d]*{NUMBER}[^.]*?(?:\. N|, den n| n)ederst[^.\d]*{AGAIN}",
        "first and last are alike",
        "den øverste andelen er 100,0 prosent, den nederste 100,0",
        "Øverst står A: 84,6 prosent gjør det helt og 15,4 prosent delvis. Nederst står B: 15,4 prosent helt",
    ),
    _bad(
        rf"[Ff]lest[^.]*?{NUMBER} prosent\. (?:Nederst|Færrest|Sjeldnest|Sist)[^.]*?{AGAIN} prosent",
        "first and last are alike",
        "Flest gjør A, med 100,0 prosent. Nederst ligger B, med 100,0 prosent",
    ),
    _bad(
        rf"I alt[^.]*?{NUMBER} prosent[^.]*\. Lavest[^.]*?{AGAIN}",
        "the lowest is below all",
        "I alt har 94,4 prosent det. Lavest er andelen i Oslo, 94,4 prosent",
    ),
    _bad(
        rf"{NUMBER} prosent[^.]*?, fulgt av [^.]*?{AGAIN} prosent",
        "two that are alike share the place",
        "A er vanligst, i 100,0 prosent, fulgt av B med 100,0 prosent",
    ),
    _bad(
        r"blant (.{5,60}?) og [\d,]+ prosent blant \1(?!\w)",
        "a group is not compared with itself",
        "49,3 prosent blant de små og 49,3 prosent blant de små",
    ),
    _bad(
        r"\b(?:[Ii]nntil|[Bb]are|[Oo]pp til|[Mm]inst) 0(?:,0)? prosent",
        "nought is no limit",
        "Inntil 0 prosent tilbyr ingen",
    ),
    # Lists.
    _bad(r"(«[^»]+»)(?:(?:, | og )«[^»]+»)*(?:, | og )\1", "the same name twice", "«A», «B» og «A»", "«A», «B» og «C»"),
    _bad(
        r"\b([A-ZÆØÅ][\w–/-]*(?: [\w–/-]+){0,4}?)(?:, | og )\1(?=[,.) ]|$)",
        "the same name twice",
        "Agder og Agder",
        "Agder og Oslo",
    ),
    _bad(r"\b(?!så\b|mer\b|år\b)([a-zæøå]{2,}) \1\b", "the same word twice", "av av kommunene"),
    _bad(r"(?:, og |, | og | eller )(?=[.;:)]|$)", "a list without an end", "Oslo, Agder og ."),
    _bad(
        r"(?:^| )(?:gruppene|fylkene|områdene) «[^»]+»(?=[ .,](?!og|«))(?! og «)(?!, «)",
        "one is singular",
        "høyest i gruppene «A» med 1,0",
        "i gruppene «A» og «B»",
    ),
    _bad(r"\b(?:gruppen|fylket|området) «[^»]+»(?:, «[^»]+»)* og «", "several are plural", "i gruppen «A» og «B»"),
    # What is not there.
    _bad(
        r"(?<![\w-])(?:nan|NaN|None|NaT|<NA>|inf|-inf|True|False)(?![\w-])",
        "a missing value is not printed",
        "nan prosent",
        "finans",
        kinds=ALL,
    ),
    _bad(r"(?:−|-)0(?:,0+)?(?![\d,])", "nought has no sign", "−0,0 prosentpoeng", "−0,1 prosentpoeng", kinds=ALL),
    _bad(
        r"⟦|⟧|\{\{|\}\}|\{[a-zæøå_.|-]+\}|\]\(|`", "nothing is left to fill in", "{tall}`year`", kinds=ALL - {"prose"}
    ),
    _bad(r"⟦|⟧|\{\{|\}\}|\{(?:tall|ord|numref|[a-z_]+)\}", "nothing is left to fill in", "{tall}`year`"),
    _bad(r"«\s*»|“\s*”|\(\s*\)|''", "a quotation has a content", "Flest krysser av for «»", kinds=ALL),
    _bad(
        r"(?:^| ):(?: prosent|-?prosentpoeng| av |[.,])|(?: er| har|,| mot| fra| med| til| på) : ",
        "what is withheld stands in no sentence",
        "andelen er : prosent",
        kinds=SENTENCES - {"base"},
    ),
    # Spaces and signs.
    _bad(r"\S  +\S", "one space", "Oslo  og Agder", kinds=ALL - {"row"}),
    _bad(
        r" [,.;:!?](?![\d.])(?! )|\w ,|\w \.(?: |$)|\( | \)",
        "no space before a sign",
        "Oslo , Agder",
        kinds=ALL - {"row"},
    ),
    _bad(
        r"[,;:] ?[,;.](?![\d.])|[^.]\.\.(?:\s|$)|(?<!\bmfl)(?<!\bmv)(?<!\bosv)(?<!\bal)\.,",
        "one sign at a time",
        "Oslo,, Agder.",
        kinds=ALL - {"row"},
    ),
    _bad(
        r"(?<!\bjf)(?<!\bbl\.a)(?<!\bf\.eks)(?<!\bkap)(?<!\bmv)(?<!\bosv)(?<!\bca)(?<!\bnr)(?<!\bmfl)(?<!\bdvs)"
        r"(?<!\bo\.l)[.!?] (?!www|digikom|papermill|http|og\b|make\b)"
        r"(?!(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember)\b)[a-zæøå]{2,}",
        "a sentence begins with a capital",
        "Flest svarte. under 2 000 innbyggere",
        "Flest svarte, jf. under",
    ),
    _bad(r"\w[.!?][A-ZÆØÅ][a-zæøå]", "a space between sentences", "Flest har grad 1.Andelen er 0,0"),
    _bad(
        r"^[a-zæøå][a-zæøå ]+",
        "a text begins with a capital",
        "kommuner etter grad",
        kinds=frozenset({"title", "alt", "caption"}),
    ),
    _bad(r"\w$", "a text ends with a full stop", "Stolper for 3 grupper", "Stolper.", kinds=frozenset({"alt"})),
]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a text."""

    told: Told
    reason: str
    found: str

    def __str__(self) -> str:
        return f"{self.told.place} ({self.told.kind}): {self.reason}: …{self.found}… in: {self.told.text}"


def faults(texts: list[Told]) -> list[Fault]:
    """What is wrong with published texts; the same of two texts that are alike is told once."""
    seen: set[tuple[str, str]] = set()
    found = []
    for each in texts:
        text = each.text.replace(NO_BREAK_SPACE, " ")
        for reason, extract in _faults(each.kind, text):
            if (reason, text) not in seen:
                seen.add((reason, text))
                found.append(Fault(Told(each.place, each.kind, text), reason, extract))
    return found


def _faults(kind: str, text: str) -> Iterator[tuple[str, str]]:
    for bad in BAD:
        if kind in bad.kinds and (match := bad.pattern.search(text)):
            yield bad.reason, _around(match)
    if kind == "title" and len(text.split()) > LONGEST_TITLE:
        yield f"a title has at most {LONGEST_TITLE} words", f"{len(text.split())} words"
    if kind == "alt" and not re.search(r"\d", text):
        yield "an alternative text has a number", text[:40]


def _around(match: Match[str]) -> str:
    start, end = match.span()
    return match.string[max(start - 10, 0) : end + 10]
