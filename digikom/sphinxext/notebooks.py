"""The notebook files of the book: their cells, read once for all that tells of them, and what MyST-NB gets of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from digikom.needs import shown_cells
from digikom.publish.outputs import MUNICIPALITIES_MIME, PUBLISHED_MIMES
from digikom.publish.published import read_cells

from .passages import availability_of

SUFFIX = ".ipynb"
Cells = list[dict[str, Any]]

_CELLS: WeakKeyDictionary[Sphinx, dict[str, Cells]] = WeakKeyDictionary()


def chapters_of(app: Sphinx) -> dict[str, Cells]:
    """The cells that the edition shows of each notebook, by document in order of name. Nobody may change them.

    Call it when the documents of the book are known. Raises InputError for a file that is no notebook.
    """
    if app not in _CELLS:
        paths = {docname: Path(app.env.doc2path(docname)) for docname in sorted(app.env.found_docs)}
        _CELLS[app] = {
            docname: shown_cells(read_cells(path), availability_of(app))
            for docname, path in paths.items()
            if path.suffix == SUFFIX
        }
    return _CELLS[app]


def prepare(app: Sphinx, docname: str, content: list[str]) -> None:
    """Give MyST-NB the cells that the edition shows, each output in the one form that its page has.

    `jupyter-book build .` reads the notebooks as committed, with the cells that other editions have. What a cell
    publishes has forms for plain Jupyter beside it, pictures included, and MyST-NB would keep all of them in the page's
    document; for data that is handed over without being shown it has no form at all, and warns.
    """
    if not app.env.doc2path(docname).endswith(SUFFIX):
        return
    notebook = json.loads(content[0])
    notebook["cells"] = shown_cells(notebook["cells"], availability_of(app))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "data" in output:
                output["data"] = _shown(output["data"])
    content[0] = json.dumps(notebook)


def _shown(forms: dict[str, Any]) -> dict[str, Any]:
    published = {name: data for name, data in forms.items() if name in PUBLISHED_MIMES}
    return published or {name: data for name, data in forms.items() if name != MUNICIPALITIES_MIME}


def setup(app: Sphinx) -> None:
    """Connect."""
    app.connect("source-read", prepare)
