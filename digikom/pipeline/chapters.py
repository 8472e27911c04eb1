"""The notebooks of one edition as tasks: what each is executed with, what it waits for, and what is kept of it.

Notebooks that compare chapters read a folder with the results of the others, and those that compare editions the number
registers of the earlier ones. Both follow from the same commit and the same answers as the edition itself; published
pages are never read. So an edition built alone is the same as one built with all the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from digikom import files, survey
from digikom.editions.build_facts import input_files
from digikom.editions.disclosure import is_confidential, without_names
from digikom.editions.edition_files import Edition, earlier_editions
from digikom.errors import BuildError, InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.pipeline.execution import CELL_TIMEOUT, execute, folders_read, prepare
from digikom.pipeline.pool import Job, Report, Task, run_tasks
from digikom.pipeline.store import Store
from digikom.progress import Progress, silent
from digikom.publish.number_registers import REGISTERS_DIR, own_numbers, write_register
from digikom.publish.outputs import PUBLISHED_MIMES
from digikom.publish.published import EXECUTED_DIR

#: The name that a finished notebook has for a data folder given with `--data-dir`: it must not say where answers lie.
DATA_NAME = "data"
#: The folders in which notebooks find the results of other chapters, and the registers of earlier editions.
FOLDERS = {EXECUTED_DIR: "executed", REGISTERS_DIR: "registers"}


def templates() -> list[Path]:
    """The notebooks of the report. Raises InputError when there is none."""
    found = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    if not found:
        raise InputError("There is no notebook in notebooks/.")
    return found


@dataclass
class Chapters:
    """The notebooks of `edition`, executed with the answers in `data_dir`; finished ones are in `finished`.

    `work` is the folder in which their own, `folder`, is made. `earlier` are the chapters of the editions that this one
    is compared with, by year.
    """

    edition: Edition
    data_dir: str | None
    work: Path
    store: Store
    progress: Progress = silent
    notebooks: list[Path] = field(default_factory=templates)
    earlier: dict[int, Chapters] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.work.mkdir(parents=True, exist_ok=True)
        self.folder = self.work / f"{self.edition.year}-{len(list(self.work.iterdir()))}"
        self.finished = self.folder / "finished"
        for folder in (self.finished, *(self.folder / name for name in FOLDERS.values())):
            folder.mkdir(parents=True)
        self.read = {template: folders_read(template) for template in self.notebooks}
        #: The notebooks that read nothing that others have published.
        self.alone = [template for template, read in self.read.items() if not read]

    @cached_property
    def inputs(self) -> dict[str, Path]:
        """The data files that the chapters may read."""
        return input_files(self.edition.years, self.data_dir)

    @cached_property
    def confidential(self) -> bool:
        """Whether answers of the edition are confidential."""
        return is_confidential(self.edition, self.data_dir)

    def validate(self) -> None:
        """Read the answers that the edition is made from. Raises InputError."""
        for year in self.edition.years:
            survey.load(year, self.data_dir)

    def key(self, template: Path) -> Hashable:
        """The key of a notebook's task."""
        return self.edition.year, self.data_dir, template.name

    def tasks(self, *, only_alone: bool = False) -> Iterator[tuple[Hashable, Task]]:
        """The tasks of the notebooks, by key; `only_alone` leaves out those that read others."""
        for template in self.alone if only_alone else self.notebooks:
            read = self.read[template]
            after = [self.key(one) for one in self.alone] if read else []
            if REGISTERS_DIR in read:
                after += [other.key(one) for other in self.earlier.values() for one in other.alone]
            yield self.key(template), self._task(template, frozenset(after))

    def _task(self, template: Path, after: frozenset[Hashable]) -> Task:
        kept: Path
        executed: dict[str, Any] | None
        notebook: NotebookNode

        def start() -> Job | None:
            nonlocal kept, executed, notebook
            parameters: dict[str, Any] = {**self.edition.parameters, "data_dir": DATA_NAME if self.data_dir else ""}
            parameters |= {name: FOLDERS[name] for name in sorted(self.read[template])}
            notebook = prepare(template, parameters)
            kept = self.store.notebook(notebook, self.inputs | self._hand_over(template))
            try:
                executed = read_notebook(kept)
            except InputError:
                executed = None
                where = {"data_dir": str(Path(self.data_dir).resolve()) if self.data_dir else ""}
                shown = partial(without_names, self.edition, self.data_dir)
                return partial(_run, prepare(template, parameters | where), template.name, kept, self.folder, shown)
            kept.touch()
            return None

        def finish(_: object) -> None:
            content = with_results(notebook, executed or read_notebook(kept), published_only=self.confidential)
            (self.finished / template.name).write_text(content, encoding="utf-8", newline="\n")
            done = len(list(self.finished.iterdir()))
            self.progress(self.edition.year, template.name, done, len(self.notebooks))

        return Task(template.name, start, after, finish, CELL_TIMEOUT)

    def _hand_over(self, template: Path) -> dict[str, Path]:
        """Lay out what a notebook reads of others, and give the files by name."""
        results, registers = (self.folder / FOLDERS[name] for name in (EXECUTED_DIR, REGISTERS_DIR))
        handed: list[Path] = []
        if EXECUTED_DIR in self.read[template]:
            handed += [results / one.name for one in self.alone]
        if REGISTERS_DIR in self.read[template]:
            handed += [registers / f"{year}.csv" for year in self.earlier]
        for path in handed:
            if not path.exists() and path.parent == results:
                path.write_text(results_only(self.finished / path.name), encoding="utf-8", newline="\n")
            elif not path.exists():
                write_register(path, self.earlier[int(path.stem)].register())
        return {path.relative_to(self.folder).as_posix(): path for path in handed}

    def register(self) -> Any:  # noqa: ANN401  a frame; pandas is imported when it is needed
        """The number register of the edition, when the notebooks that stand alone are finished."""
        return own_numbers(self.finished, self.edition.year)


