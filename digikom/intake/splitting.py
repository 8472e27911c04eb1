"""Several answers in one cell: a column of the extract becomes one column an item, as the rest of the intake wants it.

Systems such as Microsoft Forms write what was ticked in a list as one text («Økonomi;Annet;»).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from digikom import reading
from digikom.errors import Problem
from digikom.intake.extract import Extract
from digikom.intake.mapping import MappingFile, Place, Split
from digikom.intake.words import folded, hint
from digikom.survey import Codebook
from digikom.survey.codebook_rules import TICKED

#: What a ticked text may be instead of an item: nothing of the list («Ingen av disse»).
NOTHING_TICKED = "none"
_NOT_TICKED = "no"
#: What may stand between the answers of a cell, in the order in which it is looked for.
_SEPARATORS = (";", "|", ", ")
#: More different texts than this in a column, and it is no list of answers.
_MOST_TEXTS = 60


def with_split_columns(extract: Extract, mapping: MappingFile) -> tuple[Extract, MappingFile, list[Problem]]:
    """The extract with a column for each item of the columns to be split, the mapping of those, and what is wrong.

    In a new column stands `yes` for those who ticked, `no` for those who ticked something else, else nothing.
    """
    rules, problems = mapping.rules, list[Problem]()
    columns, lines = dict(rules.columns), dict(mapping.lines)
    for column, split in rules.split.items():
        place: Place = ("split", column)
        if column not in extract.header:
            expected = f"a column of this name in the extract, as {mapping.name} says{hint(column, extract.header)}"
            problems.append(Problem(1, reading.printable(column), None, expected))
            continue
        if column in rules.columns or column in rules.left_out:
            problems.append(mapping.problem(place, None, "a column either here, or under columns or left_out"))
            continue
        undecided = [text for text, item in split.items.items() if not item]
        expected = f"a decision: the item that it is, or {NOTHING_TICKED} where it means that nothing was ticked"
        problems += [mapping.problem((*place, "items", text), None, expected) for text in undecided]
        extract, new = _split(extract, column, split, problems)
        columns |= new
        lines |= {("columns", name): mapping.lines.get(place, 1) for name in new}
    return extract, replace(mapping, rules=rules.model_copy(update={"columns": columns}), lines=lines), problems


def find_splits(extract: Extract, book: Codebook, taken: Collection[str]) -> dict[str, Split]:
    """The columns that hold several answers to a list of the codebook, with the item of each text that is recognised.

    `taken` are the columns that are recognised as something else.
    """
    lists: dict[str, dict[str, str]] = {}
    for question in book.question_rows:
        if question.kind == "multiple":
            for item in book.item_rows:
                if item.question == question.question:
                    names = lists.setdefault(question.question, {})
                    names |= {folded(name): item.column for name in (item.label_nb, item.label_en, item.short_nb)}
    found = {}
    for column in extract.header:
        texts = {text for text in extract.column(column) if text} if column not in taken else set()
        for separator in _SEPARATORS:
            if sum(separator in text for text in texts) * 4 < len(texts) or not texts:
                continue
            labels = max(lists.values(), key=lambda names: len(_recognised(texts, separator, names)), default={})
            parts = Counter(
                part for text in texts for part in _parts(text, separator, _recognised(texts, separator, labels))
            )
            known = {part: labels.get(folded(part), "") for part in sorted(parts)}
            if len(parts) <= _MOST_TEXTS and 2 * sum(map(bool, known.values())) >= len(known):
                found[column] = Split(items=known, separator=separator)
                break
    return found


def _recognised(texts: Collection[str], separator: str, names: Mapping[str, str]) -> set[str]:
    """The texts that are ticked and recognised as items, labels with the separator in them too."""
    found = set()
    for text in texts:
        pieces = text.split(separator)
        for first in range(len(pieces)):
            for last in range(first + 1, min(first + 4, len(pieces)) + 1):
                part = separator.join(pieces[first:last]).strip()
                if pieces[first].strip() and pieces[last - 1].strip() and folded(part) in names:
                    found.add(part)
    return found


def _parts(text: str, separator: str, known: Collection[str]) -> Iterator[str]:
    """The answers of a cell. A known text counts as a whole, though the separator may stand in it."""
    mark = re.escape(separator.strip() or separator)
    whole = "|".join(re.escape(one) for one in sorted(known, key=lambda one: (-len(one), one)))
    pattern = rf"\s*((?:{whole})(?=\s*(?:{mark}|$))|.*?)\s*(?:{mark}|$)" if whole else rf"\s*(.*?)\s*(?:{mark}|$)"
    yield from filter(None, (found[1] for found in re.finditer(pattern, text)))


def _split(extract: Extract, column: str, split: Split, problems: list[Problem]) -> tuple[Extract, dict[str, str]]:
    """The extract with a column an item for one that is split, and the item of each."""
    texts_of: dict[str, list[str]] = {}
    for text, item in [*split.items.items(), *([("…", split.rest)] if split.rest else [])]:
        if item and item != NOTHING_TICKED:
            texts_of.setdefault(item, []).append(text)
    new = {f"{column} [{' / '.join(texts)}]": item for item, texts in texts_of.items()}
    place, rows = extract.header.index(column), []
    for row, cells in extract.rows:
        ticked: set[str] = set()
        parts = list(_parts(cells[place], split.separator, split.items))
        for part in parts:
            if part in split.items:
                ticked.add(split.items[part])
            elif split.rest:
                ticked.add(split.rest)
            else:
                expected = f"answers of the list, divided by {split.separator!r}: {', '.join(split.items)}"
                shown = reading.shortened(part)
                problems.append(Problem(row, reading.printable(column), shown, f"{expected}{hint(part, split.items)}"))
        answers = ("" if not parts else TICKED if item in ticked else _NOT_TICKED for item in new.values())
        rows.append((row, (*cells[:place], *cells[place + 1 :], *answers)))
    header = (*extract.header[:place], *extract.header[place + 1 :], *new)
    return replace(extract, header=header, rows=tuple(rows)), new
