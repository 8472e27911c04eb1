"""Hand a table to the report, and lay computed frames out as one. Numbers are arranged, not computed."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from digikom.publish.breaks import assumed_labels
from digikom.publish.formatting import NO_BREAK_SPACE, UNIT_DECIMALS, format_number
from digikom.publish.outputs import SYNTHETIC_MARK, TABLE_MIME, current, show
from digikom.publish.words import common_facts, entry, fitting, footnotes

#: Standard symbols of official tables (ssb.no, «Standardtegn i tabeller»).
STANDARD_SYMBOLS = {
    ".": "Ikke mulig å oppgi tall",
    "..": "Tallgrunnlag mangler",
    ":": "Vises ikke av konfidensialitetshensyn",
}
#: The symbol for what is not shown for reasons of confidentiality.
WITHHELD = ":"

#: How the parts of a frame of shares are headed where a cell shows it.
HEADINGS = {
    "count": "Antall",
    "base": "Grunnlag",
    "percent": "Prosent",
    "year": "År",
    "label": "",
    "part": "",
    "grade": "Grad",
    "grades": "Grader",
    "county": "Fylke",
    "number": "Antall",
}


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a published table or of a figure's numbers is shown: `unit` is a unit of numbers, or `text`."""

    name: str
    label: str
    unit: str = "text"
    decimals: int | None = None

    def payload(self) -> dict[str, Any]:
        """The column as the output has it."""
        text = self.unit == "text"
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "decimals": None if text else UNIT_DECIMALS[self.unit] if self.decimals is None else self.decimals,
            "align": "left" if text else "right",
        }


class Rows:
    """The named columns of a frame as an output holds them (`described`, `rows`) and as plain Jupyter shows them.

    Raises ValueError naming the columns that are not there.
    """

    def __init__(self, frame: pd.DataFrame, columns: Sequence[Column]) -> None:
        missing = [column.name for column in columns if column.name not in frame]
        if missing:
            raise ValueError(f"the frame has no column {', '.join(missing)}")
        self.described = [column.payload() for column in columns]
        records = frame[[column.name for column in columns]].itertuples(index=False)
        self.rows: list[list[Any]] = [[_plain(value) for value in row] for row in records]

    def numbered(self, keys: Mapping[tuple[str, str], str] | None) -> dict[str, list[list[str]]]:
        """For an output, which number each cell is: `keys` has the numbers' keys by what the first cell of the row says
        and the name of the column. Nothing where no cell is one.
        """
        names = [column["name"] for column in self.described]
        found = [[(keys or {}).get((str(row[0]), name), "") for name in names] for row in self.rows]
        return {"number_keys": found} if any(any(row) for row in found) else {}

    @property
    def texts(self) -> list[Any]:
        """What the cells say, and the headings of the columns."""
        return [*(cell for row in self.rows for cell in row), *(column["label"] for column in self.described)]

    def as_shown(self, most: int | None = None) -> tuple[str, str]:
        """The first rows, or all, as HTML and as text, in Norwegian number format."""
        heads = [(column["align"], column["label"]) for column in self.described]
        decimals = [column["decimals"] for column in self.described]
        shown = [list(map(shown_value, row, decimals)) for row in self.rows[:most]]

        def cells(kind: str, texts: Sequence[str]) -> str:
            return "".join(
                f'<{kind} style="text-align:{align}">{html.escape(text)}</{kind[:2]}>'
                for (align, _), text in zip(heads, texts, strict=True)
            )

        labels = [label for _, label in heads]
        body = "".join(f"<tr>{cells('td', row)}</tr>" for row in shown)
        head = cells('th scope="col"', labels)
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
            pd.DataFrame(shown, columns=labels).to_string(index=False),
        )


def _plain(value: object) -> bool | int | float | str | None:
    """A cell as JSON can hold it: text, whole number, rounded decimal number, or None where there is nothing."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool | str):
        return value
    number = float(cast("float", value))
    return int(number) if number.is_integer() else round(number, 10)


def shown_value(value: bool | int | float | str | None, decimals: int | None) -> str:
    """A cell as the reader sees it: empty where nothing is shown, texts and symbols as they are, numbers in
    Norwegian.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return value if isinstance(value, str) else format_number(value, decimals)


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


