"""What a notebook begins with: its parameters, checked, and the data that everything published is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import pandas as pd

from digikom import geography, survey
from digikom.errors import InputError
from digikom.publish.confidentiality import AREA, WHOLE, anonymous, smallest_group
from digikom.publish.formatting import format_number
from digikom.publish.outputs import Shown, current, data_used
from digikom.publish.published import assigned_names
from digikom.publish.suppression import hidden_rows
from digikom.publish.words import entry
from digikom.survey import Codebook

#: The names that `papermill -p` may give, as the first cell of a notebook declares them.
PARAMETERS = ("target_year", "reference_year", "data_dir", "executed_dir", "registers_dir")
#: How papermill begins the cell that it puts in.
INJECTED_COMMENT = "# Parameters"
REFERENCE = "-reference"
YES, NO = "yes", "no"


class ParameterError(InputError):
    """A parameter that cannot be; in a notebook it is one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Session:
    """The years that a notebook computes, and what their surveys have.

    `years` are ascending, `target` is the last of them and `reference` the one before it, None where nothing is
    compared. `given` is what `survey.answers` gives for the years, with a column for each area of `geography.areas`
    (in it or not) and `same_area` (neither merged nor split between the years). Confidential ones are `anonymous`.
    """

    years: tuple[int, ...]
    data_dir: str
    given: pd.DataFrame

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The answers as they are counted: to a question of yes or no, nothing else is one."""
        return survey.as_counted(self.given, self.codebook)

    @property
    def target(self) -> int:
        """The edition's own year."""
        return self.years[-1]

    @property
    def reference(self) -> int | None:
        """The year that it is compared with."""
        return self.years[0] if len(self.years) > 1 else None

    @property
    def suffixes(self) -> dict[int, str]:
        """What the keys of each year's numbers end with."""
        return {year: "" if year == self.target else REFERENCE for year in self.years}

    @cached_property
    def codebook(self) -> Codebook:
        """The codebook of the answers."""
        return survey.codebook(self.data_dir)

    @cached_property
    def constants(self) -> pd.Series:
        """The limits that belong to the method (`data/method/constants.csv`), by name."""
        return survey.constants(self.data_dir)

    @property
    def shown_singly(self) -> bool:
        """Whether results of a single municipality may be shown."""
        return bool(self.answers.attrs["municipalities_public"])

    @cached_property
    def respondents(self) -> dict[int, int]:
        """How many municipalities have answered in each year."""
        return {year: int((self.answers["year"] == year).sum()) for year in self.years}

    @cached_property
    def english(self) -> dict[str, str]:
        """English names of items and size groups by their Norwegian ones."""
        items = self.codebook.items()
        short = items.drop(columns="label_nb").rename(columns={"short_nb": "label_nb"})
        frames = [short, items, geography.size_classes(self.data_dir)]
        pairs = pd.concat([frame[["label_nb", "label_en"]] for frame in frames]).astype(str)
        return dict(zip(pairs["label_nb"], pairs["label_en"], strict=True))

    def rest_on(self, years: Iterable[int]) -> None:
        """Let what is published from here on rest on the answers of `years`, in a chapter about several editions."""
        data_used(survey.answers(sorted(set(years)), self.data_dir).attrs, self)

    def years_asked(self, *questions: str) -> list[int]:
        """The years in which all the blocks or questions were asked; none where the target year is not among them."""
        asked = self.codebook.years_of(*questions, among=self.years)
        return asked if self.target in asked else []

    def asked(self, *questions: str) -> pd.DataFrame:
        """The answers of those who left none of the blocks or questions open, in the years in which all were asked.

        A copy of its own. Of a list or a grid they have answered every line: what is counted of the others isn't known.
        """
        rows = self.answers["year"].isin(self.years_asked(*questions)) & self.lacking(*questions).isna()
        return self.answers[rows].copy()

    def lacking(self, *names: str) -> pd.Series:
        """What is lacking, by row of `answers`, of those who gave no answer that counts to a block, question or item.

        The name of the answer that does not count («Vet ikke»), empty for one that was left open, and missing where
        nothing is lacking.
        """
        if self.all_answered:
            return pd.Series(index=self.answers.index, dtype=object)
        of_names = self._lacking[self._lacking.index.get_level_values(1).isin(self.codebook.behind(*names))]
        return of_names.groupby(level=0).first().reindex(self.answers.index)

    @property
    def all_answered(self) -> bool:
        """Whether nothing is lacking: all that were asked have answered everything."""
        return self._lacking.empty

    @cached_property
    def _lacking(self) -> pd.Series:
        """The same for each row and item in which something is lacking; most often empty."""
        given, columns = self.given, [item.column for item in self.codebook.item_rows]
        parts = [survey.left_open(given[given["year"] == year], self.codebook, year) for year in self.years]
        left_open = pd.concat(parts).reindex(given.index, columns=columns).eq(True)
        outside = given[columns].astype(object).where(self.answers[columns].isna())
        names = {row.code: row.label_nb for row in self.codebook.scale_codes if row.substantive == "no"}
        lacking: pd.Series = outside.replace(names).mask(left_open, "").stack()  # type: ignore[assignment]
        return lacking.dropna().astype(object)

    def columns(self, question: str) -> list[str]:
        """The columns of a question's items, of all years."""
        return self.codebook.items(question=question)["column"].tolist()

    def longest_list(self, question: str) -> int:
        """The most items that the question has had in a year; 0 where it was not asked."""
        years = self.years_asked(question)
        return max((len(self.codebook.items(year=year, question=question)) for year in years), default=0)

    def limits(self, indicator: str) -> list[int]:
        """The lower limits of an indicator's scores (`data/method/cut-points.csv`), from score 0."""
        rows = survey.method("cut-points", self.data_dir).query("indicator == @indicator").astype({"score": int})
        return rows.sort_values("score")["lower"].astype(int).tolist()

    def alike(self, question: str) -> list[str]:
        """The labels of the items that were asked alike in both years, if under another name."""
        compared = self.codebook.comparability(question, self.target, self.years[0])
        return compared.loc[(compared["kind"] == "alike") | (compared["rule"] == "same"), "label_nb"].tolist()

    def renamed(self, question: str) -> dict[str, str]:
        """What the items were called before, where they have got another name: old columns by new ones."""
        rows, columns = self.codebook.series_rows, self.columns(question)
        return {row.series: row.column for row in rows if row.rule == "same" and row.series in columns}

    def item_answers(self, question: str, among: pd.DataFrame) -> pd.DataFrame:
        """The answers to the items that the question has in the target year, of the rows of `answers` in `among`.

        A row per municipality, year and item: `municipality_code`, `year`, `item`, `label`, `answer` and `weight`.
        Where other items stood for one in an earlier year, the rule of the series (`codebook/series.csv`) says how:
        under another name (`same`), ticked when at least one of them was (`any`), or as their mean (`mean`): each is a
        row, with a weight that makes their sum one. Who has not answered all that an item rests on has no row for it.
        """
        rows = []
        for item in self.codebook.items(year=self.target, question=question).to_dict("records"):
            for year in self.years:
                behind = self.codebook.series(item["column"], year)
                answered = among.loc[among["year"] == year, ["municipality_code", "year", *behind["column"]]].dropna()
                if behind.empty or answered.empty:
                    continue
                columns, weight = behind["column"].tolist(), 1 / len(behind)
                if "any" in set(behind["rule"]):
                    ticked = (answered[columns] == YES).any(axis="columns").map({True: YES, False: NO})
                    answered, columns, weight = answered.assign(any=ticked), ["any"], 1
                long = answered.melt(id_vars=["municipality_code", "year"], value_vars=columns, value_name="answer")
                about = {"item": item["column"], "label": item["label_nb"], "weight": weight}
                rows.append(long.drop(columns="variable").astype({"answer": str}).assign(**about))
        empty = pd.DataFrame(columns=["municipality_code", "year", "answer", "item", "label", "weight"])
        found = pd.concat(rows, ignore_index=True) if rows else empty
        for name in ("item", "label"):
            found[name] = pd.Categorical(found[name], categories=list(dict.fromkeys(found[name])), ordered=True)
        return found

    def by_size(self, among: pd.DataFrame) -> pd.DataFrame:
        """The rows of `answers` twice: in their size group, and in all municipalities together.

        New columns: `item`, the size class or «all», and `label`, its name; both categorical, the smallest first.
        """
        classes = geography.size_classes(self.data_dir).set_index("size_class")["label_nb"].astype(str)
        return self.by_group(among, "size_class", {str(code): name for code, name in classes.items()})

    def by_group(self, among: pd.DataFrame, column: str, groups: Mapping[str, str]) -> pd.DataFrame:
        """The rows of `among` twice: in the group that `column` says, and in all municipalities together.

        New columns: `item`, a key of `groups` or «all», and `label`, its name; both categorical, in that order. Of
        confidential answers a group that must not be shown has no rows.
        """
        names = {**groups, WHOLE: entry("all-municipalities")}
        item = among[column].astype(str)
        if not self.shown_singly:
            item = item.mask(self._hidden(among, column, list(groups), item))
        items = pd.concat([item, pd.Series(WHOLE, index=among.index)])
        twice = pd.concat([among, among]).assign(item=items.to_numpy())
        twice["label"] = pd.Categorical(twice["item"].map(names), categories=list(names.values()), ordered=True)
        twice["item"] = pd.Categorical(twice["item"], categories=list(names), ordered=True)
        return twice.reset_index(drop=True)

    def _hidden(self, among: pd.DataFrame, column: str, groups: list[str], item: pd.Series) -> pd.Series:
        """Which rows of `among` are of a group that must not be shown with all of them.

        If they are a part of those who answered, how many of a group they are is an answer too.
        """
        hidden = set()
        item = item.where(item.isin(groups))
        for year, rows in among.assign(item=item).drop_duplicates(["municipality_code", "year"]).groupby("year"):
            sizes, rest = rows["item"].value_counts(), int(rows["item"].isna().sum())
            found = [hidden_rows(sizes.sort_index(), smallest_group(), rest=rest)]
            if column in self.answers:
                of_year = self.answers[self.answers["year"] == year]
                # Whoever left something open may be missing for that, which is no answer.
                silent = of_year.index.isin(self._lacking.index.unique(0))
                of_year = of_year[of_year["municipality_code"].isin(rows["municipality_code"]) | ~silent]
                base = of_year[column].astype(str).value_counts().sort_index()
                base = base[base.index.isin(groups)]
                parts = pd.DataFrame({"in": sizes.reindex(base.index, fill_value=0)})
                parts["out"] = base - parts["in"]
                others = len(of_year) - int(base.sum())
                found.append(
                    hidden_rows(base, smallest_group(), parts, others, [rest, others - rest] if others else [])
                )
            hidden |= {(year, group) for mask in found for group in mask.index[mask]}
        return pd.Series([pair in hidden for pair in zip(among["year"], item, strict=True)], among.index, dtype=bool)


