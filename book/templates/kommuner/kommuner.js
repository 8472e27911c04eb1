// Find a municipality in the list as you type. Without this script the list is there, in full.
(function () {
  "use strict";
  const form = document.getElementById("finn");
  const list = document.getElementById("finn-liste");
  if (!form || !list) return;
  const field = document.getElementById("finn-felt");
  const answer = document.getElementById("finn-svar");
  const folded = list.querySelector("details");
  // Letters without the marks of Sámi, but with the ring of «å».
  const fold = (text) =>
    text.normalize("NFD").replace(/[\u0300-\u0309\u030b-\u036f]/g, "").normalize("NFC").toLocaleLowerCase("nb")
      .replace(/đ/g, "d").replace(/ŋ/g, "n").replace(/ŧ/g, "t").trim();
  const items = Array.from(list.querySelectorAll("li[data-words]"), (element) => ({
    element,
    link: element.querySelector("a"),
    names: element.dataset.words.split("|").map(fold),
  }));

  // The whole name before the beginning of a word, and that before anything else.
  function fit(names, query) {
    if (names[0] === query || names[1] === query) return 3;
    if (names.some((name) => name === query)) return 2;
    return names.some((name) => (" " + name.replace(/[-–]/g, " ")).includes(" " + query)) ? 1 : 0;
  }

  let hits = items;
  function filter() {
    const query = fold(field.value);
    hits = [];
    items.forEach((item) => {
      item.fit = query ? fit(item.names, query) : 1;
      item.element.hidden = !item.fit;
      if (item.fit) hits.push(item);
    });
    list.querySelectorAll("section").forEach((section) => {
      section.hidden = !section.querySelector("li:not([hidden])");
    });
    if (folded) folded.open = query !== "" && Boolean(folded.querySelector("li:not([hidden])"));
    answer.textContent = !query
      ? ""
      : hits.length === 0
        ? "Ingen kommune passer med det du har skrevet."
        : hits.length === 1
          ? "1 treff: " + hits[0].link.textContent
          : hits.length + " treff";
  }

  // The one hit, or the one whose name or number is just what was written, if there is one only.
  function chosen() {
    for (const least of [3, 2, 1]) {
      const best = hits.filter((item) => item.fit >= least);
      if (best.length) return best.length === 1 ? best[0] : null;
    }
    return null;
  }

  form.hidden = false;
  field.addEventListener("input", filter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return field.focus();
    const item = chosen();
    if (item) location.href = item.link.href;
    else if (hits.length) hits[0].link.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.target === field && hits.length) {
      event.preventDefault();
      hits[0].link.focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = hits.findIndex((item) => item.link === event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = hits[at + step];
    if (next) next.link.focus();
    else if (step < 0) field.focus();
  });
  // What the address asks for, unless a browser that goes back has kept what was written.
  field.value = field.value || new URLSearchParams(location.search).get("q") || "";
  filter();
})();
