"""Single municipalities in an edition: what its notebooks give of them, and the way to their pages above the editions.

The pages are above the editions, since each shows all editions; `digikom.site.municipality_pages` makes them from a
file of each edition. An edition on confidential answers gives nothing: it has no file and no links.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from pydantic import ValidationError
from sphinx.application import Sphinx
from sphinx.util import logging

from digikom.editions.layout import MUNICIPALITIES_DIR, way_up
from digikom.editions.municipality_results import PARTS, MunicipalityResults, from_payloads
from digikom.publish.handover import handed_over

from .elements import ReportDirective, report_of
from .passages import Cells

LOGGER = logging.getLogger(__name__)
#: The table whose rows lead to these pages.
TABLE_KEY = "tab-municipalities"
FIND_LABEL = "Gå til siden om hver kommune, med alle utgaver"


def read_results(chapters: Iterable[Cells]) -> MunicipalityResults | None:
    """What the cells of notebooks hand over of single municipalities, if anything. Parts that cannot be used are a
    warning.
    """
    payloads: dict[str, Any] = {}
    for cells in chapters:
        payloads |= {payload["key"]: payload for _, payload in handed_over(cells)}
    if payloads.keys().isdisjoint(PARTS):
        return None
    try:
        return from_payloads(payloads)
    except KeyError as error:
        LOGGER.warning("the results of single municipalities have no part %s", error)
    except ValidationError as error:
        LOGGER.warning("the results of single municipalities cannot be used: %s", error)
    return None


def has_pages(app: Sphinx) -> bool:
    """Whether there will be pages on single municipalities above this book: not above one that is built on its own."""
    return (
        report_of(app).municipalities is not None and bool(app.config.digikom_edition) and app.builder.format == "html"
    )


def _link(app: Sphinx, text: str, page: str) -> nodes.reference:
    """From the page being read to one of these pages."""
    up = way_up(app.builder.get_target_uri(app.env.docname))
    return nodes.reference("", text, refuri=f"{up}../{MUNICIPALITIES_DIR}/{page}.html", internal=False)


class FindMunicipalityDirective(ReportDirective):
    """```{finn-kommunen}``` puts in the link to the pages on single municipalities, where there are any."""

    def run(self) -> list[nodes.Node]:
        """The link, or nothing."""
        if not has_pages(self.env.app):
            return []
        link = _link(self.env.app, FIND_LABEL, "index")
        return [nodes.paragraph("", "", link, classes=["digikom-find-municipality"])]


def link_rows(app: Sphinx, doctree: nodes.document) -> None:
    """Let the names in the table of all municipalities lead to their pages."""
    results = report_of(app).municipalities
    if results is None or not has_pages(app):
        return
    key = nodes.fully_normalize_name(TABLE_KEY)
    for row in (
        row for table in doctree.findall(nodes.table) if key in table["names"] for row in table.findall(nodes.row)
    ):
        cells = [child for child in row.children if isinstance(child, nodes.entry)]
        name = cells[0].astext()
        code = next((text for cell in cells if (text := cell.astext()) in results.by_code), None)
        if code is not None and name == results.by_code[code].name:
            # A link must be in an element of text.
            cells[0].children = []
            cells[0] += nodes.inline("", "", _link(app, name, code))


def setup(app: Sphinx) -> None:
    """Register the directive and the links."""
    app.add_directive("finn-kommunen", FindMunicipalityDirective)
    app.connect("doctree-read", link_rows)
