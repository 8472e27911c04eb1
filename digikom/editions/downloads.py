"""What whoever checks an edition can download: the notebooks without results, and copies of the data they read.

Answers that are not to be shown one by one are never among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from digikom.derivation.dataflow import MEASURES
from digikom.derivation.inputs import ANY_DATA, matches
from digikom.editions.disclosure import is_withheld
from digikom.editions.layout import INPUTS_DIR, TEMPLATES_DIR
from digikom.files import write_all
from digikom.publish.published import INJECTED
from digikom.survey.provenance import DESCRIPTOR


def survey_year(name: str) -> int | None:
    """The year of a file of answers, by its path in the data folder; `None` for every other file."""
    found = re.fullmatch(r"survey/([0-9]{4})\.csv", name)
    return None if found is None else int(found[1])


def downloadable(files: Mapping[str, Path]) -> dict[str, Path]:
    """Those of the data `files`, by their path in the data folder, that an edition may publish copies of.

    These are the files that notebooks read. Answers that may not be shown one by one, by the descriptor in their own
    folder, are left out, and the descriptor with them. Raises `InputError` for one that cannot be understood.
    """
    chosen = {name: path for name, path in files.items() if any(matches(name, one) for one in ANY_DATA)}
    closed = {name for name, path in chosen.items() if survey_year(name) and is_withheld(path)}
    closed |= {DESCRIPTOR} if closed else set()
    return {name: path for name, path in sorted(chosen.items()) if name not in closed}


def template_of(notebook: nbformat.NotebookNode) -> str:
    """The notebook without results and without anything of a run, as a file's text. The notebook is not changed."""
    content = {
        "cells": [_bare(cell) for cell in notebook.cells if INJECTED not in cell.metadata.get("tags", [])],
        "metadata": {"kernelspec": notebook.metadata.get("kernelspec", {}), "language_info": {"name": "python"}},
        "nbformat": notebook.nbformat,
        "nbformat_minor": notebook.nbformat_minor,
    }
    return str(nbformat.writes(nbformat.from_dict(content))) + "\n"


def _bare(cell: nbformat.NotebookNode) -> dict[str, Any]:
    metadata = {name: cell.metadata[name] for name in (MEASURES, "tags") if cell.metadata.get(name)}
    bare: dict[str, Any] = {"cell_type": cell.cell_type, "source": cell.source, "metadata": metadata}
    if "id" in cell:
        bare["id"] = cell.id
    if cell.cell_type == "code":
        bare |= {"execution_count": None, "outputs": []}
    return bare


def write_templates(notebooks: Path, folder: Path) -> None:
    """Write the templates of all notebooks in `notebooks` to `folder`/maler."""
    paths = sorted(notebooks.glob("*.ipynb"))
    write_all({folder / TEMPLATES_DIR / path.name: template_of(nbformat.read(path, 4)).encode() for path in paths})


def write_inputs(files: Mapping[str, Path], folder: Path) -> None:
    """Write copies of those of the data `files` that may be published to `folder`/grunnlag, under their own paths.

    The folder is made even where there is none, so that a book can tell «nothing» from «not laid out».
    """
    (folder / INPUTS_DIR).mkdir(parents=True, exist_ok=True)
    write_all({folder / INPUTS_DIR / name: path.read_bytes() for name, path in downloadable(files).items()})
