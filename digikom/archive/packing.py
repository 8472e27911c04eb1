"""Checksums, and a zip file whose bytes follow from its content alone."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from digikom.errors import InputError

#: The list of the archive's files that `sha256sum --check` reads. It does not list itself.
SUMS_FILE = "SHA256SUMS"
#: Of zlib. Another implementation of it may compress the same content to other bytes; the sums inside stay the same.
COMPRESSION_LEVEL = 6
#: Permissions of files, by whether they begin as a program does. Those on this machine are not asked.
PLAIN, PROGRAM = 0o100644, 0o100755
_UNIX = 3
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sums_text(sums: Mapping[str, str]) -> str:
    """The content of `SUMS_FILE` for SHA-256 sums (hex) by the files' names."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_sums(path: Path) -> dict[str, str]:
    """SHA-256 sums (hex) by name, from a file that `sums_text` made. Raises InputError for anything else."""
    found = [_SUM.fullmatch(line) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    if not found or not all(found):
        raise InputError(f"{path.name} is not a list of SHA-256 sums and names.")
    return {match[2]: match[1] for match in found if match}


def write_zip(target: Path, files: Mapping[str, Path], date: datetime.date) -> None:
    """Write `files`, by their names in the archive, to `target`: sorted, and all dated `date`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
        for name in sorted(files):
            content = files[name].read_bytes()
            entry = zipfile.ZipInfo(name, date_time=(date.year, date.month, date.day, 0, 0, 0))
            entry.create_system = _UNIX
            entry.external_attr = (PROGRAM if content.startswith(b"#!") else PLAIN) << 16
            # What is opened with an entry of its own takes the compression from there.
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, COMPRESSION_LEVEL)
