"""What was not asked is not computed: leave out the cells that need what an edition does not have."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat

from digikom import geography, survey
from digikom.build.editions import Edition

NEEDS = "needs-"


@dataclass(frozen=True, slots=True)
class Selection:
    """What an edition lacks, as cell tags (`needs-services`), each with the sentence that stands in the cells' place.

    An empty sentence leaves the cells out without a word.
    """

    lacking: tuple[tuple[str, str], ...]

    def sentence(self, tag: str) -> str:
        """The sentence in place of cells tagged `tag`."""
        return dict(self.lacking)[tag]

    def tags(self) -> frozenset[str]:
        """All tags whose cells are left out."""
        return frozenset(tag for tag, _ in self.lacking)


def select(edition: Edition, data_dir: str | Path | None = None) -> Selection:
    """What the edition lacks: blocks and questions not asked that year, a reference year, boundaries for a map."""
    codebook = survey.codebook(data_dir)
    asked = set(codebook.items(year=edition.year)["block"])
    lacking = [
        (
            f"{NEEDS}{block}",
            f"Spørsmålene om {label[:1].lower()}{label[1:]} ble ikke stilt i {edition.year}. "
            "Det som bygger på dem, er derfor ikke beregnet i denne utgaven.",
        )
        for block, label in codebook.blocks().set_index("block")["label_nb"].astype(str).items()
        if block not in asked
    ]
    lacking += [
        (
            f"{NEEDS}{question.question}",
            f"Spørsmålet «{question.text_nb}» ble ikke stilt i {edition.year}. "
            "Det som bygger på det, er derfor ikke beregnet i denne utgaven."
            # Where the whole block was left out, that has been told already.
            if question.block in asked
            else "",
        )
        for question in codebook.question_rows
        if edition.year not in question.years
    ]
    if edition.reference_year is None:
        lacking.append((f"{NEEDS}reference", ""))
    if geography.boundaries_path(edition.year, data_dir) is None:
        lacking.append(
            (
                f"{NEEDS}boundaries",
                f"Vi har ikke kommunegrenser for inndelingen som gjaldt i {edition.year}. "
                "Kartet er derfor utelatt i denne utgaven.",
            )
        )
    return Selection(tuple(lacking))


def leave_out(notebook: nbformat.NotebookNode, selection: Selection) -> nbformat.NotebookNode:
    """The notebook without the cells that need what is lacking; each lack is told once, where its first cell stood."""
    kept: list[nbformat.NotebookNode] = []
    told: set[str] = set()
    absent = selection.tags()
    for cell in notebook.cells:
        missing = sorted(absent & set(cell.metadata.get("tags", [])))
        if not missing:
            kept.append(cell)
            continue
        for tag in missing:
            if tag not in told and selection.sentence(tag):
                kept.append(
                    nbformat.v4.new_markdown_cell(selection.sentence(tag), id=f"lacks-{tag.removeprefix(NEEDS)}")
                )
            told.add(tag)
    notebook.cells = kept
    return notebook
