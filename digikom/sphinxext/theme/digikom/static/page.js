/* Small helps around the content: the colour button says which mode is chosen, and the contents of the page give way to
   definitions in the margin. Menus, search dialog and colours themselves are the theme's script. */
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

  /* The contents stand in the margin too. They fold while a note is on the screen, and open under pointer or focus. */
  const contents = document.getElementById("pst-secondary-sidebar");
  const notes = document.querySelectorAll(".bd-article aside.margin");
  if (contents && notes.length && "IntersectionObserver" in window) {
    const shown = new Set();
    const observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) {
          shown.add(entry.target);
        } else {
          shown.delete(entry.target);
        }
      });
      contents.classList.toggle("hide", shown.size > 0);
    });
    notes.forEach(function (note) {
      observer.observe(note);
    });
  }
})();
