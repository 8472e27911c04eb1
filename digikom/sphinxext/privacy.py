"""Nothing on a page may ask another host for anything.

Jupyter Book's defaults load MathJax, Thebe and Vega from other hosts. Here formulas become MathML when the book is
built, Thebe is taken out, and a page that still names a foreign file makes a warning (so that a build with -W fails).
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError, latex2mathml
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)
MATH_RENDERER = "digikom"
_REMOVED_EXTENSION = "sphinx_thebe"
_REMOVED_FILES = re.compile(r"thebe")
_GENERATOR = re.compile(r'\s*<meta name="generator"[^>]*/?>')
_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_SAMPLE_REPOSITORY = "https://github.com/executablebooks/jupyter-book"


def remove_foreign_defaults(app: Sphinx, config: Config) -> None:
    """Disconnect Thebe, choose our formulas, and drop the sample repository that Jupyter Book fills in."""
    config.html_math_renderer = MATH_RENDERER
    for listeners in app.events.listeners.values():
        for listener in [item for item in listeners if item.handler.__module__ == _REMOVED_EXTENSION]:
            app.disconnect(listener.id)
    registry = app.registry
    registry.js_files[:] = [item for item in registry.js_files if not _REMOVED_FILES.search(item[0] or "")]
    registry.css_files[:] = [item for item in registry.css_files if not _REMOVED_FILES.search(item[0])]
    options = config.html_theme_options
    if options.get("repository_url") == _SAMPLE_REPOSITORY:
        del options["repository_url"]


def _inline_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def _block_math(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, *, as_block: bool) -> str:
    try:
        return str(latex2mathml.tex2mathml(node.astext(), as_block=as_block)).replace(_NAMESPACE, "")
    except MathError as error:
        LOGGER.warning("the formula %r cannot be written as MathML: %s", node.astext(), error, location=node)
        return ""


def check_page(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Refuse foreign scripts and style sheets; take away the tag that names the document compiler and its address."""
    for kind in ("script_files", "css_files"):
        for item in context.get(kind, []):
            name = getattr(item, "filename", None) or str(item)
            if "://" in str(name) or str(name).startswith("//"):
                LOGGER.warning("the page asks another host for %s", name, location=pagename)
    context["metatags"] = _GENERATOR.sub("", context.get("metatags", ""))


def setup(app: Sphinx) -> None:
    """Connect after every other extension has registered its files."""
    app.add_html_math_renderer(MATH_RENDERER, (_inline_math, None), (_block_math, None))
    app.connect("config-inited", remove_foreign_defaults, priority=60)
    app.connect("html-page-context", check_page, priority=990)
