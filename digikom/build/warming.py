"""Import all that tasks need, once: processes that are forked afterwards have it at once."""

from __future__ import annotations

import importlib
import threading

#: What notebooks import, what executes them, and what makes books and PDF files. None of them starts a thread or an
#: event loop when it is imported; vl-convert does when it draws, which this process never does.
MODULES = (
    "altair",
    "digikom.build.engine",
    "digikom.geography",
    "digikom.publish",
    "digikom.survey",
    "digikom.sphinxext",
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "myst_nb.sphinx_ext",
    "papermill",
    "sphinx.builders.html",
    "sphinx_book_theme",
)
#: What pandas takes for `display.max_columns` when a kernel imports it; elsewhere it is what a terminal has room for.
KERNEL_COLUMNS = 20


def warm_up() -> None:
    """Import what is to be at hand. Raises RuntimeError where this process has a thread, which a fork would lose."""
    import pandas as pd

    pd.set_option("display.max_columns", KERNEL_COLUMNS)
    for name in MODULES:
        importlib.import_module(name)
    if threading.active_count() > 1:
        raise RuntimeError(f"processes are forked from one with threads: {threading.enumerate()}")
