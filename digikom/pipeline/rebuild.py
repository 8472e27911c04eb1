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
from pathlib import Path

from pydantic import BaseModel

from digikom.editions.build_facts import collect_facts
from digikom.editions.edition_files import load_edition
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT
from digikom.pipeline import builds
from digikom.pipeline.builds import Progress
from digikom.pipeline.execution import DEFAULT_ENGINE
from digikom.pipeline.processes import end_with_parent
from digikom.pipeline.store import Store
from digikom.scratch import scratch

#: All that is taken over from the caller's environment.
KEPT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")
#: Unlike those of any build; a result that depends on one of them will differ.
PLACE = {"TZ": "Pacific/Auckland", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}
#: The folders of the finished pages and of the executed notebooks, in the folder that an order names.
PAGES = "pages"
EXECUTED = "executed"


class Order(BaseModel):
    """What to make: the edition of `year`, in `folder`, from the answers in `data_dir` (None: the project's own).

    `commit` and `modified` are what its pages state. `pdf` holds the names of the PDF files that
    its front page leads to, which are made only if `with_pdf`. With `numbers_only` no page is made.
    """

    year: int
    folder: Path
    data_dir: str | None
    jobs: int
    commit: str
    modified: bool
    pdf: tuple[str, ...]
    with_pdf: bool
    numbers_only: bool
    engine: str = DEFAULT_ENGINE


def rebuild(order: Order, progress: Progress) -> None:
    """Make what `order` says, in a process of its own. Executed notebooks are then in `order.folder`/executed, pages in
    `order.folder`/pages. Raises InputError and BuildError as a build does.
    """
    with scratch(order.folder) as home, tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= PLACE | {"HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT), "PYTHONNOUSERSITE": "1"}
        command = [sys.executable, "-m", __name__, order.model_dump_json()]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, encoding="utf-8", env=environment, cwd=home
        ) as process:
            for line in process.stdout or ():
                progress(*json.loads(line))
        said.seek(0)
        message = said.read().strip()
    if process.returncode == InputError.exit_code:
        raise InputError(message)
    if process.returncode != 0:
        raise BuildError(message or f"Making the edition again ended with exit code {process.returncode}.")


def make(order: Order, progress: Progress) -> None:
    """Make what `order` says, in this process and its environment. Raises InputError or BuildError."""
    edition = load_edition(order.year)
    own = collect_facts(edition.years, order.data_dir)
    facts = own.model_copy(update={"commit": order.commit, "modified": order.modified})

    def publish(html: Path, _book: str, _no_pdf: str) -> None:
        html.rename(order.folder / PAGES)

    made = builds.Order(
        edition=edition,
        data_dir=order.data_dir,
        facts=facts,
        pdf=order.pdf,
        publish=publish,
        with_pdf=order.with_pdf,
        numbers_only=order.numbers_only,
    )
    options = builds.Options(jobs=order.jobs, engine=order.engine, require_pdf=True)
    builds.make_editions([made], order.folder / "work", Store(order.folder / "store"), options, progress)
    shutil.move(made.chapters.finished, executed_folder(order))


def executed_folder(order: Order) -> Path:
    """Where the executed notebooks are when `order` has been carried out."""
    return order.folder / EXECUTED


def _report(year: int, step: str, done: int, total: int) -> None:
    print(json.dumps([year, step, done, total]), flush=True)


def main() -> None:
    """Carry out the order in the argument; steps go to the output, a line each, and errors end as the command's do."""
    end_with_parent()
    try:
        make(Order.model_validate_json(sys.argv[1]), _report)
    except (InputError, BuildError) as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
