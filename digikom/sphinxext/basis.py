"""What a number rests on: the questions as asked, the columns of the codebook and the data files.

Which questions is said with the number. What else it rests on is seen in the code that it is computed by: where that
takes differences between years, it rests on both of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from digikom.derivation import CodeError, Program
from digikom.editions.build_facts import InputFile
from digikom.survey import Codebook, Item, codebook

from .colophon import edition_facts
from .facts import facts_of
from .payloads import Number
from .programs import program_of
from .register import Entry, Place, register_of

LOGGER = logging.getLogger(__name__)
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
class Basis:
    """What a number rests on. `names` are the blocks, questions and items of the codebook as the notebook names them,
    `years` the years of the answers, `calls` what else of the edition is read (`EARLIER`, `PRINTED`).
    """

    names: tuple[str, ...]
    years: tuple[int, ...]
    calls: frozenset[str]
    asked: tuple[Asked, ...]
    inputs: tuple[InputFile, ...]

    @property
    def compares(self) -> bool:
        """Whether the numbers of earlier editions are behind it too."""
        return EARLIER in self.calls

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of the survey files, in the order of the codebook."""
        return tuple(column for each in self.asked for column, _ in each.columns)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks of the codebook, in its order."""
        return tuple(dict.fromkeys(each.block for each in self.asked))


class Foundations:
    """Finds the basis of every number of an edition."""

    def __init__(
        self, book: Codebook, inputs: Iterable[InputFile], years: Sequence[int], program: Callable[[str], Program]
    ) -> None:
        """`years` are those of the edition, its own and its reference year; `program` gives the code of a notebook."""
        self._program = program
        self._codes: dict[tuple[str, str], list[str]] = {}
        self._book = book
        self._inputs = {each.path: each for each in inputs}
        self._years = tuple(years)
        self._found: dict[tuple[tuple[str, ...], tuple[int, ...], frozenset[str]], Basis] = {}
        self._blocks = {row.block: row.label_nb for row in book.block_rows}
        self._known = {*self._blocks, *(row.question for row in book.question_rows)}
        self._known |= {item.column for item in book.item_rows}

    def of(self, entry: Entry[Number]) -> Basis:
        """The basis of one number."""
        code = self._code(entry.place)
        own = () if entry.item.year is None else (entry.item.year,)
        years = {*own, *self._years} if DIFFERENCE in code[-1] else own
        calls = {call for call in (EARLIER, PRINTED) if any(call in source for source in code)}
        return self._basis(tuple(sorted(entry.item.questions)), years, calls)

    def _code(self, place: Place) -> list[str]:
        """The code that the numbers of a cell are computed by, the whole of their own cell last."""
        cell = place.docname, place.cell_id
        if cell not in self._codes:
            try:
                program = self._program(place.docname)
            except (CodeError, KeyError):
                return [""]
            own = program.of_cell(place.cell_id)
            steps = program.slice(own)
            whole = "\n".join(step.source for step in steps if step.position in own)
            self._codes[cell] = [*(step.source for step in steps if step.position not in own), whole]
        return self._codes[cell]

    def together(self, bases: Collection[Basis]) -> Basis:
        """One basis for numbers that differ in their years only."""
        first = next(iter(bases))
        return self._basis(first.names, {year for each in bases for year in each.years}, first.calls)

    def unknown(self, entry: Entry[Number]) -> list[str]:
        """The names behind a number that the codebook does not have."""
        return [name for name in self.of(entry).names if name not in self._known]

    def _basis(self, names: tuple[str, ...], years: Collection[int], calls: Collection[str]) -> Basis:
        key = (names, tuple(sorted(years)), frozenset(calls))
        if key not in self._found:
            paths = [*([PRINTED_FIGURES] if PRINTED in calls else []), *(f"survey/{year}.csv" for year in key[1])]
            inputs = tuple(self._inputs[path] for path in paths if path in self._inputs)
            self._found[key] = Basis(*key, asked=self._asked(names, key[1]), inputs=inputs)
        return self._found[key]

    def _asked(self, names: tuple[str, ...], years: tuple[int, ...]) -> tuple[Asked, ...]:
        """The questions of which at least one column is behind the names, in codebook order."""
        held: dict[str, list[int]] = {}
        for year in years:
            for column in self._columns(names, year):
                held.setdefault(column, []).append(year)
        found = []
        for question in self._book.question_rows:
            columns = tuple(
                (item.column, tuple(held[item.column]))
                for item in self._book.item_rows
                if item.question == question.question and item.column in held
            )
            if columns:
                block = self._blocks[question.block]
                found.append(Asked(question.question, question.text_nb, block, columns))
        return tuple(found)

    def _columns(self, names: tuple[str, ...], year: int) -> set[str]:
        """The columns of a year's survey file behind the names; an item that was not asked then by its series rule."""
        if year not in self._book.years:
            return set()
        items: dict[str, list[Item]] = {}
        for item in self._book.item_rows:
            items.setdefault(item.block, []).append(item)
            items.setdefault(item.question, []).append(item)
        asked = {item.column for item in self._book.asked(year)}
        columns: set[str] = set()
        for name in names:
            if name in items:
                columns |= asked & {item.column for item in items[name]}
            elif name in self._known:
                columns |= set(self._book.series(name, year)["column"])
        return columns


_FOUNDATIONS: WeakKeyDictionary[Sphinx, Foundations] = WeakKeyDictionary()


def foundations_of(app: Sphinx) -> Foundations:
    """What the edition's numbers rest on. Call it when the notebooks have been read."""
    if app not in _FOUNDATIONS:
        edition = edition_facts(app.env)
        years = () if edition is None else edition.years
        folder = app.config.digikom_answers or app.config.digikom_data_dir or None
        _FOUNDATIONS[app] = Foundations(codebook(folder), facts_of(app).inputs, years, partial(program_of, app))
    return _FOUNDATIONS[app]


def check(app: Sphinx, _env: BuildEnvironment) -> None:
    """Warn of a number that names what the codebook does not have."""
    foundations = foundations_of(app)
    for entry in register_of(app).numbers.values():
        for name in foundations.unknown(entry):
            LOGGER.warning(
                "the number %r rests on %r, which the codebook does not have",
                entry.item.key,
                name,
                location=(entry.place.docname, entry.place.line),
            )


def setup(app: Sphinx) -> None:
    """Register the configuration and the check."""
    app.add_config_value("digikom_answers", "", "env", [str])
    app.connect("env-check-consistency", check)
