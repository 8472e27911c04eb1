"""Results that are slow to make and follow from their causes alone, kept in files by the checksum of all the causes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path


def kept(folder: Path | None, ending: str, causes: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
    """What `make` gives, from `folder` if it has been made there before of the same `causes`.

    The causes are everything that the result follows from, code included. Without a folder it is made anew. The folder
    may be deleted at any time; a file in it is complete, whenever the process that writes it ends.
    """
    if folder is None:
        return make()
    digest = hashlib.sha256()
    for cause in causes:
        digest.update(hashlib.sha256(cause).digest())
    path = folder / f"{digest.hexdigest()}{ending}"
    if path.is_file():
        return path.read_bytes()
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(made)
    Path(file.name).replace(path)
    return made
