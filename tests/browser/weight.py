"""How much a first visit fetches."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from .findings import Finding

KILOBYTE = 1024
TEXT_PAGE_LIMIT = 200
CHART_PAGE_LIMIT = 500
#: Files that are packed already: a server sends them as they are.
PACKED = (".woff2", ".woff", ".png", ".jpg", ".webp", ".ico")


def weight_faults(page: Page, responses: list[Response], name: str, tell: Callable[[str, str], None]) -> list[Finding]:
    """Everything that is fetched while a reader opens a page with an empty cache and reads it to its end."""
    page.evaluate(
        """async () => {
            for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
                scrollTo(0, top);
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    page.wait_for_load_state("networkidle")
    weights = {}
    for response in responses:
        body = response.body() if response.ok else b""
        path = urlsplit(response.url).path
        weights[response.url] = len(body) if path.endswith(PACKED) else len(gzip.compress(body, 9, mtime=0))
    total = sum(weights.values()) / KILOBYTE
    charts = page.locator("figure.digikom-figure svg").count() > 0
    limit = CHART_PAGE_LIMIT if charts else TEXT_PAGE_LIMIT
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    kind = "charts" if charts else "text"
    tell("weight of a first visit (KB gzip)", f"{name:55} {kind:7} {total:6.0f} of {limit} in {len(weights):2} files")
    if total > limit:
        parts = ", ".join(
            f"{urlsplit(url).path.rpartition('/')[2]} {size / KILOBYTE:.0f}" for url, size in heaviest[:8]
        )
        return [Finding(f"heavier than {limit} KB", name, f"{total:.0f} KB", parts)]
    return []
