"""Which pages are looked at, at which widths, and how they are opened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Response

from digikom.paths import PROJECT_ROOT

Mode = Literal["light", "dark"]

#: A desktop, a telephone, and the width that WCAG 1.4.10 (reflow) asks for.
WIDTHS = (1280, 360, 320)
MODES: tuple[Mode, ...] = ("light", "dark")
HEIGHT = 900

#: The editions whose pages are opened: one with all questions asked, one with few of them.
EDITIONS = ("2022", "2023")

#: Pages above the editions, that every site has.
ROOT_PAGES = ("index.html", "404.html", "utgaver/index.html", "kommuner/index.html")

#: Pages of single municipalities are some hundred of one form; these stand for them, see `page_address`.
MUNICIPALITY_PAGES = tuple(f"kommuner/{place}" for place in ("smallest", "largest", "first", "third", "half", "last"))

#: The English pages of the report.
ENGLISH_PAGES = ("book/abstract", "book/new_edition")


def documents() -> list[str]:
    """Every document of the table of contents, in the reader's order: «index», «book/forord», …"""
    contents = yaml.safe_load((PROJECT_ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def below(node: Any) -> Iterator[str]:  # noqa: ANN401
        if isinstance(node, dict):
            yield from (str(node[name]) for name in ("root", "file") if name in node)
            for name in ("parts", "chapters", "sections"):
                yield from below(node.get(name))
        elif isinstance(node, list):
            for item in node:
                yield from below(item)

    return list(below(contents))


#: Every page of one edition, as in «notebooks/03_digital_prioritering.html».
DOCUMENT_PAGES = tuple(f"{name}.html" for name in documents())
EDITION_PAGES = (*DOCUMENT_PAGES, "search.html")

#: Every page of the editions looked at.
PAGES_IN_EDITIONS = tuple(f"{edition}/{name}" for edition in EDITIONS for name in EDITION_PAGES)
#: The pages above the editions; one of those that lead to a chapter of any edition stands for all.
PAGES_ABOVE = (*ROOT_PAGES, f"utgaver/{DOCUMENT_PAGES[-1]}", *MUNICIPALITY_PAGES)

#: Figures on pages of their own: these two, bars and a map, stand for all.
FIGURE_PAGES = tuple(f"{EDITIONS[0]}/figur/{name}.html" for name in ("3-1", "3-6"))

#: Pages of the second edition have the same parts as those of the first. The quick run looks at its front page and at
#: the chapter that lacks most, and of single municipalities at the smallest and the largest page.
_REPEATED = (
    tuple(
        name
        for name in PAGES_IN_EDITIONS
        if name.startswith(EDITIONS[1]) and not name.endswith(("/index.html", "/03_digital_prioritering.html"))
    )
    + MUNICIPALITY_PAGES[2:]
)
#: The pages that are opened, for `parametrize`.
PAGES = tuple(
    pytest.param(name, marks=pytest.mark.full) if name in _REPEATED else name
    for name in (*PAGES_IN_EDITIONS, *FIGURE_PAGES, *PAGES_ABOVE)
)


def style(page: Page, rules: str) -> None:
    """Add rules of style to a page, as a reader's own browser does: the page's policy refuses a style element."""
    page.evaluate(
        "rules => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules); "
        "document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }",
        rules,
    )


def is_chapter(name: str) -> bool:
    """Whether the page may hold figures: whether it is a notebook's."""
    return "/notebooks/" in name


def is_english(name: str) -> bool:
    return any(f"/{english}" in name for english in ENGLISH_PAGES)


def page_address(site: Path, name: str) -> str:
    """The address of a page below the site; «kommuner/half» is the page half-way through the municipalities' pages.

    A page that the site does not have is skipped: `test_the_site_has_the_pages_that_are_looked_at` fails for it.
    """
    if name in MUNICIPALITY_PAGES:
        found = sorted((site / "kommuner").glob("[0-9]*.html"))
        if not found:
            pytest.skip(f"{name}: the site has no pages of municipalities")
        by_size = sorted(found, key=lambda path: (path.stat().st_size, path.name))
        chosen = {
            "smallest": by_size[0],
            "largest": by_size[-1],
            "first": found[0],
            "third": found[len(found) // 3],
            "half": found[len(found) // 2],
            "last": found[-1],
        }
        return f"kommuner/{chosen[name.rpartition('/')[2]].name}"
    if not (site / name).is_file():
        pytest.skip(f"{name}: the site does not have the page")
    return name


def all_pages(site: Path) -> list[str]:
    """Every page of the site, of all editions and above them."""
    paths = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in paths if not {"_static", "_sources"} & set(path.parts))


def edition_years(site: Path) -> list[str]:
    return sorted(path.parent.parent.name for path in site.glob("*/data/edition.json"))


def promised_pages(site: Path, edition: str) -> list[str]:
    """The pages that an edition says it has."""
    described = json.loads((site / edition / "data" / "edition.json").read_text(encoding="utf-8"))
    return sorted(described["pages"])


class Visits:
    """Pages opened for one test, and what their requests and scripts came to.

    Attributes: `foreign` (requests to other hosts), `failed` (requests that were not answered with the file asked
    for), `errors` (errors that no script caught), `responses` (everything that was fetched).
    """

    def __init__(self, browser: Browser, address: str, site: Path) -> None:
        self._browser = browser
        self._address = address
        self._site = site
        self._contexts: list[BrowserContext] = []
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.errors: list[str] = []
        self.responses: list[Response] = []

    def __call__(
        self, name: str, width: int = WIDTHS[0], *, script: bool = True, query: str = "", moving: bool = False
    ) -> Page:
        """Open a page of the site as a first-time visitor does, with an empty cache, at `width` px."""
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=script,
            reduced_motion="no-preference" if moving else "reduce",
            locale="nb-NO",
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{self._address}/{page_address(self._site, name)}{query}")
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._address, "data:", "blob:")):
            self.foreign.append(request.url)

    def _answered(self, response: Response) -> None:
        self.responses.append(response)
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def switch_mode(page: Page, mode: Mode) -> None:
    """Show the page in light or dark colours, and see that it took.

    The pages of an edition follow what the reader chose (`data-theme`), those above it the reader's system.
    """
    page.emulate_media(color_scheme=mode)
    background = page.evaluate(
        """async mode => {
            const root = document.documentElement;
            if (root.dataset.theme) root.dataset.theme = root.dataset.mode = mode;
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            await Promise.all(document.getAnimations().map(each => each.finished.catch(() => null)));
            const shown = [document.body, root].map(each => getComputedStyle(each).backgroundColor);
            return shown.find(colour => !/, 0\\)$/.test(colour)) ?? "rgb(255, 255, 255)";
        }""",
        mode,
    )
    parts = [float(part) for part in background[background.index("(") + 1 : -1].replace(",", " ").split()[:3]]
    is_dark = sum(parts) / 3 < 128
    assert is_dark == (mode == "dark"), f"{page.url}: the page is not {mode}: {background}"


def open_folds(page: Page) -> None:
    """Open every `details`, so that what they hold is looked at too."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")


def open_search(page: Page) -> Locator:
    """Bring the search field up by the page's own button."""
    page.locator("button.search-button__button:visible").first.click()
    field = page.locator("dialog#pst-search-dialog input[type=search]")
    field.wait_for(state="visible")
    return field
