"""Who was asked what, and what was left open: in a survey file both what was not asked and what was left open is blank.

Frames of answers have a column for each item; a blank is a missing value.
"""

from __future__ import annotations

import pandas as pd

from digikom.survey.codebook import Codebook

YES_NO = {"yes", "no"}


def routing(frame: pd.DataFrame, codebook: Codebook, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Where an item of `year` certainly was asked, and where it certainly was not.

    Two frames of booleans with the rows of `frame` and a column for each item.

    Both are false where the leading answer is missing or itself wrong: then the fault to mend is in the leading answer,
    and nothing can be said about the items behind it.
    """
    everybody = pd.Series(True, index=frame.index)
    asked: dict[str, pd.Series[bool]] = {}
    not_asked: dict[str, pd.Series[bool]] = {}
    scale_of = {item.column: item.scale for item in codebook.item_rows}
    for item in codebook.asked(year):  # a leading item is above the items behind it, see the checks of the codebook
        leading = item.asked_if_column
        if not leading:
            asked[item.column], not_asked[item.column] = everybody, ~everybody
        elif leading not in frame:
            asked[item.column], not_asked[item.column] = ~everybody, not_asked[leading]
        else:
            answer = frame[leading]
            other = [code for code in codebook.codes(scale_of[leading], year) if code != item.asked_if_value]
            asked[item.column] = asked[leading] & answer.eq(item.asked_if_value)
            not_asked[item.column] = not_asked[leading] | (asked[leading] & answer.isin(other))
    return pd.DataFrame(asked), pd.DataFrame(not_asked)


def left_open(answers: pd.DataFrame, book: Codebook, year: int) -> pd.DataFrame:
    """Where an item of `year` was left open: booleans in the rows of `answers` and a column for each item.

    What is asked only after an answer that is itself left open counts as left open: nobody knows whether it was asked.
    """
    _, not_asked = routing(answers, book, year)
    return answers[list(not_asked)].isna() & ~not_asked


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
