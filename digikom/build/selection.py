"""What was not asked is not computed: leave out the cells that need what an edition does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import nbformat

from digikom import geography, survey
from digikom.build.disclosure import is_confidential, is_real
from digikom.build.editions import Edition, earlier_editions
from digikom.needs import (
    BOUNDARIES,
    EARLIER,
    MUNICIPALITIES,
    NEEDS,
    PRINTED,
    RANKED,
    REAL,
    REFERENCE,
    SYNTHETIC,
    Availability,
    begin_paragraphs,
    joined,
    named,
)
from digikom.publish import join_words, uncapitalised

#: What the reader is told in place of the cells, by the kind of absence in the codebook. A kind that is not here is
#: passed over in silence: nobody misses a question that was thought of later.
ABSENCES = {
    "not_asked": "{Questions} ble ikke stilt i {year}.",
    "changed": "{Questions} hadde nye svaralternativer i {year}, og svarene kan ikke brukes i indikatorene.",
    "unknown": "Vi har ingen tall for {questions} i {year}.",
    "nobody": "{Questions} gjaldt ingen av kommunene som svarte i {year}.",
}
CONSEQUENCE = "Det som bygger på {them}, er derfor ikke beregnet i denne utgaven."
NO_COMPARISONS = {
    "not_asked": "{Questions} ble ikke stilt i {year}, så tallene kan ikke sammenlignes med det året.",
    "changed": "{Questions} hadde andre svaralternativer i {year}, så tallene kan ikke sammenlignes med det året.",
    "unknown": "Vi har ingen tall for {questions} i {year}, så utviklingen siden da er ikke beregnet.",
    "later": "Vi har ingen tall for {questions} i {year}, så utviklingen siden da er ikke beregnet.",
    "nobody": "{Questions} gjaldt ingen kommuner i {year}, så tallene kan ikke sammenlignes med det året.",
}
#: The kind of what is lacking of a question's list only: told by the footnotes of the figures, not here.
ITEM = "item"
#: The fewest items that have a first, a second and a last.
FEWEST_RANKED = 3
NO_BOUNDARIES = (
    "Vi har ikke kommunegrenser for inndelingen som gjaldt i {year}. Kartet er derfor utelatt i denne utgaven, "
    "og fylkene står i en tabell i stedet."
)
#: The kind of a map that would show the answers of single municipalities.
CONFIDENTIAL = "confidential"
NO_SINGLE_ANSWERS = (
    "Svarene fra den enkelte kommunen er fortrolige. Kartet er derfor utelatt i denne utgaven, og fylkene står i en "
    "tabell i stedet."
)
#: The same where results of single municipalities would have stood.
NO_MUNICIPALITIES = (
    "Svarene fra den enkelte kommunen er fortrolige. Derfor vises ingen resultater for enkeltkommuner i denne utgaven."
)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an edition lacks. `name` is a block, a question, an item, or another name of `digikom.needs`.

    `kind` is the codebook's kind of absence, `nobody` (a question that was asked of none of the respondents), `item`,
    or the name itself; `subject` what a block is about or a question's words.
    A map is lacking for want of boundaries or because the answers are `confidential`.
    `comparison`: only the comparison with the reference year is lacking. `year` is the year without the answers.
    """

    name: str
    kind: str
    subject: str
    year: int
    is_question: bool = False
    comparison: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything that an edition lacks."""

    lacks: tuple[Lack, ...]

    @property
    def availability(self) -> Availability:
        """The same as names only."""
        return Availability(
            lacking=frozenset(lack.name for lack in self.lacks if not lack.comparison),
            not_comparable=frozenset(lack.name for lack in self.lacks if lack.comparison),
        )

    def reasons(self, tags: Iterable[str]) -> list[Lack]:
        """Why a cell with these tags is left out, in the order of the codebook."""
        missing = self.availability.missing(named(set(tags), NEEDS))
        # Where there is nothing to draw, the reader need not be told that there is no map to draw it on, nor that it
        # would not be shown by municipality.
        missing = missing - {BOUNDARIES, MUNICIPALITIES} or missing
        return [lack for lack in self.lacks if lack.name in missing]


def select(edition: Edition, data_dir: str | Path | None = None) -> Selection:
    """What the edition lacks: blocks, questions and items not asked that year or not to be compared, a reference year,
    boundaries for a map, results of single municipalities, an earlier edition, printed figures, and answers that are
    real (or synthetic). Where there are answers, a question that no respondent got is lacking too.
    """
    codebook = survey.codebook(data_dir)
    lacks = [*_not_asked(codebook, edition.year, data_dir), *_gone_items(codebook, edition.year)]
    if edition.reference_year is None:
        lacks.append(Lack(REFERENCE, REFERENCE, "", edition.year))
    else:
        absent = {lack.name for lack in lacks}
        compared = [
            *_not_asked(codebook, edition.reference_year, data_dir),
            *_new_items(codebook, edition.year, edition.reference_year),
        ]
        lacks += [replace(lack, comparison=True) for lack in compared if lack.name not in absent]
    if is_confidential(edition, data_dir):
        lacks.append(Lack(BOUNDARIES, CONFIDENTIAL, "", edition.year))
        lacks.append(Lack(MUNICIPALITIES, MUNICIPALITIES, "", edition.year))
    elif geography.boundaries_path(edition.year, data_dir) is None:
        lacks.append(Lack(BOUNDARIES, BOUNDARIES, "", edition.year))
    if not earlier_editions(edition.year, data_dir):
        lacks.append(Lack(EARLIER, EARLIER, "", edition.year))
    if not _is_printed(edition.year, data_dir):
        lacks.append(Lack(PRINTED, PRINTED, "", edition.year))
    missing = SYNTHETIC if is_real(edition, data_dir) else REAL
    lacks.append(Lack(missing, missing, "", edition.year))
    return Selection(tuple(lacks))


def _is_printed(year: int, data_dir: str | Path | None) -> bool:
    """Whether there are printed results of the year, or a source that the edition of the year rebuilds."""
    printed, sources = survey.printed(data_dir), survey.printed(data_dir, "sources")
    results = printed[printed["kind"].eq("result") & printed["source"].ne("derived")]
    rebuilt = sources.loc[sources["edition"] == str(year), "source"]
    return bool((results["year"].str.split("-").str[-1].eq(str(year)) | results["source"].isin(rebuilt)).any())


def _not_asked(codebook: survey.Codebook, year: int, data_dir: str | Path | None) -> Iterator[Lack]:
    """The blocks that were not asked in `year`, then the questions of the others, and those that no respondent got."""
    asked = set(codebook.items(year=year)["block"])
    blocks = codebook.blocks().set_index("block")["label_nb"].astype(str)
    for block, label in blocks.items():
        if block not in asked:
            yield Lack(str(block), codebook.absence(str(block), year) or "", uncapitalised(label), year)
    for question in codebook.question_rows:
        if year in question.years or question.question in blocks:
            continue
        # Where the whole block is missing, that has been told already.
        kind = codebook.absence(question.question, year) if question.block in asked else None
        yield Lack(question.question, kind or "", question.text_nb, year, is_question=True)
    if year in survey.years(data_dir):
        answers = survey.load(year, data_dir)
        for question in codebook.question_rows:
            columns = codebook.items(year, question=question.question)["column"]
            if len(columns) and answers[columns].isna().all(axis=None):
                yield Lack(question.question, "nobody", question.text_nb, year, is_question=True)


def _gone_items(codebook: survey.Codebook, year: int) -> Iterator[Lack]:
    """The items of the lists of `year` that were not in them that year, and the lists too short to be ranked.

    The reader is told by the footnotes of the figures.
    """
    for question in _lists(codebook, year):
        today = codebook.items(year, question=question)["column"].tolist()
        for column in codebook.items(question=question)["column"]:
            if column not in today:
                yield Lack(str(column), ITEM, "", year)
        if len(today) < FEWEST_RANKED:
            yield Lack(f"{question}{RANKED}", ITEM, "", year)


def _new_items(codebook: survey.Codebook, year: int, reference: int) -> Iterator[Lack]:
    """The items of lists of both years that nothing stood for in `reference`, and the lists with too few others."""
    for question in _lists(codebook, year):
        if reference not in codebook.question(question).years:
            continue
        compared = codebook.comparability(question, year, reference)
        for column in compared.loc[compared["kind"] == "new", "column"]:
            yield Lack(str(column), ITEM, "", reference)
        if (~compared["kind"].isin(["new", "dropped"])).sum() < FEWEST_RANKED:
            yield Lack(f"{question}{RANKED}", ITEM, "", reference)


def _lists(codebook: survey.Codebook, year: int) -> list[str]:
    """The questions of `year` that are lists of items."""
    return [row.question for row in codebook.question_rows if row.kind != "single" and year in row.years]


def explanation(lacks: Iterable[Lack]) -> str:
    """One short paragraph on what is lacking; empty when there is nothing to tell."""
    absent: list[str] = []
    compared: list[str] = []
    boundaries: list[str] = []
    alone = True

    def group_of(lack: Lack) -> tuple[bool, bool, str]:
        return lack.comparison, lack.is_question, lack.kind

    for (comparison, is_question, kind), group in groupby(sorted(lacks, key=group_of), key=group_of):
        same = list(group)
        template = (NO_COMPARISONS if comparison else ABSENCES).get(kind)
        if kind == BOUNDARIES:
            boundaries.append(NO_BOUNDARIES.format(year=same[0].year))
        elif kind == CONFIDENTIAL:
            boundaries.append(NO_SINGLE_ANSWERS)
        elif kind == MUNICIPALITIES:
            boundaries.append(NO_MUNICIPALITIES)
        elif template is not None:
            one = is_question and len(same) == 1
            subjects = join_words([f"«{lack.subject}»" if is_question else lack.subject for lack in same])
            what = ("spørsmålet " if one else "spørsmålene ") + (subjects if is_question else f"om {subjects}")
            sentence = template.format(questions=what, Questions=what[:1].upper() + what[1:], year=same[0].year)
            (compared if comparison else absent).append(sentence)
            alone = alone and one
    if absent:
        absent.append(CONSEQUENCE.format(them="det" if alone else "dem"))
    return " ".join([*absent, *compared, *boundaries])


def leave_out(notebook: nbformat.NotebookNode, selection: Selection) -> nbformat.NotebookNode:
    """The notebook without the cells that the edition cannot have, its text in paragraphs.

    Each lack is told once, in one paragraph where the first run of cells that need it stood.
    """
    availability = selection.availability
    begin_paragraphs(notebook.cells, availability)
    kept: list[nbformat.NotebookNode] = []
    told: set[Lack] = set()
    for stays, cells in groupby(notebook.cells, key=lambda cell: availability.keeps(cell.metadata.get("tags", []))):
        if stays:
            kept += cells
            continue
        found = {lack for cell in cells for lack in selection.reasons(cell.metadata.get("tags", []))}
        new = [lack for lack in selection.lacks if lack in found - told]
        told |= found
        paragraph = explanation(new)
        if paragraph:
            first = next(lack for lack in new if explanation([lack]))
            name = f"{'not-compared' if first.comparison else 'lacks'}-{first.name}".replace("_", "-")
            kept.append(nbformat.v4.new_markdown_cell(paragraph, id=name))
    notebook.cells = joined(kept)
    return notebook
