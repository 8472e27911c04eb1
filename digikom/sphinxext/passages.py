"""What of the book an edition has: the rule of `digikom.presence` on all that Sphinx reads.

`{har-siden}` keeps a passage that leads to a page which only some editions have. `{fra-utgaven}` puts in what the
authors of the edition have written about its year (`book/editions/<year>/`), or what editions share
(`book/editions/felles/`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from digikom.paths import SHARED_WORDS
from digikom.presence import absences, rule
from digikom.presence.keys import Key, edition_of, read_keys
from digikom.presence.rule import Edition, LeftOut
from digikom.publish.bounds import Bounds, bounds_of
from digikom.publish.evidence import Evidence, evidence_of
from digikom.publish.limits import limits_of
from digikom.publish.number_registers import REGISTERS_DIR
from digikom.publish.outputs import HANDED_OVER_MIMES, NUMBER_MIME, PUBLISHED_MIMES
from digikom.publish.published import declared_parameters, published_outputs, read_cells

from .elements import ReportDirective

NOTEBOOK, PAGE = ".ipynb", ".md"
YEAR_KEY, REFERENCE_KEY = "year", "year-reference"
EDITION_DIR = "book/editions"
Cells = list[dict[str, Any]]


@dataclass
class Passages:
    """What an edition has of the book in `folder`: `sources` are the files of its pages and notebooks by document."""

    folder: Path
    sources: dict[str, Path]
    data_dir: str | None

    @cached_property
    def keys(self) -> list[Key]:
        """The keys of all editions."""
        return read_keys(self.folder)

    @cached_property
    def executed(self) -> dict[str, Cells]:
        """The notebooks as they are, by document."""
        return {docname: read_cells(path) for docname, path in self.sources.items() if path.suffix == NOTEBOOK}

    @cached_property
    def edition(self) -> Edition:
        """What the notebooks publish."""
        return edition_of(self.keys, {Path(docname).name: cells for docname, cells in self.executed.items()})

    def calls(self, code: str) -> bool:
        """Whether a notebook has this in its code."""
        cells = (cell for cells in self.executed.values() for cell in cells if cell["cell_type"] == "code")
        return any(code in "".join(cell["source"]) for cell in cells)

    @cached_property
    def evidence(self) -> tuple[dict[str, Evidence] | None, set[str]]:
        """What a notebook says that numbers rest on, by key, if one does; and which are about what others have printed
        or published: that one, and those that read earlier editions.
        """
        found = {
            docname: given for docname, cells in self.executed.items() if (given := evidence_of(cells)) is not None
        }
        earlier = {name for name, cells in self.executed.items() if REGISTERS_DIR in declared_parameters(cells)}
        return next(iter(found.values()), None), {*found, *earlier}

    @property
    def bounds(self) -> dict[str, Bounds]:
        """How low and how high numbers could be, by key, as far as a notebook says."""
        return {key: given for cells in self.executed.values() for key, given in bounds_of(cells).items()}

    @cached_property
    def limits(self) -> dict[str, list[list[Any]]]:
        """What scores and grades would be with other limits, as notebooks hand it over, by document."""
        return {docname: rows for docname, cells in self.executed.items() if (rows := limits_of(cells))}

    def year(self, key: str = YEAR_KEY) -> int | None:
        """The year of the edition, or that of another key."""
        for cells in self.executed.values():
            for _, mime, payload in published_outputs(cells):
                if mime == NUMBER_MIME and payload.get("key") == key:
                    return int(payload["value"])
        return None

    @cached_property
    def _absent(self) -> tuple[absences.Absence, ...]:
        year = self.year()
        return () if year is None else absences.absences_of(year, self.year(REFERENCE_KEY), self.data_dir)

    @cached_property
    def _chapters(self) -> dict[str, tuple[Cells, list[LeftOut]]]:
        made = {}
        for docname, cells in self.executed.items():
            tell = absences.explainer(lambda: self._absent, self.keys)
            made[docname] = rule.notebook(cells, Path(docname).name, self.edition, tell)
        return made

    @cached_property
    def chapters(self) -> dict[str, Cells]:
        """The cells of each notebook that the edition has, by document in order of name. Nobody may change them.

        Raises InputError for a file that is no notebook.
        """
        return {docname: cells for docname, (cells, _) in self._chapters.items()}

    def page(self, text: str) -> str:
        """What the edition has of a page."""
        return rule.page(text, self.edition)[0]

    def notebook(self, docname: str, text: str) -> str:
        """What it has of a notebook, each output in the one form that its page has.

        What a cell publishes has forms for plain Jupyter as well, pictures included, and MyST-NB would keep all of
        them in the page's document; for data that is handed over without being shown it has no form at all, and warns.
        """
        return json.dumps({**json.loads(text), "cells": [_shown(cell) for cell in self.chapters[docname]]})

    def words(self, name: str) -> Path | None:
        """The file of the edition's own words on `name`, or of those that editions share, if there is one."""
        folders = (Path(self.folder, EDITION_DIR, part) for part in (str(self.year()), SHARED_WORDS))
        return next((path for folder in folders if (path := folder / f"{name}.md").is_file()), None)

    def left_out(self) -> list[tuple[str, LeftOut]]:
        """All that is left out, each with its document or, for words of editions, their file, in order of name."""
        found = {docname: left_out for docname, (_, left_out) in self._chapters.items()}
        pages = {docname: path for docname, path in self.sources.items() if path.suffix == PAGE}
        for part in (str(self.year()), SHARED_WORDS):
            for path in sorted(Path(self.folder, EDITION_DIR, part).glob(f"*{PAGE}")):
                if self.words(path.stem) == path:
                    pages[path.relative_to(self.folder).with_suffix("").as_posix()] = path
        for docname, path in pages.items():
            found[docname] = rule.page(path.read_text(encoding="utf-8"), self.edition)[1]
        return [(docname, each) for docname, left_out in sorted(found.items()) for each in left_out]


def _shown(cell: dict[str, Any]) -> dict[str, Any]:
    if "outputs" not in cell:
        return cell
    outputs = [{**each, "data": _one_form(each["data"])} if "data" in each else each for each in cell["outputs"]]
    return {**cell, "outputs": outputs}


def _one_form(forms: dict[str, Any]) -> dict[str, Any]:
    published = {name: data for name, data in forms.items() if name in PUBLISHED_MIMES}
    return published or {name: data for name, data in forms.items() if name not in HANDED_OVER_MIMES}


class PagePresentDirective(ReportDirective):
    """```{har-siden} notebooks/11_kommuner``` around a passage that is kept only where the book has that page."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The passage, or nothing."""
        if self.arguments[0] not in self.env.found_docs:
            return []
        return self.parse_content_to_nodes(allow_section_headings=True)


class EditionTextDirective(ReportDirective):
    """```{fra-utgaven} bakgrunn``` puts in `book/editions/<year>/bakgrunn.md`, or else `book/editions/felles/`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The edition's text, or nothing where it has none."""
        passages = self.report.passages
        if passages.year() is None:
            self.warn("no notebook publishes the year: the edition's own texts cannot be found")
        path = passages.words(self.arguments[0])
        if path is None:
            return []
        self.env.note_dependency(str(path))
        return self.parse_text_to_nodes(passages.page(path.read_text(encoding="utf-8")), allow_section_headings=True)


def setup(app: Sphinx) -> None:
    """Register the directives."""
    app.add_directive("har-siden", PagePresentDirective)
    app.add_directive("fra-utgaven", EditionTextDirective)
