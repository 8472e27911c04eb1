"""Surveys declared real, in which a careless report would tell what a single municipality answered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from odd_surveys import CODE, HIGHEST, LOWEST, Form

from digikom import geography
from digikom.paths import DATA_DIR

YEAR, BEFORE = 2022, 2018
#: The county of one municipality, and the one with fewest respondents beside it, which is withheld with it.
ALONE, PARTNER = "Oslo", "Viken"
LARGE = ("20000_49999", "50000_plus")

Change = Callable[[pd.DataFrame, Form], pd.DataFrame]


def two_largest(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """Only two respondents are in the largest size class, and they answer unlike each other."""
    largest = form.place(answers, "size_class") == LARGE[-1]
    one, other = answers.index[largest][:2]
    answers = _alike(_alike(answers, form, answers.index == one, HIGHEST), form, answers.index == other, LOWEST)
    return answers[~largest | answers.index.isin([one, other])]


def one_changed(answers: pd.DataFrame, _: Form) -> pd.DataFrame:
    """Of the municipalities that were merged or split since the year before only one has answered."""
    changes = geography.changes(BEFORE, YEAR)
    changed = answers[CODE].isin(changes.loc[~changes["change"].isin(["unchanged", "renumbered"]), "new_code"])
    return answers[~changed | (changed.cumsum() == 1)]


def complete_groups(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """The two largest size classes and the most central one say yes to all, the others of a county no."""
    large = form.place(answers, "size_class").isin(LARGE) | (form.place(answers, "centrality_class") == "1")
    answers = _alike(answers, form, large, HIGHEST)
    return _alike(answers, form, (form.place(answers, "county") == "Innlandet") & ~large, LOWEST)


def partner_extreme(answers: pd.DataFrame, form: Form) -> pd.DataFrame:
    """The county alone answers lowest of all, and all but one of the one withheld with it highest."""
    county = form.place(answers, "county")
    partner = county == PARTNER
    answers = _alike(answers, form, partner & (partner.cumsum() > 1), HIGHEST)
    return _alike(answers, form, county == ALONE, LOWEST)


def _alike(answers: pd.DataFrame, form: Form, rows: pd.Series, codes: dict[str, str]) -> pd.DataFrame:
    """The answers, with those of the `rows` the one of each scale that `codes` says."""
    given = {item.column: codes[item.scale] for item in form.items}
    return answers.where(~pd.Series(rows, answers.index), answers.assign(**given))


#: The surveys by name: how the built-in answers of the year are changed.
CASES: dict[str, Change] = {
    "one_county": lambda answers, _: answers,
    "two_largest": two_largest,
    "one_changed": one_changed,
    "complete_groups": complete_groups,
    "partner_extreme": partner_extreme,
}


def real_data(folder: Path, **extra: object) -> Path:
    """A copy of the data whose descriptor says that the answers of two years are real."""
    data = folder / "data"
    shutil.copytree(DATA_DIR, data, copy_function=shutil.copyfile)
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource.get("path") in {f"survey/{YEAR}.csv", f"survey/{BEFORE}.csv"}:
            resource.update({"status": "real", **extra})
    (data / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return data


def confidential_data(folder: Path, case: str) -> Path:
    """A data folder in `folder` with the answers of a case, declared real."""
    data, form = real_data(folder), Form(YEAR)
    path = data / "survey" / f"{YEAR}.csv"
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    form.routed(CASES[case](answers, form)).to_csv(path, index=False, lineterminator="\n")
    return data
