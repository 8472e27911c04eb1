"""Reading extracts in Parquet files."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from digikom.errors import Problem
from digikom.intake.cells import as_text, tidy
from digikom.intake.raw import Numbered, RawTable


def read(content: bytes) -> RawTable:
    """The table in the file. Its rows have no numbers of their own: the header counts as row 1, as in a text file."""
    try:
        table = pq.read_table(io.BytesIO(content))
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return RawTable.failed("a Parquet file that can be opened", "a damaged Parquet file")
    header = tuple(tidy(name) for name in table.column_names)
    problems: list[Problem] = []
    rows: list[Numbered] = []
    for number, values in enumerate(zip(*columns, strict=True), start=2):
        texts = []
        for name, value in zip(header, values, strict=True):
            try:
                texts.append(as_text(value))
            except ValueError:
                texts.append("")
                problems.append(Problem(number, name, None, "a plain value: a text, a number or a date"))
        rows.append((number, tuple(texts)))
    if not header:
        return RawTable.failed("a table with columns", "a Parquet file without columns")
    return RawTable((1, header), tuple(rows), tuple(problems))
