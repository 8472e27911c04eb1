"""What a run takes over from the one before: documents and pages that nothing has changed, or nothing at all.

A run reads each source into a document and writes each document as a page. Sphinx reads a page again when its source or
a file that it was noted to depend on is newer than its document (what is not among these must be read in every run, by
`env.note_reread()`), and writes the pages that it has read. Two things more decide what is made again:

- *What pages share* (`shared_state`): configuration, contents, what the notebooks compute, bibliography, copies of the
  data. If any of it has changed, or the run before failed or warned, everything is made again.
- *What pages know of each other* (`noted`): titles, numbers, targets, places, citations, whatever Sphinx has noted
  when all is read. If any of it has changed, all pages are written again.

Everything in the folder but the pages is removed at the beginning and made anew: files of data, search, assets. Only a
book that `digikom build` has laid out is compared, since it holds what its pages are made from; any other is made anew.
`digikom build` itself begins in an empty folder when the package or a library has changed (see `digikom.pipeline`).
"""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.search import IndexBuilder, WordStore

from digikom.editions.layout import TEMPLATES_DIR
from digikom.files import sha256_of_all

from .passages import NOTEBOOK, PAGE
from .theme import ThemedBuilder

#: Beside the documents that Sphinx keeps: the `Run` that they are of.
RUN_FILE = "digikom-run.pickle"
#: Facts of the build that only pages show which are read in every run (see `edition_pages`).
READ_ANEW = ("commit", "modified")
#: What Sphinx notes of a run and not of the book, by the names of attributes of its environment.
OF_THE_RUN = frozenset(
    {
        *("app", "events", "domains", "project", "config", "config_status", "config_status_extra", "settings"),
        *("temp_data", "ref_context", "all_docs", "dependencies", "reread_always", "nb_new_exec_data"),
        *("_pickled_doctree_cache", "_write_doc_doctree_cache", "master_doctree"),
    }
)
FIRST, LAST = 0, 999
#: What the search index holds of one page, by the names of attributes of Sphinx' index.
Words = dict[str, dict[str, Any]]
BY_PAGE = ("_titles", "_filenames", "_all_titles", "_index_entries")
BY_WORD = ("_mapping", "_title_mapping")


@dataclass(slots=True)
class Run:
    """A run without a warning: the state of what its pages share, what they know of each other, and the words of each
    page for the search.
    """

    shared: str = ""
    noted: str = ""
    words: dict[str, Words] = field(default_factory=dict)


