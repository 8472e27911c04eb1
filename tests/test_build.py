"""The parts of a build: edition files, choice of cells, execution, release."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.build.chapters import Chapters, run_notebooks
from digikom.build.editions import Edition, edition_years, load_edition
from digikom.build.execution import KERNEL, WARM, check_outputs, normalise, prepare
from digikom.build.pool import run_tasks
from digikom.build.selection import Lack, Selection, explanation, leave_out, select
from digikom.build.store import Store
from digikom.errors import BuildError, InputError
from digikom.paths import EDITION_DIR, PROJECT_ROOT
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


def tagged(cell_id: str, *tags: str) -> nbformat.NotebookNode:
    cell: nbformat.NotebookNode = new_markdown_cell(cell_id, id=cell_id, metadata={"tags": list(tags)})
    return cell


SERVICES = Lack("services", "not_asked", "digitale tjenester", 2023)
STRATEGY = Lack("strategy", "changed", "digitaliseringsstrategi", 2023)
PROJECTS = Lack("projects", "changed", "IKT-prosjekter", 2023)
LATER = Lack("open_data", "later", "åpne data", 2023)
NO_REFERENCE = Lack("reference", "reference", "", 2023)
NOT_COMPARED = Lack("competence", "unknown", "manglende kompetanse", 2022, comparison=True)


def test_cells_that_need_what_is_lacking_are_replaced_by_one_paragraph() -> None:
    chosen = leave_out(
        notebook(
            tagged("a"),
            tagged("b", "needs-services"),
            tagged("c", "needs-reference"),
            tagged("d"),
            tagged("e", "needs-services", "needs-reference"),
            tagged("f", "needs-cloud"),
            tagged("g", "needs-open_data"),
        ),
        Selection((SERVICES, NO_REFERENCE, LATER)),
    )
    assert [(cell.id, cell.source) for cell in chosen.cells] == [
        ("a", "a"),
        (
            "lacks-services",
            "Spørsmålene om digitale tjenester ble ikke stilt i 2023. "
            "Det som bygger på dem, er derfor ikke beregnet i denne utgaven.",
        ),
        ("d", "d"),
        ("f", "f"),
    ]


def test_a_comparison_needs_the_question_in_both_years() -> None:
    chosen = leave_out(
        notebook(tagged("now", "needs-competence"), tagged("change", "needs-competence", "needs-reference")),
        Selection((NOT_COMPARED,)),
    )
    assert [cell.id for cell in chosen.cells] == ["now", "not-compared-competence"]
    assert chosen.cells[1].source == (
        "Vi har ingen tall for spørsmålene om manglende kompetanse i 2022, så utviklingen siden da er ikke beregnet."
    )


def test_what_takes_the_place_of_something_lacking_is_kept_only_then() -> None:
    cells = notebook(tagged("map", "needs-boundaries"), tagged("counties", "lacks-boundaries"))
    assert [cell.id for cell in leave_out(notebook(*cells.cells), Selection(())).cells] == ["map"]
    without = leave_out(cells, Selection((Lack("boundaries", "boundaries", "", 2024),)))
    assert [cell.id for cell in without.cells] == ["lacks-boundaries", "counties"]
    assert "fylkene står i en tabell" in without.cells[0].source


def test_a_map_of_something_lacking_is_not_missed() -> None:
    cells = notebook(tagged("map", "needs-strategy", "needs-boundaries"))
    chosen = leave_out(cells, Selection((STRATEGY, Lack("boundaries", "boundaries", "", 2024))))
    assert [cell.id for cell in chosen.cells] == ["lacks-strategy"]
    assert "kommunegrenser" not in chosen.cells[0].source


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
    assert explanation([LATER, NO_REFERENCE]) == ""


def test_labels_inside_a_sentence_keep_their_abbreviations() -> None:
    assert uncapitalised("IKT-prosjekter") == "IKT-prosjekter"
    assert uncapitalised("Digitale innkjøp") == "digitale innkjøp"


def test_selection_of_the_editions() -> None:
    default = select(edition()).availability
    of_first_year = {"strategy_services_citizens", "strategy_services_business"}
    blocks = {"barriers", "open_data", "other_barriers"}
    assert default.lacking - {"real"} == blocks | of_first_year
    assert default.not_comparable == {"reasons_not_tried", "strategy_common_solutions"}
    first = select(edition(year=2018, reference_year=None)).availability
    of_later_years = {"strategy_common_solutions", "strategy_seamless_services"}
    assert first.lacking - {"real"} == (
        blocks | of_later_years | {"reference", "boundaries", "earlier", "reasons_not_tried"}
    )
    assert first.not_comparable == set()
    reduced = select(edition(year=2023, reference_year=2022)).availability
    assert {"strategy", "projects", "services", "functions", "cloud", "procurement"} <= reduced.lacking
    assert not reduced.lacking & {"recruitment", "open_data", "boundaries", "reference"}
    assert "open_data" in reduced.not_comparable
    latest = select(edition(year=2024, reference_year=2023)).availability
    assert "boundaries" in latest.lacking
    assert "competence" in latest.not_comparable - latest.lacking


def test_configuration_says_what_the_default_edition_lacks() -> None:
    """`jupyter-book build .` has no other way to know which cells of the committed notebooks to leave out."""
    config = yaml.safe_load((PROJECT_ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    default = select(edition()).availability
    assert set(config["digikom_lacking"]) == default.lacking
    assert set(config["digikom_not_comparable"]) == default.not_comparable


def test_notebook_must_have_one_parameters_cell(tmp_path: Path) -> None:
    for cells in (
        (new_code_cell("1"),),
        (parameters_cell(), new_code_cell("x = 1", metadata={"tags": ["parameters"]})),
    ):
        with pytest.raises(InputError, match="must have exactly one cell tagged «parameters»"):
            prepare(write(tmp_path / "n.ipynb", *cells), {}, None)


def test_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", parameters_cell())
    prepare(path, {"target_year": 2023}, None)
    with pytest.raises(InputError, match=r"n\.ipynb has no parameter target_yaer"):
        prepare(path, {"target_yaer": 2023}, None)


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
        run_notebooks([template], tmp_path / name, parameters, Selection(()), engine=engine)
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
        run_notebooks([template], tmp_path / engine, {"target_year": 2018}, Selection(()), engine=engine)
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
        run_notebooks([bad, worse, gone], target, {"target_year": 2022}, Selection(()), engine=engine)
    assert "bad.ipynb, cell boom, line 2 («value['missing']»): KeyError: 'missing'" in str(caught.value)
    assert "worse.ipynb, cell zero, line 1 («1 / 0»): ZeroDivisionError" in str(caught.value)
    assert "gone.ipynb, cell k: its process ended without an answer" in str(caught.value)
    assert not target.exists()


def test_refreshing_keeps_every_cell(tmp_path: Path) -> None:
    template = write(tmp_path / "n.ipynb", parameters_cell(), tagged("m", "needs-x"), tagged("c", "lacks-boundaries"))
    run_notebooks([template], tmp_path, {}, None)
    assert [cell.id for cell in nbformat.read(template, as_version=4).cells] == ["parameters", "m", "c"]


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
        "print(engines.get_engine('warm').__module__, sorted({'digikom.build', 'pandas'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["digikom.engine", "[]"], done.stderr
