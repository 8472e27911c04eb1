"""How an indicator is computed, as a diagram made from the code of the notebooks.

```{beregningsvei} strategy
```

gives the five steps from answers to grade of an indicator of the method (`data/method/`), each with the cells, files
and questions that belong to it; see `digikom.derivation.indicators` for how they are found. Of several chapters that
compute the indicator it is the first. Where none does, one sentence tells so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from digikom import survey
from digikom.derivation import CodeError, Program, Step
from digikom.derivation.indicators import CUT_POINTS, GRADES, Computed, measures_of, method_tables, path_of
from digikom.derivation.indicators import Path as Way
from digikom.editions.downloads import INPUTS_DIR, survey_year
from digikom.errors import InputError

from . import texts
from .elements import CELL_ANCHOR
from .facts import facts_of
from .material import copy_address
from .notebooks import chapters_of
from .programs import program_of

LOGGER = logging.getLogger(__name__)
STYLE = "workbench.css"
#: Digits of a checksum that are shown where the whole one stands elsewhere.
SHORT = 12


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a step: its title and lines, each a list of inline nodes, and the code behind it, if any is shown."""

    title: list[nodes.Node]
    lines: list[list[nodes.Node]]
    code: str = ""
    about: str = ""


class WayDirective(SphinxDirective):
    """```{beregningsvei}``` with the indicator's name in the method."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The diagram, or one sentence."""
        indicator = self.arguments[0]
        try:
            found = self._find(indicator)
        except (CodeError, InputError) as error:
            LOGGER.warning("{beregningsvei} %s: %s", indicator, error, location=self.get_location())
            return []
        if found is None:
            return [nodes.paragraph("", texts.WAY_LACKING)]
        docname, program, way = found
        where, messages = self.parse_inline(texts.way_chapter(docname), lineno=self.lineno)
        drawing = _Drawing(self.env.app, self.env.docname, docname, program, way, data_dir_of(self.env.app))
        return [nodes.paragraph("", "", *where, *messages), drawing.node()]

    def _find(self, indicator: str) -> tuple[str, Program, Way] | None:
        """The first chapter that computes the indicator, its code and the way."""
        app = self.env.app
        data_dir = data_dir_of(app)
        scored = survey.method(CUT_POINTS, data_dir)["indicator"].unique()
        graded = survey.method(GRADES, data_dir)["indicator"].unique()
        if indicator not in {*scored, *graded}:
            raise InputError(f"The method has no indicator {indicator!r}.")
        book = survey.codebook(data_dir)
        known = [name for row in book.question_rows for name in (row.question, *_items(book, row.question))]
        for docname in chapters_of(app):
            program = program_of(app, docname)
            way = path_of(program, measures_of(program, scored, graded), indicator, dict.fromkeys(known))
            if way is not None:
                return docname, program, way
        return None


def data_dir_of(app: Sphinx) -> Path | str | None:
    """The folder of the codebook and the method that the book is built from."""
    laid_out = Path(app.srcdir, INPUTS_DIR)
    return laid_out if (laid_out / "codebook").is_dir() else app.config.digikom_data_dir or None


def _items(book: survey.Codebook, question: str) -> list[str]:
    return [item.column for item in book.item_rows if item.question == question and item.column != question]


