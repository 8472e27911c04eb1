"""The number registers of the editions before the one that is built, computed from their notebooks.

Published pages are never read: the registers follow from the same commit and the same answers as the edition itself, so
that an edition built alone is the same as one built with all the others. They are kept by a fingerprint of everything
that they are computed from, so that a build of all editions computes each of them once.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat

from digikom.build.editions import Edition
from digikom.build.execution import run_notebooks, stands_alone
from digikom.build.selection import select
from digikom.facts import input_files
from digikom.paths import NOTEBOOK_DIR, PROJECT_ROOT, REGISTER_STORE
from digikom.publish.registers import own_numbers, write_register


def collect_registers(
    editions: Iterable[Edition],
    target: Path,
    data_dir: str | None,
    data_name: str,
    jobs: int,
    store: Path | None = None,
) -> Iterator[Edition]:
    """Put the register of each of `editions` into the folder `target`, yielding the edition when that is done.

    What is not in `store` (`REGISTER_STORE` when not given) is computed, with kernels that start in the folder above
    `target`, where the answers of `data_dir` are found under `data_name`. Raises as `run_notebooks` does.
    """
    target.mkdir(exist_ok=True)
    for edition in editions:
        kept = (store or REGISTER_STORE) / f"{fingerprint(edition, data_dir)}.csv"
        if not kept.is_file():
            executed = target.parent / f"executed-{edition.year}"
            templates = [path for path in sorted(NOTEBOOK_DIR.glob("*.ipynb")) if stands_alone(path)]
            parameters = {**edition.parameters, "data_dir": data_name}
            selection = select(edition, data_dir)
            for _ in run_notebooks(templates, executed, parameters, selection, jobs, target.parent):
                pass
            write_register(kept, own_numbers(executed, edition.year))
            shutil.rmtree(executed)
        shutil.copyfile(kept, target / f"{edition.year}.csv")
        yield edition


def keep_register(edition: Edition, executed: Path, data_dir: str | None, store: Path | None = None) -> None:
    """Keep the register of an edition whose notebooks have just been executed, for the editions that come after it."""
    kept = (store or REGISTER_STORE) / f"{fingerprint(edition, data_dir)}.csv"
    if not kept.is_file():
        write_register(kept, own_numbers(executed, edition.year))


def fingerprint(edition: Edition, data_dir: str | None) -> str:
    """SHA-256 (hex) of all that an edition's numbers follow from: notebooks without outputs, package, data, lock file.

    A change of anything gives another fingerprint, needed or not; the other way round must not happen.
    """
    digest = hashlib.sha256()

    def add(name: str, content: bytes) -> None:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)

    add("edition", json.dumps(edition.parameters, sort_keys=True).encode())
    for path in sorted(NOTEBOOK_DIR.glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        add(path.name, json.dumps([(cell.source, cell.metadata.get("tags", [])) for cell in cells]).encode())
    for path in [*sorted(PROJECT_ROOT.glob("requirements.txt")), *_files(PROJECT_ROOT / "digikom", "*.py")]:
        add(path.relative_to(PROJECT_ROOT).as_posix(), path.read_bytes())
    for name, path in input_files(edition.years, data_dir).items():
        add(name, path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path, pattern: str) -> list[Path]:
    """The files in a folder and below, sorted, without what Python keeps for itself."""
    return sorted(path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
