"""Pages fit the screen, figures are seen whole, and no text of a picture is cut off or lies over another."""

from __future__ import annotations

from playwright.sync_api import Page

from .findings import Finding
from .pages import open_folds, style

#: Text smaller than this (px on the screen) cannot be read; the base size of a picture's text is 14 or more.
SMALLEST_TEXT = 9

TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth, found = [];
    if (document.documentElement.scrollWidth > innerWidth) {
        for (const element of document.querySelectorAll("body *")) {
            const box = element.getBoundingClientRect();
            if (box.right > width + 1 && box.width && element.checkVisibility())
                found.push([element.tagName.toLowerCase() + "." + element.className, element.outerHTML.slice(0, 150)]);
        }
        return [["page", document.documentElement.scrollWidth + " px"], ...found.slice(0, 3)];
    }
    return found;
}"""

#: Texts of the pictures that stick out of their picture, lie over another text, stand on end or are too small.
FAULTY_TEXTS = """smallest => {
    const found = [];
    const upright = text => { const m = text.getScreenCTM(); return Math.abs(m.b) < 0.01 && m.a > 0; };
    for (const svg of document.querySelectorAll("figure.digikom-figure svg")) {
        if (!svg.checkVisibility() || !svg.getBoundingClientRect().width) continue;
        const name = (svg.closest("[id]") ?? svg).id;
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll("text")]
            .filter(text => text.textContent.trim() && text.checkVisibility({opacityProperty: true}))
            .map(text => ({text: text.textContent, box: text.getBoundingClientRect(), element: text}));
        for (const {text, box, element} of texts) {
            if (box.left < frame.left - 1 || box.right > frame.right + 1
                || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) found.push(["clipped", name, text]);
            if (box.right > innerWidth + 1) found.push(["outside the screen", name, text]);
            if (!upright(element)) found.push(["not horizontal", name, text]);
            const size = parseFloat(getComputedStyle(element).fontSize) * Math.abs(element.getScreenCTM().a);
            if (upright(element) && size < smallest) found.push(["too small", name, `${text} (${size.toFixed(1)} px)`]);
        }
        texts.forEach((one, index) => texts.slice(index + 1).forEach(other => {
            const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
            const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
            if (across > 1 && down > 3) found.push(["overlapping", name, one.text + " / " + other.text]);
        }));
    }
    return found;
}"""


def figure_faults(page: Page, width: int) -> list[tuple[str, str]]:
    """Figures that do not show exactly one picture, of a legible size, inside the screen: (id, what is wrong)."""
    faults = []
    for figure in page.locator("figure.digikom-figure").all():
        name = figure.get_attribute("id") or ""
        pictures = [
            box for each in figure.locator(".digikom-picture svg:visible").all() if (box := each.bounding_box())
        ]
        if len(pictures) != 1:
            faults.append((name, f"{len(pictures)} pictures are shown"))
            continue
        box = pictures[0]
        if box["width"] <= 250 or box["height"] <= 50:
            faults.append((name, f"{box['width']} x {box['height']} px"))
        if box["x"] < 0 or box["x"] + box["width"] > width + 1:
            faults.append((name, f"from {box['x']} to {box['x'] + box['width']} px"))
    return faults


def width_faults(page: Page, where: str) -> list[Finding]:
    """The page is not wider than the screen, as it opens and with every fold opened, which it is afterwards."""
    found = [Finding("wider than the screen", where, *fault) for fault in page.evaluate(TOO_WIDE)]
    open_folds(page)
    return found + [Finding("wider, folds open", where, *fault) for fault in page.evaluate(TOO_WIDE)]


def picture_faults(page: Page, width: int, where: str) -> list[Finding]:
    """Figures are seen whole, and their texts can be read."""
    found = [Finding("figure not whole", where, *fault) for fault in figure_faults(page, width)]
    texts = page.evaluate(FAULTY_TEXTS, SMALLEST_TEXT)
    return found + [Finding(rule, where, figure, text) for rule, figure, text in texts]


def spacing_faults(page: Page, where: str) -> list[Finding]:
    """WCAG 1.4.12: with the reader's own spacing of lines, letters and words nothing sticks out of the screen."""
    style(
        page,
        "body * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em "
        "!important } p { margin-bottom: 2em !important } svg * { letter-spacing: 0 !important; "
        "word-spacing: 0 !important }",
    )
    return [Finding("wider, spaced out", where, *fault) for fault in page.evaluate(TOO_WIDE)]
