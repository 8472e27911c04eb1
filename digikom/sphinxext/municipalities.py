"""Single municipalities in an edition: its data files on them, and the way to their pages above the editions.

The pages lie above the editions, since each shows all editions; `digikom.site.municipality_pages` makes them from the
file that this module writes. An edition on confidential answers hands nothing over: it has no file and no links.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from pydantic import ValidationError
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from digikom.editions.catalogue import MUNICIPALITIES_DIR, way_up
from digikom.editions.municipality_results import (
    COUNTRY,
    PARTS,
    RESULTS_FILE,
    RESULTS_TABLE,
    Municipality,
    MunicipalityResults,
    from_payloads,
)
from digikom.publish.municipalities import handed_over

from .elements import report_of
from .payloads import machine_text

LOGGER = logging.getLogger(__name__)
#: The table whose rows lead to these pages.
TABLE_KEY = "tab-municipalities"
FIND_LABEL = "Gå til siden om hver kommune, med alle utgaver"

CSV_FIELDS = (
    *("year", "municipality_code", "name", "county", "size_class", "indicator", "label", "kind"),
    *("count", "level", "level_name", "group_size", "group_median", "group_lower", "group_same", "group_higher"),
    *("country_size", "country_median", "country_lower", "country_same", "country_higher", "status"),
)

_RESULTS: WeakKeyDictionary[Sphinx, MunicipalityResults] = WeakKeyDictionary()


def results_of(app: Sphinx) -> MunicipalityResults | None:
    """What the book of the build in progress tells of single municipalities, if anything."""
    return _RESULTS.get(app)


def collect(app: Sphinx, _env: BuildEnvironment, _docnames: list[str]) -> None:
    """Read what the notebooks hand over, before any page is read. Parts that cannot be used are a warning."""
    _RESULTS.pop(app, None)
    payloads: dict[str, Any] = {}
    for cells in report_of(app).passages.chapters.values():
        payloads |= {payload["key"]: payload for _, payload in handed_over(cells)}
    found = [key for key in PARTS if key in payloads]
    if not found:
        return
    try:
        _RESULTS[app] = from_payloads(payloads)
    except KeyError as error:
        LOGGER.warning("what is told of single municipalities lacks the part %s", error)
    except ValidationError as error:
        LOGGER.warning("what is told of single municipalities cannot be used: %s", error)


def municipality_folder(app: Sphinx, docname: str) -> str:
    """The way from a page to the folder of the municipalities' pages, above the editions."""
    return f"../{way_up(app.builder.get_target_uri(docname))}{MUNICIPALITIES_DIR}"


def has_pages(app: Sphinx) -> bool:
    """Whether there will be pages on single municipalities above this book: not above one that stands alone."""
    return results_of(app) is not None and bool(app.config.digikom_edition) and app.builder.format == "html"


class FindMunicipalityDirective(SphinxDirective):
    """```{finn-kommunen}``` puts in the link to the pages on single municipalities, where there are any."""

    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The link, or nothing."""
        app = self.env.app
        if not has_pages(app):
            return []
        address = f"{municipality_folder(app, self.env.docname)}/index.html"
        link = nodes.reference("", FIND_LABEL, refuri=address, internal=False)
        return [nodes.paragraph("", "", link, classes=["digikom-find-municipality"])]


def link_rows(app: Sphinx, doctree: nodes.document) -> None:
    """Let the names in the table of all municipalities lead to their pages."""
    if not has_pages(app):
        return
    results = results_of(app)
    assert results is not None
    for table in doctree.findall(nodes.table):
        if nodes.fully_normalize_name(TABLE_KEY) not in table["names"]:
            continue
        for row in table.findall(nodes.row):
            cells = [child for child in row.children if isinstance(child, nodes.entry)]
            code = next((text for cell in cells if (text := cell.astext()) in results.by_code), None)
            if code is None or cells[0].astext() != results.by_code[code].name:
                continue
            address = f"{municipality_folder(app, app.env.docname)}/{code}.html"
            # A link must stand in an element of text.
            link = nodes.reference("", cells[0].astext(), refuri=address, internal=False)
            cells[0].children = []
            cells[0] += nodes.inline("", "", link)


def write_results(app: Sphinx, exception: Exception | None) -> None:
    """Write the edition's files on single municipalities."""
    if exception is not None or app.builder.format != "html":
        return
    results = results_of(app)
    if results is None:
        return
    Path(app.outdir, RESULTS_FILE).parent.mkdir(exist_ok=True)
    Path(app.outdir, RESULTS_FILE).write_text(results.model_dump_json() + "\n", encoding="utf-8")
    Path(app.outdir, RESULTS_TABLE).write_text(machine_csv(results), encoding="utf-8", newline="")


def machine_csv(results: MunicipalityResults) -> str:
    """The results for programs, a row per municipality and indicator: comma, decimal point, the data status last."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSV_FIELDS, lineterminator="\n", restval="")
    writer.writeheader()
    for one in results.municipalities:
        for indicator in results.indicators:
            if indicator.present:
                row = {**_about(results, one, indicator.indicator), "label": indicator.label, "kind": indicator.kind}
                writer.writerow({name: machine_text(value) for name, value in row.items()})
    return buffer.getvalue()


def _about(results: MunicipalityResults, one: Municipality, name: str) -> dict[str, Any]:
    """One row of the file; empty where the municipality did not answer or a group is not shown."""
    row: dict[str, Any] = {"year": results.year, "indicator": name, "status": results.status}
    row |= {field: getattr(one, field) for field in ("municipality_code", "name", "county", "size_class")}
    for prefix, group_name in (("group", one.size_class), ("country", COUNTRY)):
        group = results.group_of.get((name, group_name))
        if group is not None:
            median = group.median_level if group.median_count is None else group.median_count
            row |= {f"{prefix}_size": group.size, f"{prefix}_median": median}
    result = one.results.get(name)
    if result is None:
        return row
    row |= {"count": result.count, "level": result.level, "level_name": results.level_names.get((name, result.level))}
    for prefix, group_name in (("group", one.size_class), ("country", COUNTRY)):
        position = results.position(name, group_name, result.level)
        if position is not None:
            row |= {f"{prefix}_{part}": getattr(position, part) for part in ("lower", "same", "higher")}
    return row


def setup(app: Sphinx) -> None:
    """Register the directive, the links and the files."""
    app.add_directive("finn-kommunen", FindMunicipalityDirective)
    app.connect("env-before-read-docs", collect)
    app.connect("doctree-read", link_rows)
    app.connect("build-finished", write_results)
