/* Two small helps that the page can do without: links into folded cells open them, and the way to other editions becomes
   a list. */
(function () {
  "use strict";

  /* A link to something inside a closed <details>: open what is around it, then go there. */
  function openTarget() {
    const id = decodeURIComponent(window.location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) {
      return;
    }
    let closed = false;
    for (let box = target.closest("details"); box; box = box.parentElement && box.parentElement.closest("details")) {
      closed = closed || !box.open;
      box.open = true;
    }
    if (closed) {
      target.scrollIntoView();
    }
  }

  /* The way to other editions: the link becomes a button with a list, fetched from the site above the edition when it
     is first wanted. Where that fails (a page opened from disk, an edition moved elsewhere) the link comes back. */
  function offerEditions(box) {
    const link = box.querySelector("a");
    if (!link || window.location.protocol === "file:") {
      return;
    }
    const texts = JSON.parse(box.dataset.texts);
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", "digikom-editions-list");
    button.append(...Array.from(link.childNodes, (node) => node.cloneNode(true)));
    const list = document.createElement("ul");
    list.id = "digikom-editions-list";
    list.className = "digikom-editions-list";
    list.hidden = true;
    let answer = null;

    function giveUp() {
      const focused = document.activeElement === button;
      list.remove();
      button.replaceWith(link);
      if (focused) {
        link.focus();
      }
    }

    function load() {
      if (!answer) {
        answer = fetchEditions(box.dataset.list)
          .then(function (editions) {
            list.replaceChildren(...editions.map((edition) => editionEntry(edition, box.dataset, texts)));
            return true;
          })
          .catch(function (error) {
            console.info("digikom: the list of editions cannot be fetched", error);
            giveUp();
            return false;
          });
      }
      return answer;
    }

    function show(open) {
      list.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    }

    button.addEventListener("pointerenter", load);
    button.addEventListener("click", async function () {
      if (!list.hidden) {
        show(false);
      } else if (await load()) {
        show(true);
      } else {
        window.location.assign(link.href);
      }
    });
    box.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !list.hidden) {
        show(false);
        button.focus();
      }
    });
    box.addEventListener("focusout", function (event) {
      if (event.relatedTarget && !box.contains(event.relatedTarget)) {
        show(false);
      }
    });
    document.addEventListener("pointerdown", function (event) {
      if (!box.contains(event.target)) {
        show(false);
      }
    });
    link.replaceWith(button);
    box.append(list);
  }

  async function fetchEditions(address) {
    const answer = await fetch(address);
    if (!answer.ok) {
      throw new Error(address + ": " + answer.status);
    }
    return (await answer.json()).editions;
  }

  /* One edition: the same page there, or the word that it has none. Titles are put in as text, never as markup. */
  function editionEntry(edition, here, texts) {
    const folder = here.site + edition.year + "/";
    const front = "index.html";
    const hasPage = here.page === front || Object.hasOwn(edition.pages, here.page);
    const entry = document.createElement("li");
    if (hasPage) {
      const link = anchor(folder + encodeURI(here.page), edition.title);
      entry.append(link);
      if (String(edition.year) === here.year) {
        link.setAttribute("aria-current", "true");
        entry.append(" (" + texts.current + ")");
      }
    } else {
      entry.append(edition.title, note(texts.missing + " ", anchor(folder + front, texts.front)));
    }
    if (edition.status === "synthetic") {
      const mark = note(texts.synthetic);
      mark.classList.add("digikom-synthetic");
      entry.append(mark);
    }
    return entry;
  }

  function anchor(address, text) {
    const link = document.createElement("a");
    link.href = address;
    link.textContent = text;
    return link;
  }

  function note(...content) {
    const line = document.createElement("small");
    line.append(...content);
    return line;
  }

  window.addEventListener("hashchange", openTarget);
  openTarget();
  document.querySelectorAll(".digikom-editions").forEach(offerEditions);
})();
