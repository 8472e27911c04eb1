"""Imports all that tasks need, when it is imported itself: processes that are forked afterwards have it at once."""

from __future__ import annotations

import gc
import importlib

#: What notebooks import, what executes them, and what makes books and PDF files. None of them starts a thread or an
#: event loop when it is imported; vl-convert does when it draws, which this process never does.
MODULES = (
    # Before the engine, which it loads itself by its entry point: the other way round the import is circular.
    "papermill",
    "altair",
    "digikom.pipeline.engine",
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

for _name in MODULES:
    importlib.import_module(_name)
# What is at hand from the start is never garbage: collecting would look through all of it again and again, and copy
# the memory that processes share.
gc.collect()
gc.freeze()
# Documents and results are millions of objects that live until the task ends: to look for garbage after each seven
# hundred new ones takes a quarter of a book's time.
gc.set_threshold(50_000)
