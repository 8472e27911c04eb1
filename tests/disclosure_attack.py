"""An attacker, as a stranger: what follows from all that an edition publishes, about groups that it must not show.

The attacker knows the register, who answered, and the method; everything published is read as a linear constraint on
how many respondents of each kind there are in each cell of the country. A kind is a combination of answers (`Family`);
a cell are the respondents whom no published group tells apart. What is unknown is bounded by integer programming.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from notebook_runs import run_here
from numpy.typing import NDArray
from scipy import optimize, sparse

from digikom import geography, survey
from digikom.publish.published import published_outputs
from digikom.publish.session import with_areas

DIVISIONS = ("county", "size_class", "centrality_class", "capital_area", "north", "same_area")
REASONS = ("no_need", "economy", "no_belief", "other")
#: The chapters that show groups of municipalities.
CHAPTERS = (
    *("03_digital_prioritering.ipynb", "04_digital_kompetanse.ipynb"),
    *("05_digital_aktivitet.ipynb", "08_folsomhet.ipynb"),
)
CLOSE = 1e-6
#: How many vertices in a row may show nothing new, how many relaxed programmes are tried, and how long an exact one may
#: take.
IDLE, ATTEMPTS, SECONDS = 12, 4, 60
Group = tuple[tuple[str, str], ...]
Truths = NDArray[np.bool_]


# What an edition publishes.


@dataclass(frozen=True)
class Edition:
    """The payloads of a run with the cell that each stands in, and what the cells show below them."""

    payloads: list[tuple[str, str, dict[str, Any]]]
    shown: list[tuple[str, Any]]


def edition(data: Path, year: int, reference: int | None, names: Sequence[str] = CHAPTERS) -> Edition:
    """Run chapters in this process, and keep all that a reader gets to see of them."""
    found = Edition([], [])
    parameters = {"target_year": year, "reference_year": reference, "data_dir": str(data)}
    for name in names:
        book, _ = run_here(name, found.shown, **parameters)
        for index, mime, payload in published_outputs(book.cells):
            kind = mime.removeprefix("application/vnd.digikom.").removesuffix("+json")
            found.payloads.append((book.cells[index].id, kind, payload))
    return found


# What the attacker knows: who answered, where they are, and (to check the attack) what they answered.


def respondents(data: Path, year: int, pair: Sequence[int]) -> pd.DataFrame:
    """The respondents of a year with their place in each division and their true answers, by the method of the report.

    `pair` are the two years that the edition compares, which decide what is an unchanged area.
    """
    folder = str(data)
    answers = with_areas(survey.answers(sorted(pair), folder), folder)
    answers = answers[answers["year"] == year].reset_index(drop=True)
    book = survey.codebook(folder)
    cuts = survey.method("cut-points", folder).astype({"lower": int})

    def columns(question: str) -> list[str]:
        return book.items(year=year, question=question)["column"].tolist()

    def score(indicator: str, counted: pd.Series) -> pd.Series:
        limits = sorted(cuts.loc[cuts["indicator"] == indicator, "lower"])
        return pd.Series(np.searchsorted(limits, counted, side="right") - 1, counted.index)

    def many(question: str, *codes: str) -> pd.Series:
        return answers[columns(question)].isin(codes).sum(axis="columns")

    def graded(one: pd.Series, other: pd.Series, nothing: int) -> pd.Series:
        rules = [(one >= 3) & (other >= 3), other >= 3, one >= 3, one + other > nothing]
        return pd.Series(np.select(rules, [4, 3, 2, 1], 0), one.index)

    worth = survey.method("service-points", folder).astype({"points": int}).pivot(index="answer", columns="way")
    ways = {"open_access": "simple", "simple_individual": "simple"}
    ways |= {"complex_individual": "complex", "self_activated": "complex"}
    given = {name: answers[f"service_{name}"].astype(object).map(worth["points"][way]) for name, way in ways.items()}
    yes = {name: answers[name].eq("yes").fillna(False).to_numpy(dtype=bool) for name in answers}
    nobody = np.zeros(len(answers), dtype=bool)
    own = score("internal", many("function_sourcing", "exclusively_internal", "mainly_internal")) >= 3
    tried, problem = (pd.Series(yes[name]) for name in ("tried_recruiting", "recruiting_problem"))
    strategy, projects = (score(name, many(f"{name.rstrip('s')}_areas", "yes")) for name in ("strategy", "projects"))
    procurement = score("procurement", many("procurement_activities", "wholly", "partly"))
    use = graded(score("cloud", many("cloud_areas", "yes")), procurement, 1)
    truth = {
        "strategy": yes["has_strategy"],
        "projects": yes["has_projects"],
        "priority": graded(strategy, projects, 0),
        "category": np.select([problem, ~own & ~tried, ~own & tried, own & tried], [2, 0, 1, 3], 4),
        "own": own,
        "use": use,
        "cloud": yes["uses_cloud"],
        "activity": graded(use, score("services", pd.DataFrame(given).sum(axis="columns", skipna=False)), 1),
        "open": yes.get("shares_open_data", nobody),
        **{name: yes.get(f"not_tried_{name}", nobody) for name in REASONS},
    }
    places = answers[list(DIVISIONS)].astype(object).map(str, na_action="ignore").fillna("")
    return places.assign(**{name: np.asarray(values).astype(int) for name, values in truth.items()})


# What is unknown.

Kind = dict[str, int]
Counted = Callable[[Kind], bool]


def _kinds(allowed: Callable[..., bool], **values: Sequence[int]) -> list[Kind]:
    """The combinations of answers that the form and the method allow."""
    found = (dict(zip(values, given, strict=True)) for given in itertools.product(*values.values()))
    return [kind for kind in found if allowed(**kind)]


def _competence(category: int, own: int, reason: int) -> bool:
    return own == {0: 0, 1: 0, 2: own, 3: 1, 4: 1}[category] and not (reason and category in {1, 2, 3})


def _priority(strategy: int, projects: int, priority: int) -> bool:
    return bool([1, strategy or projects, strategy, projects, strategy and projects][priority])


def _activity(activity: int, use: int, cloud: int) -> bool:
    little = [use <= 1, use <= 2, use >= 3, use <= 2, use >= 3][activity]
    return little and (bool(cloud) or use not in {2, 4})


GRADES, TRUTHS = range(5), range(2)
#: The kinds of respondents by family: what the published numbers of one family are about hangs together.
FAMILIES: dict[str, list[Kind]] = {
    "priority": _kinds(_priority, strategy=TRUTHS, projects=TRUTHS, priority=GRADES),
    "activity": _kinds(_activity, activity=GRADES, use=GRADES, cloud=TRUTHS),
    "open": _kinds(lambda open: True, open=TRUTHS),
    **dict.fromkeys(REASONS, _kinds(_competence, category=GRADES, own=TRUTHS, reason=TRUTHS)),
}
#: The questions whose answers must not come out, by family: a value for each kind.
SECRETS: dict[str, dict[str, Callable[[Kind], int]]] = {
    "priority": {name: itemgetter(name) for name in ("strategy", "projects", "priority")},
    "activity": {name: itemgetter(name) for name in ("activity", "cloud")}
    | {"use at the top": lambda kind: int(kind["use"] == 4)},
    "open": {"open": lambda kind: kind["open"]},
    **{
        name: {
            **({"category": lambda kind: kind["category"]} if name == REASONS[0] else {}),
            "tried": lambda kind: int(kind["category"] in {1, 2, 3}),
            name: lambda kind: kind["reason"],
        }
        for name in REASONS
    },
}


@dataclass(frozen=True)
class Claim:
    """So many respondents of a year in the groups (all of them, in several divisions) are of a kind."""

    source: str
    year: int
    families: tuple[str, ...]
    groups: Group
    counted: Counted
    count: int


# Reading.


def _tried(kind: Kind) -> bool:
    return kind["category"] in {1, 2, 3}


def _is(name: str, *values: int) -> Counted:
    return lambda kind: kind[name] in values


def _not(counted: Counted) -> Counted:
    return lambda kind: not counted(kind)


PRIORITY, ACTIVITY, OPEN, COMPETENCE = ("priority",), ("activity",), ("open",), tuple(REASONS)
SAME = "sensitivity-same-area"
Read = tuple[tuple[str, ...], Counted] | tuple[tuple[str, ...], Counted, Counted]
#: What the numbers count, and among whom if not among all, by a pattern of the key.
NUMBERS: dict[str, Read] = {
    rf"projects-(planned|least|most|smallest|any)\b.*|{SAME}-projects": (PRIORITY, _is("projects", 1)),
    rf"strategy-(yes|share)|{SAME}-strategy": (PRIORITY, _is("strategy", 1)),
    r"strategy-high(-count)?": (PRIORITY, _is("priority", 2, 4)),
    r"projects-high(-count)?": (PRIORITY, _is("priority", 3, 4)),
    **{rf"priority-(grade|count)-{k}": (PRIORITY, _is("priority", k)) for k in GRADES},
    rf"county-(least|most)|{SAME}-priority": (PRIORITY, _is("priority", 4)),
    **{rf"activity-(grade|count)-{k}": (ACTIVITY, _is("activity", k)) for k in GRADES},
    **{rf"use-(grade|count)-{k}": (ACTIVITY, _is("use", k)) for k in GRADES},
    rf"cloud-(users|using)|{SAME}-cloud": (ACTIVITY, _is("cloud", 1)),
    rf"activity-(county-least|county-most|north|rest)|{SAME}-activity": (ACTIVITY, _is("activity", 4)),
    rf"{SAME}-use": (ACTIVITY, _is("use", 4)),
    r"open-data(-least|-most|-count)?": (OPEN, _is("open", 1)),
    rf"recruit-tried\b.*|{SAME}-recruiting": (COMPETENCE, _tried),
    r"recruit-not-tried\b(?!.*barrier).*": (COMPETENCE, _not(_tried)),
    r"recruit-problem\b(?!.*(barrier|others|groups)).*": (COMPETENCE, _is("category", 2), _tried),
    **{rf"competence(-count)?-{k}": (COMPETENCE, _is("category", k)) for k in GRADES},
    r"competence-struggled-(near|far)": (COMPETENCE, _is("category", 2)),
    r"functions-high": (COMPETENCE, _is("own", 1)),
    rf"{SAME}-competence": (COMPETENCE, _is("category", 3, 4)),
    **{
        rf"reasons-{name.replace('_', '-')}(-count|-central)?": ((name,), _is("reason", 1), _not(_tried))
        for name in REASONS
    },
    r"reasons-central-count": (COMPETENCE, _not(_tried)),
}
PARTS = {"Ikke behov": "no_need", "Ikke tilstrekkelig økonomi": "economy"}
PARTS |= {"Ikke tro på å finne kompetansen": "no_belief", "Andre årsaker": "other"}
#: What the tables under the cells count, and among whom.
CELLS: dict[str, Read] = {
    **dict.fromkeys(("projects-by-size", "projects-smallest"), (PRIORITY, _is("projects", 1))),
    "grade-by-county": (PRIORITY, _is("priority", 4)),
    **dict.fromkeys(("recruit-tried", "recruit-tried-numbers"), (COMPETENCE, _tried)),
    "recruit-problem": (COMPETENCE, _is("category", 2), _tried),
    "competence-by-county": (COMPETENCE, _is("category", 2)),
    "not-tried-small-large": (COMPETENCE, _not(_tried)),
    "open-data-share": (OPEN, _is("open", 1)),
    **dict.fromkeys(("activity-by-county", "activity-north"), (ACTIVITY, _is("activity", 4))),
}
#: The tables that are read in a way of their own, or follow from others: changes, and sums of groups shown.
READ = dict.fromkeys(
    (
        *("reasons-by-size", "reasons-by-centrality", "reasons-centrality-other", "recruit-tried-size-change"),
        *("projects-by-size-change", "recruit-problem-size-change", "same-area-change", "activity-north-change"),
        "size",
    )
)
FIGURES: dict[str, Read] = {
    "fig-projects-by-size": (PRIORITY, _is("projects", 1)),
    "fig-recruit-tried": (COMPETENCE, _tried),
    "fig-open-data": (OPEN, _is("open", 1)),
}
TABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "tab-priority-county": (PRIORITY, "priority"),
    "tab-activity-county": (ACTIVITY, "activity"),
    "tab-competence-county": (COMPETENCE, "category"),
}


@dataclass
class Reader:
    """Reads an edition of `year`; who answered in a year, and where, is in `people`."""

    year: int
    people: dict[int, pd.DataFrame]
    data: Path
    skipped: set[str] = field(default_factory=set)
    central: Group | None = None

    def __post_init__(self) -> None:
        sizes = geography.size_classes(str(self.data)).set_index("size_class")["label_nb"].astype(str)
        self.names: dict[str, Group] = {label.lower(): (("size_class", str(code)),) for code, label in sizes.items()}
        self.smallest, self.largest = (("size_class", str(sizes.index[place])) for place in (0, -1))
        self.names |= {f"sentralitetsklasse {k}": (("centrality_class", str(k)),) for k in range(1, 7)}
        counties = {name for people in self.people.values() for name in people["county"]}
        self.names |= {name.lower(): (("county", name),) for name in counties}
        self.names |= {"nord-norge": (("north", "True"),), "rundt hovedstaden": (("capital_area", "True"),)}
        self.names |= {"uendrede kommuner": (("same_area", "True"),)}
        self.names |= {"minste størrelsesgruppe": (self.smallest,), "største størrelsesgruppe": (self.largest,)}
        self.names |= {"de største kommunene": (self.largest,), "alle kommuner": ()}

    def group(self, text: str, key: str = "") -> Group | None:
        """The group that a text names; of several the longest name, and none where two groups are tied."""
        text = text.lower()
        if "resten av landet" in text:
            return (("north", "False"),) if "activity" in key else (("capital_area", "False"),)
        if "mest sentrale klasse" in text or "alle unntatt" in text or " / " in text:
            return None
        found = [name for name in self.names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
        found = [name for name in found if not any(name != other and name in other for other in found)]
        return self.names[found[0]] if len(found) == 1 else () if not found else None

    def size(self, year: int, groups: Group) -> int:
        """How many of a group answered."""
        return int(_within(self.people[year], groups).sum())

    def claims(self, published: Edition) -> Iterator[Claim]:
        """Everything that is read as a count of a kind in a group."""
        for _, kind, payload in published.payloads:
            if kind == "number":
                yield from self._number(payload)
            elif kind in {"figure", "table"}:
                yield from self._figure(payload)
        for cell, value in published.shown:
            if isinstance(value, pd.DataFrame):
                yield from self._frame(cell, value)

    def unread(self, published: Edition) -> set[str]:
        """The cells that show counts of groups of municipalities in a table which the attack does not read."""
        labels = set(self.names) | {code.lower() for groups in self.names.values() for _, code in groups if "_" in code}
        found = set()
        for cell, value in published.shown:
            if isinstance(value, pd.DataFrame | pd.Series) and cell not in CELLS | READ:
                axes = [value.index, *([value.columns] if isinstance(value, pd.DataFrame) else [])]
                told = {
                    str(name).lower() for axis in axes for level in range(axis.nlevels) for name in axis.unique(level)
                }
                found |= {cell} if told & labels - {"alle kommuner"} else set()
        return found

    def _read(self, source: str, year: int, groups: Group, read: Read, count: float, base: float) -> Iterator[Claim]:
        """A count and, where it is one among some, that there are `base` of them."""
        families, counted, *among = read
        both = partial(_both, counted, among[0]) if among else counted
        yield Claim(source, year, families, groups, both, round(count))
        if among and base:
            yield Claim(f"{source} (base)", year, families, groups, among[0], round(base))

    def _number(self, payload: dict[str, Any]) -> Iterator[Claim]:
        key, year, base = payload["key"].removesuffix("-reference"), payload["year"], payload["base"]
        for pattern, read in NUMBERS.items():
            if not re.fullmatch(pattern, key) or year not in self.people:
                continue
            groups = self.group(payload["label"], key)
            count = payload["value"] if payload["unit"] == "count" else None
            if payload["unit"] == "percent" and base:
                count = payload.get("count") or payload["value"] * base / 100
            if groups is None or count is None:
                self.skipped.add(key)
            else:
                yield from self._read(payload["key"], year, groups, read, count, base)

    def _figure(self, payload: dict[str, Any]) -> Iterator[Claim]:
        key, columns = payload["key"], [column["name"] for column in payload["columns"]]
        for name, *values in payload["rows"]:
            source, row, groups = f"{key} {name}", dict(zip(columns[1:], values, strict=True)), self.group(str(name))
            numbers = {column: value for column, value in row.items() if isinstance(value, int | float)}
            if key in TABLES:
                families, variable = TABLES[key]
                county: Group = () if name == "I alt" else (("county", name),)
                for column, value in numbers.items():
                    if column.startswith("grade_"):
                        counted = _is(variable, int(column.removeprefix("grade_")))
                        yield Claim(source, self.year, families, county, counted, int(value))
            elif key in FIGURES and groups is not None:
                for column, value in numbers.items():
                    if column.isdigit():
                        count = value * self.size(int(column), groups) / 100
                        yield from self._read(source, int(column), groups, FIGURES[key], count, 0)
            elif key in {"fig-reasons-by-size", "fig-reasons-by-centrality"} and "size" in numbers:
                assert groups is not None
                size = int(numbers.pop("size"))
                yield Claim(f"{source} (base)", self.year, COMPETENCE, groups, _not(_tried), size)
                for column, value in numbers.items():
                    if part := PARTS.get(column.rstrip("*")):
                        yield Claim(source, self.year, (part,), groups, _is("reason", 1), round(value * size / 100))

    def _frame(self, cell: str, frame: pd.DataFrame) -> Iterator[Claim]:
        source = f"cell {cell}"
        if cell in {"reasons-by-size", "reasons-by-centrality"} and "Antall" in frame:
            for (name, part), (_, row) in zip(frame.index, frame.iterrows(), strict=True):
                groups = self.group(str(name))
                if pd.notna(row["Antall"]) and groups is not None and part in PARTS:
                    reason, base = (PARTS[part],), round(row["Grunnlag"])
                    yield Claim(source, self.year, reason, groups, _is("reason", 1), round(row["Antall"]))
                    yield Claim(f"{source} (base)", self.year, COMPETENCE, groups, _not(_tried), base)
            bases = frame.loc[frame["Grunnlag"] >= 5, "Grunnlag"]
            central = cell == "reasons-by-centrality" and len(bases)
            self.central = self.group(str(bases.index[0][0])) if central else None
        if cell == "reasons-centrality-other" and self.central:
            for size, count in frame["Kommuner"].items():
                both = (*self.central, ("size_class", str(size)))
                yield Claim(source, self.year, ("other",), both, _is("reason", 1), int(count))
        years = frame.columns.unique(0) if frame.columns.nlevels == 2 else [None]
        for year, (index, row) in itertools.product(years, frame.iterrows()) if cell in CELLS else ():
            values = row if year is None else row[year]
            groups = self.group(" ".join(map(str, index)) if isinstance(index, tuple) else str(index), cell)
            of = self.year if year is None else int(year)
            if groups is not None and pd.notna(values.get("Antall")) and of in self.people:
                yield from self._read(source, of, groups, CELLS[cell], values["Antall"], values["Grunnlag"])


def _both(one: Counted, other: Counted, kind: Kind) -> bool:
    return one(kind) and other(kind)


def _within(people: pd.DataFrame, groups: Group) -> pd.Series:
    inside = pd.Series(True, people.index)
    for division, group in groups:
        inside &= people[division] == group
    return inside


# Bounding.


@dataclass
class Result:
    """What an attack has found: how many claims it read, how many unknowns it bounded, and what came out."""

    claims: int = 0
    bounded: int = 0
    narrowest: float = np.inf
    told: list[str] = field(default_factory=list)


def untrue(claims: Sequence[Claim], people: dict[int, pd.DataFrame]) -> list[str]:
    """The claims that do not agree with the true answers: either the edition is wrong or the attack has misread it."""
    kinds = {(year, family): _kinds_of(rows, family) for year, rows in people.items() for family in FAMILIES}
    found = []
    for claim in claims:
        inside = _within(people[claim.year], claim.groups)
        for family in claim.families:
            count = sum(map(claim.counted, itertools.compress(kinds[claim.year, family], inside)))
            if count != claim.count:
                found.append(f"{claim.source} {claim.year} {claim.groups}: {claim.count}, truly {count}")
    return found


def attack(claims: Sequence[Claim], people: dict[int, pd.DataFrame]) -> Result:
    """Bound the answers of every municipality and every group of one or two from all claims together."""
    result = Result(len(claims))
    for year, rows in people.items():
        for family in FAMILIES:
            known = [claim for claim in claims if claim.year == year and family in claim.families]
            if any(claim.groups for claim in known):
                _Programme(year, family, rows, known).bound(result)
    return result


def _kinds_of(people: pd.DataFrame, family: str) -> list[Kind]:
    """The kind of each respondent."""
    names = list(FAMILIES[family][0])
    given = people[[family if name == "reason" else name for name in names]].astype(int)
    return [dict(zip(names, row, strict=True)) for row in given.itertuples(index=False)]


def _whole(numbers: np.ndarray) -> bool:
    return bool(np.abs(numbers - numbers.round()).max() < CLOSE)


class _Programme:
    """The unknowns of a family in a year: how many of each kind there are in each cell that the claims tell apart."""

    def __init__(self, year: int, family: str, rows: pd.DataFrame, claims: Sequence[Claim]) -> None:
        self.year, self.family, self.rows, self.kinds = year, family, rows, FAMILIES[family]
        groups = list(dict.fromkeys(claim.groups for claim in claims))
        inside = np.array([_within(rows, group) for group in groups])
        signatures, self.cell = np.unique(inside.T, axis=0, return_inverse=True)
        self.sizes = np.bincount(self.cell)
        member = dict(zip(groups, signatures.T, strict=True))
        kinds = _kinds_of(rows, family)
        place = {tuple(kind.values()): number for number, kind in enumerate(self.kinds)}
        self.truth = np.zeros((len(self.sizes), len(self.kinds)))
        for cell, kind in zip(self.cell, kinds, strict=True):
            self.truth[cell, place[tuple(kind.values())]] += 1
        vectors = {(claim.groups, tuple(map(claim.counted, self.kinds))) for claim in claims}
        lines = np.array([np.outer(member[group], counted).ravel() for group, counted in sorted(vectors)], dtype=float)
        cells = sparse.kron(sparse.eye(len(self.sizes)), np.ones((1, len(self.kinds))))
        self.matrix = sparse.csr_matrix(sparse.vstack([cells, sparse.csr_matrix(lines)]))
        self.solutions = [self.truth]
        self.random = np.random.default_rng(0)

    def bound(self, result: Result) -> None:
        """Whether the answer of a municipality is known, or that of two of which one knows the sum."""
        targets = []
        for name, value in SECRETS[self.family].items():
            of_kind = np.array([value(kind) for kind in self.kinds])
            # What all respondents have answered alike is no secret of any of them.
            if len(set(of_kind[self.truth.sum(axis=0) > 0])) > 1:
                answers = [of_kind == one for one in sorted(set(of_kind))]
                targets += [(cell, name, answers) for cell in range(len(self.sizes))]
        self._vary([(cell, answers) for cell, _, answers in targets])
        for cell, name, answers in targets:
            width = self._width(cell, answers)
            result.bounded += 1
            result.narrowest = min(result.narrowest, width)
            if width == 0:
                result.told.append(self._described(cell, int(self.sizes[cell]), name))

    def _vary(self, targets: list[tuple[int, list[Truths]]]) -> None:
        """Find some other answers of the country that agree with all claims, until they show no more unknowns.

        A vertex of the relaxed programme in a random direction costs little, and often has whole numbers.
        """
        total = self.matrix @ self.truth.ravel()
        constraint = optimize.LinearConstraint(self.matrix, total, total)
        bounds = optimize.Bounds(0, np.repeat(self.sizes, len(self.kinds)))
        open_still, idle = targets, 0
        while open_still and idle < IDLE:
            line = np.zeros_like(self.truth)
            for cell, answers in open_still:
                given = self._given(cell, answers)
                line[cell] += self.random.uniform(0.5, 1) * given[self.random.integers(len(given))]
            found = optimize.milp(line.ravel(), constraints=constraint, bounds=bounds, options={"presolve": False}).x
            if _whole(found):
                self.solutions.append(found.round().reshape(self.truth.shape))
            left = [(cell, answers) for cell, answers in open_still if self._spread(cell, answers) == 0]
            open_still, idle = left, idle + 1 if len(left) == len(open_still) else 0

    def _given(self, cell: int, answers: list[Truths]) -> list[Truths]:
        return [counted for counted in answers if self.truth[cell, counted].any()]

    def _spread(self, cell: int, answers: list[Truths]) -> float:
        """How much the number that gave some answer varies among the solutions that have been found.

        A cell of three or more is told where all of it must have given the same answer: otherwise who has is unknown.
        """
        found = np.array([[solution[cell, counted].sum() for counted in answers] for solution in self.solutions])
        widest = float(np.ptp(found, axis=0).max())
        if self.sizes[cell] > 2 and found.max(axis=0).max() < self.sizes[cell]:
            return max(widest, 1.0)
        return widest

    def _width(self, cell: int, answers: list[Truths]) -> float:
        """How much the number that gave some answer can vary at least; nought where none of those given can be fewer.

        If any of the numbers can be another, one of those above nought can be less, for their sum is known.
        """
        for counted in self._given(cell, answers):
            if self._spread(cell, answers) > 0:
                break
            self._fewer(cell, counted)
        return self._spread(cell, answers)

    def _fewer(self, cell: int, counted: Truths) -> None:
        """Add answers of the country in which fewer of the cell have one of the answers `counted`, if there are any.

        Of those the ones that differ least from the true ones, by random weights: the relaxed programme is fast, and
        sooner or later has a solution of whole numbers. Where it hasn't, whole numbers are asked for; what takes too
        long counts as impossible.
        """
        line = np.zeros_like(self.truth)
        line[cell, counted] = 1
        one_less = optimize.LinearConstraint(np.concatenate([line.ravel(), -line.ravel()]), -np.inf, -1)
        # How many more there are of each kind in each cell, and how many fewer.
        constraints = [optimize.LinearConstraint(sparse.hstack([self.matrix, -self.matrix]), 0, 0), one_less]
        highest = np.concatenate([(self.sizes[:, None] - self.truth).ravel(), self.truth.ravel()])
        # What has not varied yet is cheap, so that a solution shows several unknowns.
        cheap = np.where(np.ptp(self.solutions, axis=0) == 0, 0.2, 1).ravel()
        for attempt in range(ATTEMPTS + 1):
            weights = np.tile(self.random.uniform(1, 1.5 + attempt, line.size) * cheap, 2)
            exact = attempt == ATTEMPTS
            options = {"mip_rel_gap": 0.9, "time_limit": SECONDS} if exact else {"presolve": False}
            found = optimize.milp(
                weights,
                integrality=np.full(weights.size, int(exact)),
                bounds=optimize.Bounds(0, highest),
                constraints=constraints,
                options=options,
            ).x
            if found is None and not exact:
                return
            if found is not None and _whole(found):
                more, fewer = found.round().reshape(2, *self.truth.shape)
                self.solutions.append(self.truth + more - fewer)
                return

    def _described(self, cell: int, size: int, name: str) -> str:
        rows = self.rows[self.cell == cell]
        where = ", ".join(sorted({"/".join(map(str, row)) for row in rows[list(DIVISIONS)].to_numpy()})[:3])
        return f"{self.year} {self.family}: {name} of {size} respondents ({where})"