def foot(notes: Sequence[str], base: int | None, base_text: str | None) -> tuple[str, str]:
    """For plain Jupyter: notes, base, source and the mark of synthetic answers as HTML; all but the notes as text."""
    mark = f"{SYNTHETIC_MARK}." if current().status == "synthetic" else ""
    line = " ".join(filter(None, [base_line(base, base_text, current().sources), mark]))
    return f"<small>{'<br>'.join(map(html.escape, [*notes, line]))}</small>", line


def worded_table(
    key: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    facts: Mapping[str, Any] | None = None,
    template: str = "",
    *,
    base: int | None = None,
    base_text: str | None = None,
    notes: Sequence[str] = (),
    total_row: bool = False,
    keys: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Publish the named columns of `frame` as a numbered table; the last row is a total when `total_row`.

    `keys` says which published numbers the cells are (`Rows.numbered`).

    An empty frame is no table. The caption is what the files of words say of `key`, or of `template` where several
    tables have the same; the notes of the words come after `notes`. Texts in number columns must be standard symbols
    («.», «..», «:»). Raises ValueError for other texts, for a column that is not in the frame and for a key used twice.
    """
    if frame.empty:
        return
    words, known = entry(template or key), {**common_facts(), **(facts or {})}
    caption, notes = fitting(words["caption"], known) or "", [*notes, *footnotes(words, known)]
    content = Rows(frame, columns)
    notes += assumed_labels(content.texts)
    for row in content.rows:
        for value, column in zip(row, columns, strict=True):
            if column.unit != "text" and isinstance(value, str) and value not in STANDARD_SYMBOLS:
                raise ValueError(f"column {column.name!r} of table {key!r}: {value!r} is no standard symbol")
    current().claim(key)
    payload = {
        "key": key,
        "caption": caption,
        "columns": content.described,
        "rows": content.rows,
        **content.numbered(keys),
        "total_row": total_row,
        "base": None if base is None else int(base),
        "base_text": base_text,
        "notes": notes,
        "source": current().sources,
        "status": current().status,
    }
    (as_html, as_text), (foot_html, line) = content.as_shown(), foot(notes, base, base_text)
    heading = f'<p id="{key}"><strong>{html.escape(caption)}</strong></p>'
    show(TABLE_MIME, payload, f"{heading}{as_html}<p>{foot_html}</p>", f"{caption}\n{as_text}\n{line}")


def years_side_by_side(
    wide: pd.DataFrame, name: str, unit: str = "percent", withheld: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, list[Column]]:
    """A table with a column for each year, newest first, from a frame with a row per category (its index, headed
    `name`) and a column per year.

    «.» is where there is no value: what was not asked that year; «:» where `withheld`, truths by category and
    year, says so.
    """
    years = sorted(wide.columns, reverse=True)
    shown = wide.rename(columns=str).astype(object).where(wide.notna().to_numpy(), ".")
    if withheld is not None:
        hidden = withheld.reindex(index=wide.index, columns=wide.columns).eq(True)
        shown = shown.mask(hidden.rename(columns=str), WITHHELD)
    columns = [Column("name", name), *(Column(str(year), str(year), unit) for year in years)]
    return shown.rename_axis("name").reset_index(), columns


def parts_side_by_side(shares: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[Column]]:
    """A table with a row per category (the index of `shares`) and a column of percentages per part (its columns); «:»
    is where there is none.
    """
    shown = shares.rename(columns=str).rename_axis("name")
    shown = shown.where(shown.notna(), WITHHELD) if shown.isna().any(axis=None) else shown
    return shown.reset_index(), [Column("name", name), *(Column(part, part, "percent") for part in map(str, shown))]


def shown(shares: pd.DataFrame) -> pd.DataFrame:
    """A frame of shares as a cell shows it: count, base and per cent, a row each, the years side by side."""
    frame = shares.droplevel("item") if "item" in shares.index.names else shares
    levels = [cast("str", HEADINGS.get(str(name), name)) for name in frame.index.names]
    frame = frame.rename(columns=HEADINGS).rename_axis(index=levels)
    if len(levels) == 1 or HEADINGS["year"] not in levels:
        return frame
    wide = cast("pd.DataFrame", frame.unstack(HEADINGS["year"]))
    return wide.swaplevel(axis="columns").sort_index(axis="columns", level=0, sort_remaining=False)
