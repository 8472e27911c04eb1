"""What builds keep for the next one: executed notebooks, books, and which edition they published where.

Everything is found by a fingerprint of all that it follows from. A change of anything that might matter gives another
fingerprint, needed or not; the other way round must not happen. The folder may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from nbformat import NotebookNode

from digikom import files
from digikom.editions.build_facts import LOCK_FILE, locked_packages
from digikom.editions.layout import MANIFEST
from digikom.editions.manifest import differences
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
        name = self.generation[:_NAME_LENGTH]
        try:
            for old in sorted(folder.iterdir()) if folder.is_dir() else ():
                if fresh or old.name != name:
                    shutil.rmtree(old)
            self._make(folder / name)
            if not os.access(self.folder, os.W_OK):
                raise PermissionError(13, "Permission denied", str(self.folder))
        except OSError as error:
            if otherwise is None:
                raise
            self.note = f"nothing is kept for the next build: {error.strerror}: {error.filename}"
            self._make(otherwise / name)

    def _make(self, folder: Path) -> None:
        self.folder = folder
        for name in ("notebooks", "books", "published"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def notebook(self, notebook: NotebookNode, inputs: Mapping[str, Path]) -> Path:
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
        try:
            known = self._record(edition).read_text(encoding="ascii")
            return known == f"{book} {files.sha256(edition / MANIFEST)}" and not differences(edition)
        except (OSError, InputError, ValueError):
            return False

    def keep_published(self, book: str, edition: Path) -> None:
        """Remember that the folder `edition` holds the book with this fingerprint."""
        files.write(self._record(edition), f"{book} {files.sha256(edition / MANIFEST)}")

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


def digest(texts: Iterable[str], inputs: Mapping[str, Path]) -> str:
    """SHA-256 (hex) of `texts`, and of the names and contents of `inputs`; a file that is missing has no content."""
    named = ((name.encode(), path.read_bytes() if path.is_file() else b"") for name, path in sorted(inputs.items()))
    return files.sha256_of_all(chain((text.encode() for text in texts), chain.from_iterable(named)))
