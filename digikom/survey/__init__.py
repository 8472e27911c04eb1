"""The survey: its codebook, and the validated answers of a year."""

from digikom.survey.codebook import CODE_COLUMN, Codebook, Item, Question, codebook
from digikom.survey.coverage import too_few
from digikom.survey.intake import answers, check, load, respondents, years
from digikom.survey.method import constants, method
from digikom.survey.printed import printed

__all__ = [
    "CODE_COLUMN",
    "Codebook",
    "Item",
    "Question",
    "answers",
    "check",
    "codebook",
    "constants",
    "load",
    "method",
    "printed",
    "respondents",
    "too_few",
    "years",
]
