"""How many modules and lines the packages and the tests have, and which are too short or too long: `make count`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
SHORTEST, LONGEST = 40, 450


def lengths(paths: Iterable[Path]) -> dict[str, int]:
    """Lines of each Python file, by its path in the project; not of those that only open a package."""
    return {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in sorted(paths)
        if path.name != "__init__.py"
    }


def table() -> Iterator[str]:
    """A line for each package and for the tests, and those modules that are out of bounds."""
    yield f"{'':24}{'modules':>8}{'lines':>8}{'median':>8}{'longest':>8}"
    package = ROOT / "digikom"
    parts = {"digikom (top)": package.glob("*.py")}
    parts |= {
        folder.name: folder.rglob("*.py") for folder in sorted(package.iterdir()) if (folder / "__init__.py").is_file()
    }
    parts |= {"digikom in all": package.rglob("*.py"), "tests": (ROOT / "tests").rglob("*.py")}
    for name, paths in parts.items():
        counted = list(lengths(paths).values())
        yield f"{name:24}{len(counted):8}{sum(counted):8}{median(counted or [0]):8.0f}{max(counted, default=0):8}"
    for name, count in lengths(package.rglob("*.py")).items():
        if not SHORTEST <= count <= LONGEST:
            yield f"{count:5} lines: {name}"


if __name__ == "__main__":
    print("\n".join(table()))
