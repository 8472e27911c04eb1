"""`digikom open`: a notebook with an edition's parameters, which runs from top to bottom as it lies there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import declare_synthetic
from nbclient import NotebookClient
from notebook_runs import published
from typer.testing import CliRunner

from digikom import cli
from digikom.editions.reruns import kernel_environment
from digikom.errors import BuildError, InputError
from digikom.paths import DATA_DIR, PROJECT_ROOT
from digikom.pipeline import workbench
from digikom.pipeline.workbench import command_for, prepare, template_named

QUICK = "02_datakilder"


def parameters(path: Path) -> str:
    cells = nbformat.read(path, as_version=4).cells
    (injected,) = [cell for cell in cells if "injected-parameters" in cell.metadata.get("tags", [])]
    return str(injected.source)


def a_published_edition(site: Path, year: int) -> Path:
    folder = site / str(year) / "_sources" / "notebooks"
    folder.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), folder / f"{QUICK}.ipynb")
    return folder


def test_a_notebook_has_the_parameters_of_the_edition_and_no_results(tmp_path: Path) -> None:
    made = prepare(2018, f"{QUICK}.ipynb", tmp_path, folder=tmp_path / "bench")
    assert made.path == tmp_path / "bench" / "2018" / f"{QUICK}.ipynb"
    assert "target_year = 2018" in parameters(made.path)
    assert 'reference_year = ""' in parameters(made.path)
    cells = nbformat.read(made.path, as_version=4).cells
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells if cell.cell_type == "code")
    again = prepare(2018, QUICK, tmp_path, folder=tmp_path / "again")
    assert made.path.read_bytes() == again.path.read_bytes()


def test_a_prepared_notebook_runs_from_top_to_bottom_and_gives_the_committed_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = prepare(2022, QUICK, tmp_path, folder=tmp_path)
    notebook = nbformat.read(made.path, as_version=4)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(made.path.parent)}}).execute()
    nbformat.write(notebook, made.path)
    assert published(made.path.name, made.path.parent) == published(made.path.name)


def test_chapters_that_read_others_are_led_to_the_published_edition(tmp_path: Path) -> None:
    folder = a_published_edition(tmp_path / "site", 2022)
    made = prepare(2022, "09_endringer", tmp_path / "site", folder=tmp_path / "bench")
    assert made.parameters["executed_dir"] == str(folder)
    assert made.parameters["registers_dir"] == ""
    assert f'executed_dir = "{folder}"' in parameters(made.path)


def test_a_chapter_that_reads_others_needs_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Build it first: digikom build 2023 --site"):
        prepare(2023, "06_avslutning", tmp_path / "site", folder=tmp_path / "bench")
    assert not (tmp_path / "bench").exists()


@pytest.mark.parametrize("name", ["<script>", "", "../notebooks/02_datakilder", "02"])
def test_an_unknown_notebook_is_an_error_that_names_those_there_are(name: str) -> None:
    with pytest.raises(InputError, match=r"02_datakilder, 03_digital_prioritering.*11_kommuner"):
        template_named(name)


def test_an_unknown_year_and_missing_answers(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Editions that exist: 2018"):
        prepare(2019, QUICK, tmp_path, folder=tmp_path)
    with pytest.raises(InputError, match=r"survey/2022\.csv"):
        prepare(2022, QUICK, tmp_path, data_dir=tmp_path, folder=tmp_path)


def test_what_somebody_has_worked_on_is_moved_aside(tmp_path: Path) -> None:
    first = prepare(2022, QUICK, tmp_path, folder=tmp_path)
    assert first.kept is None
    # Results alone are no work.
    run = json.loads(first.path.read_text(encoding="utf-8"))
    run["cells"][0]["metadata"]["seen"] = True
    first.path.write_text(json.dumps(run), encoding="utf-8")
    assert prepare(2022, QUICK, tmp_path, folder=tmp_path).kept is None
    for number, text in enumerate(["changed", "again", "{not JSON"], start=1):
        run["cells"][0]["source"] = text
        first.path.write_text("{" if "{" in text else json.dumps(run), encoding="utf-8")
        kept = prepare(2022, QUICK, tmp_path, folder=tmp_path).kept
        assert kept == tmp_path / "2022" / f"{QUICK}.{number}.ipynb"
        assert ("{" in text) == (kept.read_text(encoding="utf-8") == "{")


def test_answers_elsewhere_are_read_from_there(tmp_path: Path) -> None:
    data = tmp_path / "answers"
    (data / "survey").mkdir(parents=True)
    declare_synthetic(data)
    for year in (2018, 2022):
        shutil.copy(DATA_DIR / "survey" / f"{year}.csv", data / "survey")
    made = prepare(2022, QUICK, tmp_path, data_dir=data, folder=tmp_path / "bench")
    assert made.parameters["data_dir"] == str(data)


def test_jupyterlab_listens_to_this_machine_only(tmp_path: Path) -> None:
    options = ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=8899", "--no-browser", str(tmp_path / "a.ipynb")]
    assert command_for(tmp_path / "a.ipynb", 8899, browser=False) == [sys.executable, "-m", "jupyterlab", *options]
    assert "--no-browser" not in command_for(tmp_path / "a.ipynb")


def test_a_server_that_fails_is_a_build_error() -> None:
    workbench.run_lab([sys.executable, "-c", "import digikom"])
    with pytest.raises(BuildError, match="exit code 3"):
        workbench.run_lab([sys.executable, "-c", "raise SystemExit(3)"])


def test_the_command_prints_what_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = workbench.Prepared(tmp_path / "a b.ipynb", {"target_year": 2022}, tmp_path / "a b.1.ipynb")

    def prepared(*given: object) -> workbench.Prepared:
        assert given == (2022, QUICK, tmp_path, None)
        return made

    ran: list[list[str]] = []
    monkeypatch.setattr(workbench, "prepare", prepared)
    monkeypatch.setattr(workbench, "run_lab", ran.append)
    arguments = ["open", "2022", QUICK, "--site", str(tmp_path)]
    done = CliRunner().invoke(cli.app, [*arguments, "--prepare-only"])
    assert done.exit_code == 0
    assert f"Next: {sys.executable} -m jupyterlab --ServerApp.ip=127.0.0.1 '{made.path}'" in done.stdout
    assert ran == []
    assert CliRunner().invoke(cli.app, [*arguments, "--port", "9000", "--no-browser"]).exit_code == 0
    assert ran == [command_for(made.path, 9000, browser=False)]


def test_the_kernel_is_that_of_this_python_whatever_else_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}', encoding="ascii")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    program = "from jupyter_client.kernelspec import get_kernel_spec as get; print(get('python3').resource_dir)"
    there = kernel_environment(tmp_path / "profile")
    run = subprocess.run([sys.executable, "-c", program], env=there, capture_output=True, text=True, check=True)
    assert run.stdout.startswith(sys.prefix)
    assert there["IPYTHONDIR"] == str(tmp_path / "profile")
