"""Works that the report builds on, read from its bibliography for descriptions that other programs read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import Person, parse_file  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Work:
    """A report. `authors` are pairs of given and family names; `series` is the series with the number in it."""

    title: str
    authors: tuple[tuple[str, str], ...]
    institution: str
    series: str
    year: int


def find_work(bibliographies: Iterable[Path], key: str) -> Work | None:
    """The work with the key in the first BibTeX file that has it; nothing where none does, or where files lack."""
    for path in bibliographies:
        entries = parse_file(str(path), "bibtex").entries if path.is_file() else {}
        if key in entries:
            entry = entries[key]
            fields = entry.fields
            return Work(
                title=fields["title"],
                authors=tuple(_names(person) for person in entry.persons.get("author", [])),
                institution=fields.get("institution", ""),
                series=" ".join(filter(None, (fields.get("type", ""), fields.get("number", "")))),
                year=int(fields["year"]),
            )
    return None


def _names(person: Person) -> tuple[str, str]:
    return (
        " ".join([*person.first_names, *person.middle_names]),
        " ".join([*person.prelast_names, *person.last_names]),
    )
