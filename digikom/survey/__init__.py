"""The survey: its codebook, and the validated answers of a year."""

from digikom.survey.codebook import CODE_COLUMN, Codebook, Item, Question, codebook
from digikom.survey.intake import check, load, years
from digikom.survey.method import method
from digikom.survey.printed import printed

__all__ = ["CODE_COLUMN", "Codebook", "Item", "Question", "check", "codebook", "load", "method", "printed", "years"]
