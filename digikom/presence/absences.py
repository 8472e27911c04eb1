"""Why an edition leaves something out, and the sentence that says so: the words are in `book/ord/fravaer.yml`."""

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
#: What may be unavailable that no question asks for: boundaries for a map, and leave to show single municipalities.
BOUNDARIES = "boundaries"
UNASKED = {MAP: BOUNDARIES, MUNICIPALITIES: MUNICIPALITIES}


@dataclass(frozen=True, slots=True)
class Absence:
    """One thing that an edition does not have. `name` is a block, a question, or one of the names above.

    `kind` is the codebook's kind of absence, `nobody` (a question that was asked of none of the respondents), or the
    name itself; `subject` what a block is about or a question's words.
    A map is unavailable for want of boundaries or because the answers are `confidential`.
    `comparison`: only the comparison with the reference year is. `year` is the year without the answers.
    `behind` are the questions and items of a block or question: what rests on one of them is unavailable too.
    """

    name: str
    kind: str
    subject: str
    year: int
    is_question: bool = False
    comparison: bool = False
    behind: frozenset[str] = frozenset()

    def explains(self, names: set[str]) -> bool:
        """Whether it is why a key with these names behind it is missing."""
        return self.name in names or not names.isdisjoint(self.behind)


def absences_of(year: int, reference: int | None, data_dir: str | Path | None = None) -> tuple[Absence, ...]:
    """What the reader may be told that an edition does not have, in the order of the codebook."""
    codebook = survey.codebook(data_dir)
    answered = [each for each in survey.years(data_dir) if each in {year, reference}]
    answers = {each: survey.load(each, data_dir) for each in answered}
    found = list(not_asked(codebook, year, answers))
    if reference is not None:
        absent = {each.name for each in found}
        compared = not_asked(codebook, reference, answers)
        found += [replace(each, comparison=True) for each in compared if each.name not in absent]
    if not all(frame.attrs["municipalities_public"] for frame in answers.values()):
        found += [Absence(BOUNDARIES, CONFIDENTIAL, "", year), Absence(MUNICIPALITIES, MUNICIPALITIES, "", year)]
    elif geography.boundaries_path(year, data_dir) is None:
        found.append(Absence(BOUNDARIES, BOUNDARIES, "", year))
    return tuple(found)


def not_asked(codebook: survey.Codebook, year: int, answers: Mapping[int, pd.DataFrame]) -> Iterator[Absence]:
    """The blocks that were not asked in `year`, then the questions of the others, and those that no respondent got
    where there are `answers` of that year.
    """
    asked = set(codebook.items(year=year)["block"])
    blocks = codebook.blocks().set_index("block")["label_nb"].astype(str)
    for block, label in blocks.items():
        if block not in asked:
            rows = codebook.items(block=str(block))
            behind = frozenset([*rows["question"], *rows["column"]])
            yield Absence(
                str(block), codebook.absence(str(block), year) or "", uncapitalised(label), year, False, False, behind
            )
    unasked, unanswered = [], []
    for question in codebook.question_rows:
        columns = codebook.items(year, question=question.question)["column"]
        behind = frozenset(codebook.items(question=question.question)["column"])
        absence = Absence(question.question, "", question.text_nb, year, is_question=True, behind=behind)
        if year not in question.years and question.question not in blocks:
            # Where the whole block is missing, that has been said already.
            kind = codebook.absence(question.question, year) if question.block in asked else None
            unasked.append(replace(absence, kind=kind or ""))
        if year in answers and len(columns) and answers[year][columns].isna().all(axis=None):
            unanswered.append(replace(absence, kind="nobody"))
    yield from [*unasked, *unanswered]


def explainer(absences: Callable[[], Sequence[Absence]], keys: Iterable[Key]) -> Callable[[Sequence[str]], str]:
    """What explains, on one page, why there is nothing for some keys: each absence once, where it is met first.

    The `absences` are asked for only where one may have to be explained.
    """
    behind: dict[str, set[str]] = {}
    for each in keys:
        behind.setdefault(each.key, set()).update(each.questions, [UNASKED[each.kind]] if each.kind in UNASKED else [])
    said: set[Absence] = set()

    def explain(missing: Sequence[str]) -> str:
        names = [behind[key] for key in missing if behind.get(key)]
        found = {absence for each in names for absence in _reasons(absences(), each)}
        if any(each.name not in UNASKED.values() and not each.comparison for each in found):
            # Where there is nothing to draw, nobody misses the map.
            found = {each for each in found if each.name not in UNASKED.values()}
        new = [each for each in absences() if each in found - said] if found else []
        said.update(new)
        return explanation(new)

    return explain


def _reasons(absences: Sequence[Absence], names: set[str]) -> list[Absence]:
    """Why a key with these names behind it is missing: for want of answers, else of what they are compared with, else
    of a map or leave to show municipalities.
    """
    found = [each for each in absences if each.explains(names)]
    asked = [each for each in found if each.name not in UNASKED.values()]
    return [each for each in asked if not each.comparison] or asked or found


def explanation(absences: Iterable[Absence]) -> str:
    """One short paragraph on what is unavailable; empty when there is nothing to say."""
    words = _words()
    said: dict[str, list[str]] = {"absent": [], "compared": [], "other": []}
    alone = True

    def group_of(each: Absence) -> tuple[bool, bool, str]:
        return each.comparison, each.is_question, each.kind

    for (comparison, is_question, kind), group in groupby(sorted(absences, key=group_of), key=group_of):
        same = list(group)
        part = "other" if kind in words["other"] else "compared" if comparison else "absent"
        if kind not in words[part]:
            continue
        one = is_question and len(same) == 1
        form = words["question" if one else "questions" if is_question else "blocks"]
        what = form.format(subjects=join_words([f"«{each.subject}»" if is_question else each.subject for each in same]))
        given = {"questions": what, "Questions": what[:1].upper() + what[1:], "year": same[0].year}
        said[part].append(words[part][kind].format(**given))
        alone = alone and (one or part == "other")
    if said["absent"]:
        said["absent"].append(words["consequence"].format(them=words["them"]["one" if alone else "several"]))
    return " ".join(sentence for part in said.values() for sentence in part)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return words
