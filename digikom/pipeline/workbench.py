"""One notebook of one edition, ready to be gone through in JupyterLab.

It is the template with the edition's parameters and without the cells that the edition leaves out, as a build executes
it, but without results. It lies in `_build/workbench/<year>/`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from digikom import survey
from digikom.editions.edition_files import Edition, earlier_editions, load_edition
from digikom.editions.layout import EXECUTED
from digikom.editions.reruns import kernel_environment
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT, WORKBENCH_DIR
from digikom.pipeline import execution
from digikom.pipeline.chapters import templates, write_registers
from digikom.pipeline.execution import folders_read
from digikom.publish.number_registers import REGISTERS_DIR
from digikom.publish.published import EXECUTED_DIR
from digikom.scratch import scratch
from digikom.stopping import Stopped

#: JupyterLab listens to this machine only.
ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notebook that is ready. `parameters` is what was put in, `kept` where an earlier, changed one was moved to."""

    path: Path
    parameters: dict[str, Any]
    kept: Path | None


def template_named(name: str) -> Path:
    """The notebook of that name, with or without `.ipynb`. Raises InputError with the names that there are."""
    known = {path.stem: path for path in templates()}
    stem = name.removesuffix(".ipynb")
    if stem not in known:
        raise InputError(f"There is no notebook {stem!r}. Notebooks that exist: {', '.join(known)}.")
    return known[stem]


def prepare(year: int, name: str, site: Path, data_dir: Path | None = None, folder: Path = WORKBENCH_DIR) -> Prepared:
    """Write the notebook `name` of the edition of `year` to `folder`/<year>/.

    A chapter that reads what others have published reads the edition in `site`; one that compares editions reads the
    project's number registers, or those of the answers in `data_dir`, which are computed where they are not kept from a
    build. A notebook that lies there with other code or parameters is moved aside. Raises InputError and BuildError.
    """
    template = template_named(name)
    edition = load_edition(year)
    data = str(data_dir.resolve()) if data_dir is not None else edition.data_folder
    for needed in edition.years:
        survey.load(needed, data)
    parameters = {**edition.parameters, "data_dir": data or "", **_folders(template, edition, data, site, folder)}
    notebook = execution.prepare(template, parameters)
    path = folder / str(year) / template.name
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = _set_aside(path, notebook)
    nbformat.write(notebook, path)
    return Prepared(path, parameters, kept)


def _folders(template: Path, edition: Edition, data: str | None, site: Path, folder: Path) -> dict[str, str]:
    """The folders of results that the notebook reads, as parameters."""
    read = folders_read(template)
    folders: dict[str, str] = {}
    if EXECUTED_DIR in read:
        published = (site / str(edition.year) / EXECUTED).resolve()
        if not any(published.glob("*.ipynb")):
            raise InputError(
                f"{template.stem} reads what the other chapters of the edition have published, and there is none in "
                f"{site}. Build it first: digikom build {edition.year} --site {site}"
            )
        folders[EXECUTED_DIR] = str(published)
    if REGISTERS_DIR in read:
        # An empty text means the registers in the project's own data.
        folders[REGISTERS_DIR] = ""
        if data is not None:
            registers = (folder / str(edition.year) / "registers").resolve()
            with scratch() as work:
                write_registers(earlier_editions(edition.year, data), registers, data, work)
            folders[REGISTERS_DIR] = str(registers)
    return folders


def _set_aside(path: Path, notebook: nbformat.NotebookNode) -> Path | None:
    """Move a notebook with other code or parameters, which somebody may have worked on, out of the way."""
    if not path.is_file():
        return None
    try:
        before = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    except (ValueError, OSError):
        before = []
    if before == [cell.source for cell in notebook.cells]:
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}.{number}.ipynb")).exists():
        number += 1
    return path.replace(kept)


def command_for(path: Path, port: int | None = None, *, browser: bool = True) -> list[str]:
    """The command that opens a notebook in the JupyterLab of this environment, reachable from this machine only."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.ip={ADDRESS}"]
    if port is not None:
        command.append(f"--ServerApp.port={port}")
    if not browser:
        command.append("--no-browser")
    return [*command, str(path)]


def run_lab(command: list[str]) -> None:
    """Run JupyterLab until it is stopped. Raises BuildError when it ends by itself with an error."""
    path = os.pathsep.join(filter(None, (str(PROJECT_ROOT), os.environ.get("PYTHONPATH", ""))))
    # The kernel starts in the notebook's folder and must find this very package.
    try:
        with scratch() as profile:
            there = {**kernel_environment(profile), "PYTHONPATH": path}
            code = subprocess.run(command, env=there, check=False).returncode
    except Stopped:
        return
    if code != 0:
        raise BuildError(f"JupyterLab ended with exit code {code}.")
