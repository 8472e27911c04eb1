"""A draft of the mapping file, from what can be recognised in the extract; the rest is left open, with suggestions.

Of a column that isn't recognised no value is written down: it may hold personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import yaml

from digikom import reading
from digikom.intake.extract import Extract
from digikom.intake.recognition import NOTHING, Columns, Recognised, folded, left_out_because, recognise_answer
from digikom.survey import CODE_COLUMN, Codebook, Item
from digikom.survey.codebook_rules import UNANSWERED

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


@dataclass
class Draft:
    """What is decided (`columns`, `left_out`, `codes`, `absent`: value given) and what is not (value empty)."""

    year: int
    columns: dict[str, Recognised] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, Recognised]] = field(default_factory=dict)
    blank_means: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The draft as the content of a mapping file."""
        parts = [_HEAD.format(year=self.year), f"year: {self.year}\n", _COLUMNS, "columns:\n"]
        parts += [_line(1, name, one.certain or "", _suggestion(one.possible)) for name, one in self.columns.items()]
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
    targets: dict[str, list[str]] = {}
    for name in extract.header:
        one = known.recognise(name)
        why = None if one.certain else left_out_because(name)
        if why:
            found.left_out[name] = why
        else:
            found.columns[name] = one
            if one.certain:
                targets.setdefault(one.certain, []).append(name)
    for target, names in targets.items():
        if len(names) > 1:  # which of them it is, is not for us to say
            found.columns |= {name: Recognised(None, (target,)) for name in names}
    column_of = {one.certain: name for name, one in found.columns.items() if one.certain}
    _add_codes(found, extract, book, column_of)
    _add_absences(found, book, year, column_of)
    return found


def scalar(text: str) -> str:
    """A text as YAML, quoted where it would be read as something else."""
    if _PLAIN.fullmatch(text) and text.casefold() != "null":
        return text
    quoted: str = yaml.dump(text, default_style='"', allow_unicode=True, width=10**6)
    return quoted.rstrip("\n")


def municipality_column(found: Draft) -> str | None:
    """The column that was recognised as the municipality's."""
    return next((name for name, one in found.columns.items() if one.certain == CODE_COLUMN), None)


def _add_codes(found: Draft, extract: Extract, book: Codebook, column_of: Mapping[str, str]) -> None:
    for item in book.item_rows:
        if item.column not in column_of:
            continue
        column = column_of[item.column]
        texts = list(dict.fromkeys(sorted(extract.column(column))))
        if len(texts) > MOST_ANSWERS:
            found.columns[column] = Recognised(None, (item.column,))
            continue
        scale = [row for row in book.scale_codes if row.scale == item.scale]
        table = found.codes.setdefault(item.scale, {})
        for text in texts:
            answer = recognise_answer(text, scale)
            if answer.certain is None and folded(text) in NOTHING:
                if text and text not in found.missing:
                    found.missing.append(text)
            elif text != answer.certain:
                table.setdefault(text, answer)
        if not table:
            del found.codes[item.scale]
    for question in book.question_rows:
        items = [item for item in book.item_rows if item.question == question.question and item.column in column_of]
        if question.kind == "multiple" and items and _blank_where_asked(extract, items, column_of, book):
            found.blank_means[question.question] = "no"
        elif question.kind != "multiple" and any(_left_open(extract, item, column_of, book) for item in items):
            found.blank_means[question.question] = UNANSWERED


def _blank_where_asked(extract: Extract, items: Sequence[Item], column_of: Mapping[str, str], book: Codebook) -> bool:
    """Whether no line of a list is ever answered with the code for «not ticked», while some are left blank."""
    columns = [column_of[item.column] for item in items]
    scale = [row for row in book.scale_codes if row.scale == items[0].scale]
    texts = {text for column in columns for text in extract.column(column)}
    unticked = {answer.code for answer in scale} - {"yes"}
    return "" in texts and not any(recognise_answer(text, scale).certain in unticked for text in texts if text)


def _left_open(extract: Extract, item: Item, column_of: Mapping[str, str], book: Codebook) -> bool:
    """Whether somebody who was certainly asked has nothing in the column of an item."""
    asked = [True] * len(extract.rows)
    leading = next((one for one in book.item_rows if one.column == item.asked_if_column), None)
    if leading is not None:
        scale = [row for row in book.scale_codes if row.scale == leading.scale]
        given = extract.column(column_of[leading.column]) if leading.column in column_of else []
        asked = [recognise_answer(text, scale).certain == item.asked_if_value for text in given]
    texts = extract.column(column_of[item.column])
    return any(was and folded(text) in NOTHING for was, text in zip(asked, texts, strict=False))


def _add_absences(found: Draft, book: Codebook, year: int, column_of: Iterable[str]) -> None:
    """Why something was not asked the year before goes for this year too; for the rest a person must say it."""
    if any(one.certain is None for one in found.columns.values()):
        return  # what was asked is not known before that is decided
    taken = set(column_of)
    asked = {item.question for item in book.item_rows if item.column in taken}
    before = max((known for known in book.years if known < year), default=None)
    for name in _not_asked(book, asked):
        kind = None if before is None else book.absence(name, before)
        found.absent[name] = kind if kind and kind != "later" else ""


def _not_asked(book: Codebook, asked: set[str]) -> Iterator[str]:
    blocks = {row.block for row in book.question_rows if row.question in asked}
    for block in book.blocks()["block"]:
        if block not in blocks:
            yield block
        else:
            yield from (row.question for row in book.question_rows if row.block == block and row.question not in asked)


def _line(depth: int, key: str, value: str, comment: str = "") -> str:
    text = f"{'  ' * depth}{scalar(key)}: {scalar(value) if value else ''}".rstrip()
    return f"{text}  {comment}\n" if comment and not value else f"{text}\n"


def _suggestion(possible: Sequence[str]) -> str:
    return f"# kanskje {' eller '.join(map(reading.printable, possible))}?" if possible else "# ikke kjent igjen"
