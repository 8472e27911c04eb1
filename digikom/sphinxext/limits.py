"""What the scores and grades would be with other limits: a table, and for who has script, limits that can be moved.

```{grenser} priority
```

shows one indicator, and without a name all that the edition has, each under a fold. The table has the cases in which
one limit is moved; `limits.js` makes the controls from all of them, which the page holds as finished texts.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from digikom.editions.limit_cases import Case, IndicatorCases
from digikom.publish.formatting import NO_BREAK_SPACE, format_number
from digikom.publish.outputs import SYNTHETIC_MARK
from digikom.publish.tables import base_line

from . import texts
from .elements import Fold, ReportDirective, plain_table

LIMITS_CLASS = "digikom-limits"
#: Decimals of the shares.
DECIMALS = 1


class LimitsDirective(ReportDirective):
    """```{grenser}``` with the name of an indicator, or with none for all."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The table and what the controls are made from; nothing where the edition has no cases."""
        found = self.report.limits
        for docname in self.report.passages.limits:
            self.env.note_dependency(str(self.report.passages.sources[docname]))
        if self.arguments:
            one = found and found.of(self.arguments[0])
            return limits_shown(one) if one else []
        return [
            Fold("", *limits_shown(one), summary=one.label, classes=["digikom-numbers"])
            for one in (found.indicators if found else ())
        ]


def limits_shown(one: IndicatorCases) -> list[nodes.Node]:
    """An indicator's cases: the table of those in which one limit is moved, and all of them for the controls."""
    head = [texts.LIMITS_HEAD, *one.levels, *([texts.limits_change(one.reference_year)] if _is_compared(one) else [])]
    rows = [[_moved(one, case), *cells(one, case)] for case in sorted(one.cases, key=_order) if case.moved <= 1]
    table = plain_table(texts.limits_label(one.label), head, rows)
    mark = f"{SYNTHETIC_MARK}." if one.status == "synthetic" else ""
    foot = " ".join(filter(None, [texts.LIMITS_UNIT, base_line(one.base, texts.LIMITS_BASE, one.source), mark]))
    data = json.dumps(controls(one), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    holder = nodes.raw("", f'<div data-limits="{escape(data)}" hidden></div>\n', format="html")
    return [nodes.container("", holder, table, nodes.paragraph("", foot), classes=[LIMITS_CLASS])]


def _order(case: Case) -> tuple[int, tuple[bool, ...]]:
    """The limits of the report first, then those with the first limit moved, and so on."""
    return case.moved, tuple(step == 0 for step in case.steps)


def _moved(one: IndicatorCases, case: Case) -> str:
    """Where the limit is that is moved; of an indicator with several limits also which."""
    for limit, place in zip(one.limits, one.moved_to(case), strict=True):
        if place.step:
            return f"{limit.label}: {place.text}" if limit.indicator == one.indicator else place.text
    return texts.LIMITS_AS_IS


def _is_compared(one: IndicatorCases) -> bool:
    return any(case.conclusion for case in one.cases)


def cells(one: IndicatorCases, case: Case) -> list[str]:
    """The share and the number of municipalities at each level, and what the change is called, as they are shown."""
    pairs = zip(case.percent, case.counts, strict=True)
    shown = [
        f"{format_number(share, DECIMALS)}{NO_BREAK_SPACE}({format_number(count, 0)})".replace(" ", NO_BREAK_SPACE)
        for share, count in pairs
    ]
    return [*shown, *([texts.LIMITS_CONCLUSIONS.get(case.conclusion, "")] if _is_compared(one) else [])]


def controls(one: IndicatorCases) -> dict[str, Any]:
    """What the script makes the controls from: finished texts, by the steps of the limits."""
    return {
        "name": one.indicator,
        "limits": [
            {"label": limit.label, "steps": {str(place.step): place.text for place in limit.steps}}
            for limit in one.limits
        ],
        "cases": {",".join(map(str, case.steps)): {"cells": cells(one, case), "text": case.text} for case in one.cases},
        "texts": texts.LIMITS_CONTROLS,
    }


def add_files(app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Load style and script where there are such cases on the page."""
    if doctree is not None and f'class="{LIMITS_CLASS}' in (context.get("body") or ""):
        app.add_css_file("limits.css", priority=910)
        app.add_js_file("limits.js", loading_method="defer", priority=910)


def setup(app: Sphinx) -> None:
    """Register the directive, and connect."""
    app.add_directive("grenser", LimitsDirective)
    app.connect("html-page-context", add_files)
