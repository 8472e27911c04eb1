"""The articles of an edition's pages, without what only a screen has use for: code, folds, buttons, downloads.

A page is known by the class names that its parts have in the book; see `digikom.sphinxext` for those of figures and
tables.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from bs4 import BeautifulSoup, Comment, Tag

from digikom.build.pdf import words
from digikom.build.pdf.fonts import SANS

#: The most rows that the table with a figure's numbers may have, and that any table may have, to be set.
FIGURE_TABLE_ROWS = 30
TABLE_ROWS = 120
#: Tables of no more rows stand on one page.
SHORT_TABLE_ROWS = 12
#: Tables of more columns are set smaller.
USUAL_COLUMNS = 5
#: What has no place on paper, hints on how to use a page among it. What is computed for a figure or table is in the
#: cell's input; outputs are seen to apart.
DROPPED = (
    "script, style, template, noscript, dialog, button, form, input, select, label, nav, audio, video, iframe, "
    ".headerlink, .cell_input, .digikom-narrow, .digikom-download, .digikom-actions, .digikom-hidden, "
    ".toctree-wrapper, .digikom-pdf, .digikom-screen, .pst-js-only, [hidden], .admonition.tip"
)
#: The attributes that stay; the pictures keep theirs.
ATTRIBUTES = frozenset({"id", "href", "class", "lang", "colspan", "rowspan", "scope", "alt", "src", "start"})
FIGURES, TABLES = "figures", "tables"
_SECTION_NUMBER = re.compile(r"\s*([\d.]*\d)\.?\s*")
#: The colour on a light page comes first in the style of a legend's swatch.
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_PICTURE = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_CODE = re.compile(r'(<div class="highlight-ipython3[^>]*>\s*<div class="highlight"><pre>).*?(</pre>)', re.DOTALL)
_FONT_FAMILY = re.compile(r"font-family:[^;\"]*")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A numbered figure or table: «Figur 3.1», what it shows, and where it stands in the PDF."""

    kind: str
    number: str
    title: str
    anchor: str


@dataclass(slots=True)
class Chapter:
    """The article of one page.

    `anchor` is its place in the PDF, `headings` the anchors and titles of its sections, `letters` those in its
    pictures.
    """

    page: str
    title: str
    anchor: str
    article: Tag
    letters: set[str] = field(default_factory=set)
    language: str = ""
    headings: list[tuple[str, str]] = field(default_factory=list)
    numbered: list[Numbered] = field(default_factory=list)


def read_chapters(folder: Path, pages: Mapping[str, str], front_page: str) -> list[Chapter]:
    """The chapters of the edition in `folder`: `pages` (address to title) in their order, those that have an article.

    The front page is left out: it leads into the pages on a screen, as title page and contents do on paper. Links to
    other pages lead to their place in the PDF, where that is in it, links to the web stay, all others become plain
    text.
    """
    chapters = []
    for index, (page, title) in enumerate(pages.items()):
        article, pictures = (None, []) if page == front_page else read_article(folder / page)
        if article is None or article.h1 is None:
            continue
        chapter = Chapter(page, title, f"k{index}", article)
        _clean(chapter, pictures)
        chapters.append(chapter)
    places = _places(chapters)
    for chapter in chapters:
        _resolve_links(chapter, places)
        _number_headings(chapter)
    return chapters


def read_article(path: Path) -> tuple[Tag | None, list[str]]:
    """The article of a page, or None for a page that has none, and the SVG of its pictures.

    In the article an `<img data-picture="0">` stands in place of each picture.
    """
    text = path.read_text(encoding="utf-8")
    start, end = text.find('<article class="bd-article'), text.rfind("</article>")
    # Only that part is parsed: the pages are large, and the rest of them belongs to the theme.
    if start < 0:
        return None, []
    pictures: list[str] = []

    def take_out(found: re.Match[str]) -> str:
        pictures.append(found.group())
        return f'<img data-picture="{len(pictures) - 1}">'

    # Nothing of the code is kept; its thousands of coloured words would take most of the parser's time.
    source = _PICTURE.sub(take_out, _CODE.sub(r"\1\2", text[start:end] + "</article>"))
    return BeautifulSoup(source, "html.parser").article, pictures


