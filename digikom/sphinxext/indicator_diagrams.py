"""How an indicator is computed, as a diagram made from the code of the notebooks.

```{beregningsvei} strategy
```

gives the five steps from answers to grade of an indicator of the method (`data/method/`), each with the cells, files
and questions that belong to it; see `digikom.derivation.indicators` for how they are found. Of several chapters that
compute the indicator it is the first. Where none does, one sentence says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from digikom import survey
from digikom.derivation import CodeError, Program
from digikom.derivation.indicators import (
    CUT_POINTS,
    GRADES,
    IndicatorDiagram,
    Measure,
    diagram_of,
    method_tables,
)
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

Line = list[nodes.Node]


class IndicatorDirective(SphinxDirective):
    """```{beregningsvei}``` with the indicator's name in the method."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The diagram, or one sentence."""
        indicator, app = self.arguments[0], self.env.app
        laid_out = Path(app.srcdir, INPUTS_DIR)
        data_dir = laid_out if (laid_out / "codebook").is_dir() else app.config.digikom_data_dir or None
        tables = [survey.method(table, data_dir) for table in (CUT_POINTS, GRADES)]
        if not any(indicator in set(table["indicator"]) for table in tables):
            return self._warning(f"The method has no indicator {indicator!r}.")
        book = survey.codebook(data_dir)
        known = dict.fromkeys(
            name for row in book.question_rows for name in (row.question, *book.items(question=row.question)["column"])
        )
        try:
            for docname in chapters_of(app):
                program = program_of(app, docname)
                if diagram := diagram_of(program, indicator, known):
                    where, messages = self.parse_inline(texts.way_chapter(docname), lineno=self.lineno)
                    drawing = _Drawing(app, self.env.docname, docname, program, diagram, data_dir)
                    return [nodes.paragraph("", "", *where, *messages), drawing.node()]
        except (CodeError, InputError) as error:
            return self._warning(str(error))
        return [nodes.paragraph("", texts.WAY_LACKING)]

    def _warning(self, problem: str) -> list[nodes.Node]:
        LOGGER.warning("{beregningsvei} %s: %s", self.arguments[0], problem, location=self.get_location())
        return []


