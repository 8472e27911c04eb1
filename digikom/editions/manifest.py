"""The manifest of a published edition: every file with its checksum, and what the edition was built from."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digikom import files
from digikom.editions.build_facts import BuildFacts, FileRecord
from digikom.editions.layout import MANIFEST
from digikom.errors import InputError


class Manifest(BaseModel):
    """What an edition consists of (without the manifest itself), sorted by path, and the facts of the build."""

    model_config = ConfigDict(frozen=True)

    facts: BuildFacts
    files: tuple[FileRecord, ...]


def write_manifest(folder: Path, facts: BuildFacts) -> Path:
    """Write the manifest of the finished edition in `folder`, and return its path."""
    manifest = Manifest(facts=facts, files=tuple(published_files(folder)))
    return files.write(folder / MANIFEST, manifest.model_dump_json(indent=1) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the edition in `folder`. Raises InputError when there is none, or one that cannot be read."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"There is no manifest {MANIFEST} in {folder}; build the edition again.") from None
    except (OSError, ValidationError) as error:
        raise InputError(f"The manifest {path} cannot be read: {type(error).__name__}.") from error


def published_files(folder: Path) -> list[FileRecord]:
    """Every file in the edition's folder but the manifest, sorted by path."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    paths.pop(MANIFEST, None)
    return [FileRecord.of(name, path) for name, path in sorted(paths.items())]


def differences(folder: Path) -> list[str]:
    """What differs between the edition in `folder` and its manifest, a line a file, sorted by path; empty when nothing.

    Raises InputError as `read_manifest` does.
    """
    return compare_files(read_manifest(folder).files, published_files(folder))


def compare_files(expected: Iterable[FileRecord], found: Iterable[FileRecord]) -> list[str]:
    """A line for each file of `expected` that is missing from `found` or another there, and for each that was added."""
    before, after = ({file.path: file for file in each} for each in (expected, found))
    lines = []
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            what = "changed" if path in before and path in after else "missing" if path in before else "added"
            lines.append(f"{what}: {path}")
    return lines
