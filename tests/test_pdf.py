"""The PDF of an edition: a made-up edition of a few pages, and the one that rebuilds the printed report."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sphinxext_books
from bs4 import BeautifulSoup
from build_facts import NO_FACTS
from conftest import run_digikom
from pdf_reading import Pdf

from digikom import survey
from digikom.build import pipeline
from digikom.build.editions import Edition
from digikom.build.manifest import differences, write_manifest
from digikom.build.pdf import file_name, lacking_libraries, make_pdf, rendering, words
from digikom.build.selection import Selection
from digikom.errors import BuildError, InputError
from digikom.paths import PROJECT_ROOT
from digikom.sphinxext import texts

pytestmark = pytest.mark.skipif(bool(lacking_libraries()), reason=lacking_libraries())

SAMI = "Kárášjohka, Unjárga, Guovdageaidnu, áčđŋšŧž ÁČĐŊŠŦŽ"
ALT = "Liggende stolper for to grupper. Øverst står «Små» med 12,5 prosent."
PICTURE = (
    f'<svg class="digikom-svg" role="img" aria-label="{ALT}" width="300" height="120" viewBox="0 0 300 120">'
    '<g transform="translate(5,5)"><path d="M0,0h100v20h-100Z" fill="#0b6b4a"/>'
    '<text transform="translate(0,60)" font-family="Liberation Sans, Arial" font-size="13px">Tekst i figuren'
    "</text></g></svg>"
)
CODE = (
    '<div class="cell_input docutils container"><div class="highlight-ipython3 notranslate"><div class="highlight">'
    "<pre><span></span>hemmelig_kode()</pre></div></div></div>"
)
ROWS = '<tr><th scope="row" class="digikom-left">Små</th><td class="digikom-right">12,5</td></tr>'
HEAD = '<thead><tr><th scope="col"></th><th scope="col" class="digikom-right">Andel</th></tr></thead>'


def figure(number: str, key: str, rows: int = 2, new: bool = True) -> str:
    """A figure in a cell, with its title above the picture as now, or below as in editions published before."""
    head = f'<span class="caption-number">Figur {number} </span><span class="caption-text">Små er størst</span>'
    after = "" if new else '<figcaption><div class="legend"><p class="digikom-source">Kilde: Oss</p></div></figcaption>'
    caption = (
        f'<figcaption><p class="digikom-finding">{head}</p><div class="legend">'
        '<p class="digikom-subtitle">Andel</p></div>'
        "</figcaption>"
        if new
        else f'<figcaption><p>{head}<a class="headerlink" href="#{key}">#</a></p>{after}</figcaption>'
    )
    wide = f'<div class="digikom-picture digikom-wide">{PICTURE}</div>'
    narrow = f'<div class="digikom-picture digikom-narrow">{PICTURE}</div>'
    parts = [caption, wide, narrow] if new else [wide, narrow, caption]
    return (
        f'<details class="digikom-run"><summary>Vis beregningen</summary><div class="cell" id="celle-x{key}">{CODE}'
        f'<div class="cell_output"><p class="digikom-line" id="tall-a{key}">Andel: 12,5</p></div></div></details>'
        f'<div class="cell docutils container" id="celle-{key}"><details class="admonition hide above-input"><summary>'
        f'<p>Vis beregningen</p></summary>{CODE}</details><div class="cell_output docutils container">'
        f'<div class="output text_html"><table class="dataframe"><tr><td>ramme</td></tr></table></div>'
        f'<div class="digikom-block digikom-two-widths docutils container"><figure class="digikom-figure" id="{key}">'
        f"{''.join(parts)}"
        '<ul class="digikom-legend"><li><span class="digikom-swatch" style="--on-light: #0b6b4a; --on-dark: #5fd3a0">'
        "</span>Høy</li></ul></figure>"
        '<details class="digikom-numbers"><summary>Vis tallene som tabell</summary>'
        '<div class="digikom-scroll" tabindex="0">'
        f'<table class="table digikom-table"><caption>Små</caption>{HEAD}<tbody>{ROWS * rows}</tbody></table>'
        "</div></details>"
        '<p class="digikom-download"><span>Last ned: <a href="../data/figur-x.csv" download>CSV</a></span>'
        f'<a class="digikom-permalink" href="#{key}">Lenke til figuren</a></p>'
        '<script type="application/json" class="digikom-spec">{"skript": 1}</script></div></div></div>'
    )


def table(number: str, key: str, rows: int) -> str:
    return (
        '<div class="digikom-block"><div class="digikom-scroll"><div class="pst-scrollable-table-container">'
        f'<table class="digikom-table table" id="{key}"><caption><span class="caption-number">Tabell {number} </span>'
        f'<span class="caption-text">Andeler</span></caption>{HEAD}<tbody>{ROWS * rows}</tbody></table></div></div>'
        '<p class="digikom-download">Last ned: <a href="../data/tabell-x.csv" download>CSV</a></p></div>'
    )


FIRST = f"""<section id="prioritering"><h1><span class="section-number">3. </span>Prioritering
<a class="headerlink" href="#prioritering">#</a></h1>
<p>Av kommunene har <a class="tall" href="#tall-afig-en" title="Gå"><data value="12.5">12,5 prosent</data></a> en plan,
se <a class="reference internal" href="#fig-en"><span class="std std-numref">Figur 3.1</span></a>,
<a class="reference internal" href="../book/abstract.html#tab-to">Tabell 1</a>,
<a class="reference internal" href="../book/abstract.html">sammendraget</a>, <a href="../data/numbers.csv">tallene</a>,
<a href="https://www.ssb.no/">byrået</a> og <a href="#celle-fig-en">cellen</a>. {SAMI}</p>
<section id="s"><h2><span class="section-number">3.1. </span>Strategier</h2>{figure("3.1", "fig-en")}
<h3>Mer</h3>{figure("3.2", "fig-to", rows=40, new=False)}</section></section>"""
SECOND = f"""<div lang="en"><section id="abstract"><h1>Abstract</h1><p>See
<a class="reference internal" href="../notebooks/03.html#fig-to">Figur 3.2</a> and
<code><span class="pre">make</span></code>.</p>
<section id="s"><h2>Tables</h2>{table("1", "tab-en", 3)}{table("2", "tab-to", 200)}</section></section></div>"""
TITLE = "Kommunene i tall"
PAGES = {
    "index.html": ("Forside", "<section id='f'><h1>Forside</h1><p>Velkommen</p></section>"),
    "notebooks/03.html": ("Prioritering", FIRST),
    "book/abstract.html": ("Abstract", SECOND),
    "search.html": ("Søk", None),
}


def write_edition(folder: Path, status: str = "synthetic", **changed: str) -> Path:
    """An edition of three pages in `folder`; `changed` has other articles, by the pages' titles."""
    for name, (title, article) in PAGES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        body = changed.get(title, article)
        inside = f'<article class="bd-article">{body}</article>' if body else "<p>Søk</p>"
        path.write_text(f"<html><body><nav>Meny</nav>{inside}</body></html>", encoding="utf-8")
    (folder / "data").mkdir()
    described = {
        "year": 2001,
        "title": TITLE,
        "published": "2002-03-04",
        "version": "9.8.7",
        "status": status,
        "pages": {name: title for name, (title, _) in PAGES.items()},
    }
    (folder / "data" / "edition.json").write_text(json.dumps(described), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Pdf:
    folder = write_edition(tmp_path_factory.mktemp("utgave") / "2001")
    return Pdf(make_pdf(folder, folder / "ut.pdf"))


def test_the_file_says_what_it_is(small: Pdf) -> None:
    assert str(small.catalog["/MarkInfo"]["/Marked"]) == "True"
    assert small.catalog["/Lang"] == "nb"
    assert str(small.catalog["/ViewerPreferences"]["/DisplayDocTitle"]) == "True"
    assert re.search(r"pdfuaid:part\W+1\b", small.metadata)
    information = small.reader.metadata
    assert information is not None
    assert (information.title, information.author) == (TITLE, words.AUTHOR)
    assert str(information["/Keywords"]) == ", ".join(words.KEYWORDS)
    assert str(information["/CreationDate"]) == "D:20020304"
    assert "4. mars 2002" in small.pages[0]
    assert "9.8.7" in small.pages[0]


def test_bookmarks_are_the_headings(small: Pdf) -> None:
    assert small.bookmarks == [
        (1, TITLE),
        (1, "Innhold"),
        (1, "Figurer"),
        (1, "Tabeller"),
        (1, "3 Prioritering"),
        (2, "3.1 Strategier"),
        (3, "Mer"),
        (1, "Abstract"),
        (2, "Tables"),
    ]


def test_only_what_a_reader_of_paper_needs_is_there(small: Pdf) -> None:
    text = " ".join(small.pages)
    for absent in (
        "hemmelig",
        "Vis ",
        "Last ned",
        "Lenke til",
        "skript",
        "#",
        "Meny",
        "Velkommen",
        "ramme",
        "Andel: 12,5",
    ):
        assert absent not in text
    for there in ("12,5 prosent", "Små er størst", "Tekst i figuren", "Tallene i figur 3.1", "Høy", "Kilde: Oss", SAMI):
        assert there in text
    assert text.count("Tekst i figuren") == 2


def test_long_tables_give_way_to_the_address_of_their_numbers(small: Pdf) -> None:
    text = " ".join(small.pages)
    assert words.left_out("Figur 3.2", 40, "data/figur-x.csv") in text
    assert words.long_table(200, "data/tabell-x.csv") in text
    assert text.count("Små 12,5") == 2 + 3


def test_links_lead_to_their_place_or_are_plain_text(small: Pdf) -> None:
    links = [link for page in range(len(small.pages)) for link in small.links(page)]
    inside = [str(link["/Dest"]) for link in links if "/Dest" in link]
    assert set(inside) <= set(small.places)
    outside = {str(link["/A"]["/URI"]) for link in links if "/A" in link}
    assert outside == {"https://www.ssb.no/"}
    chapter = small.places["k1"]
    assert {str(link["/Dest"]) for link in small.links(chapter) if "/Dest" in link} == {"k1-fig-en", "k2-tab-to", "k2"}
    assert {str(link["/Contents"]) for link in small.links(chapter)} == {
        "Gå til Figur 3.1 Små er størst",
        "Gå til Tabell 2 Andeler",
        "Gå til Abstract",
        "Nettsted: https://www.ssb.no/",
    }


def test_lists_of_figures_and_tables_lead_to_the_captions(small: Pdf) -> None:
    for page, heading in ((2, "Figurer"), (2, "Tabeller")):
        assert heading in small.pages[page]
    listed = {str(link["/Dest"]) for link in small.links(2)}
    assert listed == {"k1-fig-en", "k1-fig-to", "k2-tab-en", "k2-tab-to"}
    for anchor, name in (("k1-fig-en", "Figur 3.1"), ("k1-fig-to", "Figur 3.2"), ("k2-tab-to", "Tabell 2")):
        assert name in small.pages[small.places[anchor]]
        entry = re.search(rf"{name} [^.]+\.* ?(\d+)", small.pages[2])
        assert entry is not None
        assert int(entry.group(1)) == small.places[anchor] + 1


def test_pages_have_numbers_and_the_synthetic_mark(small: Pdf, tmp_path: Path) -> None:
    for index, text in enumerate(small.pages, start=1):
        assert f"Side {index} av {len(small.pages)}" in text
        assert words.SYNTHETIC_MARK in text
    assert words.SYNTHETIC_NOTICE in small.pages[0]
    real = write_edition(tmp_path / "2001", status="real")
    text = " ".join(Pdf(make_pdf(real, tmp_path / "ekte.pdf")).pages)
    assert "yntetisk" not in text
    assert TITLE in text


def test_figures_have_alternative_texts_and_tables_headers(small: Pdf) -> None:
    assert [str(figure["/Alt"]) for figure in small.tagged("Figure")] == [ALT, ALT]
    for cell in small.tagged("TD"):
        assert cell["/A"]["/O"] == "/Table"
    headers = [len(cell["/A"]["/Headers"]) for cell in small.tagged("TD")]
    assert headers.count(2) == 2 + 3
    assert small.faults_of_content() == []
    levels = [int(str(heading["/S"])[2:]) for heading in small.tagged("H1", "H2", "H3")]
    assert levels == [1, 1, 1, 1, 1, 2, 3, 1, 2]


def test_a_chapter_in_english_says_so(small: Pdf) -> None:
    pages = {page.indirect_reference: number for number, page in enumerate(small.reader.pages)}
    english = {pages[element.raw_get("/Pg")] for element in small.elements if element.get("/Lang") == "en"}
    assert english == set(range(small.places["k2"], len(small.pages)))


def test_no_font_of_the_machine_takes_part(small: Pdf) -> None:
    assert small.fonts == {"Digikom-Sans", "Digikom-Sans-Bold", "Digikom-Mono"}


def test_place_time_zone_locale_and_hash_seed_leave_no_trace(small: Pdf, tmp_path: Path) -> None:
    folder = write_edition(tmp_path / "et annet sted" / "2001")
    write_manifest(folder, NO_FACTS)
    done = run_digikom(
        PROJECT_ROOT,
        "pdf",
        "2001",
        "--site",
        str(tmp_path / "et annet sted"),
        TZ="Pacific/Auckland",
        LANG="tr_TR.UTF-8",
        LC_ALL="tr_TR.UTF-8",
        PYTHONHASHSEED="4711",
        HOME=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    made = tmp_path / "et annet sted" / "2001" / "kommunene-i-tall.pdf"
    assert f"Written: {made}" in done.stdout
    assert made.read_bytes() == small.path.read_bytes()
    assert differences(folder) == [], "the manifest is no longer true"
    assert str(tmp_path).encode() not in made.read_bytes()


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ("<section id='a'><h1>Tegn</h1><p>\U00013000</p></section>", "no letter for: \U00013000 (U+13000)"),
        (f"<section id='a'><h1>B</h1>{PICTURE.replace(ALT, '')}</section>", "has no required alt description"),
        ("<section id='a'><h1>B</h1><img src='borte.png' alt='Bilde'></section>", "Failed to load image"),
    ],
)
def test_what_would_be_wrong_in_the_file_is_an_error(tmp_path: Path, article: str, said: str) -> None:
    folder = write_edition(tmp_path / "2001", Abstract=article)
    with pytest.raises(BuildError, match=re.escape(said)):
        make_pdf(folder, folder / "ut.pdf")
    assert not list(folder.glob("*.pdf"))


