"""What a run takes over from the one before: documents and pages that nothing has changed, or nothing at all.

A run reads each source into a document and writes each document as a page. Three things decide what is made again:

- *What pages share* (`shared_state`): configuration, contents, what the notebooks compute, bibliography, copies of the
  data, the package. If any of it has changed, or the run before failed or warned, everything is made again.
- *What a page is read from*: its own source and the files that it was noted to depend on, by checksum. A page of which
  one has changed is read and written again. What is not among these must be read in every run (`env.note_reread()`).
- *What pages know of each other* (`noted`): titles, numbers, targets, places, citations, whatever Sphinx has noted
  when all is read. If any of it has changed, all pages are written again.

So a page is taken over only if all that it can be made from is the same, and only if it is byte for byte as it was
written. Everything else in the folder is removed at the beginning and made anew: files of data, search, assets. The
libraries are not looked at: whoever changes them throws `_build` away. Only a book that `digikom build` has laid out is
compared, since it holds what its pages are made from; any other is made anew.
"""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.search import IndexBuilder

import digikom
from digikom.editions.downloads import TEMPLATES_DIR
from digikom.files import sha256, sha256_of_all

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
    """A run without a warning: the state of what its pages share, what they know of each other, by page the files that
    it is read from and those that it is written to with their checksums (pictures under an empty name), and the words
    of each page for the search.
    """

    shared: str = ""
    noted: str = ""
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
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
        """Add a page."""
        whole = self._swap({name: {} for name in (*BY_PAGE, *BY_WORD)})
        super().feed(docname, filename, title, doctree)
        self.take(docname, self._swap(whole))

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
        """Take its memory from Sphinx, before it is loaded, unless all that pages share is as in the run before.

        What is known of that run is forgotten until this one has ended, so that one which fails or is broken off leaves
        nothing to rely on.
        """
        super().__init__(app, env)
        noted = Path(self.doctreedir, RUN_FILE)
        self.run = Run(shared_state(Path(self.srcdir), self.config) if self.config.digikom_facts else "")
        self.before = pickle.loads(noted.read_bytes()) if noted.is_file() else Run()
        noted.unlink(missing_ok=True)
        if not self.run.shared or self.before.shared != self.run.shared:
            self.before = Run()
            Path(self.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)

    def init(self) -> None:
        """Begin in a folder with nothing in it but pages that may be taken over."""
        super().init()
        self.clear()

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

    def clear(self) -> None:
        """Remove what lies in the folder of the pages, but for pages of the run before that are as it has written them.

        Of a run before with something amiss no page is kept. What Sphinx keeps for itself may lie there.
        """
        folder, before = Path(self.outdir), self.before
        kept = {
            docname: files
            for docname, files in before.files.items()
            if all(_checksum(folder / name) == digest for name, digest in files.items())
        }
        if "" not in kept:
            kept = {}
        paths = {folder / name for files in kept.values() for name in files}
        _remove_all_but(paths | {Path(self.doctreedir), Path(self.srcdir)}, folder)
        before.words = {docname: words for docname, words in before.words.items() if docname in kept}

    def written(self) -> dict[str, dict[str, str]]:
        """The files of each page, and the pictures of all."""
        folder = Path(self.outdir)
        files = {"": [path for path in (folder / self.imagedir).glob("**/*") if path.is_file()]}
        for docname in self.env.found_docs:
            copies = (folder / "_sources").glob(f"{self.env.doc2path(docname, base=False)}*")
            files[docname] = [Path(self.get_outfilename(docname)), *copies]
        return {
            docname: {path.relative_to(folder).as_posix(): _checksum(path) for path in paths}
            for docname, paths in files.items()
        }


def forget(app: Sphinx) -> None:
    """Leave nothing to rely on after a run that makes another kind of pages: it reads all documents in its own way."""
    if not isinstance(app.builder, BookBuilder):
        Path(app.doctreedir, RUN_FILE).unlink(missing_ok=True)


def shared_state(source: Path, config: Config) -> str:
    """The checksum of all that the pages of a laid-out book share.

    Of pages and of other Markdown that pages put in it holds the names, of notebooks everything but the words between
    the cells, and of all other files the content. The templates are only copied.
    """
    facts = {name: value for name, value in config.digikom_facts.items() if name not in READ_ANEW}
    settings = json.dumps(config.overrides | {"digikom_facts": facts}, default=repr, sort_keys=True)
    return sha256_of_all([settings.encode(), *_package(), *_files(source)])


def _package() -> Iterator[bytes]:
    folder = Path(digikom.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield from (path.relative_to(folder).as_posix().encode(), path.read_bytes())


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


def _remove_all_but(keeps: Iterable[Path], folder: Path) -> None:
    around = {parent for path in keeps for parent in path.parents}
    for path in sorted(folder.iterdir()):
        if path in around:
            _remove_all_but(keeps, path)
        elif path not in keeps:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def changed(app: Sphinx, env: BuildEnvironment, *_documents: set[str]) -> list[str]:
    """The documents to be read again because a file that they are read from is another one.

    For another kind of pages all: some documents hold what only one kind has.
    """
    if not isinstance(app.builder, BookBuilder):
        return sorted(env.found_docs)
    known = app.builder.before.sources
    return sorted(
        docname
        for docname in env.found_docs & known.keys()
        if any(_checksum(Path(name)) != digest for name, digest in known[docname].items())
    )


def note_sources(app: Sphinx, env: BuildEnvironment) -> None:
    """Note the files that the documents have been read from, and sort the citations as if all had been read now."""
    env.domaindata["cite"]["citation_refs"].sort(key=lambda reference: reference.docname)
    if isinstance(app.builder, BookBuilder):
        checksum = cache(_checksum)
        for docname in env.found_docs:
            names = [env.doc2path(docname), *sorted(env.dependencies.get(docname, ()))]
            app.builder.run.sources[docname] = {
                str(path): checksum(path) for path in (Path(env.srcdir, name) for name in names)
            }


def _checksum(path: Path) -> str:
    return sha256(path) if path.is_file() else ""


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
        builder.run.files = builder.written()
        Path(app.doctreedir, RUN_FILE).write_bytes(pickle.dumps(builder.run))


def setup(app: Sphinx) -> None:
    """Register the builder; note what belongs to the book when all else is done."""
    app.add_builder(BookBuilder, override=True)
    app.connect("builder-inited", forget)
    app.connect("env-get-outdated", changed)
    app.connect("env-updated", note_sources, priority=FIRST)
    app.connect("env-get-updated", due, priority=LAST)
    app.connect("build-finished", end, priority=LAST)
