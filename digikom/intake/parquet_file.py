"""The rows of an extract in a Parquet file. What its columns hold, and how much, is looked at before they are read."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from digikom.intake.cells import MOST_CELLS, MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, Findings, Numbered, plain
from digikom.intake.words import tidy


def parquet_rows(content: bytes, found: Findings) -> Iterator[Numbered]:
    """The rows of a Parquet file. They have no numbers of their own: the header counts as row 1, as in a text file."""
    try:
        texts = [
            field.name
            for field in pq.read_schema(io.BytesIO(content))
            if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        ]
        # A text that is repeated is kept once, until it is known how much it would come to.
        file = pq.ParquetFile(io.BytesIO(content), read_dictionary=texts)
        if not _is_small(file, found):
            return
        names = tuple(map(tidy, file.schema_arrow.names))
        yield 1, names
        row = 1
        for batch in file.iter_batches(batch_size=1024):
            if sum(map(_characters, batch.columns)) > MOST_CHARACTERS:
                found.fault(f"at most {MOST_CHARACTERS} characters in the table")
                return
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                row += 1
                yield row, tuple(plain(value, row, name, found) for name, value in zip(names, values, strict=True))
    except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError):
        found.fault("a Parquet file that can be opened", None, None, "a damaged Parquet file")


def _is_small(file: pq.ParquetFile, found: Findings) -> bool:
    """Whether the file is within the limits, by what it says of itself, and has plain columns only."""
    rows, columns = file.metadata.num_rows, len(file.schema_arrow)
    for measured, most, what in (
        (rows, MOST_ROWS, "rows"),
        (columns, MOST_COLUMNS, "columns"),
        (rows * columns, MOST_CELLS, "cells"),
    ):
        if measured > most:
            expected = f"at most {most} {what}: one row a municipality, one column a question"
            found.fault(expected, None, None, f"{measured} {what}")
            return False
    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    for name in nested:
        found.fault("a column of plain values: texts, numbers or dates", 1, tidy(name))
    return not nested


def _characters(column: pa.Array) -> int:
    """About how many characters the values of a column come to."""
    if pa.types.is_dictionary(column.type) and not pa.types.is_primitive(column.type.value_type):
        lengths = pc.binary_length(column.dictionary)
        return pc.sum(lengths.take(column.indices)).as_py() or 0
    return int(column.nbytes)
