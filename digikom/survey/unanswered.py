"""Questions that were left open: asked, and not answered. In the file they are blanks, as what was not asked is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from digikom.survey import schema
from digikom.survey.codebook import Codebook, codebook
from digikom.survey.intake import answers_in

YES_NO = {"yes", "no"}


def left_open(answers: pd.DataFrame, book: Codebook, year: int) -> pd.DataFrame:
    """Where an item of `year` was left open: booleans in the rows of `answers` and a column for each item.

    What is asked only after an answer that is itself left open counts as left open: nobody knows whether it was asked.
    """
    columns = [item.column for item in book.asked(year)]
    _, not_asked = schema.routing(answers, book, year)
    return answers[columns].isna() & ~not_asked[columns]


def as_counted(answers: pd.DataFrame, book: Codebook) -> pd.DataFrame:
    """The answers as shares and scores count them: to a question of yes or no, nothing else is an answer.

    On the other scales an answer that says nothing on the matter («Vet ikke») is in the base, a part of its own.
    """
    counted = {}
    for item in book.item_rows:
        codes = [row for row in book.scale_codes if row.scale == item.scale]
        outside = [row.code for row in codes if row.substantive == "no"]
        if outside and {row.code for row in codes if row.substantive == "yes"} == YES_NO:
            counted[item.column] = answers[item.column].mask(answers[item.column].isin(outside))
    return answers.assign(**counted)


def told(path: str | Path, year: int, data_dir: str | Path | None = None) -> list[str]:
    """A line for each question that somebody left open, or a part of it, in a file that `check` finds in order."""
    book = codebook(data_dir)
    answers = answers_in(path, year, data_dir)
    _, not_asked = schema.routing(answers, book, year)
    open_items = left_open(answers, book, year)
    lines = []
    for question in book.question_rows:
        columns = [column for column in book.behind(question.question) if column in open_items]
        unanswered = int(open_items[columns].any(axis="columns").sum())
        if unanswered:
            asked = int((~not_asked[columns]).any(axis="columns").sum())
            lines.append(f"{question.question} is left unanswered, or a part of it, by {unanswered} of {asked} asked")
    return lines
