"""The search of the book: Sphinx' own, which also finds numbers, other words for the same and municipalities.

Sphinx stems Norwegian words and leaves numbers out of a query; here «74,0» is one word in the index and in a query. The
search page knows the words of `book/synonymer.yml` and the municipalities of the edition; `static/search.js` uses them.
A page with `nosearch: true` at its head is found by its title only, and the code of cells is not searched at all.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.search.no import SearchNorwegian

from digikom import geography
from digikom.editions.layout import MUNICIPALITIES_DIR

from .elements import report_of
from .municipalities import has_pages
from .theme import SEARCH_PAGE

#: Groups of words and expressions, in the source of the book.
SYNONYMS = "book/synonymer.yml"


class NorwegianWithNumbers(SearchNorwegian):
    """Words and numbers, a number with its decimals and thousands in one piece; the same in Python and in a browser."""

    _word_re = re.compile(r"\d+(?:\u00a0\d{3})*(?:[.,]\d+)*(?!\w)|\w+")
    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/\d+(?:\u00a0\d{3})*(?:[.,]\d+)*(?![\p{Letter}\p{Number}_])|[\p{Letter}\p{Number}_]+/gu) || [])
    .map((word) => word.replace(/\u00a0/g, ""));
"""

    def split(self, text: str) -> list[str]:
        """The words and numbers of a text."""
        return [word.replace("\u00a0", "") for word in super().split(text)]


def read_synonyms(file: Path) -> list[list[str]]:
    """The groups of a file of synonyms; none where a book has no such file."""
    groups = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else []
    if not isinstance(groups, list) or not all(
        isinstance(group, list) and len(group) > 1 and all(isinstance(word, str) for word in group) for group in groups
    ):
        raise ExtensionError(f"{file.name}: expected lists of two words or more")
    return groups


def municipality_names(app: Sphinx) -> list[list[str]]:
    """Code, county and names, the Norwegian one first, of each municipality that has a page above the book."""
    results = report_of(app).municipalities
    if results is None or not has_pages(app):
        return []
    others = geography.other_names()
    return [
        [one.municipality_code, one.county, one.name, *(name for name, _ in others.get(one.name, ()))]
        for one in results.municipalities
    ]


def add_context(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give the search page what it looks words up in."""
    if page == SEARCH_PAGE:
        known = {"synonyms": read_synonyms(Path(app.srcdir, SYNONYMS)), "municipalities": municipality_names(app)}
        context["digikom_known"] = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        context["digikom_municipalities"] = f"../{MUNICIPALITIES_DIR}/"


def setup(app: Sphinx) -> None:
    """Register the language, in the place of Sphinx' own of that name, and the context."""
    app.add_search_language(NorwegianWithNumbers)
    app.connect("html-page-context", add_context)
