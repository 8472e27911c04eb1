"""A survey in the making: who answers, which place in each table everyone gets, and what everyone answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import pandas as pd

from digikom.errors import InputError
from digikom.survey import CODE_COLUMN
from digikom.synthetic import latent, margins, tables
from digikom.synthetic.assignment import AssignmentError, assign
from digikom.synthetic.chance import Chance
from digikom.synthetic.preferences import Preferences
from digikom.synthetic.targets import AnyBlock, CountsBlock, PatternsBlock, Targets

Place = TypeVar("Place")


class Draft:
    """Answers that grow block by block.

    `codes` are the respondents in order, `register` what the register says of each, `answers` the cells filled so far
    (code -> column -> answer; a column that was not asked is absent). The targets must have passed the checks.
    """

    def __init__(self, targets: Targets, register: pd.DataFrame, typical_sizes: Mapping[str, float]) -> None:
        """Choose the respondents and give them their traits. `typical_sizes`: inhabitants by size class."""
        self.targets = targets
        records = register.astype("object").where(register.notna(), None).to_dict("records")
        everybody = {str(row[CODE_COLUMN]): {str(column): value for column, value in row.items()} for row in records}
        self.codes = self._respondents(everybody)
        self.register = {code: everybody[code] for code in self.codes}
        self.answers: dict[str, dict[str, str]] = {code: {} for code in self.codes}
        self._preferences = {
            name: Preferences(name, block, self.register, targets.seed) for name, block in targets.blocks.items()
        }
        inhabitants = {
            code: float(row["population"]) if row["population"] is not None else typical_sizes[str(row["size_class"])]
            for code, row in self.register.items()
        }
        scores = latent.size_scores(inhabitants)
        maturity = latent.trait(self.codes, scores, targets.follows_size, self._chance("maturity"))
        self._traits = {
            name: latent.trait(self.codes, maturity, block.follows_maturity, self._chance("trait", name))
            for name, block in targets.blocks.items()
        }

    def fill(self) -> None:
        """Answer everything: first the blocks that joint tables tie together, then each block in the order of the file.

        Raises `InputError` naming the target when the rules of the blocks leave no way to meet it.
        """
        labels: dict[str, dict[str, str]] = {}
        for table in self.targets.joint.values():
            labels |= self._labels(table.dimensions, tables.counts_of_cells(table.cells), self.codes)
        for name, block in self.targets.blocks.items():
            if name not in labels:
                cells: dict[tables.Path, int] = {(label,): count for label, count in tables.label_totals(block).items()}
                labels |= self._labels([name], cells, self._asked(block))
            if isinstance(block, CountsBlock):
                self._fill_counts(name, block, labels[name])
            else:
                self._fill_patterns(name, block, labels[name])

    def _chance(self, *purpose: str) -> Chance:
        return Chance(self.targets.seed, *purpose)

    def _respondents(self, everybody: Mapping[str, Mapping[str, object]]) -> list[str]:
        chosen: list[str] = []
        for size, number in self.targets.respondents.by_size_class.items():
            of_size = sorted(code for code, row in everybody.items() if row["size_class"] == size)
            chosen += self._chance("respondents", size).shuffled(of_size)[:number]
        return sorted(chosen)

    def _asked(self, block: AnyBlock) -> list[str]:
        if isinstance(block, CountsBlock) or block.asked_if is None:
            return self.codes
        condition = block.asked_if
        return [code for code in self.codes if self.answers[code].get(condition.column) == condition.answer]

    def _labels(
        self, names: Sequence[str], cells: Mapping[tables.Path, int], codes: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        """A label of each block for each municipality, so that every cell of the table has its exact number.

        A dimension with quotas is settled first, size class by size class; its classes then split the table.
        """
        choices = [tables.labels(self.targets.blocks[name]) for name in names]

        def cost(code: str, cell: tables.Path) -> int | None:
            total = 0
            for name, choice, label in zip(names, choices, cell, strict=True):
                preference = self._preferences[name].cost(code, [label], choice)
                if preference is None:
                    return None
                total += preference - self._traits[name][code] * choice.index(label)
            return total

        parts: list[tuple[str, Sequence[str], Mapping[tables.Path, int]]] = [("all", codes, cells)]
        for position, name in enumerate(names):
            if self.targets.blocks[name].quotas is not None:
                parts = [
                    (part, members, {cell: count for cell, count in cells.items() if cell[position] in joined})
                    for part, members, joined in self._by_quota(name)
                ]
        chosen: dict[str, tables.Path] = {}
        for part, members, places in parts:
            chosen |= self._assign(f"joint labels of {' x '.join(names)} ({part})", members, places, cost)
        return {name: {code: cell[at] for code, cell in chosen.items()} for at, name in enumerate(names)}

    def _by_quota(self, name: str) -> list[tuple[str, list[str], list[str]]]:
        """The quota classes of a block with the municipalities that fill them and the labels that they join."""
        block = self.targets.blocks[name]
        classes = tables.quota_classes(block)
        order = list(classes)

        def cost(code: str, quota: str) -> int | None:
            preference = self._preferences[name].cost(code, classes[quota], tables.labels(block))
            return None if preference is None else preference - self._traits[name][code] * order.index(quota)

        members: dict[str, list[str]] = {quota: [] for quota in classes}
        for size, numbers in tables.quotas_by_size(block).items():
            of_size = [code for code in self.codes if self.register[code]["size_class"] == size]
            found = self._assign(f"quotas of {name} in {size}", of_size, numbers, cost)
            for code in of_size:
                members[found[code]].append(code)
        return [(quota, members[quota], joined) for quota, joined in classes.items()]

    def _assign(
        self,
        target: str,
        codes: Sequence[str],
        places: Mapping[Place, int],
        cost: Callable[[str, Place], int | None],
    ) -> dict[str, Place]:
        try:
            return assign(codes, places, cost, self._chance("assign", target))
        except AssignmentError as error:
            raise InputError(f"The targets can't be met: {target}", [str(error)]) from error

    def _fill_counts(self, name: str, block: CountsBlock, labels: Mapping[str, str]) -> None:
        counts = self._counts(name, block, labels)
        asked = [code for code in self.codes if counts[code] is not None]
        if block.gate is not None:
            for code in self.codes:
                closed = counts[code] is None
                self.answers[code][block.gate.column] = block.gate.closed_answer if closed else block.gate.asked_if
        columns = [tables.counted_sum(block, item) for item in block.items.values()]
        table = margins.build([counts[code] or 0 for code in asked], columns)
        ticks = dict(zip(asked, margins.stir(table, self._chance("stir", name)), strict=True))
        for position, (column, item) in enumerate(block.items.items()):
            counted = [code for code in asked if position in ticks[code]]
            rest = [code for code in asked if position not in ticks[code]]
            at_zero = [code for code in rest if item.at_zero is not None and counts[code] == 0]
            others = [code for code in rest if item.at_zero is None or counts[code] != 0]
            self._deal(name, column, counted, block.counted, item.answers)
            self._deal(name, column, others, block.not_counted, item.answers)
            self._deal(name, column, at_zero, block.not_counted, item.at_zero or {})

    def _counts(self, name: str, block: CountsBlock, labels: Mapping[str, str]) -> dict[str, int | None]:
        """The number of counted answers of each (`None`: not asked); within a range the more mature have more."""
        chance = self._chance("counts", name)
        rank = {code: self._traits[name][code] + chance.noise() // 2 for code in self.codes}
        values: dict[str, list[int | None]] = {label: [] for label in block.ranges}
        for count, municipalities in tables.counts_with_unasked(block).items():
            values[tables.label_of_count(block, count)] += [count] * municipalities
        counts: dict[str, int | None] = {}
        for label, given_out in values.items():
            members = sorted(
                (code for code in self.codes if labels[code] == label), key=lambda code: (rank[code], code)
            )
            counts |= dict(zip(members, given_out, strict=True))
        return counts

    def _fill_patterns(self, name: str, block: PatternsBlock, labels: Mapping[str, str]) -> None:
        pattern_of: dict[str, str] = {}
        for label, group in block.groups.items():
            choice = list(group.patterns)

            def cost(code: str, pattern: str, choice: list[str] = choice) -> int | None:
                preference = self._preferences[name].cost(code, [pattern], choice)
                return None if preference is None else preference - self._traits[name][code] * choice.index(pattern)

            members = [code for code, own in labels.items() if own == label]
            pattern_of |= self._assign(f"patterns of {name} in {label}", members, group.patterns, cost)
        for position, (column, item) in enumerate(block.items.items()):
            for letter, answers in block.letters.items():
                if answers:
                    members = [code for code, pattern in pattern_of.items() if pattern[position] == letter]
                    self._deal(name, column, members, answers, item.answers)

    def _deal(
        self, name: str, column: str, codes: Iterable[str], answers: Sequence[str], numbers: Mapping[str, int]
    ) -> None:
        """Give each municipality one of the answers, in their order, the least mature first with chance mixed in."""
        chance = self._chance("deal", column, *answers)
        rank = {code: self._traits[name][code] + chance.noise() for code in sorted(codes)}
        given_out = [answer for answer in answers for _ in range(numbers.get(answer, 0))]
        for code, answer in zip(sorted(rank, key=lambda code: (rank[code], code)), given_out, strict=True):
            self.answers[code][column] = answer
