"""The text files of the geography, read as they stand and checked against a schema."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from digikom.errors import InputError, Problem


def read_bytes(root: Path, name: str) -> bytes:
    """The file `name` of the data folder `root`; `InputError` when it cannot be read."""
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from None


def read_table(name: str, content: bytes, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The content of a CSV file as text, checked against its schema; rows are indexed by line number.

    Raises `InputError` with every problem by row and column.
    """
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name}: not a comma-separated file in UTF-8 ({error})") from None
    header = rows[0] if rows else []
    uneven = [
        Problem(line, None, f"{len(row)} cells", f"{len(header)} cells, as in the header")
        for line, row in enumerate(rows, start=1)
        if len(row) != len(header)
    ]
    if uneven or not header or len(set(header)) < len(header):
        raise InputError(f"{name}: expected a header of different names and rows of as many cells", uneven)
    frame = pd.DataFrame(rows[1:], columns=header, index=pd.RangeIndex(2, len(rows) + 1), dtype="str")
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise InputError(f"{name} is not in order", _problems(errors)) from None
    return frame


_PANDERA_WORDS = {
    "field_uniqueness": "a value that stands in one row only",
    "column_in_dataframe": "a column of this name",
    "column_in_schema": "no column of this name",
    "column_ordered": "the columns in the documented order",
}


def _problems(errors: pa.errors.SchemaErrors) -> list[Problem]:
    """The problems of a file by row and column, each once."""
    found = set()
    for error in errors.schema_errors:
        expected = str(getattr(error.check, "error", None) or _PANDERA_WORDS.get(str(error.check), error.check))
        column, passed, cases = error.schema.name, error.check_output, error.failure_cases
        if isinstance(cases, str):  # a fault of the header
            found.add(Problem(1, cases, None, expected))
        elif column is not None:
            found |= {
                Problem(int(line), str(column), str(value), expected)
                for line, value in zip(cases["index"], cases["failure_case"], strict=True)
            }
        elif isinstance(passed, pd.Series):  # a check of whole rows
            found |= {Problem(int(line), None, None, expected) for line in passed.index[~passed]}
        else:  # a check of the whole file
            found.add(Problem(None, None, None, expected))
    return sorted(found, key=lambda one: (one.row or 0, one.column or "", one.value or "", one.expected))
