"""Put one edition's book together: the words, the executed notebooks and the configuration, then Jupyter Book."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from digikom.build.editions import Edition
from digikom.errors import BuildError
from digikom.facts import BuildFacts
from digikom.material import write_templates
from digikom.needs import Availability
from digikom.paths import PROJECT_ROOT, REVIEW_DIR, SHARED_WORDS
from digikom.publish.edition import EditionFacts
from digikom.reviews.signatures import Signature, load_signatures

#: The program `jupyter-book` of the very environment that this runs in; the package has no `python -m` of its own.
JUPYTER_BOOK = (
    "from digikom.processes import end_with_parent; end_with_parent(); from jupyter_book.cli.main import main; main()"
)
#: What a published edition tells of itself. Where the answers lie is not among it.
PUBLISHED_FIELDS = set(EditionFacts.model_fields)
#: Lines of Jupyter Book's log that are shown when it fails.
LOG_LINES = 40


def edition_config(
    edition: Edition,
    availability: Availability,
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
        "digikom_lacking": sorted(availability.lacking),
        "digikom_not_comparable": sorted(availability.not_comparable),
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
    availability: Availability,
    facts: BuildFacts,
    folder: Path,
    root: Path = PROJECT_ROOT,
    pdf: Sequence[str] = (),
    data_dir: str | None = None,
) -> Path:
    """Lay out the edition's book source in `folder` and return it: words and configuration from `root`, notebooks as
    executed. `facts` are what it is built from, `pdf` are the names of the PDF files that the front page leads to, if
    they will be made, `data_dir` the folder of the answers where that is not the project's own.
    """
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
    settings = edition_config(edition, availability, config, facts, pdf, data_dir, signatures)
    (folder / "_config.yml").write_text(
        yaml.safe_dump(settings, allow_unicode=True, sort_keys=True),
        encoding="utf-8",
    )
    return folder


def build_book(source: Path) -> Path:
    """Run Jupyter Book on `source` with warnings as errors and return the folder of the finished HTML.

    Raises BuildError with the end of the log when Jupyter Book fails or leaves no front page.
    """
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(source), "-W", "-n", "--keep-going", "--all"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "NO_COLOR": "1"}
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    html = source / "_build" / "html"
    if run.returncode != 0 or not (html / "index.html").is_file():
        log = "\n".join([*run.stdout.splitlines(), *run.stderr.splitlines()][-LOG_LINES:])
        raise BuildError(f"Jupyter Book could not build the book (exit code {run.returncode}):\n{log}")
    return html
