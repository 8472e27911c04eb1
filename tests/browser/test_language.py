"""Norwegian throughout: the interface, the text, and the numbers, seen or read aloud."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from interface_texts import interface_texts
from playwright.sync_api import Page

from digikom.paths import PROJECT_ROOT

from .conftest import Expect
from .findings import Finding
from .pages import PAGES_ABOVE, PAGES_IN_EDITIONS, Visits, is_english, open_folds, open_search, page_address

HERE = Path(__file__).parent
#: Every text of the interface, proofread. A new text belongs here when somebody has read it.
PROOFREAD = HERE / "interface_texts.txt"
FOUND = PROJECT_ROOT / "_build" / "interface_texts.txt"

#: What a script makes of a figure and of a long table, when it comes near the window.
MADE_NEAR_THE_WINDOW = {"figure svg": ".digikom-picture[role=group]", "table.digikom-long": ".digikom-filter"}

#: Words that are English and not Norwegian too («is», «for», «under» and «her» are both).
ENGLISH_WORDS = (
    "the|and|of|with|this|that|which|from|your|you|are|not|been|will|"
    "search|results?|toggle|click|copy|copied|download|loading|show|hide|close|open|previous|next|page|pages|contents|"
    "source|light|dark|mode|theme|settings|navigation|sidebar|skip|back|figure|table|chapter|section|link|permalink|"
    "municipality|municipalities|synthetic|answers|year|edition|warning|note|error|press|please|expand|collapse|"
    "per cent|percent|value|count|legend|axis|chart|graphics|titled"
)
ENGLISH = re.compile(rf"(?<![\w«/.-])({ENGLISH_WORDS})(?![\w/»-])", re.IGNORECASE)
#: Norwegian words that look like those above: «and» and «legend» are not in the report, «note» and «link» are nouns.
ALSO_NORWEGIAN = frozenset({"note", "link", "open", "theme", "mode"})

#: Full stops between digits that are no decimal points, each rule with what it lets pass.
NOT_DECIMAL = (
    # Addresses and names of files.
    r"https?://\S+",
    r"\S+\.(?:html|csv|json|svg|png|pdf|yml|ipynb|md|py)\b",
    # Numbers of figures, tables, chapters and sections, also several: «Figur 3.1–3.4», «tabell 4.2 og 4.3», «kap. 5.1».
    r"(?:figur|tabell|kapittel|kap\.|fig\.|avsnitt|del|vedlegg)(?:en|et|ene)?s?\s+\d+(?:\.\d+)*\.?(?:(?:\s*[–,-]\s*|\s+(?:og|til)\s+)\d+(?:\.\d+)*)*",
    # The number of a section before its heading.
    r"^\d+(?:\.\d+)+\.?\s",
    # Versions of standards, licences and programs.
    r"(?:WCAG|CC BY(?:-SA)?|PDF(?:/UA)?|PDF/A|EN|UU|Python|HTML|ISO|MIT|CSV|CSS|SVG|axe|RDF)[\s\u00a0-]*\d+(?:\.\d+)+",
    r"(?:versjon(?:en)?|version|utgave|v)[\s\u00a0:]*\d+(?:\.\d+)+",
    # Dates and clock times: «05.06.2014», «kl. 08.00».
    r"\b\d{1,2}\.\d{1,2}\.\d{4}\b",
    r"\bkl\. \d{1,2}\.\d{2}\b",
    # Permanent identifiers.
    r"\bdoi:?\s*10\.\d+\S*",
    r"\b10\.\d{4,}/\S+",
)
LET_PASS = re.compile("|".join(f"(?:{rule})" for rule in NOT_DECIMAL), re.IGNORECASE)
DECIMAL_POINT = re.compile(r"\d\.\d")

#: What is seen and what is read aloud in Norwegian: code, other languages and the list of references are left out.
WORDS = """() => {
    const skipped = "code, pre, kbd, samp, script, style, noscript, template, .highlight, .references, .bibliography, "
        + "[data-language], .digikom-verbatim, .citation, a[href*='referanser.html#']";
    const foreign = element => {
        const other = element.closest("[lang]");
        return other && !/^(nb|no)/.test(other.lang);
    };
    const wanted = element => element && !foreign(element) && !element.closest(skipped);
    const found = [];
    const blocks = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !parent.checkVisibility()) continue;
        const block = parent.closest("p, li, td, th, h1, h2, h3, h4, dt, dd, caption, figcaption, summary, button, "
            + "text, label, a.headerlink, nav a") ?? parent;
        const text = wanted(parent) ? walker.currentNode.data : " ¤ ";
        if (!foreign(parent)) blocks.set(block, (blocks.get(block) ?? "") + text);
    }
    const name = element => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "");
    // What a step of the calculation shows has the columns of the code that made it.
    for (const [block, text] of blocks) {
        const kind = block.closest(".digikom-frame, .digikom-calculations .cell_output") ? "frame" : "text";
        found.push([kind, name(block), text.replace(/[ \\n\\t]+/g, " ").trim()]);
    }
    for (const attribute of ["aria-label", "title", "alt", "placeholder", "aria-description", "aria-roledescription",
                             "data-tip"])
        for (const element of document.body.querySelectorAll(`[${attribute}]`))
            if (wanted(element)) found.push([attribute, name(element), element.getAttribute(attribute)]);
    found.push(["title", "title", document.title]);
    for (const meta of document.querySelectorAll("meta[name=description]")) found.push(["title", "meta", meta.content]);
    return found;
}"""


def decimal_points(text: str) -> bool:
    """Whether a number in the text is written with a decimal point."""
    return bool(DECIMAL_POINT.search(LET_PASS.sub(" ", text)))


def english_words(text: str) -> list[str]:
    return [word for word in ENGLISH.findall(text) if word.lower() not in ALSO_NORWEGIAN]


def foreign_words_and_numbers(page: Page, name: str) -> list[Finding]:
    """What is seen on the page, everything unfolded, and what is read aloud."""
    open_folds(page)
    assert page.evaluate("document.documentElement.lang") == "nb"
    found = []
    for kind, place, text in page.evaluate(WORDS):
        if decimal_points(text):
            found.append(Finding(f"decimal point ({kind})", name, place, text))
        if kind != "frame" and (words := english_words(text)):
            found.append(Finding(f"English word ({kind})", name, place, f"{', '.join(words)}: {text}"))
    return found


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("Andelen er 93.2 prosent", True),
        ("Andelen er 93,2 prosent i figur 3.1", False),
        ("Se figur 3.1–3.4, tabell 4.2 og 4.3", False),
        ("SSB Rapporter 2023/27 kap. 5.1", False),
        ("Figur 3.1 viser 47.5 prosent", True),
        ("3.2. Prosjekter", False),
        ("Følger WCAG 2.2 og CC BY 4.0, versjon 0.1.0", False),
        ("Publisert 05.06.2014", False),
        ("I snitt 2.5", True),
    ],
)
def test_what_a_decimal_point_is(text: str, is_fault: bool) -> None:
    assert decimal_points(text) is is_fault


def without_content(html: str) -> str:
    """The page without code, without what pictures say, and without the data that a script of the page searches in."""
    html = re.sub(r"(<div class=\"digikom-picture[^>]*>)\s*<svg.*?</svg>", r"\1", html, flags=re.DOTALL)
    html = re.sub(r"(<svg\b[^>]*?)\saria-label=\"[^\"]*\"", r"\1", html)
    html = re.sub(r"\sdata-(?:[\w-]+=\"[^\"]*\|[^\"]*\"|known=\"[^\"]*\")", "", html)
    return re.sub(r"<pre\b.*?</pre>", "", html, flags=re.DOTALL)


def live_interface(page: Page) -> set[str]:
    return interface_texts(without_content(page.content()))


def all_interface_texts(visit: Visits, site: Path) -> set[str]:
    """The interface of every page as it is served, and of some as scripts make them."""
    texts: set[str] = set()
    for name in (*PAGES_IN_EDITIONS, *PAGES_ABOVE):
        if not is_english(name):
            html = (site / page_address(site, name)).read_text(encoding="utf-8")
            texts |= interface_texts(without_content(html))
    chapter, register = "2022/notebooks/03_digital_prioritering.html", "2022/book/alle_tall.html"
    for name in ("2022/index.html", chapter, register, "kommuner/index.html"):
        page = visit(name, 360)
        for within, made in MADE_NEAR_THE_WINDOW.items():
            block = page.locator(".digikom-block", has=page.locator(within)).first
            if block.count():
                block.scroll_into_view_if_needed()
                block.locator(made).first.wait_for(state="attached")
        texts |= live_interface(page)
        if not name.startswith("kommuner"):
            open_search(page)
            texts |= live_interface(page)
    for query in ("kommunene", "qqqqqq"):
        page = visit("2022/search.html", query=f"?q={query}")
        page.locator("#search-results .search-summary").wait_for()
        texts |= live_interface(page)
        texts.add(re.sub(r"\d+", "#", page.locator("#search-results .search-summary").inner_text().strip()))
    return texts


def test_the_interface_is_the_one_that_was_proofread(visit: Visits, site: Path, expect_none: Expect) -> None:
    """No text that nobody has read, and none on the list that is gone.

    The texts as they are now are written to `_build/interface_texts.txt`: read what is new there, mend what is wrong,
    then take the file over as the list.
    """
    listed = set(filter(None, PROOFREAD.read_text(encoding="utf-8").splitlines()))
    texts = all_interface_texts(visit, site)
    FOUND.parent.mkdir(exist_ok=True)
    FOUND.write_text("".join(f"{text}\n" for text in sorted(texts)), encoding="utf-8")
    found = [Finding("not on the list of proofread texts", "interface", "", text) for text in sorted(texts - listed)]
    found += [Finding("listed, but gone from the report", "interface", "", text) for text in sorted(listed - texts)]
    found += [
        Finding("English word in the interface", "interface", "", f"{', '.join(words)}: {text}")
        for text in sorted(texts)
        if (words := english_words(text))
    ]
    expect_none(found)
