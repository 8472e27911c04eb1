"""Counts a finished survey and says which targets it misses. Looks at the answers only, not at how they came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from digikom.survey import Item
from digikom.synthetic import tables
from digikom.synthetic.preferences import Register, matching
from digikom.synthetic.targets import AnyBlock, CountsBlock, PatternsBlock, Targets

# What each municipality answered: code -> column -> answer (columns that were not asked are absent).
Answers = Mapping[str, Mapping[str, str]]


def missed_targets(targets: Targets, register: Register, answers: Answers) -> list[str]:
    """One line for each target that the answers don't meet; an empty list for a survey that is right."""
    sizes = Counter(str(row["size_class"]) for row in register.values())
    missed = list(_differences("respondents", targets.respondents.by_size_class, sizes))
    for name, block in targets.blocks.items():
        missed += _missed_in_block(f"blocks.{name}", block, register, answers)
    for name, table in targets.joint.items():
        labels = [labels_from_answers(targets.blocks[dimension], answers) for dimension in table.dimensions]
        found = Counter("/".join(own[code] for own in labels) for code in answers)
        wanted = {"/".join(path): count for path, count in tables.counts_of_cells(table.cells).items()}
        missed += _differences(f"joint.{name}", wanted, found)
    return missed


def missed_routing(items: Iterable[Item], answers: Answers) -> list[str]:
    """One line for each cell that is filled though the codebook says it was not asked, or empty though it was."""
    missed = []
    for item in items:
        for code, row in answers.items():
            asked = not item.asked_if_column or row.get(item.asked_if_column) == item.asked_if_value
            if asked != (item.column in row):
                missed.append(f"{item.column}: {code} is to be {'asked' if asked else 'left out'}")
    return missed


def labels_from_answers(block: AnyBlock, answers: Answers) -> dict[str, str]:
    """The label of each municipality that was asked the block, read back from its answers."""
    if isinstance(block, CountsBlock):
        return {code: tables.label_of_count(block, count) for code, count in _counts(block, answers).items()}
    label_of = {pattern: label for label, group in block.groups.items() for pattern in group.patterns}
    return {code: label_of.get(pattern, "") for code, pattern in _patterns(block, answers).items()}


def _differences(name: str, wanted: Mapping[str, int], found: Mapping[str, int]) -> Iterator[str]:
    for key in [*wanted, *(key for key in found if key not in wanted)]:
        if wanted.get(key, 0) != found.get(key, 0):
            yield f"{name}: {key} is to be {wanted.get(key, 0)}, but is {found.get(key, 0)}"


def _counts(block: CountsBlock, answers: Answers) -> dict[str, int | None]:
    """The number of counted answers of each municipality, `None` for those whom the gate stops."""
    counts: dict[str, int | None] = {}
    for code, row in answers.items():
        asked = block.gate is None or row.get(block.gate.column) == block.gate.asked_if
        counts[code] = sum(row.get(column) in block.counted for column in block.items) if asked else None
    return counts


def _patterns(block: PatternsBlock, answers: Answers) -> dict[str, str]:
    """The pattern of each municipality that was asked; `?` for an answer that has no letter."""
    letter_of: dict[str | None, str] = {}
    for letter, given in block.letters.items():
        answered: list[str | None] = [*given] or [None]
        letter_of |= dict.fromkeys(answered, letter)
    condition = block.asked_if
    return {
        code: "".join(letter_of.get(row.get(column), "?") for column in block.items)
        for code, row in answers.items()
        if condition is None or row.get(condition.column) == condition.answer
    }


def _missed_in_block(name: str, block: AnyBlock, register: Register, answers: Answers) -> Iterator[str]:
    if isinstance(block, CountsBlock):
        yield from _missed_counts(name, block, answers)
    else:
        wanted = {pattern: number for group in block.groups.values() for pattern, number in group.patterns.items()}
        yield from _differences(name, wanted, Counter(_patterns(block, answers).values()))
        for column, item in block.items.items():
            found = Counter(row[column] for row in answers.values() if column in row)
            yield from _differences(f"{name}.{column}", item.answers, found)
    own_labels = labels_from_answers(block, answers)
    own_patterns = _patterns(block, answers) if isinstance(block, PatternsBlock) else {}
    class_of = {label: quota for quota, joined in tables.quota_classes(block).items() for label in joined}
    for size, numbers in tables.quotas_by_size(block).items():
        of_size = [own_labels[code] for code in matching(register, {"size_class": [size]})]
        yield from _differences(f"{name}: {size}", numbers, Counter(class_of.get(label, "") for label in of_size))
    for rule in block.never:
        for code in matching(register, rule.where):
            if own_labels.get(code) in rule.labels or own_patterns.get(code) in rule.labels:
                yield f"{name}: {code} has {' or '.join(rule.labels)}, which a rule excludes"


def _missed_counts(name: str, block: CountsBlock, answers: Answers) -> Iterator[str]:
    counts = _counts(block, answers)
    if block.gate is not None:
        found = Counter(row.get(block.gate.column, "") for row in answers.values())
        yield from _differences(f"{name}.{block.gate.column}", block.gate.answers, found)
    wanted = {f"{count} counted": number for count, number in block.municipalities.by_count.items()}
    yield from _differences(name, wanted, Counter(f"{count} counted" for count in counts.values() if count is not None))
    for column, item in block.items.items():
        apart = {code for code, count in counts.items() if count == 0 and item.at_zero is not None}
        main = Counter(row[column] for code, row in answers.items() if column in row and code not in apart)
        yield from _differences(f"{name}.{column}", item.answers, main)
        at_zero = Counter(row[column] for code, row in answers.items() if column in row and code in apart)
        yield from _differences(f"{name}.{column} at_zero", item.at_zero or {}, at_zero)
