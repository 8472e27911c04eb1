"""What a page says of other editions, and what an edition says of itself.

A published edition never changes when another one comes. So its pages do not list the others: they lead to a page of
the site above them, which every build makes anew, and static/digikom.js fetches the same list from there when a reader
opens it. The configuration value `digikom_edition` (what the edition file says) is set by `digikom build`; a book that
is built without it stands alone, has nothing above it and shows no such link.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.locale import _

from digikom.editions.catalogue import DESCRIPTION, EDITIONS_DIR, EDITIONS_FILE

from . import texts
from .exports import reading_order
from .register import register_of

SEARCH_PAGE = "search"


def page_titles(app: Sphinx) -> dict[str, str]:
    """The documents' names and titles in the order a reader meets them, then that of the search page."""
    read = reading_order(app.env, app.config.root_doc)
    order = [*read, *sorted(app.env.found_docs - set(read))]
    titles = {docname: app.env.titles[docname].astext() for docname in order}
    if isinstance(app.builder, StandaloneHTMLBuilder) and app.builder.search:
        titles[SEARCH_PAGE] = _("Search")
    return titles


def add_context(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Give the templates the way from this page to other editions; nothing where the book stands alone."""
    edition = app.config.digikom_edition
    if not edition:
        context["digikom_editions"] = None
        return
    known = page in app.env.found_docs or page == SEARCH_PAGE
    name = app.builder.get_target_uri(page if known else app.config.root_doc)
    # From the page to the folder of its edition, and one up: the site may lie under any address.
    site = "../" * (1 + app.builder.get_target_uri(page).count("/"))
    context["digikom_editions"] = {
        "label": texts.edition_name(edition["year"]),
        "others": texts.OTHER_EDITIONS,
        "year": edition["year"],
        "page": name,
        "site": site,
        "list": f"{site}{EDITIONS_FILE}",
        "href": f"{site}{EDITIONS_DIR}/{name}",
        "texts": json.dumps(texts.EDITION_LIST, ensure_ascii=False, sort_keys=True),
    }


def write_description(app: Sphinx, exception: Exception | None) -> None:
    """Write what the edition is and which pages it has, for what stands above it; nothing for a book on its own."""
    edition = app.config.digikom_edition
    if exception is not None or app.builder.format != "html" or not edition:
        return
    description = {
        **edition,
        "status": "synthetic" if register_of(app).is_synthetic else "real",
        "pages": {app.builder.get_target_uri(name): title for name, title in page_titles(app).items()},
    }
    path = Path(app.outdir) / DESCRIPTION
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(description, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect; before the theme looks at the templates, since it drops those that have nothing to show."""
    app.add_config_value("digikom_edition", {}, "env", [dict])
    app.connect("html-page-context", add_context, priority=100)
    app.connect("build-finished", write_description)