def with_earlier(chapters: Sequence[Chapters]) -> list[Chapters]:
    """`chapters`, and those of the earlier editions that they are compared with, of which only the notebooks that stand
    alone are needed. Each is given its earlier ones.
    """
    known = {(each.edition.year, each.data_dir): each for each in chapters}
    for each in chapters:
        if any(REGISTERS_DIR in read for read in each.read.values()):
            for edition in earlier_editions(each.edition.year, each.data_dir):
                place = edition.year, each.data_dir
                if place not in known:
                    known[place] = Chapters(edition, each.data_dir, each.work, each.store, each.progress)
                each.earlier[edition.year] = known[place]
    return list(known.values())


def write_registers(editions: Iterable[Edition], target: Path, data_dir: str | None, work: Path) -> list[Path]:
    """Write the number register of each edition to the folder `target`, executing in `work` what builds have not kept.

    Raises InputError and BuildError as `run_tasks` does.
    """
    store = Store(otherwise=work / "store")
    chapters = [Chapters(edition, data_dir, work / "chapters", store) for edition in editions]
    run_tasks(dict(task for each in chapters for task in each.tasks(only_alone=True)), jobs=2)
    return [write_register(target / f"{each.edition.year}.csv", each.register()) for each in chapters]


def run_notebooks(
    notebooks: Iterable[Path], target: Path, parameters: dict[str, Any], jobs: int = 2, folder: Path | None = None
) -> None:
    """Execute `notebooks`, which wait for nothing, into the folder `target`, without the store.

    Cells run in `folder`, else in the present one. Raises InputError and BuildError as `run_tasks` does.
    """

    def start(template: Path) -> Job:
        notebook, output = prepare(template, parameters), target / template.name
        return partial(_run, notebook, template.name, output, folder, str, indent=1)

    run_tasks({each: Task(each.name, partial(start, each), limit=CELL_TIMEOUT) for each in notebooks}, jobs)


def _run(
    notebook: NotebookNode,
    name: str,
    output: Path,
    folder: Path | None,
    shown: Callable[[str], str],
    report: Report,
    indent: int | None = None,
) -> None:
    """Execute a notebook in this process, in `folder` if there is one, and write it to `output` only when it ran.

    `shown` gives what may be shown of a message.
    """
    output = output.absolute()
    try:
        # So folders can be handed over by names that hold on any machine.
        with chdir(folder or "."):
            executed = execute(notebook, name, report)
        # Indented, Python's own encoder would take each value of each output into its hands.
        files.write(output, nbformat.writes(executed, indent=indent) + "\n")
    except BuildError as error:
        raise BuildError(shown(str(error))) from None


def read_notebook(path: Path) -> dict[str, Any]:
    """The notebook in a file, as plain values. Raises InputError where there is none that can be read."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {**content, "cells": content["cells"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} cannot be read: {type(error).__name__}.") from None


def with_results(notebook: NotebookNode, executed: dict[str, Any], *, published_only: bool = False) -> str:
    """The text of `notebook` as a file, with what the code cells of the same notebook showed when it was `executed`.

    With `published_only` a cell shows nothing but what has been through `digikom.publish`.
    """
    ran = iter(cell for cell in executed["cells"] if cell["cell_type"] == "code")
    cells = []
    for cell in notebook.cells:
        # The parameters of the run say where on this machine the answers lie; so the source is that of `notebook`.
        shown = {**cell, "source": cell.source.splitlines(keepends=True)}
        if cell["cell_type"] == "code":
            shown = {**next(ran), "source": shown["source"]}
            if published_only:
                shown["outputs"] = [out for out in shown["outputs"] if {*PUBLISHED_MIMES} & {*out.get("data", ())}]
        cells.append(shown)
    return json.dumps({**executed, "cells": cells}, ensure_ascii=False, sort_keys=True) + "\n"


def results_only(executed: Path) -> str:
    """The code cells of an executed notebook as a file of their own: all that other chapters may read of it."""
    found = read_notebook(executed)
    found["cells"] = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
    return json.dumps(found, ensure_ascii=False, sort_keys=True)
