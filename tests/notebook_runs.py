"""Run notebooks for tests: the cells in this process, to look at their frames, or as plain papermill does."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat

from digikom.errors import BuildError, InputError
from digikom.paths import NOTEBOOK_DIR, PROJECT_ROOT
from digikom.pipeline.chapters import templates
from digikom.pipeline.execution import execute, folders_read, put_in, read_template
from digikom.pipeline.pool import Job, Report, Task, run_tasks
from digikom.publish import figures, outputs
from digikom.publish.published import AS_WRITTEN, EXECUTED_DIR, published_outputs, read_cells
from digikom.sphinxext.passages import Passages

Cells = list[dict[str, Any]]


def run_cells(name: str, **parameters: object) -> dict[str, Any]:
    """The variables after all code cells of the notebook, run with `parameters` in place of the ones it declares."""
    return run_here(name, [], **parameters)[1]


def run_here(
    name: str, shown: list[tuple[str, Any]] | None = None, **parameters: object
) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
    """The notebook run in this process with `parameters`, with all that it publishes in its outputs but the pictures,
    which take long; and its variables.

    Outside Jupyter nothing is displayed but that; what else a cell shows is added to `shown`, with the cell's id.
    """
    notebook = nbformat.read(NOTEBOOK_DIR / name, as_version=4)
    variables: dict[str, Any] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = []
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else ast.Expr(ast.Constant(None))
        with patch.object(outputs, "display", partial(_keep, cell)), patch.object(figures, "draw", _undrawn):
            exec(compile(tree, f"{name}#{cell.id}", "exec"), variables)
            expression = ast.fix_missing_locations(ast.Expression(last.value))
            value = eval(compile(expression, f"{name}#{cell.id}", "eval"), variables)
        if shown is not None and value is not None:
            shown.append((cell.id, value))
        if "parameters" in cell.metadata.get("tags", []):
            unknown = set(parameters) - set(variables)
            assert not unknown, f"{name} has no parameter {unknown}"
            variables.update(parameters)
    return notebook, variables


def _keep(cell: nbformat.NotebookNode, data: dict[str, Any], **_: object) -> None:
    # As `new_output` does, which also validates each of the hundreds.
    cell.outputs.append(nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}}))


def _undrawn(*_: object, **__: object) -> str:
    return ""


def execute_here(folder: Path, *names: str, **parameters: object) -> Path:
    """A folder with notebooks run in this process."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        nbformat.write(run_here(name, [], **parameters)[0], folder / name)
    return folder


def published(name: str, folder: Path = NOTEBOOK_DIR) -> dict[str, dict[str, Any]]:
    """Everything that the stored outputs of a notebook publish, by key."""
    return published_by(read_cells(folder / name))


def published_by(cells: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Everything that cells publish, by key, with what they hand over for municipalities."""
    handed = [
        output["data"][outputs.MUNICIPALITIES_MIME]
        for cell in cells
        for output in cell.get("outputs", [])
        if outputs.MUNICIPALITIES_MIME in output.get("data", {})
    ]
    return {payload["key"]: payload for payload in [*handed, *(payload for _, _, payload in published_outputs(cells))]}


def standing(folder: Path, name: str, data_dir: Path | None = None) -> Cells:
    """The cells of a notebook that a book shows, their text as it was written.

    `folder` holds notebooks executed from the data in `data_dir`; or those that an edition hands over, of which all
    stands.
    """
    if folder.parent.name == "_sources":
        cells = read_cells(folder / name)
        return [{**cell, "source": cell["metadata"].get(AS_WRITTEN, cell["source"])} for cell in cells]
    return _book(folder, data_dir).chapters[Path(name).stem]


@cache
def _book(folder: Path, data_dir: Path | None) -> Passages:
    sources = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    return Passages(PROJECT_ROOT, sources, str(data_dir) if data_dir else None)


def text_of(cells: Cells) -> list[str]:
    """The text cells among `cells`."""
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


def run_plain(template: Path, parameters: dict[str, Any], output: Path, report: Report) -> None:
    """Execute a notebook as `papermill template output -p …` does, but in this process: all cells, nothing chosen.

    Raises BuildError naming notebook and cell, also where a cell wrote to stderr.
    """
    executed = execute(put_in(read_template(template), parameters), template.name, report)
    nbformat.write(executed, output)


def run_all_plain(
    folder: Path, parameters: dict[str, Any], names: Collection[str] = (), jobs: int = 2
) -> dict[str, str]:
    """Run notebooks as they stand (all, or those that begin with one of `names`) into `folder`, several at a time.

    Those that read what the others have published find it in `folder`/alone. Returns what went wrong, by notebook.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [path for path in templates() if path.name.startswith(tuple(names) or "")]
    failures: dict[str, str] = {}
    others = folder / "alone"
    for alone in (True, False):
        tasks: dict[Hashable, Task] = {}
        for path in wanted:
            if alone == (not folders_read(path)):
                read = {EXECUTED_DIR: str(others)} if EXECUTED_DIR in folders_read(path) else {}
                job = partial(_noting, folder=folder, template=path, parameters=read | parameters)
                tasks[path.name] = Task(path.name, partial(_given, job), finish=partial(_note, failures, path.name))
        run_tasks(tasks, jobs)
        if alone:
            # What is being written is no notebook yet, and they read a whole folder.
            shutil.copytree(folder, others)
    return failures


def _given(job: Job) -> Job:
    return job


def _noting(report: Report, folder: Path, template: Path, parameters: dict[str, Any]) -> str:
    """What went wrong, as a text: so that what can be done is done of all notebooks."""
    try:
        run_plain(template, parameters, folder / template.name, report)
    except (BuildError, InputError) as error:
        return str(error)
    return ""


def _note(failures: dict[str, str], name: str, failure: str) -> None:
    if failure:
        failures[name] = failure
