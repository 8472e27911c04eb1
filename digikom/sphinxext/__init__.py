"""Sphinx extension of the report: how what notebooks publish looks, and a Norwegian book that needs no other host.

`extra_extensions: [digikom.sphinxext]` in Jupyter Book's `_config.yml` is all that has to be said; see each module:
`notebooks`, `payloads` and `register` (what notebooks publish), `renderers`, `elements`, `roles` and `references` (how
it is shown), `cells` and `frames` (anchors, folded code and what it shows), `basis`, `places`, `trace` and `allnumbers`
(what numbers rest on, where they are used, and all of them in a table), `exports` (the description of the edition that
`digikom.opendata` writes its files from), `assets`, `passages` and `presence` (what some editions lack), `editions`
(the way to other editions), `municipalities` (single municipalities), `colophon`, `corrections`, `symbols`,
`keynumbers`, `facts`, `control` and `pdf_link` (what the report says of itself), `material`, `readable` and `paths`
(for whoever checks it), `reviews` (who has checked what), `citing` (how it is cited), `language`, `page`, `privacy`,
`weight` and `bibliography` (the page around it), `reuse` and `wordindex` (what a run takes over from the one before).
`digikom.pdf.documents` writes the same book for paper.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

import digikom

from . import (
    allnumbers,
    assets,
    basis,
    bibliography,
    cells,
    citing,
    colophon,
    control,
    corrections,
    editions,
    elements,
    exports,
    facts,
    frames,
    keynumbers,
    language,
    material,
    municipalities,
    notebooks,
    page,
    passages,
    paths,
    pdf_link,
    places,
    presence,
    privacy,
    readable,
    references,
    reuse,
    reviews,
    roles,
    symbols,
    trace,
    weight,
)
from .register import read_register, set_register

LOGGER = logging.getLogger(__name__)
PARTS = (
    reuse,
    elements,
    roles,
    cells,
    facts,
    exports,
    editions,
    language,
    notebooks,
    page,
    passages,
    references,
    presence,
    privacy,
    bibliography,
    frames,
    assets,
    colophon,
    control,
    corrections,
    keynumbers,
    symbols,
    municipalities,
    pdf_link,
    basis,
    places,
    trace,
    allnumbers,
    citing,
    reviews,
    weight,
    material,
    paths,
    readable,
)


def collect(app: Sphinx, _env: BuildEnvironment, *_documents: set[str]) -> list[str]:
    """Read what the notebooks publish, before any page is read.

    This is the first event at which Sphinx knows the documents of the book.
    """
    presence.check(app)
    register = read_register(notebooks.chapters_of(app))
    set_register(app, register)
    for fault in register.faults:
        LOGGER.warning("%s", fault.message, location=(fault.place.docname, fault.place.line))
    return []


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the extension up. MyST-NB comes first, since parts of it are taken over."""
    app.setup_extension("myst_nb")
    app.add_config_value("digikom_data_dir", "", "env", [str])
    for part in PARTS:
        part.setup(app)
    app.setup_extension("digikom.pdf.documents")
    app.connect("env-get-outdated", collect)
    return {
        "version": digikom.__version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
