"""What the page «Kontroll» tells of the edition: what it was built from, and how its notebooks fared when run again.

`{kontroll} miljo` is what the edition was built with, `pakker` the packages, `inndata` the files that were read,
`manifest` the way to the checksums of what is published, `utelatt` what the edition leaves out, and `notatboker` the
runs in `data/control/notebooks.csv`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from digikom.editions.build_facts import BuildFacts, Package
from digikom.editions.reruns import Outcome, read_controls, sources_sha256
from digikom.paths import NOTEBOOK_DIR
from digikom.presence.rule import LeftOut
from digikom.publish.formatting import format_number

from . import texts
from .facts import facts_of
from .plaintables import plain_table
from .presence import standing_of

LOGGER = logging.getLogger(__name__)
#: Where `digikom.editions.manifest` puts the manifest, from the page.
MANIFEST_ADDRESS = "../data/manifest.json"


class Fold(nodes.container):  # type: ignore[misc]
    """Content that is folded until the reader opens it, and left out on paper. Attribute: `summary`, its name."""


class ControlDirective(SphinxDirective):
    """```{kontroll} miljo```, `pakker`, `inndata`, `manifest`, `utelatt` or `notatboker`: see the module."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The part that the argument names."""
        # The commit, the project's own notebooks and other pages are not among what pages are read from (see `reuse`).
        self.env.note_reread()
        parts: dict[str, Callable[[], list[nodes.Node]]] = {
            "miljo": lambda: environment(facts_of(self.env.app)),
            "pakker": lambda: packages(facts_of(self.env.app)),
            "inndata": lambda: inputs(facts_of(self.env.app)),
            "manifest": lambda: manifest(bool(self.config.digikom_facts)),
            "utelatt": lambda: left_out(standing_of(self.env.app).left_out()),
            "notatboker": self.notebooks,
        }
        part = parts.get(self.arguments[0])
        if part is None:
            known = ", ".join(parts)
            LOGGER.warning(
                "{kontroll}: there is no part %r; expected one of %s",
                self.arguments[0],
                known,
                location=(self.env.docname, self.lineno),
            )
            return []
        return part()

    def notebooks(self) -> list[nodes.Node]:
        """The runs of the committed notebooks, with those that have changed since marked."""
        now = {path.name: sources_sha256(path) for path in sorted(NOTEBOOK_DIR.glob("*.ipynb"))}
        return notebook_runs(now)


def environment(facts: BuildFacts) -> list[nodes.Node]:
    """Commit, Python and lock file."""
    if not facts.commit:
        commit: list[nodes.Node] = [nodes.Text(texts.UNKNOWN_COMMIT)]
    else:
        commit = [_digest(facts.commit), *([nodes.Text(f" {texts.MODIFIED}")] if facts.modified else [])]
    lock: list[nodes.Node] = [_digest(facts.lock_sha256) if facts.lock_sha256 else nodes.Text(texts.NO_LOCK)]
    rows = [(texts.COMMIT, commit), (texts.PYTHON, [_file(facts.python)]), (texts.LOCK, lock)]
    return [plain_table(texts.ENVIRONMENT, texts.ENVIRONMENT_HEAD, rows)]


def packages(facts: BuildFacts) -> list[nodes.Node]:
    """The packages that numbers and pictures depend on most, and all of them under a fold."""
    by_name = {package.name: package for package in facts.packages}
    main = [
        ([_file(name)], used_for, _version(by_name[name]))
        for name, used_for in texts.MAIN_PACKAGES.items()
        if name in by_name
    ]
    every = [([_file(package.name)], _version(package)) for package in facts.packages]
    if not every:
        return [nodes.paragraph("", texts.NO_LOCK)]
    whole = plain_table(texts.ALL_PACKAGES, texts.ALL_PACKAGES_HEAD, every)
    return [
        plain_table(texts.PACKAGES, texts.PACKAGES_HEAD, main),
        Fold("", whole, summary=texts.all_packages(format_number(len(every), 0))),
    ]


def inputs(facts: BuildFacts) -> list[nodes.Node]:
    """Every file that the chapters may read, with size and checksum."""
    rows = [([_file(file.path)], format_number(file.size, 0), [_digest(file.sha256)]) for file in facts.inputs]
    return [plain_table(texts.INPUTS, texts.INPUTS_HEAD, rows, "digikom-inputs")]


def manifest(has_one: bool) -> list[nodes.Node]:
    """The way to the manifest; nothing in a book that was built without `digikom build`."""
    if not has_one:
        return []
    link = nodes.raw("", f'<a href="{MANIFEST_ADDRESS}" download>{escape(texts.MANIFEST_LINK)}</a>', format="html")
    return [nodes.paragraph("", "", link, classes=["digikom-download"])]


def left_out(passages: Sequence[tuple[str, LeftOut]]) -> list[nodes.Node]:
    """The passages that the edition leaves out, under a fold."""
    if not passages:
        return [nodes.paragraph("", texts.NOTHING_LEFT_OUT)]
    rows = [
        ([_file(docname)], passage.words, [_file(passage.missing[0]), nodes.Text(texts.and_more(passage.missing))])
        for docname, passage in passages
    ]
    whole = plain_table(texts.LEFT_OUT, texts.LEFT_OUT_HEAD, rows, "digikom-left-out")
    return [Fold("", whole, summary=texts.left_out(format_number(len(rows), 0)))]


def notebook_runs(now: dict[str, str]) -> list[nodes.Node]:
    """How each of the notebooks `now` (name to `sources_sha256`) fared when it was run last."""
    runs = {control.notebook: control for control in read_controls()}
    rows = []
    for name, digest in now.items():
        run = runs.get(name)
        shown: list[nodes.Node] = [_file(name)]
        if run is None or run.sha256 != digest:
            rows.append((shown, "..", "..", texts.LAPSED))
            continue
        outcome = texts.SAME_RESULT if run.outcome is Outcome.IDENTICAL else texts.OTHER_RESULT
        cells = texts.compared(format_number(run.compared, 0), format_number(run.cells, 0))
        rows.append((shown, format_number(run.seconds, 1), cells, outcome))
    return [plain_table(texts.RUNS, texts.RUNS_HEAD, rows)]


def _version(package: Package) -> list[nodes.Node] | str:
    if package.installed == package.locked:
        return [_file(package.locked)]
    return texts.other_version(package.installed, package.locked)


def _digest(text: str) -> nodes.literal:
    return nodes.literal("", text, classes=["digikom-digest"])


def _file(name: str) -> nodes.literal:
    return nodes.literal("", name, classes=["digikom-file"])


def _visit_fold(self: HTML5Translator, node: Fold) -> None:
    summary = f"<summary>{escape(node['summary'])}</summary>"
    self.body.append(f'<details class="digikom-numbers digikom-screen">\n{summary}\n')


def _depart_fold(self: HTML5Translator, _node: Fold) -> None:
    self.body.append("</details>\n")


def _pass(_self: object, _node: nodes.Element) -> None:
    """Other formats have no folds."""


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(Fold, html=(_visit_fold, _depart_fold), **others)
    app.add_directive("kontroll", ControlDirective)
