"""Put finished files in their place, so that each of them is the old one or the new one, never half of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def replace_files(finished: Path, target: Path, names: Iterable[str]) -> None:
    """Replace the files `names` (paths below both folders) of `target` by those of `finished`, in that order.

    All are copied beside their places first, so that a full disk leaves everything as it was. The one that makes the
    others count should come last.
    """
    moves = []
    try:
        for name in names:
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}.new")
            moves.append((draft, place))
            draft.write_bytes((finished / name).read_bytes())
        for draft, place in moves:
            draft.replace(place)
    finally:
        for draft, _ in moves:
            draft.unlink(missing_ok=True)
