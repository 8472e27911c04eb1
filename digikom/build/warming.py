"""Import all that tasks need, once: processes that are forked afterwards have it at once."""

from __future__ import annotations

import importlib

#: What notebooks import, what executes them, and what makes books and PDF files. None of them starts a thread or an
#: event loop when it is imported; vl-convert does when it draws, which this process never does.
MODULES = (
    # Before the engine, which it loads itself by its entry point: the other way round the import is circular.
    "papermill",
    "altair",
    "digikom.engine",
    "digikom.geography",
    "digikom.publish",
    "digikom.survey",
    "digikom.sphinxext",
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "myst_nb.sphinx_ext",
    "sphinx.builders.html",
    "sphinx_book_theme",
)


def warm_up() -> None:
    """Import what is to be at hand."""
    for name in MODULES:
        importlib.import_module(name)
