"""The notebooks of one edition as tasks: what each is executed with, what it waits for, and what is kept of it.

Notebooks that compare chapters read a folder with the results of the others, and those that compare editions the number
registers of the earlier ones. Both follow from the same commit and the same answers as the edition itself; published
pages are never read. So an edition built alone is the same as one built with all the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import nbformat

from digikom import survey
from digikom.editions.build_facts import input_files
from digikom.editions.disclosure import is_confidential, without_names
from digikom.editions.edition_files import Edition, earlier_editions
from digikom.errors import BuildError, InputError
from digikom.paths import NOTEBOOK_DIR
from digikom.pipeline.execution import CELL_TIMEOUT, DEFAULT_ENGINE, METHODS, execute, folders_read, prepare
from digikom.pipeline.pool import Job, Report, Task, run_tasks
from digikom.pipeline.store import Store, write_whole
from digikom.publish.outputs import PUBLISHED_MIMES
from digikom.publish.published import EXECUTED_DIR
from digikom.publish.registers import REGISTERS_DIR, own_numbers, write_register

#: The name that a finished notebook has for a data folder given with `--data-dir`: where the answers lie is nothing
#: that it should tell.
DATA_NAME = "data"
#: The folders in which notebooks find the results of other chapters, and the registers of earlier editions.
RESULTS = "executed"
REGISTERS = "registers"


def templates() -> list[Path]:
    """The notebooks of the report. Raises InputError when there is none."""
    found = sorted(NOTEBOOK_DIR.glob("*.ipynb"))
    if not found:
        raise InputError("There is no notebook in notebooks/.")
    return found


@dataclass
class Chapters:
    """The notebooks of `edition`, executed with the answers in `data_dir` by `engine`; finished ones are in `finished`.

    `folder`, which is made, is where cells run. `done` is called with the name of each notebook that is finished.
    """

    edition: Edition
    data_dir: str | None
    folder: Path
    store: Store
    engine: str
    done: Callable[[str], None] = lambda _: None
    notebooks: list[Path] = field(default_factory=templates)
    earlier: dict[int, Chapters] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.finished = self.folder / "finished"
        self.finished.mkdir()
        self.read = {template: folders_read(template) for template in self.notebooks}

    @cached_property
    def inputs(self) -> dict[str, Path]:
        """The data files that the chapters may read."""
        return input_files(self.edition.years, self.data_dir)

    @cached_property
    def confidential(self) -> bool:
        """Whether answers of the edition are confidential."""
        return is_confidential(self.edition, self.data_dir)

    @property
    def alone(self) -> list[Path]:
        """The notebooks that read nothing that others have published."""
        return [template for template, read in self.read.items() if not read]

    def compares_editions(self) -> bool:
        """Whether any notebook reads the registers of earlier editions."""
        return any(REGISTERS_DIR in read for read in self.read.values())

    def validate(self) -> None:
        """Read the answers that the edition is made from. Raises InputError."""
        for year in self.edition.years:
            survey.load(year, self.data_dir)

    def key(self, template: Path) -> Hashable:
        """The key of a notebook's task."""
        return self.edition.year, self.data_dir, template.name

    def tasks(self, *, only_alone: bool = False) -> Iterator[tuple[Hashable, Task]]:
        """The tasks of the notebooks, by key; `only_alone` leaves out those that read others."""
        alone = frozenset(self.key(template) for template in self.alone)
        for template, read in self.read.items():
            if read and only_alone:
                continue
            others = (other.key(one) for other in self.earlier.values() for one in other.alone)
            after = frozenset([*(alone if read else ()), *(others if REGISTERS_DIR in read else ())])
            yield self.key(template), self._task(template, after)

    def _task(self, template: Path, after: frozenset[Hashable]) -> Task:
        kept: Path
        executed: dict[str, Any] | None
        notebook: nbformat.NotebookNode

        def start() -> Job | None:
            nonlocal kept, executed, notebook
            read = self.read[template]
            made = {EXECUTED_DIR: RESULTS, REGISTERS_DIR: REGISTERS}
            parameters: dict[str, Any] = {**self.edition.parameters, "data_dir": DATA_NAME if self.data_dir else ""}
            parameters |= {name: made[name] for name in sorted(read)}
            notebook = prepare(template, parameters)
            kept = self.store.notebook(notebook, self.inputs | self._hand_over(read))
            executed = read_json(kept)
            if executed is not None:
                kept.touch()
                return None
            where = {"data_dir": str(Path(self.data_dir).resolve()) if self.data_dir else ""}
            tell = partial(without_names, self.edition, self.data_dir)
            run = prepare(template, parameters | where)
            return partial(_run, run, template.name, kept, self.folder, self.engine, tell)

        def finish(_: object) -> None:
            content = with_results(notebook, executed or _read_executed(kept), published_only=self.confidential)
            write_whole(self.finished / template.name, content.encode())
            self.done(template.name)

        return Task(template.name, start, after, finish, CELL_TIMEOUT)

    def _hand_over(self, read: set[str]) -> dict[str, Path]:
        """Lay out what a notebook reads of others, and give the files by name."""
        handed: dict[str, Path] = {}
        if EXECUTED_DIR in read:
            handed |= {f"{RESULTS}/{one.name}": self.folder / RESULTS / one.name for one in self.alone}
        if REGISTERS_DIR in read:
            handed |= {f"{REGISTERS}/{year}.csv": self.folder / REGISTERS / f"{year}.csv" for year in self.earlier}
        for name in (RESULTS, REGISTERS):
            (self.folder / name).mkdir(exist_ok=True)
        for name, path in handed.items():
            if not path.exists() and name.startswith(RESULTS):
                write_whole(path, results_only(self.finished / path.name).encode())
            elif not path.exists():
                write_register(path, self.earlier[int(path.stem)].register())
        return handed

    def register(self) -> Any:  # noqa: ANN401  a frame; pandas is imported when it is needed
        """The number register of the edition, when the notebooks that stand alone are finished."""
        return own_numbers(self.finished, self.edition.year)


