"""Making a survey from its targets: who answers, which place in each table everyone gets, and what everyone answers.

Behind the answers are traits: how digitally mature a municipality is, and how it does on each block. They exist only
while a survey is made and are never written down. All are whole numbers with mean about 0 and standard deviation about
`UNIT`, so that the order of municipalities can't depend on the last bit of a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from digikom import files, geography
from digikom.errors import InputError
from digikom.paths import data_folder
from digikom.survey import CODE_COLUMN, codebook
from digikom.survey.codebook import whole_year
from digikom.survey.validation import validate
from digikom.synthetic import checks
from digikom.synthetic.allocation import UNIT, AllocationError, SeededRandom, assign, stir, tick_table
from digikom.synthetic.targets import AnyBlock, Cell, CountsBlock, PatternsBlock, Register, Targets, load, matching

Place = TypeVar("Place")

# Cost of every place but the favoured ones: more than any difference in maturity can outweigh.
FAVOUR = 100 * UNIT


def synthesise(year: int, data_dir: str | Path | None = None) -> pd.DataFrame:
    """The synthetic survey of a year: one row per respondent sorted by code, columns in codebook order, all text.

    Missing = not asked of that municipality. Reads `synthetic/<year>.yml`, the codebook and the register of the year's
    division. The same inputs give the same frame on every machine.

    Raises `InputError` when the year has no targets, when the targets contradict each other, the codebook or the
    register (all faults at once), when there is no way to meet them, and when the answers would not be a survey file by
    the codebook, as where a pattern goes against the routing.
    """
    number = whole_year(year)
    path = data_folder(data_dir) / "synthetic" / f"{number}.yml"
    targets = load(path)
    book = codebook(data_dir)
    register = geography.register(number, data_dir)
    problems = [
        *checks.contradictions(targets),
        *checks.unlike_codebook(targets, book, number),
        *checks.unlike_register(targets, register),
    ]
    if problems:
        raise InputError(f"The targets in {path.name} can't be met", problems)
    draft = Draft(targets, register, typical_sizes(geography.size_classes(data_dir)))
    draft.fill()
    rows = [{CODE_COLUMN: code} | draft.answers[code] for code in draft.codes]
    made = pd.DataFrame(rows, columns=book.columns(number), dtype="str")
    _, wrong = validate(_csv(made), book, number, data_dir)
    if wrong:
        raise InputError(f"The survey made from {path.name} is not in order", wrong)
    return made


def write(year: int, data_dir: str | Path | None = None, out: str | Path | None = None) -> Path:
    """Make the survey of a year and write it as CSV to `out`, or to its place in the data folder; return the path."""
    frame = synthesise(year, data_dir)
    path = Path(out) if out else data_folder(data_dir) / "survey" / f"{whole_year(year)}.csv"
    return files.write(path, _csv(frame))


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, na_rep="", lineterminator="\n").encode("utf-8")


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
        scores = size_scores(inhabitants)
        maturity = trait(self.codes, scores, targets.follows_size, self._chance("maturity"))
        self._traits = {
            name: trait(self.codes, maturity, block.follows_maturity, self._chance("trait", name))
            for name, block in targets.blocks.items()
        }

    def fill(self) -> None:
        """Answer everything: first the blocks that joint tables tie together, then each block in the order of the file.

        Raises `InputError` naming the target when the rules of the blocks leave no way to meet it.
        """
        labels: dict[str, dict[str, str]] = {}
        for table in self.targets.joint.values():
            labels |= self._labels(table.dimensions, table.flat, self.codes)
        for name, block in self.targets.blocks.items():
            if name not in labels:
                cells: dict[Cell, int] = {(label,): count for label, count in block.label_totals.items()}
                labels |= self._labels([name], cells, self._asked(block))
            if isinstance(block, CountsBlock):
                self._fill_counts(name, block, labels[name])
            else:
                self._fill_patterns(name, block, labels[name])

    def _chance(self, *purpose: str) -> SeededRandom:
        return SeededRandom(self.targets.seed, *purpose)

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
        self, names: Sequence[str], cells: Mapping[Cell, int], codes: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        """A label of each block for each municipality, so that every cell of the table has its exact number.

        A dimension with quotas is settled first, size class by size class; its classes then split the table.
        """
        choices = [list(self.targets.blocks[name].label_totals) for name in names]

        def cost(code: str, cell: Cell) -> int | None:
            total = 0
            for name, choice, label in zip(names, choices, cell, strict=True):
                preference = self._preferences[name].cost(code, [label], choice)
                if preference is None:
                    return None
                total += preference - self._traits[name][code] * choice.index(label)
            return total

        parts: list[tuple[str, Sequence[str], Mapping[Cell, int]]] = [("all", codes, cells)]
        for position, name in enumerate(names):
            if self.targets.blocks[name].quotas is not None:
                parts = [
                    (part, members, {cell: count for cell, count in cells.items() if cell[position] in joined})
                    for part, members, joined in self._by_quota(name)
                ]
        chosen: dict[str, Cell] = {}
        for part, members, places in parts:
            chosen |= self._assign(f"joint labels of {' x '.join(names)} ({part})", members, places, cost)
        return {name: {code: cell[at] for code, cell in chosen.items()} for at, name in enumerate(names)}

    def _by_quota(self, name: str) -> list[tuple[str, list[str], list[str]]]:
        """The quota classes of a block with the municipalities that fill them and the labels that they join."""
        block = self.targets.blocks[name]
        classes = block.quota_classes
        order = list(classes)

        def cost(code: str, quota: str) -> int | None:
            preference = self._preferences[name].cost(code, classes[quota], block.label_totals)
            return None if preference is None else preference - self._traits[name][code] * order.index(quota)

        members: dict[str, list[str]] = {quota: [] for quota in classes}
        for size, numbers in block.quotas_by_size.items():
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
        except AllocationError as error:
            raise InputError(f"The targets can't be met: {target}", [str(error)]) from error

    def _fill_counts(self, name: str, block: CountsBlock, labels: Mapping[str, str]) -> None:
        counts = self._counts(name, block, labels)
        asked = [code for code in self.codes if counts[code] is not None]
        if block.gate is not None:
            for code in self.codes:
                closed = counts[code] is None
                self.answers[code][block.gate.column] = block.gate.closed_answer if closed else block.gate.asked_if
        columns = [block.counted_sum(item) for item in block.items.values()]
        table = tick_table([counts[code] or 0 for code in asked], columns)
        ticks = dict(zip(asked, stir(table, self._chance("stir", name)), strict=True))
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
        for count, municipalities in block.counts_with_unasked.items():
            values[block.label_of(count)] += [count] * municipalities
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


class Preferences:
    """The rules of one block, worked out for the respondents."""

    def __init__(self, name: str, block: AnyBlock, register: Register, seed: str) -> None:
        """Find out whom the rules concern; the municipalities that are favoured are drawn by lot, once."""
        self._barred: dict[str, set[str]] = {code: set() for code in register}
        self._favoured: dict[str, set[str]] = {code: set() for code in register}
        for rule in block.never:
            for code in matching(register, rule.where):
                self._barred[code] |= set(rule.labels)
        for position, favour in enumerate(block.favours):
            chance = SeededRandom(seed, "favour", name, str(position))
            for code in matching(register, favour.where):
                if chance.integer(100) < favour.percent:
                    self._favoured[code] |= set(favour.labels)

    def cost(self, code: str, offered: Iterable[str], choice: Iterable[str]) -> int | None:
        """What it costs to give a municipality one of the labels `offered` when it could be any of `choice`.

        `None` when all of them are ruled out for it, `FAVOUR` when it is to have others first, else nothing.
        """
        labels = set(offered)
        if labels <= self._barred[code]:
            return None
        wished = self._favoured[code].intersection(choice)
        return FAVOUR if wished and not wished & labels else 0


def typical_sizes(size_classes: pd.DataFrame) -> dict[str, float]:
    """A typical number of inhabitants of each size class, for municipalities whose population is not known.

    The geometric mean of the class limits. The lowest class has no lower limit to speak of and the highest no upper
    one: half and double the other limit stand in for them.
    """
    sizes = {}
    for row in size_classes.to_dict("records"):
        limit = int(row["lower"])
        upper = 2 * limit if pd.isna(row["upper"]) else int(row["upper"]) + 1
        sizes[str(row["size_class"])] = math.sqrt((limit or upper // 2) * upper)
    return sizes


def size_scores(inhabitants: Mapping[str, float]) -> dict[str, int]:
    """The logarithm of the population, standardised over the municipalities given (code -> inhabitants)."""
    logs = {code: math.log(number) for code, number in inhabitants.items()}
    mean = math.fsum(logs.values()) / len(logs)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in logs.values()) / len(logs))
    return {code: round(UNIT * (value - mean) / spread) if spread else 0 for code, value in logs.items()}


def trait(codes: Sequence[str], base: Mapping[str, int], percent: int, chance: SeededRandom) -> dict[str, int]:
    """A trait that correlates `percent` per cent with `base` (negative: runs against it), the rest being noise.

    Noise is drawn in the order of the municipalities `codes`.
    """
    rest = math.isqrt(100 * 100 - percent * percent)
    return {code: (percent * base[code] + rest * chance.noise()) // 100 for code in codes}
