"""A draft of the mapping file: columns and answers of an extract, recognised by the names and labels of the codebook.

Only what is called the same, apart from letter case, punctuation and the way Norwegian letters are written, counts as
recognised. Whatever is only alike becomes a suggestion for a person to decide on. Of a column that isn't recognised no
value is written down: it may hold personal data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from digikom import reading
from digikom.intake.codebook_year import not_asked
from digikom.intake.extract import Extract
from digikom.intake.mapping import Split
from digikom.intake.splitting import find_splits
from digikom.intake.words import folded, near
from digikom.survey import CODE_COLUMN, Codebook, Item
from digikom.survey.codebook_rules import UNANSWERED, ScaleCode

#: More different texts than this in a column, and it holds something else than answers.
MOST_ANSWERS = 30
_PLAIN = re.compile(r"[A-Za-zÆØÅæøå_](?:[\wÆØÅæøå .()/-]*[\wÆØÅæøå)])?")

_HEAD = """\
# Hvordan uttrekket for {year} leses inn. Kladden er laget av «digikom new-edition»; se data/intake/README.md.
# Det som står tomt etter kolon, må avgjøres av et menneske. Forslag står etter «#».
"""
_COLUMNS = """
# Kolonnen i uttrekket: spørsmålet i kodeboken. Er spørsmålet nytt, føres det opp under «new» først.
"""
_LEFT_OUT = """
# Kolonner som ikke tas inn, og hvorfor. Innholdet i dem leses ikke inn i prosjektet.
"""
_CODES = """
# Teksten i uttrekket: svaret i kodeboken, for hver svarskala (eller for ett spørsmål, med navnet på spørsmålet).
"""
_BLANK = """
# Hva en tom rute betyr for dem som fikk spørsmålet: i en liste å krysse av i helst no, ellers unanswered (ubesvart).
"""
_MISSING = """
# Tekster som betyr at ruten er tom.
"""
_ABSENT = """
# Det det ikke er spurt om (not_asked, changed eller unknown), og hvor det er kjent fra.
"""
_NEW = """
# Nye spørsmål, delspørsmål og svar føres opp slik (se data/intake/README.md):
# new:
#   items:
#     - {column: barrier_example, question: other_barriers, label_nb: …, label_en: …, short_nb: …, scale: degree,
#        source: extract, status: documented}
"""
#: The number that a survey system puts before a question: «SPM07_1», «Spm 12a:», «Q3.2 -».
_SYSTEM_NUMBER = re.compile(r"^(?:spm|sporsmal|sp|q|v|var)?\s*\d+\s*[a-z]?(?:\s\d+)*(?:\s[a-z])?\s+")
_SPLIT = """
# Kolonner med flere svar i samme rute: teksten som er krysset av: linjen i listen (none: ingen av dem).
"""
MUNICIPALITY = re.compile(r"(?:kommune|komm?|k|municipality)\s?(?:nummer|nr|no|kode|code|number|id)")
_MUNICIPALITY_NAME = re.compile(r"kommune(?:navn|ns navn)?|municipality(?: name)?")
PERSONAL = re.compile(
    r"\b(?:e ?mail|e ?post|epost\w*|ip|ip ?adr\w*|ip ?addr\w*|phone|telefon\w*|tlf|mobil\w*|contact|kontakt\w*|\w*navn|"
    r"\w*name|fodsels\w*|fnr|personn\w*|resp ?id|respondent\w*|utfyl\w*|stilling|adresse|kommentar\w*|comment\w*|"
    r"merknad\w*|tilbakemelding\w*|fritekst\w*)\b"
)
#: Columns in which systems and programs keep account of a response.
BOOKKEEPING = re.compile(
    r"\b(?:index level \d+|unnamed \d+|row ?id|rad ?nr|lopenummer|lopenr|response ?id|svar ?id|id|dato\w*|date\w*|"
    r"tidspunkt|timestamp|tid|startet|sendt\w*|levert\w*|innsendt\w*|status|versjon|varighet|minutt\w*|duration|sprak|language|"
    r"organisasjonsnummer|orgnr|skjema\w*|kommune|kommunenavn|fylke|municipality|county)\b"
)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
#: A column of at most so many different texts, each given so many times on the average, holds answers.
_FEW_ANSWERS, _TIMES = 12, 3
#: Texts for «no answer here»; where an answer was due, the validation finds it.
NOTHING = frozenset(
    {"", "ubesvart", "ikke besvart", "ikke stilt", "blank", "missing", "na", "n a", "null", "nan", "none"}
)
#: Usual forms that are only suggestions: which is which follows from nothing in the file.
_SUGGESTED = {
    **dict.fromkeys(("j", "y", "1", "x", "true", "sann", "valgt"), "yes"),
    **dict.fromkeys(("n", "0", "2", "false", "usann", "ikke valgt"), "no"),
}


@dataclass(frozen=True)
class Recognised:
    """What a name or text is (`None`: not recognised) and what it might be, best first."""

    certain: str | None
    possible: tuple[str, ...] = ()


class Columns:
    """Knows the items of a codebook by their names, labels and questions."""

    def __init__(self, book: Codebook, earlier: Mapping[str, str]) -> None:
        """`earlier` is what columns were in the mapping of an earlier year: a suggestion, never more."""
        self._names: dict[str, set[str]] = {}
        self._earlier = {name: item for name, item in earlier.items() if item in {row.column for row in book.item_rows}}
        questions = {row.question: row for row in book.question_rows}
        size = Counter(item.question for item in book.item_rows)
        for item in book.item_rows:
            labels = [item.label_nb, item.label_en, item.short_nb]
            asked = [questions[item.question].text_nb, questions[item.question].text_en]
            names = [item.column, *labels, *(f"{text} {label}" for text in asked for label in labels)]
            for name in (*names, *(asked if size[item.question] == 1 else ())):
                self._names.setdefault(folded(name), set()).add(item.column)

    def recognise(self, name: str) -> Recognised:
        """The item that a column of the extract is, or `municipality_code`."""
        whole = folded(name)
        if MUNICIPALITY.fullmatch(whole):
            return Recognised(CODE_COLUMN)
        without_number = _SYSTEM_NUMBER.sub("", f"{whole} ").strip()
        for form in filter(None, (whole, without_number)):
            found = sorted(self._names.get(form, ()))
            if len(found) == 1:
                return Recognised(found[0])
            if found:
                return Recognised(None, tuple(found))
        close = [column for form in near(without_number or whole, self._names) for column in sorted(self._names[form])]
        before = [self._earlier[name]] if name in self._earlier else []
        return Recognised(None, tuple(dict.fromkeys([*before, *close]))[:3])


def left_out_because(name: str) -> str | None:
    """Why a column of this name is not taken in, where its name says so: personal data or a system's bookkeeping."""
    whole = folded(name)
    if PERSONAL.search(whole):
        return "personopplysning eller fritekst"
    return "systemets egne opplysninger" if BOOKKEEPING.search(whole) else None


