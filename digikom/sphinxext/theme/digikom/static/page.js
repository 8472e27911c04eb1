/* Small helps around the content: the colour button says which mode is chosen, numbers are underlined on demand, and the
   contents of the page give way to definitions in the margin. Menus, search dialog and colours themselves are the theme's
   script. */
(function () {
  "use strict";

  const root = document.documentElement;

  /* «Fargemodus: mørk». The theme's script changes the mode; the name of the button follows. */
  document.querySelectorAll(".theme-switch-button").forEach(function (button) {
    const label = button.getAttribute("aria-label");
    const names = JSON.parse(button.dataset.names);

    function tell() {
      const name = names[root.dataset.mode];
      const text = name ? label + ": " + name : label;
      button.setAttribute("aria-label", text);
      button.title = text;
    }

    new MutationObserver(tell).observe(root, { attributes: true, attributeFilter: ["data-mode"] });
    tell();
  });

  /* «Vis kilder»: a line under every number. What is chosen is kept for all pages; the page's head reads it. */
  document.querySelectorAll(".digikom-sources").forEach(function (button) {
    function tell() {
      button.setAttribute("aria-pressed", String(root.hasAttribute("data-sources")));
    }

    button.addEventListener("click", function () {
      const shown = root.toggleAttribute("data-sources");
      try {
        localStorage.setItem("digikom-sources", shown ? "1" : "0");
      } catch (error) {
        /* No storage: the choice holds for this page. */
      }
      tell();
    });
    tell();
  });

  /* The contents stand in the margin too. A note that would cover them on a page just opened stays in the text; the
     others make them fold while they pass. */
  const contents = document.querySelector("#pst-secondary-sidebar details");
  const foot = contents && contents.getBoundingClientRect().bottom;
  const notes = Array.from(document.querySelectorAll(".bd-article aside.margin")).filter(function (note) {
    const passes = note.getBoundingClientRect().top + window.scrollY > foot;
    note.classList.toggle("digikom-in-text", !passes);
    return passes;
  });
  if (foot && notes.length && "IntersectionObserver" in window) {
    const shown = new Set();
    const observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) {
          shown.add(entry.target);
        } else {
          shown.delete(entry.target);
        }
      });
      contents.open = !shown.size;
    }, { rootMargin: `0px 0px ${foot - window.innerHeight}px 0px` });
    notes.forEach(function (note) {
      observer.observe(note);
    });
  }
})();
