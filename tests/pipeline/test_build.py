"""The parts of a build: edition files, choice of cells, execution, release."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.editions.edition_files import Edition, load_edition
from digikom.errors import BuildError, InputError
from digikom.paths import EDITION_DIR
from digikom.pipeline.chapters import Chapters, run_notebooks
from digikom.pipeline.execution import check_outputs, normalise, prepare
from digikom.pipeline.pool import run_tasks
from digikom.pipeline.store import Store
from digikom.presence.absences import Absence, absences_of, explanation

EDITION = {"year": 2022, "reference_year": 2018, "title": "T", "version": "1", "published": "2026-01-02"}


def edition(**changes: object) -> Edition:
    return Edition.model_validate({**EDITION, **changes})


def test_edition_without_reference_year_passes_an_empty_text() -> None:
    assert edition(reference_year=None).parameters == {"target_year": 2022, "reference_year": ""}
    assert edition().parameters == {"target_year": 2022, "reference_year": 2018}


@pytest.mark.parametrize(
    ("content", "said", "problems"),
    [
        (
            "year: 2022\nreference_year: 2022\ntitle: T\nversion: '1'\npublished: 2026-01-02\n",
            "must be earlier than year 2022",
            1,
        ),
        ("year: 2021\ntitle: T\nversion: '1'\npublished: 2026-01-02\n", "says year 2021; expected 2022", 0),
        ("year: to\ntitle: ''\ncolour: red\nversion: '1'\npublished: i dag\n", "colour", 4),
        ("a: [1\n", "not valid YAML", 1),
        ("a: &a [*a]\n", "expected no alias", 1),
        (
            'year: 2022\ntitle: "a\\eb"\nversion: "1\\n2"\npublished: 2026-01-02\ncorrections:\n'
            '- {date: 2026-01-03, class: alvorlig, version: "1.1", what: "a\\0 \\u202eb"}\n',
            "must not hold control characters (U+0000, U+202E)",
            3,
        ),
        ("", "is wrong", 1),
    ],
)
def test_bad_edition_file_is_one_message_with_every_problem(
    tmp_path: Path, content: str, said: str, problems: int
) -> None:
    (tmp_path / "2022.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_edition(2022, tmp_path)
    assert said in caught.value.message()
    assert len(caught.value.problems) == problems
    assert str(tmp_path) not in caught.value.message()


def test_unknown_edition_names_those_that_exist() -> None:
    with pytest.raises(InputError, match=r"There is no edition file editions/1999\.yml\. Editions that exist: .*2022"):
        load_edition(1999, EDITION_DIR)


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = new_notebook(cells=list(cells))
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def parameters_cell(source: str = "target_year = 2022\nreference_year = 2018\ndata_dir = ''") -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = new_code_cell(source, id="parameters", metadata={"tags": ["parameters"]})
    return cell


def write(path: Path, *cells: nbformat.NotebookNode) -> Path:
    nbformat.write(notebook(*cells), path)
    return path


SERVICES = Absence("services", "not_asked", "digitale tjenester", 2023)
STRATEGY = Absence("strategy", "changed", "digitaliseringsstrategi", 2023)
PROJECTS = Absence("projects", "changed", "IKT-prosjekter", 2023)
LATER = Absence("open_data", "later", "åpne data", 2023)


def test_lacks_of_one_kind_share_a_sentence() -> None:
    assert explanation([STRATEGY, SERVICES, PROJECTS]) == (
        "Spørsmålene om digitaliseringsstrategi og IKT-prosjekter hadde nye svaralternativer i 2023, og svarene kan "
        "ikke brukes i indikatorene. Spørsmålene om digitale tjenester ble ikke stilt i 2023. Det som bygger på dem, "
        "er derfor ikke beregnet i denne utgaven."
    )
    question = Absence("reasons", "not_asked", "Hvorfor?", 2018, is_question=True)
    assert explanation([question]) == (
        "Spørsmålet «Hvorfor?» ble ikke stilt i 2018. Det som bygger på det, er derfor ikke beregnet i denne utgaven."
    )
    assert explanation([LATER]) == ""


def lacking(year: int, reference: int | None) -> tuple[set[str], set[str]]:
    """What the reader may be told that an edition lacks, and lacks of the year that it is compared with."""
    found = absences_of(year, reference)
    return {lack.name for lack in found if not lack.comparison}, {lack.name for lack in found if lack.comparison}


def test_what_the_editions_lack() -> None:
    assert lacking(2022, 2018) == ({"barriers", "other_barriers", "open_data"}, {"reasons_not_tried"})
    assert lacking(2018, None) == (
        {"barriers", "other_barriers", "open_data", "reasons_not_tried", "boundaries"},
        set(),
    )
    lacked, compared = lacking(2023, 2022)
    assert {"strategy", "projects", "services", "functions", "cloud", "procurement"} <= lacked
    assert not lacked & {"recruitment", "open_data", "boundaries"}
    assert "open_data" in compared
    lacked, compared = lacking(2024, 2023)
    assert "boundaries" in lacked
    assert "competence" in compared - lacked


def test_notebook_must_have_one_parameters_cell(tmp_path: Path) -> None:
    for cells in (
        (new_code_cell("1"),),
        (parameters_cell(), new_code_cell("x = 1", metadata={"tags": ["parameters"]})),
    ):
        with pytest.raises(InputError, match="must have exactly one cell tagged «parameters»"):
            prepare(write(tmp_path / "n.ipynb", *cells), {})


def test_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", parameters_cell())
    prepare(path, {"target_year": 2023})
    with pytest.raises(InputError, match=r"n\.ipynb has no parameter target_yaer"):
        prepare(path, {"target_yaer": 2023})


def test_outputs_with_errors_or_warnings_are_refused() -> None:
    failed = new_code_cell(
        "1/0", id="bad", outputs=[new_output("error", ename="ZeroDivisionError", evalue="division by zero")]
    )
    warned = new_code_cell("w", id="warned", outputs=[new_output("stream", name="stderr", text="FutureWarning\n")])
    with pytest.raises(BuildError) as caught:
        check_outputs(notebook(failed, warned), "n.ipynb")
    assert "n.ipynb, cell bad: ZeroDivisionError" in str(caught.value)
    assert "n.ipynb, cell warned wrote to stderr: FutureWarning" in str(caught.value)


def test_normalised_notebook_has_nothing_of_the_run() -> None:
    cell = new_code_cell(
        "x",
        metadata={
            "papermill": {"duration": 1},
            "execution": {"iopub.execute_input": "now"},
            "tags": ["injected-parameters"],
        },
    )
    made = notebook(cell)
    made.metadata["papermill"] = {"start_time": "now"}
    normalise(made)
    assert "papermill" not in made.metadata
    assert cell.metadata == {"tags": ["injected-parameters", "hide-cell"]}
    assert cell.id == "injected-parameters"


#: What a cell can show, in each way that a notebook of the report might.
EVERY_WAY = """import sys
from IPython.display import HTML, display, update_display
import pandas as pd
print("a"); print("b", end="")
display(HTML("<b>æ</b>"), display_id="x")
display({"application/vnd.digikom.number+json": {"key": "a"}, "text/plain": "a"}, raw=True)
update_display(HTML("<i>ø</i>"), display_id="x")
print(__name__, "__file__" in globals(), target_year)
pd.DataFrame([[i * 1000 for i in range(30)]])"""


def test_run_with_another_year_in_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cell = new_code_cell(
        "import os; print(target_year, repr(reference_year), os.path.basename(os.getcwd()))", id="show"
    )
    template = write(tmp_path / "n.ipynb", parameters_cell(), cell)
    before = template.read_bytes()
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        parameters = {"target_year": 2018, "reference_year": ""}
        run_notebooks([template], Path(name), parameters, folder=tmp_path / "there")
    outputs = [(tmp_path / name / "n.ipynb").read_bytes() for name in ("a", "b")]
    assert "2018 '' there" in outputs[0].decode()
    assert outputs[0] == outputs[1]
    assert template.read_bytes() == before


def test_cells_show_what_they_show_in_a_jupyter_kernel(tmp_path: Path) -> None:
    cells = [
        new_code_cell(EVERY_WAY, id="every"),
        new_code_cell("", id="nothing"),
        new_code_cell("_ is not None", id="last"),
    ]
    template = write(tmp_path / "n.ipynb", parameters_cell(), new_markdown_cell("Tekst", id="text"), *cells)
    run_notebooks([template], tmp_path / "out", {"target_year": 2018})
    by_kernel = prepare(template, {"target_year": 2018})
    NotebookClient(by_kernel, kernel_name="python3", coalesce_streams=True, record_timing=False).execute()
    shown = nbformat.read(tmp_path / "out" / "n.ipynb", as_version=4)
    assert shown.cells == by_kernel.cells
    assert "<i>ø</i>" in str(shown.cells)


def test_failure_names_notebook_cell_and_line_and_leaves_nothing(tmp_path: Path) -> None:
    sources = {
        "bad": "value = {}\nvalue['missing']",
        "worse": "def divide():\n    return 1 / 0\n\ndivide()",
        "wrong": "x = 1\ny = = 2",
        "gone": "import os; os.kill(os.getpid(), 9)",
    }
    notebooks = [
        write(tmp_path / f"{name}.ipynb", parameters_cell(), new_code_cell(source, id="c"))
        for name, source in sources.items()
    ]
    target = tmp_path / "out"
    with pytest.raises(BuildError) as caught:
        run_notebooks(notebooks, target, {"target_year": 2022})
    for message in (
        "bad.ipynb, cell c, line 2 («value['missing']»): KeyError: 'missing'",
        "worse.ipynb, cell c, line 4 («divide()»): ZeroDivisionError",
        "wrong.ipynb, cell c, line 2 («y = = 2»): SyntaxError",
        "gone.ipynb, cell c: its process ended without an answer",
    ):
        assert message in str(caught.value)
    assert not target.exists()


def test_notebooks_that_read_the_others_run_after_them(tmp_path: Path) -> None:
    reading = (
        "from pathlib import Path\nprint(executed_dir, sorted(p.name for p in Path(executed_dir).iterdir()))\n"
        "print('Tekst' in Path(executed_dir, 'b.ipynb').read_text())"
    )
    given = "target_year = 2022\nreference_year = 2018\ndata_dir = ''"
    templates = [
        write(tmp_path / "a.ipynb", parameters_cell(f"{given}\nexecuted_dir = ''"), new_code_cell(reading, id="read")),
        write(
            tmp_path / "b.ipynb", parameters_cell(given), new_markdown_cell("Tekst", id="t"), new_code_cell("1", id="o")
        ),
    ]
    done: list[tuple[object, ...]] = []

    def report(*step: object) -> None:
        done.append(step)

    store = Store(tmp_path / "store")
    for times in ("first", "again"):
        chapters = Chapters(edition(), None, tmp_path / times, store, report, templates)
        run_tasks(dict(chapters.tasks()), 2)
        last = nbformat.read(chapters.finished / "a.ipynb", as_version=4)
        assert last.cells[-1].outputs[0].text == "executed ['b.ipynb']\nFalse\n"
        assert str(tmp_path) not in (chapters.finished / "a.ipynb").read_text(encoding="utf-8")
    assert done == [(2022, "b.ipynb", 1, 2), (2022, "a.ipynb", 2, 2)] * 2
    assert len(list((store.folder / "notebooks").iterdir())) == 2
