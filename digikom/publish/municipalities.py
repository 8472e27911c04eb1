"""Hand over what is computed for single municipalities, and read back what the chapters have handed over.

It is data for the pages on single municipalities, not a table of the report: a notebook shows the first rows only. An
edition on confidential answers has none of it.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from digikom.errors import InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.publish.context import claim, current
from digikom.publish.formatting import format_number
from digikom.publish.outputs import MUNICIPALITIES_MIME, SYNTHETIC_MARK, show
from digikom.publish.published import cells_of_chapters
from digikom.publish.tables import Column, html_table, plain_rows, text_table

#: The column that every frame handed over by a chapter has.
CODE = "municipality_code"
#: Rows that are shown in the notebook.
SHOWN_ROWS = 5


def municipalities(
    key: str, frame: pd.DataFrame, columns: Sequence[Column] | Mapping[str, str], *, year: int | None = None
) -> None:
    """Hand over the named columns of `frame`, a row per municipality (or what else their pages need), under `key`.

    `columns` may be the names of counts by column, beside the municipality's code. Everything is about `year`, the
    target year if not given. Of no rows, and where single municipalities are not shown, nothing is handed over. Raises
    ValueError for a column that is not in the frame and for a key used twice.
    """
    if isinstance(columns, Mapping):
        columns = [Column(CODE, "Kommunenummer"), *(Column(name, label, "count") for name, label in columns.items())]
    if current().opened is not None and (frame.empty or not current().session.shown_singly):
        return
    year = current().session.target if year is None else year
    described = [column.payload() for column in columns]
    rows = plain_rows(frame, columns)
    context = claim(key)
    payload: dict[str, Any] = {
        "key": key,
        "year": int(year),
        "columns": described,
        "rows": rows,
        "source": context.sources,
        "status": context.status,
    }
    mark = f" {SYNTHETIC_MARK}." if context.status == "synthetic" else ""
    line = f"Gitt videre til sidene om enkeltkommuner: {format_number(len(rows), 0)} rader, her de første.{mark}"
    shown = rows[:SHOWN_ROWS]
    show(
        MUNICIPALITIES_MIME,
        payload,
        f"<p>{html.escape(line)}</p>{html_table(described, shown)}",
        f"{line}\n{text_table(described, shown)}",
    )


def handed_over(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What the cells of a notebook file hand over, in order: the cell's place and the payload."""
    for index, cell in enumerate(cells):
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get(MUNICIPALITIES_MIME)
            if data is not None:
                yield index, json.loads(data) if isinstance(data, str) else data


def published_municipalities(executed_dir: str | Path | None = None, *, year: int) -> pd.DataFrame:
    """What the executed notebooks in `executed_dir` have handed over about `year`: a row per municipality code (the
    index), the columns of all of them side by side, missing where a municipality has no value.

    Which notebooks are read, and the errors, are those of `cells_of_chapters`; InputError also when two notebooks hand
    over a column of the same name.
    """
    folder = executed_dir or NOTEBOOK_DIR
    parts = []
    for _, cells in cells_of_chapters(executed_dir):
        for _, payload in handed_over(cells):
            if payload["year"] == year:
                names = [column["name"] for column in payload["columns"]]
                parts.append(pd.DataFrame(payload["rows"], columns=names).set_index(CODE))
    columns = [name for part in parts for name in part.columns]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise InputError(f"The notebooks in {folder} hand over {', '.join(twice)} more than once.")
    if not parts:
        return pd.DataFrame(index=pd.Index([], name=CODE, dtype="object"))
    return pd.concat(parts, axis="columns").rename_axis(CODE).sort_index()
