"""Snapshots: answers of the services as they came, with a note of when, from where and what was asked."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom.errors import InputError, Problem, field_of
from digikom.files import sha256
from digikom.sources.services import LICENCE, Answer

NOTE = "snapshot.yml"
"""The file next to the answers that says where they come from."""


_Model = TypeVar("_Model", bound=BaseModel)


class Origin(BaseModel):
    """Where a file of a snapshot comes from. `query` is what was posted with the question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fetched: datetime.date
    service: str
    address: str
    parameters: dict[str, str] = Field(default_factory=dict)
    query: dict[str, Any] | None = None
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @classmethod
    def of(cls, answer: Answer, fetched: datetime.date) -> Origin:
        """The note on an answer."""
        parts = urlsplit(answer.address)
        return cls(
            fetched=fetched,
            service=answer.service,
            address=urlunsplit(parts._replace(query="")),
            parameters=dict(sorted(parse_qsl(parts.query, keep_blank_values=True))),
            query=answer.query,
            sha256=sha256(answer.content),
        )


class Snapshot(BaseModel):
    """The note of a snapshot: its year, the day that the codes are of (registers only), and its files.

    `names` holds the Norwegian names that a person has chosen, by code, where the service has several.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int
    day: datetime.date | None = None
    names: dict[str, str] = Field(default_factory=dict)
    licence: str = LICENCE
    files: dict[str, Origin]


def write(folder: Path, note: Snapshot, answers: Mapping[str, Answer]) -> None:
    """Write the answers by file name and the note to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, answer in answers.items():
        (folder / name).write_bytes(answer.content)
    text = yaml.safe_dump(
        note.model_dump(mode="json", exclude_none=True), allow_unicode=True, sort_keys=False, width=120
    )
    (folder / NOTE).write_bytes(text.encode())


def read(folder: Path) -> tuple[Snapshot, dict[str, bytes]]:
    """The note and the files of the snapshot in `folder`.

    Raises `InputError` when there is none, or naming every file that is missing or is not the one that was fetched.
    """
    shown = "/".join((folder / NOTE).parts[-4:])
    if not (folder / NOTE).exists():
        raise InputError(f"{shown}: there is no snapshot")
    note = load_yaml(folder / NOTE, shown, Snapshot)
    contents: dict[str, bytes] = {}
    problems = []
    for name, about in note.files.items():
        path = folder / name
        if Path(name).name != name:
            problems.append(Problem(None, name, None, "the name of a file in the same folder"))
        elif not path.is_file():
            problems.append(Problem(None, name, None, "the file as it was fetched; it is missing from the snapshot"))
        elif sha256(path) != about.sha256:
            problems.append(Problem(None, name, None, "the file as it was fetched (SHA-256); it has been changed"))
        else:
            contents[name] = path.read_bytes()
    if problems:
        raise InputError(f"{shown}: the snapshot is not whole", problems)
    return note, contents


def load_yaml(path: Path, shown_as: str, model: type[_Model]) -> _Model:
    """The content of a YAML file; `InputError` naming everything that is wrong with it, with its path in the file."""
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = [Problem(None, field_of(one) or None, None, one["msg"]) for one in error.errors()]
        raise InputError(f"{shown_as} is invalid", problems) from None
    except yaml.YAMLError as error:
        raise InputError(f"{shown_as} is not valid YAML.", [" ".join(str(error).split())]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{shown_as}: cannot be read ({type(error).__name__})") from None
