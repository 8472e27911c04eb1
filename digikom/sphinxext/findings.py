"""What the front page of the edition lists as its main findings, for the page above the editions to show."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

from .elements import NUMBER_ANCHOR, NumberLink, report_of

#: The section of the front page that lists them, one a point; what is bold in a point is only its lead.
SECTION = "hovedfunn"
#: What is known of a number that the bureau has printed.
PRINTED = "printed"


def findings(app: Sphinx) -> list[str]:
    """The points as plain text: first those with nothing but printed numbers in them, otherwise as they stand."""
    document = app.env.get_doctree(app.config.root_doc)
    sections = [section for section in document.findall(nodes.section) if SECTION in section["ids"]]
    points = [point for section in sections for point in section.findall(nodes.list_item)]
    return [text for point in sorted(points, key=lambda point: not _is_printed(app, point)) if (text := _text(point))]


def _text(point: nodes.list_item) -> str:
    parts = (child.astext() for child in point[0].children if not isinstance(child, nodes.strong))
    return re.sub(r"[ \n]+", " ", "".join(parts)).strip()


def _is_printed(app: Sphinx, point: nodes.list_item) -> bool:
    numbers = report_of(app).register.numbers
    keys = [link["anchor"].removeprefix(NUMBER_ANCHOR) for link in point.findall(NumberLink)]
    return all(getattr(numbers[key].item, "evidence", None) == PRINTED for key in keys if key in numbers)
