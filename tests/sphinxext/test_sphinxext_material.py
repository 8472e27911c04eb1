"""What a chapter hands over to whoever checks it, and the diagrams of how indicators are computed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sphinxext_books as books
from build_facts import NO_FACTS
from confidential_cases import real_data

from digikom.editions.build_facts import collect_facts, input_files
from digikom.editions.downloads import downloadable, template_of, write_inputs
from digikom.editions.edition_files import load_edition
from digikom.files import sha256
from digikom.paths import DATA_DIR, NOTEBOOK_DIR
from digikom.pipeline import builds
from digikom.pipeline.chapters import Chapters
from digikom.pipeline.store import Store
from digikom.sphinxext import texts

EDITION = {
    "year": 2022,
    "reference_year": 2018,
    "title": "Digitalisering 2022",
    "published": "2026-01-05",
    "version": "1.0",
}
Cells = tuple[dict[str, Any], ...]
WAY = "```{{beregningsvei}} {}\n```\n"


def cell(cell_id: str, source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return books.code(cell_id, *outputs, tags=tags) | {"source": source}


CHAPTER = (
    books.text("tittel", "# Digital aktivitet"),
    cell("parameters", "target_year = 2022\nexecuted_dir = ''", tags=("parameters",)),
    cell(
        "tall",
        "edition = publish.begin(target_year)\nanswers = edition.answers",
        books.output("number", books.number()),
    ),
    books.text("telling", "## Telling\n\nI alt {tall}`areas`."),
    cell(
        "count",
        'answers["areas"] = answers[codebook.items(question="cloud_areas")["column"]].eq("yes").sum()\n'
        'limits = edition.limits("cloud")\n'
        'answers["level"] = pd.cut(answers["areas"], limits)',
        books.output("number", books.number("areas")),
    )
    | {"metadata": {"measures": {"areas": "cloud count", "level": "cloud score"}}},
    cell("hand-over", 'publish.municipalities("m", answers, {"areas": "<script>alert(1)</script>"})'),
)


def book(
    folder: Path, way: str = "cloud", data: Path = DATA_DIR, chapter: Cells = CHAPTER, **config: object
) -> books.Built:
    """A book of one chapter, with the facts of an edition on the answers in `data`."""
    pages = {
        "index.md": "# Forside\n",
        "book/om.md": f"# Beregningsveier\n\n{WAY.format(way)}",
        "notebooks/kap2.ipynb": books.notebook(*chapter),
        "book/vedlegg.md": "# Vedlegg\n",
        "book/keys.csv": "key,kind,notebook,cell,questions\nareas,number,kap2,count,cloud\n",
    }
    settings: dict[str, Any] = {
        "digikom_data_dir": str(data),
        "digikom_edition": EDITION,
        "digikom_facts": collect_facts((2022, 2018), data).model_dump(mode="json"),
    }
    books.write_book(folder, pages, **(settings | config))
    return books.build_here(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    done = book(tmp_path_factory.mktemp("book"), digikom_pdf=["report.pdf", "annex.pdf"])
    assert done.returncode == 0, done.log
    return done


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    """The same on answers that are not to be shown one by one."""
    folder = tmp_path_factory.mktemp("closed")
    done = book(folder / "book", data=real_data(folder))
    assert done.returncode == 0, done.log
    return done


def hrefs(built: books.Built, page: str, selector: str) -> list[str]:
    return [str(link["href"]) for link in built.page(page).select(f"{selector} a[href]")]


def test_a_chapter_ends_with_what_is_needed_to_check_it(built: books.Built) -> None:
    links = [link for link in hrefs(built, "notebooks/kap2.html", ".digikom-material") if not link.startswith("#")]
    assert links[:2] == ["../_sources/notebooks/kap2.ipynb", "../data/maler/kap2.ipynb"]
    assert "../data/grunnlag/survey/2022.csv" in links
    assert all((built.html / "notebooks" / link).is_file() for link in links)
    section = built.page("notebooks/kap2.html").select_one(".digikom-material")
    assert section is not None
    assert section.name == "details"
    assert "digikom open 2022 kap2" in section.get_text()
    assert "De må derfor være kjørt før dette." in section.get_text()
    assert "fortrolige" not in section.get_text()
    assert built.page("book/vedlegg.html").select(".digikom-material") == []
    items = (item.select("code") for item in section.select(".digikom-files li"))
    files = {str(name.string): str(checksum.string) for name, checksum in items}
    assert {"survey/2018.csv", "survey/2022.csv", "method/cut-points.csv", "codebook/items.csv"} <= files.keys()
    # The chapter calls nothing that reads these.
    assert not any(name.startswith(("published/", "boundaries/")) or name == "method/grades.csv" for name in files)
    for name, checksum in files.items():
        copy = built.html / "data" / "grunnlag" / name
        assert copy.read_bytes() == (DATA_DIR / name).read_bytes()
        assert sha256(copy) == checksum


def test_confidential_answers_are_never_copied(closed: books.Built) -> None:
    grounds = closed.html / "data" / "grunnlag"
    assert not (grounds / "survey").exists()
    assert not (grounds / "datapackage.json").exists()
    assert (grounds / "codebook" / "items.csv").is_file()
    rows = (DATA_DIR / "survey" / "2022.csv").read_bytes().splitlines()[1:]
    for path in closed.html.rglob("*"):
        assert not path.is_file() or rows[0] not in path.read_bytes(), path
    section = closed.page("notebooks/kap2.html").select_one(".digikom-material")
    assert section is not None
    assert "Svarene fra den enkelte kommunen er fortrolige og ligger ikke her." in section.get_text()
    # What the answers were is told by their checksums all the same.
    assert collect_facts((2022,), closed.folder.parent / "data").inputs[-1].sha256 in section.get_text()
    assert not any("survey/" in link for link in hrefs(closed, "book/om.html", "ol.digikom-way"))


@pytest.mark.parametrize(("year", "public"), [(2018, False), (2022, False), (2022, True)])
def test_one_confidential_year_holds_back_its_answers_and_the_descriptor(
    tmp_path: Path, year: int, public: bool
) -> None:
    data = tmp_path / "data"
    shutil.copytree(DATA_DIR, data)
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        if resource["path"] == f"survey/{year}.csv":
            resource |= {"status": "real", "municipalities_public": public}
    (data / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    chosen = downloadable(input_files((2018, 2022), data))
    assert (f"survey/{year}.csv" in chosen) == public
    assert ("datapackage.json" in chosen) == public
    assert f"survey/{2018 + 2022 - year}.csv" in chosen


def test_only_what_notebooks_read_is_handed_over() -> None:
    chosen = downloadable(input_files((2018, 2022)))
    folders = {"boundaries", "codebook", "method", "municipalities", "published", "statbank", "survey"}
    assert {name.split("/")[0] for name in chosen} <= {*folders, "datapackage.json"}
    assert not any(name.endswith((".md", ".py", ".yml")) or "/source/" in name for name in chosen)


def test_a_file_that_is_not_the_one_the_edition_is_built_from_is_not_copied(tmp_path: Path) -> None:
    facts = collect_facts((2022, 2018)).model_dump(mode="json")
    for file in facts["inputs"]:
        if file["path"] == "survey/2022.csv":
            file["sha256"] = "0" * 64
    done = book(tmp_path, digikom_facts=facts)
    assert done.returncode == 0, done.log
    assert not (done.html / "data" / "grunnlag" / "survey" / "2022.csv").exists()
    assert (done.html / "data" / "grunnlag" / "survey" / "2018.csv").is_file()


def test_what_a_build_lays_out_is_published_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "maler").mkdir()
    (tmp_path / "maler" / "kap2.ipynb").write_text("{}", encoding="utf-8")
    names = [f"codebook/{name}.csv" for name in ("items", "scales", "blocks", "questions", "series", "absences")]
    write_inputs({name: DATA_DIR / name for name in names}, tmp_path)
    done = book(tmp_path)
    assert done.returncode == 0, done.log
    assert (done.html / "data" / "maler" / "kap2.ipynb").read_text(encoding="utf-8") == "{}"
    copies = done.html / "data" / "grunnlag"
    assert {path.parent.name for path in copies.rglob("*") if path.is_file()} == {"codebook"}


@pytest.mark.parametrize("confidential", [True, False])
def test_a_build_lays_out_the_files_of_the_folder_that_it_reads(tmp_path: Path, confidential: bool) -> None:
    data = str(real_data(tmp_path, municipalities_public=not confidential))
    order = builds.Order(load_edition(2022), data, NO_FACTS)
    order.chapters = Chapters(order.edition, data, tmp_path / "work", Store(tmp_path / "store"))
    builds.book_task(order, builds.Options(), lambda *_: None).prepare()
    source = order.chapters.folder / "book"
    laid_out = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"maler/02_datakilder.ipynb", "grunnlag/codebook/items.csv"} <= laid_out
    assert ("grunnlag/survey/2022.csv" in laid_out) == (not confidential)
    assert ("grunnlag/datapackage.json" in laid_out) == (not confidential)
    assert not any(name.startswith("data/") for name in laid_out)


def test_a_template_has_no_results_and_no_parameters_of_a_run() -> None:
    notebook = nbformat.read(NOTEBOOK_DIR / "02_datakilder.ipynb", as_version=4)
    injected = nbformat.v4.new_code_cell("target_year = 1999", id="injected-parameters")
    injected.metadata["tags"] = ["injected-parameters"]
    run = notebook.copy()
    run.cells = [*notebook.cells, injected]
    text = template_of(run)
    assert text == template_of(notebook)
    bare = nbformat.reads(text, as_version=4)
    nbformat.validate(bare)
    assert [one.source for one in bare.cells] == [one.source for one in notebook.cells]
    assert [one.metadata.get("tags", []) for one in bare.cells] == [
        one.metadata.get("tags", []) for one in notebook.cells
    ]
    assert all(one.outputs == [] and one.execution_count is None for one in bare.cells if one.cell_type == "code")
    assert any(one.outputs for one in notebook.cells if one.cell_type == "code")


def test_the_steps_of_an_indicator(built: books.Built) -> None:
    way = built.page("book/om.html").select_one("ol.digikom-way")
    assert way is not None
    stages = way.find_all("li", recursive=False)
    # No grade is computed in this chapter.
    assert [stage.select("p")[0].get_text() for stage in stages] == ["Svar", "Spørsmål og punkter", "Telling", "Score"]
    text = stages[3].get_text()
    assert (
        "Score\u00a00: 0; score\u00a01: 1–3; score\u00a02: 4–6; score\u00a03: 7–9; score\u00a04: 10 eller flere" in text
    )
    assert "method/cut-points.csv" in text
    assert "«På hvilke områder er det lagt til rette for bruk av nettskytjenester?»" in stages[1].get_text()
    assert "15 punkter i 2022" in stages[1].get_text()
    links = hrefs(built, "book/om.html", "ol.digikom-way")
    assert "../data/grunnlag/survey/2022.csv" in links
    assert "../notebooks/kap2.html#celle-count" in links
    chapter = built.page("notebooks/kap2.html")
    for link in links:
        address, _, anchor = link.partition("#")
        assert (built.html / "book" / address).is_file()
        assert not anchor or chapter.find(id=anchor) is not None


def test_the_pdf_has_the_steps_but_nothing_to_fold_out_or_download(built: books.Built) -> None:
    source = (built.folder / "_build" / "typst" / "report.typ").read_text(encoding="utf-8")
    assert "Beregningsveier" in source
    assert "Digital aktivitet" in source
    assert "Spørsmål og punkter" in source
    assert texts.SHOW_CODE not in source
    assert texts.MATERIAL_TITLE not in source


def test_what_the_notebook_calls_a_column_is_text_on_the_page(built: books.Built) -> None:
    page = built.page("book/om.html")
    assert "<script>alert(1)</script>" in page.select("ol.digikom-way > li")[2].get_text()
    assert not any("alert(1)" in str(script.string) for script in page.select("script"))


def test_an_edition_without_the_questions_gets_one_sentence(tmp_path: Path) -> None:
    chapter = tuple(one | {"outputs": []} if one["id"] == "count" else one for one in CHAPTER)
    done = book(tmp_path, chapter=chapter)
    assert done.returncode == 0, done.log
    page = done.page("book/om.html")
    assert page.select(".digikom-way") == []
    assert "Indikatoren er ikke beregnet i denne utgaven" in page.get_text()


def test_an_indicator_that_the_method_does_not_have_is_a_warning(tmp_path: Path) -> None:
    done = book(tmp_path, way="nothing")
    assert done.returncode != 0
    assert "The method has no indicator 'nothing'." in done.log


def test_code_that_cannot_be_followed_is_a_warning_with_the_cell(tmp_path: Path) -> None:
    pages = {
        "index.md": "# Forside\n",
        "book/om.md": "# Om\n",
        "book/vedlegg.md": "# Vedlegg\n",
        "notebooks/kap2.ipynb": books.notebook(books.text("tittel", "# Kapittel"), cell("magic", "%matplotlib inline")),
    }
    done = books.build_here(books.write_book(tmp_path, pages))
    assert done.returncode != 0
    assert "the code of the cell 'magic' cannot be followed" in done.log
