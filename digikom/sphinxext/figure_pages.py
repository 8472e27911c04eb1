"""A page for each figure on its own, `figur/3-1.html`: what one shares, or shows in a frame on another page.

It needs no script, has no menu, and follows the colours that its reader's system has chosen. Title, base, source, notes
and the mark of synthetic answers travel with the picture, and a link leads back to where the figure stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import cast

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from digikom.editions import layout
from digikom.opendata.description import Block, Description
from digikom.opendata.linked_data import figure_head
from digikom.paths import data_folder
from digikom.publish.drawing import DrawingError, narrow_spec, render
from digikom.publish.outputs import SYNTHETIC_MARK

from . import texts
from .elements import report_of
from .renderers import legend_html

TEMPLATE = "figure-page.html"
#: Pixels of a frame beyond the picture: for title, notes, source and the way back.
ROOM_FOR_TEXT = 340


def figure_pages(app: Sphinx, drawings: Path) -> Iterator[tuple[str, str]]:
    """The path in the edition and the HTML of the page of each figure that can be drawn; `drawings` has its picture."""
    described = report_of(app).description
    if not isinstance(described, Description):
        return
    data_dir = data_folder(app.config.digikom_data_dir)
    builder = cast(StandaloneHTMLBuilder, app.builder)
    titles = {builder.get_target_uri(docname): title.astext() for docname, title in app.env.titles.items()}
    for block in described.blocks:
        if block.spec is None:
            continue
        address, specs = layout.figure_page(block.stem), {"wide": block.spec, "narrow": narrow_spec(block.spec)}
        try:
            pictures = {
                name: render(spec, prefix=name, data_dir=data_dir, store=drawings)
                for name, spec in specs.items()
                if spec is not None
            }
        except DrawingError:
            # Told with the page that the figure stands on.
            continue
        source = described.cited.address + address if described.cited.address else ""
        yield (
            address,
            builder.templates.render(
                TEMPLATE,
                {
                    "block": block,
                    "pictures": pictures,
                    "legend": legend_html(block.spec),
                    "mark": SYNTHETIC_MARK if block.status == "synthetic" else "",
                    "back": texts.figure_place(block.name, titles[block.page], described.edition.title),
                    "head": figure_head(described, block),
                    "policy": layout.POLICY,
                    "root": layout.way_up(address),
                    "frame": frame(block, source, round(pictures["wide"].height) + ROOM_FOR_TEXT) if source else "",
                    "evidence_legend": texts.EVIDENCE_LEGEND if block.has_assumed_marks else "",
                    "frame_texts": (texts.FRAME_SUMMARY, texts.FRAME_HINT, texts.FRAME_CODE),
                },
            ),
        )


def frame(block: Block, source: str, height: int) -> str:
    """The HTML that shows the page at `source` in a frame of another page."""
    title = escape(block.full_name)
    return (
        f'<iframe src="{source}" title="{title}" width="100%" height="{height}" style="border: 0" loading="lazy">'
        "</iframe>"
    )
