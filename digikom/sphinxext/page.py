"""What every page has from us: templates, the banner of synthetic data, style and script, head and foot of the page."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from digikom.editions.identity import long_date

from . import texts
from .register import register_of

HERE = Path(__file__).parent
_VIEWPORT = re.compile(r'\s*<meta name="viewport"[^>]*>')

#: Pages about the report that the foot of each page leads to, where the book has them.
ABOUT_PAGES = (
    "book/om_statistikken",
    "book/tilgjengelighet",
    "book/rettelser",
    "book/standardtegn",
    "book/slik_siterer_du",
)
#: Characters of a page's description; search engines show about as many.
DESCRIPTION_LENGTH = 160

THEME_OPTIONS: dict[str, Any] = {
    "toc_title": texts.CONTENTS,
    "navbar_persistent": [],
    # A place for an advertising network.
    "primary_sidebar_end": [],
    # The templates have their own row of controls above the article.
    "article_header_start": [],
    "article_header_end": [],
    # What stands elsewhere in the theme's own page, which it would render for each of ours to see whether it is empty.
    "navbar_center": [],
    "secondary_sidebar_items": [],
    "footer_content_items": [],
    "back_to_top_button": False,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_repository_button": False,
    "use_issues_button": False,
    "use_edit_page_button": False,
}


def configure(_app: Sphinx, config: Config) -> None:
    """Fill in the theme's options where the book has not set them, and put our templates first."""
    options = config.html_theme_options
    for name, value in THEME_OPTIONS.items():
        options.setdefault(name, value)
    # Binder, Colab and the like would send the reader to other hosts.
    options["launch_buttons"] = {}
    # What the page is without script. With it the page is as the reader has chosen, or follows the system.
    config.html_context["default_mode"] = "light"
    # «3 Digital prioritering», as chapters are numbered in Norwegian.
    if "html_secnumber_suffix" not in config.overrides:
        config.html_secnumber_suffix = "\u2002"
    config.html_sidebars = {"**": []}
    config.templates_path = [str(HERE / "templates"), *config.templates_path]
    if "html_use_index" not in config.overrides:
        config.html_use_index = False
    if "html_domain_indices" not in config.overrides:
        config.html_domain_indices = False


def add_static_folder(app: Sphinx) -> None:
    """Serve our style and script."""
    app.config.html_static_path.append(str(HERE / "static"))


def edition_line(edition: dict[str, Any]) -> str:
    """Which edition the page belongs to, and of which date; an empty text for a book that is built on its own."""
    if not edition:
        return ""
    published = datetime.date.fromisoformat(str(edition["published"]))
    return texts.edition_published(edition["year"], long_date(published), edition["version"])


def description_of(doctree: nodes.document | None) -> str:
    """The first paragraph of running text, cut at a word: what search engines and link previews show of the page."""
    for paragraph in _running_text(doctree) if doctree is not None else ():
        text = re.sub(r"\s+", " ", paragraph.astext()).strip()
        if len(text) > DESCRIPTION_LENGTH:
            text = text[: DESCRIPTION_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:–") + " …"
        if text:
            return text
    return ""


def _running_text(doctree: nodes.document) -> Iterator[nodes.paragraph]:
    """Paragraphs that stand in a section and nowhere deeper: no lists, boxes, cells or captions."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            yield paragraph


def foreign_titles(app: Sphinx) -> dict[str, str]:
    """The titles of pages in another language, and which: menus name them among Norwegian ones."""
    languages = {name: str(data["lang"]) for name, data in app.env.metadata.items() if data.get("lang")}
    return {app.env.titles[name].astext(): language for name, language in sorted(languages.items())}


def source_link(context: dict[str, Any]) -> dict[str, str] | None:
    """The file that the page is made from: for a computed chapter the executed notebook; nothing for other pages."""
    name = context.get("sourcename")
    if not name or not context.get("page_source_suffix"):
        return None
    is_notebook = name.endswith(".ipynb")
    return {
        "href": f"{context['pathto']('_sources', 1)}/{name}",
        "label": texts.DOWNLOAD_NOTEBOOK if is_notebook else texts.DOWNLOAD_SOURCE,
    }


def add_context(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the templates what they show around the content, and mark a page in another language.

    A page says its language itself, with `lang: en` at its top.
    """
    context["digikom_banner"] = texts.SYNTHETIC_BANNER if register_of(app).is_synthetic else ""
    context["digikom_edition_line"] = edition_line(app.config.digikom_edition)
    context["digikom_about"] = [
        {"docname": name, "title": app.env.titles[name].astext()} for name in ABOUT_PAGES if name in app.env.found_docs
    ]
    context["digikom_modes"] = json.dumps(texts.COLOUR_MODES, ensure_ascii=False)
    context["digikom_description"] = description_of(doctree)
    context["digikom_source"] = source_link(context)
    context["digikom_foreign"] = foreign_titles(app)
    # The tags of docutils repeat one that the template has.
    context["metatags"] = _VIEWPORT.sub("", context.get("metatags", ""))
    language = (context.get("meta") or {}).get("lang")
    if language and context.get("body"):
        context["body"] = f'<div lang="{escape(language, quote=True)}">{context["body"]}</div>'


def add_contents(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Say whether the page has headings to list. Called after the theme has put its functions into the context."""
    context["digikom_has_contents"] = bool(context["generate_toc_html"]())


def setup(app: Sphinx) -> None:
    """Connect, and register style and script."""
    app.connect("config-inited", configure, priority=70)
    app.connect("builder-inited", add_static_folder)
    app.connect("html-page-context", add_context)
    app.connect("html-page-context", add_contents, priority=900)
    app.add_css_file("page.css", priority=850)
    app.add_css_file("digikom.css", priority=900)
    app.add_js_file("page.js", loading_method="defer", priority=850)
    app.add_js_file("digikom.js", loading_method="defer", priority=900)
