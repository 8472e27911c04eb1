"""What a notebook calls to hand a number, a word, a figure or a table to the report. There is no other way out."""

from digikom.publish import charts
from digikom.publish.bars import bars, bars_by_size
from digikom.publish.breaks import marks
from digikom.publish.confidentiality import protect, shown_rows, suppress, withheld_notes, without_small
from digikom.publish.distributions import distribution_columns
from digikom.publish.formatting import format_number
from digikom.publish.grades import grade_map, grade_table
from digikom.publish.municipalities import municipalities, published_municipalities
from digikom.publish.names import label, uncapitalised
from digikom.publish.numbers import each, numbers
from digikom.publish.parts import grouped, side_by_side, stacked
from digikom.publish.phrases import words
from digikom.publish.published import published_numbers
from digikom.publish.questionnaire import changes_in_words
from digikom.publish.ranks import as_shown, extremes, in_counties, moved, ranking, ranks
from digikom.publish.registers import edition_registers
from digikom.publish.session import begin
from digikom.publish.shapes import shown, years_side_by_side
from digikom.publish.tables import Column
from digikom.publish.worded import in_words, worded_figure, worded_table

__all__ = [
    "Column",
    "as_shown",
    "bars",
    "bars_by_size",
    "begin",
    "changes_in_words",
    "charts",
    "distribution_columns",
    "each",
    "edition_registers",
    "extremes",
    "format_number",
    "grade_map",
    "grade_table",
    "grouped",
    "in_counties",
    "in_words",
    "label",
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
