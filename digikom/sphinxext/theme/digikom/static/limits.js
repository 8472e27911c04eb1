/* Limits that a reader can move, beside the table of what follows, which is complete without it. All texts are finished
   in the page: here they are only chosen. */
(function () {
  "use strict";

  const NOTHING = "–";

  function element(tag, attributes, ...content) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      made.setAttribute(name, value);
    }
    made.append(...content);
    return made;
  }

  function setUp(holder) {
    const data = JSON.parse(holder.dataset.limits);
    const body = holder.parentElement.querySelector("tbody");
    /* What changes is read aloud once, from the output. */
    const row = element("tr", { class: "digikom-limits-chosen", "aria-live": "off" });
    row.append(element("th", { class: "stub", scope: "row" }, data.texts.chosen));
    data.cases[data.limits.map(() => 0).join(",")].cells.forEach(() => row.append(element("td", {})));
    const sliders = data.limits.map((limit, place) => {
      const steps = Object.keys(limit.steps).map(Number);
      const about = { id: `grense-${data.name}-${place}`, type: "range", step: 1, value: 0 };
      return element("input", { ...about, min: Math.min(...steps), max: Math.max(...steps) });
    });
    const names = sliders.map((slider) => slider.id).join(" ");
    const answer = element("output", { for: names, "aria-live": "polite" });
    const places = sliders.map(() => element("span", { "aria-hidden": "true" }));

    function show() {
      sliders.forEach((slider, place) => {
        const text = data.limits[place].steps[slider.value];
        slider.setAttribute("aria-valuetext", text);
        places[place].textContent = text;
      });
      const found = data.cases[sliders.map((slider) => slider.value).join(",")];
      answer.textContent = found ? found.text : data.texts.impossible;
      row.querySelectorAll("td").forEach((cell, place) => {
        cell.textContent = found ? found.cells[place] : NOTHING;
      });
    }

    const lines = sliders.map((slider, place) => {
      slider.addEventListener("input", show);
      return element("p", {}, element("label", { for: slider.id }, data.limits[place].label), slider, places[place]);
    });
    const reset = element("button", { type: "button" }, data.texts.reset);
    reset.addEventListener("click", () => {
      sliders.forEach((slider) => {
        slider.value = "0";
      });
      show();
    });
    const legend = element("legend", {}, data.texts.legend);
    holder.replaceChildren(element("fieldset", {}, legend, ...lines, answer, element("p", {}, reset)));
    body.prepend(row);
    /* A browser that goes back keeps where the sliders were. */
    sliders.forEach((slider) => {
      slider.value = "0";
    });
    show();
    holder.hidden = false;
  }

  document.querySelectorAll("[data-limits]").forEach(setUp);
})();
