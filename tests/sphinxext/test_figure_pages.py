"""A figure on a page of its own: all that must be said of it, without script, in a frame, and where it is shared."""

from __future__ import annotations

import pytest
import sphinxext_books as books
from bs4 import BeautifulSoup

from digikom.publish.outputs import SYNTHETIC_MARK

EDITION = {"year": 2022, "reference_year": 2018, "title": "Rapport <2022>", "published": "2026-01-01", "version": "1"}
ADDRESS = "https://example.no/rapport/2022/"
NASTY = 'Flere & "flere" <script>alert(1)</script>'
PAGE = "figur/1-1.html"
TOC = {
    "format": "jb-book",
    "root": "index",
    "parts": [{"caption": "Rapporten", "numbered": 2, "chapters": [{"file": "notebooks/kap2"}]}],
}


def built(folder_of: pytest.TempPathFactory, **changes: str) -> books.Built:
    notebook = books.notebook(
        books.text("tittel", "# Digital prioritering\n\nSe {numref}`project-areas`."),
        books.code("figur", books.output("figure", {**books.figure(title=NASTY, notes=[NASTY]), **changes})),
    )
    pages = {"index.md": "# Forside\n\nVelkommen.\n", "notebooks/kap2.ipynb": notebook}
    done = books.build_here(
        books.write_book(
            folder_of.mktemp("figur"), pages, TOC, digikom_edition=EDITION, html_baseurl=ADDRESS if not changes else ""
        )
    )
    assert done.returncode == 0, done.log
    return done


@pytest.fixture(scope="module")
def addressed(tmp_path_factory: pytest.TempPathFactory) -> books.Built:
    return built(tmp_path_factory)


@pytest.fixture(scope="module")
def page(addressed: books.Built) -> BeautifulSoup:
    return addressed.page(PAGE)


def test_all_that_is_said_of_the_figure_travels_with_it(page: BeautifulSoup) -> None:
    text = " ".join(page.get_text().replace("\u00a0", " ").split())
    assert f"Figur 1.1 {NASTY}" in text
    for said in (books.figure()["caption"], SYNTHETIC_MARK, "Kilde"):
        assert said in text
    assert page.select("svg[role=img]")[0]["aria-label"] == books.figure()["alt"]
    assert page.select("script") == []
    assert page.select_one("html[lang=nb] meta[http-equiv=Content-Security-Policy]")


def test_the_way_leads_there_and_back(addressed: books.Built, page: BeautifulSoup) -> None:
    (back,) = page.select("main a")
    assert back["href"] == "../notebooks/kap2.html#project-areas"
    assert back["target"] == "_top"
    assert "«Digital prioritering», Rapport <2022>" in back.get_text()
    (there,) = addressed.page("notebooks/kap2.html").select("a.digikom-alone")
    assert there["href"] == f"../{PAGE}"


def test_it_is_shared_with_its_picture_and_shown_in_a_frame(addressed: books.Built, page: BeautifulSoup) -> None:
    told = {str(tag["property"]): tag["content"] for tag in page.select("meta[property]")}
    assert told["og:url"] == ADDRESS + PAGE
    assert told["og:image"] == f"{ADDRESS}data/figur-1-1.png"
    assert (addressed.html / "data" / "figur-1-1.png").is_file()
    assert page.select_one(f'link[rel=canonical][href="{ADDRESS}notebooks/kap2.html#project-areas"]')
    code = page.select("pre code")[0].get_text()
    (frame,) = BeautifulSoup(code, "html.parser").select("iframe")
    assert frame["src"] == ADDRESS + PAGE
    assert frame["title"] == f"Figur\u00a01.1. {NASTY}"
    chapter = addressed.page("notebooks/kap2.html").select_one('meta[property="og:image"]')
    assert chapter is not None
    assert chapter["content"] == told["og:image"]


def test_without_an_address_there_is_no_frame_and_real_answers_have_no_mark(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    page = built(tmp_path_factory, status="real").page(PAGE)
    assert page.select("details, .synthetic, link[rel=canonical], meta[property]") == []
