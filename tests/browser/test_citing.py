"""The buttons that copy a citation: there with script, gone without, worked by keyboard, and telling what happened."""

from __future__ import annotations

from playwright.sync_api import Browser

CHAPTER = "2022/notebooks/03_digital_prioritering.html"
PAGE = "2022/book/slik_siterer_du.html"
#: Takes the place of the clipboard, which headless Chromium guards.
CLIPBOARD = """(answer) => {
  const clipboard = {
    writeText: (text) => { window.copied = text; return answer ? Promise.resolve() : Promise.reject(new Error("no")); },
  };
  Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
}"""


def test_a_figure_is_cited_and_copied_by_keyboard(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{CHAPTER}")
    page.evaluate(CLIPBOARD, True)
    page.locator("details.digikom-more > summary").first.click()
    box = page.locator("details.digikom-cite").first
    button = box.locator("button")
    assert not button.is_visible()
    box.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert button.evaluate("(element) => element === document.activeElement")
    page.keyboard.press("Enter")
    status = box.get_by_role("status")
    assert status.text_content() == "Henvisningen er kopiert"
    copied = page.evaluate("window.copied")
    assert copied.startswith("Figur 3.1. ")
    assert ". I: " in copied
    assert copied == " ".join((box.locator("blockquote").text_content() or "").split())
    page.close()


def test_a_refused_copy_says_so_and_marks_the_text(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{PAGE}")
    page.evaluate(CLIPBOARD, False)
    page.evaluate("document.execCommand = () => false")
    line = page.locator(".digikom-copy").first
    line.locator("button").click()
    assert "Nettleseren tillot ikke kopiering" in (line.get_by_role("status").text_content() or "")
    marked = page.evaluate("window.getSelection().toString()")
    assert marked.strip() == (page.locator("blockquote.digikom-citation").first.text_content() or "").strip()
    page.close()


def test_without_script_the_citation_is_there_and_the_button_is_not(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{CHAPTER}")
    page.locator("details.digikom-more > summary").first.click()
    page.locator("details.digikom-cite summary").first.click()
    assert page.locator("details.digikom-cite blockquote").first.is_visible()
    assert not page.locator(".digikom-copy button").first.is_visible()
    context.close()
