/* Three small helps that the page can do without: links into folded cells open them, figures answer to the pointer, and
   the way to other editions becomes a list. */
(function () {
  "use strict";

  const here = document.currentScript ? document.currentScript.src : "";
  const bundleAddress = new URL("digikom-vega.js", here || document.baseURI).href;

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

  /* Vega is fetched once, and only when the first figure comes near. */
  let bundle = null;

  function loadVega() {
    if (!bundle) {
      bundle = new Promise(function (resolve, reject) {
        const script = document.createElement("script");
        script.src = bundleAddress;
        script.onload = function () {
          if (window.digikomVega) {
            resolve(window.digikomVega);
          } else {
            reject(new Error("no Vega in the bundle"));
          }
        };
        script.onerror = reject;
        document.head.appendChild(script);
      });
    }
    return bundle;
  }

  /* Fetch the data files that a specification names. Vega would draw an empty map where that fails (a page opened from disk). */
  async function withData(node) {
    if (node && typeof node === "object") {
      if (typeof node.url === "string") {
        const answer = await fetch(node.url);
        if (!answer.ok) {
          throw new Error(node.url + ": " + answer.status);
        }
        node.values = await answer.json();
        delete node.url;
        return node;
      }
      for (const name of Object.keys(node)) {
        node[name] = await withData(node[name]);
      }
    }
    return node;
  }

  /* Draw in a box beside the picture; the picture gives way only when that has worked. */
  async function makeLive(block) {
    const picture = block.querySelector(".digikom-wide");
    const still = picture && picture.querySelector("svg");
    const source = block.querySelector("script.digikom-spec");
    if (!still || !source || !picture.offsetParent || still.getBoundingClientRect().width < Number(still.getAttribute("width")) * 0.75) {
      return;
    }
    const stage = document.createElement("div");
    stage.style.cssText = "position:absolute;visibility:hidden;left:-9999px";
    picture.appendChild(stage);
    try {
      const embed = await loadVega();
      const spec = await withData(JSON.parse(source.textContent));
      await embed(stage, spec, {
        renderer: "svg",
        actions: false,
        ast: false,
        defaultStyle: false,
        mode: "vega-lite",
        tooltip: { theme: document.documentElement.dataset.theme === "dark" ? "dark" : "light" },
      });
      const live = stage.querySelector("svg");
      if (!live) {
        throw new Error("nothing was drawn");
      }
      live.setAttribute("role", "img");
      live.setAttribute("aria-label", still.getAttribute("aria-label"));
      live.classList.add("digikom-svg");
      stage.removeAttribute("style");
      stage.classList.add("digikom-live");
      still.remove();
    } catch (error) {
      stage.remove();
      console.info("digikom: the static figure stays", error);
    }
  }

  function watchFigures() {
    const blocks = Array.from(document.querySelectorAll(".digikom-block")).filter(function (block) {
      return block.querySelector("script.digikom-spec");
    });
    if (!blocks.length || !("IntersectionObserver" in window)) {
      return;
    }
    const observer = new IntersectionObserver(
      function (entries) {
        entries.forEach(function (entry) {
          if (entry.isIntersecting) {
            observer.unobserve(entry.target);
            makeLive(entry.target);
          }
        });
      },
      { rootMargin: "400px" }
    );
    blocks.forEach(function (block) {
      observer.observe(block);
    });
  }

  /* On paper the folded numbers are of use, the folded code is not. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.digikom-numbers:not([open])").forEach(function (box) {
      box.open = true;
      box.dataset.openedForPrint = "";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened-for-print]").forEach(function (box) {
      box.open = false;
      delete box.dataset.openedForPrint;
    });
  });

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
  watchFigures();
})();
