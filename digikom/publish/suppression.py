"""Primary and secondary suppression: which groups of respondents may be shown without giving away a smaller one.

The rule is in `data/method/confidentiality.md`. What has to go with the groups that are too small is a cell
suppression problem in the form that Fischetti and Salazar-González gave it, solved as a mixed-integer linear programme
by HiGHS.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

#: What separates numbers that rounding of floats has moved apart.
CLOSE = 1e-7
#: How much more a respondent hidden weighs than a place further down in the list, which decides between equals.
RESPONDENT = 1000

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]


def hidden_rows(
    base: pd.Series,
    smallest: int,
    answers: pd.DataFrame | None = None,
    rest: float = 0,
    rest_answers: Sequence[float] = (),
) -> pd.Series:
    """Which groups of one division must not be shown with their sum: true by the index of `base`.

    `base` are the respondents of each group; `answers` has a column for each answer that excludes the others, with how
    many of the group gave it. `rest` and `rest_answers` are the same of the groups that are not shown anyhow together.
    Primarily hidden are groups with fewer respondents than `smallest`, and those in which all gave the same answer;
    secondarily as few respondents as will do, so that what is hidden is more than one group, `smallest` respondents or
    more, and of each answer there are `smallest` who did not give it: else another division that says where the one
    is who did not gives away what the rest answered. Where all in the whole gave the same answer, that is no secret.
    """
    size = base.to_numpy(dtype=float)
    without = [] if answers is None else [size - answers[name].to_numpy(dtype=float) for name in answers]
    rest_without = [rest - gave for gave in rest_answers] or [0.0] * len(without)
    if any(row.sum() + other < CLOSE for row, other in zip(without, rest_without, strict=True)):
        without, rest_without = [], []
    must = (size > 0) & (size < smallest)
    for row in without:
        must |= (size > 0) & (row < CLOSE)
    if base.empty or (not must.any() and rest < CLOSE):
        return pd.Series(False, index=base.index)
    # What is not shown anyhow follows from the register: with it a group that is hidden alone can only be alike.
    alone = rest > 0 and not (must & (size >= smallest)).any()
    least = [(size, smallest - rest), (np.ones(len(size)), 0 if alone else 2)]
    least += [(row, smallest - other) for row, other in zip(without, rest_without, strict=True)]
    constraints = [scipy.optimize.LinearConstraint(row[None, :], limit, np.inf) for row, limit in least]
    weights = RESPONDENT * size + np.arange(float(len(size)))
    chosen = _fewest(weights, must.astype(float), (size > 0).astype(float), constraints, len(size))
    return pd.Series(size > 0 if chosen is None else chosen, index=base.index)


@dataclass(frozen=True)
class Groups:
    """The groups of several divisions of the same respondents, as (division, group), and what they are made of.

    `sizes` are the respondents of each atom, those who are in the same group of every division; `members` has a row a
    group and a column an atom, 1 where the atom is in the group.
    """

    names: list[tuple[str, str]]
    sizes: Numbers
    members: Numbers

    @classmethod
    def of(cls, respondents: pd.DataFrame, divisions: Iterable[str]) -> Groups:
        """The groups of the `divisions`, columns of `respondents`, a row each; a missing group is none."""
        columns = list(divisions)
        atoms = respondents.groupby(columns, dropna=False, observed=True).size().rename("n").reset_index()
        names = [(column, group) for column in columns for group in sorted(atoms[column].dropna().unique())]
        members = np.array([atoms[column].eq(group).fillna(False) for column, group in names], dtype=float)
        return cls(names, atoms["n"].to_numpy(dtype=float), members.reshape(len(names), len(atoms)))

    def hidden(self, smallest: int, decided: Mapping[tuple[str, str], bool] | None = None) -> set[tuple[str, str]]:
        """The groups that must not be shown, so that no sum over fewer than `smallest` respondents follows from the
        sums over those that are shown, whatever is summed. What is `decided` already says whether a group is hidden.
        """
        if not self.names:
            return set()
        bases = self.members @ self.sizes
        must = (bases > 0) & (bases < smallest)
        targets = [self.members[place] for place in np.flatnonzero(must)]
        fixed = {self.names.index(name): value for name, value in (decided or {}).items() if name in self.names}
        while True:
            hidden = self._solve(bases, must, targets, smallest, fixed)
            found = self._given_away(~hidden, smallest)
            if found is None or any(np.array_equal(found, target) for target in targets):
                return {name for name, is_hidden in zip(self.names, hidden, strict=True) if is_hidden}
            targets.append(found)

    def _solve(
        self, bases: Numbers, must: Truths, targets: Sequence[Numbers], smallest: int, fixed: Mapping[int, bool]
    ) -> Truths:
        """Which groups to hide, with as few respondents as will do, so that each target can be more or less than it is.

        The variables are whether each group is hidden, and for each target a shift of answers between atoms that moves
        the target by one, and the sum of no group that is shown. Where it can't be done, everything is hidden.
        """
        groups, atoms, count = len(self.names), len(self.sizes), len(targets)
        lowest, highest = must.astype(float), (bases > 0).astype(float)
        for place, value in fixed.items():
            lowest[place] = highest[place] = float(value)
        each, one = np.eye(count), np.ones((count, 1))
        hidden, shifts = np.kron(one, np.diag(bases)), np.kron(each, self.members)
        moved = scipy.linalg.block_diag(*targets) if count else np.zeros((0, 0))
        division = np.array([column for column, _ in self.names])
        together = (division[:, None] == division) * bases - smallest * np.eye(groups)
        constraints = [
            scipy.optimize.LinearConstraint(np.hstack([hidden, shifts]), 0, np.inf),
            scipy.optimize.LinearConstraint(np.hstack([hidden, -shifts]), 0, np.inf),
            scipy.optimize.LinearConstraint(np.hstack([np.zeros((count, groups)), moved]), 1, 1),
            scipy.optimize.LinearConstraint(
                np.hstack([np.zeros((count, groups)), np.kron(each, np.ones(atoms))]), 0, 0
            ),
            scipy.optimize.LinearConstraint(np.hstack([together, np.zeros((groups, count * atoms))]), 0, np.inf),
        ]
        reach = np.tile(self.sizes, count)
        weights = np.concatenate([RESPONDENT * bases + np.arange(groups), np.zeros(count * atoms)])
        lowest, highest = np.concatenate([lowest, -reach]), np.concatenate([highest, reach])
        chosen = _fewest(weights, lowest, highest, constraints, groups)
        if chosen is None:
            return np.array([fixed.get(place, bases[place] > 0) for place in range(groups)], dtype=bool)
        return chosen

    def _given_away(self, shown: Truths, smallest: int) -> Numbers | None:
        """Atoms with fewer than `smallest` respondents whose sum follows from those of the groups that are shown."""
        known = np.vstack([np.ones(len(self.sizes)), self.members[shown]])
        onto = np.linalg.pinv(known) @ known
        few = np.flatnonzero(self.sizes < smallest)
        for size in range(1, smallest):
            for places in itertools.combinations(few, size):
                target = np.zeros(len(self.sizes))
                target[list(places)] = 1
                if target @ self.sizes < smallest and np.abs(onto @ target - target).max() < CLOSE:
                    return target
        return None


def _fewest(
    weights: Numbers, lowest: Numbers, highest: Numbers, constraints: list[scipy.optimize.LinearConstraint], groups: int
) -> Truths | None:
    """The first `groups` variables, each zero or one, that weigh least within the limits; None where none do."""
    found = scipy.optimize.milp(
        weights,
        integrality=np.arange(len(weights)) < groups,
        bounds=scipy.optimize.Bounds(lowest, highest),
        constraints=constraints,
        options={"mip_rel_gap": 0},
    )
    return None if found.x is None else found.x[:groups].round().astype(bool)
