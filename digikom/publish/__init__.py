"""What a notebook calls to hand a number, a word, a figure or a table to the report. There is no other way out."""

from digikom.publish import charts
from digikom.publish.context import data_used
from digikom.publish.figures import figure
from digikom.publish.formatting import format_number, join_words, use_norwegian_numbers
from digikom.publish.numbers import number, phrase, wording
from digikom.publish.published import published_numbers
from digikom.publish.shapes import distribution, parts_side_by_side, years_side_by_side
from digikom.publish.tables import Column, table

__all__ = [
    "Column",
    "charts",
    "data_used",
    "distribution",
    "figure",
    "format_number",
    "join_words",
    "number",
    "parts_side_by_side",
    "phrase",
    "published_numbers",
    "table",
    "use_norwegian_numbers",
    "wording",
    "years_side_by_side",
]
