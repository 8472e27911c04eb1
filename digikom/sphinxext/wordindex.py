"""The builder of the pages, with a search index that is put together from the words of each page.

Sphinx takes the words of pages that it does not write from its own finished index. That has lost which entries of the
index a page has, and keeps words that no page has any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from docutils import nodes
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search import IndexBuilder

#: What the index holds of one page, by the names of attributes of Sphinx' index.
Words = dict[str, dict[str, Any]]
BY_PAGE = ("_titles", "_filenames", "_all_titles", "_index_entries")
BY_WORD = ("_mapping", "_title_mapping")


class WordIndex(IndexBuilder):
    """Sphinx' index, which keeps what each page has added to it."""

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments)
        self.words: dict[str, Words] = {}
        # The same words stand on many pages, and Sphinx finds the stem of each anew on every one.
        self.lang.stem = cache(self.lang.stem)  # type: ignore[method-assign]
        self._empty()

    def _empty(self) -> None:
        for name in (*BY_PAGE, *BY_WORD):
            setattr(self, name, {})

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Add a page."""
        whole = {name: getattr(self, name) for name in (*BY_PAGE, *BY_WORD)}
        self._empty()
        super().feed(docname, filename, title, doctree)
        alone = {name: getattr(self, name) for name in whole}
        for name, content in whole.items():
            setattr(self, name, content)
        self.take(docname, alone)

    def take(self, docname: str, words: Words) -> None:
        """Add a page by what it has added to an earlier index."""
        self.words[docname] = words
        for name in BY_PAGE:
            getattr(self, name).update(words[name])
        for name in BY_WORD:
            mapping = getattr(self, name)
            for word in words[name]:
                mapping.setdefault(word, set()).add(docname)

    def freeze(self) -> dict[str, Any]:
        """The index as it is written, in the order of the pages."""
        self._index_entries = dict(sorted(self._index_entries.items()))
        frozen: dict[str, Any] = super().freeze()
        return frozen


class BookBuilder(StandaloneHTMLBuilder):
    """Sphinx' builder of HTML. `words_before` are the words of pages that need not be written, `words` those of all."""

    words_before: dict[str, Words]

    def init(self) -> None:
        """Begin with the words of no page."""
        super().init()
        self.words_before = {}

    def get_outdated_docs(self) -> Iterator[str]:
        """The pages that are not there or are older than their source; and the front page, so that each run writes."""
        yield from super().get_outdated_docs()
        yield self.config.root_doc

    @property
    def words(self) -> dict[str, Words]:
        """The words of every page of the finished index."""
        assert isinstance(self.indexer, WordIndex)
        return self.indexer.words

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Put the pages into the index that are not written in this run."""
        language = self.config.html_search_language or self.config.language
        self.indexer = WordIndex(self.env, language, self.config.html_search_options, self.config.html_search_scorer)
        for docname in sorted(self.words_before.keys() - set(docnames)):
            self.indexer.take(docname, self.words_before[docname])
