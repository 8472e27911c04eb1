"""Style and script of figures and tables, and the colours of the pictures on a dark page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from digikom.publish.palette import dark_css

#: The pictures of a page when its reader has chosen dark colours.
DARK_PICTURES = 'html[data-theme="dark"] .digikom-picture svg'
PALETTE_NAME = "digikom-palette.css"


def palette_sheet() -> str:
    """The style sheet of the dark colours, for screens only: paper is white whatever the reader has chosen."""
    return f"@media screen {{\n{dark_css(DARK_PICTURES)}}}\n"


def write_palette(app: Sphinx) -> None:
    """Write `palette_sheet` where Sphinx takes static files from.

    The colours are those that the pictures are drawn with, so they are written down in one place.
    """
    folder = Path(app.doctreedir) / "digikom-static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PALETTE_NAME).write_text(palette_sheet(), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def add_script(
    app: Sphinx, _page: str, _template: str, _context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script where there is something for it to do."""
    if doctree is not None and any("digikom-block" in node["classes"] for node in doctree.findall(nodes.container)):
        app.add_js_file("figures.js", loading_method="defer", priority=910)


def setup(app: Sphinx) -> None:
    """Connect, and register the style sheets."""
    app.connect("builder-inited", write_palette)
    app.connect("html-page-context", add_script)
    app.add_css_file("figures.css", priority=910)
    app.add_css_file(PALETTE_NAME, priority=911)
