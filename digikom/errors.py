"""Errors that a user can act on, and how the command line turns them into exit codes."""

from __future__ import annotations

import errno
import io
import itertools
import re
import shutil
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: More problems than this with one cause are told in one line; of more lines than `MOST_LINES` the rest is counted.
FEW, MOST_LINES = 20, 200
#: As many values, and as many columns and runs of rows, are named in such a line.
_VALUES, _PLACES = 5, 30


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with an input, precise enough to be found and corrected.

    `row` is the line number in the file as a text editor shows it (the header is line 1); `None` for the file as a
    whole.
    """

    row: int | None
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        place = [] if self.row is None else [f"row {self.row}"]
        if self.column is not None:
            place.append(f"column {self.column}")
        found = "" if self.value is None else f"found {self.value!r}; "
        return f"{', '.join(place) or 'whole file'}: {found}expected {self.expected}"

    @property
    def cause(self) -> str:
        """What problems of one cause have in common: what was expected, without what is said of this cell alone."""
        return self.expected.partition("; ")[0]


class InputError(Exception):
    """The input or the command is wrong (exit code 2). Holds every problem found, not only the first."""

    exit_code = 2

    def __init__(self, subject: str, problems: Sequence[Problem] | Sequence[str] = ()) -> None:
        self.subject = subject
        self.problems: Sequence[Any] = list(problems)
        super().__init__(self.message())

    def message(self) -> str:
        """The subject on a line of its own, then one line a problem, or one for many that have one cause."""
        return "\n".join([self.subject, *(f"  - {line}" for line in _told(self.problems))])


def field_of(fault: Mapping[str, Any]) -> str:
    """Where one of pydantic's faults is, as a path from the top of the data; empty for the whole of it."""
    return ".".join(map(str, fault["loc"]))


def message_of(error: OSError) -> str:
    """What the system says, and of which file; of the first one where a whole folder could not be copied."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        (_, place, said), *others = error.args[0]
        text = _NUMBERED.sub("", said).partition(": ")[0]
        return f"{text}: {place}{f' (and {len(others)} other files)' if others else ''}"
    place = error.filename or _file_at_hand(error)
    return f"{error.strerror or error}{f': {place}' if place else ''}"


def _file_at_hand(error: OSError) -> object:
    """The file that was open, or the path at hand, where the error arose: the system names none when a disk is full."""
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        values = list(frame.f_locals.values())
        opened = [value.name for value in values if isinstance(value, io.IOBase) and hasattr(value, "name")]
        if found := [*opened, *(value for value in values if isinstance(value, Path))]:
            return found[0]
    return None


#: How an error's text begins where only its text is left.
_NUMBERED = re.compile(r"\[Errno (\d+)\] ")


class BuildError(Exception):
    """Something broke inside (exit code 1). The message names the notebook and the cell."""

    exit_code = 1


#: What the machine refuses whoever asks: rights, a file system that is full or cannot be written, too many open files.
_REFUSED = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE}
)


def of_system(error: OSError) -> InputError | BuildError:
    """An error of the operating system as one of ours: a person can do something about what the machine refuses."""
    found = _NUMBERED.search(str(error)) if isinstance(error, shutil.Error) else None
    number = int(found[1]) if found else error.errno
    return InputError(message_of(error)) if number in _REFUSED else BuildError(message_of(error))


def _told(problems: Sequence[Problem | str]) -> list[str]:
    """The problems as lines, in their order."""
    placed = [one for one in problems if isinstance(one, Problem) and one.row is not None]
    of_column = Counter((one.cause, one.column) for one in placed)
    of_value = Counter((one.cause, one.value) for one in placed)
    groups: dict[object, list[Problem | str]] = {}
    for number, one in enumerate(problems):
        key: object = number
        if isinstance(one, Problem) and one.row is not None:
            same_column, same_value = (one.cause, one.column), (one.cause, one.value)
            # One text that is wrong in many columns is one cause; so are many texts that are wrong in one.
            by_value = of_value[same_value] > of_column[same_column]
            if max(of_value[same_value], of_column[same_column]) > FEW:
                key = (by_value, same_value if by_value else same_column)
        groups.setdefault(key, []).append(one)
    lines = [_line(group) for group in itertools.islice(groups.values(), MOST_LINES)]
    rest = sum(len(group) for group in itertools.islice(groups.values(), MOST_LINES, None))
    return [*lines, f"and {rest} more problem(s), which are not listed"] if rest else lines


def _line(group: Sequence[Problem | str]) -> str:
    found = [one for one in group if isinstance(one, Problem)]
    if len(group) == 1 or not found:
        return str(group[0])
    columns, values = (dict.fromkeys(each) for each in zip(*((one.column, one.value) for one in found), strict=True))
    runs = _runs(one.row or 0 for one in found)
    rows = "row" if len(runs) == 1 and runs[0].isdecimal() else "rows"
    place = [f"{rows} {_listed(runs, _PLACES)} ({len(found)} problems)"]
    named = [column for column in columns if column is not None]
    if named:
        place.append(f"column{'s' if len(named) > 1 else ''} {_listed(named, _PLACES)}")
    texts = [repr(value) for value in values if value is not None]
    expected, *others = dict.fromkeys(one.expected for one in found)
    if others:
        said = (f"row {one.row}: {one.expected.partition('; ')[2]}" for one in found if one.expected != one.cause)
        expected = f"{found[0].cause} ({'; '.join(itertools.islice(said, 3))})"
    return f"{', '.join(place)}: {f'found {_listed(texts, _VALUES)}; ' if texts else ''}expected {expected}"


def _runs(numbers: Iterable[int]) -> list[str]:
    """Numbers as runs: 2-9, 11."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ["-".join(map(str, run)) for run in runs]


def _listed(texts: Sequence[str], most: int) -> str:
    more = len(texts) - most
    return f"{', '.join(texts[:most])}{f' and {more} more' if more > 0 else ''}"
