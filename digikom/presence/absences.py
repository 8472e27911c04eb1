"""Why an edition lacks something, and the sentence that tells the reader: the words are in `book/ord/fravaer.yml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from digikom import geography, survey
from digikom.paths import BOOK_DIR
from digikom.publish.formatting import join_words, uncapitalised

from .keys import MAP, MUNICIPALITIES, Key

WORDS_FILE = BOOK_DIR / "ord" / "fravaer.yml"
#: A map that would show the answers of single municipalities.
CONFIDENTIAL = "confidential"
#: What may be lacking that no question asks for: boundaries for a map, and leave to show single municipalities.
BOUNDARIES = "boundaries"
PLACES = {MAP: BOUNDARIES, MUNICIPALITIES: MUNICIPALITIES}


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an edition lacks. `name` is a block, a question, or one of the names above.

    `kind` is the codebook's kind of absence, `nobody` (a question that was asked of none of the respondents), or the
    name itself; `subject` what a block is about or a question's words.
    A map is lacking for want of boundaries or because the answers are `confidential`.
    `comparison`: only the comparison with the reference year is lacking. `year` is the year without the answers.
    `behind` are the questions and items of a block or question: what rests on one of them is lacking too.
    """

    name: str
    kind: str
    subject: str
    year: int
    is_question: bool = False
    comparison: bool = False
    behind: frozenset[str] = frozenset()


def lacks(year: int, reference: int | None, data_dir: str | Path | None = None) -> tuple[Lack, ...]:
    """What the reader may be told that an edition lacks, in the order of the codebook."""
    codebook = survey.codebook(data_dir)
    answered = [each for each in survey.years(data_dir) if each in {year, reference}]
    answers = {each: survey.load(each, data_dir) for each in answered}
    found = list(not_asked(codebook, year, answers))
    if reference is not None:
        absent = {lack.name for lack in found}
        compared = not_asked(codebook, reference, answers)
        found += [replace(lack, comparison=True) for lack in compared if lack.name not in absent]
    if not all(frame.attrs["municipalities_public"] for frame in answers.values()):
        found += [Lack(BOUNDARIES, CONFIDENTIAL, "", year), Lack(MUNICIPALITIES, MUNICIPALITIES, "", year)]
    elif geography.boundaries_path(year, data_dir) is None:
        found.append(Lack(BOUNDARIES, BOUNDARIES, "", year))
    return tuple(found)


def not_asked(codebook: survey.Codebook, year: int, answers: Mapping[int, pd.DataFrame]) -> Iterator[Lack]:
    """The blocks that were not asked in `year`, then the questions of the others, and those that no respondent got
    where there are `answers` of that year.
    """
    asked = set(codebook.items(year=year)["block"])
    blocks = codebook.blocks().set_index("block")["label_nb"].astype(str)
    for block, label in blocks.items():
        if block not in asked:
            rows = codebook.items(block=str(block))
            behind = frozenset([*rows["question"], *rows["column"]])
            kind = codebook.absence(str(block), year) or ""
            yield Lack(str(block), kind, uncapitalised(label), year, behind=behind)
    for question in codebook.question_rows:
        if year in question.years or question.question in blocks:
            continue
        # Where the whole block is missing, that has been told already.
        kind = (codebook.absence(question.question, year) if question.block in asked else None) or ""
        behind = frozenset(codebook.items(question=question.question)["column"])
        yield Lack(question.question, kind, question.text_nb, year, is_question=True, behind=behind)
    if year in answers:
        for question in codebook.question_rows:
            columns = codebook.items(year, question=question.question)["column"]
            if len(columns) and answers[year][columns].isna().all(axis=None):
                behind = frozenset(codebook.items(question=question.question)["column"])
                yield Lack(question.question, "nobody", question.text_nb, year, is_question=True, behind=behind)


def telling(lacks: Callable[[], Sequence[Lack]], keys: Iterable[Key]) -> Callable[[Sequence[str]], str]:
    """What tells, on one page, why there is nothing for some keys: each lack once, where it is met first.

    The `lacks` are asked for only where one may have to be told.
    """
    behind: dict[str, set[str]] = {}
    for each in keys:
        behind.setdefault(each.key, set()).update(each.questions, [PLACES[each.kind]] if each.kind in PLACES else [])
    told: set[Lack] = set()

    def tell(missing: Sequence[str]) -> str:
        names = [behind[key] for key in missing if behind.get(key)]
        found = {lack for each in names for lack in _reasons(lacks(), each)}
        if any(lack.name not in PLACES.values() and not lack.comparison for lack in found):
            # Where there is nothing to draw, nobody misses the map.
            found = {lack for lack in found if lack.name not in PLACES.values()}
        new = [lack for lack in lacks() if lack in found - told] if found else []
        told.update(new)
        return explanation(new)

    return tell


def _reasons(lacks: Sequence[Lack], behind: set[str]) -> list[Lack]:
    """Why a key with these names behind it is missing: for want of answers, else of what they are compared with, else
    of a map or leave to show municipalities.
    """
    found = [lack for lack in lacks if lack.name in behind or lack.behind & behind]
    places = [lack for lack in found if lack.name in PLACES.values()]
    asked = [lack for lack in found if lack not in places]
    return [lack for lack in asked if not lack.comparison] or asked or places


def explanation(lacks: Iterable[Lack]) -> str:
    """One short paragraph on what is lacking; empty when there is nothing to tell."""
    words = _words()
    absent: list[str] = []
    compared: list[str] = []
    others: list[str] = []
    alone = True

    def group_of(lack: Lack) -> tuple[bool, bool, str]:
        return lack.comparison, lack.is_question, lack.kind

    for (comparison, is_question, kind), group in groupby(sorted(lacks, key=group_of), key=group_of):
        same = list(group)
        year = same[0].year
        if kind in words["other"]:
            others.append(words["other"][kind].format(year=year))
        elif template := words["compared" if comparison else "absent"].get(kind):
            one = is_question and len(same) == 1
            form = words["question" if one else "questions" if is_question else "blocks"]
            what = form.format(
                subjects=join_words([f"«{lack.subject}»" if is_question else lack.subject for lack in same])
            )
            sentence = template.format(questions=what, Questions=what[:1].upper() + what[1:], year=year)
            (compared if comparison else absent).append(sentence)
            alone = alone and one
    if absent:
        absent.append(words["consequence"].format(them=words["them"]["one" if alone else "several"]))
    return " ".join([*absent, *compared, *others])


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return words
