"""What the front page of the edition lists as its main findings, for the page above the editions to show."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

from . import texts
from .elements import NumberLink

#: The section of the front page that lists them, one a point; what is bold in a point is only its lead.
SECTION = "hovedfunn"
#: The class of a link to an assumed number.
ASSUMED = "antatt"


def findings(app: Sphinx) -> list[str]:
    """The points as plain text, those with an assumed number last; their assumed numbers are marked."""
    document = app.env.get_doctree(app.config.root_doc)
    sections = [section for section in document.findall(nodes.section) if SECTION in section["ids"]]
    points = [_text(point) for section in sections for point in section.findall(nodes.list_item)]
    return sorted(filter(None, points), key=lambda text: texts.ASSUMED_MARK in text)


def _text(point: nodes.list_item) -> str:
    parts = (
        child.astext() + texts.ASSUMED_MARK * (isinstance(child, NumberLink) and ASSUMED in child["classes"])
        for child in point[0].children
        if not isinstance(child, nodes.strong)
    )
    return re.sub(r"[ \n]+", " ", "".join(parts)).strip()