def begin(target_year: object, reference_year: object = None, data_dir: str = "") -> Session:
    """Check the parameters of a notebook, read the answers, and let everything published be about them.

    Raises InputError (in a notebook one line and no traceback) for a year without answers, with the years that there
    are, for a reference year that is not earlier, and for a parameter that the notebook does not have.
    """
    try:
        _refuse_unknown_parameters()
        years = [_year(target_year, "target_year", data_dir)]
        if reference_year not in (None, "", 0):
            years.insert(0, _year(reference_year, "reference_year", data_dir))
            if years[0] >= years[1]:
                raise InputError(f"reference_year {years[0]} is not before target_year {years[1]}.")
        answers = with_areas(survey.answers(years, data_dir), data_dir)
    except InputError as error:
        raise ParameterError(*error.args) from None
    if not answers.attrs["municipalities_public"]:
        items = [item.column for item in survey.codebook(data_dir).item_rows]
        smallest = int(survey.constants(data_dir)["smallest_group"])
        answers = anonymous(answers, list(geography.areas(data_dir)), items, smallest)
    # Every decimal number that this kernel shows has a comma.
    pd.set_option("display.float_format", lambda value: format_number(value, 2))
    session = Session(tuple(years), data_dir, answers)
    data_used(answers.attrs, session)
    for year, suffix in session.suffixes.items():
        # Phrases print the years (chapter 3 publishes them).
        current().numbers[f"year{suffix}"] = Shown(Decimal(year), "year", str(year), str(year))
    return session


