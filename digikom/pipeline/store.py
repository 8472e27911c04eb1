"""What builds keep for the next one: executed notebooks, books, and which edition they published where.

Everything is found by a fingerprint of all that it follows from. A change of anything that might matter gives another
fingerprint, needed or not; the other way round must not happen. The folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import nbformat

from digikom.editions.build_facts import LOCK_FILE, locked_packages, sha256_of
from digikom.editions.manifest import MANIFEST, differences
from digikom.errors import InputError
from digikom.paths import PROJECT_ROOT, STORE_DIR

#: What programs write beside the package's files.
NO_SOURCE = frozenset({".pyc", ".mo"})
#: Executed notebooks that are kept, the newest ones: all of four editions several times.
KEPT_NOTEBOOKS = 150
_NAME_LENGTH = 16


class Store:
    """The folder of what is kept for the present package, lock file and Python.

    What another state of them has left in `folder` is removed, and with `fresh` everything. Where `folder` cannot be
    written, `otherwise` takes its place, and `note` says so.
    """

    def __init__(self, folder: Path = STORE_DIR, *, otherwise: Path | None = None, fresh: bool = False) -> None:
        self.generation = generation()
        self.note = ""
        self.folder = folder / self.generation[:_NAME_LENGTH]
        try:
            for old in sorted(folder.iterdir()) if folder.is_dir() else ():
                if fresh or old != self.folder:
                    shutil.rmtree(old)
            for name in ("notebooks", "books", "published"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError(13, "Permission denied", str(self.folder))
        except OSError as error:
            if otherwise is None:
                raise
            self.note = f"nothing is kept for the next build: {error.strerror}: {error.filename}"
            self.folder = otherwise / self.generation[:_NAME_LENGTH]
            for name in ("notebooks", "books", "published"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def notebook(self, notebook: nbformat.NotebookNode, inputs: Mapping[str, Path]) -> Path:
        """Where the result of the prepared `notebook` is kept, which reads the files `inputs`, by name.

        Text decides nothing: only code cells, the parameters among them, are executed.
        """
        code = [[cell.id, cell.source, cell.metadata] for cell in notebook.cells if cell.cell_type == "code"]
        key = digest([self.generation, json.dumps(code), json.dumps(notebook.metadata, sort_keys=True)], inputs)
        return self.folder / "notebooks" / f"{key}.ipynb"

    def book(self, year: int, data_dir: str | None) -> Path:
        """The folder in which the book of an edition is made from the answers in `data_dir`."""
        name = digest([str(year), str(Path(data_dir).resolve()) if data_dir else ""], {})
        return self.folder / "books" / name[:_NAME_LENGTH]

    def is_published(self, book: str, edition: Path) -> bool:
        """Whether the folder `edition` holds, file by file, what was published of the book with this fingerprint."""
        record = self._record(edition)
        try:
            return record.read_text(encoding="ascii") == f"{book} {sha256_of(edition / MANIFEST)}" and not differences(
                edition
            )
        except (OSError, InputError, ValueError):
            return False

    def keep_published(self, book: str, edition: Path) -> None:
        """Remember that the folder `edition` holds the book with this fingerprint."""
        write_whole(self._record(edition), f"{book} {sha256_of(edition / MANIFEST)}".encode("ascii"))

    def prune(self) -> None:
        """Remove the notebooks that have not been needed for longest."""
        kept = sorted((self.folder / "notebooks").glob("*.ipynb"), key=lambda path: path.stat().st_mtime_ns)
        for path in kept[:-KEPT_NOTEBOOKS]:
            path.unlink(missing_ok=True)

    def _record(self, edition: Path) -> Path:
        return self.folder / "published" / digest([str(edition.resolve())], {})[:_NAME_LENGTH]


def generation() -> str:
    """SHA-256 (hex) of what everything follows from: the package, the lock file, Python and the packages at hand."""
    lock = PROJECT_ROOT / LOCK_FILE
    packages = [f"{each.name} {each.installed}" for each in locked_packages(lock)] if lock.is_file() else []
    return digest([sys.version, *packages], {LOCK_FILE: lock, **tree(PROJECT_ROOT / "digikom")})


def tree(folder: Path) -> dict[str, Path]:
    """The files in a folder and below, by their path in it, without what Python and Sphinx keep for themselves."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in NO_SOURCE
    }


def digest(texts: Iterable[str], files: Mapping[str, Path]) -> str:
    """SHA-256 (hex) of `texts`, and of the names and contents of `files`; one that is missing has no content."""
    whole = hashlib.sha256()
    for part in _parts(texts, files):
        whole.update(f"{len(part)}\0".encode())
        whole.update(part)
    return whole.hexdigest()


def _parts(texts: Iterable[str], files: Mapping[str, Path]) -> Iterator[bytes]:
    yield from (text.encode() for text in texts)
    for name, path in sorted(files.items()):
        yield name.encode()
        yield path.read_bytes() if path.is_file() else b""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: a half-written one is never seen. Raises OSError, with the path for a full disk too."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
