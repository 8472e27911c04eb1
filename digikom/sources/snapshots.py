"""Snapshots: answers of the services as they came, with a note of when, from where and what was asked."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digikom.errors import InputError, Problem
from digikom.sources.services import LICENCE, Service
from digikom.sources.transport import Answer

NOTE = "snapshot.yml"
"""The file beside the answers that says where they come from."""

CLIENTS = ("ssb-klass-python", "pxwebpy")


class Origin(BaseModel):
    """Where a file of a snapshot comes from. `query` is what was sent with the question (the first of several)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fetched: datetime.date
    service: str
    address: str
    parameters: dict[str, str] = Field(default_factory=dict)
    query: dict[str, Any] | None = None
    answers: int = Field(default=1, ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Snapshot(BaseModel):
    """The note of a snapshot: its year, the day that the codes are of (registers only), and its files.

    `names` holds the Norwegian names that a person has chosen, by code, where the service has several.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int
    day: datetime.date | None = None
    names: dict[str, str] = Field(default_factory=dict)
    licence: str = LICENCE
    clients: dict[str, str]
    files: dict[str, Origin]


def client_versions() -> dict[str, str]:
    """The versions of the libraries that ask the services."""
    return {name: version(name) for name in CLIENTS}


def origin(service: Service, answer: Answer, content: bytes, fetched: datetime.date, answers: int = 1) -> Origin:
    """The note on `content`, made from `answer` (and more, when `answers` is more than one)."""
    parts = urlsplit(answer.address)
    return Origin(
        fetched=fetched,
        service=service.name,
        address=urlunsplit(parts._replace(query="")),
        parameters=dict(sorted(parse_qsl(parts.query, keep_blank_values=True))),
        query=answer.query,
        answers=answers,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def write(folder: Path, note: Snapshot, contents: Mapping[str, bytes]) -> None:
    """Write the files of `contents` and the note to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    text = yaml.safe_dump(
        note.model_dump(mode="json", exclude_none=True), allow_unicode=True, sort_keys=False, width=120
    )
    (folder / NOTE).write_text(text, encoding="utf-8", newline="\n")


def read(folder: Path) -> tuple[Snapshot, dict[str, bytes]]:
    """The note and the files of the snapshot in `folder`.

    Raises `InputError` when there is none, or naming every file that lacks or is not the one that was fetched.
    """
    shown = "/".join((folder / NOTE).parts[-4:])
    try:
        text = (folder / NOTE).read_text(encoding="utf-8")
        note = Snapshot.model_validate(yaml.safe_load(text))
    except FileNotFoundError:
        raise InputError(f"{shown}: there is no snapshot") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{shown}: cannot be read ({type(error).__name__})") from None
    except ValidationError as error:
        raise InputError(
            f"{shown} is not in order",
            [Problem(None, ".".join(map(str, fault["loc"])) or None, None, fault["msg"]) for fault in error.errors()],
        ) from None
    contents: dict[str, bytes] = {}
    problems = []
    for name, about in note.files.items():
        if Path(name).name != name:
            problems.append(Problem(None, name, None, "the name of a file in the same folder"))
            continue
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError:
            problems.append(Problem(None, name, None, "the file, as it was fetched; it can't be read"))
            continue
        if hashlib.sha256(contents[name]).hexdigest() != about.sha256:
            problems.append(Problem(None, name, None, "the file as it was fetched (SHA-256); it has been changed"))
    if problems:
        raise InputError(f"{shown}: the snapshot is not whole", problems)
    return note, contents
