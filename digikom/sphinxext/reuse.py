"""What a run takes over from the one before: documents and pages that nothing has changed, or nothing at all.

A run reads each source into a document and writes each document as a page. Three things decide what is made again:

- *What pages share* (`shared_state`): configuration, contents, what the notebooks compute, bibliography, copies of the
  data, the package. If any of it has changed, or the run before failed or warned, everything is made again.
- *What a page is read from*: its own source and the files that it was noted to depend on, by checksum. A page of which
  one has changed is read and written again. What is not among these must be read in every run (`env.note_reread()`).
- *What pages are told of each other* (`told`): titles, numbers, targets, places, citations, whatever Sphinx has noted
  when all is read. If any of it has changed, all pages are written again.

So a page is taken over only if all that it can be made from is the same, and only if it is byte for byte as it was
written. Everything else in the folder is removed at the beginning and made anew: files of data, search, assets. The
libraries are not looked at: whoever changes them throws `_build` away. Only a book that `digikom build` has laid out is
compared, since it holds what its pages are made from; any other is made anew.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

import digikom
from digikom.editions.downloads import TEMPLATES_DIR
from digikom.files import sha256

from .wordindex import BookBuilder, Words

#: Beside the documents that Sphinx keeps: the `Run` that they are of.
RUN_FILE = "digikom-run.pickle"
#: What only pages that are read in every run tell of (see `control`).
TOLD_ANEW = ("commit", "modified")
PAGE, NOTEBOOK = ".md", ".ipynb"
#: What Sphinx notes of a run and not of the book, by the names of attributes of its environment.
OF_THE_RUN = frozenset(
    {
        *("app", "events", "domains", "project", "config", "config_status", "config_status_extra", "settings"),
        *("temp_data", "ref_context", "all_docs", "dependencies", "reread_always", "nb_new_exec_data"),
        *("_pickled_doctree_cache", "_write_doc_doctree_cache", "master_doctree"),
        *("digikom_sources", "digikom_told", "digikom_builder"),
    }
)
FIRST, LAST = 0, 999


@dataclass(slots=True)
class Run:
    """A run without a warning: the state of what its pages share, the files of each page with their checksums, those of
    pictures under an empty name, and the words of each page for the search.
    """

    shared: str = ""
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)


_BEFORE: WeakKeyDictionary[Sphinx, Run] = WeakKeyDictionary()
_SHARED: WeakKeyDictionary[Sphinx, str] = WeakKeyDictionary()


def begin(app: Sphinx, config: Config) -> None:
    """Take its memory from Sphinx, before it is loaded, unless all that pages share is as it was in the run before.

    What is known of that run is forgotten until this one has ended, so that one which fails or is broken off leaves
    nothing to rely on.
    """
    noted = Path(app.doctreedir, RUN_FILE)
    _SHARED[app] = shared_state(Path(app.srcdir), config) if config.digikom_facts else ""
    before = pickle.loads(noted.read_bytes()) if noted.is_file() else Run()
    noted.unlink(missing_ok=True)
    if before.shared and before.shared == _SHARED[app]:
        _BEFORE[app] = before
    else:
        _BEFORE[app] = Run()
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def shared_state(source: Path, config: Config) -> str:
    """The checksum of all that the pages of a laid-out book share.

    Of pages and of other Markdown that pages put in it holds the names, of notebooks everything but the words between
    the cells, and of all other files the content. The templates are only copied.
    """
    return _digest([_settings(config), *_package(), *_files(source)])


def _settings(config: Config) -> bytes:
    facts = {name: value for name, value in config.digikom_facts.items() if name not in TOLD_ANEW}
    return json.dumps(config.overrides | {"digikom_facts": facts}, default=repr, sort_keys=True).encode()


def _package() -> Iterator[bytes]:
    folder = Path(digikom.__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()


def _files(source: Path) -> Iterator[bytes]:
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        # The settings are told above; pages are not read from what a build makes, nor from the templates.
        if path.is_file() and name.parts[0] not in {"_build", "_config.yml", TEMPLATES_DIR}:
            yield name.as_posix().encode()
            if path.suffix == NOTEBOOK:
                yield _computed(path)
            elif path.suffix != PAGE:
                yield path.read_bytes()


def _computed(path: Path) -> bytes:
    """A notebook without its words."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            del cell["source"]
    return json.dumps(notebook).encode()


