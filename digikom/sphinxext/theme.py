"""The page around the content: the theme of the report in `theme/digikom`, and what cannot be won by inheriting it.

A theme inherits all static files of the themes below it, and every extension puts its script and style sheet on every
page. Here the builder copies only those files of the themes that our pages use (without the icon font, a script of
1.5 MB and three fonts), and each page names only what it uses. Nothing on it asks another host for anything: formulas
are MathML, Thebe is taken out, and a page that still names a foreign file makes a warning. What is in a page itself is
never run as script: its policy (`layout.POLICY`) says so to the browser.

A published edition never changes when another one comes. So its pages do not list the others: they lead to a page of
the site above them, which every build makes anew, and `digikom.js` fetches the same list from there when a reader opens
it. A book without `digikom_edition`, which `digikom build` sets, is alone and shows no such link.
"""

from __future__ import annotations

import datetime
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.fileutil import copy_asset
from sphinx.util.matching import Matcher
from sphinx.writers.html5 import HTML5Translator

from digikom.editions.identity import long_date
from digikom.editions.layout import DESCRIPTION, EDITIONS_DIR, EDITIONS_FILE, POLICY, way_up
from digikom.files import write
from digikom.publish.palette import dark_css

from . import texts
from .backlinks import reading_order
from .elements import report_of
from .evidence_pages import counts
from .findings import findings
from .language import translate_scripts

LOGGER = logging.getLogger(__name__)
THEME = "digikom"
#: Pages about the report that the foot of each page leads to, where the book has them.
ABOUT_PAGES = tuple(
    f"book/{name}" for name in ("om_statistikken", "tilgjengelighet", "rettelser", "standardtegn", "slik_siterer_du")
)
#: Characters of a page's description; search engines show about as many.
DESCRIPTION_LENGTH = 160
SEARCH_PAGE = "search"

#: The pictures of a page when its reader has chosen dark colours.
DARK_PICTURES = 'html[data-theme="dark"] .digikom-picture svg'
#: Those of a figure on its own page, which has no script and so no choice.
DARK_ALONE = "html.digikom-alone .digikom-picture svg"
PALETTE_NAME = "digikom-palette.css"
#: Static files of the themes below that no page of ours names.
NOT_PUBLISHED = (
    "scripts/bootstrap.js*",
    "scripts/fontawesome.js*",
    "scripts/sphinx-book-theme.js*",
    "scripts/*.map",
    "scripts/*.LICENSE.txt",
    "styles/*.map",
    "styles/theme.css",
    "vendor/fontawesome",
    "images/logo_*",
    "locales",
    "*webpack-macros.html",
    "**/.*",
)
#: Name of a script or style sheet, or text of a script in the page, and what an article holds that has use for it.
NEEDED_FOR: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(file), re.compile(use))
    for file, use in (
        (r"(^|/)(clipboard\.min|copybutton)\.(js|css)$", r'class="highlight'),
        (r"(^|/)mystnb\.[0-9a-f]+\.css$", r'class="(?:[^"]* )?cell'),
        (
            r"(^|/)togglebutton\.(js|css)$|toggleHint|toggleOpenOnPrint|togglebuttonSelector",
            r'class="(?:[^"]* )?(?:toggle|dropdown)[ "]',
        ),
        (r"(^|/)sphinx-design\.min\.css$", r'class="(?:[^"]* )?sd-'),
        (r"(^|/)design-tabs\.js$", r'class="(?:[^"]* )?sd-tab-set'),
        (r"(^|/)figures\.js$", r'class="(?:[^"]* )?digikom-block[ "]'),
        # Full screen, Thebe, tooltips and a second way to fold the menu: nothing of it is on our pages.
        (r"(^|/)sphinx-book-theme\.js$|thebe", r"(?!)"),
        # For the search while one types and for a list of versions, which our pages do not have.
        (r"DOCUMENTATION_OPTIONS\.(search_as_you_type|pagename)", r"(?!)"),
    )
)
_MANY_COLUMNS = re.compile(r'<table class="[^"]*\bdigikom-many\b')
_ICON_FONT = re.compile(r"@font-face\{[^}]*fontawesome[^}]*\}")
_SOURCE_MAP = re.compile(r"\s*/\*# sourceMappingURL=[^*]*\*/")
#: Tags of docutils: one that the layout has too, and one that names the document compiler and its address.
_TAGS = re.compile(r'\s*<meta name="(?:viewport|generator)"[^>]*>')


