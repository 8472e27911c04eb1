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

from docutils import nodes
from sphinx.application import Sphinx

from digikom import survey
from digikom.derivation import CodeError, Program
from digikom.derivation.indicators import CUT_POINTS, GRADES, IndicatorDiagram, Measure, diagram_of, method_tables
from digikom.editions.downloads import survey_year
from digikom.editions.layout import INPUTS_DIR
from digikom.errors import InputError

from . import texts
from .chapter_downloads import copy_address
from .elements import CELL_ANCHOR, ReportDirective, fold_opening, report_of

STYLE = "workbench.css"
#: Digits of a checksum that are shown where the whole one is elsewhere.
SHORT = 12
Line = list[nodes.Node]


class IndicatorDirective(ReportDirective):
    """```{beregningsvei}``` with the indicator's name in the method."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The diagram, or one sentence."""
        indicator = self.arguments[0]
        laid_out = Path(self.env.srcdir, INPUTS_DIR)
        data_dir = laid_out if (laid_out / "codebook").is_dir() else self.config.digikom_data_dir or None
        try:
            found = self._find(indicator, data_dir)
        except (CodeError, InputError) as error:
            return self.warn("%s: %s", indicator, error)
        if found is None:
            return [nodes.paragraph("", texts.NOT_COMPUTED)]
        docname, program, path = found
        where, messages = self.parse_inline(texts.computed_in(docname), lineno=self.lineno)
        diagram = _Diagram(self.env.app, self.env.docname, docname, program, path, data_dir)
        return [nodes.paragraph("", "", *where, *messages), diagram.node()]

    def _find(self, indicator: str, data_dir: Path | str | None) -> tuple[str, Program, IndicatorDiagram] | None:
        """The first chapter that computes the indicator, its code and the path through it."""
        tables = [survey.method(table, data_dir) for table in (CUT_POINTS, GRADES)]
        if not any(indicator in set(table["indicator"]) for table in tables):
            raise InputError(f"The method has no indicator {indicator!r}.")
        book = survey.codebook(data_dir)
        known = [name for row in book.question_rows for name in _names(book, row.question)]
        for docname in self.report.passages.chapters:
            program = self.report.program(docname)
            if found := diagram_of(program, indicator, dict.fromkeys(known)):
                return docname, program, found
        return None


def _names(book: survey.Codebook, question: str) -> list[str]:
    """A question and its items."""
    return list(dict.fromkeys([question, *(item.column for item in book.item_rows if item.question == question)]))


class _Diagram:
    """The diagram of one indicator, for the page `page`; the cells are those of `docname`."""

    def __init__(
        self,
        app: Sphinx,
        page: str,
        docname: str,
        program: Program,
        path: IndicatorDiagram,
        data_dir: Path | str | None,
    ) -> None:
        self.app, self.page, self.program, self.path = app, page, program, path
        self.cells_page = app.builder.get_relative_uri(page, docname)
        self.checksums = {file.path: file.sha256 for file in report_of(app).facts.inputs}
        self.book, self.limits = survey.codebook(data_dir), survey.method(CUT_POINTS, data_dir)
        rows = self.book.question_rows
        self.questions = [row for row in rows if {*_names(self.book, row.question)} & path.questions.keys()]
        self.years = [year for file in sorted(self.checksums) if (year := survey_year(file)) is not None]

    def node(self) -> nodes.Node:
        """The five steps as a list of lists."""
        stages = (self._answers(), self._questions(), self._counts(), self._scores(), self._grades())
        items = []
        for name, boxes in zip(texts.STAGES, map(list, stages), strict=True):
            if boxes:
                heading = nodes.paragraph("", name, classes=["digikom-way-stage"])
                items.append(nodes.list_item("", heading, nodes.bullet_list("", *boxes, bullet="-")))
        return nodes.enumerated_list("", *items, enumtype="arabic", classes=["digikom-way"])

    def _answers(self) -> Iterable[nodes.list_item]:
        """The files of answers to the questions, of those years in which they were asked."""
        for year in self.years:
            if any(year in question.years for question in self.questions):
                lines = [self._file(f"survey/{year}.csv"), self._cells(self.path.answers)]
                yield _box(texts.answers_of(year), lines)

    def _questions(self) -> Iterable[nodes.list_item]:
        """The questions as they were asked, and how many points a list had in the edition's year."""
        newest = max(self.years, default=0)
        for row in self.questions:
            names = _names(self.book, row.question)
            cells = [cell for name in names for cell in self.path.questions.get(name, [])]
            now = sum(newest in years for years in self.book.items(question=row.question)["years"])
            points: list[Line] = [[nodes.Text(texts.points_in(now, newest))]] if now > 1 else []
            yield _box(f"«{row.text_nb}»", [*points, self._cells(cells[:1])])

    def _counts(self) -> Iterable[nodes.list_item]:
        for one in self.path.counts:
            yield self._computed(one, one.label, self._files(self._tables([one])))

    def _scores(self) -> Iterable[nodes.list_item]:
        for one in self.path.scores:
            counts = [count.label for count in self.path.counts if count.indicator == one.indicator]
            rows = self.limits[self.limits["indicator"] == one.indicator]
            rows = rows.sort_values("score", key=lambda scores: scores.astype(int))
            limits = texts.score_limits(list(zip(rows["score"], rows["lower"], rows["upper"], strict=True)))
            lines = [[nodes.Text(limits)], self._file(f"method/{CUT_POINTS}.csv")]
            yield self._computed(one, texts.score_for(counts), lines)

    def _grades(self) -> Iterable[nodes.list_item]:
        """The grades, with those tables of the method that have not been met at the scores."""
        met = self._tables(self.path.scores)
        for one in self.path.grades:
            yield self._computed(one, one.label, self._files((self._tables([one]) - met) | {GRADES}))

    def _computed(self, one: Measure, title: str, lines: Sequence[Line]) -> nodes.list_item:
        return _box(title, [*lines, self._cells(one.cells)], "\n".join(step.source for step in one.steps))

    def _tables(self, measures: Iterable[Measure]) -> set[str]:
        """The tables of the method that columns depend on."""
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
        return [shown, *([nodes.Text(texts.short_checksum(checksum))] if checksum else [])]

    def _cells(self, cells: Sequence[str]) -> Line:
        """Links to the cells."""
        line: Line = [nodes.Text(texts.CELL)]
        for place, cell in enumerate(cells):
            address = f"{self.cells_page}#{CELL_ANCHOR}{cell}"
            link = nodes.reference("", "", nodes.literal("", cell), refuri=address, internal=False)
            line += [nodes.Text(", " if place else " "), link]
        return line


def _box(title: str, lines: Sequence[Line], code: str = "") -> nodes.list_item:
    """One box of a step: its title and lines, and the code behind it under a fold, if any is shown."""
    item = nodes.list_item("", nodes.paragraph("", title, classes=["digikom-way-title"]))
    item += [nodes.paragraph("", "", *line) for line in lines]
    if code:
        opening = fold_opening("digikom-way-code", texts.SHOW_CODE)
        opening = opening.replace("</summary>", f'<span class="digikom-hidden">: {escape(title)}</span></summary>')
        listing = f'<pre lang="en"><code>{escape(code)}</code></pre>'
        item += nodes.raw("", f"{opening}{listing}\n</details>\n", format="html")
    return item


def setup(app: Sphinx) -> None:
    """Register the directive and the style of what this and `material` put on pages."""
    app.add_directive("beregningsvei", IndicatorDirective)
    app.add_css_file(STYLE, priority=910)
