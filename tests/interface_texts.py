"""The interface of a page: every text that a reader meets and nobody wrote as part of the report's content.

Names of controls and regions, tooltips, placeholders, alternative texts of icons, navigation labels, texts that scripts
show later, and texts that a style sheet puts in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag

#: Attributes that are read out or shown, on any element.
TEXT_ATTRIBUTES = (
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "aria-valuetext",
    "aria-placeholder",
    "alt",
    "placeholder",
    "label",
    "summary",
)
#: Elements whose text is the name of a control, a part of the page or a note on it.
NAMED_ELEMENTS = (
    "button",
    "summary",
    "label",
    "legend",
    "option",
    "noscript",
    ".skip-link",
    ".admonition-title",
    ".page-toc.onthispage",
    ".prev-next-subtitle",
    ".digikom-hidden",
    ".visually-hidden",
    "kbd",
)
#: Parts of the page around the article, and what in them is titles of pages and headings.
OUTSIDE = ("nav", "header", "footer", "dialog", "aside")
CONTENT_OUTSIDE = re.compile(r"^(toctree-l\d|toc-entry|prev-next-area|navbar-brand|citation|caption)$")
#: Attributes of scripts and widgets that hold no text for people.
_DATA_WITHOUT_TEXT = re.compile(
    r"^data-(content_root|theme|mode|default-mode|toggle|target|placement|list|site|page|year|href|src|key|unit|value"
    r"|limits|bs-(?!title|content|original-title).*|cfasync|sd-.*|clipboard-(?!text$).*|tip)$"
)
_HAS_WORD = re.compile(r"[^\W\d_]{2,}")
_LOOKS_LIKE_ADDRESS = re.compile(r"^(\S*[/#]\S*|\S+\.(html|css|js|json|csv|svg|png|md|ipynb))$")
_CSS_CONTENT = re.compile(r"""(?<![\w-])content\s*:\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d+(?:[.,\u00a0–-]\d+)*(?:\. (?:jan|feb|mars|apr|mai|jun|jul|aug|sep|okt|nov|des)[a-z]* \d{4})?")


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _texts_of_data(value: str) -> Iterator[str]:
    """A `data-*` value is a text, or JSON with texts in it."""
    try:
        content = json.loads(value)
    except json.JSONDecodeError:
        content = value
    yield from _strings(content)


def _strings(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for item in content.values():
            yield from _strings(item)
    elif isinstance(content, list):
        for item in content:
            yield from _strings(item)


def _of_element(element: Tag) -> Iterator[str]:
    for name, value in element.attrs.items():
        if name in TEXT_ATTRIBUTES:
            yield str(value)
        elif name.startswith("data-") and not _DATA_WITHOUT_TEXT.match(name):
            yield from _texts_of_data(str(value))


def css_texts(css: str) -> set[str]:
    """The words that a style sheet puts on the page with `content`; symbols and icons of a font are no words."""
    found = set()
    for match in _CSS_CONTENT.finditer(css):
        text = _CSS_ESCAPE.sub(
            lambda escape: chr(int(escape[1], 16)) if escape[1] else escape[2],
            match[1][1:-1],
        )
        found.add(_clean(text))
    return {text for text in found if _HAS_WORD.search(text)}


def _wanted(texts: Iterable[str]) -> set[str]:
    cleaned = (_NUMBER.sub("#", _clean(text)) for text in texts)
    return {text for text in cleaned if _HAS_WORD.search(text) and not _LOOKS_LIKE_ADDRESS.match(text)}


def interface_texts(html: str) -> set[str]:
    """Every interface text of a built page, for a list that can be proofread and checked in.

    White space is made one space, numbers are «#», and what comes from the content is «…» or left out: chapter titles
    in menus, captions inside the names of tables, alternative texts of figures, tooltips of numbers and references,
    titles that authors gave their admonitions. A part of the page in another language (`lang`) is left out.
    """
    soup = BeautifulSoup(html, "html.parser")
    root = soup.find("html")
    language = root.get("lang") if isinstance(root, Tag) else None
    for part in soup.find_all(lang=True):
        if part is not root and part.get("lang") != language:
            part.decompose()
    captions = {id(block): _captions(block) for block in soup.select(".digikom-block")}
    texts: list[str] = []
    for style in soup.find_all("style"):
        texts.extend(css_texts(style.get_text()))
    for element in soup.find_all(True):
        if element.name not in ("script", "style", "meta") and not _is_content(element):
            texts.extend(_without_captions(captions, element, text) for text in _of_element(element))
    for element in soup.select(", ".join(NAMED_ELEMENTS)):
        # The headings of a table that can be sorted are buttons.
        if not _has_own_title(element) and "digikom-sort" not in (element.get("class") or []):
            texts.append(_without_captions(captions, element, element.get_text(" ")))
    for element in soup.select(
        ", ".join(f"body {part} {kind}" for part in OUTSIDE for kind in ("a", "p:not(.caption)", "h2", "h3"))
    ):
        if element.find_parent("article") is None and element.find_parent(class_=CONTENT_OUTSIDE) is None:
            texts.append(element.get_text(" "))
    return _wanted(texts)


def _is_content(element: Tag) -> bool:
    """Tooltips of numbers and references, alternative texts of figures, and the titles of neighbouring pages."""
    if element.name == "a" and {"tall", "ord", "reference"} & set(element.get("class") or []):
        return True
    if element.name == "link" and {"next", "prev"} & set(element.get("rel") or []):
        return True
    picture = element if element.name in ("svg", "img") else element.find_parent("svg")
    return picture is not None and picture.find_parent("figure") is not None


def _has_own_title(element: Tag) -> bool:
    """Whether an author wrote the title of this admonition; the words that docutils puts in are single («Merk»)."""
    return "admonition-title" in (element.get("class") or []) and " " in _clean(element.get_text(" "))


def _captions(block: Tag) -> list[str]:
    """The captions of a figure or table, without the links to themselves."""
    found = []
    for caption in block.select(".caption-text, .digikom-subtitle"):
        for link in caption.select(".headerlink"):
            link.decompose()
        found.append(_clean(caption.get_text(" ")))
    return [words for words in found if words]


def _without_captions(captions: dict[int, list[str]], element: Tag, text: str) -> str:
    """The text with the `captions` of the figure or table around it, by the identity of that, replaced by «…»."""
    block = element.find_parent(class_="digikom-block")
    for words in captions.get(id(block), ()):
        text = _clean(text).replace(words, "…")
    return text
