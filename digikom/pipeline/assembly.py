"""Put one edition's book together: the words, the executed notebooks and the configuration, then Jupyter Book."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from digikom.editions.build_facts import BuildFacts
from digikom.editions.downloads import write_templates
from digikom.editions.edition_files import Edition
from digikom.editions.identity import EditionFacts
from digikom.errors import BuildError
from digikom.paths import PROJECT_ROOT, REVIEW_DIR, SHARED_WORDS
from digikom.pdf import make_pdfs
from digikom.presence.keys import edition_of, read_keys, require_known
from digikom.publish.published import read_cells
from digikom.review.signatures import Signature, load_signatures

#: The folder in a book's source that Jupyter Book works in.
BUILT = "_build"
#: The folder in it of the documents that the PDF files are made from.
DOCUMENTS = "typst"
#: What Sphinx leaves beside the pages and no reader needs: build state, and the list of link targets for other books.
NOT_PUBLISHED = (".buildinfo", ".doctrees", "objects.inv")
#: What a published edition says of itself. Where the answers lie is not among it.
PUBLISHED_FIELDS = set(EditionFacts.model_fields)
#: Lines of Jupyter Book's log that are shown when it fails without a warning.
LOG_LINES = 40
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_FAULT = re.compile(r"WARNING|ERROR|\w*(Error|Exception)\b.*:")


def edition_config(
    edition: Edition,
    config: dict[str, Any],
    facts: BuildFacts,
    pdf: Sequence[str] = (),
    data_dir: str | None = None,
    signatures: Sequence[Signature] = (),
) -> dict[str, Any]:
    """The book's configuration with what belongs to the edition put in: what it is built from, who has checked what, in
    `pdf` the names of the PDF files that will lie beside it, in `data_dir` the folder of the answers where that is not
    the project's own.
    """
    sphinx = config.get("sphinx", {})
    settings = {
        **sphinx.get("config", {}),
        "digikom_edition": edition.model_dump(mode="json", by_alias=True, include=PUBLISHED_FIELDS),
        "digikom_facts": facts.model_dump(mode="json"),
        "digikom_pdf": list(pdf),
        "digikom_answers": str(Path(data_dir).resolve()) if data_dir else "",
        "digikom_reviews": [signature.model_dump(mode="json") for signature in signatures],
    }
    configured = {**config, "title": edition.title, "sphinx": {**sphinx, "config": settings}}
    # The address that the configuration gives is the site's; each edition has a folder of its own there.
    if address := config.get("html", {}).get("baseurl"):
        configured["html"] = {**config["html"], "baseurl": f"{address.rstrip('/')}/{edition.year}/"}
    return configured


def assemble(
    edition: Edition,
    notebooks: Path,
    facts: BuildFacts,
    folder: Path,
    root: Path = PROJECT_ROOT,
    pdf: Sequence[str] = (),
    data_dir: str | None = None,
) -> Path:
    """Lay out the edition's book source in `folder` and return it: words and configuration from `root`, notebooks as
    executed. `facts` are what it is built from, `pdf` are the names of the PDF files that the front page leads to,
    `data_dir` is the folder of the answers where that is not the project's own. Raises BuildError where the words name
    a key that no edition publishes.
    """
    executed = {path.stem: read_cells(path) for path in sorted(notebooks.glob("*.ipynb"))}
    known = read_keys(root)
    require_known(root, known, edition_of(known, executed), edition.year)
    shutil.copytree(root / "book", folder / "book", ignore=shutil.ignore_patterns("editions", "templates"))
    for words in (root / "book" / "editions" / name for name in (str(edition.year), SHARED_WORDS)):
        if words.is_dir():
            shutil.copytree(words, folder / "book" / "editions" / words.name)
    shutil.copytree(notebooks, folder / "notebooks")
    write_templates(root / "notebooks", folder)
    for name in ("index.md", "_toc.yml"):
        shutil.copy(root / name, folder / name)
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    signatures = load_signatures(edition.year, root / REVIEW_DIR.name)
    settings = edition_config(edition, config, facts, pdf, data_dir, signatures)
    write_config(folder, settings)
    return folder


def write_config(folder: Path, settings: dict[str, Any]) -> None:
    """Write the configuration of the book in `folder`."""
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=True)
    (folder / "_config.yml").write_text(text, encoding="utf-8")


def lay_over(source: Path, kept: Path) -> None:
    """Make the book source in `kept` the same as `source`, writing only files that differ: those are read again."""
    wanted = {path.relative_to(source): path for path in source.rglob("*") if path.is_file()}
    for path in sorted(kept.rglob("*")) if kept.is_dir() else ():
        name = path.relative_to(kept)
        if path.is_file() and name.parts[0] != BUILT and name not in wanted:
            path.unlink()
    for name, path in wanted.items():
        target = kept / name
        if not target.is_file() or target.read_bytes() != path.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def build_book(source: Path) -> Path:
    """Run Jupyter Book on `source`, in this very process, with warnings as errors. Returns the folder of the HTML.

    What an earlier run has left in `source`/_build is used again. Raises BuildError when Jupyter Book fails or leaves
    no front page: with its warnings and errors, else with the end of its log.
    """
    from jupyter_book.cli.main import main

    os.environ |= {"LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}
    log = io.StringIO()
    failed = ""
    with redirect_stdout(log), redirect_stderr(log):
        try:
            main(["build", str(source), "-W", "-n", "--keep-going"], standalone_mode=False)
        except SystemExit as end:
            failed = f"exit code {end.code}" if end.code else ""
        except Exception as error:
            failed = type(error).__name__
    html = source / BUILT / "html"
    if failed or not (html / "index.html").is_file():
        lines = [line for line in _COLOUR.sub("", log.getvalue()).splitlines() if line.strip()]
        shown = [line for line in lines if _FAULT.search(line)] or lines[-LOG_LINES:]
        raise BuildError("\n".join([f"Jupyter Book could not build the book ({failed or 'no front page'}):", *shown]))
    return html


def copy_pages(built: Path, html: Path) -> None:
    """Copy the finished pages in `built` to the new folder `html`, without what is not published."""
    shutil.copytree(built, html, ignore=shutil.ignore_patterns(*NOT_PUBLISHED))


def make_book(
    source: Path, kept: Path, outside: str, html: Path, pdf_title: str, require_pdf: bool, report: object = None
) -> str:
    """Make the book of `source` in the folder `kept`, where an earlier one may lie, and copy its pages to `html`.

    `outside` is the fingerprint of what pages are made from that is not in `source`; where it is another one now, the
    earlier book is thrown away, and so it is when its making did not end well. With `pdf_title`, the edition's title,
    its PDF files are made too. Returns why there are none although there should be; empty otherwise. A book has no
    parts to `report`. Raises BuildError, with `require_pdf` also for a PDF that cannot be made.
    """
    state = kept.with_name(f"{kept.name}.state")
    no_pdf = ""
    with FileLock(kept.with_name(f"{kept.name}.lock")):
        if not state.is_file() or state.read_text(encoding="ascii") != outside:
            shutil.rmtree(kept, ignore_errors=True)
        state.unlink(missing_ok=True)
        lay_over(source, kept)
        built = build_book(kept)
        copy_pages(built, html)
        if pdf_title:
            try:
                make_pdfs(built.parent / DOCUMENTS, html, pdf_title)
            except BuildError as error:
                if require_pdf:
                    raise
                no_pdf = str(error)
                # Now no page may lead to one.
                config = yaml.safe_load((kept / "_config.yml").read_text(encoding="utf-8"))
                config["sphinx"]["config"]["digikom_pdf"] = []
                write_config(kept, config)
                shutil.rmtree(html)
                copy_pages(build_book(kept), html)
        state.write_text(outside, encoding="ascii")
    return no_pdf
