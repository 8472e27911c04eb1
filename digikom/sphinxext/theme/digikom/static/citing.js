/* Copies a citation. The buttons are in the page, hidden; nothing is lost where this does not run. */
(function () {
  "use strict";

  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  async function copy(element) {
    const text = element.textContent.replace(/\s+/g, " ").trim();
    if (navigator.clipboard) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch (error) {
        console.info("digikom: the clipboard refuses", error);
      }
    }
    /* A page opened from disk or without https has no clipboard; the older way takes what is selected. */
    select(element);
    return document.execCommand("copy");
  }

  document.querySelectorAll(".digikom-copy").forEach(function (line) {
    const button = line.querySelector("button");
    const outcome = line.querySelector("[role=status]");
    const citation = document.getElementById(button.getAttribute("aria-describedby"));
    button.addEventListener("click", async function () {
      outcome.textContent = "";
      const done = await copy(citation);
      if (!done) {
        select(citation);
      }
      outcome.textContent = done ? outcome.dataset.copied : outcome.dataset.failed;
    });
    line.hidden = false;
  });
})();
