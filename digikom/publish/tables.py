"""Hand a table to the report."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from digikom.publish.context import claim
from digikom.publish.formatting import NO_BREAK_SPACE, UNIT_DECIMALS, format_number
from digikom.publish.outputs import SYNTHETIC_MARK, TABLE_MIME, show

#: Standard symbols of official tables (ssb.no, «Standardtegn i tabeller»).
STANDARD_SYMBOLS = {
    ".": "Ikke mulig å oppgi tall",
    "..": "Tallgrunnlag mangler",
    ":": "Vises ikke av konfidensialitetshensyn",
}


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a published table or of a figure's numbers is shown.

    `unit` is a unit of `publish.number`, or `text`.
    """

    name: str
    label: str
    unit: str = "text"
    decimals: int | None = None

    def payload(self) -> dict[str, Any]:
        """The column as it stands in the output."""
        decimals = None if self.unit == "text" else UNIT_DECIMALS[self.unit] if self.decimals is None else self.decimals
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "decimals": decimals,
            "align": "left" if self.unit == "text" else "right",
        }


def plain_value(value: object) -> bool | int | float | str | None:
    """A cell as JSON can hold it: text, whole number, rounded decimal number, or None where there is nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, bool | str):
        return value
    number = float(cast("float", value))
    return int(number) if number.is_integer() else round(number, 10)


def plain_rows(frame: pd.DataFrame, columns: Sequence[Column]) -> list[list[Any]]:
    """The named columns of `frame`, row by row. Raises ValueError naming the columns that are not there."""
    missing = [column.name for column in columns if column.name not in frame]
    if missing:
        raise ValueError(f"the frame has no column {', '.join(missing)}")
    return [[plain_value(value) for value in row] for row in frame[[c.name for c in columns]].itertuples(index=False)]


def shown_value(value: bool | int | float | str | None, decimals: int | None) -> str:
    """A cell as the reader sees it: empty where nothing is shown, texts and symbols as they stand, numbers in
    Norwegian.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return value if isinstance(value, str) else format_number(value, decimals)


def html_table(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Any]]) -> str:
    """A plain HTML table for Jupyter, in Norwegian number format."""
    head = "".join(f'<th scope="col" style="text-align:{c["align"]}">{html.escape(c["label"])}</th>' for c in columns)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{column["align"]}">{html.escape(shown_value(value, column["decimals"]))}</td>'
            for value, column in zip(row, columns, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def text_table(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Any]]) -> str:
    """The table as plain text, in Norwegian number format."""
    shown = [
        [shown_value(value, column["decimals"]) for value, column in zip(row, columns, strict=True)] for row in rows
    ]
    return pd.DataFrame(shown, columns=[column["label"] for column in columns]).to_string(index=False)


def base_line(base: int | None, base_text: str | None, sources: Sequence[str]) -> str:
    """«Grunnlag: n = 354 (alle kommuner som svarte). Kilde: …», with only the parts that are known."""
    parts = []
    if base is not None:
        who = f" ({base_text})" if base_text else ""
        parts.append(f"Grunnlag: n{NO_BREAK_SPACE}={NO_BREAK_SPACE}{format_number(base, 0)}{who}.")
    elif base_text:
        parts.append(f"Grunnlag: {base_text}.")
    if sources:
        parts.append(f"Kilde: {'; '.join(text.rstrip('.') for text in sources)}.")
    return " ".join(parts)


def source_line(base: int | None, base_text: str | None, sources: Sequence[str], status: str) -> str:
    """The base and source, and the mark of synthetic answers, in one line for plain Jupyter."""
    return " ".join(
        filter(None, [base_line(base, base_text, sources), f"{SYNTHETIC_MARK}." if status == "synthetic" else ""])
    )


def table(
    key: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    caption: str,
    base: int | None = None,
    base_text: str | None = None,
    notes: Sequence[str] = (),
    total_row: bool = False,
) -> None:
    """Publish the named columns of `frame` as a numbered table; the last row is a total when `total_row`.

    Texts in number columns must be standard symbols («.», «..», «:»). Raises ValueError for other texts, for a column
    that is not in the frame and for a key used twice.
    """
    described = [column.payload() for column in columns]
    rows = plain_rows(frame, columns)
    for row in rows:
        for value, column in zip(row, described, strict=True):
            if column["unit"] != "text" and isinstance(value, str) and value not in STANDARD_SYMBOLS:
                raise ValueError(
                    f"column {column['name']!r} of table {key!r} holds {value!r}, which is no standard symbol"
                )
    context = claim(key)
    payload = {
        "key": key,
        "caption": caption,
        "columns": described,
        "rows": rows,
        "total_row": total_row,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "notes": list(notes),
        "source": context.sources,
        "status": context.status,
    }
    line = source_line(base, base_text, context.sources, context.status)
    foot = "".join(f"<br>{html.escape(note)}" for note in [*notes, line])
    show(
        TABLE_MIME,
        payload,
        f'<p id="{key}"><strong>{html.escape(caption)}</strong></p>{html_table(described, rows)}'
        f"<p><small>{foot[4:]}</small></p>",
        f"{caption}\n{text_table(described, rows)}\n{line}",
    )
