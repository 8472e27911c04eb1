"""The report as a Sphinx domain: what is known of the edition in the making, and the roles that print its numbers.

{tall}`key` prints «93,2 prosent», {tall}`key|verdi` only «93,2», {tall}`key|hel` «93 prosent», {tall}`key|en` «93.2 per
cent». {tall}`key|ord` prints «åtte» for 8 and digits above twelve, `|Ord` «Åtte», `|ett` and `|Ett` the same for neuter
nouns, `|av` «12 av 18», how many of the base it counts. {ord}`key` prints a computed word or phrase, {ord}`key|en` the
same in English, {ord}`key|hel` with the numbers in it whole. All link to the cell that computed it. {numref}`key`
prints «Figur 3.1».

Numbers, wordings, figures and tables are read from the notebook files before any page is, so that a page can print what
a later one computes. They do not go into Sphinx' inventory and search: a reader finds them on the page of all numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from digikom.derivation import Program, code_cells, read_program
from digikom.editions.build_facts import BuildFacts, collect_facts
from digikom.editions.edition_files import load_edition
from digikom.editions.identity import EditionFacts
from digikom.editions.limit_cases import LimitCases, from_rows
from digikom.editions.municipality_results import MunicipalityResults
from digikom.errors import BuildError, InputError
from digikom.opendata.data_files import machine_text
from digikom.opendata.description import Book
from digikom.presence.keys import require_known
from digikom.publish.formatting import quoted
from digikom.survey import claims, codebook

from . import texts
from .backlinks import PrintedPlace, printed_places
from .bounds import with_bounds
from .chapter_downloads import copied_inputs
from .elements import NUMBER_ANCHOR, WORDING_ANCHOR, NumberLink, report_of
from .evidence import with_evidence
from .exports import describe
from .municipalities import read_results
from .number_sources import NumberSources
from .passages import EDITION_DIR, NOTEBOOK, PAGE, YEAR_KEY, Passages
from .payloads import ENGLISH, WHOLE, Entry, Number, Register, Wording, read_register
from .reviews import Reviews, read_reviews

LOGGER = logging.getLogger(__name__)


def number_link(entry: Entry[Number], *shown: nodes.Node) -> NumberLink:
    """`shown` as a link to the cell that computed a number."""
    number = entry.item
    classes = ["tall", "antatt"] if number.evidence == "assumed" else ["tall"]
    link = NumberLink("", "", *shown, classes=classes, docname=entry.place.docname, anchor=NUMBER_ANCHOR + number.key)
    link["value"] = None if number.value is None else machine_text(number.value)
    link["tooltip"] = texts.number_title(number)
    return link


def wording_link(register: Register, entry: Entry[Wording], shown: str) -> NumberLink:
    """`shown` as a link to the cell that computed a wording."""
    basis = [register.numbers[name].item for name in entry.item.rests_on if name in register.numbers]
    link = NumberLink("", shown, classes=["ord"], docname=entry.place.docname, value=None)
    link["anchor"], link["tooltip"] = WORDING_ANCHOR + entry.item.key, texts.wording_title(entry.item.text, basis)
    return link


def number_links(register: Register, asked: str) -> list[nodes.Node] | str:
    """The link to a number, asked for by its key and form; what there is none of otherwise."""
    key, _, form = (part.strip() for part in asked.partition("|"))
    entry = register.numbers.get(key)
    if entry is None:
        return f"the number {key!r}"
    forms = entry.item.forms
    if form not in forms:
        return f"the form {form!r} of the number {key!r} (only {quoted(filter(None, forms))})"
    return [number_link(entry, nodes.Text(forms[form]))]


def wording_links(register: Register, asked: str) -> list[nodes.Node] | str:
    """The links of a wording, of its words and of the numbers in it; what there is none of otherwise."""
    key, _, form = (part.strip() for part in asked.partition("|"))
    entry = register.wordings.get(key)
    if entry is None:
        return f"the wording {key!r}"
    forms = {"": entry.item.text, WHOLE: entry.item.text, ENGLISH: entry.item.text_en}
    if form not in forms or (form and not forms[form]):
        return f"the form {form!r} of the wording {key!r}"
    if not forms[form]:
        # A sentence that the numbers of this edition give no reason to say.
        return []
    found: list[nodes.Node] = []
    for place, part in enumerate(entry.item.parts(form)):
        if place % 2:
            number = number_links(register, f"{part.partition('|')[0]}|{WHOLE}" if form == WHOLE else part)
            if isinstance(number, str):
                return number
            found += number
        elif part:
            found.append(wording_link(register, entry, part))
    return found


class _RegisterRole(SphinxRole):
    """{tall} or {ord}: `look_up` gives the links, or what there is none of."""

    def __init__(self, look_up: Callable[[Register, str], list[nodes.Node] | str]) -> None:
        super().__init__()
        self.look_up = look_up

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The links, or the key in brackets and a warning."""
        found = self.look_up(report_of(self.env.app).register, self.text)
        if not isinstance(found, str):
            return found, []
        role = self.name.rpartition(":")[2]
        place = (self.env.docname, self.lineno)
        LOGGER.warning("{%s}: no notebook of the report publishes %s", role, found, location=place)
        return [nodes.problematic(self.rawtext, f"[{self.text}?]")], []


