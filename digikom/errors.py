"""Errors that a user can act on, and how the command line turns them into exit codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


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


class InputError(Exception):
    """The input or the command is wrong (exit code 2). Holds every problem found, not only the first."""

    exit_code = 2

    def __init__(self, subject: str, problems: Sequence[Problem] | Sequence[str] = ()) -> None:
        self.subject = subject
        self.problems = list(problems)
        super().__init__(self.message())

    def message(self) -> str:
        """The subject on a line of its own, then one line a problem."""
        return "\n".join([self.subject, *(f"  - {problem}" for problem in self.problems)])


def field_of(fault: Mapping[str, Any]) -> str:
    """Where one of pydantic's faults is, as a path from the top of the data; empty for the whole of it."""
    return ".".join(map(str, fault["loc"]))


def message_of(error: OSError) -> str:
    """What the system says of a file, with its path where the system names one."""
    return f"{error.strerror}: {error.filename}" if error.filename else str(error)


class BuildError(Exception):
    """Something broke inside (exit code 1). The message names the notebook and the cell."""

    exit_code = 1
