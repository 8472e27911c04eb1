"""Every page, opened once in each way of reading it: without script, and at each width; all checks look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import Expect
from .findings import Finding
from .layout import figure_faults, picture_faults, spacing_faults, width_faults
from .pages import HEIGHT, MODES, PAGES, WIDTHS, Visits, is_chapter, is_english, page_address, switch_mode
from .test_axe import COLOURS, WIDTH_RULES, only, violations
from .test_figures import alternative_text_faults, bar_faults, blocks_of, content_faults, download_faults
from .test_language import foreign_words_and_numbers
from .test_paper import paper_faults
from .test_without_script import content_of, differences_of_script
from .weight import weight_faults

DESKTOP, _, NARROWEST = WIDTHS


def faults_without_script(page: Page, path: Path, name: str) -> list[Finding]:
    """What is wrong with a page (a file at `path`) that no script has touched."""
    found: list[Finding] = []
    if is_chapter(name):
        blocks = blocks_of(page)
        found += alternative_text_faults(blocks, name)
        found += content_faults(blocks, path, name)
        found += download_faults(blocks, path.parent, name)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [Finding("figure not seen", f"{name} {width}", *fault) for fault in figure_faults(page, width)]
        page.set_viewport_size({"width": DESKTOP, "height": HEIGHT})
    return found + paper_faults(page, f"{name} without script", script=False)


@pytest.mark.parametrize("name", PAGES)
def test_page(
    visit: Visits, axe: str, site: Path, expect_none: Expect, printed: Callable[[str, str], None], name: str
) -> None:
    """Checks that leave a page as it was come first, then those that open its folds, then those that restyle it."""
    path = site / page_address(site, name)
    page = visit(name, script=False)
    plain = content_of(page)
    found = faults_without_script(page, path, name)
    page.context.close()
    for width in WIDTHS:
        where = f"{name} {width}"
        visit.responses.clear()
        page = visit(name, width)
        if width == DESKTOP:
            found += weight_faults(page, visit.responses, name, printed)
            # A search needs script; the tests of the search tell what its page says without.
            if not name.endswith("search.html"):
                found += differences_of_script(plain, content_of(page), name)
            found += bar_faults(page, name)
        if is_chapter(name):
            found += picture_faults(page, width, where)
        found += width_faults(page, where)
        if width == DESKTOP:
            if not is_english(name):
                found += foreign_words_and_numbers(page, name)
            for mode in MODES:
                switch_mode(page, mode)
                found += violations(page, axe, f"{where} {mode}", None if mode == "light" else only(*COLOURS))
            found += paper_faults(page, where)
        elif width == NARROWEST:
            found += violations(page, axe, where, only(*WIDTH_RULES))
            found += spacing_faults(page, where)
        page.context.close()
    found += [Finding("request to another host", name, url) for url in visit.foreign]
    found += [Finding("request not answered", name, text) for text in visit.failed]
    found += [Finding("error of a script", name, "", text) for text in visit.errors]
    expect_none(found)
