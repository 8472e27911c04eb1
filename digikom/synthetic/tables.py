"""Small readings of the targets that both the checks and the generator need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from digikom.synthetic.targets import AnyBlock, Cells, CountsBlock, Item, PatternsBlock, Targets

Path = tuple[str, ...]


def flat_cells(cells: Cells, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """The cells of a joint table as (labels, content), in the order of the file. The content ought to be a count."""
    for label, content in cells.items():
        if isinstance(content, dict):
            yield from flat_cells(content, (*path, label))
        else:
            yield (*path, label), content


def counts_of_cells(cells: Cells) -> dict[Path, int]:
    """The cells of a joint table that has passed the checks."""
    return {path: content for path, content in flat_cells(cells) if isinstance(content, int)}


def labels(block: AnyBlock) -> list[str]:
    """The labels of a block, the least mature first: its ranges or its groups."""
    return list(block.ranges) if isinstance(block, CountsBlock) else list(block.groups)


def label_of_count(block: CountsBlock, count: int | None) -> str:
    """The range that a number of counted answers is in, an empty text for a number outside all ranges.

    `None` as a number means not asked and goes with 0.
    """
    ranges = block.ranges.items()
    return next((label for label, (lowest, highest) in ranges if lowest <= (count or 0) <= highest), "")


def counts_with_unasked(block: CountsBlock) -> dict[int | None, int]:
    """Municipalities by number of counted answers, in rising order, `None` (not asked, because of the gate) first."""
    unasked = 0 if block.gate is None else sum(block.gate.answers.values()) - block.gate.asked
    counts: dict[int | None, int] = {None: unasked}
    for count in sorted(block.municipalities.by_count):
        counts[count] = block.municipalities.by_count[count]
    return counts


def label_totals(block: AnyBlock) -> dict[str, int]:
    """How many municipalities have each label of a block."""
    if isinstance(block, PatternsBlock):
        return {label: sum(group.patterns.values()) for label, group in block.groups.items()}
    totals = dict.fromkeys(block.ranges, 0)
    for count, municipalities in counts_with_unasked(block).items():
        label = label_of_count(block, count)
        if label:
            totals[label] += municipalities
    return totals


def row_sums(block: CountsBlock) -> list[int]:
    """The number of counted answers of every municipality that was asked, in rising order."""
    return [count for count, number in sorted(block.municipalities.by_count.items()) for _ in range(number)]


def counted_sum(block: CountsBlock, item: Item) -> int:
    """How many municipalities give the item a counted answer."""
    return sum(item.answers.get(answer, 0) for answer in block.counted)


def quota_classes(block: AnyBlock) -> dict[str, list[str]]:
    """The quota classes of a block and the labels that each joins: each label by itself unless the file joins them."""
    joined = {} if block.quotas is None else block.quotas.classes
    return joined or {label: [label] for label in labels(block)}


def quotas_by_size(block: AnyBlock) -> dict[str, dict[str, int]]:
    """The numbers of each quota class by size class; empty for a block without quotas."""
    return {} if block.quotas is None else block.quotas.by_size_class


def pattern_letters(block: PatternsBlock, position: int) -> Counter[str]:
    """How many municipalities have each letter at one position of their pattern (the position of an item)."""
    letters: Counter[str] = Counter()
    for group in block.groups.values():
        for pattern, municipalities in group.patterns.items():
            letters[pattern[position]] += municipalities
    return letters


def columns_of(block: AnyBlock) -> list[str]:
    """The survey columns that a block fills."""
    gate = [block.gate.column] if isinstance(block, CountsBlock) and block.gate is not None else []
    return [*gate, *block.items]


def column_answers(targets: Targets, column: str) -> dict[str, int] | None:
    """How often each answer is given to a column; `None` for a column that no block fills."""
    for block in targets.blocks.values():
        if isinstance(block, CountsBlock) and block.gate is not None and block.gate.column == column:
            return dict(block.gate.answers)
        if column in block.items:
            item = block.items[column]
            at_zero = item.at_zero or {}
            return {
                answer: item.answers.get(answer, 0) + at_zero.get(answer, 0) for answer in [*item.answers, *at_zero]
            }
    return None


def asked_of(targets: Targets, block: AnyBlock) -> int:
    """How many municipalities are asked the items of a block (before the routing inside a pattern)."""
    if isinstance(block, CountsBlock):
        return targets.number_of_respondents if block.gate is None else block.gate.asked
    if block.asked_if is None:
        return targets.number_of_respondents
    return (column_answers(targets, block.asked_if.column) or {}).get(block.asked_if.answer, 0)


def gaps(ranges: Sequence[tuple[int, int]]) -> bool:
    """Whether ranges fail to follow on one another from 0 without a gap or an overlap."""
    apart = any(later[0] != earlier[1] + 1 for earlier, later in pairwise(ranges))
    return apart or ranges[0][0] != 0 or any(lowest > highest for lowest, highest in ranges)