def looks_asked(name: str, texts: Sequence[str], book: Codebook) -> bool:
    """Whether a column holds a few texts that are repeated, as answers are, though its name tells of something else.

    Where nothing but the system's word stands in the name, one of the texts must be an answer of the codebook.
    """
    given = [text for text in texts if text]
    different = set(given)
    few = 2 <= len(different) <= _FEW_ANSWERS and len(given) >= _TIMES * len(different)
    if not few or any(map(_DATE.match, different)):
        return False
    if not all(PERSONAL.fullmatch(word) or BOOKKEEPING.fullmatch(word) for word in folded(name).split()):
        return True
    labels = {folded(label) for row in book.scale_codes for label in (row.label_nb, row.label_en)}
    return any(folded(text) in labels for text in different)


def recognise_answer(text: str, scale: Collection[ScaleCode]) -> Recognised:
    """The code that a text in an item of `scale` means."""
    names: dict[str, str] = {}
    for answer in scale:
        for name in (answer.code, answer.label_nb, answer.label_en):
            names.setdefault(folded(name), answer.code)
    whole = folded(text)
    if whole in names:
        return Recognised(names[whole])
    codes = {answer.code for answer in scale}
    usual = _SUGGESTED.get(whole)
    suggested = [usual] if usual in codes and len(codes) == 2 else []
    if len(codes) > 2:
        suggested += [answer.code for answer in scale if str(answer.position) == whole]
    suggested += [names[form] for form in near(whole, names)]
    return Recognised(None, tuple(dict.fromkeys(suggested))[:3])


