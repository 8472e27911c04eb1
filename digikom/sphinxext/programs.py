"""The code of the book's notebooks, read once for all pages that tell of it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from digikom.derivation import Program, code_cells, read_program

from .notebooks import chapters_of

_PROGRAMS: WeakKeyDictionary[Sphinx, dict[str, Program]] = WeakKeyDictionary()


def program_of(app: Sphinx, docname: str) -> Program:
    """The steps of a notebook's cells, without those that the edition leaves out. Raises `CodeError`."""
    programs = _PROGRAMS.setdefault(app, {})
    if docname not in programs:
        programs[docname] = read_program(code_cells(chapters_of(app)[docname]))
    return programs[docname]
