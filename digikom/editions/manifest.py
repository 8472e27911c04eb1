"""The manifest of a published edition: every file with its checksum, and what the edition was built from."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from digikom.editions.build_facts import BuildFacts, sha256_of
from digikom.errors import InputError

#: Where the manifest stands in the folder of an edition. It does not list itself.
MANIFEST = Path("data", "manifest.json")


class PublishedFile(BaseModel):
    """A file of an edition: `path` from the edition's folder, SHA-256 of its bytes (hex), size in bytes."""

    model_config = ConfigDict(frozen=True)

    path: str
    sha256: str
    size: int


class Manifest(BaseModel):
    """What an edition consists of, sorted by path, and the facts of the build that made it."""

    model_config = ConfigDict(frozen=True)

    facts: BuildFacts
    files: tuple[PublishedFile, ...]


def write_manifest(folder: Path, facts: BuildFacts) -> Path:
    """Write the manifest of the finished edition in `folder`, and return its path."""
    return _write(folder, Manifest(facts=facts, files=tuple(published_files(folder))))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the edition in `folder`. Raises InputError when there is none, or one that cannot be read."""
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise InputError(f"There is no manifest {MANIFEST.as_posix()} in {folder}; build the edition again.") from None
    except (OSError, ValidationError) as error:
        raise InputError(f"The manifest {path} cannot be read: {type(error).__name__}.") from error


def published_files(folder: Path) -> list[PublishedFile]:
    """Every file in the edition's folder but the manifest, sorted by path."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    paths.pop(MANIFEST.as_posix(), None)
    return [_described(name, path) for name, path in sorted(paths.items())]


def differences(folder: Path) -> list[str]:
    """What differs between the edition in `folder` and its manifest, a line a file, sorted by path; empty when nothing.

    Raises InputError as `read_manifest` does.
    """
    return compare_files(read_manifest(folder).files, published_files(folder))


def compare_files(expected: tuple[PublishedFile, ...] | list[PublishedFile], found: list[PublishedFile]) -> list[str]:
    """A line for each file of `expected` that is missing from `found` or another there, and for each that was added."""
    before, after = ({file.path: file for file in files} for files in (expected, found))
    lines = []
    for path in sorted(before.keys() | after.keys()):
        if path not in after:
            lines.append(f"missing: {path}")
        elif path not in before:
            lines.append(f"added: {path}")
        elif before[path] != after[path]:
            lines.append(f"changed: {path}")
    return lines


def _described(name: str, path: Path) -> PublishedFile:
    return PublishedFile(path=name, sha256=sha256_of(path), size=path.stat().st_size)


def _write(folder: Path, manifest: Manifest) -> Path:
    path = folder / MANIFEST
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    draft.replace(path)
    return path