def _clean(chapter: Chapter, pictures: Sequence[str]) -> None:
    article = chapter.article
    for fold in article.find_all("details"):
        if not fold.decomposed and fold.find(class_=["cell_input", "cell"]) is not None:
            fold.decompose()
    files = {id(block): _data_file(block) for block in article.select(".digikom-block")}
    for part in article.select(DROPPED):
        if not part.decomposed:
            part.decompose()
    for link in article.select("a[download]"):
        if not link.decomposed:
            (link.find_parent("p") or link).decompose()
    for comment in article.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for cell in article.select(".cell[id]"):
        # What is left of a cell is its result; links to the calculation have nowhere to lead.
        del cell["id"]
    for output in article.select(".cell_output"):
        for child in output.find_all(recursive=False):
            if "digikom-block" not in child.get_attribute_list("class"):
                child.decompose()
    for block in article.select(".digikom-block"):
        _lay_out(chapter, block, files[id(block)])
    for fold in article.select("details"):
        fold.name = "div"
        if fold.summary is not None:
            fold.summary.name = "p"
    for table in article.select("table"):
        _fit(table)
    for image in article.select("img"):
        if image.has_attr("data-picture"):
            _show_picture(image, pictures[int(str(image["data-picture"]))], chapter.letters)
        else:
            image["src"] = _from_root(chapter.page, str(image["src"]))
    for empty in ("a.tall", "a.ord", "data", ".pre", ".pst-scrollable-table-container"):
        for tag in article.select(empty):
            tag.unwrap()
    for swatch in article.select(".digikom-swatch"):
        colour = _COLOUR.search(str(swatch.get("style", "")))
        swatch["data-colour"] = colour.group() if colour else ""
    wrapper = article.select_one("div[lang]")
    chapter.language = str(wrapper["lang"]) if wrapper is not None else ""
    _strip_attributes(article)
    _rename_ids(chapter)


def _data_file(block: Tag) -> str:
    """The address of a figure's or table's numbers, from the folder of the edition; empty where there is none."""
    for link in block.select("a[download][href]"):
        path = PurePosixPath(urlsplit(str(link["href"])).path)
        if path.suffix == ".csv":
            return f"{path.parent.name}/{path.name}"
    return ""


def _lay_out(chapter: Chapter, block: Tag, file: str) -> None:
    """One figure or table: caption first, then picture and notes, then a figure's numbers where they are few."""
    caption = block.select_one(".caption-number")
    if caption is None:
        return
    number = caption.get_text().strip()
    title_tag = block.select_one(".caption-text")
    title = " ".join(title_tag.get_text().split()) if title_tag is not None else ""
    caption.string = f"{number} "
    figure = block.select_one("figure")
    target = figure if figure is not None else block.select_one("table")
    if target is None:
        return
    kind = FIGURES if figure is not None else TABLES
    chapter.numbered.append(Numbered(kind, number, title, str(target.get("id") or "")))
    if figure is None:
        table = target
        rows = len(table.select("tbody tr"))
        if rows > TABLE_ROWS:
            for part in table.select("tbody tr"):
                part.decompose()
            _replace_table(table, words.long_table(rows, file))
        return
    _caption_first(figure, caption)
    for notes in block.select(".digikom-notes"):
        figure.insert_after(notes.extract())
    for numbers in block.select(".digikom-numbers"):
        table_of_figure = numbers.select_one("table")
        rows = len(numbers.select("tbody tr"))
        if table_of_figure is None or rows > FIGURE_TABLE_ROWS:
            text = words.left_out(number, rows, file)
            numbers.replace_with(_new("p", text, "left-out"))
            continue
        old = table_of_figure.caption
        if old is not None:
            old.decompose()
        table_of_figure.insert(0, _new("caption", words.numbers_of(number)))
        numbers.replace_with(table_of_figure)


def _caption_first(figure: Tag, caption: Tag) -> None:
    """Put the figure's caption at its head; what else the HTML caption holds (notes) stays where it stood."""
    paragraph = caption.find_parent("p")
    holder = caption.find_parent("figcaption")
    head = _new("figcaption", "")
    if paragraph is not None:
        head.extend(list(paragraph.contents))
        paragraph.decompose()
    elif holder is not None:
        head.extend(list(holder.contents))
    for rest in figure.select("figcaption"):
        rest.name = "div"
    figure.insert(0, head)


def _replace_table(table: Tag, text: str) -> None:
    """A sentence in place of a table, with the table's id and caption."""
    box = _new("div", "", "left-out")
    box["id"] = str(table.get("id") or "")
    if table.caption is not None:
        head = _new("p", "", "caption")
        head.extend(list(table.caption.contents))
        box.append(head)
    box.append(_new("p", text))
    table.replace_with(box)