def configure(app: Sphinx, config: Config) -> None:
    """Choose the theme, and what of its look is configuration."""
    config.html_theme = THEME
    # The theme's own configuration can't say "none": an empty text is a template without a name.
    config.html_theme_options.setdefault("secondary_sidebar_items", [])
    config.html_math_renderer = THEME
    # What the page is without script. With it the page is as the reader has chosen, or follows the system.
    config.html_context["default_mode"] = "light"
    config.html_sidebars = {"**": []}
    config.html_use_index = config.html_domain_indices = False
    # «3 Digital prioritering», as chapters are numbered in Norwegian.
    config.html_secnumber_suffix = "\u2002"
    # Jupyter Book always loads Thebe, which loads its script from another host.
    for listeners in app.events.listeners.values():
        for listener in [each for each in listeners if each.handler.__module__ == "sphinx_thebe"]:
            app.disconnect(listener.id)


class ThemedBuilder(StandaloneHTMLBuilder):
    """Sphinx' builder of HTML, with the static files that our pages use, in Norwegian."""

    def copy_theme_static_files(self, context: dict[str, Any]) -> None:
        """Copy the files of the themes but `NOT_PUBLISHED`, without the rules for the icon font."""
        static, excluded = Path(self.outdir, "_static"), Matcher(NOT_PUBLISHED)
        for folder in reversed(self.theme.get_theme_dirs()):
            copy_asset(Path(folder, "static"), static, excluded, context=context, renderer=self.templates)
        for path in sorted((static / "styles").glob("*.css")):
            style = _SOURCE_MAP.sub("", _ICON_FONT.sub("", path.read_text(encoding="utf-8")))
            path.write_text(style, encoding="utf-8")
            if "fontawesome/webfonts" in style:
                LOGGER.warning("the theme's style sheet is not as it was: %s still names an icon font", path.name)
        (static / PALETTE_NAME).write_text(palette_sheet(), encoding="utf-8")

    def copy_html_static_files(self, context: dict[str, Any]) -> None:
        """Copy the files of extensions, and put Norwegian into those that have no catalogue for it."""
        super().copy_html_static_files(context)
        translate_scripts(Path(self.outdir, "_static"))


def palette_sheet() -> str:
    """The colours of the pictures on a dark page, for screens only: paper is white whatever the reader has chosen."""
    chosen, by_system = dark_css(DARK_PICTURES), dark_css(DARK_ALONE)
    return f"@media screen {{\n{chosen}}}\n@media screen and (prefers-color-scheme: dark) {{\n{by_system}}}\n"


