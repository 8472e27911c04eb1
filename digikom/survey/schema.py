"""The pandera schema of one year's survey file, built from the codebook and the municipality register."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import pandera.pandas as pa

from digikom.survey.codebook import CODE_COLUMN, Codebook

# Names of the checks, by which `validation` knows what a failure means.
FORMAT = "format"
REGISTER = "register"
CODES = "codes"
ROUTING = "routing"
SILENT = "silent"
ENOUGH = "enough"
NOT_TOO_MANY = "not_too_many"

CODE_PATTERN = r"[0-9]{4}"


def survey_schema(
    codebook: Codebook, year: int, municipality_codes: Collection[str], left_out: int = 0
) -> pa.DataFrameSchema:
    """What a survey file of `year` must be, as a schema of text columns in which an empty cell is a missing value.

    `municipality_codes` are the codes in force that year. `left_out` counts rows of the file that are not in the frame
    because they could not be read; they are responses all the same.
    """
    items = codebook.asked(year)
    columns = {CODE_COLUMN: _code_column(municipality_codes)}
    left_open = codebook.left_open(year)
    columns |= {
        item.column: _item_column(
            codebook.codes(item.scale, year), bool(item.asked_if_column) or item.column in left_open
        )
        for item in items
    }

    def answered_where_asked_only(frame: pd.DataFrame) -> pd.DataFrame:
        asked, not_asked = routing(frame, codebook, year)
        asked[[column for column in frame.columns if column in left_open]] = False
        return (frame.notna() | ~asked) & (frame.isna() | ~not_asked)

    def answered_something(frame: pd.DataFrame) -> pd.Series[bool]:
        return frame.drop(columns=CODE_COLUMN, errors="ignore").notna().any(axis="columns")

    return pa.DataFrameSchema(
        columns,
        checks=[
            pa.Check(answered_where_asked_only, name=ROUTING, ignore_na=False),
            *([pa.Check(answered_something, name=SILENT, ignore_na=False)] if left_open else []),
            pa.Check(lambda frame: len(frame) + left_out > 0, name=ENOUGH),
            pa.Check(lambda frame: len(frame) + left_out <= len(municipality_codes), name=NOT_TOO_MANY),
        ],
        strict=True,
        name=f"survey {year}",
    )


def routing(frame: pd.DataFrame, codebook: Codebook, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where an item of `year` with a routing certainly was asked, and where it certainly was not: two frames shaped as
    `frame`.

    Both are false for the items asked of everybody, and where the leading answer is missing or itself wrong: then the
    fault to mend is in the leading answer, and nothing can be said about the items behind it.
    """
    items = codebook.asked(year)
    everybody = pd.Series(True, index=frame.index)
    asked: dict[str, pd.Series[bool]] = {}
    not_asked: dict[str, pd.Series[bool]] = {}
    scale_of = {item.column: item.scale for item in items}
    for item in items:  # a leading item always stands above the items behind it, see the checks of the codebook
        leading = item.asked_if_column
        if not leading:
            asked[item.column], not_asked[item.column] = everybody, ~everybody
        elif leading not in frame:
            asked[item.column], not_asked[item.column] = ~everybody, not_asked[leading]
        else:
            answer = frame[leading]
            other = [code for code in codebook.codes(scale_of[leading], year) if code != item.asked_if_value]
            asked[item.column] = asked[leading] & answer.eq(item.asked_if_value)
            not_asked[item.column] = not_asked[leading] | (asked[leading] & answer.isin(other))
    behind = {item.column for item in items if item.asked_if_column}
    nobody = ~everybody
    return (
        pd.DataFrame({name: asked[name] if name in behind else nobody for name in frame.columns}, index=frame.index),
        pd.DataFrame(
            {name: not_asked[name] if name in behind else nobody for name in frame.columns}, index=frame.index
        ),
    )


def _code_column(municipality_codes: Collection[str]) -> pa.Column:
    known = list(municipality_codes)

    def in_register(codes: pd.Series[str]) -> pd.Series[bool]:
        # What is not a code at all is the business of the format check.
        return codes.isin(known) | ~codes.str.fullmatch(CODE_PATTERN)

    return pa.Column(
        str,
        checks=[
            pa.Check(lambda codes: codes.str.fullmatch(CODE_PATTERN), name=FORMAT),
            pa.Check(in_register, name=REGISTER),
        ],
        unique=True,
        report_duplicates="exclude_first",
    )


def _item_column(codes: Collection[str], may_be_empty: bool) -> pa.Column:
    """Routed items may be empty (the routing checks say where), and those that may be left open; the others never."""
    return pa.Column(checks=pa.Check.isin(list(codes), name=CODES), nullable=may_be_empty)
