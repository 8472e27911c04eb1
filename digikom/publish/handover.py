"""Hand over data for the pages that is no table of the report, and read back what the chapters have handed over.

What is computed for single municipalities is for their pages: a notebook shows the first rows only, and an edition on
confidential answers has none of it. What is known of each number goes beside it (`evidence`, `bounds`).
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
from digikom.publish.formatting import format_number
from digikom.publish.outputs import MUNICIPALITIES_MIME, SYNTHETIC_MARK, current, show
from digikom.publish.published import cells_of_chapters, outputs_of
from digikom.publish.tables import Column, Rows

#: The column that every frame handed over by a chapter has.
CODE = "municipality_code"
#: Rows that are shown in the notebook.
SHOWN_ROWS = 5


def municipalities(
    key: str, frame: pd.DataFrame, columns: Sequence[Column] | Mapping[str, str], *, year: int | None = None
) -> None:
    """Hand over the named columns of `frame`, a row per municipality (or what else their pages need), under `key`.

    `columns` may be the names of counts by column, besides the municipality's code. Everything is about `year`, the
    target year if not given. Of no rows, and where single municipalities are not shown, nothing is handed over. Raises
    ValueError for a column that is not in the frame and for a key used twice.
    """
    context = current()
    if context.opened is not None and (frame.empty or not context.session.shown_singly):
        return
    if isinstance(columns, Mapping):
        columns = [Column(CODE, "Kommunenummer"), *(Column(name, label, "count") for name, label in columns.items())]
    content = Rows(frame, columns)
    context.claim(key)
    payload: dict[str, Any] = {
        "key": key,
        "year": int(context.session.target if year is None else year),
        "columns": content.described,
        "rows": content.rows,
        "source": context.sources,
        "status": context.status,
    }
    mark = f" {SYNTHETIC_MARK}." if context.status == "synthetic" else ""
    line = f"Gitt videre til sidene om enkeltkommuner: {format_number(len(frame), 0)} rader, her de første.{mark}"
    as_html, as_text = content.as_shown(SHOWN_ROWS)
    show(MUNICIPALITIES_MIME, payload, f"<p>{html.escape(line)}</p>{as_html}", f"{line}\n{as_text}")


def hand_over(mime: str, key: str, rows: list[list[Any]], what: str) -> None:
    """Hand over `rows` under `key` as an output of type `mime`; `what` says of how many (`{}`), for who reads the
    notebook.
    """
    current().claim(key)
    line = f"Gitt videre til sidene: {what.format(format_number(len(rows), 0))}."
    show(mime, {"key": key, "rows": rows}, f"<p>{html.escape(line)}</p>", line)


def rows_handed_over(cells: Iterable[Mapping[str, Any]], mime: str) -> list[list[Any]] | None:
    """The rows that the cells of a notebook file hand over as outputs of type `mime`; None where there is no output."""
    given = [data["rows"] for _, _, data in outputs_of(cells, [mime])]
    return [row for rows in given for row in rows] if given else None


def handed_over(cells: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What the cells of a notebook file hand over, in order: the cell's place and the payload."""
    for index, _, data in outputs_of(cells, [MUNICIPALITIES_MIME]):
        yield index, json.loads(data) if isinstance(data, str) else data


def published_municipalities(executed_dir: str | Path | None = None, *, year: int) -> pd.DataFrame:
    """What the executed notebooks in `executed_dir` have handed over about `year`: a row per municipality code (the
    index), the columns of all of them side by side, missing where a municipality has no value.

    Which notebooks are read, and the errors, are those of `cells_of_chapters`; InputError also when two notebooks hand
    over a column of the same name.
    """
    parts = [
        pd.DataFrame(payload["rows"], columns=[column["name"] for column in payload["columns"]]).set_index(CODE)
        for _, cells in cells_of_chapters(executed_dir)
        for _, payload in handed_over(cells)
        if payload["year"] == year
    ]
    if not parts:
        return pd.DataFrame(index=pd.Index([], name=CODE, dtype="object"))
    together = pd.concat(parts, axis="columns").rename_axis(CODE).sort_index()
    if twice := ", ".join(sorted(set(together.columns[together.columns.duplicated()]))):
        raise InputError(f"The notebooks in {executed_dir or NOTEBOOK_DIR} hand over {twice} more than once.")
    return together
