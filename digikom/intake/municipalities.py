"""Which municipality answered: the codes of a year in the notations in which survey systems write them, and names.

A code is read whatever stands around it (`3407.0`, `3 407`, `="0301"`, `K-0301`, `0301 Oslo`, `301`), and a name where
the register of the year has it once. What is read so is told; a code and a name that disagree are a fault.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from digikom import geography, reading
from digikom.errors import Problem
from digikom.intake.extract import Extract
from digikom.intake.words import folded

#: A code as a number, by the digits before a decimal mark and nothing but zeros behind it.
_NUMBER = re.compile(r"(?<![\d.,])(?<!^-)(\d[ .,]?\d{3}|\d{1,4})(?:[.,]0+)?(?![\d]|[.,]\d)")
#: What is written before or behind a code or a name, and says nothing.
_FILLERS = frozenset(
    ["k", "knr", "nr", "no", "kommune", "kommunen", "kommunenr", "kommunenummer", "komm", "herad", "municipality"]
)
_COUNTY = re.compile(r"\s*\(.*\)$")
#: The rows at the top of an extract that may be more of the header.
_HEADER_ROWS = 3


class Municipalities:
    """The municipalities of a year by code and name, and what the codes are that were in force in other years."""

    def __init__(self, year: int, data_dir: str | Path | None) -> None:
        """Raises `InputError` when there is no register for the year."""
        self.in_force = geography.division(year, data_dir).years
        register = geography.register(year, data_dir)
        self.names: dict[str, str] = dict(zip(register["municipality_code"], register["name"], strict=True))
        self.elsewhere = geography.elsewhere(year, data_dir)
        self._by_name: dict[str, set[str]] = {}
        other_names = geography.other_names()
        for code, name in self.names.items():
            plain = _COUNTY.sub("", name)
            others = [other for other, _ in other_names.get(name, other_names.get(plain, []))]
            for some in range(1, len(others) + 2):
                for together in itertools.permutations([plain, *others], some):
                    self._by_name.setdefault(folded(" ".join(together)), set()).add(code)
            self._by_name.setdefault(folded(name), {code})

    def read(self, text: str) -> tuple[str | None, str]:
        """The code in force that a text means, if any; else a code that it may be, and what is known of it."""
        if text in self.names:
            return text, ""
        numbers = _NUMBER.findall(text)
        if len(numbers) != 1 or len(re.findall(r"\d+", text)) > 2:
            return (None, self._unknown(text)) if re.search(r"\d", text) else self._named(text)
        code = re.sub(r"\D", "", numbers[0]).zfill(4)
        name = _without_fillers(_NUMBER.sub(" ", text))
        if code not in self.names:
            return None, self.elsewhere.get(code, "no municipality has this one")
        if name and code not in self._by_name.get(name, ()):
            return None, f"the code is that of {self.names[code]}, the name is not"
        return code, ""

    def _named(self, text: str) -> tuple[str | None, str]:
        name = _without_fillers(text)
        found = sorted(self._by_name.get(name, ()))
        if len(found) == 1:
            return found[0], ""
        if found:
            listed = " and ".join(f"{code} {self.names[code]}" for code in found)
            return None, f"the name is that of {listed}, so the code must be given"
        return None, self._unknown(text)

    def _unknown(self, text: str) -> str:
        if any(map(str.isdigit, text)) or not text:
            return "no municipality has this one"
        if folded(text) in ("svalbard", "longyearbyen", "longyearbyen lokalstyre", "jan mayen"):
            return f"{text} is no municipality"
        return "no municipality has this one; is this a row of totals?"


def municipality_problems(extract: Extract, column: str, known: Municipalities) -> Iterator[Problem]:
    """What is wrong with the column of municipality codes: each once, in force."""
    first: dict[str, int] = {}
    shown = reading.printable(column)
    for (row, _), text in zip(extract.rows, extract.column(column), strict=True):
        code, fact = known.read(text)
        if not text:
            yield Problem(row, shown, text, "a municipality code of four digits")
        elif code is None:
            expected = f"a municipality code of the division in force ({known.in_force}); {fact}"
            yield Problem(row, shown, reading.shortened(text), expected)
        elif first.setdefault(code, row) != row:
            expected = f"one row a municipality; this one already stands in row {first[code]}"
            yield Problem(row, shown, reading.shortened(text), expected)


def told_of_codes(texts: Sequence[str], codes: Sequence[str], column: str) -> list[str]:
    """A line for the names that were read as codes, and one for the codes that were written otherwise."""
    other = Counter((text, code) for text, code in zip(texts, codes, strict=True) if text != code)
    lines = []
    for what, named in (("names are", True), ("codes in another notation are", False)):
        read = [f"{text} as {code}" for text, code in other if named is not bool(re.search(r"\d", text))]
        if read:
            shown = reading.printable(column)
            lines.append(f"column {shown}: {len(read)} {what} read as codes of the register: {', '.join(read)}")
    return lines


def without_header_rows(extract: Extract, column: str, known: Municipalities) -> Extract:
    """The extract without rows at its top that go on with the header, as labels below names do.

    Such a row has no municipality, has something in most of its cells, and nothing in it stands below it again.
    """
    place = extract.header.index(column)
    below = [set(texts) for texts in zip(*(cells for _, cells in extract.rows[_HEADER_ROWS:]), strict=True)]
    skipped: list[int] = []
    for row, cells in extract.rows[:_HEADER_ROWS] if below else ():
        filled = [(at, text) for at, text in enumerate(cells) if text]
        is_label = cells[place] and not known.elsewhere.get(cells[place]) and known.read(cells[place])[0] is None
        if not is_label or 2 * len(filled) < len(cells) or any(text in below[at] for at, text in filled):
            break
        if re.fullmatch(r"[\d .,]+", cells[place]):
            break
        skipped.append(row)
    if not skipped:
        return extract
    rows = f"row {skipped[0]} is" if len(skipped) == 1 else f"rows {skipped[0]}-{skipped[-1]} are"
    note = f"{rows} read as more of the header: no municipality, and nothing in it stands below it again"
    return replace(extract, rows=extract.rows[len(skipped) :], notes=(*extract.notes, note))


def _without_fillers(text: str) -> str:
    words = folded(text).split()
    return " ".join(word for word in words if word not in _FILLERS)