class _Drawing:
    """The diagram of one indicator, for the page `page`; the cells are those of `docname`."""

    def __init__(
        self,
        app: Sphinx,
        page: str,
        docname: str,
        program: Program,
        diagram: IndicatorDiagram,
        data_dir: Path | str | None,
    ) -> None:
        self.app, self.page, self.docname = app, page, docname
        self.program, self.diagram = program, diagram
        self.checksums = {file.path: file.sha256 for file in facts_of(app).inputs}
        self.years = [year for file in sorted(self.checksums) if (year := survey_year(file)) is not None]
        self.limits = survey.method(CUT_POINTS, data_dir)
        book = survey.codebook(data_dir)
        items = {row: book.items(question=row.question) for row in book.question_rows}
        self.questions = {
            row: frame
            for row, frame in items.items()
            if not diagram.questions.keys().isdisjoint([row.question, *frame["column"]])
        }

    def node(self) -> nodes.Node:
        """The five steps as a list of lists."""
        stages = (self._answers(), self._questions(), self._counts(), self._scores(), self._grades())
        items = [
            nodes.list_item(
                "",
                nodes.paragraph("", name, classes=["digikom-way-stage"]),
                nodes.bullet_list("", *boxes, bullet="-"),
            )
            for name, boxes in zip(texts.WAY_STAGES, stages, strict=True)
            if boxes
        ]
        return nodes.enumerated_list("", *items, enumtype="arabic", classes=["digikom-way"])

    def _answers(self) -> list[nodes.list_item]:
        """The files of answers to the questions, of those years in which they were asked."""
        return [
            _box(texts.way_answers(year), [self._file(f"survey/{year}.csv"), self._cells(self.diagram.answers)])
            for year in self.years
            if any(year in question.years for question in self.questions)
        ]

    def _questions(self) -> list[nodes.list_item]:
        """The questions as they were asked, and how many points a list had in the edition's year."""
        boxes = []
        newest = max(self.years, default=0)
        for row, items in self.questions.items():
            names = [row.question, *items["column"]]
            cells = [cell for name in names for cell in self.diagram.questions.get(name, [])]
            now = sum(newest in years for years in items["years"])
            points: list[Line] = [[nodes.Text(texts.way_points(now, newest))]] if now > 1 else []
            boxes.append(_box(f"«{row.text_nb}»", [*points, self._cells(cells[:1])]))
        return boxes

    def _counts(self) -> list[nodes.list_item]:
        return [self._measure(one, one.label, self._files(self._tables([one]))) for one in self.diagram.counts]

    def _scores(self) -> list[nodes.list_item]:
        boxes = []
        for one in self.diagram.scores:
            counts = [count.label for count in self.diagram.counts if count.indicator == one.indicator]
            rows = self.limits[self.limits["indicator"] == one.indicator]
            rows = rows.sort_values("score", key=lambda scores: scores.astype(int))
            steps = list(zip(rows["score"], rows["lower"], rows["upper"], strict=True))
            lines = [[nodes.Text(texts.way_limits(steps))], self._file(f"method/{CUT_POINTS}.csv")]
            boxes.append(self._measure(one, texts.way_score(counts), lines))
        return boxes

    def _grades(self) -> list[nodes.list_item]:
        """The grades, with those tables of the method that have not been met at the scores."""
        met = self._tables(self.diagram.scores)
        return [
            self._measure(one, one.label, self._files((self._tables([one]) - met) | {GRADES}))
            for one in self.diagram.grades
        ]

    def _measure(self, one: Measure, title: str, lines: Sequence[Line]) -> nodes.list_item:
        return _box(title, [*lines, self._cells(one.cells)], "\n".join(step.source for step in one.steps))

    def _tables(self, measures: Iterable[Measure]) -> set[str]:
        """The tables of the method that measures depend on."""
        return method_tables(self.program.slice(step.position for one in measures for step in one.steps))

    def _files(self, tables: Iterable[str]) -> list[Line]:
        return [self._file(f"method/{table}.csv") for table in sorted(tables)]

    def _file(self, name: str) -> Line:
        """A data file by its name, linked where it is published, with the beginning of its checksum."""
        address = copy_address(self.app, self.page, name)
        shown: nodes.Node = nodes.literal("", name)
        if address:
            shown = nodes.reference("", "", shown, refuri=address, internal=False)
        checksum = self.checksums.get(name, "")[:SHORT]
        return [shown, nodes.Text(f" ({texts.way_checksum(checksum)})")] if checksum else [shown]

    def _cells(self, cells: Sequence[str]) -> Line:
        """Links to the cells."""
        line: Line = [nodes.Text(texts.WAY_CELL)]
        page = self.app.builder.get_relative_uri(self.page, self.docname)
        for place, cell in enumerate(cells):
            line.append(nodes.Text(", " if place else " "))
            address = f"{page}#{CELL_ANCHOR}{cell}"
            line.append(nodes.reference("", "", nodes.literal("", cell), refuri=address, internal=False))
        return line


def _box(title: str, lines: Sequence[Line], code: str = "") -> nodes.list_item:
    """One box of a step: its title, its lines, and the code behind it folded up, if there is any."""
    item = nodes.list_item("", nodes.paragraph("", title, classes=["digikom-way-title"]))
    item += [nodes.paragraph("", "", *line) for line in lines]
    if code:
        summary = f'{texts.WAY_CODE}<span class="digikom-hidden">: {escape(title)}</span>'
        folded = f'<details class="digikom-way-code">\n<summary>{summary}</summary>\n'
        folded += f'<pre lang="en"><code>{escape(code)}</code></pre>\n</details>\n'
        item += nodes.raw("", folded, format="html")
    return item


def setup(app: Sphinx) -> None:
    """Register the directive and the style of what this and `material` put on pages."""
    app.add_directive("beregningsvei", IndicatorDirective)
    app.add_css_file(STYLE, priority=910)