def with_earlier(
    chapters: Sequence[Chapters], make: Callable[[Edition, str | None], Chapters]
) -> dict[tuple[int, str | None], Chapters]:
    """`chapters` by year and data folder, and those of the earlier editions that they are compared with.

    Each is told of its earlier ones. `make` makes those that are not among `chapters`; only their notebooks that stand
    alone are needed.
    """
    known = {(each.edition.year, each.data_dir): each for each in chapters}
    for each in chapters:
        if each.compares_editions():
            for edition in earlier_editions(each.edition.year, each.data_dir):
                place = edition.year, each.data_dir
                if place not in known:
                    known[place] = make(edition, each.data_dir)
                each.earlier[edition.year] = known[place]
    return known


def write_registers(
    editions: Iterable[Edition],
    target: Path,
    data_dir: str | None,
    work: Path,
    store: Store,
    jobs: int = 2,
    engine: str = DEFAULT_ENGINE,
) -> list[Path]:
    """Write the number register of each edition to the folder `target`, executing in `work` what is not in `store`.

    Raises InputError and BuildError as `run_tasks` does.
    """
    chapters = [Chapters(edition, data_dir, work / str(edition.year), store, engine) for edition in editions]
    tasks: dict[Hashable, Task] = {}
    for each in chapters:
        tasks |= each.tasks(only_alone=True)
    run_tasks(tasks, jobs, METHODS[engine])
    return [write_register(target / f"{each.edition.year}.csv", each.register()) for each in chapters]


def run_notebooks(
    notebooks: Iterable[Path],
    target: Path,
    parameters: dict[str, Any],
    jobs: int = 2,
    folder: Path | None = None,
    engine: str = DEFAULT_ENGINE,
) -> None:
    """Execute `notebooks`, which wait for nothing, into the folder `target`, without the store.

    Raises InputError and BuildError as `run_tasks` does.
    """

    def start(template: Path) -> Job:
        notebook = prepare(template, parameters)
        return partial(_run, notebook, template.name, target / template.name, folder, engine, str)

    tasks: dict[Hashable, Task] = {
        each: Task(each.name, partial(start, each), limit=CELL_TIMEOUT) for each in notebooks
    }
    run_tasks(tasks, jobs, METHODS[engine])


def _run(
    notebook: nbformat.NotebookNode,
    name: str,
    output: Path,
    folder: Path | None,
    engine: str,
    tell: Callable[[str], str],
    report: Report,
) -> None:
    try:
        execute(notebook, name, output, folder, engine, report)
    except BuildError as error:
        raise BuildError(tell(str(error))) from None


def read_json(path: Path) -> dict[str, Any] | None:
    """The notebook in a file, as plain values; `None` where there is none that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "cells" in content else None


def _read_executed(path: Path) -> dict[str, Any]:
    found = read_json(path)
    if found is None:
        raise InputError(f"{path} cannot be read.")
    return found


def with_results(notebook: nbformat.NotebookNode, executed: dict[str, Any], *, published_only: bool = False) -> str:
    """The text of `notebook` as a file, with what the code cells of the same notebook showed when it was `executed`.

    With `published_only` a cell shows nothing but what has been through `digikom.publish`.
    """
    code = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    if published_only:
        code = [
            {**cell, "outputs": [out for out in cell["outputs"] if {*PUBLISHED_MIMES} & {*out.get("data", ())}]}
            for cell in code
        ]
    ran = iter(code)
    words = ({**cell, "source": cell.source.splitlines(keepends=True)} for cell in notebook.cells)
    # The parameters of the run say where on this machine the answers lie.
    cells = [{**next(ran), "source": cell["source"]} if cell["cell_type"] == "code" else cell for cell in words]
    # Indented, as nbformat writes it, Python's own encoder would take each value of each output into its hands.
    return json.dumps({**executed, "cells": cells}, ensure_ascii=False, sort_keys=True) + "\n"


def results_only(executed: Path) -> str:
    """The code cells of an executed notebook as a file of their own: all that other chapters may read of it."""
    found = _read_executed(executed)
    found["cells"] = [cell for cell in found["cells"] if cell["cell_type"] == "code"]
    return json.dumps(found, ensure_ascii=False, sort_keys=True)
