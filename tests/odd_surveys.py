"""Odd but valid answers: a table of ways to change the built-in ones, and data folders made of them.

Nobody has answered like this, but somebody may: a survey where nobody does anything, where fourteen answer, where all
are alike. The routing of the questionnaire is kept, so that `digikom check` finds nothing wrong.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from digikom import geography, survey
from digikom.paths import DATA_DIR

#: The answer at the bottom and at the top of each scale: doing nothing, and doing all.
LOWEST = {
    "yes_no": "no",
    "sourcing": "exclusively_external",
    "degree": "very_small",
    "digital_extent": "no",
    "service_share": "none",
}
HIGHEST = {
    "yes_no": "yes",
    "sourcing": "exclusively_internal",
    "degree": "very_large",
    "digital_extent": "wholly",
    "service_share": "all",
}
CODE = survey.CODE_COLUMN
#: A cell that stays empty although the item was asked.
LEFT_OPEN = "?"


@dataclass(frozen=True)
class Form:
    """The questionnaire of a year, and where the municipalities of that year lie."""

    year: int

    @property
    def items(self) -> tuple[survey.Item, ...]:
        """The items of the year, in the order of the codebook."""
        return survey.codebook().asked(self.year)

    @property
    def lists(self) -> list[list[str]]:
        """The columns of each question that has several items."""
        columns: dict[str, list[str]] = {}
        for item in self.items:
            columns.setdefault(item.question, []).append(item.column)
        return [names for names in columns.values() if len(names) > 1]

    def columns(self, question: str) -> list[str]:
        """The columns of a question; none where it was not asked."""
        return [item.column for item in self.items if item.question == question]

    def place(self, answers: pd.DataFrame, column: str) -> pd.Series:
        """What the register says of each respondent."""
        return answers[CODE].map(geography.register(self.year).set_index("municipality_code")[column].astype(str))

    def routed(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Empty where an item was not asked, or left open; else the bottom of the scale where nothing is answered."""
        answers = answers.copy()
        for item in self.items:
            asked = answers[CODE] != ""
            if item.asked_if_column:
                asked = answers[item.asked_if_column] == item.asked_if_value
            answered = answers[item.column].where(answers[item.column] != "", LOWEST[item.scale])
            answers[item.column] = answered.where(asked, "")
        return answers.replace(LEFT_OPEN, "")


Change = Callable[[pd.DataFrame, Form], pd.DataFrame]


def filled(answers: pd.DataFrame, form: Form, codes: dict[str, str]) -> pd.DataFrame:
    """Everybody gives the same answer to all items of a scale."""
    return answers.assign(**{item.column: codes[item.scale] for item in form.items})


