"""The notebook files of the book: their cells, read once for all that tells of them, and what MyST-NB gets of them."""

from __future__ import annotations

import json
from typing import Any

from sphinx.application import Sphinx

from digikom.publish.outputs import MUNICIPALITIES_MIME, PUBLISHED_MIMES

from .presence import NOTEBOOK, Cells, standing_of


def chapters_of(app: Sphinx) -> dict[str, Cells]:
    """The cells that the edition shows of each notebook, by document in order of name. Nobody may change them.

    Call it when the documents of the book are known. Raises InputError for a file that is no notebook.
    """
    return standing_of(app).chapters


def prepare(app: Sphinx, docname: str, content: list[str]) -> None:
    """Give MyST-NB the cells that the edition shows, each output in the one form that its page has.

    What a cell publishes has forms for plain Jupyter beside it, pictures included, and MyST-NB would keep all of them
    in the page's document; for data that is handed over without being shown it has no form at all, and warns.
    """
    if not app.env.doc2path(docname).endswith(NOTEBOOK):
        return
    notebook = json.loads(content[0])
    notebook["cells"] = [_shown(cell) for cell in chapters_of(app)[docname]]
    content[0] = json.dumps(notebook)


def _shown(cell: dict[str, Any]) -> dict[str, Any]:
    if "outputs" not in cell:
        return cell
    outputs = [
        {**output, "data": _one_form(output["data"])} if "data" in output else output for output in cell["outputs"]
    ]
    return {**cell, "outputs": outputs}


def _one_form(forms: dict[str, Any]) -> dict[str, Any]:
    published = {name: data for name, data in forms.items() if name in PUBLISHED_MIMES}
    return published or {name: data for name, data in forms.items() if name != MUNICIPALITIES_MIME}


def setup(app: Sphinx) -> None:
    """Connect."""
    app.connect("source-read", prepare)
