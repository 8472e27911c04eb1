"""How long whole commands take, as ratios side by side in one run: `make benchmark`.

A ratio says something on every machine; seconds only on the one that measured them. Each command runs in a worktree of
its own, as a person would run it. `make benchmark BEFORE=<commit>` also compares with the project as it was then.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from digikom.paths import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "_build" / "benchmark"
YEAR = "2022"
#: The edition that YEAR is compared with.
REFERENCE = "2018"
CHAPTER = "notebooks/03_digital_prioritering.ipynb"
#: A word of that chapter, and what takes its place.
WORD = ("kommunene", "kommunane")


def seconds(folder: Path, *command: str | Path) -> float:
    """How long a command takes in a worktree, with the worktree's own package. Raises CalledProcessError."""
    print(f"  {folder.name}: {' '.join(str(part) for part in command)}", flush=True)
    # Python keeps what it has compiled, unless it is told not to: then each process would compile the package.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**kept, "PYTHONPATH": str(folder)}
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def worktree(name: str, commit: str) -> Path:
    """A worktree of `commit` as it was committed, in place of an earlier one."""
    folder = FOLDER / name
    git = ["git", "-C", str(PROJECT_ROOT), "worktree"]
    if folder.exists():
        subprocess.run([*git, "remove", "--force", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([*git, "prune"], check=True)
    subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit], check=True)
    return folder


def built(folder: Path, python: Path, *options: str) -> float:
    """How long an edition takes to build from nothing."""
    shutil.rmtree(folder / "_build", ignore_errors=True)
    return seconds(folder, python, "-m", "digikom.cli", "build", *options)


def plain_chain(folder: Path, python: Path) -> tuple[float, float]:
    """How long papermill's command for each notebook and Jupyter Book's take for the edition that `folder` has built,
    and how long Jupyter Book takes again for the unchanged book.
    """
    (kept,) = (path for path in folder.glob("_build/store/*/books/*") if path.is_dir())
    book = FOLDER / "plain"
    shutil.rmtree(book, ignore_errors=True)
    shutil.copytree(kept, book, ignore=shutil.ignore_patterns("_build"))
    executed = FOLDER / "executed"
    executed.mkdir(exist_ok=True)
    years = ["-p", "target_year", YEAR, "-p", "reference_year", REFERENCE]
    total = 0.0
    for notebook in sorted((folder / "notebooks").glob("*.ipynb")):
        names = (notebook, executed / notebook.name, "--cwd", notebook.parent)
        total += seconds(folder, python.with_name("papermill"), *names, *years)
    made, again = (seconds(folder, python.with_name("jupyter-book"), "build", book) for _ in range(2))
    return total + made, again


def change_a_word(folder: Path) -> None:
    """One word of a text cell becomes another one."""
    path = folder / CHAPTER
    text = path.read_text(encoding="utf-8")
    changed = text.replace(*WORD, 1)
    if changed == text:
        raise SystemExit(f"{CHAPTER} has no «{WORD[0]}».")
    path.write_text(changed, encoding="utf-8")


def compare(what: str, measured: float, compared: float) -> None:
    """Print one line."""
    print(f"{measured / compared:6.2f}  {what} ({measured:.0f} s, {compared:.0f} s)", flush=True)


def main() -> None:
    """Measure, and print one line a comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", default="", help="a commit to compare with")
    before = parser.parse_args().before
    build = ("-m", "digikom.cli", "build", YEAR, "--no-pdf")
    now, python = worktree("now", "HEAD"), Path(sys.executable)
    whole = built(now, python, YEAR, "--no-pdf")
    unchanged = seconds(now, python, *build)
    plain, plain_unchanged = plain_chain(now, python)
    compare("one edition without PDF, against papermill for each notebook and Jupyter Book", whole, plain)
    compare("an unchanged edition, against Jupyter Book for an unchanged book", unchanged, plain_unchanged)
    change_a_word(now)
    compare("an edition after one word of a chapter, against the whole edition", seconds(now, python, *build), whole)
    if before:
        now, old = worktree("now", "HEAD"), worktree("before", before)
        subprocess.run(["make", "--silent", ".venv/.ready"], cwd=old, check=True)
        its_python = old / ".venv" / "bin" / "python"
        pdf = built(now, python, YEAR, "--require-pdf") - whole
        its_pdf = built(old, its_python, YEAR) - built(old, its_python, YEAR, "--no-pdf")
        compare(f"the PDF of an edition, against {before}", pdf, its_pdf)
        compare(f"all editions, against {before}", built(now, python, "--all"), built(old, its_python, "--all"))


if __name__ == "__main__":
    main()