class _Drawing:
    """The diagram of one way, for the page `page`; the cells are those of `docname`."""

    def __init__(
        self, app: Sphinx, page: str, docname: str, program: Program, way: Way, data_dir: Path | str | None
    ) -> None:
        self.app, self.page, self.docname = app, page, docname
        self.program, self.way, self.data_dir = program, way, data_dir
        self.checksums = {file.path: file.sha256 for file in facts_of(app).inputs}
        self.book = survey.codebook(data_dir)
        self.questions = [
            row
            for row in self.book.question_rows
            if {row.question, *_items(self.book, row.question)} & way.questions.keys()
        ]
        self.years = [year for file in sorted(self.checksums) if (year := survey_year(file)) is not None]

    def node(self) -> nodes.Node:
        """The five steps as a list of lists."""
        stages = (self._answers(), self._questions(), self._counts(), self._scores(), self._grades())
        items = [
            nodes.list_item(
                "",
                nodes.paragraph("", name, classes=["digikom-way-stage"]),
                nodes.bullet_list("", *(self._item(box) for box in boxes), bullet="-"),
            )
            for name, boxes in zip(texts.WAY_STAGES, stages, strict=True)
            if boxes
        ]
        return nodes.enumerated_list("", *items, enumtype="arabic", classes=["digikom-way"])

    def _item(self, box: Box) -> nodes.list_item:
        item = nodes.list_item("", nodes.paragraph("", "", *box.title, classes=["digikom-way-title"]))
        item += [nodes.paragraph("", "", *line) for line in box.lines]
        if box.code:
            summary = f'{texts.WAY_CODE}<span class="digikom-hidden">: {escape(box.about)}</span>'
            item += nodes.raw(
                "",
                f'<details class="digikom-way-code">\n<summary>{summary}</summary>\n'
                f'<pre lang="en"><code>{escape(box.code)}</code></pre>\n</details>\n',
                format="html",
            )
        return item

    def _answers(self) -> list[Box]:
        """The files of answers to the questions, of those years in which they were asked."""
        years = [year for year in self.years if any(year in question.years for question in self.questions)]
        return [
            Box(
                [nodes.Text(texts.way_answers(year))], [self._file(f"survey/{year}.csv"), self._cells(self.way.answers)]
            )
            for year in years
        ]

    def _questions(self) -> list[Box]:
        """The questions as they were asked, and how many points a list had in the edition's year."""
        boxes = []
        newest = max(self.years, default=0)
        for row in self.questions:
            items = self.book.items(question=row.question)
            cells = [cell for name in (row.question, *items["column"]) for cell in self.way.questions.get(name, [])]
            now = sum(newest in years for years in items["years"])
            points = [[nodes.Text(texts.way_points(now, newest))]] if now > 1 else []
            boxes.append(Box([nodes.Text(f"«{row.text_nb}»")], [*points, self._cells(cells[:1])]))
        return boxes

    def _counts(self) -> list[Box]:
        return [self._computed(one, _label(one), self._files(self._tables([one]))) for one in self.way.counts]

    def _scores(self) -> list[Box]:
        limits = survey.method(CUT_POINTS, self.data_dir)
        boxes = []
        for one in self.way.scores:
            counts = [count for count in self.way.counts if any(_reads(step, count.column) for step in one.steps)]
            rows = limits[limits["indicator"] == one.indicator].sort_values(
                "score", key=lambda scores: scores.astype(int)
            )
            steps = list(zip(rows["score"], rows["lower"], rows["upper"], strict=True))
            lines = [[nodes.Text(texts.way_limits(steps))], self._file(f"method/{CUT_POINTS}.csv")]
            boxes.append(self._computed(one, texts.way_score([_label(count) for count in counts]), lines))
        return boxes

    def _grades(self) -> list[Box]:
        """The grades, with those tables of the method that have not been met at the scores."""
        met = self._tables(self.way.scores)
        return [
            self._computed(one, _label(one), self._files((self._tables([one]) - met) | {GRADES}))
            for one in self.way.grades
        ]

    def _computed(self, one: Computed, title: str, lines: Sequence[list[nodes.Node]]) -> Box:
        code = "\n".join(step.source for step in one.steps)
        return Box([nodes.Text(title)], [*lines, self._cells(one.cells)], code, title)

    def _tables(self, computed: Iterable[Computed]) -> set[str]:
        """The tables of the method that columns depend on."""
        return set(method_tables(self.program.slice(step.position for one in computed for step in one.steps)))

    def _files(self, tables: Iterable[str]) -> list[list[nodes.Node]]:
        return [self._file(f"method/{table}.csv") for table in sorted(tables)]

    def _file(self, name: str) -> list[nodes.Node]:
        """A data file by its name, linked where it is published, with the beginning of its checksum."""
        address = copy_address(self.app, self.page, name)
        shown: nodes.Node = nodes.literal("", name)
        if address:
            shown = nodes.reference("", "", shown, refuri=address, internal=False)
        checksum = self.checksums.get(name, "")[:SHORT]
        return [shown, nodes.Text(f" ({texts.way_checksum(checksum)})")] if checksum else [shown]

    def _cells(self, cells: Sequence[str]) -> list[nodes.Node]:
        """Links to the cells."""
        line: list[nodes.Node] = [nodes.Text(texts.WAY_CELL)]
        page = self.app.builder.get_relative_uri(self.page, self.docname)
        for place, cell in enumerate(cells):
            line.append(nodes.Text(", " if place else " "))
            address = f"{page}#{CELL_ANCHOR}{cell}"
            line.append(nodes.reference("", "", nodes.literal("", cell), refuri=address, internal=False))
        return line


def _label(one: Computed) -> str:
    """What the notebook calls a column, or else its name."""
    return one.label or one.column


def _reads(step: Step, column: str) -> bool:
    return any(touch.column == column for touch in step.uses.reads)


def setup(app: Sphinx) -> None:
    """Register the directive and the style of what this and `material` put on pages."""
    app.add_directive("beregningsvei", WayDirective)
    app.add_css_file(STYLE, priority=910)
