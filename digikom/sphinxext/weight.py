"""Only what a page uses is fetched, and only what some page uses is published.

Jupyter Book and its extensions put their scripts and style sheets on every page, and the theme brings an icon font (a
script of 1.5 MB and three fonts). The templates leave the theme's own files out; here go the files of extensions that
the page at hand does not need, and from the finished edition what no page names any more.
"""

from __future__ import annotations

import re
import shutil
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)

_CODE = re.compile(r'class="highlight')
_CELLS = re.compile(r'class="(?:[^"]* )?cell')
_TOGGLES = re.compile(r'class="(?:[^"]* )?(?:toggle|dropdown)[ "]')
_DESIGN = re.compile(r'class="(?:[^"]* )?sd-')
_TABS = re.compile(r'class="(?:[^"]* )?sd-tab-set')
_NOTHING = re.compile(r"(?!)")

#: File name, or text of a script in the page -> what the article must hold for it to be of use.
NEEDED_FOR: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"(^|/)(clipboard\.min|copybutton)\.(js|css)$"), _CODE),
    (re.compile(r"(^|/)mystnb\.[0-9a-f]+\.css$"), _CELLS),
    (re.compile(r"(^|/)togglebutton\.(js|css)$|toggleHint|toggleOpenOnPrint|togglebuttonSelector"), _TOGGLES),
    (re.compile(r"(^|/)sphinx-design\.min\.css$"), _DESIGN),
    (re.compile(r"(^|/)design-tabs\.js$"), _TABS),
    # Full screen, Thebe, tooltips and a second way to fold the menu: nothing of it is on our pages.
    (re.compile(r"(^|/)sphinx-book-theme\.js$"), _NOTHING),
)
#: What the theme copies into `_static` and no page names.
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
)
THEME_STYLE = "styles/pydata-sphinx-theme.css"
_ICON_FONT = re.compile(r"@font-face\{[^}]*fontawesome[^}]*\}")
_SOURCE_MAP = re.compile(r"\s*/\*# sourceMappingURL=[^*]*\*/")


def needed_files(files: list[Any], body: str) -> list[Any]:
    """The scripts or style sheets (as Sphinx describes them) that are of use to a page with this article."""
    return [item for item in files if _is_needed(item, body)]


def _is_needed(item: Any, body: str) -> bool:  # noqa: ANN401
    # A script in the page has its text where others have the name of their file.
    name = str(getattr(item, "filename", None) or getattr(item, "attributes", {}).get("body") or item)
    return all(_holds(body, use) for file, use in NEEDED_FOR if file.search(name.partition("?")[0]))


@lru_cache(maxsize=len(NEEDED_FOR))
def _holds(body: str, use: re.Pattern[str]) -> bool:
    return use.search(body) is not None


def choose_files(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Leave out of the page what it does not use."""
    body = context.get("body") or ""
    for kind in ("script_files", "css_files"):
        context[kind] = needed_files(list(context.get(kind, [])), body)


def remove_unused_files(app: Sphinx, exception: Exception | None) -> None:
    """Take away the files that no page names, and the rules for the icon font, which would name three of them."""
    if exception is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for pattern in NOT_PUBLISHED:
        for path in static.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    for path in sorted((static / "styles").glob("*.css")):
        style = path.read_text(encoding="utf-8")
        path.write_text(_SOURCE_MAP.sub("", _ICON_FONT.sub("", style)), encoding="utf-8")
    theme = static / THEME_STYLE
    if not theme.is_file() or "fontawesome/webfonts" in theme.read_text(encoding="utf-8"):
        LOGGER.warning("the theme's style sheet is not as it was: %s still names an icon font", THEME_STYLE)


def setup(app: Sphinx) -> None:
    """Choose after every extension has named its files, clean up after every extension has copied them."""
    app.connect("html-page-context", choose_files, priority=950)
    app.connect("build-finished", remove_unused_files, priority=950)
