"""The survey: its codebook, and the validated answers of a year."""

from digikom.survey.codebook import CODE_COLUMN, Codebook, Item, Question, codebook
from digikom.survey.coverage import too_few
from digikom.survey.intake import answers, check, load, respondents, years
from digikom.survey.method import constants, method
from digikom.survey.printed import printed
from digikom.survey.unanswered import as_counted, left_open
from digikom.survey.unanswered import told as unanswered

__all__ = [
    "CODE_COLUMN",
    "Codebook",
    "Item",
    "Question",
    "answers",
    "as_counted",
    "check",
    "codebook",
    "constants",
    "left_open",
    "load",
    "method",
    "printed",
    "respondents",
    "too_few",
    "unanswered",
    "years",
]