def given(column: str, value: str) -> Change:
    """Everybody answers `value` to one question; who was not asked what follows it answers as others who were."""

    def change(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
        if column not in answers:
            return answers
        follows = [item.column for item in form.items if (item.asked_if_column, item.asked_if_value) == (column, value)]
        answers, asked = answers.reset_index(drop=True), (answers[column] == value).tolist()
        donors = [row for row, has in enumerate(asked) if has]
        if donors:
            rows = [row if has else donors[row % len(donors)] for row, has in enumerate(asked)]
            answers[follows] = answers.loc[rows, follows].to_numpy()
        return answers.assign(**{column: value})

    return change


def first(count: int) -> Change:
    """Few answer: municipalities spread over the register."""
    return lambda answers, _: answers.iloc[:: max(len(answers) // count, 1)].head(count)


def of_each(column: str, count: int, but: Sequence[str] = ()) -> Change:
    """`count` respondents of each group of the register, and all of the groups `but`."""

    def change(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
        groups = form.place(answers, column)
        few = answers.groupby(groups, sort=False).cumcount() < count
        return answers[few | groups.isin(but)]

    return change


def nobody(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Every «no», every lowest answer."""
    return filled(answers, form, LOWEST)


def everybody(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Every «yes», every highest answer."""
    return filled(answers, form, HIGHEST)


def maximum(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Every item of every list, and the top score: nobody has had to recruit, for every reason there is."""
    return everybody(answers, form).assign(tried_recruiting="no")


def unsure(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """«Vet ikke» and «ikke relevant» to all that can be answered so."""
    codes = {**LOWEST, **dict.fromkeys(["sourcing", "digital_extent", "service_share"], "dont_know")}
    return filled(answers, form, codes)


def items_tied(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Every item of a list is ticked by exactly as many, and each answer of a scale is given as often.

    Whole rounds of the two, five and seven answers of the scales; everybody is asked about every list but one.
    """
    answers = answers.head(len(answers) // 140 * 140).reset_index(drop=True)
    half = len(answers) // 2
    changed = {}
    for item in form.items:
        codes = survey.codebook().codes(item.scale, form.year)
        siblings = form.columns(item.question)
        place = siblings.index(item.column)
        changed[item.column] = [codes[(row + place) % len(codes)] for row in range(len(answers))]
        if len(siblings) == 1 and item.scale == "yes_no":
            changed[item.column] = ["yes"] * len(answers)
    changed["tried_recruiting"] = ["yes" if row < half else "no" for row in range(len(answers))]
    return answers.assign(**changed)


def groups_tied(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """All municipalities are alike: the first half of each list, the middle of each scale."""
    middle = {"sourcing": "evenly_shared", "degree": "neither", "digital_extent": "partly", "service_share": "some"}
    answers = filled(answers, form, {"yes_no": "yes", **middle})
    low = {column: "no" for names in form.lists for column in names[len(names) // 2 :]}
    ticked = {item.column for item in form.items if item.scale == "yes_no"}
    return answers.assign(**{column: value for column, value in low.items() if column in ticked})


def medians_on_a_half(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Every second one has one item more, in every list, so that all medians lie between; no extreme grade."""
    answers = filled(answers.head(len(answers) // 2 * 2).reset_index(drop=True), form, HIGHEST)
    odd = pd.Series(range(len(answers))) % 2 == 1
    scale = {item.column: item.scale for item in form.items}
    for columns in form.lists:
        half = len(columns) // 2
        for place, column in enumerate(columns):
            low, high = LOWEST[scale[column]], HIGHEST[scale[column]]
            answers[column] = odd.map({True: high, False: low}) if place == half else high if place < half else low
    if services := form.columns("service_offer"):
        ways: list[Any] = ["some", odd.map({True: "some", False: "none"}), "none", "none"]
        for column, way in zip(services, ways, strict=False):
            answers[column] = way
    return answers


def nobody_on_top(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """No respondent has the highest grade of anything."""
    answers = answers.copy()
    for question, most in (("strategy_areas", 9), ("cloud_areas", 6)):
        for column in form.columns(question)[most:]:
            answers[column] = answers[column].replace("yes", "no")
    for column in form.columns("service_offer"):
        answers[column] = "some" if column == "service_open_access" else "none"
    idle = answers["tried_recruiting"] == "no"
    for column in form.columns("function_sourcing")[7:]:
        answers.loc[idle, column] = "mainly_external"
    return answers


def unanswered(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Each question is left open by three that were asked: by one wholly, by two in its last line."""
    answers = answers.copy()
    questions = list(dict.fromkeys(item.question for item in form.items))
    for number, columns in enumerate(map(form.columns, questions)):
        asked = answers.index[answers[columns[0]] != ""]
        for place, names in ((11, columns), (19, columns[-1:]), (31, columns[-1:])):
            answers.loc[asked[number + place], names] = LEFT_OPEN
    return answers


def without_answers(scale: str, codes: Sequence[str], instead: str) -> Change:
    """Nobody gives one of the answers `codes`."""

    def change(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
        columns = [item.column for item in form.items if item.scale == scale]
        return answers.assign(**{column: answers[column].replace(list(codes), instead) for column in columns})

    return change


def only(column: str, *groups: str) -> Change:
    """Only the municipalities of these groups of the register answer."""
    return lambda answers, form: answers[form.place(answers, column).isin(groups)]


#: The ways to change the answers, by name.
KINDS: dict[str, Change] = {
    "nobody": nobody,
    "everybody": everybody,
    "maximum": maximum,
    "one_size_group": only("size_class", "5000_9999"),
    "one_a_group": of_each("size_class", 1),
    "items_tied": items_tied,
    "medians_on_a_half": medians_on_a_half,
    "fourteen": first(14),
    "groups_tied": groups_tied,
    "one": first(1),
    "two": first(2),
    "forty": first(40),
    "nobody_on_top": nobody_on_top,
    "groups_too_small": of_each("size_class", 2, but=["5000_9999"]),
    "largest_only": only("size_class", "50000_plus"),
    "one_county": only("county", "Rogaland"),
    "one_a_county": of_each("county_code", 1),
    "all_have_a_strategy": given("has_strategy", "yes"),
    "none_has_a_strategy": given("has_strategy", "no"),
    "none_has_projects": given("has_projects", "no"),
    "all_have_projects": given("has_projects", "yes"),
    "none_uses_cloud": given("uses_cloud", "no"),
    "all_use_cloud": given("uses_cloud", "yes"),
    "none_tried_recruiting": given("tried_recruiting", "no"),
    "all_tried_recruiting": given("tried_recruiting", "yes"),
    "all_had_problems": given("recruiting_problem", "yes"),
    "none_had_problems": given("recruiting_problem", "no"),
    "no_small_degree": without_answers("degree", ["very_small", "fairly_small"], "neither"),
    "no_large_degree": without_answers("degree", ["very_large", "fairly_large"], "neither"),
    "no_external": without_answers("sourcing", ["mainly_external", "exclusively_external"], "evenly_shared"),
    "no_internal": without_answers("sourcing", ["mainly_internal", "exclusively_internal"], "evenly_shared"),
    "unsure": unsure,
    "unanswered": unanswered,
    "one_reason": lambda answers, form: answers.assign(
        **dict.fromkeys(form.columns("reasons_not_tried"), "no")
        | dict.fromkeys(form.columns("reasons_not_tried")[:1], "yes")
    ),
}


def odd_answers(kind: str, year: int) -> pd.DataFrame:
    """The answers of `year`, changed and routed: text, empty where not asked."""
    form = Form(year)
    answers = pd.read_csv(DATA_DIR / "survey" / f"{year}.csv", dtype=str, keep_default_na=False)
    return form.routed(KINDS[kind](answers, form))


def let_be_left_open(codebook: Path, *years: int) -> None:
    """Let every question that was asked be left open in these years, in a copy of the codebook."""
    path = codebook / "questions.csv"
    questions = pd.read_csv(path, dtype=str, keep_default_na=False)
    asked = [[str(year) for year in years if str(year) in span.split()] for span in questions["years"]]
    questions.assign(unanswered=[" ".join(some) for some in asked]).to_csv(path, index=False, lineterminator="\n")


def odd_data(folder: Path, kind: str, *years: int) -> Path:
    """A data folder in `folder`: the project's own, with changed answers of `years`."""
    data = folder / "data"
    shutil.copytree(DATA_DIR, data, copy_function=shutil.copyfile)
    let_be_left_open(data / "codebook", *(years if kind == "unanswered" else ()))
    for year in years:
        odd_answers(kind, year).to_csv(data / "survey" / f"{year}.csv", index=False, lineterminator="\n")
    return data