def _fit(table: Tag) -> None:
    """Mark tables of many columns, and of few rows; no cell of a heading is empty."""
    columns = max((len(row.find_all(["th", "td"])) for row in table.select("tr")), default=0)
    kinds = {"wide": columns > USUAL_COLUMNS, "short": len(table.select("tbody tr")) <= SHORT_TABLE_ROWS}
    table["class"] = " ".join(name for name, holds in kinds.items() if holds)
    for cell in table.select("thead th"):
        if not cell.get_text().strip():
            cell.name = "td"


def _show_picture(image: Tag, source: str, letters: set[str]) -> None:
    """Make `image` show the picture whose SVG is `source`, with its alternative text and in the letters of the PDF.

    As a file of its own a picture costs a tenth of the time that the same SVG takes as a part of the page.
    """
    picture = ElementTree.fromstring(source)
    told = [picture.get("aria-label"), *(picture.findtext(name) for name in ("{*}desc", "{*}title"))]
    for tag in picture.iter():
        letters |= set(tag.text or "")
        if tag.get("font-family"):
            tag.set("font-family", SANS)
        if style := tag.get("style"):
            tag.set("style", _FONT_FAMILY.sub(f"font-family:{SANS}", style))
    if "}" not in picture.tag:
        picture.set("xmlns", "http://www.w3.org/2000/svg")
    content = base64.b64encode(ElementTree.tostring(picture, encoding="utf-8")).decode("ascii")
    image.attrs = {"src": f"data:image/svg+xml;base64,{content}", "alt": next(filter(None, told), "")}


def _strip_attributes(article: Tag) -> None:
    for tag in [article, *article.find_all(True)]:
        colour = tag.attrs.get("data-colour")
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in ATTRIBUTES}
        if colour:
            tag["style"] = f"background: {colour}"


def _rename_ids(chapter: Chapter) -> None:
    """Ids that are the chapter's own: pages may use the same ones."""
    for tag in chapter.article.select("[id]"):
        tag["id"] = f"{chapter.anchor}-{tag['id']}"
    chapter.article["id"] = chapter.anchor
    chapter.numbered = [
        Numbered(entry.kind, entry.number, entry.title, f"{chapter.anchor}-{entry.anchor}")
        for entry in chapter.numbered
    ]


def _places(chapters: list[Chapter]) -> dict[str, str]:
    """Every address inside the edition that is in the PDF, «page#id», and its anchor there."""
    places: dict[str, str] = {}
    for chapter in chapters:
        places[chapter.page] = chapter.anchor
        for tag in chapter.article.select("[id]"):
            anchor = str(tag["id"])
            places[f"{chapter.page}#{anchor.removeprefix(f'{chapter.anchor}-')}"] = anchor
    return places


def _resolve_links(chapter: Chapter, places: Mapping[str, str]) -> None:
    for link in chapter.article.select("a"):
        address = str(link.get("href") or "")
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "mailto"):
            link["class"] = "web"
            continue
        page = chapter.page
        if parts.path:
            page = _from_root(chapter.page, unquote(parts.path))
        anchor = (
            places.get(f"{page}#{unquote(parts.fragment)}" if parts.fragment else page) if not parts.scheme else None
        )
        if anchor is None or not address:
            link.unwrap()
        else:
            link.attrs = {"href": f"#{anchor}"}


def _from_root(page: str, address: str) -> str:
    """An address on a page, as from the folder of the edition."""
    return normpath((PurePosixPath(page).parent / address).as_posix())


def _number_headings(chapter: Chapter) -> None:
    """Headings as «3.1 Strategier», and each with a place to link to."""
    for index, heading in enumerate(chapter.article.select("h1, h2, h3")):
        number = heading.select_one(".section-number")
        if number is not None and (found := _SECTION_NUMBER.fullmatch(number.get_text())):
            number.string = f"{found.group(1)} "
        if not heading.get("id"):
            heading["id"] = f"{chapter.anchor}-h{index}"
        chapter.headings.append((str(heading["id"]), " ".join(heading.get_text().split())))
    if chapter.headings:
        chapter.title = chapter.headings[0][1]


def sections(chapter: Chapter) -> Iterator[tuple[str, str]]:
    """The anchors and titles of the sections right below the chapter's heading."""
    for heading in chapter.article.select("h2"):
        yield str(heading["id"]), " ".join(heading.get_text().split())


def _new(name: str, text: str, *classes: str) -> Tag:
    tag = BeautifulSoup("", "html.parser").new_tag(name)
    if text:
        tag.string = text
    if classes:
        tag["class"] = " ".join(classes)
    return tag
