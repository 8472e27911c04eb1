"""What every page has from us: Norwegian templates, the banner of synthetic data, style and script, a quiet theme."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from . import texts
from .register import register_of

HERE = Path(__file__).parent
SAMPLE_SEARCH_TEXT = "Search this book..."

THEME_OPTIONS: dict[str, Any] = {
    "search_bar_text": "Søk i rapporten",
    "toc_title": "På denne siden",
    # Without this the theme draws a second search field across the top of wide screens.
    "navbar_persistent": [],
    "icon_links_label": "Lenker",
    # A place for an advertising network.
    "primary_sidebar_end": [],
    "article_header_start": ["toggle-primary-sidebar.html", "digikom-editions.html"],
    # With it the row of buttons is wider than a telephone.
    "use_fullscreen_button": False,
    "use_repository_button": False,
    "use_issues_button": False,
    "use_edit_page_button": False,
}


def configure(_app: Sphinx, config: Config) -> None:
    """Fill in the theme's options where the book has not set them, and put our templates first."""
    options = config.html_theme_options
    if options.get("search_bar_text") == SAMPLE_SEARCH_TEXT:
        del options["search_bar_text"]
    for name, value in THEME_OPTIONS.items():
        options.setdefault(name, value)
    # Binder, Colab and the like would send the reader to other hosts.
    options["launch_buttons"] = {}
    # Figures are made for a light page; the reader may still choose the dark one.
    config.html_context.setdefault("default_mode", "light")
    config.templates_path = [str(HERE / "templates"), *config.templates_path]
    if "html_use_index" not in config.overrides:
        config.html_use_index = False
    if "html_domain_indices" not in config.overrides:
        config.html_domain_indices = False


def add_static_folder(app: Sphinx) -> None:
    """Serve our style and script."""
    app.config.html_static_path.append(str(HERE / "static"))


def add_context(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Tell the templates whether the edition rests on synthetic answers, and mark a page in another language.

    A page says its language itself, with `lang: en` at its top.
    """
    context["digikom_banner"] = texts.SYNTHETIC_BANNER if register_of(app).is_synthetic else ""
    language = (context.get("meta") or {}).get("lang")
    if language and context.get("body"):
        context["body"] = f'<div lang="{escape(language, quote=True)}">{context["body"]}</div>'


def setup(app: Sphinx) -> None:
    """Connect, and register style and script."""
    app.connect("config-inited", configure, priority=70)
    app.connect("builder-inited", add_static_folder)
    app.connect("html-page-context", add_context)
    app.add_css_file("digikom.css", priority=900)
    app.add_js_file("digikom.js", loading_method="defer", priority=900)