def add_context(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the templates what they show around the content, and mark a page in another language (`lang: en`)."""
    titles, found = app.env.titles, app.env.found_docs
    edition = app.config.digikom_edition
    languages = {name: str(data["lang"]) for name, data in sorted(app.env.metadata.items()) if data.get("lang")}
    context["digikom_banner"] = texts.SYNTHETIC_BANNER if report_of(app).register.is_synthetic else ""
    context["digikom_edition_line"] = _edition_line(edition) if edition else ""
    context["digikom_editions"] = _other_editions(app, page, edition) if edition else None
    about = [name for name in ABOUT_PAGES if name in found]
    context["digikom_about"] = [{"docname": name, "title": titles[name].astext()} for name in about]
    context["digikom_modes"] = json.dumps(texts.COLOUR_MODES, ensure_ascii=False)
    context["digikom_description"] = description_of(doctree)
    # The titles of pages in another language, and which: menus name them among Norwegian ones.
    context["digikom_foreign"] = {titles[name].astext(): language for name, language in languages.items()}
    language = (context.get("meta") or {}).get("lang")
    if language and context.get("body"):
        context["body"] = f'<div lang="{escape(language, quote=True)}">{context["body"]}</div>'


def _edition_line(edition: dict[str, Any]) -> str:
    published = datetime.date.fromisoformat(str(edition["published"]))
    return texts.edition_published(edition["year"], long_date(published), edition["version"])


def _other_editions(app: Sphinx, page: str, edition: dict[str, Any]) -> dict[str, Any]:
    """The way from this page to the same page of other editions, whatever address the site has."""
    known = (page in app.env.found_docs and page not in silent_chapters(app)) or page == SEARCH_PAGE
    name = app.builder.get_target_uri(page if known else app.config.root_doc)
    site = f"../{way_up(app.builder.get_target_uri(page))}"
    return {
        "label": texts.edition_name(edition["year"]),
        "others": texts.OTHER_EDITIONS,
        "year": edition["year"],
        "page": name,
        "site": site,
        "list": f"{site}{EDITIONS_FILE}",
        "href": f"{site}{EDITIONS_DIR}/{name}",
        "texts": json.dumps(texts.EDITION_LIST, ensure_ascii=False, sort_keys=True),
    }


def description_of(doctree: nodes.document | None) -> str:
    """What search engines and link previews show of the page: the first paragraph that is in a section and nowhere
    deeper (no list, box, cell or caption), cut at a word.
    """
    for paragraph in doctree.findall(nodes.paragraph) if doctree is not None else ():
        text = re.sub(r"\s+", " ", paragraph.astext()).strip()
        if text and isinstance(paragraph.parent, nodes.section):
            if len(text) > DESCRIPTION_LENGTH:
                text = text[: DESCRIPTION_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:–") + " …"
            return text
    return ""


def finish_context(
    _app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Leave out of the page what it does not use, when the theme and all extensions have put theirs into the context.

    Warns of a file on another host, and of a script in the page, which the page's policy does not let run.
    """
    body = context.get("body") or ""
    # A table of many columns has the room of the contents.
    context["digikom_is_wide"] = _holds(body, _MANY_COLUMNS)
    context["digikom_has_contents"] = not context["digikom_is_wide"] and bool(context["generate_toc_html"]())
    context["digikom_has_numbers"] = 'class="tall' in body
    # The policy holds for what comes after it.
    policy = f'\n<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    context["metatags"] = policy + _TAGS.sub("", context.get("metatags", ""))
    for kind in ("script_files", "css_files"):
        context[kind] = [item for item in context.get(kind, []) if _is_needed(item, body)]
        for item in context[kind]:
            name = str(getattr(item, "filename", None) or item)
            if "://" in name or name.startswith("//"):
                LOGGER.warning("the page asks another host for %s", name, location=page)
            if getattr(item, "attributes", {}).get("body"):
                LOGGER.warning("the page's policy lets no script in it run: %s", item.attributes["body"], location=page)


def _is_needed(item: Any, body: str) -> bool:  # noqa: ANN401
    # A script in the page has its text where others have the name of their file.
    name = str(getattr(item, "filename", None) or getattr(item, "attributes", {}).get("body") or item)
    return all(_holds(body, use) for file, use in NEEDED_FOR if file.search(name.partition("?")[0]))


@lru_cache(maxsize=len(NEEDED_FOR) + 1)
def _holds(body: str, use: re.Pattern[str]) -> bool:
    return use.search(body) is not None


def _inline_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _block_math(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, *, as_block: bool) -> str:
    try:
        formula = str(latex2mathml.tex2mathml(node.astext(), as_block=as_block))
    except MathError as error:
        LOGGER.warning("the formula %r cannot be written as MathML: %s", node.astext(), error, location=node)
        return ""
    return formula.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def silent_chapters(app: Sphinx) -> set[str]:
    """The chapters without sections that publish nothing: they say only why, and nobody is led to them from above the
    edition. Ask when all pages have been read.
    """
    report = report_of(app)
    published = (*report.register.numbers.values(), *report.register.blocks.values())
    return {
        name
        for name in report.passages.chapters.keys() - {entry.place.docname for entry in published}
        if len(list(app.env.tocs[name].findall(nodes.reference))) == 1
    }


def write_description(app: Sphinx, exception: Exception | None) -> None:
    """Write what the edition is and which pages it has, for what is above it; nothing for a book on its own."""
    edition = app.config.digikom_edition
    if exception is not None or app.builder.format != "html" or not edition:
        return
    report, silent = report_of(app), silent_chapters(app)
    read = [name for name in reading_order(app.env) if name not in silent]
    titles = {name: app.env.titles[name].astext() for name in [*read, *sorted(app.env.found_docs - set(read) - silent)]}
    if isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.search:
        titles[SEARCH_PAGE] = _("Search")
    description = {
        **edition,
        "address": app.config.html_baseurl,
        "author": app.config.author,
        "status": "synthetic" if report.register.is_synthetic else "real",
        "numbers": len(report.register.numbers),
        "findings": findings(app),
        **({} if report.passages.evidence[0] is None else {"evidence": counts(app)}),
        "pages": {app.builder.get_target_uri(name): title for name, title in titles.items()},
    }
    write(Path(app.outdir) / DESCRIPTION, json.dumps(description, ensure_ascii=False, indent=1) + "\n")


def setup(app: Sphinx) -> None:
    """Register the theme with its style and script, and connect."""
    app.add_html_theme(THEME, str(Path(__file__).parent / "theme" / THEME))
    app.add_html_math_renderer(THEME, (_inline_math, None), (_block_math, None))
    styles = {"page.css": 850, "digikom.css": 900, "figures.css": 910, "evidence.css": 910, PALETTE_NAME: 911}
    for name, priority in styles.items():
        app.add_css_file(name, priority=priority)
    app.add_js_file("mode.js", priority=100)
    for name, priority in {"page.js": 850, "digikom.js": 900, "figures.js": 910}.items():
        app.add_js_file(name, loading_method="defer", priority=priority)
    app.connect("config-inited", configure, priority=70)
    app.connect("html-page-context", add_context)
    app.connect("html-page-context", finish_context, priority=950)
    app.connect("build-finished", write_description)
