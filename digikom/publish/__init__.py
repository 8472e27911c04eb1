"""What a notebook calls to hand a number, a word, a figure or a table to the report. There is no other way out."""

from digikom.publish import charts
from digikom.publish.bounds import bounds
from digikom.publish.breaks import changes_in_words, marks
from digikom.publish.changes import changes
from digikom.publish.confidentiality import protect, shown_rows, suppress, withheld_notes, without_small
from digikom.publish.evidence import evidence
from digikom.publish.figures import worded_figure
from digikom.publish.formatting import format_number, label, uncapitalised
from digikom.publish.grades import grade_map, grade_table
from digikom.publish.handover import municipalities, published_municipalities
from digikom.publish.limits import limits
from digikom.publish.number_registers import edition_registers
from digikom.publish.numbers import each, keys_of, numbers
from digikom.publish.phrases import words
from digikom.publish.published import published_numbers
from digikom.publish.ranks import as_shown, extremes, in_counties, moved, ranking, ranks
from digikom.publish.session import begin
from digikom.publish.share_figures import bars, bars_by_size, distribution_columns, grouped, side_by_side, stacked
from digikom.publish.tables import Column, shown, worded_table, years_side_by_side
from digikom.publish.words import in_words

__all__ = [
    "Column",
    "as_shown",
    "bars",
    "bars_by_size",
    "begin",
    "bounds",
    "changes",
    "changes_in_words",
    "charts",
    "distribution_columns",
    "each",
    "edition_registers",
    "evidence",
    "extremes",
    "format_number",
    "grade_map",
    "grade_table",
    "grouped",
    "in_counties",
    "in_words",
    "keys_of",
    "label",
    "limits",
    "marks",
    "moved",
    "municipalities",
    "numbers",
    "protect",
    "published_municipalities",
    "published_numbers",
    "ranking",
    "ranks",
    "shown",
    "shown_rows",
    "side_by_side",
    "stacked",
    "suppress",
    "uncapitalised",
    "withheld_notes",
    "without_small",
    "worded_figure",
    "worded_table",
    "words",
    "years_side_by_side",
]
