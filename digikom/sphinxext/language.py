"""The interface of the book and its list of references in Norwegian bokmål.

The catalogues are here, with Sphinx' own `nb_NO` behind them.

No value of Sphinx' `language` does it alone: Sphinx has `nb_NO`, the book theme `no` (partly translated by machine),
the theme below it no Norwegian at all. Of the themes' own texts the templates in `theme` leave none. Pybtex'
own styles join names with «and» and write titles in lower case after the first word, which turns «Digital agenda for
Norge» into «Digital agenda for norge».
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import sphinx
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from docutils import nodes
from pybtex.database import Entry, Person  # type: ignore[import-untyped]
from pybtex.plugin import find_plugin, register_plugin  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]
from pybtex.style.formatting.plain import Style as PlainStyle  # type: ignore[import-untyped]
from pybtex.style.sorting.author_year_title import SortingStyle  # type: ignore[import-untyped]
from pybtex.style.template import Node, field, href, names, optional, sentence, words  # type: ignore[import-untyped]
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.plugin import register_plugin as register_citation_style
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from digikom.files import write

from . import texts

LOGGER = logging.getLogger(__name__)
LANGUAGE = "nb"
SEARCH_LANGUAGE = "no"
SPHINX_FALLBACK = "nb_NO"
SOURCE_DIR = Path(__file__).parent / "locale"
CATALOGUE, SCRIPT_CATALOGUE = "sphinx", "sphinx_js"

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

NUMFIG_FORMAT = {
    "figure": f"{texts.FIGURE_NAME} %s",
    "table": f"{texts.TABLE_NAME} %s",
    "code-block": "Kode %s",
    "section": "Kapittel %s",
}

SCRIPT_TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    "copybutton.js": (
        ("'copy': 'Copy'", "'copy': 'Kopier'"),
        ("'copy_to_clipboard': 'Copy to clipboard'", "'copy_to_clipboard': 'Kopier til utklippstavlen'"),
        ("'copy_success': 'Copied!'", "'copy_success': 'Kopiert'"),
        ("'copy_failure': 'Failed to copy'", "'copy_failure': 'Kunne ikke kopiere'"),
    ),
    "togglebutton.js": (('aria-label="Toggle hidden content"', 'aria-label="Vis eller skjul innholdet"'),),
}
"""Texts inside scripts that have no catalogue for them: file below `_static`, English, Norwegian."""


def read_catalogue(name: str) -> Catalog:
    """Read one of our `.po` files."""
    with (SOURCE_DIR / LANGUAGE / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=LANGUAGE, domain=name)


def compile_catalogues(folder: Path) -> Path:
    """Compile the catalogues into `folder` (never beside their sources) and give the folder of locales.

    The texts of the search page get the form that Sphinx' scripts read.
    """
    target = folder / "digikom-locale"
    messages = target / LANGUAGE / "LC_MESSAGES"
    messages.mkdir(parents=True, exist_ok=True)
    with (messages / f"{CATALOGUE}.mo").open("wb") as file:
        write_mo(file, read_catalogue(CATALOGUE))
    found = {
        message.id[0] if isinstance(message.id, tuple | list) else message.id: message.string
        for message in read_catalogue(SCRIPT_CATALOGUE)
        if message.id
    }
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    # Sphinx' own function for this makes code of a text, which the pages' policy does not allow. Plurals stay as they
    # are in English: those of Norwegian are alike.
    script = f'Object.assign(Documentation.TRANSLATIONS, {text});\nDocumentation.LOCALE = "{LANGUAGE}";\n'
    write(messages / "sphinx.js", script)
    return target


def configure(app: Sphinx, config: Config) -> None:
    """Set the language and every text that is a configuration value, before other extensions read theirs."""
    target = compile_catalogues(Path(app.doctreedir))
    config.language = LANGUAGE
    config.locale_dirs = [str(target), *config.locale_dirs]
    config.html_search_language = SEARCH_LANGUAGE
    config.numfig = True
    config.numfig_secnum_depth = 1
    config.numfig_format = NUMFIG_FORMAT | dict(config.overrides.get("numfig_format", {}))
    config.bibtex_default_style = config.bibtex_reference_style = STYLE
    config.togglebutton_hint, config.togglebutton_hint_hide = "Vis", "Skjul"
    # What `language` was when Sphinx began has already been loaded; start over with our own first.
    locale.translators.pop(("general", CATALOGUE), None)
    locale.init([str(target)], LANGUAGE, CATALOGUE)
    app.translator, _ = locale.init([str(Path(sphinx.__file__).parent / "locale")], SPHINX_FALLBACK)


def translate_scripts(static: Path) -> None:
    """Put Norwegian into the copied scripts that have no catalogue. Warns when a text is no longer there."""
    for name, pairs in SCRIPT_TEXTS.items():
        script = (static / name).read_text(encoding="utf-8")
        for english, norwegian in pairs:
            if english not in script:
                LOGGER.warning("%s no longer holds %r; look up what it says now", name, english)
            script = script.replace(english, norwegian)
        (static / name).write_text(script, encoding="utf-8")


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
    """Configure early, register the style with pybtex, and write the list of references as a list.

    Docutils gives it roles that browsers have dropped (`doc-biblioentry`), with children that no list may have.
    """
    app.add_node(nodes.citation, override=True, html=(_visit_citation, _depart_citation))
    app.add_node(nodes.label, override=True, html=(_visit_label, HTML5Translator.depart_label))
    register_plugin("pybtex.style.formatting", STYLE, NorwegianStyle)
    register_plugin("pybtex.style.sorting", STYLE, NorwegianOrder)
    register_citation_style("sphinxcontrib.bibtex.style.referencing", STYLE, NorwegianAuthorYear)
    app.connect("config-inited", configure, priority=50)
