"""The survey: its codebook, and the validated answers of a year."""

from digikom.survey.codebook import Codebook, codebook
from digikom.survey.codebook_rules import CODE_COLUMN, Item, Question
from digikom.survey.loading import answers, check, load, respondents, too_few, unanswered, years
from digikom.survey.method import constants, method, printed
from digikom.survey.printed_claims import claims
from digikom.survey.routing import as_counted, left_open

__all__ = [
    "CODE_COLUMN",
    "Codebook",
    "Item",
    "Question",
    "answers",
    "as_counted",
    "check",
    "claims",
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
