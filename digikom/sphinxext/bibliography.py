"""The list of references in Norwegian.

Pybtex' own styles join names with «and» and write titles in lower case after the first word, which turns «Digital
agenda for Norge» into «Digital agenda for norge».
"""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from pybtex.database import Entry, Person  # type: ignore[import-untyped]
from pybtex.plugin import find_plugin, register_plugin  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]
from pybtex.style.formatting.plain import Style as PlainStyle  # type: ignore[import-untyped]
from pybtex.style.sorting.author_year_title import SortingStyle  # type: ignore[import-untyped]
from pybtex.style.template import Node, field, href, names, optional, sentence, words  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.plugin import register_plugin as register_citation_style
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

STYLE = "digikom"
# Pybtex looks its plug-ins up by name for every single reference, in the metadata of all packages, but for those that
# it has been given.
for _group, _name in (
    ("pybtex.backends", "docutils"),
    ("pybtex.backends", "plaintext"),
    ("pybtex.database.input", "bibtex"),
    ("pybtex.style.labels", "number"),
    ("pybtex.style.names", "last"),
    ("pybtex.style.names", "plain"),
):
    register_plugin(_group, _name, find_plugin(_group, _name), force=True)
# Behind «z» in the order of the alphabet.
_FOR_COMPARISON = str.maketrans({"{": "", "}": "", "æ": "z1", "ø": "z2", "å": "z3"})


class NorwegianOrder(SortingStyle):  # type: ignore[misc]
    """By author, year and title as in a Norwegian register, institutions among persons."""

    def person_key(self, person: Person) -> str:
        """The name for comparison: without the braces that keep an institution's name whole, æ, ø and å last."""
        name: str = super().person_key(person)
        return name.translate(_FOR_COMPARISON)


class NorwegianStyle(PlainStyle):  # type: ignore[misc]
    """Pybtex' plain style with «og» between names, titles as they are written, and Norwegian words at web addresses.

    For reports, books and miscellaneous documents; collections and theses would still have English words.
    """

    default_sorting_style = STYLE

    def format_names(self, role: str, as_sentence: bool = True) -> Node | Text:
        """The authors or editors: «A, B og C»."""
        formatted = names(role, sep=", ", sep2=" og ", last_sep=" og ")
        return sentence[formatted] if as_sentence else formatted

    def format_title(self, _entry: Entry, which_field: str, as_sentence: bool = True) -> Node | Text:
        """The title with the capital letters of its source."""
        title = field(which_field)
        return sentence[title] if as_sentence else title

    def format_web_refs(self, _entry: Entry) -> Node | Text:
        """The address, and when it was read."""
        address = field("url", raw=True)
        return optional[sentence[words[href(address)[address], optional["(lest ", field("urldate"), ")"]]]]


@dataclass
class NorwegianAuthorYear(AuthorYearReferenceStyle):
    """References in running text by author and year, «mfl.» after the first of many."""

    def __post_init__(self) -> None:
        self.person = PersonStyle(sep2=" og ", last_sep=" og ", other=" mfl.")
        self.bracket_parenthetical = BracketStyle(left="(", right=")", sep="; ")
        super().__post_init__()  # type: ignore[no-untyped-call]


def choose_style(_app: Sphinx, config: Config) -> None:
    """Use the Norwegian styles."""
    config.bibtex_default_style = config.bibtex_reference_style = STYLE


def _visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<ul class="citation-list">\n')
    self.body.append(self.starttag(node, "li", classes=[node.tagname]))


def _depart_citation(self: HTML5Translator, node: nodes.citation) -> None:
    self.body.append("</li>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</ul>\n")


def _visit_label(self: HTML5Translator, node: nodes.label) -> None:
    # The text refers to a source by author and year, so a running number in the list would lead nowhere.
    if isinstance(node.parent, nodes.citation):
        raise nodes.SkipNode
    HTML5Translator.visit_label(self, node)


def setup(app: Sphinx) -> None:
    """Register the style with pybtex, and write the list of references as a list.

    Docutils gives it roles that browsers have dropped (`doc-biblioentry`), with children that no list may have.
    """
    app.add_node(nodes.citation, override=True, html=(_visit_citation, _depart_citation))
    app.add_node(nodes.label, override=True, html=(_visit_label, HTML5Translator.depart_label))
    register_plugin("pybtex.style.formatting", STYLE, NorwegianStyle)
    register_plugin("pybtex.style.sorting", STYLE, NorwegianOrder)
    register_citation_style("sphinxcontrib.bibtex.style.referencing", STYLE, NorwegianAuthorYear)
    app.connect("config-inited", choose_style, priority=80)