class ReportDomain(Domain):
    """What is known of the report in the making, each thing found when it is first asked for.

    With Sphinx' environment is kept from build to build only where each page prints numbers and wordings
    (`data["places"]`, see `backlinks`); all else is read anew, since any notebook may have changed.
    """

    name, label = "digikom", "Rapporten"
    roles = {  # noqa: RUF012
        "tall": _RegisterRole(number_links),
        "ord": _RegisterRole(wording_links),
        "numref": XRefRole(lowercase=True, warn_dangling=True),
    }
    dangling_warnings = StandardDomain.dangling_warnings
    initial_data = {"places": {}}  # noqa: RUF012

    @property
    def data_dir(self) -> str | None:
        """The folder of the answers that the edition is made from."""
        return self.env.config.digikom_answers or self.env.config.digikom_data_dir or None

    @cached_property
    def passages(self) -> Passages:
        """What the edition has of the book."""
        sources = {docname: Path(self.env.doc2path(docname)) for docname in sorted(self.env.found_docs)}
        return Passages(Path(self.env.srcdir), sources, self.data_dir)

    @cached_property
    def register(self) -> Register:
        """What the notebooks publish, what it rests on, and how low and high it could be."""
        known = with_evidence(read_register(self.passages.chapters), *self.passages.evidence)
        return with_bounds(known, self.passages.bounds)

    @cached_property
    def limits(self) -> LimitCases | None:
        """What scores and grades would be with other limits, as far as a notebook says."""
        rows = [row for given in self.passages.limits.values() for row in given]
        return from_rows(rows) if rows else None

    @cached_property
    def edition(self) -> EditionFacts | None:
        """What the edition says of itself: as `digikom build` says, or else in the edition file of the year that
        the notebooks are about; nothing for a book that is no edition.
        """
        if given := self.env.config.digikom_edition:
            return EditionFacts.model_validate(given)
        year = self.register.numbers.get(YEAR_KEY)
        folder = Path(self.env.srcdir, EDITION_DIR)
        if year is None or not (folder / f"{year.item.value}.yml").is_file():
            return None
        return load_edition(int(str(year.item.value)), folder)

    @cached_property
    def facts(self) -> BuildFacts:
        """What the book is built from: as `digikom build` says, or else the facts of the project."""
        if given := self.env.config.digikom_facts:
            return BuildFacts.model_validate(given)
        years = () if self.edition is None else self.edition.years
        return collect_facts(years, self.env.config.digikom_data_dir or None)

    @cached_property
    def program(self) -> Callable[[str], Program]:
        """Gives the steps of a notebook's cells that the edition has. Raises `CodeError`, or `KeyError` for a page."""
        return cache(lambda docname: read_program(code_cells(self.passages.chapters[docname])))

    @cached_property
    def sources(self) -> NumberSources:
        """What the numbers rest on."""
        years = () if self.edition is None else self.edition.years
        return NumberSources(codebook(self.data_dir), self.facts.inputs, years, self.program)

    @cached_property
    def reviews(self) -> Reviews:
        """The signatures of the edition, compared with its calculations."""
        return read_reviews(self.env.app)

    @cached_property
    def printed(self) -> dict[str, list[PrintedPlace]]:
        """Where numbers and wordings are printed. Ask when all pages have been read."""
        return printed_places(self.env)

    @cached_property
    def municipalities(self) -> MunicipalityResults | None:
        """What the edition shows of single municipalities, if anything."""
        return read_results(self.passages.chapters.values())

    @cached_property
    def copies(self) -> dict[str, Path]:
        """The data files that the edition publishes copies of, by their path in the data folder."""
        return copied_inputs(self.env.app)

    @cached_property
    def description(self) -> Book:
        """What the book's files are written from. Ask when all pages have been read."""
        return describe(self.env.app)

    def check_keys(self) -> None:
        """Stop the build at a key that no edition publishes, in a text or a printed statement that a notebook compares.

        Warn of what a notebook publishes and nobody can use.
        """
        numbers = {each.key for each in self.passages.keys if each.kind == "number"}
        try:
            require_known(self.passages.folder, self.passages.keys, self.passages.edition, self.passages.year())
            if numbers and self.passages.calls("survey.claims("):
                claims(self.data_dir, numbers | set(self.register.numbers))
        except (BuildError, InputError) as error:
            raise ExtensionError(str(error)) from None
        for fault in self.register.faults:
            LOGGER.warning("%s", fault.message, location=(fault.place.docname, fault.place.line))

    def check_consistency(self) -> None:
        """Warn of a number that names what the codebook does not have, and a correction of what is not published."""
        unknown = "the number %r rests on %r, which the codebook does not have"
        for key, entry in self.register.numbers.items():
            for name in self.sources.unknown(entry):
                LOGGER.warning(unknown, key, name, location=(entry.place.docname, entry.place.line))
        absent = "the correction of %s affects %r, but no notebook publishes a number, figure or table of that name"
        for correction in () if self.edition is None else self.edition.corrections:
            for key in correction.affects:
                if key not in self.register.numbers and key not in self.register.blocks:
                    LOGGER.warning(absent, correction.date, key)

    def clear_doc(self, docname: str) -> None:
        """Forget a page."""
        self.data["places"].pop(docname, None)

    def merge_domaindata(self, docnames: list[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process has read."""
        self.data["places"].update({name: places for name, places in otherdata["places"].items() if name in docnames})

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> nodes.Element | None:
        """«Figur 3.1» for {numref}, by the numbers that Sphinx has assigned.

        Sphinx itself loads the whole document of the page that the figure is on, for each reference anew, to see what
        kind of thing it is. What is not a figure or table with a number, and a text of its own, is left to it.
        """
        standard = cast(StandardDomain, env.get_domain("std"))
        docname, found = standard.anonlabels.get(target, ("", ""))
        for kind, numbers in env.toc_fignumbers.get(docname, {}).items():
            form = env.config.numfig_format.get(kind, "")
            if found in numbers and not node.get("refexplicit") and form.count("%s") == 1 and "{" not in form:
                text = form % ".".join(map(str, numbers[found]))
                about: dict[str, Any] = {"nodeclass": addnodes.number_reference, "title": form}
                return standard.build_reference_node(fromdocname, builder, docname, found, text, typ, **about)
        return standard.resolve_xref(env, fromdocname, builder, typ, target, node, contnode)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.Element]]:
        """Nothing: a reference that does not say its kind leads to a place that the standard domain knows."""
        return []


def check_keys(app: Sphinx, _env: BuildEnvironment, *_documents: set[str]) -> list[str]:
    """Read what the notebooks publish: this is the first event at which Sphinx knows the documents of the book."""
    report_of(app).check_keys()
    return []


def keep_passages(app: Sphinx, docname: str, content: list[str]) -> None:
    """Give Sphinx what the edition has of a page or notebook."""
    passages, name = report_of(app).passages, app.env.doc2path(docname)
    if name.endswith(PAGE):
        content[0] = passages.page(content[0])
    elif name.endswith(NOTEBOOK):
        content[0] = passages.notebook(docname, content[0])


def setup(app: Sphinx) -> None:
    """Register the domain, whose roles need no prefix, and what `digikom build` says of the edition.

    Which pages a change of the facts concerns is said in `reuse`, not left to Sphinx.
    """
    app.add_domain(ReportDomain)
    app.add_config_value("digikom_data_dir", "", "env", [str])
    app.add_config_value("digikom_answers", "", "env", [str])
    app.add_config_value("digikom_edition", {}, "env", [dict])
    app.add_config_value("digikom_facts", {}, "", [dict])
    app.add_config_value("digikom_reviews", None, "env", [list, type(None)])
    app.add_config_value("digikom_pdf", [], "env", [list])
    app.connect("config-inited", lambda _, config: setattr(config, "primary_domain", ReportDomain.name))
    app.connect("env-get-outdated", check_keys)
    app.connect("source-read", keep_passages)
