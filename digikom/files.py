"""Files written in one step, checksums, CSV text and zip files: for whatever the project writes."""

from __future__ import annotations

import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from digikom.errors import InputError, Problem

#: Ending of the hidden files that are written beside their places; nobody else's files have it.
DRAFT = ".draft"
#: Of zlib. Another implementation of it may compress the same content to other bytes.
COMPRESSION_LEVEL = 6
#: Permissions of files in a zip file, by whether they begin as a program does. Those on this machine are not asked.
_PLAIN, _PROGRAM = 0o100644, 0o100755
_UNIX = 3
#: A signed number, however it is written, or a sign alone.
_NUMBER = re.compile(r"[+-]([\d.,\s\u00a0]+(e[+-]?\d+)?)?", re.IGNORECASE)


def sha256(content: bytes | Path) -> str:
    """The SHA-256 of some bytes or of a file, in hexadecimal."""
    return hashlib.sha256(content if isinstance(content, bytes) else content.read_bytes()).hexdigest()


def sha256_of_all(parts: Iterable[bytes]) -> str:
    """One SHA-256 for several parts in their order, in hexadecimal; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def sha256_of_json(content: object) -> str:
    """The SHA-256 of a value as JSON with sorted keys, in hexadecimal."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode("utf-8", errors="surrogatepass"))


def write_all(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files in order, each in one step; return those that had another content before.

    All are first written beside their places, so that a full disk or a folder closed for writing stops everything
    before the first is replaced. Raises `InputError` for a place that cannot be written to.
    """
    changed = [path for path, content in contents.items() if not (path.is_file() and path.read_bytes() == content)]
    drafts: dict[Path, Path] = {}
    try:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=path.parent, prefix=f".{path.name}.", suffix=DRAFT, delete=False
            ) as file:
                drafts[path] = Path(file.name)
                file.write(contents[path])
                file.flush()
                os.fsync(file.fileno())
            drafts[path].chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be written ({error.strerror})") from None
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    return changed


def write(path: Path, content: bytes | str) -> Path:
    """Write one file in one step; text as UTF-8. Raises `InputError` for a place that cannot be written to."""
    write_all({path: content.encode("utf-8") if isinstance(content, str) else content})
    return path


def require_writable(folder: Path) -> None:
    """Raise `InputError` where nothing can be written to `folder`: to be asked before work whose result goes there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=DRAFT):
            pass
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror})") from None


def remove_drafts(folders: Iterable[Path]) -> None:
    """Remove what a killed run has left in `folders` and below, which may be answers."""
    for draft in (path for folder in folders for path in folder.rglob(f".*{DRAFT}")):
        draft.unlink(missing_ok=True)


def csv_text(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Rows as CSV, each ended by a line feed.

    Raises InputError for texts that a spreadsheet would take for formulas and compute as soon as it opens the file.
    """
    kept = [list(row) for row in rows]
    problems = [
        Problem(number, str(kept[0][place]) if place < len(kept[0]) else None, cell, "a text that is no formula")
        for number, row in enumerate(kept, start=1)
        for place, cell in enumerate(row)
        if isinstance(cell, str) and is_formula(cell)
    ]
    if problems:
        raise InputError("Cells that begin with = + - or @ are not published: a spreadsheet computes them.", problems)
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(kept)
    return text.getvalue()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet that opens a CSV file takes the cell for a formula: not for a number, nor for a dash."""
    return cell[:1] in tuple("=@\t\r") or (cell[:1] in ("+", "-") and not _NUMBER.fullmatch(cell))


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a UTF-8 CSV file, with or without a byte order mark.

    Raises UnicodeDecodeError or csv.Error for what is no such file.
    """
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def zipped(contents: Iterable[tuple[str, bytes]], date: datetime.date) -> bytes:
    """A zip file of `contents` by their names in it, in the given order and all dated `date`: the same bytes each
    time.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
        for name, content in contents:
            entry = zipfile.ZipInfo(name, date_time=(date.year, date.month, date.day, 0, 0, 0))
            entry.create_system = _UNIX
            entry.external_attr = (_PROGRAM if content.startswith(b"#!") else _PLAIN) << 16
            # What is opened with an entry of its own takes the compression from there.
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, COMPRESSION_LEVEL)
    return target.getvalue()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
