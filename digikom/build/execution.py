"""Run the notebooks of one edition with papermill and make their output reproducible."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from digikom.build.selection import Selection, leave_out
from digikom.errors import BuildError, InputError
from digikom.processes import end_with_parent
from digikom.publish.published import EXECUTED_DIR, declared_parameters
from digikom.publish.registers import REGISTERS_DIR

KERNEL = "python3"
#: The folder of a build that the executed notebooks are written to.
EXECUTED = "executed"
#: Keeps the kernel's own log (which port it uses, say) out of the build's log; errors still show.
KERNEL_ARGUMENTS = ["--IPKernelApp.log_level=40"]
#: Seconds one cell may take before the build gives up.
CELL_TIMEOUT = 600


def parameters_cell(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The one cell tagged `parameters`; without it papermill would put the values above the title.

    Raises InputError when there is none, or more than one.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise InputError(f"{name} must have exactly one cell tagged «parameters»; it has {len(cells)}.")
    found: nbformat.NotebookNode = cells[0]
    return found


def check_parameters(path: Path, parameters: dict[str, Any]) -> None:
    """Every parameter we pass must be declared in the notebook: papermill itself only logs a line for an unknown one.

    Raises InputError naming the unknown parameters.
    """
    notebook = nbformat.read(path, as_version=4)
    parameters_cell(notebook, path.name)
    declared = papermill.inspect_notebook(str(path))
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise InputError(
            f"{path.name} has no parameter {', '.join(unknown)}. Its parameters are {', '.join(sorted(declared))}."
        )


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove what differs from run to run (times, random ids, paths), in place: same input, same bytes."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            # papermill draws a new id in each run, and shows the cell even where the rest of the code is folded.
            cell.id = "injected-parameters"
            cell.metadata["tags"] = [*tags, "hide-cell"]
    return notebook


def check_outputs(notebook: nbformat.NotebookNode, name: str) -> None:
    """A published notebook holds no error and no warning.

    Raises BuildError naming the notebook and each cell.
    """
    problems = []
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                problems.append(f"{name}, cell {index} (id {cell.id}): {output.ename}: {output.evalue}")
            elif output.output_type == "stream" and output.name == "stderr":
                problems.append(f"{name}, cell {index} (id {cell.id}) wrote to stderr: {output.text.strip()}")
    if problems:
        raise BuildError("\n".join(problems))


def kernel_config(folder: Path) -> Config:
    """Let the kernel talk through sockets in `folder`: two that start at once may be given the same TCP port."""
    return Config({"KernelManager": {"transport": "ipc", "ip": str(folder / "kernel")}})


def run_notebook(
    template: Path, output: Path, parameters: dict[str, Any], selection: Selection | None, folder: Path | None = None
) -> Path:
    """Execute `template` with `parameters` and write the normalised result to `output` only when it ran without error.

    Cells that the edition cannot have are left out first; without a `selection` all cells run. The kernel starts in
    `folder` (the current one when not given), so that folders can be handed over by names that hold on any machine.
    Raises InputError for a notebook without a parameters cell or with unknown parameters, BuildError naming notebook
    and cell when the run fails.
    """
    logging.getLogger("papermill").setLevel(logging.ERROR)
    check_parameters(template, parameters)
    chosen = nbformat.read(template, as_version=4)
    if selection is not None:
        chosen = leave_out(chosen, selection)
    with tempfile.TemporaryDirectory() as scratch:
        reduced, executed = Path(scratch, "in.ipynb"), Path(scratch, "out.ipynb")
        nbformat.write(chosen, reduced)
        try:
            papermill.execute_notebook(
                reduced,
                executed,
                parameters=parameters,
                kernel_name=KERNEL,
                progress_bar=False,
                execution_timeout=CELL_TIMEOUT,
                extra_arguments=KERNEL_ARGUMENTS,
                cwd=folder,
                config=kernel_config(Path(scratch)),
            )
        except PapermillExecutionError as error:
            first_line = error.source.strip().splitlines()[0] if error.source.strip() else ""
            raise BuildError(
                f"{template.name}, cell {error.cell_index} («{first_line}»): {error.ename}: {error.evalue}"
            ) from None
        notebook = normalise(nbformat.read(executed, as_version=4))
    check_outputs(notebook, template.name)
    output.parent.mkdir(parents=True, exist_ok=True)
    # In one step: a notebook of the second stage may be reading the folder.
    draft = output.with_suffix(".draft")
    nbformat.write(notebook, draft)
    draft.replace(output)
    return output


def folders_read(template: Path) -> set[str]:
    """Which of the folders made during a build a notebook reads: those that it declares as parameters.

    Raises InputError when it has no parameters cell.
    """
    parameters = parameters_cell(nbformat.read(template, as_version=4), template.name)
    return declared_parameters([parameters]) & {EXECUTED_DIR, REGISTERS_DIR}


def stands_alone(template: Path) -> bool:
    """Whether a notebook reads nothing that others have published, and so can run before them."""
    return not folders_read(template)


def run_in_stages(
    templates: list[Path],
    folder: Path,
    parameters: dict[str, Any],
    selection: Selection,
    jobs: int,
    made: Mapping[str, str],
) -> Iterator[Path]:
    """Execute `templates` into `folder`/executed: first those that stand alone, then those that read the others.

    The kernels start in `folder`. `made` names, inside it, the folders that are handed to the notebooks that declare
    them. Yields each template as it is done; raises as `run_notebooks` does, after a stage.
    """
    alone = [template for template in templates if stands_alone(template)]
    others = [template for template in templates if template not in alone]
    for stage in (alone, others):
        if stage:
            yield from run_notebooks(stage, folder / EXECUTED, parameters, selection, jobs, folder, made)


def run_notebooks(
    templates: list[Path],
    target: Path,
    parameters: dict[str, Any],
    selection: Selection,
    jobs: int,
    folder: Path | None = None,
    made: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Path]:
    """Execute `templates` into `target` in `jobs` processes, yielding each template as it is done.

    Each gets `parameters` and those of the folders `made` that it declares. All failures are collected; raises one
    BuildError (or InputError) with every message when all have ended.
    """
    failures: list[Exception] = []
    # A fresh process each: a forked one would share the parent's event loop and sockets with the kernels' client.
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        tasks: dict[Future[Path], Path] = {}
        for template in templates:
            given = parameters | {name: made[name] for name in sorted(folders_read(template) & made.keys())}
            tasks[pool.submit(run_notebook, template, target / template.name, given, selection, folder)] = template
        for task in as_completed(tasks):
            error = task.exception()
            if isinstance(error, BuildError | InputError):
                failures.append(error)
            elif error is not None:
                raise error
            else:
                yield tasks[task]
    if failures:
        message = "\n".join(sorted(str(failure) for failure in failures))
        raise InputError(message) if all(isinstance(f, InputError) for f in failures) else BuildError(message)
