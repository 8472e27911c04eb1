"""What pages may load and run: they keep to their own policy, and a script that got into one does not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from .pages import Visits

PAGES = (
    "2022/index.html",
    "2022/notebooks/03_digital_prioritering.html",
    "2022/book/alle_tall.html",
    "index.html",
    "404.html",
    "kommuner/index.html",
    "kommuner/half",
    "utgaver/index.html",
)
#: Each a way in for a script: an element, an attribute, an address, a style sheet and a place to start from elsewhere.
INJECTED = """
<script>document.title = "ran"</script>
<img src="data:," onerror="document.title = 'ran'" alt="">
<svg onload="document.title = 'ran'"></svg>
<a id="injected" href="javascript:document.title = 'ran'">x</a>
<style>h1 { color: rgb(1, 2, 3) }</style>
<base href="https://example.org/">
<iframe src="data:text/html,x"></iframe>
"""


def watched(page: Page, said: list[str]) -> None:
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_on_the_console(visit: Visits, name: str) -> None:
    page = visit(name)
    said: list[str] = []
    watched(page, said)
    page.reload(wait_until="networkidle")
    assert page.locator('meta[http-equiv="Content-Security-Policy"]').count() == 1
    assert (said, visit.errors) == ([], [])


def test_the_search_says_nothing_on_the_console(visit: Visits) -> None:
    page = visit("2022/search.html")
    said: list[str] = []
    watched(page, said)
    page.goto(f"{page.url}?q=kommune")
    page.locator("#search-results ul.search > li").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert (said, visit.errors) == ([], [])


@pytest.mark.parametrize("name", ["2022/notebooks/03_digital_prioritering.html", "404.html", "kommuner/half"])
def test_a_script_that_got_into_a_page_does_not_run(visit: Visits, name: str) -> None:
    page = visit(name)
    title = page.title()

    def inject(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<main", f"{INJECTED}<main", 1))

    page.route(page.url, inject)
    said: list[str] = []
    watched(page, said)
    page.reload(wait_until="networkidle")
    page.locator("#injected").click()
    assert page.title() == title
    assert page.evaluate("document.baseURI") == page.url
    refused = "\n".join(said)
    for what in ("inline script", "inline event handler", "javascript:", "base", "Framing"):
        assert what.lower() in refused.lower(), refused


@pytest.mark.parametrize("name", ["2022/notebooks/03_digital_prioritering.html", "index.html"])
def test_a_page_that_is_opened_from_a_disk_is_whole(browser: Browser, site: Path, name: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        said: list[str] = []
        watched(page, said)
        page.goto((site / name).as_uri(), wait_until="networkidle")
        assert said == []
        scripts, sheets = page.locator("script[src]").count(), page.evaluate("document.styleSheets.length")
        assert sheets > 0
        assert page.locator("html.digikom-scripted").count() == (1 if scripts else 0)