@dataclass
class Draft:
    """What is decided (`columns`, `left_out`, `codes`, `absent`: value given) and what is not (value empty)."""

    year: int
    columns: dict[str, Recognised] = field(default_factory=dict)
    split: dict[str, Split] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, Recognised]] = field(default_factory=dict)
    blank_means: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The draft as the content of a mapping file."""
        parts = [_HEAD.format(year=self.year), f"year: {self.year}\n", _COLUMNS, "columns:\n"]
        parts += [_line(1, name, one.certain or "", _suggestion(one.possible)) for name, one in self.columns.items()]
        if self.split:
            parts += [_SPLIT, "split:\n"]
            for name, one in self.split.items():
                parts += [f"  {scalar(name)}:\n    separator: {scalar(one.separator)}\n    items:\n"]
                parts += [_line(3, text, item, _suggestion(())) for text, item in one.items.items()]
        if self.left_out:
            parts += [_LEFT_OUT, "left_out:\n", *(_line(1, name, why) for name, why in self.left_out.items())]
        if self.codes:
            parts += [_CODES, "codes:\n"]
            for scale, table in self.codes.items():
                parts.append(f"  {scale}:\n")
                parts += [_line(2, text, one.certain or "", _suggestion(one.possible)) for text, one in table.items()]
        if self.blank_means:
            parts += [_BLANK, "blank_means:\n"]
            parts += [_line(1, name, "", f"# er det {code}?") for name, code in self.blank_means.items()]
        if self.missing:
            parts += [_MISSING, "missing:\n", *(f"  - {scalar(text)}\n" for text in self.missing)]
        if self.absent:
            parts += [_ABSENT, "absent:\n"]
            parts += [
                f"  {name}: {{kind: {kind or scalar('')}, source: extract}}\n" for name, kind in self.absent.items()
            ]
        return "".join([*parts, _NEW])


def draft(extract: Extract, book: Codebook, year: int, earlier: Mapping[str, str]) -> Draft:
    """What can be recognised in the extract. `earlier`: the columns of an earlier year's mapping, as suggestions."""
    found = Draft(year)
    known = Columns(book, earlier)
    recognised = {name: known.recognise(name) for name in extract.header}
    if (municipality := municipality_column(extract.header)) is not None:
        recognised[municipality] = Recognised(CODE_COLUMN)
    found.split = find_splits(extract, book, {name for name, one in recognised.items() if one.certain})
    for name, one in recognised.items():
        why = None if one.certain else left_out_because(name)
        if name in found.split:
            continue
        if why and not looks_asked(name, extract.column(name), book):
            found.left_out[name] = why
        else:
            found.columns[name] = one
    times = Counter(one.certain for one in found.columns.values())
    for name, one in found.columns.items():
        if one.certain and times[one.certain] > 1:  # which of them it is, is not for us to say
            found.columns[name] = Recognised(None, (one.certain,))
    _Answers(found, extract, book).add_codes()
    if all(one.certain for one in found.columns.values()):  # what was asked is not known before that is decided
        taken = {one.certain for one in found.columns.values()}
        taken |= {item for one in found.split.values() for item in one.items.values()}
        block_of = {row.question: row.block for row in book.question_rows}
        asked = {item.question for item in book.item_rows if item.column in taken}
        # Why something was not asked the year before goes for this year too; for the rest a person must say it.
        before = max((one for one in book.years if one < year), default=None)
        for name in not_asked(book.blocks()["block"], block_of, asked):
            kind = None if before is None else book.absence(name, before)
            found.absent[name] = kind if kind and kind != "later" else ""
    return found


