"""The PDF files of an edition: those of a small book, and those of the edition that rebuilds the printed report."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import sphinxext_books as books
import yaml
from docutils import nodes
from pdf_reading import Pdf
from sphinx.builders import Builder

from digikom.editions.identity import EditionFacts
from digikom.errors import BuildError
from digikom.pdf import file_names, labels, make_pdfs, unavailable
from digikom.pdf.translator import Translator
from digikom.pipeline import assembly
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.sphinxext import texts

TITLE = "Kommunene i tall"
FILES = ("kommunene-i-tall.pdf", "kommunene-i-tall-teknisk-vedlegg.pdf")
SAMI = "Kárášjohka, Unjárga, Guovdageaidnu, áčđŋšŧž ÁČĐŊŠŦŽ"
#: Whatever means something to Typst, in text, in code and in a title.
NASTY = "Kommunen <script> #panic(«x») $a_1$ *fet* _kursiv_ @ref ~ \\ [x] {y} // z /* æ */ `kode`"
MARKDOWN = re.sub(r"([\\`*_{}\[\]()#+.!<$~@])", r"\\\1", NASTY)
ADDRESS = f"https://www.ssb.no/{'lang-' * 30}adresse"
CHECKSUM = "0123456789abcdef" * 4
ALT = books.figure()["alt"]

CHAPTER = books.notebook(
    books.text(
        "tittel",
        f"# Digital prioritering\n\n{MARKDOWN}. {SAMI}\n\nI alt hadde {{tall}}`projects-planned` planlagt prosjekter, "
        "og {ord}`projects-change` enn før. Se {numref}`project-areas`, {numref}`project-table`, {numref}`long-table`, "
        f"[sammendraget](../book/abstract.md), [vedlegget](../book/vedlegg.md), [adressen]({ADDRESS}) og <{ADDRESS}>.",
    ),
    books.code("tall", books.output("number", books.number()), tags=("hide-cell",)),
    books.code("ord", books.output("wording", books.wording()), tags=("hide-input",)),
    books.text("under", f"## Strategier\n\n```{{container}} digikom-screen\nTrykk her.\n```\n\n### {MARKDOWN}"),
    books.code("figur", books.frame_output("<p>mellomregning</p>"), books.output("figure", books.figure())),
    books.code("kart", books.output("figure", books.map_figure()), tags=("hide-input",)),
    books.code("tabell", books.output("table", books.table()), tags=("hide-output",)),
)
LONG = books.table("long-table", caption="En lang tabell", total_row=False) | {"rows": books.ROWS * 70}
PAGES = {
    "index.md": "# Forside\n\nVelkommen.\n\n```{pdf-lenke}\n```\n",
    "book/abstract.md": "---\nlang: en\n---\n\n# Abstract\n\nSee {numref}`project-areas`.\n\n"
    "```{admonition} Note\n:class: warning\nSynthetic.\n```\n\n- a point\n- {tall}`projects-planned|en`\n",
    "notebooks/kap2.ipynb": CHAPTER,
    "book/vedlegg.md": f"# Vedlegg\n\nSe {{numref}}`project-areas` og {{cite:p}}`agenda`.\n\n`{CHECKSUM}`\n\n"
    '```sh\nmake "book"\n```\n\n> Sitat.\n\n1. én\n2. to\n\n| Tegn | Tall |\n|---|---:|\n| a | 1 |\n\n'
    "```{glossary}\nord\n  Betydningen.\n```\n",
    "notebooks/kap3.ipynb": books.notebook(
        books.text("tittel", "# Tall for tall"), books.code("lang", books.output("table", LONG))
    ),
    "book/alle_tall.md": "# Alle tall\n\n```{alle-tall}\n```\n",
    "book/referanser.md": "# Referanser\n\n```{bibliography}\n```\n",
    "book/tilgjengelighet.md": "# Tilgjengelighetserklæring\n",
}
TOC = {
    "format": "jb-book",
    "root": "index",
    "parts": [
        {"chapters": [{"file": "book/abstract"}]},
        {"caption": "Rapporten", "numbered": 2, "chapters": [{"file": "notebooks/kap2"}]},
        {"caption": "Kontroll", "numbered": 2, "chapters": [{"file": "notebooks/kap3"}]},
        {
            "caption": "Om rapporten",
            "chapters": [
                {"file": f"book/{name}"} for name in ("vedlegg", "alle_tall", "tilgjengelighet", "referanser")
            ],
        },
    ],
}
FACTS = {"year": 2001, "title": TITLE, "published": "2002-03-04", "version": "9.8.7"}


def write(folder: Path, status: str = "synthetic") -> Path:
    """The small book, with answers of that status."""
    pages = {name: page.replace('"synthetic"', f'"{status}"') for name, page in PAGES.items()}
    facts = EditionFacts.model_validate(FACTS).model_dump(mode="json", by_alias=True)
    return books.write_book(folder, pages, TOC, digikom_pdf=list(FILES), digikom_edition=facts)


def typst(built: books.Built) -> Path:
    """The folder of the Typst documents."""
    return built.folder / "_build" / "typst"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    done = books.build_here(write(tmp_path_factory.mktemp("utgave") / "bok"))
    assert done.returncode == 0, done.log
    assert [path.name for path in make_pdfs(typst(done), done.html, TITLE)] == list(FILES) == list(file_names(TITLE))
    return done


@pytest.fixture(scope="module")
def report(built: books.Built) -> Pdf:
    return Pdf(built.html / FILES[0])


@pytest.fixture(scope="module")
def annex(built: books.Built) -> Pdf:
    return Pdf(built.html / FILES[1])


def text_of(pdf: Pdf) -> str:
    return " ".join(pdf.pages)


def test_the_files_say_what_they_are(report: Pdf, annex: Pdf) -> None:
    for pdf, title, subject in (
        (report, TITLE, labels.REPORT_SUBJECT),
        (annex, labels.annex_title(TITLE), labels.ANNEX_SUBJECT),
    ):
        assert str(pdf.catalog["/MarkInfo"]["/Marked"]) == "True"
        assert pdf.catalog["/Lang"] == "nb"
        assert str(pdf.catalog["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"
        assert re.search(r"pdfuaid:part\W+1\b", pdf.metadata)
        about = pdf.reader.metadata
        assert about is not None
        assert (about.title, about.author, about.subject) == (title, labels.AUTHOR, subject)
        assert str(about["/Keywords"]) == ", ".join(labels.KEYWORDS)
        assert str(about["/CreationDate"]) == str(about["/ModDate"]) == "D:20020304000000Z"
        assert title in pdf.pages[0]
        assert "Versjon 9.8.7. Publisert 4. mars 2002" in pdf.pages[0]


def test_bookmarks_are_the_headings_with_the_numbers_of_the_book(report: Pdf, annex: Pdf) -> None:
    lists = [(1, labels.CONTENTS), (1, labels.FIGURES), (1, labels.TABLES)]
    assert report.bookmarks == [
        *lists,
        (1, "Abstract"),
        (1, "1 Digital prioritering"),
        (2, "1.1 Strategier"),
        (3, NASTY),
        (1, "Referanser"),
    ]
    # The annex has no figure, so no list of figures.
    assert annex.bookmarks == [
        lists[0],
        lists[2],
        *[(1, title) for title in ("2 Tall for tall", "Vedlegg", "Alle tall", "Referanser")],
    ]


def test_only_what_a_reader_of_paper_needs_is_there(report: Pdf, annex: Pdf) -> None:
    said = text_of(report)
    for absent in (
        "publish(",
        "Vis ",
        "Last ned",
        "Lenke til",
        "Velkommen",
        "mellomregning",
        "Trykk her",
        "Ordvalg",
        texts.USED_IN,
        texts.TRACE,
    ):
        assert absent not in said
    # The numbers of the figure are those of the table, and stand nowhere else.
    assert said.count("71,3") == 1
    assert "Prosent av kommunene" in said
    for there in (
        "93,2 prosent planlagt",
        "flere enn før",
        "93.2 per cent",
        "0: ingen",
        "4 & mer",
        "<fellesløsninger>",
        SAMI,
        NASTY,
    ):
        assert there in said
    assert "Tilgjengelighetserklæring" not in said + text_of(annex)


def test_all_text_comes_out_as_it_stands(annex: Pdf) -> None:
    said = text_of(annex)
    for there in ('make "book"', "Sitat.", "1. én", "ord Betydningen."):
        assert there in said
    # A checksum may be divided between lines, with nothing put in.
    assert CHECKSUM in said.replace(" ", "")


def test_all_numbers_are_a_table_and_long_tables_give_way_to_the_address_of_their_file(annex: Pdf) -> None:
    said = text_of(annex)
    assert labels.long_table(210, "data/tabell-2-1.csv") in said
    assert "Grønn IKT" not in said
    assert "Andel kommuner som hadde planlagt IKT-prosjekter 93,2 prosent 354 2022 projects-planned" in said


def test_links_lead_to_their_place_or_are_plain_text(report: Pdf, annex: Pdf) -> None:
    for pdf in (report, annex):
        links = [link for page in range(len(pdf.pages)) for link in pdf.links(page)]
        assert {str(link["/Dest"]) for link in links if isinstance(link.get("/Dest"), str)} <= set(pdf.places)
        assert [link for link in links if not str(link["/Contents"]).strip()] == []
    chapter = report.places["notebooks.kap2:digital-prioritering"]
    links = list(report.links(chapter))
    assert {str(link["/A"]["/URI"]) for link in links if "/A" in link} == {ADDRESS}
    told = [re.sub(r"\s", " ", str(link["/Contents"])) for link in links if "/Dest" in link]
    for there in (
        f"Figur 1.1, side {page_of(report, 'Figur 1.1 ') + 1}",
        f"Tabell 1.1, side {page_of(report, 'Tabell 1.1 ') + 1}",
        f"Abstract, side {report.places['book.abstract:abstract'] + 1}",
    ):
        assert there in told
    assert not any("Vedlegg" in each or "Tabell 2.1" in each for each in told)
    # What is in the other file is named all the same.
    for there in ("Tabell 2.1", "vedlegget"):
        assert there in report.pages[chapter]
    assert "Se Figur 1.1 og (Hansen mfl., 2016)" in text_of(annex)
    assert any("Referanser" in annex.pages[page] for page in range(len(annex.pages)))


def page_of(pdf: Pdf, caption: str) -> int:
    """The last page with this text, counted from 0: the lists of figures and tables come first."""
    return max(page for page, said in enumerate(pdf.pages) if caption in said.replace("\u00a0", " "))


def test_lists_of_figures_and_tables_have_captions_and_pages(report: Pdf) -> None:
    lists = report.pages[1].replace("\u00a0", " ")
    for caption in (
        "Figur 1.1 Områder i strategien. 2018 og 2022",
        "Figur 1.2 De fleste har høy grad",
        "Tabell 1.1 Områder i strategien",
    ):
        entry = re.search(rf"{re.escape(caption)}[ .]+(\d+)", lists)
        assert entry is not None, caption
        assert int(entry.group(1)) == page_of(report, caption) + 1
    # The lines under a figure's title are not repeated.
    assert SYNTHETIC_MARK not in lists.replace(SYNTHETIC_MARK, "", 1)


def test_pages_have_numbers_and_the_synthetic_mark(report: Pdf, annex: Pdf) -> None:
    for pdf in (report, annex):
        for index, said in enumerate(pdf.pages, start=1):
            assert f"Side {index} av {len(pdf.pages)}" in said
            assert SYNTHETIC_MARK in said
        assert labels.SYNTHETIC_NOTICE in pdf.pages[0]


def test_real_answers_have_no_mark(tmp_path: Path) -> None:
    done = books.build_here(write(tmp_path / "bok", status="real"))
    assert done.returncode == 0, done.log
    said = " ".join(text_of(Pdf(path)) for path in make_pdfs(typst(done), done.html, TITLE))
    assert "yntetisk" not in said
    assert TITLE in said


def test_figures_have_alternative_texts_and_tables_headers(report: Pdf, annex: Pdf) -> None:
    assert [str(figure["/Alt"]) for figure in report.tagged("Figure")] == [ALT, "Kart: 2 kommuner."]
    for pdf in (report, annex):
        assert pdf.faults_of_content() == []
        assert len(pdf.tagged("TH")) > 0
        for cell in pdf.tagged("TD"):
            headers = [entry["/Headers"] for entry in cell["/A"] if "/Headers" in entry]
            assert [len(names) > 0 for names in headers] == [True]
    levels = [int(str(heading["/S"])[2:]) for heading in report.tagged("H1", "H2", "H3")]
    assert levels == [1, 1, 1, 1, 1, 2, 3, 1]


def test_a_chapter_in_english_says_so(report: Pdf) -> None:
    english = [element for element in report.elements if element.get("/Lang") == "en"]
    assert english
    pages = {page.indirect_reference: number for number, page in enumerate(report.reader.pages)}
    assert {pages[element.raw_get("/Pg")] for element in english if "/Pg" in element} == {
        report.places["book.abstract:abstract"]
    }


def test_no_font_of_the_machine_takes_part(report: Pdf, annex: Pdf) -> None:
    assert report.fonts == {"FiraGO-Regular", "FiraGO-Bold"}
    assert annex.fonts == {"FiraGO-Regular", "FiraGO-Bold", "FiraMono-Regular"}


def test_place_time_zone_locale_and_hash_seed_leave_no_trace(built: books.Built, tmp_path: Path) -> None:
    again = books.build(
        write(tmp_path / "et annet sted"),
        TZ="Pacific/Auckland",
        LANG="tr_TR.UTF-8",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="4711",
        HOME=str(tmp_path),
    )
    assert again.returncode == 0, again.log
    for path in make_pdfs(typst(again), again.html, TITLE):
        assert path.read_bytes() == (built.html / path.name).read_bytes()
        assert str(tmp_path).encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Synthetic.", "\U00013000", "\U00013000"),
        (f'"{ALT.replace(chr(34), chr(92) + chr(34))}"', "none", "missing alt text"),
        ("project-areas.svg", "borte.svg", "file not found"),
    ],
)
def test_what_would_be_wrong_in_the_file_is_an_error(
    built: books.Built, tmp_path: Path, before: str, after: str, said: str
) -> None:
    folder = tmp_path / "typst"
    shutil.copytree(typst(built), folder)
    source = (folder / FILES[0]).with_suffix(".typ")
    text = source.read_text(encoding="utf-8")
    assert before in text
    source.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(BuildError, match=re.escape(said)) as caught:
        make_pdfs(folder, tmp_path, TITLE)
    assert FILES[0] in str(caught.value)
    assert not list(tmp_path.glob("*.pdf"))


def test_a_document_that_was_not_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=FILES[0]):
        make_pdfs(tmp_path, tmp_path, TITLE)


def test_a_node_that_cannot_be_set_stops_the_compilation_and_is_named(built: books.Built, tmp_path: Path) -> None:
    env = SimpleNamespace(metadata={}, toc_secnumbers={})
    builder = cast(Builder, SimpleNamespace(env=env, get_target_uri=lambda name: f"{name}.html"))
    tree = nodes.document("", "")
    tree += nodes.paragraph("", "", nodes.math("", "x^2"))
    page = Translator(builder, "book/formel", {}, {}).page(tree)
    for name in FILES:
        (tmp_path / name).with_suffix(".typ").write_text(f"#{page}", encoding="utf-8")
    with pytest.raises(BuildError, match="book/formel: the PDF cannot set a node of type math"):
        make_pdfs(tmp_path, tmp_path, TITLE)


@pytest.mark.parametrize("module", ["typst", "pymupdf_fonts"])
def test_what_is_missing_is_said_with_what_helps(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    assert unavailable() == ""
    monkeypatch.setitem(sys.modules, module, None)
    assert module.replace("_", "-") in unavailable()
    assert "pip install -r requirements.txt" in unavailable()


# In a build


@pytest.fixture
def making(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, built: books.Built) -> Callable[..., str]:
    """Makes a book whose pages are there already; each run of Jupyter Book notes which PDF files pages lead to."""
    source = tmp_path / "source"
    source.mkdir()
    config = {"sphinx": {"config": {"digikom_pdf": list(FILES)}}}
    (source / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def build_book(kept: Path) -> Path:
        settings = yaml.safe_load((kept / "_config.yml").read_text(encoding="utf-8"))
        with (tmp_path / "leads to").open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(settings['sphinx']['config']['digikom_pdf'])}\n")
        shutil.copytree(built.folder / "_build", kept / "_build", dirs_exist_ok=True)
        return kept / "_build" / "html"

    monkeypatch.setattr(assembly, "build_book", build_book)

    def make(title: str = TITLE, *, require_pdf: bool = False) -> str:
        kept = tmp_path / "kept"
        return assembly.make_book(source, kept, "x", tmp_path / "html", title, require_pdf=require_pdf)

    return make


def led_to(folder: Path) -> list[list[str]]:
    return [json.loads(line) for line in (folder / "leads to").read_text(encoding="utf-8").splitlines()]


def test_a_build_has_the_files_in_the_edition(making: Callable[..., str], tmp_path: Path) -> None:
    assert making() == ""
    assert led_to(tmp_path) == [list(FILES)]
    assert all((tmp_path / "html" / name).read_bytes().startswith(b"%PDF") for name in FILES)


def test_where_no_pdf_can_be_made_an_edition_is_built_all_the_same(
    making: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise BuildError("Typst says no")

    monkeypatch.setattr(assembly, "make_pdfs", fail)
    assert making() == "Typst says no"
    assert led_to(tmp_path) == [list(FILES), []]
    assert (tmp_path / "html" / "index.html").exists()
    shutil.rmtree(tmp_path / "html")
    with pytest.raises(BuildError, match="Typst says no"):
        making(require_pdf=True)


def test_the_front_page_leads_to_both_files(built: books.Built) -> None:
    links = built.page("index.html").select(".digikom-pdf a")
    assert [(link["href"], link.get_text()) for link in links] == list(zip(FILES, texts.PDF_LINKS, strict=True))


def test_a_book_without_pdf_leads_to_none_and_writes_no_document(tmp_path: Path) -> None:
    pages = {"index.md": "# Forside\n\n```{pdf-lenke}\n```\n\nTekst.\n"}
    done = books.build_pages(tmp_path, pages)
    assert done.returncode == 0, done.log
    assert done.page("index.html").select(".digikom-pdf") == []
    assert not typst(done).exists()


# The edition that rebuilds the printed report


@pytest.fixture(scope="session")
def whole(edition_folder: Path) -> tuple[Pdf, Pdf]:
    described = json.loads((edition_folder / "data" / "edition.json").read_text(encoding="utf-8"))
    report, annex = file_names(described["title"])
    return Pdf(edition_folder / report), Pdf(edition_folder / annex)


@pytest.mark.build
def test_every_page_of_the_edition_is_in_a_file_but_those_of_no_use_on_paper(
    whole: tuple[Pdf, Pdf], edition_folder: Path
) -> None:
    described = json.loads((edition_folder / "data" / "edition.json").read_text(encoding="utf-8"))
    lists = (labels.CONTENTS, labels.FIGURES, labels.TABLES)
    chapters = [
        [re.sub(r"^\d+ ", "", title) for depth, title in pdf.bookmarks if depth == 1 and title not in lists]
        for pdf in whole
    ]
    left_out = ("index", "search", "notebooks/11_kommuner", "book/tilgjengelighet", "book/new_edition")
    titles = [title for page, title in described["pages"].items() if page.removesuffix(".html") not in left_out]
    assert chapters[1][-1] == "Referanser"
    shown = [*chapters[0], *chapters[1][:-1]]
    assert [title for title in shown if title in titles] == titles
    # A chapter that says only why it is empty keeps its number on paper; from above the edition nobody is led to it.
    written = {path.relative_to(edition_folder).as_posix() for path in edition_folder.glob("notebooks/*.html")}
    assert len(shown) - len(titles) == len(written - set(described["pages"]))


@pytest.mark.build
def test_every_figure_is_there_once_with_words_and_numbers(whole: tuple[Pdf, Pdf], edition_folder: Path) -> None:
    names = {path.stem for path in (edition_folder / "data").glob("figur-*.csv") if ".nb" not in path.name}
    # Those of the chapter on single municipalities are left out with it.
    names = {name for name in names if not name.startswith("figur-11-")}
    told = [str(figure["/Alt"]) for pdf in whole for figure in pdf.tagged("Figure")]
    assert len(told) == len(names) > 20
    assert [each for each in told if not re.search(r"\d", each)] == []
    said = " ".join(map(text_of, whole)).replace("\u00a0", " ")
    for name in names:
        assert f"Figur {name.removeprefix('figur-').replace('-', '.')} " in said


@pytest.mark.build
def test_the_files_of_the_edition_are_marked_tagged_and_quiet(whole: tuple[Pdf, Pdf]) -> None:
    for pdf in whole:
        for index, said in enumerate(pdf.pages, start=1):
            assert f"Side {index} av {len(pdf.pages)}" in said
            assert SYNTHETIC_MARK in said
            # No cell's code; the file publish.yml may be named.
            assert not re.search(r"Last ned:|\bpublish\.\w+\(|from digikom import|survey\.load", said), index
            # The text may speak of the folds on the pages; there is none here.
            assert not re.search(r"^Slik er dette beregnet", said, re.MULTILINE), index
        levels = [int(str(heading["/S"])[2:]) for heading in pdf.tagged("H1", "H2", "H3", "H4", "H5", "H6")]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert pdf.faults_of_content() == []
        assert {name.partition("-")[0] for name in pdf.fonts} <= {"FiraGO", "FiraMono", "NotoSansSymbols2"}
    assert any(element.get("/Lang") == "en" for element in whole[0].elements)


@pytest.mark.build
def test_no_page_of_the_report_is_all_but_empty(whole: tuple[Pdf, Pdf]) -> None:
    """Each page but the last has a figure or many words."""
    report = whole[0]
    figures = {element.raw_get("/Pg") for element in report.tagged("Figure")}
    for page, said in list(zip(report.reader.pages, report.pages, strict=True))[:-1]:
        assert page.indirect_reference in figures or len(said.split()) > 80, said
