"""What was not asked is not computed: leave out the cells that need what an edition does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import nbformat

from digikom import geography, survey
from digikom.build.editions import Edition
from digikom.needs import BOUNDARIES, NEEDS, REFERENCE, Availability, named
from digikom.publish import join_words

#: What the reader is told in place of the cells, by the kind of absence in the codebook. A kind that is not here is
#: passed over in silence: nobody misses a question that was thought of later.
ABSENCES = {
    "not_asked": "{Questions} ble ikke stilt i {year}.",
    "changed": "{Questions} hadde nye svaralternativer i {year}, og svarene kan ikke brukes i indikatorene.",
    "unknown": "Vi har ingen tall for {questions} i {year}.",
}
CONSEQUENCE = "Det som bygger på {them}, er derfor ikke beregnet i denne utgaven."
NO_COMPARISONS = {
    "not_asked": "{Questions} ble ikke stilt i {year}, så tallene kan ikke sammenlignes med det året.",
    "changed": "{Questions} hadde andre svaralternativer i {year}, så tallene kan ikke sammenlignes med det året.",
    "unknown": "Vi har ingen tall for {questions} i {year}, så utviklingen siden da er ikke beregnet.",
    "later": "Vi har ingen tall for {questions} i {year}, så utviklingen siden da er ikke beregnet.",
}
NO_BOUNDARIES = (
    "Vi har ikke kommunegrenser for inndelingen som gjaldt i {year}. Kartet er derfor utelatt i denne utgaven, "
    "og fylkene står i en tabell i stedet."
)


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an edition lacks. `name` is a block, a question, `reference` or `boundaries`.

    `kind` is the codebook's kind of absence, or the name itself; `subject` what a block is about or a question's words.
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
        if missing - {BOUNDARIES}:
            # Where there is nothing to draw, the reader need not be told that there is no map to draw it on.
            missing -= {BOUNDARIES}
        return [lack for lack in self.lacks if lack.name in missing]


def select(edition: Edition, data_dir: str | Path | None = None) -> Selection:
    """What the edition lacks: blocks and questions not asked that year or not to be compared, a reference year,
    boundaries for a map.
    """
    codebook = survey.codebook(data_dir)
    lacks = list(_not_asked(codebook, edition.year))
    if edition.reference_year is None:
        lacks.append(Lack(REFERENCE, REFERENCE, "", edition.year))
    else:
        absent = {lack.name for lack in lacks}
        lacks += [
            Lack(lack.name, lack.kind, lack.subject, lack.year, lack.is_question, comparison=True)
            for lack in _not_asked(codebook, edition.reference_year)
            if lack.name not in absent
        ]
    if geography.boundaries_path(edition.year, data_dir) is None:
        lacks.append(Lack(BOUNDARIES, BOUNDARIES, "", edition.year))
    return Selection(tuple(lacks))


def _not_asked(codebook: survey.Codebook, year: int) -> Iterator[Lack]:
    """The blocks that were not asked in `year`, then the questions of the others."""
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


def uncapitalised(label: str) -> str:
    """A label inside a sentence: «IKT-prosjekter» keeps its capitals, «Digitale innkjøp» loses its one."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


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
    """The notebook without the cells that the edition cannot have.

    Each lack is told once, in one paragraph where the first run of cells that need it stood.
    """
    availability = selection.availability
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
    notebook.cells = kept
    return notebook