def scalar(text: str) -> str:
    """A text as YAML, quoted where it would be read as something else."""
    if _PLAIN.fullmatch(text) and text.casefold() != "null":
        return text
    quoted: str = yaml.dump(text, default_style='"', allow_unicode=True, width=10**6)
    return quoted.rstrip("\n")


def municipality_column(header: Collection[str]) -> str | None:
    """The column that is the municipality's: the one with its code, or the one with its name where there is no code."""
    for form in (MUNICIPALITY, _MUNICIPALITY_NAME):
        found = [name for name in header if form.fullmatch(folded(name))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


class _Answers:
    """The answers to the items that were recognised."""

    def __init__(self, found: Draft, extract: Extract, book: Codebook) -> None:
        self._found, self._extract, self._book = found, extract, book
        self._column_of = {one.certain: name for name, one in found.columns.items() if one.certain}
        self._items = [item for item in book.item_rows if item.column in self._column_of]

    def add_codes(self) -> None:
        """Add the codes of the texts, and what blanks may mean, to the draft."""
        found = self._found
        for item in self._items:
            texts = sorted(set(self._texts(item)))
            if len(texts) > MOST_ANSWERS:
                found.columns[self._column_of[item.column]] = Recognised(None, (item.column,))
                continue
            table = found.codes.setdefault(item.scale, {})
            for text in texts:
                answer = self._recognised(item, text)
                if answer.certain is None and folded(text) in NOTHING:
                    if text and text not in found.missing:
                        found.missing.append(text)
                elif text != answer.certain:
                    table.setdefault(text, answer)
        found.codes = {scale: table for scale, table in found.codes.items() if table}
        for question in self._book.question_rows:
            items = [item for item in self._items if item.question == question.question]
            if question.kind == "multiple" and items and self._blank_where_asked(items):
                found.blank_means[question.question] = "no"
            elif question.kind != "multiple" and any(map(self._left_open, items)):
                found.blank_means[question.question] = UNANSWERED

    def _texts(self, item: Item) -> list[str]:
        return self._extract.column(self._column_of[item.column])

    def _recognised(self, item: Item, text: str) -> Recognised:
        return recognise_answer(text, [row for row in self._book.scale_codes if row.scale == item.scale])

    def _blank_where_asked(self, items: Sequence[Item]) -> bool:
        """Whether no line of a list is ever answered with the code for «not ticked», while some are left blank."""
        texts = {text for item in items for text in self._texts(item)}
        given = {self._recognised(items[0], text).certain for text in texts if text}
        return "" in texts and not given & (set(self._book.codes(items[0].scale)) - {"yes"})

    def _left_open(self, item: Item) -> bool:
        """Whether somebody who was certainly asked has nothing in the column of an item."""
        leading = next((one for one in self._items if one.column == item.asked_if_column), None)
        if item.asked_if_column and leading is None:
            return False
        led = [True] * len(self._extract.rows)
        if leading is not None:
            led = [self._recognised(leading, text).certain == item.asked_if_value for text in self._texts(leading)]
        return any(was and folded(text) in NOTHING for was, text in zip(led, self._texts(item), strict=True))


def _line(depth: int, key: str, value: str, comment: str = "") -> str:
    text = f"{'  ' * depth}{scalar(key)}: {scalar(value) if value else ''}".rstrip()
    return f"{text}  {comment}\n" if comment and not value else f"{text}\n"


def _suggestion(possible: Sequence[str]) -> str:
    return f"# kanskje {' eller '.join(map(reading.printable, possible))}?" if possible else "# ikke kjent igjen"
