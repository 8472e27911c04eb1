"""The code of the book's notebooks, read once for all pages that tell of it."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from digikom.derivation import Program, code_cells, read_program
from digikom.needs import shown_cells
from digikom.publish.published import read_cells

from .passages import availability_of

_PROGRAMS: WeakKeyDictionary[Sphinx, dict[str, Program]] = WeakKeyDictionary()


def program_of(app: Sphinx, docname: str) -> Program:
    """The steps of a notebook's cells, without those that the edition leaves out. Raises `CodeError`."""
    programs = _PROGRAMS.setdefault(app, {})
    if docname not in programs:
        cells = shown_cells(read_cells(Path(app.env.doc2path(docname))), availability_of(app))
        programs[docname] = read_program(code_cells(cells))
    return programs[docname]
