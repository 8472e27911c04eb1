"""What a notebook calls to hand a number, a word, a figure or a table to the report. There is no other way out."""

from digikom.publish import charts
from digikom.publish.breaks import breaks, list_notes
from digikom.publish.confidentiality import protect, withheld, withheld_notes, withhold
from digikom.publish.context import data_used
from digikom.publish.figures import figure
from digikom.publish.formatting import format_number, join_words, use_norwegian_numbers
from digikom.publish.municipalities import municipalities, published_municipalities
from digikom.publish.names import named, quoted, quoted_english, uncapitalised
from digikom.publish.numbers import number, phrase, wording
from digikom.publish.published import published_numbers
from digikom.publish.questionnaire import changes_in_words
from digikom.publish.registers import edition_registers
from digikom.publish.shapes import distribution, parts_side_by_side, years_side_by_side
from digikom.publish.tables import Column, table

__all__ = [
    "Column",
    "breaks",
    "changes_in_words",
    "charts",
    "data_used",
    "distribution",
    "edition_registers",
    "figure",
    "format_number",
    "join_words",
    "list_notes",
    "municipalities",
    "named",
    "number",
    "parts_side_by_side",
    "phrase",
    "protect",
    "published_municipalities",
    "published_numbers",
    "quoted",
    "quoted_english",
    "table",
    "uncapitalised",
    "use_norwegian_numbers",
    "withheld",
    "withheld_notes",
    "withhold",
    "wording",
    "years_side_by_side",
]
