"""What a number rests on: the questions as asked, the columns of the codebook and the data files.

Which questions is said with the number. What else it rests on is seen in the code that it is computed by: where that
takes differences between years, it rests on both of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from digikom.derivation import CodeError, Program
from digikom.editions.build_facts import FileRecord
from digikom.survey.codebook import Codebook

from .payloads import Entry, Number, Place

PRINTED_FIGURES = "published/figures.csv"
#: What the code of a number calls where it rests on numbers of earlier editions, on printed figures, or on both years.
EARLIER, PRINTED, DIFFERENCE = "publish.edition_registers(", "survey.printed(", ".diff("


@dataclass(frozen=True, slots=True)
class Asked:
    """A question behind a number: its text in Norwegian, its block's name, and the columns with the years in which
    they hold the answers.
    """

    question: str
    text: str
    block: str
    columns: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Sources:
    """What a number rests on. `names` are the blocks, questions and items of the codebook as the notebook names them,
    `years` the years of the answers, `calls` what else of the edition is read (`EARLIER`, `PRINTED`).
    """

    names: tuple[str, ...]
    years: tuple[int, ...]
    calls: frozenset[str]
    asked: tuple[Asked, ...]
    inputs: tuple[FileRecord, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the survey files, in the order of the codebook."""
        return tuple(column for each in self.asked for column, _ in each.columns)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks of the codebook, in its order."""
        return tuple(dict.fromkeys(each.block for each in self.asked))


class NumberSources:
    """Finds the sources of every number of an edition."""

    def __init__(
        self, book: Codebook, inputs: Iterable[FileRecord], years: Sequence[int], program: Callable[[str], Program]
    ) -> None:
        """`years` are those of the edition, its own and its reference year; `program` gives the code of a notebook."""
        self._book, self._years, self._program = book, tuple(years), program
        self._inputs = {each.path: each for each in inputs}
        self._code: dict[tuple[str, str], list[str]] = {}
        self._found: dict[tuple[tuple[str, ...], tuple[int, ...], frozenset[str]], Sources] = {}
        self._blocks = {row.block: row.label_nb for row in book.block_rows}
        #: The columns behind each block, question and item.
        self._columns: dict[str, set[str]] = {name: set() for name in self._blocks}
        self._columns |= {row.question: set() for row in book.question_rows}
        self._groups = set(self._columns)
        for item in book.item_rows:
            for name in {item.block, item.question, item.column}:
                self._columns.setdefault(name, set()).add(item.column)

    def of(self, entry: Entry[Number]) -> Sources:
        """The sources of one number."""
        code = self._code_of(entry.place)
        own = () if entry.item.year is None else (entry.item.year,)
        years = {*own, *self._years} if DIFFERENCE in code[-1] else own
        calls = {call for call in (EARLIER, PRINTED) if any(call in source for source in code)}
        return self._sources(tuple(sorted(entry.item.questions)), years, calls)

    def together(self, sources: Collection[Sources]) -> Sources:
        """The sources of numbers that differ in their years only."""
        first = next(iter(sources))
        return self._sources(first.names, {year for each in sources for year in each.years}, first.calls)

    def unknown(self, entry: Entry[Number]) -> list[str]:
        """The names behind a number that the codebook does not have."""
        return [name for name in sorted(entry.item.questions) if name not in self._columns]

    def _code_of(self, place: Place) -> list[str]:
        """The code that the numbers of a cell are computed by, the whole of their own cell last."""
        cell = place.docname, place.cell_id
        if cell not in self._code:
            try:
                program = self._program(place.docname)
            except (CodeError, KeyError):
                return [""]
            own = program.of_cell(place.cell_id)
            steps = program.slice(own)
            whole = "\n".join(step.source for step in steps if step.position in own)
            self._code[cell] = [*(step.source for step in steps if step.position not in own), whole]
        return self._code[cell]

    def _sources(self, names: tuple[str, ...], years: Collection[int], calls: Collection[str]) -> Sources:
        key = (names, tuple(sorted(years)), frozenset(calls))
        if key not in self._found:
            paths = [*([PRINTED_FIGURES] if PRINTED in calls else []), *(f"survey/{year}.csv" for year in key[1])]
            inputs = tuple(self._inputs[path] for path in paths if path in self._inputs)
            self._found[key] = Sources(*key, asked=tuple(self._asked(names, key[1])), inputs=inputs)
        return self._found[key]

    def _asked(self, names: tuple[str, ...], years: tuple[int, ...]) -> Iterable[Asked]:
        """The questions of which at least one column is behind the names, in codebook order."""
        held = {year: self._held(names, year) for year in years}
        for question in self._book.question_rows:
            columns = [item.column for item in self._book.item_rows if item.question == question.question]
            with_years = [(name, tuple(year for year in years if name in held[year])) for name in columns]
            found = tuple((name, when) for name, when in with_years if when)
            if found:
                yield Asked(question.question, question.text_nb, self._blocks[question.block], found)

    def _held(self, names: tuple[str, ...], year: int) -> set[str]:
        """The columns of a year's survey file behind the names; an item that was not asked then by its series rule."""
        if year not in self._book.years:
            return set()
        asked = {item.column for item in self._book.asked(year)}
        columns: set[str] = set()
        for name in names:
            if name in self._groups:
                columns |= asked & self._columns[name]
            elif name in self._columns:
                columns |= set(self._book.series(name, year)["column"])
        return columns
