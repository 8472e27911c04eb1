"""Do the targets of a year agree with each other, with the codebook and with the register? All faults at once.

Nothing here looks at a municipality: a targets file that passes can be met, except where rules about kinds of
municipality rule a place out for too many of them, which the assignment finds out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from digikom.survey.codebook import Codebook
from digikom.synthetic.allocation import obstacle
from digikom.synthetic.targets import AnyBlock, Cell, CountsBlock, Item, JointTable, PatternsBlock, Targets


def contradictions(targets: Targets) -> list[str]:
    """Everything in a targets file that contradicts something else in it, each as a sentence that names the target."""
    found: list[str] = []
    for name, block in targets.blocks.items():
        kind = _counts_block(targets, block) if isinstance(block, CountsBlock) else _patterns_block(targets, block)
        found += [f"blocks.{name}: {problem}" for problem in [*kind, *_rules(block), *_quotas(targets, block)]]
    columns = Counter(column for block in targets.blocks.values() for column in block.columns)
    found += [f"blocks: {column} is filled by {times} blocks" for column, times in columns.items() if times > 1]
    uses = Counter(name for table in targets.joint.values() for name in table.dimensions)
    found += [f"joint: {name} is a dimension {times} times" for name, times in uses.items() if times > 1]
    for name, table in targets.joint.items():
        found += [f"joint.{name}: {problem}" for problem in _joint_table(targets, table)]
    return found


def unlike_codebook(targets: Targets, codebook: Codebook, year: int) -> list[str]:
    """Where the targets and the codebook differ on what was asked in a year, of whom, and what could be answered."""
    asked = {item.column: item for item in codebook.asked(year)}
    found = []
    routing: dict[str, tuple[str, str]] = {}
    filled: dict[str, set[str]] = {}
    for block in targets.blocks.values():
        for column in block.columns:
            filled[column] = set(targets.column_answers(column) or {})
            routing[column] = ("", "")
        if isinstance(block, CountsBlock) and block.gate is not None:
            routing |= dict.fromkeys(block.items, (block.gate.column, block.gate.asked_if))
        if isinstance(block, PatternsBlock) and block.asked_if is not None:
            routing |= dict.fromkeys(block.items, (block.asked_if.column, block.asked_if.answer))
    found += [f"{column}: asked that year, but no block fills it" for column in asked if column not in filled]
    for column, answers in filled.items():
        if column not in asked:
            found.append(f"{column}: not asked that year according to the codebook")
            continue
        item = asked[column]
        unknown = sorted(answers - set(codebook.codes(item.scale)))
        found += [f"{column}: {answer!r} is not an answer of the scale {item.scale}" for answer in unknown]
        # Routing inside a pattern (a letter without answers) is no rule of the block; the finished survey shows it.
        if routing[column] != ("", "") and routing[column] != (item.asked_if_column, item.asked_if_value):
            found.append(f"{column}: asked if {'='.join(routing[column])} here, in the codebook otherwise")
    return found


def unlike_register(targets: Targets, register: pd.DataFrame) -> list[str]:
    """Where the targets ask for municipalities that the register of the year does not have."""
    values = {str(column): set(register[column].dropna().astype(str)) for column in register.columns}
    sizes = Counter(register["size_class"].astype(str))
    found = []
    for size, number in targets.respondents.by_size_class.items():
        if number > sizes[size]:
            found.append(f"respondents: {number} in size class {size}, the register has {sizes[size]}")
    for name, block in targets.blocks.items():
        for rule in [*block.never, *block.favours]:
            for column, wanted in rule.where.items():
                unknown = sorted(set(wanted) - values.get(column, set()))
                found += [f"blocks.{name}: no municipality has {column} = {value}" for value in unknown]
    return found


def _sum_problem(what: str, found: int, wanted: int, base: str) -> Iterator[str]:
    if found != wanted:
        yield f"{what} add up to {found}, not to the {wanted} {base}"


def _counts_block(targets: Targets, block: CountsBlock) -> Iterator[str]:
    base = targets.asked(block)
    everybody = targets.number_of_respondents
    if block.gate is not None:
        yield from _sum_problem(
            f"the answers to {block.gate.column}", sum(block.gate.answers.values()), everybody, "respondents"
        )
        if block.gate.asked_if not in block.gate.answers:
            yield f"{block.gate.column} has no answer {block.gate.asked_if!r}"
    by_count = block.municipalities.by_count
    yield from _sum_problem("municipalities by count", sum(by_count.values()), base, "who are asked")
    starts = [0, *(highest + 1 for _, highest in block.ranges.values())]
    if any(low != start or low > high for start, (low, high) in zip(starts, block.ranges.values(), strict=False)):
        yield "the ranges must follow on one another from 0"
    elif max([*by_count, 0]) > max(highest for _, highest in block.ranges.values()):
        yield "a count lies above the highest range"
    if set(block.counted) & set(block.not_counted):
        yield "an answer is both counted and not counted"
    split = {item.at_zero is None for item in block.items.values()}
    if len(split) > 1:
        yield "at_zero must be given for all items or for none"
    zero = by_count.get(0, 0)
    for name, item in block.items.items():
        yield from _answers_of_counted_item(block, name, item, base if item.at_zero is None else base - zero, zero)
    row_sums = [count for count, number in by_count.items() for _ in range(number)]
    problem = obstacle(row_sums, [block.counted_sum(item) for item in block.items.values()])
    if problem is not None:
        yield f"the items do not fit the municipalities by count: {problem}"


def _answers_of_counted_item(block: CountsBlock, name: str, item: Item, base: int, zero: int) -> Iterator[str]:
    yield from _sum_problem(f"the answers to {name}", sum(item.answers.values()), base, "who are asked")
    unknown = set(item.answers) - set(block.counted) - set(block.not_counted)
    if item.at_zero is not None:
        yield from _sum_problem(f"the answers to {name} at_zero", sum(item.at_zero.values()), zero, "with none counted")
        unknown |= set(item.at_zero) - set(block.not_counted)
    if unknown:
        yield f"{name} has answers that are not dealt out: {', '.join(sorted(unknown))}"


def _patterns_block(targets: Targets, block: PatternsBlock) -> Iterator[str]:
    if block.asked_if is not None and targets.column_answers(block.asked_if.column) is None:
        yield f"no block fills {block.asked_if.column}"
    total = sum(block.label_totals.values())
    yield from _sum_problem("the patterns", total, targets.asked(block), "who are asked")
    meanings = Counter(answer for answers in block.letters.values() for answer in answers)
    yield from (f"the answer {answer} has more than one letter" for answer, times in meanings.items() if times > 1)
    patterns = [pattern for group in block.groups.values() for pattern in group.patterns]
    yield from (f"the pattern {pattern} occurs twice" for pattern, times in Counter(patterns).items() if times > 1)
    wrong = [p for p in patterns if len(p) != len(block.items) or not set(p) <= set(block.letters)]
    if wrong:
        yield from (
            f"the pattern {pattern} must have {len(block.items)} letters of those explained" for pattern in wrong
        )
        return
    for position, (name, item) in enumerate(block.items.items()):
        if item.at_zero is not None:
            yield f"{name}: at_zero has no meaning in a block of patterns"
        wanted = block.letters_at(position)
        for letter, answers in block.letters.items():
            given = sum(item.answers.get(answer, 0) for answer in answers)
            if answers and given != wanted[letter]:
                yield f"{name}: the patterns have {letter} {wanted[letter]} times, its answers add up to {given}"
        unknown = sorted(set(item.answers) - set(meanings))
        if unknown:
            yield f"{name} has answers without a letter: {', '.join(unknown)}"


def _rules(block: AnyBlock) -> Iterator[str]:
    known = set(block.label_totals)
    if isinstance(block, PatternsBlock):
        known |= set(block.patterns)
    for rule in [*block.never, *block.favours]:
        unknown = sorted(set(rule.labels) - known)
        if unknown:
            yield f"a rule is about unknown labels: {', '.join(unknown)}"


def _quotas(targets: Targets, block: AnyBlock) -> Iterator[str]:
    quotas = block.quotas
    if quotas is None:
        return
    if isinstance(block, PatternsBlock) and block.asked_if is not None:
        yield "quotas are for blocks that begin with everybody"
    classes = block.quota_classes
    totals = block.label_totals
    joined = Counter(label for members in classes.values() for label in members)
    if joined != Counter(totals.keys()):
        yield "the quota classes must hold every label of the block once"
        return
    for name, members in classes.items():
        wanted = sum(totals[label] for label in members)
        given = sum(numbers.get(name, 0) for numbers in quotas.by_size_class.values())
        yield from _sum_problem(f"the quotas of {name}", given, wanted, "in the block")
    for size, respondents in targets.respondents.by_size_class.items():
        numbers = quotas.by_size_class.get(size, {})
        unknown = sorted(set(numbers) - set(classes))
        if unknown:
            yield f"quotas of {size}: unknown class {', '.join(unknown)}"
        yield from _sum_problem(f"the quotas of {size}", sum(numbers.values()), respondents, "respondents there")
    unknown = sorted(set(quotas.by_size_class) - set(targets.respondents.by_size_class))
    if unknown:
        yield f"quotas for size classes without respondents: {', '.join(unknown)}"


def _joint_table(targets: Targets, table: JointTable) -> Iterator[str]:
    missing = [name for name in table.dimensions if name not in targets.blocks]
    if missing:
        yield f"there is no block {', '.join(missing)}"
        return
    blocks = [targets.blocks[name] for name in table.dimensions]
    for name, block in zip(table.dimensions, blocks, strict=True):
        if isinstance(block, PatternsBlock) and block.asked_if is not None:
            yield f"{name} is not asked of everybody and can't be a dimension"
    if sum(block.quotas is not None for block in blocks) > 1:
        yield "only one dimension can have quotas"
    cells = table.flat
    malformed = [
        path
        for path, count in cells.items()
        if len(path) != len(blocks)
        or any(label not in block.label_totals for label, block in zip(path, blocks, strict=False))
        or not isinstance(count, int)
        or isinstance(count, bool)
        or count < 0
    ]
    if malformed:
        yield from (
            f"the cell {' / '.join(path)} does not name a label of each dimension and a count" for path in malformed
        )
        return
    for position, (name, block) in enumerate(zip(table.dimensions, blocks, strict=True)):
        for label, wanted in block.label_totals.items():
            given = sum(count for path, count in cells.items() if path[position] == label)
            yield from _sum_problem(f"the cells of {name} = {label}", given, wanted, "in the block")
    for total in table.totals:
        yield from _total(cells, total.count, [tuple(path) for path in total.cells], "/".join(total.source) or "total")


def _total(counts: Mapping[Cell, int], wanted: int, prefixes: list[Cell], name: str) -> Iterator[str]:
    hits = Counter(path for prefix in prefixes for path in counts if path[: len(prefix)] == prefix)
    for prefix in prefixes:
        if not any(path[: len(prefix)] == prefix for path in counts):
            yield f"{name}: there is no cell {' / '.join(prefix)}"
    yield from (f"{name}: the cell {' / '.join(path)} is counted twice" for path, times in hits.items() if times > 1)
    yield from _sum_problem(f"the cells of {name}", sum(counts[path] for path in hits), wanted, "printed")
