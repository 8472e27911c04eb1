"""The list of references in Norwegian.

Pybtex' own styles join names with «and» and write titles in lower case after the first word, which turns «Digital
agenda for Norge» into «Digital agenda for norge».
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

from pybtex.database import Entry  # type: ignore[import-untyped]
from pybtex.plugin import register_plugin  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]
from pybtex.style.formatting.plain import Style as PlainStyle  # type: ignore[import-untyped]
from pybtex.style.template import Node, field, href, names, optional, sentence, words  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib.bibtex.plugin import register_plugin as register_citation_style
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

STYLE = "digikom"


class NorwegianStyle(PlainStyle):  # type: ignore[misc]
    """Pybtex' plain style with «og» between names, titles as they are written, and Norwegian words at web addresses.

    For reports, books and miscellaneous documents; collections and theses would still have English words.
    """

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

    person: PersonStyle = dataclass_field(
        default_factory=lambda: PersonStyle(sep2=" og ", last_sep=" og ", other=" mfl.")
    )
    bracket_parenthetical: BracketStyle = dataclass_field(
        default_factory=lambda: BracketStyle(left="(", right=")", sep="; ")
    )


def choose_style(app: Sphinx, config: Config) -> None:
    """Use the Norwegian styles unless the book names others."""
    if "sphinxcontrib.bibtex" in app.extensions:
        for name in ("bibtex_default_style", "bibtex_reference_style"):
            if name not in config.overrides:
                setattr(config, name, STYLE)


def setup(app: Sphinx) -> None:
    """Register the style with pybtex."""
    register_plugin("pybtex.style.formatting", STYLE, NorwegianStyle)
    register_citation_style("sphinxcontrib.bibtex.style.referencing", STYLE, NorwegianAuthorYear)
    app.connect("config-inited", choose_style, priority=80)