class WordIndex(IndexBuilder):
    """Sphinx' search index, which keeps what each page has added to it.

    Sphinx takes the words of pages that it does not write from its own finished index. That has lost which entries of
    the index a page has, and keeps words that no page has any more.
    """

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments)
        self.words: dict[str, Words] = {}
        # The same words stand on many pages, and Sphinx finds the stem of each anew on every one.
        self.lang.stem = cache(self.lang.stem)  # type: ignore[method-assign]
        self._swap({name: {} for name in (*BY_PAGE, *BY_WORD)})

    def _swap(self, content: Words) -> Words:
        """Put other content into the index, and return what it had."""
        before = {name: getattr(self, name) for name in content}
        for name, value in content.items():
            setattr(self, name, value)
        return before

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Add a page; of one with `nosearch: true` at its head, of which Sphinx gives nothing, the title."""
        if "nosearch" in self.env.metadata[docname]:
            doctree += nodes.section("", nodes.title("", self.env.titles[docname].astext()))
        whole = self._swap({name: {} for name in (*BY_PAGE, *BY_WORD)})
        super().feed(docname, filename, title, doctree)
        self.take(docname, self._swap(whole))

    def _word_collector(self, doctree: nodes.document) -> WordStore:
        """The words of a page, without those of code."""
        code = [(node, node.children) for node in doctree.findall(nodes.literal_block)]
        for node, _ in code:
            node.children = []
        words = super()._word_collector(doctree)
        for node, children in code:
            node.children = children
        return words

    def take(self, docname: str, words: Words) -> None:
        """Add a page by what it has added to an index."""
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


class BookBuilder(ThemedBuilder):
    """Sphinx' builder of HTML, with a memory: `before` is the run before, `run` this one."""

    def __init__(self, app: Sphinx, env: BuildEnvironment) -> None:
        """Forget what is known of the run before until this one has ended, so that one which fails or is broken off
        leaves nothing to rely on.
        """
        super().__init__(app, env)
        self.before = _remembered(app)
        Path(app.doctreedir, RUN_FILE).unlink(missing_ok=True)
        shared = shared_state(Path(app.srcdir), app.config) if app.config.digikom_facts else ""
        self.run = Run(self.before.shared or shared)

    def init(self) -> None:
        """Begin in a folder with nothing in it but pages that may be taken over, and pictures on them."""
        super().init()
        folder, sources = Path(self.outdir), Path(self.outdir, "_sources")
        keeps = {Path(self.doctreedir), Path(self.srcdir)}
        for docname in self.before.words:
            name = self.env.doc2path(docname, base=False)
            keeps |= {Path(self.get_outfilename(docname)), folder / self.imagedir, *sources.glob(f"{name}*")}
        _remove_all_but(keeps, folder)

    def get_outdated_docs(self) -> Iterator[str]:
        """The pages that are not there or are older than their source; and the front page, so that each run writes."""
        yield from super().get_outdated_docs()
        yield self.config.root_doc

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Put the pages into the index that are not written in this run."""
        language = self.config.html_search_language or self.config.language
        index = WordIndex(self.env, language, self.config.html_search_options, self.config.html_search_scorer)
        for docname in sorted(self.before.words.keys() - set(docnames)):
            index.take(docname, self.before.words[docname])
        self.indexer = index
        self.run.words = index.words


def begin(app: Sphinx, config: Config) -> None:
    """Take its memory from Sphinx, before it is loaded, unless all that pages share is as in the run before."""
    if not config.digikom_facts or _remembered(app).shared != shared_state(Path(app.srcdir), config):
        for name in (RUN_FILE, ENV_PICKLE_FILENAME):
            Path(app.doctreedir, name).unlink(missing_ok=True)


def _remembered(app: Sphinx) -> Run:
    file = Path(app.doctreedir, RUN_FILE)
    return pickle.loads(file.read_bytes()) if file.is_file() else Run()


def shared_state(source: Path, config: Config) -> str:
    """The checksum of all that the pages of a laid-out book share.

    Of pages and of other Markdown that pages put in it holds the names, of notebooks everything but the words between
    the cells, and of all other files the content. The templates are only copied.
    """
    facts = {name: value for name, value in config.digikom_facts.items() if name not in READ_ANEW}
    settings = json.dumps(config.overrides | {"digikom_facts": facts}, default=repr, sort_keys=True)
    return sha256_of_all([settings.encode(), *_files(source)])


def _files(source: Path) -> Iterator[bytes]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        # The settings are looked at above; pages are not read from what a build makes, nor from the templates.
        if path.is_file() and name.parts[0] not in {"_build", "_config.yml", TEMPLATES_DIR}:
            content = b"" if path.suffix == PAGE else path.read_bytes()
            if path.suffix == NOTEBOOK:
                notebook = json.loads(content)
                for cell in notebook["cells"]:
                    if cell["cell_type"] == "markdown":
                        del cell["source"]
                content = json.dumps(notebook).encode()
            yield from (name.as_posix().encode(), content)


def _remove_all_but(keeps: Collection[Path], folder: Path) -> None:
    around = {parent for path in keeps for parent in path.parents}
    for path in sorted(folder.iterdir()):
        if path in around:
            _remove_all_but(keeps, path)
        elif path not in keeps:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def sort_citations(_app: Sphinx, env: BuildEnvironment) -> None:
    """Put the citations in the order that they have when all documents have been read in one run."""
    env.domaindata["cite"]["citation_refs"].sort(key=lambda reference: reference.docname)


def due(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, where what they know of each other has changed."""
    if not isinstance(app.builder, BookBuilder):
        return []
    app.builder.run.noted = noted(env)
    return [] if app.builder.run.noted == app.builder.before.noted else sorted(env.found_docs)


def noted(env: BuildEnvironment) -> str:
    """The checksum of everything that Sphinx and its extensions have noted of the book, numbers included."""
    found = {name: value for name, value in vars(env).items() if name not in OF_THE_RUN}
    # How many words a page has MyST notes for the page itself.
    found["metadata"] = {
        docname: {name: value for name, value in about.items() if name != "wordcount"}
        for docname, about in env.metadata.items()
    }
    return sha256_of_all([_canonical(found).encode()])


def _canonical(value: object) -> str:
    """A text that is the same for values that are equal, in whatever order they came to be."""
    if isinstance(value, nodes.Node):
        return str(value.pformat())
    if isinstance(value, Mapping):
        items = sorted((_canonical(name), _canonical(content)) for name, content in value.items())
        return f"{{{', '.join(f'{name}: {content}' for name, content in items)}}}"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(_canonical, value)))}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_canonical, value))}]"
    # Of these Python would say its sets in an order that is another one in each process, or where it is in memory.
    if is_dataclass(value) and not isinstance(value, type):
        return _canonical([type(value).__qualname__, {each.name: getattr(value, each.name) for each in fields(value)}])
    if type(value).__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        return _canonical([type(value).__qualname__, vars(value)])
    return repr(value)


def end(app: Sphinx, exception: Exception | None) -> None:
    """Note what the next run may take over. After a warning that is nothing: it must be given again."""
    builder = app.builder
    if exception is None and isinstance(builder, BookBuilder) and builder.run.shared and not app._warncount:
        Path(app.doctreedir, RUN_FILE).write_bytes(pickle.dumps(builder.run))


def setup(app: Sphinx) -> None:
    """Register the builder; note what belongs to the book when all else is done."""
    app.add_builder(BookBuilder, override=True)
    app.connect("config-inited", begin, priority=LAST)
    app.connect("env-updated", sort_citations, priority=FIRST)
    app.connect("env-get-updated", due, priority=LAST)
    app.connect("build-finished", end, priority=LAST)
