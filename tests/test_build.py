"""The parts of a build: edition files, choice of cells, execution, release."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from digikom.build.editions import Edition, edition_years, load_edition
from digikom.build.execution import check_outputs, check_parameters, normalise, run_notebook, run_notebooks
from digikom.build.release import publish_edition, recover, replace_folder, write_root
from digikom.build.selection import Selection, leave_out, select
from digikom.errors import BuildError, InputError
from digikom.paths import EDITION_DIR

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


def test_cells_that_need_what_is_lacking_are_replaced_by_one_sentence() -> None:
    chosen = leave_out(
        notebook(
            new_markdown_cell("a", id="a"),
            new_code_cell("b", id="b", metadata={"tags": ["needs-services"]}),
            new_markdown_cell("c", id="c", metadata={"tags": ["needs-reference"]}),
            new_code_cell("d", id="d", metadata={"tags": ["needs-services", "needs-reference"]}),
            new_code_cell("e", id="e", metadata={"tags": ["needs-cloud"]}),
        ),
        Selection((("needs-services", "Ikke stilt."), ("needs-reference", ""))),
    )
    assert [(cell.id, cell.source) for cell in chosen.cells] == [
        ("a", "a"),
        ("lacks-services", "Ikke stilt."),
        ("e", "e"),
    ]


def test_selection_of_the_built_in_years() -> None:
    assert select(edition()).lacking == ()
    lacking = dict(select(edition(year=2018, reference_year=None)).lacking)
    assert set(lacking) == {"needs-reference", "needs-boundaries", "needs-reasons_not_tried"}
    assert lacking["needs-reasons_not_tried"].startswith("Spørsmålet «Hvorfor har kommunen ikke forsøkt")
    assert "2018" in lacking["needs-boundaries"]


def test_notebook_must_have_one_parameters_cell(tmp_path: Path) -> None:
    for cells in (
        (new_code_cell("1"),),
        (parameters_cell(), new_code_cell("x = 1", metadata={"tags": ["parameters"]})),
    ):
        with pytest.raises(InputError, match="must have exactly one cell tagged «parameters»"):
            check_parameters(write(tmp_path / "n.ipynb", *cells), {})


def test_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "n.ipynb", parameters_cell())
    check_parameters(path, {"target_year": 2023})
    with pytest.raises(InputError, match=r"n\.ipynb has no parameter target_yaer"):
        check_parameters(path, {"target_yaer": 2023})


def test_outputs_with_errors_or_warnings_are_refused() -> None:
    failed = new_code_cell(
        "1/0", id="bad", outputs=[new_output("error", ename="ZeroDivisionError", evalue="division by zero")]
    )
    warned = new_code_cell("w", id="warned", outputs=[new_output("stream", name="stderr", text="FutureWarning\n")])
    with pytest.raises(BuildError) as caught:
        check_outputs(notebook(failed, warned), "n.ipynb")
    assert "n.ipynb, cell 0 (id bad): ZeroDivisionError" in str(caught.value)
    assert "n.ipynb, cell 1 (id warned) wrote to stderr: FutureWarning" in str(caught.value)


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


def test_run_with_another_year(tmp_path: Path) -> None:
    template = write(
        tmp_path / "n.ipynb", parameters_cell(), new_code_cell("print(target_year, repr(reference_year))", id="show")
    )
    before = template.read_bytes()
    outputs = []
    for name in ("a", "b"):
        made = run_notebook(
            template, tmp_path / name / "n.ipynb", {"target_year": 2018, "reference_year": ""}, Selection(())
        )
        outputs.append(made.read_bytes())
    assert "2018 ''" in nbformat.read(made, as_version=4).cells[-1].outputs[0].text
    assert outputs[0] == outputs[1]
    assert template.read_bytes() == before


def test_failure_names_notebook_and_cell_and_leaves_nothing(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.ipynb", parameters_cell(), new_code_cell("value = {}\nvalue['missing']", id="boom"))
    worse = write(tmp_path / "worse.ipynb", parameters_cell(), new_code_cell("1 / 0", id="zero"))
    target = tmp_path / "out"
    with pytest.raises(BuildError) as caught:
        list(run_notebooks([bad, worse], target, {"target_year": 2022}, Selection(()), jobs=2))
    assert "bad.ipynb, cell 2 («value = {}»): KeyError: 'missing'" in str(caught.value)
    assert "worse.ipynb, cell 2 («1 / 0»): ZeroDivisionError" in str(caught.value)
    assert not target.exists()


def pages(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    (folder / ".buildinfo").write_text("x", encoding="utf-8")
    return folder


def test_publishing_replaces_one_edition_only(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_edition(pages(tmp_path / "first", "a"), site, edition())
    publish_edition(pages(tmp_path / "other", "b"), site, edition(year=2023, reference_year=2022))
    publish_edition(pages(tmp_path / "second", "c"), site, edition())
    assert (site / "2022" / "index.html").read_text() == "c"
    assert (site / "2023" / "index.html").read_text() == "b"
    assert sorted(path.name for path in site.iterdir()) == ["2022", "2023"]
    assert not (site / "2022" / ".buildinfo").exists()


def test_a_replacement_killed_half_way_is_put_right(tmp_path: Path) -> None:
    target = tmp_path / "2022"
    pages(tmp_path / ".2022.old", "old")
    recover(target)
    assert (target / "index.html").read_text() == "old"
    pages(tmp_path / ".2022.old", "older")
    replace_folder(pages(tmp_path / "new", "new"), target)
    assert (target / "index.html").read_text() == "new"
    assert not (tmp_path / ".2022.old").exists()


def test_root_page_lists_published_editions_newest_first(tmp_path: Path) -> None:
    editions = [
        edition(title="<b>Eldst</b>"),
        edition(year=2023, reference_year=2022, title="Nyest"),
        edition(year=2024, title="Ikke bygd"),
    ]
    for year in (2022, 2023):
        pages(tmp_path / str(year), "x")
    page = write_root(tmp_path, editions).read_text(encoding="utf-8")
    assert page.index("Nyest") < page.index("&lt;b&gt;Eldst")
    assert "Ikke bygd" not in page
    assert "2. januar 2026" in page
    assert 'lang="nb"' in page
    assert "http" not in page
