"""What a run takes over from the one before: the documents of pages whose sources are the same, or nothing at all.

Pages are never taken over. Each run writes all of them, the search index and every other file into an empty folder, so
that what a page says of other pages is never old. What is spared is reading: Sphinx keeps each page as a document
(`.doctrees`), which follows from

- the page's own source and the files that it was noted to depend on, compared here by checksum, not by date;
- everything else, which all pages share: configuration, contents, what the notebooks compute, bibliography, copies of
  the data. If any of it has changed, Sphinx is left without its memory and reads all pages anew.

What a page is made from must be among these, or the page must be read in every run (`env.note_reread()`). The package
itself and the libraries are not: whoever changes them throws the whole `_build` folder away. Only a book that
`digikom build` has laid out is compared, since it holds what its pages are made from; any other is made anew.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from digikom.facts import sha256_of
from digikom.material import TEMPLATES_DIR

#: Beside the documents that Sphinx keeps: the checksum of all that they share, after a run without a warning.
STATE_FILE = "digikom-shared"
#: What only pages that are read in every run tell of (see `control`).
TOLD_ANEW = ("commit", "modified")
PAGE, NOTEBOOK = ".md", ".ipynb"
FIRST, LAST = 0, 999

#: Of a laid-out book the state that this run has begun with.
_STATES: WeakKeyDictionary[Sphinx, str] = WeakKeyDictionary()


def begin(app: Sphinx, config: Config) -> None:
    """Take the memory of the run before from Sphinx, before it is loaded, unless all that pages share is the same.

    The state is noted again at the end, so that a run that fails or is broken off leaves nothing to rely on.
    """
    noted = Path(app.doctreedir, STATE_FILE)
    before = noted.read_text(encoding="ascii") if noted.is_file() else ""
    noted.unlink(missing_ok=True)
    if config.digikom_facts:
        _STATES[app] = shared_state(Path(app.srcdir), config)
    if before != _STATES.get(app):
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def shared_state(source: Path, config: Config) -> str:
    """The checksum of all that the pages of a laid-out book share.

    Of pages and of other Markdown that pages put in it holds the names, of notebooks everything but the words between
    the cells, and of all other files the content. The templates are only copied.
    """
    digest = hashlib.sha256()
    for part in (_settings(config), *_files(source)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def _settings(config: Config) -> bytes:
    facts = {name: value for name, value in config.digikom_facts.items() if name not in TOLD_ANEW}
    return json.dumps(config.overrides | {"digikom_facts": facts}, default=repr, sort_keys=True).encode()


def _files(source: Path) -> Iterator[bytes]:
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        name = path.relative_to(source)
        # The settings are told above; what a build makes, and the templates, no page is read from.
        if name.parts[0] not in {"_build", "_config.yml", TEMPLATES_DIR}:
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


def changed(_app: Sphinx, env: BuildEnvironment, *_documents: set[str]) -> list[str]:
    """The documents to be read again because a file that they are read from is another one."""
    known = checksums(env)
    return sorted(
        docname
        for docname in env.found_docs
        if any(_checksum(Path(name)) != digest for name, digest in known.get(docname, {}).items())
    )


def note(_app: Sphinx, env: BuildEnvironment) -> None:
    """Note the files that the documents of this run have been read from."""
    known = checksums(env)
    for docname in env.found_docs - known.keys():
        names = [env.doc2path(docname), *env.dependencies.get(docname, ())]
        known[docname] = {str(path): _checksum(path) for path in (Path(env.srcdir, name) for name in sorted(names))}


def checksums(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """By document the files that it was read from, with their checksums; kept with Sphinx' environment."""
    known: dict[str, dict[str, str]] | None = getattr(env, "digikom_sources", None)
    if known is None:
        known = {}
        env.digikom_sources = known  # type: ignore[attr-defined]
    return known


def _checksum(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def _forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    checksums(env).pop(docname, None)


def empty_folder(app: Sphinx) -> None:
    """Remove what an earlier run has written, but for what Sphinx keeps, which may lie in the same folder."""
    folder, keeps = Path(app.outdir), {Path(app.doctreedir), Path(app.srcdir)}
    if app.builder.format != "html":
        return
    for path in sorted(folder.iterdir()):
        if not any(kept == path or path in kept.parents for kept in keeps):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def end(app: Sphinx, exception: Exception | None) -> None:
    """Note the state that the kept documents are of. After a warning there is none: the next run must give it again."""
    if exception is None and app in _STATES and not app._warncount:
        Path(app.doctreedir, STATE_FILE).write_text(_STATES[app], encoding="ascii")


def setup(app: Sphinx) -> None:
    """Begin before anything is loaded or written, and end after everything."""
    app.connect("config-inited", begin, priority=LAST)
    app.connect("builder-inited", empty_folder, priority=FIRST)
    app.connect("env-get-outdated", changed)
    app.connect("env-purge-doc", _forget)
    app.connect("env-updated", note)
    app.connect("build-finished", end, priority=LAST)
