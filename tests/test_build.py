"""The parts of a build: edition files, choice of cells, execution, release."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.editions.edition_files import Edition, edition_years, load_edition
from digikom.errors import BuildError, InputError
from digikom.paths import EDITION_DIR
from digikom.pipeline.chapters import Chapters, run_notebooks
from digikom.pipeline.execution import KERNEL, WARM, check_outputs, normalise, prepare
from digikom.pipeline.pool import run_tasks
from digikom.pipeline.store import Store
from digikom.presence.absences import Lack, explanation, lacks
from digikom.publish import uncapitalised

EDITION = {"year": 2022, "reference_year": 2018, "title": "T", "version": "1", "published": "2026-01-02"}


def edition(**changes: object) -> Edition:
    return Edition.model_validate({**EDITION, **changes})


def test_every_edition_file_is_valid() -> None:
    assert edition_years()
    for year in edition_years():
        assert load_edition(year).year == year


def test_edition_without_reference_year_passes_an_empty_text() -> None:
    assert edition(reference_year=None).parameters == {"target_year": 2022, "reference_year": ""}
    assert edition().parameters == {"target_year": 2022, "reference_year": 2018}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "year: 2022\nreference_year: 2022\ntitle: T\nversion: '1'\npublished: 2026-01-02\n",
            "must be earlier than year 2022",
        ),
        ("year: 2021\ntitle: T\nversion: '1'\npublished: 2026-01-02\n", "says year 2021; expected 2022"),
        ("year: to\ntitle: ''\ncolour: red\nversion: '1'\npublished: i dag\n", "colour"),
        ("a: [1\n", "not valid YAML"),
        ("", "is wrong"),
    ],
)
def test_bad_edition_file_is_one_clear_message(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "2022.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_edition(2022, tmp_path)
    assert said in caught.value.message()
    assert str(tmp_path) not in caught.value.message()


def test_bad_edition_file_lists_every_problem(tmp_path: Path) -> None:
    (tmp_path / "2022.yml").write_text(
        "year: to\ntitle: ''\ncolour: red\nversion: '1'\npublished: i dag\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        load_edition(2022, tmp_path)
    assert len(caught.value.problems) == 4


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


SERVICES = Lack("services", "not_asked", "digitale tjenester", 2023)
STRATEGY = Lack("strategy", "changed", "digitaliseringsstrategi", 2023)
PROJECTS = Lack("projects", "changed", "IKT-prosjekter", 2023)
LATER = Lack("open_data", "later", "åpne data", 2023)


def test_lacks_of_one_kind_share_a_sentence() -> None:
    assert explanation([STRATEGY, SERVICES, PROJECTS]) == (
        "Spørsmålene om digitaliseringsstrategi og IKT-prosjekter hadde nye svaralternativer i 2023, og svarene kan "
        "ikke brukes i indikatorene. Spørsmålene om digitale tjenester ble ikke stilt i 2023. Det som bygger på dem, "
        "er derfor ikke beregnet i denne utgaven."
    )
    question = Lack("reasons", "not_asked", "Hvorfor?", 2018, is_question=True)
    assert explanation([question]) == (
        "Spørsmålet «Hvorfor?» ble ikke stilt i 2018. Det som bygger på det, er derfor ikke beregnet i denne utgaven."
    )
    assert explanation([LATER]) == ""


def test_labels_inside_a_sentence_keep_their_abbreviations() -> None:
    assert uncapitalised("IKT-prosjekter") == "IKT-prosjekter"
    assert uncapitalised("Digitale innkjøp") == "digitale innkjøp"


def lacking(year: int, reference: int | None) -> tuple[set[str], set[str]]:
    """What the reader may be told that an edition lacks, and lacks of the year that it is compared with."""
    found = lacks(year, reference)
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


@pytest.mark.parametrize("engine", [WARM, KERNEL])
def test_run_with_another_year(tmp_path: Path, engine: str) -> None:
    cell = new_code_cell("print(target_year, repr(reference_year))", id="show")
    template = write(tmp_path / "n.ipynb", parameters_cell(), cell)
    before = template.read_bytes()
    outputs = []
    for name in ("a", "b"):
        parameters = {"target_year": 2018, "reference_year": ""}
        run_notebooks([template], tmp_path / name, parameters, engine=engine)
        outputs.append((tmp_path / name / "n.ipynb").read_bytes())
    assert "2018 ''" in outputs[0].decode()
    assert outputs[0] == outputs[1]
    assert template.read_bytes() == before


def test_both_engines_give_the_same_bytes(tmp_path: Path) -> None:
    cells = [
        new_code_cell(EVERY_WAY, id="every"),
        new_code_cell("", id="nothing"),
        new_code_cell("_ is not None", id="last"),
    ]
    template = write(tmp_path / "n.ipynb", parameters_cell(), new_markdown_cell("Tekst", id="text"), *cells)
    made = []
    for engine in (WARM, KERNEL):
        run_notebooks([template], tmp_path / engine, {"target_year": 2018}, engine=engine)
        made.append((tmp_path / engine / "n.ipynb").read_text(encoding="utf-8"))
    assert made[0] == made[1]
    assert "<i>ø</i>" in made[0]


@pytest.mark.parametrize("engine", [WARM, KERNEL])
def test_failure_names_notebook_cell_and_line_and_leaves_nothing(tmp_path: Path, engine: str) -> None:
    bad = write(tmp_path / "bad.ipynb", parameters_cell(), new_code_cell("value = {}\nvalue['missing']", id="boom"))
    worse = write(tmp_path / "worse.ipynb", parameters_cell(), new_code_cell("1 / 0", id="zero"))
    gone = write(
        tmp_path / "gone.ipynb", parameters_cell(), new_code_cell("import os; os.kill(os.getpid(), 9)", id="k")
    )
    target = tmp_path / "out"
    with pytest.raises(BuildError) as caught:
        run_notebooks([bad, worse, gone], target, {"target_year": 2022}, engine=engine)
    assert "bad.ipynb, cell boom, line 2 («value['missing']»): KeyError: 'missing'" in str(caught.value)
    assert "worse.ipynb, cell zero, line 1 («1 / 0»): ZeroDivisionError" in str(caught.value)
    assert "gone.ipynb, cell k: its process ended without an answer" in str(caught.value)
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
    done: list[str] = []
    store = Store(tmp_path / "store")
    for times in ("first", "again"):
        chapters = Chapters(edition(), None, tmp_path / times, store, WARM, done.append, templates)
        run_tasks(dict(chapters.tasks()), 2)
        last = nbformat.read(chapters.finished / "a.ipynb", as_version=4)
        assert last.cells[-1].outputs[0].text == "executed ['b.ipynb']\nFalse\n"
        assert str(tmp_path) not in (chapters.finished / "a.ipynb").read_text(encoding="utf-8")
    assert done == ["b.ipynb", "a.ipynb"] * 2
    assert len(list((store.folder / "notebooks").iterdir())) == 2


def test_papermill_finds_the_engine_by_its_entry_point_without_what_builds() -> None:
    program = (
        "import sys, papermill; from papermill.engines import papermill_engines as engines; "
        "print(engines.get_engine('warm').__module__, sorted({'digikom.pipeline.builds', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["digikom.pipeline.engine", "[]"], done.stderr
