/* Comfort for figures and tables, which are complete without it: pictures tell the number of the mark that is pointed at
   or walked to, long tables can be sorted and filtered. Each is set up when it comes near the window. */
(function () {
  "use strict";

  const TEXTS = {
    picture: "Tallene i figuren, ett for ett",
    instruction:
      "Bruk piltastene for å gå fra tall til tall, Home og End for det første og det siste, og Escape for å skjule teksten. " +
      "Alle tallene står også i tabellen under figuren.",
    filter: "Filtrer tabellen",
    every: "alle",
    all: (count) => `${whole(count)} rader`,
    some: (found, count) => `${whole(found)} av ${whole(count)} rader`,
  };
  const NEAR = "400px";
  /* How long the text stays when the pointer leaves the mark, so that it can be reached itself. */
  const LINGER = 250;
  const SYMBOLS = new Set(["", ".", "..", ":"]);
  const collator = new Intl.Collator("nb", { numeric: true });

  function whole(count) {
    return count.toLocaleString("nb");
  }

  function element(tag, attributes, ...content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...content);
    return made;
  }

  /* One box for the whole page, so that there can never be two. */
  const tip = element("div", { class: "digikom-tip", hidden: "" });
  const voice = element("p", { class: "digikom-hidden", "aria-live": "polite" });
  const instruction = element("p", { class: "digikom-hidden", id: "digikom-instruction", hidden: "" }, TEXTS.instruction);
  let outline = null;
  let shown = null;
  let leaving = 0;

  function hide() {
    window.clearTimeout(leaving);
    tip.hidden = true;
    if (outline) {
      outline.remove();
    }
    outline = shown = null;
  }

  function hideSoon() {
    window.clearTimeout(leaving);
    leaving = window.setTimeout(hide, LINGER);
  }

  function show(mark) {
    window.clearTimeout(leaving);
    if (mark === shown) {
      return;
    }
    hide();
    shown = mark;
    /* The outline is drawn over the neighbours, which would cover half of it. */
    outline = mark.cloneNode(false);
    for (const name of ["id", "data-tip"]) {
      outline.removeAttribute(name);
    }
    outline.setAttribute("class", "digikom-outline");
    mark.parentNode.append(outline);
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    place(mark.getBoundingClientRect());
  }

  /* Above the mark, or below it where there is no room, and never outside the window. */
  function place(box) {
    const air = 6;
    const width = document.documentElement.clientWidth;
    tip.style.left = tip.style.top = "0";
    const own = tip.getBoundingClientRect();
    const left = Math.min(Math.max(box.left + box.width / 2 - own.width / 2, air), width - own.width - air);
    const above = box.top - own.height - air;
    const top = above >= air ? above : box.bottom + air;
    tip.style.left = `${left + window.scrollX}px`;
    tip.style.top = `${top + window.scrollY}px`;
  }

  function watchPicture(picture) {
    const marks = Array.from(picture.querySelectorAll("[data-tip]"));
    if (!marks.length) {
      return;
    }
    picture.tabIndex = 0;
    picture.setAttribute("role", "group");
    picture.setAttribute("aria-label", TEXTS.picture);
    picture.setAttribute("aria-describedby", instruction.id);
    picture.addEventListener("pointerover", function (event) {
      const mark = event.target.closest("[data-tip]");
      if (mark) {
        show(mark);
      } else if (shown) {
        hideSoon();
      }
    });
    picture.addEventListener("pointerleave", function (event) {
      /* A finger leaves at once; its text stays until something else is touched. */
      if (event.pointerType !== "touch") {
        hideSoon();
      }
    });
    picture.addEventListener("blur", hide);
    picture.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
        return;
      }
      const at = marks.indexOf(shown);
      const next = {
        ArrowRight: at + 1,
        ArrowDown: at + 1,
        ArrowLeft: at < 0 ? 0 : at - 1,
        ArrowUp: at < 0 ? 0 : at - 1,
        Home: 0,
        End: marks.length - 1,
      }[event.key];
      if (next === undefined) {
        return;
      }
      event.preventDefault();
      const mark = marks[Math.min(Math.max(next, 0), marks.length - 1)];
      const box = mark.getBoundingClientRect();
      if (box.top < 0 || box.bottom > window.innerHeight) {
        mark.scrollIntoView({ block: "center", inline: "nearest" });
      }
      show(mark);
      voice.textContent = mark.dataset.tip;
    });
  }

  /* What a cell is sorted by: its number, its text, or nothing where no number stands (such rows come last). */
  function sortValue(cell) {
    const text = cell.textContent.trim();
    if (SYMBOLS.has(text)) {
      return null;
    }
    if (cell.classList.contains("digikom-right")) {
      const number = Number(text.replace(/\s/g, "").replace("\u2212", "-").replace(",", "."));
      return Number.isNaN(number) ? text : number;
    }
    return text;
  }

  function compare(one, other, direction) {
    if (one === null || other === null) {
      return (one === null) - (other === null);
    }
    const order = typeof one === "number" && typeof other === "number" ? one - other : collator.compare(one, other);
    return direction * order;
  }

  function makeSortable(table, rows, total) {
    const body = table.tBodies[0];
    const headers = Array.from(table.tHead.rows[0].cells);
    headers.forEach(function (header, column) {
      const button = element("button", { type: "button", class: "digikom-sort" }, ...header.childNodes);
      header.append(button);
      button.addEventListener("click", function () {
        const before = header.getAttribute("aria-sort");
        const now = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        let order = rows;
        if (now) {
          header.setAttribute("aria-sort", now);
          const direction = now === "ascending" ? 1 : -1;
          order = rows
            .map((row) => [sortValue(row.cells[column]), row])
            .sort((one, other) => compare(one[0], other[0], direction))
            .map((pair) => pair[1]);
        }
        body.append(...order, ...total);
      });
    });
  }

  /* The values of a column, in the order of the rows; a cell may hold several with a semicolon between them. */
  function valuesOf(cell) {
    return cell.textContent.split(";").map((value) => value.trim()).filter(Boolean);
  }

  /* A list to choose from for each column that is marked so. Returns what tells whether a row has what is chosen. */
  function makeChoices(table, rows, line, changed) {
    const headers = Array.from(table.tHead.rows[0].cells);
    const choices = headers.flatMap(function (header, column) {
      if (!("choices" in header.dataset)) {
        return [];
      }
      const values = new Set(rows.flatMap((row) => valuesOf(row.cells[column])));
      const options = Array.from(values, (value) => element("option", { value: value }, value));
      const select = element("select", {}, element("option", { value: "" }, TEXTS.every), ...options);
      select.addEventListener("change", changed);
      line.append(element("label", {}, header.textContent, select));
      return [{ column: column, select: select }];
    });
    return (row) =>
      choices.every(({ column, select }) => !select.value || valuesOf(row.cells[column]).includes(select.value));
  }

  function makeFilter(table, rows) {
    const field = element("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    const count = element("output", { role: "status" }, TEXTS.all(rows.length));
    const line = element("div", { class: "digikom-filter" }, element("label", {}, TEXTS.filter, field));
    const texts = rows.map((row) => Array.from(row.cells, (cell) => cell.textContent).join(" ").toLocaleLowerCase("nb"));
    const isChosen = makeChoices(table, rows, line, filter);
    line.append(count);

    function filter() {
      const wanted = field.value.trim().toLocaleLowerCase("nb");
      let found = 0;
      rows.forEach(function (row, place) {
        row.hidden = !texts[place].includes(wanted) || !isChosen(row);
        found += row.hidden ? 0 : 1;
      });
      count.textContent = found < rows.length ? TEXTS.some(found, rows.length) : TEXTS.all(rows.length);
    }

    field.addEventListener("input", filter);
    table.closest(".digikom-scroll").before(line);
  }

  function watchTable(table) {
    const all = Array.from(table.tBodies[0].rows);
    const total = all.filter((row) => row.classList.contains("digikom-total"));
    const rows = all.filter((row) => !total.includes(row));
    makeSortable(table, rows, total);
    makeFilter(table, rows);
  }

  function setUp(block) {
    block.querySelectorAll(".digikom-picture").forEach(watchPicture);
    block.querySelectorAll("table.digikom-long").forEach(watchTable);
  }

  /* On paper the folded numbers are of use, and every row of them. */
  window.addEventListener("beforeprint", function () {
    hide();
    document.querySelectorAll("details:is(.digikom-numbers, .digikom-more):not([open])").forEach(function (box) {
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

  const blocks = document.querySelectorAll(".digikom-block");
  if (!blocks.length || !("IntersectionObserver" in window)) {
    return;
  }
  document.body.append(tip, voice, instruction);
  tip.addEventListener("pointerenter", () => window.clearTimeout(leaving));
  tip.addEventListener("pointerleave", hideSoon);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      hide();
    }
  });
  document.addEventListener("pointerdown", function (event) {
    if (shown && !tip.contains(event.target) && !event.target.closest("[data-tip]")) {
      hide();
    }
  });
  window.addEventListener("resize", hide);
  const observer = new IntersectionObserver(
    function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) {
          observer.unobserve(entry.target);
          setUp(entry.target);
        }
      });
    },
    { rootMargin: NEAR }
  );
  blocks.forEach((block) => observer.observe(block));
})();