def with_areas(answers: pd.DataFrame, data_dir: str) -> pd.DataFrame:
    """The answers with whether each municipality is in an area, and whether it is the same in all their years."""
    years = answers.attrs["years"]
    changes = geography.changes(years[0], years[-1], data_dir)
    whole = changes[changes["change"].isin(["unchanged", "renumbered"])]
    then, now = (answers["municipality_code"].isin(whole[name]) for name in ("old_code", "new_code"))
    areas = {name: answers["county"].isin(counties) for name, counties in geography.areas(data_dir).items()}
    columns = {**areas, AREA: now.where(answers["year"] == years[-1], then)}
    return answers.assign(**{name: column.astype("boolean") for name, column in columns.items()})


def _year(given: object, name: str, data_dir: str) -> int:
    """A year with answers."""
    where = f" in {data_dir}" if data_dir else ""
    there_are = f"Years with answers{where}: {', '.join(map(str, survey.years(data_dir))) or 'none'}."
    try:
        year = int(str(given))
    except ValueError:
        raise InputError(f"{name} {given!r} is not a year. {there_are}") from None
    if year not in survey.years(data_dir):
        raise InputError(f"{name} {year} has no answers. {there_are}")
    return year


def _refuse_unknown_parameters() -> None:
    """papermill puts in whatever it is given: a misspelt name would be passed over in silence."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    for source in shell.user_ns.get("In", []) if shell is not None else []:
        if source.startswith(INJECTED_COMMENT):
            unknown = ", ".join(sorted(assigned_names(source) - {*PARAMETERS}))
            if unknown:
                raise InputError(f"There is no parameter {unknown}. Parameters: {', '.join(PARAMETERS)}.")
