"""An edition made anew in an environment of its own, for `digikom verify`.

`rebuild` starts this module as a program. It gets nothing of the caller's environment but where programs are found; its
home is an empty folder, so that no start-up file of Python, IPython or Jupyter takes part; time zone, locale and hash
seed are others than a build has; and everything is computed, nothing taken from what builds keep.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from pydantic import BaseModel

from digikom.editions.build_facts import collect_facts
from digikom.editions.edition_files import load_edition
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT
from digikom.pipeline import builds
from digikom.pipeline.store import Store
from digikom.progress import Progress
from digikom.scratch import scratch

#: All that is taken over from the caller's environment.
KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
#: Unlike those of any build; a result that depends on one of them will differ.
PLACE = {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}


class Remake(BaseModel):
    """What to make: the edition of `year`, in `folder`, from the answers in `data_dir` (None: the project's own).

    `commit` and `modified` are what its pages state. `pdf` holds the names of the PDF files that
    its front page leads to, which are made only if `with_pdf`. With `numbers_only` no page is made.
    """

    year: int
    folder: Path
    data_dir: str | None = None
    jobs: int = 1
    commit: str = ""
    modified: bool = False
    pdf: tuple[str, ...] = ()
    with_pdf: bool = False
    numbers_only: bool = False

    @property
    def pages(self) -> Path:
        """Where the finished pages are when the order has been carried out."""
        return self.folder / "pages"

    @property
    def executed(self) -> Path:
        """Where the executed notebooks are when the order has been carried out."""
        return self.folder / "executed"


def rebuild(order: Remake, progress: Progress) -> None:
    """Make what `order` says, in a process of its own. Raises InputError and BuildError as a build does."""
    with scratch(order.folder) as home, tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= PLACE | {"HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(PROJECT_ROOT)}
        environment |= {"PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1"}
        command = [sys.executable, "-m", __name__, order.model_dump_json()]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=said, text=True, encoding="utf-8", env=environment, cwd=home
        ) as process:
            for line in process.stdout or ():
                progress(*json.loads(line))
        said.seek(0)
        message = said.read().strip()
    if process.returncode == InputError.exit_code:
        raise InputError(message)
    if process.returncode != 0:
        raise BuildError(message or f"Making the edition again ended with exit code {process.returncode}.")


def make(order: Remake, progress: Progress) -> None:
    """Make what `order` says, in this process and its environment. Raises InputError or BuildError."""
    edition = load_edition(order.year)

    def publish(html: Path, _book: str, _no_pdf: str) -> None:
        html.rename(order.pages)

    facts = collect_facts(edition.years, order.data_dir)
    made = builds.Order(
        edition,
        order.data_dir,
        facts.model_copy(update={"commit": order.commit, "modified": order.modified}),
        order.pdf,
        publish=publish,
        with_pdf=order.with_pdf,
        numbers_only=order.numbers_only,
    )
    options = builds.Options(jobs=order.jobs, require_pdf=True)
    builds.make_editions([made], order.folder / "work", Store(order.folder / "store"), options, progress)
    shutil.move(made.chapters.finished, order.executed)


def end_with_parent() -> None:
    """Wait until the input is closed, and end: whoever ordered the work is gone, however it went.

    What works for a killed command would otherwise go on for minutes and write to a folder that is removed.
    """
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def main() -> None:
    """Carry out the order in the argument; steps go to the output, a line each, and errors end as the command's do."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        make(Remake.model_validate_json(sys.argv[1]), lambda *step: print(json.dumps(step), flush=True))
    except (InputError, BuildError) as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
