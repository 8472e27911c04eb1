"""Sphinx extension of the report: how what notebooks publish looks, and a Norwegian book that needs no other host.

`extra_extensions: [digikom.sphinxext]` in Jupyter Book's `_config.yml` is all that has to be said. See

- `payloads` and `passages`: what notebooks publish, and what of the book an edition has;
- `domain`: all that is known of the report in the making, and the roles that print it;
- `elements`, `renderers` and `cells`: how it is shown; `printed_boxes`: where the answers give up what is printed;
- `number_sources`, `backlinks` and `number_tables`: what numbers rest on, where they are used, and tables of them all;
- `evidence` and `evidence_pages`: which numbers are printed, implied or assumed, and what pages say of it;
- `bounds`: how low and how high numbers could be, had all answered; `limits`: what grades would be with other limits;
- `edition_pages`, `indicator_diagram` and `reviews`: what single pages show of the edition;
- `colophon`, `citing`, `municipalities`, `chapter_downloads`, `readable` and `exports`: how it is cited, and its files;
- `theme`, `findings`, `searching`, `language` and `texts`: the page around the content, in Norwegian;
- `reuse`: what a run takes over from the one before.

`digikom.pdf.documents` writes the same book for paper.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

import digikom

from . import (
    backlinks,
    cells,
    chapter_downloads,
    citing,
    colophon,
    domain,
    edition_pages,
    elements,
    evidence_pages,
    exports,
    indicator_diagram,
    language,
    limits,
    municipalities,
    number_tables,
    passages,
    printed_boxes,
    readable,
    reuse,
    reviews,
    searching,
    theme,
)

#: In the order in which they do their work at one event of Sphinx.
PARTS = (
    reuse,
    elements,
    domain,
    passages,
    printed_boxes,
    cells,
    exports,
    language,
    theme,
    searching,
    colophon,
    edition_pages,
    evidence_pages,
    municipalities,
    limits,
    backlinks,
    number_tables,
    citing,
    reviews,
    chapter_downloads,
    indicator_diagram,
    readable,
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the extension up. MyST-NB comes first, since parts of it are taken over."""
    app.setup_extension("myst_nb")
    for part in PARTS:
        part.setup(app)
    app.setup_extension("digikom.pdf.documents")
    return {
        "version": digikom.__version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