def clear(app: Sphinx) -> None:
    """Remove what lies in the folder of the pages, but for pages of the run before that are as it has written them.

    Pages in which something about the run before is not as it should be go too. What Sphinx keeps may lie there.
    """
    if app.builder.format != "html":
        return
    folder, before = Path(app.outdir), _BEFORE[app]
    intact = {
        docname: files
        for docname, files in before.files.items()
        if all(_checksum(folder / name) == digest for name, digest in files.items())
    }
    if "" not in intact:
        intact = {}
    keeps = {folder / name for files in intact.values() for name in files} | {Path(app.doctreedir), Path(app.srcdir)}
    _remove_all_but(keeps, folder)
    if isinstance(app.builder, BookBuilder):
        app.builder.words_before = {docname: words for docname, words in before.words.items() if docname in intact}


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

    Of another kind of pages all: some documents hold what only one kind has.
    """
    builder, env.digikom_builder = getattr(env, "digikom_builder", ""), app.builder.name  # type: ignore[attr-defined]
    known = checksums(env)
    return sorted(
        docname
        for docname in env.found_docs
        if builder != app.builder.name
        or any(_checksum(Path(name)) != digest for name, digest in known.get(docname, {}).items())
    )


def note(_app: Sphinx, env: BuildEnvironment) -> None:
    """Note the files that the documents of this run have been read from, and the citations as if all had been."""
    known = checksums(env)
    for docname in env.found_docs - known.keys():
        names = [env.doc2path(docname), *env.dependencies.get(docname, ())]
        known[docname] = {str(path): _checksum(path) for path in (Path(env.srcdir, name) for name in sorted(names))}
    env.domaindata["cite"]["citation_refs"].sort(key=lambda reference: reference.docname)


def checksums(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """By document the files that it was read from, with their checksums; kept with Sphinx' environment."""
    known: dict[str, dict[str, str]] | None = getattr(env, "digikom_sources", None)
    if known is None:
        known = {}
        env.digikom_sources = known  # type: ignore[attr-defined]
    return known


def _checksum(path: Path) -> str:
    return sha256(path) if path.is_file() else ""


def _forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    checksums(env).pop(docname, None)


def due(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, where what they are told of each other has changed."""
    before, now = getattr(env, "digikom_told", ""), told(env)
    env.digikom_told = now  # type: ignore[attr-defined]
    return [] if before == now else sorted(env.found_docs)


def told(env: BuildEnvironment) -> str:
    """The checksum of everything that Sphinx and its extensions have noted of the book, numbers included."""
    noted = {name: value for name, value in vars(env).items() if name not in OF_THE_RUN}
    # How many words a page has MyST notes for the page itself.
    noted["metadata"] = {
        docname: {name: value for name, value in about.items() if name != "wordcount"}
        for docname, about in env.metadata.items()
    }
    return _digest([_canonical(noted).encode()])


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
    if is_dataclass(value) and not isinstance(value, type):
        # Python would say its sets in an order that is another one in each process.
        content = {each.name: getattr(value, each.name) for each in fields(value)}
        return f"{type(value).__qualname__} {_canonical(content)}"
    if type(value).__repr__ is object.__repr__ and hasattr(value, "__dict__"):
        # Python would say no more of it than where it is in memory.
        return f"{type(value).__qualname__} {_canonical(vars(value))}"
    return repr(value)


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def end(app: Sphinx, exception: Exception | None) -> None:
    """Note what the next run may take over. After a warning that is nothing: it must be given again."""
    if exception is None and _SHARED[app] and isinstance(app.builder, BookBuilder) and not app._warncount:
        run = Run(_SHARED[app], _written(app, app.builder), app.builder.words)
        Path(app.doctreedir, RUN_FILE).write_bytes(pickle.dumps(run))


def _written(app: Sphinx, builder: BookBuilder) -> dict[str, dict[str, str]]:
    """The files of each page, and the pictures of all."""
    folder = Path(app.outdir)
    files = {"": sorted(path for path in (folder / builder.imagedir).glob("**/*") if path.is_file())}
    for docname in app.env.found_docs:
        copies = (folder / "_sources").glob(f"{app.env.doc2path(docname, base=False)}*")
        files[docname] = [Path(builder.get_outfilename(docname)), *copies]
    return {
        docname: {path.relative_to(folder).as_posix(): _checksum(path) for path in paths}
        for docname, paths in files.items()
    }


def setup(app: Sphinx) -> None:
    """Begin before anything is loaded or written, and end after everything."""
    app.add_builder(BookBuilder, override=True)
    app.connect("config-inited", begin, priority=LAST)
    app.connect("builder-inited", clear, priority=FIRST)
    app.connect("env-get-outdated", changed)
    app.connect("env-purge-doc", _forget)
    app.connect("env-updated", note, priority=FIRST)
    app.connect("env-get-updated", due, priority=LAST)
    app.connect("build-finished", end, priority=LAST)
