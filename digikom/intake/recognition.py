"""Recognising the columns and answers of an extract by the names and labels of the codebook.

Only what is called the same, apart from letter case, punctuation and the way Norwegian letters are written, counts as
recognised. Whatever is only alike becomes a suggestion for a person to decide on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from digikom.intake.questionnaire import near
from digikom.survey import CODE_COLUMN, Codebook
from digikom.survey.codebook_rules import ScaleCode

#: The number that a survey system puts before a question: «SPM07_1», «Spm 12a:», «Q3.2 -».
_SYSTEM_NUMBER = re.compile(r"^(?:spm|sporsmal|sp|q|v|var)?\s*\d+\s*[a-z]?(?:\s\d+)*(?:\s[a-z])?\s+")
_FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "đ": "d"})
MUNICIPALITY = re.compile(r"(?:kommune|komm?|k|municipality)\s?(?:nummer|nr|no|kode|code|number|id)")
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
#: Texts for «no answer here»; where an answer was due, the validation tells.
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


def folded(text: str) -> str:
    """The text in small letters without accents and punctuation: «Åpne data?» and «apne data» are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED))
    letters = "".join(mark if mark.isalnum() else " " for mark in plain if not unicodedata.combining(mark))
    return " ".join(letters.split())


class Columns:
    """Knows the items of a codebook by their names, labels and questions."""

    def __init__(self, book: Codebook, earlier: Mapping[str, str]) -> None:
        """`earlier` is what columns were in the mapping of an earlier year: a suggestion, never more."""
        self._names: dict[str, set[str]] = {}
        self._earlier = earlier
        self._items = {item.column for item in book.item_rows}
        questions = {row.question: row for row in book.question_rows}
        size: dict[str, int] = {}
        for item in book.item_rows:
            size[item.question] = size.get(item.question, 0) + 1
        for item in book.item_rows:
            question = questions[item.question]
            labels = [item.label_nb, item.label_en, item.short_nb]
            asked = [question.text_nb, question.text_en]
            self._add(item.column, [item.column, *labels, *(f"{text} {label}" for text in asked for label in labels)])
            if size[item.question] == 1:
                self._add(item.column, asked)

    def _add(self, column: str, names: Iterable[str]) -> None:
        for name in names:
            self._names.setdefault(folded(name), set()).add(column)

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
        before = self._earlier.get(name)
        known = [before] if before in self._items else []
        return Recognised(None, tuple(dict.fromkeys([*known, *close]))[:3])


def left_out_because(name: str) -> str | None:
    """Why a column of this name is not taken in, where its name says so: personal data or a system's bookkeeping."""
    whole = folded(name)
    if PERSONAL.search(whole):
        return "personopplysning eller fritekst"
    return "systemets egne opplysninger" if BOOKKEEPING.search(whole) else None


def recognise_answer(text: str, scale: Collection[ScaleCode]) -> Recognised:
    """The code that a text in an item of `scale` stands for."""
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