def test_an_edition_that_is_not_built_is_refused(tmp_path: Path, digikom: Callable[..., Any]) -> None:
    done = digikom("pdf", "2001", "--site", str(tmp_path))
    assert done.returncode == 2
    assert "no built edition" in done.stderr
    assert "Traceback" not in done.stderr
    folder = write_edition(tmp_path / "2001")
    with pytest.raises(InputError, match="cannot be written"):
        make_pdf(folder, tmp_path / "finnes ikke" / "ut.pdf")


@pytest.fixture
def without_pango(tmp_path: Path) -> str:
    """The search path of a machine where WeasyPrint fails as it does without Pango."""
    package = tmp_path / "mangler" / "weasyprint"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n", encoding="utf-8")
    return os.pathsep.join([str(package.parent), str(PROJECT_ROOT)])


def test_without_pango_the_command_says_what_to_install(tmp_path: Path, without_pango: str) -> None:
    write_edition(tmp_path / "2001")
    done = subprocess.run(
        [sys.executable, "-m", "digikom.cli", "pdf", "2001", "--site", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": without_pango},
    )
    assert done.returncode == 2, done.stderr
    assert "apt-get install libpango-1.0-0" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def building(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[str]]:
    """The pipeline's own build with stand-ins for kernels and Jupyter Book. Gives the steps that were reported."""

    def assemble(*_: object, pdf: str) -> Path:
        (tmp_path / "leads to").write_text(pdf, encoding="utf-8")
        return tmp_path

    edition = Edition.model_validate({"year": 2001, "title": TITLE, "published": "2002-03-04", "version": "9.8.7"})
    monkeypatch.setattr(pipeline, "load_edition", lambda _year: edition)
    monkeypatch.setattr(survey, "load", lambda *_: None)
    monkeypatch.setattr(pipeline, "select", lambda *_: Selection(()))
    monkeypatch.setattr(pipeline, "execute_notebooks", lambda *_: None)
    monkeypatch.setattr(pipeline, "check_disclosure", lambda *_: None)
    monkeypatch.setattr(pipeline, "assemble", assemble)

    def run(with_pdf: bool = True, **changed: str) -> list[str]:
        steps: list[str] = []
        monkeypatch.setattr(
            pipeline, "build_book", lambda _source: write_edition(tmp_path / "site" / ".html", **changed)
        )
        pipeline.build_editions(
            [2001], tmp_path / "site", progress=lambda _y, step, *_: steps.append(step), with_pdf=with_pdf
        )
        return steps

    return run


def test_a_build_has_the_pdf_in_the_edition(building: Callable[..., list[str]], tmp_path: Path) -> None:
    assert "kommunene-i-tall.pdf" in building()
    assert (tmp_path / "leads to").read_text(encoding="utf-8") == file_name(TITLE) == "kommunene-i-tall.pdf"
    assert Pdf(tmp_path / "site" / "2001" / "kommunene-i-tall.pdf").catalog["/Lang"] == "nb"


def test_a_build_may_leave_the_pdf_out(building: Callable[..., list[str]], tmp_path: Path) -> None:
    building(with_pdf=False)
    assert (tmp_path / "leads to").read_text(encoding="utf-8") == ""
    assert (tmp_path / "site" / "2001" / "index.html").exists()
    assert not list((tmp_path / "site" / "2001").glob("*.pdf"))


def test_without_pango_an_edition_is_built_all_the_same(
    building: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "lacking_libraries", lambda: rendering.LACKING)
    assert f"no PDF: {rendering.LACKING}" in building()
    assert (tmp_path / "leads to").read_text(encoding="utf-8") == ""
    assert (tmp_path / "site" / "2001" / "index.html").exists()


def test_a_build_whose_pdf_fails_publishes_nothing(building: Callable[..., list[str]], tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no letter for"):
        building(Abstract="<section id='a'><h1>Tegn</h1><p>\U00013000</p></section>")
    assert not (tmp_path / "site" / "2001").exists()
    assert not (tmp_path / "site" / "index.html").exists()


@pytest.mark.parametrize("file", ["", "kommunene-i-tall.pdf"])
def test_the_front_page_leads_to_the_pdf_where_there_is_one(tmp_path: Path, file: str) -> None:
    pages = {"index.md": "# Forside\n\n```{pdf-lenke}\n```\n\nTekst.\n"}
    toc = {"format": "jb-book", "root": "index"}
    built = sphinxext_books.build(sphinxext_books.write_book(tmp_path, pages, toc, digikom_pdf=file))
    assert built.returncode == 0, built.log
    links = built.page("index.html").select(".digikom-pdf a")
    assert [(link["href"], link.get_text()) for link in links] == ([(file, texts.PDF_LINK)] if file else [])


# The edition that rebuilds the printed report


@pytest.fixture(scope="session")
def whole(edition_folder: Path) -> Pdf:
    (path,) = edition_folder.glob("*.pdf")
    return Pdf(path)


@pytest.mark.build
def test_the_front_page_leads_to_the_pdf(whole: Pdf, edition_folder: Path) -> None:
    front = BeautifulSoup((edition_folder / "index.html").read_text(encoding="utf-8"), "html.parser")
    (link,) = front.select(".digikom-pdf a")
    assert edition_folder / str(link["href"]) == whole.path


@pytest.mark.build
def test_every_page_of_the_edition_is_a_chapter(whole: Pdf, edition_folder: Path) -> None:
    described = json.loads((edition_folder / "data" / "edition.json").read_text(encoding="utf-8"))
    chapters = [re.sub(r"^\d+ ", "", title) for depth, title in whole.bookmarks if depth == 1]
    titles = [title for page, title in described["pages"].items() if page not in ("index.html", "search.html")]
    assert chapters == [described["title"], words.CONTENTS, words.FIGURES, words.TABLES, *titles]


@pytest.mark.build
def test_every_figure_is_there_with_words_and_in_the_list(whole: Pdf, edition_folder: Path) -> None:
    names = {path.stem for path in (edition_folder / "data").glob("figur-*.csv") if ".nb" not in path.name}
    texts = [str(figure.get("/Alt", "")) for figure in whole.tagged("Figure")]
    assert len(texts) >= len(names) > 20
    assert [text for text in texts if not re.search(r"\d", text)] == []
    start = next(index for index, text in enumerate(whole.pages) if text.count("Figur ") > 3 and "Figurer" in text)
    links: dict[str, str] = {}
    for page in (start, start + 1, start + 2):
        links |= {str(link["/Contents"]): str(link["/Dest"]) for link in whole.links(page) if "/Dest" in link}
    for name in names:
        caption = "Figur " + name.removeprefix("figur-").replace("-", ".")
        (target,) = {target for words_, target in links.items() if words_.startswith(f"Gå til {caption} ")}
        assert f"{caption} " in whole.pages[whole.places[target]], caption


@pytest.mark.build
def test_the_whole_file_is_marked_tagged_and_quiet(whole: Pdf) -> None:
    for index, text in enumerate(whole.pages, start=1):
        assert f"Side {index} av {len(whole.pages)}" in text
        assert words.SYNTHETIC_MARK in text
        for absent in ("Last ned:", "publish.", "import pandas", "survey.load"):
            assert absent not in text, (index, absent)
        # The text may speak of the folds on the pages; there is none here.
        assert not re.search(r"^Vis beregningen", text, re.MULTILINE), index
        for link in whole.links(index - 1):
            assert "/A" in link or str(link["/Dest"]) in whole.places
            assert str(link["/Contents"]) != words.link_to("")
    levels = [int(str(heading["/S"])[2:]) for heading in whole.tagged("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert whole.faults_of_content() == []
    assert (
        {"Digikom-Sans"}
        < whole.fonts
        <= {
            f"Digikom-{name}"
            for name in ("Sans", "Sans-Bold", "Sans-Italic", "Sans-Bold-Italic", "Mono", "Mono-Bold", "Symbols")
        }
    )
    assert any(element.get("/Lang") == "en" for element in whole.elements)
