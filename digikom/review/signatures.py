"""The signatures of an edition, and the file that keeps them: `book/reviews/<year>.yml`.

The file is text, one entry a signature, sorted by what is signed and by whom, so that a change shows as a few lines
and two that were made apart can be merged.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from digikom import files
from digikom.errors import InputError, field_of
from digikom.paths import REVIEW_DIR

HEADER = "# Signatures of checked calculations. Written by `digikom sign`; see README.md.\n"
LIST = "signatures"
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _one_line(text: str) -> str:
    """The text on one line, each letter written in the one way that compares."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if not line.isprintable():
        raise ValueError("must not hold control characters")
    return line


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _full_name(text: str) -> str:
    """A name of at least two words; a letter alone is an initial, and none."""
    if len([word for word in text.split() if sum(map(str.isalpha, word)) > 1]) < 2:
        raise ValueError(f"must be a full name, of at least two words, not {text!r}" if text else "must not be empty")
    return text


def _iso_date(value: object) -> datetime.date:
    """A date written as YYYY-MM-DD, or what YAML makes of one."""
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"there is no such date as {value}") from None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise ValueError(f"must be a date written as YYYY-MM-DD, not {str(value)!r}")


Line = Annotated[str, AfterValidator(_one_line)]
Name = Annotated[Line, AfterValidator(_not_empty)]
FullName = Annotated[Line, AfterValidator(_full_name)]
Date = Annotated[datetime.date, BeforeValidator(_iso_date)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Statement(BaseModel):
    """What a person says: who has checked, when, and a note (empty where there is none)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: FullName
    date: Date
    note: Line = ""


class Signature(Statement):
    """That somebody has checked a cell of a notebook, or, where `cell` is empty, the whole chapter.

    `source`, `upstream` (by cell), `inputs` and `output` are the checksums of what was checked (see
    `digikom.review.assessment`).
    """

    notebook: Name
    cell: Line = ""
    source: Sha256
    upstream: dict[Name, Sha256] = {}
    inputs: Sha256
    output: Sha256

    @property
    def place(self) -> str:
        """What is signed, as it is named in commands: «03_chapter#cell», or «03_chapter»."""
        return f"{self.notebook}#{self.cell}" if self.cell else self.notebook

    @property
    def key(self) -> tuple[str, str, str]:
        """What an edition has at most one signature of: notebook, cell and person; the order in the file."""
        return self.notebook, self.cell, self.by


#: The order of the fields in the file: what, who, when, and the checksums.
FIELDS = ("notebook", "cell", "by", "date", "note", "source", "upstream", "inputs", "output")


def signature_file(year: int, folder: Path = REVIEW_DIR) -> Path:
    """Where the signatures of the edition of `year` are kept; the file need not exist."""
    return folder / f"{year}.yml"


def load_signatures(year: int, folder: Path = REVIEW_DIR) -> list[Signature]:
    """The signatures of the edition of `year`, sorted; none where there is no file.

    Raises InputError naming everything that is wrong with the file.
    """
    path = signature_file(year, folder)
    if not path.is_file():
        return []
    subject = f"The signatures in {folder.name}/{path.name} cannot be read."
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(subject, [" ".join(str(error).split())]) from error
    if content is None:
        return []
    if not isinstance(content, dict) or list(content) != [LIST] or not isinstance(content[LIST], list | None):
        raise InputError(subject, [f"expected «{LIST}:» and a list under it, and nothing else"])
    signatures: list[Signature] = []
    problems: list[str] = []
    for number, entry in enumerate(content[LIST] or [], start=1):
        try:
            signatures.append(Signature.model_validate(entry))
        except ValidationError as error:
            problems += [f"signature {number}: {problem}" for problem in problems_of(error)]
    for (place, by), times in Counter((each.place, each.by) for each in signatures).items():
        if times > 1:
            problems.append(f"{place} is signed twice by {by}; keep the entry that was made last")
    if problems:
        raise InputError(subject, problems)
    return sorted(signatures, key=lambda signature: signature.key)


def problems_of(error: ValidationError) -> list[str]:
    """What is wrong, field by field, in words."""
    found = []
    for detail in error.errors():
        field = field_of(detail)
        message = detail["msg"].removeprefix("Value error, ")
        found.append(f"{field}: {message}" if field else message)
    return found


def with_signatures(present: Iterable[Signature], new: Iterable[Signature]) -> list[Signature]:
    """All of them, sorted; a new signature takes the place of one by the same person of the same thing."""
    by_key = {signature.key: signature for signature in [*present, *new]}
    return [by_key[key] for key in sorted(by_key)]


def write_signatures(year: int, signatures: Iterable[Signature], folder: Path = REVIEW_DIR) -> Path:
    """Write the file of the edition of `year` in one step, and return it."""
    described = [signature.model_dump(mode="json") for signature in signatures]
    entries = [{name: each[name] for name in FIELDS if each[name]} for each in described]
    text = yaml.safe_dump({LIST: entries}, allow_unicode=True, sort_keys=False, width=120)
    return files.write(signature_file(year, folder), HEADER + text)
