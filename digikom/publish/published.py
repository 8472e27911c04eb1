"""Read back what executed notebooks have published: from the notebook files, as the report does."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.outputs import NUMBER_MIME, PUBLISHED_MIMES, WORDING_MIME

#: The parameter that a notebook of the second stage declares: the folder with the other notebooks of the edition.
EXECUTED_DIR = "executed_dir"
#: The tag of the cell that papermill puts in: the parameters of the run.
INJECTED = "injected-parameters"
#: Holds, in the metadata of a text in a published notebook, the text as it was before its numbers were put in.
AS_WRITTEN = "digikom_source"

#: The columns of `published_numbers`, with the type that holds a missing value where there may be one.
NUMBER_COLUMNS = {
    **dict.fromkeys(["key", "label"], "object"),
    "value": "float64",
    **dict.fromkeys(["text", "unit"], "object"),
    "decimals": "int64",
    "base": "Int64",
    "count": "float64",
    "base_text": "object",
    "year": "int64",
    **dict.fromkeys(["division", "group", "status", "notebook", "cell_id", "questions"], "object"),
}


def published_outputs(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str, Any]]:
    """Everything that the cells of a notebook file publish, in order: the cell's place, the MIME type, the payload.

    The words for a number's change, which its payload holds, come after it as wordings of their own.
    """
    for index, mime, data in outputs_of(cells, PUBLISHED_MIMES):
        yield index, mime, data
        if mime == NUMBER_MIME:
            payload = json.loads(data) if isinstance(data, str) else data
            yield from ((index, WORDING_MIME, wording) for wording in payload.get("wordings", ()))


def outputs_of(cells: Iterable[Mapping[str, Any]], mimes: Iterable[str]) -> Iterator[tuple[int, str, Any]]:
    """The outputs of these types, in order: the cell's place, the MIME type, the data."""
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            yield from ((index, mime, data) for mime, data in sorted(output.get("data", {}).items()) if mime in mimes)


def declared_parameters(cells: Iterable[Mapping[str, Any]]) -> set[str]:
    """The names that the cell tagged `parameters` gives a value."""
    tagged = (cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", []))
    return {name for cell in tagged for name in assigned_names("".join(cell["source"]))}


def assigned_names(source: str) -> set[str]:
    """The names to which a cell assigns a value at its top level."""
    statements = (statement for statement in ast.parse(source).body if isinstance(statement, ast.Assign))
    return {name.id for statement in statements for name in statement.targets if isinstance(name, ast.Name)}


def read_cells(path: Path) -> list[dict[str, Any]]:
    """The cells of the notebook file `path`, as they are stored. Raises InputError as `read_notebook` does."""
    cells: list[dict[str, Any]] = read_notebook(path)["cells"]
    return cells


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook file `path`. Raises InputError when it cannot be read as a notebook."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(notebook["cells"], list):
            raise TypeError("its cells are no list")
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(f"{path} cannot be read as a notebook: {type(error).__name__}: {error}") from None
    return notebook


def cells_of_chapters(executed_dir: str | Path | None = None) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """The notebooks in `executed_dir` that stand alone, sorted by name, each with its cells.

    The committed notebooks are read when no folder (or an empty text) is given. Notebooks that themselves declare the
    parameter `executed_dir` are left out: they are computed from the others. Raises InputError when the folder holds no
    notebook, or one that cannot be read.
    """
    folder = Path(executed_dir) if executed_dir else NOTEBOOK_DIR
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise InputError(f"There is no notebook in {folder}.")
    for path in paths:
        cells = read_cells(path)
        if EXECUTED_DIR not in declared_parameters(cells):
            yield path, cells


def published_numbers(executed_dir: str | Path | None = None) -> pd.DataFrame:
    """The numbers that the executed notebooks in `executed_dir` have published, a row each, by notebook and cell.

    `count` is what a share counts of its `base`, where that is known. `division` and `group` say which part of the
    municipalities a number is about, empty for all of them; `questions` names the blocks, questions and items behind
    it, with a space between them. Which notebooks are read, and the errors, are those of `cells_of_chapters`.
    """
    rows = []
    for path, cells in cells_of_chapters(executed_dir):
        for index, _, payload in outputs_of(cells, [NUMBER_MIME]):
            behind = " ".join(payload.get("questions") or ())
            division, group = payload.get("group") or ("", "")
            where = {"notebook": path.stem, "cell_id": cells[index].get("id", ""), "questions": behind}
            rows.append({**payload, **where, "division": division, "group": group})
    return pd.DataFrame(rows, columns=list(NUMBER_COLUMNS)).astype(NUMBER_COLUMNS)
